/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/faulty/trap.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "checks/isa.h"
#include "tests/faulty/emitted.h"

#define BREAKPOINT 0xcc
#define TRAP_BREAKPOINT 3 /* gregs[REG_TRAPNO]: the vector of #BP */
#define TRAP_FLAG 0x100
#define STACK_SIZE (256 * 1024)
#define AREA_MAX 16384
#define AREA_SIZE_OFFSET 480 /* struct _fpx_sw_bytes, xstate_size: arch/x86/include/uapi/asm/sigcontext.h */

static struct {
        struct trap_request request;
        uint8_t *begin;
        uint32_t *index; /* of each byte of the code: 1 + its place, 0 for none */
        bool bases;      /* those of fs and gs can be read */
        struct trap_place *stepping;
        uint8_t *
                next; /* where the instruction that is executed just now ends, if a breakpoint waits there */
        uint8_t covered; /* what that one covers */
        struct trap_place enter, leave;
        struct emitted_place found[EMITTED_PLACES_MAX];
        struct trap_place emitted[EMITTED_PLACES_MAX];
        size_t n_emitted;
        struct corrupt_machine before;
        uint8_t area[AREA_MAX] __attribute__((aligned(64))); /* of `before` */
} trap;

/* Both marks of emitted code are an endbr64. */
static const struct result mark = { .length = 4 };

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

static void machine_write(
        ucontext_t *context, const struct corrupt_machine *machine, enum corrupt_change change)
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

/* ---- emitted code ---- */

static void withdraw_emitted(void)
{
        for (size_t i = 0; i < trap.n_emitted; i++)
                *trap.emitted[i].address = trap.emitted[i].original;
        trap.n_emitted = 0;
}

/* It is entered: rsi and rdx have its address and size. */
static void on_enter(const ucontext_t *context)
{
        uint8_t *code = (uint8_t *)context->uc_mcontext.gregs[REG_RSI]; /* NOLINT: an address by nature */
        size_t size = (size_t)context->uc_mcontext.gregs[REG_RDX];

        withdraw_emitted();
        if (trap.request.emitted) {
                emitted_each(code, size, trap.request.emitted, trap.request.user);
                return;
        }
        trap.n_emitted = emitted_find(code, size, trap.request.mnemonic, trap.found);
        for (size_t i = 0; i < trap.n_emitted; i++) {
                uint8_t *address = code + trap.found[i].offset;

                trap.emitted[i] = (struct trap_place){ address, &trap.found[i].result, 0, 0, *address };
                *address = BREAKPOINT;
        }
}

/* ---- hits ---- */

static struct trap_place *place_at(const uint8_t *address)
{
        uint32_t i = address >= trap.request.begin && address < trap.request.end
                             ? trap.index[address - trap.begin]
                             : 0;

        if (i)
                return &trap.request.places[i - 1];
        if (address == trap.enter.address)
                return &trap.enter;
        if (address == trap.leave.address)
                return &trap.leave;
        for (size_t e = 0; e < trap.n_emitted; e++)
                if (trap.emitted[e].address == address)
                        return &trap.emitted[e];
        return NULL;
}

/* Puts a stop behind the instruction: a breakpoint where it can be one, because hypervisors make the trap flag cost
 * 18 us. */
static void stop_behind(ucontext_t *context, const struct trap_place *place)
{
        trap.next = place->address + place->result->length;
        if (!result_goes_on(place->result)) {
                trap.next = NULL;
                context->uc_mcontext.gregs[REG_EFL] |= TRAP_FLAG;
                return;
        }
        trap.covered = *trap.next;
        *trap.next = BREAKPOINT;
}

static bool is_beyond_limit(const struct trap_place *place)
{
        return (trap.request.limits.hits && place->hits > trap.request.limits.hits) ||
               (trap.request.limits.flips && place->flips >= trap.request.limits.flips);
}

/* The int3 was executed: back to the instruction. */
static void on_hit(ucontext_t *context, struct trap_place *place)
{
        *place->address = place->original;
        context->uc_mcontext.gregs[REG_RIP] = (greg_t)place->address;
        if (place == &trap.enter) {
                on_enter(context);
        } else if (place == &trap.leave) {
                withdraw_emitted();
        } else {
                place->hits++;
                trap.request.counts->hits++;
                if (!place->result || is_beyond_limit(place))
                        return;
        }
        trap.stepping = place;
        machine_read(context, &trap.before);
        if (place->result->extended) {
                copy(trap.area, trap.before.xsave, MIN(trap.before.xsave_size, sizeof(trap.area)));
                trap.before.xsave = trap.area;
        }
        stop_behind(context, place);
}

static void spoil(ucontext_t *context, struct trap_place *place)
{
        static const struct corrupt_memory memory = { memory_read, memory_write, NULL };
        struct corrupt_machine after = { .xsave_size = 0 };
        enum corrupt_change change;

        machine_read(context, &after);
        change = corrupt(trap.request.seed, place->result, &trap.before, &after, &memory);
        if (!change)
                return;
        machine_write(context, &after, change);
        place->flips++;
        trap.request.counts->flips++;
        if (!trap.request.counts->first_flipped)
                trap.request.counts->first_flipped = place->address;
}

static void observe(const ucontext_t *context, const struct trap_place *place)
{
        struct corrupt_machine after = { .xsave_size = 0 };

        machine_read(context, &after);
        trap.request.observe(place, &trap.before, &after, trap.request.user);
}

/* The instruction was executed. */
static void on_step(ucontext_t *context)
{
        struct trap_place *place = trap.stepping;

        trap.stepping = NULL;
        if (trap.next) {
                *trap.next = trap.covered;
                context->uc_mcontext.gregs[REG_RIP] = (greg_t)trap.next;
        }
        context->uc_mcontext.gregs[REG_EFL] &= ~(greg_t)TRAP_FLAG;
        if (trap.request.observe && place != &trap.enter && place != &trap.leave)
                observe(context, place);
        if (trap.request.corrupting && place->result->n_parts)
                spoil(context, place);
        if (!is_beyond_limit(place))
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

static int unlock(uintptr_t begin, uintptr_t end)
{
        begin &= ~(uintptr_t)4095;
        end = (end + 4095) & ~(uintptr_t)4095;
        return mprotect((void *)begin, end - begin, PROT_READ | PROT_WRITE | PROT_EXEC); /* NOLINT */
}

int trap_begin(uint8_t *begin, uint8_t *end)
{
        struct sigaction action = { .sa_sigaction = on_trap, .sa_flags = SA_SIGINFO | SA_ONSTACK };
        stack_t stack = { .ss_size = STACK_SIZE };

        trap.begin = begin;
        trap.bases = isa_read() & ISA(FSGSBASE);
        trap.index = calloc((size_t)(end - begin), sizeof(*trap.index));
        stack.ss_sp = mmap(NULL, STACK_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (!trap.index || stack.ss_sp == MAP_FAILED)
                return -ENOMEM;
        if (unlock((uintptr_t)begin, (uintptr_t)end) < 0 || sigaltstack(&stack, NULL) < 0 ||
                sigaction(SIGTRAP, &action, NULL) < 0)
                return -errno;
        return 0;
}

static void plant(struct trap_place *place)
{
        if (!place->address)
                return;
        place->original = *place->address;
        *place->address = BREAKPOINT;
}

void trap_plant(const struct trap_request *request)
{
        trap.request = *request;
        trap.enter = (struct trap_place){ .address = request->enter, .result = &mark };
        trap.leave = (struct trap_place){ .address = request->leave, .result = &mark };
        for (size_t i = 0; i < request->n; i++) {
                trap.index[request->places[i].address - trap.begin] = (uint32_t)i + 1;
                plant(&request->places[i]);
        }
        plant(&trap.enter);
        plant(&trap.leave);
}

void trap_replant(void)
{
        for (size_t i = 0; i < trap.request.n; i++) {
                *trap.request.places[i].address = BREAKPOINT;
                trap.request.places[i].hits = trap.request.places[i].flips = 0;
        }
}

void trap_unlock_emitted(void)
{
        AUTO_FILE FILE *maps = fopen("/proc/self/maps", "re");
        char line[512], rights[8];
        uintptr_t begin, end;

        while (maps && fgets(line, sizeof(line), maps))
                if (sscanf(line, "%" SCNxPTR "-%" SCNxPTR " %7s", &begin, &end, rights) == 3 &&
                        strcmp(rights, "r-xs") == 0)
                        (void)unlock(begin, end);
}

void trap_withdraw(void)
{
        struct trap_request *r = &trap.request;

        withdraw_emitted();
        for (size_t i = 0; i < r->n; i++) {
                *r->places[i].address = r->places[i].original;
                trap.index[r->places[i].address - trap.begin] = 0;
        }
        if (r->enter)
                *r->enter = trap.enter.original;
        if (r->leave)
                *r->leave = trap.leave.original;
        *r = (struct trap_request){ 0 };
}
