/* SPDX-License-Identifier: Apache-2.0 */
/* What the system says of itself: microcode, kernel, container, ids, name. */
#include <errno.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-id128.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "agent/host_read.h"
#include "base/array.h"

/* The value of "microcode\t: 0x1" of the first CPU. Returns 0 or a negative errno. */
static ssize_t system_cpuinfo_microcode(const struct host_source *source, char *text, size_t size)
{
        char bytes[4096];
        ssize_t n = host_bytes(source, "/proc/cpuinfo", bytes, sizeof(bytes) - 1);
        char *line;

        if (n < 0)
                return n;
        bytes[n] = 0;
        line = strstr(bytes, "\nmicrocode");
        line = line ? strchr(line, ':') : NULL;
        if (!line)
                return -ENODATA;
        line += 1 + strspn(line + 1, " \t");
        (void)snprintf(text, size, "%.*s", (int)strcspn(line, "\n"), line);
        return 0;
}

/* What hypervisors answer of their own: QEMU's defaults for Intel and AMD, Hyper-V's all ones, nothing. */
static bool system_microcode_invented(const char *revision)
{
        static const unsigned long invented[] = { 0x1, 0x1000065, 0xffffffff, 0 };

        for (size_t i = 0; i < ARRAY_SIZE(invented); i++)
                if (strtoul(revision, NULL, 16) == invented[i])
                        return true;
        return false;
}

static void system_microcode(const struct host_source *source, struct host *host)
{
        char path[96], text[32], from[HOST_SOURCE_MAX];
        int first = cpu_set_next(&host->online, -1);
        ssize_t n;

        (void)snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%d/microcode/version",
                first < 0 ? 0 : first);
        n = host_file(source, path, text, sizeof(text));
        if (n <= 0) {
                (void)snprintf(path, sizeof(path), "/proc/cpuinfo");
                n = system_cpuinfo_microcode(source, text, sizeof(text));
        }
        if (n < 0) {
                host_fact_absent(
                        &host->microcode, "neither sysfs nor /proc/cpuinfo shows it: %s", strerror((int)-n));
                return;
        }
        if (host->hypervisor.value[0] && system_microcode_invented(text))
                (void)snprintf(
                        from, sizeof(from), "%.48s; probably the hypervisor's, not the true one", path);
        else if (host->hypervisor.value[0])
                (void)snprintf(from, sizeof(from), "%.60s; as the hypervisor shows it", path);
        else
                (void)snprintf(from, sizeof(from), "%s", path);
        host_fact_set(&host->microcode, text, from);
}

/* The end of a group in parentheses that starts at text, or NULL. */
static const char *system_group_end(const char *text)
{
        int depth = 0;

        for (; *text; text++) {
                depth += (*text == '(') - (*text == ')');
                if (depth == 0)
                        return text;
        }
        return NULL;
}

/* "Linux version 6.1.0-18-amd64 (who@where) (gcc-12 (Debian 12.2.0-14) 12.2.0, GNU ld ...) #1 SMP ...". */
static void system_kernel(const struct host_source *source, struct host *host)
{
        static const char path[] = "/proc/version", prefix[] = "Linux version ";
        char text[1024], value[HOST_VALUE_MAX];
        ssize_t n = host_file(source, path, text, sizeof(text));
        const char *release = text + strlen(prefix), *group, *end;

        if (n < 0 || strncmp(text, prefix, strlen(prefix)) != 0) {
                host_fact_absent(
                        &host->kernel, "%s: %s", path, n < 0 ? strerror((int)-n) : "of an unknown form");
                host_fact_absent(&host->kernel_compiler, "%s", host->kernel.source);
                return;
        }
        (void)snprintf(value, sizeof(value), "%.*s", (int)strcspn(release, " "), release);
        host_fact_set(&host->kernel, value, path);
        host_fact_absent(&host->kernel_compiler, "%s does not name it", path);
        group = strchr(release, '(');
        end = group ? system_group_end(group) : NULL;
        group = end ? strchr(end, '(') : NULL;
        end = group ? system_group_end(group) : NULL;
        if (end) {
                (void)snprintf(value, sizeof(value), "%.*s", (int)(end - group - 1), group + 1);
                host_fact_set(&host->kernel_compiler, value, path);
        }
}

static void system_id(const struct host_source *source, const char *path, int (*get)(sd_id128_t *),
        const char *from, struct host_fact *fact)
{
        char text[SD_ID128_STRING_MAX];
        sd_id128_t id;
        int r;

        if (*source->root) {
                (void)host_fact_file(source, path, fact);
                return;
        }
        r = get(&id);
        if (r < 0)
                host_fact_absent(fact, "%s: %s", path, strerror(-r));
        else
                host_fact_set(fact, sd_id128_to_string(id, text), from);
}

static void system_hostname(const struct host_source *source, struct host *host)
{
        char name[HOST_VALUE_MAX] = "";

        if (*source->root)
                (void)host_fact_file(source, "/proc/sys/kernel/hostname", &host->hostname);
        else if (gethostname(name, sizeof(name) - 1) == 0 && name[0])
                host_fact_set(&host->hostname, name, "gethostname");
        else
                host_fact_absent(&host->hostname, "this host has no name");
}

static bool system_exists(const struct host_source *source, const char *path)
{
        char byte;

        return host_bytes(source, path, &byte, 1) >= 0;
}

/* systemd's CONTAINER_INTERFACE, and the files that managers leave. */
static void system_container(const struct host_source *source, struct host *host)
{
        static const char run_systemd[] = "/run/systemd/container";
        const char *variable = *source->root ? NULL : getenv("container");
        char text[64];

        if (host_file(source, run_systemd, text, sizeof(text)) > 0)
                host_fact_set(&host->container, text, run_systemd);
        else if (variable && *variable)
                host_fact_set(&host->container, variable, "the environment's 'container'");
        else if (!*source->root && getenv("KUBERNETES_SERVICE_HOST"))
                host_fact_set(&host->container, "kubernetes", "the environment's KUBERNETES_SERVICE_HOST");
        else if (system_exists(source, "/run/.containerenv"))
                host_fact_set(&host->container, "podman", "/run/.containerenv");
        else if (system_exists(source, "/.dockerenv"))
                host_fact_set(&host->container, "docker", "/.dockerenv");
        else if (system_exists(source, "/proc/vz/version") && !system_exists(source, "/proc/bc/resources"))
                host_fact_set(&host->container, "openvz", "/proc/vz");
        else
                host_fact_absent(
                        &host->container, "none: no file or variable of a container manager is there");
}

/* Of this program, so of this system, and never of a recorded one. */
static void system_libraries(const struct host_source *source, struct host *host)
{
        char text[HOST_VALUE_MAX];

        if (*source->root) {
                host_fact_absent(&host->libraries, "a recorded host has none");
                return;
        }
        (void)snprintf(text, sizeof(text), "zlib %s, zstd %s, OpenSSL %s", zlibVersion(),
                ZSTD_versionString(), OpenSSL_version(OPENSSL_VERSION_STRING));
        host_fact_set(&host->libraries, text, "the libraries themselves");
}

void host_read_system(const struct host_source *source, struct host *host)
{
        system_microcode(source, host);
        system_kernel(source, host);
        system_libraries(source, host);
        system_id(source, "/proc/sys/kernel/random/boot_id", sd_id128_get_boot, "sd_id128_get_boot",
                &host->boot_id);
        system_id(source, "/etc/machine-id", sd_id128_get_machine, "/etc/machine-id", &host->machine_id);
        system_hostname(source, host);
        system_container(source, host);
}
