/* SPDX-License-Identifier: Apache-2.0 */
/* The functions of walk_kernels.S: each way to another one, with an instruction that nothing else there has. */
#pragma once

void walk_run(void *state);         /* bswap; leads to the next four */
void walk_kernel(void *state);      /* pdep, behind a newer one: in data that setup names */
void walk_handed_over(void *state); /* pext: setup takes its address */
void walk_unreached(void *state);   /* crc32 */
void walk_broken(void *state);      /* what is no instruction */
