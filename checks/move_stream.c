/* SPDX-License-Identifier: Apache-2.0 */
/* Stores that go past the caches, and the loads that are meant for what they wrote. They fill parts of lines, so
 * that the buffers that combine them are emptied half full too. */
#include "base/array.h"
#include "checks/move_chain.h"

#define FORM(...) MOVE_CHAIN_FORM(__VA_ARGS__),

static const struct move_chain_form forms_move_stream_mmx[] = {
#include "checks/move_stream_mmx.inc"
};
static const struct move_chain_form forms_move_stream_sse41[] = {
#include "checks/move_stream_sse41.inc"
};
static const struct move_chain_form forms_move_stream_sse4a[] = {
#include "checks/move_stream_sse4a.inc"
};
static const struct move_chain_form forms_move_stream_avx2[] = {
#include "checks/move_stream_avx2.inc"
};
static const struct move_chain_form forms_move_stream_avx512[] = {
#include "checks/move_stream_avx512.inc"
};
static const struct move_chain_form forms_move_stream_direct[] = {
#include "checks/move_stream_direct.inc"
};

#undef FORM
#define FORM(name, ...) MOVE_CHAIN_FIELD(name, FIRST),

#define FIRST first_move_stream_mmx
MOVE_CHAIN_FIELDS(move_stream_mmx) = {
#include "checks/move_stream_mmx.inc"
};
#undef FIRST
#define FIRST first_move_stream_sse41
MOVE_CHAIN_FIELDS(move_stream_sse41) = {
#include "checks/move_stream_sse41.inc"
};
#undef FIRST
#define FIRST first_move_stream_sse4a
MOVE_CHAIN_FIELDS(move_stream_sse4a) = {
#include "checks/move_stream_sse4a.inc"
};
#undef FIRST
#define FIRST first_move_stream_avx2
MOVE_CHAIN_FIELDS(move_stream_avx2) = {
#include "checks/move_stream_avx2.inc"
};
#undef FIRST
#define FIRST first_move_stream_avx512
MOVE_CHAIN_FIELDS(move_stream_avx512) = {
#include "checks/move_stream_avx512.inc"
};
#undef FIRST
#define FIRST first_move_stream_direct
MOVE_CHAIN_FIELDS(move_stream_direct) = {
#include "checks/move_stream_direct.inc"
};

/* The ring has 2 * (4 + 4) positions, at multiples of 16 bytes; `turns` times round. */
#define RING(turns) .step = 16, .random = 4, .batch = 4, .batches = 4 * (turns)

MOVE_CHAIN_CHECK(move_stream_mmx,
        "Stores past the caches from MMX registers that lose, change or misplace bytes.",
        ISA(MMX) | ISA(SSE2), 5000, RING(16), .data = MOVE_CHAIN_MMX);
MOVE_CHAIN_CHECK(move_stream_sse41,
        "Stores past the caches from general and 128-bit registers that lose, change or misplace bytes.",
        ISA(SSE2) | ISA(SSE41), 5000, RING(8), .data = MOVE_CHAIN_VECTOR);
MOVE_CHAIN_CHECK(move_stream_sse4a,
        "Stores past the caches of single numbers that lose, change or misplace bytes.",
        ISA(SSE2) | ISA(SSE4A), 5000, RING(8), .data = MOVE_CHAIN_VECTOR);
MOVE_CHAIN_CHECK(move_stream_avx2,
        "Stores past the caches from 256-bit registers that lose, change or misplace bytes.",
        ISA(AVX) | ISA(AVX2), 5000, RING(8), .data = MOVE_CHAIN_VECTOR, .cleared = 32);
MOVE_CHAIN_CHECK(move_stream_avx512,
        "Stores past the caches from 512-bit registers that lose, change or misplace bytes.",
        ISA(AVX512F) | ISA(AVX512BW) | ISA(AVX512VL), 5000, RING(8), .data = MOVE_CHAIN_VECTOR);
MOVE_CHAIN_CHECK(move_stream_direct,
        "Direct stores (movdiri, movdir64b) that lose, change or misplace bytes.",
        ISA(SSE2) | ISA(MOVDIRI) | ISA(MOVDIR64B), 5000, RING(8), .data = MOVE_CHAIN_VECTOR);
