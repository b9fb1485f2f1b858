/* SPDX-License-Identifier: Apache-2.0 */
/* What fma_chain.c and its kernels agree on. */
#pragma once

#define FMA_CHAIN_BLOCKS 2048 /* repetitions of the block in a round: half a millisecond at 3 GHz */
#define FMA_CHAIN_EVENT 32    /* blocks between two KERNEL_EVENTs: 7 microseconds; a power of two */
