/* SPDX-License-Identifier: Apache-2.0 */
/* Which machine this is: firmware's names, the cloud's names as its agents left them on disk, and the
 * physical host under a virtual one. Nothing is asked over the network. */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "agent/host_read.h"
#include "base/array.h"
#include "base/cleanup.h"

#define DMI "/sys/class/dmi/id/"
#define CLOUD_INIT "/run/cloud-init/instance-data.json"
#define CLOUD_INIT_MAX (1024 * 1024)
/* Keys and values that Hyper-V gives its guests: Linux include/uapi/linux/hyperv.h, struct
 * hv_kvp_exchg_msg_value. */
#define HYPERV_POOL "/var/lib/hyperv/.kvp_pool_3"
#define HYPERV_KEY 512
#define HYPERV_VALUE 2048
#define HYPERV_RECORDS 64

/* "vendor product" from two files of the firmware's tables. */
static void identity_pair(
        const struct host_source *source, const char *first, const char *second, struct host_fact *fact)
{
        struct host_fact vendor, product;
        char text[2 * HOST_VALUE_MAX];
        int r = host_fact_file(source, first, &vendor);

        if (host_fact_file(source, second, &product) < 0) {
                *fact = r == 0 ? vendor : product;
                return;
        }
        (void)snprintf(
                text, sizeof(text), "%s%s%s", r == 0 ? vendor.value : "", r == 0 ? " " : "", product.value);
        host_fact_set(fact, text, product.source);
}

static void identity_firmware(const struct host_source *source, struct host *host)
{
        identity_pair(source, DMI "board_vendor", DMI "board_name", &host->board);
        identity_pair(source, DMI "sys_vendor", DMI "product_name", &host->product);
        if (host_fact_file(source, DMI "product_serial", &host->serial) == 0 && host->hypervisor.value[0])
                (void)snprintf(host->serial.source, HOST_SOURCE_MAX, "%s; names the VM, not its host",
                        DMI "product_serial");
}

static void identity_ppin(const struct host_source *source, struct host *host)
{
        int first = cpu_set_next(&host->online, -1);
        char path[96];

        (void)snprintf(
                path, sizeof(path), "/sys/devices/system/cpu/cpu%d/topology/ppin", first < 0 ? 0 : first);
        (void)host_fact_file(source, path, &host->ppin);
}

static json_t *identity_cloud_init(const struct host_source *source)
{
        AUTO_FREE char *text = malloc(CLOUD_INIT_MAX);
        ssize_t n = text ? host_bytes(source, CLOUD_INIT, text, CLOUD_INIT_MAX) : -ENOMEM;

        return n > 0 ? json_loadb(text, (size_t)n, 0, NULL) : NULL;
}

static void identity_json(json_t *data, const char *key, struct host_fact *fact)
{
        const char *value = json_string_value(json_object_get(json_object_get(data, "v1"), key));

        if (value && !host_is_placeholder(value))
                host_fact_set(fact, value, CLOUD_INIT);
        else
                host_fact_absent(
                        fact, data ? "%s does not say" : "%s is not there or cannot be read", CLOUD_INIT);
}

/* Without cloud-init: its plain file, then EC2's asset tag (an instance id under Nitro). */
static void identity_instance(const struct host_source *source, struct host *host)
{
        struct host_fact other;

        if (host_fact_file(source, "/var/lib/cloud/data/instance-id", &host->instance_id) == 0)
                return;
        if (host_fact_file(source, DMI "board_asset_tag", &other) == 0 && strncmp(other.value, "i-", 2) == 0)
                host->instance_id = other;
        else
                host_fact_absent(&host->instance_id, "no cloud-init data and no asset tag that is one");
}

static void identity_cloud(const struct host_source *source, json_t *data, struct host *host)
{
        identity_json(data, "region", &host->region);
        identity_json(data, "availability_zone", &host->zone);
        identity_json(data, "instance_id", &host->instance_id);
        if (!host->instance_id.value[0])
                identity_instance(source, host);
}

/* Finds a key in Hyper-V's pool. A record is two fields of fixed size, each ended by a 0. */
static int identity_hyperv(
        const struct host_source *source, const char *key, char value[static HYPERV_VALUE])
{
        const size_t record = HYPERV_KEY + HYPERV_VALUE, size = record * HYPERV_RECORDS;
        AUTO_FREE char *pool = malloc(size);
        ssize_t n = pool ? host_bytes(source, HYPERV_POOL, pool, size) : -ENOMEM;

        for (size_t at = 0; n > 0 && at + record <= (size_t)n; at += record) {
                if (strnlen(pool + at, HYPERV_KEY) == HYPERV_KEY || strcmp(pool + at, key) != 0)
                        continue;
                (void)snprintf(value, HYPERV_VALUE, "%.*s", HYPERV_VALUE - 1, pool + at + HYPERV_KEY);
                return 0;
        }
        return n < 0 ? (int)n : -ENODATA;
}

/* True where the command names the host. Where there is one that does not, it says so in host->identity_failure. */
static bool identity_from_command(const struct host_source *source, struct host *host)
{
        char text[HOST_VALUE_MAX], why[HOST_COMMAND_WHY_MAX];
        int r;

        if (!source->identity_command || !*source->identity_command)
                return false;
        r = host_command(source->identity_command, text, sizeof(text), why);
        if (r == 0 && !host_is_placeholder(text)) {
                host_fact_set(&host->physical_host, text, "identity-command of the configuration");
                return true;
        }
        if (r == 0)
                (void)snprintf(why, sizeof(why), "printed a placeholder, '%.30s'", text);
        (void)snprintf(host->identity_failure, sizeof(host->identity_failure),
                "identity-command %s: correct it in the configuration", why);
        return false;
}

static bool identity_from_hyperv(const struct host_source *source, struct host_fact *fact)
{
        static const char *const keys[] = { "PhysicalHostNameFullyQualified", "PhysicalHostName" };
        char value[HYPERV_VALUE];

        for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
                if (identity_hyperv(source, keys[i], value) == 0 && !host_is_placeholder(value)) {
                        host_fact_set(fact, value, "Hyper-V key-value pool 3");
                        return true;
                }
        return false;
}

/* EC2 names the machine to those who rent it whole. */
static bool identity_from_cloud(json_t *data, struct host_fact *fact)
{
        json_t *metadata = json_object_get(json_object_get(data, "ds"), "meta_data");
        const char *id =
                json_string_value(json_object_get(json_object_get(metadata, "placement"), "host-id"));

        if (!id || host_is_placeholder(id))
                return false;
        host_fact_set(fact, id, CLOUD_INIT " (placement.host-id)");
        return true;
}

/* The sources that name it without the command, in the order in which they are believed. */
static bool identity_found(const struct host_source *source, json_t *data, struct host *host)
{
        struct host_fact *fact = &host->physical_host;
        char text[HOST_VALUE_MAX + 8];

        if (identity_from_hyperv(source, fact) || identity_from_cloud(data, fact))
                return true;
        if (host->ppin.value[0]) {
                (void)snprintf(text, sizeof(text), "ppin:%s", host->ppin.value);
                host_fact_set(fact, text, "PPIN of the first package");
        } else if (host->serial.value[0] && !host->hypervisor.value[0]) {
                host_fact_set(fact, host->serial.value, "SMBIOS serial number");
        }
        return fact->value[0];
}

static void identity_physical(const struct host_source *source, json_t *data, struct host *host)
{
        struct host_fact *fact = &host->physical_host;
        const char *failure = host->identity_failure;
        size_t used;

        if (identity_from_command(source, host))
                return;
        if (!identity_found(source, data, host)) {
                host_fact_absent(fact, "%s; %s",
                        host->hypervisor.value[0] ? "the hypervisor names none"
                                                  : "no PPIN or serial can be read",
                        *failure ? failure : "set identity-command");
                return;
        }
        used = strlen(fact->source);
        if (*failure)
                (void)snprintf(fact->source + used, sizeof(fact->source) - used, "; %s", failure);
}

static void identity_free(json_t **data)
{
        json_decref(*data);
}

void host_read_identity(const struct host_source *source, struct host *host)
{
        __attribute__((cleanup(identity_free))) json_t *data = identity_cloud_init(source);

        identity_firmware(source, host);
        identity_ppin(source, host);
        identity_cloud(source, data, host);
        identity_physical(source, data, host);
}
