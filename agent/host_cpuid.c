/* SPDX-License-Identifier: Apache-2.0 */
/* What CPUID says: vendor, brand, signature and caches through libcpuid, features from the bits themselves
 * on each CPU. libcpuid's own names and feature flags are of its release's age and are not believed. */
#include <errno.h>
#include <libcpuid/libcpuid.h>
#include <stdio.h>
#include <string.h>

#include "agent/host_read.h"
#include "base/array.h"
#include "checks/isa.h"

#define HYPERVISOR_LEAF 0x40000000u   /* Linux Documentation/virt/kvm/x86/cpuid.rst; Microsoft's TLFS, 2.3 */
#define HYPERVISOR_SECOND 0x40000100u /* KVM stands there where it shows Hyper-V's first */

/* Where CPUID is answered from: the CPU, or a recorded dump (its subleaf 0 only, which isa_decide needs). */
static struct isa_leaf cpuid_recorded(uint32_t leaf, uint32_t subleaf, void *user)
{
        const struct cpu_raw_data_t *raw = user;
        struct isa_leaf answer = { 0 };

        if (leaf < MAX_CPUID_LEVEL && subleaf == 0)
                memcpy(answer.reg, raw->basic_cpuid[leaf], sizeof(answer.reg));
        else if (leaf >= 0x80000000 && leaf - 0x80000000 < MAX_EXT_CPUID_LEVEL && subleaf == 0)
                memcpy(answer.reg, raw->ext_cpuid[leaf - 0x80000000], sizeof(answer.reg));
        return answer;
}

static isa_set cpuid_recorded_features(struct cpu_raw_data_t *raw)
{
        struct isa_system system = { .fsgsbase = true, .amx_permitted = true };

        /* A dump does not hold XCR0: what the CPU can enable (leaf 0xD) counts where the system uses XSAVE.
         */
        if (raw->basic_cpuid[1][2] >> 27 & 1)
                system.xcr0 = (uint64_t)raw->basic_cpuid[0xd][3] << 32 | raw->basic_cpuid[0xd][0];
        return isa_decide(cpuid_recorded, raw, &system);
}

/* What must be equal in CPUs before their features are expected to be: the signature, and the kind of core
 * of a hybrid part (CPUID 7 EDX bit 15, 1AH EAX bits 24 to 31). */
static uint64_t cpuid_kind(isa_cpuid *cpuid, void *user)
{
        uint64_t kind = cpuid(1, 0, user).reg[0];

        if (cpuid(0, 0, user).reg[0] >= 0x1a && cpuid(7, 0, user).reg[3] >> 15 & 1)
                kind |= (uint64_t)(cpuid(0x1a, 0, user).reg[0] >> 24) << 32;
        return kind;
}

/* Compares a CPU's features with those of the CPUs of its kind that were read before. */
static void cpuid_features_add(
        struct host *host, struct host_cpu *cpu, uint64_t kind, uint64_t *kinds, size_t *n)
{
        size_t at = (size_t)(cpu - host->cpus);

        for (size_t i = 0; i < at; i++)
                if (host->cpus[i].features && kinds[i] == kind && host->cpus[i].features != cpu->features)
                        host->features_differ = true;
        kinds[at] = kind;
        host->features = *n ? host->features & cpu->features : cpu->features;
        ++*n;
}

static void cpuid_features_here(struct host *host, uint64_t *kinds)
{
        struct cpu_set before = { 0 };
        size_t n = 0;

        /* Once before any pinning: it may be all that can be had, and permission for AMX is asked for here.
         */
        host->features = isa_read();
        if (cpu_set_bound(&before) < 0)
                return;
        for (size_t i = 0; i < host->n_cpus; i++) {
                if (!cpu_set_has(&host->allowed, (unsigned)host->cpus[i].cpu))
                        continue;
                if (cpu_set_bind_one((unsigned)host->cpus[i].cpu) < 0)
                        continue;
                host->cpus[i].features = isa_read();
                cpuid_features_add(host, &host->cpus[i], cpuid_kind(isa_cpuid_here, NULL), kinds, &n);
        }
        (void)cpu_set_bind(&before);
}

static void cpuid_features_recorded(struct cpu_raw_data_array_t *dump, struct host *host, uint64_t *kinds)
{
        size_t n = 0;

        for (size_t i = 0; i < host->n_cpus; i++) {
                /* One dump speaks for all where there is but one. */
                size_t from = dump->num_raw == 1 ? 0 : i;

                if (!host->cpus[i].online || from >= dump->num_raw)
                        continue;
                host->cpus[i].features = cpuid_recorded_features(&dump->raw[from]);
                cpuid_features_add(
                        host, &host->cpus[i], cpuid_kind(cpuid_recorded, &dump->raw[from]), kinds, &n);
        }
}

static void cpuid_names(struct cpu_raw_data_t *raw, struct host *host)
{
        struct cpu_id_t id;
        uint32_t signature = raw->basic_cpuid[1][0], family = signature >> 8 & 15,
                 model = signature >> 4 & 15;
        unsigned stepping = signature & 15;
        char text[64];
        const char *name;

        if (family == 6 || family == 15)
                model |= signature >> 12 & 0xf0;
        if (family == 15)
                family += signature >> 20 & 0xff;
        (void)snprintf(text, sizeof(text), "%u/%u/%u", family, model, stepping);
        host_fact_set(&host->signature, text, "CPUID leaf 1");
        if (cpu_identify(raw, &id) < 0) {
                host_fact_absent(&host->vendor, "libcpuid: %s", cpuid_error());
                host_fact_absent(&host->brand, "libcpuid: %s", cpuid_error());
        } else {
                host_fact_set(&host->vendor, id.vendor_str, "CPUID leaf 0");
                host_fact_set(&host->brand, id.brand_str, "CPUID leaf 0x80000002");
                if (!id.brand_str[0])
                        host_fact_absent(&host->brand, "CPUID has no brand string");
                if (!host->l2[0] && id.l2_cache > 0)
                        (void)snprintf(host->l2, sizeof(host->l2), "%d KiB", id.l2_cache);
                if (!host->l3[0] && id.l3_cache > 0)
                        (void)snprintf(host->l3, sizeof(host->l3), "%d KiB", id.l3_cache);
        }
        name = host_codename(host->vendor.value, family, model, stepping);
        if (name)
                host_fact_set(&host->codename, name, "table of known family/model/stepping");
        else
                host_fact_absent(
                        &host->codename, "unknown: family/model/stepping %s is not in the table", text);
}

static void cpuid_hypervisor(bool recorded, const struct cpu_raw_data_t *raw, struct host *host)
{
        static const struct {
                const char *signature, *name;
        } known[] = { { "KVMKVMKVM", "KVM" }, { "Microsoft Hv", "Hyper-V" }, { "VMwareVMware", "VMware" },
                { "XenVMMXenVMM", "Xen" }, { "TCGTCGTCGTCG", "QEMU" }, { "bhyve bhyve ", "bhyve" },
                { "ACRNACRNACRN", "ACRN" }, { " prl hyperv ", "Parallels" },
                { "VBoxVBoxVBox", "VirtualBox" }, { "QNXQVMBSQG", "QNX" }, { "Jailhouse", "Jailhouse" } };
        char signature[13] = "";

        if (!(raw->basic_cpuid[1][2] >> 31)) {
                host_fact_absent(&host->hypervisor, "none: CPUID leaf 1, ECX bit 31 is clear");
                return;
        }
        if (recorded) {
                host_fact_set(
                        &host->hypervisor, "present", "CPUID leaf 1, ECX bit 31; its name was not recorded");
                return;
        }
        for (uint32_t leaf = HYPERVISOR_LEAF; leaf <= HYPERVISOR_SECOND; leaf += 0x100) {
                uint32_t reg[4] = { leaf };

                cpu_exec_cpuid_ext(reg);
                if (leaf == HYPERVISOR_LEAF || memcmp(&reg[1], "KVMKVMKVM", 9) == 0)
                        memcpy(signature, &reg[1], 12);
        }
        host_fact_set(&host->hypervisor, signature[0] ? signature : "present", "CPUID leaf 0x40000000");
        for (size_t i = 0; i < ARRAY_SIZE(known); i++)
                if (strcmp(known[i].signature, signature) == 0)
                        host_fact_set(&host->hypervisor, known[i].name, "CPUID leaf 0x40000000");
}

static void cpuid_absent(const char *why, struct host *host)
{
        struct host_fact *facts[] = { &host->vendor, &host->brand, &host->signature, &host->codename,
                &host->hypervisor };

        for (size_t i = 0; i < ARRAY_SIZE(facts); i++)
                host_fact_absent(facts[i], "CPUID: %s", why);
}

static void cpuid_read_recorded(const struct host_source *source, struct host *host, uint64_t *kinds)
{
        char path[4096];
        struct cpu_raw_data_array_t dump;

        (void)snprintf(path, sizeof(path), "%s", source->cpuid_raw);
        if (cpuid_deserialize_all_raw_data(&dump, path) < 0) {
                cpuid_absent(cpuid_error(), host);
                return;
        }
        if (dump.num_raw == 0) {
                cpuid_absent("the dump is empty", host);
        } else {
                cpuid_names(&dump.raw[0], host);
                cpuid_hypervisor(true, &dump.raw[0], host);
                cpuid_features_recorded(&dump, host, kinds);
        }
        cpuid_free_raw_data_array(&dump);
}

void host_read_cpuid(const struct host_source *source, struct host *host)
{
        static uint64_t kinds[CHECK_CPU_MAX];
        struct cpu_raw_data_t raw;

        cpuid_set_verbosiness_level(0);
        if (source->cpuid_raw) {
                cpuid_read_recorded(source, host, kinds);
                return;
        }
        /* Not cpuid_get_all_raw_data: it leaves the caller bound to the last CPU. */
        if (cpuid_get_raw_data(&raw) < 0) {
                cpuid_absent(cpuid_error(), host);
                return;
        }
        cpuid_names(&raw, host);
        cpuid_hypervisor(false, &raw, host);
        cpuid_features_here(host, kinds);
}
