/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/faulty/traced.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/cleanup.h"

#define TRAP_FLAG 0x100

int traced_open(pid_t pid, struct traced *ret_traced)
{
        char path[64];

        *ret_traced = (struct traced){ .pid = pid };
        (void)snprintf(path, sizeof(path), "/proc/%d/mem", pid);
        ret_traced->memory = open(path, O_RDWR | O_CLOEXEC);
        return ret_traced->memory < 0 ? -errno : 0;
}

void traced_close(struct traced *traced)
{
        if (traced->memory >= 0)
                (void)close(traced->memory);
        traced->memory = -1;
}

/* ---- memory ---- */

bool traced_read(void *user, uint64_t address, void *to, size_t size)
{
        const struct traced *t = user;

        return pread(t->memory, to, size, (off_t)address) == (ssize_t)size;
}

bool traced_write(void *user, uint64_t address, const void *from, size_t size)
{
        const struct traced *t = user;

        if (address >= t->alias.begin && address < t->alias.end && t->alias.writable)
                address += t->alias.writable - t->alias.begin;
        return pwrite(t->memory, from, size, (off_t)address) == (ssize_t)size;
}

void traced_put(struct traced *traced, uint64_t address, uint8_t byte)
{
        (void)traced_write(traced, address, &byte, 1);
}

/* One line of /proc/PID/maps. */
struct mapping {
        uint64_t begin, end, offset, inode;
        char rights[8];
};

static bool next_mapping(FILE *maps, struct mapping *ret_mapping)
{
        char line[4352];
        struct mapping *m = ret_mapping;

        return fgets(line, sizeof(line), maps) &&
               sscanf(line, "%" SCNx64 "-%" SCNx64 " %7s %" SCNx64 " %*s %" SCNu64, &m->begin, &m->end,
                       m->rights, &m->offset, &m->inode) == 5;
}

void traced_find_alias(struct traced *traced, uint64_t address)
{
        char path[64];
        AUTO_FILE FILE *maps = NULL;
        struct mapping m, code = { .inode = 0 };

        traced->alias = (struct traced_alias){ 0 };
        (void)snprintf(path, sizeof(path), "/proc/%d/maps", traced->pid);
        maps = fopen(path, "re");
        while (maps && next_mapping(maps, &m))
                if (address >= m.begin && address < m.end && strcmp(m.rights, "r-xs") == 0)
                        code = m;
        if (!code.inode)
                return;
        rewind(maps);
        while (next_mapping(maps, &m))
                if (m.inode == code.inode && m.offset == code.offset && strcmp(m.rights, "rw-s") == 0)
                        traced->alias = (struct traced_alias){ code.begin, code.end, m.begin };
}

/* ---- registers ---- */

void traced_to_machine(const struct traced *traced, struct corrupt_machine *machine)
{
        const struct user_regs_struct *r = &traced->regs;
        const uint64_t general[16] = { r->rax, r->rcx, r->rdx, r->rbx, r->rsp, r->rbp, r->rsi, r->rdi, r->r8,
                r->r9, r->r10, r->r11, r->r12, r->r13, r->r14, r->r15 };

        memcpy(machine->general, general, sizeof(general));
        machine->flags = r->eflags & ~(uint64_t)TRAP_FLAG;
        machine->instruction = r->rip;
        machine->fs_base = r->fs_base;
        machine->gs_base = r->gs_base;
}

void traced_from_machine(struct traced *traced, const struct corrupt_machine *machine)
{
        struct user_regs_struct *r = &traced->regs;
        const uint64_t *g = machine->general;

        r->rax = g[0], r->rcx = g[1], r->rdx = g[2], r->rbx = g[3];
        r->rsp = g[4], r->rbp = g[5], r->rsi = g[6], r->rdi = g[7];
        r->r8 = g[8], r->r9 = g[9], r->r10 = g[10], r->r11 = g[11];
        r->r12 = g[12], r->r13 = g[13], r->r14 = g[14], r->r15 = g[15];
        r->eflags = machine->flags;
        r->rip = machine->instruction;
        r->fs_base = machine->fs_base;
        r->gs_base = machine->gs_base;
}

bool traced_fetch_area(const struct traced *traced, struct corrupt_machine *machine, uint8_t *area)
{
        struct iovec vector = { area, TRACED_AREA_MAX };

        if (ptrace(PTRACE_GETREGSET, traced->pid, (void *)NT_X86_XSTATE, &vector) < 0) /* NOLINT */
                return false;
        machine->xsave = area;
        machine->xsave_size = vector.iov_len;
        return true;
}

bool traced_give_area(const struct traced *traced, const struct corrupt_machine *machine)
{
        struct iovec vector = { machine->xsave, machine->xsave_size };

        return ptrace(PTRACE_SETREGSET, traced->pid, (void *)NT_X86_XSTATE, &vector) == 0; /* NOLINT */
}
