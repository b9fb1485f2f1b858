/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/host_report.h"

#include <string.h>

#include "base/array.h"
#include "base/terminal.h"

#define LABEL_WIDTH 23
#define LIST_MAX 1024

static const struct {
        size_t offset;
        const char *json, *label;
} facts[] = {
#define FACT(field, json, label) { offsetof(struct host, field), json, label },
        HOST_FACTS(FACT)
#undef FACT
};

static const struct host_fact *fact_of(const struct host *host, size_t i)
{
        return (const struct host_fact *)((const char *)host + facts[i].offset);
}

json_t *host_features_json(isa_set features)
{
        json_t *array = json_array();

        for (int i = 0; i < ISA_COUNT; i++)
                if (features >> i & 1)
                        (void)json_array_append_new(array, json_string(isa_name((enum isa_feature)i)));
        return array;
}

void host_features_text(isa_set features, char *text, size_t size)
{
        size_t used = 0;

        text[0] = 0;
        for (int i = 0; i < ISA_COUNT; i++)
                if (features >> i & 1 && used < size)
                        used += (size_t)snprintf(text + used, size - used, "%s%s", used ? " " : "",
                                isa_name((enum isa_feature)i));
}

static json_t *number_or_null(int number)
{
        return number < 0 ? json_null() : json_integer(number);
}

static json_t *text_or_null(const char *text)
{
        return text[0] ? json_string(text) : json_null();
}

static json_t *set_json(const struct cpu_set *set)
{
        char list[LIST_MAX];

        cpu_set_format(set, list, sizeof(list));
        return json_string(list);
}

static json_t *cpus_json(const struct host *host)
{
        json_t *array = json_array();

        for (size_t i = 0; i < host->n_cpus; i++) {
                const struct host_cpu *cpu = &host->cpus[i];
                json_t *object = json_pack("{s:i, s:o, s:o, s:o, s:o, s:o, s:b}", "cpu", cpu->cpu, "package",
                        number_or_null(cpu->package), "die", number_or_null(cpu->die), "core",
                        number_or_null(cpu->core), "numa", number_or_null(cpu->numa), "l3",
                        number_or_null(cpu->l3), "online", cpu->online);

                if (host->features_differ && cpu->features)
                        (void)json_object_set_new(object, "features", host_features_json(cpu->features));
                (void)json_array_append_new(array, object);
        }
        return array;
}

json_t *host_json(const struct host *host)
{
        json_t *all = json_object();

        for (size_t i = 0; i < ARRAY_SIZE(facts); i++) {
                const struct host_fact *fact = fact_of(host, i);

                (void)json_object_set_new(all, facts[i].json,
                        json_pack("{s:o, s:s}", "value", text_or_null(fact->value), "source", fact->source));
        }
        return json_pack("{s:o, s:o, s:b, s:o, s:o, s:o, s:o, s:o}", "facts", all, "features",
                host_features_json(host->features), "features_differ", host->features_differ, "online",
                set_json(&host->online), "allowed", set_json(&host->allowed), "l2", text_or_null(host->l2),
                "l3", text_or_null(host->l3), "cpus", cpus_json(host));
}

static void label_text(const char *label, const char *value, FILE *to, int width)
{
        char text[2 * LIST_MAX + LABEL_WIDTH + 64];

        if (width >= 2 * LABEL_WIDTH) {
                terminal_wrap(to, value, fprintf(to, "%-*s ", LABEL_WIDTH - 1, label), LABEL_WIDTH, width);
                return;
        }
        (void)snprintf(text, sizeof(text), "%s: %s", label, value);
        terminal_wrap(to, text, 0, 2, width);
}

/* A line for each package: CPUs that share it, how many cores, which NUMA nodes. */
static void package_text(const struct host *host, int package, FILE *to, int width)
{
        struct cpu_set cpus = { 0 }, nodes = { 0 };
        char label[32], list[LIST_MAX], numa[LIST_MAX], text[2 * LIST_MAX + 64];
        unsigned n_cores = 0;

        for (size_t i = 0; i < host->n_cpus; i++) {
                struct cpu_set siblings;

                if (host->cpus[i].package != package)
                        continue;
                cpu_set_add(&cpus, (unsigned)host->cpus[i].cpu);
                if (host->cpus[i].numa >= 0 && host->cpus[i].numa < CHECK_CPU_MAX)
                        cpu_set_add(&nodes, (unsigned)host->cpus[i].numa);
                host_siblings(host, (unsigned)host->cpus[i].cpu, &siblings);
                n_cores += cpu_set_next(&siblings, -1) == host->cpus[i].cpu;
        }
        cpu_set_format(&cpus, list, sizeof(list));
        cpu_set_format(&nodes, numa, sizeof(numa));
        if (package >= 0)
                (void)snprintf(label, sizeof(label), "package %d", package);
        (void)snprintf(text, sizeof(text), "CPUs %s in %u cores%s%s", list, n_cores,
                numa[0] ? "; NUMA " : "", numa);
        if (cpu_set_count(&cpus))
                label_text(package < 0 ? "no known package" : label, text, to, width);
}

static void cpus_text(const struct host *host, FILE *to, int width)
{
        char list[LIST_MAX], text[LIST_MAX];
        int last = -1;

        cpu_set_format(&host->online, list, sizeof(list));
        label_text("CPUs online", list, to, width);
        cpu_set_format(&host->allowed, list, sizeof(list));
        label_text("CPUs allowed", list, to, width);
        for (size_t i = 0; i < host->n_cpus; i++)
                last = MAX(last, host->cpus[i].package);
        for (int package = -1; package <= last; package++)
                package_text(host, package, to, width);
        (void)snprintf(text, sizeof(text), "L2 %s, L3 %s", host->l2[0] ? host->l2 : "unknown",
                host->l3[0] ? host->l3 : "unknown");
        label_text("caches", text, to, width);
        host_features_text(host->features, text, sizeof(text));
        label_text("features", text, to, width);
        if (host->features_differ)
                label_text(
                        "CPUs differ", "like CPUs have different features; --json shows which", to, width);
}

void host_text(const struct host *host, FILE *to, int width)
{
        for (size_t i = 0; i < ARRAY_SIZE(facts); i++) {
                const struct host_fact *fact = fact_of(host, i);
                char text[HOST_VALUE_MAX + HOST_SOURCE_MAX + 8];

                (void)snprintf(
                        text, sizeof(text), "%s [%s]", fact->value[0] ? fact->value : "-", fact->source);
                label_text(facts[i].label, text, to, width);
        }
        cpus_text(host, to, width);
}
