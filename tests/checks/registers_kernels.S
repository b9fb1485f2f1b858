/* SPDX-License-Identifier: Apache-2.0 */
/* Kernels of tests/checks/registers.c: nothing, a trap, an event between load and store. */
#include "checks/registers.inc"

FUNCTION registers_test_nothing
        KERNEL_ENTER
        KERNEL_LEAVE
END registers_test_nothing

FUNCTION registers_test_trap
        KERNEL_ENTER
        int3
        KERNEL_LEAVE
END registers_test_trap

FUNCTION registers_test_event
        KERNEL_ENTER
        KERNEL_EVENT
        KERNEL_LEAVE
END registers_test_event
