/* SPDX-License-Identifier: Apache-2.0 */
/* A configuration file is taken, or refused with its place and a sentence. */
#include <string.h>

#include "agent/configuration.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
        static struct configuration configuration;
        struct configuration_error error = { 0 };
        char *text = fuzz_text(bytes, size);

        if (configuration_read(text, "fuzz", &configuration, &error) < 0)
                REQUIRE(error.where[0] && error.error.text[0]);
        else
                REQUIRE(strnlen(configuration.identity_command, CONFIGURATION_TEXT_MAX) <
                                CONFIGURATION_TEXT_MAX &&
                        strnlen(configuration.checks, CONFIGURATION_TEXT_MAX) < CONFIGURATION_TEXT_MAX &&
                        strnlen(configuration.isa_level, CONFIGURATION_TEXT_MAX) < CONFIGURATION_TEXT_MAX);
        free(text);
        return 0;
}
