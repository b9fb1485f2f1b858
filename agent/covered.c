/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/covered.h"

bool covered_holds(const struct covered_claim *claim, isa_set features)
{
        isa_set needs = claim->needs | check_list[claim->check]->needs;

        return !(needs & ~features) && !(claim->unless && !(claim->unless & ~features));
}

static bool present(const struct covered_instruction *instruction, isa_set features)
{
        for (size_t i = 0; i < instruction->n_forms; i++)
                if (!(instruction->forms[i] & ~features))
                        return true;
        return false;
}

enum covered_standing covered_standing(const struct covered_instruction *instruction, isa_set features)
{
        enum covered_standing standing = COVERED_NONE;

        /* What no feature stands for may be there. */
        if (instruction->n_forms ? !present(instruction, features) : !instruction->excluded)
                return COVERED_ABSENT;
        if (instruction->excluded)
                return COVERED_EXCLUDED;
        for (size_t i = 0; i < instruction->n_claims; i++) {
                const struct covered_claim *claim = &instruction->claims[i];

                if (!covered_holds(claim, features))
                        continue;
                if (!check_list[claim->check]->voted)
                        return COVERED_KNOWN;
                standing = COVERED_VOTED;
        }
        return standing;
}

size_t covered_checks(const struct covered_instruction *instruction, isa_set features,
        const struct check **ret_checks, size_t max)
{
        size_t n = 0;

        for (int own = 1; own >= 0; own--) {
                const struct check *last = NULL; /* the claims of a check follow each other */

                for (size_t i = 0; i < instruction->n_claims; i++) {
                        const struct check *check = check_list[instruction->claims[i].check];

                        if (check == last || (check->family == instruction->family) != own ||
                                !covered_holds(&instruction->claims[i], features))
                                continue;
                        if (n < max)
                                ret_checks[n] = check;
                        last = check;
                        n++;
                }
        }
        return n;
}

struct covered_totals covered_total(enum check_family family, isa_set features)
{
        struct covered_totals totals = { 0 };

        for (size_t i = 0; i < covered_count; i++) {
                enum covered_standing standing;

                if (family && covered_instructions[i].family != family)
                        continue;
                standing = covered_standing(&covered_instructions[i], features);
                totals.known += standing == COVERED_KNOWN;
                totals.voted += standing == COVERED_VOTED;
                totals.none += standing == COVERED_NONE;
                totals.excluded += standing == COVERED_EXCLUDED;
        }
        totals.instructions = totals.known + totals.voted + totals.none;
        return totals;
}

unsigned covered_permille(const struct covered_totals *totals)
{
        return totals->instructions ? totals->known * 1000 / totals->instructions : 1000;
}
