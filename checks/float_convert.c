/* SPDX-License-Identifier: Apache-2.0 */
/* Conversions: scalar SSE2's between integers, single and double precision; F16C's between half and single.
 */
#include "checks/float_block.h"

#define TUPLES 64
#define MODES 16
#define SSE2_TUPLE 24
#define F16C_TUPLE 32

ANSWERS(float_convert_sse2);
ANSWERS(float_convert_f16c);

void float_sse2_run(void *state);
void float_f16c_run(void *state);
extern const void *const float_convert_loops[], *const float_f16c_loops[];

static const struct float_operation sse2_operations[] = {
        { .cost = 3, .general_result = true }, /* cvtss2si cvttss2si */
        { .cost = 3, .general_result = true }, /* cvtsd2si cvttsd2si */
        { .cost = 3 },                         /* cvtsi2ss cvtsi2sd */
        { .cost = 3 },                         /* cvtss2sd cvtsd2ss */
};

static const struct float_operation f16c_operations[] = {
        { .cost = 4 }, /* vcvtph2ps */
        { .cost = 4 }, /* vcvtps2ph */
};

static const struct float_kind float_convert_sse2_kind = {
        .unit = FLOAT_SSE,
        .table = &answers_float_convert_sse2,
        .loops = float_convert_loops,
        .operations = sse2_operations,
        .block_size = sizeof(struct float_block) + TUPLES * SSE2_TUPLE,
        .tuple_size = SSE2_TUPLE,
        .answer = 16,
        .differences = TUPLES,
};

static const struct float_kind float_convert_f16c_kind = {
        .unit = FLOAT_F16C,
        .table = &answers_float_convert_f16c,
        .loops = float_f16c_loops,
        .operations = f16c_operations,
        .block_size = sizeof(struct float_block) + TUPLES * F16C_TUPLE,
        .tuple_size = F16C_TUPLE,
        .answer = 16,
        .differences = 2 * TUPLES,
};

FLOAT_CHECK(float_convert_sse2, TUPLES, float_sse2_run, ISA(SSE2), ARRAY_SIZE(sse2_operations) * MODES,
        "Wrong results of scalar SSE2 conversions between integers, single and double precision.");
FLOAT_CHECK(float_convert_f16c, 2 * TUPLES, float_f16c_run, ISA(F16C) | ISA(AVX),
        ARRAY_SIZE(f16c_operations) * MODES,
        "Wrong results of conversions between half and single precision.");
