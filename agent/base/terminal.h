/* SPDX-License-Identifier: Apache-2.0 */
/* The place where people read. */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#define TERMINAL_WIDTH_MIN 20

/* The columns of the terminal that the stream goes to; where it is none, of COLUMNS, else 80. At least
 * TERMINAL_WIDTH_MIN. */
int terminal_width(FILE *stream);

/* The rows of the terminal that the stream goes to; where it is none, 24. */
int terminal_height(FILE *stream);

/* Writes `text` broken at blanks so that no line passes `width` columns (a word longer than a line is broken
 * after a comma, else anywhere). The cursor is at column `column`; further lines start at column `indent`.
 * Ends the last line. A byte is taken for a column. */
void terminal_wrap(FILE *stream, const char *text, int column, int indent, int width);

/* True where the stream is a terminal that can show colour and nobody asked for none (NO_COLOR, TERM=dumb). */
bool terminal_colour(FILE *stream);
