/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/faulty/result_special.h"

#include <string.h>

#include "base/array.h"

#define X87_CONDITIONS 0x4500 /* C0 C2 C3 of the status word: Intel SDM volume 1, 8.1.3 */
#define X87_EXCEPTIONS 0x3f
#define X87_ROUNDING 0xf00 /* precision and rounding of the control word */
#define MXCSR_DEFINED 0xffff
#define X87_BITS 80
#define FNSAVE_REGISTERS 28 /* Intel SDM volume 1, figure 8-9 */
#define SAVED_BITS 512      /* of four registers, which is part enough */
#define PKRU_COMPONENT 9
#define VTEST_CLEARS 0x894 /* PF AF SF OF: Intel SDM volume 2, PTEST, VTESTPD/VTESTPS */
#define RSI 6
#define RDI 7

/* Where one field of the XSAVE area is the result. */
static const struct {
        ZydisMnemonic mnemonic;
        uint32_t offset, mask;
} fields[] = {
        { ZYDIS_MNEMONIC_FCOM, RESULT_AREA_X87_STATUS, X87_CONDITIONS },
        { ZYDIS_MNEMONIC_FCOMP, RESULT_AREA_X87_STATUS, X87_CONDITIONS },
        { ZYDIS_MNEMONIC_FCOMPP, RESULT_AREA_X87_STATUS, X87_CONDITIONS },
        { ZYDIS_MNEMONIC_FUCOM, RESULT_AREA_X87_STATUS, X87_CONDITIONS },
        { ZYDIS_MNEMONIC_FUCOMP, RESULT_AREA_X87_STATUS, X87_CONDITIONS },
        { ZYDIS_MNEMONIC_FUCOMPP, RESULT_AREA_X87_STATUS, X87_CONDITIONS },
        { ZYDIS_MNEMONIC_FICOM, RESULT_AREA_X87_STATUS, X87_CONDITIONS },
        { ZYDIS_MNEMONIC_FICOMP, RESULT_AREA_X87_STATUS, X87_CONDITIONS },
        { ZYDIS_MNEMONIC_FTST, RESULT_AREA_X87_STATUS, X87_CONDITIONS },
        { ZYDIS_MNEMONIC_FXAM, RESULT_AREA_X87_STATUS, X87_CONDITIONS },
        { ZYDIS_MNEMONIC_FINCSTP, RESULT_AREA_X87_STATUS, RESULT_X87_TOP },
        { ZYDIS_MNEMONIC_FDECSTP, RESULT_AREA_X87_STATUS, RESULT_X87_TOP },
        { ZYDIS_MNEMONIC_FNCLEX, RESULT_AREA_X87_STATUS, X87_EXCEPTIONS },
        { ZYDIS_MNEMONIC_FLDCW, RESULT_AREA_X87_CONTROL, X87_ROUNDING },
        { ZYDIS_MNEMONIC_FLDENV, RESULT_AREA_X87_CONTROL, X87_ROUNDING },
        { ZYDIS_MNEMONIC_FNINIT, RESULT_AREA_X87_CONTROL, X87_ROUNDING },
        { ZYDIS_MNEMONIC_FNINIT, RESULT_AREA_X87_TAGS, 0xff },
        { ZYDIS_MNEMONIC_EMMS, RESULT_AREA_X87_TAGS, 0xff },
        { ZYDIS_MNEMONIC_FEMMS, RESULT_AREA_X87_TAGS, 0xff },
        { ZYDIS_MNEMONIC_FFREE, RESULT_AREA_X87_TAGS, 0xff },
        { ZYDIS_MNEMONIC_LDMXCSR, RESULT_AREA_MXCSR, MXCSR_DEFINED },
        { ZYDIS_MNEMONIC_VLDMXCSR, RESULT_AREA_MXCSR, MXCSR_DEFINED },
};

static bool add_fields(struct result *result)
{
        for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
                if (fields[i].mnemonic == result->mnemonic)
                        (void)result_add(result, (struct result_part){ .kind = RESULT_AREA,
                                                         .offset = fields[i].offset,
                                                         .mask = fields[i].mask });
        return result->n_parts > 0;
}

/* Eight of the registers: all would be too many. */
static void add_vectors(struct result *result, uint16_t first, uint16_t bits)
{
        static const uint8_t some[RESULT_PARTS_MAX] = { 0, 3, 5, 6, 9, 10, 12, 15 };

        for (size_t i = 0; i < ARRAY_SIZE(some); i++)
                (void)result_add(result,
                        (struct result_part){
                                .kind = RESULT_VECTOR, .index = some[i], .first = first, .bits = bits });
}

/* What xrstor brings back of SSE's, AVX's and AVX-512's parts of a vector register, as far as it is asked to. */
static void add_restored(struct result *result)
{
        static const struct {
                uint8_t component;
                uint16_t first, bits;
        } parts[] = { { 1, 0, 128 }, { 2, 128, 128 }, { 6, 256, 256 } };

        for (uint8_t i = 0; i < RESULT_PARTS_MAX; i++)
                (void)result_add(result, (struct result_part){ .kind = RESULT_VECTOR,
                                                 .index = 2 * i + 1,
                                                 .restored = 1 + parts[i % 3].component,
                                                 .first = parts[i % 3].first,
                                                 .bits = parts[i % 3].bits });
}

static void add_memory(struct result *result, uint32_t offset, uint16_t bits)
{
        (void)result_add(
                result, (struct result_part){ .kind = RESULT_MEMORY, .offset = offset, .bits = bits });
}

static void add_x87_registers(struct result *result)
{
        for (uint8_t i = 0; i < 8; i++)
                (void)result_add(
                        result, (struct result_part){ .kind = RESULT_X87, .index = i, .bits = X87_BITS });
}

static bool add_state(struct result *result, const ZydisDecodedInstruction *instruction,
        const ZydisDecodedOperand *operands)
{
        switch (instruction->mnemonic) {
        case ZYDIS_MNEMONIC_VZEROUPPER:
                add_vectors(result, 128, 128);
                break;
        case ZYDIS_MNEMONIC_VZEROALL:
                add_vectors(result, 0, 256);
                break;
        case ZYDIS_MNEMONIC_XRSTOR:
        case ZYDIS_MNEMONIC_XRSTOR64:
                add_restored(result);
                break;
        case ZYDIS_MNEMONIC_FXRSTOR:
        case ZYDIS_MNEMONIC_FXRSTOR64:
                add_vectors(result, 0, 128);
                break;
        case ZYDIS_MNEMONIC_FXSAVE:
        case ZYDIS_MNEMONIC_FXSAVE64:
                result_address(result, instruction, &operands[0]);
                add_memory(result, RESULT_AREA_X87, X87_BITS);
                add_memory(result, RESULT_AREA_XMM, SAVED_BITS);
                break;
        case ZYDIS_MNEMONIC_FNSTENV: /* the control word: what is defined of the rest is x87's, too */
                result_address(result, instruction, &operands[0]);
                add_memory(result, 0, 16);
                break;
        case ZYDIS_MNEMONIC_FNSAVE:
                result_address(result, instruction, &operands[0]);
                add_memory(result, FNSAVE_REGISTERS, 8 * X87_BITS);
                break;
        case ZYDIS_MNEMONIC_FRSTOR:
                add_x87_registers(result);
                break;
        default:
                return false;
        }
        return true;
}

static bool add_system(struct result *result)
{
        switch (result->mnemonic) {
        case ZYDIS_MNEMONIC_WRFSBASE:
                (void)result_add(result, (struct result_part){ .kind = RESULT_FS_BASE, .bits = 47 });
                return true;
        case ZYDIS_MNEMONIC_WRGSBASE:
                (void)result_add(result, (struct result_part){ .kind = RESULT_GS_BASE, .bits = 47 });
                return true;
        case ZYDIS_MNEMONIC_WRPKRU:
                (void)result_add(result, (struct result_part){ .kind = RESULT_AREA,
                                                 .offset = result_component_offset(PKRU_COMPONENT),
                                                 .mask = UINT32_MAX });
                return true;
        default:
                return false;
        }
}

bool result_special(struct result *result, const ZydisDecodedInstruction *instruction,
        const ZydisDecodedOperand *operands)
{
        if (add_system(result)) {
                result->extended = result->mnemonic == ZYDIS_MNEMONIC_WRPKRU;
                return true;
        }
        if (!add_fields(result) && !add_state(result, instruction, operands))
                return false;
        result->extended = true;
        return true;
}

void result_special_forgotten(struct result *result, const ZydisDecodedInstruction *instruction)
{
        const char *name = ZydisMnemonicGetString(instruction->mnemonic);
        bool string = instruction->meta.category == ZYDIS_CATEGORY_STRINGOP;
        bool compares = string && strncmp(name, "cmps", 4) == 0;

        if (compares)
                (void)result_add(result, (struct result_part){ RESULT_GENERAL, .index = RSI, .bits = 64 });
        if (compares || (string && strncmp(name, "scas", 4) == 0))
                (void)result_add(result, (struct result_part){ RESULT_GENERAL, .index = RDI, .bits = 64 });
        switch (instruction->mnemonic) {
        case ZYDIS_MNEMONIC_VP2INTERSECTD:
        case ZYDIS_MNEMONIC_VP2INTERSECTQ: { /* a pair of masks, the even one first */
                struct result_part second = result->parts[0];

                second.index |= 1;
                result->parts[0].index &= ~1;
                (void)result_add(result, second);
                break;
        }
        case ZYDIS_MNEMONIC_VPTEST:
        case ZYDIS_MNEMONIC_VTESTPS:
        case ZYDIS_MNEMONIC_VTESTPD:
                for (unsigned i = 0; i < result->n_parts; i++)
                        if (result->parts[i].kind == RESULT_FLAGS)
                                result->parts[i].mask |= VTEST_CLEARS;
                break;
        default:
                break;
        }
}

static void lanes_by(
        struct result *result, enum result_lanes lanes, const ZydisDecodedOperand *mask, unsigned lane_bits)
{
        result->lanes = lanes;
        result->lane_register = (uint8_t)ZydisRegisterGetId(mask->reg.value);
        result->lane_bits = (uint8_t)lane_bits;
}

void result_special_lanes(struct result *result, const ZydisDecodedInstruction *instruction,
        const ZydisDecodedOperand *operands)
{
        switch (instruction->mnemonic) {
        case ZYDIS_MNEMONIC_MASKMOVQ:
                lanes_by(result, RESULT_LANES_BY_SIGN_MMX, &operands[1], 8);
                return;
        case ZYDIS_MNEMONIC_MASKMOVDQU:
        case ZYDIS_MNEMONIC_VMASKMOVDQU:
                lanes_by(result, RESULT_LANES_BY_SIGN, &operands[1], 8);
                return;
        case ZYDIS_MNEMONIC_VMASKMOVPS:
        case ZYDIS_MNEMONIC_VMASKMOVPD:
        case ZYDIS_MNEMONIC_VPMASKMOVD:
        case ZYDIS_MNEMONIC_VPMASKMOVQ:
                if (operands[0].type == ZYDIS_OPERAND_TYPE_MEMORY)
                        lanes_by(result, RESULT_LANES_BY_SIGN, &operands[1], operands[0].element_size);
                return;
        default:
                if (instruction->meta.category == ZYDIS_CATEGORY_AVX2GATHER)
                        lanes_by(result, RESULT_LANES_BY_SIGN, &operands[2], operands[0].element_size);
                return;
        }
}
