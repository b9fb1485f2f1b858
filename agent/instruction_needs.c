/* SPDX-License-Identifier: Apache-2.0 */
/* From the set of instructions that libZydis names to the features that CPUID names. A set that is not in the table
 * must not look as if every CPU had it. */
#include "agent/instruction.h"

struct set {
        bool known;
        isa_set needs;
        const char *elsewhere; /* why no feature stands for it */
};

#define UNREAD "its feature is not among those that are read"

#define NEEDS(set, features) [ZYDIS_ISA_SET_##set] = { .known = true, .needs = (features) }
#define ELSEWHERE(set, reason) [ZYDIS_ISA_SET_##set] = { .elsewhere = (reason) }
#define PAST(set) ELSEWHERE(set, instruction_elsewhere)
/* EVEX of 128 and 256 bits needs VL, of 512 not: Intel SDM volume 1, 15.3. */
#define EVEX(set, features)                                                  \
        NEEDS(set##_128, (features) | ISA(AVX512F) | ISA(AVX512VL)),         \
                NEEDS(set##_256, (features) | ISA(AVX512F) | ISA(AVX512VL)), \
                NEEDS(set##_512, (features) | ISA(AVX512F))

const char instruction_elsewhere[] = "not on CPUs of today";

static const struct set sets[ZYDIS_ISA_SET_MAX_VALUE + 1] = {
        /* what every CPU in 64-bit mode has */
        NEEDS(I86, 0),
        NEEDS(I186, 0),
        NEEDS(I286REAL, 0),
        NEEDS(I286PROTECTED, 0),
        NEEDS(I386, 0),
        NEEDS(I486, 0),
        NEEDS(I486REAL, 0),
        NEEDS(LONGMODE, 0),
        NEEDS(FAT_NOP, 0),
        NEEDS(PAUSE, 0),
        NEEDS(RDPMC, 0),
        NEEDS(SSE_PREFETCH, 0),
        NEEDS(PREFETCH_NOP, 0),
        NEEDS(PENTIUMREAL, ISA(CX8)), /* cmpxchg8b, rdmsr, wrmsr, rdtsc */
        NEEDS(PPRO, ISA(CMOV)),       /* fcomi and its like, ud2, sysenter */
        NEEDS(X87, ISA(FPU)),
        NEEDS(FCMOV, ISA(FPU) | ISA(CMOV)),
        NEEDS(CMOV, ISA(CMOV)),
        NEEDS(PENTIUMMMX, ISA(MMX)),
        NEEDS(FXSAVE, ISA(FXSR)),
        NEEDS(FXSAVE64, ISA(FXSR)),
        NEEDS(SSE, ISA(SSE2)),
        NEEDS(SSEMXCSR, ISA(SSE2)),
        NEEDS(SSE2, ISA(SSE2)),
        NEEDS(SSE2MMX, ISA(SSE2) | ISA(MMX)),
        NEEDS(CLFSH, ISA(SSE2)),
        /* general registers */
        NEEDS(CMPXCHG16B, ISA(CX16)),
        NEEDS(LAHF, ISA(LAHF)),
        NEEDS(MOVBE, ISA(MOVBE)),
        NEEDS(POPCNT, ISA(POPCNT)),
        NEEDS(LZCNT, ISA(LZCNT)),
        NEEDS(BMI1, ISA(BMI1)),
        NEEDS(BMI2, ISA(BMI2)),
        NEEDS(ADOX_ADCX, ISA(ADX)),
        NEEDS(RDWRFSGS, ISA(FSGSBASE)),
        NEEDS(RDPID, ISA(RDPID)),
        NEEDS(PKU, ISA(PKU)),
        NEEDS(RTM, ISA(RTM)),
        NEEDS(MOVDIR, ISA(MOVDIRI)), /* and instruction_needs */
        NEEDS(CLFLUSHOPT, ISA(CLFLUSHOPT)),
        NEEDS(CLWB, ISA(CLWB)),
        NEEDS(XSAVE, ISA(XSAVE)),
        NEEDS(XSAVEC, ISA(XSAVE) | ISA(XSAVEC)),
        NEEDS(XSAVEOPT, ISA(XSAVE) | ISA(XSAVEOPT)),
        /* SSE */
        NEEDS(SSE3, ISA(SSE3)),
        NEEDS(SSE3X87, ISA(SSE3) | ISA(FPU)),
        NEEDS(SSSE3, ISA(SSSE3)),
        NEEDS(SSSE3MMX, ISA(SSSE3) | ISA(MMX)),
        NEEDS(SSE4, ISA(SSE41)),
        NEEDS(SSE42, ISA(SSE42)),
        NEEDS(SSE4A, ISA(SSE4A)),
        NEEDS(AES, ISA(AES) | ISA(SSE2)),
        NEEDS(SHA, ISA(SHA) | ISA(SSE2)),
        NEEDS(PCLMULQDQ, ISA(PCLMUL) | ISA(SSE2)),
        NEEDS(GFNI, ISA(GFNI) | ISA(SSE2)),
        /* VEX */
        NEEDS(AVX, ISA(AVX)),
        NEEDS(AVX2, ISA(AVX2)),
        NEEDS(AVX2GATHER, ISA(AVX2)),
        NEEDS(F16C, ISA(F16C)),
        NEEDS(FMA, ISA(FMA)),
        NEEDS(AVX_VNNI, ISA(AVX_VNNI)),
        NEEDS(AVXAES, ISA(AES) | ISA(AVX)),
        NEEDS(VAES, ISA(VAES) | ISA(AVX)),
        NEEDS(VPCLMULQDQ, ISA(VPCLMUL) | ISA(AVX)),
        NEEDS(AVX_GFNI, ISA(GFNI) | ISA(AVX)),
        NEEDS(AMX_TILE, ISA(AMX_TILE)),
        NEEDS(AMX_INT8, ISA(AMX_TILE) | ISA(AMX_INT8)),
        NEEDS(AMX_BF16, ISA(AMX_TILE) | ISA(AMX_BF16)),
        /* EVEX: 128N and SCALAR have no length that VL could stand for */
        EVEX(AVX512F, 0),
        NEEDS(AVX512F_128N, ISA(AVX512F)),
        NEEDS(AVX512F_SCALAR, ISA(AVX512F)),
        NEEDS(AVX512F_KOP, ISA(AVX512F)),
        EVEX(AVX512BW, ISA(AVX512BW)),
        NEEDS(AVX512BW_128N, ISA(AVX512F) | ISA(AVX512BW)),
        NEEDS(AVX512BW_KOP, ISA(AVX512F) | ISA(AVX512BW)),
        EVEX(AVX512DQ, ISA(AVX512DQ)),
        NEEDS(AVX512DQ_128N, ISA(AVX512F) | ISA(AVX512DQ)),
        NEEDS(AVX512DQ_SCALAR, ISA(AVX512F) | ISA(AVX512DQ)),
        NEEDS(AVX512DQ_KOP, ISA(AVX512F) | ISA(AVX512DQ)),
        EVEX(AVX512CD, ISA(AVX512CD)),
        EVEX(AVX512_IFMA, ISA(AVX512IFMA)),
        EVEX(AVX512_VBMI, ISA(AVX512VBMI)),
        EVEX(AVX512_VBMI2, ISA(AVX512VBMI2)),
        EVEX(AVX512_VNNI, ISA(AVX512VNNI)),
        EVEX(AVX512_BITALG, ISA(AVX512BITALG)),
        EVEX(AVX512_VPOPCNTDQ, ISA(AVX512VPOPCNTDQ)),
        EVEX(AVX512_BF16, ISA(AVX512BF16)),
        EVEX(AVX512_VP2INTERSECT, ISA(AVX512VP2INTERSECT)),
        EVEX(AVX512_FP16, ISA(AVX512FP16)),
        NEEDS(AVX512_FP16_128N, ISA(AVX512F) | ISA(AVX512FP16)),
        NEEDS(AVX512_FP16_SCALAR, ISA(AVX512F) | ISA(AVX512FP16)),
        EVEX(AVX512_VAES, ISA(VAES)),
        EVEX(AVX512_VPCLMULQDQ, ISA(VPCLMUL)),
        EVEX(AVX512_GFNI, ISA(GFNI)),
        /* what no feature stands for: Knights Corner, Landing and Mill; former CPUs of AMD; CPUs of VIA and Zhaoxin */
        PAST(KNCE),
        PAST(KNCJKBR),
        PAST(KNCSTREAM),
        PAST(KNCV),
        PAST(KNC_MISC),
        PAST(KNC_PF_HINT),
        PAST(AVX512ER_512),
        PAST(AVX512ER_SCALAR),
        PAST(AVX512PF_512),
        PAST(AVX512_4FMAPS_512),
        PAST(AVX512_4FMAPS_SCALAR),
        PAST(AVX512_4VNNIW_512),
        PAST(AMD3DNOW),
        PAST(FMA4),
        PAST(LWP),
        PAST(TBM),
        PAST(XOP),
        PAST(PADLOCK_ACE),
        PAST(PADLOCK_PHE),
        PAST(PADLOCK_PMM),
        PAST(PADLOCK_RNG),
        /* what the system decides */
        ELSEWHERE(MPX, "no system enables MPX any more"),
        ELSEWHERE(CET, "shadow stacks are the system's to enable"),
        ELSEWHERE(KEYLOCKER, "the keys of Key Locker are the system's to load"),
        ELSEWHERE(KEYLOCKER_WIDE, "the keys of Key Locker are the system's to load"),
        ELSEWHERE(UINTR, "user interrupts are the system's to enable"),
};

const char *instruction_needs(const ZydisDecodedInstruction *instruction, isa_set *ret_needs)
{
        const struct set *set = &sets[instruction->meta.isa_set];
        isa_set more = 0;

        if (!set->known)
                return set->elsewhere ? set->elsewhere : UNREAD;
        if (instruction->mnemonic == ZYDIS_MNEMONIC_MOVDIR64B) {
                *ret_needs = ISA(MOVDIR64B);
                return NULL;
        }
        /* libZydis calls vpclmulqdq of 128 bits AVX alone. */
        if (instruction->mnemonic == ZYDIS_MNEMONIC_VPCLMULQDQ &&
                instruction->meta.isa_set == ZYDIS_ISA_SET_AVX)
                more = ISA(PCLMUL);
        *ret_needs = set->needs | more;
        return NULL;
}
