/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/move_chain.inc"
#include "checks/move_chain_general.inc"

FUNCTION move_split_movbe_run
        MOVE_CHAIN_ENTER
#include "checks/move_split_movbe.inc"
        MOVE_CHAIN_END
        KERNEL_LEAVE
END move_split_movbe_run
