/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"

#define COPY_MOST (1 << 20)

/* ---- before the test ---- */

static bool same_inode(const struct stat *a, const struct stat *b)
{
        return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* True where another file may take its place: nobody else has it or knows it. */
static bool is_our_own(int fd)
{
        struct stat file, standard;

        if (fstat(fd, &file) < 0 || !S_ISREG(file.st_mode) || file.st_nlink != 1 || file.st_uid != geteuid())
                return false;
        for (int other = STDOUT_FILENO; other <= STDERR_FILENO; other++)
                if (fstat(other, &standard) == 0 && same_inode(&file, &standard))
                        return false;
        return true;
}

int output_open(struct output *output, const char *path)
{
        int fd;

        *output = (struct output){ .path = path };
        if (output_is_standard(output))
                fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
        else
                fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY, 0644);
        output->place = fd < 0 ? NULL : fdopen(fd, "w");
        if (!output->place) {
                int error = errno;

                if (fd >= 0)
                        (void)close(fd);
                return -error;
        }
        if (!output_is_standard(output) && is_our_own(fd))
                output->real = realpath(path, NULL);
        return 0;
}

bool output_is_standard(const struct output *output)
{
        return output->path && strcmp(output->path, "-") == 0;
}

bool output_same(const struct output *a, const struct output *b)
{
        struct stat first, second;

        return a->place && b->place && fstat(fileno(a->place), &first) == 0 &&
               fstat(fileno(b->place), &second) == 0 && S_ISREG(first.st_mode) &&
               same_inode(&first, &second);
}

/* ---- after it ---- */

/* The directory does not let us, which is no reason to lose a report. */
static bool is_refusal(int error)
{
        return error == EACCES || error == EPERM || error == EROFS || error == ENAMETOOLONG ||
               error == EBUSY || error == EXDEV;
}

/* What stands in the place goes. A pipe or a device has nothing to truncate, and what is in standard output's file is
 * not ours. */
static void clear_place(const struct output *output)
{
        if (!output_is_standard(output))
                (void)ftruncate(fileno(output->place), 0);
}

static void forget_beside(struct output *output)
{
        free(output->beside);
        output->beside = NULL;
}

static int make_beside(struct output *output)
{
        struct stat old;
        int fd;

        if (asprintf(&output->beside, "%s.XXXXXX", output->real) < 0) {
                output->beside = NULL;
                return -ENOMEM;
        }
        fd = mkostemp(output->beside, O_CLOEXEC);
        if (fd >= 0 && fstat(fileno(output->place), &old) == 0) {
                (void)!fchown(fd, (uid_t)-1, old.st_gid);
                (void)fchmod(fd, old.st_mode & 0777);
        }
        output->new = fd < 0 ? NULL : fdopen(fd, "w");
        if (output->new)
                return 0;
        int error = errno;
        if (fd >= 0) {
                (void)unlink(output->beside);
                (void)close(fd);
        }
        forget_beside(output);
        return -error;
}

FILE *output_begin(struct output *output)
{
        int r = output->real ? make_beside(output) : -EPERM;

        if (r == 0)
                return output->new;
        errno = -r;
        if (!is_refusal(-r))
                return NULL;
        clear_place(output);
        output->new = output->place;
        return output->new;
}

static int sync_file(FILE *file)
{
        if (fflush(file) != 0)
                return -errno;
        if (fsync(fileno(file)) < 0 && errno != EINVAL && errno != EROFS && errno != ENOTSUP)
                return -errno;
        return 0;
}

static int copy_to_place(const struct output *output)
{
        AUTO_CLOSE int from = open(output->beside, O_RDONLY | O_CLOEXEC);
        ssize_t n;

        if (from < 0)
                return -errno;
        clear_place(output);
        do
                n = sendfile(fileno(output->place), from, NULL, COPY_MOST);
        while (n > 0);
        return n < 0 ? -errno : sync_file(output->place);
}

/* The new file takes the place of the old one; where that is refused (it is a mount of its own), its content does. */
static int replace(struct output *output)
{
        if (rename(output->beside, output->real) == 0) {
                forget_beside(output);
                return 0;
        }
        return is_refusal(errno) ? copy_to_place(output) : -errno;
}

int output_end(struct output *output, int r)
{
        if (r == 0)
                r = sync_file(output->new);
        if (!output->beside)
                return r;
        (void)fclose(output->new);
        if (r == 0)
                r = replace(output);
        if (output->beside)
                (void)unlink(output->beside);
        forget_beside(output);
        return r;
}

void output_close(struct output *output)
{
        if (output->place)
                (void)fclose(output->place);
        free(output->real);
        *output = (struct output){ 0 };
}
