/* SPDX-License-Identifier: Apache-2.0 */
/* Text: numbers read without surprises, and the word that somebody probably meant. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Reads a whole decimal or 0x number: no sign, no blank, nothing after it.
 * Returns 0, -EINVAL (no number) or -ERANGE (beyond 64 bits). */
int text_to_u64(const char *text, uint64_t *ret_number);

/* How many insertions, deletions, changes and swaps of neighbours lead from a to b (optimal string
 * alignment). Words longer than TEXT_WORD_MAX bytes are cut there. */
#define TEXT_WORD_MAX 64
unsigned text_distance(const char *a, const char *b);

/* Finds the nearest of some words: begin, offer each, read `best` (NULL: none is near). A word is near when
 * no more than a third of its letters differ, and at least one may. Pointers offered are kept, not copied.
 */
struct text_nearest {
        const char *word, *best;
        unsigned distance;
};
void text_nearest_begin(struct text_nearest *nearest, const char *word);
void text_nearest_offer(struct text_nearest *nearest, const char *candidate);

/* Cuts blanks and line ends off both ends, in place. Returns the first byte that is left. */
char *text_trim(char *text);
