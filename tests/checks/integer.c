/* SPDX-License-Identifier: Apache-2.0 */
/* The integer and cryptographic checks beyond their contract: the software forms agree with the instructions
 * on random input, and a wrong bit in the result of any instruction of a kernel is noticed. */
#include "tests/checks/integer_fault.h"

#include <stdalign.h>
#include <string.h>

#include "base/array.h"
#include "base/random.h"
#include "checks/crypto_unit.h"
#include "tests/tap.h"

/* How many runs reach 1,000 random blocks of each form (96 texts under three keys, 64 messages, 64
 * operands). */
#define RUNS 16

static alignas(64) struct crypto_state software, hardware;

static void randomise(uint8_t *to, size_t size, uint64_t *random)
{
        for (size_t i = 0; i < size; i++)
                to[i] = (uint8_t)random_next(random);
}

/* The SHA-1 instructions hold E in the highest of four words, and the others 0: 64 states, each before a
 * message. */
static void clear_beside_e(uint8_t *input)
{
        for (int i = 0; i < 64; i++)
                memset(input + 96 * i + 16, 0, 12);
}

/* The software's results are the hardware's answers. Returns the first run that differs, or RUNS. */
static int compare_forms(const struct check *form, const struct check *other, uint64_t *random)
{
        size_t size = form->output_size - (CRYPTO_RESULT - sizeof(struct registers));

        for (int run = 0; run < RUNS; run++) {
                const struct check_round round = { .seed = *random, .number = (uint32_t)run };
                struct check_mismatch mismatch;

                other->setup(&software, &round);
                form->setup(&hardware, &round);
                randomise(software.input, sizeof(software.input), random);
                if (strncmp(form->name, "sha1_", 5) == 0)
                        clear_beside_e(software.input);
                memcpy(hardware.input, software.input, sizeof(hardware.input));
                other->run(&software);
                memcpy(hardware.answer, software.result, size);
                form->run(&hardware);
                if (form->verify(&hardware, &mismatch))
                        return run;
        }
        return RUNS;
}

static void test_forms(isa_set features, uint64_t *random)
{
        static const char *const forms[] = { "aes_encrypt_aesni", "aes_decrypt_aesni", "aes_encrypt_vaes",
                "aes_decrypt_vaes", "aes_encrypt_vaes512", "aes_decrypt_vaes512", "sha1_compress_shani",
                "sha256_compress_shani", "carryless_multiply_pclmul", "carryless_multiply_vpclmul512",
                "galois_bytes_gfni", "galois_bytes_gfni512" };

        for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
                const struct check *form = check_find(forms[i]);

                if (form->needs & ~features) {
                        tap_skip(forms[i], "this CPU does not have the instructions");
                        continue;
                }
                tap_ok(compare_forms(form, check_find(form->other), random) == RUNS,
                        "%s equals %s on random input", form->name, form->other);
        }
}

static void inject(const struct check *check, uint64_t *random)
{
        struct integer_fault_count all;
        bool enough = integer_fault_noticed(check, random, &all);

        tap_ok(enough, "%s: %d of %d wrong bits noticed, %d by a crash", check->name, all.noticed,
                all.injected, all.crashed);
}

static void test_faults(isa_set features, uint64_t *random)
{
        for (const struct check *const *c = check_list; *c; c++) {
                bool mine = strncmp((*c)->name, "integer_", 8) == 0 || (*c)->family == CHECK_CRYPTO;

                /* A compiler's C keeps dead values as long as it likes: only kernels in assembly promise. */
                if (!mine || strstr((*c)->name, "_general"))
                        continue;
                if ((*c)->needs & ~features) {
                        tap_skip((*c)->name, "this CPU does not have the instructions");
                        continue;
                }
                inject(*c, random);
        }
}

int main(void)
{
        isa_set features = isa_read();
        uint64_t random = tap_seed(0x1d2c);

        registers_use(features);
        test_forms(features, &random);
        test_faults(features, &random);
        return tap_end();
}
