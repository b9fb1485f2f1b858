/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/program.h"

#include "base/random.h"

#define SET(s) (1u << PROGRAM_SET_##s)

#define V1 (ISA(FPU) | ISA(CX8) | ISA(CMOV) | ISA(MMX) | ISA(FXSR) | ISA(SSE2))
#define V2 (V1 | ISA(CX16) | ISA(LAHF) | ISA(POPCNT) | ISA(SSE3) | ISA(SSE41) | ISA(SSE42) | ISA(SSSE3))
#define V3 \
        (V2 | ISA(AVX) | ISA(AVX2) | ISA(BMI1) | ISA(BMI2) | ISA(F16C) | ISA(FMA) | ISA(LZCNT) | ISA(MOVBE) | ISA(XSAVE))
#define V4 (V3 | ISA(AVX512F) | ISA(AVX512BW) | ISA(AVX512CD) | ISA(AVX512DQ) | ISA(AVX512VL))
#define CRYPTO (ISA(AES) | ISA(PCLMUL) | ISA(SHA) | ISA(GFNI) | ISA(VAES) | ISA(VPCLMUL))

const struct program_group program_groups[] = {
        { "general", V1, SET(GENERAL), 0, true, false, 16 },
        { "sse2", V1, SET(SSE2), SET(GENERAL), true, false, 16 },
        { "x87", V1, SET(X87), SET(GENERAL), true, true, 16 },
        { "mmx", V1, SET(MMX), SET(GENERAL) | SET(SSE2), true, false, 16 },
        { "v2", V2, SET(V2), SET(GENERAL) | SET(SSE2), true, false, 16 },
        { "v3", V3, SET(V3), SET(GENERAL) | SET(SSE2), true, false, 32 },
        { "crypto", V3 | CRYPTO, SET(CRYPTO), SET(GENERAL) | SET(V3), true, false, 32 },
        { "v4", V4, SET(V4), SET(GENERAL) | SET(V3), true, false, 64 },
        { "v4x",
                V4 | CRYPTO | ISA(AVX512IFMA) | ISA(AVX512VBMI) | ISA(AVX512VBMI2) | ISA(AVX512VNNI) |
                        ISA(AVX512BITALG) | ISA(AVX512VPOPCNTDQ),
                SET(V4X), SET(V4), true, false, 64 },
        { 0 },
};

void program_group_native(struct program_group *ret_group, uint64_t seed)
{
        isa_set features = registers_features();

        ret_group->name = "native";
        ret_group->needs = features;
        ret_group->fresh = (1u << PROGRAM_SETS) - 1;
        ret_group->common = 0;
        ret_group->known = false;
        ret_group->x87 = random_mix(seed ^ 1) & 1;
        ret_group->vector_bytes = registers_level() == REGISTERS_AVX512 ? 64
                                  : registers_level() == REGISTERS_AVX  ? 32
                                                                        : 16;
}
