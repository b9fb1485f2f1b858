/* SPDX-License-Identifier: Apache-2.0 */
#include "base/terminal.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/array.h"
#include "base/text.h"

#define WIDTH_OTHERWISE 80
#define WIDTH_MAX 1000
#define HEIGHT_OTHERWISE 24

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

int terminal_height(FILE *stream)
{
        struct winsize window;

        return ioctl(fileno(stream), TIOCGWINSZ, &window) == 0 && window.ws_row > 0 ? window.ws_row
                                                                                    : HEIGHT_OTHERWISE;
}

/* How much of a word of `size` bytes to write into `room` columns: all, else up to the last comma that fits
 * (lists of CPUs), else as much as fits. */
static int wrap_word(const char *word, int size, int room)
{
        int end = MIN(size, MAX(room, 1));

        while (end < size && end > 0 && word[end - 1] != ',')
                end--;
        return end ? end : MIN(size, MAX(room, 1));
}

void terminal_wrap(FILE *stream, const char *text, int column, int indent, int width)
{
        bool fresh = true; /* nothing stands on this line yet */

        indent = MIN(indent, width / 2);
        for (text += strspn(text, " "); *text; text += strspn(text, " ")) {
                int size = (int)strcspn(text, " "), fits;

                if (column + !fresh + size > width && (!fresh || column > indent)) {
                        fprintf(stream, "\n%*s", indent, "");
                        column = indent;
                        fresh = true;
                }
                fits = wrap_word(text, size, width - column - !fresh);
                column += fprintf(stream, "%s%.*s", fresh ? "" : " ", fits, text);
                fresh = false;
                for (text += fits, size -= fits; size > 0; text += fits, size -= fits) {
                        fits = wrap_word(text, size, width - indent);
                        fprintf(stream, "\n%*s%.*s", indent, "", fits, text);
                        column = indent + fits;
                }
        }
        fputc('\n', stream);
}

bool terminal_colour(FILE *stream)
{
        const char *none = getenv("NO_COLOR"), *term = getenv("TERM");

        return isatty(fileno(stream)) && !(none && *none) && term && strcmp(term, "dumb") != 0;
}
