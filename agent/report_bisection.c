/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/report_bisection.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "agent/report_observation.h"

const struct bisection *report_bisection_find(const struct bisection *bisections, size_t n, uint32_t subject)
{
        for (size_t i = 0; i < n; i++)
                if (bisections[i].subject == subject)
                        return &bisections[i];
        for (size_t i = 0; i < n; i++)
                if (bisections[i].found)
                        return &bisections[i];
        return n ? &bisections[0] : NULL;
}

static uint64_t number(const uint8_t bytes[8])
{
        uint64_t value = 0;

        for (int i = 7; i >= 0; i--)
                value = value << 8 | bytes[i];
        return value;
}

/* "CPU 0", or what stands for a CPU to compare with. */
static void reference_text(const struct bisection *b, char text[32])
{
        if (b->reference >= 0)
                (void)snprintf(text, 32, "CPU %d", b->reference);
        else
                (void)snprintf(text, 32, "CPU %d before", b->suspect);
}

static void result_text(const struct bisection *b, char text[REPORT_BISECTION_LINE_MAX])
{
        char reference[32];

        reference_text(b, reference);
        if (b->signal)
                (void)snprintf(text, REPORT_BISECTION_LINE_MAX, "CPU %d died there of signal %d; %s did not",
                        b->suspect, b->signal, reference);
        else
                (void)snprintf(text, REPORT_BISECTION_LINE_MAX,
                        "%s expected %016" PRIx64 " (%s) actual %016" PRIx64 " (CPU %d) xor %016" PRIx64,
                        b->place.name, number(b->expected), reference, number(b->actual), b->suspect,
                        number(b->expected) ^ number(b->actual));
}

void report_bisection_text(const struct bisection *b, struct report_bisection_lines *ret_lines)
{
        struct report_bisection_lines *l = ret_lines;
        char instruction[BISECTION_TEXT_MAX], operands[BISECTION_OPERANDS_MAX];

        l->instruction[0] = l->before[0] = l->result[0] = 0;
        if (!b->n) {
                (void)snprintf(l->program, sizeof(l->program), "no instruction is named: %s", b->why);
                return;
        }
        if (!b->ran) {
                (void)snprintf(l->program, sizeof(l->program),
                        "seed %#" PRIx64 "; no instruction is named: %s", b->seed, b->why);
                return;
        }
        if (!b->found) {
                (void)snprintf(l->program, sizeof(l->program),
                        "seed %#" PRIx64 ", %" PRIu32
                        " instructions: each beginning of it gave the same on CPU %d and %s, %" PRIu32
                        " times, so no instruction is named: %s",
                        b->seed, b->n, b->suspect, b->reference < 0 ? "again there" : "the other CPU",
                        b->runs, b->why);
                return;
        }
        bisection_instruction(b, instruction);
        bisection_operands(b, operands);
        (void)snprintf(l->program, sizeof(l->program),
                "seed %#" PRIx64 ": of its %" PRIu32 " instructions number %" PRIu32
                " is the first to go wrong (in %" PRIu32 " of %" PRIu32 " runs):",
                b->seed, b->n, b->index + 1, b->differing, b->runs);
        (void)snprintf(l->instruction, sizeof(l->instruction), "%s", instruction);
        if (operands[0])
                (void)snprintf(l->before, sizeof(l->before), "%s", operands);
        result_text(b, l->result);
}

static json_t *found_json(const struct bisection *b)
{
        char instruction[BISECTION_TEXT_MAX], operands[BISECTION_OPERANDS_MAX],
                bytes[2 * PROGRAM_INSTRUCTION_MAX + 1];

        if (!b->found)
                return json_null();
        bisection_instruction(b, instruction);
        bisection_operands(b, operands);
        bytes[0] = 0;
        for (uint32_t i = 0; i < b->size; i++)
                (void)snprintf(bytes + 2 * i, 3, "%02x", b->code[i]);
        return json_pack("{s:I, s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:o}", "index", (json_int_t)b->index,
                "mnemonic", bisection_mnemonic(b), "instruction", instruction, "bytes", bytes, "operands",
                operands, "place", b->signal ? json_null() : json_string(b->place.name), "expected",
                b->signal ? json_null() : report_hex(number(b->expected)), "actual",
                b->signal ? json_null() : report_hex(number(b->actual)), "signal",
                b->signal ? json_integer(b->signal) : json_null());
}

json_t *report_bisection_json(const struct bisection *b, uint64_t sequence)
{
        return json_pack("{s:I, s:o, s:I, s:i, s:o, s:b, s:o, s:I, s:I, s:o}", "observation",
                (json_int_t)sequence, "seed", b->n ? report_hex(b->seed) : json_null(), "instructions",
                (json_int_t)b->n, "suspect", b->suspect, "reference",
                b->reference >= 0 ? json_integer(b->reference) : json_null(), "ran", b->ran, "why",
                b->why[0] ? json_string(b->why) : json_null(), "runs", (json_int_t)b->runs, "differing",
                (json_int_t)b->differing, "found", found_json(b));
}
