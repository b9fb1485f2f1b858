/* SPDX-License-Identifier: Apache-2.0 */
/* The configuration: built-in defaults (conf/assay.conf as it was when the program was built), then a file,
 * then a profile; each overrides the keys that it names. The command line comes last and is the command's
 * affair. */
#pragma once

#include <stdint.h>

#include "agent/arguments.h"
#include "checks/isa.h"

#define CONFIGURATION_TEXT_MAX 192
struct configuration {
        uint64_t duration_ns, diagnosis_ns;
        char checks[CONFIGURATION_TEXT_MAX];           /* patterns, as arguments_checks takes them */
        uint32_t regimes;                              /* bit r: regime r */
        uint32_t stress;                               /* bit s: shape s */
        int nice;                                      /* of the workers, 0 to 19 */
        isa_set isa;                                   /* what may be used */
        char isa_level[CONFIGURATION_TEXT_MAX];        /* the name of that level */
        char profile[CONFIGURATION_TEXT_MAX];          /* the name of the profile read, "" for none */
        char identity_command[CONFIGURATION_TEXT_MAX]; /* "" for none */
};

struct configuration_error {
        char where[256]; /* "FILE:LINE", or "FILE" where no line is to blame */
        struct arguments_error error;
};

/* Loads. `file` NULL: assay.conf of the system's configuration directory, where it exists. `profile` NULL:
 * none; else a name, looked up as profiles/NAME.conf beside the file, then among the built-in ones. Returns
 * 0, or -EINVAL with *ret_error filled and *ret_configuration untouched. */
int configuration_load(const char *file, const char *profile, struct configuration *ret_configuration,
        struct configuration_error *ret_error);

/* Reads one text over *configuration. `name` stands in the errors. Returns 0 or -EINVAL; *configuration then
 * has the keys before the wrong one. */
int configuration_read(const char *text, const char *name, struct configuration *configuration,
        struct configuration_error *ret_error);
