/* SPDX-License-Identifier: Apache-2.0 */
/* The configured command that names the physical host: bounded in time, its whole process group ended with
 * it. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "agent/host_read.h"
#include "base/cleanup.h"
#include "base/text.h"

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

/* Waits for the command until the deadline, then ends what is left of its group. Returns 0, or -ETIMEDOUT or
 * -ECHILD. */
static int command_finish(pid_t pid, long long deadline_ms)
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
                return -ETIMEDOUT;
        }
        return r == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -ECHILD;
}

int host_command(const char *command, char *text, size_t size)
{
        long long deadline_ms = command_now_ms() + HOST_COMMAND_MS;
        AUTO_CLOSE int reader = -1;
        AUTO_CLOSE int writer = -1;
        char output[HOST_VALUE_MAX];
        char *line;
        int ends[2];
        ssize_t n;
        pid_t pid;
        int r;

        if (pipe2(ends, O_CLOEXEC) < 0)
                return -errno;
        reader = ends[0];
        writer = ends[1];
        pid = command_start(command, writer);
        if (pid < 0)
                return pid;
        cleanup_close(&writer);
        writer = -1;
        n = command_read(reader, output, sizeof(output) - 1, deadline_ms);
        r = command_finish(pid, n < 0 ? 0 : deadline_ms);
        if (n < 0)
                return (int)n;
        if (r < 0)
                return r;
        output[n] = 0;
        output[strcspn(output, "\n")] = 0;
        line = text_trim(output);
        if (!*line)
                return -ENODATA;
        (void)snprintf(text, size, "%s", line);
        return 0;
}
