/* SPDX-License-Identifier: Apache-2.0 */
/* The kernels of lists of VEX instructions. */
#include "checks/vector_lines_vex.inc"

#define NAME permute_shuffle_avx2
#define LINES "checks/permute_shuffle_avx2.inc"
#include "checks/vector_lines_twice.inc"

#define NAME gather_index_avx2
#define LINES "checks/gather_index_avx2.inc"
#include "checks/vector_lines_twice.inc"

#define NAME vector_lanes_avx2
#define LINES "checks/vector_lanes_avx2.inc"
#include "checks/vector_lines_twice.inc"

#define NAME string_compare_avx
#define LINES "checks/string_compare_avx.inc"
#include "checks/vector_lines_twice.inc"

#define NAME float_lanes_avx2
#define LINES "checks/float_lanes_avx2.inc"
#include "checks/vector_lines_twice.inc"

#define NAME vector_dot_avx_vnni
#define LINES "checks/vector_dot_avx_vnni.inc"
#include "checks/vector_lines_twice.inc"

#define NAME vector_dot_avx_vnni_int8
#define LINES "checks/vector_dot_avx_vnni_int8.inc"
#include "checks/vector_lines_twice.inc"

#define NAME vector_dot_avx_vnni_int16
#define LINES "checks/vector_dot_avx_vnni_int16.inc"
#include "checks/vector_lines_twice.inc"

#define NAME vector_madd52_avx_ifma
#define LINES "checks/vector_madd52_avx_ifma.inc"
#include "checks/vector_lines_twice.inc"

#define NAME float_convert_avx_ne
#define LINES "checks/float_convert_avx_ne.inc"
#include "checks/vector_lines_twice.inc"

#define NAME crypto_lanes_vaes
#define LINES "checks/crypto_lanes_vaes.inc"
#include "checks/vector_lines_twice.inc"

#define NAME crypto_lanes_avx
#define LINES "checks/crypto_lanes_avx.inc"
#include "checks/vector_lines_twice.inc"

#define NAME galois_lanes_avx
#define LINES "checks/galois_lanes_avx.inc"
#include "checks/vector_lines_twice.inc"
