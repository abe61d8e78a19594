/*
 * The machine's own state. Each unit walks through stages; in the apply stage its operations walk
 * through steps. An action carries what its executor needs and what it found out; only resolve
 * moves that into the machine.
 */
#ifndef GOPS_RECONCILE_MACHINE_H
#define GOPS_RECONCILE_MACHINE_H

#include <gitops/health.h>

#include "plan/schedule.h"
#include "reconcile/look.h"
#include "reconcile/notes.h"
#include "reconcile/result.h"
#include "reconcile/timers.h"
#include "source/snapshot.h"

typedef enum gops_stage {
    GOPS_STAGE_IDLE = 0,
    GOPS_STAGE_NOTES,   /* is it suspended, is it pinned */
    GOPS_STAGE_FETCH,
    GOPS_STAGE_READ,
    GOPS_STAGE_AFTER,   /* the units before this one come first */
    GOPS_STAGE_LEASE,   /* after READ: a source that cannot be read leaves no state behind */
    GOPS_STAGE_LOAD,
    GOPS_STAGE_VERIFY,
    GOPS_STAGE_OBSERVE,
    GOPS_STAGE_PLAN,
    GOPS_STAGE_CHECK,
    GOPS_STAGE_APPLY    /* intents, calls and outcomes, interleaved */
} gops_stage;

typedef enum gops_step {
    GOPS_STEP_WAITING = 0, /* its intent is not recorded yet, or its turn has not come */
    GOPS_STEP_RETRY,       /* to be sent again when its timer says so */
    GOPS_STEP_SENT,
    GOPS_STEP_OPEN,        /* the target has it, but what comes of it is open: it was deleted and
                              is not gone yet, or it is a hook that runs */
    GOPS_STEP_ENDED,       /* its outcome is not recorded yet */
    GOPS_STEP_RECORDED
} gops_step;

/* One operation of a run. */
typedef struct gops_work {
    uint8_t step, outcome, intended, attempts;
    uint8_t awaited;   /* applied; what comes next waits until it is healthy */
    uint8_t polls;     /* questions of a wait so far, at most 255 */
    uint8_t has_answered;
    uint8_t hook_failed;
    uint8_t cleans;    /* a hook that is over: it is being deleted */
    uint8_t cleaned;   /* ... and it is gone */
    uint8_t for_good;  /* the target said that it does not help to send it again */
    int64_t since_ms;  /* it was first sent */
    const char *send;  /* JSON to apply, made when the intent is recorded; NULL: nothing */
    size_t send_length;
    const char *base;  /* JSON that the inventory will hold; NULL: nothing */
    size_t base_length;
    gops_digest base_digest;
    gops_digest answered; /* of the document that the target answered with */
    char *kept;        /* base and what the target made of it, for the store; NULL: as sent */
    size_t kept_length;
    char *own[2];      /* what send and base point to, unless it is the plan's */
    char *error;       /* of its outcome */
    char *waits;       /* why it is not as it is awaited, or not sent; NULL: nothing is known */
} gops_work;

/* What a host approves in this process; digest NULL: nothing. Owned. */
typedef struct gops_consent {
    char *digest, *who, *why;
} gops_consent;

/* Why nothing more of a run is started. */
typedef enum gops_halt {
    GOPS_HALT_NONE = 0,
    GOPS_HALT_FAILED,   /* an operation failed, and the unit is applied as one */
    GOPS_HALT_OVERDUE,  /* the run took longer than it may */
    GOPS_HALT_CLOSED,   /* no window of time is open any more */
    GOPS_HALT_REPLACED  /* there is a newer revision, and what is left is waiting */
} gops_halt;

typedef struct gops_gate gops_gate; /* gates.h */

/* The apply stage of a unit. */
typedef struct gops_apply {
    gops_work *work;       /* of every operation of the plan, quiet ones too; then of the gates */
    size_t count;          /* operations */
    gops_gate *gates;
    size_t gate_count;
    size_t gated;          /* operations from this one on wait for a gate; SIZE_MAX: none */
    gops_schedule schedule;
    gops_timers timers;    /* of what is to be sent again, and of what is waited for */
    size_t intended;       /* operations before this one have their intent recorded */
    size_t over;           /* operations that have ended */
    size_t unstarted;      /* operations whose turn has not come */
    size_t in_flight;      /* calls */
    size_t retrying;       /* operations that are to be sent again */
    size_t awaited;        /* operations that are waited for, to be healthy or gone */
    size_t *ended;         /* operations whose outcome waits to be recorded; room for all */
    size_t ended_count;
    int64_t ended_since_ms;
    int64_t since_ms;      /* the run began */
    int64_t glance_at_ms;  /* when to see whether there is a newer revision, while waiting */
    const char *phase;     /* the wave under way; NULL: none yet */
    int32_t wave;
    int64_t wave_since_ms;
    int recording;         /* a RECORD action is out */
    int begun;             /* the run is in the store */
    int failed;            /* something failed */
    size_t failures, conflicts; /* how many did; because the object was not what it was */
    size_t failed_at;      /* ... this first */
    gops_halt halt;
    int skipped;           /* the rest was not tried */
    int closing;           /* after a failure: only hooks that are for this case are started */
    int broken;            /* the store failed: nothing more can be recorded */
    int called;            /* a call that changes something was made */
    int committed;         /* nothing is staged any more */
    int aborting;          /* what is staged must be dropped */
    uint32_t commits;      /* sent so far */
    int64_t commit_at_ms;
    size_t prepared, checked; /* of the check stage */
} gops_apply;

typedef struct gops_unit_state {
    gitops_unit *unit;
    gitops_reconciler *reconciler;
    gops_stage stage;
    int recognised;            /* the target's fingerprint was checked in this pass */
    int busy;                  /* an action of a stage other than APPLY is out */
    int ending;                /* the pass is over, as soon as nobody may be looking at it */
    int loaded, need_full, has_looked;
    int current;               /* manifest is that of snapshot */
    int triggered;             /* a pass is wanted right after this one */
    int brought;               /* its pass is due because of a neighbour's */
    int nudged;                /* ... since the last glance at the source */
    int32_t passes;
    uint64_t began, ended;     /* the last pass, on the reconciler's count of such moments */
    int64_t began_ms;
    uint32_t failures;         /* in a row */
    int64_t due_ms, last_full_ms;
    uint64_t run_number;
    gops_buffer fingerprint;   /* the one in the store; "" = none */
    gops_buffer applied;       /* the revision of the last run; "" = none */
    int verified;              /* snapshot may follow it */
    int rewinds;               /* ... though it does not descend from it */
    char *rewind;              /* the commit that may be gone to all the same, or NULL */
    char *once;                /* the revision that the next pass reads, or NULL: the newest */
    gops_consent consent;      /* to the plan of the next pass */
    gops_notes notes;          /* what the store says of the unit, as of this pass */
    gops_notes to_say;         /* what the host has said and no pass has written yet */
    int64_t opens_unix_ms;     /* when a window that holds the plan back may open; 0: none does */
    int asked_for;             /* somebody wants the next pass: it tries again what failed before */
    int on_demand;             /* ... this one */
    int confirmed;             /* the host says that what was applied is good */
    uint32_t conflict_passes;  /* in a row, of which only conflicts made a failure */
    gops_table fights;         /* fights.h, by key */
    gitops_memo *memo;         /* of manifests; NULL: the store is gone with the process */
    gitops_snapshot *snapshot; /* the newest */
    gitops_manifest *manifest; /* the last good one */
    gitops_manifest *read;     /* the last one read, good or bad */
    gitops_manifest *wanted;   /* the one this pass is about */
    gops_known_set known;
    gops_findings findings;
    gops_findings drift;       /* left alone, and told */
    gops_findings conflicts;   /* that the policy is to fail on */
    gops_findings withheld;    /* what failed before and is not tried again */
    gops_look look;
    gops_buffer page;          /* token of the next page */
    int has_page, listed;
    gitops_plan *plan;
    gops_apply apply;
    gitops_error failure;      /* why the pass ends; code 0 = nothing yet */
    gitops_run *run;           /* of the pass under way, made at its start */
    gitops_run *result;        /* of the last pass */
} gops_unit_state;

struct gitops_reconciler {
    gitops_context *context;
    gitops_store *store;
    gitops_reconciler_options options;
    gops_unit_state **units;
    size_t count, capacity;
    size_t turn;               /* the unit to look at first */
    uint64_t moments;          /* beginnings and ends of passes so far */
    int exclusive;             /* an action that uses the store or a source is out */
    int leased;
    int64_t mono_ms, unix_ms;
    uint64_t random;
    atomic_int cancelled;
    int in_event;              /* the host's event callback runs */
    int wake_read;             /* of the blocking run: a pipe made by the first one, -1 before */
    atomic_int wake_write;
};

struct gitops_action {
    gops_unit_state *state;
    int32_t type;              /* GITOPS_DO_... */
    int executed;
    int rc;                    /* of the library's own part */
    gitops_error error;
    size_t operation;          /* CHECK, APPLY, DELETE, ASSESS */
    gitops_request request;
    gitops_answer answer;
    int has_answer;
    char *page;                /* copy for the request */
    /* What the executor found, taken over by resolve. */
    gitops_snapshot *snapshot;
    gitops_manifest *manifest;
    gitops_plan *plan;
    gops_descent descent;      /* VERIFY */
    gops_consent consent;      /* PLAN: to the plan that it may make */
    uint64_t others_changing;  /* PLAN: what other units are about to delete and replace */
    gops_notes notes;          /* NOTES: to be written */
    char *revision;            /* FETCH: the one to read, NULL: the newest; owned */
    gitops_health health;      /* ASSESS: of the document that the target gave */
    gops_digest answered;      /* APPLY: of the document that the target says it holds now */
    int has_answered;
    char *kept;                /* APPLY: what was sent and what the target made of it; owned */
    size_t kept_length;
    /* RECORD */
    size_t outcome_count;      /* the first so many of apply.ended are written */
    size_t first_intent, intent_end; /* operations to prepare, and to write the intents of */
    int begins_run, ends_run;
    int64_t unix_ms;
};

/* reconciler.c */
void gops_consent_release(gitops_context *context, gops_consent *consent);

/* action.c */
gitops_action *gops_action_new(gops_unit_state *state, int32_t type);
void gops_action_free(gitops_action *action);
void gops_action_ask(gitops_action *action, gops_request_kind kind);

/* planning.c: makes the plan of what was found. */
int gops_planning_execute(gitops_action *action, gitops_error *err);

/* apply.c: the stages CHECK and APPLY. */
int gops_apply_begin(gops_unit_state *state); /* 0 or GITOPS_ENOMEM */
void gops_apply_release(gops_unit_state *state);

/* The next action of these stages; *out NULL: none now. Returns 0 or GITOPS_ENOMEM. */
int gops_apply_next(gops_unit_state *state, gitops_action **out);
int64_t gops_apply_deadline(const gops_unit_state *state);

/* Takes an action of these stages in. */
void gops_apply_resolve(gops_unit_state *state, gitops_action *action);

/* record.c: making what is sent, and the executor of RECORD. */
int gops_work_prepare(gops_unit_state *state, size_t operation, gitops_error *err);

/*
 * What an object that is made starts with: what the diff of desired alone says. It has no merged
 * document where a mode of the whole object has nothing written. Returns 0 or a failure.
 */
int gops_work_create(gitops_diff **out, const gops_unit_state *state, gitops_document *desired,
                     gitops_error *err);
void gops_work_release(gitops_context *context, gops_work *work);

/* What was waited for has come. */
void gops_work_forget(gitops_context *context, gops_work *work);
int gops_record_execute(gitops_action *action, gitops_error *err);

/* After a RECORD was written: what is known follows. */
void gops_record_settle(gops_unit_state *state, const gitops_action *action);

/*
 * reconciler.c: other units on the same target. An object may leave one unit and enter another in
 * one revision; it is then handed over, never deleted and made again.
 */
int gops_neighbour_wants(const gops_unit_state *state, const char *key);

/* ... and owns it already. */
int gops_neighbour_has(const gops_unit_state *state, const char *key);

/*
 * A unit on the same source and target of which it is not known what it states at this revision:
 * it could not read it, is suspended, or is still at work on an older one. NULL: there is none.
 */
const char *gops_neighbour_behind(const gops_unit_state *state);

/*
 * The unit that owns a key so far: *owner is its name or NULL, *adopted its mark (may be NULL).
 * Reads the store.
 */
int gops_neighbour_owner(const gops_unit_state *state, const char *key, const char **owner,
                         int *adopted, gitops_error *err);

/*
 * Units that come after others: 1 when all that come before are ready, 0 while one may become so;
 * GITOPS_ESTATE with the reason when one has failed.
 */
int gops_neighbours_ready(gops_unit_state *state, gitops_error *err);

/* 1 when a unit has ended a pass that counts for one that comes after it, good or bad. */
int gops_neighbour_is_ready(const gops_unit_state *state, const gops_unit_state *other);

/* The unit with a name, or NULL. */
gops_unit_state *gops_reconciler_unit(const gitops_reconciler *reconciler, const char *name);

/* 1 while another unit on the same target still has to read this revision. */
int gops_neighbour_reads(const gops_unit_state *state);

/* run.c: ends the waiting of a blocking run; safe from any thread and signal handlers. */
void gops_run_wake(gitops_reconciler *reconciler);
void gops_run_release(gitops_reconciler *reconciler);

/* finish.c: ends the pass under way. */
void gops_machine_finish(gops_unit_state *state);

/* machine.c */
int gops_machine_fetch(gops_unit_state *state, gitops_action **out); /* 0 or GITOPS_ENOMEM */
void gops_machine_event(gops_unit_state *state, int32_t type, size_t operation);

/* Drops what belongs to one pass. */
void gops_machine_release_pass(gops_unit_state *state);
uint64_t gops_machine_random(gitops_reconciler *reconciler);

/* now + wait, at most the end of time. wait is not negative. */
static inline int64_t gops_time_after(int64_t now, int64_t wait)
{
    return now > INT64_MAX - wait ? INT64_MAX : now + wait;
}

/* When something that began at since is over its limit; a limit may be GITOPS_NO_LIMIT. */
static inline int64_t gops_limit_end(int64_t since, int64_t limit)
{
    return limit < 0 ? INT64_MAX : gops_time_after(since, limit);
}

#endif
