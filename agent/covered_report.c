/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/covered_report.h"

#include <errno.h>
#include <string.h>

#include "agent/covered.h"
#include "agent/plan.h"
#include "base/array.h"
#include "base/cleanup.h"
#include "base/terminal.h"
#include "checks/check.h"

#define INDENT 4
#define CHECKS_SHOWN 4 /* of each instruction; JSON has all */

static const char *standing_name(enum covered_standing standing)
{
        static const char *const names[] = {
                [COVERED_EXCLUDED] = "excluded",
                [COVERED_KNOWN] = "known",
                [COVERED_VOTED] = "voted",
                [COVERED_NONE] = "none",
        };

        return names[standing];
}

/* Why no check covers it, or NULL. */
static const char *reason(const struct covered_instruction *instruction, enum covered_standing standing)
{
        if (standing == COVERED_EXCLUDED)
                return instruction->excluded;
        if (standing == COVERED_NONE)
                return instruction->n_claims ? "only checks that this CPU cannot run execute it"
                                             : "no check executes it";
        return NULL;
}

/* The names of the checks that know the answer, or of those that CPUs vote on. */
static json_t *checks_json(const struct check *const *checks, size_t n, bool voted)
{
        json_t *names = json_array();

        for (size_t i = 0; i < n; i++)
                if (checks[i]->voted == voted)
                        (void)json_array_append_new(names, json_string(checks[i]->name));
        return names;
}

static json_t *instruction_json(
        const struct covered_instruction *instruction, enum covered_standing standing, isa_set features)
{
        const struct check *checks[PLAN_CHECKS_MAX] = { NULL };
        size_t n = standing == COVERED_EXCLUDED
                           ? 0
                           : covered_checks(instruction, features, checks, ARRAY_SIZE(checks));

        return json_pack("{s:s, s:i, s:s, s:s?, s:o, s:o}", "name", instruction->name, "family",
                (int)instruction->family, "standing", standing_name(standing), "reason",
                reason(instruction, standing), "known_by", checks_json(checks, n, false), "voted_by",
                checks_json(checks, n, true));
}

static json_t *totals_json(const struct covered_totals *totals)
{
        return json_pack("{s:i, s:i, s:i, s:i, s:i, s:f}", "instructions", (int)totals->instructions,
                "known", (int)totals->known, "voted", (int)totals->voted, "none", (int)totals->none,
                "excluded", (int)totals->excluded, "known_percent", covered_permille(totals) / 10.0);
}

static json_t *families_json(isa_set features)
{
        json_t *families = json_array();

        for (enum check_family family = CHECK_STATE; family <= CHECK_ERRATUM; family++) {
                struct covered_totals totals = covered_total(family, features);
                json_t *object;

                if (!totals.instructions && !totals.excluded)
                        continue;
                object = totals_json(&totals);
                (void)json_object_set_new(object, "family", json_integer(family));
                (void)json_object_set_new(object, "family_name", json_string(check_family_name(family)));
                (void)json_array_append_new(families, object);
        }
        return families;
}

json_t *covered_json(isa_set features)
{
        struct covered_totals all = covered_total(0, features);
        json_t *instructions = json_array();

        for (size_t i = 0; i < covered_count; i++) {
                enum covered_standing standing = covered_standing(&covered_instructions[i], features);

                if (standing != COVERED_ABSENT)
                        (void)json_array_append_new(instructions,
                                instruction_json(&covered_instructions[i], standing, features));
        }
        return json_pack("{s:s, s:o, s:o, s:o}", "schema", "assay.coverage/1", "instructions", instructions,
                "families", families_json(features), "totals", totals_json(&all));
}

/* ---- text: a paragraph a line, wrapped at the end ---- */

static void print_checks(const struct covered_instruction *instruction, isa_set features, FILE *to)
{
        const struct check *checks[PLAN_CHECKS_MAX];
        size_t n = covered_checks(instruction, features, checks, ARRAY_SIZE(checks));

        fprintf(to, "%s:", instruction->name);
        for (size_t i = 0; i < MIN(n, CHECKS_SHOWN); i++)
                fprintf(to, "%s %s", i ? "," : "", checks[i]->name);
        if (n > CHECKS_SHOWN)
                fprintf(to, " and %zu more", n - CHECKS_SHOWN);
        fputc('\n', to);
}

static void print_covered(const char *title, enum covered_standing standing, isa_set features, FILE *to)
{
        bool any = false;

        for (size_t i = 0; i < covered_count; i++) {
                if (covered_standing(&covered_instructions[i], features) != standing)
                        continue;
                if (!any)
                        fprintf(to, "%s\n\n", title);
                any = true;
                print_checks(&covered_instructions[i], features, to);
        }
        if (any)
                fputc('\n', to);
}

/* Why the instruction at `index` is not covered, if it stands so; else "". */
static const char *reason_at(size_t index, enum covered_standing standing, isa_set features)
{
        const struct covered_instruction *instruction = &covered_instructions[index];

        return covered_standing(instruction, features) == standing ? reason(instruction, standing) : "";
}

/* The instructions that stand so, a paragraph for each reason. */
static void print_uncovered(const char *title, enum covered_standing standing, isa_set features, FILE *to)
{
        bool any = false;

        for (size_t i = 0; i < covered_count; i++) {
                const char *why = reason_at(i, standing, features);
                bool said = !*why;

                for (size_t before = 0; before < i && !said; before++)
                        said = strcmp(reason_at(before, standing, features), why) == 0;
                if (said)
                        continue;
                fprintf(to, "%s%s:", any ? "" : title, why);
                any = true;
                for (size_t k = i; k < covered_count; k++)
                        if (strcmp(reason_at(k, standing, features), why) == 0)
                                fprintf(to, " %s", covered_instructions[k].name);
                fputc('\n', to);
        }
        if (any)
                fputc('\n', to);
}

static void print_totals(const char *of, const struct covered_totals *totals, FILE *to)
{
        unsigned permille = covered_permille(totals);

        fprintf(to, "%s: %u of %u by known answers (%u.%u%%), %u by votes alone, %u by nothing\n", of,
                totals->known, totals->instructions, permille / 10, permille % 10, totals->voted,
                totals->none);
}

static void print_all(isa_set features, FILE *to)
{
        struct covered_totals totals;

        print_covered("Covered by known answers, and the checks that do so:", COVERED_KNOWN, features, to);
        print_covered("Covered by the votes of CPUs alone, and the checks that do so:", COVERED_VOTED,
                features, to);
        print_uncovered("Not covered:\n\n", COVERED_NONE, features, to);
        print_uncovered("Left out, and why:\n\n", COVERED_EXCLUDED, features, to);
        fputs("Covered, by the families of instructions:\n\n", to);
        for (enum check_family family = CHECK_STATE; family <= CHECK_ERRATUM; family++) {
                totals = covered_total(family, features);
                if (totals.instructions)
                        print_totals(check_family_name(family), &totals, to);
        }
        totals = covered_total(0, features);
        print_totals("in all", &totals, to);
}

int covered_text(isa_set features, FILE *to, int width)
{
        AUTO_FREE char *text = NULL;
        size_t size;
        FILE *memory = open_memstream(&text, &size);
        char *rest;

        if (!memory)
                return -ENOMEM;
        print_all(features, memory);
        if (fclose(memory) != 0)
                return -ENOMEM;
        rest = text;
        for (char *line = strsep(&rest, "\n"); rest; line = strsep(&rest, "\n"))
                terminal_wrap(to, line, 0, INDENT, width);
        return 0;
}
