/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/faulty/result.h"

#include <cpuid.h>
#include <string.h>

#include "base/array.h"
#include "tests/faulty/result_special.h"

#define TARGET_BITS 47 /* of an address in user space */

uint32_t result_component_offset(unsigned component)
{
        static uint32_t offsets[RESULT_COMPONENTS];
        static bool known;
        uint32_t eax, ebx, ecx, edx;

        for (unsigned i = 2; !known && i < RESULT_COMPONENTS; i++)
                if (__get_cpuid_count(0xd, i, &eax, &ebx, &ecx, &edx))
                        offsets[i] = ebx;
        known = true;
        return offsets[component];
}

static bool writes(const ZydisDecodedOperand *operand)
{
        return operand->actions & ZYDIS_OPERAND_ACTION_MASK_WRITE;
}

struct result_part *result_add(struct result *result, struct result_part part)
{
        if (result->n_parts == RESULT_PARTS_MAX)
                return NULL;
        result->parts[result->n_parts] = part;
        return &result->parts[result->n_parts++];
}

/* ---- registers ---- */

/* The number of a general register, and where it begins: ah to bh are bits 8 to 15 of rax to rbx. */
static uint8_t general_index(ZydisRegister reg, uint16_t *ret_first)
{
        ZydisRegister whole = ZydisRegisterGetLargestEnclosing(ZYDIS_MACHINE_MODE_LONG_64, reg);

        *ret_first = reg >= ZYDIS_REGISTER_AH && reg <= ZYDIS_REGISTER_BH ? 8 : 0;
        return (uint8_t)ZydisRegisterGetId(whole);
}

static bool is_vector(ZydisRegister reg)
{
        ZydisRegisterClass class = ZydisRegisterGetClass(reg);

        return class == ZYDIS_REGCLASS_XMM || class == ZYDIS_REGCLASS_YMM || class == ZYDIS_REGCLASS_ZMM;
}

static bool is_scalar(const ZydisDecodedInstruction *instruction)
{
        return strstr(ZydisISASetGetString(instruction->meta.isa_set), "_SCALAR");
}

/* How many bits of a mask register an instruction gives a meaning: as the mnemonic says (kandb, kunpckbw), else
 * as many as it compares elements. */
static uint16_t mask_bits(const ZydisDecodedInstruction *instruction, const ZydisDecodedOperand *operands)
{
        const char *name = ZydisMnemonicGetString(instruction->mnemonic);
        size_t size = strlen(name);

        if (*name == 'k')
                switch (name[size - 1]) {
                case 'b':
                        return 8;
                case 'w':
                        return 16;
                case 'd':
                        return 32;
                default:
                        return 64;
                }
        if (instruction->meta.category == ZYDIS_CATEGORY_GATHER) /* which clears its mask as it goes on */
                return operands[0].element_count;
        if (instruction->meta.category == ZYDIS_CATEGORY_SCATTER)
                return operands[2].element_count;
        if (is_scalar(instruction))
                return 1;
        for (unsigned i = 1; i < instruction->operand_count; i++)
                if (operands[i].type == ZYDIS_OPERAND_TYPE_MEMORY ||
                        (operands[i].type == ZYDIS_OPERAND_TYPE_REGISTER &&
                                is_vector(operands[i].reg.value)))
                        return operands[i].element_count;
        return 64;
}

static void add_register(struct result *result, const ZydisDecodedInstruction *instruction,
        const ZydisDecodedOperand *operands, const ZydisDecodedOperand *operand)
{
        ZydisRegister reg = operand->reg.value;
        struct result_part part = { .index = (uint8_t)ZydisRegisterGetId(reg), .bits = operand->size };

        switch (ZydisRegisterGetClass(reg)) {
        case ZYDIS_REGCLASS_GPR8:
        case ZYDIS_REGCLASS_GPR16:
        case ZYDIS_REGCLASS_GPR32:
        case ZYDIS_REGCLASS_GPR64:
                part.kind = RESULT_GENERAL;
                part.index = general_index(reg, &part.first);
                break;
        case ZYDIS_REGCLASS_XMM:
        case ZYDIS_REGCLASS_YMM:
        case ZYDIS_REGCLASS_ZMM:
                part.kind = RESULT_VECTOR;
                break;
        case ZYDIS_REGCLASS_MASK:
                part.kind = RESULT_MASK;
                part.bits = mask_bits(instruction, operands);
                break;
        case ZYDIS_REGCLASS_X87:
                part.kind = RESULT_X87;
                break;
        case ZYDIS_REGCLASS_MMX:
                part.kind = RESULT_AREA;
                part.offset = RESULT_AREA_X87 + 16U * part.index;
                part.mask = UINT64_MAX;
                break;
        case ZYDIS_REGCLASS_TMM:
                part.kind = RESULT_AREA;
                part.offset = result_component_offset(18) + 1024U * part.index;
                part.mask = UINT32_MAX; /* the first element: every tile has that */
                break;
        default:
                return;
        }
        result->extended |= part.kind != RESULT_GENERAL;
        (void)result_add(result, part);
}

/* ---- memory ---- */

static bool is_stack_write(const ZydisDecodedOperand *operand)
{
        return operand->visibility == ZYDIS_OPERAND_VISIBILITY_HIDDEN &&
               operand->mem.base == ZYDIS_REGISTER_RSP;
}

void result_address(struct result *result, const ZydisDecodedInstruction *instruction,
        const ZydisDecodedOperand *operand)
{
        struct result_address *to = &result->address;
        ZydisRegister base = operand->mem.base, index = operand->mem.index;
        uint16_t first;

        *to = (struct result_address){ .base = RESULT_NO_REGISTER, .index = RESULT_NO_REGISTER };
        if (base == ZYDIS_REGISTER_RIP || base == ZYDIS_REGISTER_EIP)
                to->base = RESULT_RIP;
        else if (base != ZYDIS_REGISTER_NONE)
                to->base = general_index(base, &first);
        if (index != ZYDIS_REGISTER_NONE)
                to->index =
                        is_vector(index) ? (uint8_t)ZydisRegisterGetId(index) : general_index(index, &first);
        to->scale = operand->mem.scale;
        to->displacement = operand->mem.disp.value;
        to->narrow = instruction->address_width == 32;
        if (operand->mem.segment == ZYDIS_REGISTER_FS)
                to->segment = 'f';
        else if (operand->mem.segment == ZYDIS_REGISTER_GS)
                to->segment = 'g';
        if (instruction->mnemonic == ZYDIS_MNEMONIC_ENTER)
                to->displacement -= 8; /* where it pushes rbp */
        else
                to->after = is_stack_write(operand) ||
                            (instruction->mnemonic == ZYDIS_MNEMONIC_POP && base == ZYDIS_REGISTER_RSP);
}

static void add_scatter(struct result *result, const ZydisDecodedInstruction *instruction,
        const ZydisDecodedOperand *operands, const ZydisDecodedOperand *memory)
{
        const ZydisDecodedOperand *source = &operands[2];
        const char *name =
                strstr(ZydisMnemonicGetString(instruction->mnemonic), "scatter") + strlen("scatter");
        unsigned element = memory->element_size, elements = source->element_count, index_elements;

        result->address.index_bits = *name == 'd' ? 32 : 64;
        index_elements = ZydisRegisterGetWidth(ZYDIS_MACHINE_MODE_LONG_64, memory->mem.index) /
                         result->address.index_bits;
        elements = MIN(elements, index_elements);
        result->lane_bits = (uint8_t)element;
        (void)result_add(result,
                (struct result_part){ .kind = RESULT_SCATTER, .bits = (uint16_t)(element * elements) });
}

/* bts, btr, btc with memory and a register: the bit may lie anywhere (Intel SDM volume 1, 3.1.1.9). */
static void set_bit_index(struct result *result, const ZydisDecodedInstruction *instruction,
        const ZydisDecodedOperand *operands)
{
        uint16_t first;

        if (instruction->meta.category != ZYDIS_CATEGORY_BITBYTE ||
                operands[1].type != ZYDIS_OPERAND_TYPE_REGISTER)
                return;
        result->address.bit_index = general_index(operands[1].reg.value, &first);
        result->address.bit_width = (uint8_t)operands[1].size;
}

static void add_memory(struct result *result, const ZydisDecodedInstruction *instruction,
        const ZydisDecodedOperand *operands, const ZydisDecodedOperand *operand)
{
        result_address(result, instruction, operand);
        if (operand->mem.type == ZYDIS_MEMOP_TYPE_VSIB) {
                add_scatter(result, instruction, operands, operand);
                return;
        }
        set_bit_index(result, instruction, operands);
        (void)result_add(result, (struct result_part){ .kind = RESULT_MEMORY, .bits = operand->size });
}

/* ---- flags, branches ---- */

static void add_flags(struct result *result, const ZydisDecodedInstruction *instruction)
{
        const ZydisAccessedFlags *flags = instruction->cpu_flags;
        uint64_t mask =
                (flags->modified | flags->set_0 | flags->set_1) & ~flags->undefined & RESULT_FLAGS_ALL;

        result->undefined = flags->undefined & RESULT_FLAGS_ALL;
        if (mask)
                (void)result_add(result, (struct result_part){ .kind = RESULT_FLAGS, .mask = mask });
}

static void add_branch(struct result *result, const ZydisDecodedInstruction *instruction,
        const ZydisDecodedOperand *operands)
{
        switch (instruction->meta.category) {
        case ZYDIS_CATEGORY_COND_BR:
                result->jump = operands[0].imm.value.s;
                (void)result_add(result, (struct result_part){ .kind = RESULT_WAY, .bits = 1 });
                break;
        case ZYDIS_CATEGORY_UNCOND_BR:
        case ZYDIS_CATEGORY_CALL:
        case ZYDIS_CATEGORY_RET:
                (void)result_add(result, (struct result_part){ .kind = RESULT_TARGET, .bits = TARGET_BITS });
                break;
        default:
                break;
        }
}

/* ---- what is written only sometimes ---- */

/* The lanes of the destination operand that are written. */
static void find_lanes(struct result *result, const ZydisDecodedInstruction *instruction,
        const ZydisDecodedOperand *operands)
{
        bool merges = instruction->avx.mask.mode == ZYDIS_MASK_MODE_MERGING;
        bool compresses = strstr(ZydisMnemonicGetString(instruction->mnemonic), "compress");

        if (!result->lane_bits)
                result->lane_bits = (uint8_t)operands[0].element_size;
        if (instruction->avx.mask.mode && instruction->avx.mask.reg != ZYDIS_REGISTER_K0 &&
                (merges || operands[0].type == ZYDIS_OPERAND_TYPE_MEMORY)) {
                result->lanes = compresses               ? RESULT_LANES_LOWEST
                                : is_scalar(instruction) ? RESULT_LANES_FIRST
                                                         : RESULT_LANES_MASKED;
                result->lane_register = (uint8_t)ZydisRegisterGetId(instruction->avx.mask.reg);
        }
        result_special_lanes(result, instruction, operands);
        result->extended |= result->lanes != RESULT_LANES_ALL || result->address.index_bits;
}

static void find_shift(struct result *result, const ZydisDecodedInstruction *instruction,
        const ZydisDecodedOperand *operands)
{
        ZydisMnemonic m = instruction->mnemonic;
        const ZydisDecodedOperand *count;

        result->shift_double = m == ZYDIS_MNEMONIC_SHLD || m == ZYDIS_MNEMONIC_SHRD;
        result->shift_plain = m == ZYDIS_MNEMONIC_SHL || m == ZYDIS_MNEMONIC_SHR;
        if (!result->shift_double && !result->shift_plain && m != ZYDIS_MNEMONIC_SAR &&
                m != ZYDIS_MNEMONIC_ROL && m != ZYDIS_MNEMONIC_ROR && m != ZYDIS_MNEMONIC_RCL &&
                m != ZYDIS_MNEMONIC_RCR)
                return;
        count = &operands[result->shift_double ? 2 : 1];
        result->when = RESULT_SHIFTED;
        result->shift = count->type == ZYDIS_OPERAND_TYPE_IMMEDIATE ? (int16_t)count->imm.value.u : -1;
        result->shift_bits = (uint8_t)operands[0].size;
        /* Which of them are undefined depends on the count, so libZydis leaves out OF at all. */
        for (unsigned i = 0; i < result->n_parts; i++)
                if (result->parts[i].kind == RESULT_FLAGS)
                        result->parts[i].mask |= ZYDIS_CPUFLAG_OF;
}

static void find_when(struct result *result, const ZydisDecodedInstruction *instruction,
        const ZydisDecodedOperand *operands)
{
        switch (instruction->mnemonic) {
        case ZYDIS_MNEMONIC_CMPXCHG:
        case ZYDIS_MNEMONIC_CMPXCHG8B:
        case ZYDIS_MNEMONIC_CMPXCHG16B:
                result->when = RESULT_EXCHANGED;
                break;
        case ZYDIS_MNEMONIC_BSF:
        case ZYDIS_MNEMONIC_BSR:
                result->when = RESULT_FOUND;
                break;
        default:
                if (instruction->attributes &
                        (ZYDIS_ATTRIB_HAS_REP | ZYDIS_ATTRIB_HAS_REPE | ZYDIS_ATTRIB_HAS_REPNE))
                        result->when = RESULT_REPEATED;
                find_shift(result, instruction, operands);
                break;
        }
}

bool result_find(const ZydisDecodedInstruction *instruction, const ZydisDecodedOperand *operands,
        struct result *ret_result)
{
        struct result *r = ret_result;

        *r = (struct result){ .mnemonic = instruction->mnemonic, .length = instruction->length };
        if (!result_special(r, instruction, operands))
                for (unsigned i = 0; i < instruction->operand_count; i++) {
                        if (!writes(&operands[i]))
                                continue;
                        if (operands[i].type == ZYDIS_OPERAND_TYPE_REGISTER)
                                add_register(r, instruction, operands, &operands[i]);
                        else if (operands[i].type == ZYDIS_OPERAND_TYPE_MEMORY)
                                add_memory(r, instruction, operands, &operands[i]);
                }
        add_flags(r, instruction);
        add_branch(r, instruction, operands);
        result_special_forgotten(r, instruction);
        if (r->n_parts) {
                find_lanes(r, instruction, operands);
                find_when(r, instruction, operands);
        }
        return r->n_parts > 0;
}

bool result_goes_on(const struct result *result)
{
        for (unsigned i = 0; i < result->n_parts; i++)
                if (result->parts[i].kind == RESULT_WAY || result->parts[i].kind == RESULT_TARGET)
                        return false;
        return result->when != RESULT_REPEATED;
}

bool result_decode(const uint8_t *bytes, size_t size, struct result *ret_result)
{
        ZydisDecodedInstruction instruction;
        ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
        ZydisDecoder decoder;

        *ret_result = (struct result){ .length = 0 };
        (void)ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
        return ZYAN_SUCCESS(ZydisDecoderDecodeFull(&decoder, bytes, size, &instruction, operands)) &&
               result_find(&instruction, operands, ret_result);
}
