/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/faulty/flip.h"

#include <cpuid.h>
#include <elf.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>

#include "base/array.h"
#include "base/random.h"
#include "checks/check.h"
#include "checks/isa.h"

#ifndef NT_X86_XSTATE
#define NT_X86_XSTATE 0x202
#endif
#define XSTATE_BV_OFFSET 512

static const char *const names[FLIP_COUNT] = { "general", "rsp", "flags", "xmm", "ymm", "zmm", "zmm16-31",
        "mask", "x87", "mxcsr" };

const char *flip_class_name(enum flip_class class)
{
        return names[class];
}

const char *flip_class_missing(enum flip_class class)
{
        isa_set set = isa_read();

        if (class == FLIP_YMM && !(set & ISA(AVX)))
                return "this CPU has no AVX";
        if ((class == FLIP_ZMM || class == FLIP_ZMM_HI || class == FLIP_MASK) && !(set & ISA(AVX512F)))
                return "this CPU has no AVX-512";
        return NULL;
}

bool flip_class_matches(enum flip_class class, const char *unit)
{
        static const enum check_unit units[FLIP_COUNT] = { CHECK_UNIT_GENERAL, CHECK_UNIT_STACK,
                CHECK_UNIT_FLAGS, CHECK_UNIT_XMM, CHECK_UNIT_YMM, CHECK_UNIT_ZMM, CHECK_UNIT_ZMM_HI,
                CHECK_UNIT_MASK, CHECK_UNIT_X87, CHECK_UNIT_MXCSR };

        return strcmp(unit, check_unit_name(units[class])) == 0;
}

static bool flip_general(pid_t pid, enum flip_class class, uint64_t random, char *what, size_t what_size)
{
        static const unsigned flags[] = { 0, 2, 4, 6, 7, 11 };
        struct user_regs_struct regs;

        if (ptrace(PTRACE_GETREGS, pid, NULL, &regs) < 0)
                return false;
        unsigned long long *const general[] = { &regs.rax, &regs.rcx, &regs.rdx, &regs.rbx, &regs.rbp,
                &regs.rsi, &regs.rdi, &regs.r8, &regs.r9, &regs.r10, &regs.r11, &regs.r12, &regs.r13,
                &regs.r14, &regs.r15 };
        static const char *const general_names[] = { "rax", "rcx", "rdx", "rbx", "rbp", "rsi", "rdi", "r8",
                "r9", "r10", "r11", "r12", "r13", "r14", "r15" };

        if (class == FLIP_RSP) {
                regs.rsp += random & 1 ? 8 : -8ULL;
                (void)snprintf(what, what_size, "rsp %s8 at rip %#llx", random & 1 ? "+" : "-", regs.rip);
        } else if (class == FLIP_FLAGS) {
                unsigned bit = flags[random % ARRAY_SIZE(flags)];

                regs.eflags ^= 1ULL << bit;
                (void)snprintf(what, what_size, "rflags bit %u at rip %#llx", bit, regs.rip);
        } else {
                size_t r = random % ARRAY_SIZE(general);
                unsigned bit = random >> 8 & 63;

                *general[r] ^= 1ULL << bit;
                (void)snprintf(what, what_size, "%s bit %u at rip %#llx", general_names[r], bit, regs.rip);
        }
        return ptrace(PTRACE_SETREGS, pid, NULL, &regs) == 0;
}

static uint32_t component_offset(uint32_t component)
{
        uint32_t eax, ebx = 0, ecx, edx;

        (void)__get_cpuid_count(0xd, component, &eax, &ebx, &ecx, &edx);
        return ebx;
}

/* The byte and bit in the XSAVE area (standard form), and the component whose XSTATE_BV bit must be set. */
static void choose(enum flip_class class, uint64_t random, uint32_t *ret_byte, uint32_t *ret_bit,
        uint32_t *ret_component, char *what, size_t what_size)
{
        static const unsigned mxcsr_bits[] = { 6, 13, 14, 15 }; /* DAZ, RC, RC, FTZ */
        uint32_t r = random % 16, bit = random >> 8 & 7, byte = (uint32_t)(random >> 16);

        *ret_bit = bit;
        switch (class) {
        case FLIP_XMM:
                *ret_byte = 160 + 16 * r + byte % 16;
                *ret_component = 1;
                break;
        case FLIP_YMM:
                *ret_byte = component_offset(2) + 16 * r + byte % 16;
                *ret_component = 2;
                break;
        case FLIP_ZMM:
                *ret_byte = component_offset(6) + 32 * r + byte % 32;
                *ret_component = 6;
                break;
        case FLIP_ZMM_HI:
                *ret_byte = component_offset(7) + 64 * r + byte % 64;
                *ret_component = 7;
                break;
        case FLIP_MASK:
                r %= 8;
                *ret_byte = component_offset(5) + 8 * r + byte % 8;
                *ret_component = 5;
                break;
        case FLIP_X87:
                r %= 8;
                *ret_byte = 32 + 16 * r + byte % 10;
                *ret_component = 0;
                break;
        default:
                bit = mxcsr_bits[random % ARRAY_SIZE(mxcsr_bits)];
                *ret_byte = 24 + bit / 8;
                *ret_bit = bit % 8;
                *ret_component = 1;
                break;
        }
        (void)snprintf(
                what, what_size, "%s register %u byte %u bit %u", names[class], r, *ret_byte, *ret_bit);
}

static bool flip_extended(pid_t pid, enum flip_class class, uint64_t random, char *what, size_t what_size)
{
        static uint8_t area[32768] __attribute__((aligned(64)));
        struct iovec iov = { area, sizeof(area) };
        uint32_t byte, bit, component;
        uint64_t features;

        if (ptrace(PTRACE_GETREGSET, pid, (void *)NT_X86_XSTATE, &iov) < 0)
                return false;
        choose(class, random, &byte, &bit, &component, what, what_size);
        if (byte >= iov.iov_len)
                return false;
        area[byte] ^= (uint8_t)(1U << bit);
        memcpy(&features, area + XSTATE_BV_OFFSET, sizeof(features));
        features |= UINT64_C(1) << component;
        memcpy(area + XSTATE_BV_OFFSET, &features, sizeof(features));
        return ptrace(PTRACE_SETREGSET, pid, (void *)NT_X86_XSTATE, &iov) == 0;
}

bool flip_register(pid_t pid, enum flip_class class, uint64_t *random, char *what, size_t what_size)
{
        uint64_t number = random_next(random);

        return class <= FLIP_FLAGS ? flip_general(pid, class, number, what, what_size)
                                   : flip_extended(pid, class, number, what, what_size);
}
