/* SPDX-License-Identifier: Apache-2.0 */
/* Which CPUs are threads of one core, as sysfs has it. */
#pragma once

#include <stdbool.h>

/* A CPU that sysfs does not know is a core of its own. */
bool core_same(int a, int b);
