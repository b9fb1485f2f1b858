/* SPDX-License-Identifier: Apache-2.0 */
/* Runs rounds of every check and prints a line for each: CHECK NUMBER ok DIGEST, or wrong and where, or left
 * out and why. Two builds of the same checks, or two CPUs of one level, print the same lines.
 *
 * runner ROUNDS LEVEL [plain]: at most ROUNDS of each check, with the registers of a psABI level; `plain`
 * leaves out rounds that start with flush to zero, denormals as zeros, or an unmasked exception. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/array.h"
#include "checks/registers.h"

#define SEED 0x5eed
#define STATE_ADDRESS \
        ((void *)0x10000000000) /* the same in every build: pointers into it are part of outputs */
#define MXCSR_PLAIN_MASK 0x9fc0 /* FTZ, the exception masks, DAZ: Intel SDM volume 1, figure 10-3 */
#define MXCSR_PLAIN 0x1f80
#define FNV_OFFSET UINT64_C(0xcbf29ce484222325) /* FNV-1a (Fowler, Noll, Vo) */
#define FNV_PRIME UINT64_C(0x100000001b3)

/* Addresses of this program differ from build to build. toolchains.sh links the kernels into a section of
 * their own. */
static uint64_t without_address(uint64_t word)
{
        extern const char __executable_start[], _end[], __start_kernels[], __stop_kernels[];
        bool program = word >= (uintptr_t)__executable_start && word <= (uintptr_t)_end;
        bool kernels = word >= (uintptr_t)__start_kernels && word <= (uintptr_t)__stop_kernels;

        return program || kernels ? 0 : word;
}

static uint64_t digest(const uint8_t *output, uint32_t size)
{
        uint64_t hash = FNV_OFFSET;

        for (uint32_t i = 0; i + 8 <= size; i += 8) {
                uint64_t word;

                memcpy(&word, output + i, 8);
                hash = (hash ^ without_address(word)) * FNV_PRIME;
        }
        for (uint32_t i = size & -8u; i < size; i++)
                hash = (hash ^ output[i]) * FNV_PRIME;
        return hash;
}

static bool is_plain(const struct check *check, const void *state)
{
        const struct registers_pair *pair = state;

        return !check->registers || (pair->in.mxcsr & MXCSR_PLAIN_MASK) == MXCSR_PLAIN;
}

static void run_round(const struct check *check, uint32_t number, bool plain)
{
        struct check_round round = { .seed = SEED, .number = number };
        uint8_t *state = STATE_ADDRESS;
        struct check_mismatch mismatch;
        struct check_place place;
        int result;

        printf("%s %u ", check->name, number);
        if (plain && check->family == CHECK_PROGRAM) {
                puts("left out: program"); /* qemu does not see that its code was written: another mapping did */
                return;
        }
        if (check_prepare(check) < 0) {
                puts("left out: prepare");
                return;
        }
        check->setup(state, &round);
        if (plain && !is_plain(check, state)) {
                puts("left out: MXCSR");
                return;
        }
        check->run(state);
        result = check->verify(state, &mismatch);
        if (check->erratum && result != CHECK_MISMATCH) {
                puts("ok with or without its erratum");
                return;
        }
        if (result == CHECK_EQUAL) {
                printf("ok %016llx\n",
                        (unsigned long long)digest(state + check->output_offset, check->output_size));
                return;
        }
        check_locate(check, mismatch.offset, &place);
        printf("wrong: %s, %u bits\n", place.name, mismatch.bits);
}

/* What both of a machine with the level alone and one with more have: the level's features, and those that
 * need no state of their own, but fsgsbase, which changes the registers that every kernel holds. */
static isa_set level_features(isa_set level)
{
        isa_set stateless = 0;

#define STATELESS(name, text, leaf, subleaf, reg, bit, state) stateless |= (state) ? 0 : ISA(name);
        ISA_FEATURES(STATELESS)
#undef STATELESS
        return level | (stateless & ~ISA(FSGSBASE));
}

int main(int argc, char **argv)
{
        isa_set features = isa_read(), level;
        uint32_t rounds;

        if (argc < 3 || isa_level(argv[2], &level) < 0)
                return EXIT_FAILURE;
        rounds = (uint32_t)strtoul(argv[1], NULL, 10);
        if (mmap(STATE_ADDRESS, CHECK_STATE_MAX, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) != STATE_ADDRESS)
                return EXIT_FAILURE;
        (void)setvbuf(stdout, NULL, _IOLBF, 0); /* a crash must not take lines with it */
        features &= level_features(level);
        registers_use(features);
        for (const struct check *const *c = check_list; *c; c++) {
                uint32_t step = MAX(1u, (*c)->cycle / MAX(1u, rounds)) | 1;

                if ((*c)->needs & ~features)
                        continue;
                for (uint32_t i = 0; i < rounds; i++)
                        run_round(*c, i * step, argc > 3);
        }
        return EXIT_SUCCESS;
}
