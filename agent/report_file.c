/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/report_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"

#define CHUNK ((size_t)1 << 16)

static bool is_standard(const char *path)
{
        return strcmp(path, "-") == 0;
}

const char *report_file_name(const char *path)
{
        return is_standard(path) ? "standard input" : *path ? path : "''";
}

static int refuse(int error, const char *why, const char **ret_why)
{
        *ret_why = why;
        return error;
}

/* A pipe could keep us waiting, a device never end: only who names standard input means to wait. */
static int open_report(const char *path, FILE **ret_file, const char **ret_why)
{
        AUTO_CLOSE int fd = is_standard(path) ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
                                              : open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
        struct stat status;

        if (fd < 0 || fstat(fd, &status) < 0)
                return refuse(-errno, strerror(errno), ret_why);
        if (S_ISDIR(status.st_mode))
                return refuse(-EISDIR, strerror(EISDIR), ret_why);
        if (!is_standard(path) && !S_ISREG(status.st_mode))
                return refuse(-EINVAL, "it is no regular file", ret_why);
        *ret_file = fdopen(fd, "r");
        if (!*ret_file)
                return refuse(-errno, strerror(errno), ret_why);
        fd = -1;
        return 0;
}

int report_file_read(const char *path, char **ret_text, size_t *ret_size, const char **ret_why)
{
        AUTO_FILE FILE *file = NULL;
        AUTO_FREE char *text = NULL;
        size_t size = 0, room = 0, n;
        int r = open_report(path, &file, ret_why);

        if (r < 0)
                return r;
        do {
                if (size + CHUNK > room) {
                        char *more = realloc(text, room = 2 * room + CHUNK);

                        if (!more)
                                return refuse(-ENOMEM, "there is not enough memory to read it", ret_why);
                        text = more;
                }
                errno = 0;
                n = fread(text + size, 1, CHUNK, file);
                size += n;
        } while (n == CHUNK && size <= REPORT_FILE_MAX);
        if (ferror(file)) {
                int error = errno ? errno : EIO;

                return refuse(-error, strerror(error), ret_why);
        }
        if (size > REPORT_FILE_MAX)
                return refuse(-EFBIG, "it is larger than any report", ret_why);
        *ret_text = TAKE(text);
        *ret_size = size;
        return 0;
}
