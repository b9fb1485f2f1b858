/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/report_page.h"

#include "base/terminal.h"

#define LABEL 10

void report_page_line(const struct report_page *page, const char *label, const char *text)
{
        int column = fprintf(page->to, "%s", label);

        terminal_wrap(page->to, text, column, page->width < 2 * LABEL + 20 ? 2 : LABEL, page->width);
}
