/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/image_walk.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"

/* How a symbol is reached: bits, because one can be both. */
enum role {
        ROLE_RUN = 1,
        ROLE_SETUP = 2,
};

struct task {
        uint32_t symbol;
        enum role role;
};

struct walk {
        const struct image *image;
        ZydisDecoder decoder;
        image_instruction *visit;
        void *user;
        uint8_t *seen;      /* the roles of each symbol */
        struct task *tasks; /* a stack; room for each symbol in each role */
        size_t n_tasks;
};

/* What compilers put into checked builds. It computes nothing of ours, and leads everywhere. */
static bool of_sanitizer(const char *name)
{
        static const char *const prefixes[] = { "__asan", "__ubsan", "__sanitizer", "__interceptor" };

        for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++)
                if (strncmp(name, prefixes[i], strlen(prefixes[i])) == 0)
                        return true;
        return false;
}

static bool is_check(const struct image_symbol *symbol)
{
        for (size_t i = 0; check_list[i]; i++)
                if ((uintptr_t)check_list[i] == symbol->begin)
                        return true;
        return false;
}

/* The symbol at this address gets a role, if it is one of the program's. */
static void reach(struct walk *walk, uintptr_t address, enum role role)
{
        const struct image_symbol *symbol = image_find(walk->image, address);
        size_t index;

        if (!symbol || of_sanitizer(symbol->name) || is_check(symbol))
                return;
        index = (size_t)(symbol - walk->image->symbols);
        if (walk->seen[index] & role)
                return;
        walk->seen[index] |= (uint8_t)role;
        walk->tasks[walk->n_tasks++] = (struct task){ (uint32_t)index, role };
}

/* An address that code names or data holds: setup that takes the address of a function gives it to run. Returns
 * whether it is one of the program. */
static bool reach_pointer(struct walk *walk, uintptr_t address, enum role role)
{
        const struct image_symbol *symbol = image_find(walk->image, address);

        if (symbol)
                reach(walk, address, symbol->code ? ROLE_RUN : role);
        return symbol;
}

/* A label without a size is a table that ends where its pointers do: what comes then belongs to somebody else, and may
 * be what a sanitizer guards. */
__attribute__((no_sanitize("address"))) static void walk_data(
        struct walk *walk, const struct image_symbol *symbol, enum role role)
{
        uintptr_t first = (symbol->begin + sizeof(uintptr_t) - 1) & ~(sizeof(uintptr_t) - 1);

        for (uintptr_t at = first; at + sizeof(uintptr_t) <= symbol->end; at += sizeof(uintptr_t))
                if (!reach_pointer(walk, *(const uintptr_t *)at, role) && !symbol->sized)
                        return;
}

/* What an instruction at `address` names: the target of a branch is executed, an operand in memory or an immediate
 * that is an address of the program is a pointer. */
static void walk_operands(struct walk *walk, const ZydisDecodedInstruction *instruction,
        const ZydisDecodedOperand *operands, uintptr_t address, enum role role)
{
        for (unsigned i = 0; i < instruction->operand_count_visible; i++) {
                const ZydisDecodedOperand *operand = &operands[i];
                ZyanU64 target;

                if (ZYAN_SUCCESS(ZydisCalcAbsoluteAddress(instruction, operand, address, &target))) {
                        if (operand->type == ZYDIS_OPERAND_TYPE_IMMEDIATE)
                                reach(walk, target, role);
                        else
                                (void)reach_pointer(walk, target, role);
                } else if (operand->type == ZYDIS_OPERAND_TYPE_IMMEDIATE) {
                        (void)reach_pointer(walk, operand->imm.value.u, role);
                } else if (operand->type == ZYDIS_OPERAND_TYPE_MEMORY) {
                        (void)reach_pointer(walk, (uintptr_t)operand->mem.disp.value, role);
                }
        }
}

static bool ends_flow(const ZydisDecodedInstruction *instruction)
{
        return instruction->meta.category == ZYDIS_CATEGORY_UNCOND_BR ||
               instruction->meta.category == ZYDIS_CATEGORY_RET ||
               instruction->mnemonic == ZYDIS_MNEMONIC_UD2;
}

static bool decode(const ZydisDecoder *decoder, const struct image_symbol *symbol, uintptr_t at,
        ZydisDecodedInstruction *ret_instruction, ZydisDecodedOperand *ret_operands)
{
        ZydisDecoderContext context;

        return ZYAN_SUCCESS(ZydisDecoderDecodeInstruction(
                       decoder, &context, (const void *)at, symbol->end - at, ret_instruction)) &&
               ZYAN_SUCCESS(ZydisDecoderDecodeOperands(decoder, &context, ret_instruction, ret_operands,
                       ret_instruction->operand_count_visible));
}

static int refuse(const struct image_symbol *symbol, uintptr_t at)
{
        fprintf(stderr, "image_walk: what lies %zu bytes into %s is no instruction that libZydis knows.\n",
                (size_t)(at - symbol->begin), symbol->name);
        return -EBADMSG;
}

/* The length of an instruction that is newer than libZydis, or 0: one in VEX of the map 0F38, which has no immediate
 * (Intel SDM volume 2, 2.3), with a register behind the opcode, or memory without a displacement. */
static uint8_t newer_length(const struct image_symbol *symbol, uintptr_t at)
{
        const uint8_t *code = (const uint8_t *)at;

        if (!symbol->assembly || symbol->end - at < 5 || code[0] != 0xc4 || (code[1] & 31) != 2)
                return 0;
        if (code[4] >> 6 == 0 && (code[4] & 7) != 4 && (code[4] & 7) != 5)
                return 5;
        return code[4] >> 6 == 3 ? 5 : 0;
}

static int walk_code(struct walk *walk, const struct image_symbol *symbol, enum role role)
{
        ZydisDecodedInstruction instruction;
        ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT_VISIBLE];
        bool goes_on = true;

        for (uintptr_t at = symbol->begin; at < symbol->end; at += instruction.length) {
                if (!decode(&walk->decoder, symbol, at, &instruction, operands)) {
                        instruction.length = newer_length(symbol, at);
                        if (!instruction.length)
                                return refuse(symbol, at);
                        continue;
                }
                if (role == ROLE_RUN)
                        walk->visit(symbol, &instruction, operands, walk->user);
                walk_operands(walk, &instruction, operands, at, role);
                if (instruction.mnemonic != ZYDIS_MNEMONIC_NOP) /* padding */
                        goes_on = !ends_flow(&instruction);
        }
        if (goes_on && !symbol->sized)
                reach(walk, symbol->end, role);
        return 0;
}

int image_walk(const struct image *image, const struct check *check, image_instruction *visit, void *user)
{
        AUTO_FREE uint8_t *seen = calloc(image->n_symbols, sizeof(*seen));
        AUTO_FREE struct task *tasks = calloc(2 * image->n_symbols, sizeof(*tasks));
        struct walk walk = { .image = image, .visit = visit, .user = user, .seen = seen, .tasks = tasks };

        if (!seen || !tasks)
                return -ENOMEM;
        ZydisDecoderInit(&walk.decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
        reach(&walk, (uintptr_t)check->run, ROLE_RUN);
        reach(&walk, (uintptr_t)check->prepare, ROLE_SETUP);
        reach(&walk, (uintptr_t)check->setup, ROLE_SETUP);
        while (walk.n_tasks) {
                struct task task = walk.tasks[--walk.n_tasks];
                const struct image_symbol *symbol = &image->symbols[task.symbol];
                int r;

                if (!symbol->code) {
                        walk_data(&walk, symbol, task.role);
                        continue;
                }
                r = walk_code(&walk, symbol, task.role);
                if (r < 0)
                        return r;
        }
        return 0;
}

int image_walk_bytes(
        const char *name, const uint8_t *bytes, size_t size, image_instruction *visit, void *user)
{
        const struct image_symbol symbol = {
                .name = name,
                .begin = (uintptr_t)bytes,
                .end = (uintptr_t)bytes + size,
                .code = true,
                .assembly = true,
        };
        ZydisDecodedInstruction instruction;
        ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT_VISIBLE];
        ZydisDecoder decoder;

        ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
        for (uintptr_t at = symbol.begin; at < symbol.end; at += instruction.length) {
                if (!decode(&decoder, &symbol, at, &instruction, operands))
                        return refuse(&symbol, at);
                visit(&symbol, &instruction, operands, user);
        }
        return 0;
}
