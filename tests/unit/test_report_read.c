/* SPDX-License-Identifier: Apache-2.0 */
/* What `assay replay REPORT` reads: what we wrote comes back, and whatever else comes is refused with a
 * sentence. */
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/report.h"
#include "base/cleanup.h"
#include "tests/unit/scene.h"

static char path[] = "report-read-XXXXXX";
static struct report_replays replays;
static char sentence[REPORT_SENTENCE_MAX];

#define ROUND "\"round\":{\"seed\":\"0x2a\",\"cpu\":5,\"process\":0,\"number\":4}"
#define LINE(check, round, cpu, regime) \
        "{\"kind\":\"mismatch\",\"check\":\"" check "\"," round ",\"cpu\":" cpu ",\"regime\":\"" regime "\"}"

static FILE *open_file(void)
{
        FILE *file = fopen(path, "we");

        if (!file)
                abort();
        return file;
}

static int read_text(const char *text, size_t size)
{
        FILE *file = open_file();

        (void)fwrite(text, 1, size, file);
        (void)fclose(file);
        sentence[0] = 0;
        return report_read_replay(path, &replays, sentence);
}

static void evidence(void)
{
        scene_host(2, 4, 1);
        scene_observe(OBSERVATION_KILLED, 1, SCENE_FMA, REGIME_QUIET, 4);
        scene_observe(OBSERVATION_MISMATCH, 5, SCENE_FMA, REGIME_TIMER, 4000000000u)->round.seed =
                UINT64_MAX;
        scene_observe(OBSERVATION_MISMATCH, 5, SCENE_FMA, REGIME_TIMER, 4000000000u)->round.seed =
                UINT64_MAX;
        scene_observe(OBSERVATION_CRASH, 6, SCENE_STATE, REGIME_STORM_ASYNC, 7);
}

static bool is(size_t i, uint64_t seed, unsigned cpu, uint32_t number, uint32_t check, enum regime regime)
{
        const struct report_replay *r = &replays.rounds[i];

        return r->round.seed == seed && r->cpu == cpu && r->round.cpu == cpu && r->round.number == number &&
               r->check == check && r->regime == regime;
}

static void lines_come_back(void)
{
        FILE *file;
        int r;

        evidence();
        file = open_file();
        for (size_t i = 0; i < scene.evidence.n_observations; i++)
                (void)report_observation(&scene.observations[i], file);
        (void)fclose(file);
        r = report_read_replay(path, &replays, sentence);
        tap_ok(r == 0 && replays.n == 2 && is(0, UINT64_MAX, 5, 4000000000u, SCENE_FMA, REGIME_TIMER) &&
                        is(1, 42, 6, 7, SCENE_STATE, REGIME_STORM_ASYNC),
                "NDJSON: the rounds that accuse come back, each once");
}

/* Both that ran it say so: it is one round, to be run by both. */
static void together_comes_back(void)
{
        FILE *file = open_file();

        scene_host(2, 4, 1);
        for (int cpu = 5; cpu < 7; cpu++) {
                struct observation *o = scene_observe(OBSERVATION_MISMATCH, cpu, SCENE_FMA, REGIME_QUIET, 4);

                o->round.cpu = 5;
                o->together[0] = 5;
                o->together[1] = 6;
                o->n_together = 2;
                (void)report_observation(o, file);
        }
        (void)fclose(file);
        tap_ok(report_read_replay(path, &replays, sentence) == 0 && replays.n == 1 &&
                        is(0, 42, 5, 4, SCENE_FMA, REGIME_QUIET) &&
                        cpu_set_count(&replays.rounds[0].together) == 2 &&
                        cpu_set_has(&replays.rounds[0].together, 6),
                "a round of several CPUs comes back once, with all of them");
}

/* What a report of the same host says of each check; its experiments say nothing new, and another version's checks are
 * passed over. */
static void failures_count(void)
{
        uint32_t failed[PLAN_CHECKS_MAX] = { [SCENE_STATE] = 5 };
        FILE *file;

        evidence();
        scene_observe(OBSERVATION_MISMATCH, 5, SCENE_STATE, REGIME_QUIET, 9)->experiment = EXPERIMENT_SAME;
        file = open_file();
        for (size_t i = 0; i < scene.evidence.n_observations; i++)
                (void)report_observation(&scene.observations[i], file);
        (void)fputs("{\"kind\":\"mismatch\",\"experiment\":\"none\",\"check\":\"of_tomorrow\"}\n", file);
        (void)fclose(file);
        tap_ok(report_read_failed(path, failed, sentence) == 3 && failed[SCENE_FMA] == 2 &&
                        failed[SCENE_STATE] == 6,
                "failures of a report are added by check");
        tap_ok(read_text("", 0) < 0 && report_read_failed(path, failed, sentence) == 0,
                "an empty file is read, and has none");
        tap_ok(read_text("{\"kind\":\"mismatch\"}\n", 20) < 0 &&
                        report_read_failed(path, failed, sentence) < 0 && sentence[0] &&
                        failed[SCENE_FMA] == 2,
                "a wrong one adds nothing: %s", sentence);
}

/* What a drill made is no history of the CPUs, also where nothing came of it. */
static void drills_count_nothing(void)
{
        static const char *const drills[] = {
                "{\"kind\":\"mismatch\",\"experiment\":\"none\",\"check\":\"fma_f64\",\"synthetic\":true}\n",
                "{\"schema\":\"assay.report/1\",\"request\":{\"drill\":\"bit\"},\"observations\":[]}",
        };
        uint32_t failed[PLAN_CHECKS_MAX] = { 0 };

        for (size_t i = 0; i < ARRAY_SIZE(drills); i++) {
                (void)read_text(drills[i], strlen(drills[i]));
                tap_ok(report_read_failed(path, failed, sentence) == -EPERM &&
                                strstr(sentence, "a drill made it") && !failed[SCENE_FMA],
                        "%s", sentence);
        }
}

/* Standard input may be a pipe, and no other name is. */
static void standard_input(void)
{
        static const char text[] = LINE("fma_f64", ROUND, "5", "quiet");
        int saved = dup(STDIN_FILENO), ends[2];
        int r;

        if (saved < 0 || pipe(ends) < 0 || write(ends[1], text, strlen(text)) < 0 || close(ends[1]) < 0 ||
                dup2(ends[0], STDIN_FILENO) < 0)
                abort();
        r = report_read_replay("/dev/stdin", &replays, sentence);
        tap_ok(r == -EINVAL && strstr(sentence, "standard input, whose name is -"), "%s", sentence);
        r = report_read_replay("-", &replays, sentence);
        tap_ok(r == 0 && replays.n == 1 && is(0, 42, 5, 4, SCENE_FMA, REGIME_QUIET),
                "a pipe as standard input");
        r = report_read_replay("-", &replays, sentence);
        tap_ok(r == -ENODATA && strncmp(sentence, "standard input: ", 16) == 0, "%s", sentence);
        if (dup2(saved, STDIN_FILENO) < 0 || close(saved) < 0 || close(ends[0]) < 0)
                abort();
}

static void report_comes_back(void)
{
        struct verdict verdict;
        struct supervisor_outcome outcome = { 0 };
        struct plan_request request = { 0 };
        struct report report = { .input = &scene.input,
                .verdict = &verdict,
                .outcome = &outcome,
                .request = &request,
                .isa_level = "native" };
        FILE *file;
        int r;

        evidence();
        verdict_reach(&scene.input, &verdict);
        verdict.first = 3;
        file = open_file();
        (void)report_json(&report, file);
        (void)fclose(file);
        r = report_read_replay(path, &replays, sentence);
        tap_ok(r == 0 && replays.n == 2 && is(0, 42, 6, 7, SCENE_STATE, REGIME_STORM_ASYNC) &&
                        is(1, UINT64_MAX, 5, 4000000000u, SCENE_FMA, REGIME_TIMER),
                "a report: the observation that the verdict names comes first");
}

static const struct {
        const char *what, *text;
        int result;
} cases[] = {
        { "a line as we write it", LINE("fma_f64", ROUND, "5", "quiet"), 0 },
        { "an escape sequence", "\033[2J{}\n", -EBADMSG },
        { "an escape sequence of one byte", "{\"schema\":\"\302\2332J\"}", -EBADMSG },
        { "text that runs backwards", LINE("\342\200\256fma_f64", ROUND, "5", "quiet"), -ENOENT },
        { "an empty file", "", -ENODATA },
        { "empty lines", "\n\n", -ENODATA },
        { "no JSON", "hello\n", -EBADMSG },
        { "half a line", "{\"kind\":\"mism", -EBADMSG },
        { "a number", "7\n", -EBADMSG },
        { "an array", "[]\n", -EBADMSG },
        { "nothing but a fact", "{\"kind\":\"killed\"}\n", -ENODATA },
        { "an unknown kind", "{\"kind\":\"feeling\"}\n", -EBADMSG },
        { "an unknown check", LINE("fma_f6", ROUND, "5", "quiet"), -ENOENT },
        { "an unknown regime", LINE("fma_f64", ROUND, "5", "loud"), -EBADMSG },
        { "no round", LINE("fma_f64", "\"x\":1", "5", "quiet"), -EBADMSG },
        { "a CPU out of range", LINE("fma_f64", ROUND, "4096", "quiet"), -EBADMSG },
        { "a negative CPU", LINE("fma_f64", ROUND, "-1", "quiet"), -EBADMSG },
        { "a CPU of 2 to the 64", LINE("fma_f64", ROUND, "18446744073709551616", "quiet"), -EBADMSG },
        { "a CPU as text", LINE("fma_f64", ROUND, "\"5\"", "quiet"), -EBADMSG },
        { "a number of 2 to the 32",
                LINE("fma_f64",
                        "\"round\":{\"seed\":\"0x2a\",\"cpu\":5,\"process\":0,\"number\":4294967296}", "5",
                        "quiet"),
                -EBADMSG },
        { "a process out of range",
                LINE("fma_f64", "\"round\":{\"seed\":\"0x2a\",\"cpu\":5,\"process\":1024,\"number\":4}", "5",
                        "quiet"),
                -EBADMSG },
        { "a seed that is too large",
                LINE("fma_f64",
                        "\"round\":{\"seed\":\"0x10000000000000000\",\"cpu\":5,\"process\":0,\"number\":4}",
                        "5", "quiet"),
                -EBADMSG },
        { "a seed that is no text",
                LINE("fma_f64", "\"round\":{\"seed\":42,\"cpu\":5,\"process\":0,\"number\":4}", "5",
                        "quiet"),
                -EBADMSG },
        { "CPUs of several that are no list", LINE("fma_f64", "\"together\":5," ROUND, "5", "quiet"),
                -EBADMSG },
        { "a CPU of several out of range", LINE("fma_f64", "\"together\":[5,4096]," ROUND, "5", "quiet"),
                -EBADMSG },
        { "more CPUs than run a round", LINE("fma_f64", "\"together\":[1,2,3,4,5]," ROUND, "5", "quiet"),
                -EBADMSG },
        { "a key twice", "{\"kind\":\"killed\",\"kind\":\"mismatch\"}\n", -EBADMSG },
        { "another schema", "{\"schema\":\"assay.report/2\",\"observations\":[]}", -EBADMSG },
        { "a report without observations", "{\"schema\":\"assay.report/1\"}", -EBADMSG },
        { "a report that saw nothing", "{\"schema\":\"assay.report/1\",\"observations\":[]}", -ENODATA },
        { "a report with a broken one", "{\"schema\":\"assay.report/1\",\"observations\":[7]}", -EBADMSG },
};

static void refused(void)
{
        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                int r = read_text(cases[i].text, strlen(cases[i].text));

                bool plain = true;

                for (const char *c = sentence; *c; c++)
                        plain = plain && *c >= ' ' && *c < 0x7f; /* a char is signed here */
                tap_ok(r == cases[i].result && (r == 0) == !sentence[0] && plain, "%s: %s", cases[i].what,
                        r ? sentence : "read");
        }
}

static void depth_and_files(void)
{
        static char deep[200000];
        int r;

        memset(deep, '[', sizeof(deep));
        tap_ok(read_text(deep, sizeof(deep)) == -EBADMSG, "200,000 open brackets are refused");
        r = report_read_replay("no/such/file", &replays, sentence);
        tap_ok(r == -ENOENT && sentence[0], "%s", sentence);
        r = report_read_replay("/", &replays, sentence);
        tap_ok(r == -EISDIR && sentence[0], "%s", sentence);
        r = report_read_replay("/dev/zero", &replays, sentence);
        tap_ok(r == -EINVAL && sentence[0], "%s", sentence);
}

/* A pipe that nobody writes to would keep the reader for ever. */
static void pipe_is_refused(void)
{
        static const char name[] = "report-read-pipe";
        uint32_t failed[PLAN_CHECKS_MAX];
        int r;

        (void)unlink(name);
        if (mkfifo(name, 0600) < 0)
                abort();
        (void)alarm(10);
        r = report_read_failed(name, failed, sentence);
        (void)alarm(0);
        (void)unlink(name);
        tap_ok(r == -EINVAL && sentence[0], "%s", sentence);
}

/* 15 MB of which each three bytes ask for 120 of memory. */
static void memory_is_bounded(void)
{
        static const size_t n = 5000000;
        FILE *file = open_file();
        int r;

        (void)fputc('[', file);
        for (size_t i = 0; i < n; i++)
                (void)fputs("[],", file);
        (void)fputs("[]]", file);
        (void)fclose(file);
        r = report_read_replay(path, &replays, sentence);
        tap_ok(r == -EFBIG && sentence[0], "%s", sentence);
        tap_ok(read_text(cases[0].text, strlen(cases[0].text)) == 0, "what was refused took no memory from the next");
}

static void too_many(void)
{
        static char text[(REPORT_REPLAY_MAX + 3) * 256];
        size_t size = 0;

        for (unsigned number = 0; number < REPORT_REPLAY_MAX + 2; number++)
                size += (size_t)snprintf(text + size, sizeof(text) - size,
                        LINE("fma_f64",
                                "\"synthetic\":%s,\"round\":{\"seed\":\"0x2a\",\"cpu\":5,\"process\":0,"
                                "\"number\":%u}",
                                "5", "quiet") "\n",
                        number == 7 ? "true" : "false", number);
        tap_ok(read_text(text, size) == 0 && replays.n == REPORT_REPLAY_MAX && replays.left_out == 2 &&
                        replays.rounds[REPORT_REPLAY_MAX - 1].round.number == REPORT_REPLAY_MAX - 1,
                "%d rounds are taken, and what is left out is counted", REPORT_REPLAY_MAX);
        tap_ok(replays.synthetic, "a drill is noticed");
        tap_ok(read_text(cases[0].text, strlen(cases[0].text)) == 0 && !replays.synthetic &&
                        !replays.left_out,
                "one round of no drill");
}

/* Bytes changed, cut, doubled at random: it returns, and what it returns is in range. */
static void mutated(void)
{
        static const char line[] = LINE("fma_f64", ROUND, "5", "quiet") "\n";
        uint64_t seed = tap_seed(7);
        unsigned wrong = 0;

        for (unsigned run = 0; run < 3000; run++) {
                char text[2 * sizeof(line)];
                size_t size = sizeof(line) - 1;

                memcpy(text, line, size);
                if (random_next(&seed) % 4 == 0) {
                        memcpy(text + size, line, size);
                        size *= 2;
                }
                for (uint64_t n = 1 + random_next(&seed) % 3; n; n--)
                        text[random_next(&seed) % size] = (char)random_next(&seed);
                size -= random_next(&seed) % 8 == 0 ? random_next(&seed) % size : 0;
                if (read_text(text, size) != 0)
                        wrong += !sentence[0];
                else
                        for (size_t i = 0; i < replays.n; i++)
                                wrong += replays.rounds[i].cpu >= CHECK_CPU_MAX ||
                                         replays.rounds[i].check >= SCENE_CHECKS ||
                                         replays.rounds[i].regime >= REGIME_COUNT;
        }
        tap_ok(!wrong, "3,000 mutated lines are read within range or refused with a sentence");
}

int main(void)
{
        AUTO_CLOSE int fd = mkstemp(path);

        if (fd < 0)
                return 99;
        lines_come_back();
        failures_count();
        drills_count_nothing();
        standard_input();
        report_comes_back();
        together_comes_back();
        refused();
        depth_and_files();
        pipe_is_refused();
        memory_is_bounded();
        too_many();
        mutated();
        (void)unlink(path);
        return tap_end();
}
