/* SPDX-License-Identifier: Apache-2.0 */
/* Makes checks/answers/program_forms.bin: every form that libZydis decodes and encodes again and that a random program
 * can hold, as checks/program_form.h describes it. Writes the payload to standard output; with -l says instead which
 * mnemonics are left out and why. tests/model/program_forms.py adds the header. */
#include "tests/model/program_forms.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"

#define FORMS_MAX 16384

static struct found found[FORMS_MAX];
static uint32_t n_found;
static ZydisDecoder decoder;

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
                form->layout |= (uint8_t)(raw->vex.L << PROGRAM_LENGTH_SHIFT | (raw->vex.W ? PROGRAM_WIDE : 0));
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
static void describe_scale(struct program_form *form, const uint8_t *bytes, size_t n_opcode)
{
        ZydisDecodedInstruction instruction;
        ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
        uint8_t moved[16] = { 0 };

        if (form->space != PROGRAM_EVEX || !(form->layout & PROGRAM_INDIRECT))
                return;
        memcpy(moved, bytes, n_opcode + 2);
        moved[n_opcode] |= 0x40;                                   /* mod 01: 8 bits of displacement */
        moved[n_opcode + ((moved[n_opcode] & 7) == 4 ? 2 : 1)] = 1; /* after SIB where there is one */
        assert(ZYAN_SUCCESS(ZydisDecoderDecodeFull(&decoder, moved, sizeof(moved), &instruction, operands)));
        for (unsigned i = 0; i < instruction.operand_count_visible; i++)
                if (operands[i].type == ZYDIS_OPERAND_TYPE_MEMORY)
                        form->scale = (uint8_t)__builtin_ctzll((unsigned long long)operands[i].mem.disp.value);
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

static bool decodes(const uint8_t *bytes)
{
        ZydisDecodedInstruction instruction;

        return ZYAN_SUCCESS(ZydisDecoderDecodeInstruction(
                &decoder, NULL, bytes, ZYDIS_MAX_INSTRUCTION_LENGTH, &instruction));
}

/* ---- forms that are one but for EVEX's mask and b ---- */

static bool has_b(const ZydisDecodedInstruction *instruction)
{
        return instruction->encoding == ZYDIS_INSTRUCTION_ENCODING_EVEX && instruction->raw.evex.b;
}

static bool same_but_ability(const struct found *a, const struct found *b, bool length)
{
        const struct program_form *f = &a->form, *g = &b->form;
        uint8_t layout = length ? 0xff : (uint8_t)~PROGRAM_LENGTH;

        return a->mnemonic == b->mnemonic && f->space == g->space && f->map == g->map &&
               f->opcode == g->opcode && f->prefix == g->prefix && f->modrm == g->modrm &&
               (f->layout & layout) == (g->layout & layout);
}

/* A mask may make a destination one that is read as well: the access does not count. */
static bool operands_same(const struct program_form *f, const struct program_form *g, bool memory)
{
        for (size_t i = 0; i < ARRAY_SIZE(f->operands); i++)
                if (f->operands[i].class != g->operands[i].class || f->operands[i].slot != g->operands[i].slot ||
                        f->operands[i].number != g->operands[i].number)
                        return false;
        return !memory || (f->memory == g->memory && f->index == g->index);
}

static void merge(struct found *base, const struct found *other, const struct instruction_form *visited)
{
        const ZydisDecodedInstruction *instruction = visited->instruction;
        uint8_t zeroing[ZYDIS_MAX_INSTRUCTION_LENGTH];

        base->form.ability |= other->form.ability;
        if (has_b(instruction) && other->form.layout & PROGRAM_INDIRECT)
                base->form.element = other->form.memory;
        if (!(base->form.ability & PROGRAM_MASKS))
                return;
        memcpy(zeroing, visited->bytes, sizeof(zeroing));
        zeroing[3] |= 0x80; /* EVEX.z */
        if (decodes(zeroing))
                base->form.ability |= PROGRAM_ZEROES;
}

static uint8_t ability_of(const struct found *f, const ZydisDecodedInstruction *instruction)
{
        uint8_t ability = 0;

        if (instruction->encoding != ZYDIS_INSTRUCTION_ENCODING_EVEX)
                return 0;
        if (instruction->raw.evex.aaa)
                ability |= PROGRAM_MASKS;
        if (!has_b(instruction))
                return ability;
        if (f->form.layout & PROGRAM_INDIRECT)
                return ability | PROGRAM_BROADCASTS;
        return ability | (instruction->avx.rounding.mode ? PROGRAM_ROUNDS : PROGRAM_QUIET);
}

/* The same instruction was seen with fewer bits set: an alias (an ignored prefix, W or L), or EVEX with a mask or b. */
static bool known_already(const struct found *f, const struct instruction_form *visited)
{
        bool b = has_b(visited->instruction);
        bool memory = f->form.layout & PROGRAM_INDIRECT;

        for (uint32_t i = 0; i < n_found; i++) {
                struct found *g = &found[i];

                if (f->form.ability && same_but_ability(f, g, !b || memory) &&
                        operands_same(&f->form, &g->form, !b)) {
                        merge(g, f, visited);
                        return true;
                }
                if (f->mnemonic == g->mnemonic && f->form.space == g->form.space &&
                        f->form.map == g->form.map && f->form.opcode == g->form.opcode &&
                        f->form.modrm == g->form.modrm && f->repeats == g->repeats &&
                        ((f->form.layout ^ g->form.layout) & PROGRAM_INDIRECT) == 0 &&
                        operands_same(&f->form, &g->form, true))
                        return true;
        }
        return false;
}

static void consider(const struct instruction_form *visited, bool second)
{
        const ZydisDecodedInstruction *instruction = visited->instruction;
        ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
        ZydisDecodedInstruction again;
        struct found f = { .mnemonic = instruction->mnemonic };

        if (has_b(instruction) != second || forms_left_out(visited))
                return;
        assert(n_found < FORMS_MAX);
        assert(ZYAN_SUCCESS(ZydisDecoderDecodeFull(&decoder, visited->bytes, ZYDIS_MAX_INSTRUCTION_LENGTH,
                &again, operands)));
        if (instruction->attributes & (ZYDIS_ATTRIB_HAS_REP | ZYDIS_ATTRIB_HAS_REPE))
                f.repeats = 1;
        else if (instruction->attributes & ZYDIS_ATTRIB_HAS_REPNE)
                f.repeats = 2;
        (void)instruction_needs(instruction, &f.needs);
        describe_flags(&f.form, &again);
        describe_encoding(&f.form, &again);
        describe_operands(&f.form, &again, operands);
        settle_fields(&f.form);
        describe_scale(&f.form, visited->bytes, instruction->raw.modrm.offset);
        f.form.ability = ability_of(&f, &again);
        if (must_be_aligned(&f.form, instruction))
                f.form.layout |= PROGRAM_ALIGNED;
        if (instruction->attributes & ZYDIS_ATTRIB_ACCEPTS_LOCK && f.form.layout & PROGRAM_INDIRECT)
                f.form.layout |= PROGRAM_LOCKABLE;
        forms_classify(&f, &again);
        if (known_already(&f, visited))
                return;
        if (f.form.ability & PROGRAM_MASKS) /* never seen without */
                f.form.ability |= PROGRAM_MASKED;
        found[n_found++] = f;
}

/* instruction_forms gives an instruction one prefix at most: those of 16 bits that have F2 or F3 too are added. */
static void visit(const struct instruction_form *visited, void *user)
{
        const ZydisDecodedInstruction *instruction = visited->instruction;
        uint8_t prefix = instruction->raw.prefixes[0].value, bytes[1 + ZYDIS_MAX_INSTRUCTION_LENGTH] = { 0x66 };
        ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
        ZydisDecodedInstruction again;
        bool second = *(const bool *)user;

        consider(visited, second);
        if (instruction->encoding != ZYDIS_INSTRUCTION_ENCODING_LEGACY || (prefix != 0xf2 && prefix != 0xf3))
                return;
        memcpy(bytes + 1, visited->bytes, ZYDIS_MAX_INSTRUCTION_LENGTH);
        if (ZYAN_SUCCESS(ZydisDecoderDecodeFull(
                    &decoder, bytes, ZYDIS_MAX_INSTRUCTION_LENGTH, &again, operands)))
                consider(&(struct instruction_form){ &again, operands, visited->request, bytes }, second);
}

/* ---- the table ---- */

static int compare(const void *a, const void *b)
{
        const struct found *f = a, *g = b;
        int order = (int)f->set - (int)g->set;

        if (!order)
                order = strcmp(ZydisMnemonicGetString(f->mnemonic), ZydisMnemonicGetString(g->mnemonic));
        return order ? order : memcmp(&f->form, &g->form, sizeof(f->form));
}

static isa_set needs[256];
static struct program_entry entries[4096];
static char names[65536];
static struct program_table table;

static uint8_t needs_index(isa_set set)
{
        uint32_t i = 0;

        while (i < table.n_needs && needs[i] != set)
                i++;
        assert(i < ARRAY_SIZE(needs));
        if (i == table.n_needs)
                needs[table.n_needs++] = set;
        return (uint8_t)i;
}

static void add_form(uint32_t i)
{
        const char *name = ZydisMnemonicGetString(found[i].mnemonic);
        bool fresh = i == 0 || found[i - 1].set != found[i].set || found[i - 1].mnemonic != found[i].mnemonic;

        if (fresh) {
                assert(table.n_entries < ARRAY_SIZE(entries));
                assert(table.names_size + strlen(name) < sizeof(names));
                entries[table.n_entries++] = (struct program_entry){ table.names_size, (uint16_t)i, 0 };
                memcpy(names + table.names_size, name, strlen(name) + 1);
                table.names_size += (uint32_t)strlen(name) + 1;
                for (unsigned set = found[i].set + 1; set <= PROGRAM_SETS; set++)
                        table.set_begin[set] = table.n_entries;
        }
        entries[table.n_entries - 1].count++;
}

static void write_all(const void *bytes, size_t size)
{
        assert(fwrite(bytes, 1, size, stdout) == size);
}

static void write_table(void)
{
        qsort(found, n_found, sizeof(found[0]), compare);
        for (uint32_t i = 0; i < n_found; i++) {
                found[i].form.needs = needs_index(found[i].needs);
                add_form(i);
        }
        table.n_forms = n_found;
        write_all(&table, sizeof(table));
        write_all(needs, table.n_needs * sizeof(needs[0]));
        write_all(entries, table.n_entries * sizeof(entries[0]));
        for (uint32_t i = 0; i < n_found; i++)
                write_all(&found[i].form, sizeof(found[i].form));
        write_all(names, table.names_size);
}

int main(int argc, char **argv)
{
        ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
        for (int second = 0; second < 2; second++)
                instruction_forms(visit, &(bool){ second });
        if (argc > 1 && strcmp(argv[1], "-l") == 0)
                forms_list_left_out();
        else
                write_table();
        return fflush(stdout) == 0 ? 0 : 1;
}
