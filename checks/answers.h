/* SPDX-License-Identifier: Apache-2.0 */
/* Known answers: tables that an independent model made (tests/model/), committed under checks/answers/,
 * embedded into the program, and checked before their first use. They are never learnt from a CPU.
 *
 * A file is a header of 64 bytes and a payload, little endian:
 *   0  char     magic[16]   "assay-answers\n\0\0"
 *   16 uint32_t version     1
 *   20 uint32_t crc32       of the payload (zlib's crc32: ISO 3309, ITU-T V.42)
 *   24 uint64_t size        of the payload in bytes
 *   32 char     name[32]    the file's name without ".bin", padded with zeros
 * The layout of the payload is the check's own, described in its file. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define ANSWERS_HEADER_SIZE 64
#define ANSWERS_VERSION 1

struct answers {
        const char *name;
        const uint8_t *begin, *end; /* the whole file as it was embedded */
};

/* Embeds checks/answers/TABLE.bin between answers_begin_TABLE and answers_end_TABLE. */
#define ANSWERS_EMBED(table)                                   \
        __asm__(".pushsection .rodata.answers, \"a\"\n"        \
                ".balign 64\n"                                 \
                ".type answers_begin_" #table ", @object\n"    \
                ".hidden answers_begin_" #table "\n"           \
                ".globl answers_begin_" #table "\n"            \
                "answers_begin_" #table ":\n"                  \
                ".incbin \"" ANSWERS_DIR "/" #table ".bin\"\n" \
                ".hidden answers_end_" #table "\n"             \
                ".globl answers_end_" #table "\n"              \
                "answers_end_" #table ":\n"                    \
                ".byte 0\n"                                    \
                ".popsection\n");                              \
        extern const uint8_t answers_begin_##table[], answers_end_##table[]

/* ANSWERS(fma_f32); at file scope embeds checks/answers/fma_f32.bin as `answers_fma_f32`. */
#define ANSWERS(table)        \
        ANSWERS_EMBED(table); \
        static const struct answers answers_##table = { #table, answers_begin_##table, answers_end_##table }

/* The payload of a table. Its size is not checked here: answers_verify has done that. */
static inline const uint8_t *answers_payload(const struct answers *answers)
{
        return answers->begin + ANSWERS_HEADER_SIZE;
}

/* Checks one table's header, version, size, name and checksum. Returns 0, or -EBADMSG and in `sentence`
 * (ANSWERS_SENTENCE_MAX bytes, or NULL) what is wrong with which table, without a capital or a full stop. */
#define ANSWERS_SENTENCE_MAX 160
int answers_verify(const struct answers *answers, char *sentence);

/* The same of the tables of every check, up to the first that is wrong. */
int answers_verify_all(char *sentence);
