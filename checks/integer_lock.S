/* SPDX-License-Identifier: Apache-2.0 */
/* The integer kernels whose operands lie in memory. */
#define WORDS 4
#include "checks/integer.inc"

#define D 24(P64)

/* Bit b of a string of bits: b is made one of -2048 to 2047, the eight bytes that hold it get a, and what they hold
 * afterwards is the result. All lies below the stack of the kernel. */
#define BIT_BASE -512(%rsp)
#define FORM_BIT(name, ...)                                                                                 \
        CLAIM(rax);                                                                                         \
        LINE mov A, X64; mov B, Y64; shl $52, Y64; sar $52, Y64; mov Y64, %rax; sar $6, %rax;               \
        mov X64, -512(%rsp,%rax,8); __VA_ARGS__; FLAGS(CF); mov -512(%rsp,%rax,8), X64; FOLD(X64, Y64);     \
        RELEASE(rax)

/* The table is the tuple. */
#define FORM_XLAT(name)                                                                                     \
        CLAIM(rax); CLAIM(rdx);                                                                             \
        LINE mov A, %rax; mov B, Y64; and $31, %al; mov P64, %rdx; cmp Y64, A; xchg %rbx, %rdx; xlat;       \
        xchg %rbx, %rdx; FLAGS(ARITHMETIC); FOLD(%rax, Y64); RELEASE(rax); RELEASE(rdx)

/* cmpxchg: rax = `expected`, the destination SLOT = b, the source X = c. */
#define FORM_EXCHANGE_MEMORY(name, expected, ...)                                                           \
        CLAIM(rax);                                                                                         \
        LINE mov expected, %rax; mov B, Y64; mov Y64, SLOT; mov C, X64; __VA_ARGS__; mov SLOT, Y64;         \
        FLAGS(ARITHMETIC); FOLD(%rax, Y64); RELEASE(rax)

/* cmpxchg8b: edx:eax = `expected`, the destination SLOT = b, ecx:ebx = c, which must stay; the flags but ZF are those
 * of a - b. rbx, which may have a role, waits in memory. */
#define STASH -24(%rsp)
#define AFTER -32(%rsp)
#define FORM_EXCHANGE_PAIR(name, expected, ...)                                                             \
        CLAIM(rax); CLAIM(rcx); CLAIM(rdx);                                                                 \
        LINE mov expected, %rax; mov %rax, %rdx; shr $32, %rdx; mov %eax, %eax; mov C, %rcx; shr $32, %rcx; \
        mov A, X64; mov B, Y64; mov Y64, SLOT; cmp Y64, X64; mov %rbx, STASH; mov C, %ebx; __VA_ARGS__;     \
        mov %rbx, AFTER; mov STASH, %rbx; mov SLOT, Y64; FLAGS(ARITHMETIC); shl $32, %rdx; or %rdx, %rax;   \
        shl $32, %rcx; xor %rcx, %rax; xor AFTER, %rax; xor X64, Y64; FOLD(%rax, Y64);                      \
        RELEASE(rax); RELEASE(rcx); RELEASE(rdx)

/* cmpxchg16b: rax and rdx as given, the destination holds b and d, rbx = c and rcx = a, which must stay. */
#define SIXTEEN -48(%rsp)
#define FORM_EXCHANGE_SIXTEEN(name, low, high, ...)                                                         \
        CLAIM(rax); CLAIM(rcx); CLAIM(rdx);                                                                 \
        LINE mov low, %rax; mov high, %rdx; mov A, %rcx; mov D, Y64; mov Y64, 8+SIXTEEN; mov B, Y64;        \
        mov Y64, SIXTEEN; mov A, X64; cmp Y64, X64; mov %rbx, STASH; mov C, %rbx; __VA_ARGS__; mov %rbx, AFTER;        \
        mov STASH, %rbx; FLAGS(ARITHMETIC); rol %rdx; xor %rdx, %rax; xor AFTER, %rax;                      \
        mov 8+SIXTEEN, %rdx; rol %rdx; mov SIXTEEN, Y64; xor %rdx, Y64; xor %rcx, Y64; xor X64, Y64;        \
        FOLD(%rax, Y64); RELEASE(rax); RELEASE(rcx); RELEASE(rdx)

#define LINES "checks/integer_memory.inc"
FUNCTION integer_memory_run
        INTEGER_ENTER
#include "checks/integer_roles_fixed.inc"
        INTEGER_LEAVE
END integer_memory_run
#undef LINES

#define LINES "checks/integer_lock.inc"
FUNCTION integer_lock_run
        INTEGER_ENTER
#include "checks/integer_roles_fixed.inc"
        INTEGER_LEAVE
END integer_lock_run
#undef LINES

#define LINES "checks/integer_lock_cx16.inc"
FUNCTION integer_lock_cx16_run
        INTEGER_ENTER
#include "checks/integer_roles_fixed.inc"
        INTEGER_LEAVE
END integer_lock_cx16_run
#undef LINES

#define LINES "checks/integer_flags_carry.inc"
FUNCTION integer_flags_carry_run
        INTEGER_ENTER
#include "checks/integer_roles_free.inc"
        INTEGER_LEAVE
END integer_flags_carry_run
#undef LINES
