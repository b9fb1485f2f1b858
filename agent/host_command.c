/* SPDX-License-Identifier: Apache-2.0 */
/* The configured command that names the physical host: bounded in time, its whole process group ended with
 * it. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "agent/host_read.h"
#include "base/cleanup.h"
#include "base/text.h"

#define OUTPUT_MAX 4096 /* more is no name */

static long long command_now_ms(void)
{
        struct timespec now;

        (void)clock_gettime(CLOCK_MONOTONIC, &now);
        return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

/* Starts it in a process group of its own with default signals. Returns a pid or a negative errno. */
static pid_t command_start(const char *command, int output)
{
        char shell[] = "sh", option[] = "-c", *text = strdup(command);
        char *argv[] = { shell, option, text, NULL };
        posix_spawn_file_actions_t actions;
        posix_spawnattr_t attributes;
        sigset_t none, all;
        pid_t pid = -1;
        int r;

        if (!text)
                return -ENOMEM;
        (void)sigemptyset(&none);
        (void)sigfillset(&all);
        (void)posix_spawn_file_actions_init(&actions);
        (void)posix_spawnattr_init(&attributes);
        (void)posix_spawnattr_setflags(
                &attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
        (void)posix_spawnattr_setsigdefault(&attributes, &all);
        (void)posix_spawnattr_setsigmask(&attributes, &none);
        r = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        if (r == 0)
                r = posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
        if (r == 0)
                r = posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
        if (r == 0)
                r = posix_spawn(&pid, "/bin/sh", &actions, &attributes, argv, environ);
        (void)posix_spawn_file_actions_destroy(&actions);
        (void)posix_spawnattr_destroy(&attributes);
        free(text);
        return r ? -r : pid;
}

/* Reads until the end, a full buffer or the deadline. Returns how much, or a negative errno. */
static ssize_t command_read(int fd, char *text, size_t size, long long deadline_ms)
{
        size_t used = 0;

        while (used < size) {
                struct pollfd ready = { .fd = fd, .events = POLLIN };
                long long left = deadline_ms - command_now_ms();
                ssize_t n;

                if (left <= 0 || poll(&ready, 1, (int)left) == 0)
                        return -ETIMEDOUT;
                n = read(fd, text + used, size - used);
                if (n < 0 && errno != EINTR && errno != EAGAIN)
                        return -errno;
                if (n == 0)
                        break;
                used += n > 0 ? (size_t)n : 0;
        }
        return (ssize_t)used;
}

__attribute__((format(printf, 3, 4))) static int command_failed_because(
        char why[HOST_COMMAND_WHY_MAX], int error, const char *format, ...)
{
        va_list arguments;

        va_start(arguments, format);
        (void)vsnprintf(why, HOST_COMMAND_WHY_MAX, format, arguments);
        va_end(arguments);
        return error;
}

/* Waits for the command until the deadline, then ends what is left of its group. Returns 0, or -ETIMEDOUT or
 * -ECHILD. */
static int command_finish(pid_t pid, long long deadline_ms, char why[HOST_COMMAND_WHY_MAX])
{
        const struct timespec pause = { .tv_nsec = 1000000 };
        int status = 0;
        pid_t r = 0;

        while ((r = waitpid(pid, &status, WNOHANG)) == 0 && command_now_ms() < deadline_ms)
                (void)nanosleep(&pause, NULL);
        (void)kill(-pid, SIGKILL);
        if (r == 0) {
                while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
                        ;
                return command_failed_because(why, -ETIMEDOUT, "took over a second");
        }
        if (r < 0) /* others took its end away */
                return command_failed_because(why, -ECHILD, "ended in a way that is not known");
        if (WIFSIGNALED(status))
                return command_failed_because(why, -ECHILD, "was ended by signal %d", WTERMSIG(status));
        if (WEXITSTATUS(status) == 0)
                return 0;
        return command_failed_because(why, -ECHILD, "ended with status %d%s", WEXITSTATUS(status),
                WEXITSTATUS(status) == 127 ? " (not found)" : "");
}

/* Takes the one line that was printed. */
static int command_take(char *output, size_t n, char *text, size_t size, char why[HOST_COMMAND_WHY_MAX])
{
        char *line;

        for (size_t i = 0; i < n; i++)
                if (!isascii((unsigned char)output[i]) ||
                        (!isprint((unsigned char)output[i]) && !isspace((unsigned char)output[i])))
                        return command_failed_because(why, -EBADMSG, "printed what is no ASCII text");
        output[n] = 0;
        line = text_trim(output);
        if (!*line)
                return command_failed_because(why, -ENODATA, "printed nothing");
        if (strchr(line, '\n'))
                return command_failed_because(why, -EMSGSIZE, "printed more than one line");
        if (strlen(line) >= size)
                return command_failed_because(why, -EMSGSIZE, "printed more than %zu characters", size - 1);
        strcpy(text, line);
        return 0;
}

int host_command(const char *command, char *text, size_t size, char why[HOST_COMMAND_WHY_MAX])
{
        long long deadline_ms = command_now_ms() + HOST_COMMAND_MS;
        AUTO_CLOSE int reader = -1;
        AUTO_CLOSE int writer = -1;
        char output[OUTPUT_MAX];
        int ends[2];
        ssize_t n;
        pid_t pid;
        int r;

        if (pipe2(ends, O_CLOEXEC) < 0)
                return command_failed_because(why, -errno, "could not be started: %s", strerror(errno));
        reader = ends[0];
        writer = ends[1];
        pid = command_start(command, writer);
        if (pid < 0)
                return command_failed_because(why, pid, "could not be started: %s", strerror(-pid));
        cleanup_close(&writer);
        writer = -1;
        n = command_read(reader, output, sizeof(output), deadline_ms);
        r = command_finish(pid, n < 0 || n == sizeof(output) ? 0 : deadline_ms, why);
        if (n == sizeof(output))
                return command_failed_because(why, -EMSGSIZE, "printed over %zu bytes", sizeof(output) - 1);
        if (n == -ETIMEDOUT)
                return command_failed_because(why, -ETIMEDOUT, "took over a second");
        if (n < 0)
                return command_failed_because(why, (int)n, "could not be read: %s", strerror((int)-n));
        return r < 0 ? r : command_take(output, (size_t)n, text, size, why);
}
