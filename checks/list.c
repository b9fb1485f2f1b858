/* SPDX-License-Identifier: Apache-2.0 */
/* The one list of checks. To add a check: its file, one line here, one line in Makefile.am. The order is
 * that of a first pass: what fails most often comes first. */
#include "checks/check.h"

#define CHECKS(X)                              \
        X(check_state_hold_sse2)               \
        X(check_state_hold_avx)                \
        X(check_state_hold_avx512)             \
        X(check_state_rotate_sse2)             \
        X(check_state_rotate_avx)              \
        X(check_state_rotate_avx512)           \
        X(check_state_mxcsr)                   \
        X(check_state_flags)                   \
        X(check_state_base)                    \
        X(check_state_x87)                     \
        X(check_state_mmx)                     \
        X(check_state_mask_avx512)             \
        X(check_state_xsave)                   \
        X(check_state_xsaveopt)                \
        X(check_state_amx_tile)                \
        X(check_state_xsavec)                  \
        X(check_stack_push)                    \
        X(check_stack_call)                    \
        X(check_stack_enter)                   \
        X(check_stack_redzone)                 \
        X(check_stack_switch)                  \
        X(check_stack_pointer_sse2)            \
        X(check_stack_pointer_avx)             \
        X(check_stack_pointer_avx512)          \
        X(check_fma_chain_f32_avx512)          \
        X(check_fma_chain_f64_avx512)          \
        X(check_fma_chain_f32_fma3)            \
        X(check_fma_chain_f64_fma3)            \
        X(check_fma_stream_f32_avx512)         \
        X(check_fma_stream_f64_avx512)         \
        X(check_fma_stream_f32_fma3)           \
        X(check_fma_stream_f64_fma3)           \
        X(check_vector_multiply_avx512)        \
        X(check_vector_multiply_avx2)          \
        X(check_vector_multiply_sse41)         \
        X(check_vector_multiply_sse2)          \
        X(check_vector_arith_f32_avx512)       \
        X(check_vector_arith_f64_avx512)       \
        X(check_vector_arith_f32_avx)          \
        X(check_vector_arith_f64_avx)          \
        X(check_vector_arith_f32_sse2)         \
        X(check_vector_arith_f64_sse2)         \
        X(check_vector_bf16_avx512)            \
        X(check_vector_convert_avx512)         \
        X(check_vector_convert_avx)            \
        X(check_vector_convert_sse2)           \
        X(check_vector_integer_avx512)         \
        X(check_vector_integer_avx2)           \
        X(check_vector_integer_sse2)           \
        X(check_integer_multiply)              \
        X(check_integer_divide)                \
        X(check_integer_add)                   \
        X(check_integer_condition)             \
        X(check_integer_extend)                \
        X(check_integer_move)                  \
        X(check_integer_flags_lahf)            \
        X(check_integer_shift)                 \
        X(check_integer_rotate)                \
        X(check_integer_bits)                  \
        X(check_integer_multiply_bmi2)         \
        X(check_integer_bits_popcnt)           \
        X(check_integer_bits_lzcnt)            \
        X(check_integer_bits_bmi1)             \
        X(check_integer_bits_bmi2)             \
        X(check_integer_move_movbe)            \
        X(check_integer_logic)                 \
        X(check_float_arith_sse2)              \
        X(check_float_convert_sse2)            \
        X(check_float_fma_fma3)                \
        X(check_float_convert_f16c)            \
        X(check_x87_arith)                     \
        X(check_aes_encrypt_aesni)             \
        X(check_aes_decrypt_aesni)             \
        X(check_aes_encrypt_vaes)              \
        X(check_aes_decrypt_vaes)              \
        X(check_aes_encrypt_vaes512)           \
        X(check_aes_decrypt_vaes512)           \
        X(check_aes_encrypt_general)           \
        X(check_aes_decrypt_general)           \
        X(check_sha256_compress_shani)         \
        X(check_sha256_compress_general)       \
        X(check_sha1_compress_shani)           \
        X(check_sha1_compress_general)         \
        X(check_carryless_multiply_pclmul)     \
        X(check_carryless_multiply_vpclmul512) \
        X(check_carryless_multiply_general)    \
        X(check_galois_bytes_gfni)             \
        X(check_galois_bytes_gfni512)          \
        X(check_galois_bytes_general)          \
        X(check_crc32c_sse42)                  \
        X(check_crc32c_general)                \
        X(check_erratum_evex_rsp)              \
        X(check_integer_carry)                 \
        X(check_integer_multiply_adx)          \
        X(check_x87_stack)                     \
        X(check_move_split_general)            \
        X(check_move_split_movbe)              \
        X(check_move_split_mmx)                \
        X(check_move_split_sse3)               \
        X(check_move_split_avx)                \
        X(check_move_split_avx512)             \
        X(check_move_stream_mmx)               \
        X(check_move_stream_sse41)             \
        X(check_move_stream_sse4a)             \
        X(check_move_stream_avx2)              \
        X(check_move_stream_avx512)            \
        X(check_move_stream_direct)            \
        X(check_move_forward_sse2)             \
        X(check_move_forward_avx)              \
        X(check_move_forward_avx512)           \
        X(check_move_string_general)           \
        X(check_move_address_general)          \
        X(check_cache_pattern_sse41)           \
        X(check_cache_pattern_avx2)            \
        X(check_cache_pattern_avx512)          \
        X(check_memory_pattern_clflush)        \
        X(check_memory_pattern_clflushopt)     \
        X(check_memory_pattern_clwb)           \
        X(check_branch_condition_general)      \
        X(check_branch_align_general)          \
        X(check_branch_indirect_general)       \
        X(check_branch_table_general)          \
        X(check_branch_return_general)         \
        X(check_branch_loop_general)           \
        X(check_branch_compare_general)        \
        X(check_branch_tight_general)

#define DECLARE(name) extern const struct check name;
CHECKS(DECLARE)
#undef DECLARE

const struct check *const check_list[] = {
#define LIST(name) &name,
        CHECKS(LIST)
#undef LIST
                NULL,
};
