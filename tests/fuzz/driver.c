/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a fuzz target where there is no libFuzzer. FUZZ_RUNS bounds the mutations of each seed of the corpus,
 * FUZZ_SECONDS the time of all together; TAP_SEED repeats a run. The input that a target dies of is left in
 * fuzz-NAME.input, and `fuzz_NAME FILE...` runs such files alone. */
#ifndef FUZZ_LIBFUZZER
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/random.h"
#include "tests/fuzz/fuzz.h"
#include "tests/tap.h"

#define INPUT_MAX 16384
#define SEEDS_MAX 64
#define RUNS_OTHERWISE 2000
#define SECONDS_OTHERWISE 3
#define HANG_SECONDS 10

static uint8_t input[INPUT_MAX]; /* what the target was given last */
static size_t input_size;
static const char *target;

static struct seed {
        char name[256];
        uint8_t *bytes;
        size_t size;
} seeds[SEEDS_MAX];
static size_t n_seeds;

static const int fatal[] = { SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGALRM };

/* The target is dead: keep what killed it, and die of the same. */
static void on_death(int signal)
{
        char path[300];
        FILE *file;

        (void)snprintf(path, sizeof(path), "fuzz-%s.input", target);
        file = fopen(path, "we");
        if (file && fwrite(input, 1, input_size, file) == input_size && fclose(file) == 0)
                printf("not ok - signal %d; the input is in %s\n", signal, path);
        (void)fflush(stdout);
        (void)raise(signal);
}

static void run_input(void)
{
        (void)alarm(HANG_SECONDS);
        (void)LLVMFuzzerTestOneInput(input, input_size);
}

static void load(const char *directory, const char *name)
{
        struct seed *seed = &seeds[n_seeds];
        char path[1024];
        AUTO_FILE FILE *file = NULL;

        (void)snprintf(path, sizeof(path), "%s%s%s", directory, *directory ? "/" : "", name);
        file = fopen(path, "re");
        if (!file || !(seed->bytes = malloc(INPUT_MAX))) {
                printf("Bail out! %s cannot be read\n", path);
                exit(99);
        }
        (void)snprintf(seed->name, sizeof(seed->name), "%s", name);
        seed->size = fread(seed->bytes, 1, INPUT_MAX, file);
        n_seeds++;
}

static int by_name(const void *a, const void *b)
{
        return strcmp(((const struct seed *)a)->name, ((const struct seed *)b)->name);
}

static void load_corpus(void)
{
        const char *source = getenv("srcdir");
        char directory[512];
        struct dirent *entry;
        DIR *corpus;

        (void)snprintf(
                directory, sizeof(directory), "%s/tests/fuzz/corpus/%s", source ? source : ".", target);
        corpus = opendir(directory);
        while (corpus && (entry = readdir(corpus)) && n_seeds < SEEDS_MAX)
                if (entry->d_name[0] != '.')
                        load(directory, entry->d_name);
        if (corpus)
                (void)closedir(corpus);
        qsort(seeds, n_seeds, sizeof(seeds[0]), by_name);
}

/* Replaces a number by one at a border, where the text has one; else a byte by one that means something. */
static void mutate_token(uint8_t *at, size_t room, uint64_t *random)
{
        static const char *const tokens[] = { "0", "-1", "4095", "4096", "1024", "65536", "4294967295",
                "4294967296", "18446744073709551615", "18446744073709551616", "null", "{}", "[", "\"", ":",
                ".", "-", ",", "=", "%s", "\\u0000", "\n", "\033[2J", "0x" };
        const char *token = tokens[random_next(random) % ARRAY_SIZE(tokens)];

        memcpy(at, token, MIN(strlen(token), room));
}

/* Opens a gap of `span` bytes at `at`, or closes it where span is negative, with zeros beyond the end. */
static void shift(size_t at, long span)
{
        size_t n = (size_t)(span < 0 ? -span : span);

        if (span < 0) {
                memmove(input + at, input + at + n, input_size - at - n);
                input_size -= n;
                return;
        }
        n = MIN(n, INPUT_MAX - input_size);
        memmove(input + at + n, input + at, input_size - at);
        input_size += n;
}

/* One change: a bit, a byte, a token, a piece cut out, doubled, or taken from another seed. */
static void mutate(uint64_t *random)
{
        size_t at = input_size ? random_next(random) % input_size : 0;
        size_t span = input_size ? random_next(random) % MIN(input_size - at, (size_t)64) + 1 : 0;
        const struct seed *other = &seeds[random_next(random) % n_seeds];

        if (!input_size)
                input[input_size++] = (uint8_t)random_next(random);
        switch (random_next(random) % 7) {
        case 0:
                input[at] ^= (uint8_t)(1U << random_next(random) % 8);
                break;
        case 1:
                input[at] = (uint8_t)random_next(random);
                break;
        case 2:
                mutate_token(input + at, input_size - at, random);
                break;
        case 3:
                shift(at, -(long)MIN(span, input_size - at));
                break;
        case 4:
                shift(at, (long)span);
                break;
        case 5:
                shift(at, (long)span);
                mutate_token(input + at, input_size - at, random);
                break;
        default:
                memcpy(input + at, other->bytes, MIN(other->size, input_size - at));
                break;
        }
}

static uint64_t limit(const char *variable, uint64_t otherwise)
{
        const char *text = getenv(variable);

        return text ? strtoull(text, NULL, 10) : otherwise;
}

static uint64_t now_ms(void)
{
        struct timespec now;

        (void)clock_gettime(CLOCK_MONOTONIC, &now);
        return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void take(const struct seed *seed)
{
        memcpy(input, seed->bytes, seed->size);
        input_size = seed->size;
}

static void mutations_of(const struct seed *seed, uint64_t *random)
{
        uint64_t runs = limit("FUZZ_RUNS", RUNS_OTHERWISE), run;
        uint64_t end_ms = now_ms() + limit("FUZZ_SECONDS", SECONDS_OTHERWISE) * 1000 / n_seeds;

        for (run = 0; run < runs && now_ms() < end_ms; run++) {
                take(seed);
                for (uint64_t changes = random_next(random) % 4 + 1; changes; changes--)
                        mutate(random);
                run_input();
        }
        tap_ok(run > 0, "%s: %llu mutations", seed->name, (unsigned long long)run);
}

int main(int argc, char **argv)
{
        struct sigaction action = { .sa_handler = on_death, .sa_flags = SA_RESETHAND | SA_NODEFER };
        const char *slash = strrchr(argv[0], '/');
        uint64_t random = tap_seed(0xf0221);

        target = (slash ? slash + 1 : argv[0]) + strlen("fuzz_");
        for (size_t i = 0; i < ARRAY_SIZE(fatal); i++)
                (void)sigaction(fatal[i], &action, NULL);
        for (int i = 1; i < argc && n_seeds < SEEDS_MAX; i++)
                load("", argv[i]);
        if (argc == 1)
                load_corpus();
        for (size_t i = 0; i < n_seeds; i++) {
                take(&seeds[i]);
                run_input();
                tap_ok(true, "%s", seeds[i].name);
        }
        for (size_t i = 0; i < n_seeds && argc == 1; i++)
                mutations_of(&seeds[i], &random);
        for (size_t i = 0; i < n_seeds; i++)
                free(seeds[i].bytes);
        return tap_end();
}
#else
extern int fuzz_driver_is_empty;
#endif
