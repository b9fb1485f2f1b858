/* SPDX-License-Identifier: Apache-2.0 */
/* program_dump GROUP FIRST COUNT: writes random programs as tests/model/program.py reads them, for a model to run: of
 * each struct dump, the registers, the arena, the code, the offsets and the forms of the instructions.
 * program_dump GROUP SEED beginnings: the same of one program's first instruction, its first two, and so on.
 * It executes none of them. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checks/program.h"

#define ARENA_ADDRESS 0x10000000

struct dump {
        uint64_t seed;
        uint32_t size, kept, base, flags, vector_bytes, n;
};

static struct program program;
static struct registers in;
static uint8_t arena[PROGRAM_ARENA_SIZE] __attribute__((aligned(64)));

const struct check *const check_list[] = { NULL };

/* A copy of the group; "native" depends on the seed. */
static struct program_group *find(const char *name)
{
        static struct program_group found;

        for (const struct program_group *group = program_groups; group->name; group++)
                if (strcmp(group->name, name) == 0)
                        found = *group;
        if (!found.name && strcmp(name, "native") != 0) {
                fprintf(stderr, "program_dump: there is no group '%s'.\n", name);
                exit(2);
        }
        return &found;
}

static void write_bytes(const void *bytes, size_t size)
{
        if (fwrite(bytes, 1, size, stdout) != size)
                exit(5);
}

static void dump(const struct program_group *group, uint64_t seed, uint32_t n)
{
        struct dump head;

        program_generate(&program, group, seed, NULL);
        program_truncate(&program, n);
        program_image(&program, group, &in, arena);
        in.general[REGISTERS_RSP] += ARENA_ADDRESS - (uintptr_t)arena;
        in.general[program.base] += ARENA_ADDRESS - (uintptr_t)arena;
        head = (struct dump){ seed, program.size, program.kept, program.base, program.flags,
                program.vector_bytes, program.n };
        write_bytes(&head, sizeof(head));
        write_bytes(&in, sizeof(in));
        write_bytes(arena, sizeof(arena));
        write_bytes(program.code, program.size);
        write_bytes(program.offset, program.n * sizeof(program.offset[0]));
        write_bytes(program.form, program.n * sizeof(program.form[0]));
}

static void dump_beginnings(const struct program_group *group, uint64_t seed)
{
        uint32_t n;

        program_generate(&program, group, seed, NULL);
        n = program.n;
        for (uint32_t i = 1; i <= n; i++)
                dump(group, seed, i);
}

int main(int argc, char **argv)
{
        struct program_group *group = find(argc > 1 ? argv[1] : "");
        uint64_t first;

        if (argc != 4)
                return 2;
        registers_use(isa_read());
        first = strtoull(argv[2], NULL, 0);
        for (uint64_t i = 0; i < strtoull(argv[3], NULL, 0); i++) {
                if (strcmp(argv[1], "native") == 0)
                        program_group_native(group, first + i);
                dump(group, first + i, UINT32_MAX);
        }
        if (strcmp(argv[3], "beginnings") == 0) {
                if (strcmp(argv[1], "native") == 0)
                        program_group_native(group, first);
                dump_beginnings(group, first);
        }
        return fflush(stdout) == 0 ? 0 : 5;
}
