/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/answers.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <zlib.h>

#include "checks/check.h"

static const char magic[16] = "assay-answers\n\0";

int answers_verify(const struct answers *answers)
{
        size_t size = (size_t)(answers->end - answers->begin);
        uint32_t version, crc;
        uint64_t payload;

        if (size < ANSWERS_HEADER_SIZE)
                return -EBADMSG;
        memcpy(&version, answers->begin + 16, sizeof(version));
        memcpy(&crc, answers->begin + 20, sizeof(crc));
        memcpy(&payload, answers->begin + 24, sizeof(payload));
        if (memcmp(answers->begin, magic, sizeof(magic)) != 0 || version != ANSWERS_VERSION ||
                payload != size - ANSWERS_HEADER_SIZE)
                return -EBADMSG;
        if (strncmp((const char *)answers->begin + 32, answers->name, 32) != 0)
                return -EBADMSG;
        return crc32_z(0, answers_payload(answers), payload) == crc ? 0 : -EBADMSG;
}

int answers_verify_all(const char **ret_name)
{
        for (const struct check *const *c = check_list; *c; c++)
                for (const struct answers *const *a = (*c)->answers; a && *a; a++) {
                        int r = answers_verify(*a);

                        if (r < 0) {
                                *ret_name = (*a)->name;
                                return r;
                        }
                }
        return 0;
}
