/* SPDX-License-Identifier: Apache-2.0 */
/* One form as libZydis decodes it. */
#include "tests/model/program_forms.h"

#include <assert.h>
#include <string.h>

#include "base/array.h"

static uint8_t flags_eight(ZydisAccessedFlagsMask flags)
{
        return (uint8_t)((flags & 0xd5) | (flags & ZYDIS_CPUFLAG_OF ? PROGRAM_OF : 0) |
                         (flags & ZYDIS_CPUFLAG_DF ? PROGRAM_DF : 0));
}

static void describe_flags(struct program_form *form, const ZydisDecodedInstruction *instruction)
{
        const ZydisAccessedFlags *flags = instruction->cpu_flags;

        if (!flags)
                return;
        form->flags_read = flags_eight(flags->tested);
        form->flags_undefined = flags_eight(flags->undefined);
        form->flags_written = flags_eight(flags->modified | flags->set_0 | flags->set_1);
        form->flags_written &= (uint8_t)~form->flags_undefined;
}

static uint8_t class_of(ZydisRegister name)
{
        switch (ZydisRegisterGetClass(name)) {
        case ZYDIS_REGCLASS_GPR8:
                return PROGRAM_GENERAL8;
        case ZYDIS_REGCLASS_GPR16:
                return PROGRAM_GENERAL16;
        case ZYDIS_REGCLASS_GPR32:
                return PROGRAM_GENERAL32;
        case ZYDIS_REGCLASS_GPR64:
                return PROGRAM_GENERAL64;
        case ZYDIS_REGCLASS_MMX:
                return PROGRAM_MMX;
        case ZYDIS_REGCLASS_XMM:
                return PROGRAM_XMM;
        case ZYDIS_REGCLASS_YMM:
                return PROGRAM_YMM;
        case ZYDIS_REGCLASS_ZMM:
                return PROGRAM_ZMM;
        case ZYDIS_REGCLASS_MASK:
                return PROGRAM_MASK;
        case ZYDIS_REGCLASS_X87:
                return PROGRAM_X87;
        default:
                return PROGRAM_NONE;
        }
}

/* libZydis numbers ah to bh after bl. */
static uint8_t number_of(ZydisRegister name)
{
        if (name >= ZYDIS_REGISTER_AH && name <= ZYDIS_REGISTER_BH)
                return (uint8_t)(name - ZYDIS_REGISTER_AH);
        if (name >= ZYDIS_REGISTER_SPL && name <= ZYDIS_REGISTER_R15B)
                return (uint8_t)(name - ZYDIS_REGISTER_SPL + 4);
        return (uint8_t)ZydisRegisterGetId(name);
}

static uint8_t slot_of(const ZydisDecodedOperand *operand)
{
        switch (operand->encoding) {
        case ZYDIS_OPERAND_ENCODING_MODRM_REG:
                return PROGRAM_REG;
        case ZYDIS_OPERAND_ENCODING_MODRM_RM:
                return PROGRAM_RM;
        case ZYDIS_OPERAND_ENCODING_NDSNDD:
                return PROGRAM_SOURCE;
        case ZYDIS_OPERAND_ENCODING_OPCODE:
                return PROGRAM_OPCODE;
        case ZYDIS_OPERAND_ENCODING_IS4:
                return PROGRAM_IS4;
        default:
                return PROGRAM_FIXED;
        }
}

static uint8_t access_of(const ZydisDecodedOperand *operand)
{
        uint8_t access = 0;

        if (operand->actions & ZYDIS_OPERAND_ACTION_MASK_READ ||
                operand->actions & ZYDIS_OPERAND_ACTION_CONDWRITE)
                access |= PROGRAM_READ;
        if (operand->actions & ZYDIS_OPERAND_ACTION_MASK_WRITE)
                access |= PROGRAM_WRITE;
        return access;
}

static void describe_memory(struct program_form *form, const ZydisDecodedOperand *operand)
{
        form->memory = operand->mem.type == ZYDIS_MEMOP_TYPE_AGEN ? 0 : (uint8_t)(operand->size / 8);
        if (operand->mem.type != ZYDIS_MEMOP_TYPE_VSIB)
                return;
        form->index = class_of(operand->mem.index);
        form->element = (uint8_t)(operand->element_size / 8);
}

static void describe_visible(struct program_form *form, const ZydisDecodedOperand *operand, unsigned at)
{
        struct program_operand *to = &form->operands[at];

        to->access = access_of(operand) & 3;
        to->slot = slot_of(operand) & 7;
        switch (operand->type) {
        case ZYDIS_OPERAND_TYPE_REGISTER:
                to->class = class_of(operand->reg.value) & 15;
                if (to->slot == PROGRAM_FIXED)
                        to->number = number_of(operand->reg.value) & 31;
                break;
        case ZYDIS_OPERAND_TYPE_MEMORY:
                to->class = PROGRAM_MEMORY;
                to->slot = PROGRAM_RM;
                describe_memory(form, operand);
                break;
        default:
                to->class = operand->imm.is_relative ? PROGRAM_TARGET : PROGRAM_IMMEDIATE;
                break;
        }
}

static void describe_hidden(struct program_form *form, const ZydisDecodedOperand *operand)
{
        uint8_t class = operand->type == ZYDIS_OPERAND_TYPE_REGISTER ? class_of(operand->reg.value) : 0;
        uint8_t access = access_of(operand);

        if (class == PROGRAM_X87 && access & PROGRAM_WRITE)
                form->x87_written |= (uint8_t)(1u << number_of(operand->reg.value));
        if (class == PROGRAM_XMM && access & PROGRAM_WRITE)
                form->trust |= PROGRAM_WRITES_XMM0;
        if (class < PROGRAM_GENERAL8 || class > PROGRAM_GENERAL64)
                return;
        if (access & PROGRAM_READ)
                form->general_read |= (uint16_t)(1u << number_of(operand->reg.value));
        if (access & PROGRAM_WRITE)
                form->general_written |= (uint16_t)(1u << number_of(operand->reg.value));
}

static void describe_operands(struct program_form *form, const ZydisDecodedInstruction *instruction,
        const ZydisDecodedOperand *operands)
{
        unsigned at = 0;

        for (unsigned i = 0; i < instruction->operand_count; i++) {
                const ZydisDecodedOperand *operand = &operands[i];

                if (operand->encoding == ZYDIS_OPERAND_ENCODING_MASK)
                        continue;
                if (i >= instruction->operand_count_visible)
                        describe_hidden(form, operand);
                else if (at < ARRAY_SIZE(form->operands))
                        describe_visible(form, operand, at++);
                else
                        assert(operand->type == ZYDIS_OPERAND_TYPE_IMMEDIATE); /* the fifth is one */
        }
}

static unsigned immediate_bytes(const ZydisDecodedInstruction *instruction)
{
        return (instruction->raw.imm[0].size + instruction->raw.imm[1].size) / 8u;
}

static uint8_t legacy_prefix(const ZydisDecodedInstructionRaw *raw)
{
        uint8_t prefix = PROGRAM_NO_PREFIX;

        for (unsigned i = 0; i < raw->prefix_count; i++)
                switch (raw->prefixes[i].value) {
                case 0x66:
                        prefix = PROGRAM_66;
                        break;
                case 0xf3:
                        prefix = prefix == PROGRAM_66 ? PROGRAM_66_F3 : PROGRAM_F3;
                        break;
                case 0xf2:
                        prefix = prefix == PROGRAM_66 ? PROGRAM_66_F2 : PROGRAM_F2;
                        break;
                case 0x67:
                        prefix = PROGRAM_67;
                        break;
                }
        return prefix;
}

/* What the encoding fixes: Intel SDM volume 2, 2.1 (modrm), 2.2.1 (REX), 2.3.5 (VEX), 2.7.1 (EVEX). */
static void describe_encoding(struct program_form *form, const ZydisDecodedInstruction *instruction)
{
        const ZydisDecodedInstructionRaw *raw = &instruction->raw;

        form->opcode = instruction->opcode;
        form->map = instruction->opcode_map & 7;
        form->immediate = (uint8_t)immediate_bytes(instruction);
        if (instruction->attributes & ZYDIS_ATTRIB_HAS_MODRM) {
                form->layout |= PROGRAM_MODRM | (raw->modrm.mod == 3 ? 0 : PROGRAM_INDIRECT);
                form->modrm = (uint8_t)(raw->modrm.mod << 6 | raw->modrm.reg << 3 | raw->modrm.rm);
        }
        switch (instruction->encoding) {
        case ZYDIS_INSTRUCTION_ENCODING_VEX:
                form->space = PROGRAM_VEX;
                form->prefix = raw->vex.pp & 7;
                form->layout |=
                        (uint8_t)(raw->vex.L << PROGRAM_LENGTH_SHIFT | (raw->vex.W ? PROGRAM_WIDE : 0));
                break;
        case ZYDIS_INSTRUCTION_ENCODING_EVEX:
                form->space = PROGRAM_EVEX;
                form->prefix = raw->evex.pp & 7;
                form->layout |= (uint8_t)((raw->evex.L2 << 1 | raw->evex.L) << PROGRAM_LENGTH_SHIFT |
                                          (raw->evex.W ? PROGRAM_WIDE : 0));
                break;
        default:
                form->layout |= raw->rex.W ? PROGRAM_WIDE : 0;
                form->prefix = legacy_prefix(raw) & 7;
        }
}

/* modrm.reg and modrm.rm are part of the opcode where no operand is there; its own low bits are not where one is. */
static void settle_fields(struct program_form *form)
{
        bool reg = false, rm = false;

        for (size_t i = 0; i < ARRAY_SIZE(form->operands); i++) {
                if (form->operands[i].class && form->operands[i].slot == PROGRAM_OPCODE)
                        form->opcode &= 0xf8;
                reg |= form->operands[i].class && form->operands[i].slot == PROGRAM_REG;
                rm |= form->operands[i].class && form->operands[i].slot == PROGRAM_RM;
        }
        if (!(form->layout & PROGRAM_MODRM))
                return;
        form->modrm &= reg ? 0xc7 : 0xff;
        form->modrm &= rm ? 0x38 : 0xff;
        form->layout |= !reg && !rm ? PROGRAM_WHOLE : 0;
}

/* The 8-bit displacement of EVEX counts what libZydis multiplies it with. */
static void describe_scale(
        const ZydisDecoder *decoder, struct program_form *form, const uint8_t *bytes, size_t n_opcode)
{
        ZydisDecodedInstruction instruction;
        ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
        uint8_t moved[16] = { 0 };

        if (form->space != PROGRAM_EVEX || !(form->layout & PROGRAM_INDIRECT))
                return;
        memcpy(moved, bytes, n_opcode + 2);
        moved[n_opcode] |= 0x40;                                    /* mod 01: 8 bits of displacement */
        moved[n_opcode + ((moved[n_opcode] & 7) == 4 ? 2 : 1)] = 1; /* after SIB where there is one */
        assert(ZYAN_SUCCESS(ZydisDecoderDecodeFull(decoder, moved, sizeof(moved), &instruction, operands)));
        for (unsigned i = 0; i < instruction.operand_count_visible; i++)
                if (operands[i].type == ZYDIS_OPERAND_TYPE_MEMORY)
                        form->scale =
                                (uint8_t)__builtin_ctzll((unsigned long long)operands[i].mem.disp.value);
}

/* SSE (and cmpxchg16b) want 16 bytes aligned but where the manual page says otherwise; AVX where it says so: exception
 * classes, Intel SDM volume 2, 2.4 and 2.7. */
static bool must_be_aligned(const struct program_form *form, const ZydisDecodedInstruction *instruction)
{
        static const char *const free[] = { "movups", "movupd", "movdqu", "lddqu", "pcmpestri", "pcmpestrm",
                "pcmpistri", "pcmpistrm" };
        const char *name = ZydisMnemonicGetString(instruction->mnemonic);

        if (form->space == PROGRAM_LEGACY) {
                for (size_t i = 0; i < ARRAY_SIZE(free); i++)
                        if (strcmp(name, free[i]) == 0)
                                return false;
                return form->memory == 16;
        }
        switch (instruction->meta.exception_class) {
        case ZYDIS_EXCEPTION_CLASS_AVX1:
        case ZYDIS_EXCEPTION_CLASS_E1:
        case ZYDIS_EXCEPTION_CLASS_E1NF:
                return form->memory >= 16;
        default:
                return false;
        }
}

void forms_describe(const ZydisDecoder *decoder, const ZydisDecodedInstruction *instruction,
        const ZydisDecodedOperand *operands, const uint8_t *bytes, struct program_form *form)
{
        describe_flags(form, instruction);
        describe_encoding(form, instruction);
        describe_operands(form, instruction, operands);
        settle_fields(form);
        describe_scale(decoder, form, bytes, instruction->raw.modrm.offset);
        if (must_be_aligned(form, instruction))
                form->layout |= PROGRAM_ALIGNED;
        if (instruction->attributes & ZYDIS_ATTRIB_ACCEPTS_LOCK && form->layout & PROGRAM_INDIRECT)
                form->layout |= PROGRAM_LOCKABLE;
}
