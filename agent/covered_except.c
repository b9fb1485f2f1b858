/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/covered_except.h"

#include <stdbool.h>
#include <string.h>

#include "base/array.h"

#define AVX512 (ISA(AVX512F) | ISA(AVX512BW)) /* what registers_use wants for its highest level */

/* The end of a kernel that gives registers of the level back (CRYPTO_LEAVE). */
#define LEAVES(function)                                                           \
        {                                                                          \
                function, ZYDIS_MNEMONIC_VMOVDQA, AVX512, "its path for AVX alone" \
        }

static const struct covered_except excepts[] = {
        { "registers_load", ZYDIS_MNEMONIC_MOVDQA, ISA(AVX), "its path below AVX" },
        { "registers_load", ZYDIS_MNEMONIC_PXOR, ISA(AVX), "its path below AVX" },
        { "registers_load", ZYDIS_MNEMONIC_VMOVDQA, AVX512, "its path for AVX alone" },
        { "registers_store", ZYDIS_MNEMONIC_MOVDQA, ISA(AVX), "its path below AVX" },
        { "registers_store", ZYDIS_MNEMONIC_VMOVDQA, AVX512, "its path for AVX alone" },
        { "registers_store", ZYDIS_MNEMONIC_VZEROUPPER, 0, "it clears what has been stored" },
        { "registers_store", ZYDIS_MNEMONIC_CLD, 0, "for C code, which uses no string instructions there" },
        { "registers_around", ZYDIS_MNEMONIC_CLD, 0, "for C code, which uses no string instructions there" },
        LEAVES("aes_decrypt_vaes512_run"),
        LEAVES("aes_encrypt_vaes512_run"),
        LEAVES("carryless_multiply_vpclmul512_run"),
        LEAVES("galois_bytes_gfni512_run"),
};
static bool used[ARRAY_SIZE(excepts)];

const struct covered_except *covered_except_find(const char *function, ZydisMnemonic mnemonic)
{
        for (size_t i = 0; i < ARRAY_SIZE(excepts); i++)
                if (excepts[i].mnemonic == mnemonic && strcmp(excepts[i].function, function) == 0) {
                        used[i] = true;
                        return &excepts[i];
                }
        return NULL;
}

const struct covered_except *covered_except_unused(void)
{
        for (size_t i = 0; i < ARRAY_SIZE(excepts); i++)
                if (!used[i])
                        return &excepts[i];
        return NULL;
}
