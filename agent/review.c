/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/review.h"

#include <sched.h>

#include "base/clock.h"
#include "checks/registers.h"

#define REVIEW_EVERY 16                 /* rounds */
#define REVIEW_WAIT_NS (100 * CLOCK_MS) /* how long a mismatch waits */

void review_begin(struct review *review, const struct worker *worker)
{
        uint32_t own = atomic_load(&worker->slot->offer.sequence);

        review->worker = worker;
        review->offered = 0;
        review->answered = worker->reviewed ? atomic_load(&worker->reviewed->offer.sequence) : 0;
        if (own & 1) /* an offer of the process before us */
                atomic_store(&worker->slot->offer.sequence, own + 1);
}

static void disagree(const struct worker *worker, const struct slot_offer *offer, uint32_t check,
        const struct check_round *round, const struct check_mismatch *mismatch,
        enum observation_review again)
{
        static struct observation o; /* too large for a stack */

        o.time_ns = clock_ns(CLOCK_REALTIME);
        o.kind = OBSERVATION_DISAGREE;
        o.check = check;
        o.round = *round;
        o.regime = offer->regime;
        o.cpu = o.seen_on[0] = worker->reviewed_cpu;
        o.seen_on[1] = o.seen_on[2] = o.seen_on[3] = -1;
        o.known = !check_list[check]->voted;
        o.synthetic = worker->run->drill != DRILL_NONE;
        o.reviewer = (int32_t)worker->cpu;
        o.review = again;
        o.mismatch = *mismatch;
        slot_push(worker->slot, &o);
}

/* Without a known answer: the round runs here too, undisturbed, and the outputs are compared. */
static int vote(const struct check *check, const uint8_t *output, uint8_t *scratch,
        struct check_mismatch *ret_mismatch)
{
        const void *event = registers_event;
        struct check_compare compare;

        registers_event = registers_event_none;
        check->run(scratch);
        registers_event = event;
        check_compare_begin(&compare);
        check_compare(&compare, 0, scratch + check->output_offset, output, check->output_size);
        return check_compare_end(&compare, ret_mismatch);
}

/* Sets the round up here, copies the other worker's output and compares it. */
static int look(const struct check *check, const struct check_round *round, const uint8_t *state,
        uint8_t *scratch, struct check_mismatch *ret_mismatch)
{
        check->setup(scratch, round);
        if (check->voted)
                return vote(check, state + check->output_offset, scratch, ret_mismatch);
        check_copy(scratch + check->output_offset, state + check->output_offset, check->output_size);
        return check->verify(scratch, ret_mismatch);
}

void review_answer(struct review *review)
{
        const struct worker *worker = review->worker;
        const struct slot *other = worker->reviewed;
        struct check_mismatch mismatch;
        uint32_t sequence;
        int found;

        if (!other)
                return;
        sequence = atomic_load_explicit(&other->offer.sequence, memory_order_acquire);
        uint32_t index = other->offer.check, which = other->offer.state & 1; /* once: they may change */
        if (!(sequence & 1) || sequence == review->answered || index >= worker->n_checks ||
                check_prepare(check_list[index]) < 0)
                return;
        struct check_round round = other->offer.round;
        const struct check *check = check_list[index];
        if (round.parties > check->parties || (check->parties && round.party >= round.parties))
                return; /* nonsense of a bad CPU: set up as a round alone, it would change what others share */
        uint8_t *scratch = worker->scratch[which];

        enum observation_review again = REVIEW_CONFIRMED;
        bool contradicts;

        found = look(check, &round, other->state[which], scratch, &mismatch);
        contradicts = found == CHECK_MISMATCH && other->offer.found != CHECK_MISMATCH;
        /* It may be this CPU that erred, in set-up or compare: then it does not do so twice. */
        if (contradicts) {
                struct check_mismatch second;

                if (look(check, &round, other->state[which], scratch, &second) != CHECK_MISMATCH)
                        again = REVIEW_REFUTED;
        }
        if (atomic_load_explicit(&other->offer.sequence, memory_order_acquire) != sequence)
                return; /* withdrawn meanwhile: what was copied may be half of two rounds */
        review->answered = sequence;
        worker->slot->answer.found = found;
        atomic_store_explicit(&worker->slot->answer.sequence, sequence, memory_order_release);
        if (contradicts)
                disagree(worker, &other->offer, index, &round, &mismatch, again);
}

/* True once our offer is answered; *ret_found is what the reviewer found. */
static bool answered(const struct review *review, int *ret_found)
{
        const struct slot *reviewer = review->worker->reviewer;

        if (atomic_load_explicit(&reviewer->answer.sequence, memory_order_acquire) != review->offered)
                return false;
        *ret_found = reviewer->answer.found;
        return true;
}

static bool on_offer(const struct review *review)
{
        return atomic_load_explicit(&review->worker->slot->offer.sequence, memory_order_relaxed) & 1;
}

static void withdraw(const struct review *review)
{
        if (on_offer(review))
                atomic_fetch_add(&review->worker->slot->offer.sequence, 1);
}

static void offer(struct review *review, const struct slot_current *now, uint32_t which, int found)
{
        struct slot_offer *own = &review->worker->slot->offer;

        withdraw(review);
        own->check = now->check;
        own->regime = now->regime;
        own->round = now->round;
        own->state = which;
        own->found = found;
        review->offered = atomic_fetch_add(&own->sequence, 1) + 1;
}

enum observation_review review_mismatch(
        struct review *review, const struct slot_current *now, uint32_t which)
{
        struct slot *slot = review->worker->slot;
        uint64_t end = clock_ns(CLOCK_MONOTONIC) + REVIEW_WAIT_NS;
        enum observation_review result = REVIEW_NONE;
        int found;

        if (!review->worker->reviewer)
                return result;
        offer(review, now, which, CHECK_MISMATCH);
        while (clock_ns(CLOCK_MONOTONIC) < end && !atomic_load_explicit(&slot->stop, memory_order_relaxed)) {
                atomic_fetch_add_explicit(&slot->heartbeat, 1, memory_order_relaxed);
                if (answered(review, &found)) {
                        result = found == CHECK_MISMATCH ? REVIEW_CONFIRMED : REVIEW_REFUTED;
                        break;
                }
                review_answer(review); /* or two that wait for each other would wait in vain */
                (void)sched_yield();
        }
        withdraw(review);
        return result;
}

bool review_share(struct review *review, const struct slot_current *now, uint32_t which, struct tally *tally)
{
        int found;

        if (!review->worker->reviewer)
                return false;
        if (on_offer(review)) {
                if (!answered(review, &found))
                        return false;
                tally->reviewed++;
                withdraw(review);
        }
        if (now->round.number % REVIEW_EVERY)
                return false;
        offer(review, now, which, CHECK_EQUAL);
        return true;
}
