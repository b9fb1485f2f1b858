/* SPDX-License-Identifier: Apache-2.0 */
/* The host as a whole, put together from the files host_*.c; each reads one kind of source. */
#include "agent/host.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent/host_read.h"

int host_read(const struct host_source *source, struct host *ret_host)
{
        struct host_source used = *source;

        memset(ret_host, 0, sizeof(*ret_host));
        used.root = used.root ? used.root : "";
        host_read_topology(&used, ret_host);
        host_read_cpuid(&used, ret_host);
        host_read_system(&used, ret_host);
        host_read_identity(&used, ret_host);
        return ret_host->n_cpus ? 0 : -ENODATA;
}

void host_free(struct host *host)
{
        free(host->cpus);
        host->cpus = NULL;
        host->n_cpus = 0;
}

static int host_compare(const void *key, const void *member)
{
        const struct host_cpu *cpu = member;

        return *(const int *)key - cpu->cpu;
}

const struct host_cpu *host_cpu_find(const struct host *host, unsigned cpu)
{
        int key = (int)cpu;

        return host->n_cpus ? bsearch(&key, host->cpus, host->n_cpus, sizeof(*host->cpus), host_compare)
                            : NULL;
}

void host_siblings(const struct host *host, unsigned cpu, struct cpu_set *ret_set)
{
        const struct host_cpu *self = host_cpu_find(host, cpu);

        *ret_set = (struct cpu_set){ 0 };
        cpu_set_add(ret_set, cpu);
        for (size_t i = 0; self && self->core >= 0 && i < host->n_cpus; i++)
                if (host->cpus[i].core == self->core && host->cpus[i].package == self->package)
                        cpu_set_add(ret_set, (unsigned)host->cpus[i].cpu);
}

int host_temperature(unsigned cpu)
{
        return host_sensor_temperature(&(struct host_source){ .root = "" }, cpu);
}

int host_frequency(unsigned cpu)
{
        return host_sensor_frequency(&(struct host_source){ .root = "" }, cpu);
}
