/* SPDX-License-Identifier: Apache-2.0 */
/* struct registers to and from the area of XSAVE in its standard form (Intel SDM volume 1, 13.4). */
#pragma once

#include <stdint.h>

#include "checks/registers.h"

#define XSAVE_IMAGE_SIZE 4096       /* holds the components below */
#define XSAVE_IMAGE_COMPONENTS 0xe7 /* x87, SSE, AVX, AVX-512: bits of XCR0 */

/* Where the components lie on this CPU, as CPUID says. `components`: those of XSAVE_IMAGE_COMPONENTS that it
 * has; without AVX 0: then nothing here can be used. */
struct xsave_layout {
        uint64_t components;
        uint32_t high, mask, zmm_high, zmm_other; /* offsets: AVX, opmask, ZMM_Hi256, Hi16_ZMM */
};
void xsave_layout_read(struct xsave_layout *ret_layout);

/* Fills the area (XSAVE_IMAGE_SIZE bytes, aligned to 64) so that XRSTOR of all components of the layout loads
 * what `from` says. `tags` as in struct execution_record. */
void xsave_image_fill(
        const struct xsave_layout *layout, const struct registers *from, uint32_t tags, uint8_t *area);

/* Reads an area that XSAVE filled into the vectors, masks, x87 and mxcsr of `to`. What the layout has not is
 * zero. */
void xsave_image_read(
        const struct xsave_layout *layout, const uint8_t *area, struct registers *to, uint32_t *ret_tags);
