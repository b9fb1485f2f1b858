/* SPDX-License-Identifier: Apache-2.0 */
/* The settlement in the whole program. A real `assay qualify` runs nothing but random programs without a known answer, on
 * two CPUs, and on one of them one instruction goes wrong (tracer.h). The vote of two says only that they differ: the
 * bisection has to name the instruction, the known answers of that instruction the CPU. And with the same breakpoints and
 * nothing wrong nobody is accused. */
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <Zydis/Zydis.h>

#include "base/array.h"
#include "tests/faulty/defect_report.h"
#include "tests/faulty/tracer.h"
#include "tests/tap.h"

#define LIMIT_S 120
#define HARDWARE 1 /* exit statuses */
#define HEALTHY 0

static char assay[PATH_MAX];

/* None that compilers use: the program itself would go wrong. */
static const ZydisMnemonic mnemonics[] = { ZYDIS_MNEMONIC_RCL, ZYDIS_MNEMONIC_PADDD, ZYDIS_MNEMONIC_FMUL };

/* One run of assay, in which the mnemonic is wrong on `cpu`, and what its report says. */
struct trial {
        int cpu;
        ZydisMnemonic mnemonic;
        enum tracer_way way;
        struct tracer_outcome outcome;
        struct defect_report report;
};

static bool run(struct trial *trial, const char *cpus)
{
        char path[] = "/tmp/assay-settlement-XXXXXX";
        int fd = mkstemp(path), r = -1;
        const char *const arguments[] = { "--checks", "program_voted_native", "--regimes", "quiet",
                "--stress", "none", "--cpus", cpus, "--duration", "3s", "--seed", "1", "--no-progress",
                "--json", path, NULL };
        const struct tracer_request request = { .assay = assay,
                .arguments = arguments,
                .cpu = trial->cpu,
                .mnemonic = trial->mnemonic,
                .seed = 1,
                .way = trial->way,
                .limit_s = LIMIT_S };

        if (fd < 0)
                return false;
        (void)close(fd);
        if (tracer_run(&request, &trial->outcome) == 0)
                r = defect_report_read(path, &trial->report);
        (void)unlink(path);
        return r == 0;
}

static void explain(const struct trial *trial)
{
        const struct defect_report *report = &trial->report;

        printf("# exit status %d, %s, %d CPUs blamed, first %d; bisected to \"%s\"; %llu of %llu results "
               "wrong\n",
                trial->outcome.status, report->class, report->n_cpus, report->cpu, report->bisected,
                (unsigned long long)trial->outcome.flips, (unsigned long long)trial->outcome.hits);
}

static void test_defect(ZydisMnemonic mnemonic, int cpu, const char *cpus)
{
        static struct trial trial;
        const struct defect_report *report = &trial.report;
        const char *name = ZydisMnemonicGetString(mnemonic);

        trial = (struct trial){ .cpu = cpu, .mnemonic = mnemonic, .way = TRACER_STEADY };
        if (!tap_ok(run(&trial, cpus) && trial.outcome.status == HARDWARE && report->n_cpus == 1 &&
                            report->cpu == cpu,
                    "%s wrong on CPU %d: that CPU alone is named", name, cpu))
                explain(&trial);
        tap_ok(strcmp(report->bisected, name) == 0 && report->valued,
                "the program that told of it is bisected to %s, with operands and values (\"%s\")", name,
                report->bisected);
}

static void test_control(int cpu, const char *cpus)
{
        static struct trial trial;

        trial = (struct trial){ .cpu = cpu, .mnemonic = mnemonics[0], .way = TRACER_CONTROL };
        if (!tap_ok(run(&trial, cpus) && trial.outcome.hits && trial.outcome.status == HEALTHY &&
                            !trial.report.n_cpus && !trial.report.bisected[0],
                    "nothing wrong: healthy"))
                explain(&trial);
}

/* The first and the last CPU that we may use: returns how many there are. */
static int find_cpus(int ret_cpus[2])
{
        cpu_set_t set;
        int n = 0;

        CPU_ZERO(&set);
        (void)sched_getaffinity(0, sizeof(set), &set);
        for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
                if (CPU_ISSET((unsigned)cpu, &set))
                        ret_cpus[n++ > 0] = cpu;
        return n;
}

int main(void)
{
        char text[32];
        int cpus[2];

        if (!realpath("assay", assay))
                return 99;
        if (find_cpus(cpus) < 2) {
                tap_skip("settlement", "it takes two CPUs to disagree");
                return tap_end();
        }
        (void)snprintf(text, sizeof(text), "%d,%d", cpus[0], cpus[1]);
        for (size_t i = 0; i < ARRAY_SIZE(mnemonics); i++)
                test_defect(mnemonics[i], cpus[i % 2], text);
        test_control(cpus[1], text);
        return tap_end();
}
