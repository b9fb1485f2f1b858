/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "tests/fuzz/fuzz.h"

char *fuzz_text(const uint8_t *bytes, size_t size)
{
        size_t length = strnlen((const char *)bytes, size);
        char *text = malloc(length + 1);

        REQUIRE(text);
        memcpy(text, bytes, length);
        text[length] = 0;
        return text;
}
