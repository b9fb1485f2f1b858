/* SPDX-License-Identifier: Apache-2.0 */
/* The host: what it is, which CPUs it has and how they lie to one another, each fact with its source.
 * Reading never fails as a whole: what cannot be read is absent and says why. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "agent/plan.h"
#include "checks/isa.h"

/* A fact about the host. An absent one has an empty value, and `source` says why ("not readable: ..."). */
#define HOST_VALUE_MAX 160
#define HOST_SOURCE_MAX 192
struct host_fact {
        char value[HOST_VALUE_MAX];
        char source[HOST_SOURCE_MAX];
};

/* X(field, "json_name", "label for people") */
#define HOST_FACTS(X)                                            \
        X(vendor, "cpu_vendor", "CPU vendor")                    \
        X(brand, "cpu_brand", "CPU")                             \
        X(signature, "cpu_signature", "family/model/stepping")   \
        X(codename, "cpu_codename", "microarchitecture")         \
        X(microcode, "microcode", "microcode")                   \
        X(hypervisor, "hypervisor", "hypervisor")                \
        X(container, "container", "container")                   \
        X(kernel, "kernel", "kernel")                            \
        X(kernel_compiler, "kernel_compiler", "kernel built by") \
        X(libraries, "libraries", "libraries")                   \
        X(boot_id, "boot_id", "boot id")                         \
        X(machine_id, "machine_id", "machine id")                \
        X(hostname, "hostname", "host name")                     \
        X(instance_id, "instance_id", "instance id")             \
        X(region, "region", "region")                            \
        X(zone, "zone", "zone")                                  \
        X(ppin, "ppin", "PPIN")                                  \
        X(board, "board", "board")                               \
        X(product, "product", "product")                         \
        X(serial, "serial", "serial")                            \
        X(physical_host, "physical_host", "physical host")

/* One logical CPU's place. -1 where the host does not say. */
struct host_cpu {
        int cpu, package, die, core, numa, l3; /* core is unique within its package */
        isa_set features;                      /* read pinned on it; 0 where it could not be */
        bool online;
};

struct host {
#define HOST_FACT_FIELD(field, json, label) struct host_fact field;
        HOST_FACTS(HOST_FACT_FIELD)
#undef HOST_FACT_FIELD
        char identity_failure[HOST_SOURCE_MAX]; /* what the configured command did instead; or "" */
        isa_set features;                       /* what every CPU that was read has */
        bool features_differ; /* like CPUs differ in features: worth a line in the report */
        struct cpu_set online, allowed;
        size_t n_cpus;
        struct host_cpu *cpus; /* rising by number; owned, host_free */
        char l2[32], l3[32];   /* sizes as people write them, "" unknown */
};

/* Where to read from: the system ("" and NULL), or a recorded host under a directory that mirrors /sys, /proc
 * and holds hwloc's XML and libcpuid's raw dump (tests/hosts/README says how to record one). */
struct host_source {
        const char *root;      /* prefix of /sys, /proc, /var/lib; "" is the system */
        const char *hwloc_xml; /* NULL: discover */
        const char *cpuid_raw; /* NULL: execute CPUID */
        const char
                *identity_command; /* from the configuration: prints the physical host's name; NULL: none */
};

/* Reads the host. Always fills *ret_host; returns 0, or a negative errno where not even the CPUs are known. */
int host_read(const struct host_source *source, struct host *ret_host);
void host_free(struct host *host);

const struct host_cpu *host_cpu_find(const struct host *host, unsigned cpu); /* or NULL */
/* The CPUs that share the core of `cpu`, itself included. */
void host_siblings(const struct host *host, unsigned cpu, struct cpu_set *ret_set);
/* Degrees Celsius and MHz of a CPU now, or -1 where the host does not show them. */
int host_temperature(unsigned cpu);
int host_frequency(unsigned cpu);
