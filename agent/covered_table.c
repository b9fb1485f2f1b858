/* SPDX-License-Identifier: Apache-2.0 */
/* Prints the table of covered.h as C. Runs at build time, with the checks linked in: it disassembles them and runs none
 * of them, so that the table does not depend on the CPU that builds. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/covered.h"
#include "agent/covered_except.h"
#include "agent/image_walk.h"
#include "agent/instruction.h"

/* What becomes a struct covered_instruction. */
struct entry {
        ZydisMnemonic mnemonic;
        bool met;           /* a form that some CPU has, or an excluded one */
        const char *reason; /* of its last form that is left out */
        enum check_family family;
        isa_set forms[COVERED_FORMS_MAX];
        size_t n_forms;
        struct covered_claim *claims;
        size_t n_claims;
};

static struct entry entries[ZYDIS_MNEMONIC_MAX_VALUE + 1];
static uint16_t current; /* the check whose instructions are being claimed */
static const char *failure;

static bool within(isa_set a, isa_set b)
{
        return !(a & ~b);
}

/* Keeps the least demanding sets of features alone. */
static void add_form(struct entry *entry, isa_set needs)
{
        size_t kept = 0;

        for (size_t i = 0; i < entry->n_forms; i++)
                if (within(entry->forms[i], needs))
                        return;
        for (size_t i = 0; i < entry->n_forms; i++)
                if (!within(needs, entry->forms[i]))
                        entry->forms[kept++] = entry->forms[i];
        if (kept == COVERED_FORMS_MAX) {
                failure = "an instruction has more forms than COVERED_FORMS_MAX";
                return;
        }
        entry->forms[kept++] = needs;
        entry->n_forms = kept;
}

static void take_form(const struct instruction_form *form, void *user)
{
        struct entry *entry = &entries[form->instruction->mnemonic];
        const char *excluded = instruction_form_excluded(form->instruction, form->operands);
        isa_set needs;
        const char *elsewhere = instruction_needs(form->instruction, &needs);

        (void)user;
        entry->mnemonic = form->instruction->mnemonic;
        if (!entry->family)
                entry->family = instruction_family(form->instruction);
        if (excluded || elsewhere)
                entry->reason = excluded ? excluded : elsewhere;
        /* A mnemonic that is excluded as such is on the CPUs that have one of its forms. */
        if (!elsewhere && (!excluded || instruction_excluded(entry->mnemonic)))
                add_form(entry, needs);
        entry->met |= excluded || elsewhere != instruction_elsewhere;
}

/* True where `claim` holds whenever `other` does. */
static bool says_as_much(const struct covered_claim *claim, const struct covered_claim *other)
{
        return claim->check == other->check && claim->compiler_made <= other->compiler_made &&
               within(claim->needs, other->needs) && (!claim->unless || claim->unless == other->unless);
}

static void add_claim(struct entry *entry, struct covered_claim claim)
{
        struct covered_claim *claims;

        for (size_t i = 0; i < entry->n_claims; i++)
                if (says_as_much(&entry->claims[i], &claim))
                        return;
        claims = reallocarray(entry->claims, entry->n_claims + 1, sizeof(*claims));
        if (!claims) {
                failure = "there is not enough memory";
                return;
        }
        claims[entry->n_claims++] = claim;
        entry->claims = claims;
}

static void take_instruction(const struct image_symbol *function, const ZydisDecodedInstruction *instruction,
        const ZydisDecodedOperand *operands, void *user)
{
        const struct covered_except *except = covered_except_find(function->name, instruction->mnemonic);
        isa_set needs;

        (void)user;
        if (instruction_form_excluded(instruction, operands) || instruction_needs(instruction, &needs))
                return;
        if (except && !except->unless)
                return;
        add_claim(&entries[instruction->mnemonic], (struct covered_claim){
                                                           .check = current,
                                                           .needs = needs & ~check_list[current]->needs,
                                                           .unless = except ? except->unless : 0,
                                                           .compiler_made = !function->assembly,
                                                   });
}

static void take_emitted(const uint8_t *bytes, size_t size, void *user)
{
        if (image_walk_bytes(check_list[current]->name, bytes, size, take_instruction, user) < 0)
                failure = "a check emits what is no instruction";
}

static void take_checks(const struct image *image)
{
        for (uint16_t i = 0; check_list[i] && !failure; i++) {
                current = i;
                if (image_walk(image, check_list[i], take_instruction, NULL) < 0)
                        failure = "a check could not be disassembled";
                if (check_list[i]->emitted)
                        check_list[i]->emitted(take_emitted, NULL);
        }
}

static int compare(const void *left, const void *right)
{
        const struct entry *a = left, *b = right;

        return strcmp(ZydisMnemonicGetString(a->mnemonic), ZydisMnemonicGetString(b->mnemonic));
}

static void print_claims(void)
{
        printf("static const struct covered_claim claims[] = {\n");
        for (size_t i = 0; i <= ZYDIS_MNEMONIC_MAX_VALUE; i++)
                for (size_t k = 0; k < entries[i].n_claims; k++) {
                        const struct covered_claim *claim = &entries[i].claims[k];

                        printf("{ %#" PRIx64 ", %#" PRIx64 ", %u, %d },\n", claim->needs, claim->unless,
                                claim->check, claim->compiler_made);
                }
        printf("};\n");
}

static void print_entry(const struct entry *entry, size_t first)
{
        const char *excluded = instruction_excluded(entry->mnemonic);

        if (!excluded && !entry->n_forms)
                excluded = entry->reason;
        printf("{ \"%s\", (enum check_family)%d, ", ZydisMnemonicGetString(entry->mnemonic), entry->family);
        printf(excluded ? "\"%s\", " : "%s, ", excluded ? excluded : "NULL");
        printf("%zu, %zu, { ", entry->n_forms, entry->n_claims);
        for (size_t i = 0; i < entry->n_forms; i++)
                printf("%#" PRIx64 ", ", entry->forms[i]);
        printf("}, &claims[%zu] },\n", first);
}

static void print_table(void)
{
        size_t first = 0;

        printf("/* Made by covered_table from the machine code of the checks. */\n");
        printf("#include \"agent/covered.h\"\n\n");
        print_claims();
        printf("const struct covered_instruction covered_instructions[] = {\n");
        for (size_t i = 0; i <= ZYDIS_MNEMONIC_MAX_VALUE; i++) {
                if (entries[i].met)
                        print_entry(&entries[i], first);
                first += entries[i].n_claims;
        }
        printf("};\nconst size_t covered_count = sizeof(covered_instructions) / "
               "sizeof(*covered_instructions);\n");
}

int main(void)
{
        struct image image;
        int r = image_open(&image);

        if (r < 0) {
                fprintf(stderr, "covered_table: cannot read its own code: %s.\n",
                        r == -ENOEXEC ? "it was linked without symbols (take -s out of LDFLAGS)"
                                      : strerror(-r));
                return 1;
        }
        instruction_forms(take_form, NULL);
        take_checks(&image);
        image_close(&image);
        if (!failure && covered_except_unused()) {
                fprintf(stderr, "covered_table: %s: ", covered_except_unused()->function);
                failure = "an exception of covered_except.c is no longer needed";
        }
        if (failure) {
                fprintf(stderr, "covered_table: %s.\n", failure);
                return 1;
        }
        qsort(entries, ZYDIS_MNEMONIC_MAX_VALUE + 1, sizeof(*entries), compare);
        print_table();
        return ferror(stdout) || fclose(stdout) != 0;
}
