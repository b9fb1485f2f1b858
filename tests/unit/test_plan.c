/* SPDX-License-Identifier: Apache-2.0 */
/* Plans and sets of CPUs, as tables: this test brings a list of checks of its own. */
#include "agent/plan.h"

#include <errno.h>
#include <string.h>

#include "base/array.h"
#include "tests/tap.h"

#define TEST_CHECK(id, text, group, isa, points)                                    \
        static const struct check id = {                                            \
                .name = text, .family = (group), .needs = (isa), .events = (points) \
        }
TEST_CHECK(state, "state_hold", CHECK_STATE, ISA(SSE2), true);
TEST_CHECK(wide, "fma_f64_avx512", CHECK_VECTOR, ISA(AVX512F) | ISA(AVX512DQ), true);
TEST_CHECK(narrow, "fma_f64_fma3", CHECK_VECTOR, ISA(FMA), true);
TEST_CHECK(crypto, "aes_cbc", CHECK_CRYPTO, ISA(AES), false);
TEST_CHECK(integer, "integer_multiply", CHECK_INTEGER, 0, true);

/* Several CPUs run it together. Event points do not help: one of them in a regime that keeps it from its CPU keeps all. */
static const struct check meet = {
        .name = "meet_add", .family = CHECK_COHERENCE, .needs = ISA(CX16), .parties = 4, .events = true
};

const struct check *const check_list[] = { &state, &crypto, &wide, &narrow, &integer, &meet, NULL };

#define ALL_FEATURES (~ISA(CX16)) /* but that of the check that several CPUs run */
#define ALL_REGIMES (~0u)
#define BIT(regime) (1u << (regime))

/* Static, because a plan is large. */
static struct plan plan;

static struct cpu_set cpus(const char *list)
{
        struct cpu_set set = { 0 };

        if (cpu_set_parse(list, &set) < 0)
                abort();
        return set;
}

/* What of the plan is short enough to be read here: "check.regime" in order, '!' for the first half. */
static const char *items(void)
{
        static char text[2048];
        size_t used = 0;

        text[0] = 0;
        for (size_t i = 0; i < plan.n_items && used < sizeof(text); i++)
                used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%d.%s%s", i ? " " : "",
                        plan.items[i].check, regime_name(plan.items[i].regime),
                        plan.items[i].first ? "!" : "");
        return text;
}

static const struct {
        const char *what;
        const char *online, *allowed, *cpus; /* cpus NULL: all */
        isa_set features;
        const char *checks;
        uint32_t regimes;
        int result;
        const char *items;
        const char *used, *offline, *forbidden;
} orders[] = {
        { "quiet first, then families 1 to 3 in each regime, then the others", "0-1", "0-1", NULL,
                ALL_FEATURES, NULL, ALL_REGIMES, 0,
                "0.quiet! 1.quiet! 2.quiet! 3.quiet! 4.quiet! "
                "0.timer 2.timer 3.timer 0.storm-self 2.storm-self 3.storm-self "
                "0.storm-async 2.storm-async 3.storm-async 0.step 2.step 3.step 0.crowd 2.crowd 3.crowd "
                "0.migrate 2.migrate 3.migrate "
                "1.timer 4.timer 4.storm-self 1.storm-async 4.storm-async 1.step 4.step 1.crowd 4.crowd "
                "4.migrate",
                "0-1", "", "" },
        { "several CPUs meet where only signals disturb them", "0-1", "0-1", NULL, ISA(CX16), "meet_*",
                ALL_REGIMES, 0, "5.quiet! 5.timer 5.storm-async", "0-1", "", "" },
        { "one CPU meets nobody", "0-1", "0", NULL, ISA(CX16), "meet_*", ALL_REGIMES, -ENOENT, "", "0", "",
                "1" },
        { "one CPU does not migrate", "0", "0", NULL, ALL_FEATURES, "state_*",
                BIT(REGIME_QUIET) | BIT(REGIME_MIGRATE), 0, "0.quiet!", "0", "", "" },
        { "features decide", "0-1", "0-1", NULL, ISA(SSE2) | ISA(AVX512F), NULL, BIT(REGIME_QUIET), 0,
                "0.quiet! 4.quiet!", "0-1", "", "" },
        { "several patterns", "0-1", "0-1", NULL, ALL_FEATURES, "aes_*,*_fma3", BIT(REGIME_TIMER), 0,
                "3.timer 1.timer", "0-1", "", "" },
        { "no check matches", "0-1", "0-1", NULL, ALL_FEATURES, "nothing", ALL_REGIMES, -ENOENT, "", "0-1",
                "", "" },
        { "an empty pattern matches nothing", "0-1", "0-1", NULL, ALL_FEATURES, "", ALL_REGIMES, -ENOENT, "",
                "0-1", "", "" },
        { "migrate alone on one CPU", "0", "0", NULL, ALL_FEATURES, "state_*", BIT(REGIME_MIGRATE), -ENOENT,
                "", "0", "", "" },
        { "no regime", "0-1", "0-1", NULL, ALL_FEATURES, NULL, 0, -ENOENT, "", "0-1", "", "" },
        { "a check that lacks a feature runs nowhere", "0", "0", NULL, 0, "aes_cbc", BIT(REGIME_QUIET),
                -ENOENT, "", "0", "", "" },
        { "offline and forbidden CPUs", "0-3,6", "0-2,5", "1-5", ALL_FEATURES, "aes_cbc", BIT(REGIME_QUIET),
                0, "1.quiet!", "1-2", "4-5", "3" },
        { "a cpuset leaves some online CPUs out", "0-7", "2-3", NULL, ALL_FEATURES, "aes_cbc",
                BIT(REGIME_QUIET), 0, "1.quiet!", "2-3", "", "0-1,4-7" },
        { "no CPU at all", "0-3", "0-3", "8", ALL_FEATURES, "aes_cbc", BIT(REGIME_QUIET), -ENXIO, "1.quiet!",
                "", "8", "" },
};

static bool same_set(const struct cpu_set *set, const char *expected)
{
        char text[128];

        cpu_set_format(set, text, sizeof(text));
        if (strcmp(text, expected) == 0)
                return true;
        printf("# got CPUs '%s', expected '%s'\n", text, expected);
        return false;
}

static void test_orders(void)
{
        for (size_t i = 0; i < ARRAY_SIZE(orders); i++) {
                struct cpu_set asked = cpus(orders[i].cpus ? orders[i].cpus : "");
                struct plan_request request = {
                        .online = cpus(orders[i].online),
                        .allowed = cpus(orders[i].allowed),
                        .cpus = orders[i].cpus ? &asked : NULL,
                        .features = orders[i].features,
                        .checks = orders[i].checks,
                        .regimes = orders[i].regimes,
                };
                bool good = plan_build(&request, &plan) == orders[i].result;

                good = good && same_set(&plan.cpus, orders[i].used) &&
                       same_set(&plan.offline, orders[i].offline) &&
                       same_set(&plan.forbidden, orders[i].forbidden);
                if (!tap_ok(good && strcmp(items(), orders[i].items) == 0, "order: %s", orders[i].what))
                        printf("# got items: %s\n", items());
        }
}

/* Checks 2 and 4 failed before: 4 more often. They come first in each part, and weigh by doublings. */
static void test_failed_before(void)
{
        static const uint32_t failed[PLAN_CHECKS_MAX] = { [2] = 1, [4] = 1000000 };
        struct plan_request request = { .online = cpus("0-1"),
                .allowed = cpus("0-1"),
                .features = ALL_FEATURES,
                .regimes = BIT(REGIME_QUIET) | BIT(REGIME_TIMER),
                .failed = failed };
        uint8_t weights[5] = { 0 };

        (void)plan_build(&request, &plan);
        tap_ok(strcmp(items(), "4.quiet! 2.quiet! 0.quiet! 1.quiet! 3.quiet! "
                               "2.timer 0.timer 3.timer 4.timer 1.timer") == 0,
                "what failed before comes first in its part: %s", items());
        for (size_t i = 0; i < plan.n_items; i++)
                weights[plan.items[i].check] = plan.items[i].weight;
        tap_ok(weights[2] == 1 && weights[4] == PLAN_WEIGHT_MAX && !weights[0],
                "one failure weighs 1, many at most %d", PLAN_WEIGHT_MAX);
}

static void test_skips(void)
{
        struct plan_request request = {
                .online = cpus("0"),
                .allowed = cpus("0"),
                .features = ISA(AES) | ISA(AVX512F),
                .checks = "aes_*,fma_f64_avx512",
                .regimes = ALL_REGIMES & ~BIT(REGIME_STEP),
        };

        (void)plan_build(&request, &plan);
        tap_ok(plan.check_skip[0] == PLAN_SKIP_CHOICE, "skip: a check that was not asked for");
        tap_ok(plan.check_skip[1] == PLAN_RUNS, "skip: a check that runs");
        tap_ok(plan.check_skip[2] == PLAN_SKIP_FEATURE && plan.check_missing[2] == ISA(AVX512DQ),
                "skip: exactly the missing feature");
        tap_ok(plan.regime_skip[REGIME_STEP] == PLAN_SKIP_CHOICE, "skip: a regime that was not asked for");
        tap_ok(plan.regime_skip[REGIME_STORM_SELF] == PLAN_SKIP_EVENTS,
                "skip: no check that runs has event points");
        tap_ok(plan.regime_skip[REGIME_MIGRATE] == PLAN_SKIP_ONE_CPU, "skip: migrate on one CPU");
        request.features = ISA(CX16);
        request.checks = NULL;
        (void)plan_build(&request, &plan);
        tap_ok(plan.check_skip[5] == PLAN_SKIP_ONE_CPU, "skip: a check of several CPUs on one");
        request.checks = "meet_add";
        request.online = request.allowed = cpus("0-1");
        request.regimes = BIT(REGIME_STEP) | BIT(REGIME_STORM_SELF);
        tap_ok(plan_build(&request, &plan) == -ENOENT && plan.check_skip[5] == PLAN_RUNS &&
                        plan.regime_skip[REGIME_STEP] == PLAN_SKIP_TOGETHER &&
                        plan.regime_skip[REGIME_STORM_SELF] == PLAN_SKIP_TOGETHER,
                "skip: a regime in which the CPUs of a round cannot meet");
        request.checks = "integer_multiply,meet_add";
        tap_ok(plan_build(&request, &plan) == 0 && plan.regime_skip[REGIME_STEP] == PLAN_RUNS,
                "skip: not where another check runs in it");
        request.checks = "state_hold";
        tap_ok(plan_build(&request, &plan) == -ENOENT && plan.check_skip[0] == PLAN_SKIP_FEATURE &&
                        plan.regime_skip[REGIME_STORM_SELF] == PLAN_RUNS,
                "skip: where no check can run it is no matter of event points");
        for (enum plan_skip skip = PLAN_RUNS; skip <= PLAN_SKIP_CPUSET; skip++)
                tap_ok(plan_skip_text(skip)[0] != 0, "skip: %d has a text", (int)skip);
}

static const struct {
        const char *text;
        int result;
        const char *formatted;
} lists[] = {
        { "0-3,8", 0, "0-3,8" },
        { "0-3,8\n", 0, "0-3,8" },
        { "8,0,1,2", 0, "0-2,8" },
        { "63-65", 0, "63-65" },
        { "4095", 0, "4095" },
        { "", 0, "" },
        { "\n", 0, "" },
        { "4096", -ERANGE, NULL },
        { "99999999999999999999", -ERANGE, NULL },
        { "3-1", -EINVAL, NULL },
        { "1,", -EINVAL, NULL },
        { ",1", -EINVAL, NULL },
        { "1-", -EINVAL, NULL },
        { "-1", -EINVAL, NULL },
        { "1 2", -EINVAL, NULL },
        { "0x1", -EINVAL, NULL },
        { "1\n2", -EINVAL, NULL },
};

static void test_lists(void)
{
        for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
                struct cpu_set set = { .word = { 77 } };
                int r = cpu_set_parse(lists[i].text, &set);
                bool good = r == lists[i].result;

                if (r == 0)
                        good = good && lists[i].formatted && same_set(&set, lists[i].formatted);
                else
                        good = good && set.word[0] == 77;
                tap_ok(good, "list: case %zu", i);
        }
}

static void test_format_short(void)
{
        struct cpu_set set = cpus("0,2,4,6,8,10,12");
        char text[16];

        cpu_set_format(&set, text, 11);
        tap_ok(strcmp(text, "0,2,4,...") == 0, "format: cut short with a mark (%s)", text);
        cpu_set_format(&set, text, 16);
        tap_ok(strcmp(text, "0,2,4,6,8,...") == 0, "format: the mark stays whole (%s)", text);
        cpu_set_format(&set, text, 1);
        tap_ok(text[0] == 0, "format: room for nothing");
}

static void test_walk(void)
{
        struct cpu_set set = cpus("0,63-64,4095");
        int expected[] = { 0, 63, 64, 4095, -1 };
        int cpu = -1;

        for (size_t i = 0; i < ARRAY_SIZE(expected); i++) {
                cpu = cpu_set_next(&set, cpu);
                tap_ok(cpu == expected[i], "walk: %d", expected[i]);
        }
        tap_ok(cpu_set_count(&set) == 4, "walk: count");
        tap_ok(cpu_set_next(&set, 4095) == -1, "walk: nothing after the last");
}

int main(void)
{
        test_orders();
        test_failed_before();
        test_skips();
        test_lists();
        test_format_short();
        test_walk();
        return tap_end();
}
