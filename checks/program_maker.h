/* SPDX-License-Identifier: Apache-2.0 */
/* A program in the making: what the files of the generator share. */
#pragma once

#include "base/random.h"
#include "checks/program.h"
#include "checks/program_emit.h"

struct program_maker {
        struct program *program;
        const struct program_group *group;
        const struct program_context *context; /* or NULL */
        uint64_t random, context_random;
        uint64_t pool; /* random bits not used yet */
        uint32_t pooled;
        uint8_t *at;       /* where the next instruction goes */
        uint16_t reserved; /* general registers that hold what must not change: bit r is register r */
        uint16_t pending;  /* general registers whose value no memory holds yet */
        uint32_t pending_vectors;
        uint8_t pending_masks, pending_mmx;
        uint8_t pending_x87, x87_top; /* physical registers */
        uint8_t width[32];            /* of what is pending in a vector register: enum program_class */
        uint16_t lines;               /* 64 bytes each of the data that were written */
        uint8_t flags;                /* defined now */
        uint8_t flags_pending; /* no condition of them was kept; 2: they are all that an instruction computed */
        bool emptied;          /* an emms was there */
        uint8_t x87_depth;
        uint8_t inside; /* a conditional, a loop, a called piece */
        uint8_t tight;  /* of a jump with 8 bits: nothing is put in */
        uint32_t drawn;
};

/* The next n random bits, at most 32. One draw an expression, by whatever function: C leaves the order of operands and
 * arguments open, and the program would depend on the compiler. */
static inline uint32_t program_take(struct program_maker *maker, unsigned n)
{
        uint32_t bits;

        if (maker->pooled < n) {
                maker->pool = random_next(&maker->random);
                maker->pooled = 64;
        }
        bits = (uint32_t)(maker->pool & ((UINT64_C(1) << n) - 1));
        maker->pool >>= n;
        maker->pooled -= n;
        return bits;
}

/* A random number below n, which is below 65,536. */
static inline uint32_t program_below(struct program_maker *maker, uint32_t n)
{
        return program_take(maker, 16) * n >> 16;
}

/* Flags where rflags has them. */
static inline uint32_t program_real_flags(uint8_t flags)
{
        return (flags & 0xd5u) | (flags & PROGRAM_OF ? 0x800 : 0);
}

/* ---- program_step.c: instructions, and what keeps values alive ---- */

/* Instructions that stand around those that were drawn. */
enum program_helper {
        HELPER_MOVE_IMMEDIATE,  /* mov r32, imm32 */
        HELPER_MOVE16,          /* movzx r32, r16 */
        HELPER_MOVE8,           /* movzx r32, r8 */
        HELPER_MOVE32,          /* mov r32, r32 */
        HELPER_MOVE,            /* mov r64, r64 */
        HELPER_STORE,           /* mov m64, r64 */
        HELPER_STORE_IMMEDIATE, /* mov m32, imm32 */
        HELPER_ADD_MEMORY,      /* add m64, r64 */
        HELPER_AND,             /* and r32, imm32 */
        HELPER_AND_MEMORY,      /* and m32, imm32 */
        HELPER_OR,              /* or r64, imm8 */
        HELPER_SHIFT,           /* shr r64, 1 */
        HELPER_SHIFT32,
        HELPER_NEGATE,
        HELPER_NEGATE32,
        HELPER_NOT,
        HELPER_COMPARE,   /* cmp r64, r64 */
        HELPER_ADDRESS,   /* lea r64, m */
        HELPER_SET,       /* seto m8 and the next seven: the condition stands for a register */
        HELPER_SET_LATER, /* sets m8 and the next seven */
        HELPER_PUSH,
        HELPER_PUSH16,
        HELPER_PUSH_IMMEDIATE,
        HELPER_PUSH16_IMMEDIATE,
        HELPER_PUSH_FLAGS,
        HELPER_POP_MEMORY,
        HELPER_POP,
        HELPER_POP16,
        HELPER_ENTER,
        HELPER_LEAVE,
        HELPER_CALL,
        HELPER_JUMP,
        HELPER_RETURN,
        HELPER_CBW,
        HELPER_CWD,
        HELPER_CDQ,
        HELPER_CQO,
        HELPER_STD,
        HELPER_CLD,
        HELPER_MOVSQ,
        HELPER_STORE_XMM, /* movups */
        HELPER_STORE_XMM_AVX,
        HELPER_STORE_YMM_AVX,
        HELPER_STORE_XMM_EVEX,
        HELPER_STORE_YMM_EVEX,
        HELPER_STORE_ZMM,
        HELPER_STORE_MASK,
        HELPER_STORE_MMX,
        HELPER_TOUCH_MMX,    /* por mm0, mm0 */
        HELPER_STORE_X87,    /* fstp m80 */
        HELPER_LOAD_X87,     /* fild m64 */
        HELPER_RELOAD_X87,   /* fld m80 */
        HELPER_EXCHANGE_X87, /* fxch st(i) */
        HELPER_STATUS,       /* fnstsw ax */
        HELPER_MASK_XMM,     /* vpand x, x, m */
        HELPER_MASK_YMM,
        HELPER_MASK_XMM_EVEX, /* vpandd */
        HELPER_MASK_YMM_EVEX,
        HELPER_MASK_ZMM,
        HELPERS
};
extern const struct program_form program_helpers[HELPERS];

/* Emits; both record where the instruction begins. */
void program_step(struct program_maker *maker, const struct program_choice *choice);
/* `first` and `second` are the numbers of its registers; memory is `displacement` bytes from the base. */
void program_help(struct program_maker *maker, enum program_helper helper, uint8_t first, uint8_t second,
        int32_t displacement, uint32_t immediate);
/* A helper with a whole address. */
void program_help_at(struct program_maker *maker, enum program_helper helper, uint8_t reg,
        const struct program_address *address, uint32_t immediate);

/* Room for `size` bytes that nothing else writes, as a displacement from the base; 0 where there is none left. */
int32_t program_room(struct program_maker *maker, uint32_t size);
/* Stores a register that is to be overwritten and whose value no memory holds. */
void program_keep(struct program_maker *maker, uint8_t general);
void program_keep_vector(struct program_maker *maker, uint8_t vector);
void program_keep_mask(struct program_maker *maker, uint8_t mask);
void program_keep_mmx(struct program_maker *maker, uint8_t mmx);
void program_keep_x87(struct program_maker *maker, uint8_t i); /* st(i); program_x87.c */
/* Stores flags that are to be overwritten: all where nothing else was computed, else now and then a condition. */
void program_keep_flags(struct program_maker *maker);
/* Makes the flags in `wanted` defined. */
void program_define_flags(struct program_maker *maker, uint8_t wanted);
/* What an instruction with this form does to the flags. */
void program_note_flags(struct program_maker *maker, const struct program_form *form);

/* ---- program_operands.c: registers, addresses, immediates ---- */

/* Chooses the operands of choice->form, which is set; emits what they need before it. Where `plain` the address is
 * the base and a displacement. */
void program_operands(struct program_maker *maker, struct program_choice *choice, bool plain);
/* A general register that is free; where `overwrite` rather one whose value is kept, and it is kept. */
uint8_t program_general(struct program_maker *maker, bool overwrite);
/* Bytes from the base, of `size` bytes of data, aligned where wanted. `write`: rather where nothing was written. */
int32_t program_place(struct program_maker *maker, uint32_t size, bool aligned, bool write);
/* Registers that are written are pending from now on. */
void program_note_operands(struct program_maker *maker, const struct program_choice *choice);
/* Whether the form names a register that is reserved. */
bool program_conflicts(const struct program_maker *maker, const struct program_form *form);

/* ---- the specials ---- */

/* An instruction that needs nothing around it. */
void program_plain(struct program_maker *maker, const struct program_form *form);
/* What the context puts between: program_put_in.c. */
void program_put_in(struct program_maker *maker);
/* One drawn instruction and what it needs. */
void program_unit(struct program_maker *maker);

/* Each emits the form and what it needs around it, or returns false where it cannot be here. */
bool program_integer(struct program_maker *maker, const struct program_form *form);
bool program_flow(struct program_maker *maker, const struct program_form *form);
bool program_stack(struct program_maker *maker, const struct program_form *form);
bool program_string(struct program_maker *maker, const struct program_form *form);
bool program_x87(struct program_maker *maker, const struct program_form *form);
bool program_vector(struct program_maker *maker, const struct program_form *form);
/* Fills the x87 stack; at the end. */
void program_x87_fill(struct program_maker *maker);
