/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/burial.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>

bool burial_by_itself(int signal)
{
        return signal == SIGSEGV || signal == SIGBUS || signal == SIGILL || signal == SIGFPE ||
               signal == SIGTRAP || signal == SIGABRT;
}

static void record_exit(struct recorder *recorder, struct member *m, int code, bool due)
{
        struct observation_death death = { 0 };
        /* It found no room to say so, or its CPU thought that there was none. */
        bool unsaid = code == WORKER_RECORDED && !m->recorded;
        bool said = code == WORKER_RECORDED || code == WORKER_KILLED;

        m->done = code == WORKER_DONE && due;
        m->lost = code == WORKER_LOST || code == WORKER_FAILED || code == WORKER_UNMAPPED;
        if (code == WORKER_UNMAPPED)
                recorder_tell(recorder, m, OBSERVATION_FAILED, ENOMEM, NULL);
        else if (m->lost && !m->excused)
                recorder_tell(recorder, m, OBSERVATION_LOST, 0, NULL);
        else if (unsaid && m->condemned)
                recorder_tell(recorder, m, OBSERVATION_HANG, 0, &death);
        else if (unsaid || (!m->done && !said && !m->lost)) /* one that leaves unasked went astray */
                recorder_tell(recorder, m, OBSERVATION_CRASH, 0, &death);
}

void burial_record(struct recorder *recorder, struct member *member, int status, bool due)
{
        struct observation_death death = { 0 };

        recorder_drain(recorder, member);
        if (WIFEXITED(status)) {
                record_exit(recorder, member, WEXITSTATUS(status), due);
        } else if (!member->killed_by_us) {
                death.signal = WTERMSIG(status);
                recorder_tell(recorder, member,
                        burial_by_itself(death.signal) ? OBSERVATION_CRASH : OBSERVATION_KILLED, 0, &death);
        }
}
