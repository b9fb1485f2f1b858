/* SPDX-License-Identifier: Apache-2.0 */
/* The kernels of lists of SSE. */
#include "checks/vector_lines_legacy.inc"

#define NAME permute_shuffle_sse4
#define LINES "checks/permute_shuffle_sse4.inc"
#include "checks/vector_lines_twice.inc"

#define NAME permute_shuffle_sse2
#define LINES "checks/permute_shuffle_sse2.inc"
#include "checks/vector_lines_twice.inc"

#define NAME permute_extract_sse4a
#define LINES "checks/permute_extract_sse4a.inc"
#include "checks/vector_lines_twice.inc"

#define NAME vector_lanes_sse4
#define LINES "checks/vector_lanes_sse4.inc"
#include "checks/vector_lines_twice.inc"

#define NAME vector_lanes_sse2
#define LINES "checks/vector_lanes_sse2.inc"
#include "checks/vector_lines_twice.inc"

#define NAME string_compare_sse42
#define LINES "checks/string_compare_sse42.inc"
#include "checks/vector_lines_twice.inc"

#define NAME float_lanes_sse4
#define LINES "checks/float_lanes_sse4.inc"
#include "checks/vector_lines_twice.inc"

#define NAME float_lanes_sse2
#define LINES "checks/float_lanes_sse2.inc"
#include "checks/vector_lines_twice.inc"
