/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/faulty/code.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <Zydis/Zydis.h>

#include "base/array.h"
#include "base/cleanup.h"

#define GROWTH 4096

static const Elf64_Ehdr *header(const struct code *code)
{
        return code->file;
}

/* A part of the file, or NULL where it is not in it. */
static const void *at(const struct code *code, uint64_t offset, uint64_t size)
{
        return offset <= code->file_size && size <= code->file_size - offset
                       ? (const uint8_t *)code->file + offset
                       : NULL;
}

static const Elf64_Shdr *section(const struct code *code, unsigned index)
{
        if (index >= header(code)->e_shnum)
                return NULL;
        return at(code, header(code)->e_shoff + (uint64_t)index * sizeof(Elf64_Shdr), sizeof(Elf64_Shdr));
}

static const Elf64_Shdr *section_named(const struct code *code, const char *name)
{
        const Elf64_Shdr *names = section(code, header(code)->e_shstrndx);

        for (unsigned i = 0; names && i < header(code)->e_shnum; i++) {
                const Elf64_Shdr *s = section(code, i);
                const char *own = s ? at(code, names->sh_offset + s->sh_name, strlen(name) + 1) : NULL;

                if (own && strcmp(own, name) == 0)
                        return s;
        }
        return NULL;
}

/* Where the section of code ends that an address lies in; the address itself where there is none. */
static uint64_t section_end(const struct code *code, uint64_t address)
{
        for (unsigned i = 0; i < header(code)->e_shnum; i++) {
                const Elf64_Shdr *s = section(code, i);

                if (s && s->sh_flags & SHF_EXECINSTR && address >= s->sh_addr &&
                        address - s->sh_addr < s->sh_size)
                        return s->sh_addr + s->sh_size;
        }
        return address;
}

int code_add(struct code *code, uint64_t begin, uint64_t end, const char *name)
{
        if (code->n_functions % GROWTH == 0) {
                void *more =
                        realloc(code->functions, (code->n_functions + GROWTH) * sizeof(*code->functions));

                if (!more)
                        return -ENOMEM;
                code->functions = more;
        }
        code->functions[code->n_functions++] = (struct code_function){ begin, end, name };
        return 0;
}

/* ---- functions ---- */

static int by_address(const void *a, const void *b)
{
        const struct code_function *x = a, *y = b;

        if (x->begin != y->begin)
                return x->begin < y->begin ? -1 : 1;
        return x->end > y->end ? -1 : x->end < y->end; /* the one that has a size first */
}

/* Symbol `i`, NULL behind the last one; *ret_name is NULL for one that names no code. */
static const Elf64_Sym *symbol(const struct code *code, const Elf64_Shdr *table, const Elf64_Shdr *names,
        uint64_t i, const char **ret_name)
{
        const Elf64_Sym *s = i < table->sh_size / sizeof(*s)
                                     ? at(code, table->sh_offset + i * sizeof(*s), sizeof(*s))
                                     : NULL;
        const char *name = s ? at(code, names->sh_offset + s->st_name, 1) : NULL;
        unsigned type = s ? ELF64_ST_TYPE(s->st_info) : STT_FILE;
        bool is_code = name && *name && s->st_shndx != SHN_UNDEF &&
                       (type == STT_FUNC || type == STT_NOTYPE || type == STT_GNU_IFUNC) &&
                       section_end(code, s->st_value) > s->st_value;

        *ret_name = is_code ? name : NULL;
        return s;
}

static int add_symbols(struct code *code)
{
        const Elf64_Shdr *table = section_named(code, ".symtab");
        const Elf64_Shdr *names = table ? section(code, table->sh_link) : NULL;
        const Elf64_Sym *s;
        const char *name;
        int r = 0;

        for (uint64_t i = 0; names && r == 0 && (s = symbol(code, table, names, i, &name)); i++)
                if (name)
                        r = code_add(code, s->st_value, s->st_value + s->st_size, name);
        return r;
}

/* A label without a size ends where the next one begins, or its section; inside another function it says nothing. */
static void close_functions(struct code *code)
{
        size_t kept = 0;
        uint64_t covered = 0;

        qsort(code->functions, code->n_functions, sizeof(*code->functions), by_address);
        for (size_t i = 0; i < code->n_functions; i++) {
                struct code_function f = code->functions[i];

                if (f.begin < covered)
                        continue;
                if (f.end <= f.begin) {
                        size_t next = i + 1;

                        while (next < code->n_functions && code->functions[next].begin == f.begin)
                                next++;
                        f.end = section_end(code, f.begin);
                        if (next < code->n_functions)
                                f.end = MIN(f.end, code->functions[next].begin);
                }
                covered = f.end;
                code->functions[kept++] = f;
        }
        code->n_functions = kept;
}

/* ---- instructions ---- */

const uint8_t *code_bytes(const struct code *code, uint64_t address, size_t *ret_size)
{
        for (unsigned i = 0; i < header(code)->e_phnum; i++) {
                const Elf64_Phdr *p =
                        at(code, header(code)->e_phoff + i * sizeof(Elf64_Phdr), sizeof(Elf64_Phdr));

                if (!p || p->p_type != PT_LOAD || address < p->p_vaddr ||
                        address >= p->p_vaddr + p->p_filesz)
                        continue;
                *ret_size = p->p_vaddr + p->p_filesz - address;
                return at(code, p->p_offset + address - p->p_vaddr, *ret_size);
        }
        return NULL;
}

static int add_place(struct code *code, uint64_t address, const ZydisDecodedInstruction *instruction)
{
        if (code->n_places % GROWTH == 0) {
                void *more = realloc(code->places, (code->n_places + GROWTH) * sizeof(*code->places));

                if (!more)
                        return -ENOMEM;
                code->places = more;
        }
        code->places[code->n_places++] = (struct code_place){ address, (uint16_t)instruction->mnemonic,
                instruction->length, (uint8_t)instruction->meta.isa_ext };
        return 0;
}

static int add_places(struct code *code, const ZydisDecoder *decoder, const struct code_function *function)
{
        uint64_t address = function->begin;
        ZydisDecodedInstruction instruction;
        size_t size;
        int r = 0;

        while (r == 0 && address < function->end) {
                const uint8_t *bytes = code_bytes(code, address, &size);

                if (!bytes ||
                        ZYAN_FAILED(ZydisDecoderDecodeInstruction(decoder, NULL, bytes, size, &instruction)))
                        break;
                r = add_place(code, address, &instruction);
                address += instruction.length;
        }
        return r;
}

static int read_all(struct code *code)
{
        const Elf64_Shdr *frames;
        ZydisDecoder decoder;
        int r = add_symbols(code);

        if (r == 0 && !code->n_functions) {
                frames = section_named(code, ".eh_frame");
                if (frames && at(code, frames->sh_offset, frames->sh_size))
                        r = code_frames(code, at(code, frames->sh_offset, frames->sh_size), frames->sh_size,
                                frames->sh_addr);
        }
        close_functions(code);
        (void)ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
        for (size_t i = 0; r == 0 && i < code->n_functions; i++)
                r = add_places(code, &decoder, &code->functions[i]);
        return r < 0 || code->n_places ? r : -ENOEXEC;
}

int code_read(const char *path, struct code *ret_code)
{
        AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
        struct code code = { 0 };
        struct stat stat;
        int r = -ENOEXEC;

        if (fd < 0 || fstat(fd, &stat) < 0)
                return -errno;
        code.file_size = (size_t)stat.st_size;
        if (code.file_size < sizeof(Elf64_Ehdr))
                return -ENOEXEC;
        code.file = mmap(NULL, code.file_size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (code.file == MAP_FAILED)
                return -errno;
        if (memcmp(code.file, ELFMAG, SELFMAG) == 0 && header(&code)->e_machine == EM_X86_64)
                r = read_all(&code);
        if (r < 0)
                code_free(&code);
        else
                *ret_code = code;
        return r;
}

void code_free(struct code *code)
{
        free(code->functions);
        free(code->places);
        if (code->file)
                (void)munmap(code->file, code->file_size);
        *code = (struct code){ 0 };
}

const struct code_function *code_function_at(const struct code *code, uint64_t address)
{
        for (size_t i = 0; i < code->n_functions; i++)
                if (address >= code->functions[i].begin && address < code->functions[i].end)
                        return &code->functions[i];
        return NULL;
}

uint64_t code_symbol(const struct code *code, const char *name)
{
        const Elf64_Shdr *table = section_named(code, ".symtab");
        const Elf64_Shdr *names = table ? section(code, table->sh_link) : NULL;
        uint64_t i = 0;
        const char *own;
        const Elf64_Sym *s;

        for (; names && (s = symbol(code, table, names, i, &own)); i++)
                if (own && strcmp(own, name) == 0)
                        return s->st_value;
        return 0;
}
