/* SPDX-License-Identifier: Apache-2.0 */
/* Attaches to a thread, stops it, reads its registers and lets it go, again and again, as a debugger or a
 * profiler would: tracer PID [TIMES]. Ends early, with success, when the thread is gone. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>

static void pause_ms(long ms)
{
        struct timespec time = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };

        (void)nanosleep(&time, NULL);
}

/* Returns 0, or -errno (-ESRCH: the thread is gone). */
static int visit(pid_t pid)
{
        struct user_regs_struct registers;
        int status;

        if (ptrace(PTRACE_SEIZE, pid, NULL, NULL) != 0)
                return -errno;
        if (ptrace(PTRACE_INTERRUPT, pid, NULL, NULL) != 0)
                return -errno;
        if (waitpid(pid, &status, __WALL) != pid)
                return -errno;
        if (!WIFSTOPPED(status))
                return -ESRCH;
        pause_ms(20);
        if (ptrace(PTRACE_GETREGS, pid, NULL, &registers) != 0)
                return -errno;
        /* A signal that it was stopped by is not lost. */
        if (ptrace(PTRACE_DETACH, pid, NULL, status >> 16 ? 0L : (long)WSTOPSIG(status)) != 0)
                return -errno;
        return 0;
}

int main(int argc, char **argv)
{
        pid_t pid = argc > 1 ? atoi(argv[1]) : 0;
        int times = argc > 2 ? atoi(argv[2]) : 10;

        if (pid <= 0 || times <= 0) {
                fprintf(stderr, "usage: tracer PID [TIMES]\n");
                return 2;
        }
        for (int i = 0; i < times; i++) {
                int error = visit(pid);

                if (error == -ESRCH)
                        return 0;
                if (error) {
                        fprintf(stderr, "tracer: %s\n", strerror(-error));
                        return 1;
                }
                pause_ms(10);
        }
        return 0;
}
