/* SPDX-License-Identifier: Apache-2.0 */
/* The bytes of a report that somebody names. */
#pragma once

#include <stddef.h>

#define REPORT_FILE_MAX ((size_t)64 << 20) /* bytes: more is no report */

/* Reads a regular file, or what "-" stands for: standard input, whatever that is, to its end. Returns 0 with the bytes
 * (the caller frees them), or with what is wrong, in words, in *ret_why -EINVAL (a pipe, a device, a socket), -EFBIG, -ENOMEM,
 * or the -errno of what failed. */
int report_file_read(const char *path, char **ret_text, size_t *ret_size, const char **ret_why);

/* What to call it in a sentence. */
const char *report_file_name(const char *path);
