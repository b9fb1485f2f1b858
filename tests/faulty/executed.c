/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/faulty/executed.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/wait.h>
#include <unistd.h>

#include <Zydis/Zydis.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "checks/check.h"
#include "checks/registers.h"
#include "tests/faulty/emitted.h"
#include "tests/faulty/trap.h"

#define CHECKS_MAX 512
#define SERIES_NS (300 * CLOCK_MS)
#define STATE_ADDRESS UINT64_C(0x200000000000)

extern uint8_t __start_checks_text[], __stop_checks_text[]; /* by the linker */
extern uint8_t __executable_start[];

struct executed {
        uint32_t rounds[CHECKS_MAX];
        bool mnemonic[CHECKS_MAX][ZYDIS_MNEMONIC_MAX_VALUE + 1];
        uint8_t extension[ZYDIS_MNEMONIC_MAX_VALUE + 1]; /* ZydisISAExt of the first one seen */
        unsigned check;                                  /* that runs just now */
};

uint64_t executed_bias(void)
{
        return (uint64_t)__executable_start; /* of a position-independent program, whose file begins at 0 */
}

bool executed_in_checks(uint64_t address)
{
        uint64_t loaded = address + executed_bias();

        return loaded >= (uint64_t)__start_checks_text && loaded < (uint64_t)__stop_checks_text;
}

void executed_fix_addresses(char **argv)
{
        int now = personality(0xffffffff);

        if (now < 0 || now & ADDR_NO_RANDOMIZE || personality((unsigned long)now | ADDR_NO_RANDOMIZE) < 0)
                return;
        (void)execv("/proc/self/exe", argv);
}

void *executed_state(void)
{
        void *state = mmap((void *)STATE_ADDRESS, CHECK_STATE_MAX, PROT_READ | PROT_WRITE, /* NOLINT */
                MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

        return state == MAP_FAILED ? NULL : state;
}

static uint32_t run_rounds(const struct check *check, void *state)
{
        uint64_t end = clock_ns(CLOCK_MONOTONIC) + SERIES_NS;
        struct check_mismatch mismatch;
        uint32_t n = 0;

        if (check_prepare(check) < 0)
                return 0;
        do {
                const struct check_round round = { .seed = 1, .number = n++ };

                check->setup(state, &round);
                check->run(state);
                (void)check->verify(state, &mismatch);
        } while (n < check->cycle && clock_ns(CLOCK_MONOTONIC) < end);
        return n;
}

static void note(struct executed *executed, unsigned mnemonic, uint8_t extension)
{
        executed->mnemonic[executed->check][mnemonic] = true;
        if (!executed->extension[mnemonic])
                executed->extension[mnemonic] = extension;
}

static void note_emitted(const ZydisDecodedInstruction *instruction, void *user)
{
        note(user, instruction->mnemonic, (uint8_t)instruction->meta.isa_ext);
}

uint8_t *executed_symbol(const struct code *code, const char *name)
{
        uint64_t address = code_symbol(code, name);

        return address ? (uint8_t *)(address + executed_bias()) : NULL; /* NOLINT: an address by nature */
}

/* The child: every check once, with breakpoints everywhere. */
static _Noreturn void find(
        struct executed *executed, struct trap_request *request, const struct code_place *const *code_places)
{
        isa_set features = isa_read();
        void *state = executed_state();

        if (!state || trap_begin(request->begin, request->end) < 0)
                _exit(1);
        registers_use(features);
        for (unsigned c = 0; check_list[c] && c < CHECKS_MAX; c++) {
                if (check_list[c]->needs & ~features)
                        continue;
                for (size_t i = 0; i < request->n; i++)
                        request->places[i].hits = 0;
                request->user = executed;
                executed->check = c;
                trap_plant(request);
                executed->rounds[c] = run_rounds(check_list[c], state);
                trap_withdraw();
                for (size_t i = 0; i < request->n; i++)
                        if (request->places[i].hits)
                                note(executed, code_places[i]->mnemonic, code_places[i]->extension);
        }
        _exit(0);
}

static struct executed *in_child(struct trap_request *request, const struct code_place *const *code_places)
{
        struct executed *executed =
                mmap(NULL, sizeof(*executed), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        int status = -1;
        pid_t pid;

        if (executed == MAP_FAILED)
                return NULL;
        (void)fflush(NULL);
        pid = fork();
        if (pid == 0)
                find(executed, request, code_places);
        if (pid > 0 && waitpid(pid, &status, 0) == pid && status == 0)
                return executed;
        fprintf(stderr, "the checks could not be run with breakpoints: status %#x\n", (unsigned)status);
        (void)munmap(executed, sizeof(*executed));
        return NULL;
}

struct executed *executed_find(const struct code *code)
{
        AUTO_FREE struct trap_place *places = calloc(code->n_places + 1, sizeof(*places));
        AUTO_FREE const struct code_place **code_places =
                calloc(code->n_places + 1, sizeof(struct code_place *));
        struct trap_counts counts;
        struct trap_request request = { .begin = __start_checks_text,
                .end = __stop_checks_text,
                .places = places,
                .counts = &counts,
                .enter = executed_symbol(code, EMITTED_ENTER),
                .leave = executed_symbol(code, EMITTED_RETURN),
                .emitted = note_emitted };

        if (!places || !code_places)
                return NULL;
        for (size_t i = 0; i < code->n_places; i++) {
                uint8_t *address = (uint8_t *)(code->places[i].address + executed_bias()); /* NOLINT */

                if (!executed_in_checks(code->places[i].address) || address == request.enter ||
                        address == request.leave)
                        continue;
                places[request.n].address = address;
                code_places[request.n++] = &code->places[i];
        }
        return in_child(&request, code_places);
}

bool executed_mnemonic(const struct executed *executed, unsigned check, unsigned mnemonic)
{
        return executed->mnemonic[check][mnemonic];
}

uint32_t executed_rounds(const struct executed *executed, unsigned check)
{
        return executed->rounds[check];
}

const char *executed_extension(const struct executed *executed, unsigned mnemonic)
{
        return executed->extension[mnemonic]
                       ? ZydisISAExtGetString((ZydisISAExt)executed->extension[mnemonic])
                       : "";
}
