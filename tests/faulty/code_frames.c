/* SPDX-License-Identifier: Apache-2.0 */
/* The functions of a file without a symbol table: .eh_frame names the range of each (System V ABI, AMD64 supplement,
 * 4.2.4, and the Linux Standard Base, "Exception Frames"). */
#include <stdbool.h>
#include <string.h>

#include "tests/faulty/code.h"

/* How pointers are encoded (LSB, "DWARF Exception Header Encoding"): the one that compilers for x86-64 write. */
#define PCREL_SDATA4 0x1b

struct reader {
        const uint8_t *at, *end;
};

static uint64_t take(struct reader *reader, size_t size)
{
        uint64_t value = 0;

        if ((size_t)(reader->end - reader->at) < size) {
                reader->at = reader->end;
                return 0;
        }
        memcpy(&value, reader->at, size);
        reader->at += size;
        return value;
}

/* A number in base 128, least significant part first; its sign does not matter here. */
static void skip_leb(struct reader *reader)
{
        while (take(reader, 1) & 0x80)
                ;
}

/* The encoding of the pointers in the entries of a common information entry ("zR", "zPLR"): 0 where unknown. */
static uint8_t encoding_of(struct reader cie)
{
        const char *augmentation;

        (void)take(&cie, 1); /* version */
        augmentation = (const char *)cie.at;
        while (take(&cie, 1))
                ;
        skip_leb(&cie); /* code and data alignment, return address */
        skip_leb(&cie);
        skip_leb(&cie);
        if (*augmentation != 'z')
                return 0;
        skip_leb(&cie);
        for (const char *a = augmentation + 1; *a; a++)
                switch (*a) {
                case 'R':
                        return (uint8_t)take(&cie, 1);
                case 'P': { /* an encoding and a pointer in it: four or eight bytes */
                        uint8_t encoding = (uint8_t)take(&cie, 1);

                        (void)take(&cie, (encoding & 7) == 3 ? 4 : 8);
                        break;
                }
                case 'L':
                        (void)take(&cie, 1);
                        break;
                default:
                        break;
                }
        return 0;
}

int code_frames(struct code *code, const uint8_t *frames, size_t size, uint64_t address)
{
        struct reader all = { frames, frames + size };
        int r = 0;

        while (r == 0 && all.at < all.end) {
                uint64_t length = take(&all, 4);
                struct reader entry = { all.at, all.at + length };
                uint64_t back, from;
                const uint8_t *cie;

                if (!length ||
                        length > (uint64_t)(all.end - all.at)) /* the end; a 64-bit length is never seen */
                        break;
                all.at = entry.end;
                cie = entry.at;
                back = take(&entry, 4);
                if (!back || back > (uint64_t)(cie - frames))
                        continue; /* a common information entry itself */
                cie -= back;
                if (encoding_of((struct reader){ cie + 8, all.end }) != PCREL_SDATA4)
                        continue;
                from = address + (uint64_t)(entry.at - frames);
                from += (uint64_t)(int64_t)(int32_t)take(&entry, 4);
                r = code_add(code, from, from + take(&entry, 4), "");
        }
        return r;
}
