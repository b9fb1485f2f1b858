/* SPDX-License-Identifier: Apache-2.0 */
/* What a context puts between instructions: it changes when and how they run, never a register, a flag or memory. */
#include "checks/program_maker.h"

#include "base/array.h"

/* nop of 1 to 9 bytes (Intel SDM volume 2, NOP), fences, pause, a jump over bytes that no decoder likes, and one to
 * the next instruction. */
static const struct {
        uint8_t size, bytes[10];
} fillers[] = {
        { 1, { 0x90 } },
        { 2, { 0x66, 0x90 } },
        { 3, { 0x0f, 0x1f, 0x00 } },
        { 5, { 0x0f, 0x1f, 0x44, 0x00, 0x00 } },
        { 7, { 0x0f, 0x1f, 0x80, 0x00, 0x00, 0x00, 0x00 } },
        { 9, { 0x66, 0x0f, 0x1f, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00 } },
        { 2, { 0xeb, 0x00 } },
        { 5, { 0xeb, 0x03, 0x06, 0x06, 0x06 } },
        { 10, { 0xe9, 0x05, 0x00, 0x00, 0x00, 0x06, 0x07, 0x0e, 0x16, 0x17 } },
        { 3, { 0x0f, 0xae, 0xe8 } }, /* lfence */
        { 3, { 0x0f, 0xae, 0xf0 } }, /* mfence */
        { 3, { 0x0f, 0xae, 0xf8 } }, /* sfence */
        { 2, { 0xf3, 0x90 } },
};

static void put_bytes(struct program_maker *maker, const uint8_t *bytes, uint32_t size)
{
        for (uint32_t i = 0; i < size; i++)
                *maker->at++ = bytes[i];
}

/* clflush m8: 0F AE /7. */
static void put_flush(struct program_maker *maker, uint32_t line)
{
        static const struct program_form flush = { .map = 1,
                .opcode = 0xae,
                .modrm = 7 << 3,
                .layout = PROGRAM_MODRM | PROGRAM_INDIRECT,
                .operands = { { .class = PROGRAM_MEMORY } } };
        const struct program_choice choice = { .form = &flush,
                .address = { maker->program->base, PROGRAM_NO_INDEX, 0, false,
                        (int32_t)(64 * line) - PROGRAM_BASE } };

        maker->at = program_emit(maker->at, &choice);
}

void program_put_in(struct program_maker *maker)
{
        const struct program_context *context = maker->context;
        uint64_t random;

        if (!context || !(context->fences || context->flushes))
                return;
        random = random_next(&maker->context_random);
        if (context->fences && random % 4 == 0) {
                uint32_t i = (uint32_t)(random >> 8 & 0xffff) * ARRAY_SIZE(fillers) >> 16;

                put_bytes(maker, fillers[i].bytes, fillers[i].size);
        }
        if (context->flushes && (random >> 32) % 8 == 0)
                put_flush(maker, (uint32_t)(random >> 40) % (PROGRAM_ARENA_SIZE / 64));
}
