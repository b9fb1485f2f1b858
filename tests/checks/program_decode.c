/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/checks/program_decode.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <Zydis/Zydis.h>

#define STATUS 0x8d5
#define OF 0x800
#define DF 0x400

static bool decode(const struct program *program, uint32_t i, ZydisDecodedInstruction *ret_instruction,
        ZydisDecodedOperand *ret_operands)
{
        ZydisDecoder decoder;
        uint32_t at = program->offset[i];

        ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
        return ZYAN_SUCCESS(ZydisDecoderDecodeFull(
                &decoder, program->code + at, program->size - at, ret_instruction, ret_operands));
}

static const struct program_entry *entry_of(uint16_t form)
{
        const struct program_entry *entry = program_forms_entries();

        while (form >= entry->first + entry->count)
                entry++;
        return entry;
}

const char *decode_mnemonic(uint16_t form)
{
        return program_forms_name(entry_of(form));
}

bool decode_matches(const struct program *program)
{
        for (uint32_t i = 0; i < program->n; i++) {
                ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
                ZydisDecodedInstruction instruction;
                uint16_t form = program->form[i];
                bool good = decode(program, i, &instruction, operands) &&
                            instruction.length == program->offset[i + 1] - program->offset[i];

                if (good && form != PROGRAM_HELPER)
                        good = strcmp(ZydisMnemonicGetString(instruction.mnemonic), decode_mnemonic(form)) ==
                               0;
                if (!good) {
                        printf("# seed %#llx, instruction %u at %u is no %s\n",
                                (unsigned long long)program->seed, i, program->offset[i],
                                form == PROGRAM_HELPER ? "helper" : decode_mnemonic(form));
                        return false;
                }
        }
        return true;
}

static bool is_whole(const ZydisDecodedOperand *operand)
{
        return operand->type != ZYDIS_OPERAND_TYPE_MEMORY ||
               (operand->mem.index == ZYDIS_REGISTER_NONE &&
                       operand->mem.disp.value % (operand->size / 8) == 0);
}

bool decode_locks_whole(const struct program *program)
{
        ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
        ZydisDecodedInstruction instruction;

        for (uint32_t i = 0; i < program->n; i++) {
                if (!decode(program, i, &instruction, operands))
                        return false;
                if (instruction.attributes & ZYDIS_ATTRIB_HAS_LOCK ||
                        instruction.mnemonic == ZYDIS_MNEMONIC_XCHG)
                        for (unsigned o = 0; o < instruction.operand_count_visible; o++)
                                if (!is_whole(&operands[o])) {
                                        printf("# seed %#llx, instruction %u may split a lock\n",
                                                (unsigned long long)program->seed, i);
                                        return false;
                                }
        }
        return true;
}

/* ---- flags ---- */

struct flow {
        const struct program *program;
        uint32_t defined[PROGRAM_INSTRUCTIONS_MAX + 1]; /* before each instruction; at the end */
        bool reached[PROGRAM_INSTRUCTIONS_MAX + 1];
        bool changed;
};

static void reach(struct flow *flow, uint32_t i, uint32_t defined)
{
        uint32_t both = flow->defined[i] & defined;

        flow->changed |= both != flow->defined[i] || !flow->reached[i];
        flow->defined[i] = both;
        flow->reached[i] = true;
}

static bool shifts_by_one(const ZydisDecodedInstruction *instruction, const ZydisDecodedOperand *operands)
{
        const ZydisDecodedOperand *count = &operands[instruction->operand_count_visible - 1];

        return count->type == ZYDIS_OPERAND_TYPE_IMMEDIATE && count->imm.value.u == 1;
}

static bool is_shift(const ZydisDecodedInstruction *instruction)
{
        switch (instruction->mnemonic) {
        case ZYDIS_MNEMONIC_SHL:
        case ZYDIS_MNEMONIC_SHR:
        case ZYDIS_MNEMONIC_SAR:
        case ZYDIS_MNEMONIC_ROL:
        case ZYDIS_MNEMONIC_ROR:
        case ZYDIS_MNEMONIC_RCL:
        case ZYDIS_MNEMONIC_RCR:
        case ZYDIS_MNEMONIC_SHLD:
        case ZYDIS_MNEMONIC_SHRD:
                return true;
        default:
                return false;
        }
}

static uint32_t defined_after(
        uint32_t before, const ZydisDecodedInstruction *instruction, const ZydisDecodedOperand *operands)
{
        const ZydisAccessedFlags *flags = instruction->cpu_flags;
        uint32_t written, undefined;

        if (!flags)
                return before;
        written = flags->modified | flags->set_0 | flags->set_1;
        undefined = flags->undefined;
        if (is_shift(instruction)) {
                const ZydisDecodedOperand *count = &operands[instruction->operand_count_visible - 1];

                if (count->type == ZYDIS_OPERAND_TYPE_REGISTER)
                        written = 0; /* the count may be 0 */
                else if (shifts_by_one(instruction, operands))
                        written |= OF, undefined &= ~(uint32_t)OF;
        }
        return (before | written) & ~undefined & (STATUS | DF);
}

static uint32_t index_at(const struct program *program, uint32_t offset)
{
        uint32_t i = 0;

        while (program->offset[i] != offset) {
                i++;
                assert(i <= program->n);
        }
        return i;
}

/* Where an instruction leads besides to the next: a branch names it, an indirect one has got it from lea just before.
 * Returns the index, or program->n + 1 for none. */
static uint32_t leads_to(const struct program *program, uint32_t i,
        const ZydisDecodedInstruction *instruction, const ZydisDecodedOperand *operands)
{
        ZydisDecodedOperand pointed[ZYDIS_MAX_OPERAND_COUNT];
        ZydisDecodedInstruction before;

        if (instruction->meta.branch_type == ZYDIS_BRANCH_TYPE_NONE ||
                instruction->meta.category == ZYDIS_CATEGORY_RET)
                return program->n + 1;
        if (operands[0].type == ZYDIS_OPERAND_TYPE_IMMEDIATE)
                return index_at(program, (uint32_t)(program->offset[i + 1] + operands[0].imm.value.s));
        do
                assert(i-- && decode(program, i, &before, pointed));
        while (before.mnemonic != ZYDIS_MNEMONIC_LEA || pointed[1].mem.base != ZYDIS_REGISTER_RIP);
        return index_at(program, (uint32_t)(program->offset[i + 1] + pointed[1].mem.disp.value));
}

/* A called piece lies behind the jump that the call returns to, and that jump leads to what follows ret: as if ret led
 * to the next instruction, and the call to its piece alone. */
static void follow(struct flow *flow, uint32_t i, const ZydisDecodedInstruction *instruction,
        const ZydisDecodedOperand *operands, uint32_t after)
{
        uint32_t to = leads_to(flow->program, i, instruction, operands);

        if (to <= flow->program->n)
                reach(flow, to, after);
        if (instruction->meta.category != ZYDIS_CATEGORY_UNCOND_BR &&
                instruction->meta.category != ZYDIS_CATEGORY_CALL)
                reach(flow, i + 1, after);
}

/* What an instruction reads of the flags. pushf: those that are undefined are masked afterwards; repe reads its own. */
static uint32_t flags_read(const ZydisDecodedInstruction *instruction)
{
        if (!instruction->cpu_flags || instruction->meta.category == ZYDIS_CATEGORY_PUSH ||
                instruction->meta.category == ZYDIS_CATEGORY_STRINGOP)
                return 0;
        return instruction->cpu_flags->tested & STATUS;
}

bool decode_flags_defined(const struct program *program)
{
        struct flow flow = { .program = program, .reached = { true } };
        ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
        ZydisDecodedInstruction instruction;

        memset(flow.defined, 0xff, sizeof(flow.defined));
        do {
                flow.changed = false;
                for (uint32_t i = 0; i < program->n; i++) {
                        if (!flow.reached[i])
                                continue;
                        if (!decode(program, i, &instruction, operands))
                                return false;
                        follow(&flow, i, &instruction, operands,
                                defined_after(flow.defined[i], &instruction, operands));
                }
        } while (flow.changed);
        for (uint32_t i = 0; i < program->n; i++) {
                uint32_t read;

                assert(decode(program, i, &instruction, operands));
                read = flags_read(&instruction);
                if (flow.reached[i] && read & ~flow.defined[i]) {
                        printf("# seed %#llx, instruction %u (%s) reads flags %#x, defined are %#x\n",
                                (unsigned long long)program->seed, i,
                                ZydisMnemonicGetString(instruction.mnemonic), read, flow.defined[i]);
                        return false;
                }
        }
        return !(((program->flags & 0xd5u) | (program->flags & PROGRAM_OF ? OF : 0u)) &
                 ~flow.defined[program->n]);
}

/* ---- what it is made of ---- */

static uint16_t sets_of(const char *mnemonic)
{
        const struct program_table *table = program_forms_table();
        uint16_t sets = 0;

        for (unsigned s = 0; s < PROGRAM_SETS; s++)
                for (uint32_t e = table->set_begin[s]; e < table->set_begin[s + 1]; e++)
                        if (strcmp(program_forms_name(&program_forms_entries()[e]), mnemonic) == 0)
                                sets |= (uint16_t)(1u << s);
        return sets;
}

static bool entry_in(const struct program_entry *entry, uint16_t sets)
{
        const struct program_table *table = program_forms_table();
        uint32_t index = (uint32_t)(entry - program_forms_entries());

        for (unsigned s = 0; s < PROGRAM_SETS; s++)
                if (sets >> s & 1 && index >= table->set_begin[s] && index < table->set_begin[s + 1])
                        return true;
        return false;
}

uint32_t decode_count(const struct program *program, uint16_t sets)
{
        ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
        ZydisDecodedInstruction instruction;
        uint32_t n = 0;

        for (uint32_t i = 0; i < program->n; i++) {
                uint16_t form = program->form[i];

                if (form != PROGRAM_HELPER)
                        n += entry_in(entry_of(form), sets);
                else if (decode(program, i, &instruction, operands))
                        n += (sets_of(ZydisMnemonicGetString(instruction.mnemonic)) & sets) != 0;
        }
        return n;
}
