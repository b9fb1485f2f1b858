/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/asm.h"

        .section .data.rel.local, "aw"
        .balign 8
walk_table: /* into the middle of a function; it ends where its pointers do */
        .quad   walk_middle
        .quad   0, walk_beyond
        .text

FUNCTION walk_run
        bswap   %eax
        call    walk_called
        lea     walk_pointed(%rip), %rdx
        mov     walk_table(%rip), %rcx
        test    %eax, %eax
        jz      walk_jumped
        jmp     *%rcx
END walk_run

FUNCTION walk_called
        adox    %rax, %rax
        ret
END walk_called

FUNCTION walk_pointed
        tzcnt   %eax, %eax
        ret
END walk_pointed

FUNCTION walk_far
        ret
walk_middle:
        popcnt  %eax, %eax
        ret
END walk_far

/* Labels without a size: the first runs on into the second, which does not into the third. */
walk_jumped:
        adcx    %rax, %rax
walk_fallen_into:
        lzcnt   %eax, %eax
        ret
        nop
walk_behind:
        movbe   (%rax), %eax
        ret

FUNCTION walk_beyond
        blsr    %rax, %rax
        ret
END walk_beyond

FUNCTION walk_kernel
        .byte   0xc4, 0xe2, 0x7b, 0x50, 0xc1    /* vpdpbssd, which libZydis 4.0 does not know */
        pdep    %rax, %rax, %rax
        ret
END walk_kernel

FUNCTION walk_handed_over
        pext    %rax, %rax, %rax
        ret
END walk_handed_over

FUNCTION walk_unreached
        crc32   %al, %eax
        ret
END walk_unreached

FUNCTION walk_broken
        nop
        .byte   0x06                    /* push %es, which 64-bit mode does not have */
        ret
END walk_broken
