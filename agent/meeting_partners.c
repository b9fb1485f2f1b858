/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/meeting.h"

#include "agent/worker.h"

enum { SIBLING, CORE, PACKAGE, KINDS };

static unsigned kind_of(const struct meeting_worker *a, const struct meeting_worker *b)
{
        if (a->package != b->package)
                return PACKAGE;
        return a->core == b->core && a->core >= 0 ? SIBLING : CORE;
}

static uint32_t count(const struct meetings *meetings, uint32_t self, unsigned kind)
{
        uint32_t n = 0;

        for (uint32_t i = 0; i < meetings->n; i++)
                n += i != self && meetings->workers[i].present &&
                     kind_of(&meetings->workers[i], &meetings->workers[self]) == kind;
        return n;
}

/* The one at place `place` of a kind, counted from `self` on and around. */
static uint32_t find(const struct meetings *meetings, uint32_t self, unsigned kind, uint32_t place)
{
        for (uint32_t step = 1; step < meetings->n; step++) {
                uint32_t i = (self + step) % meetings->n;

                if (meetings->workers[i].present &&
                        kind_of(&meetings->workers[i], &meetings->workers[self]) == kind && !place--)
                        return i;
        }
        return self;
}

static bool among(const uint32_t *partners, unsigned n, uint32_t one)
{
        for (unsigned i = 0; i < n; i++)
                if (partners[i] == one)
                        return true;
        return false;
}

/* One of each kind in its turn, those of another kind where there is none. */
unsigned meeting_partners(const struct meetings *meetings, uint32_t self, uint32_t turn, unsigned most,
        bool all, uint32_t ret_partners[PARTY_MOST - 1])
{
        unsigned wanted = all || turn % (KINDS + 1) == KINDS ? most - 1 : 1, n = 0;

        for (unsigned attempt = 0; n < wanted && attempt < 4 * KINDS * PARTY_MOST; attempt++) {
                unsigned kind = (turn + attempt) % KINDS;
                uint32_t others = count(meetings, self, kind), one;

                if (!others)
                        continue;
                one = find(
                        meetings, self, kind, (turn / KINDS + attempt % KINDS + attempt / KINDS) % others);
                if (one != self && !among(ret_partners, n, one))
                        ret_partners[n++] = one;
        }
        return n;
}

/* Who is not there may be starting anew; who is lost has finished too. */
bool meeting_hopeless(const struct meeting *meeting)
{
        for (uint32_t i = 0; meeting->all && i < meeting->all->n; i++) {
                const struct meeting_worker *worker = &meeting->all->workers[i];

                if (i != meeting->worker->index &&
                        (atomic_load(&worker->present) || !atomic_load(&worker->finished)))
                        return false;
        }
        return true;
}
