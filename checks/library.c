/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/library.h"

ANSWERS_EMBED(library_content);

const struct answers library_content = { "library_content", answers_begin_library_content,
        answers_end_library_content };

const uint8_t *library_block(uint32_t index)
{
        return answers_payload(&library_content) + (size_t)(index % LIBRARY_BLOCKS) * LIBRARY_CONTENT;
}

uint64_t library_difference(const void *expected, const void *actual, uint32_t size)
{
        const uint64_t *want = expected, *have = actual;
        uint64_t difference = 0;

        for (uint32_t i = 0; i < size / 8; i++)
                difference |= want[i] ^ have[i];
        return difference;
}
