/* SPDX-License-Identifier: Apache-2.0 */
/* The probe for the stale %rsp of AMD Zen 4 and Zen 5: clean or labelled on this CPU, labelled where an off-by-eight
 * value is planted between run and verify, and a mismatch where anything else is wrong. */
#include <string.h>

#include "base/array.h"
#include "checks/erratum_evex_rsp.h"
#include "checks/registers.h"
#include "checks/stack.h"
#include "tests/tap.h"

extern const struct check check_erratum_evex_rsp;
static _Alignas(CHECK_ALIGN) struct stack_state state;

static void fill(unsigned r, int64_t value)
{
        for (unsigned lane = 0; lane < 8; lane++)
                memcpy(&state.registers.out.vector[r][8 * lane], &value, sizeof(value));
}

/* Makes the output what a kernel leaves whose last probe was `last` off, and others between least and most.
 */
static void plant(int64_t last, int64_t least, int64_t most)
{
        uint64_t read;

        fill(ERRATUM_EVEX_RSP_DIFFERENCE, last);
        fill(ERRATUM_EVEX_RSP_LEAST, least);
        fill(ERRATUM_EVEX_RSP_MOST, most);
        fill(ERRATUM_EVEX_RSP_ANY, last | least | most);
        memcpy(&read, state.registers.in.vector[ERRATUM_EVEX_RSP_LOW], sizeof(read));
        read += (uint64_t)last;
        memcpy(state.registers.out.vector[ERRATUM_EVEX_RSP_READ], &read, sizeof(read));
}

static const struct planted {
        const char *what;
        int64_t last, least, most;
        int expected;
} planted[] = {
        { "nothing", 0, 0, 0, CHECK_EQUAL },
        { "the last probe 8 too high", 8, 0, 8, CHECK_ERRATUM_SEEN },
        { "an earlier probe 8 too low", 0, -8, 0, CHECK_ERRATUM_SEEN },
        { "both ways", 8, -8, 8, CHECK_ERRATUM_SEEN },
        { "off by 4", 4, 0, 4, CHECK_MISMATCH },
        { "off by a page", 4096, 0, 4096, CHECK_MISMATCH },
        { "a last difference beyond the most", 16, 0, 8, CHECK_MISMATCH },
};

static void run(void)
{
        const struct check_round round = { .seed = 1, .number = 5 };

        check_erratum_evex_rsp.setup(&state, &round);
        check_erratum_evex_rsp.run(&state);
}

static void test_planted(void)
{
        struct check_mismatch mismatch;

        for (size_t i = 0; i < ARRAY_SIZE(planted); i++) {
                const struct planted *p = &planted[i];

                run();
                plant(p->last, p->least, p->most);
                tap_ok(check_erratum_evex_rsp.verify(&state, &mismatch) == p->expected, "planted: %s",
                        p->what);
        }
}

/* The erratum shows, and something else is wrong too: that is never a label. */
static void test_more_than_erratum(void)
{
        static const struct {
                const char *what;
                size_t offset; /* of a byte in `out` */
        } others[] = {
                { "a control", offsetof(struct registers, vector[ERRATUM_EVEX_RSP_CONTROL][17]) },
                { "%rsp itself", offsetof(struct registers, general[REGISTERS_RSP]) },
                { "one lane of the finding", offsetof(struct registers, vector[ERRATUM_EVEX_RSP_MOST][24]) },
                { "the upper half of the probe's register",
                        offsetof(struct registers, vector[ERRATUM_EVEX_RSP_READ][8]) },
                { "a register that takes no part", offsetof(struct registers, vector[30][40]) },
        };
        struct check_mismatch mismatch;

        for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
                run();
                plant(8, 0, 8);
                ((uint8_t *)&state.registers.out)[others[i].offset] ^= 8;
                tap_ok(check_erratum_evex_rsp.verify(&state, &mismatch) == CHECK_MISMATCH,
                        "the erratum and a wrong bit of %s are a mismatch", others[i].what);
        }
}

int main(void)
{
        isa_set features = isa_read();
        struct check_mismatch mismatch;
        int result;

        registers_use(features);
        tap_ok(check_erratum_evex_rsp.erratum != NULL, "the erratum has a label");
        if (check_erratum_evex_rsp.needs & ~features) {
                tap_skip("erratum_evex_rsp", "this CPU lacks AVX-512");
                return tap_end();
        }
        run();
        result = check_erratum_evex_rsp.verify(&state, &mismatch);
        tap_ok(result != CHECK_MISMATCH, "this CPU %s",
                result == CHECK_ERRATUM_SEEN ? "has it" : "does not have it");
        test_planted();
        test_more_than_erratum();
        return tap_end();
}
