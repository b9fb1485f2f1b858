/* SPDX-License-Identifier: Apache-2.0 */
/* The check of transactions where the CPU has none: its kernel's instructions are not known there, and a signal handler
 * stands in for them, by three bytes each: every transaction aborts, so that the lock does all; or every one succeeds,
 * one at a time. Both must give the known answer with one and with two parties. A transaction that another's store does
 * not abort must be seen. Where the CPU has them, it runs as it is. */
#include <assert.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

#include "base/array.h"
#include "checks/coherence.h"
#include "tests/checks/group.h"
#include "tests/tap.h"

#define ROUNDS 6
#define STACK_SIZE (64 * 1024)
#define ABORT_CONFLICT 6 /* may succeed on a retry; conflict: Intel SDM volume 1, table 16-1 */

extern const struct check check_coherence_transaction_rtm;

static enum mode { ABORT, SUCCEED, OVERLAP } mode;

/* Shared by the parties: who is in a transaction. */
static struct {
        _Atomic uint32_t taken;
        _Atomic uint64_t begun, ended;
} * transactions;

static uint64_t way_out; /* of the running transaction */

static void leave(void)
{
        atomic_fetch_add(&transactions->ended, 1);
        atomic_store(&transactions->taken, 0);
}

/* xbegin is c7 f8 and 32 bits of displacement, xabort c6 f8 and a byte, xend 0f 01 d5. */
static void on_unknown(int number, siginfo_t *info, void *user)
{
        greg_t *general = ((ucontext_t *)user)->uc_mcontext.gregs;
        const uint8_t *code = (const uint8_t *)general[REG_RIP]; /* NOLINT: an address by nature */
        int32_t displacement;

        (void)number, (void)info;
        if (code[0] == 0xc7 && code[1] == 0xf8) {
                memcpy(&displacement, code + 2, sizeof(displacement));
                way_out = (uint64_t)(general[REG_RIP] + 6 + displacement);
                atomic_fetch_add(&transactions->begun, 1);
                if (mode == ABORT) {
                        general[REG_RAX] = ABORT_CONFLICT;
                        general[REG_RIP] = (greg_t)way_out;
                        return;
                }
                while (mode == SUCCEED && atomic_exchange(&transactions->taken, 1))
                        ;
                general[REG_RIP] += 6;
        } else if (code[0] == 0xc6 && code[1] == 0xf8) {
                leave();
                general[REG_RAX] = (greg_t)code[2] << 24 | 1;
                general[REG_RIP] = (greg_t)way_out;
        } else if (memcmp(code, "\x0f\x01\xd5", 3) == 0) {
                leave();
                general[REG_RIP] += 3;
        } else {
                abort();
        }
}

static void run(const struct check *check, void *state, const struct check_round *round)
{
        static stack_t stack = { .ss_size = STACK_SIZE };
        struct sigaction action = { .sa_sigaction = on_unknown, .sa_flags = SA_SIGINFO | SA_ONSTACK };

        (void)round;
        if (!stack.ss_sp) {
                stack.ss_sp = malloc(STACK_SIZE);
                assert(stack.ss_sp && sigaltstack(&stack, NULL) == 0 &&
                        sigaction(SIGILL, &action, NULL) == 0);
        }
        /* A signal for each instruction takes longer than a party waits. */
        ((struct coherence_state *)state)->cycles_most = UINT64_MAX;
        ((struct coherence_state *)state)->passes /= 16;
        check->run(state);
}

static bool each(const struct check_round *round, const struct group_result *results, void *user)
{
        unsigned *wrong = user;

        for (unsigned party = 0; party < round->parties; party++)
                *wrong += results[party].fate != PARTY_DONE || results[party].found != CHECK_EQUAL;
        return true;
}

/* Returns how often a party came out wrong. */
static unsigned attempt(enum mode how, unsigned parties, uint32_t rounds)
{
        unsigned wrong = 0;
        struct group group = { .check = &check_coherence_transaction_rtm,
                .features = isa_read(),
                .seed = 7,
                .parties = parties,
                .rounds = rounds,
                .run = run,
                .each = each,
                .user = &wrong };

        mode = how;
        memset(transactions, 0, sizeof(*transactions));
        (void)group_run(&group);
        return wrong;
}

int main(void)
{
        unsigned wrong = 0;

        if (isa_read() & ISA(RTM)) {
                tap_skip("transactions without a CPU that has them", "this one has them: see the contract");
                return tap_end();
        }
        transactions =
                mmap(NULL, sizeof(*transactions), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        assert(transactions != MAP_FAILED);
        for (unsigned parties = 1; parties <= 2; parties++) {
                tap_ok(attempt(ABORT, parties, ROUNDS) == 0 && transactions->begun > 0 &&
                                transactions->ended == 0,
                        "%u parties: all transactions abort, the lock does it", parties);
                tap_ok(attempt(SUCCEED, parties, ROUNDS) == 0 && transactions->begun == transactions->ended,
                        "%u parties: all transactions succeed, one at a time", parties);
        }
        for (unsigned i = 0; i < 40 && !wrong; i++)
                wrong = attempt(OVERLAP, 2, ROUNDS);
        tap_ok(wrong > 0, "transactions that do not see each other are noticed");
        return tap_end();
}
