/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"

int text_to_u64(const char *text, uint64_t *ret_number)
{
        unsigned long long number;
        char *end;
        int base = text[0] == '0' && (text[1] == 'x' || text[1] == 'X') ? 16 : 10;

        if (!isdigit((unsigned char)text[0]) || (base == 16 && !isxdigit((unsigned char)text[2])))
                return -EINVAL;
        errno = 0;
        number = strtoull(text, &end, base);
        if (*end)
                return -EINVAL;
        if (errno)
                return -ERANGE;
        *ret_number = number;
        return 0;
}

unsigned text_distance(const char *a, const char *b)
{
        size_t n = strnlen(a, TEXT_WORD_MAX), m = strnlen(b, TEXT_WORD_MAX);
        unsigned char cost[TEXT_WORD_MAX + 1][TEXT_WORD_MAX + 1];

        for (size_t i = 0; i <= n; i++)
                cost[i][0] = (unsigned char)i;
        for (size_t j = 0; j <= m; j++)
                cost[0][j] = (unsigned char)j;
        for (size_t i = 1; i <= n; i++)
                for (size_t j = 1; j <= m; j++) {
                        unsigned best = cost[i - 1][j - 1] + (a[i - 1] != b[j - 1]);

                        best = MIN(best, MIN(cost[i - 1][j], cost[i][j - 1]) + 1u);
                        if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                                best = MIN(best, cost[i - 2][j - 2] + 1u);
                        cost[i][j] = (unsigned char)best;
                }
        return cost[n][m];
}

void text_nearest_begin(struct text_nearest *nearest, const char *word)
{
        *nearest = (struct text_nearest){ .word = word, .distance = UINT_MAX };
}

void text_nearest_offer(struct text_nearest *nearest, const char *candidate)
{
        unsigned distance = text_distance(nearest->word, candidate);
        size_t letters = strnlen(candidate, TEXT_WORD_MAX);

        if (distance > MAX(letters / 3, 1) || distance >= nearest->distance)
                return;
        nearest->distance = distance;
        nearest->best = candidate;
}

char *text_trim(char *text)
{
        size_t size = strlen(text);

        while (size && isspace((unsigned char)text[size - 1]))
                text[--size] = 0;
        while (isspace((unsigned char)*text))
                text++;
        return text;
}
