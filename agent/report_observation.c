/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/report_observation.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "agent/report.h"
#include "base/array.h"

static const char *const general_names[16] = { "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8",
        "r9", "r10", "r11", "r12", "r13", "r14", "r15" };

static bool exhausted;

static void *allocate(size_t size)
{
        void *memory = malloc(size);

        exhausted |= !memory;
        return memory;
}

void report_memory_begin(void)
{
        json_set_alloc_funcs(allocate, free);
        exhausted = false;
}

int report_memory_end(void)
{
        return exhausted ? -ENOMEM : 0;
}

json_t *report_hex(uint64_t number)
{
        char text[24];

        (void)snprintf(text, sizeof(text), "%#" PRIx64, number);
        return json_string(number ? text : "0x0");
}

void report_time(uint64_t time_ns, char text[REPORT_TIME_MAX])
{
        time_t seconds = (time_t)(time_ns / 1000000000);
        struct tm tm;
        size_t used =
                gmtime_r(&seconds, &tm) ? strftime(text, REPORT_TIME_MAX, "%Y-%m-%dT%H:%M:%S", &tm) : 0;

        (void)snprintf(text + used, REPORT_TIME_MAX - used, ".%03uZ", (unsigned)(time_ns / 1000000 % 1000));
}

bool report_has_mismatch(const struct observation *o)
{
        return o->kind == OBSERVATION_MISMATCH || o->kind == OBSERVATION_FRAME ||
               o->kind == OBSERVATION_DISAGREE || o->kind == OBSERVATION_ERRATUM;
}

static void locate(const struct observation *o, uint32_t offset, struct check_place *place)
{
        if (o->in_frame)
                place->unit = registers_locate(offset % REGISTERS_SIZE, place->name);
        else
                check_locate(check_list[o->check], offset, place);
}

size_t report_differences(
        const struct observation *o, struct report_difference ret_differences[CHECK_WINDOW / 8])
{
        const struct check_mismatch *m = &o->mismatch;
        size_t n = 0;

        for (uint32_t i = 0; i < CHECK_WINDOW; i += 8) {
                struct report_difference *d = &ret_differences[n];

                if (memcmp(m->expected + i, m->actual + i, 8) == 0)
                        continue;
                memcpy(&d->expected, m->expected + i, 8);
                memcpy(&d->actual, m->actual + i, 8);
                d->offset = m->window + i;
                locate(o, MAX(d->offset, m->offset), &d->place);
                n++;
        }
        return n;
}

static json_t *bytes_json(const uint8_t *bytes, size_t size)
{
        char text[2 * OBSERVATION_RED_ZONE + 1] = "";

        for (size_t i = 0; i < MIN(size, (size_t)OBSERVATION_RED_ZONE); i++)
                (void)snprintf(text + 2 * i, 3, "%02x", bytes[i]);
        return json_string(text);
}

static json_t *mismatch_json(const struct observation *o)
{
        struct report_difference differences[CHECK_WINDOW / 8];
        size_t n = report_differences(o, differences);
        json_t *list = json_array();

        for (size_t i = 0; i < n; i++) {
                const struct report_difference *d = &differences[i];

                (void)json_array_append_new(
                        list, json_pack("{s:I, s:s, s:o, s:o, s:o}", "offset", (json_int_t)d->offset,
                                      "place", d->place.name, "expected", report_hex(d->expected), "actual",
                                      report_hex(d->actual), "xor", report_hex(d->expected ^ d->actual)));
        }
        return json_pack("{s:I, s:I, s:I, s:o}", "offset", (json_int_t)o->mismatch.offset, "bytes",
                (json_int_t)o->mismatch.bytes, "bits", (json_int_t)o->mismatch.bits, "differences", list);
}

static json_t *registers_json(const struct registers *r)
{
        json_t *all = json_object(), *masks = json_array(), *x87 = json_array(), *vectors = json_array();

        for (size_t i = 0; i < ARRAY_SIZE(r->general); i++)
                (void)json_object_set_new(all, general_names[i], report_hex(r->general[i]));
        for (size_t i = 0; i < ARRAY_SIZE(r->mask); i++)
                (void)json_array_append_new(masks, report_hex(r->mask[i]));
        for (size_t i = 0; i < ARRAY_SIZE(r->x87); i++)
                (void)json_array_append_new(x87, bytes_json(r->x87[i], 10));
        for (size_t i = 0; i < ARRAY_SIZE(r->vector); i++)
                (void)json_array_append_new(vectors, bytes_json(r->vector[i], sizeof(r->vector[i])));
        (void)json_object_set_new(all, "rflags", report_hex(r->flags));
        (void)json_object_set_new(all, "fs_base", report_hex(r->fs_base));
        (void)json_object_set_new(all, "gs_base", report_hex(r->gs_base));
        (void)json_object_set_new(all, "mxcsr", report_hex(r->mxcsr));
        (void)json_object_set_new(all, "x87_control", report_hex(r->x87_control));
        (void)json_object_set_new(all, "x87_status", report_hex(r->x87_status));
        (void)json_object_set_new(all, "mask", masks);
        (void)json_object_set_new(all, "x87", x87);
        (void)json_object_set_new(all, "vector", vectors);
        return all;
}

static json_t *death_json(const struct observation_death *d)
{
        return json_pack("{s:i, s:i, s:o, s:o, s:o, s:o, s:o, s:b, s:o, s:o, s:o}", "signal", (int)d->signal,
                "code", (int)d->code, "address", d->code > 0 ? report_hex(d->address) : json_null(),
                "instruction", report_hex(d->instruction), "trap", report_hex(d->trap), "error",
                report_hex(d->error), "cr2", report_hex(d->cr2), "by_ptrace", d->by_ptrace, "code_bytes",
                bytes_json(d->code_bytes, MIN(d->n_code, (uint32_t)OBSERVATION_CODE)), "red_zone",
                bytes_json(d->red_zone, MIN(d->n_red_zone, (uint32_t)OBSERVATION_RED_ZONE)), "registers",
                registers_json(&d->registers));
}

static json_t *seen_on_json(const struct observation *o)
{
        json_t *list = json_array();

        for (size_t i = 0; i < ARRAY_SIZE(o->seen_on); i++)
                if (o->seen_on[i] >= 0)
                        (void)json_array_append_new(list, json_integer(o->seen_on[i]));
        return list;
}

static json_t *together_json(const struct observation *o)
{
        json_t *list = json_array();

        for (uint32_t i = 0; i < o->n_together; i++)
                (void)json_array_append_new(list, json_integer(o->together[i]));
        return list;
}

static json_t *number_or_null(int32_t number, bool given)
{
        return given ? json_integer(number) : json_null();
}

static json_t *place_json(const struct observation *o)
{
        struct check_place place;

        if (!report_has_mismatch(o))
                return json_null();
        locate(o, o->mismatch.offset, &place);
        return json_string(place.name);
}

json_t *report_observation_json(const struct observation *o)
{
        static const char *const reviews[] = {
                [REVIEW_NONE] = "none", [REVIEW_CONFIRMED] = "confirmed", [REVIEW_REFUTED] = "refuted"
        };
        char time[REPORT_TIME_MAX], token[128];
        bool evidence = observation_is_evidence(o->kind);
        json_t *all;

        if (!check_exists(o->check))
                return NULL;
        report_time(o->time_ns, time);
        verdict_replay_token(o, token, sizeof(token));
        all = json_pack("{s:s, s:I, s:s, s:s, s:s, s:s, s:s, s:{s:o, s:i, s:i, s:I}, s:s}", "time", time,
                "sequence", (json_int_t)o->sequence, "kind", observation_kind_name(o->kind), "regime",
                regime_name(o->regime), "stress", stress_name(o->stress), "experiment",
                experiment_name(o->experiment), "check", check_list[o->check]->name, "round", "seed",
                report_hex(o->round.seed), "cpu", (int)o->round.cpu, "process", (int)o->round.process,
                "number", (json_int_t)o->round.number, "replay", token);
        (void)json_object_set_new(all, "cpu", json_integer(o->cpu));
        (void)json_object_set_new(all, "seen_on", seen_on_json(o));
        (void)json_object_set_new(all, "together", together_json(o));
        (void)json_object_set_new(all, "evidence", json_boolean(evidence));
        (void)json_object_set_new(all, "known", json_boolean(o->known));
        (void)json_object_set_new(all, "synthetic", json_boolean(o->synthetic));
        (void)json_object_set_new(all, "in_frame", json_boolean(o->in_frame));
        (void)json_object_set_new(
                all, "answers_intact", evidence ? json_boolean(o->answers_intact) : json_null());
        (void)json_object_set_new(all, "review", json_string(reviews[o->review]));
        (void)json_object_set_new(all, "reviewer", number_or_null(o->reviewer, o->reviewer >= 0));
        (void)json_object_set_new(all, "tracer", number_or_null(o->tracer, o->tracer > 0));
        (void)json_object_set_new(all, "error",
                o->error ? json_sprintf("%s%s%s", observation_step_text(o->step), o->step ? ": " : "",
                                   strerror(o->error))
                         : json_null());
        (void)json_object_set_new(all, "unit",
                o->unit < CHECK_UNIT_COUNT && evidence ? json_string(check_unit_name(o->unit))
                                                       : json_null());
        (void)json_object_set_new(all, "place", place_json(o));
        (void)json_object_set_new(all, "mismatch", report_has_mismatch(o) ? mismatch_json(o) : json_null());
        (void)json_object_set_new(
                all, "death", observation_is_death(o->kind) ? death_json(&o->death) : json_null());
        return all;
}

int report_observation(const struct observation *observation, FILE *to)
{
        json_t *all;
        int r;

        report_memory_begin();
        all = report_observation_json(observation);
        r = all ? report_memory_end() : -ENOMEM;
        errno = 0;
        if (r == 0 && (json_dumpf(all, to, JSON_COMPACT) < 0 || fputc('\n', to) == EOF))
                r = errno ? -errno : -EIO;
        json_decref(all);
        return r;
}
