/* SPDX-License-Identifier: Apache-2.0 */
/* A fuzz target: takes bytes from outside, feeds them to one parser, and aborts where that breaks its
 * contract. With clang -fsanitize=fuzzer the target stands alone (-DFUZZ_LIBFUZZER empties driver.c);
 * elsewhere driver.c brings main: it replays the corpus in tests/fuzz/corpus/NAME, then mutates it. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

#define REQUIRE(condition) ((condition) ? (void)0 : abort())

/* The input as a string of its own, which ends at its first 0: memory checkers see reads beyond it. Freed by
 * the caller. */
char *fuzz_text(const uint8_t *bytes, size_t size);
