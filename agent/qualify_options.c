/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/qualify_options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "agent/arguments.h"
#include "agent/command.h"
#include "agent/report.h"
#include "base/clock.h"

#define OWN_MOST 8

enum {
        OPTION_DURATION = 1,
        OPTION_CPUS,
        OPTION_CHECKS,
        OPTION_REGIMES,
        OPTION_STRESS,
        OPTION_NICE,
        OPTION_HISTORY,
        OPTION_SEED,
        OPTION_ISA,
        OPTION_PROFILE,
        OPTION_CONFIG,
        OPTION_JSON,
        OPTION_OBSERVATIONS,
        OPTION_NO_PROGRESS,
        OPTION_COUNT
};

static const struct option shared[] = {
        { "duration", required_argument, NULL, OPTION_DURATION },
        { "cpus", required_argument, NULL, OPTION_CPUS },
        { "checks", required_argument, NULL, OPTION_CHECKS },
        { "regimes", required_argument, NULL, OPTION_REGIMES },
        { "stress", required_argument, NULL, OPTION_STRESS },
        { "nice", required_argument, NULL, OPTION_NICE },
        { "history", required_argument, NULL, OPTION_HISTORY },
        { "seed", required_argument, NULL, OPTION_SEED },
        { "isa", required_argument, NULL, OPTION_ISA },
        { "profile", required_argument, NULL, OPTION_PROFILE },
        { "config", required_argument, NULL, OPTION_CONFIG },
        { "json", required_argument, NULL, OPTION_JSON },
        { "observations", required_argument, NULL, OPTION_OBSERVATIONS },
        { "no-progress", no_argument, NULL, OPTION_NO_PROGRESS },
};
#define SHARED_COUNT (sizeof(shared) / sizeof(shared[0]))

/* A run that nobody gave a seed gets one that differs each time; the report names it. */
static uint64_t random_seed(void)
{
        uint64_t seed;

        if (getrandom(&seed, sizeof(seed), GRND_NONBLOCK) != sizeof(seed))
                seed = clock_ns(CLOCK_REALTIME);
        return seed >> 1; /* JSON integers are signed */
}

static int too_long(const char *text, struct arguments_error *error)
{
        (void)snprintf(error->text, sizeof(error->text), "'%.40s...' is longer than %d characters", text,
                CONFIGURATION_TEXT_MAX - 1);
        return -EINVAL;
}

static int take_checks(const char *text, struct configuration *c, struct arguments_error *error)
{
        int r = arguments_checks(text, error);

        if (r == 0 && strlen(text) >= sizeof(c->checks))
                r = too_long(text, error);
        if (r == 0)
                strcpy(c->checks, text);
        return r;
}

static int take_isa(const char *text, struct configuration *c, struct arguments_error *error)
{
        int r = arguments_isa(text, &c->isa, error);

        if (r == 0)
                (void)snprintf(c->isa_level, sizeof(c->isa_level), "%s", text);
        return r;
}

/* Failures of several files add up. */
static int take_history(const char *path, struct qualify_options *o, struct arguments_error *error)
{
        char sentence[REPORT_SENTENCE_MAX];
        int n;

        for (size_t i = 0; i < o->request.n_history; i++)
                if (strcmp(path, "-") == 0 && strcmp(o->history[i], path) == 0) {
                        (void)snprintf(error->text, sizeof(error->text),
                                "standard input is read once; give each report a file");
                        return -EINVAL;
                }
        if (o->request.n_history == QUALIFY_HISTORY_MAX) {
                (void)snprintf(error->text, sizeof(error->text), "there are more than %d files",
                        QUALIFY_HISTORY_MAX);
                return -EINVAL;
        }
        n = report_read_failed(path, o->failed, sentence);
        if (n < 0) {
                (void)snprintf(error->text, sizeof(error->text), "%s", sentence);
                return -EINVAL;
        }
        if (n == 0)
                fprintf(stderr,
                        "assay: --history: %s: nothing in it accuses a CPU by a check of this version; it "
                        "changes "
                        "nothing.\n",
                        path);
        o->history[o->request.n_history++] = path;
        o->request.history = o->history;
        o->request.failed = o->failed;
        return 0;
}

static int take_path(const char *path, const char **ret_path, struct arguments_error *error)
{
        if (!*path) {
                (void)snprintf(error->text, sizeof(error->text),
                        "an empty name is no file; name one, or - for standard output");
                return -EINVAL;
        }
        *ret_path = path;
        return 0;
}

static int take_shared(
        struct qualify_options *o, int option, const char *value, struct arguments_error *error)
{
        struct configuration *c = &o->configuration;

        switch (option) {
        case OPTION_DURATION:
                return arguments_duration(value, &c->duration_ns, error);
        case OPTION_CPUS:
                o->request.cpus = &o->cpus;
                return arguments_cpus(value, &o->cpus, error);
        case OPTION_CHECKS:
                return take_checks(value, c, error);
        case OPTION_REGIMES:
                return arguments_regimes(value, &c->regimes, error);
        case OPTION_STRESS:
                return arguments_stress(value, &c->stress, error);
        case OPTION_NICE:
                return arguments_nice(value, &c->nice, error);
        case OPTION_HISTORY:
                return take_history(value, o, error);
        case OPTION_SEED:
                return arguments_number("seed", value, &o->request.seed, error);
        case OPTION_ISA:
                return take_isa(value, c, error);
        case OPTION_CONFIG:
                o->request.config = value;
                return 0;
        case OPTION_JSON:
                return take_path(value, &o->report_path, error);
        case OPTION_OBSERVATIONS:
                return take_path(value, &o->observations_path, error);
        case OPTION_NO_PROGRESS:
                o->request.progress = false;
                return 0;
        default:
                return 0;
        }
}

/* The configuration comes first, wherever its options stand on the command line. */
static int load_configuration(int argc, char **argv, const struct option *all, struct configuration *ret)
{
        struct configuration_error error;
        const char *file = NULL, *profile = NULL;
        int option;

        while ((option = arguments_next(argc, argv, all)) != ARGUMENTS_END) {
                if (option == ARGUMENTS_WRONG)
                        return COMMAND_USAGE;
                if (option == OPTION_CONFIG)
                        file = optarg;
                if (option == OPTION_PROFILE)
                        profile = optarg;
        }
        if (arguments_no_operands(argc, argv, false) < 0)
                return COMMAND_USAGE;
        if (configuration_load(file, profile, ret, &error) < 0)
                return arguments_complain(error.where, &error.error);
        return COMMAND_OK;
}

/* A report that cannot be written is known before the test, not after it. */
static int open_output(const char *path, struct output *output, struct output **ret_output)
{
        int r;

        if (!path)
                return COMMAND_OK;
        r = output_open(output, path);
        if (r < 0) {
                fprintf(stderr, "assay: cannot write %s: %s; choose another place.\n", path, strerror(-r));
                return COMMAND_ERROR;
        }
        *ret_output = output;
        return COMMAND_OK;
}

static int refuse_same(const struct qualify_options *o)
{
        fprintf(stderr, "assay: --json %s and --observations %s are one place; name two.\n", o->report_path,
                o->observations_path);
        return COMMAND_USAGE;
}

static int open_outputs(struct qualify_options *o)
{
        struct qualification_request *request = &o->request;
        int r;

        if (o->report_path && o->observations_path && strcmp(o->report_path, o->observations_path) == 0)
                return refuse_same(o);
        r = open_output(o->report_path, &o->report, &request->report);
        if (r == COMMAND_OK)
                r = open_output(o->observations_path, &o->observations, &request->observations);
        if (r == COMMAND_OK && output_same(&o->report, &o->observations))
                r = refuse_same(o);
        return r;
}

int qualify_options_read(int argc, char **argv, const struct option *own, qualify_option *take, void *user,
        struct qualify_options *ret_options)
{
        struct qualify_options *o = ret_options;
        struct option all[SHARED_COUNT + OWN_MOST + 1] = { 0 };
        struct arguments_error error;
        char where[64];
        int r, option, which = 0;

        *o = (struct qualify_options){ .request = { .progress = true, .drill_cpu = -1, .drill_check = -1 } };
        memcpy(all, shared, sizeof(shared));
        for (size_t i = 0; own && own[i].name && i < OWN_MOST; i++)
                all[SHARED_COUNT + i] = own[i];
        r = load_configuration(argc, argv, all, &o->configuration);
        if (r != COMMAND_OK)
                return r;
        o->request.configuration = &o->configuration;
        o->request.seed = random_seed();
        optind = 0; /* glibc: begin again */
        while ((option = arguments_next(argc, argv, all)) != ARGUMENTS_END) {
                if (option >= OPTION_COUNT) {
                        if (take(option, optarg, user) < 0)
                                return COMMAND_USAGE;
                        continue;
                }
                for (which = 0; shared[which].val != option;)
                        which++;
                (void)snprintf(where, sizeof(where), "--%s", shared[which].name);
                if (take_shared(o, option, optarg, &error) < 0)
                        return arguments_complain(where, &error);
        }
        return open_outputs(o);
}

void qualify_options_close(struct qualify_options *options)
{
        output_close(&options->report);
        output_close(&options->observations);
}
