/* SPDX-License-Identifier: Apache-2.0 */
/* The coverage contract as the program prints it (`assay list --coverage --json`): the instructions of this CPU whose
 * results are to be caught when they are wrong. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define CONTRACT_NAME_MAX 24

struct contract_entry {
        char name[CONTRACT_NAME_MAX]; /* as libZydis spells it */
        unsigned mnemonic;            /* ZydisMnemonic */
        int family;                   /* enum check_family */
        bool known;                   /* a check with known answers covers it, it says */
};

struct contract {
        struct contract_entry *entries; /* in the program's order; those that it excludes are left out */
        size_t n;
};

/* Returns 0 or a negative errno (-ENOEXEC: the program printed something else). */
int contract_read(const char *assay, struct contract *ret_contract);
void contract_free(struct contract *contract);

/* The entry of a mnemonic's name, or NULL. */
const struct contract_entry *contract_find(const struct contract *contract, const char *name);
