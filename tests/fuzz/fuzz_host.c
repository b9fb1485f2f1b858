/* SPDX-License-Identifier: Apache-2.0 */
/* What firmware, hypervisors, clouds and kernels left in files: whatever they hold, every fact is short
 * printable ASCII. The first byte of the input chooses the file, the rest is what it holds. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/host_read.h"
#include "base/array.h"
#include "tests/fuzz/fuzz.h"

#define SYSTEM_CPU "/sys/devices/system/cpu/"
#define DMI "/sys/class/dmi/id/"

static const char *const files[] = {
        "/var/lib/hyperv/.kvp_pool_3",
        "/run/cloud-init/instance-data.json",
        "/proc/cpuinfo",
        "/proc/version",
        SYSTEM_CPU "cpu0/microcode/version",
        SYSTEM_CPU "cpu0/topology/ppin",
        DMI "product_serial",
        DMI "board_vendor",
        DMI "board_asset_tag",
        "/etc/machine-id",
        "/var/lib/cloud/data/instance-id",
        "/run/systemd/container",
        SYSTEM_CPU "online",
        SYSTEM_CPU "present",
        "/proc/self/status",
        "/sys/class/hwmon/hwmon0/name",
        SYSTEM_CPU "cpu0/cpufreq/scaling_cur_freq",
};

static char root[64];

static void make_parents(char *path)
{
        for (char *slash = strchr(path + strlen(root) + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
                *slash = 0;
                REQUIRE(mkdir(path, 0700) == 0 || errno == EEXIST);
                *slash = '/';
        }
}

/* The tree goes with the process: it is small, and lies where the system clears up. */
static void remove_root(void)
{
        char command[96];

        (void)snprintf(command, sizeof(command), "rm -rf '%s'", root);
        (void)!system(command);
}

static void make_root(void)
{
        const char *parent = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";

        if (root[0])
                return;
        (void)snprintf(root, sizeof(root), "%s/assay-fuzz-XXXXXX", parent);
        REQUIRE(mkdtemp(root));
        (void)atexit(remove_root);
        for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
                char path[256];

                (void)snprintf(path, sizeof(path), "%s%s", root, files[i]);
                make_parents(path);
        }
}

static void put(const char *path, const uint8_t *bytes, size_t size)
{
        int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

        REQUIRE(fd >= 0 && write(fd, bytes, size) == (ssize_t)size);
        (void)close(fd);
}

static void check_fact(const struct host_fact *fact)
{
        size_t size = strnlen(fact->value, HOST_VALUE_MAX);

        REQUIRE(size < HOST_VALUE_MAX);
        for (size_t i = 0; i < size; i++)
                REQUIRE(isascii(fact->value[i]) && isprint((unsigned char)fact->value[i]));
        size = strnlen(fact->source, HOST_SOURCE_MAX);
        REQUIRE(size < HOST_SOURCE_MAX);
        for (size_t i = 0; i < size; i++)
                REQUIRE(isascii(fact->source[i]) && isprint((unsigned char)fact->source[i]));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
        struct host_source source = {
                .root = root, .hwloc_xml = "/nonexistent", .cpuid_raw = "/nonexistent"
        };
        static struct host host;
        char path[256];

        if (!size)
                return 0;
        make_root();
        (void)snprintf(path, sizeof(path), "%s%s", root, files[bytes[0] % ARRAY_SIZE(files)]);
        put(path, bytes + 1, size - 1);
        (void)host_read(&source, &host);
        (void)host_sensor_temperature(&source, 0);
        (void)host_sensor_frequency(&source, 0);
        (void)unlink(path);
#define CHECK_FACT(field, json, label) check_fact(&host.field);
        HOST_FACTS(CHECK_FACT)
#undef CHECK_FACT
        host_free(&host);
        return 0;
}
