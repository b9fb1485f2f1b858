/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/program_form.h"

ANSWERS(program_forms);

const struct answers program_forms_answers = { "program_forms", answers_begin_program_forms,
        answers_end_program_forms };

const struct program_table *program_forms_table(void)
{
        return (const struct program_table *)answers_payload(&answers_program_forms);
}

const isa_set *program_forms_needs(void)
{
        return (const isa_set *)(program_forms_table() + 1);
}

const struct program_entry *program_forms_entries(void)
{
        return (const struct program_entry *)(program_forms_needs() + program_forms_table()->n_needs);
}

const struct program_form *program_forms(void)
{
        return (const struct program_form *)(program_forms_entries() + program_forms_table()->n_entries);
}

const char *program_forms_name(const struct program_entry *entry)
{
        return (const char *)(program_forms() + program_forms_table()->n_forms) + entry->name;
}
