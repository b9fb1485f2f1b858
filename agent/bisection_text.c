/* SPDX-License-Identifier: Apache-2.0 */
/* What a bisection named, in words: libZydis decodes the instruction, and what it read is taken from the registers and the
 * arena before it. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <Zydis/Zydis.h>

#include "agent/bisection.h"
#include "base/array.h"

struct operands {
        const struct bisection *bisection;
        char *text;
        size_t used;
};

static bool decode(const struct bisection *bisection, ZydisDecodedInstruction *ret_instruction,
        ZydisDecodedOperand ret_operands[ZYDIS_MAX_OPERAND_COUNT])
{
        ZydisDecoder decoder;

        return ZYAN_SUCCESS(ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64)) &&
               ZYAN_SUCCESS(ZydisDecoderDecodeFull(
                       &decoder, bisection->code, bisection->size, ret_instruction, ret_operands));
}

void bisection_instruction(const struct bisection *bisection, char text[BISECTION_TEXT_MAX])
{
        ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
        ZydisDecodedInstruction instruction;
        ZydisFormatter formatter;

        (void)snprintf(text, BISECTION_TEXT_MAX, "what libZydis does not know");
        if (decode(bisection, &instruction, operands) &&
                ZYAN_SUCCESS(ZydisFormatterInit(&formatter, ZYDIS_FORMATTER_STYLE_INTEL)))
                (void)ZydisFormatterFormatInstruction(&formatter, &instruction, operands,
                        instruction.operand_count_visible, text, BISECTION_TEXT_MAX,
                        ZYDIS_RUNTIME_ADDRESS_NONE, NULL);
}

const char *bisection_mnemonic(const struct bisection *bisection)
{
        ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
        ZydisDecodedInstruction instruction;

        return decode(bisection, &instruction, operands) ? ZydisMnemonicGetString(instruction.mnemonic) : "";
}

__attribute__((format(printf, 2, 3))) static void say(struct operands *to, const char *format, ...)
{
        va_list arguments;

        va_start(arguments, format);
        if (to->used < BISECTION_OPERANDS_MAX)
                to->used += (size_t)vsnprintf(
                        to->text + to->used, BISECTION_OPERANDS_MAX - to->used, format, arguments);
        va_end(arguments);
}

/* The highest byte first, as a number is written. */
static void say_bytes(struct operands *to, const char *name, const uint8_t *bytes, size_t size)
{
        say(to, "%s%s=0x", to->used ? ", " : "", name);
        while (size--)
                say(to, "%02x", bytes[size]);
}

/* Where the image holds a register, and how many bytes of it; NULL: it holds none such. */
static const uint8_t *register_bytes(const struct registers *image, ZydisRegister name, size_t *ret_size)
{
        ZyanI8 id = ZydisRegisterGetId(name);
        size_t size = ZydisRegisterGetWidth(ZYDIS_MACHINE_MODE_LONG_64, name) / 8;

        *ret_size = size;
        switch (ZydisRegisterGetClass(name)) {
        case ZYDIS_REGCLASS_GPR8:
                if (name >= ZYDIS_REGISTER_AH && name <= ZYDIS_REGISTER_BH)
                        return (const uint8_t *)&image->general[name - ZYDIS_REGISTER_AH] + 1;
                if (name > ZYDIS_REGISTER_BH)
                        id = (ZyanI8)(name - ZYDIS_REGISTER_SPL + 4);
                return (const uint8_t *)&image->general[id & 15];
        case ZYDIS_REGCLASS_GPR16:
        case ZYDIS_REGCLASS_GPR32:
        case ZYDIS_REGCLASS_GPR64:
                return (const uint8_t *)&image->general[id & 15];
        case ZYDIS_REGCLASS_XMM:
        case ZYDIS_REGCLASS_YMM:
        case ZYDIS_REGCLASS_ZMM:
                return image->vector[id & 31];
        case ZYDIS_REGCLASS_MASK:
                *ret_size = 8;
                return (const uint8_t *)&image->mask[id & 7];
        case ZYDIS_REGCLASS_X87:
                *ret_size = 10;
                return image->x87[id & 7];
        case ZYDIS_REGCLASS_MMX:
                *ret_size = 8;
                return image->x87[id & 7];
        default:
                return NULL;
        }
}

static uint64_t general(const struct registers *image, ZydisRegister name)
{
        return name == ZYDIS_REGISTER_NONE ? 0 : image->general[ZydisRegisterGetId(name) & 15];
}

/* The registers of an address that is itself what the instruction computes (lea). */
static void say_address(struct operands *to, const ZydisDecodedOperand *operand)
{
        const ZydisRegister parts[] = { operand->mem.base, operand->mem.index };

        for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
                size_t size;
                const uint8_t *bytes = register_bytes(&to->bisection->before, parts[i], &size);

                if (bytes)
                        say_bytes(to, ZydisRegisterGetString(parts[i]), bytes, size);
        }
}

static void say_memory(struct operands *to, const ZydisDecodedOperand *operand)
{
        const struct bisection *bisection = to->bisection;
        uint64_t address =
                general(&bisection->before, operand->mem.base) + (uint64_t)operand->mem.disp.value;
        size_t size = operand->size / 8;

        if (ZydisRegisterGetClass(operand->mem.index) == ZYDIS_REGCLASS_GPR64)
                address += general(&bisection->before, operand->mem.index) * operand->mem.scale;
        address -= bisection->arena_address;
        if (operand->mem.type != ZYDIS_MEMOP_TYPE_MEM || address >= PROGRAM_ARENA_SIZE ||
                size > PROGRAM_ARENA_SIZE - address)
                return;
        char name[24];

        (void)snprintf(name, sizeof(name), "memory[%" PRIu64 "]", address);
        say_bytes(to, name, bisection->arena + address, size);
}

void bisection_operands(const struct bisection *bisection, char text[BISECTION_OPERANDS_MAX])
{
        ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
        ZydisDecodedInstruction instruction;
        struct operands to = { .bisection = bisection, .text = text };

        text[0] = 0;
        if (!decode(bisection, &instruction, operands))
                return;
        for (unsigned i = 0; i < instruction.operand_count; i++) {
                const ZydisDecodedOperand *operand = &operands[i];
                const uint8_t *bytes;
                size_t size;

                if (operand->type == ZYDIS_OPERAND_TYPE_MEMORY && operand->mem.type == ZYDIS_MEMOP_TYPE_AGEN)
                        say_address(&to, operand);
                if (!(operand->actions & ZYDIS_OPERAND_ACTION_MASK_READ))
                        continue;
                if (operand->type == ZYDIS_OPERAND_TYPE_MEMORY)
                        say_memory(&to, operand);
                if (operand->type != ZYDIS_OPERAND_TYPE_REGISTER)
                        continue;
                bytes = register_bytes(&bisection->before, operand->reg.value, &size);
                if (bytes)
                        say_bytes(&to, ZydisRegisterGetString(operand->reg.value), bytes, size);
        }
        if (instruction.cpu_flags && instruction.cpu_flags->tested)
                say(&to, "%sflags=%#" PRIx64, to.used ? ", " : "", bisection->before.flags);
}
