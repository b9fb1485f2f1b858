/* SPDX-License-Identifier: Apache-2.0 */
/* What runs on the emulated CPU: reads the records of tests/model/execution.h from the disk, executes each in
 * user mode, writes the results. */
#include "tests/model/bochs/disk.h"
#include "tests/model/bochs/machine.h"
#include "tests/model/bochs/paging.h"
#include "tests/model/bochs/timer.h"
#include "tests/model/bochs/trap.h"
#include "tests/model/execution.h"
#include "tests/model/xsave_image.h"

#define FLAGS_ALWAYS 0x202   /* IF and the bit that is always set */
#define FLAGS_RESUME 0x10000 /* RF: the exception's, not the code's */
#define TRAPS 0xcccccccccccccccc
#define LIMIT_ENTRY 64 /* instructions from timer_start to the code */
#define ARENA_PAGES (EXECUTION_ARENA_MAX / EXECUTION_PAGE + 3)
#define CODE_PAGES (EXECUTION_CODE_MAX / EXECUTION_PAGE + 2)
#define SECTORS(size) (((size) + EXECUTION_SECTOR - 1) / EXECUTION_SECTOR)
#define RECORD_MAX (sizeof(struct execution_record) + EXECUTION_ARENA_MAX + EXECUTION_CODE_MAX)
#define RESULT_MAX (sizeof(struct execution_result) + EXECUTION_ARENA_MAX)

static uint8_t record_bytes[SECTORS(RECORD_MAX) * EXECUTION_SECTOR] __attribute__((aligned(64)));
static uint8_t result_bytes[SECTORS(RESULT_MAX) * EXECUTION_SECTOR] __attribute__((aligned(64)));
static uint8_t arena[ARENA_PAGES][EXECUTION_PAGE] __attribute__((aligned(EXECUTION_PAGE)));
static uint8_t code[CODE_PAGES][EXECUTION_PAGE] __attribute__((aligned(EXECUTION_PAGE)));
static uint8_t resume[EXECUTION_PAGE] __attribute__((aligned(EXECUTION_PAGE)));
static uint8_t area[XSAVE_IMAGE_SIZE] __attribute__((aligned(64)));
static struct xsave_layout layout;

_Noreturn void machine_stop(const char *why)
{
        for (; *why; why++)
                machine_out8(0xe9, (uint8_t)*why);
        machine_out8(0xe9, '\n');
        for (const char *word = "Shutdown"; *word; word++)
                machine_out8(0x8900, (uint8_t)*word);
        for (;;)
                __asm__ volatile("cli; hlt");
}

/* The control registers as Linux has them, as far as this CPU has the bits. */
static void control_setup(void)
{
        uint32_t out[4] = { 7, 0, 0, 0 };
        uint64_t cr4;
        __asm__ volatile("cpuid" : "+a"(out[0]), "=b"(out[1]), "+c"(out[2]), "=d"(out[3]));
        __asm__ volatile("mov %%cr4, %0" : "=r"(cr4));
        cr4 |= 1 << 9 | 1 << 10 | 1 << 18;        /* OSFXSR OSXMMEXCPT OSXSAVE */
        cr4 |= (uint64_t)(out[1] & 1) << 16;      /* FSGSBASE */
        cr4 |= (uint64_t)(out[2] >> 2 & 1) << 11; /* UMIP */
        __asm__ volatile("mov %0, %%cr4" : : "r"(cr4));
        xsave_layout_read(&layout);
        if (!layout.components)
                machine_stop("this CPU model has no AVX");
        __asm__ volatile("xsetbv" : : "c"(0), "a"((uint32_t)layout.components), "d"(0));
}

static void map(const struct execution_record *record, const uint8_t *arena_bytes, const uint8_t *code_bytes)
{
        uint64_t arena_begin = (record->arena_address & -EXECUTION_PAGE) - EXECUTION_PAGE;
        uint64_t arena_end = record->arena_address + record->arena_size + EXECUTION_PAGE;
        uint64_t code_begin = record->code_address & -EXECUTION_PAGE;
        uint64_t code_end = record->code_address + record->code_size + EXECUTION_LEAVE_SIZE;
        uint8_t *code_at = code[0] + record->code_address % EXECUTION_PAGE;

        machine_fill(arena, 0, sizeof arena);
        machine_copy(arena[0] + (record->arena_address - arena_begin), arena_bytes, record->arena_size);
        machine_fill(code, TRAPS, sizeof code);
        machine_copy(code_at, code_bytes, record->code_size);
        execution_leave(code_at + record->code_size);

        paging_begin();
        for (uint64_t i = 0; arena_begin + i * EXECUTION_PAGE < arena_end; i++)
                paging_map(arena_begin + i * EXECUTION_PAGE, arena[i], PAGING_DATA);
        for (uint64_t i = 0; code_begin + i * EXECUTION_PAGE < code_end; i++)
                paging_map(code_begin + i * EXECUTION_PAGE, code[i], PAGING_CODE);
        paging_map(EXECUTION_RESUME, resume, PAGING_CODE);
        paging_use();
}

static const struct trap_frame *enter(const struct execution_record *record)
{
        const struct registers *from = &record->registers;
        struct trap_frame frame = {
                .rip = record->code_address,
                .cs = TRAP_USER_CODE,
                .rflags = (from->flags & REGISTERS_FLAGS_HELD) | FLAGS_ALWAYS,
                .rsp = from->general[REGISTERS_RSP],
                .ss = TRAP_USER_DATA,
        };
        machine_copy(frame.general, from->general, sizeof frame.general);
        machine_msr_write(MACHINE_MSR_FS_BASE, from->fs_base);
        machine_msr_write(MACHINE_MSR_GS_BASE, from->gs_base);
        xsave_image_fill(&layout, from, record->x87_tags, area);
        timer_start(record->limit + LIMIT_ENTRY);
        __asm__ volatile("xrstor64 %0" : : "m"(area), "a"((uint32_t)layout.components), "d"(0));
        const struct trap_frame *left = user_run(&frame);
        machine_fill(area, 0, sizeof area);
        __asm__ volatile("xsave64 %0" : "+m"(area) : "a"((uint32_t)layout.components), "d"(0));
        if (left->vector == TRAP_TIMER)
                timer_acknowledge();
        timer_stop();
        return left;
}

static void outcome_fill(const struct trap_frame *left, struct execution_result *result)
{
        if (left->vector == TRAP_TIMER) {
                result->outcome = EXECUTION_TIMEOUT;
        } else if (left->vector == TRAP_RESUME && left->rip - EXECUTION_RESUME < EXECUTION_PAGE) {
                result->outcome = EXECUTION_ENDED;
        } else {
                result->outcome = EXECUTION_FAULT;
                result->vector = (uint32_t)left->vector;
                result->error_code = left->error_code;
                result->rip = left->rip;
                if (left->vector == 14)
                        __asm__("mov %%cr2, %0" : "=r"(result->address));
        }
}

static void result_fill(const struct execution_record *record, const struct trap_frame *left)
{
        struct execution_result *result = (struct execution_result *)result_bytes;
        struct registers *to = &result->registers;
        machine_fill(result, 0, sizeof *result);
        outcome_fill(left, result);
        machine_copy(to->general, left->general, sizeof to->general);
        to->flags = left->rflags & ~(uint64_t)FLAGS_RESUME;
        to->fs_base = machine_msr_read(MACHINE_MSR_FS_BASE);
        to->gs_base = machine_msr_read(MACHINE_MSR_GS_BASE);
        xsave_image_read(&layout, area, to, &result->x87_tags);
        machine_copy(result + 1, arena[0] + EXECUTION_PAGE + record->arena_address % EXECUTION_PAGE,
                record->arena_size);
}

/* Reads the record at sector `first`. Returns the number of its sectors. */
static uint32_t record_read(uint32_t first)
{
        const struct execution_record *record = (const struct execution_record *)record_bytes;
        disk_read(first, 1, record_bytes);
        if (record->arena_size > EXECUTION_ARENA_MAX || record->code_size > EXECUTION_CODE_MAX)
                machine_stop("a record is too large");
        uint32_t sectors = SECTORS(sizeof *record + record->arena_size + record->code_size);
        disk_read(first + 1, sectors - 1, record_bytes + EXECUTION_SECTOR);
        return sectors;
}

_Noreturn void guest_main(void)
{
        control_setup();
        trap_setup();
        timer_setup();
        resume[0] = 0xcd; /* int TRAP_RESUME */
        resume[1] = TRAP_RESUME;

        disk_read(0, 1, record_bytes);
        struct execution_file file = *(const struct execution_file *)record_bytes;
        if (file.magic != EXECUTION_MAGIC)
                machine_stop("the disk is no file of records");
        uint32_t from = 1, to = (uint32_t)file.results;
        for (uint64_t i = 0; i < file.count; i++) {
                const struct execution_record *record = (const struct execution_record *)record_bytes;
                const uint8_t *bytes = record_bytes + sizeof *record;
                from += record_read(from);
                map(record, bytes, bytes + record->arena_size);
                result_fill(record, enter(record));
                uint32_t sectors = SECTORS(sizeof(struct execution_result) + record->arena_size);
                disk_write(to, sectors, result_bytes);
                to += sectors;
        }
        machine_stop("done");
}
