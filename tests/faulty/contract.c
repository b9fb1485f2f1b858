/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/faulty/contract.h"

#include <errno.h>
#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <Zydis/Zydis.h>

static unsigned mnemonic_of(const char *name)
{
        for (unsigned m = 1; m <= ZYDIS_MNEMONIC_MAX_VALUE; m++)
                if (strcmp(ZydisMnemonicGetString((ZydisMnemonic)m), name) == 0)
                        return m;
        return 0;
}

static json_t *load(const char *assay)
{
        char command[PATH_MAX + 64];
        FILE *list;
        json_t *root;

        (void)snprintf(command, sizeof(command), "'%s' list --coverage --json", assay);
        list = popen(command, "r");
        if (!list)
                return NULL;
        root = json_loadf(list, 0, NULL);
        if (pclose(list) == 0)
                return root;
        json_decref(root);
        return NULL;
}

int contract_read(const char *assay, struct contract *ret_contract)
{
        json_t *root = load(assay), *instruction;
        const json_t *instructions = json_object_get(root, "instructions");
        struct contract contract = { calloc(json_array_size(instructions) + 1, sizeof(*contract.entries)),
                0 };
        size_t i;

        json_array_foreach(instructions, i, instruction)
        {
                const char *name = json_string_value(json_object_get(instruction, "name"));
                const char *standing = json_string_value(json_object_get(instruction, "standing"));
                struct contract_entry *entry = &contract.entries[contract.n];

                if (!name || !standing || strcmp(standing, "excluded") == 0 || !mnemonic_of(name))
                        continue;
                (void)snprintf(entry->name, sizeof(entry->name), "%s", name);
                entry->mnemonic = mnemonic_of(name);
                entry->family = (int)json_integer_value(json_object_get(instruction, "family"));
                entry->known = strcmp(standing, "known") == 0;
                contract.n++;
        }
        json_decref(root);
        if (!contract.n) {
                contract_free(&contract);
                return -ENOEXEC;
        }
        *ret_contract = contract;
        return 0;
}

void contract_free(struct contract *contract)
{
        free(contract->entries);
        *contract = (struct contract){ 0 };
}

const struct contract_entry *contract_find(const struct contract *contract, const char *name)
{
        for (size_t i = 0; i < contract->n; i++)
                if (strcmp(contract->entries[i].name, name) == 0)
                        return &contract->entries[i];
        return NULL;
}
