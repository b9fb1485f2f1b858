/* SPDX-License-Identifier: Apache-2.0 */
/* Reads every host under tests/hosts as if it were this one, and compares what assay makes of it with what
 * was reviewed: text, JSON, plan. With UPDATE_GOLDEN in the environment it writes what it finds instead. */
#include <hwloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/host.h"
#include "agent/host_report.h"
#include "agent/plan.h"
#include "base/array.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "tests/tap.h"

static const struct check state = {
        .name = "state", .family = CHECK_STATE, .needs = ISA(SSE2), .events = true
};
static const struct check wide = {
        .name = "wide", .family = CHECK_VECTOR, .needs = ISA(AVX512F), .events = true
};
static const struct check narrow = {
        .name = "narrow", .family = CHECK_VECTOR, .needs = ISA(FMA), .events = true
};
static const struct check crypto = {
        .name = "crypto", .family = CHECK_CRYPTO, .needs = ISA(SHA) | ISA(AES)
};
const struct check *const check_list[] = { &state, &wide, &narrow, &crypto, NULL };

static struct plan plan;

struct place {
        char directory[512], cpuid[600], xml[600], root[600], expected[600], synthetic[600];
        char made[64]; /* the XML made from topology.synthetic, removed at the end */
};

static void die(const char *what, const char *which)
{
        printf("Bail out! %s: %s\n", what, which);
        exit(99);
}

/* Makes XML of a synthetic topology, less the CPUs that its second line does not keep. */
static void make_topology(struct place *place)
{
        char description[512] = "", keep[512] = "";
        AUTO_FILE FILE *file = fopen(place->synthetic, "re");
        hwloc_bitmap_t set = hwloc_bitmap_alloc();
        hwloc_topology_t topology;
        int fd;

        if (!file || !fgets(description, sizeof(description), file) || hwloc_topology_init(&topology) < 0)
                die("no topology", place->directory);
        if (hwloc_topology_set_synthetic(topology, text_trim(description)) < 0 ||
                hwloc_topology_load(topology) < 0)
                die("wrong topology", place->synthetic);
        if (fgets(keep, sizeof(keep), file) && (hwloc_bitmap_list_sscanf(set, text_trim(keep)) < 0 ||
                                                       hwloc_topology_restrict(topology, set, 0) < 0))
                die("wrong CPUs", place->synthetic);
        (void)snprintf(place->made, sizeof(place->made), "/tmp/test_hosts.XXXXXX");
        fd = mkstemp(place->made);
        if (fd < 0 || close(fd) < 0 || hwloc_topology_export_xml(topology, place->made, 0) < 0)
                die("cannot write", place->made);
        (void)snprintf(place->xml, sizeof(place->xml), "%s", place->made);
        hwloc_topology_destroy(topology);
        hwloc_bitmap_free(set);
}

static void find_place(const char *name, struct place *place)
{
        const char *source = getenv("srcdir");

        memset(place, 0, sizeof(*place));
        (void)snprintf(place->directory, sizeof(place->directory), "%s/tests/hosts/%s",
                source ? source : ".", name);
        (void)snprintf(place->cpuid, sizeof(place->cpuid), "%s/cpuid.txt", place->directory);
        (void)snprintf(place->root, sizeof(place->root), "%s/root", place->directory);
        (void)snprintf(place->expected, sizeof(place->expected), "%s/expected.txt", place->directory);
        (void)snprintf(place->xml, sizeof(place->xml), "%s/topology.xml", place->directory);
        (void)snprintf(
                place->synthetic, sizeof(place->synthetic), "%s/topology.synthetic", place->directory);
        if (access(place->xml, R_OK) < 0)
                make_topology(place);
}

/* The object with a line for each CPU. */
static void print_json(const struct host *host, FILE *to)
{
        json_t *object = host_json(host), *cpus = json_incref(json_object_get(object, "cpus"));

        (void)json_object_del(object, "cpus");
        (void)json_dumpf(object, to, JSON_INDENT(1));
        for (size_t i = 0; i < json_array_size(cpus); i++) {
                fputc('\n', to);
                (void)json_dumpf(json_array_get(cpus, i), to, JSON_COMPACT);
        }
        fputc('\n', to);
        json_decref(cpus);
        json_decref(object);
}

static void print_set(const char *label, const struct cpu_set *set, FILE *to)
{
        char list[256];

        cpu_set_format(set, list, sizeof(list));
        fprintf(to, "%s %s\n", label, list[0] ? list : "none");
}

static void print_plan(const struct host *host, FILE *to)
{
        struct plan_request request = {
                .online = host->online, .allowed = host->allowed, .features = host->features, .regimes = ~0u
        };
        unsigned regime = REGIME_COUNT;

        fprintf(to, "result %d\n", plan_build(&request, &plan));
        print_set("cpus", &plan.cpus, to);
        print_set("offline", &plan.offline, to);
        print_set("forbidden", &plan.forbidden, to);
        for (size_t i = 0; check_list[i]; i++)
                fprintf(to, "check %s: %s\n", check_list[i]->name, plan_skip_text(plan.check_skip[i]));
        for (unsigned r = 0; r < REGIME_COUNT; r++)
                fprintf(to, "regime %s: %s\n", regime_name((enum regime)r),
                        plan_skip_text(plan.regime_skip[r]));
        for (size_t i = 0; i < plan.n_items; i++) {
                if (plan.items[i].regime != regime)
                        fprintf(to, "%s%s:", i ? "\n" : "", regime_name((enum regime)plan.items[i].regime));
                fprintf(to, " %s", check_list[plan.items[i].check]->name);
                regime = plan.items[i].regime;
        }
        fputc('\n', to);
}

static char *describe(const struct place *place, size_t *ret_size)
{
        struct host_source source = {
                .root = place->root, .hwloc_xml = place->xml, .cpuid_raw = place->cpuid
        };
        struct host host;
        char *text = NULL;
        FILE *to = open_memstream(&text, ret_size);

        if (!to || host_read(&source, &host) < 0)
                die("cannot read", place->directory);
        fputs("== text\n", to);
        host_text(&host, to, 80);
        fputs("== JSON\n", to);
        print_json(&host, to);
        fputs("== plan\n", to);
        print_plan(&host, to);
        if (fclose(to) != 0)
                die("no memory", place->directory);
        host_free(&host);
        return text;
}

static void write_text(const char *path, const char *text, size_t size)
{
        AUTO_FILE FILE *file = fopen(path, "we");

        if (!file || fwrite(text, 1, size, file) != size)
                die("cannot write", path);
}

static char *read_text(const char *path, size_t *ret_size)
{
        AUTO_FILE FILE *file = fopen(path, "re");
        const size_t room = 1024 * 1024;
        char *text = malloc(room);

        if (!text)
                die("no memory", path);
        *ret_size = file ? fread(text, 1, room, file) : 0;
        return text;
}

/* Shows the first line that differs. */
static void show(const char *expected, size_t n_expected, const char *actual, size_t n_actual)
{
        size_t at = 0, line = 0, number = 1;

        for (; at < MIN(n_expected, n_actual) && expected[at] == actual[at]; at++)
                if (actual[at] == '\n') {
                        line = at + 1;
                        number++;
                }
        printf("# line %zu, expected: %.*s\n", number,
                (int)(n_expected > line ? strcspn(expected + line, "\n") : 0), expected + line);
        printf("# line %zu, found:    %.*s\n", number,
                (int)(n_actual > line ? strcspn(actual + line, "\n") : 0), actual + line);
}

static void test_host(const char *name)
{
        AUTO_FREE char *actual = NULL;
        AUTO_FREE char *expected = NULL;
        size_t n_actual, n_expected;
        struct place place;

        find_place(name, &place);
        actual = describe(&place, &n_actual);
        if (getenv("UPDATE_GOLDEN"))
                write_text(place.expected, actual, n_actual);
        expected = read_text(place.expected, &n_expected);
        if (!tap_ok(n_actual && n_actual == n_expected && memcmp(actual, expected, n_actual) == 0,
                    "host: %s", name))
                show(expected, n_expected, actual, n_actual);
        if (place.made[0])
                (void)unlink(place.made);
}

static const char *const hosts[] = { "cpus-512", "cpuset", "features-differ", "hybrid", "hyper-v", "kvm-2",
        "no-sys", "two-socket" };

int main(void)
{
        for (size_t i = 0; i < ARRAY_SIZE(hosts); i++)
                test_host(hosts[i]);
        return tap_end();
}
