/* SPDX-License-Identifier: Apache-2.0 */
/* The file through which code is executed elsewhere: by the emulator's guest (tests/model/bochs/) and by this
 * CPU (tests/model/native_run.c). execution.py writes and reads it.
 *
 * It consists of sectors. The first holds struct execution_file, from the second on come the records one after
 * another, from sector `results` on the results; each starts a sector. A record is struct execution_record, the
 * bytes of the arena and the bytes of the code; a result is struct execution_result and the bytes of the arena.
 *
 * The code runs in user mode. It and the arena lie at the linear addresses that the record names. The pages of
 * the arena, the one below and the one above are readable and writable and zero apart from the arena; those of
 * the code are readable and executable and 0xcc apart from the code. The code ends with the 14 bytes of
 * execution_leave. */
#pragma once

#include <stdint.h>

#include "checks/registers.h"

#define EXECUTION_MAGIC 0x6e6f697475636578
#define EXECUTION_SECTOR 512
#define EXECUTION_PAGE 4096
#define EXECUTION_ARENA_MAX 8192
#define EXECUTION_CODE_MAX 16384
#define EXECUTION_LEAVE_SIZE 14
#define EXECUTION_RESUME 0x7e000000 /* the page where code goes on after its end */

struct execution_file {
        uint64_t magic, count, results;
};

struct execution_record {
        uint64_t code_address, arena_address;
        uint32_t code_size, arena_size;
        uint32_t limit;    /* instructions */
        uint32_t x87_tags; /* as FXSAVE has them: bit p says that the physical register p is valid */
        uint8_t reserved[32];
        struct registers registers;
};

enum execution_outcome {
        EXECUTION_NONE,
        EXECUTION_ENDED,
        EXECUTION_FAULT,
        EXECUTION_TIMEOUT,
};

struct execution_result {
        uint32_t outcome;
        uint32_t vector; /* of the exception, and what the CPU says about it */
        uint64_t error_code, rip, address;
        uint32_t x87_tags;
        uint8_t reserved[28];
        struct registers registers;
};

/* The jump to EXECUTION_RESUME that follows the code: jmp *0(%rip). */
static inline void execution_leave(uint8_t *to)
{
        static const uint8_t leave[EXECUTION_LEAVE_SIZE] = {
                0xff, 0x25, 0, 0, 0, 0, //
                EXECUTION_RESUME & 0xff, EXECUTION_RESUME >> 8 & 0xff, EXECUTION_RESUME >> 16 & 0xff,
                EXECUTION_RESUME >> 24, 0, 0, 0, 0, //
        };
        for (unsigned i = 0; i < EXECUTION_LEAVE_SIZE; i++)
                to[i] = leave[i];
}
