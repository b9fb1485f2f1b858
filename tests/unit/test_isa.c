/* SPDX-License-Identifier: Apache-2.0 */
/* isa_decide with CPUID answers that no machine need have given, and the levels of --isa. */
#include <errno.h>
#include <string.h>

#include "base/array.h"
#include "checks/isa.h"
#include "tests/tap.h"

/* A made-up CPU: every bit of every leaf up to the highest is set, and a highest leaf answers beyond itself
 * as Intel CPUs do (Intel SDM volume 2, CPUID: the data of the highest basic leaf). */
struct made_up {
        uint32_t highest, highest_extended;
};

static struct isa_leaf cpuid(uint32_t leaf, uint32_t subleaf, void *user)
{
        const struct made_up *cpu = user;
        struct isa_leaf all = { { UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX } };

        (void)subleaf;
        if (leaf == 0)
                all.reg[0] = cpu->highest;
        if (leaf == 0x80000000)
                all.reg[0] = cpu->highest_extended;
        return all;
}

static const isa_set avx512 = ISA(AVX512F) | ISA(AVX512DQ) | ISA(AVX512IFMA) | ISA(AVX512CD) |
                              ISA(AVX512BW) | ISA(AVX512VL) | ISA(AVX512VBMI) | ISA(AVX512VBMI2) |
                              ISA(AVX512VNNI) | ISA(AVX512BITALG) | ISA(AVX512VPOPCNTDQ) | ISA(AVX512FP16) |
                              ISA(AVX512BF16);
static const isa_set amx = ISA(AMX_TILE) | ISA(AMX_BF16) | ISA(AMX_INT8);
static const isa_set extended = ISA(LAHF) | ISA(LZCNT) | ISA(SSE4A);
static const isa_set everything = (UINT64_C(1) << ISA_COUNT) - 1;

static const struct row {
        const char *what;
        struct made_up cpu;
        struct isa_system system;
        isa_set absent, present; /* bits that must be clear, that must be set */
} rows[] = {
        { "all of it", { 0x20, 0x80000008 }, { UINT64_MAX, true, true }, 0, everything },
        { "XCR0 without AVX-512's state takes AVX-512 away", { 0x20, 0x80000008 }, { 7, true, true },
                avx512 | amx, ISA(AVX) | ISA(AVX2) | ISA(FMA) },
        { "XCR0 with half of AVX-512's state does so too", { 0x20, 0x80000008 }, { 0x67, true, true },
                avx512 | amx, ISA(AVX2) },
        { "XCR0 without AVX's state takes AVX away", { 0x20, 0x80000008 }, { 3, true, true },
                avx512 | amx | ISA(AVX) | ISA(AVX2) | ISA(FMA) | ISA(F16C) | ISA(VAES),
                ISA(SSE42) | ISA(AES) },
        { "no XSAVE at all", { 0x20, 0x80000008 }, { 0, true, true }, avx512 | amx | ISA(AVX), ISA(SSE2) },
        { "FSGSBASE is the kernel's to give", { 0x20, 0x80000008 }, { UINT64_MAX, false, true },
                ISA(FSGSBASE), avx512 | amx },
        { "AMX needs permission", { 0x20, 0x80000008 }, { UINT64_MAX, true, false }, amx,
                avx512 | ISA(FSGSBASE) },
        { "leaves above the highest are not asked", { 1, 0x80000008 }, { UINT64_MAX, true, true },
                avx512 | amx | ISA(AVX2) | ISA(BMI1), ISA(AVX) | extended },
        { "nor are extended leaves above the highest", { 0x20, 0x80000000 }, { UINT64_MAX, true, true },
                extended, ISA(AVX2) },
        { "nor where there are none", { 0x20, 0 }, { UINT64_MAX, true, true }, extended, ISA(AVX2) },
};

static void test_levels(void)
{
        static const char *const names[] = { "x86-64", "x86-64-v2", "x86-64-v3", "x86-64-v4", "native" };
        isa_set before = 0, mask = 0;

        for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
                tap_ok(isa_level(names[i], &mask) == 0 && (mask & before) == before && mask != before,
                        "%s holds all of the level below, and more", names[i]);
                before = mask;
        }
        (void)isa_level("x86-64-v3", &mask);
        tap_ok(!(mask & avx512) && mask & ISA(AVX2), "x86-64-v3 has AVX2 and no AVX-512");
        (void)isa_level("x86-64", &mask);
        tap_ok(!(mask & (ISA(AVX) | ISA(POPCNT))) && mask & ISA(SSE2), "x86-64 has SSE2 and no POPCNT");
        before = mask;
        tap_ok(isa_level("x86-64-v5", &mask) == -EINVAL && mask == before,
                "an unknown level changes nothing");
        tap_ok((isa_read() & mask) == mask, "this CPU has the lowest level");
}

int main(void)
{
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                struct made_up cpu = rows[i].cpu;
                isa_set set = isa_decide(cpuid, &cpu, &rows[i].system);

                tap_ok(!(set & rows[i].absent) && (set & rows[i].present) == rows[i].present, "%s",
                        rows[i].what);
        }
        test_levels();
        for (int feature = 0; feature < ISA_COUNT; feature++)
                if (!isa_name((enum isa_feature)feature) || !*isa_name((enum isa_feature)feature))
                        tap_ok(false, "feature %d has a name", feature);
        return tap_end();
}
