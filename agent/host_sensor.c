/* SPDX-License-Identifier: Apache-2.0 */
/* Temperature and frequency of a CPU, as Linux shows them: Documentation/hwmon/coretemp.rst, k10temp.rst;
 * Documentation/admin-guide/pm/cpufreq.rst. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/host_read.h"

#define SENSOR_DEVICES 64
#define SENSOR_INPUTS 256

static int sensor_number(const struct host_source *source, const char *path)
{
        char text[32];

        return host_file(source, path, text, sizeof(text)) > 0 ? atoi(text) : -1;
}

static int sensor_topology(const struct host_source *source, unsigned cpu, const char *name)
{
        char path[128];

        (void)snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%u/topology/%s", cpu, name);
        return sensor_number(source, path);
}

/* coretemp: one device a package ("coretemp.P"), an input for the package and one for each core. */
static int sensor_intel(const struct host_source *source, unsigned device, int package, int core)
{
        char path[128], label[32], wanted[32], whole[32];
        int best = -1;

        (void)snprintf(wanted, sizeof(wanted), "Core %d", core);
        (void)snprintf(whole, sizeof(whole), "Package id %d", package);
        (void)snprintf(path, sizeof(path), "/sys/class/hwmon/hwmon%u/temp1_label", device);
        if (host_file(source, path, label, sizeof(label)) <= 0 || strcmp(label, whole) != 0)
                return -1;
        for (unsigned input = 1; input <= SENSOR_INPUTS; input++) {
                (void)snprintf(path, sizeof(path), "/sys/class/hwmon/hwmon%u/temp%u_label", device, input);
                if (host_file(source, path, label, sizeof(label)) <= 0)
                        continue;
                if (input != 1 && strcmp(label, wanted) != 0)
                        continue;
                (void)snprintf(path, sizeof(path), "/sys/class/hwmon/hwmon%u/temp%u_input", device, input);
                best = sensor_number(source, path);
                if (input != 1)
                        break;
        }
        return best;
}

int host_sensor_temperature(const struct host_source *source, unsigned cpu)
{
        int package = sensor_topology(source, cpu, "physical_package_id");
        int core = sensor_topology(source, cpu, "core_id"), amd = 0;

        for (unsigned device = 0; device < SENSOR_DEVICES; device++) {
                char path[128], name[32];
                int millidegrees = -1;

                (void)snprintf(path, sizeof(path), "/sys/class/hwmon/hwmon%u/name", device);
                if (host_file(source, path, name, sizeof(name)) <= 0)
                        break; /* they are numbered without gaps, and a live view asks often */
                if (strcmp(name, "coretemp") == 0)
                        millidegrees = sensor_intel(source, device, package, core);
                /* k10temp: a device a package, in their order. */
                if (strcmp(name, "k10temp") == 0 && amd++ == package) {
                        (void)snprintf(path, sizeof(path), "/sys/class/hwmon/hwmon%u/temp1_input", device);
                        millidegrees = sensor_number(source, path);
                }
                if (millidegrees >= 0)
                        return millidegrees / 1000;
        }
        return -1;
}

int host_sensor_frequency(const struct host_source *source, unsigned cpu)
{
        char path[128];
        int khz;

        (void)snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%u/cpufreq/scaling_cur_freq", cpu);
        khz = sensor_number(source, path);
        return khz > 0 ? khz / 1000 : -1;
}
