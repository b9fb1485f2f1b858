/* SPDX-License-Identifier: Apache-2.0 */
/* Loads and stores of every width, at every offset from the end of a line and of a page. */
#include "base/array.h"
#include "checks/move_chain.h"

#define FORM(...) MOVE_CHAIN_FORM(__VA_ARGS__),
#define FORM_REVERSED(...) MOVE_CHAIN_FORM_REVERSED(__VA_ARGS__),
#define FORM_CONSTANT(...) MOVE_CHAIN_FORM_CONSTANT(__VA_ARGS__),

static const struct move_chain_form forms_move_split_general[] = {
#include "checks/move_split_general.inc"
};
static const struct move_chain_form forms_move_split_movbe[] = {
#include "checks/move_split_movbe.inc"
};
static const struct move_chain_form forms_move_split_mmx[] = {
#include "checks/move_split_mmx.inc"
};
static const struct move_chain_form forms_move_split_sse3[] = {
#include "checks/move_split_sse3.inc"
};
static const struct move_chain_form forms_move_split_avx[] = {
#include "checks/move_split_avx.inc"
};
static const struct move_chain_form forms_move_split_avx512[] = {
#include "checks/move_split_avx512.inc"
};

#undef FORM
#undef FORM_REVERSED
#undef FORM_CONSTANT
#define FORM(name, ...) MOVE_CHAIN_FIELD(name, FIRST),
#define FORM_REVERSED FORM
#define FORM_CONSTANT FORM

#define FIRST first_move_split_general
MOVE_CHAIN_FIELDS(move_split_general) = {
#include "checks/move_split_general.inc"
};
#undef FIRST
#define FIRST first_move_split_movbe
MOVE_CHAIN_FIELDS(move_split_movbe) = {
#include "checks/move_split_movbe.inc"
};
#undef FIRST
#define FIRST first_move_split_mmx
MOVE_CHAIN_FIELDS(move_split_mmx) = {
#include "checks/move_split_mmx.inc"
};
#undef FIRST
#define FIRST first_move_split_sse3
MOVE_CHAIN_FIELDS(move_split_sse3) = {
#include "checks/move_split_sse3.inc"
};
#undef FIRST
#define FIRST first_move_split_avx
MOVE_CHAIN_FIELDS(move_split_avx) = {
#include "checks/move_split_avx.inc"
};
#undef FIRST
#define FIRST first_move_split_avx512
MOVE_CHAIN_FIELDS(move_split_avx512) = {
#include "checks/move_split_avx512.inc"
};

/* The ring has 2 * (32 + 64) = 192 positions; `turns` times round, with an event every `batch` passes. */
#define RING(turns, batch_) .step = 1, .random = 32, .batch = (batch_), .batches = 192 / (batch_) * (turns)

MOVE_CHAIN_CHECK(move_split_general,
        "Loads, stores and exchanges of general registers that lose, change or misplace bytes, also across "
        "lines "
        "and pages.",
        ISA(CMOV), 2000, RING(4, 32), .data = MOVE_CHAIN_GENERAL);
MOVE_CHAIN_CHECK(move_split_movbe,
        "Byte-reversing loads and stores that lose, change or misplace bytes, also across lines and pages.",
        ISA(MOVBE), 2000, RING(24, 192), .data = MOVE_CHAIN_GENERAL);
MOVE_CHAIN_CHECK(move_split_mmx,
        "Loads and stores of MMX registers that lose, change or misplace bytes, also across lines and "
        "pages.",
        ISA(MMX), 2000, RING(48, 192), .data = MOVE_CHAIN_MMX);
MOVE_CHAIN_CHECK(move_split_sse3,
        "Loads and stores of 128-bit vectors and their parts that lose, change or misplace bytes, also "
        "across "
        "lines and pages.",
        ISA(SSE2) | ISA(SSE3), 2000, RING(8, 64), .data = MOVE_CHAIN_VECTOR);
MOVE_CHAIN_CHECK(move_split_avx,
        "Loads and stores of 256-bit vectors and their parts that lose, change or misplace bytes, also "
        "across "
        "lines and pages.",
        ISA(AVX), 2000, RING(6, 32), .data = MOVE_CHAIN_VECTOR, .cleared = 32);
MOVE_CHAIN_CHECK(move_split_avx512,
        "Loads and stores of 512-bit vectors and their parts that lose, change or misplace bytes, also "
        "across "
        "lines and pages.",
        ISA(AVX512F) | ISA(AVX512BW) | ISA(AVX512VL), 2000, RING(4, 32), .data = MOVE_CHAIN_VECTOR);
