/* SPDX-License-Identifier: Apache-2.0 */
/* What state_amx.c and its kernel share. */
#pragma once

#define STATE_AMX_TILE 1024 /* bytes: 16 rows of 64 (palette 1: Intel SDM volume 1, 18.2) */
