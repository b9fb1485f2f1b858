/* SPDX-License-Identifier: Apache-2.0 */
/* The checks of control flow: silent while all is well; a branch that goes the wrong way once, or whose opcode is the
 * opposite one, and an indirect jump, call or return to a wrong target, are each found, and found where they were. */
#include <stdalign.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/random.h"
#include "checks/branch.h"
#include "checks/branch_align.h"
#include "checks/branch_compare.h"
#include "checks/branch_condition.h"
#include "checks/branch_loop.h"
#include "checks/branch_tight.h"
#include "checks/registers.h"
#include "tests/checks/step_fault.h"
#include "tests/tap.h"

#define FAULTS 20 /* of a kind, for a check */
#define TRIES 60  /* to plant them */
#define ROUNDS 64 /* of a healthy run */
#define SECONDS 1 /* of CPU time, for a child that runs with another opcode */
#define NEAR 16   /* bytes of the log */

/* What was planted: the log was written up to here. */
struct planted {
        uint64_t log;
        int condition; /* of the branch, as the opcodes count them, or -1 */
        bool back;     /* a conditional branch that leads back: most close the kernels' loops */
};

static alignas(4096) uint8_t state[CHECK_STATE_MAX];

static int condition_of(const ZydisDecodedInstruction *instruction)
{
        bool near = instruction->opcode_map == ZYDIS_OPCODE_MAP_0F && (instruction->opcode & 0xf0) == 0x80;
        bool narrow =
                instruction->opcode_map == ZYDIS_OPCODE_MAP_DEFAULT && (instruction->opcode & 0xf0) == 0x70;

        return near || narrow ? instruction->opcode & 15 : -1;
}

static uint64_t log_of(const struct step_moment *moment)
{
        return moment->registers.rdi - (uintptr_t)((struct branch_state *)(void *)moment->state)->log;
}

/* A conditional branch goes the other way. */
static bool spoil_way(struct step_moment *moment, void *context)
{
        uint64_t next = moment->registers.rip + moment->instruction.length, target;
        struct planted *planted = context;

        if (moment->instruction.meta.category != ZYDIS_CATEGORY_COND_BR ||
                moment->operands[0].type != ZYDIS_OPERAND_TYPE_IMMEDIATE ||
                ZYAN_FAILED(ZydisCalcAbsoluteAddress(
                        &moment->instruction, &moment->operands[0], moment->registers.rip, &target)) ||
                target == next || log_of(moment) >= BRANCH_LOG || random_next(moment->random) % 8)
                return false;
        planted->log = log_of(moment);
        planted->condition = condition_of(&moment->instruction);
        planted->back = planted->condition >= 0 && target < next;
        if (!step_fault_step(moment))
                return false;
        moment->registers.rip = moment->registers.rip == next ? target : next;
        return step_fault_set(moment);
}

/* An indirect jump or call, or a return, goes where the last one of its kind went. */
static bool spoil_target(struct step_moment *moment, void *context)
{
        static uint64_t last[3];
        static pid_t child;
        const ZydisDecodedOperand *to = &moment->operands[0];
        int kind = moment->instruction.mnemonic == ZYDIS_MNEMONIC_JMP    ? 0
                   : moment->instruction.mnemonic == ZYDIS_MNEMONIC_CALL ? 1
                                                                         : 2;
        bool direct = to->type == ZYDIS_OPERAND_TYPE_IMMEDIATE || to->mem.base == ZYDIS_REGISTER_RIP;
        struct planted *planted = context;
        uint64_t right, wrong;

        if ((kind == 2 ? moment->instruction.mnemonic != ZYDIS_MNEMONIC_RET : direct) ||
                log_of(moment) >= BRANCH_LOG ||
                moment->registers.rsp - (uintptr_t)moment->state > sizeof(struct branch_state))
                return false;
        planted->log = log_of(moment);
        if (child != moment->child)
                memset(last, 0, sizeof(last));
        child = moment->child;
        if (!step_fault_step(moment))
                return false;
        right = moment->registers.rip;
        wrong = last[kind];
        last[kind] = right;
        moment->registers.rip = wrong;
        return wrong && wrong != right && random_next(moment->random) % 4 == 0 && step_fault_set(moment);
}

/* Whether what was wrong first is the entry of the log that the kernel was about to write, or a neighbour: a wrong
 * way may leave one out or write one more. Kernels that write to several parts of the log in turn have their pointer
 * in the first. */
static bool is_near(const struct step_outcome *outcome, uint32_t part, const struct planted *planted)
{
        uint32_t at = outcome->mismatch.offset - (uint32_t)sizeof(struct registers);
        uint64_t distance = (at + part - planted->log % part) % part;

        return outcome->mismatch.offset >= sizeof(struct registers) &&
               (distance <= NEAR || distance >= part - NEAR);
}

/* The number of the only bit that is wrong in the first entry of `bytes` that is, or -1 where there are more. */
static int wrong_bit(const struct check_mismatch *mismatch, uint32_t bytes)
{
        uint32_t first = (mismatch->offset - mismatch->window) / bytes * bytes;
        int bit = -1;

        for (uint32_t i = 0; i < 8 * bytes; i++) {
                uint32_t at = first + i / 8;

                if ((mismatch->expected[at] ^ mismatch->actual[at]) >> i % 8 & 1) {
                        if (bit >= 0)
                                return -1;
                        bit = (int)i;
                }
        }
        return bit;
}

/* ---- faults that happen once ---- */

static const struct kernel {
        const char *check;
        uint32_t part; /* of the log */
        uint32_t word; /* bytes of an entry, each bit of which is a branch; or 0 */
        bool ways;     /* the script says which way conditional branches go */
        bool closes; /* those that lead back close loops; else those without a condition do: they are no part of it */
        bool targets; /* it has indirect branches */
} kernels[] = {
        { "branch_condition_general", BRANCH_CONDITION_PART, 2, true, false, false },
        { "branch_align_general", BRANCH_ALIGN_PART, 8, true, true, false },
        { "branch_compare_general", BRANCH_COMPARE_PART, 2, true, true, false },
        { "branch_loop_general", BRANCH_LOOP_PART, 0, true, true, false },
        { "branch_tight_general", BRANCH_TIGHT_PART, 0, true, true, false },
        { "branch_table_general", BRANCH_LOG, 0, true, true, true },
        { "branch_indirect_general", BRANCH_LOG, 0, false, true, true },
        { "branch_return_general", BRANCH_LOG, 0, false, true, true },
};

static void test_fault(const struct kernel *kernel, const char *what, step_spoil *spoil, uint64_t *random)
{
        struct step_session *session = step_fault_open(check_find(kernel->check), random);
        int spoiled = 0, noticed = 0, near = 0;

        if (!session) {
                tap_skip(kernel->check, "ptrace is forbidden here");
                return;
        }
        for (int try = 0; try < TRIES && spoiled < FAULTS; try++) {
                struct planted planted = { .condition = -1 };
                struct step_outcome outcome = step_fault_try(session, spoil, &planted);
                bool wrong = outcome.found == STEP_MISMATCH,
                     found = wrong && is_near(&outcome, kernel->part, &planted);

                if (wrong && kernel->word == 2 && outcome.mismatch.bits == 1)
                        found &= wrong_bit(&outcome.mismatch, 2) == planted.condition;
                if (kernel->closes ? planted.back : planted.condition < 0)
                        found = wrong;
                spoiled += outcome.found != STEP_NOT_SPOILED;
                noticed += wrong || outcome.found == STEP_DIED;
                near += found || outcome.found == STEP_DIED;
                if (wrong && !found)
                        printf("# %s: %s at %#lx of the log: found at %#x, %s\n", kernel->check, what,
                                (unsigned long)planted.log,
                                outcome.mismatch.offset - (uint32_t)sizeof(struct registers),
                                outcome.place.name);
        }
        step_fault_close(session);
        tap_ok(spoiled >= FAULTS / 2 && noticed == spoiled && near == noticed,
                "%s: %s: %d of %d noticed, %d where they were", kernel->check, what, noticed, spoiled, near);
}

/* ---- another opcode ---- */

/* One round, 0.1 s at most by far. */
static bool round_right(const struct check *check, uint32_t number, struct check_mismatch *ret_mismatch)
{
        const struct check_round round = { .seed = 3, .number = number, .cpu = 5 };

        check->setup(state, &round);
        check->run(state);
        return check->verify(state, ret_mismatch) == CHECK_EQUAL;
}

/* What a child finds whose kernel has the opposite of the condition at `code`: 0 nothing, 1 a mismatch, 2 it died. */
static int run_turned(const struct check *check, uint8_t *code, struct check_mismatch *shared)
{
        const struct rlimit limit = { SECONDS, SECONDS };
        uintptr_t page = (uintptr_t)code & ~UINT64_C(4095);
        pid_t child = fork();
        int status;

        if (child == 0) {
                (void)setrlimit(RLIMIT_CPU, &limit);
                if (mprotect((void *)page, 2 * 4096, PROT_READ | PROT_WRITE | PROT_EXEC) != 0)
                        _exit(3);
                code[*code == 0x0f] ^= 1;
                _exit(round_right(check, 1, shared) ? 0 : 1);
        }
        if (child < 0 || waitpid(child, &status, 0) != child)
                return 3;
        return WIFEXITED(status) ? WEXITSTATUS(status) : 2;
}

/* The branches of a kernel, each turned in a child of its own: all must be noticed, and those of the script named. */
static void test_turned(const struct kernel *kernel, struct check_mismatch *shared)
{
        const struct check *check = check_find(kernel->check);
        uint8_t *code = (uint8_t *)(uintptr_t)check->run;
        int turned = 0, noticed = 0, named = 0, data = 0;
        ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
        ZydisDecodedInstruction instruction;
        ZydisDecoder decoder;

        (void)ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
        for (code += 4; ZYAN_SUCCESS(ZydisDecoderDecodeFull(&decoder, code, 16, &instruction, operands)) &&
                        instruction.mnemonic != ZYDIS_MNEMONIC_RET;
                code += instruction.length) {
                int condition = condition_of(&instruction), found, bit;

                if (condition < 0)
                        continue;
                found = run_turned(check, code, shared);
                turned++;
                noticed += found == 1 || found == 2;
                if (kernel->closes && operands[0].imm.value.s < 0)
                        continue;
                bit = found == 1 ? wrong_bit(shared, kernel->word) : -1;
                named += bit == (kernel->word == 2 ? condition : 63 - data % 64);
                data++;
        }
        tap_ok(turned && noticed == turned && named == data,
                "%s: %d of %d branches turned noticed, %d of %d named", kernel->check, noticed, turned,
                named, data);
}

static void test_healthy(const struct check *check)
{
        struct check_mismatch mismatch;
        int wrong = 0;

        for (uint32_t number = 0; number < ROUNDS; number++)
                wrong += !round_right(check, number, &mismatch);
        tap_ok(wrong == 0, "%s: %d of %d rounds wrong where nothing is", check->name, wrong, ROUNDS);
}

int main(void)
{
        struct check_mismatch *shared =
                mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        uint64_t random = tap_seed(0xb4a2c);

        registers_use(isa_read());
        for (size_t i = 0; i < sizeof(kernels) / sizeof(*kernels); i++) {
                test_healthy(check_find(kernels[i].check));
                if (kernels[i].word)
                        test_turned(&kernels[i], shared);
                if (kernels[i].ways)
                        test_fault(&kernels[i], "a branch goes the other way", spoil_way, &random);
                if (kernels[i].targets)
                        test_fault(&kernels[i], "a wrong target", spoil_target, &random);
        }
        return tap_end();
}
