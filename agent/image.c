/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/image.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"

struct sections {
        const uint8_t *file;
        const Elf64_Shdr *headers;
        size_t n;
        const char *names;
        uintptr_t bias;          /* from an address in the file to one in memory */
        const uint64_t *kernels; /* the addresses in .kernels of checks/asm.h */
        size_t n_kernels;
};

static int map_file(const char *path, void **ret_file, size_t *ret_size)
{
        AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
        struct stat status;
        void *file;

        if (fd < 0 || fstat(fd, &status) < 0)
                return -errno;
        file = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (file == MAP_FAILED)
                return -errno;
        *ret_file = file;
        *ret_size = (size_t)status.st_size;
        return 0;
}

/* The first object is the program itself (dl_iterate_phdr(3)). */
static int take_bias(struct dl_phdr_info *info, size_t size, void *user)
{
        (void)size;
        *(uintptr_t *)user = info->dlpi_addr;
        return 1;
}

static const Elf64_Shdr *find_section(const struct sections *sections, const char *name)
{
        for (size_t i = 0; i < sections->n; i++)
                if (strcmp(sections->names + sections->headers[i].sh_name, name) == 0)
                        return &sections->headers[i];
        return NULL;
}

static bool is_kernel(const struct sections *sections, const Elf64_Sym *symbol)
{
        for (size_t i = 0; i < sections->n_kernels; i++)
                if (sections->kernels[i] == symbol->st_value)
                        return true;
        return false;
}

/* Where a symbol without a size ends at the latest. */
static uintptr_t section_end(const struct sections *sections, const Elf64_Sym *symbol)
{
        const Elf64_Shdr *section = &sections->headers[symbol->st_shndx];

        return sections->bias + section->sh_addr + section->sh_size;
}

static bool wanted(const struct sections *sections, const Elf64_Sym *symbol)
{
        unsigned type = ELF64_ST_TYPE(symbol->st_info);

        return symbol->st_shndx != SHN_UNDEF && symbol->st_shndx < sections->n &&
               (type == STT_NOTYPE || type == STT_OBJECT || type == STT_FUNC) &&
               sections->headers[symbol->st_shndx].sh_flags & SHF_ALLOC;
}

static struct image_symbol take_symbol(
        const struct sections *sections, const Elf64_Sym *symbol, const char *names)
{
        const Elf64_Shdr *section = &sections->headers[symbol->st_shndx];
        uintptr_t begin = sections->bias + symbol->st_value;

        return (struct image_symbol){
                .name = names + symbol->st_name,
                .begin = begin,
                .end = symbol->st_size ? begin + symbol->st_size : section_end(sections, symbol),
                .code = section->sh_flags & SHF_EXECINSTR,
                .sized = symbol->st_size != 0,
                .assembly = ELF64_ST_TYPE(symbol->st_info) == STT_NOTYPE || is_kernel(sections, symbol),
        };
}

/* By address; of several at one address, one with a size comes first. */
static int compare(const void *left, const void *right)
{
        const struct image_symbol *a = left, *b = right;

        if (a->begin != b->begin)
                return a->begin < b->begin ? -1 : 1;
        return (int)b->sized - (int)a->sized;
}

/* Leaves out what lies within another symbol, and ends those without a size where the next begins. */
static size_t part(struct image_symbol *symbols, size_t n)
{
        size_t kept = 0;

        for (size_t i = 0; i < n; i++) {
                struct image_symbol *last = kept ? &symbols[kept - 1] : NULL;

                if (last && symbols[i].begin < last->end) {
                        if (last->sized || symbols[i].begin == last->begin)
                                continue;
                        last->end = symbols[i].begin;
                }
                symbols[kept++] = symbols[i];
        }
        return kept;
}

static void take_sections(struct sections *sections, const uint8_t *file)
{
        const Elf64_Ehdr *header = (const void *)file;
        const Elf64_Shdr *kernels;

        sections->file = file;
        sections->headers = (const void *)(file + header->e_shoff);
        sections->n = header->e_shnum;
        sections->names = (const char *)file + sections->headers[header->e_shstrndx].sh_offset;
        kernels = find_section(sections, ".kernels");
        if (kernels) {
                sections->kernels = (const void *)(file + kernels->sh_offset);
                sections->n_kernels = kernels->sh_size / sizeof(*sections->kernels);
        }
        (void)dl_iterate_phdr(take_bias, &sections->bias);
}

static int take_symbols(struct image *image, const struct sections *sections)
{
        const Elf64_Shdr *table = find_section(sections, ".symtab");
        const Elf64_Sym *symbols;
        const char *names;
        size_t n;

        if (!table)
                return -ENOEXEC;
        symbols = (const void *)(sections->file + table->sh_offset);
        names = (const char *)sections->file + sections->headers[table->sh_link].sh_offset;
        n = table->sh_size / sizeof(*symbols);
        image->symbols = calloc(n, sizeof(*image->symbols));
        if (!image->symbols)
                return -ENOMEM;
        for (size_t i = 0; i < n; i++)
                if (wanted(sections, &symbols[i]))
                        image->symbols[image->n_symbols++] = take_symbol(sections, &symbols[i], names);
        qsort(image->symbols, image->n_symbols, sizeof(*image->symbols), compare);
        image->n_symbols = part(image->symbols, image->n_symbols);
        return 0;
}

int image_open(struct image *ret_image)
{
        struct image image = { 0 };
        struct sections sections = { 0 };
        int r;

        r = map_file("/proc/self/exe", &image.file, &image.file_size);
        if (r < 0)
                return r;
        take_sections(&sections, image.file);
        r = take_symbols(&image, &sections);
        if (r < 0) {
                image_close(&image);
                return r;
        }
        *ret_image = image;
        return 0;
}

void image_close(struct image *image)
{
        free(image->symbols);
        if (image->file)
                (void)munmap(image->file, image->file_size);
        *image = (struct image){ 0 };
}

const struct image_symbol *image_find(const struct image *image, uintptr_t address)
{
        size_t low = 0, high = image->n_symbols;

        while (low < high) {
                size_t middle = low + (high - low) / 2;
                const struct image_symbol *symbol = &image->symbols[middle];

                if (address < symbol->begin)
                        high = middle;
                else if (address >= symbol->end)
                        low = middle + 1;
                else
                        return symbol;
        }
        return NULL;
}
