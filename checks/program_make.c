/* SPDX-License-Identifier: Apache-2.0 */
/* A program from its seed: draws a mnemonic, each as likely as any other of its group, then one of its forms, until
 * there are enough. */
#include "checks/program_maker.h"

#include "base/array.h"

#define DRAWN 64
#define FRESH_OF_SIXTEEN 15 /* instructions that the group is about */
#define DRAWS_MAX 256       /* forms that do not fit here, one after another */
#define UNIT_MAX 512        /* bytes that an instruction and what it needs may take */

#define FLAGS_FIRST (PROGRAM_STATUS) /* the image defines them */

/* ---- drawing ---- */

static uint32_t entries_in(uint16_t sets)
{
        const struct program_table *table = program_forms_table();
        uint32_t n = 0;

        for (unsigned s = 0; s < PROGRAM_SETS; s++)
                n += sets >> s & 1 ? table->set_begin[s + 1] - table->set_begin[s] : 0;
        return n;
}

static const struct program_entry *entry_at(uint16_t sets, uint32_t index)
{
        const struct program_table *table = program_forms_table();

        for (unsigned s = 0;; s++) {
                uint32_t n = sets >> s & 1 ? table->set_begin[s + 1] - table->set_begin[s] : 0;

                if (index < n)
                        return &program_forms_entries()[table->set_begin[s] + index];
                index -= n;
        }
}

static bool is_flow(const struct program_form *form)
{
        switch (form->special) {
        case PROGRAM_PUSH ... PROGRAM_LOOP:
        case PROGRAM_STRING ... PROGRAM_DIRECTION:
                return true;
        default:
                return false;
        }
}

static bool fits(const struct program_maker *maker, const struct program_form *form)
{
        const struct program_group *group = maker->group;
        uint8_t trust = form->trust;

        if (program_forms_needs()[form->needs] & ~group->needs)
                return false;
        if (trust & (group->x87 ? PROGRAM_USES_MMX : PROGRAM_USES_X87) ||
                (trust & PROGRAM_UNMODELLED && group->known))
                return false;
        if (maker->inside && (is_flow(form) || form->x87))
                return false;
        if (maker->tight && form->special != PROGRAM_PLAIN)
                return false;
        return !program_conflicts(maker, form);
}

static const struct program_form *draw(struct program_maker *maker)
{
        const struct program_group *group = maker->group;
        const struct program_form *form;
        uint16_t sets = group->fresh;

        if (group->common && (maker->tight || program_take(maker, 4) >= FRESH_OF_SIXTEEN))
                sets = group->common;
        do {
                const struct program_entry *entry = entry_at(sets, program_below(maker, entries_in(sets)));

                form = &program_forms()[entry->first + program_below(maker, entry->count)];
        } while (!fits(maker, form));
        return form;
}

/* ---- emitting ---- */

void program_plain(struct program_maker *maker, const struct program_form *form)
{
        struct program_choice choice = { .form = form };

        program_define_flags(maker, form->flags_read);
        program_operands(maker, &choice, false);
        program_define_flags(maker, form->flags_read); /* an index may have changed them */
        if (form->flags_written | form->flags_undefined)
                program_keep_flags(maker);
        program_step(maker, &choice);
        program_note_operands(maker, &choice);
        program_note_flags(maker, form);
}

/* Returns false where the form cannot be here: another is drawn. */
static bool emit(struct program_maker *maker, const struct program_form *form)
{
        switch (form->special) {
        case PROGRAM_PLAIN:
                program_plain(maker, form);
                return true;
        case PROGRAM_SHIFT_ONE ... PROGRAM_BIT_MEMORY:
        case PROGRAM_ADDRESS:
        case PROGRAM_EXTRACT:
                return program_integer(maker, form);
        case PROGRAM_STRING ... PROGRAM_MASK_MOVE:
                return program_string(maker, form);
        case PROGRAM_PUSH ... PROGRAM_LEAVE:
                return program_stack(maker, form);
        case PROGRAM_CALL ... PROGRAM_LOOP:
                return program_flow(maker, form);
        case PROGRAM_X87_PLAIN ... PROGRAM_X87_EMPTY:
                return program_x87(maker, form);
        default:
                return program_vector(maker, form);
        }
}

void program_unit(struct program_maker *maker)
{
        if (!maker->tight)
                program_put_in(maker);
        for (unsigned i = 0; i < DRAWS_MAX; i++)
                if (emit(maker, draw(maker))) {
                        maker->drawn++;
                        return;
                }
}

static bool has_room(const struct program_maker *maker)
{
        const struct program *program = maker->program;

        return program->n + UNIT_MAX / 4 < PROGRAM_INSTRUCTIONS_MAX &&
               maker->at + 2 * UNIT_MAX < program->code + PROGRAM_CODE_MAX;
}

/* Registers that instructions name implicitly would leave many of them out. */
static uint8_t pick_base(struct program_maker *maker)
{
        static const uint8_t bases[16] = { 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 12, 13, 5, 9 };

        return bases[program_take(maker, 4)];
}

static void begin(struct program_maker *maker, struct program *program, const struct program_group *group,
        uint64_t seed, const struct program_context *context)
{
        check_clear(maker, sizeof(*maker));
        check_clear(program, offsetof(struct program, offset));
        maker->program = program;
        maker->group = group;
        maker->context = context;
        maker->random = random_mix(seed);
        maker->context_random = context ? random_mix(context->seed) : 0;
        maker->at = program->code;
        maker->flags = FLAGS_FIRST;
        maker->x87_depth = 8;
        program->seed = seed;
        program->vector_bytes = group->vector_bytes;
        program->base = pick_base(maker);
        maker->reserved = (uint16_t)(1u << REGISTERS_RSP | 1u << program->base);
}

void program_generate(struct program *program, const struct program_group *group, uint64_t seed,
        const struct program_context *context)
{
        struct program_maker maker;

        begin(&maker, program, group, seed, context);
        while (maker.drawn < DRAWN && has_room(&maker))
                program_unit(&maker);
        if (group->x87)
                program_x87_fill(&maker);
        if (maker.emptied)
                program_help(&maker, HELPER_TOUCH_MMX, 0, 0, 0, 0);
        program->flags = maker.flags;
        program->size = (uint32_t)(maker.at - program->code);
        program->offset[program->n] = (uint16_t)program->size;
}

void program_truncate(struct program *program, uint32_t n)
{
        if (n >= program->n)
                return;
        for (uint32_t i = program->offset[n]; i < program->size; i++)
                program->code[i] = 0x90;
        program->n = n;
}
