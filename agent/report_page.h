/* SPDX-License-Identifier: Apache-2.0 */
/* A page of text that its parts write lines on. */
#pragma once

#include "agent/report.h"

struct report_page {
        const struct report *report;
        FILE *to;
        int width; /* columns, at least TERMINAL_WIDTH_MIN */
        bool colour;
};

/* Writes `text` behind a label of ten columns, wrapped: with the label's indentation where the page is wide enough. */
void report_page_line(const struct report_page *page, const char *label, const char *text);
