/* SPDX-License-Identifier: Apache-2.0 */
/* Where programs run: memory of this process that is mapped twice, once to write and once to execute. */
#include "checks/program.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#define PLACE_SIZE (PROGRAM_CODE_MAX + 128)
#define MEMORY_SIZE ((PROGRAM_PLACES * PLACE_SIZE + 4095) & ~4095)

void program_enter(struct registers_pair *pair, const uint8_t *code, uint64_t size);
extern const char program_return[];

static uint8_t *writable, *executable;
static pid_t owner; /* a child that was forked later needs its own */

static int map_twice(int fd)
{
        uint8_t *write, *execute;

        if (ftruncate(fd, MEMORY_SIZE) < 0)
                return -errno;
        write = mmap(NULL, MEMORY_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        if (write == MAP_FAILED)
                return -errno;
        execute = mmap(NULL, MEMORY_SIZE, PROT_READ | PROT_EXEC, MAP_SHARED, fd, 0);
        if (execute == MAP_FAILED) {
                int r = -errno;

                (void)munmap(write, MEMORY_SIZE);
                return r;
        }
        if (writable) {
                (void)munmap(writable, MEMORY_SIZE);
                (void)munmap(executable, MEMORY_SIZE);
        }
        writable = write;
        executable = execute;
        return 0;
}

int program_prepare(void)
{
        int fd, r;

        if (owner == getpid())
                return 0;
        fd = memfd_create("assay-programs", MFD_CLOEXEC);
        if (fd < 0)
                return -errno;
        r = map_twice(fd);
        (void)close(fd);
        if (r == 0)
                owner = getpid();
        return r;
}

const uint8_t *program_code(uint32_t place)
{
        return executable + place * PLACE_SIZE;
}

void program_run(
        const struct program *program, struct registers_pair *pair, uint32_t place, uint8_t alignment)
{
        static const uint8_t jump[6] = { 0xff, 0x25 }; /* jmp *0(%rip) */
        uint32_t at = place * PLACE_SIZE + alignment;
        uint8_t *to = writable + at + program->size;
        const char *back = program_return;

        check_copy(writable + at, program->code, program->size);
        check_copy(to, jump, sizeof(jump));
        check_copy(to + sizeof(jump), &back, sizeof(back));
        program_enter(pair, executable + at, program->size);
}
