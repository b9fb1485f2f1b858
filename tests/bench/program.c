/* SPDX-License-Identifier: Apache-2.0 */
/* Random programs a second and CPU: each made, given its registers and memory, run and folded into its digest. Beside
 * it the same programs again without making them, and what loading and storing the registers alone would allow: the
 * empty program. The best of several turns, by CPU time. */
#include <stdio.h>
#include <time.h>

#include "checks/program_group.h"

#define PROGRAMS 4000 /* a turn */
#define TURNS 5
#define MADE 16 /* programs that are there when those that are not made are timed */

static struct program programs[MADE], empty;
static struct {
        struct registers_pair pair;
        uint8_t arena[PROGRAM_ARENA_SIZE] __attribute__((aligned(64)));
} memory;
static uint64_t digests, instructions;

static double now_s(void)
{
        struct timespec now;

        (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
        return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void run(const struct program *program, const struct program_group *group, uint32_t i)
{
        program_image(program, group, &memory.pair.in, memory.arena);
        program_run(program, &memory.pair, i % PROGRAM_PLACES, i & 63);
        digests ^= program_digest(program, &memory.pair.in, &memory.pair.out, memory.arena);
}

/* The three ways; each returns programs a second. */
static double whole(const struct program_group *group, uint64_t seed)
{
        double begin = now_s();

        for (uint32_t i = 0; i < PROGRAMS; i++) {
                struct program *program = &programs[i % MADE];

                program_generate(program, group, seed + i, NULL);
                instructions += program->n;
                run(program, group, i);
        }
        return PROGRAMS / (now_s() - begin);
}

static double made(const struct program_group *group, uint64_t seed)
{
        double begin = now_s();

        (void)seed;
        for (uint32_t i = 0; i < PROGRAMS; i++)
                run(&programs[i % MADE], group, i);
        return PROGRAMS / (now_s() - begin);
}

static double loads(const struct program_group *group, uint64_t seed)
{
        double begin = now_s();

        (void)group, (void)seed;
        for (uint32_t i = 0; i < PROGRAMS; i++)
                program_run(&empty, &memory.pair, i % PROGRAM_PLACES, 0);
        return PROGRAMS / (now_s() - begin);
}

static double best(double (*way)(const struct program_group *, uint64_t), const struct program_group *group)
{
        double most = 0;

        for (uint64_t turn = 0; turn < TURNS; turn++) {
                double rate = way(group, turn * PROGRAMS);

                most = rate > most ? rate : most;
        }
        return most;
}

static void measure(const struct program_group *group)
{
        double distinct, again, bare;

        instructions = 0;
        distinct = best(whole, group);
        again = best(made, group);
        program_image(&programs[0], group, &memory.pair.in, memory.arena);
        bare = best(loads, group);
        printf("%-8s %7.0f programs/s of %3.0f instructions; %7.0f without making them; %8.0f loads and "
               "stores\n",
                group->name, distinct, (double)instructions / (PROGRAMS * TURNS), again, bare);
}

int main(void)
{
        isa_set features = isa_read();
        struct program_group native;

        registers_use(features);
        if (program_prepare() < 0)
                return 1;
        for (const struct program_group *group = program_groups; group->name; group++)
                if (group->needs & ~features)
                        printf("%-8s not on this CPU\n", group->name);
                else
                        measure(group);
        program_group_native(&native, 0);
        measure(&native);
        return digests ? 0 : 1; /* so that they are computed */
}
