/* SPDX-License-Identifier: Apache-2.0 */
/* What is left out of checks, and why: one table. */
#include "agent/instruction.h"

#define PRIVILEGED "privileged"
#define VIRTUAL "for hypervisors"
#define ENCLAVE "for enclaves"
#define SYSTEM "calls the system"
#define FAULTS "always faults"
#define DESCRIPTOR "reads the system's descriptors"
#define SEGMENT "a segment is the system's"
#define FAR "transfers to a segment"
#define IDENTITY "tells of the CPU or of the system's settings"
#define TIME "reads the time or a counter"
#define RANDOM "random"
#define HINT "a hint without a result"
#define ORDER "orders others and has no result"
#define NOTHING "does nothing"
#define CACHE "moves lines of the cache and has no result"
#define WAITS "waits"
#define PORT "an input or output port"
#define DEVICE "gives work to a device"
#define APPROXIMATE "an approximation that differs from model to model"
#define TRANSACTION "a transaction may fail at any time"
#define IMAGE "which parts of its image it writes is not deterministic"
#define UNDOCUMENTED "documented by no maker"

#define ROW(name, reason) [ZYDIS_MNEMONIC_##name] = (reason)

static const char *const excluded[ZYDIS_MNEMONIC_MAX_VALUE + 1] = {
        /* Intel SDM volume 2; AMD APM volume 3, chapter 4 (system instructions) */
        ROW(CLAC, PRIVILEGED),
        ROW(CLGI, PRIVILEGED),
        ROW(CLI, PRIVILEGED),
        ROW(CLRSSBSY, PRIVILEGED),
        ROW(CLTS, PRIVILEGED),
        ROW(HLT, PRIVILEGED),
        ROW(HRESET, PRIVILEGED),
        ROW(INVD, PRIVILEGED),
        ROW(INVLPG, PRIVILEGED),
        ROW(INVLPGA, PRIVILEGED),
        ROW(INVLPGB, PRIVILEGED),
        ROW(INVPCID, PRIVILEGED),
        ROW(LGDT, PRIVILEGED),
        ROW(LIDT, PRIVILEGED),
        ROW(LLDT, PRIVILEGED),
        ROW(LMSW, PRIVILEGED),
        ROW(LOADIWKEY, PRIVILEGED),
        ROW(LTR, PRIVILEGED),
        ROW(MCOMMIT, ORDER),
        ROW(PCONFIG, PRIVILEGED),
        ROW(PSMASH, PRIVILEGED),
        ROW(PVALIDATE, PRIVILEGED),
        ROW(RDMSR, PRIVILEGED),
        ROW(RMPADJUST, PRIVILEGED),
        ROW(RMPUPDATE, PRIVILEGED),
        ROW(RSM, PRIVILEGED),
        ROW(SETSSBSY, PRIVILEGED),
        ROW(SKINIT, PRIVILEGED),
        ROW(STAC, PRIVILEGED),
        ROW(STGI, PRIVILEGED),
        ROW(STI, PRIVILEGED),
        ROW(SWAPGS, PRIVILEGED),
        ROW(SYSEXIT, PRIVILEGED),
        ROW(SYSRET, PRIVILEGED),
        ROW(TLBSYNC, PRIVILEGED),
        ROW(WBINVD, PRIVILEGED),
        ROW(WRMSR, PRIVILEGED),
        ROW(WRUSSD, PRIVILEGED),
        ROW(WRUSSQ, PRIVILEGED),
        ROW(XRSTORS, PRIVILEGED),
        ROW(XRSTORS64, PRIVILEGED),
        ROW(XSAVES, PRIVILEGED),
        ROW(XSAVES64, PRIVILEGED),
        ROW(XSETBV, PRIVILEGED),
        ROW(INVEPT, VIRTUAL),
        ROW(INVVPID, VIRTUAL),
        ROW(SEAMCALL, VIRTUAL),
        ROW(SEAMOPS, VIRTUAL),
        ROW(SEAMRET, VIRTUAL),
        ROW(TDCALL, VIRTUAL),
        ROW(VMCALL, VIRTUAL),
        ROW(VMCLEAR, VIRTUAL),
        ROW(VMFUNC, VIRTUAL),
        ROW(VMLAUNCH, VIRTUAL),
        ROW(VMLOAD, VIRTUAL),
        ROW(VMMCALL, VIRTUAL),
        ROW(VMPTRLD, VIRTUAL),
        ROW(VMPTRST, VIRTUAL),
        ROW(VMREAD, VIRTUAL),
        ROW(VMRESUME, VIRTUAL),
        ROW(VMRUN, VIRTUAL),
        ROW(VMSAVE, VIRTUAL),
        ROW(VMWRITE, VIRTUAL),
        ROW(VMXOFF, VIRTUAL),
        ROW(VMXON, VIRTUAL),
        ROW(ENCLS, ENCLAVE),
        ROW(ENCLU, ENCLAVE),
        ROW(ENCLV, ENCLAVE),
        ROW(GETSEC, ENCLAVE),
        /* the system's */
        ROW(INT, SYSTEM),
        ROW(INT1, SYSTEM),
        ROW(INT3, SYSTEM),
        ROW(SYSCALL, SYSTEM),
        ROW(SYSENTER, SYSTEM),
        ROW(UD0, FAULTS),
        ROW(UD1, FAULTS),
        ROW(UD2, FAULTS),
        ROW(LAR, DESCRIPTOR),
        ROW(LSL, DESCRIPTOR),
        ROW(SGDT, DESCRIPTOR),
        ROW(SIDT, DESCRIPTOR),
        ROW(SLDT, DESCRIPTOR),
        ROW(STR, DESCRIPTOR),
        ROW(VERR, DESCRIPTOR),
        ROW(VERW, DESCRIPTOR),
        ROW(LFS, SEGMENT),
        ROW(LGS, SEGMENT),
        ROW(LSS, SEGMENT),
        ROW(IRET, FAR),
        ROW(IRETD, FAR),
        ROW(IRETQ, FAR),
        ROW(CPUID, IDENTITY),
        ROW(RDPID, IDENTITY),
        ROW(SMSW, IDENTITY),
        ROW(XGETBV, IDENTITY),
        ROW(RDPMC, TIME),
        ROW(RDPRU, TIME),
        ROW(RDTSC, TIME),
        ROW(RDTSCP, TIME),
        ROW(RDRAND, RANDOM),
        ROW(RDSEED, RANDOM),
        ROW(XSTORE, RANDOM),
        ROW(IN, PORT),
        ROW(INSB, PORT),
        ROW(INSD, PORT),
        ROW(INSW, PORT),
        ROW(OUT, PORT),
        ROW(OUTSB, PORT),
        ROW(OUTSD, PORT),
        ROW(OUTSW, PORT),
        ROW(ENQCMD, DEVICE),
        ROW(ENQCMDS, DEVICE),
        ROW(MONITOR, WAITS),
        ROW(MONITORX, WAITS),
        ROW(MWAIT, WAITS),
        ROW(MWAITX, WAITS),
        ROW(TPAUSE, WAITS),
        ROW(UMONITOR, WAITS),
        ROW(UMWAIT, WAITS),
        ROW(XABORT, TRANSACTION),
        ROW(XBEGIN, TRANSACTION),
        ROW(XEND, TRANSACTION),
        ROW(XTEST, TRANSACTION),
        ROW(XRESLDTRK, TRANSACTION),
        ROW(XSUSLDTRK, TRANSACTION),
        /* without a result */
        ROW(PREFETCH, HINT),
        ROW(PREFETCHNTA, HINT),
        ROW(PREFETCHT0, HINT),
        ROW(PREFETCHT1, HINT),
        ROW(PREFETCHT2, HINT),
        ROW(PREFETCHW, HINT),
        ROW(PREFETCHWT1, HINT),
        ROW(PAUSE, HINT),
        ROW(CLDEMOTE, HINT),
        ROW(PTWRITE, "writes a trace"),
        ROW(LFENCE, ORDER),
        ROW(MFENCE, ORDER),
        ROW(SFENCE, ORDER),
        ROW(SERIALIZE, ORDER),
        ROW(FWAIT, ORDER),
        ROW(NOP, NOTHING),
        ROW(ENDBR32, NOTHING),
        ROW(ENDBR64, NOTHING),
        ROW(FNOP, NOTHING),
        ROW(FDISI8087_NOP, NOTHING),
        ROW(FENI8087_NOP, NOTHING),
        ROW(FSETPM287_NOP, NOTHING),
        ROW(CLFLUSH, CACHE),
        ROW(CLFLUSHOPT, CACHE),
        ROW(CLWB, CACHE),
        /* without one known result: Intel SDM volume 1, 8.3.10 (transcendentals), 13.6 to 13.10 (XSAVE) */
        ROW(F2XM1, APPROXIMATE),
        ROW(FCOS, APPROXIMATE),
        ROW(FPATAN, APPROXIMATE),
        ROW(FPTAN, APPROXIMATE),
        ROW(FSIN, APPROXIMATE),
        ROW(FSINCOS, APPROXIMATE),
        ROW(FYL2X, APPROXIMATE),
        ROW(FYL2XP1, APPROXIMATE),
        ROW(RCPPS, APPROXIMATE),
        ROW(RCPSS, APPROXIMATE),
        ROW(RSQRTPS, APPROXIMATE),
        ROW(RSQRTSS, APPROXIMATE),
        ROW(VRCPPS, APPROXIMATE),
        ROW(VRCPSS, APPROXIMATE),
        ROW(VRSQRTPS, APPROXIMATE),
        ROW(VRSQRTSS, APPROXIMATE),
        ROW(VRCP14PD, APPROXIMATE),
        ROW(VRCP14PS, APPROXIMATE),
        ROW(VRCP14SD, APPROXIMATE),
        ROW(VRCP14SS, APPROXIMATE),
        ROW(VRSQRT14PD, APPROXIMATE),
        ROW(VRSQRT14PS, APPROXIMATE),
        ROW(VRSQRT14SD, APPROXIMATE),
        ROW(VRSQRT14SS, APPROXIMATE),
        ROW(VRCPPH, APPROXIMATE),
        ROW(VRCPSH, APPROXIMATE),
        ROW(VRSQRTPH, APPROXIMATE),
        ROW(VRSQRTSH, APPROXIMATE),
        ROW(XSAVE, IMAGE),
        ROW(XSAVE64, IMAGE),
        ROW(XSAVEC, IMAGE),
        ROW(XSAVEC64, IMAGE),
        ROW(XSAVEOPT, IMAGE),
        ROW(XSAVEOPT64, IMAGE),
        ROW(FSTPNCE, UNDOCUMENTED),
        ROW(FFREEP, UNDOCUMENTED),
};

const char *instruction_excluded(ZydisMnemonic mnemonic)
{
        return excluded[mnemonic];
}

static bool is_segment(const ZydisDecodedOperand *operand)
{
        return operand->type == ZYDIS_OPERAND_TYPE_REGISTER &&
               ZydisRegisterGetClass(operand->reg.value) == ZYDIS_REGCLASS_SEGMENT;
}

const char *instruction_form_excluded(
        const ZydisDecodedInstruction *instruction, const ZydisDecodedOperand *operands)
{
        if (excluded[instruction->mnemonic])
                return excluded[instruction->mnemonic];
        if (instruction->attributes & ZYDIS_ATTRIB_IS_PRIVILEGED)
                return PRIVILEGED;
        if (instruction->meta.branch_type == ZYDIS_BRANCH_TYPE_FAR)
                return FAR;
        for (unsigned i = 0; i < instruction->operand_count_visible; i++)
                if (is_segment(&operands[i]))
                        return SEGMENT;
        return NULL;
}
