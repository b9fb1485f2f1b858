/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/faulty/trap.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

#include "base/array.h"
#include "checks/isa.h"
#include "tests/faulty/corrupt.h"

#define BREAKPOINT 0xcc
#define TRAP_BREAKPOINT 3 /* gregs[REG_TRAPNO]: the vector of #BP */
#define TRAP_FLAG 0x100
#define STACK_SIZE (256 * 1024)
#define AREA_MAX 16384
#define AREA_SIZE_OFFSET 480 /* struct _fpx_sw_bytes, xstate_size: arch/x86/include/uapi/asm/sigcontext.h */

static struct {
        uint8_t *begin, *end;
        uint32_t *index; /* of each byte of the code: 1 + its place, 0 for none */
        struct trap_place *places;
        size_t n_places;
        uint64_t seed;
        struct trap_limits limits;
        bool corrupting, bases;
        struct trap_place *stepping;
        uint8_t *next;   /* where the instruction that is executed just now ends, if a breakpoint waits there */
        uint8_t covered; /* what that one covers */
        struct trap_counts *counts;
        struct corrupt_machine before;
        uint8_t area[AREA_MAX] __attribute__((aligned(64))); /* of `before` */
} trap;

/* ---- the machine, as the kernel saved it ---- */

static const uint8_t order[16] = { REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI, REG_RDI,
        REG_R8, REG_R9, REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15 };

static void copy(void *to, const void *from, size_t size)
{
        __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(size) : : "memory");
}

static void machine_read(const ucontext_t *context, struct corrupt_machine *machine)
{
        const greg_t *general = context->uc_mcontext.gregs;

        for (size_t i = 0; i < ARRAY_SIZE(order); i++)
                machine->general[i] = (uint64_t)general[order[i]];
        machine->flags = (uint64_t)general[REG_EFL] & ~(uint64_t)TRAP_FLAG;
        machine->instruction = (uint64_t)general[REG_RIP];
        machine->xsave = (uint8_t *)context->uc_mcontext.fpregs;
        copy(&machine->xsave_size, machine->xsave + AREA_SIZE_OFFSET, sizeof(uint32_t));
        if (!trap.bases)
                return;
        __asm__ volatile("rdfsbase %0" : "=r"(machine->fs_base));
        __asm__ volatile("rdgsbase %0" : "=r"(machine->gs_base));
}

static void machine_write(ucontext_t *context, const struct corrupt_machine *machine, enum corrupt_change change)
{
        greg_t *general = context->uc_mcontext.gregs;

        if (change == CORRUPT_BASE) {
                __asm__ volatile("wrfsbase %0" : : "r"(machine->fs_base));
                __asm__ volatile("wrgsbase %0" : : "r"(machine->gs_base));
        }
        if (change != CORRUPT_GENERAL)
                return; /* the area was changed where it lies */
        for (size_t i = 0; i < ARRAY_SIZE(order); i++)
                general[order[i]] = (greg_t)machine->general[i];
        general[REG_EFL] = (greg_t)machine->flags;
        general[REG_RIP] = (greg_t)machine->instruction;
}

static bool memory_read(void *user, uint64_t address, void *to, size_t size)
{
        (void)user;
        copy(to, (const void *)address, size); /* NOLINT: an address by nature */
        return true;
}

static bool memory_write(void *user, uint64_t address, const void *from, size_t size)
{
        (void)user;
        copy((void *)address, from, size); /* NOLINT: an address by nature */
        return true;
}

/* ---- hits ---- */

static struct trap_place *place_at(const uint8_t *address)
{
        uint32_t i = address >= trap.begin && address < trap.end ? trap.index[address - trap.begin] : 0;

        return i ? &trap.places[i - 1] : NULL;
}

/* The int3 was executed: back to the instruction, and to a stop after it. That is a breakpoint where it can be one,
 * because hypervisors make the trap flag cost 18 us. */
static void on_hit(ucontext_t *context, struct trap_place *place)
{
        place->hits++;
        trap.counts->hits++;
        *place->address = place->original;
        context->uc_mcontext.gregs[REG_RIP] = (greg_t)place->address;
        if (!place->result || (trap.limits.hits && place->hits > trap.limits.hits))
                return;
        trap.stepping = place;
        machine_read(context, &trap.before);
        if (place->result->extended) {
                copy(trap.area, trap.before.xsave, MIN(trap.before.xsave_size, sizeof(trap.area)));
                trap.before.xsave = trap.area;
        }
        trap.next = place->address + place->result->length;
        if (result_goes_on(place->result) && trap.next < trap.end) {
                trap.covered = *trap.next;
                *trap.next = BREAKPOINT;
        } else {
                trap.next = NULL;
                context->uc_mcontext.gregs[REG_EFL] |= TRAP_FLAG;
        }
}

/* The instruction was executed. */
static void on_step(ucontext_t *context)
{
        static const struct corrupt_memory memory = { memory_read, memory_write, NULL };
        struct trap_place *place = trap.stepping;
        struct corrupt_machine after = { .xsave_size = 0 };
        enum corrupt_change change = CORRUPT_NOTHING;

        trap.stepping = NULL;
        if (trap.next) {
                *trap.next = trap.covered;
                context->uc_mcontext.gregs[REG_RIP] = (greg_t)trap.next;
        }
        context->uc_mcontext.gregs[REG_EFL] &= ~(greg_t)TRAP_FLAG;
        machine_read(context, &after);
        if (trap.corrupting)
                change = corrupt(trap.seed, place->result, &trap.before, &after, &memory);
        if (change) {
                machine_write(context, &after, change);
                place->flips++;
                trap.counts->flips++;
                if (!trap.counts->first_flipped)
                        trap.counts->first_flipped = place;
        }
        if (!trap.limits.flips || place->flips < trap.limits.flips)
                *place->address = BREAKPOINT;
}

static void on_trap(int signal, siginfo_t *info, void *user)
{
        ucontext_t *context = user;
        struct trap_place *place = place_at((uint8_t *)context->uc_mcontext.gregs[REG_RIP] - 1); /* NOLINT */

        (void)info;
        if (trap.stepping)
                on_step(context);
        else if (place && context->uc_mcontext.gregs[REG_TRAPNO] == TRAP_BREAKPOINT)
                on_hit(context, place);
        else
                __asm__ volatile("ud2" : : "a"(signal)); /* no breakpoint of ours: a death like any other */
}

/* ---- planting ---- */

int trap_begin(uint8_t *begin, uint8_t *end, struct trap_counts *counts)
{
        uintptr_t first = (uintptr_t)begin & ~(uintptr_t)4095, last = ((uintptr_t)end + 4095) & ~(uintptr_t)4095;
        struct sigaction action = { .sa_sigaction = on_trap, .sa_flags = SA_SIGINFO | SA_ONSTACK };
        stack_t stack = { .ss_size = STACK_SIZE };

        trap.begin = begin;
        trap.end = end;
        trap.counts = counts;
        trap.bases = isa_read() & ISA(FSGSBASE);
        trap.index = calloc((size_t)(end - begin), sizeof(*trap.index));
        stack.ss_sp = mmap(NULL, STACK_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (!trap.index || stack.ss_sp == MAP_FAILED)
                return -ENOMEM;
        if (mprotect((void *)first, last - first, PROT_READ | PROT_WRITE | PROT_EXEC) < 0 || /* NOLINT */
                sigaltstack(&stack, NULL) < 0 || sigaction(SIGTRAP, &action, NULL) < 0)
                return -errno;
        return 0;
}

void trap_plant(struct trap_place *places, size_t n, uint64_t seed, bool corrupting, struct trap_limits limits)
{
        trap.places = places;
        trap.n_places = n;
        trap.seed = seed;
        trap.corrupting = corrupting;
        trap.limits = limits;
        for (size_t i = 0; i < n; i++) {
                trap.index[places[i].address - trap.begin] = (uint32_t)i + 1;
                places[i].original = *places[i].address;
                *places[i].address = BREAKPOINT;
        }
}

void trap_replant(void)
{
        for (size_t i = 0; i < trap.n_places; i++) {
                *trap.places[i].address = BREAKPOINT;
                trap.places[i].hits = trap.places[i].flips = 0;
        }
}

void trap_withdraw(void)
{
        for (size_t i = 0; i < trap.n_places; i++) {
                *trap.places[i].address = trap.places[i].original;
                trap.index[trap.places[i].address - trap.begin] = 0;
        }
        trap.n_places = 0;
}
