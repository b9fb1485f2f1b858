/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/verdict_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "agent/errata.h"
#include "base/array.h"

#define CPUS_TEXT 96

static void write_cpus(const struct cpu_set *cpus, char *text, size_t size)
{
        char list[CPUS_TEXT];

        cpu_set_format(cpus, list, sizeof(list));
        (void)snprintf(text, size, "CPU%s %s", cpu_set_count(cpus) == 1 ? "" : "s", list);
}

static void write_place(
        const struct verdict_input *input, const struct verdict *verdict, char *text, size_t size)
{
        int cpu = cpu_set_next(&verdict->cpus, -1);
        struct blame_place place = blame_place(input->host, (unsigned)cpu);
        struct cpu_set siblings = { 0 };
        char list[CPUS_TEXT];

        if (cpu < 0 || place.core < 0) {
                (void)snprintf(text, size, "place unknown");
                return;
        }
        for (size_t i = 0; i < input->host->n_cpus; i++)
                if (blame_same_core(input->host, (unsigned)cpu, (unsigned)input->host->cpus[i].cpu))
                        cpu_set_add(&siblings, (unsigned)input->host->cpus[i].cpu);
        cpu_set_format(&siblings, list, sizeof(list));
        if (verdict->scope == SCOPE_HOST)
                (void)snprintf(text, size, "the whole host");
        else if (verdict->scope == SCOPE_PACKAGE)
                (void)snprintf(text, size, "package %d", place.package);
        else if (cpu_set_count(&siblings) > 1)
                (void)snprintf(
                        text, size, "package %d, core %d, siblings %s", place.package, place.core, list);
        else
                (void)snprintf(text, size, "package %d, core %d, no siblings", place.package, place.core);
}

/* The wrong bits of the first eight bytes that differ. */
static uint64_t wrong_bits(const struct check_mismatch *m)
{
        uint64_t expected, actual;
        size_t at = (m->offset - m->window) / 8 * 8;

        if (at > CHECK_WINDOW - 8)
                return 0;
        memcpy(&expected, m->expected + at, sizeof(expected));
        memcpy(&actual, m->actual + at, sizeof(actual));
        return expected ^ actual;
}

/* Who ran it, where several did; who saw it, where that is not the CPU that computed it. */
static void write_reviewer(const struct observation *o, char *text, size_t size)
{
        struct cpu_set together = { 0 };
        char list[CPUS_TEXT];

        text[0] = 0;
        for (uint32_t i = 0; i < o->n_together; i++)
                cpu_set_add(&together, o->together[i]);
        cpu_set_format(&together, list, sizeof(list));
        if (o->n_together)
                (void)snprintf(text, size, "; CPUs %s ran it together", list);
        if (o->kind == OBSERVATION_DISAGREE)
                (void)snprintf(text, size, "; CPU %d saw it in the output of CPU %d%s", o->reviewer, o->cpu,
                        o->review == REVIEW_REFUTED ? ", but not at a second look" : "");
}

void verdict_text_what(const struct observation *o, char *text, size_t size)
{
        const struct check *check = check_list[o->check];
        const char *regime = regime_name(o->regime);
        struct check_place place = { 0 };
        char reviewer[160], address[32] = "";

        switch (o->kind) {
        case OBSERVATION_CRASH:
                if (!o->death.signal) {
                        (void)snprintf(text, size, "%s (%s): its worker went away without a word",
                                check->name, regime);
                        return;
                }
                if (o->death.code > 0)
                        (void)snprintf(address, sizeof(address), ", address %#" PRIx64, o->death.address);
                (void)snprintf(text, size, "%s (%s) died of signal %d at instruction %#" PRIx64 "%s",
                        check->name, regime, o->death.signal, o->death.instruction, address);
                return;
        case OBSERVATION_HANG:
                (void)snprintf(text, size, "%s (%s) did not end; it was last at instruction %#" PRIx64,
                        check->name, regime, o->death.instruction);
                return;
        default:
                break;
        }
        if (o->in_frame)
                (void)registers_locate(o->mismatch.offset % REGISTERS_SIZE, place.name);
        else
                check_locate(check, o->mismatch.offset, &place);
        write_reviewer(o, reviewer, sizeof(reviewer));
        (void)snprintf(text, size,
                "in %s (%s) %s%s came out wrong: %" PRIu32 " bit%s, first xor %#" PRIx64 "%s", check->name,
                regime, o->in_frame ? "the saved " : "", place.name, o->mismatch.bits,
                o->mismatch.bits == 1 ? "" : "s", wrong_bits(&o->mismatch), reviewer);
}

/* A debugger can do to a worker all that a bad CPU can. */
bool verdict_text_traced(const struct verdict_input *input, const struct verdict *verdict)
{
        for (size_t i = 0; i < input->evidence->n_observations; i++) {
                const struct observation *o = &input->evidence->observations[i];

                if ((o->kind == OBSERVATION_TRACED || (o->tracer && observation_is_evidence(o->kind))) &&
                        o->cpu >= 0 && cpu_set_has(&verdict->cpus, (unsigned)o->cpu))
                        return true;
        }
        return false;
}

static void write_name(const char *name, const struct verdict_input *input, const struct verdict *verdict,
        char *text, size_t size)
{
        text[0] = 0;
        if (strcmp(name, "cpus") == 0)
                write_cpus(&verdict->cpus, text, size);
        else if (strcmp(name, "place") == 0)
                write_place(input, verdict, text, size);
        else if (strcmp(name, "events") == 0)
                (void)snprintf(
                        text, size, "%" PRIu64 " event%s", verdict->events, verdict->events == 1 ? "" : "s");
        else if (strcmp(name, "else") == 0 && !verdict_text_traced(input, verdict))
                (void)snprintf(text, size, ", and nothing else explains it");
        else if (strcmp(name, "errata") == 0)
                errata_names(input->evidence, text, size);
        else if (strcmp(name, "what") == 0 && verdict->first != UINT32_MAX)
                verdict_text_what(&input->evidence->observations[verdict->first], text, size);
}

void verdict_text(const char *sentence, const struct verdict_input *input, const struct verdict *verdict,
        char text[VERDICT_SENTENCE_MAX])
{
        char *to = text, *end = text + VERDICT_SENTENCE_MAX;
        char name[16], value[256];

        for (const char *from = sentence; *from && to + 1 < end;) {
                size_t length = strcspn(from + 1, "}");

                if (*from != '{' || length >= sizeof(name)) {
                        *to++ = *from++;
                        continue;
                }
                memcpy(name, from + 1, length);
                name[length] = 0;
                write_name(name, input, verdict, value, sizeof(value));
                to += MIN((size_t)snprintf(to, (size_t)(end - to), "%s", value), (size_t)(end - to) - 1);
                from += length + 2;
        }
        *to = 0;
}

void verdict_text_ruled_out(const struct verdict_facts *facts, char text[VERDICT_SENTENCE_MAX])
{
        static const struct {
                uint32_t yes, no;
                const char *clause;
        } clauses[] = {
                { 0, FACT_ANSWERS_BROKEN, "damaged answers (their checksum is right)" },
                { FACT_CLEAN_ELSEWHERE, 0,
                        "a wrong answer or a fault of the program (other cores get it right)" },
                { FACT_QUIET_FAILS, 0, "signals and context switches (it fails without them)" },
                { FACT_CLEAN_ELSEWHERE | FACT_QUIET_CLEAN, FACT_MOST | FACT_WHOLE,
                        "a kernel that loses registers (whole registers were not lost, other cores are "
                        "clean)" },
                { FACT_CONTROL_CLEAN, 0,
                        "memory and the program around it (the check's other form is right there)" },
        };
        size_t used = 0;

        text[0] = 0;
        for (size_t i = 0; i < ARRAY_SIZE(clauses) && used < VERDICT_SENTENCE_MAX; i++)
                if ((facts->yes & clauses[i].yes) == clauses[i].yes && !(facts->yes & clauses[i].no))
                        used += (size_t)snprintf(text + used, VERDICT_SENTENCE_MAX - used, "%s%s",
                                used ? "; " : "", clauses[i].clause);
}
