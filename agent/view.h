/* SPDX-License-Identifier: Apache-2.0 */
/* The live view of a run: on a terminal a cell for each CPU, grouped by package and core and redrawn in
 * place; else a plain line every few seconds. view_render and view_line are pure. */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "agent/host.h"
#include "agent/supervisor.h"

#define VIEW_TEXT_MAX 65536
#define VIEW_PLAIN_NS UINT64_C(5000000000)

/* One picture. Arrays by slot as in supervisor_progress; -1 or NULL where the host does not show it. */
struct view_frame {
        const struct host *host;
        const struct supervisor_progress *progress;
        const int *temperature, *frequency; /* degrees Celsius, MHz */
        int width, height;                  /* of the terminal */
        bool colour;
};

/* Draws a frame of at most height - 1 lines and width columns, as rich as fits: a line for each CPU, at 64 columns and
 * more with a name of the check that is no other's; a cell for each (number and state); a mark for each; counts by
 * package. '.' runs, '!' mismatched, 'x' is gone,
 * '-' has not begun. Returns how many lines were written to `text`. */
int view_render(const struct view_frame *frame, char text[VIEW_TEXT_MAX]);

/* The same in one line for logs. */
void view_line(const struct supervisor_progress *progress, char *text, size_t size);

struct view {
        FILE *to;
        const struct host *host;
        bool live;
        int lines;        /* drawn last */
        uint64_t next_ns; /* of the time elapsed: the next plain line is not before */
};
/* `to` is a terminal that can redraw, or anything else. */
void view_begin(struct view *view, const struct host *host, FILE *to);
/* struct supervisor_run.progress; `view` is a struct view. */
void view_progress(const struct supervisor_progress *progress, void *view);
/* Takes the live picture away. */
void view_end(struct view *view);
