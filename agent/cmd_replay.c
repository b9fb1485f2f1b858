/* SPDX-License-Identifier: Apache-2.0 */
/* assay replay: runs exactly the rounds again that failed, as a report names them. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/arguments.h"
#include "agent/command.h"
#include "agent/host_report.h"
#include "agent/replay_text.h"
#include "agent/replay_token.h"
#include "agent/report.h"
#include "agent/supervisor.h"
#include "base/clock.h"
#include "checks/answers.h"

#define TIMES_OTHERWISE 100
#define TIMES_MOST 1000000000

enum { OPTION_CPU = 1, OPTION_REGIME, OPTION_STRESS, OPTION_TIMES, OPTION_ISA };

struct replay {
        struct report_replays what;
        struct cpu_set cpu;
        bool have_cpu, have_regime, have_stress;
        enum regime regime;
        uint32_t stress;
        uint64_t times;
        isa_set isa;
        const char *isa_level;
};

static volatile sig_atomic_t interrupted;

static void on_interrupt(int signal)
{
        interrupted = signal;
}

/* ---- what to run ---- */

static void say_of_report(const struct report_replays *what)
{
        if (what->left_out)
                fprintf(stderr,
                        "assay: the first %zu rounds are replayed; %zu more failures of this file are left "
                        "out: name their rounds to replay them.\n",
                        what->n, what->left_out);
        if (what->synthetic)
                fprintf(stderr, "assay: a drill made this report: on good hardware its rounds pass.\n");
}

static int find_rounds(const char *operand, struct replay *replay)
{
        char sentence[REPORT_SENTENCE_MAX];
        int r = replay_token_parse(operand, &replay->what.rounds[0]);

        replay->what.n = 1;
        if (r == 0)
                return COMMAND_OK;
        if (r == -ENOENT) {
                fprintf(stderr,
                        "assay: %s names a check that this version does not have; 'assay list' shows "
                        "them.\n",
                        operand);
                return COMMAND_USAGE;
        }
        r = report_read_replay(operand, &replay->what, sentence);
        if (r == 0) {
                say_of_report(&replay->what);
                return COMMAND_OK;
        }
        fprintf(stderr, "assay: %s%s.\n", sentence,
                r == -ENOENT && access(operand, F_OK) < 0
                        ? ", or a round as reports print it: CHECK:SEED:CPU.PROCESS.NUMBER"
                        : "");
        return COMMAND_USAGE;
}

static int more_than_one(const char *what, struct arguments_error *error)
{
        (void)snprintf(error->text, sizeof(error->text),
                "'%.40s' is more than one %s; name one, and run the others after it", optarg, what);
        return -EINVAL;
}

static int take(struct replay *replay, int option, struct arguments_error *error)
{
        uint64_t mask;
        uint32_t regimes;
        int r;

        switch (option) {
        case OPTION_CPU:
                replay->have_cpu = true;
                return arguments_cpus(optarg, &replay->cpu, error);
        case OPTION_REGIME:
                r = arguments_regimes(optarg, &regimes, error);
                if (r == 0 && regime_parse(optarg) < 0)
                        return more_than_one("regime", error);
                if (r == 0)
                        replay->regime = (enum regime)regime_parse(optarg);
                replay->have_regime = true;
                return r;
        case OPTION_STRESS:
                r = arguments_stress(optarg, &replay->stress, error);
                if (r == 0 && stress_parse(optarg) < 0)
                        return more_than_one("stress", error);
                replay->have_stress = true;
                return r;
        case OPTION_ISA:
                r = arguments_isa(optarg, &mask, error);
                if (r == 0) {
                        replay->isa = mask;
                        replay->isa_level = optarg;
                }
                return r;
        default:
                r = arguments_number("number of times", optarg, &replay->times, error);
                if (r == 0 && (replay->times == 0 || replay->times > TIMES_MOST)) {
                        (void)snprintf(error->text, sizeof(error->text), "%.40s is not between 1 and %d",
                                optarg, TIMES_MOST);
                        return -EINVAL;
                }
                return r;
        }
}

/* ---- running ---- */

/* Where the round is run: as --cpu says, else where it failed. One of several CPUs needs two: where one alone is named,
 * the next one that may be used takes part. */
static void choose_cpus(const struct replay *replay, const struct report_replay *what,
        const struct host *host, struct cpu_set *ret_cpus)
{
        const struct cpu_set *allowed = &host->allowed;
        int cpu;

        *ret_cpus = replay->cpu;
        if (!replay->have_cpu) {
                *ret_cpus = what->together;
                cpu_set_add(ret_cpus, what->cpu);
        }
        if (!check_list[what->check]->parties || cpu_set_count(ret_cpus) != 1)
                return;
        cpu = cpu_set_next(allowed, cpu_set_next(ret_cpus, -1));
        cpu = cpu >= 0 ? cpu : cpu_set_next(allowed, -1);
        if (cpu >= 0)
                cpu_set_add(ret_cpus, (unsigned)cpu);
}

static bool may_use(const struct supervisor_run *run)
{
        for (int cpu = cpu_set_next(run->cpus, -1); cpu >= 0; cpu = cpu_set_next(run->cpus, cpu)) {
                if (cpu_set_has(&run->host->allowed, (unsigned)cpu))
                        continue;
                if (host_cpu_find(run->host, (unsigned)cpu))
                        fprintf(stderr,
                                "assay: CPU %d cannot be used here: it is offline, or the cpuset or "
                                "affinity of this "
                                "process excludes it; choose others with --cpu.\n",
                                cpu);
                else
                        fprintf(stderr,
                                "assay: this host has no CPU %d, for which the round was made; choose "
                                "others with "
                                "--cpu.\n",
                                cpu);
                return false;
        }
        return true;
}

/* Whose choice it is that the check cannot run: this host's, or that of --isa. */
static bool has_features(
        const struct check *check, const struct replay *replay, const struct supervisor_run *run)
{
        isa_set lacks = check->needs & ~run->host->features, left_out = check->needs & ~run->features;
        char names[256];

        if (!left_out)
                return true;
        host_features_text(lacks ? lacks : left_out, names, sizeof(names));
        if (lacks)
                fprintf(stderr, "assay: this host cannot run %s: its CPUs or the system lack %s.\n",
                        check->name, names);
        else
                fprintf(stderr,
                        "assay: --isa %s leaves out %s, which %s needs; choose a higher level, or leave "
                        "--isa out.\n",
                        replay->isa_level, names, check->name);
        return false;
}

/* Says why the round cannot be run here, where it cannot. */
static bool can_run(const struct check *check, const struct replay *replay, const struct supervisor_run *run)
{
        if (!may_use(run))
                return false;
        if (check->parties && cpu_set_count(run->cpus) < 2) {
                fprintf(stderr, "assay: %s needs two CPUs that may be used; choose them with --cpu.\n",
                        check->name);
                return false;
        }
        return has_features(check, replay, run);
}

/* Runs one round `times` times on the CPUs. Returns the exit status that it stands for. */
static int run_round(const struct replay *replay, const struct report_replay *what, const struct host *host)
{
        struct plan_item item = { .check = (uint16_t)what->check,
                .regime = (uint8_t)(replay->have_regime ? replay->regime : what->regime) };
        struct cpu_set cpus;
        struct evidence evidence = { 0 };
        struct supervisor_outcome outcome = { 0 };
        struct supervisor_run run = {
                .items = &item,
                .n_items = 1,
                .cpus = &cpus,
                .host = host,
                .hop_cpus = &host->allowed,
                .features = host->features & replay->isa,
                .seed = what->round.seed,
                .stress = replay->have_stress ? replay->stress : 1U << what->stress,
                .duration_ns = UINT64_MAX / 2,
                .round = &what->round,
                .times = (uint32_t)replay->times,
                .drill_cpu = -1,
                .drill_check = -1,
                .interrupted = &interrupted,
        };
        const struct observation named = { .check = item.check, .round = what->round };
        char list[128], token[128];
        bool missing = false;
        int r;

        choose_cpus(replay, what, host, &cpus);
        if (!can_run(check_list[what->check], replay, &run))
                return COMMAND_INCOMPLETE;
        cpu_set_format(&cpus, list, sizeof(list));
        verdict_replay_token(&named, token, sizeof(token));
        r = supervisor_run(&run, &evidence, &outcome);
        printf("%s in %s on CPU %s: %llu rounds, %llu failures\n", token, regime_name(item.regime), list,
                (unsigned long long)outcome.rounds, (unsigned long long)outcome.failures);
        replay_text_failures(&evidence, stdout);
        if (r == 0 && !outcome.failures && !interrupted)
                missing = replay_text_missing(&evidence, &item, &cpus, replay->times, stdout);
        evidence_free(&evidence);
        if (r < 0) {
                fprintf(stderr, "assay: no worker could be started: %s.\n", strerror(-r));
                return COMMAND_ERROR;
        }
        if (outcome.failures)
                return COMMAND_FAULT;
        return outcome.complete && !missing ? COMMAND_OK : COMMAND_INCOMPLETE;
}

/* The first that holds, in the order of enum command_exit. */
static int status_of_all(const bool seen[])
{
        if (seen[COMMAND_FAULT])
                return COMMAND_FAULT;
        if (seen[COMMAND_ERROR])
                return COMMAND_ERROR;
        if (interrupted)
                return 128 + (int)interrupted;
        return seen[COMMAND_INCOMPLETE] ? COMMAND_INCOMPLETE : COMMAND_OK;
}

static int run_all(const struct replay *replay)
{
        struct sigaction action = { .sa_handler = on_interrupt };
        struct host_source source = { .root = "" };
        bool seen[8] = { false };
        struct arguments_error error;
        struct host host;
        char broken[ANSWERS_SENTENCE_MAX];

        if (answers_verify_all(broken) < 0) {
                fprintf(stderr, "assay: %s; nothing was run. Install assay again.\n", broken);
                return COMMAND_ERROR;
        }
        if (host_read(&source, &host) < 0) {
                fprintf(stderr, "assay: the CPUs of this host cannot be read.\n");
                return COMMAND_ERROR;
        }
        if (arguments_cpus_exist(&replay->cpu, &host, &error) < 0) {
                host_free(&host);
                return arguments_complain("--cpu", &error);
        }
        (void)sigaction(SIGINT, &action, NULL);
        (void)sigaction(SIGTERM, &action, NULL);
        for (size_t i = 0; i < replay->what.n && !interrupted; i++)
                seen[run_round(replay, &replay->what.rounds[i], &host)] = true;
        host_free(&host);
        return status_of_all(seen);
}

static int replay_run(int argc, char **argv)
{
        static const struct option options[] = { { "cpu", required_argument, NULL, OPTION_CPU },
                { "regime", required_argument, NULL, OPTION_REGIME },
                { "stress", required_argument, NULL, OPTION_STRESS },
                { "times", required_argument, NULL, OPTION_TIMES },
                { "isa", required_argument, NULL, OPTION_ISA }, { NULL, 0, NULL, 0 } };
        static const char *const names[] = { [OPTION_CPU] = "--cpu",
                [OPTION_REGIME] = "--regime",
                [OPTION_STRESS] = "--stress",
                [OPTION_TIMES] = "--times",
                [OPTION_ISA] = "--isa" };
        struct replay replay = { .times = TIMES_OTHERWISE, .isa = ~UINT64_C(0) };
        struct arguments_error error;
        int option, status;

        while ((option = arguments_next(argc, argv, options)) != ARGUMENTS_END) {
                if (option == ARGUMENTS_WRONG)
                        return COMMAND_USAGE;
                if (take(&replay, option, &error) < 0)
                        return arguments_complain(names[option], &error);
        }
        if (argc - optind != 1) {
                fprintf(stderr, "assay: replay takes one report or one round; see 'assay help replay'.\n");
                return COMMAND_USAGE;
        }
        status = find_rounds(argv[optind], &replay);
        return status == COMMAND_OK ? run_all(&replay) : status;
}

const struct command cmd_replay = {
        .name = "replay",
        .summary = "run exactly the rounds again that failed",
        .help = "replay REPORT | CHECK:SEED:CPU.PROCESS.NUMBER [OPTION]...\n\n"
                "Runs the rounds that a report (JSON or a stream of observations) holds against a CPU, or "
                "the\n"
                "one round that is named as reports print it. A report's rounds are taken each once, that "
                "of the\n"
                "verdict first, and at most 64 of them; then each of these is run --times times. A report\n"
                "that is named - is read from standard input.\n\n"
                "  --cpu LIST     on these CPUs (default: the one where it failed). A round of several\n"
                "                 CPUs is led by each of them in turn, with the others\n"
                "  --regime NAME  in this regime (default: that of the report; quiet for a named round)\n"
                "  --stress NAME  under this stress (default: that of the report; none for a named round)\n"
                "  --times N      each round N times on each CPU (default 100), and on for up to 0.3 s\n"
                "                 until an event of the regime has come into it\n"
                "  --isa LEVEL    as for assay qualify\n\n"
                "Exit status: 0 every run gave the known answer, 1 one did not, 2 wrong usage, 4 a round "
                "did not\n"
                "run on a CPU, or not --times times, or never with an event of its regime, 5 assay itself\n"
                "failed, 130 or 143 interrupted.\n",
        .run = replay_run,
};
