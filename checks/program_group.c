/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/program_group.h"

#include "base/random.h"

const struct program_group program_groups[] = {
#define GROUP(group, needs, fresh, common, x87, bytes, seeds, sentence) \
        { #group, (needs), (fresh), (common), true, (x87), (bytes) },
        PROGRAM_GROUPS(GROUP)
#undef GROUP
                { 0 },
};

void program_group_native(struct program_group *ret_group, uint64_t seed)
{
        isa_set features = registers_features();

        ret_group->name = "native";
        ret_group->needs = features;
        ret_group->fresh = (1u << PROGRAM_SETS) - 1;
        ret_group->common = 0;
        ret_group->known = false;
        ret_group->x87 = random_mix(seed ^ 1) & 1;
        ret_group->vector_bytes = registers_level() == REGISTERS_AVX512 ? 64
                                  : registers_level() == REGISTERS_AVX  ? 32
                                                                        : 16;
}
