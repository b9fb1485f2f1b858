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

enum check_family instruction_family(const ZydisDecodedInstruction *instruction)
{
        switch (instruction->mnemonic) {
        case ZYDIS_MNEMONIC_ENTER:
        case ZYDIS_MNEMONIC_LEAVE:
                return CHECK_STACK;
        case ZYDIS_MNEMONIC_CRC32:
        case ZYDIS_MNEMONIC_VPCLMULQDQ:
                return CHECK_CRYPTO;
        case ZYDIS_MNEMONIC_VPLZCNTD:
        case ZYDIS_MNEMONIC_VPLZCNTQ:
                return CHECK_VECTOR;
        case ZYDIS_MNEMONIC_LZCNT:
        case ZYDIS_MNEMONIC_POPCNT:
        case ZYDIS_MNEMONIC_TZCNT:
                return CHECK_INTEGER;
        case ZYDIS_MNEMONIC_MOV:
        case ZYDIS_MNEMONIC_MOVSX:
        case ZYDIS_MNEMONIC_MOVSXD:
        case ZYDIS_MNEMONIC_MOVZX:
        case ZYDIS_MNEMONIC_BSWAP:
        case ZYDIS_MNEMONIC_XCHG:
        case ZYDIS_MNEMONIC_XLAT:
        case ZYDIS_MNEMONIC_LDDQU:
        case ZYDIS_MNEMONIC_VLDDQU:
        case ZYDIS_MNEMONIC_MOVNTDQA:
        case ZYDIS_MNEMONIC_VMOVNTDQA:
                return CHECK_MOVE;
        default:
                break;
        }
        switch (instruction->meta.category) {
        case ZYDIS_CATEGORY_FLAGOP:
        case ZYDIS_CATEGORY_PKU:
        case ZYDIS_CATEGORY_RDWRFSGS:
        case ZYDIS_CATEGORY_XSAVE:
        case ZYDIS_CATEGORY_XSAVEOPT:
                return CHECK_STATE;
        case ZYDIS_CATEGORY_CALL:
        case ZYDIS_CATEGORY_POP:
        case ZYDIS_CATEGORY_PUSH:
        case ZYDIS_CATEGORY_RET:
                return CHECK_STACK;
        case ZYDIS_CATEGORY_COND_BR:
        case ZYDIS_CATEGORY_UNCOND_BR:
                return CHECK_BRANCH;
        case ZYDIS_CATEGORY_SEMAPHORE:
                return CHECK_COHERENCE;
        case ZYDIS_CATEGORY_MOVDIR:
        case ZYDIS_CATEGORY_STRINGOP:
                return CHECK_MOVE;
        case ZYDIS_CATEGORY_AVX2GATHER:
        case ZYDIS_CATEGORY_BLEND:
        case ZYDIS_CATEGORY_BROADCAST:
        case ZYDIS_CATEGORY_COMPRESS:
        case ZYDIS_CATEGORY_CONFLICT:
        case ZYDIS_CATEGORY_EXPAND:
        case ZYDIS_CATEGORY_GATHER:
        case ZYDIS_CATEGORY_KMASK:
        case ZYDIS_CATEGORY_SCATTER:
                return CHECK_PERMUTE;
        case ZYDIS_CATEGORY_AES:
        case ZYDIS_CATEGORY_GFNI:
        case ZYDIS_CATEGORY_PCLMULQDQ:
        case ZYDIS_CATEGORY_SHA:
        case ZYDIS_CATEGORY_VAES:
        case ZYDIS_CATEGORY_VPCLMULQDQ:
                return CHECK_CRYPTO;
        case ZYDIS_CATEGORY_FCMOV:
        case ZYDIS_CATEGORY_X87_ALU:
                return CHECK_INTEGER;
        case ZYDIS_CATEGORY_AMX_TILE:
                return CHECK_VECTOR;
        default:
                return named_family(instruction);
        }
}
