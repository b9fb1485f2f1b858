/* SPDX-License-Identifier: Apache-2.0 */
/* A breakpoint stops at the instruction, the trap flag after it; then the handler decodes what was executed and flips a
 * bit of the saved state or of memory. Layout of a signal frame: arch/x86/include/uapi/asm/sigcontext.h, Intel SDM volume 1, 13.4. */
#include "tests/checks/program_fault.h"

#include <assert.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <ucontext.h>
#include <cpuid.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <Zydis/Zydis.h>

#include "base/random.h"

#define TRAP_FLAG 0x100
#define FXSAVE_X87 32
#define FXSAVE_XMM 160
#define XSAVE_HEADER 512
#define STATUS 0x8d5
#define BREAKPOINT 0xcc
#define STACK_SIZE (64 * 1024)

const char *const fault_kind_names[FAULT_KINDS] = { "nothing", "general register", "vector", "mask", "x87",
        "memory", "flags" };

static struct {
        const struct program *program;
        uint8_t *code; /* where it runs */
        uint32_t index;
        uint64_t random;
        struct fault_result *shared;
        uint64_t before;       /* where the instruction lies; 0: it was not reached */
        greg_t general[NGREG]; /* before it */
        uint32_t top;
} fault;
static ZydisDecoder decoder;
static uint32_t offset_ymm, offset_mask, offset_zmm, offset_high;

static uint32_t component(uint32_t number)
{
        uint32_t eax, ebx, ecx, edx;

        return __get_cpuid_count(0xd, number, &eax, &ebx, &ecx, &edx) ? ebx : 0;
}

static const int general_registers[16] = { REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI,
        REG_RDI, REG_R8, REG_R9, REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15 };

static unsigned draw(unsigned n)
{
        return (unsigned)(random_next(&fault.random) % n);
}

static enum fault_kind flip_general(ucontext_t *context, ZydisRegister name)
{
        unsigned id = (unsigned)ZydisRegisterGetId(name),
                 bits = ZydisRegisterGetWidth(ZYDIS_MACHINE_MODE_LONG_64, name);
        unsigned bit = draw(bits);

        if (ZydisRegisterGetClass(name) == ZYDIS_REGCLASS_GPR8 && name >= ZYDIS_REGISTER_AH) {
                if (name <= ZYDIS_REGISTER_BH)
                        bit += 8;
                id = name <= ZYDIS_REGISTER_BH ? name - ZYDIS_REGISTER_AH : name - ZYDIS_REGISTER_SPL + 4u;
        }
        context->uc_mcontext.gregs[general_registers[id]] ^= (greg_t)(UINT64_C(1) << bit);
        return FAULT_GENERAL;
}

static void flip_byte(ucontext_t *context, uint32_t offset, uint64_t part)
{
        uint8_t *area = (uint8_t *)context->uc_mcontext.fpregs;
        uint64_t *present = (uint64_t *)(void *)(area + XSAVE_HEADER);

        *present |= part;
        area[offset] ^= (uint8_t)(1u << draw(8));
}

static enum fault_kind flip_vector(ucontext_t *context, ZydisRegister name)
{
        uint32_t id = (uint32_t)ZydisRegisterGetId(name);
        uint32_t byte = draw(ZydisRegisterGetWidth(ZYDIS_MACHINE_MODE_LONG_64, name) / 8u);

        if (id >= 16)
                flip_byte(context, offset_high + 64 * (id - 16) + byte, 0x80);
        else if (byte < 16)
                flip_byte(context, FXSAVE_XMM + 16 * id + byte, 2);
        else if (byte < 32)
                flip_byte(context, offset_ymm + 16 * id + byte - 16, 4);
        else
                flip_byte(context, offset_zmm + 32 * id + byte - 32, 0x40);
        return FAULT_VECTOR;
}

static uint32_t top_now(const ucontext_t *context)
{
        return context->uc_mcontext.fpregs->swd >> 11 & 7;
}

/* What pops names its registers as they were before, what pushes as they are after. */
static enum fault_kind flip_x87(ucontext_t *context, uint32_t i)
{
        uint32_t popped = (top_now(context) - fault.top) & 7;

        popped = popped == 7 ? 0 : popped;
        if (i < popped)
                return FAULT_NONE;
        flip_byte(context, FXSAVE_X87 + 16 * (i - popped) + draw(10), 1);
        return FAULT_X87;
}

static enum fault_kind flip_register(ucontext_t *context, ZydisRegister name, unsigned bytes)
{
        uint32_t id;

        switch (ZydisRegisterGetClass(name)) {
        case ZYDIS_REGCLASS_GPR8:
        case ZYDIS_REGCLASS_GPR16:
        case ZYDIS_REGCLASS_GPR32:
        case ZYDIS_REGCLASS_GPR64:
                if (ZydisRegisterGetLargestEnclosing(ZYDIS_MACHINE_MODE_LONG_64, name) == ZYDIS_REGISTER_RSP)
                        return FAULT_NONE; /* the stack's own checks look after it */
                return flip_general(context, name);
        case ZYDIS_REGCLASS_XMM:
        case ZYDIS_REGCLASS_YMM:
        case ZYDIS_REGCLASS_ZMM:
                return flip_vector(context, name);
        case ZYDIS_REGCLASS_MASK:
                flip_byte(context, offset_mask + 8 * (uint32_t)ZydisRegisterGetId(name) + draw(bytes), 0x20);
                return FAULT_MASK;
        case ZYDIS_REGCLASS_X87:
                return flip_x87(context, (uint32_t)ZydisRegisterGetId(name));
        case ZYDIS_REGCLASS_MMX: /* the frame has st(0) first, MMX registers are physical */
                id = ((uint32_t)ZydisRegisterGetId(name) - top_now(context)) & 7;
                flip_byte(context, FXSAVE_X87 + 16 * id + draw(8), 1);
                return FAULT_X87;
        default:
                return FAULT_NONE;
        }
}

static enum fault_kind flip_memory(
        const ZydisDecodedInstruction *instruction, const ZydisDecodedOperand *operand)
{
        ZydisRegisterContext registers = { { 0 } };
        ZyanU64 address;

        if (operand->mem.type != ZYDIS_MEMOP_TYPE_MEM || operand->mem.base == ZYDIS_REGISTER_RSP)
                return FAULT_NONE;
        for (unsigned r = 0; r < 16; r++)
                registers.values[ZYDIS_REGISTER_RAX + r] = (ZyanU64)fault.general[general_registers[r]];
        if (!ZYAN_SUCCESS(
                    ZydisCalcAbsoluteAddressEx(instruction, operand, fault.before, &registers, &address)))
                return FAULT_NONE;
        ((uint8_t *)address)[draw(operand->size / 8u)] ^= (uint8_t)(1u << draw(8));
        return FAULT_MEMORY;
}

static enum fault_kind flip_flags(ucontext_t *context, const ZydisDecodedInstruction *instruction)
{
        const ZydisAccessedFlags *flags = instruction->cpu_flags;
        uint32_t written =
                flags ? (flags->modified | flags->set_0 | flags->set_1) & ~flags->undefined & STATUS : 0;
        unsigned bit = draw(12);

        if (!written)
                return FAULT_NONE;
        while (!(written >> bit & 1))
                bit = (bit + 1) % 12;
        context->uc_mcontext.gregs[REG_EFL] ^= 1 << bit;
        return FAULT_FLAGS;
}

/* Flags are flipped where they are all that was written: elsewhere one condition in eight of them is kept. */
static void corrupt(ucontext_t *context)
{
        ZydisDecodedInstruction instruction;
        ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT], *written[ZYDIS_MAX_OPERAND_COUNT];
        unsigned n = 0;

        assert(ZYAN_SUCCESS(ZydisDecoderDecodeFull(&decoder, (const uint8_t *)fault.before,
                ZYDIS_MAX_INSTRUCTION_LENGTH, &instruction, operands)));
        for (unsigned i = 0; i < instruction.operand_count; i++)
                if (operands[i].actions & ZYDIS_OPERAND_ACTION_MASK_WRITE &&
                        !(operands[i].type == ZYDIS_OPERAND_TYPE_REGISTER &&
                                (ZydisRegisterGetClass(operands[i].reg.value) == ZYDIS_REGCLASS_FLAGS ||
                                        ZydisRegisterGetClass(operands[i].reg.value) == ZYDIS_REGCLASS_IP)))
                        written[n++] = &operands[i];
        if (!n) {
                fault.shared->kind = flip_flags(context, &instruction);
                return;
        }
        const ZydisDecodedOperand *operand = written[draw(n)];

        if (operand->type == ZYDIS_OPERAND_TYPE_MEMORY)
                fault.shared->kind = flip_memory(&instruction, operand);
        else if (operand->type == ZYDIS_OPERAND_TYPE_REGISTER)
                fault.shared->kind = flip_register(context, operand->reg.value, operand->size / 8u);
}

/* Comes twice: at the breakpoint, which stands for the instruction, and after the instruction. */
static void stopped(int signal, siginfo_t *info, void *argument)
{
        ucontext_t *context = argument;
        uint8_t *at = fault.code + fault.program->offset[fault.index];

        (void)signal, (void)info;
        if (!fault.before) {
                *at = fault.program->code[fault.program->offset[fault.index]];
                fault.before = (uint64_t)at;
                context->uc_mcontext.gregs[REG_RIP] = (greg_t)(uintptr_t)at;
                memcpy(fault.general, context->uc_mcontext.gregs, sizeof(fault.general));
                fault.top = top_now(context);
                context->uc_mcontext.gregs[REG_EFL] |= TRAP_FLAG;
                return;
        }
        context->uc_mcontext.gregs[REG_EFL] &= ~TRAP_FLAG;
        corrupt(context);
}

static void prepare(void)
{
        static uint8_t stack[STACK_SIZE];
        const stack_t alternate = { .ss_sp = stack, .ss_size = sizeof(stack) };
        struct sigaction stop = { .sa_sigaction = stopped, .sa_flags = SA_SIGINFO | SA_ONSTACK };

        ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
        offset_ymm = component(2);
        offset_mask = component(5);
        offset_zmm = component(6);
        offset_high = component(7);
        (void)signal(SIGSEGV, SIG_DFL); /* a sanitizer would tell of deaths that are wanted */
        (void)signal(SIGFPE, SIG_DFL);
        (void)signal(SIGILL, SIG_DFL);
        (void)signal(SIGBUS, SIG_DFL);
        assert(program_prepare() == 0);
        fault.code = (uint8_t *)(uintptr_t)program_code(0);
        assert(mprotect((void *)((uintptr_t)fault.code & ~UINT64_C(4095)), 8192,
                       PROT_READ | PROT_WRITE | PROT_EXEC) == 0);
        assert(sigaltstack(&alternate, NULL) == 0);
        assert(sigaction(SIGTRAP, &stop, NULL) == 0);
}

struct memory {
        struct registers_pair pair;
        uint8_t before[4096]; /* a store that is only a little wild hits these */
        uint8_t arena[PROGRAM_ARENA_SIZE] __attribute__((aligned(64)));
        uint8_t after[4096];
};

static uint64_t digest(const struct program *program, const struct program_group *group)
{
        static struct memory memory;

        program_image(program, group, &memory.pair.in, memory.arena);
        program_run(program, &memory.pair, 0, 0);
        return program_digest(program, &memory.pair.in, &memory.pair.out, memory.arena);
}

static _Noreturn void run(const struct program *program, const struct program_group *group)
{
        static struct program broken;
        uint64_t right;

        prepare();
        right = digest(program, group);
        broken = *program;
        broken.code[program->offset[fault.index]] = BREAKPOINT;
        (void)alarm(1);
        fault.shared->noticed = digest(&broken, group) != right;
        _exit(0);
}

struct fault_result fault_run(
        const struct program *program, const struct program_group *group, uint32_t index, uint64_t random)
{
        int status;
        pid_t child;

        if (!fault.shared)
                fault.shared = mmap(NULL, sizeof(*fault.shared), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        assert(fault.shared != MAP_FAILED);
        *fault.shared = (struct fault_result){ FAULT_NONE, false };
        fault.program = program;
        fault.index = index;
        fault.random = random;
        child = fork();
        assert(child >= 0);
        if (child == 0)
                run(program, group);
        while (waitpid(child, &status, 0) != child)
                ;
        if (status != 0)
                fault.shared->noticed = true;
        return *fault.shared;
}
