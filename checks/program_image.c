/* SPDX-License-Identifier: Apache-2.0 */
/* What a program begins with, and the digest of what it leaves. */
#include "checks/program.h"

#include "base/array.h"
#include "base/random.h"

#define INDEX_MAX 63 /* of a gather: program_vector.c reaches so far */

/* ---- operands ---- */

/* Values at which arithmetic turns: of 64 bits, and pairs of 32. */
static const uint64_t turning[16] = {
        0,
        1,
        UINT64_C(0xffffffffffffffff),
        UINT64_C(0x8000000000000000),
        UINT64_C(0x7fffffffffffffff),
        UINT64_C(0x3ff0000000000000), /* 1.0 */
        UINT64_C(0xbff8000000000000),
        UINT64_C(0x7ff0000000000000), /* infinity */
        UINT64_C(0x7ff8000000000001), /* a quiet NaN */
        UINT64_C(0x0010000000000000), /* the smallest normal */
        UINT64_C(0x000fffffffffffff), /* a denormal */
        UINT64_C(0x7f7fffff3f800000), /* of 32 bits: the largest, 1.0 */
        UINT64_C(0x7f800000ff800000), /* infinities */
        UINT64_C(0x0080000080000001), /* the smallest normal, a denormal */
        UINT64_C(0x7fc0000100000000), /* a quiet NaN, zero */
        UINT64_C(0x8000000000000001),
};

/* Kinds of data: any bits, doubles and singles near 1, small integers, turning values. */
static uint64_t operand(uint64_t random, unsigned kind)
{
        switch (kind) {
        case 0:
        case 1:
                return (random & UINT64_C(0x80ffffffffffffff)) + UINT64_C(0x3f80000000000000);
        case 2:
        case 3:
                return (random & UINT64_C(0x87ffffff87ffffff)) + UINT64_C(0x3c0000003c000000);
        case 4:
                return random & UINT64_C(0x000f000f000f000f);
        case 5:
                return turning[random & 15];
        default:
                return random;
        }
}

static void fill(uint64_t *random, uint8_t *to, uint32_t size)
{
        uint64_t kind = 0;

        for (uint32_t i = 0; i < size; i += 8) {
                uint64_t value;

                if (i % 64 == 0)
                        kind = random_next(random);
                value = operand(random_next(random), kind >> i % 64 / 8 * 3 & 7 ? kind & 7 : 5);
                check_copy(to + i, &value, 8);
        }
}

/* Extended precision: mostly numbers near 1, some of any exponent, zero, infinity, NaN. The integer bit is that of a
 * number (Intel SDM volume 1, 4.2.2). */
static void fill_x87(uint64_t *random, uint8_t *to)
{
        uint64_t r = random_next(random), mantissa = random_next(random) | UINT64_C(1) << 63;
        uint16_t exponent = (uint16_t)((r & 0x8000) | (0x3ff0 + (r & 31)));

        switch (r >> 16 & 15) {
        case 0:
                exponent = (uint16_t)((r & 0xffff) % 0x7ffe + 1);
                break;
        case 1:
                exponent &= 0x8000;
                mantissa = r >> 20 & 1 ? 0 : mantissa >> 1;
                break;
        case 2:
                exponent |= 0x7fff;
                mantissa = r >> 20 & 1 ? UINT64_C(1) << 63 : mantissa | UINT64_C(3) << 62;
                break;
        case 3:
                mantissa = UINT64_C(1) << 63;
                break;
        }
        check_copy(to, &mantissa, 8);
        check_copy(to + 8, &exponent, 2);
}

static void fill_arena(const struct program *program, uint64_t *random, uint8_t *arena)
{
        fill(random, arena, PROGRAM_DATA_SIZE);
        for (uint32_t i = 0; i < 128; i += 4) {
                uint32_t index = i >= 64 && i & 4 ? 0 : INDEX_MAX;

                check_copy(arena + PROGRAM_CONSTANTS + i, &index, 4);
        }
        check_clear(arena + PROGRAM_SLOTS, PROGRAM_KEPT - PROGRAM_SLOTS + ((program->kept + 7) & ~7u));
}

void program_image(const struct program *program, const struct program_group *group,
        struct registers *ret_in, uint8_t *arena)
{
        uint64_t random = random_mix(program->seed ^ UINT64_C(0x696d616765)), control;

        check_clear(ret_in, offsetof(struct registers, vector));
        fill(&random, (uint8_t *)ret_in->general, sizeof(ret_in->general));
        ret_in->general[REGISTERS_RSP] = (uintptr_t)arena + PROGRAM_STACK + PROGRAM_STACK_SIZE;
        ret_in->general[program->base] = (uintptr_t)arena + PROGRAM_BASE;
        control = random_next(&random);
        ret_in->flags = control & 0x8d5;
        ret_in->mxcsr = (uint32_t)(0x1f80 | (control >> 16 & 3) << 13 | (control >> 18 & 1) << 15 |
                                   (control >> 19 & 1) << 6);
        ret_in->x87_control = (uint16_t)(0x37f | (control >> 20 & 3) << 10);
        for (unsigned r = 0; r < ARRAY_SIZE(ret_in->mask); r++)
                ret_in->mask[r] = random_next(&random);
        for (unsigned r = 0; r < ARRAY_SIZE(ret_in->x87); r++)
                fill_x87(&random, ret_in->x87[r]);
        for (unsigned r = 0; r < ARRAY_SIZE(ret_in->vector); r++)
                fill(&random, ret_in->vector[r], 64);
        /* VEX clears what lies above: then it must be zero before, to be as it was. */
        for (unsigned r = 0; group->vector_bytes == 32 && r < 16; r++)
                check_clear(ret_in->vector[r] + 32, 32);
        fill_arena(program, &random, arena);
}

/* ---- the digest ---- */

struct digest {
        uint64_t lanes[4];
        uint32_t n;
};

/* A bijection of the lane for each word, and of the word for each lane: one wrong word is never lost. */
static inline uint64_t fold(uint64_t lane, uint64_t word)
{
        lane = (lane ^ word) * UINT64_C(0x9e3779b97f4a7c15);
        return lane << 29 | lane >> 35;
}

static void digest_word(struct digest *digest, uint64_t word)
{
        digest->lanes[digest->n % 4] = fold(digest->lanes[digest->n % 4], word);
        digest->n++;
}

/* `size` is a multiple of 8. Four lanes at a time: a lane waits for its last multiplication. */
static void digest_bytes(struct digest *digest, const uint8_t *bytes, uint32_t size)
{
        uint64_t word[4];
        uint32_t i = 0;

        for (; i < size && digest->n % 4; i += 8) {
                __builtin_memcpy(word, bytes + i, 8);
                digest_word(digest, word[0]);
        }
        for (; i + 32 <= size; i += 32, digest->n += 4) {
                __builtin_memcpy(word, bytes + i, 32);
                digest->lanes[0] = fold(digest->lanes[0], word[0]);
                digest->lanes[1] = fold(digest->lanes[1], word[1]);
                digest->lanes[2] = fold(digest->lanes[2], word[2]);
                digest->lanes[3] = fold(digest->lanes[3], word[3]);
        }
        for (; i < size; i += 8) {
                __builtin_memcpy(word, bytes + i, 8);
                digest_word(digest, word[0]);
        }
}

static uint64_t differs(const void *before, const void *after, uint32_t size)
{
        uint64_t difference = 0, a, b;

        for (uint32_t i = 0; i < size; i += 8) {
                __builtin_memcpy(&a, (const uint8_t *)before + i, 8);
                __builtin_memcpy(&b, (const uint8_t *)after + i, 8);
                difference |= a ^ b;
        }
        return difference;
}

/* What the group's instructions cannot change, as far as this CPU has it. */
static uint64_t beyond(
        const struct program *program, const struct registers *in, const struct registers *out)
{
        enum registers_level level = registers_level();
        uint32_t width = level == REGISTERS_AVX512 ? 64 : level == REGISTERS_AVX ? 32 : 16;
        uint64_t difference = 0;

        for (unsigned r = 0; r < 16 && width > program->vector_bytes; r++)
                difference |= differs(in->vector[r] + program->vector_bytes,
                        out->vector[r] + program->vector_bytes, width - program->vector_bytes);
        if (level == REGISTERS_AVX512 && program->vector_bytes < 64)
                difference |= differs(in->vector[16], out->vector[16], 16 * 64) |
                              differs(in->mask, out->mask, sizeof(in->mask));
        return difference;
}

static void digest_general(struct digest *digest, const struct program *program, const struct registers *out,
        const uint8_t *arena)
{
        for (unsigned r = 0; r < 16; r++)
                digest_word(digest,
                        out->general[r] - (r == program->base || r == REGISTERS_RSP ? (uintptr_t)arena : 0));
        digest_word(digest,
                out->flags & ((program->flags & 0xd5u) | (program->flags & PROGRAM_OF ? 0x800u : 0)));
}

static void digest_x87(struct digest *digest, const struct registers *out)
{
        for (unsigned r = 0; r < 8; r++) {
                uint64_t word = 0;

                __builtin_memcpy(&word, out->x87[r], 8);
                digest_word(digest, word);
                word = (uint64_t)out->x87_status << 32 | (uint64_t)out->x87_control << 16;
                __builtin_memcpy(&word, out->x87[r] + 8, 2);
                digest_word(digest, word);
        }
}

uint64_t program_digest(const struct program *program, const struct registers *in,
        const struct registers *out, const uint8_t *arena)
{
        struct digest digest = { { 1, 2, 3, 4 }, 0 };
        uint64_t difference = beyond(program, in, out);

        digest_general(&digest, program, out, arena);
        if (program->vector_bytes == 64)
                digest_bytes(&digest, (const uint8_t *)out->mask, sizeof(out->mask));
        digest_x87(&digest, out);
        digest_word(&digest, out->mxcsr);
        for (unsigned r = 0; r < (program->vector_bytes == 64 ? 32 : 16); r++)
                digest_bytes(&digest, out->vector[r], program->vector_bytes);
        digest_bytes(&digest, arena, PROGRAM_DATA_SIZE);
        digest_bytes(&digest, arena + PROGRAM_KEPT, (program->kept + 7) & ~7u);
        if (difference)
                digest_word(&digest, difference);
        return random_mix(digest.lanes[0] +
                          random_mix(digest.lanes[1] +
                                     random_mix(digest.lanes[2] + random_mix(digest.lanes[3] + digest.n))));
}
