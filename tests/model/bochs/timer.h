/* SPDX-License-Identifier: Apache-2.0 */
/* The local APIC's timer: Bochs counts it down once an instruction. */
#pragma once

#include <stdint.h>

void timer_setup(void);

/* TRAP_TIMER comes after so many instructions, if interrupts are on. */
void timer_start(uint32_t instructions);

/* No TRAP_TIMER comes any more. Interrupts are off before and after. */
void timer_stop(void);

void timer_acknowledge(void);
