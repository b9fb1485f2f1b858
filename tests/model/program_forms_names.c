/* SPDX-License-Identifier: Apache-2.0 */
/* What libZydis does not tell of a mnemonic: tables by name. */
#include "tests/model/program_forms.h"

#include <stdio.h>
#include <string.h>

#include "base/array.h"

#define POINTERS "stores where the last x87 instruction and its operand lay"
#define ELSEWHERE "has checks of its own, which set up what it needs"
#define EMPTIES "empties the x87 registers, and with them what came before"
#define UNDEFINED "undefined for most operands"

/* Left out of programs though a user may execute them. */
static const struct {
        ZydisMnemonic mnemonic;
        const char *reason;
} left_out[] = {
        { ZYDIS_MNEMONIC_FNSTENV, POINTERS },
        { ZYDIS_MNEMONIC_FLDENV, POINTERS },
        { ZYDIS_MNEMONIC_FNSAVE, POINTERS },
        { ZYDIS_MNEMONIC_FRSTOR, POINTERS },
        { ZYDIS_MNEMONIC_FXSAVE, POINTERS },
        { ZYDIS_MNEMONIC_FXSAVE64, POINTERS },
        { ZYDIS_MNEMONIC_FXRSTOR, POINTERS },
        { ZYDIS_MNEMONIC_FXRSTOR64, POINTERS },
        { ZYDIS_MNEMONIC_XRSTOR, ELSEWHERE },
        { ZYDIS_MNEMONIC_XRSTOR64, ELSEWHERE },
        { ZYDIS_MNEMONIC_RDFSBASE, ELSEWHERE },
        { ZYDIS_MNEMONIC_RDGSBASE, ELSEWHERE },
        { ZYDIS_MNEMONIC_WRFSBASE, ELSEWHERE },
        { ZYDIS_MNEMONIC_WRGSBASE, ELSEWHERE },
        { ZYDIS_MNEMONIC_RDPKRU, ELSEWHERE },
        { ZYDIS_MNEMONIC_WRPKRU, ELSEWHERE },
        { ZYDIS_MNEMONIC_MOVDIR64B, ELSEWHERE },
        { ZYDIS_MNEMONIC_LDTILECFG, ELSEWHERE },
        { ZYDIS_MNEMONIC_STTILECFG, ELSEWHERE },
        { ZYDIS_MNEMONIC_TDPBF16PS, ELSEWHERE },
        { ZYDIS_MNEMONIC_TDPBSSD, ELSEWHERE },
        { ZYDIS_MNEMONIC_TDPBSUD, ELSEWHERE },
        { ZYDIS_MNEMONIC_TDPBUSD, ELSEWHERE },
        { ZYDIS_MNEMONIC_TDPBUUD, ELSEWHERE },
        { ZYDIS_MNEMONIC_TILELOADD, ELSEWHERE },
        { ZYDIS_MNEMONIC_TILELOADDT1, ELSEWHERE },
        { ZYDIS_MNEMONIC_TILERELEASE, ELSEWHERE },
        { ZYDIS_MNEMONIC_TILESTORED, ELSEWHERE },
        { ZYDIS_MNEMONIC_TILEZERO, ELSEWHERE },
        { ZYDIS_MNEMONIC_FNINIT, EMPTIES },
        { ZYDIS_MNEMONIC_SALC, "not in 64-bit mode" },
};

/* A mnemonic's place in the generator. The first row that fits counts. */
static const struct {
        ZydisMnemonic mnemonic;
        enum program_special special;
} specials[] = {
        { ZYDIS_MNEMONIC_DIV, PROGRAM_DIVIDE },
        { ZYDIS_MNEMONIC_IDIV, PROGRAM_DIVIDE_SIGNED },
        { ZYDIS_MNEMONIC_BSF, PROGRAM_BIT_SCAN },
        { ZYDIS_MNEMONIC_BSR, PROGRAM_BIT_SCAN },
        { ZYDIS_MNEMONIC_STD, PROGRAM_DIRECTION },
        { ZYDIS_MNEMONIC_CLD, PROGRAM_DIRECTION },
        { ZYDIS_MNEMONIC_XLAT, PROGRAM_TRANSLATE },
        { ZYDIS_MNEMONIC_MASKMOVQ, PROGRAM_MASK_MOVE },
        { ZYDIS_MNEMONIC_MASKMOVDQU, PROGRAM_MASK_MOVE },
        { ZYDIS_MNEMONIC_VMASKMOVDQU, PROGRAM_MASK_MOVE },
        { ZYDIS_MNEMONIC_PUSH, PROGRAM_PUSH },
        { ZYDIS_MNEMONIC_POP, PROGRAM_POP },
        { ZYDIS_MNEMONIC_PUSHF, PROGRAM_PUSH_FLAGS },
        { ZYDIS_MNEMONIC_PUSHFQ, PROGRAM_PUSH_FLAGS },
        { ZYDIS_MNEMONIC_POPF, PROGRAM_POP_FLAGS },
        { ZYDIS_MNEMONIC_POPFQ, PROGRAM_POP_FLAGS },
        { ZYDIS_MNEMONIC_ENTER, PROGRAM_ENTER },
        { ZYDIS_MNEMONIC_LEAVE, PROGRAM_LEAVE },
        { ZYDIS_MNEMONIC_RET, PROGRAM_RETURN },
        { ZYDIS_MNEMONIC_JRCXZ, PROGRAM_BRANCH_COUNT },
        { ZYDIS_MNEMONIC_JECXZ, PROGRAM_BRANCH_COUNT },
        { ZYDIS_MNEMONIC_LOOP, PROGRAM_LOOP },
        { ZYDIS_MNEMONIC_LOOPE, PROGRAM_LOOP },
        { ZYDIS_MNEMONIC_LOOPNE, PROGRAM_LOOP },
        { ZYDIS_MNEMONIC_LDMXCSR, PROGRAM_LOAD_CONTROL },
        { ZYDIS_MNEMONIC_VLDMXCSR, PROGRAM_LOAD_CONTROL },
        { ZYDIS_MNEMONIC_STMXCSR, PROGRAM_STORE_CONTROL },
        { ZYDIS_MNEMONIC_VSTMXCSR, PROGRAM_STORE_CONTROL },
        { ZYDIS_MNEMONIC_FCOM, PROGRAM_X87_COMPARE },
        { ZYDIS_MNEMONIC_FCOMP, PROGRAM_X87_COMPARE },
        { ZYDIS_MNEMONIC_FCOMPP, PROGRAM_X87_COMPARE },
        { ZYDIS_MNEMONIC_FUCOM, PROGRAM_X87_COMPARE },
        { ZYDIS_MNEMONIC_FUCOMP, PROGRAM_X87_COMPARE },
        { ZYDIS_MNEMONIC_FUCOMPP, PROGRAM_X87_COMPARE },
        { ZYDIS_MNEMONIC_FICOM, PROGRAM_X87_COMPARE },
        { ZYDIS_MNEMONIC_FICOMP, PROGRAM_X87_COMPARE },
        { ZYDIS_MNEMONIC_FTST, PROGRAM_X87_COMPARE },
        { ZYDIS_MNEMONIC_FXAM, PROGRAM_X87_CLASSIFY },
        { ZYDIS_MNEMONIC_FPREM, PROGRAM_X87_CLASSIFY },
        { ZYDIS_MNEMONIC_FPREM1, PROGRAM_X87_CLASSIFY },
        { ZYDIS_MNEMONIC_FLDCW, PROGRAM_X87_CONTROL },
        { ZYDIS_MNEMONIC_FNSTSW, PROGRAM_X87_STATUS },
        { ZYDIS_MNEMONIC_FFREE, PROGRAM_X87_FREE },
        { ZYDIS_MNEMONIC_FINCSTP, PROGRAM_X87_TURN },
        { ZYDIS_MNEMONIC_FDECSTP, PROGRAM_X87_TURN },
        { ZYDIS_MNEMONIC_EMMS, PROGRAM_X87_EMPTY },
        { ZYDIS_MNEMONIC_VZEROUPPER, PROGRAM_ZERO_UPPER },
        { ZYDIS_MNEMONIC_VZEROALL, PROGRAM_ZERO_ALL },
        { ZYDIS_MNEMONIC_VP2INTERSECTD, PROGRAM_INTERSECT },
        { ZYDIS_MNEMONIC_VP2INTERSECTQ, PROGRAM_INTERSECT },
        { ZYDIS_MNEMONIC_LEA, PROGRAM_ADDRESS },
        { ZYDIS_MNEMONIC_EXTRQ, PROGRAM_EXTRACT },
        { ZYDIS_MNEMONIC_INSERTQ, PROGRAM_EXTRACT },
};

/* What an x87 instruction does to the stack: how many of st(0).. it reads, and how many it pushes. */
static const struct {
        ZydisMnemonic mnemonic;
        uint8_t read;
        int8_t pushes;
} stack[] = {
        { ZYDIS_MNEMONIC_FLD, 0, 1 },
        { ZYDIS_MNEMONIC_FILD, 0, 1 },
        { ZYDIS_MNEMONIC_FBLD, 0, 1 },
        { ZYDIS_MNEMONIC_FLD1, 0, 1 },
        { ZYDIS_MNEMONIC_FLDL2E, 0, 1 },
        { ZYDIS_MNEMONIC_FLDL2T, 0, 1 },
        { ZYDIS_MNEMONIC_FLDLG2, 0, 1 },
        { ZYDIS_MNEMONIC_FLDLN2, 0, 1 },
        { ZYDIS_MNEMONIC_FLDPI, 0, 1 },
        { ZYDIS_MNEMONIC_FLDZ, 0, 1 },
        { ZYDIS_MNEMONIC_FXTRACT, 1, 1 },
        { ZYDIS_MNEMONIC_FSTP, 1, -1 },
        { ZYDIS_MNEMONIC_FISTP, 1, -1 },
        { ZYDIS_MNEMONIC_FISTTP, 1, -1 },
        { ZYDIS_MNEMONIC_FBSTP, 1, -1 },
        { ZYDIS_MNEMONIC_FADDP, 2, -1 },
        { ZYDIS_MNEMONIC_FMULP, 2, -1 },
        { ZYDIS_MNEMONIC_FSUBP, 2, -1 },
        { ZYDIS_MNEMONIC_FSUBRP, 2, -1 },
        { ZYDIS_MNEMONIC_FDIVP, 2, -1 },
        { ZYDIS_MNEMONIC_FDIVRP, 2, -1 },
        { ZYDIS_MNEMONIC_FCOMP, 1, -1 },
        { ZYDIS_MNEMONIC_FUCOMP, 1, -1 },
        { ZYDIS_MNEMONIC_FICOMP, 1, -1 },
        { ZYDIS_MNEMONIC_FCOMIP, 1, -1 },
        { ZYDIS_MNEMONIC_FUCOMIP, 1, -1 },
        { ZYDIS_MNEMONIC_FCOMPP, 2, -2 },
        { ZYDIS_MNEMONIC_FUCOMPP, 2, -2 },
        { ZYDIS_MNEMONIC_FSCALE, 2, 0 },
        { ZYDIS_MNEMONIC_FPREM, 2, 0 },
        { ZYDIS_MNEMONIC_FPREM1, 2, 0 },
};

/* What Bochs 2.7 gets wrong so often that no program with a known answer can have it: every form; vectors below 512
 * bits; memory; memory in EVEX; 512 bits of indexes. */
static const struct {
        ZydisMnemonic mnemonic;
        enum { EVERY, NARROW, MEMORY, EVEX_MEMORY, LONG } forms;
        const char *what;
} unmodelled[] = {
        { ZYDIS_MNEMONIC_DPPS, EVERY, "the order of its additions shows in NaN" },
        { ZYDIS_MNEMONIC_VDPPS, EVERY, "the order of its additions shows in NaN" },
        { ZYDIS_MNEMONIC_ADOX, EVERY, "its carry" },
        { ZYDIS_MNEMONIC_SHA1RNDS4, EVERY, "wrong" },
        { ZYDIS_MNEMONIC_GF2P8AFFINEQB, EVERY, "wrong" },
        { ZYDIS_MNEMONIC_GF2P8AFFINEINVQB, EVERY, "wrong" },
        { ZYDIS_MNEMONIC_VGF2P8AFFINEQB, EVERY, "wrong" },
        { ZYDIS_MNEMONIC_VGF2P8AFFINEINVQB, EVERY, "wrong" },
        { ZYDIS_MNEMONIC_VPMULTISHIFTQB, EVERY, "wrong" },
        { ZYDIS_MNEMONIC_VPSHUFBITQMB, EVERY, "wrong" },
        { ZYDIS_MNEMONIC_VPCONFLICTD, EVERY, "wrong" },
        { ZYDIS_MNEMONIC_VPCONFLICTQ, EVERY, "wrong" },
        { ZYDIS_MNEMONIC_VPBROADCASTMB2Q, NARROW, "what lies above the vector is not cleared" },
        { ZYDIS_MNEMONIC_VPBROADCASTMW2D, NARROW, "what lies above the vector is not cleared" },
        { ZYDIS_MNEMONIC_VPINSRB, EVEX_MEMORY, "the scale of its displacement" },
        { ZYDIS_MNEMONIC_VPEXTRW, EVEX_MEMORY, "the scale of its displacement" },
        { ZYDIS_MNEMONIC_VGATHERQPS, LONG, "what lies above the vector is not cleared" },
        { ZYDIS_MNEMONIC_VPGATHERQD, LONG, "what lies above the vector is not cleared" },
        { ZYDIS_MNEMONIC_VPEXPANDB, MEMORY, "wrong" },
        { ZYDIS_MNEMONIC_VPEXPANDW, MEMORY, "wrong" },
};

static bool is_unmodelled(const struct found *f)
{
        bool memory = f->form.layout & PROGRAM_INDIRECT;
        bool fits[] = {
                [EVERY] = true,
                [NARROW] = f->form.operands[0].class != PROGRAM_ZMM,
                [MEMORY] = memory,
                [EVEX_MEMORY] = memory && f->form.space == PROGRAM_EVEX,
                [LONG] = (f->form.index & 15) == PROGRAM_ZMM,
        };

        for (size_t i = 0; i < ARRAY_SIZE(unmodelled); i++)
                if (unmodelled[i].mnemonic == f->mnemonic && fits[unmodelled[i].forms])
                        return true;
        return false;
}

static const char *left_out_by_name(ZydisMnemonic mnemonic)
{
        for (size_t i = 0; i < ARRAY_SIZE(left_out); i++)
                if (left_out[i].mnemonic == mnemonic)
                        return left_out[i].reason;
        return NULL;
}

static const char *has_no_place(const struct instruction_form *form)
{
        const ZydisDecodedInstruction *i = form->instruction;
        bool operand_size = i->attributes & ZYDIS_ATTRIB_HAS_OPERANDSIZE;

        if (left_out_by_name(i->mnemonic))
                return left_out_by_name(i->mnemonic);
        if (operand_size && (i->meta.branch_type || i->mnemonic == ZYDIS_MNEMONIC_ENTER ||
                                    i->mnemonic == ZYDIS_MNEMONIC_LEAVE))
                return "makers differ about its 16-bit form";
        if (i->mnemonic == ZYDIS_MNEMONIC_BSWAP && form->operands[0].size == 16)
                return "undefined for 16 bits";
        for (unsigned o = 0; o < i->operand_count_visible; o++)
                if (form->operands[o].encoding == ZYDIS_OPERAND_ENCODING_DISP16_32_64)
                        return "names an absolute address";
        /* The undocumented twins of fcom, fcomp, fxch, fstp: AMD APM volume 3, table A-7 leaves them out. */
        if (i->meta.category == ZYDIS_CATEGORY_X87_ALU && i->raw.modrm.mod == 3 && i->opcode >= 0xdc) {
                unsigned first = (unsigned)i->opcode << 8 | 0xc0 | i->raw.modrm.reg << 3;

                if (first == 0xdcd0 || first == 0xdcd8 || first == 0xddc8 || first == 0xded0 ||
                        first == 0xdfc8 || first == 0xdfd0 || first == 0xdfd8)
                        return "a twin that no maker documents";
        }
        if ((i->mnemonic == ZYDIS_MNEMONIC_EXTRQ || i->mnemonic == ZYDIS_MNEMONIC_INSERTQ) &&
                !i->raw.imm[0].size)
                return UNDEFINED;
        return NULL;
}

static bool needs_vsib(const struct instruction_form *form)
{
        for (unsigned i = 0; i < form->instruction->operand_count_visible; i++)
                if (form->operands[i].type == ZYDIS_OPERAND_TYPE_MEMORY &&
                        form->operands[i].mem.type == ZYDIS_MEMOP_TYPE_VSIB)
                        return true;
        return false;
}

bool forms_left_out(const struct instruction_form *form)
{
        bool sib = form->instruction->attributes & ZYDIS_ATTRIB_HAS_SIB;
        isa_set needs;

        return instruction_needs(form->instruction, &needs) ||
               instruction_form_excluded(form->instruction, form->operands) || has_no_place(form) ||
               (sib && !needs_vsib(form));
}

void forms_list_left_out(void)
{
        for (size_t i = 0; i < ARRAY_SIZE(left_out); i++)
                printf("%s: %s\n", ZydisMnemonicGetString(left_out[i].mnemonic), left_out[i].reason);
}

/* ---- specials ---- */

static enum program_special branch_special(const struct program_form *form, const ZydisDecodedInstruction *i)
{
        bool indirect = form->operands[0].class != PROGRAM_TARGET;

        if (i->meta.category == ZYDIS_CATEGORY_CALL)
                return indirect ? PROGRAM_CALL_INDIRECT : PROGRAM_CALL;
        if (i->meta.category == ZYDIS_CATEGORY_UNCOND_BR)
                return indirect ? PROGRAM_JUMP_INDIRECT : PROGRAM_JUMP;
        return PROGRAM_BRANCH;
}

static enum program_special shift_special(const struct program_form *form)
{
        const struct program_operand *last = &form->operands[1];

        if (form->operands[2].class)
                last = &form->operands[2];
        if (form->immediate)
                return PROGRAM_SHIFT_IMMEDIATE;
        return last->class == PROGRAM_GENERAL8 ? PROGRAM_SHIFT_COUNT : PROGRAM_SHIFT_ONE;
}

static bool shifts(ZydisMnemonic mnemonic)
{
        static const ZydisMnemonic all[] = { ZYDIS_MNEMONIC_SHL, ZYDIS_MNEMONIC_SHR, ZYDIS_MNEMONIC_SAR,
                ZYDIS_MNEMONIC_ROL, ZYDIS_MNEMONIC_ROR, ZYDIS_MNEMONIC_RCL, ZYDIS_MNEMONIC_RCR,
                ZYDIS_MNEMONIC_SHLD, ZYDIS_MNEMONIC_SHRD };

        for (size_t i = 0; i < ARRAY_SIZE(all); i++)
                if (all[i] == mnemonic)
                        return true;
        return false;
}

static enum program_special special_of(const struct found *f, const ZydisDecodedInstruction *i)
{
        const struct program_form *form = &f->form;

        for (size_t s = 0; s < ARRAY_SIZE(specials); s++)
                if (specials[s].mnemonic == f->mnemonic)
                        return specials[s].special;
        if (i->meta.category == ZYDIS_CATEGORY_STRINGOP)
                return PROGRAM_STRING;
        if (i->meta.branch_type != ZYDIS_BRANCH_TYPE_NONE)
                return branch_special(form, i);
        if (shifts(f->mnemonic))
                return shift_special(form);
        if (form->index)
                return form->operands[0].class == PROGRAM_MEMORY ? PROGRAM_SCATTER : PROGRAM_GATHER;
        if (i->meta.category == ZYDIS_CATEGORY_BITBYTE && form->layout & PROGRAM_INDIRECT &&
                !form->immediate && form->operands[0].class == PROGRAM_MEMORY && f->needs == 0 &&
                form->operands[1].class)
                return PROGRAM_BIT_MEMORY;
        if (f->set == PROGRAM_SET_X87 || form->x87 || i->meta.category == ZYDIS_CATEGORY_X87_ALU)
                return PROGRAM_X87_PLAIN;
        return PROGRAM_PLAIN;
}

/* ---- sets of instructions ---- */

#define NEW                                                                                           \
        (ISA(AVX_VNNI) | ISA(AVX512BF16) | ISA(AVX512VP2INTERSECT) | ISA(AVX512FP16) | ISA(MOVDIRI) | \
                ISA(AVX_IFMA) | ISA(AVX_VNNI_INT8) | ISA(AVX_NE_CONVERT) | ISA(AVX_VNNI_INT16))
#define CRYPTO (ISA(AES) | ISA(PCLMUL) | ISA(SHA) | ISA(GFNI) | ISA(VAES) | ISA(VPCLMUL) | ISA(ADX))
#define V4X                                                                                           \
        (ISA(AVX512IFMA) | ISA(AVX512VBMI) | ISA(AVX512VBMI2) | ISA(AVX512VNNI) | ISA(AVX512BITALG) | \
                ISA(AVX512VPOPCNTDQ))
#define V4 (ISA(AVX512F) | ISA(AVX512BW) | ISA(AVX512CD) | ISA(AVX512DQ) | ISA(AVX512VL))
#define V3 (ISA(AVX) | ISA(AVX2) | ISA(BMI1) | ISA(BMI2) | ISA(F16C) | ISA(FMA) | ISA(LZCNT) | ISA(MOVBE))
#define V2 (ISA(CX16) | ISA(LAHF) | ISA(POPCNT) | ISA(SSE3) | ISA(SSE41) | ISA(SSE42) | ISA(SSSE3))

static bool uses_mmx(const struct program_form *form)
{
        for (size_t i = 0; i < ARRAY_SIZE(form->operands); i++)
                if (form->operands[i].class == PROGRAM_MMX)
                        return true;
        return false;
}

static enum program_set set_of(const struct found *f, const ZydisDecodedInstruction *i)
{
        if (f->needs & NEW)
                return PROGRAM_SET_NEW;
        if (f->needs & ISA(SSE4A))
                return PROGRAM_SET_SSE4A;
        if (f->needs & V4X || (f->needs & V4 && f->needs & CRYPTO))
                return PROGRAM_SET_V4X;
        if (f->needs & V4)
                return PROGRAM_SET_V4;
        if (f->needs & CRYPTO)
                return PROGRAM_SET_CRYPTO;
        if (f->needs & V3)
                return PROGRAM_SET_V3;
        if (f->needs & V2)
                return PROGRAM_SET_V2;
        if (uses_mmx(&f->form) || f->mnemonic == ZYDIS_MNEMONIC_EMMS)
                return PROGRAM_SET_MMX;
        if (i->meta.category == ZYDIS_CATEGORY_X87_ALU || i->meta.category == ZYDIS_CATEGORY_FCMOV)
                return PROGRAM_SET_X87;
        return f->needs & ISA(SSE2) ? PROGRAM_SET_SSE2 : PROGRAM_SET_GENERAL;
}

static bool has_wide_indexes(ZydisMnemonic mnemonic)
{
        const char *name = ZydisMnemonicGetString(mnemonic);
        const char *stem = strstr(name, "gather");

        stem = stem ? stem : strstr(name, "scatter");
        return stem && strchr(stem, 'q') == strpbrk(stem, "dq"); /* vpgatherqd, vgatherqps: indexes first */
}

void forms_classify(struct found *f, const ZydisDecodedInstruction *instruction)
{
        struct program_form *form = &f->form;

        f->set = set_of(f, instruction);
        if (uses_mmx(form) || f->mnemonic == ZYDIS_MNEMONIC_EMMS)
                form->trust |= PROGRAM_USES_MMX;
        else if (f->set == PROGRAM_SET_X87 || instruction->meta.category == ZYDIS_CATEGORY_X87_ALU)
                form->trust |= PROGRAM_USES_X87;
        if (f->set == PROGRAM_SET_X87 || instruction->meta.category == ZYDIS_CATEGORY_X87_ALU)
                form->x87_read = 1;
        for (size_t i = 0; i < ARRAY_SIZE(stack); i++)
                if (stack[i].mnemonic == f->mnemonic) {
                        form->x87_read = stack[i].read;
                        form->x87 = stack[i].pushes;
                }
        if (f->mnemonic == ZYDIS_MNEMONIC_FNSTCW || f->mnemonic == ZYDIS_MNEMONIC_FLDCW ||
                f->mnemonic == ZYDIS_MNEMONIC_FNSTSW || f->mnemonic == ZYDIS_MNEMONIC_FNCLEX)
                form->x87_read = 0;
        form->special = (uint8_t)special_of(f, instruction);
        if (is_unmodelled(f))
                form->trust |= PROGRAM_UNMODELLED;
        if (form->index && has_wide_indexes(f->mnemonic))
                form->index |= 0x80;
}
