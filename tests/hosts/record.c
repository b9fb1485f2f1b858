/* SPDX-License-Identifier: Apache-2.0 */
/* Writes DIRECTORY/cpuid.txt and DIRECTORY/topology.xml of this machine. */
#include <hwloc.h>
#include <libcpuid/libcpuid.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
        struct cpu_raw_data_t raw;
        hwloc_topology_t topology;
        char path[4096];

        if (argc != 2) {
                fprintf(stderr, "usage: record DIRECTORY\n");
                return 2;
        }
        (void)snprintf(path, sizeof(path), "%s/cpuid.txt", argv[1]);
        if (cpuid_get_raw_data(&raw) < 0 || cpuid_serialize_raw_data(&raw, path) < 0) {
                fprintf(stderr, "record: %s: %s\n", path, cpuid_error());
                return 1;
        }
        (void)setenv("HWLOC_PLUGINS_PATH", "/nonexistent", 1);
        (void)snprintf(path, sizeof(path), "%s/topology.xml", argv[1]);
        if (hwloc_topology_init(&topology) < 0 ||
                hwloc_topology_set_flags(topology, HWLOC_TOPOLOGY_FLAG_INCLUDE_DISALLOWED) < 0 ||
                hwloc_topology_set_io_types_filter(topology, HWLOC_TYPE_FILTER_KEEP_NONE) < 0 ||
                hwloc_topology_load(topology) < 0 || hwloc_topology_export_xml(topology, path, 0) < 0) {
                fprintf(stderr, "record: %s: hwloc cannot write the topology\n", path);
                return 1;
        }
        hwloc_topology_destroy(topology);
        return 0;
}
