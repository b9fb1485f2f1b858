/* SPDX-License-Identifier: Apache-2.0 */
/* Sizes of arrays and bounds of numbers. */
#pragma once

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))
