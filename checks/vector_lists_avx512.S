/* SPDX-License-Identifier: Apache-2.0 */
/* The kernels of lists of EVEX instructions. */
#include "checks/vector_lines_evex.inc"

#define NAME permute_shuffle_avx512
#define LINES "checks/permute_shuffle_avx512.inc"
#include "checks/vector_lines_twice.inc"

#define NAME permute_bytes_avx512
#define LINES "checks/permute_bytes_avx512.inc"
#include "checks/vector_lines_twice.inc"

#define NAME gather_index_avx512
#define LINES "checks/gather_index_avx512.inc"
#include "checks/vector_lines_twice.inc"

#define NAME scatter_index_avx512
#define LINES "checks/scatter_index_avx512.inc"
#include "checks/vector_lines_twice.inc"

#define NAME mask_logic_avx512
#define LINES "checks/mask_logic_avx512.inc"
#include "checks/vector_lines_twice.inc"

#define NAME vector_lanes_avx512
#define LINES "checks/vector_lanes_avx512.inc"
#include "checks/vector_lines_twice.inc"

#define NAME vector_dot_avx512
#define LINES "checks/vector_dot_avx512.inc"
#include "checks/vector_lines_twice.inc"

#define NAME vector_madd52_avx512
#define LINES "checks/vector_madd52_avx512.inc"
#include "checks/vector_lines_twice.inc"

#define NAME vector_popcount_avx512
#define LINES "checks/vector_popcount_avx512.inc"
#include "checks/vector_lines_twice.inc"

#define NAME vector_intersect_avx512
#define LINES "checks/vector_intersect_avx512.inc"
#include "checks/vector_lines_twice.inc"

#define NAME float_lanes_avx512
#define LINES "checks/float_lanes_avx512.inc"
#include "checks/vector_lines_twice.inc"

#define NAME float_lanes_avx512_fp16
#define LINES "checks/float_lanes_avx512_fp16.inc"
#include "checks/vector_lines_twice.inc"

#define NAME float_bf16_avx512
#define LINES "checks/float_bf16_avx512.inc"
#include "checks/vector_lines_twice.inc"

#define NAME crypto_lanes_avx512
#define LINES "checks/crypto_lanes_avx512.inc"
#include "checks/vector_lines_twice.inc"
