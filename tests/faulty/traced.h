/* SPDX-License-Identifier: Apache-2.0 */
/* A stopped process under ptrace: its memory, and its registers as corrupt.h has them. */
#pragma once

#include <sys/types.h>
#include <sys/user.h>

#include "tests/faulty/corrupt.h"

#define TRACED_AREA_MAX 32768

/* Memory that is mapped twice, once to execute and once to write: ptrace, too, can write only through the second. */
struct traced_alias {
        uint64_t begin, end; /* of the executable mapping */
        uint64_t writable;   /* where the other one begins; 0: there is none */
};

struct traced {
        pid_t pid;
        int memory; /* /proc/PID/mem */
        struct traced_alias alias;
        struct user_regs_struct regs; /* at the last stop */
};

/* Opens its memory. Returns 0 or a negative errno. */
int traced_open(pid_t pid, struct traced *ret_traced);
void traced_close(struct traced *traced);

/* Reads and writes its memory: the functions of struct corrupt_memory, `user` is struct traced. */
bool traced_read(void *user, uint64_t address, void *to, size_t size);
bool traced_write(void *user, uint64_t address, const void *from, size_t size);
void traced_put(struct traced *traced, uint64_t address, uint8_t byte);

/* Finds the alias of the mapping that `address` lies in, if it is executable and shared. */
void traced_find_alias(struct traced *traced, uint64_t address);

/* traced->regs to a machine, and back. The area is left alone. */
void traced_to_machine(const struct traced *traced, struct corrupt_machine *machine);
void traced_from_machine(struct traced *traced, const struct corrupt_machine *machine);

/* Fetches the XSAVE area into `area` (TRACED_AREA_MAX bytes), which *machine then has; gives it back. */
bool traced_fetch_area(const struct traced *traced, struct corrupt_machine *machine, uint8_t *area);
bool traced_give_area(const struct traced *traced, const struct corrupt_machine *machine);
