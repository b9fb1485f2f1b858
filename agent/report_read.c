/* SPDX-License-Identifier: Apache-2.0 */
/* Reads back what report_json and report_observation wrote, as far as `assay replay` needs it. The file may
 * come from anywhere: its size, the memory that it asks for, its depth (jansson's own limit) and every number are
 * bounded. */
#include <errno.h>
#include <jansson.h>
#include <malloc.h>
#include <stdarg.h>
#include <string.h>

#include "agent/report.h"
#include "agent/report_file.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "checks/party.h"

#define MEMORY_MAX (UINT64_C(512) << 20) /* twice what a report of 512 CPUs takes */

struct reading {
        const char *path;
        char *sentence;
        struct report_replays replays;
        uint32_t failed[PLAN_CHECKS_MAX];
        int n_failed;
        bool synthetic; /* a drill made something of it */
        /* What is done with each observation; 0 or a negative errno. */
        int (*take)(struct reading *reading, const json_t *observation);
};

__attribute__((format(printf, 3, 4))) static int refuse(
        struct reading *reading, int error, const char *format, ...)
{
        va_list arguments;
        int used = snprintf(
                reading->sentence, REPORT_SENTENCE_MAX, "%.100s: ", report_file_name(reading->path));

        va_start(arguments, format);
        (void)vsnprintf(reading->sentence + used, REPORT_SENTENCE_MAX - (size_t)used, format, arguments);
        va_end(arguments);
        /* It may quote the file, and will be shown on a terminal: no control, of one byte or of several, no text that
         * runs backwards. */
        for (char *c = reading->sentence; *c; c++)
                if ((unsigned char)*c < ' ' || (unsigned char)*c >= 0x7f)
                        *c = '?';
        return error;
}

/* What jansson holds at the moment. Two brackets of a file take 120 bytes. */
static struct {
        size_t used;
        bool exhausted;
} memory;

static void *memory_take(size_t size)
{
        void *taken = memory.used + size > MEMORY_MAX ? NULL : malloc(size);

        if (taken)
                memory.used += malloc_usable_size(taken);
        else
                memory.exhausted = true;
        return taken;
}

static void memory_give(void *taken)
{
        memory.used -= malloc_usable_size(taken);
        free(taken);
}

static int wrong_field(struct reading *reading, const char *field)
{
        return refuse(reading, -EBADMSG,
                "the field '%s' of an observation is missing or wrong; name a file that "
                "assay wrote",
                field);
}

/* Reads an integer of 0 to below `limit`. */
static int get_number(struct reading *reading, const json_t *object, const char *field, json_int_t limit,
        json_int_t *ret_number)
{
        const json_t *value = json_object_get(object, field);

        if (!json_is_integer(value) || json_integer_value(value) < 0 || json_integer_value(value) >= limit)
                return wrong_field(reading, field);
        *ret_number = json_integer_value(value);
        return 0;
}

static int get_round(struct reading *reading, const json_t *object, struct check_round *ret_round)
{
        const json_t *round = json_object_get(object, "round");
        const char *seed = json_string_value(json_object_get(round, "seed"));
        json_int_t cpu, process, number;
        uint64_t value;
        int r;

        if (!seed || text_to_u64(seed, &value) < 0)
                return wrong_field(reading, "seed");
        if ((r = get_number(reading, round, "cpu", CHECK_CPU_MAX, &cpu)) < 0 ||
                (r = get_number(reading, round, "process", CHECK_PROCESS_MAX, &process)) < 0 ||
                (r = get_number(reading, round, "number", (json_int_t)UINT32_MAX + 1, &number)) < 0)
                return r;
        *ret_round = (struct check_round){
                .seed = value, .cpu = (uint16_t)cpu, .process = (uint16_t)process, .number = (uint32_t)number
        };
        return 0;
}

/* The CPUs of a round of several; reports of before there were any have no such field. */
static int get_together(struct reading *reading, const json_t *object, struct cpu_set *ret_cpus)
{
        const json_t *list = json_object_get(object, "together"), *cpu;
        size_t i;

        if (list && (!json_is_array(list) || json_array_size(list) > PARTY_MOST))
                return wrong_field(reading, "together");
        json_array_foreach(list, i, cpu)
        {
                if (!json_is_integer(cpu) || json_integer_value(cpu) < 0 ||
                        json_integer_value(cpu) >= CHECK_CPU_MAX)
                        return wrong_field(reading, "together");
                cpu_set_add(ret_cpus, (unsigned)json_integer_value(cpu));
        }
        return 0;
}

static int get_check(struct reading *reading, const json_t *object, uint32_t *ret_check)
{
        const char *name = json_string_value(json_object_get(object, "check"));

        if (!name)
                return wrong_field(reading, "check");
        for (uint32_t i = 0; check_list[i]; i++)
                if (strcmp(check_list[i]->name, name) == 0) {
                        *ret_check = i;
                        return 0;
                }
        return refuse(reading, -ENOENT,
                "this assay has no check '%.40s' (see assay list); use the version that "
                "wrote the report",
                name);
}

/* 1: evidence, 0: not, or a negative errno. */
static int get_evidence(struct reading *reading, const json_t *object)
{
        const char *name = json_string_value(json_object_get(object, "kind"));

        for (int kind = 0; name && kind < OBSERVATION_KIND_COUNT; kind++)
                if (strcmp(observation_kind_name((enum observation_kind)kind), name) == 0)
                        return observation_is_evidence((enum observation_kind)kind);
        return wrong_field(reading, "kind");
}

static bool same_replay(const struct report_replay *a, const struct report_replay *b)
{
        bool together = cpu_set_next(&a->together, -1) >= 0 &&
                        memcmp(&a->together, &b->together, sizeof(a->together)) == 0;

        return a->check == b->check && a->regime == b->regime && a->stress == b->stress &&
               (a->cpu == b->cpu || together) && a->round.seed == b->round.seed &&
               a->round.number == b->round.number && a->round.cpu == b->round.cpu &&
               a->round.process == b->round.process;
}

static int take_round(struct reading *reading, const json_t *object)
{
        struct report_replays *replays = &reading->replays;
        struct report_replay replay = { 0 };
        const char *regime = json_string_value(json_object_get(object, "regime"));
        const char *stress = json_string_value(json_object_get(object, "stress"));
        json_int_t cpu;
        int r = get_evidence(reading, object);

        if (r <= 0)
                return r;
        if ((r = get_round(reading, object, &replay.round)) < 0 ||
                (r = get_check(reading, object, &replay.check)) < 0 ||
                (r = get_together(reading, object, &replay.together)) < 0 ||
                (r = get_number(reading, object, "cpu", CHECK_CPU_MAX, &cpu)) < 0)
                return r;
        r = regime ? regime_parse(regime) : -EINVAL;
        if (r < 0)
                return wrong_field(reading, "regime");
        replay.regime = (enum regime)r;
        r = stress ? stress_parse(stress) : 0; /* reports of before there was any have none */
        if (r < 0)
                return wrong_field(reading, "stress");
        replay.stress = (enum stress)r;
        replay.cpu = (unsigned)cpu;
        for (size_t i = 0; i < replays->n; i++)
                if (same_replay(&replays->rounds[i], &replay))
                        return 0;
        if (replays->n == REPORT_REPLAY_MAX) {
                replays->left_out++;
                return 0;
        }
        replays->rounds[replays->n++] = replay;
        replays->synthetic |= json_is_true(json_object_get(object, "synthetic"));
        return 0;
}

/* An experiment repeats a round: that it fails again says nothing new of the check. */
static int take_failed(struct reading *reading, const json_t *object)
{
        const char *experiment = json_string_value(json_object_get(object, "experiment"));
        int r = get_evidence(reading, object);
        uint32_t check;

        if (r <= 0)
                return r;
        if (!experiment)
                return wrong_field(reading, "experiment");
        if (strcmp(experiment, experiment_name(EXPERIMENT_NONE)) != 0)
                return 0;
        reading->synthetic |= json_is_true(json_object_get(object, "synthetic"));
        r = get_check(reading, object, &check);
        if (r == 0 && check < PLAN_CHECKS_MAX) {
                reading->failed[check]++;
                reading->n_failed++;
        }
        return r == -ENOENT ? 0 : r;
}

/* The observation that the verdict stands on comes first. */
static int take_report(struct reading *reading, const json_t *report)
{
        const json_t *observations = json_object_get(report, "observations");
        const json_t *first = json_object_get(json_object_get(report, "verdict"), "observation");
        const json_t *object;
        size_t i;
        int r;

        reading->synthetic = json_is_string(json_object_get(json_object_get(report, "request"), "drill"));
        if (!json_is_array(observations))
                return refuse(reading, -EBADMSG, "it has no observations; name a report of assay qualify");
        for (int pass = 0; pass < 2; pass++)
                json_array_foreach(observations, i, object)
                {
                        const json_t *sequence = json_object_get(object, "sequence");

                        if (pass == 0 && !(first && json_is_integer(first) && json_equal(first, sequence)))
                                continue;
                        r = reading->take(reading, object);
                        if (r < 0)
                                return r;
                }
        return 0;
}

/* Why jansson refused a text. */
static int refuse_text(struct reading *reading, size_t number, const char *why)
{
        if (memory.exhausted)
                return refuse(reading, -EFBIG,
                        "to read it takes more than %u MiB of memory; name the observations of that run "
                        "(--observations) instead",
                        (unsigned)(MEMORY_MAX >> 20));
        return refuse(reading, -EBADMSG,
                "line %zu is no observation (%.80s); name a report or an observations file of assay", number,
                why);
}

static int take_lines(struct reading *reading, const char *text, size_t size)
{
        for (size_t at = 0, number = 1; at < size; number++) {
                const char *end = memchr(text + at, '\n', size - at);
                size_t length = end ? (size_t)(end - text) - at : size - at;
                json_error_t error;
                json_t *object = json_loadb(text + at, length, JSON_REJECT_DUPLICATES, &error);
                int r;

                at += length + 1;
                if (!object && length)
                        return refuse_text(reading, number, error.text);
                r = object ? reading->take(reading, object) : 0;
                json_decref(object);
                if (r < 0)
                        return r;
        }
        return 0;
}

/* What to do where its bytes could not be had. */
static const char *remedy(int error)
{
        return error == -EINVAL   ? "give it as standard input, whose name is -"
               : error == -ENOMEM ? "free some memory"
                                  : "name a report of assay qualify";
}

static int read_observations(struct reading *reading)
{
        AUTO_FREE char *text = NULL;
        const char *schema, *why;
        json_t *report;
        size_t size = 0;
        int r = report_file_read(reading->path, &text, &size, &why);

        if (r < 0)
                return refuse(reading, r, "%s; %s", why, remedy(r));
        memory.exhausted = false;
        json_set_alloc_funcs(memory_take, memory_give);
        report = json_loadb(text, size, JSON_REJECT_DUPLICATES, NULL);
        schema = json_string_value(json_object_get(report, "schema"));
        if (schema && strcmp(schema, "assay.report/1") == 0)
                r = take_report(reading, report);
        else if (schema)
                r = refuse(
                        reading, -EBADMSG, "its schema is '%.40s'; this assay reads assay.report/1", schema);
        else if (memory.exhausted)
                r = refuse_text(reading, 1, "");
        else
                r = take_lines(reading, text, size);
        json_decref(report);
        json_set_alloc_funcs(malloc, free);
        return r;
}

int report_read_replay(
        const char *path, struct report_replays *ret_replays, char sentence[REPORT_SENTENCE_MAX])
{
        struct reading reading = { .path = path, .sentence = sentence, .take = take_round };
        int r = read_observations(&reading);

        if (r < 0)
                return r;
        if (!reading.replays.n)
                return refuse(&reading, -ENODATA, "nothing in it accuses a CPU; there is nothing to replay");
        *ret_replays = reading.replays;
        return 0;
}

int report_read_failed(
        const char *path, uint32_t failed[PLAN_CHECKS_MAX], char sentence[REPORT_SENTENCE_MAX])
{
        struct reading reading = { .path = path, .sentence = sentence, .take = take_failed };
        int r = read_observations(&reading);

        if (r < 0)
                return r;
        if (reading.synthetic)
                return refuse(&reading, -EPERM,
                        "a drill made it, and it says nothing of this host; name a report of assay qualify");
        for (size_t i = 0; i < PLAN_CHECKS_MAX; i++)
                failed[i] += reading.failed[i];
        return reading.n_failed;
}
