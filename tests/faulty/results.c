/* SPDX-License-Identifier: Apache-2.0 */
/* Is what result.c takes for the results of an instruction all that it changes? Every instruction that the checks execute
 * or emit is watched a few times: no general, vector, mask or x87 register, no flag, no control word may change that is
 * not among its results (or undefined after it), and the next instruction must be the one behind it unless it is a branch.
 * A result that is missing there would be one that no emulated defect ever spoils.
 *
 * usage: results [CHECK...] (default: all) */
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/array.h"
#include "checks/check.h"
#include "checks/registers.h"
#include "tests/faulty/emitted.h"
#include "tests/faulty/executed.h"
#include "tests/faulty/place.h"
#include "tests/faulty/trap.h"
#include "tests/tap.h"

#define ROUNDS 3
#define ROUNDS_PROGRAMS 24 /* of which each has other code */
#define WATCHED 3          /* times, of each place in a round */
#define WRONG_SHOWN 20
#define X87_REGISTERS 128 /* bytes */
#define MXCSR_STICKY 0x3f /* Intel SDM volume 1, figure 10-3 */

extern uint8_t __start_checks_text[], __stop_checks_text[]; /* by the linker */

/* What the child tells. */
struct shared {
        uint64_t watched;
        bool mnemonics[ZYDIS_MNEMONIC_MAX_VALUE + 1];
        bool wrong_mnemonics[ZYDIS_MNEMONIC_MAX_VALUE + 1];
        unsigned n_wrong;
        struct {
                unsigned mnemonic;
                const char *what;
        } wrong[WRONG_SHOWN]; /* the first of them */
};

struct watch {
        struct shared *shared;
        enum registers_level level;
        unsigned blind; /* a mnemonic whose results are left out: its changes must be found */
};

struct change {
        const struct trap_place *place;
        const struct corrupt_machine *before, *after;
};

static bool has_part(const struct change *c, enum result_kind kind, unsigned index)
{
        for (unsigned i = 0; i < c->place->result->n_parts; i++)
                if (c->place->result->parts[i].kind == kind && c->place->result->parts[i].index == index)
                        return true;
        return false;
}

static bool has_kind(const struct change *c, enum result_kind kind)
{
        for (unsigned i = 0; i < c->place->result->n_parts; i++)
                if (c->place->result->parts[i].kind == kind)
                        return true;
        return false;
}

/* Instructions that change so many registers that their results are only some of them. */
static bool changes_all(const struct change *c)
{
        return c->place->result->n_parts == RESULT_PARTS_MAX;
}

/* Bits of a general register that may change: all beyond 32 go with them. */
static uint64_t general_bits(const struct change *c, unsigned index)
{
        uint64_t bits = 0;

        for (unsigned i = 0; i < c->place->result->n_parts; i++) {
                const struct result_part *p = &c->place->result->parts[i];

                if (p->kind == RESULT_GENERAL && p->index == index)
                        bits |= p->bits >= 32 ? UINT64_MAX : ((UINT64_C(1) << p->bits) - 1) << p->first;
        }
        return bits;
}

static const char *wrong_general(const struct change *c)
{
        for (unsigned i = 0; i < ARRAY_SIZE(c->before->general); i++)
                if ((c->before->general[i] ^ c->after->general[i]) & ~general_bits(c, i))
                        return "a general register";
        return NULL;
}

static const char *wrong_flags(const struct change *c)
{
        uint64_t may = c->place->result->undefined;

        for (unsigned i = 0; i < c->place->result->n_parts; i++)
                if (c->place->result->parts[i].kind == RESULT_FLAGS)
                        may |= c->place->result->parts[i].mask;
        return (c->before->flags ^ c->after->flags) & RESULT_FLAGS_ALL & ~may ? "a flag" : NULL;
}

static const char *wrong_instruction(const struct change *c)
{
        bool jumps = has_kind(c, RESULT_WAY) || has_kind(c, RESULT_TARGET);
        uint64_t next = c->before->instruction + c->place->result->length;

        if (jumps || c->after->instruction == next || c->place->result->when == RESULT_REPEATED)
                return NULL;
        return "the instruction pointer";
}

static const uint8_t *byte_of(
        const struct corrupt_machine *machine, enum result_kind kind, unsigned index, unsigned byte)
{
        static const struct result none = { .n_parts = 0 };
        const struct look look = { &none, machine, (struct corrupt_machine *)machine,
                NULL }; /* only looked at */
        const struct result_part part = { .kind = kind, .index = (uint8_t)index };

        return place_of(&look, &part, byte).byte;
}

/* Looks at 8 bytes at a time: none of the area's pieces is smaller. */
static const char *wrong_registers(const struct change *c, enum result_kind kind, unsigned n, unsigned bytes)
{
        for (unsigned i = 0; i < n; i++) {
                if (has_part(c, kind, i))
                        continue;
                for (unsigned b = 0; b < bytes; b += 8)
                        if (memcmp(byte_of(c->before, kind, i, b), byte_of(c->after, kind, i, b), 8) != 0)
                                return kind == RESULT_MASK ? "a mask register" : "a vector register";
        }
        return NULL;
}

static const char *wrong_x87(const struct change *c)
{
        uint32_t before, after;

        memcpy(&before, c->before->xsave + RESULT_AREA_MXCSR, sizeof(before));
        memcpy(&after, c->after->xsave + RESULT_AREA_MXCSR, sizeof(after));
        if (has_kind(c, RESULT_AREA) || has_kind(c, RESULT_X87) ||
                place_top(c->before) !=
                        place_top(c->after)) /* a pop alone: no register changes, all are numbered anew */
                return NULL;
        if ((before ^ after) & ~(uint32_t)MXCSR_STICKY)
                return "mxcsr";
        if (memcmp(c->before->xsave, c->after->xsave, 2) != 0)
                return "x87's control word";
        return memcmp(c->before->xsave + RESULT_AREA_X87, c->after->xsave + RESULT_AREA_X87,
                       X87_REGISTERS) != 0
                       ? "an x87 register"
                       : NULL;
}

static const char *wrong(const struct change *c, enum registers_level level)
{
        const char *what = wrong_general(c);

        if (!what)
                what = wrong_flags(c);
        if (!what)
                what = wrong_instruction(c);
        if (what || changes_all(c) || memcmp(c->before->xsave, c->after->xsave, c->before->xsave_size) == 0)
                return what;
        what = wrong_registers(c, RESULT_VECTOR, level == REGISTERS_AVX512 ? 32 : 16,
                level == REGISTERS_AVX512 ? 64
                : level == REGISTERS_AVX  ? 32
                                          : 16);
        if (!what && level == REGISTERS_AVX512)
                what = wrong_registers(c, RESULT_MASK, 8, 8);
        return what ? what : wrong_x87(c);
}

/* Called at each instruction. The result of the mnemonic that is to be blind is taken away. */
static void observe(const struct trap_place *place, const struct corrupt_machine *before,
        const struct corrupt_machine *after, void *user)
{
        static struct result without;
        struct trap_place seen = *place;
        struct watch *watch = user;
        struct shared *s = watch->shared;
        const struct change change = { &seen, before, after };
        unsigned mnemonic = place->result->mnemonic;
        const char *what;

        s->watched++;
        s->mnemonics[mnemonic] = true;
        if (mnemonic == watch->blind) {
                without = *place->result;
                without.n_parts = 0;
                seen.result = &without;
        }
        what = wrong(&change, watch->level);
        if (!what || s->wrong_mnemonics[mnemonic])
                return;
        s->wrong_mnemonics[mnemonic] = true;
        if (s->n_wrong < WRONG_SHOWN) {
                s->wrong[s->n_wrong].mnemonic = mnemonic;
                s->wrong[s->n_wrong].what = what;
        }
        s->n_wrong++;
}

/* ---- the child ---- */

static _Noreturn void run_check(const struct check *check, struct trap_request *request)
{
        void *state = executed_state();
        uint32_t rounds =
                MIN(check->cycle, (uint32_t)(check->family == CHECK_PROGRAM ? ROUNDS_PROGRAMS : ROUNDS));
        struct check_mismatch mismatch;

        registers_use(isa_read());
        ((struct watch *)request->user)->level =
                registers_level(); /* whose code is not to be called from a handler */
        if (!state || check_prepare(check) < 0 || trap_begin(request->begin, request->end) < 0)
                _exit(1);
        trap_unlock_emitted();
        trap_plant(request);
        for (uint32_t n = 0; n < rounds; n++) {
                const struct check_round round = { .seed = 1, .number = n };

                trap_replant();
                check->setup(state, &round);
                check->run(state);
                if (check->verify(state, &mismatch) == CHECK_MISMATCH)
                        _exit(1);
        }
        _exit(0);
}

static bool watch_check(const struct check *check, struct trap_request *request)
{
        int status = -1;
        pid_t pid;

        (void)fflush(NULL);
        pid = fork();
        if (pid == 0)
                run_check(check, request);
        return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

/* ---- the places ---- */

/* Places at every instruction of the checks' code; all registers are to be seen. */
static size_t find_places(const struct code *code, const struct trap_request *request,
        struct trap_place *places, struct result *results)
{
        size_t n = 0;

        for (size_t i = 0; i < code->n_places; i++) {
                uint8_t *address = (uint8_t *)(code->places[i].address + executed_bias()); /* NOLINT */
                size_t size;
                const uint8_t *bytes = code_bytes(code, code->places[i].address, &size);

                if (!executed_in_checks(code->places[i].address) || !bytes || address == request->enter ||
                        address == request->leave)
                        continue;
                (void)result_decode(bytes, size, &results[n]);
                if (!results[n].length)
                        continue;
                results[n].extended = true;
                places[n] = (struct trap_place){ .address = address, .result = &results[n] };
                n++;
        }
        return n;
}

static bool is_chosen(const struct check *check, int argc, char **argv)
{
        for (int i = 1; i < argc; i++)
                if (strcmp(argv[i], check->name) == 0)
                        return true;
        return argc == 1;
}

static unsigned count(const bool *mnemonics)
{
        unsigned n = 0;

        for (unsigned m = 0; m <= ZYDIS_MNEMONIC_MAX_VALUE; m++)
                n += mnemonics[m];
        return n;
}

static void watch_all(struct trap_request *request, int argc, char **argv)
{
        isa_set features = isa_read();
        unsigned failed = 0;

        for (unsigned c = 0; check_list[c]; c++) {
                if (check_list[c]->needs & ~features || !is_chosen(check_list[c], argc, argv) ||
                        watch_check(check_list[c], request))
                        continue;
                printf("# %s: it did not come through while it was watched\n", check_list[c]->name);
                failed++;
        }
        tap_ok(!failed, "watching disturbs no check (%u)", failed);
}

static void show(const struct shared *shared)
{
        for (unsigned i = 0; i < MIN(shared->n_wrong, WRONG_SHOWN); i++)
                printf("# %s changes %s, which is not among its results\n",
                        ZydisMnemonicGetString((ZydisMnemonic)shared->wrong[i].mnemonic),
                        shared->wrong[i].what);
}

int main(int argc, char **argv)
{
        struct code code;
        struct trap_counts counts;
        struct watch watch = { 0 };
        struct trap_request request = { .begin = __start_checks_text,
                .end = __stop_checks_text,
                .counts = &counts,
                .limits = { .hits = WATCHED },
                .observe = observe,
                .user = &watch };
        struct result *results;

        executed_fix_addresses(argv);
        if (code_read("/proc/self/exe", &code) < 0)
                return 99;
        request.enter = executed_symbol(&code, EMITTED_ENTER);
        request.leave = executed_symbol(&code, EMITTED_RETURN);
        request.places = calloc(code.n_places, sizeof(*request.places));
        results = calloc(code.n_places, sizeof(*results));
        watch.shared =
                mmap(NULL, sizeof(*watch.shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (!request.places || !results || watch.shared == MAP_FAILED)
                return 99;
        request.n = find_places(&code, &request, request.places, results);
        watch_all(&request, argc, argv);
        show(watch.shared);
        tap_ok(!watch.shared->n_wrong,
                "%u mnemonics, watched %llu times, change nothing but their results (%u do)",
                count(watch.shared->mnemonics), (unsigned long long)watch.shared->watched,
                watch.shared->n_wrong);
        return tap_end();
}
