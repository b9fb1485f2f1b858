/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a program for which one system call fails with EPERM, as under a container's seccomp policy:
 * deny SYSCALL PROGRAM [ARGUMENT]... */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static const struct {
        const char *name;
        uint32_t number;
} calls[] = {
        { "sched_setaffinity", SYS_sched_setaffinity },
        { "timer_create", SYS_timer_create },
        { "ptrace", SYS_ptrace },
        { "sched_setscheduler", SYS_sched_setscheduler },
};

static int deny(uint32_t number)
{
        struct sock_filter code[] = {
                BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
                BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1),
                BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
                BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        };
        struct sock_fprog program = { .len = sizeof(code) / sizeof(code[0]), .filter = code };

        if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
                return -errno;
        if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
                return -errno;
        return 0;
}

int main(int argc, char **argv)
{
        for (size_t i = 0; argc > 2 && i < sizeof(calls) / sizeof(calls[0]); i++) {
                int error;

                if (strcmp(argv[1], calls[i].name) != 0)
                        continue;
                error = deny(calls[i].number);
                if (error) {
                        fprintf(stderr, "deny: seccomp: %s\n", strerror(-error));
                        return 126;
                }
                (void)execvp(argv[2], argv + 2);
                fprintf(stderr, "deny: %s: %s\n", argv[2], strerror(errno));
                return 127;
        }
        fprintf(stderr, "usage: deny SYSCALL PROGRAM [ARGUMENT]...\n");
        return 2;
}
