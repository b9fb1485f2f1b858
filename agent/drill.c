/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/drill.h"

#include "agent/handler.h"
#include "checks/registers.h"

#define EVERY 8 /* a bit flips in one round of so many */

static void flip_bit(const struct slot_current *now, uint8_t *state)
{
        const struct check *check = check_list[now->check];
        uint64_t hash = check_round_hash(&now->round, 'd');

        if (hash % EVERY == 0)
                state[check->output_offset + (hash >> 16) % check->output_size] ^=
                        (uint8_t)(1U << (hash >> 8 & 7));
}

static _Noreturn void hang(void)
{
        for (;;)
                __asm__ volatile("");
}

static void crash(void)
{
        __asm__ volatile("jmp *%0" : : "r"(UINT64_C(0x8000000000000000)) : "memory");
}

/* What the kernel bug of Linux 5.2 to 5.4 did: whole vector registers come back as zeros after a signal. */
static void lose_vectors(const struct slot_current *now, uint64_t events, uint8_t *state)
{
        const struct check *check = check_list[now->check];
        struct registers_pair *pair = (struct registers_pair *)state;

        if (check->registers && events && now->round.number % EVERY == 0)
                for (unsigned r = 8; r < 16; r++)
                        check_clear(pair->out.vector[r], sizeof(pair->out.vector[r]));
}

void drill_spoil(const struct worker *worker, const struct slot_current *now, uint64_t events, void *state)
{
        const struct supervisor_run *run = worker->run;
        bool here = run->drill_cpu < 0 || run->drill_cpu == (int)worker->cpu;
        bool this = run->drill_check < 0 || run->drill_check == (int)now->check;

        if (run->drill == DRILL_KERNEL)
                lose_vectors(now, events, state);
        if (!here || !this)
                return;
        if (run->drill == DRILL_BIT)
                flip_bit(now, state);
        if (run->drill == DRILL_CRASH && now->round.number % EVERY == 0)
                crash();
        if (run->drill == DRILL_HANG && now->round.number % EVERY == 0)
                hang();
}
