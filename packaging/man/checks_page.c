/* SPDX-License-Identifier: Apache-2.0 */
/* Prints the manual page of the checks, assay-checks(7), from the list of the checks itself. Runs at build
 * time. */
#include <stdio.h>

#include "checks/check.h"
#include "checks/isa.h"

static const char head[] = ".\\\" SPDX-License-Identifier: Apache-2.0\n"
                           ".Dd November 22, 2026\n"
                           ".Dt ASSAY-CHECKS 7\n"
                           ".Os\n"
                           ".Sh NAME\n"
                           ".Nm assay-checks\n"
                           ".Nd the checks of assay\n"
                           ".Sh DESCRIPTION\n"
                           "A check is one deterministic computation with a known answer, or of those called\n"
                           ".Cm program_voted_*\n"
                           "one of which all CPUs must have the same.\n"
                           ".Xr assay-list 1\n"
                           "says which of them this host can run.\n"
                           "They belong to these families:\n"
                           ".Pp\n"
                           ".Bl -tag -width 12 -compact\n";

static const char order[] = ".El\n"
                            ".Pp\n"
                            "and run in this order:\n"
                            ".Bl -tag -width Ds\n";

static const char tail[] = ".El\n"
                           ".Sh SEE ALSO\n"
                           ".Xr assay 1 ,\n"
                           ".Xr assay-list 1 ,\n"
                           ".Xr assay-qualify 1\n";

/* Text that roff takes literally, with a sentence's end at the end of a line. */
static void print_text(const char *text)
{
        if (*text == '.' || *text == '\'')
                fputs("\\&", stdout);
        for (; *text; text++) {
                if (*text == '\\')
                        fputs("\\e", stdout);
                else
                        putchar(*text);
                if (*text == '.' && text[1] == ' ') {
                        putchar('\n');
                        text++;
                }
        }
        putchar('\n');
}

static void print_needs(isa_set needs)
{
        const char *separator = "Needs ";

        for (unsigned feature = 0; feature < ISA_COUNT; feature++) {
                if (!(needs >> feature & 1))
                        continue;
                printf("%s%s", separator, isa_name((enum isa_feature)feature));
                separator = ", ";
        }
        printf("%s", needs ? "; a" : "A");
}

static void print_erratum(const struct check_erratum *erratum)
{
        printf("What it finds is the design erratum\n.Ql %s ,\na label and no fault.\n", erratum->name);
        print_text(erratum->means);
        printf("It was published at %s.\n", erratum->published);
        print_text(erratum->advice);
}

static void print_check(const struct check *check)
{
        printf(".It Cm %s\n", check->name);
        print_text(check->detects);
        print_needs(check->needs);
        printf(" round takes at most %u \\(mcs.\nFamily %d.\n", check->round_us, (int)check->family);
        if (check->parties)
                printf("Two to %u CPUs run a round together, in\n"
                       ".Cm quiet , timer\nand\n.Cm storm-async\nonly.\n",
                        check->parties);
        if (check->erratum)
                print_erratum(check->erratum);
        if (check->other)
                printf("Its other implementation is\n.Cm %s .\n", check->other);
}

int main(void)
{
        fputs(head, stdout);
        for (int family = CHECK_STATE; family <= CHECK_ERRATUM; family++)
                printf(".It %d\n%s\n", family, check_family_name((enum check_family)family));
        fputs(order, stdout);
        for (size_t i = 0; check_list[i]; i++)
                print_check(check_list[i]);
        fputs(tail, stdout);
        return ferror(stdout) || fclose(stdout) != 0;
}
