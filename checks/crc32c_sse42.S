/* SPDX-License-Identifier: Apache-2.0 */
/* CRC-32C by SSE4.2's crc32, in the frame of the integer kernels: every general register is its
 * destination. */
#define WORDS 4
#define LINES "checks/crc32c_sse42.inc"
#include "checks/integer.inc"

FUNCTION crc32c_sse42_run
        INTEGER_ENTER
#include "checks/integer_roles_free.inc"
        INTEGER_LEAVE
END crc32c_sse42_run
