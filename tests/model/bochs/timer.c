/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/model/bochs/timer.h"

#include "tests/model/bochs/machine.h"
#include "tests/model/bochs/trap.h"

/* Where boot.S maps 0xfee00000; registers by Intel SDM volume 3, table 11-1. */
#define APIC 0xfffffffffee00000

enum {
        END_OF_INTERRUPT = 0x0b0,
        SPURIOUS = 0x0f0,
        TIMER = 0x320,
        INITIAL_COUNT = 0x380,
        DIVIDE = 0x3e0,
};

static void apic_write(uint32_t offset, uint32_t value)
{
        *(volatile uint32_t *)(APIC + offset) = value;
}

void timer_setup(void)
{
        apic_write(SPURIOUS, 0x100 | TRAP_SPURIOUS);
        apic_write(DIVIDE, 0xb); /* by 1 */
        apic_write(TIMER, TRAP_TIMER);
}

void timer_start(uint32_t instructions)
{
        apic_write(INITIAL_COUNT, instructions);
}

void timer_stop(void)
{
        apic_write(INITIAL_COUNT, 0);
        /* One that is pending arrives here. */
        __asm__ volatile("sti; nop; nop; cli" : : : "memory");
}

void timer_acknowledge(void)
{
        apic_write(END_OF_INTERRUPT, 0);
}
