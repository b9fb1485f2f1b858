/* SPDX-License-Identifier: Apache-2.0 */
/* Family 11: what registers_call_foreign notices; a stream, a digest, a ciphertext, a key with a bit changed; and that
 * rounds leave no memory taken: OpenSSL's, which have an allocator, ten thousand (or the argument), the others a
 * tenth of that. */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/random.h"
#include "checks/answers.h"
#include "checks/library.h"
#include "checks/library_memory.h"
#include "tests/tap.h"

#define FLIPS 40 /* of a table */
#define FLIPS_LEAST 38
#define FIRST_ROUNDS 64 /* after which everything is warm */
#define GROWTH_MAX_KIB 64

static uint8_t *state; /* of any check */

/* ---- the frame ---- */

#define FOREIGN(X)                                                                          \
        X(rbx, "rbx")                                                                       \
        X(rbp, "rbp") X(r12, "r12") X(r13, "r13") X(r14, "r14") X(r15, "r15") X(rsp, "rsp") \
                X(direction, "rflags") X(mxcsr, "mxcsr") X(x87_control, "x87 control word") \
                        X(x87_filled, "x87 status word")

void library_foreign_right(void *);
void library_foreign_gs(void *);
#define DECLARE(name, place) void library_foreign_##name(void *);
FOREIGN(DECLARE)

static const struct {
        const char *name, *place;
        void (*function)(void *);
} foreign[] = {
#define ROW(name, place) { #name, place, library_foreign_##name },
        FOREIGN(ROW)
};

/* Calls the function as a check does; returns what differs, "" nothing. */
static const char *call(void (*function)(void *), uint32_t number)
{
        static struct registers_pair pair;
        static char place[CHECK_PLACE_MAX];
        struct check_round round = { .seed = 1, .number = number };
        struct check_mismatch mismatch;
        struct check_compare compare;

        registers_setup_foreign(&pair, &round);
        registers_call_foreign(&pair, function, state);
        check_compare_begin(&compare);
        registers_compare(&compare, &pair.in, &pair.out);
        place[0] = 0;
        if (check_compare_end(&compare, &mismatch))
                (void)registers_locate(mismatch.offset, place);
        return place;
}

static void test_foreign(isa_set features)
{
        const char *place = "";

        for (uint32_t number = 0; !*place && number < 16; number++)
                place = call(library_foreign_right, number);
        tap_ok(!*place, "a function that keeps what it has to is accepted%s%s", *place ? ": " : "", place);
        for (size_t i = 0; i < ARRAY_SIZE(foreign); i++) {
                place = call(foreign[i].function, 2);
                tap_ok(strcmp(place, foreign[i].place) == 0, "%s lost: %s", foreign[i].name, place);
        }
        if (features & ISA(FSGSBASE))
                tap_ok(strcmp(call(library_foreign_gs, 2), "gs base") == 0, "gs base lost");
        else
                tap_skip("gs base lost", "this CPU has no rdgsbase");
}

/* ---- the answers ---- */

static int run_round(const struct check *check, uint32_t number)
{
        struct check_round round = { .seed = 7, .number = number };
        struct check_mismatch mismatch;

        check->setup(state, &round);
        check->run(state);
        return check->verify(state, &mismatch);
}

static bool cycle_right(const struct check *check)
{
        for (uint32_t i = 0; i < check->cycle; i++)
                if (run_round(check, i) != CHECK_EQUAL)
                        return false;
        return true;
}

static void make_writable(const struct answers *table, int protection)
{
        uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), begin = (uintptr_t)table->begin & -page;

        if (mprotect((void *)begin, (uintptr_t)table->end - begin, protection) < 0)
                exit(99);
}

/* True in a child where a table with this bit changed is noticed: prepare refuses it, or a round is wrong. A child,
 * because prepare keeps what it has read. */
static bool noticed(const struct check *check, uint8_t *byte, unsigned bit)
{
        int status;
        pid_t child = fork();

        if (child == 0) {
                *byte ^= (uint8_t)(1 << bit);
                _exit(check_prepare(check) == 0 && cycle_right(check) ? 1 : 0);
        }
        return waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* The tables against which something is compared that the check did not make itself. */
static const char *const compared[] = { "library_zlib_inflate", "library_zstd_decompress",
        "library_openssl_digest", "library_openssl_cipher", "library_openssl_key" };

/* Bits of the check's last table, one at a time. A few bits of a stream, and what fills a record up, mean nothing. */
static void test_flips(const struct check *check)
{
        const struct answers *table = check->answers[1];
        size_t size = (size_t)(table->end - table->begin) - ANSWERS_HEADER_SIZE;
        uint8_t *bytes = (uint8_t *)(uintptr_t)answers_payload(table);
        uint64_t random = 0xf11b;
        unsigned found = 0;

        make_writable(table, PROT_READ | PROT_WRITE);
        for (unsigned i = 0; i < FLIPS; i++) {
                uint64_t bit = random_next(&random) % (8 * size);

                if (noticed(check, &bytes[bit / 8], bit % 8))
                        found++;
                else
                        printf("# not noticed: byte %llu of %s\n", (unsigned long long)(bit / 8),
                                table->name);
        }
        make_writable(table, PROT_READ);
        tap_ok(found >= FLIPS_LEAST, "%s: %u of %d bits changed in %s are noticed", check->name, found,
                FLIPS, table->name);
}

/* ---- memory ---- */

static long private_kib(void)
{
        AUTO_FILE FILE *file = fopen("/proc/self/smaps_rollup", "re");
        char line[256];
        long kib = -1;

        while (file && fgets(line, sizeof(line), file))
                if (sscanf(line, "Private_Dirty: %ld", &kib) == 1)
                        break;
        return kib;
}

static void test_memory(const struct check *check, unsigned rounds)
{
        uint64_t taken = 0;
        long kib = 0, grown;
        size_t heap = 0;
        bool right = true;

        for (unsigned i = 0; i < FIRST_ROUNDS + rounds; i++) {
                if (i == FIRST_ROUNDS) {
                        taken = library_memory_taken();
                        kib = private_kib();
                        heap = mallinfo2().uordblks;
                }
                right &= run_round(check, i) == CHECK_EQUAL;
        }
        heap = mallinfo2().uordblks - heap;
        grown = private_kib() - kib;
        tap_ok(right, "%s: %u rounds are right", check->name, rounds);
        tap_ok(library_memory_taken() == taken && heap == 0 && grown <= GROWTH_MAX_KIB,
                "%s: their memory does not grow (%ld KiB; %llu bytes in use)", check->name, grown,
                (unsigned long long)taken);
}

int main(int argc, char **argv)
{
        unsigned rounds = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 10000;
        isa_set features = isa_read();

        state = mmap(NULL, CHECK_STATE_MAX, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (state == MAP_FAILED)
                return 99;
        registers_use(features);
        test_foreign(features);
        for (size_t i = 0; i < ARRAY_SIZE(compared); i++)
                test_flips(check_find(compared[i]));
        for (const struct check *const *c = check_list; *c; c++)
                if ((*c)->family == CHECK_LIBRARY && tap_ok(check_prepare(*c) == 0 && check_prepare(*c) == 0,
                                                             "%s: prepare, twice", (*c)->name))
                        test_memory(*c, strstr((*c)->name, "openssl") ? rounds : rounds / 10);
        return tap_end();
}
