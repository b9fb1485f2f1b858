/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/model/xsave_image.h"

#define HEADER 512
#define LEGACY_STACK 32
#define LEGACY_XMM 160

enum {
        X87 = 1 << 0,
        SSE = 1 << 1,
        AVX = 1 << 2,
        AVX512 = 7 << 5,
};

static void cpuid(uint32_t leaf, uint32_t part, uint32_t out[4])
{
        __asm__("cpuid" : "=a"(out[0]), "=b"(out[1]), "=c"(out[2]), "=d"(out[3]) : "a"(leaf), "c"(part));
}

static uint32_t offset_of(uint32_t component)
{
        uint32_t out[4];
        cpuid(0xd, component, out);
        return out[1];
}

void xsave_layout_read(struct xsave_layout *ret_layout)
{
        struct xsave_layout layout = { 0 };
        uint32_t out[4];
        cpuid(0, 0, out);
        if (out[0] >= 0xd) {
                cpuid(0xd, 0, out);
                layout.components = out[0] & XSAVE_IMAGE_COMPONENTS;
        }
        if (!(layout.components & AVX))
                layout.components = 0;
        if ((layout.components & AVX512) != AVX512)
                layout.components &= ~(uint64_t)AVX512;
        if (layout.components & AVX)
                layout.high = offset_of(2);
        if (layout.components & AVX512) {
                layout.mask = offset_of(5);
                layout.zmm_high = offset_of(6);
                layout.zmm_other = offset_of(7);
        }
        *ret_layout = layout;
}

/* Bytes one by one: neither the guest nor the child of native_run may call the C library here. */
static void copy(void *to, const void *from, uint32_t size)
{
        __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(size) : : "memory");
}

static void zero(void *to, uint32_t size)
{
        __asm__ volatile("rep stosb" : "+D"(to), "+c"(size) : "a"(0) : "memory");
}

static void put16(uint8_t *to, uint16_t value)
{
        copy(to, &value, 2);
}

void xsave_image_fill(
        const struct xsave_layout *layout, const struct registers *from, uint32_t tags, uint8_t *area)
{
        zero(area, XSAVE_IMAGE_SIZE);
        put16(area, from->x87_control);
        put16(area + 2, from->x87_status);
        area[4] = (uint8_t)tags;
        copy(area + 24, &from->mxcsr, 4);
        copy(area + HEADER, &layout->components, 8);
        for (unsigned i = 0; i < 8; i++)
                copy(area + LEGACY_STACK + 16 * i, from->x87[i], 10);
        for (unsigned i = 0; i < 16; i++) {
                copy(area + LEGACY_XMM + 16 * i, from->vector[i], 16);
                copy(area + layout->high + 16 * i, from->vector[i] + 16, 16);
        }
        if (!(layout->components & AVX512))
                return;
        copy(area + layout->mask, from->mask, 64);
        for (unsigned i = 0; i < 16; i++) {
                copy(area + layout->zmm_high + 32 * i, from->vector[i] + 32, 32);
                copy(area + layout->zmm_other + 64 * i, from->vector[16 + i], 64);
        }
}

/* A component that XSTATE_BV leaves out is in its initial state, whatever the area holds: all zero but for the
 * x87 control word. */
void xsave_image_read(
        const struct xsave_layout *layout, const uint8_t *area, struct registers *to, uint32_t *ret_tags)
{
        uint64_t present;
        copy(&present, area + HEADER, 8);
        zero(to->x87, sizeof to->x87);
        zero(to->mask, sizeof to->mask);
        zero(to->vector, sizeof to->vector);
        to->x87_control = 0x37f;
        to->x87_status = 0;
        *ret_tags = 0;
        copy(&to->mxcsr, area + 24, 4);
        if (present & X87) {
                copy(&to->x87_control, area, 2);
                copy(&to->x87_status, area + 2, 2);
                *ret_tags = area[4];
                for (unsigned i = 0; i < 8; i++)
                        copy(to->x87[i], area + LEGACY_STACK + 16 * i, 10);
        }
        for (unsigned i = 0; i < 16; i++) {
                if (present & SSE)
                        copy(to->vector[i], area + LEGACY_XMM + 16 * i, 16);
                if (present & AVX)
                        copy(to->vector[i] + 16, area + layout->high + 16 * i, 16);
                if (present & layout->components & 1 << 6)
                        copy(to->vector[i] + 32, area + layout->zmm_high + 32 * i, 32);
                if (present & layout->components & 1 << 7)
                        copy(to->vector[16 + i], area + layout->zmm_other + 64 * i, 64);
        }
        if (present & layout->components & 1 << 5)
                copy(to->mask, area + layout->mask, 64);
}
