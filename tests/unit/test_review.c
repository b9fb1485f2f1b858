/* SPDX-License-Identifier: Apache-2.0 */
/* A worker reviews its neighbour's outputs: right ones pass; wrong ones that the neighbour found right are an
 * observation that accuses it. A known answer is verified again, a vote is run again. */
#include <assert.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>

#include "agent/review.h"
#include "checks/registers.h"
#include "tests/tap.h"

#define OWN 0
#define NEIGHBOUR 1
#define NOBODY (-1)

static struct slot *slots[2];
static struct supervisor_run run;
static struct worker worker;
static struct review review;

static void prepare(void)
{
        void *scratch;

        for (unsigned i = 0; i < 2; i++) {
                slots[i] = mmap((void *)SLOT_ADDRESS(i), sizeof(struct slot), PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
                assert(slots[i] == (void *)SLOT_ADDRESS(i));
        }
        scratch = mmap(
                NULL, sizeof(slots[0]->state), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        assert(scratch != MAP_FAILED);
        worker = (struct worker){ .run = &run,
                .slot = slots[OWN],
                .scratch = scratch,
                .reviewed = slots[NEIGHBOUR],
                .reviewed_cpu = 7,
                .n_checks = check_count(),
                .cpu = 3 };
        registers_use(isa_read());
        review_begin(&review, &worker);
}

static uint32_t index_of(const char *name)
{
        uint32_t i = 0;

        while (strcmp(check_list[i]->name, name) != 0)
                i++;
        return i;
}

/* The neighbour runs the round that it offers. Outputs may hold addresses, and its state lies for it where our scratch
 * does for us. */
static void execute(const struct check *check, uint32_t which)
{
        check->setup(worker.scratch[which], &slots[NEIGHBOUR]->offer.round);
        check->run(worker.scratch[which]);
        memcpy(slots[NEIGHBOUR]->state[which], worker.scratch[which], check->state_size);
}

/* The neighbour runs a round, finds it right and offers it, with `flip` in a byte of its output; we answer. Returns
 * what we found, and the observation that was pushed: where none was, its CPU is NOBODY. */
static int review_one(const char *name, uint32_t at, uint8_t flip, struct observation *ret_accused)
{
        struct slot_offer *offer = &slots[NEIGHBOUR]->offer;
        uint32_t head = slots[OWN]->ring_head;
        uint8_t *state = slots[NEIGHBOUR]->state[1];

        offer->check = index_of(name);
        offer->round = (struct check_round){ .seed = 5, .number = 77, .cpu = 7 };
        offer->state = 1;
        offer->found = CHECK_EQUAL;
        assert(check_prepare(check_list[offer->check]) == 0);
        execute(check_list[offer->check], 1);
        state[check_list[offer->check]->output_offset + at] ^= flip;
        offer->sequence++;
        review_answer(&review);
        assert(slots[OWN]->answer.sequence == offer->sequence);
        offer->sequence++;
        *ret_accused = (struct observation){ .cpu = NOBODY };
        if (slots[OWN]->ring_head != head)
                *ret_accused = slots[OWN]->ring[head % SLOT_RING];
        slots[OWN]->ring_tail = slots[OWN]->ring_head;
        return slots[OWN]->answer.found;
}

static void test_check(const char *name, uint32_t at, bool known)
{
        struct observation o;
        int found = review_one(name, at, 0, &o);

        tap_ok(found == CHECK_EQUAL && o.cpu == NOBODY, "%s: a right output passes", name);
        found = review_one(name, at, 0x20, &o);
        tap_ok(found == CHECK_MISMATCH, "%s: a wrong one does not", name);
        tap_ok(o.kind == OBSERVATION_DISAGREE && o.cpu == 7 && o.reviewer == 3 &&
                        o.review == REVIEW_CONFIRMED,
                "%s: it accuses the neighbour", name);
        tap_ok(o.known == known, "%s: it is %s", name, known ? "known" : "a vote");
        tap_ok(o.mismatch.offset == at && o.mismatch.bits == 1, "%s: it names the bit", name);
        found = review_one(name, at, 0, &o);
        tap_ok(found == CHECK_EQUAL && o.cpu == NOBODY, "%s: the next right one passes", name);
}

/* All contexts of a voted program agree on a wrong digest: verify alone would be content. */
static void test_consistent(void)
{
        const struct check *check = check_find("program_voted_native");
        struct slot_offer *offer = &slots[NEIGHBOUR]->offer;
        uint8_t *state = slots[NEIGHBOUR]->state[0];

        offer->check = index_of(check->name);
        offer->round.number++;
        offer->state = 0;
        execute(check, 0);
        for (uint32_t vote = 0; vote < 3; vote++)
                state[check->output_offset + 8 * vote] ^= 1;
        tap_ok(check->verify(state, &(struct check_mismatch){ 0 }) == CHECK_EQUAL,
                "a digest that is wrong in every context is no mismatch to the CPU that made it");
        offer->sequence++;
        review_answer(&review);
        tap_ok(slots[OWN]->answer.found == CHECK_MISMATCH,
                "the reviewer, who runs the program too, notices");
        offer->sequence++;
}

int main(void)
{
        prepare();
        test_check("integer_multiply", 130, true);
        test_check("program_known_general", 12, true);
        test_check("program_voted_native", 40, false);
        test_consistent();
        return tap_end();
}
