/* SPDX-License-Identifier: Apache-2.0 */
/* Makes checks/answers/program_forms.bin: every form that libZydis decodes and encodes again and that a random program
 * can hold, as checks/program_form.h describes it. Writes the payload to standard output; with -l says instead which
 * mnemonics are left out and why, with -v which libZydis it asks. tests/model/program_forms.py adds the header. */
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
                if (f->operands[i].class != g->operands[i].class ||
                        f->operands[i].slot != g->operands[i].slot ||
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
        assert(ZYAN_SUCCESS(ZydisDecoderDecodeFull(
                &decoder, visited->bytes, ZYDIS_MAX_INSTRUCTION_LENGTH, &again, operands)));
        if (instruction->attributes & (ZYDIS_ATTRIB_HAS_REP | ZYDIS_ATTRIB_HAS_REPE))
                f.repeats = 1;
        else if (instruction->attributes & ZYDIS_ATTRIB_HAS_REPNE)
                f.repeats = 2;
        (void)instruction_needs(instruction, &f.needs);
        forms_describe(&decoder, &again, operands, visited->bytes, &f.form);
        f.form.ability = ability_of(&f, &again);
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
        uint8_t prefix = instruction->raw.prefixes[0].value,
                bytes[1 + ZYDIS_MAX_INSTRUCTION_LENGTH] = { 0x66 };
        ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
        ZydisDecodedInstruction again;
        bool second = *(const bool *)user;

        consider(visited, second);
        if (instruction->encoding != ZYDIS_INSTRUCTION_ENCODING_LEGACY || (prefix != 0xf2 && prefix != 0xf3))
                return;
        memcpy(bytes + 1, visited->bytes, ZYDIS_MAX_INSTRUCTION_LENGTH);
        if (ZYAN_SUCCESS(
                    ZydisDecoderDecodeFull(&decoder, bytes, ZYDIS_MAX_INSTRUCTION_LENGTH, &again, operands)))
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
        bool fresh =
                i == 0 || found[i - 1].set != found[i].set || found[i - 1].mnemonic != found[i].mnemonic;

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
        else if (argc > 1 && strcmp(argv[1], "-v") == 0)
                printf("%llu.%llu\n", ZYDIS_VERSION_MAJOR(ZydisGetVersion()),
                        ZYDIS_VERSION_MINOR(ZydisGetVersion()));
        else
                write_table();
        return fflush(stdout) == 0 ? 0 : 1;
}
