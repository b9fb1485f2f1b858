/* SPDX-License-Identifier: Apache-2.0 */
/* How the process of a member ended, and what that says of its CPU: nothing, a fact, or evidence. */
#pragma once

#include "agent/recorder.h"

/* Takes what it still had to say, and records what it did not say itself. `due`: a worker that leaves has done what it was
 * to do. Sets the member's `done` and `lost`. */
void burial_record(struct recorder *recorder, struct member *member, int status, bool due);

/* True for the signals that an instruction can die of: SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, and a program's own
 * SIGABRT. Any other that ends a process was sent by another one, and accuses nobody. */
bool burial_by_itself(int signal);
