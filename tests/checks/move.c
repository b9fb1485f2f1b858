/* SPDX-License-Identifier: Apache-2.0 */
/* The checks of moves, caches and memory: silent while all is well; and a bit that flips in memory between a store and
 * the load, a byte moved by one, a string instruction that does one element too few or too many, an address off
 * by one, a load that is wrong once, are each found, and found where they were. */
#include <fnmatch.h>
#include <stdalign.h>
#include <string.h>

#include "base/random.h"
#include "checks/move_chain.h"
#include "checks/pattern.h"
#include "checks/registers.h"
#include "tests/checks/step_fault.h"
#include "tests/tap.h"

#define FAULTS 12 /* of a kind, for a check */
#define TRIES 40  /* to plant them */
#define ROUNDS 64 /* of a healthy run */
#define WIDEST 64 /* bytes of an access */

/* What was planted. */
struct planted {
        const struct check *check;
        const uint8_t *state;
        uint64_t address; /* of the memory */
        char name[32];    /* of the instruction */
        int64_t elements; /* a string instruction is to do as many more */
        uint64_t buffer;  /* of the patterns */
};

/* One way to spoil, and whether the mismatch says where it was. */
struct fault {
        const char *checks, *what;
        step_spoil *spoil;
        bool (*located)(const struct step_outcome *outcome, const struct planted *planted);
        int64_t elements;
};

/* ---- chains ---- */

static const char *form_of(const struct planted *planted)
{
        size_t at = planted->address - (uintptr_t)planted->state - sizeof(struct registers_pair);

        return planted->check->fields[at / MOVE_CHAIN_MEMORY].name;
}

/* Some forms store more than they load: what is beyond the first bytes is not part of the chain. */
static bool is_partial(const char *form)
{
        return strstr(form, ", load") || strstr(form, "xmm") || strstr(form, "ymm") ||
               fnmatch("mov[sz]*", form, 0) == 0 || strncmp(form, "vlddqu ", 7) == 0;
}

/* The memory of a chain that the instruction is about to write, and what lies there: 0 or more bytes that count. */
static uint32_t about_to_store(const struct step_moment *moment, struct planted *planted, uint8_t *ret_old)
{
        const struct move_chain_state *state = (const struct move_chain_state *)(const void *)moment->state;
        const ZydisDecodedOperand *operand = step_fault_memory(moment, true, &planted->address);
        uint32_t bytes = operand ? operand->size / 8 : 0;

        planted->state = moment->state;
        planted->check = moment->check;
        if (!bytes || planted->address < (uintptr_t)state->memory ||
                planted->address >= (uintptr_t)state->memory + moment->check->n_fields * MOVE_CHAIN_MEMORY ||
                !step_fault_read(moment, planted->address, ret_old, bytes + 1))
                return 0;
        return is_partial(form_of(planted)) ? 1 : bytes;
}

/* A bit of what a store wrote flips. */
static bool spoil_bit(struct step_moment *moment, void *context)
{
        struct planted *planted = context;
        uint8_t bytes[WIDEST + 1];
        uint32_t count = about_to_store(moment, planted, bytes), bit;

        if (!count || !step_fault_step(moment) || !step_fault_read(moment, planted->address, bytes, count))
                return false;
        bit = (uint32_t)(random_next(moment->random) % (8 * count));
        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        return step_fault_write(moment, planted->address, bytes, count);
}

/* What a store wrote lies one byte further. */
static bool spoil_place(struct step_moment *moment, void *context)
{
        struct planted *planted = context;
        uint8_t old[WIDEST + 1], right[WIDEST], wrong[WIDEST + 1];
        uint32_t count = about_to_store(moment, planted, old);

        if (!count || !step_fault_step(moment) || !step_fault_read(moment, planted->address, right, count))
                return false;
        wrong[0] = old[0];
        memcpy(wrong + 1, right, count);
        return memcmp(wrong, right, count) != 0 &&
               step_fault_write(moment, planted->address, wrong, count + 1);
}

/* In the memory of the form; the data of the first form are in registers too, which are compared before. */
static bool in_form(const struct step_outcome *outcome, const struct planted *planted)
{
        const char *form = form_of(planted);

        return strncmp(outcome->place.name, form, strlen(form)) == 0 ||
               (form == planted->check->fields[0].name &&
                       outcome->mismatch.offset < sizeof(struct registers));
}

/* ---- string instructions ---- */

/* "repe cmpsw", as the fields have it. */
static bool string_name(const struct step_moment *moment, char *name, size_t size)
{
        static const char *const operations[] = { "movs", "stos", "lods", "cmps", "scas" };
        const char *mnemonic = ZydisMnemonicGetString(moment->instruction.mnemonic);
        bool equal = moment->instruction.attributes & ZYDIS_ATTRIB_HAS_REPE;
        bool unequal = moment->instruction.attributes & ZYDIS_ATTRIB_HAS_REPNE;

        for (size_t i = 0; i < sizeof(operations) / sizeof(*operations); i++)
                if (strncmp(mnemonic, operations[i], 4) == 0 && strlen(mnemonic) == 5) {
                        (void)snprintf(name, size, "%s %s",
                                equal     ? "repe"
                                : unequal ? "repne"
                                          : "rep",
                                mnemonic);
                        return true;
                }
        return false;
}

static bool spoil_length(struct step_moment *moment, void *context)
{
        struct planted *planted = context;

        if (!(moment->instruction.attributes &
                    (ZYDIS_ATTRIB_HAS_REP | ZYDIS_ATTRIB_HAS_REPE | ZYDIS_ATTRIB_HAS_REPNE)) ||
                moment->registers.rcx < 2 || random_next(moment->random) % 4 ||
                !string_name(moment, planted->name, sizeof(planted->name)))
                return false;
        moment->registers.rcx += (uint64_t)planted->elements;
        return step_fault_set(moment);
}

static bool in_string(const struct step_outcome *outcome, const struct planted *planted)
{
        return strncmp(outcome->place.name, planted->name, strlen(planted->name)) == 0;
}

/* ---- forwarding ---- */

/* A bit of what a load got flips: that of the load behind a store, with the distance in rcx. */
static bool spoil_load(struct step_moment *moment, void *context)
{
        struct planted *planted = context;
        const ZydisDecodedOperand *memory = step_fault_memory(moment, false, &planted->address);
        const ZydisDecodedOperand *to = &moment->operands[0];

        if (!memory || memory->mem.base != ZYDIS_REGISTER_RSI || memory->mem.index != ZYDIS_REGISTER_RCX ||
                memory->mem.disp.has_displacement || to->type != ZYDIS_OPERAND_TYPE_REGISTER ||
                random_next(moment->random) % 8)
                return false;
        (void)snprintf(planted->name, sizeof(planted->name), "load of %d", memory->size / 8);
        if (!step_fault_step(moment))
                return false;
        if (ZydisRegisterGetClass(to->reg.value) >= ZYDIS_REGCLASS_XMM)
                return step_fault_flip_vector(moment, to->reg.value);
        moment->registers.rdx ^= UINT64_C(1) << random_next(moment->random) % memory->size;
        return step_fault_set(moment);
}

static bool in_load(const struct step_outcome *outcome, const struct planted *planted)
{
        const char *load = strstr(outcome->place.name, "load of ");

        return load && strncmp(load, planted->name, strlen(planted->name)) == 0;
}

/* ---- addresses ---- */

static unsigned long long *general(struct step_moment *moment, ZydisRegister name)
{
        struct user_regs_struct *r = &moment->registers;
        unsigned long long *const all[16] = { &r->rax, &r->rcx, &r->rdx, &r->rbx, &r->rsp, &r->rbp, &r->rsi,
                &r->rdi, &r->r8, &r->r9, &r->r10, &r->r11, &r->r12, &r->r13, &r->r14, &r->r15 };

        return all[ZydisRegisterGetId(name) % 16];
}

/* The base is one more while a push loads or a pop stores. */
static bool spoil_base(struct step_moment *moment, void *context)
{
        const ZydisDecodedOperand *operand = &moment->operands[0];
        bool load = moment->instruction.mnemonic == ZYDIS_MNEMONIC_PUSH;
        struct planted *planted = context;

        if ((!load && moment->instruction.mnemonic != ZYDIS_MNEMONIC_POP) ||
                operand->type != ZYDIS_OPERAND_TYPE_MEMORY || operand->mem.base == ZYDIS_REGISTER_RIP ||
                operand->mem.base == ZYDIS_REGISTER_RSP || operand->mem.index == ZYDIS_REGISTER_NONE ||
                random_next(moment->random) % 16)
                return false;
        (void)snprintf(planted->name, sizeof(planted->name), load ? "load, base " : "stores");
        ++*general(moment, operand->mem.base);
        if (!step_fault_set(moment) || !step_fault_step(moment))
                return false;
        --*general(moment, operand->mem.base);
        return step_fault_set(moment);
}

/* ---- patterns ---- */

/* Not in the last pass, whose pattern nobody reads. */
static bool in_pattern(struct step_moment *moment, struct planted *planted, bool written)
{
        const struct pattern_state *state = (const struct pattern_state *)(const void *)moment->state;
        const ZydisDecodedOperand *operand = step_fault_memory(moment, written, &planted->address);

        return operand && operand->mem.base == ZYDIS_REGISTER_RSI && operand->size >= 128 &&
               moment->registers.r9 != 1 &&
               step_fault_read(
                       moment, (uintptr_t)&state->memory, &planted->buffer, sizeof(planted->buffer)) &&
               random_next(moment->random) % 8 == 0;
}

static bool spoil_stored(struct step_moment *moment, void *context)
{
        struct planted *planted = context;
        uint8_t byte;

        if (!in_pattern(moment, planted, true) || !step_fault_step(moment))
                return false;
        planted->address += random_next(moment->random) % 16;
        if (!step_fault_read(moment, planted->address, &byte, 1))
                return false;
        byte ^= (uint8_t)(1u << random_next(moment->random) % 8);
        return step_fault_write(moment, planted->address, &byte, 1);
}

static bool spoil_read(struct step_moment *moment, void *context)
{
        return moment->operands[0].type == ZYDIS_OPERAND_TYPE_REGISTER &&
               in_pattern(moment, context, false) && step_fault_step(moment) &&
               step_fault_flip_vector(moment, moment->operands[0].reg.value);
}

static uint64_t recorded(const struct step_outcome *outcome, uint32_t member)
{
        uint64_t value;

        memcpy(&value, outcome->mismatch.actual + member, sizeof(value));
        return value;
}

/* All three reads saw the one bit, in the word where it flipped. */
static bool says_stored(const struct step_outcome *outcome, const struct planted *planted)
{
        uint64_t first = recorded(outcome, PATTERN_FIRST);

        return first && !(first & (first - 1)) && first == recorded(outcome, PATTERN_SECOND) &&
               first == recorded(outcome, PATTERN_FLUSHED) &&
               first == (recorded(outcome, PATTERN_EXPECTED) ^ recorded(outcome, PATTERN_ACTUAL)) &&
               recorded(outcome, PATTERN_PLACE) == 1 + (planted->address - planted->buffer) / 8 * 8;
}

/* The second read was right. */
static bool says_once(const struct step_outcome *outcome, const struct planted *planted)
{
        uint64_t first = recorded(outcome, PATTERN_FIRST), place = recorded(outcome, PATTERN_PLACE) - 1;

        return first && !(first & (first - 1)) && !recorded(outcome, PATTERN_SECOND) &&
               !recorded(outcome, PATTERN_FLUSHED) &&
               planted->address - planted->buffer - place < PATTERN_BLOCK;
}

/* ---- the cases ---- */

static const struct fault faults[] = {
        { "move_split_*", "a bit flips in memory", spoil_bit, in_form, 0 },
        { "move_split_*", "bytes are stored one further", spoil_place, in_form, 0 },
        { "move_stream_*", "a bit flips in memory", spoil_bit, in_form, 0 },
        { "move_stream_*", "bytes are stored one further", spoil_place, in_form, 0 },
        { "move_string_*", "one element too few", spoil_length, in_string, -1 },
        { "move_string_*", "one element too many", spoil_length, in_string, 1 },
        { "move_forward_*", "a load gets a wrong bit", spoil_load, in_load, 0 },
        { "move_address_*", "an address is one too high", spoil_base, in_string, 0 },
        { "cache_pattern_*", "a bit flips in memory", spoil_stored, says_stored, 0 },
        { "cache_pattern_*", "a load is wrong once", spoil_read, says_once, 0 },
        { "memory_pattern_*", "a bit flips in memory", spoil_stored, says_stored, 0 },
        { "memory_pattern_*", "a load is wrong once", spoil_read, says_once, 0 },
};

static void test_fault(const struct check *check, const struct fault *fault, uint64_t *random)
{
        struct step_session *session = step_fault_open(check, random);
        int spoiled = 0, noticed = 0, located = 0;

        if (!session) {
                tap_skip(check->name, "ptrace is forbidden here");
                return;
        }
        for (int try = 0; try < TRIES && spoiled < FAULTS; try++) {
                struct planted planted = { .elements = fault->elements };
                struct step_outcome outcome = step_fault_try(session, fault->spoil, &planted);
                bool found = outcome.found == STEP_MISMATCH && fault->located(&outcome, &planted);

                spoiled += outcome.found != STEP_NOT_SPOILED;
                noticed += outcome.found == STEP_MISMATCH || outcome.found == STEP_DIED;
                located += found || outcome.found == STEP_DIED;
                if (outcome.found == STEP_MISMATCH && !found)
                        printf("# %s: %s: found at %s\n", check->name, fault->what, outcome.place.name);
        }
        step_fault_close(session);
        tap_ok(spoiled >= FAULTS / 2 && noticed == spoiled && located == noticed,
                "%s: %s: %d of %d noticed, %d where they were", check->name, fault->what, noticed, spoiled,
                located);
}

static void test_healthy(const struct check *check)
{
        static alignas(4096) uint8_t state[CHECK_STATE_MAX];
        int wrong = 0;

        for (uint32_t number = 0; check_prepare(check) == 0 && number < ROUNDS; number++) {
                const struct check_round round = { .seed = 3, .number = number, .cpu = 5 };
                struct check_mismatch mismatch;

                check->setup(state, &round);
                check->run(state);
                wrong += check->verify(state, &mismatch) != CHECK_EQUAL;
        }
        tap_ok(wrong == 0, "%s: %d of %d rounds wrong where nothing is", check->name, wrong, ROUNDS);
}

int main(void)
{
        isa_set features = isa_read();
        uint64_t random = tap_seed(0x40e5);

        registers_use(features);
        for (const struct check *const *c = check_list; *c; c++) {
                if ((*c)->family != CHECK_MOVE)
                        continue;
                if ((*c)->needs & ~features) {
                        tap_skip((*c)->name, "this CPU lacks what it needs");
                        continue;
                }
                test_healthy(*c);
                for (size_t i = 0; i < sizeof(faults) / sizeof(*faults); i++)
                        if (fnmatch(faults[i].checks, (*c)->name, 0) == 0)
                                test_fault(*c, &faults[i], &random);
        }
        return tap_end();
}
