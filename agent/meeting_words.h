/* SPDX-License-Identifier: Apache-2.0 */
/* The words of a meeting's shared memory that more than one process changes, taken apart: meeting.c, meetings.c. */
#pragma once

#include "agent/meeting.h"

/* Of a table's `call`, in the low bits; the rest is its sequence, which counts the times that it was laid. */
enum { TABLE_OVER, TABLE_CALLING, TABLE_LAID, TABLE_GO };
/* Of a seat's `state`. */
enum { SEAT_FREE, SEAT_ASKED, SEAT_TAKEN, SEAT_READY };

static inline uint64_t word(uint64_t sequence, unsigned low)
{
        return sequence << 2 | low;
}
static inline uint64_t word_sequence(uint64_t value)
{
        return value >> 2;
}
static inline unsigned word_low(uint64_t value)
{
        return value & 3;
}

/* An invitation: the sequence, the table, the seat. Never 0: sequences begin with 1. */
#define INVITATION_TABLE_BITS 18
static inline uint64_t invitation(uint64_t sequence, uint32_t table, unsigned seat)
{
        return (sequence << INVITATION_TABLE_BITS | table) << 2 | seat;
}
static inline uint64_t invitation_sequence(uint64_t value)
{
        return value >> (INVITATION_TABLE_BITS + 2);
}
static inline uint32_t invitation_table(uint64_t value)
{
        return value >> 2 & ((1U << INVITATION_TABLE_BITS) - 1);
}
static inline unsigned invitation_seat(uint64_t value)
{
        return value & 3;
}
