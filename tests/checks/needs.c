/* SPDX-License-Identifier: Apache-2.0 */
/* A check executes nothing that its `needs` do not promise: else it ends with SIGILL on a CPU that nobody has at hand.
 * Read from its machine code, so that no such CPU is needed. */
#include <string.h>

#include "agent/image_walk.h"
#include "base/array.h"
#include "tests/checks/walk.h"
#include "tests/tap.h"

/* Functions that ask for the features first (registers_level_now, REGISTERS_SHAPE_GS), and what they may then use. */
static const struct {
        const char *function;
        isa_set asked;
} guarded[] = {
        { "registers_load", ISA(AVX) | ISA(AVX512F) | ISA(AVX512BW) | ISA(FSGSBASE) },
        { "registers_store", ISA(AVX) | ISA(AVX512F) | ISA(AVX512BW) | ISA(FSGSBASE) },
        { "aes_decrypt_vaes_run", ISA(AVX512F) },
        { "aes_encrypt_vaes_run", ISA(AVX512F) },
};

/* What a feature brings with it: x86-64's baseline (the psABI's x86-64); whatever has the state of AVX, AVX; every part
 * of AVX-512, its foundation (Intel SDM volume 1, 14.3, 15.2 and 15.3). */
static isa_set promised(isa_set needs)
{
        static const isa_set avx512 = ISA(AVX512DQ) | ISA(AVX512IFMA) | ISA(AVX512CD) | ISA(AVX512BW) |
                                      ISA(AVX512VL) | ISA(AVX512VBMI) | ISA(AVX512VBMI2) | ISA(AVX512VNNI) |
                                      ISA(AVX512BITALG) | ISA(AVX512VPOPCNTDQ) | ISA(AVX512VP2INTERSECT) |
                                      ISA(AVX512FP16) | ISA(AVX512BF16);
        static const isa_set avx = ISA(AVX512F) | ISA(AVX2) | ISA(FMA) | ISA(F16C) | ISA(VAES) |
                                   ISA(VPCLMUL) | ISA(AVX_VNNI) | ISA(AVX_IFMA) | ISA(AVX_VNNI_INT8) |
                                   ISA(AVX_NE_CONVERT) | ISA(AVX_VNNI_INT16);
        isa_set base = 0;

        (void)isa_level("x86-64", &base);
        if (needs & avx512)
                needs |= ISA(AVX512F);
        if (needs & avx)
                needs |= ISA(AVX);
        return needs | base;
}

struct search {
        const struct check *check;
        size_t instructions, beyond;
};

static isa_set asked(const char *function)
{
        for (size_t i = 0; i < ARRAY_SIZE(guarded); i++)
                if (strcmp(guarded[i].function, function) == 0)
                        return guarded[i].asked;
        return 0;
}

static void look(const struct image_symbol *function, const ZydisDecodedInstruction *instruction,
        const ZydisDecodedOperand *operands, void *user)
{
        struct search *search = user;
        isa_set needs;

        search->instructions++;
        if (instruction->mnemonic == ZYDIS_MNEMONIC_ENDBR64) /* a nop where there is no CET */
                return;
        if (!instruction_needs(instruction, &needs) &&
                !(needs & ~promised(search->check->needs | asked(function->name))))
                return;
        search->beyond++;
        (void)operands;
        printf("# %s in %s\n", ZydisMnemonicGetString(instruction->mnemonic), function->name);
}

static void look_emitted(const uint8_t *bytes, size_t size, void *user)
{
        struct search *search = user;

        if (image_walk_bytes(search->check->name, bytes, size, look, search) < 0)
                search->beyond++;
}

static struct search search_check(const struct image *image, const struct check *check)
{
        struct search search = { .check = check };

        if (image_walk(image, check, look, &search) < 0)
                search.beyond++;
        if (check->emitted)
                check->emitted(look_emitted, &search);
        return search;
}

static void nothing(void *state, const struct check_round *round)
{
        (void)state;
        (void)round;
}

static void emit(void (*code)(const uint8_t *bytes, size_t size, void *user), void *user)
{
        static const uint8_t crc32[] = { 0xf2, 0x0f, 0x38, 0xf0, 0xc1 };

        code(crc32, sizeof(crc32), user);
}

/* walk_run has adcx, adox, popcnt, lzcnt and tzcnt. */
static void test_noticed(const struct image *image)
{
        struct check check = { .name = "made up", .setup = nothing, .run = walk_run };

        check.needs = ISA(ADX) | ISA(POPCNT) | ISA(LZCNT) | ISA(BMI1);
        tap_ok(search_check(image, &check).beyond == 0, "what is promised is not noticed");
        check.needs &= ~ISA(LZCNT);
        tap_ok(search_check(image, &check).beyond == 1, "one instruction that is not promised is");
        check.emitted = emit;
        tap_ok(search_check(image, &check).beyond == 2, "one in emitted code is too");
}

int main(void)
{
        struct image image;

        if (!tap_ok(image_open(&image) == 0, "the program reads its own symbols"))
                return tap_end();
        test_noticed(&image);
        for (size_t i = 0; check_list[i]; i++) {
                struct search search = search_check(&image, check_list[i]);

                tap_ok(search.instructions > 10 && !search.beyond,
                        "%s executes what it says it needs: %zu instructions", check_list[i]->name,
                        search.instructions);
        }
        image_close(&image);
        return tap_end();
}
