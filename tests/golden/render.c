/* SPDX-License-Identifier: Apache-2.0 */
/* render SCENE FORMAT [WIDTH]: writes a report of made-up evidence, for golden files and for the schema's
 * test. FORMAT: text, json, ndjson. Without arguments: the names of all scenes. */
#include <locale.h>

#include "agent/report.h"
#include "agent/view.h"
#include "base/clock.h"
#include "tests/unit/scene.h"

static void fact(struct host_fact *fact, const char *value, const char *source)
{
        (void)snprintf(fact->value, sizeof(fact->value), "%s", value);
        (void)snprintf(fact->source, sizeof(fact->source), "%s", source);
}

static bool plannable = true; /* some check can run in what is asked for */

static void name_host(void)
{
        fact(&scene.host.vendor, "AuthenticAMD", "cpuid leaf 0");
        fact(&scene.host.brand, "AMD EPYC 9V74 80-Core Processor", "cpuid leaf 0x80000002");
        fact(&scene.host.signature, "25/17/1", "cpuid leaf 1");
        fact(&scene.host.codename, "Zen 4 (Genoa)", "table");
        fact(&scene.host.microcode, "", "hidden by the hypervisor");
        fact(&scene.host.kernel, "6.1.0-18-amd64", "uname");
        fact(&scene.host.boot_id, "00000000-1111-2222-3333-444444444444", "/proc/sys/kernel/random/boot_id");
        fact(&scene.host.physical_host, "rack-7-blade-12", "identity command");
        for (size_t i = 0; i < scene.plan.n_items; i++)
                scene.plan.items[i] = (struct plan_item){ 0 };
        for (unsigned check = 0; check < SCENE_CHECKS && plannable; check++)
                for (unsigned regime = 0; regime < REGIME_COUNT; regime++)
                        if (regime != REGIME_STEP && check != SCENE_VOTE)
                                scene.plan.items[scene.plan.n_items++] =
                                        (struct plan_item){ .check = (uint16_t)check,
                                                .regime = (uint8_t)regime };
        scene.plan.regime_skip[REGIME_STEP] = PLAN_SKIP_CHOICE;
        scene.plan.check_skip[SCENE_VOTE] = PLAN_SKIP_FEATURE;
        scene.plan.check_missing[SCENE_VOTE] = ISA(AVX512F) | ISA(AMX_TILE);
}

static void healthy(void)
{
        scene_host(1, 2, 1);
}

static void repeated(void)
{
        scene_host(2, 4, 2);
        scene_observe(OBSERVATION_MISMATCH, 5, SCENE_FMA, REGIME_QUIET, 4)->review = REVIEW_CONFIRMED;
        scene.observations[0].reviewer = 6;
        scene_observe(OBSERVATION_MISMATCH, 5, SCENE_FMA, REGIME_TIMER, 17);
        scene_experiment(EXPERIMENT_SAME, 0, "5", 100, 3);
        scene_experiment(EXPERIMENT_OTHER, 0, "0,4,6-7", 400, 0);
        scene_experiment(EXPERIMENT_PRESENT, 0, "", 0, 0)->ran = false;
        strcpy(scene.experiments[2].why, "the regime drops no pages");
}

static void drill(void)
{
        repeated();
        scene.observations[0].synthetic = scene.observations[1].synthetic = true;
}

static void kernel(void)
{
        scene_host(1, 2, 1);
        for (int cpu = 0; cpu < 2; cpu++)
                scene_lose(scene_observe(OBSERVATION_FRAME, cpu, SCENE_STATE, REGIME_STORM_SELF, 40), NULL);
        scene.observations[0].in_frame = scene.observations[1].in_frame = true;
}

static void crash(void)
{
        struct observation_death *death;

        scene_host(1, 4, 1);
        death = &scene_observe(OBSERVATION_CRASH, 2, SCENE_FMA, REGIME_QUIET, 4)->death;
        death->n_code = 4;
        memcpy(death->code_bytes, "\x48\x8b\x04\x24", 4);
        death->n_red_zone = OBSERVATION_RED_ZONE;
        death->registers.general[REGISTERS_RSP] = 0x7ffd00001000;
        death->trap = 14;
}

static void hang(void)
{
        scene_host(1, 4, 1);
        scene_observe(OBSERVATION_HANG, 2, SCENE_FMA, REGIME_QUIET, 4);
}

static void incomplete(void)
{
        scene_host(1, 2, 1);
        scene.input.complete = false;
        cpu_set_add(&scene.plan.forbidden, 3);
        cpu_set_add(&scene.plan.offline, 2);
        *scene_tally(1, SCENE_STATE, REGIME_TIMER) = (struct tally){ .rounds = 3 };
        *scene_tally(1, SCENE_FMA, REGIME_CROWD) = (struct tally){ 0 };
        scene_observe(OBSERVATION_FAILED, 1, SCENE_FMA, REGIME_CROWD, 0)->error = 11;
        scene_observe(OBSERVATION_TRACED, 0, SCENE_FMA, REGIME_CROWD, 0)->tracer = 99;
}

static void erratum(void)
{
        healthy();
        scene_observe(OBSERVATION_ERRATUM, 1, SCENE_STATE, REGIME_QUIET, 4);
}

static void nothing(void)
{
        healthy();
        memset(scene.tallies, 0, sizeof(scene.tallies));
        scene.input.complete = false;
}

/* Ctrl-C, before the worker of CPU 1 came to its second check; that of CPU 0 had been killed in one. */
static void interrupted(void)
{
        healthy();
        scene.input.complete = false;
        scene.input.interrupted = true;
        *scene_tally(1, SCENE_FMA, REGIME_QUIET) = (struct tally){ 0 };
        *scene_tally(0, SCENE_FMA, REGIME_TIMER) = (struct tally){ 0 };
        scene_observe(OBSERVATION_KILLED, 0, SCENE_FMA, REGIME_TIMER, 4);
}

/* Ctrl-C when everything had run, and only the rest of the time was left. */
static void cut_short(void)
{
        healthy();
        scene.input.interrupted = true;
}

/* One CPU, tested alone, that fails again and again: no other shows that the answer is right. */
static void alone(void)
{
        scene_host(1, 1, 1);
        for (uint32_t number = 0; number < 9; number++)
                scene_observe(OBSERVATION_MISMATCH, 0, SCENE_FMA, REGIME_QUIET, 4 + number);
        scene_experiment(EXPERIMENT_SAME, 0, "0", 100, 3);
}

/* No check can run in what was asked for. */
static void unplanned(void)
{
        nothing();
        scene.evidence.n_cpus = 0;
        plannable = false;
}

/* 512 CPUs, of which a whole package errs. */
static void large(void)
{
        scene_host(8, 32, 2);
        for (int cpu = 64; cpu < 96; cpu++)
                scene_observe(OBSERVATION_MISMATCH, cpu, SCENE_FMA, REGIME_QUIET, 4);
        scene_observe(OBSERVATION_MISMATCH, 70, SCENE_FMA, REGIME_QUIET, 9);
}

static const struct {
        const char *name;
        void (*make)(void);
} scenes[] = {
        { "healthy", healthy },
        { "repeated", repeated },
        { "drill", drill },
        { "kernel", kernel },
        { "crash", crash },
        { "hang", hang },
        { "erratum", erratum },
        { "nothing", nothing },
        { "interrupted", interrupted },
        { "cut_short", cut_short },
        { "alone", alone },
        { "unplanned", unplanned },
        { "large", large },
        { "incomplete", incomplete },
};

/* Every CPU runs another item; those with evidence have mismatched, one is gone, one has not begun. */
static void draw(const char *format, int width, int height)
{
        static struct supervisor_cpu cpus[SCENE_CPUS_MAX];
        static int temperature[SCENE_CPUS_MAX], frequency[SCENE_CPUS_MAX];
        static char text[VIEW_TEXT_MAX];
        struct supervisor_progress progress = { .elapsed_ns = 12300000000,
                .duration_ns = 60000000000,
                .n_cpus = scene.evidence.n_cpus,
                .cpus = cpus,
                .items_done = 17,
                .items_all = 36 };
        struct view_frame frame = { &scene.host, &progress, temperature, frequency, width, height, false };

        for (size_t i = 0; i < progress.n_cpus; i++) {
                cpus[i] = (struct supervisor_cpu){ .cpu = scene.cpus[i],
                        .alive = i != 3,
                        .check = i == 2 ? -1 : 1,
                        .regime = (enum regime)(i % REGIME_COUNT),
                        .rounds = 1000 * i,
                        .events = 77 * i,
                        .events_per_second = 1234.5 * (double)i };
                temperature[i] = i == 1 ? -1 : 50 + (int)i % 8;
                frequency[i] = 3400;
        }
        for (size_t i = 0; i < scene.evidence.n_observations; i++)
                cpus[scene.observations[i].cpu].mismatches++;
        if (!strcmp(format, "line")) {
                view_line(&progress, text, sizeof(text));
                puts(text);
                return;
        }
        printf("%s%d lines\n",
                view_render(&frame, text) < height ? "" : "too many: ", view_render(&frame, text));
        fputs(text, stdout);
}

static int render(const char *format, int width, int height)
{
        static struct verdict verdict;
        struct supervisor_outcome outcome = { .elapsed_ns = 60123456789, .complete = scene.input.complete };
        struct plan_request request = {
                .seed = 42, .checks = "*", .regimes = 0x6f, .features = ISA(SSE2) | ISA(AVX2)
        };
        static const char *const history[] = { "yesterday.json", "\377.json" };
        struct report report = { .input = &scene.input,
                .verdict = &verdict,
                .outcome = &outcome,
                .request = &request,
                .isa_level = "native",
                .profile = "standard",
                .nice = 5,
                .history = history,
                .n_history = ARRAY_SIZE(history),
                .config = "/etc/assay/assay.conf",
                .duration_ns = 60 * CLOCK_SECOND,
                .drill = scene.input.evidence->n_observations && scene.observations[0].synthetic
                                 ? DRILL_BIT
                                 : DRILL_NONE,
                .started_ns = UINT64_C(1795325201123000000) };
        int r = 0;

        if (!strcmp(format, "view") || !strcmp(format, "line")) {
                draw(format, width, height);
                return 0;
        }
        name_host();
        request.online = scene.host.online;
        verdict_reach(&scene.input, &verdict);
        report.exit_status = verdict_exit_status(&verdict);
        if (!strcmp(format, "text"))
                return report_text(&report, stdout, width, false);
        if (!strcmp(format, "json"))
                return report_json(&report, stdout);
        for (size_t i = 0; i < scene.evidence.n_observations && r == 0; i++)
                r = report_observation(&scene.observations[i], stdout);
        return r;
}

int main(int argc, char **argv)
{
        for (size_t i = 0; i < ARRAY_SIZE(scenes); i++) {
                if (argc < 3)
                        puts(scenes[i].name);
                else if (!strcmp(argv[1], scenes[i].name)) {
                        scenes[i].make();
                        return render(argv[2], argc > 3 ? atoi(argv[3]) : 80,
                                       argc > 4 ? atoi(argv[4]) : 24) < 0;
                }
        }
        return argc >= 3;
}
