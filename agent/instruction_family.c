/* SPDX-License-Identifier: Apache-2.0 */
/* Whose part an instruction is: by libZydis' category, and by name where that says only "SSE" or "AVX". */
#include "agent/instruction.h"

#include <string.h>

#include "base/array.h"

static bool starts(const char *name, const char *const *prefixes, size_t n)
{
        for (size_t i = 0; i < n; i++)
                if (strncmp(name, prefixes[i], strlen(prefixes[i])) == 0)
                        return true;
        return false;
}

/* Names without the v of AVX. */
static bool permutes(const char *name)
{
        static const char *const prefixes[] = { "align", "blend", "broadcast", "compress", "expand",
                "extract", "extrq", "insert", "movddup", "movmsk", "movshdup", "movsldup", "palignr",
                "pblend", "pbroadcast", "pcompress", "pconflict", "perm", "pexpand", "pextr", "pinsr",
                "pmovb2m", "pmovd2m", "pmovm2", "pmovmskb", "pmovq2m", "pmovw2m", "pmultishift", "pshuf",
                "punpck", "shuf", "unpck" };

        return starts(name, prefixes, ARRAY_SIZE(prefixes));
}

static bool holds_state(const char *name)
{
        static const char *const prefixes[] = { "emms", "fxrstor", "fxsave", "ldmxcsr", "stmxcsr", "zero" };

        return starts(name, prefixes, ARRAY_SIZE(prefixes));
}

/* One element of floating point: addsd, cvttss2si. */
static bool scalar(const char *name)
{
        const char *end = name + strlen(name) - 2;

        return *name != 'p' && *end == 's' && strchr("dhis", end[1]);
}

/* Where the category tells a set of instructions and no unit. */
static enum check_family named_family(const ZydisDecodedInstruction *instruction)
{
        const char *name = ZydisMnemonicGetString(instruction->mnemonic);

        name += *name == 'v';
        if (permutes(name))
                return CHECK_PERMUTE;
        if (holds_state(name))
                return CHECK_STATE;
        switch (instruction->meta.isa_ext) {
        case ZYDIS_ISA_EXT_ADOX_ADCX:
        case ZYDIS_ISA_EXT_BASE:
        case ZYDIS_ISA_EXT_BMI1:
        case ZYDIS_ISA_EXT_BMI2:
        case ZYDIS_ISA_EXT_LONGMODE:
        case ZYDIS_ISA_EXT_LZCNT:
        case ZYDIS_ISA_EXT_X87:
                return CHECK_INTEGER;
        default:
                break;
        }
        if (strstr(name, "maskmov"))
                return CHECK_MOVE;
        if (instruction->meta.category == ZYDIS_CATEGORY_DATAXFER && strncmp(name, "pmov", 4) != 0)
                return CHECK_MOVE;
        return scalar(name) ? CHECK_INTEGER : CHECK_VECTOR;
}

/* Mnemonics that their category, which covers more, does not tell. */
static const struct {
        ZydisMnemonic mnemonic;
        enum check_family family;
} by_mnemonic[] = {
        { ZYDIS_MNEMONIC_ENTER, CHECK_STACK },
        { ZYDIS_MNEMONIC_LEAVE, CHECK_STACK },
        { ZYDIS_MNEMONIC_VPLZCNTD, CHECK_VECTOR },
        { ZYDIS_MNEMONIC_VPLZCNTQ, CHECK_VECTOR },
        { ZYDIS_MNEMONIC_CRC32, CHECK_CRYPTO },
        { ZYDIS_MNEMONIC_VPCLMULQDQ, CHECK_CRYPTO },
        { ZYDIS_MNEMONIC_LZCNT, CHECK_INTEGER },
        { ZYDIS_MNEMONIC_POPCNT, CHECK_INTEGER },
        { ZYDIS_MNEMONIC_TZCNT, CHECK_INTEGER },
        { ZYDIS_MNEMONIC_BSWAP, CHECK_MOVE },
        { ZYDIS_MNEMONIC_LDDQU, CHECK_MOVE },
        { ZYDIS_MNEMONIC_MOV, CHECK_MOVE },
        { ZYDIS_MNEMONIC_MOVNTDQA, CHECK_MOVE },
        { ZYDIS_MNEMONIC_MOVSX, CHECK_MOVE },
        { ZYDIS_MNEMONIC_MOVSXD, CHECK_MOVE },
        { ZYDIS_MNEMONIC_MOVZX, CHECK_MOVE },
        { ZYDIS_MNEMONIC_VLDDQU, CHECK_MOVE },
        { ZYDIS_MNEMONIC_VMOVNTDQA, CHECK_MOVE },
        { ZYDIS_MNEMONIC_XCHG, CHECK_MOVE },
        { ZYDIS_MNEMONIC_XLAT, CHECK_MOVE },
};

/* 0: it names a set of instructions and no unit. */
static const uint8_t by_category[ZYDIS_CATEGORY_MAX_VALUE + 1] = {
        [ZYDIS_CATEGORY_FLAGOP] = CHECK_STATE,
        [ZYDIS_CATEGORY_PKU] = CHECK_STATE,
        [ZYDIS_CATEGORY_RDWRFSGS] = CHECK_STATE,
        [ZYDIS_CATEGORY_XSAVE] = CHECK_STATE,
        [ZYDIS_CATEGORY_XSAVEOPT] = CHECK_STATE,
        [ZYDIS_CATEGORY_CALL] = CHECK_STACK,
        [ZYDIS_CATEGORY_POP] = CHECK_STACK,
        [ZYDIS_CATEGORY_PUSH] = CHECK_STACK,
        [ZYDIS_CATEGORY_RET] = CHECK_STACK,
        [ZYDIS_CATEGORY_AMX_TILE] = CHECK_VECTOR,
        [ZYDIS_CATEGORY_AES] = CHECK_CRYPTO,
        [ZYDIS_CATEGORY_GFNI] = CHECK_CRYPTO,
        [ZYDIS_CATEGORY_PCLMULQDQ] = CHECK_CRYPTO,
        [ZYDIS_CATEGORY_SHA] = CHECK_CRYPTO,
        [ZYDIS_CATEGORY_VAES] = CHECK_CRYPTO,
        [ZYDIS_CATEGORY_VPCLMULQDQ] = CHECK_CRYPTO,
        [ZYDIS_CATEGORY_FCMOV] = CHECK_INTEGER,
        [ZYDIS_CATEGORY_X87_ALU] = CHECK_INTEGER,
        [ZYDIS_CATEGORY_AVX2GATHER] = CHECK_PERMUTE,
        [ZYDIS_CATEGORY_BLEND] = CHECK_PERMUTE,
        [ZYDIS_CATEGORY_BROADCAST] = CHECK_PERMUTE,
        [ZYDIS_CATEGORY_COMPRESS] = CHECK_PERMUTE,
        [ZYDIS_CATEGORY_CONFLICT] = CHECK_PERMUTE,
        [ZYDIS_CATEGORY_EXPAND] = CHECK_PERMUTE,
        [ZYDIS_CATEGORY_GATHER] = CHECK_PERMUTE,
        [ZYDIS_CATEGORY_KMASK] = CHECK_PERMUTE,
        [ZYDIS_CATEGORY_SCATTER] = CHECK_PERMUTE,
        [ZYDIS_CATEGORY_MOVDIR] = CHECK_MOVE,
        [ZYDIS_CATEGORY_STRINGOP] = CHECK_MOVE,
        [ZYDIS_CATEGORY_SEMAPHORE] = CHECK_COHERENCE,
        [ZYDIS_CATEGORY_COND_BR] = CHECK_BRANCH,
        [ZYDIS_CATEGORY_UNCOND_BR] = CHECK_BRANCH,
};

enum check_family instruction_family(const ZydisDecodedInstruction *instruction)
{
        uint8_t family = by_category[instruction->meta.category];

        for (size_t i = 0; i < ARRAY_SIZE(by_mnemonic); i++)
                if (by_mnemonic[i].mnemonic == instruction->mnemonic)
                        return by_mnemonic[i].family;
        return family ? (enum check_family)family : named_family(instruction);
}
