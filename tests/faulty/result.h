/* SPDX-License-Identifier: Apache-2.0 */
/* What an instruction writes: its results as parts, each in a register, the flags, memory or the instruction
 * pointer. Made once for each place in the code, so that whoever stops there need not decode. What an instruction
 * leaves undefined (flags, the registers of x87's environment) and the sticky exception bits are no results.
 *
 * From libZydis' operands; where those are too coarse the tables are those of the Intel SDM, volume 2. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <Zydis/Zydis.h>

#define RESULT_PARTS_MAX 8
#define RESULT_FLAGS_ALL 0xcd5 /* CF PF AF ZF SF DF OF */

enum result_kind {
        RESULT_GENERAL, /* register `index`, `bits` from bit `first` on */
        RESULT_VECTOR,  /* the same of a vector register */
        RESULT_MASK,    /* the same of k0 to k7 */
        RESULT_X87,     /* st(index), 80 bits, as numbered after a push, else before the instruction */
        RESULT_AREA, /* the bits `mask` of the eight bytes at `offset` of the XSAVE area in its standard form */
        RESULT_FLAGS, /* the bits `mask` of rflags */
        RESULT_FS_BASE,
        RESULT_GS_BASE,
        RESULT_MEMORY, /* `bits` at the address and `offset` bytes */
        RESULT_SCATTER, /* `bits` in all, in elements of `lane_bits` at the addresses that the index register names */
        RESULT_WAY,    /* a conditional branch: taken or not */
        RESULT_TARGET, /* where an unconditional one leads */
};

struct result_part {
        enum result_kind kind;
        uint8_t index;
        uint8_t restored; /* xrstor: 1 + the component that has to be asked for; else 0 */
        uint16_t first, bits;
        uint32_t offset;
        uint64_t mask;
};

/* Which lanes of a vector or memory are written. */
enum result_lanes {
        RESULT_LANES_ALL,
        RESULT_LANES_MASKED,     /* lane n where bit n of a mask register is set */
        RESULT_LANES_LOWEST,     /* as many of the lowest as that register has bits: compress */
        RESULT_LANES_FIRST,      /* lane 0 where bit 0 is set, the others always: scalars */
        RESULT_LANES_BY_SIGN,    /* where the sign bit of the lane of a vector register is set */
        RESULT_LANES_BY_SIGN_MMX /* of an MMX register */
};

/* When the instruction writes what it may write. */
enum result_when {
        RESULT_ALWAYS,
        RESULT_REPEATED,  /* a string instruction with rep: not if rcx is 0 */
        RESULT_EXCHANGED, /* cmpxchg: memory or register if equal, else the accumulator */
        RESULT_FOUND,     /* bsf, bsr: the register only if the source was not 0 */
        RESULT_SHIFTED,   /* the flags depend on the count */
};

#define RESULT_NO_REGISTER 0xff
#define RESULT_RIP 0x80

struct result_address {
        uint8_t base,
                index; /* general registers, RESULT_RIP, RESULT_NO_REGISTER; of a scatter a vector register */
        uint8_t scale;
        uint8_t segment;    /* 0, else 'f' or 'g' */
        uint8_t index_bits; /* of an element of a scatter's index, else 0 */
        bool narrow;        /* 32-bit addressing */
        bool after;         /* rsp as the instruction leaves it: push, call, pop to memory */
        uint8_t bit_index; /* bts and its like with memory: the register that names a bit beyond the operand */
        uint8_t bit_width; /* of that register and the operand; 0: none */
        int64_t displacement;
};

struct result {
        ZydisMnemonic mnemonic;
        uint8_t length;
        uint8_t n_parts;
        struct result_part parts[RESULT_PARTS_MAX];
        uint32_t undefined; /* flags that it leaves undefined */
        enum result_when when;
        enum result_lanes lanes;
        uint8_t lane_bits, lane_register;
        uint8_t shift_bits; /* RESULT_SHIFTED: of the operand */
        int16_t shift;      /* its count; -1: in cl */
        bool shift_double;  /* shld, shrd */
        bool shift_plain;   /* shl, shr: the carry is undefined beyond the operand's width */
        bool extended; /* vector, mask or x87 registers play a part: the XSAVE area is needed, before and after */
        int64_t jump; /* RESULT_WAY: from the end of the instruction to where it goes when taken */
        struct result_address address;
};

/* Finds the results of one instruction. Returns false where there are none (nop, prefetch, fences). */
bool result_find(const ZydisDecodedInstruction *instruction, const ZydisDecodedOperand *operands,
        struct result *ret_result);

/* The same of the instruction at `bytes`; *ret_result has its mnemonic and length where it decodes, else a length of 0. */
bool result_decode(const uint8_t *bytes, size_t size, struct result *ret_result);

/* True where the next instruction in memory is always the next one executed. */
bool result_goes_on(const struct result *result);

#define RESULT_COMPONENTS 32

/* Where the components of XSAVE lie in the standard form: CPUID leaf 0xD, EBX; 0 for one that is not there. */
uint32_t result_component_offset(unsigned component);

/* The legacy region of the area: Intel SDM volume 1, table 10-2. */
#define RESULT_AREA_X87_CONTROL 0
#define RESULT_AREA_X87_STATUS 2
#define RESULT_AREA_X87_TAGS 4
#define RESULT_AREA_MXCSR 24
#define RESULT_AREA_X87 32
#define RESULT_AREA_XMM 160
#define RESULT_AREA_PRESENT 512 /* XSTATE_BV */
#define RESULT_X87_TOP 0x3800   /* of the status word */
