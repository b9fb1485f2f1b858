/* SPDX-License-Identifier: Apache-2.0 */
/* argv to command, and the end of standard output: what a command printed has been written, or the exit
 * status says that it was not. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "agent/command.h"
#include "base/array.h"

#define STACK_LEAST (UINT64_C(1) << 20) /* bytes: several times what the largest frames take */

/* A closed standard descriptor would be taken by the next file that is opened, and messages would end in it.
 * Opened the wrong way round, stdout still fails when written. */
static void main_fill_descriptors(void)
{
        static const int modes[] = { O_RDONLY, O_RDONLY, O_WRONLY };

        for (int fd = 0; fd < (int)ARRAY_SIZE(modes); fd++)
                if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
                        (void)open("/dev/null", modes[fd]); /* takes the lowest free number: this one */
}

/* Too little stack would end as a crash in the middle of a run. Returns 0, or -EPERM after a sentence. */
static int main_take_stack(void)
{
        struct rlimit stack;

        if (getrlimit(RLIMIT_STACK, &stack) < 0 || stack.rlim_cur >= STACK_LEAST)
                return 0;
        if (setrlimit(RLIMIT_STACK, &(struct rlimit){ STACK_LEAST, MAX(stack.rlim_max, STACK_LEAST) }) == 0)
                return 0;
        fprintf(stderr,
                "assay: the stack may be %lu KiB large, and %lu are needed; raise its limit (ulimit -s).\n",
                (unsigned long)(stack.rlim_cur >> 10), (unsigned long)(STACK_LEAST >> 10));
        return -EPERM;
}

/* A pipe that nobody reads any more: its reader has seen enough (assay list | head). */
static bool main_reader_left(void)
{
        struct pollfd output = { .fd = STDOUT_FILENO };

        return poll(&output, 1, 0) > 0 && output.revents & POLLERR;
}

static int main_close_output(int status)
{
        bool failed = ferror(stdout), left = main_reader_left();

        errno = 0;
        if ((fclose(stdout) == 0 && !failed) || left || errno == EPIPE)
                return status;
        fprintf(stderr, "assay: cannot write to standard output: %s; send it elsewhere and run again.\n",
                errno ? strerror(errno) : "a part is lost, as on a full disk");
        return command_failed(status);
}

static int main_help(void)
{
        printf("usage: assay COMMAND [OPTION]...\n\n"
               "Finds the CPUs of this host that compute wrongly without saying so.\n\n"
               "Commands:\n");
        for (size_t i = 0; command_list[i]; i++)
                printf("  %-10s %s\n", command_list[i]->name, command_list[i]->summary);
        printf("\n"
               "assay help COMMAND says what a command takes; assay --version names this version.\n\n"
               "Exit status: 0 healthy and all that was planned ran, or a known erratum of this CPU model,\n"
               "1 the hardware is at fault, 2 wrong usage or configuration, 3 a fault that is not the\n"
               "hardware's, 4 inconclusive or incomplete, 5 assay itself failed, 130 or 143 interrupted.\n");
        return COMMAND_OK;
}

static int main_unknown(const char *what, const char *name, const char *nearest)
{
        if (nearest)
                fprintf(stderr, "assay: there is no %s '%s'; the nearest is '%s'.\n", what, name, nearest);
        else
                fprintf(stderr, "assay: there is no %s '%s'; 'assay --help' lists what there is.\n", what,
                        name);
        return COMMAND_USAGE;
}

static int main_command_help(const char *name)
{
        const struct command *command = command_find(name);

        if (strcmp(name, "help") == 0 || strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0)
                return main_help();
        if (!command)
                return main_unknown("command", name, command_nearest(name));
        printf("usage: assay %s", command->help);
        return COMMAND_OK;
}

static int main_run(int argc, char **argv)
{
        const struct command *command = command_find(argv[0]);

        if (!command)
                return main_unknown("command", argv[0], command_nearest(argv[0]));
        for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
                if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
                        return main_command_help(argv[0]);
        return command->run(argc, argv);
}

/* Complains about what stands behind the first `words` words of the command line. */
static bool main_too_many(int argc, char **argv, int words)
{
        if (argc > words)
                fprintf(stderr, "assay: '%s' takes no operand%s, and '%s' is one; see 'assay --help'.\n",
                        argv[1], words > 2 ? " behind the command" : "", argv[words]);
        return argc > words;
}

static int main_dispatch(int argc, char **argv)
{
        const char *first = argc > 1 ? argv[1] : "";

        if (!*first) {
                fprintf(stderr, "assay: a command is missing; 'assay --help' lists them.\n");
                return COMMAND_USAGE;
        }
        if (strcmp(first, "--help") == 0 || strcmp(first, "-h") == 0)
                return main_too_many(argc, argv, 2) ? COMMAND_USAGE : main_help();
        if (strcmp(first, "--version") == 0) {
                if (main_too_many(argc, argv, 2))
                        return COMMAND_USAGE;
                printf("%s\n", PACKAGE_STRING);
                return COMMAND_OK;
        }
        if (strcmp(first, "help") == 0) {
                if (main_too_many(argc, argv, 3))
                        return COMMAND_USAGE;
                return argc > 2 ? main_command_help(argv[2]) : main_help();
        }
        if (first[0] == '-')
                return main_unknown("option", first, NULL);
        return main_run(argc - 1, argv + 1);
}

int main(int argc, char **argv)
{
        main_fill_descriptors();
        (void)signal(SIGPIPE, SIG_IGN); /* a reader that went away takes no verdict with it */
        (void)signal(SIGCHLD, SIG_DFL); /* where it is ignored, nobody learns how a worker ended */
        (void)signal(SIGXFSZ, SIG_IGN); /* a file that may not grow (ulimit -f) is an output error */
        return main_close_output(main_take_stack() < 0 ? COMMAND_ERROR : main_dispatch(argc, argv));
}
