/* SPDX-License-Identifier: Apache-2.0 */
/* The forms of instructions that random programs are made of: a table that tests/model/program_forms.c makes with
 * libZydis and that is committed as checks/answers/program_forms.bin, so that a worker needs no library and a seed
 * means the same program everywhere.
 *
 * Its payload: struct program_table, then `needs` (isa_set each), `entries`, `forms`, `names` (each ended by a zero
 * byte; an entry's name is an offset into them). Fields of encodings: Intel SDM volume 2, chapter 2. */
#pragma once

#include <stdint.h>

#include "checks/answers.h"
#include "checks/isa.h"

enum program_space {
        PROGRAM_LEGACY,
        PROGRAM_VEX,
        PROGRAM_EVEX,
};

/* Legacy prefixes; the first four are pp of VEX and EVEX too. */
enum program_prefix {
        PROGRAM_NO_PREFIX,
        PROGRAM_66,
        PROGRAM_F3,
        PROGRAM_F2,
        PROGRAM_66_F3,
        PROGRAM_66_F2,
        PROGRAM_67,
};

enum program_class {
        PROGRAM_NONE,
        PROGRAM_GENERAL8,
        PROGRAM_GENERAL16,
        PROGRAM_GENERAL32,
        PROGRAM_GENERAL64,
        PROGRAM_MMX,
        PROGRAM_XMM,
        PROGRAM_YMM,
        PROGRAM_ZMM,
        PROGRAM_MASK,
        PROGRAM_X87,
        PROGRAM_MEMORY,
        PROGRAM_IMMEDIATE,
        PROGRAM_TARGET, /* of a branch: an immediate */
};

/* Where the number of a register stands. */
enum program_slot {
        PROGRAM_REG,    /* modrm.reg */
        PROGRAM_RM,     /* modrm.rm */
        PROGRAM_SOURCE, /* VEX.vvvv, EVEX.V'vvvv */
        PROGRAM_OPCODE, /* the low bits of the opcode */
        PROGRAM_IS4,    /* the high half of the immediate */
        PROGRAM_FIXED,  /* nowhere: it is always register `number` */
};

#define PROGRAM_READ 1
#define PROGRAM_WRITE 2

struct program_operand {
        uint8_t class : 4, access : 2;
        uint8_t slot : 3, number : 5;
};

/* Flags in eight bits: those of the low byte of rflags where they stand there, OF as bit 1, DF as bit 3. */
#define PROGRAM_CF 0x01
#define PROGRAM_OF 0x02
#define PROGRAM_PF 0x04
#define PROGRAM_DF 0x08
#define PROGRAM_AF 0x10
#define PROGRAM_ZF 0x40
#define PROGRAM_SF 0x80
#define PROGRAM_STATUS (PROGRAM_CF | PROGRAM_OF | PROGRAM_PF | PROGRAM_AF | PROGRAM_ZF | PROGRAM_SF)

/* struct program_form, layout */
#define PROGRAM_MODRM 0x01    /* it has a modrm byte */
#define PROGRAM_INDIRECT 0x02 /* modrm.rm is memory */
#define PROGRAM_WHOLE 0x04    /* modrm is all opcode */
#define PROGRAM_WIDE 0x08     /* REX.W, VEX.W, EVEX.W */
#define PROGRAM_LENGTH 0x30   /* VEX.L, EVEX.L'L */
#define PROGRAM_LENGTH_SHIFT 4
#define PROGRAM_ALIGNED 0x40 /* its memory must be aligned */
#define PROGRAM_LOCKABLE 0x80

/* struct program_form, ability: EVEX only */
#define PROGRAM_MASKS 0x01      /* may have a mask register */
#define PROGRAM_MASKED 0x02     /* must have one */
#define PROGRAM_ZEROES 0x04     /* may zero what it masks */
#define PROGRAM_BROADCASTS 0x08 /* b with memory: one element for all */
#define PROGRAM_ROUNDS 0x10     /* b with registers: rounding in L'L */
#define PROGRAM_QUIET 0x20      /* b with registers: no exceptions */

/* What the generator must know beyond the operands. */
enum program_special {
        PROGRAM_PLAIN,
        PROGRAM_SHIFT_ONE,       /* shifts and rotates by 1, */
        PROGRAM_SHIFT_IMMEDIATE, /* by an immediate, */
        PROGRAM_SHIFT_COUNT,     /* by cl */
        PROGRAM_DIVIDE,
        PROGRAM_DIVIDE_SIGNED,
        PROGRAM_BIT_SCAN,   /* bsf, bsr: of zero it is undefined */
        PROGRAM_BIT_MEMORY, /* bt and its like, memory and a register */
        PROGRAM_STRING,     /* movs, stos, lods, cmps, scas */
        PROGRAM_DIRECTION,  /* std, cld */
        PROGRAM_TRANSLATE,  /* xlat */
        PROGRAM_MASK_MOVE,  /* maskmovq, maskmovdqu */
        PROGRAM_GATHER,
        PROGRAM_SCATTER,
        PROGRAM_PUSH,
        PROGRAM_POP,
        PROGRAM_PUSH_FLAGS,
        PROGRAM_POP_FLAGS,
        PROGRAM_ENTER,
        PROGRAM_LEAVE,
        PROGRAM_CALL,
        PROGRAM_CALL_INDIRECT,
        PROGRAM_RETURN,
        PROGRAM_JUMP,
        PROGRAM_JUMP_INDIRECT,
        PROGRAM_BRANCH,       /* jcc */
        PROGRAM_BRANCH_COUNT, /* jecxz, jrcxz */
        PROGRAM_LOOP,
        PROGRAM_LOAD_CONTROL,  /* ldmxcsr */
        PROGRAM_STORE_CONTROL, /* stmxcsr */
        PROGRAM_X87_PLAIN,
        PROGRAM_X87_COMPARE,  /* its result lies in C0, C2, C3 */
        PROGRAM_X87_CLASSIFY, /* and in C1: fxam, fprem */
        PROGRAM_X87_CONTROL,  /* fldcw */
        PROGRAM_X87_STATUS,   /* fnstsw */
        PROGRAM_X87_FREE,
        PROGRAM_X87_TURN,   /* fincstp, fdecstp */
        PROGRAM_X87_EMPTY,  /* emms */
        PROGRAM_ZERO_UPPER, /* vzeroupper */
        PROGRAM_ZERO_ALL,   /* vzeroall */
        PROGRAM_INTERSECT,  /* vp2intersect writes two masks */
        PROGRAM_ADDRESS,    /* lea */
        PROGRAM_EXTRACT,    /* extrq, insertq with two immediates */
        PROGRAM_SPECIALS
};

/* struct program_form, trust */
#define PROGRAM_UNMODELLED 0x01  /* no model is right about it: never in a program with a known answer */
#define PROGRAM_USES_X87 0x02    /* not in a program that uses MMX, which overwrites the stack's tags, */
#define PROGRAM_USES_MMX 0x04    /* and the other way round */
#define PROGRAM_WRITES_XMM0 0x08 /* though no operand says so */

struct program_form {
        uint8_t needs;                          /* which of the table's sets of features */
        uint8_t space : 2, map : 3, prefix : 3; /* map 0 to 6; prefix: enum program_prefix */
        uint8_t opcode;
        uint8_t modrm; /* its fixed bits */
        uint8_t layout;
        uint8_t ability;
        uint8_t special; /* enum program_special */
        uint8_t trust;
        struct program_operand operands[4];     /* the visible ones but the mask, in libZydis' order */
        uint16_t general_read, general_written; /* hidden operands: bit r is general register r */
        uint8_t flags_read, flags_written, flags_undefined;
        uint8_t immediate; /* bytes; 0 where is4 has it */
        uint8_t memory;    /* bytes that it touches at its address */
        uint8_t scale;     /* the logarithm of what an 8-bit displacement counts */
        uint8_t element;   /* bytes of one element of broadcast memory, of gathered data */
        int8_t x87;        /* how many it pushes */
        uint8_t x87_read;  /* how many of st(0).. must be there */
        uint8_t index;     /* enum program_class of a vector of indexes, and 0x80 where they have 64 bits */
        uint8_t x87_written; /* hidden operands: bit i is st(i) */
        uint8_t reserved;
};
_Static_assert(sizeof(struct program_form) == 32, "as it is stored");

/* The forms of one mnemonic in one set of instructions. */
struct program_entry {
        uint32_t name;
        uint16_t first, count; /* of forms */
};

/* The sets of instructions. */
enum program_set {
        PROGRAM_SET_GENERAL, /* x86-64: general registers */
        PROGRAM_SET_SSE2,    /* x86-64: vectors */
        PROGRAM_SET_X87,
        PROGRAM_SET_MMX,
        PROGRAM_SET_V2,     /* what x86-64-v2 adds */
        PROGRAM_SET_V3,     /* what x86-64-v3 adds */
        PROGRAM_SET_CRYPTO, /* AES, PCLMULQDQ, SHA, GFNI, VAES, VPCLMULQDQ, ADX */
        PROGRAM_SET_V4,     /* what x86-64-v4 adds */
        PROGRAM_SET_V4X,    /* AVX-512: IFMA VBMI VBMI2 VNNI BITALG VPOPCNTDQ, and EVEX of the crypto set */
        PROGRAM_SET_SSE4A,
        PROGRAM_SET_NEW, /* what no model knows: BF16, VP2INTERSECT, FP16, AVX-VNNI, MOVDIRI */
        PROGRAM_SETS
};

struct program_table {
        uint32_t n_needs, n_entries, n_forms, names_size;
        uint32_t set_begin[PROGRAM_SETS + 1]; /* entries of set s: from set_begin[s] to set_begin[s + 1] */
};

extern const struct answers program_forms_answers;

const struct program_table *program_forms_table(void);
const isa_set *program_forms_needs(void);
const struct program_entry *program_forms_entries(void);
const struct program_form *program_forms(void);
/* The mnemonic of an entry, as libZydis spells it. */
const char *program_forms_name(const struct program_entry *entry);
