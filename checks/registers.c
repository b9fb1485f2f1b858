/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/registers.h"

#include <assert.h>
#include <ucontext.h>
#include <cpuid.h>
#include <sys/ucontext.h>

#include "base/array.h"
#include "base/random.h"

static_assert(sizeof(struct registers) == REGISTERS_SIZE, "registers.inc and registers.h agree");
static_assert(offsetof(struct registers, flags) == REGISTERS_FLAGS, "");
static_assert(offsetof(struct registers, fs_base) == REGISTERS_FS_BASE, "");
static_assert(offsetof(struct registers, gs_base) == REGISTERS_GS_BASE, "");
static_assert(offsetof(struct registers, mask) == REGISTERS_MASK, "");
static_assert(offsetof(struct registers, x87) == REGISTERS_X87, "");
static_assert(offsetof(struct registers, x87_control) == REGISTERS_X87_CONTROL, "");
static_assert(offsetof(struct registers, mxcsr) == REGISTERS_MXCSR, "");
static_assert(offsetof(struct registers, shape) == REGISTERS_SHAPE, "");
static_assert(offsetof(struct registers, vector) == REGISTERS_VECTOR, "");

#define MXCSR_DEFAULT 0x1f80
#define X87_CONTROL_DEFAULT 0x037f

extern uint64_t registers_level_now;
void registers_around(struct registers_pair *pair, void (*kernel)(void *), void *argument);
void registers_around_foreign(struct registers_pair *pair, void (*function)(void *), void *argument);

static isa_set features_used;
static bool base_writable; /* FSGSBASE: rdgsbase and wrgsbase are there */

/* Where the XSAVE area (standard form) holds the components of AVX and AVX-512: CPUID leaf 0xD. AMD and
 * Intel differ (Intel SDM volume 1, 13.4.3: "the offset is given by CPUID"). */
static struct {
        uint32_t ymm, opmask, zmm, zmm_hi;
} xsave_offset;

static uint32_t xsave_component_offset(uint32_t component)
{
        uint32_t eax, ebx, ecx, edx;

        return __get_cpuid_count(0xd, component, &eax, &ebx, &ecx, &edx) ? ebx : 0;
}

void registers_use(isa_set features)
{
        features_used = features;
        registers_level_now = features & ISA(AVX) ? REGISTERS_AVX : REGISTERS_SSE;
        if (features & ISA(AVX512F) && features & ISA(AVX512BW))
                registers_level_now = REGISTERS_AVX512;
        base_writable = features & ISA(FSGSBASE);
        if (features & ISA(XSAVE)) {
                xsave_offset.ymm = xsave_component_offset(2);
                xsave_offset.opmask = xsave_component_offset(5);
                xsave_offset.zmm = xsave_component_offset(6);
                xsave_offset.zmm_hi = xsave_component_offset(7);
        }
}

isa_set registers_features(void)
{
        return features_used;
}

enum registers_level registers_level(void)
{
        return (enum registers_level)registers_level_now;
}

uint64_t registers_components(uint32_t size)
{
        uint64_t components = 3; /* x87 and SSE */

        if (registers_level_now >= REGISTERS_AVX && xsave_offset.ymm + 256 <= size)
                components |= 1 << 2;
        if (registers_level_now >= REGISTERS_AVX512 && xsave_offset.opmask + 64 <= size)
                components |= 1 << 5;
        if (registers_level_now >= REGISTERS_AVX512 && xsave_offset.zmm + 512 <= size)
                components |= 1 << 6;
        if (registers_level_now >= REGISTERS_AVX512 && xsave_offset.zmm_hi + 1024 <= size)
                components |= 1 << 7;
        return components;
}

uint64_t registers_sentinel(const struct check_round *round, unsigned id, unsigned lane)
{
        uint64_t value = (uint64_t)(round->cpu & 0xfff) << 52 | (uint64_t)registers_process(round) << 42 |
                         (uint64_t)(id & 0x7f) << 35 | (uint64_t)(lane & 7) << 32 | round->number;

        return round->number & 1 ? ~value : value;
}

/* The same for fs and gs base, in the 47 bits that a canonical user address has (Intel SDM volume
 * 1, 3.3.7.1). */
static uint64_t base_sentinel(const struct check_round *round, unsigned id)
{
        uint64_t value = (uint64_t)(round->cpu & 0xfff) << 35 | (uint64_t)(id & 1) << 34 |
                         (uint64_t)registers_process(round) << 24 | (round->number & 0xfff) << 12;

        return (round->number & 1 ? ~value : value) & UINT64_C(0x7fffffffffff);
}

static uint32_t shape_of(const struct check_round *round)
{
        uint32_t shape = base_writable ? REGISTERS_SHAPE_GS : 0;

        switch (round->number % 8) {
        case 6:
                return shape | REGISTERS_SHAPE_VECTOR_INITIAL;
        case 7:
                return shape | REGISTERS_SHAPE_X87_INITIAL;
        default:
                return shape;
        }
}

void registers_setup_vectors(struct registers *in, const struct check_round *round)
{
        in->shape &= ~(uint32_t)REGISTERS_SHAPE_VECTOR_INITIAL;
        for (unsigned r = 0; r < ARRAY_SIZE(in->vector); r++)
                for (unsigned lane = 0; lane < 8; lane++) {
                        uint64_t value = registers_sentinel(round, REGISTERS_ID_VECTOR + r, lane);

                        check_copy(&in->vector[r][8 * lane], &value, sizeof(value));
                }
        for (unsigned r = 0; r < ARRAY_SIZE(in->mask); r++)
                in->mask[r] = registers_sentinel(round, REGISTERS_ID_MASK + r, 0);
}

void registers_setup_x87(struct registers *in, const struct check_round *round)
{
        in->shape &= ~(uint32_t)REGISTERS_SHAPE_X87_INITIAL;
        for (unsigned r = 0; r < ARRAY_SIZE(in->x87); r++) {
                uint64_t mantissa = registers_sentinel(round, REGISTERS_ID_X87 + r, 0);
                uint16_t exponent = (uint16_t)(registers_sentinel(round, REGISTERS_ID_X87 + r, 1) >> 32);

                check_copy(in->x87[r], &mantissa, sizeof(mantissa));
                check_copy(in->x87[r] + 8, &exponent, sizeof(exponent));
        }
}

void registers_setup(struct registers_pair *pair, const struct check_round *round, void *stack)
{
        struct registers *in = &pair->in;

        check_clear(in, sizeof(*in));
        check_poison(&pair->out, sizeof(pair->out));
        in->shape = shape_of(round);
        for (unsigned r = 0; r < ARRAY_SIZE(in->general); r++)
                in->general[r] = registers_sentinel(round, REGISTERS_ID_GENERAL + r, 0);
        in->general[REGISTERS_RSP] = (uintptr_t)stack;
        /* DF stays clear: a handler that arrives in between may use string instructions. */
        in->flags = check_round_hash(round, 1) & REGISTERS_FLAGS_HELD & ~UINT64_C(0x400);
        if (in->shape & REGISTERS_SHAPE_GS)
                in->gs_base = base_sentinel(round, REGISTERS_ID_BASE);
        in->mxcsr = MXCSR_DEFAULT;
        in->x87_control = X87_CONTROL_DEFAULT;
        if (!(in->shape & REGISTERS_SHAPE_VECTOR_INITIAL))
                registers_setup_vectors(in, round);
        if (!(in->shape & REGISTERS_SHAPE_X87_INITIAL))
                registers_setup_x87(in, round);
}

void registers_setup_fs(struct registers *in, const struct check_round *round)
{
        if (!base_writable)
                return;
        in->shape |= REGISTERS_SHAPE_FS;
        in->fs_base = base_sentinel(round, REGISTERS_ID_BASE + 1);
}

static uint32_t vector_width(void)
{
        return registers_level_now == REGISTERS_AVX512 ? 64 : registers_level_now == REGISTERS_AVX ? 32 : 16;
}

static uint32_t vector_count(void)
{
        return registers_level_now == REGISTERS_AVX512 ? 32 : 16;
}

/* Turns an input image into what registers_store leaves of it: the poison stays where nothing is stored. */
static void expect(struct registers *image)
{
        if (!(image->shape & REGISTERS_SHAPE_FS))
                check_poison(&image->fs_base, sizeof(image->fs_base));
        if (!(image->shape & REGISTERS_SHAPE_GS))
                check_poison(&image->gs_base, sizeof(image->gs_base));
        image->mxcsr &= ~UINT32_C(0x3f);
        for (uint32_t r = 0; r < ARRAY_SIZE(image->x87); r++)
                check_poison(image->x87[r] + 10, sizeof(image->x87[r]) - 10);
        for (uint32_t r = 0; r < ARRAY_SIZE(image->vector); r++) {
                uint32_t kept = r < vector_count() ? vector_width() : 0;

                check_poison(image->vector[r] + kept, sizeof(image->vector[r]) - kept);
        }
        if (registers_level_now != REGISTERS_AVX512)
                check_poison(image->mask, sizeof(image->mask));
        check_poison(&image->shape, sizeof(image->shape) + sizeof(image->reserved));
}

void registers_compare(
        struct check_compare *compare, const struct registers *expected, const struct registers *out)
{
        struct registers image;

        check_copy(&image, expected, sizeof(image));
        expect(&image);
        check_compare(compare, 0, &image, out, sizeof(image));
}

void registers_call(struct registers_pair *pair, void (*kernel)(void *), void *state)
{
        registers_around(pair, kernel, state);
        check_copy(pair->out.general, pair->in.general, sizeof(pair->in.general));
        pair->out.flags = pair->in.flags;
}

void registers_setup_foreign(struct registers_pair *pair, const struct check_round *round)
{
        registers_setup(pair, round, pair);
        pair->in.shape |= REGISTERS_SHAPE_X87_INITIAL;
        check_clear(pair->in.x87, sizeof(pair->in.x87));
}

/* rbx, rsp, rbp, r12 to r15, DF, the control words: x86-64 psABI, 3.2.1. */
#define FOREIGN_KEPT 0xf038u
#define FLAG_DF 0x400u

void registers_call_foreign(struct registers_pair *pair, void (*function)(void *), void *argument)
{
        struct registers *out = &pair->out, image;

        registers_around_foreign(pair, function, argument);
        check_copy(&image, &pair->in, sizeof(image));
        expect(&image);
        for (unsigned r = 0; r < ARRAY_SIZE(out->general); r++)
                if (!(FOREIGN_KEPT >> r & 1))
                        out->general[r] = image.general[r];
        out->flags = (out->flags & FLAG_DF) | (image.flags & ~(uint64_t)FLAG_DF);
        check_copy(out->mask, image.mask, sizeof(out->mask));
        check_copy(out->x87, image.x87, sizeof(out->x87));
        check_copy(out->vector, image.vector, sizeof(out->vector));
}

/* ucontext's gregs in the order of struct registers. */
static const int frame_general[16] = { REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI,
        REG_RDI, REG_R8, REG_R9, REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15 };

/* The bytes that the kernel saved of a component, or what its initial state is: zeros. A frame without a header
 * has x87 and SSE, bits 0 and 1. */
static const uint8_t *component(const struct check_frame *frame, unsigned bit, uint32_t offset)
{
        static const uint8_t zeros[64];
        uint64_t saved = frame->extended ? frame->xfeatures : 3;

        return saved >> bit & 1 ? frame->xsave + offset : zeros;
}

static void frame_vectors(
        struct check_compare *compare, const struct registers *in, const struct check_frame *frame)
{
        for (uint32_t r = 0; r < vector_count(); r++) {
                uint32_t at = offsetof(struct registers, vector) + 64 * r;
                const uint8_t *want = in->vector[r];

                if (r >= 16) {
                        if (frame->extended)
                                check_compare(compare, at, want,
                                        component(frame, 7, xsave_offset.zmm_hi + 64 * (r - 16)), 64);
                        continue;
                }
                check_compare(
                        compare, at, want, frame->xsave + 160 + 16 * r, 16); /* SDM volume 1, table 10-2 */
                if (vector_width() > 16 && frame->extended)
                        check_compare(compare, at + 16, want + 16,
                                component(frame, 2, xsave_offset.ymm + 16 * r), 16);
                if (vector_width() > 32 && frame->extended)
                        check_compare(compare, at + 32, want + 32,
                                component(frame, 6, xsave_offset.zmm + 32 * r), 32);
        }
}

static void frame_x87(
        struct check_compare *compare, const struct registers *in, const struct check_frame *frame)
{
        const uint8_t *legacy = frame->xsave;
        uint32_t mxcsr;

        for (uint32_t r = 0; r < 8; r++)
                check_compare(
                        compare, REGISTERS_X87 + 16 * r, in->x87[r], component(frame, 0, 32 + 16 * r), 10);
        check_compare(
                compare, REGISTERS_X87_CONTROL, &in->x87_control, legacy, 2); /* SDM volume 1, table 10-2 */
        check_copy(&mxcsr, legacy + 24, sizeof(mxcsr));
        mxcsr = (mxcsr & ~UINT32_C(0x3f)) | (in->mxcsr & 0x3f);
        check_compare(compare, REGISTERS_MXCSR, &in->mxcsr, &mxcsr, sizeof(mxcsr));
}

int registers_frame(const struct registers_pair *pair, const struct check_frame *frame,
        uint32_t skip_general, struct check_mismatch *ret_mismatch)
{
        const struct registers *in = &pair->in;
        const greg_t *general = ((const ucontext_t *)frame->ucontext)->uc_mcontext.gregs;
        uint64_t flags = (uint64_t)general[REG_EFL] & REGISTERS_FLAGS_HELD;
        struct check_compare compare;

        check_compare_begin(&compare);
        skip_general |= frame->skip_general;
        for (uint32_t r = 0; r < 16; r++)
                if (!(skip_general >> r & 1))
                        check_compare(&compare, 8 * r, &in->general[r], &general[frame_general[r]], 8);
        check_compare(&compare, REGISTERS_FLAGS, &in->flags, &flags, 8);
        if (frame->xsave) {
                if (registers_level_now == REGISTERS_AVX512 && frame->extended)
                        for (uint32_t r = 0; r < 8; r++)
                                check_compare(&compare, REGISTERS_MASK + 8 * r, &in->mask[r],
                                        component(frame, 5, xsave_offset.opmask + 8 * r), 8);
                frame_x87(&compare, in, frame);
                frame_vectors(&compare, in, frame);
        }
        return check_compare_end(&compare, ret_mismatch);
}

void registers_from_frame(struct registers *to, const struct check_frame *frame)
{
        for (uint32_t r = 0; r < 32; r++) {
                if (r < 16)
                        check_copy(to->vector[r], frame->xsave + 160 + 16 * r, 16);
                if (!frame->extended)
                        continue;
                if (r < 16 && vector_width() > 16)
                        check_copy(to->vector[r] + 16, component(frame, 2, xsave_offset.ymm + 16 * r), 16);
                if (r < 16 && vector_width() > 32)
                        check_copy(to->vector[r] + 32, component(frame, 6, xsave_offset.zmm + 32 * r), 32);
                if (r >= 16 && vector_width() > 32)
                        check_copy(
                                to->vector[r], component(frame, 7, xsave_offset.zmm_hi + 64 * (r - 16)), 64);
        }
        for (uint32_t r = 0; r < 8 && frame->extended && registers_level_now == REGISTERS_AVX512; r++)
                check_copy(&to->mask[r], component(frame, 5, xsave_offset.opmask + 8 * r), 8);
}
