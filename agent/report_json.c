/* SPDX-License-Identifier: Apache-2.0 */
/* The report for programs: assay.report/1. Every field is described in conf/assay.report.schema.json. */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <string.h>

#include "agent/errata.h"
#include "agent/host_report.h"
#include "agent/report.h"
#include "agent/report_bisection.h"
#include "agent/report_observation.h"
#include "agent/report_skipped.h"
#include "base/array.h"

#define LIST_MAX 4096
/* Observations in a report: so many that accuse, so many others. All of them are in the NDJSON stream. */
#define EVIDENCE_SHOWN 200
#define FACTS_SHOWN 56

static json_t *set_list(const struct cpu_set *set)
{
        char list[LIST_MAX];

        cpu_set_format(set, list, sizeof(list));
        return json_string(list);
}

static json_t *set_array(const struct cpu_set *set)
{
        json_t *array = json_array();

        for (int cpu = cpu_set_next(set, -1); cpu >= 0; cpu = cpu_set_next(set, cpu))
                (void)json_array_append_new(array, json_integer(cpu));
        return array;
}

static json_t *text_or_null(const char *text)
{
        return text && text[0] ? json_string(text) : json_null();
}

/* A file's name may be any bytes, JSON is UTF-8. */
static json_t *name_or_null(const char *name)
{
        json_t *whole = text_or_null(name);
        char plain[LIST_MAX];

        if (whole)
                return whole;
        (void)snprintf(plain, sizeof(plain), "%s", name);
        for (char *c = plain; *c; c++)
                *c = (unsigned char)*c < 0x80 ? *c : '?';
        return json_string(plain);
}

static json_t *seconds(uint64_t ns)
{
        return json_real((double)(ns / 1000) / 1e6);
}

static const char *const drill_names[] = {
        [DRILL_NONE] = NULL,
        [DRILL_BIT] = "bit",
        [DRILL_CRASH] = "crash",
        [DRILL_HANG] = "hang",
        [DRILL_KERNEL] = "kernel",
};

static json_t *request_json(const struct report *report)
{
        const struct plan_request *request = report->request;
        bool every = request->checks && strcmp(request->checks, "*") == 0;
        json_t *regimes = json_array(), *stress = json_array(), *history = json_array();

        for (int s = 0; s < STRESS_COUNT; s++)
                if (request->stress >> s & 1)
                        (void)json_array_append_new(stress, json_string(stress_name((enum stress)s)));
        for (unsigned r = 0; r < REGIME_COUNT; r++)
                if (request->regimes >> r & 1)
                        (void)json_array_append_new(regimes, json_string(regime_name((enum regime)r)));
        for (size_t i = 0; i < report->n_history; i++)
                (void)json_array_append_new(history, name_or_null(report->history[i]));
        return json_pack("{s:o, s:o, s:o, s:o, s:o, s:s, s:o, s:o, s:o, s:o, s:i, s:o, s:o}", "seed",
                report_hex(request->seed), "cpus", request->cpus ? set_list(request->cpus) : json_null(),
                "checks", text_or_null(every ? NULL : request->checks), "regimes", regimes, "stress", stress,
                "isa", report->isa_level ? report->isa_level : "native", "duration_seconds",
                seconds(report->duration_ns), "profile", text_or_null(report->profile), "drill",
                text_or_null(drill_names[report->drill]), "features", host_features_json(request->features),
                "nice", report->nice, "history", history, "config", name_or_null(report->config));
}

static json_t *plan_json(const struct plan *plan)
{
        json_t *items = json_array();

        for (size_t i = 0; i < plan->n_items; i++)
                (void)json_array_append_new(
                        items, json_pack("{s:s, s:s}", "check", check_list[plan->items[i].check]->name,
                                       "regime", regime_name((enum regime)plan->items[i].regime)));
        return json_pack("{s:o, s:o, s:o, s:o}", "cpus", set_list(&plan->cpus), "offline",
                set_list(&plan->offline), "forbidden", set_list(&plan->forbidden), "items", items);
}

static json_t *tally_json(const struct tally *t)
{
        return json_pack("[I, I, I, I, I, I, o, I]", (json_int_t)t->rounds, (json_int_t)t->covered,
                (json_int_t)t->events, (json_int_t)t->void_rounds, (json_int_t)t->mismatches,
                (json_int_t)t->reviewed, seconds(t->run_ns), (json_int_t)t->unmet);
}

/* The tallies of a check on a CPU by regime, those that are not all zero; NULL: none. */
static json_t *check_tallies(
        const struct evidence *evidence, unsigned cpu, unsigned check, struct tally sum[])
{
        json_t *regimes = NULL;

        for (unsigned r = 0; r < REGIME_COUNT; r++) {
                const struct tally *t = evidence_tally(evidence, cpu, check, (enum regime)r);

                if (!t || !(t->rounds | t->void_rounds | t->mismatches | t->unmet))
                        continue;
                if (!regimes)
                        regimes = json_object();
                (void)json_object_set_new(regimes, regime_name((enum regime)r), tally_json(t));
                sum[r].rounds += t->rounds;
                sum[r].covered += t->covered;
                sum[r].events += t->events;
                sum[r].void_rounds += t->void_rounds;
                sum[r].mismatches += t->mismatches;
                sum[r].reviewed += t->reviewed;
                sum[r].run_ns += t->run_ns;
                sum[r].unmet += t->unmet;
        }
        return regimes;
}

static json_t *stress_json(const uint64_t rounds[STRESS_COUNT])
{
        json_t *all = json_object();

        for (int s = 0; s < STRESS_COUNT; s++)
                if (rounds[s])
                        (void)json_object_set_new(
                                all, stress_name((enum stress)s), json_integer((json_int_t)rounds[s]));
        return all;
}

static json_t *cpu_json(const struct verdict_input *input, size_t slot)
{
        const struct evidence *evidence = input->evidence;
        unsigned cpu = evidence->cpus[slot];
        const struct host_cpu *place = host_cpu_find(input->host, cpu);
        struct tally sum[REGIME_COUNT] = { 0 };
        json_t *checks = json_object(), *regimes = json_object();
        struct cpu_set siblings = { 0 };
        json_int_t accused = 0, rounds = 0;

        for (unsigned c = 0; c < evidence->n_checks; c++) {
                json_t *tallies = check_tallies(evidence, cpu, c, sum);

                if (tallies)
                        (void)json_object_set_new(checks, check_list[c]->name, tallies);
        }
        for (unsigned r = 0; r < REGIME_COUNT; r++) {
                rounds += (json_int_t)sum[r].rounds;
                if (sum[r].rounds | sum[r].void_rounds | sum[r].mismatches | sum[r].unmet)
                        (void)json_object_set_new(regimes, regime_name((enum regime)r), tally_json(&sum[r]));
        }
        for (size_t i = 0; i < evidence->n_observations; i++)
                accused += evidence->observations[i].cpu == (int)cpu &&
                           observation_is_evidence(evidence->observations[i].kind);
        host_siblings(input->host, cpu, &siblings);
        return json_pack("{s:i, s:o, s:o, s:o, s:I, s:o, s:I, s:o, s:o, s:o}", "cpu", (int)cpu, "package",
                place && place->package >= 0 ? json_integer(place->package) : json_null(), "core",
                place && place->core >= 0 ? json_integer(place->core) : json_null(), "siblings",
                set_array(&siblings), "rounds", rounds, "cpu_seconds", seconds(evidence->cpu_ns[slot]),
                "evidence", accused, "stress", stress_json(evidence->stressed[slot]), "regimes", regimes,
                "checks", checks);
}

static json_t *cpus_json(const struct verdict_input *input)
{
        json_t *array = json_array();

        for (size_t slot = 0; slot < input->evidence->n_cpus; slot++)
                (void)json_array_append_new(array, cpu_json(input, slot));
        return array;
}

static void add_skipped(const struct report_skipped *skipped, void *user)
{
        json_t *one = json_pack("{s:s, s:o, s:o, s:o, s:o, s:s, s:o}", "what", skipped->what, "check",
                text_or_null(skipped->check), "regime", text_or_null(skipped->regime), "stress",
                text_or_null(skipped->stress), "cpus", skipped->cpus ? set_list(skipped->cpus) : json_null(),
                "why", skipped->why, "missing", host_features_json(skipped->missing));

        (void)json_array_append_new(user, one);
}

static json_t *observations_json(const struct evidence *evidence)
{
        json_t *array = json_array();
        size_t accusing = 0, others = 0;

        for (size_t i = 0; i < evidence->n_observations; i++) {
                const struct observation *o = &evidence->observations[i];
                bool shown = observation_is_evidence(o->kind) ? accusing++ < EVIDENCE_SHOWN
                                                              : others++ < FACTS_SHOWN;

                if (shown && o->check < evidence->n_checks)
                        (void)json_array_append_new(array, report_observation_json(o));
        }
        return array;
}

static json_t *errata_json(const struct evidence *evidence)
{
        struct errata_seen seen[ERRATA_MAX];
        size_t n = errata_find(evidence, seen);
        json_t *array = json_array();

        for (size_t i = 0; i < n; i++) {
                const struct check_erratum *e = seen[i].check->erratum;

                (void)json_array_append_new(
                        array, json_pack("{s:s, s:s, s:o, s:I, s:s, s:s, s:s}", "name", e->name, "check",
                                       seen[i].check->name, "cpus", set_list(&seen[i].cpus), "recorded",
                                       (json_int_t)seen[i].recorded, "means", e->means, "published",
                                       e->published, "advice", e->advice));
        }
        return array;
}

static json_t *experiments_json(const struct verdict_input *input)
{
        json_t *array = json_array();

        for (size_t i = 0; i < input->n_experiments; i++) {
                const struct verdict_experiment *x = &input->experiments[i];
                const struct observation *subject = &input->evidence->observations[x->subject];

                (void)json_array_append_new(array,
                        json_pack("{s:s, s:I, s:o, s:s, s:b, s:I, s:I, s:b, s:o}", "experiment",
                                experiment_name(x->experiment), "subject", (json_int_t)subject->sequence,
                                "cpus", set_list(&x->cpus), "regime", regime_name(x->regime), "ran", x->ran,
                                "rounds", (json_int_t)x->rounds, "failures", (json_int_t)x->failures,
                                "same_value", x->same_value, "why", text_or_null(x->why)));
        }
        return array;
}

/* What the first observation blamed adds: check, regime, place, bits, and the command that replays it. */
static void add_first(json_t *verdict, const struct report *report)
{
        const struct verdict *v = report->verdict;
        const struct observation *o =
                v->first == UINT32_MAX ? NULL : &report->input->evidence->observations[v->first];
        struct report_difference differences[CHECK_WINDOW / 8];
        char replay[REPORT_COMMAND_MAX] = "";
        bool wrong = o && report_has_mismatch(o) && report_differences(o, differences);

        if (o)
                report_replay_command(report, o, replay);
        (void)json_object_set_new(
                verdict, "observation", o ? json_integer((json_int_t)o->sequence) : json_null());
        (void)json_object_set_new(
                verdict, "check", o ? json_string(check_list[o->check]->name) : json_null());
        (void)json_object_set_new(verdict, "regime", o ? json_string(regime_name(o->regime)) : json_null());
        (void)json_object_set_new(verdict, "unit",
                v->unit < CHECK_UNIT_COUNT ? json_string(check_unit_name(v->unit)) : json_null());
        (void)json_object_set_new(
                verdict, "place", wrong ? json_string(differences[0].place.name) : json_null());
        (void)json_object_set_new(verdict, "bits",
                wrong ? report_hex(differences[0].expected ^ differences[0].actual) : json_null());
        (void)json_object_set_new(verdict, "replay", text_or_null(replay));
}

static json_t *verdict_json(const struct report *report)
{
        const struct verdict *v = report->verdict;
        int cpu = cpu_set_next(&v->cpus, -1);
        const struct host_cpu *place = cpu >= 0 ? host_cpu_find(report->input->host, (unsigned)cpu) : NULL;
        struct cpu_set siblings = { 0 };
        json_t *all;

        if (cpu >= 0)
                host_siblings(report->input->host, (unsigned)cpu, &siblings);
        all = json_pack("{s:s, s:s, s:o, s:b, s:b, s:b, s:b, s:f, s:I, s:s, s:o, s:s, s:o, s:o, s:o}",
                "class", verdict_class_name(v->class), "scope", verdict_scope_name(v->scope), "cpus",
                set_array(&v->cpus), "repeated", v->repeated, "silent", v->silent, "synthetic", v->synthetic,
                "incomplete", v->incomplete, "confidence", v->confidence, "events", (json_int_t)v->events,
                "summary", v->summary, "ruled_out", text_or_null(v->ruled_out), "advice", v->advice,
                "package", place && place->package >= 0 ? json_integer(place->package) : json_null(), "core",
                place && place->core >= 0 ? json_integer(place->core) : json_null(), "siblings",
                set_array(&siblings));
        add_first(all, report);
        return all;
}

static json_t *bisections_json(const struct report *report)
{
        json_t *all = json_array();

        for (size_t i = 0; i < report->n_bisections; i++) {
                const struct bisection *b = &report->bisections[i];

                (void)json_array_append_new(
                        all, report_bisection_json(
                                     b, report->input->evidence->observations[b->subject].sequence));
        }
        return all;
}

static json_t *whole_json(const struct report *report)
{
        const struct verdict_input *input = report->input;
        char time[REPORT_TIME_MAX];
        json_t *skipped = json_array();

        report_time(report->started_ns, time);
        report_skipped_each(report, add_skipped, skipped);
        return json_pack(
                "{s:s, s:{s:s, s:s}, s:s, s:o, s:b, s:b, s:b, s:o, s:o, s:o, s:[s,s,s,s,s,s,s,s], s:o, s:o, "
                "s:o, s:I, s:I, s:o, s:o, s:o, s:o, s:i}",
                "schema", "assay.report/1", "tool", "name", PACKAGE_NAME, "version", PACKAGE_VERSION,
                "started", time, "elapsed_seconds", seconds(report->outcome->elapsed_ns), "complete",
                !report->verdict->incomplete, "interrupted", input->interrupted, "answers_intact",
                input->answers_intact, "request", request_json(report), "host", host_json(input->host),
                "plan", plan_json(input->plan), "tally_fields", "rounds", "covered", "events", "void_rounds",
                "mismatches", "reviewed", "run_seconds", "unmet", "cpus", cpus_json(input), "skipped",
                skipped, "observations", observations_json(input->evidence), "observations_all",
                (json_int_t)(input->evidence->n_observations + input->evidence->dropped),
                "observations_lost", (json_int_t)input->evidence->dropped, "errata",
                errata_json(input->evidence), "experiments", experiments_json(input), "bisections",
                bisections_json(report), "verdict", verdict_json(report), "exit_status",
                report->exit_status);
}

int report_json(const struct report *report, FILE *to)
{
        json_t *all;
        int r;

        report_memory_begin();
        all = whole_json(report);
        r = all ? report_memory_end() : -ENOMEM;
        errno = 0;
        if (r == 0 && (json_dumpf(all, to, JSON_COMPACT | JSON_REAL_PRECISION(12)) < 0 ||
                              fputc('\n', to) == EOF || fflush(to) == EOF))
                r = errno ? -errno : -EIO;
        json_decref(all);
        return r;
}
