/* SPDX-License-Identifier: Apache-2.0 */
/* Fills and stores the whole register file: see registers.h. */
#include "checks/registers.inc"

#define OUT REGISTERS_SIZE
#define GENERAL(n) (REGISTERS_GENERAL + 8 * (n))

        .bss
        .balign 64
.macro CELL name
        .globl \name
        .hidden \name
\name:
        .zero   8
.endm
CELL registers_stack            /* the C program's %rsp */
CELL registers_state            /* the state of the running kernel */
CELL registers_resume           /* where load, store or an event goes on */
CELL registers_scratch_rax
CELL registers_level_now        /* enum registers_level */
CELL registers_fs_saved
CELL registers_gs_saved
CELL registers_around_kernel    /* what registers_around or registers_around_foreign calls, and with what */
CELL registers_around_argument
saved_rcx:      .zero 8
saved_rdx:      .zero 8
saved_rsi:      .zero 8
saved_rdi:      .zero 8
saved_r11:      .zero 8

        .globl  registers_event_parameters
        .hidden registers_event_parameters
        .balign 64
registers_event_parameters:
        .zero   56
#define DROP_BEGIN registers_event_parameters + 0
#define DROP_SIZE registers_event_parameters + 8
#define PROCESS registers_event_parameters + 16
#define THREAD registers_event_parameters + 24
#define SIGNAL registers_event_parameters + 32
#define HOP registers_event_parameters + 40
#define EVENTS registers_event_parameters + 48

        .section .data.rel.local, "aw"
        .balign 8
        .globl  registers_event
        .hidden registers_event
registers_event:
        .quad   registers_event_none

        .section .rodata
        .balign 8
flags_held:     .quad REGISTERS_FLAGS_HELD
        .globl  registers_mxcsr_default
        .hidden registers_mxcsr_default
registers_mxcsr_default: .long 0x1f80
x87_all_valid:  .long 0x37f, 0, 0, 0, 0, 0, 0 /* control, status, tags: SDM volume 1, figure 8-9 */

        .text
/* In: registers_state, registers_resume. Loads vectors, masks, x87, then general registers, flags and rsp. */
FUNCTION registers_load
        mov     registers_state(%rip), %rdi
        mov     REGISTERS_SHAPE(%rdi), %eax
        test    $REGISTERS_SHAPE_VECTOR_INITIAL, %eax
        jnz     .Linitial
        lea     REGISTERS_VECTOR(%rdi), %rsi
        cmpl    $1, registers_level_now(%rip)
        ja      .Lload_avx512
        je      .Lload_avx
        .irp    r, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15
        movdqa  64*\r(%rsi), %xmm\r
        .endr
        jmp     .Lload_x87
.Lload_avx:
        .irp    r, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15
        vmovdqa 64*\r(%rsi), %ymm\r
        .endr
        jmp     .Lload_x87
.Lload_avx512:
        .irp    r, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
        vmovdqa64 64*\r(%rsi), %zmm\r
        .endr
        .irp    r, 0,1,2,3,4,5,6,7
        kmovq   REGISTERS_MASK+8*\r(%rdi), %k\r
        .endr
        jmp     .Lload_x87
.Linitial:
        cmpl    $1, registers_level_now(%rip)
        ja      .Linitial_avx512
        je      .Linitial_avx
        .irp    r, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15
        pxor    %xmm\r, %xmm\r
        .endr
        jmp     .Lload_x87
.Linitial_avx512:
        .irp    r, 16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
        vpxord  %zmm\r, %zmm\r, %zmm\r
        .endr
        .irp    r, 0,1,2,3,4,5,6,7
        kxorq   %k\r, %k\r, %k\r
        .endr
.Linitial_avx:
        vzeroall
.Lload_x87:
        fninit
        .irp    r, 7,6,5,4,3,2,1,0
        fldt    REGISTERS_X87+16*\r(%rdi)
        .endr
        test    $REGISTERS_SHAPE_X87_INITIAL, %eax
        jz      .Lload_control
        fninit                          /* empties the registers, but keeps the zeros that they hold */
.Lload_control:
        fldcw   REGISTERS_X87_CONTROL(%rdi)
        ldmxcsr REGISTERS_MXCSR(%rdi)
        test    $REGISTERS_SHAPE_GS, %eax
        jz      .Lload_general
        rdgsbase %rcx
        mov     %rcx, registers_gs_saved(%rip)
        mov     REGISTERS_GS_BASE(%rdi), %rcx
        wrgsbase %rcx
        test    $REGISTERS_SHAPE_FS, %eax
        jz      .Lload_general
        rdfsbase %rcx
        mov     %rcx, registers_fs_saved(%rip)
        mov     REGISTERS_FS_BASE(%rdi), %rcx
        wrfsbase %rcx
.Lload_general:
        mov     %rdi, %rax
        pushf
        pop     %rcx
        and     $~REGISTERS_FLAGS_HELD, %rcx
        or      REGISTERS_FLAGS(%rdi), %rcx
        mov     GENERAL(2)(%rax), %rdx
        mov     GENERAL(3)(%rax), %rbx
        mov     GENERAL(5)(%rax), %rbp
        mov     GENERAL(6)(%rax), %rsi
        mov     GENERAL(7)(%rax), %rdi
        .irp    r, 8,9,10,11,12,13,14,15
        mov     GENERAL(\r)(%rax), %r\r
        .endr
        push    %rcx
        popf
        mov     GENERAL(1)(%rax), %rcx
        mov     GENERAL(4)(%rax), %rsp
        mov     GENERAL(0)(%rax), %rax
        jmp     *registers_resume(%rip)
END registers_load

/* In: registers_scratch_rax holds rax, registers_resume where to go on. Goes on with the C program's %rsp, the
 * state in %rdi, the other registers and the control words as the ABI wants them. */
FUNCTION registers_store
        mov     registers_state(%rip), %rax
        mov     %rcx, OUT+GENERAL(1)(%rax)
        mov     %rdx, OUT+GENERAL(2)(%rax)
        mov     %rbx, OUT+GENERAL(3)(%rax)
        mov     %rsp, OUT+GENERAL(4)(%rax)
        mov     %rbp, OUT+GENERAL(5)(%rax)
        mov     %rsi, OUT+GENERAL(6)(%rax)
        mov     %rdi, OUT+GENERAL(7)(%rax)
        .irp    r, 8,9,10,11,12,13,14,15
        mov     %r\r, OUT+GENERAL(\r)(%rax)
        .endr
        mov     registers_stack(%rip), %rsp
        pushf
        cld
        pop     %rcx
        and     flags_held(%rip), %rcx
        mov     %rcx, OUT+REGISTERS_FLAGS(%rax)
        mov     registers_scratch_rax(%rip), %rcx
        mov     %rcx, OUT+GENERAL(0)(%rax)
        mov     %rax, %rdi
        mov     REGISTERS_SHAPE(%rdi), %eax
        test    $REGISTERS_SHAPE_GS, %eax
        jz      .Lstore_control
        rdgsbase %rcx
        mov     %rcx, OUT+REGISTERS_GS_BASE(%rdi)
        mov     registers_gs_saved(%rip), %rcx
        wrgsbase %rcx
        test    $REGISTERS_SHAPE_FS, %eax
        jz      .Lstore_control
        rdfsbase %rcx
        mov     %rcx, OUT+REGISTERS_FS_BASE(%rdi)
        mov     registers_fs_saved(%rip), %rcx
        wrfsbase %rcx
.Lstore_control:
        stmxcsr OUT+REGISTERS_MXCSR(%rdi)
        andl    $~0x3f, OUT+REGISTERS_MXCSR(%rdi) /* the sticky exception bits are the kernel's business */
        ldmxcsr registers_mxcsr_default(%rip)
        lea     OUT+REGISTERS_VECTOR(%rdi), %rsi
        cmpl    $1, registers_level_now(%rip)
        ja      .Lstore_avx512
        je      .Lstore_avx
        .irp    r, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15
        movdqa  %xmm\r, 64*\r(%rsi)
        .endr
        jmp     .Lstore_x87
.Lstore_avx:
        .irp    r, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15
        vmovdqa %ymm\r, 64*\r(%rsi)
        .endr
        vzeroupper
        jmp     .Lstore_x87
.Lstore_avx512:
        .irp    r, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
        vmovdqa64 %zmm\r, 64*\r(%rsi)
        .endr
        .irp    r, 0,1,2,3,4,5,6,7
        kmovq   %k\r, OUT+REGISTERS_MASK+8*\r(%rdi)
        .endr
        vzeroupper
.Lstore_x87:
        fnstcw  OUT+REGISTERS_X87_CONTROL(%rdi)
        fnstsw  OUT+REGISTERS_X87_CONTROL+2(%rdi)
        andw    $0x3800, OUT+REGISTERS_X87_CONTROL+2(%rdi) /* TOP alone */
        test    $REGISTERS_SHAPE_X87_INITIAL, %eax
        jz      .Lstore_stack
        fldenv  x87_all_valid(%rip)     /* so that the contents of empty registers can be stored */
.Lstore_stack:
        .irp    r, 0,1,2,3,4,5,6,7
        fstpt   OUT+REGISTERS_X87+16*\r(%rdi)
        .endr
        fninit
        jmp     *registers_resume(%rip)
END registers_store

/* The three ways of KERNEL_EVENT. They are entered by a jump, leave by a jump, and keep everything. */
        .globl  registers_event_none
        .hidden registers_event_none
        .balign 16
registers_event_none:
        endbr64
        jmp     *registers_resume(%rip)

/* syscall itself keeps the flags (it saves them in r11), and mov and lea do not touch them. */
.macro EVENT_SAVE
        mov     %rax, registers_scratch_rax(%rip)
        mov     %rcx, saved_rcx(%rip)
        mov     %rdx, saved_rdx(%rip)
        mov     %rsi, saved_rsi(%rip)
        mov     %rdi, saved_rdi(%rip)
        mov     %r11, saved_r11(%rip)
.endm
.macro EVENT_RESTORE
        mov     EVENTS(%rip), %rax
        lea     1(%rax), %rax
        mov     %rax, EVENTS(%rip)
        mov     registers_scratch_rax(%rip), %rax
        mov     saved_rcx(%rip), %rcx
        mov     saved_rdx(%rip), %rdx
        mov     saved_rsi(%rip), %rsi
        mov     saved_rdi(%rip), %rdi
        mov     saved_r11(%rip), %r11
        jmp     *registers_resume(%rip)
.endm

        .globl  registers_event_signal
        .hidden registers_event_signal
        .globl  registers_event_signalled
        .hidden registers_event_signalled
        .balign 16
registers_event_signal:
        endbr64
        EVENT_SAVE
        .rept   REGISTERS_SIGNALS       /* straight on: a loop would need a flag or a register */
        mov     DROP_BEGIN(%rip), %rdi
        mov     DROP_SIZE(%rip), %rsi
        mov     $4, %edx                /* MADV_DONTNEED */
        mov     $28, %eax               /* SYS_madvise */
        syscall
        mov     PROCESS(%rip), %rdi
        mov     THREAD(%rip), %rsi
        mov     SIGNAL(%rip), %rdx
        mov     $234, %eax              /* SYS_tgkill */
        syscall
        .endr
registers_event_signalled:
        EVENT_RESTORE

        .globl  registers_event_migrate
        .hidden registers_event_migrate
        .balign 16
registers_event_migrate:
        endbr64
        EVENT_SAVE
        mov     HOP(%rip), %rdx
        mov     (%rdx), %rax            /* hop = hop->next */
        mov     %rax, HOP(%rip)
        xchg    %rax, %rdx
        mov     8(%rdx), %rsi           /* mask_size */
        lea     24(%rdx), %rdx          /* mask */
        mov     $0, %edi                /* this thread; xor would change the flags */
        mov     $203, %eax              /* SYS_sched_setaffinity */
        syscall
        mov     HOP(%rip), %rdi
        lea     16(%rdi), %rdi          /* landed */
        mov     $0, %esi
        mov     $0, %edx
        mov     $309, %eax              /* SYS_getcpu */
        syscall
        EVENT_RESTORE

/* registers_around(pair, kernel, argument): the C kernel's frame. The general registers are the compiler's; the
 * others are loaded before and stored after, without a use of theirs in between. */
FUNCTION registers_around
        push    %rbp
        push    %rbx
        push    %r12
        push    %r13
        push    %r14
        push    %r15
        sub     $8, %rsp
        mov     %rsi, registers_around_kernel(%rip)
        mov     %rdx, registers_around_argument(%rip)
        mov     %rsp, registers_stack(%rip)
        mov     %rdi, registers_state(%rip)
        lea     1f(%rip), %rax
        mov     %rax, registers_resume(%rip)
        jmp     registers_load
1:      mov     registers_stack(%rip), %rsp
        cld
        mov     registers_around_argument(%rip), %rdi
        call    *registers_around_kernel(%rip)
        mov     %rax, registers_scratch_rax(%rip)
        lea     2f(%rip), %rax
        mov     %rax, registers_resume(%rip)
        jmp     registers_store
2:      add     $8, %rsp
        pop     %r15
        pop     %r14
        pop     %r13
        pop     %r12
        pop     %rbx
        pop     %rbp
        ret
END registers_around
