/* SPDX-License-Identifier: Apache-2.0 */
/* Every form of every instruction, found by decoding each combination of the fields that choose one. */
#include "agent/instruction.h"

#include <assert.h>
#include <string.h>

#include "base/array.h"

#define ROOM 24 /* the longest instruction has 15 bytes; a displacement and immediate of zeros follow */

struct walk {
        ZydisDecoder decoder;
        void (*visit)(const struct instruction_form *form, void *user);
        void *user;
        uint8_t bytes[ROOM];
        size_t n;      /* bytes before modrm */
        unsigned n_rm; /* registers in modrm.rm to walk: it chooses the mnemonic in legacy encodings only */
};

/* The mnemonics that one opcode has given so far. x87's escapes with a register give up to 40. */
struct seen {
        ZydisMnemonic mnemonics[64];
        size_t n;
};

static bool seen_add(struct seen *seen, ZydisMnemonic mnemonic)
{
        for (size_t i = 0; i < seen->n; i++)
                if (seen->mnemonics[i] == mnemonic)
                        return false;
        assert(seen->n < ARRAY_SIZE(seen->mnemonics));
        seen->mnemonics[seen->n++] = mnemonic;
        return true;
}

/* libZydis encodes the request, and what it gives decodes to the same mnemonic. */
static bool encodes(const struct walk *walk, const ZydisEncoderRequest *request, ZydisMnemonic mnemonic)
{
        uint8_t bytes[ZYDIS_MAX_INSTRUCTION_LENGTH];
        ZyanUSize size = sizeof(bytes);
        ZydisDecodedInstruction again;

        return ZYAN_SUCCESS(ZydisEncoderEncodeInstruction(request, bytes, &size)) &&
               ZYAN_SUCCESS(ZydisDecoderDecodeInstruction(&walk->decoder, NULL, bytes, size, &again)) &&
               again.mnemonic == mnemonic;
}

/* One combination: visited where it decodes to a mnemonic that this opcode has not given before. */
static void walk_bytes(struct walk *walk, struct seen *seen)
{
        ZydisDecoderContext context;
        ZydisDecodedInstruction instruction;
        ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT_VISIBLE];
        ZydisEncoderRequest request;

        if (!ZYAN_SUCCESS(ZydisDecoderDecodeInstruction(
                    &walk->decoder, &context, walk->bytes, ZYDIS_MAX_INSTRUCTION_LENGTH, &instruction)))
                return;
        if (instruction.encoding == ZYDIS_INSTRUCTION_ENCODING_XOP ||
                instruction.encoding == ZYDIS_INSTRUCTION_ENCODING_3DNOW)
                return;
        if (!seen_add(seen, instruction.mnemonic))
                return;
        if (!ZYAN_SUCCESS(ZydisDecoderDecodeOperands(
                    &walk->decoder, &context, &instruction, operands, instruction.operand_count_visible)) ||
                !ZYAN_SUCCESS(ZydisEncoderDecodedInstructionToEncoderRequest(
                        &instruction, operands, instruction.operand_count_visible, &request)) ||
                !encodes(walk, &request, instruction.mnemonic))
                return;
        walk->visit(&(const struct instruction_form){ &instruction, operands, &request, walk->bytes },
                walk->user);
}

/* All that modrm can choose: memory at (%rax), memory with a SIB byte (which gathers and tiles need), registers.
 * modrm.rm chooses the mnemonic among registers only (x87, 0F 01 and the like). */
static void walk_modrm(struct walk *walk)
{
        static const uint8_t kinds[] = { 0x00, 0x04, 0xc0 };

        for (size_t k = 0; k < ARRAY_SIZE(kinds); k++) {
                struct seen seen = { .n = 0 };

                for (unsigned reg = 0; reg < 8; reg++)
                        for (unsigned rm = 0; rm < (kinds[k] == 0xc0 ? walk->n_rm : 1); rm++) {
                                walk->bytes[walk->n] = (uint8_t)(kinds[k] | reg << 3 | rm);
                                walk->bytes[walk->n + 1] = kinds[k] == 0x04 ? 0x08 : 0; /* (%rax,%rcx) */
                                walk_bytes(walk, &seen);
                        }
        }
}

/* Sets the bytes before modrm. What follows is zeros: displacement, immediate. */
static void walk_begin(struct walk *walk, const uint8_t *bytes, size_t n)
{
        memset(walk->bytes, 0, sizeof(walk->bytes));
        memcpy(walk->bytes, bytes, n);
        walk->n = n;
}

/* Intel SDM volume 2, 2.1 and 2.2.1: prefixes, REX, escape, opcode. */
static bool legacy_prefix(unsigned map, unsigned opcode)
{
        switch (map) {
        case 0: /* prefixes, REX, the escape, VEX and EVEX */
                return (opcode >= 0x40 && opcode < 0x50) || (opcode >= 0x64 && opcode <= 0x67) ||
                       (opcode & 0xe7) == 0x26 || opcode == 0x0f || opcode == 0x62 || opcode == 0xc4 ||
                       opcode == 0xc5 || opcode == 0xf0 || opcode == 0xf2 || opcode == 0xf3;
        case 1:
                return opcode == 0x38 || opcode == 0x3a;
        }
        return false;
}

static void walk_legacy_opcode(struct walk *walk, uint8_t prefix, bool wide, unsigned map, uint8_t opcode)
{
        static const uint8_t escapes[4][2] = { { 0 }, { 0x0f }, { 0x0f, 0x38 }, { 0x0f, 0x3a } };
        uint8_t bytes[8];
        size_t n = 0;

        if (prefix)
                bytes[n++] = prefix;
        if (wide)
                bytes[n++] = 0x48;
        for (size_t i = 0; i < 2 && escapes[map][i]; i++)
                bytes[n++] = escapes[map][i];
        bytes[n++] = opcode;
        walk_begin(walk, bytes, n);
        walk_modrm(walk);
}

static void walk_legacy(struct walk *walk)
{
        static const uint8_t prefixes[] = { 0, 0x66, 0xf2, 0xf3 };

        for (unsigned map = 0; map < 4; map++)
                for (size_t p = 0; p < ARRAY_SIZE(prefixes); p++)
                        for (unsigned wide = 0; wide < 2; wide++)
                                for (unsigned opcode = 0; opcode < 256; opcode++)
                                        if (!legacy_prefix(map, opcode))
                                                walk_legacy_opcode(
                                                        walk, prefixes[p], wide, map, (uint8_t)opcode);
        walk_legacy_opcode(walk, 0x67, false, 0, 0xe3); /* jecxz */
}

/* Intel SDM volume 2, 2.3.5: C4, map, W vvvv L pp. vvvv is xmm1 where it is used, else it must be 1111. */
static void walk_vex(struct walk *walk)
{
        for (unsigned map = 1; map <= 3; map++)
                for (unsigned bits = 0; bits < 32; bits++) /* W, a source, L, pp */
                        for (unsigned opcode = 0; opcode < 256; opcode++) {
                                uint8_t bytes[] = { 0xc4, (uint8_t)(0xe0 | map),
                                        (uint8_t)((bits & 0x10) << 3 | (bits & 8 ? 0x70 : 0x78) |
                                                  (bits & 7)),
                                        (uint8_t)opcode };

                                walk_begin(walk, bytes, sizeof(bytes));
                                walk_modrm(walk);
                        }
}

/* Intel SDM volume 2, 2.7.1: 62, map, W vvvv 1 pp, z L'L b V' aaa. Merging with k1, which gathers must name. */
static void walk_evex(struct walk *walk)
{
        static const uint8_t maps[] = { 1, 2, 3, 5, 6 };

        for (size_t m = 0; m < ARRAY_SIZE(maps); m++)
                for (unsigned bits = 0; bits < 8; bits++)          /* W, pp */
                        for (unsigned more = 0; more < 12; more++) /* L'L, b, a mask */
                                for (unsigned opcode = 0; opcode < 256; opcode++) {
                                        uint8_t bytes[] = { 0x62, (uint8_t)(0xf0 | maps[m]),
                                                (uint8_t)((bits & 4) << 5 | 0x7c | (bits & 3)),
                                                (uint8_t)((more >> 2) << 5 | (more & 2) << 3 | 8 |
                                                          (more & 1)),
                                                (uint8_t)opcode };

                                        walk_begin(walk, bytes, sizeof(bytes));
                                        walk_modrm(walk);
                                }
}

void instruction_forms(void (*visit)(const struct instruction_form *form, void *user), void *user)
{
        struct walk walk = { .visit = visit, .user = user };

        ZydisDecoderInit(&walk.decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
        walk.n_rm = 8;
        walk_legacy(&walk);
        walk.n_rm = 1;
        walk_vex(&walk);
        walk_evex(&walk);
}
