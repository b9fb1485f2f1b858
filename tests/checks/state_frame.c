/* SPDX-License-Identifier: Apache-2.0 */
/* check.frame of every check that has one: silent on the frames of real signals that interrupt its hold
 * range, and not when a counter or a held register of the frame is wrong. */
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <ucontext.h>

#include "base/array.h"
#include "checks/check.h"
#include "checks/registers.h"
#include "tests/tap.h"

#define ALTERNATE_STACK (128 * 1024)
#define XSAVE_MAGIC 0x46505853U /* FP_XSTATE_MAGIC1, at byte 464: asm/sigcontext.h */
#define FRAMES_WANTED 40
#define ROUNDS_MAX 100000
#define INTERVAL_US 300

static struct {
        const struct check *check;
        void *state;
        unsigned frames, wrong; /* frames in the hold range; those that were not taken as they are */
        unsigned altered, missed;
} now;

/* One wrong bit in each general register of the frame, one after the other. */
static void alter(ucontext_t *context, const struct check_frame *frame)
{
        static const int general[] = { REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI,
                REG_RDI, REG_R8, REG_R9, REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15 };
        struct check_mismatch mismatch;

        for (unsigned i = 0; i < ARRAY_SIZE(general); i++) {
                greg_t bit = (greg_t)(UINT64_C(1) << (now.frames * 7 + i) % 64);

                context->uc_mcontext.gregs[general[i]] ^= bit;
                now.altered++;
                now.missed += now.check->frame(now.state, frame, &mismatch) == 0;
                context->uc_mcontext.gregs[general[i]] ^= bit;
        }
}

static void on_signal(int number, siginfo_t *info, void *user)
{
        ucontext_t *context = user;
        struct check_frame frame = { .ucontext = context,
                .xsave = (const uint8_t *)context->uc_mcontext.fpregs };
        uintptr_t rip = (uintptr_t)context->uc_mcontext.gregs[REG_RIP];
        struct check_mismatch mismatch;
        uint32_t magic;

        (void)number;
        (void)info;
        if (!now.check || rip < (uintptr_t)now.check->hold_begin || rip >= (uintptr_t)now.check->hold_end)
                return;
        memcpy(&magic, frame.xsave + 464, sizeof(magic));
        frame.extended = magic == XSAVE_MAGIC;
        memcpy(&frame.xfeatures, frame.xsave + 512, sizeof(frame.xfeatures));
        now.frames++;
        now.wrong += now.check->frame(now.state, &frame, &mismatch) != 0;
        alter(context, &frame);
}

static bool signals_start(void)
{
        struct sigaction action = { .sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_ONSTACK };
        struct itimerval interval = { { 0, INTERVAL_US }, { 0, INTERVAL_US } };
        stack_t stack = { .ss_size = ALTERNATE_STACK };

        stack.ss_sp =
                mmap(NULL, ALTERNATE_STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        return stack.ss_sp != MAP_FAILED && sigaltstack(&stack, NULL) == 0 &&
               sigaction(SIGALRM, &action, NULL) == 0 && setitimer(ITIMER_REAL, &interval, NULL) == 0;
}

static void test_check(const struct check *check)
{
        size_t size = (check->state_size + CHECK_ALIGN - 1) / CHECK_ALIGN * CHECK_ALIGN;
        void *state = aligned_alloc(CHECK_ALIGN, size);
        struct check_round round = { .seed = 1, .cpu = 1 };
        struct check_mismatch mismatch;
        unsigned mismatches = 0;

        memset(&now, 0, sizeof(now));
        now.state = state;
        for (; now.frames < FRAMES_WANTED && round.number < ROUNDS_MAX; round.number++) {
                check->setup(state, &round);
                now.check = check;
                check->run(state);
                now.check = NULL;
                mismatches += check->verify(state, &mismatch) != 0;
        }
        tap_ok(now.frames >= FRAMES_WANTED, "%s: %u frames in its hold range", check->name, now.frames);
        tap_ok(now.wrong == 0 && mismatches == 0, "%s: each of them is right", check->name);
        tap_ok(now.altered && now.missed == 0, "%s: %u of %u altered registers are noticed", check->name,
                now.altered - now.missed, now.altered);
        free(state);
}

int main(void)
{
        isa_set features = isa_read();

        registers_use(features);
        if (!tap_ok(signals_start(), "a timer that interrupts"))
                return tap_end();
        for (const struct check *const *c = check_list; *c; c++) {
                if (!(*c)->frame)
                        continue;
                if ((*c)->needs & ~features)
                        tap_skip((*c)->name, "this CPU cannot run it");
                else
                        test_check(*c);
        }
        return tap_end();
}
