/* SPDX-License-Identifier: Apache-2.0 */
/* The settlement in the whole program. A real `assay qualify` runs nothing but random programs without a known answer, on
 * two CPUs, and on one of them one instruction goes wrong (tracer.h). The vote of two says only that they differ, and as
 * often as not it is the one that errs who says so of the other: the bisection has to name the instruction, the known
 * answers of that instruction the CPU. Where no known answer shows the defect nobody is accused, as with the same
 * breakpoints and nothing wrong. */
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <Zydis/Zydis.h>

#include "base/array.h"
#include "tests/faulty/core.h"
#include "tests/faulty/defect_report.h"
#include "tests/faulty/tracer.h"
#include "tests/tap.h"

#define LIMIT_S 60 /* of one run */
#define HEALTHY 0  /* exit statuses */
#define HARDWARE 1
#define INCONCLUSIVE 4

static char assay[PATH_MAX], cpus_text[32];
static uint64_t seed; /* decides what goes wrong */

/* One run of assay, in which the mnemonic is wrong on `cpu`, and what its report says. */
struct trial {
        int cpu;
        ZydisMnemonic mnemonic;
        enum tracer_way way;
        bool votes_only; /* no check with a known answer shows it */
        struct tracer_outcome outcome;
        struct defect_report report;
};

static bool run_for(struct trial *trial, const char *duration)
{
        char path[] = "/tmp/assay-settlement-XXXXXX";
        int fd = mkstemp(path), r = -1;
        const char *const arguments[] = { "--checks", "program_voted_native", "--regimes", "quiet",
                "--stress", "none", "--cpus", cpus_text, "--duration", duration, "--seed", "1",
                "--no-progress", "--json", path, NULL };
        const struct tracer_request request = { .assay = assay,
                .arguments = arguments,
                .cpu = trial->cpu,
                .mnemonic = trial->mnemonic,
                .seed = seed,
                .way = trial->way,
                .votes_only = trial->votes_only,
                .limit_s = LIMIT_S };

        if (fd < 0)
                return false;
        (void)close(fd);
        if (tracer_run(&request, &trial->outcome) == 0)
                r = defect_report_read(path, &trial->report);
        (void)unlink(path);
        return r == 0;
}

/* On a busy machine the first is too short for two CPUs to look at each other's programs. */
static bool run(struct trial *trial)
{
        static const char *const durations[] = { "1s", "4s", "16s" };
        const struct defect_report *report = &trial->report;
        bool done = false;

        for (size_t i = 0; i < ARRAY_SIZE(durations) && !done; i++) {
                if (!run_for(trial, durations[i]))
                        return false;
                done = trial->way == TRACER_CONTROL ? trial->outcome.status == HEALTHY
                                                    : report->n_cpus || report->bisected[0];
        }
        return true;
}

static void judge(const struct trial *trial, bool good, const char *what)
{
        const struct defect_report *report = &trial->report;

        if (tap_ok(good, "%s wrong on CPU %d%s: %s", ZydisMnemonicGetString(trial->mnemonic), trial->cpu,
                    trial->votes_only ? ", where no answer is known" : "", what))
                return;
        printf("# exit status %d, %s, %d CPUs blamed, first %d; bisected to \"%s\" on CPU %d; %llu of %llu "
               "results wrong\n",
                trial->outcome.status, report->class, report->n_cpus, report->cpu, report->bisected,
                report->suspect, (unsigned long long)trial->outcome.flips,
                (unsigned long long)trial->outcome.hits);
}

static bool names(const struct trial *trial)
{
        return strcmp(trial->report.bisected, ZydisMnemonicGetString(trial->mnemonic)) == 0;
}

static bool accuses(const struct trial *trial)
{
        return trial->outcome.status == HARDWARE && strcmp(trial->report.class, "hardware") == 0 &&
               trial->report.n_cpus == 1 && trial->report.cpu == trial->cpu;
}

static void test_settled(ZydisMnemonic mnemonic, int cpu)
{
        static struct trial trial;

        trial = (struct trial){ .cpu = cpu, .mnemonic = mnemonic, .way = TRACER_BRIEF };
        judge(&trial, run(&trial) && accuses(&trial), "that CPU alone is named");
        judge(&trial, names(&trial) && trial.report.valued && trial.report.suspect == cpu,
                "it is named, with its operands, what is due and what that CPU gives");
}

/* Compilers use it: all that the CPU does goes wrong, and what it makes of a program tells nothing of the program's. */
static void test_everywhere(ZydisMnemonic mnemonic, int cpu)
{
        static struct trial trial;

        trial = (struct trial){ .cpu = cpu, .mnemonic = mnemonic, .way = TRACER_BRIEF };
        judge(&trial, run(&trial) && accuses(&trial), "that CPU alone is named");
        judge(&trial, names(&trial) || !trial.report.bisected[0], "no other instruction is named");
}

static void test_unsettled(ZydisMnemonic mnemonic, int cpu)
{
        static struct trial trial;

        trial = (struct trial){ .cpu = cpu, .mnemonic = mnemonic, .way = TRACER_BRIEF, .votes_only = true };
        judge(&trial,
                run(&trial) && trial.outcome.status == INCONCLUSIVE &&
                        strcmp(trial.report.class, "inconclusive") == 0 && !trial.report.n_cpus,
                "inconclusive, nobody is named");
        judge(&trial, names(&trial) && trial.report.valued, "but the instruction is");
}

static void test_control(ZydisMnemonic mnemonic, int cpu)
{
        static struct trial trial;

        trial = (struct trial){ .cpu = cpu, .mnemonic = mnemonic, .way = TRACER_CONTROL };
        judge(&trial,
                run(&trial) && trial.outcome.hits && !trial.outcome.flips &&
                        trial.outcome.status == HEALTHY && !trial.report.n_cpus && !trial.report.bisected[0],
                "but for that it is not: healthy");
}

/* The first CPU that we may use, and the last of another core. */
static bool find_cpus(int ret_cpus[2])
{
        cpu_set_t set;
        int n = 0;

        CPU_ZERO(&set);
        (void)sched_getaffinity(0, sizeof(set), &set);
        for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
                if (CPU_ISSET((unsigned)cpu, &set) && (!n || !core_same(ret_cpus[0], cpu)))
                        ret_cpus[n++ > 0] = cpu;
        return n > 1;
}

int main(void)
{
        int cpus[2];

        seed = tap_seed(1);
        if (!realpath("assay", assay))
                return 99;
        if (!find_cpus(cpus)) {
                tap_skip("settlement", "it takes CPUs of two cores to disagree");
                return tap_end();
        }
        (void)snprintf(cpus_text, sizeof(cpus_text), "%d,%d", cpus[0], cpus[1]);
        for (size_t i = 0; i < 2; i++) {
                test_settled(ZYDIS_MNEMONIC_RCL, cpus[i]);
                test_settled(ZYDIS_MNEMONIC_PADDD, cpus[i]);
        }
        test_everywhere(ZYDIS_MNEMONIC_IMUL, cpus[1]);
        test_unsettled(ZYDIS_MNEMONIC_PADDD, cpus[1]);
        test_control(ZYDIS_MNEMONIC_PADDD, cpus[0]);
        return tap_end();
}
