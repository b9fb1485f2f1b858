/* SPDX-License-Identifier: Apache-2.0 */
/* GFNI: products in GF(2^8), affine maps with two constants, the affine map of the inverse. */
#include "checks/lanes.inc"

.macro OPERATION_128 index, b, a
        .if     \index == 0
        gf2p8mulb \b, \a
        .elseif \index == 1
        gf2p8affineqb $0x63, \b, \a
        .elseif \index == 2
        gf2p8affineqb $0xa5, \b, \a
        .else
        gf2p8affineinvqb $0x63, \b, \a
        .endif
.endm

LANES_128 galois_bytes_gfni_run
