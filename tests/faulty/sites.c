/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/faulty/sites.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "tests/faulty/code.h"
#include "tests/faulty/emitted.h"

#define FILES_MAX 16
#define GROWTH 1024
#define ROUND_MARK "regime_run" /* the function that a worker calls once a round: agent/regime.h */

/* What the checks of real libraries call. */
static const char *const libraries[] = { "/libz.so.", "/libzstd.so.", "/libcrypto.so." };

struct file {
        char path[PATH_MAX];
        struct code code;
};

static const struct code *read_file(const char *path)
{
        static struct file *files[FILES_MAX];
        size_t i = 0;

        for (; i < FILES_MAX && files[i]; i++)
                if (strcmp(files[i]->path, path) == 0)
                        return &files[i]->code;
        if (i == FILES_MAX || !(files[i] = calloc(1, sizeof(*files[i]))))
                return NULL;
        (void)snprintf(files[i]->path, sizeof(files[i]->path), "%s", path);
        if (code_read(path, &files[i]->code) == 0)
                return &files[i]->code;
        free(files[i]);
        files[i] = NULL;
        return NULL;
}

static bool of_interest(const char *path, const char *program)
{
        if (strcmp(path, program) == 0)
                return true;
        for (size_t i = 0; i < ARRAY_SIZE(libraries); i++)
                if (strstr(path, libraries[i]))
                        return true;
        return false;
}

static struct site *add(struct sites *sites, uint64_t address)
{
        if (sites->n % GROWTH == 0) {
                void *more = realloc(sites->sites, (sites->n + GROWTH) * sizeof(*sites->sites));

                if (!more)
                        return NULL;
                sites->sites = more;
        }
        sites->sites[sites->n] = (struct site){ .address = address };
        return &sites->sites[sites->n++];
}

/* The marks of the program, as its file has them; 0: it has none such. */
struct marks {
        uint64_t round, enter, leave;
};

static enum site_mark mark_at(const struct marks *marks, uint64_t address)
{
        if (address == marks->round)
                return SITE_ROUND;
        if (address == marks->enter)
                return SITE_ENTER;
        return address == marks->leave ? SITE_LEAVE : SITE_UNMARKED;
}

static int add_code(struct sites *sites, const struct code *code, uint64_t bias, unsigned mnemonic,
        const struct marks *marks)
{
        for (size_t i = 0; i < code->n_places; i++) {
                const struct code_place *place = &code->places[i];
                enum site_mark mark = mark_at(marks, place->address);
                size_t size = 0;
                const uint8_t *bytes = code_bytes(code, place->address, &size);
                struct result result = { .n_parts = 0 };
                struct site *site;

                if (place->mnemonic == mnemonic && (!bytes || !result_decode(bytes, size, &result)))
                        result.n_parts = 0;
                if (!result.n_parts && !mark)
                        continue;
                if (!(site = add(sites, bias + place->address)))
                        return -ENOMEM;
                site->result = result;
                site->result.length = place->length;
                site->mark = mark;
        }
        return 0;
}

static int by_address(const void *a, const void *b)
{
        const struct site *x = a, *y = b;

        return x->address < y->address ? -1 : x->address > y->address;
}

static struct marks find_marks(const struct code *code)
{
        return (struct marks){ code_symbol(code, ROUND_MARK), code_symbol(code, EMITTED_ENTER),
                code_symbol(code, EMITTED_RETURN) };
}

int sites_find(pid_t pid, const char *program, unsigned mnemonic, struct sites *ret_sites)
{
        char path[64], line[PATH_MAX + 128], before[PATH_MAX] = "";
        struct sites sites = { 0 };
        AUTO_FILE FILE *maps = NULL;
        int r = 0;

        (void)snprintf(path, sizeof(path), "/proc/%d/maps", pid);
        maps = fopen(path, "re");
        if (!maps)
                return -errno;
        while (r == 0 && fgets(line, sizeof(line), maps)) {
                char *name = strchr(line, '/');
                uint64_t begin;
                const struct code *code;

                if (name)
                        name[strcspn(name, "\n")] = 0;
                /* Each file's first mapping is its beginning. */
                if (!name || strcmp(name, before) == 0 || sscanf(line, "%" SCNx64, &begin) != 1)
                        continue;
                (void)snprintf(before, sizeof(before), "%s", name);
                if (!of_interest(name, program) || !(code = read_file(name)))
                        continue;
                struct marks marks = { 0 };
                if (strcmp(name, program) == 0)
                        marks = find_marks(code);
                r = add_code(&sites, code, begin, mnemonic, &marks);
        }
        if (sites.n)
                qsort(sites.sites, sites.n, sizeof(*sites.sites), by_address);
        if (r < 0)
                sites_free(&sites);
        else
                *ret_sites = sites;
        return r;
}

int sites_emitted(
        const uint8_t *code, size_t size, uint64_t address, unsigned mnemonic, struct sites *ret_sites)
{
        static struct emitted_place places[EMITTED_PLACES_MAX];
        size_t n = emitted_find(code, size, mnemonic, places);
        struct sites sites = { 0 };

        for (size_t i = 0; i < n; i++) {
                struct site *site = add(&sites, address + places[i].offset);

                if (!site) {
                        sites_free(&sites);
                        return -ENOMEM;
                }
                site->result = places[i].result;
        }
        *ret_sites = sites;
        return 0;
}

void sites_free(struct sites *sites)
{
        free(sites->sites);
        *sites = (struct sites){ 0 };
}

struct site *sites_at(const struct sites *sites, uint64_t address)
{
        const struct site key = { .address = address };

        return sites->n ? bsearch(&key, sites->sites, sites->n, sizeof(key), by_address) : NULL;
}
