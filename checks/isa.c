/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/isa.h"

#include <errno.h>
#include <string.h>
#include <cpuid.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/array.h"

#define HWCAP2_FSGSBASE_BIT 2u
#define ARCH_REQ_XCOMP_PERM_CODE 0x1023 /* arch/x86/include/uapi/asm/prctl.h, since Linux 5.16 */
#define XFEATURE_XTILE_DATA 18

struct feature {
        const char *name;
        uint32_t leaf, subleaf;
        uint8_t reg, bit;
        uint64_t state;
};

static const struct feature features[ISA_COUNT] = {
#define ROW(name, text, leaf, subleaf, reg, bit, state) \
        [ISA_##name] = { text, leaf, subleaf, reg, bit, state },
        ISA_FEATURES(ROW)
#undef ROW
};

static const isa_set level_v1 = ISA(FPU) | ISA(CX8) | ISA(CMOV) | ISA(MMX) | ISA(FXSR) | ISA(SSE2);
static const isa_set level_v2 =
        ISA(CX16) | ISA(LAHF) | ISA(POPCNT) | ISA(SSE3) | ISA(SSE41) | ISA(SSE42) | ISA(SSSE3);
static const isa_set level_v3 = ISA(AVX) | ISA(AVX2) | ISA(BMI1) | ISA(BMI2) | ISA(F16C) | ISA(FMA) |
                                ISA(LZCNT) | ISA(MOVBE) | ISA(XSAVE);
static const isa_set level_v4 = ISA(AVX512F) | ISA(AVX512BW) | ISA(AVX512CD) | ISA(AVX512DQ) | ISA(AVX512VL);

struct isa_leaf isa_cpuid_here(uint32_t leaf, uint32_t subleaf, void *user)
{
        struct isa_leaf answer = { 0 };

        (void)user;
        (void)__get_cpuid_count(
                leaf, subleaf, &answer.reg[0], &answer.reg[1], &answer.reg[2], &answer.reg[3]);
        return answer;
}

/* Leaf 0 names the highest basic leaf, leaf 0x80000000 the highest extended one; beyond them CPUID answers
 * with something else (Intel SDM volume 2, CPUID). */
static bool leaf_exists(isa_cpuid *cpuid, void *user, uint32_t leaf)
{
        uint32_t highest = cpuid(leaf & 0x80000000, 0, user).reg[0];

        return (highest & 0x80000000) == (leaf & 0x80000000) && leaf <= highest;
}

isa_set isa_decide(isa_cpuid *cpuid, void *user, const struct isa_system *system)
{
        isa_set set = 0;

        for (size_t i = 0; i < ISA_COUNT; i++) {
                const struct feature *f = &features[i];

                if (!leaf_exists(cpuid, user, f->leaf))
                        continue;
                if (!(cpuid(f->leaf, f->subleaf, user).reg[f->reg] >> f->bit & 1))
                        continue;
                if ((system->xcr0 & f->state) == f->state)
                        set |= UINT64_C(1) << i;
        }
        if (!system->fsgsbase)
                set &= ~ISA(FSGSBASE);
        if (!system->amx_permitted)
                set &= ~(ISA(AMX_TILE) | ISA(AMX_BF16) | ISA(AMX_INT8));
        return set;
}

static uint64_t read_xcr0(void)
{
        uint32_t low, high;

        if (!(isa_cpuid_here(1, 0, NULL).reg[2] >> 27 & 1))
                return 0;
        __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
        return (uint64_t)high << 32 | low;
}

isa_set isa_read(void)
{
        struct isa_system system = {
                .xcr0 = read_xcr0(),
                .fsgsbase = getauxval(AT_HWCAP2) & HWCAP2_FSGSBASE_BIT,
        };

        if ((system.xcr0 & ISA_XCR0_AMX) == ISA_XCR0_AMX)
                system.amx_permitted =
                        syscall(SYS_arch_prctl, ARCH_REQ_XCOMP_PERM_CODE, XFEATURE_XTILE_DATA) == 0;
        return isa_decide(isa_cpuid_here, NULL, &system);
}

int isa_level(const char *name, isa_set *ret_mask)
{
        const struct {
                const char *name;
                isa_set mask;
        } levels[] = {
                { "x86-64", level_v1 },
                { "x86-64-v2", level_v1 | level_v2 },
                { "x86-64-v3", level_v1 | level_v2 | level_v3 },
                { "x86-64-v4", level_v1 | level_v2 | level_v3 | level_v4 },
                { "native", ~UINT64_C(0) },
        };

        for (size_t i = 0; i < ARRAY_SIZE(levels); i++)
                if (strcmp(levels[i].name, name) == 0) {
                        *ret_mask = levels[i].mask;
                        return 0;
                }
        return -EINVAL;
}

const char *isa_name(enum isa_feature feature)
{
        return features[feature].name;
}
