/* SPDX-License-Identifier: Apache-2.0 */
/* The groups of random programs with known answers: one list, from which their checks are made too. */
#pragma once

#include "checks/program.h"

#define PROGRAM_V1 (ISA(FPU) | ISA(CX8) | ISA(CMOV) | ISA(MMX) | ISA(FXSR) | ISA(SSE2))
#define PROGRAM_V2 \
        (PROGRAM_V1 | ISA(CX16) | ISA(LAHF) | ISA(POPCNT) | ISA(SSE3) | ISA(SSE41) | ISA(SSE42) | ISA(SSSE3))
#define PROGRAM_V3                                                                                       \
        (PROGRAM_V2 | ISA(AVX) | ISA(AVX2) | ISA(BMI1) | ISA(BMI2) | ISA(F16C) | ISA(FMA) | ISA(LZCNT) | \
                ISA(MOVBE) | ISA(XSAVE))
#define PROGRAM_V4 \
        (PROGRAM_V3 | ISA(AVX512F) | ISA(AVX512BW) | ISA(AVX512CD) | ISA(AVX512DQ) | ISA(AVX512VL))
#define PROGRAM_CRYPTO (ISA(ADX) | ISA(AES) | ISA(PCLMUL) | ISA(SHA) | ISA(GFNI) | ISA(VAES) | ISA(VPCLMUL))
#define PROGRAM_V4X                                                                           \
        (PROGRAM_V4 | PROGRAM_CRYPTO | ISA(AVX512IFMA) | ISA(AVX512VBMI) | ISA(AVX512VBMI2) | \
                ISA(AVX512VNNI) | ISA(AVX512BITALG) | ISA(AVX512VPOPCNTDQ))

#define PROGRAM_BIT(set) (1u << PROGRAM_SET_##set)

/* X(group, needs, fresh, common, x87, vector bytes, seeds with an answer, what its check detects) */
#define PROGRAM_GROUPS(X)                                                                                   \
        X(general, PROGRAM_V1, PROGRAM_BIT(GENERAL), 0, false, 16, 1024,                                    \
                "Wrong results of general instructions in random programs: arithmetic, flags, memory, "     \
                "stack, "                                                                                   \
                "branches.")                                                                                \
        X(sse2, PROGRAM_V1, PROGRAM_BIT(SSE2), PROGRAM_BIT(GENERAL), false, 16, 1024,                       \
                "Wrong results of SSE and SSE2 in random programs.")                                        \
        X(x87, PROGRAM_V1, PROGRAM_BIT(X87), PROGRAM_BIT(GENERAL), true, 16, 1024,                          \
                "Wrong results of x87 in random programs.")                                                 \
        X(mmx, PROGRAM_V1, PROGRAM_BIT(MMX), PROGRAM_BIT(GENERAL) | PROGRAM_BIT(SSE2), false, 16, 1024,     \
                "Wrong results of MMX in random programs.")                                                 \
        X(v2, PROGRAM_V2, PROGRAM_BIT(V2), PROGRAM_BIT(GENERAL) | PROGRAM_BIT(SSE2), false, 16, 1024,       \
                "Wrong results in random programs of what x86-64-v2 adds: SSE3 to SSE4.2, POPCNT.")         \
        X(v3, PROGRAM_V3, PROGRAM_BIT(V3), PROGRAM_BIT(GENERAL) | PROGRAM_BIT(SSE2), false, 32, 2048,       \
                "Wrong results in random programs of what x86-64-v3 adds: AVX, AVX2, FMA, BMI.")            \
        X(crypto, PROGRAM_V3 | PROGRAM_CRYPTO, PROGRAM_BIT(CRYPTO), PROGRAM_BIT(GENERAL) | PROGRAM_BIT(V3), \
                false, 32, 1024,                                                                            \
                "Wrong results in random programs of AES, SHA, carry-less and Galois products, ADX.")       \
        X(v4, PROGRAM_V4, PROGRAM_BIT(V4), PROGRAM_BIT(GENERAL) | PROGRAM_BIT(V3), false, 64, 2048,         \
                "Wrong results in random programs of what x86-64-v4 adds: AVX-512.")                        \
        X(v4x, PROGRAM_V4X, PROGRAM_BIT(V4X), PROGRAM_BIT(V4), false, 64, 1024,                             \
                "Wrong results in random programs of the later parts of AVX-512: IFMA, VBMI, VNNI, "        \
                "BITALG.")

enum {
#define PROGRAM_ENUM(group, needs, fresh, common, x87, bytes, seeds, sentence) PROGRAM_GROUP_##group,
        PROGRAM_GROUPS(PROGRAM_ENUM)
#undef PROGRAM_ENUM
                PROGRAM_GROUP_COUNT
};
