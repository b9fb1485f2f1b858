/* SPDX-License-Identifier: Apache-2.0 */
/* A round as reports print it and `assay replay` takes it: CHECK:SEED:CPU.PROCESS.NUMBER. */
#pragma once

#include "agent/report.h"

/* Reads what verdict_replay_token wrote; numbers are decimal or 0x. The regime, which no token names,
 * becomes REGIME_QUIET, and the CPU that of the round. Returns 0, or with *ret_replay untouched -EINVAL  it
 * is no such token, or a number is out of range -ENOENT  it names a check that this program does not have.
 */
int replay_token_parse(const char *token, struct report_replay *ret_replay);
