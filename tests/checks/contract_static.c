/* SPDX-License-Identifier: Apache-2.0 */
/* The rules that the const struct alone must keep. */
#include "tests/checks/contract_rules.h"

#include <stdlib.h>
#include <string.h>

#include "checks/answers.h"
#include "checks/party.h"
#include "checks/registers.h"

#define NAME_MAX_LENGTH 48 /* a column of the reports */
#define NAME_SHOWN 24      /* of it, where a line is short: the live view */

static bool name_formed(const char *name)
{
        size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_");

        return length && length <= NAME_MAX_LENGTH && !name[length] && name[0] >= 'a' && strchr(name, '_') &&
               !strstr(name, "__") && name[length - 1] != '_';
}

/* How many checks have this name, as far as a short line shows it. */
static unsigned name_uses(const char *name)
{
        unsigned uses = 0;

        for (const struct check *const *c = check_list; *c; c++)
                uses += strncmp((*c)->name, name, NAME_SHOWN) == 0;
        return uses;
}

static bool limits_numbers(struct contract *contract)
{
        const struct check *c = contract->check;

        if (!c->state_size || c->state_size > CHECK_STATE_MAX)
                return contract_broken(contract, "state_size is %u", c->state_size);
        if (!c->output_size || c->output_offset > c->state_size ||
                c->output_size > c->state_size - c->output_offset)
                return contract_broken(contract, "the output is not inside the state");
        if (!c->round_us || c->round_us > 5000)
                return contract_broken(contract, "round_us is %u, not 1 to 5000", c->round_us);
        if (!c->cycle)
                return contract_broken(contract, "cycle is 0");
        if (c->parties == 1 || c->parties > PARTY_MOST || !c->parties != !c->share)
                return contract_broken(contract, "parties is %u, %s share", c->parties,
                        c->share ? "with" : "without");
        if (!c->program != !c->running)
                return contract_broken(contract, "program and running come together");
        if (c->registers &&
                (c->output_offset != sizeof(struct registers) || c->output_size < sizeof(struct registers)))
                return contract_broken(contract, "the output does not start with the register image");
        return true;
}

bool contract_limits(struct contract *contract)
{
        const struct check *c = contract->check;
        size_t sentence = strlen(c->detects);

        if (!name_formed(c->name))
                return contract_broken(contract, "the name is not UNIT_OPERATION[_ISA]");
        if (name_uses(c->name) > 1)
                return contract_broken(
                        contract, "another check has this name, or its first %d characters", NAME_SHOWN);
        if (sentence < 20 || strchr(c->detects, '\n') || c->detects[0] < 'A' || c->detects[0] > 'Z' ||
                c->detects[sentence - 1] != '.')
                return contract_broken(contract, "detects is not one sentence");
        if (!c->setup || !c->run || !c->verify)
                return contract_broken(contract, "setup, run or verify is missing");
        if (!check_unit_name(0) || c->family < CHECK_STATE || c->family > CHECK_ERRATUM)
                return contract_broken(contract, "family is %d", (int)c->family);
        if (c->other && (!check_find(c->other) || strcmp(c->other, c->name) == 0))
                return contract_broken(contract, "`other` names no other check");
        if (c->needs >> ISA_COUNT)
                return contract_broken(contract, "needs features that do not exist");
        for (const struct answers *const *a = c->answers; a && *a; a++)
                if (answers_verify(*a, NULL) < 0)
                        return contract_broken(contract, "the table %s is damaged", (*a)->name);
        return limits_numbers(contract);
}

static bool field_formed(struct contract *contract, const struct check_field *field)
{
        uint64_t end = field->offset + (uint64_t)field->count * field->stride;

        if (!field->name || !field->name[0])
                return contract_broken(contract, "a field has no name");
        if (field->unit < 0 || field->unit >= CHECK_UNIT_COUNT)
                return contract_broken(contract, "field %s has no unit", field->name);
        if (!field->count || !field->stride || !field->lane || field->lane > field->stride)
                return contract_broken(contract, "field %s: count, stride or lane is wrong", field->name);
        if (end > contract->check->output_size)
                return contract_broken(contract, "field %s ends beyond the output", field->name);
        return true;
}

bool contract_fields(struct contract *contract)
{
        const struct check *c = contract->check;
        uint8_t *named = calloc(1, c->output_size);
        bool good = true;

        if (c->registers)
                memset(named, 1, sizeof(struct registers));
        for (size_t i = 0; good && i < c->n_fields; i++) {
                const struct check_field *f = &c->fields[i];

                good = field_formed(contract, f);
                for (uint32_t at = f->offset; good && at < f->offset + f->count * f->stride; at++)
                        if (named[at]++)
                                good = contract_broken(contract, "byte %u is in two fields", at);
        }
        for (uint32_t at = 0; good && at < c->output_size; at++)
                if (!named[at])
                        good = contract_broken(contract, "byte %u is in no field", at);
        free(named);
        return good;
}

bool contract_hold(struct contract *contract)
{
        extern const char __executable_start[], etext[];
        const struct check *c = contract->check;
        const char *begin = c->hold_begin, *end = c->hold_end;

        if (!begin && !end && !c->frame)
                return true;
        if (!begin || !end || !c->frame)
                return contract_broken(contract, "hold_begin, hold_end and frame go together");
        if (begin >= end || begin < __executable_start || end > etext)
                return contract_broken(contract, "the hold range is not a range of code");
        return true;
}
