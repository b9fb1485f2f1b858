/* SPDX-License-Identifier: Apache-2.0 */
/* Files in the INI form, read with libinih; the files under conf/ are embedded, so that the program works
 * without any and the defaults stand in one place only. */
#include "agent/configuration.h"

#include <errno.h>
#include <ini.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/text.h"

#define EMBED(symbol, file)                                                        \
        __asm__(".pushsection .rodata\n" #symbol ":\n.incbin \"" CONF_DIR "/" file \
                "\"\n.byte 0\n.popsection");                                       \
        extern const char symbol[]
EMBED(configuration_defaults, "assay.conf");
EMBED(configuration_quick, "profiles/quick.conf");
EMBED(configuration_standard, "profiles/standard.conf");
EMBED(configuration_burnin, "profiles/burnin.conf");
EMBED(configuration_production, "profiles/production.conf");

static const struct {
        const char *name, *text;
} profiles[] = { { "quick", configuration_quick }, { "standard", configuration_standard },
        { "burnin", configuration_burnin }, { "production", configuration_production } };

static int set_duration(const char *value, struct configuration *c, struct arguments_error *error)
{
        return arguments_duration(value, &c->duration_ns, error);
}

static int set_diagnosis(const char *value, struct configuration *c, struct arguments_error *error)
{
        return arguments_duration(value, &c->diagnosis_ns, error);
}

static int set_checks(const char *value, struct configuration *c, struct arguments_error *error)
{
        (void)snprintf(c->checks, sizeof(c->checks), "%s", value);
        return arguments_checks(value, error);
}

static int set_regimes(const char *value, struct configuration *c, struct arguments_error *error)
{
        return arguments_regimes(value, &c->regimes, error);
}

static int set_stress(const char *value, struct configuration *c, struct arguments_error *error)
{
        return arguments_stress(value, &c->stress, error);
}

static int set_nice(const char *value, struct configuration *c, struct arguments_error *error)
{
        return arguments_nice(value, &c->nice, error);
}

static int set_isa(const char *value, struct configuration *c, struct arguments_error *error)
{
        (void)snprintf(c->isa_level, sizeof(c->isa_level), "%s", value);
        return arguments_isa(value, &c->isa, error);
}

static int set_identity(const char *value, struct configuration *c, struct arguments_error *error)
{
        (void)error;
        (void)snprintf(c->identity_command, sizeof(c->identity_command), "%s", value);
        return 0;
}

static const struct key {
        const char *section, *name;
        int (*set)(
                const char *value, struct configuration *configuration, struct arguments_error *ret_error);
} keys[] = {
        { "qualify", "duration", set_duration },
        { "qualify", "diagnosis-duration", set_diagnosis },
        { "qualify", "checks", set_checks },
        { "qualify", "regimes", set_regimes },
        { "qualify", "stress", set_stress },
        { "qualify", "nice", set_nice },
        { "qualify", "isa", set_isa },
        { "host", "identity-command", set_identity },
};

/* What goes with libinih through one text. */
struct reading {
        const char *rest;
        int line;
        bool failed; /* at wrong_line: only the first error is kept */
        int wrong_line;
        bool given[ARRAY_SIZE(keys)];
        struct configuration *configuration;
        struct arguments_error error;
};

__attribute__((format(printf, 2, 3))) static int reading_fail(
        struct reading *reading, const char *format, ...)
{
        va_list arguments;

        if (reading->failed)
                return 0;
        reading->failed = true;
        reading->wrong_line = reading->line;
        va_start(arguments, format);
        (void)vsnprintf(reading->error.text, sizeof(reading->error.text), format, arguments);
        va_end(arguments);
        return 0;
}

/* libinih takes a ';' behind a blank for the start of a comment, which would cut a command in two without a word. */
#define SEMICOLON ';'
#define HIDDEN_SEMICOLON '\1' /* refused in a file */

static void replace(char *text, char old, char new)
{
        while ((text = strchr(text, old)))
                *text++ = new;
}

/* libinih would pass over a section that is none, as long as it is empty, and over what stands behind one. */
static int reading_section(struct reading *reading, const char *line)
{
        const char *name = line + strspn(line, " \t"), *end = strchr(name, ']');
        bool known = false;
        size_t size;

        if (*name++ != '[' || !end)
                return 0;
        size = (size_t)(end - name);
        for (size_t i = 0; i < ARRAY_SIZE(keys) && !known; i++)
                known = strlen(keys[i].section) == size && strncmp(keys[i].section, name, size) == 0;
        if (!known)
                return reading_fail(reading, "there is no section [%.*s]; there are [qualify] and [host]",
                        (int)MIN(size, 60), name);
        if (!strchr("#;", end[1 + strspn(end + 1, " \t\r\n")]))
                return reading_fail(
                        reading, "something stands behind the [section]; give it a line of its own");
        return 0;
}

static bool has_control(const char *line)
{
        for (; *line; line++)
                if ((unsigned char)*line < ' ' && !strchr("\t\r\n", *line))
                        return true;
        return false;
}

/* Gives libinih a line, as fgets would. It would take what does not fit for a line of its own. */
static char *reading_line(char *line, int size, void *user)
{
        struct reading *reading = user;
        size_t length = strcspn(reading->rest, "\n");

        if (!*reading->rest || reading->failed)
                return NULL;
        reading->line++;
        if (length + 2 > (size_t)size) {
                (void)reading_fail(reading,
                        "the line is too long: at most %d bytes are taken; put a long command into a script",
                        size - 2);
                return NULL;
        }
        (void)snprintf(line, (size_t)size, "%.*s\n", (int)length, reading->rest);
        reading->rest += length + (reading->rest[length] == '\n');
        if (has_control(line))
                (void)reading_fail(reading, "this is no text: it has a control character");
        else
                (void)reading_section(reading, line);
        replace(line + strcspn(line, "=:"), SEMICOLON, HIDDEN_SEMICOLON);
        return reading->failed ? NULL : line;
}

static int reading_unknown(struct reading *reading, const char *section, const char *name)
{
        struct text_nearest nearest;

        text_nearest_begin(&nearest, name);
        for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
                text_nearest_offer(&nearest, keys[i].name);
        if (!*section)
                return reading_fail(reading,
                        "the key '%.60s' stands before any section; give it a line below [qualify] or "
                        "[host]",
                        name);
        for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
                if (nearest.best && strcmp(keys[i].name, nearest.best) == 0)
                        return reading_fail(reading,
                                "there is no key '%.60s' in [%.60s]; the nearest is '%s' in [%s]", name,
                                section, keys[i].name, keys[i].section);
        return reading_fail(reading, "there is no key '%.60s' in [%.60s]; 'man assay.conf' lists every key",
                name, section);
}

/* libinih's handler: 0 is an error. */
static int reading_key(void *user, const char *section, const char *name, const char *value)
{
        struct reading *reading = user;
        struct arguments_error error;
        char whole[CONFIGURATION_TEXT_MAX];

        for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
                if (strcmp(keys[i].section, section) != 0 || strcmp(keys[i].name, name) != 0)
                        continue;
                if (reading->given[i])
                        return reading_fail(reading,
                                "'%s' is given a second time, or the line starts with a blank and goes on "
                                "with it",
                                name);
                reading->given[i] = true;
                if ((size_t)snprintf(whole, sizeof(whole), "%s", value) >= sizeof(whole))
                        return reading_fail(reading, "%s: the value is longer than %d bytes", name,
                                CONFIGURATION_TEXT_MAX - 1);
                replace(whole, HIDDEN_SEMICOLON, SEMICOLON);
                if (keys[i].set(whole, reading->configuration, &error) < 0)
                        return reading_fail(reading, "%s: %s", name, error.text);
                return 1;
        }
        return reading_unknown(reading, section, name);
}

int configuration_read(const char *text, const char *name, struct configuration *configuration,
        struct configuration_error *ret_error)
{
        struct reading reading = { .rest = text, .configuration = configuration };
        int line = ini_parse_stream(reading_line, &reading, reading_key, &reading);

        if (line < 0) {
                reading.line = 0;
                (void)reading_fail(&reading, "there is not enough memory to read it");
        } else if (line > 0 && (!reading.failed || line < reading.wrong_line)) {
                reading.failed = false;
                reading.line = line;
                (void)reading_fail(&reading, "this is no [section], no 'key = value' and no comment");
        }
        if (!reading.failed)
                return 0;
        ret_error->error = reading.error;
        /* It may quote the file, and will be shown on a terminal. */
        for (char *c = ret_error->error.text; *c; c++)
                if ((unsigned char)*c < ' ' || (unsigned char)*c >= 0x7f)
                        *c = '?';
        (void)snprintf(ret_error->where, sizeof(ret_error->where), "%.200s:%d", name, reading.wrong_line);
        return -EINVAL;
}

static int configuration_fail(const char *file, const char *what, struct configuration_error *ret_error)
{
        (void)snprintf(ret_error->where, sizeof(ret_error->where), "%.200s", file);
        (void)snprintf(ret_error->error.text, sizeof(ret_error->error.text), "%s", what);
        return -EINVAL;
}

static int configuration_unread(
        const char *file, bool must_exist, int error, struct configuration_error *ret_error)
{
        char sentence[160];

        (void)snprintf(sentence, sizeof(sentence), "%s; %s", strerror(error),
                must_exist ? "--config takes a file as assay.conf(5) describes it"
                           : "make it readable, or remove it");
        return configuration_fail(file, sentence, ret_error);
}

/* Returns 1 where the file was read, 0 where it does not exist and need not, -EINVAL. */
static int configuration_file(const char *file, bool must_exist, struct configuration *configuration,
        struct configuration_error *ret_error)
{
        static const size_t size_max = 256 * 1024;
        AUTO_FREE char *text = malloc(size_max);
        AUTO_FILE FILE *stream = fopen(file, "re");
        size_t size;

        if (!stream && !must_exist && (errno == ENOENT || errno == ENOTDIR))
                return 0;
        if (!text || !stream)
                return configuration_unread(file, must_exist, errno, ret_error);
        size = fread(text, 1, size_max - 1, stream);
        if (ferror(stream))
                return configuration_unread(file, must_exist, errno, ret_error);
        if (size == size_max - 1)
                return configuration_fail(file, "a configuration has less than 256 KiB", ret_error);
        text[size] = 0;
        if (strlen(text) != size)
                return configuration_fail(file, "this is no text: it has a byte 0", ret_error);
        return configuration_read(text, file, configuration, ret_error) < 0 ? -EINVAL : 1;
}

static int configuration_profile(const char *file, const char *name, struct configuration *configuration,
        struct configuration_error *ret_error)
{
        const char *slash = strrchr(file, '/');
        char path[PATH_MAX];
        int r;

        if (!*name || strchr(name, '/') ||
                (size_t)snprintf(path, sizeof(path), "%.*sprofiles/%s.conf",
                        (int)(slash ? slash - file + 1 : 0), file, name) >= sizeof(path))
                return configuration_fail(
                        "--profile", "the name of a profile is one word without a slash", ret_error);
        r = configuration_file(path, false, configuration, ret_error);
        if (r != 0)
                return r < 0 ? r : 0;
        for (size_t i = 0; i < ARRAY_SIZE(profiles); i++)
                if (strcmp(profiles[i].name, name) == 0)
                        return configuration_read(profiles[i].text, name, configuration, ret_error);
        (void)configuration_fail("--profile", "", ret_error);
        (void)snprintf(ret_error->error.text, sizeof(ret_error->error.text),
                "there is no profile '%.60s': quick, standard, burnin and production are built in, and "
                "%.160s does not exist",
                name, path);
        return -EINVAL;
}

int configuration_load(const char *file, const char *profile, struct configuration *ret_configuration,
        struct configuration_error *ret_error)
{
        const char *used = file ? file : SYSCONFDIR "/assay/assay.conf";
        struct configuration configuration = { 0 };
        int r;

        if (!*used)
                return configuration_fail("--config", "an empty name is no file; name one", ret_error);
        r = configuration_read(configuration_defaults, "built-in defaults", &configuration, ret_error);
        if (r < 0)
                return r;
        r = configuration_file(used, file != NULL, &configuration, ret_error);
        if (r < 0)
                return r;
        if (profile) {
                r = configuration_profile(used, profile, &configuration, ret_error);
                (void)snprintf(configuration.profile, sizeof(configuration.profile), "%s", profile);
                if (r < 0)
                        return r;
        }
        *ret_configuration = configuration;
        return 0;
}
