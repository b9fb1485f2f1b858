/* SPDX-License-Identifier: Apache-2.0 */
/* What the walk over a check's machine code finds, and what it must not claim: on a check that is made for it. */
#include <errno.h>
#include <string.h>

#include "agent/image_walk.h"
#include "base/array.h"
#include "tests/checks/walk.h"
#include "tests/tap.h"

extern const struct check check_integer_bits_bmi1;

struct kernels {
        const char *name;
        void (*run)(void *state);
};
struct stream {
        uint64_t number;
        const struct kernels *kernels;
};
static const struct kernels kernels[] = { { "one", walk_kernel } };
static const struct stream stream = { 1, kernels };

struct state {
        const struct stream *stream;
        void (*kernel)(void *state);
        const struct check *check;
        uint64_t number;
};

static __attribute__((noinline)) uint64_t helper(uint64_t number)
{
        __asm__("bsf %0, %0" : "+r"(number));
        return number;
}

static void setup(void *state, const struct check_round *round)
{
        struct state *own = state;

        own->stream = &stream;
        own->kernel = walk_handed_over;
        own->check = &check_integer_bits_bmi1;
        own->number = helper(round->seed);
        __asm__("btc $1, %0" : "+r"(own->number));
}

static int verify(const void *state, struct check_mismatch *ret_mismatch)
{
        uint64_t number = (uintptr_t)state;

        (void)ret_mismatch;
        __asm__("bsr %0, %0" : "+r"(number));
        return number ? CHECK_EQUAL : CHECK_MISMATCH;
}

static const struct check check = {
        .name = "walk", .setup = setup, .run = walk_run, .verify = verify, .hold_begin = walk_unreached
};

struct met {
        bool mnemonic[ZYDIS_MNEMONIC_MAX_VALUE + 1];
        bool compiled; /* one of them in a function that a compiler made */
};

static void meet(const struct image_symbol *function, const ZydisDecodedInstruction *instruction,
        const ZydisDecodedOperand *operands, void *user)
{
        struct met *met = user;

        (void)operands;
        met->mnemonic[instruction->mnemonic] = true;
        met->compiled |= !function->assembly;
}

static void test_walk(const struct image *image)
{
        static const struct {
                ZydisMnemonic mnemonic;
                bool met;
                const char *what;
        } rows[] = {
                { ZYDIS_MNEMONIC_BSWAP, true, "run itself" },
                { ZYDIS_MNEMONIC_ADOX, true, "a function that it calls" },
                { ZYDIS_MNEMONIC_TZCNT, true, "a function whose address it names" },
                { ZYDIS_MNEMONIC_POPCNT, true, "the middle of a function, through a table" },
                { ZYDIS_MNEMONIC_ADCX, true, "a label that it jumps to" },
                { ZYDIS_MNEMONIC_LZCNT, true, "the label that that one runs on into" },
                { ZYDIS_MNEMONIC_PDEP, true,
                        "a kernel in the data that setup names, behind a newer instruction" },
                { ZYDIS_MNEMONIC_PEXT, true, "a function whose address setup takes" },
                { ZYDIS_MNEMONIC_MOVBE, false, "a label behind a return" },
                { ZYDIS_MNEMONIC_BLSR, false, "what lies behind a table" },
                { ZYDIS_MNEMONIC_BTC, false, "setup itself" },
                { ZYDIS_MNEMONIC_BSF, false, "a function that setup calls" },
                { ZYDIS_MNEMONIC_BSR, false, "verify" },
                { ZYDIS_MNEMONIC_BLSI, false, "another check that setup names" },
                { ZYDIS_MNEMONIC_CRC32, false, "what only another member of the check names" },
        };
        struct met met = { 0 };

        tap_ok(image_walk(image, &check, meet, &met) == 0, "the check is walked through");
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
                tap_ok(met.mnemonic[rows[i].mnemonic] == rows[i].met, "%s is %sthe check's: %s",
                        rows[i].what, rows[i].met ? "" : "not ", ZydisMnemonicGetString(rows[i].mnemonic));
        tap_ok(!met.compiled, "no compiler made any of it");
}

static void compiled_run(void *state)
{
        struct state *own = state;

        __asm__("rorx $1, %0, %0" : "+r"(own->number));
}

static void test_compiled(const struct image *image)
{
        static const struct check compiled = { .name = "compiled", .setup = setup, .run = compiled_run };
        struct met met = { 0 };

        tap_ok(image_walk(image, &compiled, meet, &met) == 0 && met.mnemonic[ZYDIS_MNEMONIC_RORX] &&
                        met.compiled,
                "what a compiler made is told apart");
}

static void test_broken(const struct image *image)
{
        static const struct check broken = { .name = "broken", .setup = setup, .run = walk_broken };
        struct met met = { 0 };

        tap_ok(image_walk(image, &broken, meet, &met) == -EBADMSG,
                "what is no instruction is not passed over");
}

static void test_bytes(void)
{
        static const uint8_t good[] = { 0x48, 0x0f, 0xc8, 0xc3 };            /* bswap, ret */
        static const uint8_t cut[] = { 0x48, 0x0f, 0xc8, 0xc4, 0xe2, 0xfb }; /* bswap, half of mulx */
        struct met met = { 0 };

        tap_ok(image_walk_bytes("emitted", good, sizeof(good), meet, &met) == 0 &&
                        met.mnemonic[ZYDIS_MNEMONIC_BSWAP] && met.mnemonic[ZYDIS_MNEMONIC_RET] &&
                        !met.compiled,
                "emitted code is read to its end");
        tap_ok(image_walk_bytes("cut", cut, sizeof(cut), meet, &met) == -EBADMSG,
                "emitted code that ends within an instruction is refused");
}

static void test_symbols(const struct image *image)
{
        const struct image_symbol *symbol = image_find(image, (uintptr_t)walk_kernel + 5);
        size_t overlapping = 0;

        tap_ok(symbol && strcmp(symbol->name, "walk_kernel") == 0 && symbol->code && symbol->sized &&
                        symbol->begin == (uintptr_t)walk_kernel,
                "an address within a function is found");
        symbol = image_find(image, (uintptr_t)&stream);
        tap_ok(symbol && strcmp(symbol->name, "stream") == 0 && !symbol->code &&
                        symbol->end - symbol->begin == sizeof(stream),
                "data is found");
        tap_ok(!image_find(image, 0) && !image_find(image, UINTPTR_MAX),
                "what is none of the program's is not");
        for (size_t i = 1; i < image->n_symbols; i++)
                overlapping += image->symbols[i - 1].end > image->symbols[i].begin;
        tap_ok(image->n_symbols > 100 && !overlapping, "symbols do not overlap");
}

int main(void)
{
        struct image image;
        int r = image_open(&image);

        if (!tap_ok(r == 0, "the program reads its own symbols"))
                return tap_end();
        test_symbols(&image);
        test_walk(&image);
        test_compiled(&image);
        test_broken(&image);
        test_bytes();
        image_close(&image);
        return tap_end();
}
