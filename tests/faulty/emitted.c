/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/faulty/emitted.h"

/* The first instruction at *at or after it, which *at then has: what does not decode is what a jump leads over. */
static bool next(const uint8_t *code, size_t size, size_t *at, ZydisDecodedInstruction *ret_instruction)
{
        ZydisDecoder decoder;

        (void)ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
        for (; *at < size; (*at)++)
                if (ZYAN_SUCCESS(ZydisDecoderDecodeInstruction(
                            &decoder, NULL, code + *at, size - *at, ret_instruction)))
                        return true;
        return false;
}

size_t emitted_find(const uint8_t *code, size_t size, unsigned mnemonic, struct emitted_place *places)
{
        ZydisDecodedInstruction instruction;
        size_t n = 0;

        for (size_t at = 0; n < EMITTED_PLACES_MAX && next(code, size, &at, &instruction);
                at += instruction.length)
                if ((instruction.mnemonic == mnemonic || !mnemonic) &&
                        (result_decode(code + at, size - at, &places[n].result) || !mnemonic))
                        places[n++].offset = (uint32_t)at;
        return n;
}

void emitted_each(const uint8_t *code, size_t size,
        void (*visit)(const ZydisDecodedInstruction *instruction, void *user), void *user)
{
        ZydisDecodedInstruction instruction;

        for (size_t at = 0; next(code, size, &at, &instruction); at += instruction.length)
                visit(&instruction, user);
}
