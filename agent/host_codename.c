/* SPDX-License-Identifier: Apache-2.0 */
/* Family and model to microarchitecture. By hand because libcpuid names by its own release's knowledge and
 * is wrong for parts that came later. What is not here has no name. Numbers: the Intel SDM volume 4, table
 * 2-1; Intel's and AMD's revision guides; all as displayed (extended bits included). */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "agent/host_read.h"
#include "base/array.h"

#define INTEL "GenuineIntel"
#define AMD "AuthenticAMD"
#define HYGON "HygonGenuine"
#define ANY 0, 15

static const struct {
        const char *vendor;
        uint8_t family, model, model_last, stepping, stepping_last;
        const char *name;
} codenames[] = {
        { INTEL, 6, 0x0f, 0x0f, ANY, "Merom" },
        { INTEL, 6, 0x17, 0x17, ANY, "Penryn" },
        { INTEL, 6, 0x1a, 0x1a, ANY, "Nehalem" },
        { INTEL, 6, 0x1e, 0x1f, ANY, "Nehalem" },
        { INTEL, 6, 0x2e, 0x2e, ANY, "Nehalem" },
        { INTEL, 6, 0x25, 0x25, ANY, "Westmere" },
        { INTEL, 6, 0x2c, 0x2c, ANY, "Westmere" },
        { INTEL, 6, 0x2f, 0x2f, ANY, "Westmere" },
        { INTEL, 6, 0x2a, 0x2a, ANY, "Sandy Bridge" },
        { INTEL, 6, 0x2d, 0x2d, ANY, "Sandy Bridge-EP" },
        { INTEL, 6, 0x3a, 0x3a, ANY, "Ivy Bridge" },
        { INTEL, 6, 0x3e, 0x3e, ANY, "Ivy Bridge-EP" },
        { INTEL, 6, 0x3c, 0x3c, ANY, "Haswell" },
        { INTEL, 6, 0x45, 0x46, ANY, "Haswell" },
        { INTEL, 6, 0x3f, 0x3f, ANY, "Haswell-EP" },
        { INTEL, 6, 0x3d, 0x3d, ANY, "Broadwell" },
        { INTEL, 6, 0x47, 0x47, ANY, "Broadwell" },
        { INTEL, 6, 0x4f, 0x4f, ANY, "Broadwell-EP" },
        { INTEL, 6, 0x56, 0x56, ANY, "Broadwell-DE" },
        { INTEL, 6, 0x4e, 0x4e, ANY, "Skylake" },
        { INTEL, 6, 0x5e, 0x5e, ANY, "Skylake" },
        { INTEL, 6, 0x55, 0x55, 0, 4, "Skylake-SP" },
        { INTEL, 6, 0x55, 0x55, 5, 7, "Cascade Lake" },
        { INTEL, 6, 0x55, 0x55, 10, 11, "Cooper Lake" },
        { INTEL, 6, 0x8e, 0x8e, 9, 9, "Kaby Lake" },
        { INTEL, 6, 0x9e, 0x9e, 9, 9, "Kaby Lake" },
        { INTEL, 6, 0x9e, 0x9e, 10, 13, "Coffee Lake" },
        { INTEL, 6, 0xa5, 0xa6, ANY, "Comet Lake" },
        { INTEL, 6, 0x66, 0x66, ANY, "Cannon Lake" },
        { INTEL, 6, 0x7d, 0x7e, ANY, "Ice Lake" },
        { INTEL, 6, 0x6a, 0x6a, ANY, "Ice Lake-SP" },
        { INTEL, 6, 0x6c, 0x6c, ANY, "Ice Lake-D" },
        { INTEL, 6, 0x8c, 0x8d, ANY, "Tiger Lake" },
        { INTEL, 6, 0xa7, 0xa7, ANY, "Rocket Lake" },
        { INTEL, 6, 0x97, 0x97, ANY, "Alder Lake" },
        { INTEL, 6, 0x9a, 0x9a, ANY, "Alder Lake" },
        { INTEL, 6, 0xbe, 0xbe, ANY, "Alder Lake-N" },
        { INTEL, 6, 0xb7, 0xb7, ANY, "Raptor Lake" },
        { INTEL, 6, 0xba, 0xba, ANY, "Raptor Lake" },
        { INTEL, 6, 0xbf, 0xbf, ANY, "Raptor Lake" },
        { INTEL, 6, 0xaa, 0xaa, ANY, "Meteor Lake" },
        { INTEL, 6, 0xac, 0xac, ANY, "Meteor Lake" },
        { INTEL, 6, 0xc5, 0xc6, ANY, "Arrow Lake" },
        { INTEL, 6, 0xbd, 0xbd, ANY, "Lunar Lake" },
        { INTEL, 6, 0x8f, 0x8f, ANY, "Sapphire Rapids" },
        { INTEL, 6, 0xcf, 0xcf, ANY, "Emerald Rapids" },
        { INTEL, 6, 0xad, 0xae, ANY, "Granite Rapids" },
        { INTEL, 6, 0xaf, 0xaf, ANY, "Sierra Forest" },
        { INTEL, 6, 0x57, 0x57, ANY, "Knights Landing" },
        { INTEL, 6, 0x85, 0x85, ANY, "Knights Mill" },
        { INTEL, 6, 0x37, 0x37, ANY, "Silvermont" },
        { INTEL, 6, 0x4d, 0x4d, ANY, "Silvermont" },
        { INTEL, 6, 0x4c, 0x4c, ANY, "Airmont" },
        { INTEL, 6, 0x5c, 0x5c, ANY, "Goldmont" },
        { INTEL, 6, 0x5f, 0x5f, ANY, "Goldmont" },
        { INTEL, 6, 0x7a, 0x7a, ANY, "Goldmont Plus" },
        { INTEL, 6, 0x86, 0x86, ANY, "Tremont" },
        { INTEL, 6, 0x96, 0x96, ANY, "Tremont" },
        { INTEL, 6, 0x9c, 0x9c, ANY, "Tremont" },
        { AMD, 0x15, 0x00, 0x01, ANY, "Bulldozer" },
        { AMD, 0x15, 0x02, 0x02, ANY, "Piledriver" },
        { AMD, 0x15, 0x10, 0x1f, ANY, "Piledriver" },
        { AMD, 0x15, 0x30, 0x3f, ANY, "Steamroller" },
        { AMD, 0x15, 0x60, 0x7f, ANY, "Excavator" },
        { AMD, 0x16, 0x00, 0x0f, ANY, "Jaguar" },
        { AMD, 0x16, 0x30, 0x3f, ANY, "Puma" },
        { AMD, 0x17, 0x01, 0x01, ANY, "Zen" },
        { AMD, 0x17, 0x11, 0x11, ANY, "Zen" },
        { AMD, 0x17, 0x20, 0x20, ANY, "Zen" },
        { AMD, 0x17, 0x08, 0x08, ANY, "Zen+" },
        { AMD, 0x17, 0x18, 0x18, ANY, "Zen+" },
        { AMD, 0x17, 0x31, 0x31, ANY, "Zen 2 (Rome)" },
        { AMD, 0x17, 0x47, 0x47, ANY, "Zen 2" },
        { AMD, 0x17, 0x60, 0x7f, ANY, "Zen 2" },
        { AMD, 0x17, 0x90, 0xaf, ANY, "Zen 2" },
        { AMD, 0x19, 0x01, 0x01, ANY, "Zen 3 (Milan)" },
        { AMD, 0x19, 0x08, 0x08, ANY, "Zen 3" },
        { AMD, 0x19, 0x20, 0x2f, ANY, "Zen 3" },
        { AMD, 0x19, 0x40, 0x5f, ANY, "Zen 3" },
        { AMD, 0x19, 0x11, 0x11, ANY, "Zen 4 (Genoa)" },
        { AMD, 0x19, 0x18, 0x18, ANY, "Zen 4" },
        { AMD, 0x19, 0x60, 0x7f, ANY, "Zen 4" },
        { AMD, 0x19, 0xa0, 0xaf, ANY, "Zen 4c (Bergamo)" },
        { AMD, 0x1a, 0x02, 0x02, ANY, "Zen 5 (Turin)" },
        { AMD, 0x1a, 0x11, 0x11, ANY, "Zen 5c (Turin Dense)" },
        { AMD, 0x1a, 0x24, 0x24, ANY, "Zen 5" },
        { AMD, 0x1a, 0x44, 0x44, ANY, "Zen 5" },
        { AMD, 0x1a, 0x60, 0x7f, ANY, "Zen 5" },
        { HYGON, 0x18, 0x00, 0x0f, ANY, "Dhyana" },
};

const char *host_codename(const char *vendor, unsigned family, unsigned model, unsigned stepping)
{
        for (size_t i = 0; i < ARRAY_SIZE(codenames); i++)
                if (codenames[i].family == family && codenames[i].model <= model &&
                        model <= codenames[i].model_last && codenames[i].stepping <= stepping &&
                        stepping <= codenames[i].stepping_last && strcmp(codenames[i].vendor, vendor) == 0)
                        return codenames[i].name;
        return NULL;
}
