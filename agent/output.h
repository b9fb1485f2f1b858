/* SPDX-License-Identifier: Apache-2.0 */
/* A place that a report goes to. That it can be written is known before the test. A file of our own is replaced, whole,
 * when the new one is on disk beside it: until then the old one stays. What cannot be replaced is written in place: a
 * pipe, a device, standard output, a file of another's or with several names, one in a directory that may not be
 * written. */
#pragma once

#include <stdbool.h>
#include <stdio.h>

struct output {
        const char *path; /* as it was named, for messages; NULL: none was asked for */
        char *real;       /* where it is, without links; NULL: written in place */
        char *beside;     /* the new file, until it is whole; NULL: none */
        FILE *place;      /* what was there when it was opened */
        FILE *new;        /* where the new content goes: `place` or `beside` */
};

/* Opens it; "-" is standard output. Returns 0 or -errno. */
int output_open(struct output *output, const char *path);

/* True for standard output by the name "-". */
bool output_is_standard(const struct output *output);

/* True where both are one file by two names: each would overwrite the other. */
bool output_same(const struct output *a, const struct output *b);

/* Where to write, or NULL with errno where that is not to be had. What an earlier run left in place goes now. */
FILE *output_begin(struct output *output);

/* The content is written, with the result `r`: 0 or -errno. Returns 0 where it stands in its place, else `r` or the
 * -errno of what failed. */
int output_end(struct output *output, int r);

/* Lets go of it. */
void output_close(struct output *output);
