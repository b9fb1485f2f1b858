/* SPDX-License-Identifier: Apache-2.0 */
/* Where the walk over the machine code of the checks (image_walk.h) would claim too much, and why. */
#pragma once

#include <Zydis/Zydis.h>

#include "checks/isa.h"

struct covered_except {
        const char *function;
        ZydisMnemonic mnemonic;
        isa_set unless; /* not executed where the CPU has all of these; 0: executed, but no output depends on it */
        const char *why;
};

/* The exception for an instruction of a function, or NULL. */
const struct covered_except *covered_except_find(const char *function, ZydisMnemonic mnemonic);

/* The first exception that has never been found, which is then to be taken out; or NULL. */
const struct covered_except *covered_except_unused(void);
