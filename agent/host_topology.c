/* SPDX-License-Identifier: Apache-2.0 */
/* Which CPUs there are and how they lie to one another: hwloc, with the kernel's own lists of CPUs. */
#include <errno.h>
#include <hwloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/host_read.h"
#include "base/array.h"

static void topology_destroy(hwloc_topology_t *topology)
{
        if (*topology)
                hwloc_topology_destroy(*topology);
}

/* Plug-ins for GPUs and the like take 1.5 s to load and tell nothing about CPUs; other variables could show
 * another machine than this one. */
static void topology_clean_environment(void)
{
        static const char *const others[] = { "HWLOC_XMLFILE", "HWLOC_SYNTHETIC", "HWLOC_FSROOT",
                "HWLOC_CPUID_PATH", "HWLOC_COMPONENTS" };

        for (size_t i = 0; i < ARRAY_SIZE(others); i++)
                (void)unsetenv(others[i]);
        (void)setenv("HWLOC_PLUGINS_PATH", "/nonexistent", 1);
        (void)setenv(
                "HWLOC_HIDE_ERRORS", "2", 1); /* what it cannot find is absent, and the report says so */
}

static int topology_load(const struct host_source *source, hwloc_topology_t *ret_topology)
{
        __attribute__((cleanup(topology_destroy))) hwloc_topology_t topology = NULL;

        topology_clean_environment();
        if (hwloc_topology_init(&topology) < 0)
                return -ENOMEM;
        if (source->hwloc_xml && hwloc_topology_set_xml(topology, source->hwloc_xml) < 0)
                return -EINVAL;
        /* CPUs outside this process's cpuset are still the host's. */
        if (hwloc_topology_set_flags(topology, HWLOC_TOPOLOGY_FLAG_INCLUDE_DISALLOWED) < 0 ||
                hwloc_topology_set_io_types_filter(topology, HWLOC_TYPE_FILTER_KEEP_NONE) < 0 ||
                hwloc_topology_set_type_filter(topology, HWLOC_OBJ_MISC, HWLOC_TYPE_FILTER_KEEP_NONE) < 0)
                return -EINVAL;
        if (hwloc_topology_load(topology) < 0)
                return -ENODATA;
        *ret_topology = topology;
        topology = NULL;
        return 0;
}

static int topology_index(hwloc_topology_t topology, hwloc_obj_t pu, hwloc_obj_type_t type, bool logical)
{
        hwloc_obj_t parent = hwloc_get_ancestor_obj_by_type(topology, type, pu);

        if (!parent)
                return -1;
        return logical || parent->os_index == HWLOC_UNKNOWN_INDEX ? (int)parent->logical_index
                                                                  : (int)parent->os_index;
}

static int topology_compare(const void *a, const void *b)
{
        const struct host_cpu *left = a, *right = b;

        return left->cpu - right->cpu;
}

/* Old kernels number cores from 0 in each die: then only hwloc's own numbers tell them apart. */
static bool topology_cores_ambiguous(const struct host *host)
{
        for (size_t i = 0; i < host->n_cpus; i++)
                for (size_t j = 0; j < i; j++)
                        if (host->cpus[i].package == host->cpus[j].package && host->cpus[i].core >= 0 &&
                                host->cpus[i].core == host->cpus[j].core &&
                                host->cpus[i].die != host->cpus[j].die)
                                return true;
        return false;
}

static void topology_place(hwloc_topology_t topology, hwloc_obj_t pu, bool logical, struct host_cpu *cpu)
{
        *cpu = (struct host_cpu){
                .cpu = (int)pu->os_index,
                .package = topology_index(topology, pu, HWLOC_OBJ_PACKAGE, false),
                .die = topology_index(topology, pu, HWLOC_OBJ_DIE, false),
                .core = topology_index(topology, pu, HWLOC_OBJ_CORE, logical),
                .numa = pu->nodeset ? hwloc_bitmap_first(pu->nodeset) : -1,
                .l3 = topology_index(topology, pu, HWLOC_OBJ_L3CACHE, true),
        };
}

static void topology_places(hwloc_topology_t topology, struct host *host)
{
        size_t n = host->n_cpus;
        hwloc_obj_t pu = NULL;

        for (int logical = 0; logical < 2; logical++) {
                host->n_cpus = 0;
                while ((pu = hwloc_get_next_obj_by_type(topology, HWLOC_OBJ_PU, pu)) && host->n_cpus < n)
                        if (pu->os_index < CHECK_CPU_MAX)
                                topology_place(topology, pu, logical, &host->cpus[host->n_cpus++]);
                if (!topology_cores_ambiguous(host))
                        return;
        }
}

/* "2 MiB" of one cache of that type. */
static void topology_cache(hwloc_topology_t topology, hwloc_obj_type_t type, char text[static 32])
{
        hwloc_obj_t cache = hwloc_get_next_obj_by_type(topology, type, NULL);
        unsigned long long size = cache ? cache->attr->cache.size : 0;

        if (size && size % (1024 * 1024) == 0)
                (void)snprintf(text, 32, "%llu MiB", size / (1024 * 1024));
        else if (size)
                (void)snprintf(text, 32, "%llu KiB", size / 1024);
}

static int topology_list(const struct host_source *source, const char *path, struct cpu_set *ret_set)
{
        char text[4096];
        ssize_t n = host_file(source, path, text, sizeof(text));

        if (n < 0)
                return (int)n;
        return cpu_set_parse(text, ret_set);
}

/* "Cpus_allowed_list:\t0-3" of /proc/self/status. */
static int topology_status(const struct host_source *source, struct cpu_set *ret_set)
{
        static const char key[] = "\nCpus_allowed_list:\t";
        char text[8192];
        ssize_t n = host_bytes(source, "/proc/self/status", text, sizeof(text) - 1);
        char *list;

        if (n < 0)
                return (int)n;
        text[n] = 0;
        list = strstr(text, key);
        if (!list)
                return -ENODATA;
        list += strlen(key);
        list[strcspn(list, "\n")] = 0;
        return cpu_set_parse(list, ret_set);
}

static void topology_allowed(const struct host_source *source, struct host *host)
{
        if (!*source->root && cpu_set_bound(&host->allowed) == 0)
                return;
        if (topology_status(source, &host->allowed) < 0)
                host->allowed = host->online;
}

/* Adds the CPUs of `set` that the topology does not show: offline, or no topology at all. */
static void topology_add(struct host *host, const struct cpu_set *set)
{
        size_t known = host->n_cpus;

        for (int cpu = cpu_set_next(set, -1); cpu >= 0; cpu = cpu_set_next(set, cpu)) {
                bool found = false;

                for (size_t i = 0; i < known && !found; i++)
                        found = host->cpus[i].cpu == cpu;
                if (!found)
                        host->cpus[host->n_cpus++] = (struct host_cpu){
                                .cpu = cpu, .package = -1, .die = -1, .core = -1, .numa = -1, .l3 = -1
                        };
        }
}

void host_read_topology(const struct host_source *source, struct host *host)
{
        __attribute__((cleanup(topology_destroy))) hwloc_topology_t topology = NULL;
        struct cpu_set present = { 0 };

        host->cpus = calloc(CHECK_CPU_MAX, sizeof(*host->cpus));
        if (!host->cpus)
                return;
        if (topology_load(source, &topology) == 0) {
                host->n_cpus = CHECK_CPU_MAX;
                topology_places(topology, host);
                topology_cache(topology, HWLOC_OBJ_L2CACHE, host->l2);
                topology_cache(topology, HWLOC_OBJ_L3CACHE, host->l3);
        }
        if (topology_list(source, "/sys/devices/system/cpu/online", &host->online) < 0)
                for (size_t i = 0; i < host->n_cpus; i++)
                        cpu_set_add(&host->online, (unsigned)host->cpus[i].cpu);
        topology_allowed(source, host);
        if (cpu_set_count(&host->online) == 0)
                host->online = host->allowed;
        (void)topology_list(source, "/sys/devices/system/cpu/present", &present);
        topology_add(host, &present);
        topology_add(host, &host->online);
        qsort(host->cpus, host->n_cpus, sizeof(*host->cpus), topology_compare);
        for (size_t i = 0; i < host->n_cpus; i++)
                host->cpus[i].online = cpu_set_has(&host->online, (unsigned)host->cpus[i].cpu);
}
