/* SPDX-License-Identifier: Apache-2.0 */
/* Makes calls of a program fail, as a short host would: LD_PRELOAD it with FAILING=CALL:FIRST:COUNT:ERRNO in
 * the environment. Of each process, calls FIRST to FIRST + COUNT - 1 fail; a child counts on from its
 * parent. Only calls that stand in the program itself count: what a library does without memory (hwloc 2.9
 * has an assertion that fails) is not ours. The functions have the names and contracts of the C library's.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static struct {
        char call[32];
        unsigned long first, count;
        int error;
        atomic_ulong seen;
        uintptr_t begin, end; /* of the program */
} failing;

/* The program comes first. */
static int find_program(struct dl_phdr_info *info, size_t size, void *user)
{
        (void)size;
        (void)user;
        for (int i = 0; i < info->dlpi_phnum; i++) {
                const ElfW(Phdr) *part = &info->dlpi_phdr[i];

                if (part->p_type != PT_LOAD || !(part->p_flags & PF_X))
                        continue;
                failing.begin = info->dlpi_addr + part->p_vaddr;
                failing.end = failing.begin + part->p_memsz;
        }
        return 1;
}

__attribute__((constructor)) static void read_environment(void)
{
        const char *text = getenv("FAILING");

        (void)dl_iterate_phdr(find_program, NULL);
        if (text && sscanf(text, "%31[^:]:%lu:%lu:%d", failing.call, &failing.first, &failing.count,
                            &failing.error) != 4)
                _exit(126);
}

/* True where this call of `call` is to fail; errno is set then. */
static int is_due(const char *call, const void *caller)
{
        unsigned long number;

        if ((uintptr_t)caller < failing.begin || (uintptr_t)caller >= failing.end ||
                strcmp(failing.call, call) != 0)
                return 0;
        number = atomic_fetch_add(&failing.seen, 1) + 1;
        if (number < failing.first || number - failing.first >= failing.count)
                return 0;
        errno = failing.error;
        return 1;
}

#define fails(call) is_due(call, __builtin_return_address(0))
#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

/* The system call itself: what is interposed here must not call itself. */
static long raw_syscall(long number, const long arguments[static 6])
{
        register long fourth __asm__("r10") = arguments[3];
        register long fifth __asm__("r8") = arguments[4];
        register long sixth __asm__("r9") = arguments[5];
        long result;

        __asm__ volatile("syscall"
                         : "=a"(result)
                         : "a"(number), "D"(arguments[0]), "S"(arguments[1]), "d"(arguments[2]), "r"(fourth),
                         "r"(fifth), "r"(sixth)
                         : "rcx", "r11", "memory");
        if (result >= 0 || result < -4095)
                return result;
        errno = (int)-result;
        return -1;
}

/* timer_create has no other door: the program asks the kernel for it directly. */
long syscall(long number, ...)
{
        long arguments[6];
        va_list list;

        if (number == SYS_timer_create && fails("timer_create"))
                return -1;
        va_start(list, number);
        for (size_t i = 0; i < 6; i++)
                arguments[i] = va_arg(list, long);
        va_end(list);
        return raw_syscall(number, arguments);
}

pid_t fork(void)
{
        return fails("fork") ? -1 : NEXT(fork)();
}

void *mmap(void *address, size_t size, int protection, int flags, int fd, off_t offset)
{
        const long arguments[6] = { (long)address, (long)size, protection, flags, fd, offset };

        return fails("mmap") ? MAP_FAILED : (void *)raw_syscall(SYS_mmap, arguments); /* NOLINT */
}

int memfd_create(const char *name, unsigned flags)
{
        return fails("memfd_create") ? -1 : NEXT(memfd_create)(name, flags);
}

int ftruncate(int fd, off_t size)
{
        return fails("ftruncate") ? -1 : NEXT(ftruncate)(fd, size);
}

int sigaltstack(const stack_t *stack, stack_t *old)
{
        return fails("sigaltstack") ? -1 : NEXT(sigaltstack)(stack, old);
}

int sigaction(int number, const struct sigaction *action, struct sigaction *old)
{
        return fails("sigaction") ? -1 : NEXT(sigaction)(number, action, old);
}

int sched_setaffinity(pid_t pid, size_t size, const cpu_set_t *set)
{
        return fails("sched_setaffinity") ? -1 : NEXT(sched_setaffinity)(pid, size, set);
}

int fsync(int fd)
{
        return fails("fsync") ? -1 : NEXT(fsync)(fd);
}

ssize_t write(int fd, const void *bytes, size_t size)
{
        return fails("write") ? -1 : NEXT(write)(fd, bytes, size);
}

size_t fwrite(const void *bytes, size_t size, size_t n, FILE *file)
{
        return fails("fwrite") ? 0 : NEXT(fwrite)(bytes, size, n, file);
}

int fflush(FILE *file)
{
        return fails("fflush") ? EOF : NEXT(fflush)(file);
}

FILE *fopen(const char *path, const char *mode)
{
        return fails("fopen") ? NULL : NEXT(fopen)(path, mode);
}

int open(const char *path, int flags, ...)
{
        va_list list;
        mode_t mode;

        va_start(list, flags);
        mode = va_arg(list, mode_t);
        va_end(list);
        return fails("open") ? -1 : NEXT(open)(path, flags, mode);
}

/* The C library's own doors: dlsym would allocate. */
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *memory, size_t size);

void *malloc(size_t size)
{
        return fails("malloc") ? NULL : __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
        return fails("calloc") ? NULL : __libc_calloc(n, size);
}

void *realloc(void *memory, size_t size)
{
        return fails("realloc") ? NULL : __libc_realloc(memory, size);
}
