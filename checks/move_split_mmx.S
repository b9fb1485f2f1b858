/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/move_chain.inc"
#include "checks/move_chain_mmx.inc"

FUNCTION move_split_mmx_run
        MOVE_CHAIN_ENTER
#include "checks/move_split_mmx.inc"
        MOVE_CHAIN_END
        KERNEL_LEAVE
END move_split_mmx_run
