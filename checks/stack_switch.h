/* SPDX-License-Identifier: Apache-2.0 */
/* Constants that stack_switch.c and its kernel share. */
#pragma once

#define STACK_SWITCH_EVENTS 60
#define STACK_SWITCH_PASSES 320
