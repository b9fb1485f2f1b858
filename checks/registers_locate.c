/* SPDX-License-Identifier: Apache-2.0 */
/* What a byte of the register image is called. */
#include "checks/registers.h"

static void name_lane(char *name, const char *stem, uint32_t index, uint32_t lane)
{
        /* No libc formatting here: this file is compiled without vector registers. */
        char *p = name;

        while (*stem)
                *p++ = *stem++;
        if (index >= 10)
                *p++ = (char)('0' + index / 10);
        *p++ = (char)('0' + index % 10);
        if (lane != UINT32_MAX) {
                for (const char *text = " lane "; *text;)
                        *p++ = *text++;
                *p++ = (char)('0' + lane);
        }
        *p = 0;
}

static enum check_unit name_text(char *name, const char *text, enum check_unit unit)
{
        check_copy(name, text, __builtin_strlen(text) + 1);
        return unit;
}

static enum check_unit locate_vector(uint32_t offset, char *name)
{
        uint32_t r = offset / 64, byte = offset % 64;

        name_lane(name, r >= 16 || byte >= 32 ? "zmm" : byte >= 16 ? "ymm" : "xmm", r, byte / 8);
        if (r >= 16)
                return CHECK_UNIT_ZMM_HI;
        return byte >= 32 ? CHECK_UNIT_ZMM : byte >= 16 ? CHECK_UNIT_YMM : CHECK_UNIT_XMM;
}

enum check_unit registers_locate(uint32_t offset, char *name)
{
        static const char *const general[16] = { "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi",
                "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15" };

        if (offset < REGISTERS_FLAGS)
                return name_text(name, general[offset / 8],
                        offset / 8 == REGISTERS_RSP ? CHECK_UNIT_STACK : CHECK_UNIT_GENERAL);
        if (offset < REGISTERS_FS_BASE)
                return name_text(name, "rflags", CHECK_UNIT_FLAGS);
        if (offset < REGISTERS_MASK)
                return name_text(
                        name, offset < REGISTERS_GS_BASE ? "fs base" : "gs base", CHECK_UNIT_SEGMENT);
        if (offset < REGISTERS_X87) {
                name_lane(name, "k", (offset - REGISTERS_MASK) / 8, UINT32_MAX);
                return CHECK_UNIT_MASK;
        }
        if (offset < REGISTERS_X87_CONTROL) {
                name_lane(name, "st", (offset - REGISTERS_X87) / 16, UINT32_MAX);
                return CHECK_UNIT_X87;
        }
        if (offset < REGISTERS_MXCSR)
                return name_text(name,
                        offset < REGISTERS_X87_CONTROL + 2 ? "x87 control word" : "x87 status word",
                        CHECK_UNIT_X87);
        if (offset < REGISTERS_SHAPE)
                return name_text(name, "mxcsr", CHECK_UNIT_MXCSR);
        if (offset < REGISTERS_VECTOR)
                return name_text(name, "register image", CHECK_UNIT_MEMORY);
        return locate_vector(offset - REGISTERS_VECTOR, name);
}
