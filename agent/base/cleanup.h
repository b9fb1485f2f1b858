/* SPDX-License-Identifier: Apache-2.0 */
/* Resources that free themselves at the end of their scope: every early return is safe.
 * Each leaves errno alone and takes the empty value (NULL, -1) as nothing to do. */
#pragma once

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define CLEANUP(function) __attribute__((cleanup(function)))

static inline void cleanup_free(void *pointer)
{
        free(*(void **)pointer);
}

static inline void cleanup_close(const int *fd)
{
        int saved = errno;

        if (*fd >= 0)
                (void)close(*fd);
        errno = saved;
}

static inline void cleanup_file(FILE **file)
{
        int saved = errno;

        if (*file)
                (void)fclose(*file);
        errno = saved;
}

static inline void cleanup_dir(DIR **dir)
{
        int saved = errno;

        if (*dir)
                (void)closedir(*dir);
        errno = saved;
}

#define AUTO_FREE CLEANUP(cleanup_free)
#define AUTO_CLOSE CLEANUP(cleanup_close)
#define AUTO_FILE CLEANUP(cleanup_file)
#define AUTO_DIR CLEANUP(cleanup_dir)

/* Hands a pointer to the caller and forgets it here. */
#define TAKE(pointer)                                   \
        ({                                              \
                __typeof__(pointer) taken_ = (pointer); \
                (pointer) = NULL;                       \
                taken_;                                 \
        })
