/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/check.h"

#include "base/array.h"
#include "base/random.h"
#include "checks/registers.h"

uint64_t check_round_hash(const struct check_round *round, uint64_t salt)
{
        uint64_t where = (uint64_t)round->cpu << 48 | (uint64_t)round->process << 32 | round->number;

        return random_mix(random_mix(round->seed + salt) ^ where);
}

const char *check_family_name(enum check_family family)
{
        switch (family) {
        case CHECK_STATE:
                return "state under signals";
        case CHECK_STACK:
                return "stack";
        case CHECK_VECTOR:
                return "vector arithmetic";
        case CHECK_PROGRAM:
                return "random programs";
        case CHECK_CRYPTO:
                return "crypto and hashes";
        case CHECK_INTEGER:
                return "integer and scalar floating point";
        case CHECK_PERMUTE:
                return "permute, gather, scatter and masks";
        case CHECK_MOVE:
                return "moves, caches and memory";
        case CHECK_COHERENCE:
                return "coherence between CPUs";
        case CHECK_BRANCH:
                return "control flow";
        case CHECK_LIBRARY:
                return "real libraries";
        case CHECK_ERRATUM:
                return "known errata";
        }
        return "other";
}

const char *check_unit_name(enum check_unit unit)
{
        static const char *const names[CHECK_UNIT_COUNT] = {
                [CHECK_UNIT_GENERAL] = "general register",
                [CHECK_UNIT_STACK] = "stack",
                [CHECK_UNIT_FLAGS] = "flags",
                [CHECK_UNIT_SEGMENT] = "segment base",
                [CHECK_UNIT_X87] = "x87",
                [CHECK_UNIT_MXCSR] = "mxcsr",
                [CHECK_UNIT_XMM] = "xmm",
                [CHECK_UNIT_YMM] = "ymm",
                [CHECK_UNIT_ZMM] = "zmm",
                [CHECK_UNIT_ZMM_HI] = "zmm16-31",
                [CHECK_UNIT_MASK] = "mask",
                [CHECK_UNIT_TILE] = "tile",
                [CHECK_UNIT_PKRU] = "pkru",
                [CHECK_UNIT_FMA] = "fma",
                [CHECK_UNIT_VECTOR_INTEGER] = "vector integer",
                [CHECK_UNIT_CRYPTO] = "crypto",
                [CHECK_UNIT_INTEGER] = "integer",
                [CHECK_UNIT_FLOAT] = "floating point",
                [CHECK_UNIT_MEMORY] = "memory",
                [CHECK_UNIT_PROGRAM] = "random program",
                [CHECK_UNIT_COHERENCE] = "coherence",
                [CHECK_UNIT_BRANCH] = "branch",
        };

        return unit < CHECK_UNIT_COUNT ? names[unit] : "unknown";
}

static bool same(const char *a, const char *b)
{
        while (*a && *a == *b)
                a++, b++;
        return *a == *b;
}

const struct check *check_find(const char *name)
{
        for (const struct check *const *c = check_list; *c; c++)
                if (same((*c)->name, name))
                        return *c;
        return NULL;
}

uint32_t check_count(void)
{
        uint32_t n = 0;

        while (check_list[n])
                n++;
        return n;
}

bool check_exists(uint32_t index)
{
        return index < check_count();
}

int check_prepare(const struct check *check)
{
        return check->prepare ? check->prepare() : 0;
}

/* A bounded text without libc, whose formatting uses vector registers. */
struct label {
        char *p, *end;
};

static void label_text(struct label *label, const char *text)
{
        while (*text && label->p < label->end)
                *label->p++ = *text++;
        *label->p = 0;
}

static void label_number(struct label *label, uint32_t number)
{
        char digits[11], *p = digits + sizeof(digits) - 1;

        *p = 0;
        do
                *--p = (char)('0' + number % 10);
        while (number /= 10);
        label_text(label, p);
}

static void locate_field(const struct check_field *field, uint32_t offset, struct check_place *place)
{
        struct label label = { place->name, place->name + sizeof(place->name) - 1 };
        uint32_t within = offset - field->offset;

        place->unit = field->unit;
        label_text(&label, field->name);
        if (field->count > 1) {
                label_text(&label, " ");
                label_number(&label, within / field->stride);
        }
        if (field->lane < field->stride) {
                label_text(&label, " lane ");
                label_number(&label, within % field->stride / field->lane);
        }
}

void check_locate(const struct check *check, uint32_t offset, struct check_place *ret_place)
{
        struct label label = { ret_place->name, ret_place->name + sizeof(ret_place->name) - 1 };

        if (check->registers && offset < sizeof(struct registers)) {
                ret_place->unit = registers_locate(offset, ret_place->name);
                return;
        }
        for (size_t i = 0; i < check->n_fields; i++) {
                const struct check_field *field = &check->fields[i];

                if (offset >= field->offset && offset - field->offset < field->count * field->stride) {
                        locate_field(field, offset, ret_place);
                        return;
                }
        }
        ret_place->unit = CHECK_UNIT_MEMORY;
        label_text(&label, "output byte ");
        label_number(&label, offset);
}

void check_compare_begin(struct check_compare *compare)
{
        compare->mismatch.offset = UINT32_MAX;
        compare->mismatch.window = 0;
        compare->mismatch.bytes = compare->mismatch.bits = 0;
}

static void open_window(struct check_compare *compare, uint32_t offset)
{
        struct check_mismatch *m = &compare->mismatch;

        m->offset = offset;
        m->window = offset / CHECK_WINDOW * CHECK_WINDOW;
        check_clear(m->expected, sizeof(m->expected));
        check_clear(m->actual, sizeof(m->actual));
}

static void compare_byte(struct check_compare *compare, uint32_t offset, uint8_t expected, uint8_t actual)
{
        struct check_mismatch *m = &compare->mismatch;

        if (expected != actual) {
                if (!m->bytes++)
                        open_window(compare, offset);
                m->bits += (uint32_t)__builtin_popcount((unsigned)(expected ^ actual));
        }
        if (m->bytes && offset >= m->window && offset - m->window < CHECK_WINDOW) {
                m->expected[offset - m->window] = expected;
                m->actual[offset - m->window] = actual;
        }
}

static uint64_t load_eight(const uint8_t *from)
{
        uint64_t value;

        __builtin_memcpy(&value, from, 8);
        return value;
}

void check_compare(struct check_compare *compare, uint32_t offset, const void *expected, const void *actual,
        uint32_t size)
{
        const uint8_t *want = expected, *have = actual;
        uint32_t i = 0;

        if (!compare->mismatch.bytes)
                while (i + 8 <= size && load_eight(want + i) == load_eight(have + i))
                        i += 8;
        for (; i + 8 <= size; i += 8)
                if (load_eight(want + i) != load_eight(have + i) ||
                        offset + i < compare->mismatch.window + CHECK_WINDOW)
                        for (uint32_t j = i; j < i + 8; j++)
                                compare_byte(compare, offset + j, want[j], have[j]);
        for (; i < size; i++)
                compare_byte(compare, offset + i, want[i], have[i]);
}

int check_compare_end(const struct check_compare *compare, struct check_mismatch *ret_mismatch)
{
        if (!compare->mismatch.bytes)
                return 0;
        check_copy(ret_mismatch, &compare->mismatch, sizeof(*ret_mismatch));
        return 1;
}

/* Eight bytes at a time through a general register, whatever the alignment. */
static void store_eight(uint8_t *to, uint64_t value)
{
        __builtin_memcpy(to, &value, 8);
}

static void fill(uint8_t *to, uint8_t byte, size_t size)
{
        for (; size >= 8; size -= 8, to += 8)
                store_eight(to, UINT64_C(0x0101010101010101) * byte);
        while (size--)
                *to++ = byte;
}

void check_poison(void *output, size_t size)
{
        fill(output, CHECK_POISON, size);
}

void check_copy(void *to, const void *from, size_t size)
{
        uint8_t *write = to;
        const uint8_t *read = from;

        for (; size >= 8; size -= 8, write += 8, read += 8) {
                uint64_t value;

                __builtin_memcpy(&value, read, 8);
                store_eight(write, value);
        }
        while (size--)
                *write++ = *read++;
}

void check_clear(void *to, size_t size)
{
        fill(to, 0, size);
}
