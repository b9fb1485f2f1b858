/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/checks/contract_rules.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/array.h"
#include "base/random.h"
#include "checks/registers.h"

#define RULE_SECONDS 120
#define ROUNDS_MIN 16
#define ROUNDS_MAX 512 /* of a longer cycle, as many, spread over it */

const struct contract_rule contract_rules[] = {
        { "limits and names", contract_limits },
        { "fields cover the output", contract_fields },
        { "hold range", contract_hold },
        { "poison is rejected", contract_poison },
        { "set-up depends on the round alone", contract_setup },
        { "answers right for a cycle", contract_answers },
        { "every flipped bit is located", contract_flips },
        { "another worker can verify", contract_review },
        { "same answer on every CPU and level", contract_everywhere },
        { "registers and stack kept", contract_saved },
        { "writes nothing but the state", contract_memory },
        { "event points", contract_events },
        { "duration of a round", contract_duration },
        { "several CPUs find it right together", contract_together },
        { "a party that nobody meets gives up", contract_deserted },
        { NULL, NULL },
};

const struct contract_rule *contract_rule_find(const char *name)
{
        const struct contract_rule *rule = contract_rules;

        while (rule->name && strcmp(rule->name, name) != 0)
                rule++;
        assert(rule->name);
        return rule;
}

bool contract_broken(struct contract *contract, const char *format, ...)
{
        va_list arguments;

        va_start(arguments, format);
        (void)vsnprintf(contract->why, sizeof(contract->why), format, arguments);
        va_end(arguments);
        return false;
}

static void explain_death(struct contract *contract, int status)
{
        if (WIFSIGNALED(status))
                (void)contract_broken(contract, "ended by signal %d (%s)", WTERMSIG(status),
                        WTERMSIG(status) == SIGALRM ? "too long" : strsignal(WTERMSIG(status)));
        else if (WEXITSTATUS(status) > 1)
                (void)contract_broken(contract, "ended with status %d", WEXITSTATUS(status));
}

bool contract_apply(const struct contract_rule *rule, struct contract *contract)
{
        struct contract *shared =
                mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        int status;
        pid_t child;

        assert(shared != MAP_FAILED);
        *shared = *contract;
        shared->why[0] = 0;
        (void)fflush(stdout);
        child = fork();
        assert(child >= 0);
        if (child == 0) {
                (void)alarm(RULE_SECONDS);
                registers_use(contract->features);
                if (check_prepare(shared->check) < 0)
                        _exit(contract_broken(shared, "prepare was refused") ? 0 : 1);
                _exit(rule->holds(shared) ? 0 : 1);
        }
        while (waitpid(child, &status, 0) != child)
                ;
        memcpy(contract->why, shared->why, sizeof(contract->why));
        (void)munmap(shared, sizeof(*shared));
        if (status != 0)
                explain_death(contract, status);
        return status == 0;
}

#define CANARY 0x69

void contract_state_open(struct contract_state *state, const struct check *check, bool high)
{
        size_t page = (size_t)sysconf(_SC_PAGESIZE),
               size = (check->state_size + CHECK_ALIGN - 1) & -CHECK_ALIGN;
        size_t inner = (size + CHECK_ALIGN + page - 1) & -page;
        uint8_t *map =
                mmap(NULL, inner + 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

        assert(map != MAP_FAILED);
        assert(mprotect(map, page, PROT_NONE) == 0);
        assert(mprotect(map + page + inner, page, PROT_NONE) == 0);
        memset(map + page, CANARY, inner);
        state->map = map;
        state->map_size = inner + 2 * page;
        state->size = check->state_size;
        state->data = high ? map + page + inner - size : map + page + CHECK_ALIGN;
}

void contract_state_close(struct contract_state *state)
{
        (void)munmap(state->map, state->map_size);
}

bool contract_state_canaries(const struct contract_state *state)
{
        size_t page = (size_t)sysconf(_SC_PAGESIZE);
        const uint8_t *end = state->map + state->map_size - page;

        for (const uint8_t *p = state->map + page; p < end; p++)
                if ((p < state->data || p >= state->data + state->size) && *p != CANARY)
                        return false;
        return true;
}

void contract_state_fill(struct contract_state *state, uint64_t seed)
{
        for (size_t i = 0; i < state->size; i++)
                state->data[i] = (uint8_t)random_next(&seed);
}

uint32_t contract_rounds(const struct check *check)
{
        return MAX(ROUNDS_MIN, MIN(check->cycle + 8, ROUNDS_MAX));
}

struct check_round contract_round(const struct contract *contract, uint32_t i)
{
        uint32_t step = MAX(1u, contract->check->cycle / contract_rounds(contract->check)) | 1;

        return (struct check_round){
                .seed = contract->seed,
                .number = i < 8 ? i : 8 + (i - 8) * step,
                .cpu = (uint16_t)(i * 1237 % CHECK_CPU_MAX),
                .process = (uint16_t)(i % 3 * 341),
        };
}
