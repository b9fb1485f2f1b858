/* SPDX-License-Identifier: Apache-2.0 */
/* A command of assay: a const struct at the bottom of its cmd_*.c, listed in one array (command.c). To add
 * one: its file, a line in COMMANDS, a line in Makefile.am. */
#pragma once

/* The exit status of every command; where several hold, the order is 2, 1, 3, 5, 130 or 143, 4, 0. */
enum command_exit {
        COMMAND_OK = 0,           /* healthy, and all that was planned ran */
        COMMAND_FAULT = 1,        /* the hardware is at fault */
        COMMAND_USAGE = 2,        /* the command line or the configuration is wrong */
        COMMAND_NOT_HARDWARE = 3, /* something is wrong and it is not the hardware */
        COMMAND_INCOMPLETE = 4,   /* something that was planned did not run */
        COMMAND_ERROR = 5,        /* we could not do it */
};

struct command {
        const char *name;
        const char *summary; /* one line of `assay --help` */
        const char *help; /* `assay help NAME`, after the line "usage: assay ": starts with the rest of that
                             line */
        /* argv[0] is the command's name; main has answered --help before. Returns enum command_exit, or 128
         * + a signal's number where that signal ended it. Its output goes to stdout, which main flushes and
         * closes: an output error there becomes command_failed of it. */
        int (*run)(int argc, char **argv);
};

/* The status of a command that would have ended with `status` and whose output could not be written: that something is
 * wrong must be heard all the same. */
int command_failed(int status);

/* Every command, in the order of `assay --help`. Ends in NULL. */
extern const struct command *const command_list[];

/* The command with this name, or NULL. */
const struct command *command_find(const char *name);
/* The name nearest to `name`, or NULL where none is near. */
const char *command_nearest(const char *name);
