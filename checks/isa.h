/* SPDX-License-Identifier: Apache-2.0 */
/* What the CPU can execute: one bit a feature, decided by CPUID **and** the state that the system has
 * enabled (XCR0, AT_HWCAP2, arch_prctl), never by the model's name. A level can take features away from
 * a set, never add: so every level is tested on one machine.
 *
 * Bits: Intel SDM volume 2A, CPUID; AMD APM volume 3, appendix E. Level names: the x86-64 psABI. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* X(NAME, "name", leaf, subleaf, register 0 EAX..3 EDX, bit, state that XCR0 must enable) */
#define ISA_XCR0_AVX UINT64_C(0x6)
#define ISA_XCR0_AVX512 UINT64_C(0xe6)
#define ISA_XCR0_AMX UINT64_C(0x60000)
#define ISA_FEATURES(X)                                                           \
        X(FPU, "x87", 1, 0, 3, 0, 0)                                              \
        X(CX8, "cx8", 1, 0, 3, 8, 0)                                              \
        X(CMOV, "cmov", 1, 0, 3, 15, 0)                                           \
        X(MMX, "mmx", 1, 0, 3, 23, 0)                                             \
        X(FXSR, "fxsr", 1, 0, 3, 24, 0)                                           \
        X(SSE2, "sse2", 1, 0, 3, 26, 0)                                           \
        X(SSE3, "sse3", 1, 0, 2, 0, 0)                                            \
        X(PCLMUL, "pclmulqdq", 1, 0, 2, 1, 0)                                     \
        X(SSSE3, "ssse3", 1, 0, 2, 9, 0)                                          \
        X(FMA, "fma", 1, 0, 2, 12, ISA_XCR0_AVX)                                  \
        X(CX16, "cx16", 1, 0, 2, 13, 0)                                           \
        X(SSE41, "sse4_1", 1, 0, 2, 19, 0)                                        \
        X(SSE42, "sse4_2", 1, 0, 2, 20, 0)                                        \
        X(MOVBE, "movbe", 1, 0, 2, 22, 0)                                         \
        X(POPCNT, "popcnt", 1, 0, 2, 23, 0)                                       \
        X(AES, "aes", 1, 0, 2, 25, 0)                                             \
        X(XSAVE, "osxsave", 1, 0, 2, 27, 0)                                       \
        X(AVX, "avx", 1, 0, 2, 28, ISA_XCR0_AVX)                                  \
        X(F16C, "f16c", 1, 0, 2, 29, ISA_XCR0_AVX)                                \
        X(LAHF, "lahf_lm", 0x80000001, 0, 2, 0, 0)                                \
        X(LZCNT, "lzcnt", 0x80000001, 0, 2, 5, 0)                                 \
        X(SSE4A, "sse4a", 0x80000001, 0, 2, 6, 0)                                 \
        X(FSGSBASE, "fsgsbase", 7, 0, 1, 0, 0)                                    \
        X(BMI1, "bmi1", 7, 0, 1, 3, 0)                                            \
        X(AVX2, "avx2", 7, 0, 1, 5, ISA_XCR0_AVX)                                 \
        X(BMI2, "bmi2", 7, 0, 1, 8, 0)                                            \
        X(RTM, "rtm", 7, 0, 1, 11, 0)                                             \
        X(AVX512F, "avx512f", 7, 0, 1, 16, ISA_XCR0_AVX512)                       \
        X(AVX512DQ, "avx512dq", 7, 0, 1, 17, ISA_XCR0_AVX512)                     \
        X(ADX, "adx", 7, 0, 1, 19, 0)                                             \
        X(AVX512IFMA, "avx512ifma", 7, 0, 1, 21, ISA_XCR0_AVX512)                 \
        X(CLFLUSHOPT, "clflushopt", 7, 0, 1, 23, 0)                               \
        X(CLWB, "clwb", 7, 0, 1, 24, 0)                                           \
        X(AVX512CD, "avx512cd", 7, 0, 1, 28, ISA_XCR0_AVX512)                     \
        X(SHA, "sha_ni", 7, 0, 1, 29, 0)                                          \
        X(AVX512BW, "avx512bw", 7, 0, 1, 30, ISA_XCR0_AVX512)                     \
        X(AVX512VL, "avx512vl", 7, 0, 1, 31, ISA_XCR0_AVX512)                     \
        X(AVX512VBMI, "avx512_vbmi", 7, 0, 2, 1, ISA_XCR0_AVX512)                 \
        X(PKU, "ospke", 7, 0, 2, 4, 0)                                            \
        X(AVX512VBMI2, "avx512_vbmi2", 7, 0, 2, 6, ISA_XCR0_AVX512)               \
        X(GFNI, "gfni", 7, 0, 2, 8, 0)                                            \
        X(VAES, "vaes", 7, 0, 2, 9, ISA_XCR0_AVX)                                 \
        X(VPCLMUL, "vpclmulqdq", 7, 0, 2, 10, ISA_XCR0_AVX)                       \
        X(AVX512VNNI, "avx512_vnni", 7, 0, 2, 11, ISA_XCR0_AVX512)                \
        X(AVX512BITALG, "avx512_bitalg", 7, 0, 2, 12, ISA_XCR0_AVX512)            \
        X(AVX512VPOPCNTDQ, "avx512_vpopcntdq", 7, 0, 2, 14, ISA_XCR0_AVX512)      \
        X(RDPID, "rdpid", 7, 0, 2, 22, 0)                                         \
        X(MOVDIRI, "movdiri", 7, 0, 2, 27, 0)                                     \
        X(MOVDIR64B, "movdir64b", 7, 0, 2, 28, 0)                                 \
        X(AVX512VP2INTERSECT, "avx512_vp2intersect", 7, 0, 3, 8, ISA_XCR0_AVX512) \
        X(AVX512FP16, "avx512_fp16", 7, 0, 3, 23, ISA_XCR0_AVX512)                \
        X(AMX_BF16, "amx_bf16", 7, 0, 3, 22, ISA_XCR0_AMX)                        \
        X(AMX_TILE, "amx_tile", 7, 0, 3, 24, ISA_XCR0_AMX)                        \
        X(AMX_INT8, "amx_int8", 7, 0, 3, 25, ISA_XCR0_AMX)                        \
        X(XSAVEOPT, "xsaveopt", 0xd, 1, 0, 0, 0)                                  \
        X(XSAVEC, "xsavec", 0xd, 1, 0, 1, 0)                                      \
        X(AVX_VNNI, "avx_vnni", 7, 1, 0, 4, ISA_XCR0_AVX)                         \
        X(AVX512BF16, "avx512_bf16", 7, 1, 0, 5, ISA_XCR0_AVX512)                 \
        X(AVX_IFMA, "avx_ifma", 7, 1, 0, 23, ISA_XCR0_AVX)                        \
        X(AVX_VNNI_INT8, "avx_vnni_int8", 7, 1, 3, 4, ISA_XCR0_AVX)               \
        X(AVX_NE_CONVERT, "avx_ne_convert", 7, 1, 3, 5, ISA_XCR0_AVX)             \
        X(AVX_VNNI_INT16, "avx_vnni_int16", 7, 1, 3, 10, ISA_XCR0_AVX)

enum isa_feature {
#define ISA_ENUM(name, text, leaf, subleaf, reg, bit, state) ISA_##name,
        ISA_FEATURES(ISA_ENUM)
#undef ISA_ENUM
                ISA_COUNT
};

/* A set of features: bit f is feature f of enum isa_feature. */
typedef uint64_t isa_set;
#define ISA(name) (UINT64_C(1) << ISA_##name)

/* One CPUID answer, and where a caller gets it: from the CPU that it runs on, or from a recorded host. */
struct isa_leaf {
        uint32_t reg[4]; /* EAX, EBX, ECX, EDX */
};
typedef struct isa_leaf isa_cpuid(uint32_t leaf, uint32_t subleaf, void *user);

/* What the operating system has enabled, beyond CPUID. */
struct isa_system {
        uint64_t xcr0;      /* XGETBV(0); 0 where OSXSAVE is clear */
        bool fsgsbase;      /* AT_HWCAP2 bit 1 (HWCAP2_FSGSBASE, arch/x86/include/uapi/asm/hwcap2.h) */
        bool amx_permitted; /* arch_prctl(ARCH_REQ_XCOMP_PERM, 18) succeeded or was not needed */
};

/* Decides the features from CPUID and the system's state. Pure: all input in arguments. */
isa_set isa_decide(isa_cpuid *cpuid, void *user, const struct isa_system *system);

/* Reads the features of the CPU that the caller runs on (pin first). Asks the kernel for permission to
 * use AMX once per process: call it before any sigaltstack, because AMX needs a larger one. */
isa_set isa_read(void);

/* CPUID of the running CPU, for isa_decide. `user` is ignored. */
struct isa_leaf isa_cpuid_here(uint32_t leaf, uint32_t subleaf, void *user);

/* The features that a psABI level leaves: "x86-64", "x86-64-v2", "x86-64-v3", "x86-64-v4" or "native".
 * Returns 0 and writes the mask, or -EINVAL where the name is none of these (ret_mask untouched). */
int isa_level(const char *name, isa_set *ret_mask);

/* The feature's name as /proc/cpuinfo spells it; static storage. */
const char *isa_name(enum isa_feature feature);
