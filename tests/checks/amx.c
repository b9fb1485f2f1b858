/* SPDX-License-Identifier: Apache-2.0 */
/* The AMX checks, on any CPU: where it has no AMX, each of its instructions raises SIGILL, and the handler decodes
 * (libZydis) and emulates it, by the Operation sections of the Intel SDM, volume 2. So the contract, the encodings, the
 * addresses and the comparisons of the kernels are proven, and a wrong bit in a tile is found, though not that a CPU with
 * AMX agrees with the manual. */
#include <Zydis/Zydis.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#include "base/array.h"
#include "base/random.h"
#include "checks/registers.h"
#include "tests/checks/contract_rules.h"
#include "tests/tap.h"

#define ALTERNATE_STACK (256 * 1024)
#define TILES 8
#define ROWS 16
#define ROW 64
#define FLIPS 60

/* Table 18-1 of volume 1. */
struct configuration {
        uint8_t palette, start_row, reserved[14];
        uint16_t row_bytes[16];
        uint8_t rows[16];
};

/* Mapped: a variable of the program would be one that run writes. */
static struct {
        struct configuration configuration;
        uint8_t data[TILES][ROWS][ROW];
        uint64_t executed;
        uint64_t flip_at; /* after so many instructions a bit flips in a tile; 0: never */
        bool flipped;
        enum { FLIP_ANY, FLIP_RESULT, FLIP_STORED } flip;
        uint64_t random;
} * amx;

static void *address_of(const ucontext_t *context, const ZydisDecodedOperand *operand, uint64_t *ret_index)
{
        static const struct {
                ZydisRegister name;
                int place;
        } registers[] = { { ZYDIS_REGISTER_RAX, REG_RAX }, { ZYDIS_REGISTER_RCX, REG_RCX },
                { ZYDIS_REGISTER_RDX, REG_RDX }, { ZYDIS_REGISTER_RBX, REG_RBX },
                { ZYDIS_REGISTER_RBP, REG_RBP }, { ZYDIS_REGISTER_RSI, REG_RSI },
                { ZYDIS_REGISTER_RDI, REG_RDI }, { ZYDIS_REGISTER_R8, REG_R8 } };
        uint64_t base = 0;

        *ret_index = 0;
        for (size_t i = 0; i < ARRAY_SIZE(registers); i++) {
                uint64_t value = (uint64_t)context->uc_mcontext.gregs[registers[i].place];

                base = operand->mem.base == registers[i].name ? value : base;
                *ret_index = operand->mem.index == registers[i].name ? value : *ret_index;
        }
        *ret_index *= operand->mem.scale;
        return (void *)(base + (uint64_t)operand->mem.disp.value); /* NOLINT: an address by nature */
}

static unsigned tile_of(const ZydisDecodedOperand *operand)
{
        return (unsigned)(operand->reg.value - ZYDIS_REGISTER_TMM0);
}

static void load(const ucontext_t *context, const ZydisDecodedOperand *operands)
{
        const struct configuration *c = &amx->configuration;
        unsigned t = tile_of(&operands[0]);
        uint64_t distance;
        const uint8_t *from = address_of(context, &operands[1], &distance);

        memset(amx->data[t], 0, sizeof(amx->data[t]));
        for (unsigned row = 0; row < c->rows[t]; row++)
                memcpy(amx->data[t][row], from + row * distance, c->row_bytes[t]);
}

static void store(const ucontext_t *context, const ZydisDecodedOperand *operands)
{
        const struct configuration *c = &amx->configuration;
        unsigned t = tile_of(&operands[1]);
        uint64_t distance;
        uint8_t *to = address_of(context, &operands[0], &distance);

        for (unsigned row = 0; row < c->rows[t]; row++)
                memcpy(to + row * distance, amx->data[t][row], c->row_bytes[t]);
}

static int32_t byte_of(uint8_t byte, bool is_signed)
{
        return is_signed ? (int8_t)byte : byte;
}

/* The sums of four products of bytes. */
static void multiply_bytes(unsigned to, unsigned a, unsigned b, bool a_signed, bool b_signed)
{
        const struct configuration *c = &amx->configuration;

        for (unsigned m = 0; m < c->rows[to]; m++)
                for (unsigned n = 0; n < c->row_bytes[to] / 4u; n++) {
                        uint32_t sum;

                        memcpy(&sum, &amx->data[to][m][4 * n], 4);
                        for (unsigned k = 0; k < c->row_bytes[a]; k++)
                                sum += (uint32_t)(byte_of(amx->data[a][m][k], a_signed) *
                                                  byte_of(amx->data[b][k / 4][4 * n + k % 4], b_signed));
                        memcpy(&amx->data[to][m][4 * n], &sum, 4);
                }
}

static float bf16_of(const uint8_t *bytes)
{
        uint32_t word = (uint32_t)(bytes[0] | bytes[1] << 8) << 16;
        float value;

        memcpy(&value, &word, 4);
        return value;
}

/* Even and odd elements apart, then their sum to the destination. The checks' data are exact. */
static void multiply_bf16(unsigned to, unsigned a, unsigned b)
{
        const struct configuration *c = &amx->configuration;

        for (unsigned m = 0; m < c->rows[to]; m++)
                for (unsigned n = 0; n < c->row_bytes[to] / 4u; n++) {
                        float sums[2] = { 0, 0 }, sum;

                        memcpy(&sum, &amx->data[to][m][4 * n], 4);
                        for (unsigned k = 0; k < c->row_bytes[a] / 2u; k++)
                                sums[k % 2] += bf16_of(&amx->data[a][m][2 * k]) *
                                               bf16_of(&amx->data[b][k / 2][4 * n + 2 * (k % 2)]);
                        sum += sums[0] + sums[1];
                        memcpy(&amx->data[to][m][4 * n], &sum, 4);
                }
}

/* Executes one instruction. Returns whether it is one of AMX. */
static bool execute(const ucontext_t *context, const ZydisDecodedInstruction *instruction,
        const ZydisDecodedOperand *operands)
{
        unsigned to = tile_of(&operands[0]), a = tile_of(&operands[1]), b = tile_of(&operands[2]);
        uint64_t index;

        switch (instruction->mnemonic) {
        case ZYDIS_MNEMONIC_LDTILECFG:
                memcpy(&amx->configuration, address_of(context, &operands[0], &index),
                        sizeof(amx->configuration));
                memset(amx->data, 0, sizeof(amx->data));
                return true;
        case ZYDIS_MNEMONIC_STTILECFG:
                memcpy(address_of(context, &operands[0], &index), &amx->configuration,
                        sizeof(amx->configuration));
                return true;
        case ZYDIS_MNEMONIC_TILERELEASE:
                memset(&amx->configuration, 0, sizeof(amx->configuration));
                memset(amx->data, 0, sizeof(amx->data));
                return true;
        case ZYDIS_MNEMONIC_TILEZERO:
                memset(amx->data[to], 0, sizeof(amx->data[to]));
                return true;
        case ZYDIS_MNEMONIC_TILELOADD:
        case ZYDIS_MNEMONIC_TILELOADDT1:
                load(context, operands);
                return true;
        case ZYDIS_MNEMONIC_TILESTORED:
                store(context, operands);
                return true;
        case ZYDIS_MNEMONIC_TDPBSSD:
                multiply_bytes(to, a, b, true, true);
                return true;
        case ZYDIS_MNEMONIC_TDPBSUD:
                multiply_bytes(to, a, b, true, false);
                return true;
        case ZYDIS_MNEMONIC_TDPBUSD:
                multiply_bytes(to, a, b, false, true);
                return true;
        case ZYDIS_MNEMONIC_TDPBUUD:
                multiply_bytes(to, a, b, false, false);
                return true;
        case ZYDIS_MNEMONIC_TDPBF16PS:
                multiply_bf16(to, a, b);
                return true;
        default:
                return false;
        }
}

static bool is_product(ZydisMnemonic mnemonic)
{
        return mnemonic >= ZYDIS_MNEMONIC_TDPBF16PS && mnemonic <= ZYDIS_MNEMONIC_TDPBUUD;
}

/* A bit of a row that is in use: of any tile or the result after a product, or of a tile that is about to be stored. */
static void flip(const ZydisDecodedInstruction *instruction, const ZydisDecodedOperand *operands)
{
        unsigned t = (unsigned)(random_next(&amx->random) % TILES);
        const struct configuration *c = &amx->configuration;

        if (amx->flip == FLIP_STORED && instruction->mnemonic == ZYDIS_MNEMONIC_TILESTORED)
                t = tile_of(&operands[1]);
        else if (amx->flip == FLIP_STORED || !is_product(instruction->mnemonic))
                return;
        else if (amx->flip == FLIP_RESULT)
                t = tile_of(&operands[0]);
        if (!c->rows[t] || !c->row_bytes[t])
                return;
        amx->data[t][random_next(&amx->random) % c->rows[t]][random_next(&amx->random) % c->row_bytes[t]] ^=
                (uint8_t)(1u << random_next(&amx->random) % 8);
        amx->flipped = true;
}

static void on_illegal(int signal, siginfo_t *info, void *user)
{
        ucontext_t *context = user;
        ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
        ZydisDecodedInstruction instruction;
        ZydisDecoder decoder;

        (void)signal;
        (void)ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
        if (!ZYAN_SUCCESS(ZydisDecoderDecodeFull(
                    &decoder, info->si_addr, ZYDIS_MAX_INSTRUCTION_LENGTH, &instruction, operands)))
                _exit(98);
        bool due = ++amx->executed >= amx->flip_at && amx->flip_at && !amx->flipped;

        if (due && amx->flip == FLIP_STORED)
                flip(&instruction, operands);
        if (!execute(context, &instruction, operands))
                _exit(98);
        if (due && amx->flip != FLIP_STORED)
                flip(&instruction, operands);
        context->uc_mcontext.gregs[REG_RIP] += instruction.length;
}

static bool handler_start(void)
{
        struct sigaction action = { .sa_sigaction = on_illegal, .sa_flags = SA_SIGINFO | SA_ONSTACK };
        stack_t stack = { .ss_size = ALTERNATE_STACK };

        stack.ss_sp =
                mmap(NULL, ALTERNATE_STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        return stack.ss_sp != MAP_FAILED && sigaltstack(&stack, NULL) == 0 &&
               sigaction(SIGILL, &action, NULL) == 0;
}

/* Runs a round; returns what verify says. */
static int run_round(const struct check *check, void *state, uint32_t number, uint64_t flip_at)
{
        struct check_round round = { .seed = 5, .number = number };
        struct check_mismatch mismatch;
        struct check_place place;
        int r;

        amx->executed = 0;
        amx->flip_at = flip_at;
        amx->flipped = false;
        check->setup(state, &round);
        check->run(state);
        r = check->verify(state, &mismatch);
        if (r == CHECK_MISMATCH) {
                check_locate(check, mismatch.offset, &place);
                if (!amx->flipped)
                        printf("# round %u: %s\n", number, place.name);
                return place.unit == CHECK_UNIT_TILE ? CHECK_MISMATCH : -1;
        }
        return r;
}

/* Every rule but that about time, which an emulation takes more of. */
static void test_contract(const struct check *check, isa_set features)
{
        struct contract contract = { .check = check, .features = features, .seed = 0x5eed };

        for (const struct contract_rule *rule = contract_rules; rule->name; rule++)
                if (rule != contract_rule_find("duration of a round")) {
                        bool kept = contract_apply(rule, &contract);

                        tap_ok(kept, "%s: %s%s%s", check->name, rule->name, kept ? "" : ": ", contract.why);
                }
}

static void test_flips(const struct check *check, void *state, bool multiplies)
{
        unsigned found = 0, flipped = 0;
        uint64_t executed;

        for (uint32_t i = 0; i < FLIPS; i++) {
                /* Rounds whose number is 4 modulo 5 are short in family 1. */
                uint32_t number = 5 * i;

                (void)run_round(check, state, number, 0);
                executed = amx->executed;
                amx->flip = !multiplies ? FLIP_STORED : i % 2 ? FLIP_RESULT : FLIP_ANY;
                found += run_round(check, state, number,
                                 1 + random_next(&amx->random) % (executed * 3 / 4)) == CHECK_MISMATCH;
                flipped += amx->flipped;
        }
        tap_ok(flipped == FLIPS && found == FLIPS, "%s: %u of %u bits that flip in a tile are found",
                check->name, found, flipped);
}

static void test_check(const char *name, void *state, isa_set features)
{
        const struct check *check = check_find(name);

        test_contract(check, features);
        test_flips(check, state, check->needs != ISA(AMX_TILE));
}

int main(void)
{
        isa_set features = isa_read();
        void *state;

        amx = mmap(NULL, sizeof(*amx), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (amx == MAP_FAILED)
                return 99;
        amx->random = tap_seed(0xa4);
        if (features & ISA(AMX_TILE)) {
                tap_skip(
                        "AMX by emulation", "this CPU has AMX: tests/checks/contract runs the checks on it");
                return tap_end();
        }
        state = mmap(NULL, CHECK_STATE_MAX, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (state == MAP_FAILED || !handler_start())
                return 99;
        registers_use(features);
        features |= ISA(AMX_TILE) | ISA(AMX_INT8) | ISA(AMX_BF16);
        test_check("state_amx_tile", state, features);
        test_check("amx_multiply_int8", state, features);
        test_check("amx_multiply_bf16", state, features);
        return tap_end();
}
