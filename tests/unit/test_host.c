/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of reading a host that recorded hosts do not reach: rules for identities, the command's bounds,
 * sensors, and that reading this host leaves the caller where it was. */
#include "agent/host.h"

#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "agent/host_read.h"
#include "base/array.h"
#include "base/cleanup.h"
#include "base/terminal.h"
#include "tests/tap.h"

static const struct {
        const char *value;
        bool placeholder;
} placeholders[] = {
        { "", true },
        { "To Be Filled By O.E.M.", true },
        { "default STRING", true },
        { "None", true },
        { "N/A", true },
        { "0", true },
        { "00000000-0000-0000-0000-000000000000", true },
        { "0x0", true },
        { "ffffffff-ffff-ffff-ffff-ffffffffffff", true },
        { "xxxxxxxx", true },
        { ".......", true },
        { "03000200-0400-0500-0006-000700080009", true },
        { "0123456789", true },
        { "SN-4711", false },
        { "0x2b4e5f60718293a4", false },
        { "AMS072031205017", false },
        { "None-such Ltd", false },
};

static void test_placeholders(void)
{
        for (size_t i = 0; i < ARRAY_SIZE(placeholders); i++)
                tap_ok(host_is_placeholder(placeholders[i].value) == placeholders[i].placeholder,
                        "placeholder: '%s'", placeholders[i].value);
}

static const struct {
        const char *vendor;
        unsigned family, model, stepping;
        const char *name; /* NULL: must not be named */
} models[] = {
        { "GenuineIntel", 6, 207, 2, "Emerald Rapids" },
        { "GenuineIntel", 6, 143, 8, "Sapphire Rapids" },
        { "GenuineIntel", 6, 85, 4, "Skylake-SP" },
        { "GenuineIntel", 6, 85, 7, "Cascade Lake" },
        { "GenuineIntel", 6, 85, 11, "Cooper Lake" },
        { "GenuineIntel", 6, 85, 9, NULL },
        { "AuthenticAMD", 0x19, 0x11, 1, "Zen 4 (Genoa)" },
        { "AuthenticAMD", 0x19, 0x01, 1, "Zen 3 (Milan)" },
        { "AuthenticAMD", 0x17, 0x31, 0, "Zen 2 (Rome)" },
        { "AuthenticAMD", 6, 207, 2, NULL },
        { "GenuineIntel", 6, 250, 0, NULL },
        { "", 6, 207, 2, NULL },
};

static void test_codenames(void)
{
        for (size_t i = 0; i < ARRAY_SIZE(models); i++) {
                const char *name = host_codename(
                        models[i].vendor, models[i].family, models[i].model, models[i].stepping);
                bool good = models[i].name ? name && strcmp(name, models[i].name) == 0 : !name;

                tap_ok(good, "microarchitecture: %s %u/%u/%u is %s", models[i].vendor, models[i].family,
                        models[i].model, models[i].stepping, models[i].name ? models[i].name : "unknown");
        }
}

static void test_facts(void)
{
        struct host_fact fact;
        char text[2 * HOST_VALUE_MAX];

        host_fact_set(&fact, "  two\t blanks \x1b[31m \xff ", "somewhere");
        tap_ok(strcmp(fact.value, "two blanks ?[31m ?") == 0, "fact: cleaned: '%s'", fact.value);
        memset(text, 'a', sizeof(text));
        text[sizeof(text) - 1] = 0;
        host_fact_set(&fact, text, text);
        tap_ok(strlen(fact.value) == HOST_VALUE_MAX - 1 && strlen(fact.source) == HOST_SOURCE_MAX - 1,
                "fact: cut");
}

static double seconds(void)
{
        struct timespec now;

        (void)clock_gettime(CLOCK_MONOTONIC, &now);
        return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static const struct {
        const char *command;
        int result;
        const char *says; /* the name, or what it did instead */
} commands[] = {
        { "echo '  host-7 '", 0, "host-7" },
        { "echo; printf '\\thost-7\\r\\n\\n'", 0, "host-7" },
        { "echo host-7; echo second", -EMSGSIZE, "printed more than one line" },
        { "printf '%064d' 7", -EMSGSIZE, "printed more than 63 characters" },
        { "yes", -EMSGSIZE, "printed over 4095 bytes" },
        { "printf 'rack\\000-3'", -EBADMSG, "printed what is no ASCII text" },
        { "printf 'r\\344ck-3'", -EBADMSG, "printed what is no ASCII text" },
        { "true", -ENODATA, "printed nothing" },
        { "echo; echo '  '", -ENODATA, "printed nothing" },
        { "echo name; exit 3", -ECHILD, "ended with status 3" },
        { "no-such-command-at-all", -ECHILD, "ended with status 127 (not found)" },
        { "sleep 60", -ETIMEDOUT, "took over a second" },
        { "echo name; sleep 60", -ETIMEDOUT, "took over a second" },
        { "exec >&-; sleep 60", -ETIMEDOUT, "took over a second" },
        { "trap '' TERM; sleep 60 & echo name", -ETIMEDOUT, "took over a second" },
        { "kill -KILL $$", -ECHILD, "was ended by signal 9" },
};

static void test_commands(void)
{
        for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
                char text[64] = "untouched", why[HOST_COMMAND_WHY_MAX] = "";
                double begin = seconds(), took;
                int r = host_command(commands[i].command, text, sizeof(text), why);
                bool good = r == commands[i].result;

                took = seconds() - begin;
                good &= strcmp(r == 0 ? text : why, commands[i].says) == 0;
                good &= r == 0 || strcmp(text, "untouched") == 0;
                tap_ok(good && took < 3, "command: %s: %d '%s' %s in %.2f s", commands[i].command, r, text,
                        why, took);
        }
}

static void put(const char *directory, const char *path, const char *text)
{
        char full[512];
        FILE *file;

        (void)snprintf(full, sizeof(full), "%s%s", directory, path);
        for (char *slash = full + 1; (slash = strchr(slash, '/')); slash++) {
                *slash = 0;
                if (mkdir(full, 0700) < 0 && errno != EEXIST)
                        abort();
                *slash = '/';
        }
        file = fopen(full, "we");
        if (!file || fputs(text, file) < 0 || fclose(file) != 0)
                abort();
}

static void test_sensors(const char *directory)
{
        struct host_source source = { .root = directory };

        tap_ok(host_sensor_temperature(&source, 0) == -1 && host_sensor_frequency(&source, 0) == -1,
                "sensors: a host that shows none");
        put(directory, "/sys/devices/system/cpu/cpu3/topology/physical_package_id", "1\n");
        put(directory, "/sys/devices/system/cpu/cpu3/topology/core_id", "5\n");
        put(directory, "/sys/devices/system/cpu/cpu3/cpufreq/scaling_cur_freq", "2799998\n");
        put(directory, "/sys/class/hwmon/hwmon0/name", "nvme\n");
        put(directory, "/sys/class/hwmon/hwmon1/name", "coretemp\n");
        put(directory, "/sys/class/hwmon/hwmon1/temp1_label", "Package id 0\n");
        put(directory, "/sys/class/hwmon/hwmon1/temp1_input", "30000\n");
        put(directory, "/sys/class/hwmon/hwmon2/name", "coretemp\n");
        put(directory, "/sys/class/hwmon/hwmon2/temp1_label", "Package id 1\n");
        put(directory, "/sys/class/hwmon/hwmon2/temp1_input", "41000\n");
        tap_ok(host_sensor_temperature(&source, 3) == 41, "sensors: the package's where the core has none");
        put(directory, "/sys/class/hwmon/hwmon2/temp7_label", "Core 5\n");
        put(directory, "/sys/class/hwmon/hwmon2/temp7_input", "47999\n");
        tap_ok(host_sensor_temperature(&source, 3) == 47, "sensors: the core's");
        tap_ok(host_sensor_frequency(&source, 3) == 2799, "sensors: the frequency");
        tap_ok(host_sensor_temperature(&source, 0) == -1, "sensors: a CPU without a place");
}

static void test_command_identity(const char *directory)
{
        struct host_source source = { .root = directory, .identity_command = "echo rack-3-slot-9" };
        static const char failure[] =
                "identity-command printed a placeholder, 'Default string': correct it in the configuration";
        struct host host;

        tap_ok(host_read(&source, &host) == 0 && strcmp(host.physical_host.value, "rack-3-slot-9") == 0,
                "identity: the configured command wins: %s", host.physical_host.source);
        host_free(&host);
        source.identity_command = "echo 'Default string'";
        (void)host_read(&source, &host);
        tap_ok(!host.physical_host.value[0] && strstr(host.physical_host.source, failure) &&
                        !strstr(host.physical_host.source, "set identity-command") &&
                        strcmp(host.identity_failure, failure) == 0,
                "identity: none: %s", host.physical_host.source);
        host_free(&host);
        put(directory, "/run/cloud-init/instance-data.json",
                "{\"ds\":{\"meta_data\":{\"placement\":{\"host-id\":\"h-0123\"}}}}");
        (void)host_read(&source, &host);
        tap_ok(strcmp(host.physical_host.value, "h-0123") == 0 &&
                        strstr(host.physical_host.source, "(placement.host-id); identity-command "),
                "identity: found elsewhere: %s", host.physical_host.source);
        host_free(&host);
}

static void test_fifo(const char *directory)
{
        struct host_source source = { .root = directory };
        char path[512], text[16];

        (void)snprintf(path, sizeof(path), "%s/fifo", directory);
        if (mkfifo(path, 0600) < 0)
                abort();
        tap_ok(host_file(&source, "/fifo", text, sizeof(text)) <= 0, "file: a FIFO does not hold us up");
}

/* Reading pins itself to each CPU: nothing of that may stay. */
static void test_this_host(void)
{
        struct cpu_set before = { 0 }, after = { 0 }, siblings;
        struct host_source source = { .root = "" };
        const struct host_cpu *cpu;
        struct host host;
        double begin = seconds();
        int r = host_read(&source, &host);

        printf("# host_read took %.1f ms\n", (seconds() - begin) * 1e3);
        host_free(&host);
        if (sched_getaffinity(0, sizeof(before), (cpu_set_t *)&before) < 0)
                abort();
        r = r < 0 ? r : host_read(&source, &host);
        if (sched_getaffinity(0, sizeof(after), (cpu_set_t *)&after) < 0)
                abort();
        tap_ok(r == 0 && memcmp(&before, &after, sizeof(before)) == 0,
                "this host: the affinity is as before");
        tap_ok(memcmp(&host.allowed, &before, sizeof(before)) == 0, "this host: allowed is the affinity");
        cpu = host_cpu_find(&host, (unsigned)cpu_set_next(&before, -1));
        tap_ok(cpu && cpu->online && (cpu->features & ISA(SSE2)) && (host.features & ISA(SSE2)),
                "this host: a CPU that may be used has features");
        tap_ok(!host_cpu_find(&host, CHECK_CPU_MAX - 1), "this host: a CPU that it has not");
        host_siblings(&host, (unsigned)cpu_set_next(&before, -1), &siblings);
        tap_ok(cpu && cpu_set_has(&siblings, (unsigned)cpu->cpu), "this host: a CPU is among its siblings");
        tap_ok(host.vendor.value[0] && host.signature.value[0] && host.boot_id.source[0],
                "this host: facts");
        host_free(&host);
}

static void test_wrap(void)
{
        static const struct {
                const char *text, *wrapped;
        } cases[] = {
                { "one two three four five six", "one two three\n  four five six\n" },
                { "0,2,4,6,8,10,12,14,16", "0,2,4,6,8,10,12,\n  14,16\n" },
                { "abcdefghijklmnopqrstuvwxyz", "abcdefghijklmnop\n  qrstuvwxyz\n" },
                { "", "\n" },
        };

        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                AUTO_FREE char *text = NULL;
                size_t size;
                FILE *stream = open_memstream(&text, &size);

                if (!stream)
                        abort();
                terminal_wrap(stream, cases[i].text, 0, 2, 16);
                if (fclose(stream) != 0)
                        abort();
                tap_ok(strcmp(text, cases[i].wrapped) == 0, "wrap: '%s'", cases[i].text);
        }
}

int main(void)
{
        char directory[] = "/tmp/test_host.XXXXXX", remove[64];

        if (!mkdtemp(directory))
                abort();
        test_placeholders();
        test_codenames();
        test_facts();
        test_commands();
        test_command_identity(directory);
        test_sensors(directory);
        test_fifo(directory);
        test_this_host();
        test_wrap();
        (void)snprintf(remove, sizeof(remove), "rm -r %s", directory);
        return system(remove) == 0 ? tap_end() : 1;
}
