/* SPDX-License-Identifier: Apache-2.0 */
/* What people write, damaged: configurations, CPU lists, durations. clang -fsanitize=fuzzer takes
 * LLVMFuzzerTestOneInput alone (-DFUZZER); without it main feeds seeded mutations of right input. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "agent/arguments.h"
#include "agent/configuration.h"
#include "base/array.h"
#include "base/random.h"
#include "tests/tap.h"

static const struct check state = { .name = "state_hold" };
const struct check *const check_list[] = { &state, NULL };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

#define REQUIRE(condition) ((condition) ? (void)0 : abort())

/* Each reader either takes the text or says in words why not; what a list of CPUs prints reads back the
 * same. */
static void read_as_all(const char *text)
{
        static struct configuration configuration;
        struct configuration_error error = { 0 };
        struct cpu_set set, again;
        uint64_t ns = 0;
        char list[8 * PLAN_CPUS_MAX];

        if (configuration_read(text, "fuzz", &configuration, &error) < 0)
                REQUIRE(error.where[0] && error.error.text[0]);
        if (cpu_set_parse(text, &set) == 0) {
                cpu_set_format(&set, list, sizeof(list));
                REQUIRE(cpu_set_parse(list, &again) == 0 && memcmp(&set, &again, sizeof(set)) == 0);
        }
        if (arguments_duration(text, &ns, &error.error) < 0)
                REQUIRE(ns == 0 && error.error.text[0]);
        else
                REQUIRE(ns > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
        char *text = malloc(size + 1);

        REQUIRE(text);
        memcpy(text, bytes, size);
        text[size] = 0;
        read_as_all(text);
        free(text);
        return 0;
}

#ifndef FUZZER
#define ROUNDS 20000

static const char *const right[] = {
        "# comment\n[qualify]\nduration = 60s\nchecks = state_*,*\nregimes = all\nisa = native\n[host]\n"
        "identity-command = echo name\n",
        "[qualify]\nregimes=quiet,timer,storm\ndiagnosis-duration = 20s ; so\n",
        "0-3,8,4000-4095\n",
        "90s",
};

/* Changes, doubles, cuts out or inserts some bytes. Returns the new size. */
static size_t mutate(uint8_t *bytes, size_t size, size_t room, uint64_t *random)
{
        static const char special[] = "[]=,-;#\n \t*0\"\\%";
        unsigned changes = (unsigned)(random_next(random) % 4) + 1;

        for (; changes && size; changes--) {
                size_t at = random_next(random) % size, span = random_next(random) % (size - at) + 1;

                switch (random_next(random) % 4) {
                case 0:
                        bytes[at] ^= (uint8_t)(1u << random_next(random) % 8);
                        break;
                case 1:
                        bytes[at] = (uint8_t)special[random_next(random) % (sizeof(special) - 1)];
                        break;
                case 2:
                        memmove(bytes + at, bytes + at + span, size - at - span);
                        size -= span;
                        break;
                default:
                        span = MIN(span, room - size);
                        memmove(bytes + at + span, bytes + at, size - at);
                        size += span;
                        break;
                }
        }
        return size;
}

int main(void)
{
        uint64_t random = tap_seed(0xc0ffee);
        uint8_t bytes[1024];

        for (size_t i = 0; i < ARRAY_SIZE(right); i++) {
                for (unsigned round = 0; round < ROUNDS; round++) {
                        size_t size = strlen(right[i]);

                        memcpy(bytes, right[i], size);
                        size = mutate(bytes, size, sizeof(bytes), &random);
                        (void)LLVMFuzzerTestOneInput(bytes, size);
                }
                tap_ok(true, "%d mutations of input %zu are taken or refused with a sentence", ROUNDS, i);
        }
        return tap_end();
}
#endif
