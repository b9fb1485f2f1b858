/* SPDX-License-Identifier: Apache-2.0 */
/* The universe of instructions: which features forms need, what is left out, and that nothing is missing. */
#include <string.h>

#include "agent/instruction.h"
#include "base/array.h"
#include "tests/tap.h"

#define F (ISA(AVX512F))
#define VL (ISA(AVX512F) | ISA(AVX512VL))

/* What a form needs, from the manuals (Intel SDM volume 2, AMD APM volumes 3 to 5). */
static const struct needs_row {
        const char *bytes; /* of hexadecimal digits */
        const char *what;
        isa_set needs;
} needs_rows[] = {
        { "01c8", "add r32", 0 },
        { "0fc70f", "cmpxchg8b", ISA(CX8) },
        { "480fc70f", "cmpxchg16b", ISA(CX16) },
        { "0f44c1", "cmovz", ISA(CMOV) },
        { "dbf1", "fcomi", ISA(CMOV) },
        { "ddc0", "ffree", ISA(FPU) },
        { "db0f", "fisttp", ISA(SSE3) },
        { "0ffcc1", "paddb mm", ISA(MMX) },
        { "660ffcc1", "paddb xmm", ISA(SSE2) },
        { "0fd4c1", "paddq mm", ISA(SSE2) | ISA(MMX) },
        { "0f3800c1", "pshufb mm", ISA(SSSE3) | ISA(MMX) },
        { "660f3800c1", "pshufb xmm", ISA(SSSE3) },
        { "660f3a0fc100", "palignr xmm", ISA(SSSE3) },
        { "660f3810c1", "pblendvb", ISA(SSE41) },
        { "f20f38f0c1", "crc32", ISA(SSE42) },
        { "f20f79c1", "insertq", ISA(SSE4A) },
        { "0fae07", "fxsave", ISA(FXSR) },
        { "480fae07", "fxsave64", ISA(FXSR) },
        { "0fae2f", "xrstor", ISA(XSAVE) },
        { "0fc727", "xsavec", ISA(XSAVE) | ISA(XSAVEC) },
        { "0fae37", "xsaveopt", ISA(XSAVE) | ISA(XSAVEOPT) },
        { "f30fbdc1", "lzcnt", ISA(LZCNT) },
        { "f30fbcc1", "tzcnt", ISA(BMI1) },
        { "f30fb8c1", "popcnt", ISA(POPCNT) },
        { "c4e2f8f2c1", "andn", ISA(BMI1) },
        { "c4e2fbf6c1", "mulx", ISA(BMI2) },
        { "660f38f6c1", "adcx", ISA(ADX) },
        { "0f38f007", "movbe", ISA(MOVBE) },
        { "9f", "lahf", ISA(LAHF) },
        { "f3480faec0", "rdfsbase", ISA(FSGSBASE) },
        { "0f01ee", "rdpkru", ISA(PKU) },
        { "0f38f907", "movdiri", ISA(MOVDIRI) },
        { "660f38f807", "movdir64b", ISA(MOVDIR64B) },
        { "660f38dcc1", "aesenc", ISA(AES) | ISA(SSE2) },
        { "c4e279dcc1", "vaesenc, VEX, xmm", ISA(AES) | ISA(AVX) },
        { "c4e27ddcc1", "vaesenc, VEX, ymm", ISA(VAES) | ISA(AVX) },
        { "62f27d08dcc1", "vaesenc, EVEX, xmm", ISA(VAES) | VL },
        { "62f27d48dcc1", "vaesenc, EVEX, zmm", ISA(VAES) | F },
        { "660f3a44c100", "pclmulqdq", ISA(PCLMUL) | ISA(SSE2) },
        { "c4e37944c100", "vpclmulqdq, VEX, xmm", ISA(PCLMUL) | ISA(AVX) },
        { "c4e37d44c100", "vpclmulqdq, VEX, ymm", ISA(VPCLMUL) | ISA(AVX) },
        { "62f37d2844c100", "vpclmulqdq, EVEX, ymm", ISA(VPCLMUL) | VL },
        { "62f37d4844c100", "vpclmulqdq, EVEX, zmm", ISA(VPCLMUL) | F },
        { "660f38cfc1", "gf2p8mulb", ISA(GFNI) | ISA(SSE2) },
        { "c4e279cfc1", "vgf2p8mulb, VEX", ISA(GFNI) | ISA(AVX) },
        { "62f27d48cfc1", "vgf2p8mulb, EVEX, zmm", ISA(GFNI) | F },
        { "0f38ccc1", "sha256msg1", ISA(SHA) | ISA(SSE2) },
        { "c5f858c1", "vaddps, VEX", ISA(AVX) },
        { "62f17c0858c1", "vaddps, EVEX, xmm", VL },
        { "62f17c2858c1", "vaddps, EVEX, ymm", VL },
        { "62f17c4858c1", "vaddps, EVEX, zmm", F },
        { "62f17c1858c1", "vaddps, EVEX, rounding", F },
        { "62f17e0858c1", "vaddss, EVEX", F },
        { "c5f9fec1", "vpaddd, VEX, xmm", ISA(AVX) },
        { "c5fdfec1", "vpaddd, VEX, ymm", ISA(AVX2) },
        { "62f17d28fec1", "vpaddd, EVEX, ymm", VL },
        { "62f17d48fcc1", "vpaddb, EVEX, zmm", ISA(AVX512BW) | F },
        { "62f17d08fcc1", "vpaddb, EVEX, xmm", ISA(AVX512BW) | VL },
        { "c4e27958c1", "vpbroadcastd, VEX", ISA(AVX2) },
        { "c4e269900408", "vpgatherdd, VEX", ISA(AVX2) },
        { "c4e27913c1", "vcvtph2ps, VEX", ISA(F16C) },
        { "c4e27998c1", "vfmadd132ps, VEX", ISA(FMA) },
        { "c4e27950c1", "vpdpbusd, VEX", ISA(AVX_VNNI) },
        { "62f27d4850c1", "vpdpbusd, EVEX, zmm", ISA(AVX512VNNI) | F },
        { "c4e1ec4bc1", "kunpckdq", ISA(AVX512BW) | F },
        { "c5f892c1", "kmovw", F },
        { "c5f992c1", "kmovb", ISA(AVX512DQ) | F },
        { "c4e1fb92c1", "kmovq", ISA(AVX512BW) | F },
        { "62f2fd48c4c1", "vpconflictq", ISA(AVX512CD) | F },
        { "62f2fd48b4c1", "vpmadd52luq", ISA(AVX512IFMA) | F },
        { "62f27d488dc1", "vpermb", ISA(AVX512VBMI) | F },
        { "62f27d4863c1", "vpcompressb", ISA(AVX512VBMI2) | F },
        { "62f27d4854c1", "vpopcntb", ISA(AVX512BITALG) | F },
        { "62f27d4855c1", "vpopcntd", ISA(AVX512VPOPCNTDQ) | F },
        { "62f27e4852c1", "vdpbf16ps", ISA(AVX512BF16) | F },
        { "62f27f4868c1", "vp2intersectd", ISA(AVX512VP2INTERSECT) | F },
        { "62f57c4858c1", "vaddph, zmm", ISA(AVX512FP16) | F },
        { "62f57e0858c1", "vaddsh", ISA(AVX512FP16) | F },
        { "c4e27849c0", "tilerelease", ISA(AMX_TILE) },
        { "c4e26b5ec1", "tdpbssd", ISA(AMX_TILE) | ISA(AMX_INT8) },
        { "c4e26a5cc1", "tdpbf16ps", ISA(AMX_TILE) | ISA(AMX_BF16) },
};

/* Forms that must have a reason: either the features have no name, or a check may not use them. */
static const char *const left_out[] = {
        "0f20c0",       /* mov from cr0 */
        "0f21c0",       /* mov from dr0 */
        "8ed0",         /* mov to ss */
        "8cd8",         /* mov from ds */
        "0fa0",         /* push fs */
        "ff28",         /* ljmp */
        "ff18",         /* lcall */
        "cb",           /* lret */
        "48cf",         /* iretq */
        "0fb407",       /* lfs */
        "0f05",         /* syscall */
        "cc",           /* int3 */
        "0f0b",         /* ud2 */
        "fa",           /* cli */
        "f4",           /* hlt */
        "e460",         /* in */
        "6c",           /* insb */
        "0fa2",         /* cpuid */
        "0f01d0",       /* xgetbv */
        "0f01f9",       /* rdtscp */
        "0f31",         /* rdtsc */
        "0fc7f0",       /* rdrand */
        "f30fc7f8",     /* rdpid */
        "0f00c0",       /* sldt */
        "0f01e0",       /* smsw */
        "90",           /* nop */
        "f390",         /* pause */
        "f30f1efa",     /* endbr64 */
        "0faef0",       /* mfence */
        "0f1807",       /* prefetchnta */
        "0fae3f",       /* clflush */
        "0f53c1",       /* rcpps */
        "62f27d484cc1", /* vrcp14ps */
        "d9fe",         /* fsin */
        "d9f1",         /* fyl2x */
        "0fae27",       /* xsave */
        "c7f800000000", /* xbegin */
        "0f01fa",       /* monitorx */
};

/* What a user's program computes with, however odd, stays. */
static const char *const kept[] = {
        "50",         /* push */
        "9d",         /* popf */
        "e800000000", /* call */
        "c20800",     /* ret 8 */
        "7f00",       /* jnle */
        "e300",       /* jrcxz */
        "67e300",     /* jecxz */
        "e000",       /* loopne */
        "c8100001",   /* enter 16, 1 */
        "c9",         /* leave */
        "d7",         /* xlat */
        "f00fb10f",   /* lock cmpxchg */
        "480fc70f",   /* cmpxchg16b */
        "0fa30f",     /* bt */
        "f348a5",     /* rep movsq */
        "a6",         /* cmpsb */
        "0ff7c1",     /* maskmovq */
        "0fc30f",     /* movnti */
        "f20ff007",   /* lddqu */
        "0fae07",     /* fxsave */
        "0fae2f",     /* xrstor */
        "dd37",       /* fnsave */
        "d9f8",       /* fprem */
        "dd07",       /* fld m64 */
        "dfe0",       /* fnstsw ax */
        "0f77",       /* emms */
        "c5fc77",     /* vzeroall */
        "0fae17",     /* ldmxcsr */
        "f3480faed0", /* wrfsbase */
        "0f01ef",     /* wrpkru */
        "fd",         /* std */
        "9e",         /* sahf */
};

struct decoded {
        ZydisDecodedInstruction instruction;
        ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
};

static bool decode(const char *hexadecimal, struct decoded *ret_decoded)
{
        uint8_t bytes[ZYDIS_MAX_INSTRUCTION_LENGTH] = { 0 };
        size_t n = strlen(hexadecimal) / 2;
        ZydisDecoder decoder;

        for (size_t i = 0; i < n; i++)
                (void)sscanf(hexadecimal + 2 * i, "%2hhx", &bytes[i]);
        ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
        return ZYAN_SUCCESS(ZydisDecoderDecodeFull(
                       &decoder, bytes, n, &ret_decoded->instruction, ret_decoded->operands)) &&
               ret_decoded->instruction.length == n;
}

static void test_needs(void)
{
        for (size_t i = 0; i < ARRAY_SIZE(needs_rows); i++) {
                struct decoded decoded;
                isa_set needs = ~UINT64_C(0);

                tap_ok(decode(needs_rows[i].bytes, &decoded) &&
                                !instruction_needs(&decoded.instruction, &needs) &&
                                needs == needs_rows[i].needs,
                        "%s needs %#llx", needs_rows[i].what, (unsigned long long)needs_rows[i].needs);
        }
}

static void test_elsewhere(void)
{
        static const struct {
                const char *bytes, *what;
                bool past;
        } rows[] = {
                { "c4e37969c100", "vfmaddpd of FMA4", true },
                { "62f27d48cac1", "vrcp28ps of Knights Landing", true },
                { "0f0e", "femms of 3DNow!", true },
                { "660f1a07", "bndmov of MPX", false },
                { "f30f1ec8", "rdsspd of CET", false },
                { "0f01fc", "clzero", false },
        };

        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                struct decoded decoded;
                isa_set needs = 42;
                const char *why = decode(rows[i].bytes, &decoded)
                                          ? instruction_needs(&decoded.instruction, &needs)
                                          : NULL;

                tap_ok(why && needs == 42 && (why == instruction_elsewhere) == rows[i].past,
                        "no feature stands for %s: %s", rows[i].what, why ? why : "none is said");
        }
}

static const char *excluded(const char *bytes)
{
        struct decoded decoded;

        return decode(bytes, &decoded) ? instruction_form_excluded(&decoded.instruction, decoded.operands)
                                       : "it cannot be decoded";
}

static void test_excluded(void)
{
        for (size_t i = 0; i < ARRAY_SIZE(left_out); i++) {
                const char *why = excluded(left_out[i]);

                tap_ok(why && strncmp(why, "it cannot", 9) != 0, "%s is left out: %s", left_out[i],
                        why ? why : "it is not");
        }
        for (size_t i = 0; i < ARRAY_SIZE(kept); i++) {
                const char *why = excluded(kept[i]);

                tap_ok(!why, "%s is not left out%s%s", kept[i], why ? ": " : "", why ? why : "");
        }
}

static void test_families(void)
{
        static const struct {
                const char *bytes, *what;
                enum check_family family;
        } rows[] = {
                { "9e", "sahf", CHECK_STATE },
                { "0fae17", "ldmxcsr", CHECK_STATE },
                { "c5fc77", "vzeroall", CHECK_STATE },
                { "c9", "leave", CHECK_STACK },
                { "50", "push", CHECK_STACK },
                { "7f00", "jnle", CHECK_BRANCH },
                { "f00fb10f", "cmpxchg", CHECK_COHERENCE },
                { "01c8", "add", CHECK_INTEGER },
                { "c4e2fbf6c1", "mulx", CHECK_INTEGER },
                { "d9f8", "fprem", CHECK_INTEGER },
                { "c5fa58c1", "vaddss", CHECK_INTEGER },
                { "f20f2dc1", "cvtsd2si", CHECK_INTEGER },
                { "c5f858c1", "vaddps", CHECK_VECTOR },
                { "660f381ec1", "pabsd", CHECK_VECTOR },
                { "c4e26b5ec1", "tdpbssd", CHECK_VECTOR },
                { "c4e27931c1", "vpmovzxbd", CHECK_VECTOR },
                { "660f38dcc1", "aesenc", CHECK_CRYPTO },
                { "f20f38f0c1", "crc32", CHECK_CRYPTO },
                { "660f70c100", "pshufd", CHECK_PERMUTE },
                { "c4e269900408", "vpgatherdd", CHECK_PERMUTE },
                { "c4e1ec4bc1", "kunpckdq", CHECK_PERMUTE },
                { "f348a5", "movsq", CHECK_MOVE },
                { "c5fc2807", "vmovaps", CHECK_MOVE },
                { "88c8", "mov", CHECK_MOVE },
        };

        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                struct decoded decoded;

                tap_ok(decode(rows[i].bytes, &decoded) &&
                                instruction_family(&decoded.instruction) == rows[i].family,
                        "%s: %s", rows[i].what, check_family_name(rows[i].family));
        }
}

/* What the walk over all forms found. */
struct universe {
        size_t n_forms, n_wrong;
        uint8_t met[ZYDIS_MNEMONIC_MAX_VALUE + 1], usable[ZYDIS_MNEMONIC_MAX_VALUE + 1];
        bool memory, sib, rounding, masked;
};

static void count_form(const struct instruction_form *form, void *user)
{
        struct universe *universe = user;
        ZydisMnemonic mnemonic = form->instruction->mnemonic;
        uint8_t bytes[ZYDIS_MAX_INSTRUCTION_LENGTH];
        ZyanUSize size = sizeof(bytes);
        isa_set needs;

        universe->n_forms++;
        universe->met[mnemonic] = 1;
        if (form->request->mnemonic != mnemonic ||
                !ZYAN_SUCCESS(ZydisEncoderEncodeInstruction(form->request, bytes, &size)))
                universe->n_wrong++;
        if (form->instruction->attributes & ZYDIS_ATTRIB_IS_PRIVILEGED &&
                !instruction_form_excluded(form->instruction, form->operands))
                universe->n_wrong++;
        if (!instruction_form_excluded(form->instruction, form->operands) &&
                !instruction_needs(form->instruction, &needs))
                universe->usable[mnemonic] = 1;
        universe->masked |= form->instruction->avx.mask.reg == ZYDIS_REGISTER_K1;
        universe->rounding |= form->instruction->avx.rounding.mode != ZYDIS_ROUNDING_MODE_INVALID;
        universe->sib |= form->instruction->raw.sib.offset != 0;
        universe->memory |= form->instruction->raw.modrm.offset && form->instruction->raw.modrm.mod == 0;
}

/* Mnemonics that are easily lost: chosen by modrm.reg or .rm, by a prefix, by W, by the vector length, by a mask. */
static void test_universe(void)
{
        static const ZydisMnemonic rare[] = { ZYDIS_MNEMONIC_FPREM1, ZYDIS_MNEMONIC_FFREE,
                ZYDIS_MNEMONIC_FCOMPP, ZYDIS_MNEMONIC_XGETBV, ZYDIS_MNEMONIC_WRPKRU,
                ZYDIS_MNEMONIC_CMPXCHG16B, ZYDIS_MNEMONIC_JECXZ, ZYDIS_MNEMONIC_CQO, ZYDIS_MNEMONIC_MOVQ2DQ,
                ZYDIS_MNEMONIC_PEXTRQ, ZYDIS_MNEMONIC_XRSTOR64, ZYDIS_MNEMONIC_VPGATHERQQ,
                ZYDIS_MNEMONIC_VSCATTERQPS, ZYDIS_MNEMONIC_VZEROALL, ZYDIS_MNEMONIC_VBROADCASTF32X8,
                ZYDIS_MNEMONIC_VEXTRACTI64X4, ZYDIS_MNEMONIC_KSHIFTRQ, ZYDIS_MNEMONIC_VADDSH,
                ZYDIS_MNEMONIC_VFMULCPH, ZYDIS_MNEMONIC_TILELOADD, ZYDIS_MNEMONIC_MASKMOVQ,
                ZYDIS_MNEMONIC_INSERTQ, ZYDIS_MNEMONIC_BLSMSK, ZYDIS_MNEMONIC_RORX };
        static struct universe universe;
        size_t n = 0, n_usable = 0;

        instruction_forms(count_form, &universe);
        for (size_t i = 0; i <= ZYDIS_MNEMONIC_MAX_VALUE; i++) {
                n += universe.met[i];
                n_usable += universe.usable[i];
        }
        printf("# %zu forms of %zu mnemonics, of which %zu can be in checks\n", universe.n_forms, n,
                n_usable);
        tap_ok(universe.n_forms > 30000 && n > 1500 && n_usable > 1200,
                "the universe is as large as it was");
        tap_ok(!universe.n_wrong, "every form encodes again, and each privileged one is left out");
        tap_ok(universe.memory && universe.sib && universe.rounding && universe.masked,
                "forms with memory, SIB, embedded rounding and a mask are among them");
        for (size_t i = 0; i < ARRAY_SIZE(rare); i++)
                tap_ok(universe.met[rare[i]], "%s is among them", ZydisMnemonicGetString(rare[i]));
        tap_ok(!universe.met[ZYDIS_MNEMONIC_INVALID] && !universe.met[ZYDIS_MNEMONIC_AAA] &&
                        !universe.met[ZYDIS_MNEMONIC_VPCMOV],
                "what 64-bit mode or no CPU has is not");
}

int main(void)
{
        test_needs();
        test_elsewhere();
        test_excluded();
        test_families();
        test_universe();
        return tap_end();
}
