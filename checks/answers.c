/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/answers.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

#include "checks/check.h"

static const char magic[16] = "assay-answers\n\0";

/* "the table of known answers 'galois' ..." */
__attribute__((format(printf, 3, 4))) static int refuse(
        const struct answers *answers, char *sentence, const char *format, ...)
{
        va_list arguments;
        int used;

        if (!sentence)
                return -EBADMSG;
        used = snprintf(
                sentence, ANSWERS_SENTENCE_MAX, "the table of known answers '%.32s' ", answers->name);
        va_start(arguments, format);
        (void)vsnprintf(sentence + used, ANSWERS_SENTENCE_MAX - (size_t)used, format, arguments);
        va_end(arguments);
        return -EBADMSG;
}

int answers_verify(const struct answers *answers, char *sentence)
{
        size_t size = (size_t)(answers->end - answers->begin);
        uint32_t version, wanted, crc;
        uint64_t payload;

        if (size < ANSWERS_HEADER_SIZE || memcmp(answers->begin, magic, sizeof(magic)) != 0)
                return refuse(answers, sentence, "does not begin as a table does");
        memcpy(&version, answers->begin + 16, sizeof(version));
        memcpy(&wanted, answers->begin + 20, sizeof(wanted));
        memcpy(&payload, answers->begin + 24, sizeof(payload));
        if (version != ANSWERS_VERSION)
                return refuse(answers, sentence, "is of version %u, not %u", version, ANSWERS_VERSION);
        if (payload != size - ANSWERS_HEADER_SIZE)
                return refuse(answers, sentence, "holds %zu bytes, not %llu", size - ANSWERS_HEADER_SIZE,
                        (unsigned long long)payload);
        if (strncmp((const char *)answers->begin + 32, answers->name, 32) != 0)
                return refuse(
                        answers, sentence, "holds those of '%.32s'", (const char *)answers->begin + 32);
        crc = (uint32_t)crc32_z(0, answers_payload(answers), payload);
        if (crc != wanted)
                return refuse(answers, sentence, "has the checksum %08x, not %08x", crc, wanted);
        return 0;
}

int answers_verify_all(char *sentence)
{
        for (const struct check *const *c = check_list; *c; c++)
                for (const struct answers *const *a = (*c)->answers; a && *a; a++) {
                        int r = answers_verify(*a, sentence);

                        if (r < 0)
                                return r;
                }
        return 0;
}
