/* SPDX-License-Identifier: Apache-2.0 */
/* What the files that read the host share; nobody else includes it. Each host_read_* fills its own fields of
 * *host, never fails as a whole, and leaves a reason in a fact that it could not read. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "agent/host.h"

/* Order matters: each may read what those before it wrote. */
void host_read_topology(
        const struct host_source *source, struct host *host);              /* CPUs, their places, the sets */
void host_read_cpuid(const struct host_source *source, struct host *host); /* vendor to codename, features */
void host_read_system(const struct host_source *source, struct host *host);   /* microcode, kernel, ids */
void host_read_identity(const struct host_source *source, struct host *host); /* board to physical host */

/* Reads a small file under the source's root as one line of text[size]: no line end, no blanks around it.
 * Returns its length (0: an empty file), or a negative errno. Never waits for a FIFO. */
ssize_t host_file(const struct host_source *source, const char *path, char *text, size_t size);
/* The same with all its bytes, as many as fit. */
ssize_t host_bytes(const struct host_source *source, const char *path, void *bytes, size_t size);

/* Sets a fact. The value is cut to fit, cleaned of all but printable ASCII, and its blanks are made single.
 */
void host_fact_set(struct host_fact *fact, const char *value, const char *source);
/* Makes a fact absent, with the reason. */
__attribute__((format(printf, 2, 3))) void host_fact_absent(struct host_fact *fact, const char *why, ...);
/* Sets a fact from a file; absent where it cannot be read, is empty or holds a placeholder. Returns 0 or
 * -errno. */
int host_fact_file(const struct host_source *source, const char *path, struct host_fact *fact);

/* True for what a manufacturer left in a field that nobody filled in: "To Be Filled By O.E.M.", zeros ... */
bool host_is_placeholder(const char *value);

/* The microarchitecture, or NULL where the table does not know the CPU. `vendor` as CPUID spells it. */
const char *host_codename(const char *vendor, unsigned family, unsigned model, unsigned stepping);

/* Runs a command line with /bin/sh for at most HOST_COMMAND_MS and takes the one line of ASCII text that it prints.
 * Returns 0, or a negative errno with what it did instead in `why`, to follow its name: -ETIMEDOUT, -ECHILD (it
 * failed), -ENODATA (printed nothing), -EMSGSIZE (more than a line or than text[size] holds), -EBADMSG (no text),
 * others where it could not be run. */
#define HOST_COMMAND_MS 1000
#define HOST_COMMAND_WHY_MAX 64
int host_command(const char *command, char *text, size_t size, char why[HOST_COMMAND_WHY_MAX]);

/* The temperature and frequency under the source's root, as host.h describes. */
int host_sensor_temperature(const struct host_source *source, unsigned cpu);
int host_sensor_frequency(const struct host_source *source, unsigned cpu);
