/* SPDX-License-Identifier: Apache-2.0 */
/* The observation: the one record that everything which tests the hardware produces, and the tally of what
 * ran, without which a silent run means nothing. Both are plain data of fixed size, so that they can lie in
 * memory shared with a worker and be written in a signal handler. Verdict and reports know these two and never
 * the name of a check. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "checks/check.h"
#include "checks/registers.h"

/* What happens to a worker while a check runs. */
enum regime {
        REGIME_QUIET,
        REGIME_TIMER,       /* a CPU-time timer's signal every few ms */
        REGIME_STORM_SELF,  /* the kernel signals itself at its event points, the alternate stack dropped */
        REGIME_STORM_ASYNC, /* a monotonic timer at arbitrary instructions, a page fault with each signal */
        REGIME_STEP,        /* the trap flag: a signal at every instruction boundary */
        REGIME_CROWD,       /* competitors on the same CPU force context switches */
        REGIME_MIGRATE,     /* the worker hops between CPUs at its event points */
        REGIME_COUNT
};
/* "quiet", "timer", "storm-self", "storm-async", "step", "crowd", "migrate"; static storage. */
const char *regime_name(enum regime regime);
/* Returns the regime, or -EINVAL. */
int regime_parse(const char *name);

/* What happens to the CPU's power and its neighbours meanwhile: a dimension beside the regimes. Published studies: power
 * steps provoke faults, and some show only above a temperature. */
enum stress {
        STRESS_NONE,
        STRESS_STEADY, /* vector power before every round: the unit never cools */
        STRESS_BURSTS, /* idle for 1 µs to 4 ms, then at once full vector power, then the round */
        STRESS_NOISE,  /* every 8 ms a half of the CPUs, by lot, burns vector power beside the others */
        STRESS_MIXED,  /* vector power of changing width and length, or none: heavy and light in turn */
        STRESS_COUNT
};
/* "none", "steady", "bursts", "noise", "mixed"; static storage. */
const char *stress_name(enum stress stress);
/* Returns the shape, or -EINVAL. */
int stress_parse(const char *name);

enum observation_kind {
        OBSERVATION_MISMATCH, /* the output is not the known answer */
        OBSERVATION_FRAME,    /* the state that the kernel saved for a signal handler is not what was held */
        OBSERVATION_CRASH,    /* a fatal signal that no process sent */
        OBSERVATION_HANG, /* no heartbeat for longer than a round can take on the worker's own CPU clock, though it ran
                           * (member.h) */
        OBSERVATION_DISAGREE, /* another CPU's verification found a mismatch where the worker's found none; its
                               * review says whether that CPU found it again at a second look */
        OBSERVATION_ERRATUM, /* a known design erratum showed itself: a label, never a reason to act */
        /* Facts, never evidence: */
        OBSERVATION_STARVED, /* the worker did not get the CPU: no coverage */
        OBSERVATION_KILLED,  /* the worker was killed from outside (OOM killer, another process) */
        OBSERVATION_MOVED,   /* the worker was found on another CPU; its rounds there are void */
        OBSERVATION_LOST,    /* the CPU is gone: offline, or out of the cpuset */
        OBSERVATION_TRACED,  /* a ptracer was seen; it excuses nothing */
        OBSERVATION_FAILED,  /* we could not do it: `error` says why (fork, timer, memory) */
        OBSERVATION_KIND_COUNT
};
/* "mismatch", "frame", "crash", ...; static storage. */
const char *observation_kind_name(enum observation_kind kind);
/* True for what can accuse a CPU: mismatch, frame, crash, hang, disagree. */
static inline bool observation_is_evidence(enum observation_kind kind)
{
        return (unsigned)kind <= OBSERVATION_DISAGREE;
}
/* True for a worker's last moments: crash, hang. */
static inline bool observation_is_death(enum observation_kind kind)
{
        return kind == OBSERVATION_CRASH || kind == OBSERVATION_HANG;
}

/* What could not be done, for FAILED. */
enum observation_step {
        STEP_NONE,
        STEP_START,   /* a worker's process */
        STEP_PIN,     /* to its CPU */
        STEP_SIGNALS, /* their handlers and stacks */
        STEP_REGIME,  /* its timers, signals and neighbours */
        STEP_CHECK,   /* the memory that a check needs */
        STEP_RECORD,  /* reading what a worker wrote: it made no sense */
        STEP_AGAIN,   /* starting a worker once more: it ended too often, and its CPU is given up */
        STEP_COUNT
};
/* As the beginning of a sentence ("pinning a worker to its CPU"), "" for STEP_NONE; static storage. */
const char *observation_step_text(enum observation_step step);

/* Why a round ran: the plan, or one of the experiments that a first mismatch starts. */
enum experiment {
        EXPERIMENT_NONE,           /* the plan */
        EXPERIMENT_SAME,           /* the same round on the same CPU */
        EXPERIMENT_SIBLING,        /* on the CPU's sibling threads */
        EXPERIMENT_OTHER,          /* on CPUs of other cores */
        EXPERIMENT_WITHOUT,        /* on the same CPU in `quiet` */
        EXPERIMENT_PRESENT,        /* in the same regime with the alternate stack's pages present */
        EXPERIMENT_IMPLEMENTATION, /* the check's other implementation on the same CPU */
        EXPERIMENT_NEIGHBOURS, /* other rounds of the check on the same CPU, in the regime of the mismatch */
        EXPERIMENT_PARTNERS,   /* of a round of several CPUs: such rounds of each of them with others too */
        EXPERIMENT_COUNT
};
const char *experiment_name(enum experiment experiment);

enum observation_review {
        REVIEW_NONE,      /* no other CPU has looked */
        REVIEW_CONFIRMED, /* the worker of another CPU finds the same mismatch in the output */
        REVIEW_REFUTED,   /* it finds the output right: the comparing went wrong, or memory changed */
};

#define OBSERVATION_CODE 32
#define OBSERVATION_RED_ZONE 128

/* A worker's last moments, for crash and hang. */
struct observation_death {
        int32_t signal, code;                   /* siginfo's si_signo, si_code; 0 for a hang */
        uint64_t instruction;                   /* rip */
        /* Of a fault (code is above 0), else 0: si_addr; gregs REG_TRAPNO, REG_ERR, REG_CR2. */
        uint64_t address, trap, error, cr2;
        struct registers registers;             /* as far as they could be had; vectors from the frame */
        uint8_t code_bytes[OBSERVATION_CODE];   /* from rip on; n_code of them could be read */
        uint8_t red_zone[OBSERVATION_RED_ZONE]; /* below rsp; n_red_zone of them could be read */
        uint32_t n_code, n_red_zone;
        uint32_t running; /* 1 + the byte of output that the running program speaks in; 0: none is known */
        bool by_ptrace;   /* the registers come from ptrace: the worker did not answer its signal */
};

struct observation {
        uint64_t time_ns;  /* CLOCK_REALTIME */
        uint64_t sequence; /* of the run, given by the supervisor, from 1 */
        enum observation_kind kind;
        enum regime regime;
        enum stress stress;
        enum experiment experiment;
        uint32_t check; /* index into check_list */
        struct check_round round;
        int32_t cpu; /* the CPU that the worker is pinned to */
        int32_t seen_on
                [4]; /* the CPUs whose work the finding may be, -1 where unused; more than one only when the
                              * round moved or migrated, or where several CPUs ran it and nothing tells which erred */
        uint16_t together[4]; /* the CPUs that ran the round together, by party */
        uint32_t n_together;  /* so many; 0: the round is one CPU's */
        bool known;           /* compared with a known answer, not by vote */
        bool synthetic;       /* `assay drill` made it */
        bool in_frame;        /* FRAME: offsets are those of the register image */
        bool answers_intact; /* the answers' checksum was right just after it: only looked at, by the supervisor, where
                              * it accuses a CPU */
        int32_t reviewer;    /* CPU, -1: none */
        enum observation_review review;
        int32_t tracer;             /* pid of a ptracer that the worker had by then, 0: none was seen */
        int32_t error;              /* FAILED: a positive errno */
        enum observation_step step; /* FAILED */
        enum check_unit
                unit; /* that the first wrong bit belongs to; for a crash the supervisor's judgement; a hang has none */
        struct check_mismatch mismatch;
        struct observation_death death;
};

/* Takes a record out of memory that a worker writes, which a bad CPU or a wild store may have spoiled: whoever
 * reads *observation after that need not doubt a field. Details out of range are brought into it. Returns 0, or
 * -EBADMSG, untouched, where the kind, regime, experiment, check, CPU or round is none, or an erratum is said of a check
 * that looks for none. */
int observation_admit(struct observation *observation);

/* What ran: one a CPU, check and regime. */
struct tally {
        uint64_t rounds;      /* compared and on the right CPU */
        uint64_t void_rounds; /* may have run elsewhere: no coverage */
        uint64_t events;      /* the regime's own events that happened inside `run` */
        uint64_t mismatches;
        uint64_t reviewed; /* rounds that another CPU verified too */
        uint64_t run_ns;   /* CPU time in `run`, this thread's */
        uint64_t covered;  /* rounds in whose `run` at least one event happened (all rounds in `quiet`) */
        uint64_t unmet; /* rounds of several CPUs that another did not join in time, or left: no coverage */
};
