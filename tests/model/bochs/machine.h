/* SPDX-License-Identifier: Apache-2.0 */
/* The instructions that the guest's C needs, and its memory. */
#pragma once

#include <stdint.h>

/* Of the guest's variables: boot.S maps the memory so. */
#define MACHINE_KERNEL_BASE 0xffffffff80000000

#define MACHINE_MSR_FS_BASE 0xc0000100
#define MACHINE_MSR_GS_BASE 0xc0000101

static inline uint64_t machine_physical(const void *address)
{
        return (uint64_t)address - MACHINE_KERNEL_BASE;
}

static inline void machine_out8(uint16_t port, uint8_t value)
{
        __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static inline uint8_t machine_in8(uint16_t port)
{
        uint8_t value;
        __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
        return value;
}

static inline void machine_msr_write(uint32_t msr, uint64_t value)
{
        __asm__ volatile("wrmsr" : : "c"(msr), "a"((uint32_t)value), "d"((uint32_t)(value >> 32)));
}

static inline uint64_t machine_msr_read(uint32_t msr)
{
        uint32_t low, high;
        __asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr));
        return (uint64_t)high << 32 | low;
}

/* By quadwords: the emulator takes as long for one as for a byte. */
static inline void machine_copy(void *to, const void *from, uint64_t size)
{
        uint64_t quads = size / 8, rest = size % 8;
        __asm__ volatile("rep movsq\n\t"
                         "mov %3, %2\n\t"
                         "rep movsb"
                         : "+D"(to), "+S"(from), "+&c"(quads)
                         : "r"(rest)
                         : "memory");
}

/* Zeroes `size` bytes, a multiple of 8, or fills them with the byte that `pattern` repeats. */
static inline void machine_fill(void *to, uint64_t pattern, uint64_t size)
{
        uint64_t quads = size / 8;
        __asm__ volatile("rep stosq" : "+D"(to), "+c"(quads) : "a"(pattern) : "memory");
}

/* Says `why` through the emulator's debug port and ends it. */
_Noreturn void machine_stop(const char *why);
