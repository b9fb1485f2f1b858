/* SPDX-License-Identifier: Apache-2.0 */
/* The tiles of AMX and their configuration: loaded once, held, stored after each step and compared. The
 * kernel releases them, so that no tile state is left when a round ends. */
#include "checks/state_amx.h"

#include "base/array.h"
#include "base/random.h"
#include "checks/state.h"

#define STEPS 16
#define SPINS 22000
#define TILES 8
#define ROWS 16
#define ROW 64

/* What ldtilecfg loads: Intel SDM volume 1, table 18-1. */
struct configuration {
        uint8_t palette, start_row, reserved[14];
        uint16_t row_bytes[16];
        uint8_t rows[16];
};
_Static_assert(sizeof(struct configuration) == 64, "SDM volume 1, table 18-1");

/* In state.table. */
struct tables {
        struct configuration configuration, configuration_read;
        uint8_t tiles[TILES][STATE_AMX_TILE], tiles_read[TILES][STATE_AMX_TILE];
};
_Static_assert(STATE_AMX_TILE == ROWS * ROW, "palette 1");

/* Even rounds have full tiles, odd ones all sizes. */
static void configuration_fill(struct configuration *to, const struct check_round *round)
{
        uint64_t sizes = check_round_hash(round, 2);

        check_clear(to, sizeof(*to));
        to->palette = 1;
        for (uint32_t t = 0; t < TILES; t++, sizes >>= 8) {
                to->rows[t] = round->number & 1 ? 1 + (sizes & 15) : ROWS;
                to->row_bytes[t] = round->number & 1 ? 4 + 4 * (sizes >> 4 & 15) : ROW;
        }
}

/* What lies outside a tile's rows and columns is 0. */
static void tile_fill(uint8_t *to, uint32_t rows, uint32_t row_bytes, uint64_t random)
{
        check_clear(to, STATE_AMX_TILE);
        for (uint32_t row = 0; row < rows; row++)
                for (uint32_t byte = 0; byte < row_bytes; byte += 4) {
                        uint32_t value = (uint32_t)random_next(&random);

                        check_copy(to + ROW * row + byte, &value, sizeof(value));
                }
}

static void setup(void *memory, const struct check_round *round)
{
        struct state *state = memory;
        struct tables *tables = (struct tables *)state->table;

        (void)state_setup(state, round, STEPS, SPINS);
        configuration_fill(&tables->configuration, round);
        check_clear(&tables->configuration_read, sizeof(tables->configuration_read));
        for (uint32_t t = 0; t < TILES; t++)
                tile_fill(tables->tiles[t], tables->configuration.rows[t],
                        tables->configuration.row_bytes[t], check_round_hash(round, 3 + t));
        check_clear(tables->tiles_read, sizeof(tables->tiles_read));
}

static int verify(const void *memory, struct check_mismatch *ret_mismatch)
{
        struct registers expected;

        state_expect(memory, 1, &expected);
        return state_verify_differences(memory, &expected, TILES + 1, ret_mismatch);
}

void state_amx_tile_run(void *state);

static const struct check_field fields[] = {
        { .name = "tile difference",
                .unit = CHECK_UNIT_TILE,
                .offset = sizeof(struct registers),
                .count = TILES,
                .stride = 8,
                .lane = 8 },
        STATE_DIFFERENCE(TILES, "tile configuration difference", CHECK_UNIT_TILE),
};

const struct check check_state_amx_tile = {
        .name = "state_amx_tile",
        .detects = "A tile of AMX, or the configuration of the tiles, that does not stay as it was set.",
        .family = CHECK_STATE,
        .needs = ISA(AMX_TILE),
        .state_size = sizeof(struct state) + sizeof(struct tables),
        STATE_OUTPUT((TILES + 1) * 8),
        .round_us = 3000,
        .cycle = 40,
        .events = true,
        .fields = fields,
        .n_fields = ARRAY_SIZE(fields),
        .setup = setup,
        .run = state_amx_tile_run,
        .verify = verify,
};
