/* SPDX-License-Identifier: Apache-2.0 */
/* The kernels of lists of MMX. */
#include "checks/vector_lines_mmx.inc"

#define NAME vector_lanes_mmx
#define LINES "checks/vector_lanes_mmx.inc"
#include "checks/vector_lines_twice.inc"

#define NAME vector_lanes_mmx_ssse3
#define LINES "checks/vector_lanes_mmx_ssse3.inc"
#include "checks/vector_lines_twice.inc"
