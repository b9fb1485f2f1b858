/* SPDX-License-Identifier: Apache-2.0 */
/* native_run FILE: executes the records of tests/model/execution.h on this CPU, each in a child of its own.
 *
 * The code may leave nothing of a C program in order, the thread's fs base included: what runs in the child after
 * it uses no library and no thread-local variable. A child that makes a system call (seccomp) or dies otherwise is
 * an outcome too. */
#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

#include "tests/model/execution.h"
#include "tests/model/xsave_image.h"

#define FLAGS_ALWAYS 0x202   /* IF and the bit that is always set */
#define FLAGS_RESUME 0x10000 /* RF: the exception's, not the code's */
#define TIMEOUT_MS 200       /* of the child's own time */
#define OUTCOME_DIED 4
#define EXIT_SKIPPED 77 /* this CPU or kernel has not what it takes */
#define EXIT_NO_ROOM 78 /* of a child: the record's addresses are taken */
#define HWCAP2_FSGSBASE 2

extern struct registers native_registers;
extern uint8_t native_area[XSAVE_IMAGE_SIZE];
extern uint64_t native_code;
extern uint32_t native_components;
_Noreturn void native_enter(void);
void native_leave(void);
_Noreturn void native_ended(void);

static struct xsave_layout layout;
static const struct execution_record *record;
static struct execution_result *result;
static uint8_t signal_stack[65536];

static _Noreturn void leave_process(void)
{
        for (;;)
                __asm__ volatile("syscall" : : "a"(SYS_exit), "D"(0) : "rcx", "r11", "memory");
}

static void copy(void *to, const void *from, uint64_t size)
{
        __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(size) : : "memory");
}

static _Noreturn void finish(const uint8_t *area)
{
        struct registers *to = &result->registers;
        copy(to, &native_registers, sizeof *to);
        xsave_image_read(&layout, area, to, &result->x87_tags);
        __asm__ volatile("rdfsbase %0" : "=r"(to->fs_base));
        __asm__ volatile("rdgsbase %0" : "=r"(to->gs_base));
        to->shape = 0;
        copy(result + 1, (const void *)record->arena_address, record->arena_size);
        leave_process();
}

_Noreturn void native_ended(void)
{
        result->outcome = EXECUTION_ENDED;
        finish(native_area);
}

static void on_signal(int number, siginfo_t *information, void *context)
{
        static const uint8_t order[16] = { REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI,
                REG_RDI, REG_R8, REG_R9, REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15 };
        const mcontext_t *machine = &((ucontext_t *)context)->uc_mcontext;
        (void)information;
        for (unsigned i = 0; i < 16; i++)
                native_registers.general[i] = (uint64_t)machine->gregs[order[i]];
        native_registers.flags = (uint64_t)machine->gregs[REG_EFL] & ~(uint64_t)FLAGS_RESUME;
        result->outcome = number == SIGVTALRM ? EXECUTION_TIMEOUT : EXECUTION_FAULT;
        if (number != SIGVTALRM) {
                result->vector = (uint32_t)machine->gregs[REG_TRAPNO];
                result->error_code = (uint64_t)machine->gregs[REG_ERR];
                result->rip = (uint64_t)machine->gregs[REG_RIP];
                if (result->vector == 14)
                        result->address = (uint64_t)machine->gregs[REG_CR2];
        }
        finish((const uint8_t *)machine->fpregs);
}

static uint8_t *map(uint64_t begin, uint64_t end, uint8_t fill)
{
        begin &= -EXECUTION_PAGE;
        end = (end + EXECUTION_PAGE - 1) & -EXECUTION_PAGE;
        uint8_t *at = mmap((void *)begin, end - begin, PROT_READ | PROT_WRITE,
                MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
        if (at != (uint8_t *)begin)
                _exit(EXIT_NO_ROOM);
        memset(at, fill, end - begin);
        return at;
}

static void make_code(uint8_t *pages, uint64_t end)
{
        end = (end + EXECUTION_PAGE - 1) & -EXECUTION_PAGE;
        if (mprotect(pages, end - (uint64_t)pages, PROT_READ | PROT_EXEC))
                _exit(EXIT_NO_ROOM);
}

static void map_record(const uint8_t *arena, const uint8_t *code)
{
        uint64_t code_end = record->code_address + record->code_size + EXECUTION_LEAVE_SIZE;
        void (*leave)(void) = native_leave;
        uint8_t *to = (uint8_t *)record->code_address;
        map((record->arena_address & -EXECUTION_PAGE) - EXECUTION_PAGE,
                record->arena_address + record->arena_size + EXECUTION_PAGE, 0);
        memcpy((void *)record->arena_address, arena, record->arena_size);
        uint8_t *pages = map(record->code_address, code_end, 0xcc);
        memcpy(to, code, record->code_size);
        execution_leave(to + record->code_size);
        make_code(pages, code_end);
        uint8_t *resume = map(EXECUTION_RESUME, EXECUTION_RESUME + EXECUTION_PAGE, 0xcc);
        execution_leave(resume);
        memcpy(resume + 6, &leave, sizeof leave);
        make_code(resume, EXECUTION_RESUME + EXECUTION_PAGE);
}

static void catch_signals(void)
{
        static const int numbers[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGVTALRM };
        stack_t stack = { .ss_sp = signal_stack, .ss_size = sizeof signal_stack };
        struct sigaction action = { .sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_ONSTACK };
        struct itimerval timer = { .it_value = { .tv_usec = TIMEOUT_MS * 1000 } };
        sigaltstack(&stack, NULL);
        for (unsigned i = 0; i < sizeof numbers / sizeof *numbers; i++)
                sigaction(numbers[i], &action, NULL);
        setitimer(ITIMER_VIRTUAL, &timer, NULL);
}

static _Noreturn void child(void)
{
        const uint8_t *bytes = (const uint8_t *)(record + 1);
        map_record(bytes, bytes + record->arena_size);
        native_registers = record->registers;
        native_registers.flags = (record->registers.flags & REGISTERS_FLAGS_HELD) | FLAGS_ALWAYS;
        native_components = (uint32_t)layout.components;
        native_code = record->code_address;
        xsave_image_fill(&layout, &record->registers, record->x87_tags, native_area);
        catch_signals();
        if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT))
                _exit(EXIT_NO_ROOM);
        native_enter();
}

/* Returns false when the record cannot be executed here at all. */
static bool run(void)
{
        int status = 0;
        pid_t process = fork();
        if (process == 0)
                child();
        if (process < 0 || waitpid(process, &status, 0) != process) {
                perror("native_run: fork");
                return false;
        }
        if (WIFEXITED(status) && WEXITSTATUS(status) != 0) {
                fprintf(stderr, "native_run: the record at %#llx: its pages are not free here\n",
                        (unsigned long long)record->code_address);
                return false;
        }
        if (result->outcome == EXECUTION_NONE) {
                result->outcome = OUTCOME_DIED;
                result->vector = WIFSIGNALED(status) ? (uint32_t)WTERMSIG(status) : 0;
        }
        return true;
}

static uint64_t sectors(uint64_t size)
{
        return (size + EXECUTION_SECTOR - 1) / EXECUTION_SECTOR * EXECUTION_SECTOR;
}

static bool run_all(uint8_t *file)
{
        const struct execution_file *header = (const struct execution_file *)file;
        uint8_t *from = file + EXECUTION_SECTOR, *to = file + header->results * EXECUTION_SECTOR;
        for (uint64_t i = 0; i < header->count; i++) {
                record = (const struct execution_record *)from;
                result = (struct execution_result *)to;
                if (!run())
                        return false;
                from += sectors(sizeof *record + record->arena_size + record->code_size);
                to += sectors(sizeof *result + record->arena_size);
        }
        return true;
}

int main(int argc, char **argv)
{
        struct stat status;
        xsave_layout_read(&layout);
        if (!layout.components || !(getauxval(AT_HWCAP2) & HWCAP2_FSGSBASE)) {
                puts("native_run: this CPU has no AVX, or its kernel does not allow FSGSBASE");
                return EXIT_SKIPPED;
        }
        int fd = argc == 2 ? open(argv[1], O_RDWR) : -1;
        if (fd < 0 || fstat(fd, &status)) {
                fprintf(stderr, "usage: native_run FILE\n");
                return 2;
        }
        uint8_t *file = mmap(NULL, (size_t)status.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        if (file == MAP_FAILED || ((struct execution_file *)file)->magic != EXECUTION_MAGIC) {
                fprintf(stderr, "native_run: %s is no file of records\n", argv[1]);
                return 2;
        }
        return run_all(file) ? 0 : 1;
}
