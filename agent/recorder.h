/* SPDX-License-Identifier: Apache-2.0 */
/* The recorder: takes observations out of the rings of the workers, checks what a worker that may be broken wrote,
 * judges what only the supervisor knows (unit, checksum of the answers, tracer), and keeps them as evidence. */
#pragma once

#include "agent/member.h"
#include "agent/supervisor.h"

struct recorder {
        const struct supervisor_run *run;
        struct evidence *evidence;
        uint64_t failures; /* observations that accuse a CPU */
        struct cpu_set accused;
        bool same_value; /* every mismatch so far has the same wrong output; false while there is none */
        struct check_mismatch first_wrong;
        bool few; /* so few workers that each can be looked at whenever its ring is */
};
void recorder_begin(struct recorder *recorder, const struct supervisor_run *run, struct evidence *evidence);

/* Takes all that lies in the member's ring. A record that makes no sense is recorded as FAILED with EBADMSG, so that
 * the run is incomplete. */
void recorder_drain(struct recorder *recorder, struct member *member);

/* Looks for a ptracer of the member's process, and records it where it is the first. recorder_drain looks too where there
 * is something in the ring, or there are few workers. Who has come and gone in between is not seen. */
void recorder_look(struct recorder *recorder, struct member *member);

/* Records what the supervisor itself has to say of a member. `error` is a positive errno or 0, where it could not be
 * started; EBADMSG: it wrote what makes no sense; ECANCELED: it ended too often. `death` may be NULL. */
void recorder_tell(struct recorder *recorder, const struct member *member, enum observation_kind kind,
        int error, const struct observation_death *death);
