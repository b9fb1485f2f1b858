/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/faulty/tracer.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "tests/faulty/tracer_worker.h"

#define OPTIONS                                                                                  \
        (PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACEEXEC | PTRACE_O_TRACESYSGOOD | \
                PTRACE_O_EXITKILL)
#define SYSCALL_STOP (SIGTRAP | 0x80) /* PTRACE_O_TRACESYSGOOD */
#define TRACEES_MAX 64
#define ARGUMENTS_MAX 32

/* A process that we trace: the supervisor, a child that has not said yet what it is, or the broken worker. */
struct tracee {
        pid_t pid;
        struct tracer_worker *worker;
};

struct tracer {
        const struct tracer_request *request;
        struct tracer_outcome *outcome;
        pid_t supervisor;
        struct tracee tracees[TRACEES_MAX];
        char worker_name[16];
};

static struct tracee *find(struct tracer *tracer, pid_t pid)
{
        for (size_t i = 0; i < TRACEES_MAX; i++)
                if (tracer->tracees[i].pid == pid)
                        return &tracer->tracees[i];
        return NULL;
}

static void forget(struct tracee *tracee)
{
        if (tracee->worker)
                tracer_worker_end(tracee->worker);
        *tracee = (struct tracee){ 0 };
}

/* ---- starting ---- */

static void silence(void)
{
        int null = open("/dev/null", O_RDWR);

        for (int fd = 0; fd < 3 && null >= 0; fd++)
                (void)dup2(null, fd);
}

/* The program, once we are traced. Its addresses are the same in each run, and so are the values that hold them. */
static _Noreturn void become_assay(const struct tracer_request *request, int go)
{
        const char *arguments[ARGUMENTS_MAX] = { request->assay, "qualify" };
        char byte;

        for (size_t i = 0; request->arguments[i] && i + 3 < ARGUMENTS_MAX; i++)
                arguments[i + 2] = request->arguments[i];
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (read(go, &byte, 1) != 1)
                _exit(127);
        (void)close(go);
        silence();
        (void)personality(ADDR_NO_RANDOMIZE);
        (void)execv(request->assay, (char *const *)arguments);
        _exit(127);
}

static int start(struct tracer *tracer)
{
        int go[2], r = 0;

        if (pipe2(go, O_CLOEXEC) < 0)
                return -errno;
        tracer->supervisor = fork();
        if (tracer->supervisor == 0)
                become_assay(tracer->request, go[0]);
        if (tracer->supervisor < 0 ||
                ptrace(PTRACE_SEIZE, tracer->supervisor, NULL, (void *)OPTIONS) < 0 || /* NOLINT */
                write(go[1], "", 1) != 1)
                r = -errno;
        (void)close(go[0]);
        (void)close(go[1]);
        return r;
}

/* ---- children ---- */

static bool read_string(pid_t pid, uint64_t address, char *to, size_t size)
{
        struct iovec local = { to, size },
                     remote = { (void *)address, size }; /* NOLINT: an address by nature */

        return process_vm_readv(pid, &local, 1, &remote, 1, 0) == (ssize_t)size;
}

/* A child says what it is by its name, before its first round (agent/worker.c, settle). */
static void on_syscall(struct tracer *tracer, struct tracee *tracee)
{
        struct user_regs_struct regs;
        char name[16] = "";

        if (ptrace(PTRACE_GETREGS, tracee->pid, NULL, &regs) < 0)
                return;
        if (regs.orig_rax != SYS_prctl || regs.rdi != PR_SET_NAME ||
                !read_string(tracee->pid, regs.rsi, name, sizeof(name))) {
                (void)ptrace(PTRACE_SYSCALL, tracee->pid, NULL, NULL);
                return;
        }
        if (strncmp(name, tracer->worker_name, sizeof(name)) == 0)
                tracee->worker = tracer_worker_begin(tracee->pid, tracer->request, tracer->outcome);
        if (tracee->worker) {
                (void)ptrace(PTRACE_CONT, tracee->pid, NULL, NULL);
                return;
        }
        (void)ptrace(PTRACE_DETACH, tracee->pid, NULL, NULL);
        forget(tracee);
}

/* Goes on until the next thing that concerns us. */
static void go_on(const struct tracer *tracer, const struct tracee *tracee, int signal)
{
        bool newborn = tracee->pid != tracer->supervisor && !tracee->worker;

        (void)ptrace(newborn ? PTRACE_SYSCALL : PTRACE_CONT, tracee->pid, NULL, (void *)(long)signal);
}

static void on_stop(struct tracer *tracer, struct tracee *tracee, int status)
{
        int signal = WSTOPSIG(status), event = status >> 16;

        if (signal == SYSCALL_STOP) {
                on_syscall(tracer, tracee);
        } else if (event == PTRACE_EVENT_EXEC && tracee->pid != tracer->supervisor) {
                (void)ptrace(PTRACE_DETACH, tracee->pid, NULL, NULL); /* a helper program */
                forget(tracee);
        } else if (event == PTRACE_EVENT_STOP && signal != SIGTRAP) {
                (void)ptrace(PTRACE_LISTEN, tracee->pid, NULL, NULL); /* stopped by job control */
        } else if (event) {
                go_on(tracer, tracee, 0);
        } else if (signal == SIGTRAP && tracee->worker) {
                enum tracer_hit hit = tracer_worker_hit(tracee->worker);

                if (hit == TRACER_NOT_OURS)
                        go_on(tracer, tracee, signal);
                else if (hit == TRACER_GONE)
                        forget(tracee);
        } else {
                go_on(tracer, tracee, signal);
        }
}

/* ---- the run ---- */

static volatile sig_atomic_t out_of_time;

static void on_alarm(int signal)
{
        (void)signal;
        out_of_time = 1;
}

static void set_limit(unsigned seconds)
{
        struct sigaction action = { .sa_handler = on_alarm }; /* waitpid is to be interrupted */

        out_of_time = 0;
        (void)sigaction(SIGALRM, &action, NULL);
        (void)alarm(seconds);
}

static void trace(struct tracer *tracer)
{
        while (!out_of_time) {
                int status;
                pid_t pid = waitpid(-1, &status, __WALL);
                struct tracee *tracee = find(tracer, pid > 0 ? pid : -1);

                if (pid < 0 && errno != EINTR)
                        return;
                if (pid == tracer->supervisor && !WIFSTOPPED(status)) {
                        tracer->outcome->status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
                        return;
                }
                if (pid > 0 && WIFSTOPPED(status)) {
                        if (!tracee && (tracee = find(tracer, 0)))
                                tracee->pid = pid;
                        if (tracee)
                                on_stop(tracer, tracee, status);
                } else if (tracee) {
                        forget(tracee);
                }
        }
}

/* Whatever is left dies with us, as the options say; but we may live on. */
static void finish(struct tracer *tracer)
{
        (void)alarm(0);
        for (size_t i = 0; i < TRACEES_MAX; i++) {
                if (tracer->tracees[i].pid)
                        (void)kill(tracer->tracees[i].pid, SIGKILL);
                forget(&tracer->tracees[i]);
        }
        while (waitpid(-1, NULL, __WALL) > 0)
                ;
}

int tracer_run(const struct tracer_request *request, struct tracer_outcome *ret_outcome)
{
        struct tracer tracer = { .request = request, .outcome = ret_outcome };
        cpu_set_t before, one;
        int r;

        *ret_outcome = (struct tracer_outcome){ .status = -1 };
        (void)snprintf(tracer.worker_name, sizeof(tracer.worker_name), "assay-w%d", request->cpu);
        r = start(&tracer);
        if (r < 0)
                return r;
        tracer.tracees[0].pid = tracer.supervisor;
        /* Beside the worker: a stop there costs a quarter of one on another CPU. */
        CPU_ZERO(&one);
        CPU_SET((unsigned)request->cpu, &one);
        (void)sched_getaffinity(0, sizeof(before), &before);
        (void)sched_setaffinity(0, sizeof(one), &one);
        set_limit(request->limit_s);
        trace(&tracer);
        finish(&tracer);
        (void)sched_setaffinity(0, sizeof(before), &before);
        return 0;
}
