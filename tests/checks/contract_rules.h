/* SPDX-License-Identifier: Apache-2.0 */
/* The rules that checks/check.h makes for a check, each a function that says whether a check keeps it. The
 * contract test applies them to every check of the list; the tester applies them to checks that break them.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checks/check.h"

#define CONTRACT_WHY_MAX 256

/* What a rule is given, and where it says what is wrong. */
struct contract {
        const struct check *check;
        isa_set features; /* of this CPU */
        uint64_t seed;
        char why[CONTRACT_WHY_MAX]; /* out: why the rule is broken; "" where it is kept */
};

struct contract_rule {
        const char *name;
        bool (*holds)(struct contract *contract);
};

/* Every rule; ends with a NULL name. */
extern const struct contract_rule contract_rules[];

/* The rule with this name; the program ends where there is none. */
const struct contract_rule *contract_rule_find(const char *name);

/* Applies one rule in a child process, so that a check that crashes or hangs breaks the rule and not the
 * test. Returns whether it is kept; else contract->why says why not. */
bool contract_apply(const struct contract_rule *rule, struct contract *contract);

/* Writes contract->why; always false, so that a rule can return it. */
__attribute__((format(printf, 2, 3))) bool contract_broken(
        struct contract *contract, const char *format, ...);

/* A state in memory of its own between two pages that cannot be touched, at the lowest address or right
 * before the upper page. What is left of its pages holds canaries. */
struct contract_state {
        uint8_t *map, *data;
        size_t map_size, size;
};
void contract_state_open(struct contract_state *state, const struct check *check, bool high);
void contract_state_close(struct contract_state *state);
/* Whether the bytes around the state are as they were. */
bool contract_state_canaries(const struct contract_state *state);
/* Fills the state with bytes that `seed` names. */
void contract_state_fill(struct contract_state *state, uint64_t seed);

/* Round `i` of the rounds that stand for a whole cycle; contract_rounds says how many there are. */
struct check_round contract_round(const struct contract *contract, uint32_t i);
uint32_t contract_rounds(const struct check *check);

/* The rules that need no run: contract_static.c. */
bool contract_limits(struct contract *contract);
bool contract_fields(struct contract *contract);
bool contract_hold(struct contract *contract);
/* The rules about how run behaves as a function: contract_call.c. */
bool contract_saved(struct contract *contract);
bool contract_memory(struct contract *contract);
bool contract_events(struct contract *contract);
bool contract_duration(struct contract *contract);
/* The rules about outputs and answers: contract_output.c. */
bool contract_poison(struct contract *contract);
bool contract_setup(struct contract *contract);
bool contract_answers(struct contract *contract);
bool contract_flips(struct contract *contract);
bool contract_review(struct contract *contract);
bool contract_everywhere(struct contract *contract);
/* The rules about rounds of several CPUs: contract_parties.c. Kept by every check that has none. */
bool contract_together(struct contract *contract);
bool contract_deserted(struct contract *contract);
