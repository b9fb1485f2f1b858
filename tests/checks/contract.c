/* SPDX-License-Identifier: Apache-2.0 */
/* The contract of checks/check.h, proven for every check that this CPU can run. Arguments: names of checks
 * (all by default). */
#include <string.h>

#include "tests/checks/contract_rules.h"
#include "tests/tap.h"

static bool chosen(const char *name, int argc, char **argv)
{
        for (int i = 1; i < argc; i++)
                if (strcmp(argv[i], name) == 0)
                        return true;
        return argc < 2;
}

static void test_check(struct contract *contract)
{
        const struct check *check = contract->check;

        for (const struct contract_rule *rule = contract_rules; rule->name; rule++) {
                bool kept = contract_apply(rule, contract);

                tap_ok(kept, "%s: %s%s%s", check->name, rule->name, kept ? "" : ": ", contract->why);
        }
}

static void skip_check(const struct check *check, isa_set features)
{
        isa_set missing = check->needs & ~features;
        char why[CONTRACT_WHY_MAX] = "this CPU lacks";

        for (int f = 0; f < ISA_COUNT; f++)
                if (missing >> f & 1)
                        (void)snprintf(why + strlen(why), sizeof(why) - strlen(why), " %s", isa_name(f));
        tap_skip(check->name, why);
}

/* A name that no check has would pass without a test. */
static void test_names(int argc, char **argv)
{
        for (int i = 1; i < argc; i++)
                if (!check_find(argv[i]))
                        tap_ok(false, "no check is called '%s'", argv[i]);
}

int main(int argc, char **argv)
{
        struct contract contract = { .features = isa_read(), .seed = tap_seed(0x5eed) };

        tap_ok(check_list[0] != NULL, "there are checks");
        test_names(argc, argv);
        for (const struct check *const *c = check_list; *c; c++) {
                if (!chosen((*c)->name, argc, argv))
                        continue;
                contract.check = *c;
                if ((*c)->needs & ~contract.features)
                        skip_check(*c, contract.features);
                else
                        test_check(&contract);
        }
        return tap_end();
}
