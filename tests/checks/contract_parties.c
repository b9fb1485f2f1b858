/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of checks that several CPUs run together (checks/party.h). */
#include "tests/checks/contract_rules.h"

#include <sched.h>
#include <time.h>

#include "tests/checks/group.h"

#define ROUNDS_TOGETHER 16
#define ROUNDS_CROWDED 1 /* with more parties than CPUs each hand-over waits for the scheduler */
#define ATTEMPTS 40      /* of as many rounds: other work may take a party's CPU */
#define ALONE_MOST_NS UINT64_C(1000000000)

struct together {
        struct contract *contract;
        const struct group *group;
        bool good;
};

static bool none_wrong(const struct check_round *round, const struct group_result *results, void *user)
{
        struct together *together = user;
        const struct check *check = together->group->check;

        for (unsigned party = 0; party < together->group->parties; party++) {
                const struct group_result *r = &results[party];
                struct check_place place;

                if ((r->fate == PARTY_LEFT || r->fate == PARTY_DONE) && r->found == CHECK_EQUAL)
                        continue;
                if (r->fate != PARTY_LEFT && r->fate != PARTY_DONE && r->fate != PARTY_STALLED)
                        return together->good = contract_broken(together->contract,
                                       "round %u: a party leaves no fate", round->number);
                check_locate(check, r->mismatch.offset, &place);
                return together->good = contract_broken(together->contract,
                               "round %u, party %u of %u: %.64s%s", round->number, party,
                               together->group->parties, place.name, r->found ? "" : " stalled");
        }
        return true;
}

/* With `again` the output must be right for whoever sets the party's round up, as the worker of another CPU does. */
bool contract_together(struct contract *contract)
{
        cpu_set_t allowed;
        bool good = true;

        (void)sched_getaffinity(0, sizeof(allowed), &allowed);
        for (unsigned parties = 1; good && parties <= contract->check->parties; parties++) {
                struct group group = { .check = contract->check,
                        .features = contract->features,
                        .seed = contract->seed,
                        .parties = parties,
                        .rounds = parties > (unsigned)CPU_COUNT(&allowed) ? ROUNDS_CROWDED : ROUNDS_TOGETHER,
                        .again = true,
                        .each = none_wrong };
                struct together together = { contract, &group, true };
                uint32_t right = 0;

                group.user = &together;
                for (unsigned i = 0; i < ATTEMPTS && right < group.rounds && together.good; i++) {
                        right += group_run(&group);
                        group.seed++;
                }
                good = together.good;
                if (good && right < group.rounds)
                        good = contract_broken(contract, "%u parties finished %u rounds", parties, right);
        }
        return good;
}

static uint64_t now_ns(void)
{
        struct timespec now;

        (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
        return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

bool contract_deserted(struct contract *contract)
{
        const struct check *c = contract->check;
        struct contract_state state;
        bool good = true;

        if (!c->parties)
                return true;
        contract_state_open(&state, c, true);
        for (unsigned party = 0; good && party < c->parties; party++) {
                struct check_round round = contract_round(contract, party);
                struct check_mismatch mismatch;
                uint64_t begin = now_ns();

                round.party = (uint8_t)party;
                round.parties = (uint8_t)c->parties;
                c->share(party_shared, &round);
                c->setup(state.data, &round);
                c->run(state.data);
                if (now_ns() - begin > ALONE_MOST_NS)
                        good = contract_broken(contract, "party %u waits too long for others", party);
                else if (party_shared->line[party].fate != PARTY_LEFT)
                        good = contract_broken(contract, "party %u, whom nobody met, says %llu", party,
                                (unsigned long long)party_shared->line[party].fate);
                else if (c->verify(state.data, &mismatch) != CHECK_EQUAL)
                        good = contract_broken(contract, "party %u, whom nobody met, is found wrong", party);
        }
        contract_state_close(&state);
        return good;
}
