/* SPDX-License-Identifier: Apache-2.0 */
/* What is known before the first defect is tried, and the processes that try: one for each CPU that is to be the broken
 * one, at the same time. */
#pragma once

#include "tests/faulty/table.h"

#define PROOF_CPUS_MAX 64

struct proof {
        const char *assay;
        uint32_t program; /* its checksum */
        uint64_t seed;
        unsigned limit_s; /* after which nothing further is begun; 0: none */
        struct contract contract;
        struct code code; /* of this program, into which the checks are linked */
        struct executed *executed;
        struct timeline timeline;
        int cpus[PROOF_CPUS_MAX]; /* that may be used */
        size_t n_cpus;
        uint64_t start_ns;
};

/* One thing to try. */
struct proof_task {
        const struct contract_entry *entry;
        int cpu;    /* one of proof->cpus */
        bool alone; /* no other CPU is tested */
};

/* Reads the program's contract, finds what the checks execute, watches the schedule (some ten seconds). Returns 0 or a
 * negative errno; said on standard error. `assay` is kept. */
int proof_begin(const char *assay, uint64_t seed, unsigned limit_s, struct proof *ret_proof);

/* Tries the tasks. `output`: a file that keeps the rows; what is there of this
 * program and seed is not tried again; or NULL.
 * Returns 0 or a negative errno; *ret_table has what was found, now and before. */
int proof_try(const struct proof *proof, const struct proof_task *tasks, size_t n, const char *output,
        struct table *ret_table);
