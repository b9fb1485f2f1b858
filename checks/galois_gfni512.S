/* SPDX-License-Identifier: Apache-2.0 */
/* As galois_gfni.S, in 64 lanes. */
#include "checks/lanes.inc"

.macro OPERATION_512 index, a, b, result
        .if     \index == 0
        vgf2p8mulb \b, \a, \result
        .elseif \index == 1
        vgf2p8affineqb $0x63, \b, \a, \result
        .elseif \index == 2
        vgf2p8affineqb $0xa5, \b, \a, \result
        .else
        vgf2p8affineinvqb $0x63, \b, \a, \result
        .endif
.endm

LANES_512 galois_bytes_gfni512_run
