/* SPDX-License-Identifier: Apache-2.0 */
/* Facts, and the small files that they come from. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "agent/host_read.h"
#include "base/array.h"
#include "base/cleanup.h"
#include "base/text.h"

ssize_t host_bytes(const struct host_source *source, const char *path, void *bytes, size_t size)
{
        char full[PATH_MAX];
        AUTO_CLOSE int fd = -1;
        size_t used = 0;

        if ((size_t)snprintf(full, sizeof(full), "%s%s", source->root, path) >= sizeof(full))
                return -ENAMETOOLONG;
        fd = open(full, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
        if (fd < 0)
                return -errno;
        while (used < size) {
                ssize_t n = read(fd, (char *)bytes + used, size - used);

                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return -errno;
                if (n == 0)
                        break;
                used += (size_t)n;
        }
        return (ssize_t)used;
}

ssize_t host_file(const struct host_source *source, const char *path, char *text, size_t size)
{
        char bytes[4096];
        ssize_t n = host_bytes(source, path, bytes, sizeof(bytes) - 1);
        char *trimmed;

        if (n < 0)
                return n;
        bytes[n] = 0;
        trimmed = text_trim(bytes);
        trimmed[strcspn(trimmed, "\n")] = 0;
        (void)snprintf(text, size, "%s", trimmed);
        return (ssize_t)strlen(text);
}

void host_fact_set(struct host_fact *fact, const char *value, const char *source)
{
        size_t used = 0;

        for (; *value && used + 1 < sizeof(fact->value); value++) {
                unsigned char c = (unsigned char)*value;

                if (!isspace(c))
                        fact->value[used++] = isascii(c) && isprint(c) ? (char)c : '?';
                else if (used && fact->value[used - 1] != ' ')
                        fact->value[used++] = ' ';
        }
        while (used && fact->value[used - 1] == ' ')
                used--;
        fact->value[used] = 0;
        (void)snprintf(fact->source, sizeof(fact->source), "%s", source);
}

void host_fact_absent(struct host_fact *fact, const char *why, ...)
{
        va_list arguments;

        fact->value[0] = 0;
        va_start(arguments, why);
        (void)vsnprintf(fact->source, sizeof(fact->source), why, arguments);
        va_end(arguments);
        /* It may quote the file, and will be shown on a terminal. */
        for (char *c = fact->source; *c; c++)
                if (!isascii((unsigned char)*c) || !isprint((unsigned char)*c))
                        *c = '?';
}

int host_fact_file(const struct host_source *source, const char *path, struct host_fact *fact)
{
        char text[HOST_VALUE_MAX];
        ssize_t n = host_file(source, path, text, sizeof(text));

        if (n < 0) {
                host_fact_absent(fact, "%s: %s", path, strerror((int)-n));
                return (int)n;
        }
        if (host_is_placeholder(text)) {
                host_fact_absent(fact, "%s holds a placeholder, '%.30s'", path, text);
                return -ENODATA;
        }
        host_fact_set(fact, text, path);
        return 0;
}

/* What vendors' firmware has been seen to leave there, in lower case. */
static const char *const placeholders[] = { "to be filled by o.e.m.", "to be filled by oem",
        "filled by o.e.m.", "default string", "none", "n/a", "na", "not specified", "not applicable",
        "not available", "not present", "not settable", "unknown", "undefined", "invalid", "empty", "null",
        "oem", "o.e.m.", "serial", "serial number", "system serial number", "system manufacturer",
        "system product name", "system name", "system version", "chassis serial number",
        "base board serial number", "board serial number", "asset tag", "no asset tag",
        "no asset information", "type2 - board serial number", "0123456789", "123456789", "1234567890",
        "12345678", "01234567", "0123456789abcdef", "03000200-0400-0500-0006-000700080009", "(none)",
        "false", "unassigned" };

bool host_is_placeholder(const char *value)
{
        char first = 0;
        bool one_letter = true;

        for (size_t i = 0; i < ARRAY_SIZE(placeholders); i++)
                if (strcasecmp(placeholders[i], value) == 0)
                        return true;
        /* Zeros, x-es, dots, f-s: one letter or digit throughout, "0x" and punctuation aside. */
        if (strncasecmp(value, "0x", 2) == 0 && value[2])
                value += 2;
        for (; *value; value++)
                if (isalnum((unsigned char)*value)) {
                        first = first ? first : *value;
                        one_letter &= *value == first;
                }
        return one_letter;
}
