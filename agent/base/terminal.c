/* SPDX-License-Identifier: Apache-2.0 */
#include "base/terminal.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "base/array.h"
#include "base/text.h"

#define WIDTH_OTHERWISE 80
#define WIDTH_MAX 1000

int terminal_width(FILE *stream)
{
        const char *columns = getenv("COLUMNS");
        struct winsize window;
        uint64_t width = WIDTH_OTHERWISE;

        if (ioctl(fileno(stream), TIOCGWINSZ, &window) == 0 && window.ws_col > 0)
                width = window.ws_col;
        else if (columns && (text_to_u64(columns, &width) < 0 || width > WIDTH_MAX))
                width = WIDTH_OTHERWISE;
        return (int)MAX(width, (uint64_t)TERMINAL_WIDTH_MIN);
}

void terminal_wrap(FILE *stream, const char *text, int column, int indent, int width)
{
        bool fresh = true; /* nothing stands on this line yet */

        indent = MIN(indent, width / 2);
        for (text += strspn(text, " "); *text; text += strspn(text, " ")) {
                int size = (int)strcspn(text, " ");

                if (column + !fresh + size > width && (!fresh || column > indent)) {
                        fprintf(stream, "\n%*s", indent, "");
                        column = indent;
                        fresh = true;
                }
                column += fprintf(stream, "%s%.*s", fresh ? "" : " ", size, text);
                fresh = false;
                text += size;
        }
        fputc('\n', stream);
}
