/* SPDX-License-Identifier: Apache-2.0 */
/* The rules about run as a function: what it keeps, what it writes, how long it takes. */
#include "tests/checks/contract_rules.h"

#include <assert.h>
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "base/array.h"
#include "checks/registers.h"
#include "tests/checks/thunk.h"

#define STACK_SIZE (64 * 1024)
#define STACK_USED_MAX (32 * 1024) /* of the caller's stack */
#define STACK_ABOVE 4096
#define STACK_CANARY 0x3c
#define ROUNDS_CALLED 16
#define FLAG_DF 0x400
#define FLAG_AC 0x40000
#define MXCSR_DEFAULT 0x1f80 /* x86-64 psABI, 3.2.3 */
#define X87_CONTROL_DEFAULT 0x37f
#define X87_TAG_EMPTY 0xffff

static bool report_clean(struct contract *contract, const struct thunk_report *report)
{
        static const char *const names[THUNK_SAVED] = { "rbx", "rbp", "r12", "r13", "r14", "r15" };

        for (unsigned i = 0; i < THUNK_SAVED; i++)
                if (report->saved[i] != thunk_planted[i])
                        return contract_broken(contract, "run does not keep %s", names[i]);
        if (report->stack)
                return contract_broken(contract, "run leaves rsp off by %lld", (long long)report->stack);
        if (report->flags & (FLAG_DF | FLAG_AC))
                return contract_broken(contract, "run leaves the direction or alignment flag set");
        if (report->mxcsr != MXCSR_DEFAULT)
                return contract_broken(contract, "run leaves mxcsr at %#x", report->mxcsr);
        if (report->x87.control != X87_CONTROL_DEFAULT)
                return contract_broken(
                        contract, "run leaves the x87 control word at %#x", report->x87.control);
        if (report->x87.tag != X87_TAG_EMPTY)
                return contract_broken(
                        contract, "run leaves the x87 stack filled (tags %#x)", report->x87.tag);
        return true;
}

static bool stack_clean(struct contract *contract, const uint8_t *stack)
{
        for (uint32_t i = 0; i < STACK_SIZE; i++) {
                bool own = i >= STACK_SIZE - STACK_ABOVE - STACK_USED_MAX && i < STACK_SIZE - STACK_ABOVE;

                if (!own && stack[i] != STACK_CANARY)
                        return contract_broken(contract, "run writes the caller's stack, %d bytes from rsp",
                                (int)i - (STACK_SIZE - STACK_ABOVE));
        }
        return true;
}

bool contract_saved(struct contract *contract)
{
        uint8_t *stack = mmap(NULL, STACK_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        const struct check *c = contract->check;
        struct contract_state state;
        bool good = true;

        assert(stack != MAP_FAILED);
        contract_state_open(&state, c, true);
        for (uint32_t i = 0; good && i < ROUNDS_CALLED; i++) {
                struct check_round round = contract_round(contract, i);
                struct thunk_report report;

                c->setup(state.data, &round);
                memset(stack, STACK_CANARY, STACK_SIZE);
                thunk_call(c->run, state.data, &report, stack + STACK_SIZE - STACK_ABOVE);
                good = report_clean(contract, &report) && stack_clean(contract, stack);
        }
        contract_state_close(&state);
        (void)munmap(stack, STACK_SIZE);
        return good;
}

/* What lies between variables is poisoned in a sanitized build, and read all the same. */
#define UNSANITIZED __attribute__((no_sanitize("address")))

UNSANITIZED static void variables_copy(uint8_t *to)
{
        extern const uint8_t __data_start[], _end[];

        for (const volatile uint8_t *p = __data_start; p < _end; p++)
                to[p - __data_start] = *p;
}

/* The program's variables, but those of checks/registers_load.S, which the frame of every kernel uses. */
UNSANITIZED static bool variables_kept(struct contract *contract, const uint8_t *before)
{
        extern const uint8_t __data_start[], _end[], registers_stack[];
        const uint8_t *frame_end = (const uint8_t *)(&registers_event_parameters + 1);

        for (const uint8_t *p = __data_start; p < _end; p++)
                if ((p < registers_stack || p >= frame_end) && *p != before[p - __data_start])
                        return contract_broken(contract, "a variable is written, %td bytes into the data",
                                p - __data_start);
        return true;
}

static bool round_contained(struct contract *contract, struct contract_state *state, uint32_t i)
{
        struct check_round round = contract_round(contract, i);
        const struct check *c = contract->check;

        errno = 4242;
        c->setup(state->data, &round);
        c->run(state->data);
        (void)c->verify(state->data, &(struct check_mismatch){ 0 });
        if (errno != 4242)
                return contract_broken(contract, "errno is touched");
        if (!contract_state_canaries(state))
                return contract_broken(
                        contract, "round %u: bytes beside the state are written", round.number);
        return true;
}

bool contract_memory(struct contract *contract)
{
        extern const uint8_t __data_start[], _end[];
        uint8_t *before = malloc((size_t)(_end - __data_start));
        bool good = true;

        assert(before);
        variables_copy(before);
        for (int high = 0; good && high < 2; high++) {
                struct contract_state state;

                contract_state_open(&state, contract->check, high);
                for (uint32_t i = 0; good && i < ROUNDS_CALLED; i++)
                        good = round_contained(contract, &state, i);
                contract_state_close(&state);
        }
        good = good && variables_kept(contract, before);
        free(before);
        return good;
}

/* The regime `migrate` onto the CPU where we are: every event point makes two system calls and counts. */
static struct registers_hop hop = { .next = &hop, .mask_size = sizeof(hop.mask) };

bool contract_events(struct contract *contract)
{
        const struct check *c = contract->check;
        struct contract_state state;
        bool good = true;

        assert(sched_getaffinity(0, sizeof(hop.mask), (cpu_set_t *)(void *)hop.mask) == 0);
        contract_state_open(&state, c, true);
        registers_event_parameters.hop = &hop;
        for (uint32_t i = 0; good && i < 8; i++) {
                struct check_round round = contract_round(contract, i);

                c->setup(state.data, &round);
                registers_event_parameters.count = 0;
                registers_event = registers_event_migrate;
                c->run(state.data);
                registers_event = registers_event_none;
                if (c->events != (registers_event_parameters.count != 0))
                        good = contract_broken(contract, "events is %d and run passed %llu event points",
                                c->events, (unsigned long long)registers_event_parameters.count);
                else if (c->verify(state.data, &(struct check_mismatch){ 0 }) == CHECK_MISMATCH)
                        good = contract_broken(
                                contract, "round %u is wrong when events happen", round.number);
        }
        contract_state_close(&state);
        return good;
}

static uint64_t cpu_time_ns(void)
{
        struct timespec now;

        (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
        return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

bool contract_duration(struct contract *contract)
{
        const struct check *c = contract->check;
        uint64_t best = UINT64_MAX;
        struct contract_state state;

        contract_state_open(&state, c, false);
        /* The best of several: a neighbour on the same core or a cold cache is not the check's doing. */
        for (uint32_t i = 0; i < ROUNDS_CALLED; i++) {
                struct check_round round = contract_round(contract, i);
                uint64_t begin = cpu_time_ns();

                c->setup(state.data, &round);
                c->run(state.data);
                (void)c->verify(state.data, &(struct check_mismatch){ 0 });
                best = MIN(best, cpu_time_ns() - begin);
        }
        contract_state_close(&state);
        if (best > UINT64_C(1000) * c->round_us)
                return contract_broken(contract, "a round took %llu us, round_us is %u",
                        (unsigned long long)(best / 1000), c->round_us);
        return true;
}
