/* SPDX-License-Identifier: Apache-2.0 */
/* The checks that are lists of vector instructions: names and facts. */
#include "checks/vector_lists.h"

#define AVX512 (ISA(AVX512F) | ISA(AVX512BW) | ISA(AVX512CD) | ISA(AVX512DQ) | ISA(AVX512VL))

#define LINES_LEVEL 64
#define LINES_UNIT CHECK_UNIT_VECTOR_INTEGER

#define LINES_FIRST first_permute_shuffle_avx512
FIELDS(permute_shuffle_avx512) = {
#include "checks/permute_shuffle_avx512.inc"
};
#undef LINES_FIRST
VECTOR_LINES(permute_shuffle_avx512, CHECK_PERMUTE,
        "Elements that shuffles, permutations, blends or compression bring to a wrong place.", AVX512, 4,
        VECTOR_LINES_EVEX, 2, "permute_shuffle_avx2");

#define LINES_FIRST first_permute_bytes_avx512
FIELDS(permute_bytes_avx512) = {
#include "checks/permute_bytes_avx512.inc"
};
#undef LINES_FIRST
VECTOR_LINES(permute_bytes_avx512, CHECK_PERMUTE,
        "Bytes and words that AVX512_VBMI and VBMI2 permute, compress or shift wrongly.",
        AVX512 | ISA(AVX512VBMI) | ISA(AVX512VBMI2), 4, VECTOR_LINES_EVEX, 8, NULL);

#define LINES_FIRST first_gather_index_avx512
FIELDS(gather_index_avx512) = {
#include "checks/gather_index_avx512.inc"
};
#undef LINES_FIRST
VECTOR_LINES(gather_index_avx512, CHECK_PERMUTE,
        "Elements that gathers bring from a wrong place, or masks that they do not clear.", AVX512, 4,
        VECTOR_LINES_EVEX, 16, "gather_index_avx2");

#define LINES_FIRST first_scatter_index_avx512
FIELDS(scatter_index_avx512) = {
#include "checks/scatter_index_avx512.inc"
};
#undef LINES_FIRST
VECTOR_LINES(scatter_index_avx512, CHECK_PERMUTE,
        "Elements that scatters bring to a wrong place, or in a wrong order.", AVX512, 4, VECTOR_LINES_EVEX,
        6, NULL);

#define LINES_FIRST first_mask_logic_avx512
FIELDS(mask_logic_avx512) = {
#include "checks/mask_logic_avx512.inc"
};
#undef LINES_FIRST
VECTOR_LINES(mask_logic_avx512, CHECK_PERMUTE,
        "Wrong results or flags of the instructions on mask registers.", AVX512, 4, VECTOR_LINES_EVEX, 10,
        NULL);

#define LINES_FIRST first_vector_lanes_avx512
FIELDS(vector_lanes_avx512) = {
#include "checks/vector_lanes_avx512.inc"
};
#undef LINES_FIRST
VECTOR_LINES(vector_lanes_avx512, CHECK_VECTOR,
        "Wrong integer sums, products, shifts, comparisons or counts in lanes of AVX-512.", AVX512, 4,
        VECTOR_LINES_EVEX, 2, "vector_lanes_avx2");

#define LINES_FIRST first_vector_dot_avx512
FIELDS(vector_dot_avx512) = {
#include "checks/vector_dot_avx512.inc"
};
#undef LINES_FIRST
VECTOR_LINES(vector_dot_avx512, CHECK_VECTOR, "Wrong sums of products of bytes and words: AVX512_VNNI.",
        AVX512 | ISA(AVX512VNNI), 4, VECTOR_LINES_EVEX, 20, NULL);

#define LINES_FIRST first_vector_madd52_avx512
FIELDS(vector_madd52_avx512) = {
#include "checks/vector_madd52_avx512.inc"
};
#undef LINES_FIRST
VECTOR_LINES(vector_madd52_avx512, CHECK_VECTOR, "Wrong products of 52 bits: AVX512IFMA.",
        AVX512 | ISA(AVX512IFMA), 4, VECTOR_LINES_EVEX, 30, NULL);

#define LINES_FIRST first_vector_popcount_avx512
FIELDS(vector_popcount_avx512) = {
#include "checks/vector_popcount_avx512.inc"
};
#undef LINES_FIRST
VECTOR_LINES(vector_popcount_avx512, CHECK_VECTOR,
        "Wrong counts of bits in lanes: AVX512_BITALG, VPOPCNTDQ.",
        AVX512 | ISA(AVX512BITALG) | ISA(AVX512VPOPCNTDQ), 4, VECTOR_LINES_EVEX, 30, NULL);

#define LINES_FIRST first_vector_intersect_avx512
FIELDS(vector_intersect_avx512) = {
#include "checks/vector_intersect_avx512.inc"
};
#undef LINES_FIRST
VECTOR_LINES(vector_intersect_avx512, CHECK_VECTOR, "Wrong pairs of masks of AVX512_VP2INTERSECT.",
        AVX512 | ISA(AVX512VP2INTERSECT), 4, VECTOR_LINES_EVEX, 30, NULL);

#undef LINES_LEVEL
#undef LINES_UNIT
#define LINES_LEVEL 64
#define LINES_UNIT CHECK_UNIT_FMA

#define LINES_FIRST first_float_lanes_avx512
FIELDS(float_lanes_avx512) = {
#include "checks/float_lanes_avx512.inc"
};
#undef LINES_FIRST
VECTOR_LINES(float_lanes_avx512, CHECK_VECTOR,
        "Wrong floating point arithmetic, conversions or special functions in lanes of AVX-512.", AVX512, 8,
        VECTOR_LINES_EVEX, 2, "float_lanes_avx2");

#define LINES_FIRST first_float_lanes_avx512_fp16
FIELDS(float_lanes_avx512_fp16) = {
#include "checks/float_lanes_avx512_fp16.inc"
};
#undef LINES_FIRST
VECTOR_LINES(float_lanes_avx512_fp16, CHECK_VECTOR,
        "Wrong floating point arithmetic or conversions in half precision: AVX512-FP16.",
        AVX512 | ISA(AVX512FP16), 4, VECTOR_LINES_EVEX, 4, NULL);

#define LINES_FIRST first_float_bf16_avx512
FIELDS(float_bf16_avx512) = {
#include "checks/float_bf16_avx512.inc"
};
#undef LINES_FIRST
VECTOR_LINES(float_bf16_avx512, CHECK_VECTOR, "Wrong products or conversions of bfloat16: AVX512_BF16.",
        AVX512 | ISA(AVX512BF16), 4, VECTOR_LINES_EVEX, 30, NULL);

#undef LINES_LEVEL
#undef LINES_UNIT
#define LINES_LEVEL 64
#define LINES_UNIT CHECK_UNIT_CRYPTO

#define LINES_FIRST first_crypto_lanes_avx512
FIELDS(crypto_lanes_avx512) = {
#include "checks/crypto_lanes_avx512.inc"
};
#undef LINES_FIRST
VECTOR_LINES(crypto_lanes_avx512, CHECK_CRYPTO,
        "Wrong rounds of AES, carry-less products or maps of bytes of AVX-512.",
        AVX512 | ISA(VAES) | ISA(VPCLMUL) | ISA(GFNI), 4, VECTOR_LINES_EVEX, 20, "crypto_lanes_avx");

#undef LINES_LEVEL
#undef LINES_UNIT
#define LINES_LEVEL 32
#define LINES_UNIT CHECK_UNIT_VECTOR_INTEGER

#define LINES_FIRST first_permute_shuffle_avx2
FIELDS(permute_shuffle_avx2) = {
#include "checks/permute_shuffle_avx2.inc"
};
#undef LINES_FIRST
VECTOR_LINES(permute_shuffle_avx2, CHECK_PERMUTE,
        "Elements that shuffles, permutations, blends or masked moves bring to a wrong place.",
        ISA(AVX) | ISA(AVX2), 4, VECTOR_LINES_VEX, 4, "permute_shuffle_sse4");

#define LINES_FIRST first_gather_index_avx2
FIELDS(gather_index_avx2) = {
#include "checks/gather_index_avx2.inc"
};
#undef LINES_FIRST
VECTOR_LINES(gather_index_avx2, CHECK_PERMUTE,
        "Elements that gathers bring from a wrong place, or masks that they do not clear.",
        ISA(AVX) | ISA(AVX2), 4, VECTOR_LINES_VEX, 16, NULL);

#define LINES_FIRST first_vector_lanes_avx2
FIELDS(vector_lanes_avx2) = {
#include "checks/vector_lanes_avx2.inc"
};
#undef LINES_FIRST
VECTOR_LINES(vector_lanes_avx2, CHECK_VECTOR,
        "Wrong integer sums, products, shifts or comparisons in lanes of AVX2.", ISA(AVX) | ISA(AVX2), 4,
        VECTOR_LINES_VEX, 4, "vector_lanes_sse4");

#define LINES_FIRST first_string_compare_avx
FIELDS(string_compare_avx) = {
#include "checks/string_compare_avx.inc"
};
#undef LINES_FIRST
VECTOR_LINES(string_compare_avx, CHECK_VECTOR, "Wrong indexes, masks or flags of string comparisons.",
        ISA(AVX) | ISA(AVX2), 4, VECTOR_LINES_VEX, 16, "string_compare_sse42");

#undef LINES_LEVEL
#undef LINES_UNIT
#define LINES_LEVEL 32
#define LINES_UNIT CHECK_UNIT_FMA

#define LINES_FIRST first_float_lanes_avx2
FIELDS(float_lanes_avx2) = {
#include "checks/float_lanes_avx2.inc"
};
#undef LINES_FIRST
VECTOR_LINES(float_lanes_avx2, CHECK_VECTOR,
        "Wrong floating point arithmetic or conversions in lanes of AVX, FMA3 and F16C.",
        ISA(AVX) | ISA(AVX2) | ISA(FMA) | ISA(F16C), 8, VECTOR_LINES_VEX, 3, "float_lanes_sse4");

#undef LINES_LEVEL
#undef LINES_UNIT
#define LINES_LEVEL 32
#define LINES_UNIT CHECK_UNIT_VECTOR_INTEGER

#define LINES_FIRST first_vector_dot_avx_vnni
FIELDS(vector_dot_avx_vnni) = {
#include "checks/vector_dot_avx_vnni.inc"
};
#undef LINES_FIRST
VECTOR_LINES(vector_dot_avx_vnni, CHECK_VECTOR, "Wrong sums of products of bytes and words: AVX-VNNI.",
        ISA(AVX) | ISA(AVX2) | ISA(AVX_VNNI), 4, VECTOR_LINES_VEX, 30, NULL);

#define LINES_FIRST first_vector_dot_avx_vnni_int8
FIELDS(vector_dot_avx_vnni_int8) = {
#include "checks/vector_dot_avx_vnni_int8.inc"
};
#undef LINES_FIRST
VECTOR_LINES(vector_dot_avx_vnni_int8, CHECK_VECTOR, "Wrong sums of products of bytes: AVX-VNNI-INT8.",
        ISA(AVX) | ISA(AVX2) | ISA(AVX_VNNI_INT8), 4, VECTOR_LINES_VEX, 30, NULL);

#define LINES_FIRST first_vector_dot_avx_vnni_int16
FIELDS(vector_dot_avx_vnni_int16) = {
#include "checks/vector_dot_avx_vnni_int16.inc"
};
#undef LINES_FIRST
VECTOR_LINES(vector_dot_avx_vnni_int16, CHECK_VECTOR, "Wrong sums of products of words: AVX-VNNI-INT16.",
        ISA(AVX) | ISA(AVX2) | ISA(AVX_VNNI_INT16), 4, VECTOR_LINES_VEX, 30, NULL);

#define LINES_FIRST first_vector_madd52_avx_ifma
FIELDS(vector_madd52_avx_ifma) = {
#include "checks/vector_madd52_avx_ifma.inc"
};
#undef LINES_FIRST
VECTOR_LINES(vector_madd52_avx_ifma, CHECK_VECTOR, "Wrong products of 52 bits: AVX-IFMA.",
        ISA(AVX) | ISA(AVX2) | ISA(AVX_IFMA), 4, VECTOR_LINES_VEX, 60, NULL);

#undef LINES_LEVEL
#undef LINES_UNIT
#define LINES_LEVEL 32
#define LINES_UNIT CHECK_UNIT_FMA

#define LINES_FIRST first_float_convert_avx_ne
FIELDS(float_convert_avx_ne) = {
#include "checks/float_convert_avx_ne.inc"
};
#undef LINES_FIRST
VECTOR_LINES(float_convert_avx_ne, CHECK_VECTOR,
        "Wrong conversions from and to bfloat16 and half precision: AVX-NE-CONVERT.",
        ISA(AVX) | ISA(AVX2) | ISA(AVX_NE_CONVERT), 4, VECTOR_LINES_VEX, 30, NULL);

#undef LINES_LEVEL
#undef LINES_UNIT
#define LINES_LEVEL 32
#define LINES_UNIT CHECK_UNIT_CRYPTO

#define LINES_FIRST first_crypto_lanes_vaes
FIELDS(crypto_lanes_vaes) = {
#include "checks/crypto_lanes_vaes.inc"
};
#undef LINES_FIRST
VECTOR_LINES(crypto_lanes_vaes, CHECK_CRYPTO,
        "Wrong rounds of AES or carry-less products in registers of 32 bytes.",
        ISA(AVX) | ISA(AVX2) | ISA(VAES) | ISA(VPCLMUL), 4, VECTOR_LINES_VEX, 60, NULL);

#define LINES_FIRST first_crypto_lanes_avx
FIELDS(crypto_lanes_avx) = {
#include "checks/crypto_lanes_avx.inc"
};
#undef LINES_FIRST
VECTOR_LINES(crypto_lanes_avx, CHECK_CRYPTO,
        "Wrong rounds of AES, round keys or carry-less products of AVX.",
        ISA(AVX) | ISA(AVX2) | ISA(AES) | ISA(PCLMUL), 4, VECTOR_LINES_VEX, 50, NULL);

#define LINES_FIRST first_galois_lanes_avx
FIELDS(galois_lanes_avx) = {
#include "checks/galois_lanes_avx.inc"
};
#undef LINES_FIRST
VECTOR_LINES(galois_lanes_avx, CHECK_CRYPTO, "Wrong products or maps of bytes of GFNI in AVX registers.",
        ISA(AVX) | ISA(AVX2) | ISA(GFNI), 4, VECTOR_LINES_VEX, 80, NULL);

#undef LINES_LEVEL
#undef LINES_UNIT
#define LINES_LEVEL 16
#define LINES_UNIT CHECK_UNIT_VECTOR_INTEGER

#define LINES_FIRST first_permute_shuffle_sse4
FIELDS(permute_shuffle_sse4) = {
#include "checks/permute_shuffle_sse4.inc"
};
#undef LINES_FIRST
VECTOR_LINES(permute_shuffle_sse4, CHECK_PERMUTE,
        "Elements that pshufb, blends, inserts or extensions bring to a wrong place.",
        ISA(SSE3) | ISA(SSSE3) | ISA(SSE41), 4, VECTOR_LINES_LEGACY, 16, "permute_shuffle_sse2");

#define LINES_FIRST first_permute_shuffle_sse2
FIELDS(permute_shuffle_sse2) = {
#include "checks/permute_shuffle_sse2.inc"
};
#undef LINES_FIRST
VECTOR_LINES(permute_shuffle_sse2, CHECK_PERMUTE,
        "Elements that shuffles, unpacks, packs or moves bring to a wrong place.", ISA(SSE2), 4,
        VECTOR_LINES_LEGACY, 8, NULL);

#define LINES_FIRST first_permute_extract_sse4a
FIELDS(permute_extract_sse4a) = {
#include "checks/permute_extract_sse4a.inc"
};
#undef LINES_FIRST
VECTOR_LINES(permute_extract_sse4a, CHECK_PERMUTE, "Fields of bits that extrq and insertq move wrongly.",
        ISA(SSE4A), 4, VECTOR_LINES_LEGACY, 60, NULL);

#define LINES_FIRST first_vector_lanes_sse4
FIELDS(vector_lanes_sse4) = {
#include "checks/vector_lanes_sse4.inc"
};
#undef LINES_FIRST
VECTOR_LINES(vector_lanes_sse4, CHECK_VECTOR,
        "Wrong integer sums, products, extremes or comparisons of SSSE3 and SSE4.",
        ISA(SSSE3) | ISA(SSE41) | ISA(SSE42), 4, VECTOR_LINES_LEGACY, 16, "vector_lanes_sse2");

#define LINES_FIRST first_vector_lanes_sse2
FIELDS(vector_lanes_sse2) = {
#include "checks/vector_lanes_sse2.inc"
};
#undef LINES_FIRST
VECTOR_LINES(vector_lanes_sse2, CHECK_VECTOR, "Wrong integer sums, products, shifts or comparisons of SSE2.",
        ISA(SSE2), 4, VECTOR_LINES_LEGACY, 8, NULL);

#define LINES_FIRST first_vector_lanes_mmx
FIELDS(vector_lanes_mmx) = {
#include "checks/vector_lanes_mmx.inc"
};
#undef LINES_FIRST
VECTOR_LINES(vector_lanes_mmx, CHECK_VECTOR,
        "Wrong integer sums, products, shifts, comparisons or moves of MMX.", ISA(MMX) | ISA(SSE2), 4,
        VECTOR_LINES_MMX, 8, NULL);

#define LINES_FIRST first_vector_lanes_mmx_ssse3
FIELDS(vector_lanes_mmx_ssse3) = {
#include "checks/vector_lanes_mmx_ssse3.inc"
};
#undef LINES_FIRST
VECTOR_LINES(vector_lanes_mmx_ssse3, CHECK_VECTOR,
        "Wrong sums, signs or shuffles of SSSE3 in MMX registers.", ISA(MMX) | ISA(SSE2) | ISA(SSSE3), 4,
        VECTOR_LINES_MMX, 40, NULL);

#define LINES_FIRST first_string_compare_sse42
FIELDS(string_compare_sse42) = {
#include "checks/string_compare_sse42.inc"
};
#undef LINES_FIRST
VECTOR_LINES(string_compare_sse42, CHECK_VECTOR, "Wrong indexes, masks or flags of string comparisons.",
        ISA(SSE42), 4, VECTOR_LINES_LEGACY, 16, NULL);

#undef LINES_LEVEL
#undef LINES_UNIT
#define LINES_LEVEL 16
#define LINES_UNIT CHECK_UNIT_FMA

#define LINES_FIRST first_float_lanes_sse4
FIELDS(float_lanes_sse4) = {
#include "checks/float_lanes_sse4.inc"
};
#undef LINES_FIRST
VECTOR_LINES(float_lanes_sse4, CHECK_VECTOR,
        "Wrong roundings, sums of pairs or dot products of SSE3 and SSE4.1.", ISA(SSE3) | ISA(SSE41), 8,
        VECTOR_LINES_LEGACY, 16, "float_lanes_sse2");

#define LINES_FIRST first_float_lanes_sse2
FIELDS(float_lanes_sse2) = {
#include "checks/float_lanes_sse2.inc"
};
#undef LINES_FIRST
VECTOR_LINES(float_lanes_sse2, CHECK_VECTOR,
        "Wrong floating point arithmetic or conversions in lanes of SSE2.", ISA(SSE2), 8,
        VECTOR_LINES_LEGACY, 8, NULL);
