/* SPDX-License-Identifier: Apache-2.0 */
/* The configuration: the built-in files, what overrides what, and the sentence for each kind of mistake. */
#include "agent/configuration.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "tests/tap.h"

static const struct check state = { .name = "state_hold" };
const struct check *const check_list[] = { &state, NULL };

static struct configuration configuration;
static struct configuration_error error;

static const struct {
        const char *text, *where, *says;
} mistakes[] = {
        { "[qualify]\nduration = 0\n", "x.conf:2", "duration: a duration of '0' leaves no time" },
        { "[qualify]\n\n\nduratoin = 5s\n", "x.conf:4",
                "there is no key 'duratoin' in [qualify]; the nearest is 'duration' in" },
        { "[qualfy]\nduration = 5s\n", "x.conf:1",
                "there is no section [qualfy]; there are [qualify] and [host]" },
        { "[host]\n [hosts] # none\n", "x.conf:2", "there is no section [hosts]" },
        { "[host]\nduration = 5s\n", "x.conf:2",
                "no key 'duration' in [host]; the nearest is 'duration' in [qualify]" },
        { "duration = 5s\n", "x.conf:1",
                "'duration' stands before any section; give it a line below [qualify]" },
        { "[qualify] duration = 5s\n", "x.conf:1", "something stands behind the [section]" },
        { "[qualify]\nduration = 5s ; short\n", "x.conf:2", "'5s ; short' is no duration" },
        { "[qualify]\nduration ; = 5s\n", "x.conf:2", "no 'key = value'" },
        { "[qualify]\nisa = \033[2J\n", "x.conf:2", "a control character" },
        { "[qualify]\nisa = \302\2332J\n", "x.conf:2", "no level '??2J'" },
        { "[qualify]\nquux = 5s\n", "x.conf:2", "man assay.conf" },
        { "[qualify]\nduration\n", "x.conf:2", "no 'key = value'" },
        { "[qualify\nduration = 5s\n", "x.conf:1", "this is no [section]" },
        { "[qualify]\nduration = 5s\nduration = 6s\n", "x.conf:3", "'duration' is given a second time" },
        { "[qualify]\nchecks = *\n  isa = native\n", "x.conf:3",
                "'checks' is given a second time, or the line starts" },
        { "[qualify]\nchecks = stat_hold\n", "x.conf:2", "the nearest is 'state_hold'" },
        { "[qualify]\nregimes = tiemr\n", "x.conf:2", "the nearest is 'timer'" },
        { "[qualify]\nisa = avx\n", "x.conf:2", "there is no level 'avx'" },
};

static void test_mistakes(void)
{
        char text[512];

        for (size_t i = 0; i < ARRAY_SIZE(mistakes); i++) {
                int r = configuration_read(mistakes[i].text, "x.conf", &configuration, &error);

                tap_ok(r == -EINVAL && strcmp(error.where, mistakes[i].where) == 0 &&
                                strstr(error.error.text, mistakes[i].says),
                        "mistake: %s: %s", error.where, error.error.text);
        }
        (void)snprintf(text, sizeof(text), "[host]\nidentity-command = %0300d\n", 1);
        tap_ok(configuration_read(text, "x.conf", &configuration, &error) == -EINVAL &&
                        strcmp(error.where, "x.conf:2") == 0 && strstr(error.error.text, "too long"),
                "mistake: %s: %s", error.where, error.error.text);
}

/* What a shell would take for two commands is one value. */
static void test_semicolons(void)
{
        static const char text[] = "; a comment\n  # another\n[host] ; and one more\n"
                                   "identity-command = cd / ; echo a;echo b #;\n";
        struct configuration c = { 0 };

        tap_ok(configuration_read(text, "x.conf", &c, &error) == 0 &&
                        strcmp(c.identity_command, "cd / ; echo a;echo b #;") == 0,
                "a value has its semicolons: '%s'", c.identity_command);
}

static void test_defaults(const char *none)
{
        bool good = configuration_load(NULL, NULL, &configuration, &error) == 0;

        tap_ok(good && configuration.duration_ns == UINT64_C(60000000000) &&
                        configuration.diagnosis_ns == UINT64_C(20000000000) &&
                        strcmp(configuration.checks, "*") == 0 &&
                        configuration.regimes == (1u << REGIME_COUNT) - 1 &&
                        configuration.isa == ~UINT64_C(0) &&
                        strcmp(configuration.isa_level, "native") == 0 &&
                        configuration.identity_command[0] == 0,
                "defaults without any file");
        configuration.duration_ns = 77;
        tap_ok(configuration_load(none, NULL, &configuration, &error) == -EINVAL &&
                        strcmp(error.where, none) == 0 && configuration.duration_ns == 77 &&
                        strstr(error.error.text, "directory; --config takes a file"),
                "a file that was asked for must exist: %s: %s", error.where, error.error.text);
        tap_ok(configuration_load("", NULL, &configuration, &error) == -EINVAL &&
                        strcmp(error.where, "--config") == 0 && strstr(error.error.text, "empty name"),
                "an empty name is no file: %s: %s", error.where, error.error.text);
        tap_ok(configuration_load(NULL, "quick", &configuration, &error) == 0 &&
                        configuration.duration_ns == UINT64_C(15000000000),
                "a built-in profile");
        tap_ok(configuration_load(NULL, "quack", &configuration, &error) == -EINVAL &&
                        strstr(error.error.text, "no profile 'quack'"),
                "an unknown profile: %s", error.error.text);
        tap_ok(configuration_load(NULL, "../x", &configuration, &error) == -EINVAL,
                "a profile is no path: %s", error.error.text);
}

static void write_file(const char *path, const void *bytes, size_t size)
{
        AUTO_FILE FILE *file = fopen(path, "we");

        if (!file || fwrite(bytes, 1, size, file) != size)
                abort();
}

static void test_files(const char *directory)
{
        static const char file_text[] = "# a comment\n[qualify]\nduration = 5m\nisa = x86-64-v3\n[host]\n"
                                        "identity-command = echo host-7\n";
        static const char profile_text[] = "[qualify]\nduration = 7s\n";
        char file[256], profiles[256], profile[256];

        (void)snprintf(file, sizeof(file), "%s/a.conf", directory);
        (void)snprintf(profiles, sizeof(profiles), "%s/profiles", directory);
        (void)snprintf(profile, sizeof(profile), "%s/profiles/standard.conf", directory);
        if (mkdir(profiles, 0700) < 0)
                abort();
        write_file(file, file_text, strlen(file_text));
        write_file(profile, profile_text, strlen(profile_text));
        tap_ok(configuration_load(file, NULL, &configuration, &error) == 0 &&
                        configuration.duration_ns == UINT64_C(300000000000) &&
                        !(configuration.isa & ISA(AVX512F)) &&
                        configuration.diagnosis_ns == UINT64_C(20000000000) &&
                        strcmp(configuration.identity_command, "echo host-7") == 0,
                "a file overrides the keys that it names");
        tap_ok(configuration_load(file, "standard", &configuration, &error) == 0 &&
                        configuration.duration_ns == UINT64_C(7000000000) &&
                        !(configuration.isa & ISA(AVX512F)),
                "a profile beside the file overrides it, and the built-in one of that name");
        write_file(file, "a\0b", 3);
        tap_ok(configuration_load(file, NULL, &configuration, &error) == -EINVAL &&
                        strstr(error.error.text, "byte 0"),
                "no text: %s", error.error.text);
        tap_ok(configuration_load(directory, NULL, &configuration, &error) == -EINVAL, "a directory: %s",
                error.error.text);
        if (unlink(file) < 0 || unlink(profile) < 0 || rmdir(profiles) < 0)
                abort();
}

int main(void)
{
        char directory[] = "/tmp/test_configuration.XXXXXX", none[64];

        if (!mkdtemp(directory))
                abort();
        (void)snprintf(none, sizeof(none), "%s/none.conf", directory);
        test_mistakes();
        test_semicolons();
        test_defaults(none);
        test_files(directory);
        if (rmdir(directory) < 0)
                abort();
        return tap_end();
}
