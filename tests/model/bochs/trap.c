/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/model/bochs/machine.h"
#include "tests/model/bochs/timer.h"
#include "tests/model/bochs/trap.h"

struct gate {
        uint16_t offset_low, selector;
        uint8_t stack, type;
        uint16_t offset_middle;
        uint32_t offset_high, reserved;
};

struct task {
        uint32_t reserved;
        uint64_t stack[3], others[8];
        uint16_t reserved_end[4], permission_map;
} __attribute__((packed));

struct table {
        uint16_t limit;
        const void *base;
} __attribute__((packed));

extern const uint8_t trap_stubs[], trap_stack[];

static struct gate gates[TRAP_VECTORS];
static struct task task;
static uint64_t segments[] = {
        [TRAP_KERNEL_CODE / 8] = 0x00af9b000000ffff,
        [TRAP_KERNEL_CODE / 8 + 1] = 0x00cf93000000ffff,
        [TRAP_USER_DATA / 8] = 0x00cff3000000ffff,
        [TRAP_USER_CODE / 8] = 0x00affb000000ffff,
        [TRAP_TASK / 8] = 0,
        [TRAP_TASK / 8 + 1] = 0,
};

/* User mode may raise what Linux lets it raise, and TRAP_RESUME. */
static uint8_t gate_type(unsigned vector)
{
        return vector == 3 || vector == 4 || vector == TRAP_RESUME ? 0xee : 0x8e;
}

static void gates_fill(void)
{
        for (unsigned i = 0; i < TRAP_VECTORS; i++) {
                uint64_t stub = (uint64_t)(trap_stubs + TRAP_STUB_SIZE * i);
                gates[i] = (struct gate){
                        .offset_low = (uint16_t)stub,
                        .selector = TRAP_KERNEL_CODE,
                        .type = gate_type(i),
                        .offset_middle = (uint16_t)(stub >> 16),
                        .offset_high = (uint32_t)(stub >> 32),
                };
        }
}

void trap_setup(void)
{
        uint64_t base = (uint64_t)&task;
        task.stack[0] = (uint64_t)trap_stack;
        task.permission_map = sizeof task;
        segments[TRAP_TASK / 8] =
                (sizeof task - 1) | (base & 0xffffff) << 16 | 0x89ULL << 40 | (base >> 24 & 0xff) << 56;
        segments[TRAP_TASK / 8 + 1] = base >> 32;
        gates_fill();

        struct table gdt = { sizeof segments - 1, segments }, idt = { sizeof gates - 1, gates };
        __asm__ volatile("lgdt %0\n\t"
                         "lidt %1\n\t"
                         "ltr %w2\n\t"
                         "lldt %w3\n\t"
                         "mov %w3, %%ds\n\t"
                         "mov %w3, %%es\n\t"
                         "mov %w3, %%fs\n\t"
                         "mov %w3, %%gs\n\t"
                         :
                         : "m"(gdt), "m"(idt), "r"(TRAP_TASK), "r"(0));
}

/* Over the zeros that end before `end`. */
static void put_hex(char *end, uint64_t value)
{
        for (; value; value >>= 4)
                *--end = "0123456789abcdef"[value & 15];
}

void trap_in_guest(const struct trap_frame *frame)
{
        if (frame->vector != TRAP_TIMER) {
                static char text[] = "the guest: exception 00 at 0000000000000000";
                put_hex(text + sizeof text - 1, frame->rip);
                put_hex(text + 23, frame->vector);
                machine_stop(text);
        }
        timer_acknowledge();
}
