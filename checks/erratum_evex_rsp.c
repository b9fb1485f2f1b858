/* SPDX-License-Identifier: Apache-2.0 */
/* On AMD Zen 4 and Zen 5 a vmovq from %rsp whose EVEX.X bit is clear, an encoding that no compiler emits, reads %rsp
 * as it was before the last push or pop. That is a label for the design, not a fault of the part: every
 * other difference, and a wrong control above all, is a mismatch. */
#include "checks/erratum_evex_rsp.h"

#include "base/array.h"
#include "checks/stack.h"

#define LANES 8
#define REACH 64 /* bytes: a difference of few pushes and pops; further off is something else */

void erratum_evex_rsp_run(void *state);

static void fill(struct registers *registers, unsigned r, uint64_t value)
{
        for (unsigned lane = 0; lane < LANES; lane++)
                check_copy(&registers->vector[r][8 * lane], &value, sizeof(value));
}

static uint64_t lane_of(const struct registers *registers, unsigned r, unsigned lane)
{
        uint64_t value;

        check_copy(&value, &registers->vector[r][8 * lane], sizeof(value));
        return value;
}

static void setup(void *state, const struct check_round *round)
{
        struct stack_state *s = state;
        struct registers *in = &s->registers.in;
        uint64_t rsp;

        stack_setup(s, round);
        rsp = in->general[REGISTERS_RSP];
        in->general[REGISTERS_RCX] = ERRATUM_EVEX_RSP_EVENTS;
        in->shape &= ~(uint32_t)REGISTERS_SHAPE_VECTOR_INITIAL;
        fill(in, ERRATUM_EVEX_RSP_HIGH, rsp);
        fill(in, ERRATUM_EVEX_RSP_LOW, rsp - 8);
        for (unsigned r = ERRATUM_EVEX_RSP_LEAST; r <= ERRATUM_EVEX_RSP_CONTROL; r++)
                fill(in, r, 0);
}

static void one_pass(struct stack_model *model)
{
        struct registers *registers = &model->registers;
        uint64_t rsp = registers->general[REGISTERS_RSP];

        for (unsigned r = 11; r <= 14; r++)
                fill(registers, r, 0);
        rsp -= 8;
        check_copy(registers->vector[12], &rsp, sizeof(rsp));
        check_copy(registers->vector[ERRATUM_EVEX_RSP_READ], &rsp, sizeof(rsp));
        stack_model_store(model, rsp, registers->general[14]);
        stack_model_look(model, rsp + 8);
        registers->general[REGISTERS_R15]++;
}

static const struct stack_loop loop = {
        .pass = one_pass,
        .block = 1,
        .passes = ERRATUM_EVEX_RSP_PASSES,
        .events = ERRATUM_EVEX_RSP_EVENTS,
        .sum = REGISTERS_RAX,
        .counted = true,
};

/* All lanes of the registers that carry the finding were made alike: one that stands out is no erratum. */
static bool lanes_agree(const struct registers *out)
{
        static const uint8_t carriers[] = { ERRATUM_EVEX_RSP_DIFFERENCE, ERRATUM_EVEX_RSP_LEAST,
                ERRATUM_EVEX_RSP_MOST, ERRATUM_EVEX_RSP_ANY };

        for (uint32_t i = 0; i < ARRAY_SIZE(carriers); i++)
                for (unsigned lane = 1; lane < LANES; lane++)
                        if (lane_of(out, carriers[i], lane) != lane_of(out, carriers[i], 0))
                                return false;
        return true;
}

/* What the probes left is what stale values of %rsp leave, and nothing else. */
static bool stale(const struct registers *expected, const struct registers *out)
{
        int64_t last = (int64_t)lane_of(out, ERRATUM_EVEX_RSP_DIFFERENCE, 0);
        int64_t least = (int64_t)lane_of(out, ERRATUM_EVEX_RSP_LEAST, 0);
        int64_t most = (int64_t)lane_of(out, ERRATUM_EVEX_RSP_MOST, 0);
        uint64_t any = lane_of(out, ERRATUM_EVEX_RSP_ANY, 0);
        uint64_t shown = (uint64_t)(least | most | last);

        if (!lanes_agree(out) || least < -REACH || most > REACH || last < least || last > most)
                return false;
        if (any == 0 || any % 8 != 0 || (any & shown) != shown || (least == 0 && most == 0))
                return false;
        return lane_of(out, ERRATUM_EVEX_RSP_READ, 0) ==
               lane_of(expected, ERRATUM_EVEX_RSP_READ, 0) + (uint64_t)last;
}

/* Takes over what the probes read, so that what is left to differ is no erratum. */
static void accept(struct registers *expected, const struct registers *out)
{
        for (unsigned r = ERRATUM_EVEX_RSP_LEAST; r <= ERRATUM_EVEX_RSP_ANY; r++)
                check_copy(expected->vector[r], out->vector[r], sizeof(out->vector[r]));
        check_copy(expected->vector[ERRATUM_EVEX_RSP_DIFFERENCE], out->vector[ERRATUM_EVEX_RSP_DIFFERENCE],
                sizeof(out->vector[0]));
        check_copy(expected->vector[ERRATUM_EVEX_RSP_READ], out->vector[ERRATUM_EVEX_RSP_READ], 8);
}

static int verify(const void *state, struct check_mismatch *ret_mismatch)
{
        const struct stack_state *s = state;
        struct stack_model model;
        int r;

        stack_begin(&model, s);
        stack_run(&model, &loop);
        r = stack_compare(&model, s, ret_mismatch);
        if (r == CHECK_EQUAL || !stale(&model.registers, &s->registers.out))
                return r;
        accept(&model.registers, &s->registers.out);
        return stack_compare(&model, s, ret_mismatch) == CHECK_EQUAL ? CHECK_ERRATUM_SEEN : CHECK_MISMATCH;
}

/* Published for Zen 4 (family 25, model 17); seen by this check on Zen 5 (family 26, model 2) too. */
static const struct check_erratum erratum = {
        .name = "genoa-evex-rsp",
        .published = "https://github.com/google/security-research (pocs/cpus/errata/amd/genoa-evex-rsp)",
        .means =
                "On AMD Zen 4 and Zen 5 an instruction that moves %rsp into a vector register in an "
                "unusual encoding (EVEX.X clear) can read %rsp as it was before the last push, pop or call.",
        .advice = "Nothing to do: compilers and assemblers do not make this encoding. A program that makes "
                  "machine code itself should set EVEX.X there.",
};

const struct check check_erratum_evex_rsp = {
        .name = "erratum_evex_rsp",
        .family = CHECK_ERRATUM,
        .detects = "The design erratum of AMD Zen 4 and Zen 5 that reads a stale %rsp through an unusual "
                   "encoding of vmovq.",
        .erratum = &erratum,
        .needs = ISA(AVX512F) | ISA(AVX512BW),
        .round_us = 2500,
        STACK_CHECK(erratum_evex_rsp_run, setup, verify),
};
