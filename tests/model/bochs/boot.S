/* SPDX-License-Identifier: Apache-2.0 */
/* From reset to 64-bit mode: copies the kernel to 1 MiB, maps the first 32 MiB at 0 and at -2 GiB and the local
 * APIC at its address less 4 GiB, and goes to guest_main. */

#define PML4 0x1000
#define LOW 0x2000    /* page directory pointers of address 0 */
#define HIGH 0x3000   /* and of the last 512 GiB */
#define MEMORY 0x4000 /* page directories: the memory's */
#define APIC 0x5000   /* and the last GiB's */
#define TABLES_END 0x6000

#define PRESENT_WRITE 3
#define LARGE 0x80
#define NO_CACHE 0x10

        .section .reset, "ax"
        .code16
        ljmp    $0xf000, $boot_start - 0xf0000

        .section .boot, "ax"
        .globl  boot_start
boot_start:
        cli
        lgdtl   %cs:boot_gdt_pointer - 0xf0000
        mov     $0x11, %eax             /* PE, ET */
        mov     %eax, %cr0
        ljmpl   $0x08, $boot_protected

        .code32
boot_protected:
        mov     $0x18, %eax
        mov     %eax, %ds
        mov     %eax, %es
        mov     %eax, %ss
        in      $0x92, %al
        or      $2, %al                 /* A20 */
        out     %al, $0x92
        cld
        mov     $0xf0000, %esi
        mov     $0x100000, %edi
        mov     $kernel_size, %ecx
        rep movsb
        xor     %eax, %eax
        mov     $kernel_zero, %edi
        mov     $kernel_zero_size, %ecx
        rep stosb
        mov     $PML4, %edi
        mov     $TABLES_END - PML4, %ecx
        rep stosb

        movl    $LOW + PRESENT_WRITE, PML4
        movl    $HIGH + PRESENT_WRITE, PML4 + 8*511
        movl    $MEMORY + PRESENT_WRITE, LOW
        movl    $MEMORY + PRESENT_WRITE, HIGH + 8*510
        movl    $APIC + PRESENT_WRITE, HIGH + 8*511
        movl    $0xfee00000 + PRESENT_WRITE + LARGE + NO_CACHE, APIC + 8*(0x3ee00000 >> 21)
        mov     $MEMORY, %edi
        mov     $PRESENT_WRITE + LARGE, %eax
1:      mov     %eax, (%edi)
        add     $8, %edi
        add     $0x200000, %eax
        cmp     $0x2000000, %eax
        jb      1b

        mov     $0x20, %eax             /* PAE */
        mov     %eax, %cr4
        mov     $PML4, %eax
        mov     %eax, %cr3
        mov     $0xc0000080, %ecx       /* EFER: LME, NXE */
        mov     $0x900, %eax
        xor     %edx, %edx
        wrmsr
        mov     $0x80050033, %eax       /* PG AM WP NE ET MP PE, as Linux has it */
        mov     %eax, %cr0
        ljmp    $0x10, $boot_long

        .code64
boot_long:
        mov     $guest_stack, %rsp
        mov     $guest_main, %rax
        call    *%rax

        .balign 8
boot_gdt:
        .quad   0
        .quad   0x00cf9b000000ffff      /* 0x08: code, 32 bits */
        .quad   0x00af9b000000ffff      /* 0x10: code, 64 bits */
        .quad   0x00cf93000000ffff      /* 0x18: data */
boot_gdt_pointer:
        .word   . - boot_gdt - 1
        .long   boot_gdt

        .section .note.GNU-stack, "", @progbits
