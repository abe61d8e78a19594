/*
 * gitops/reconciler.h - the machine that keeps targets equal to their sources.
 *
 * The simple way: one blocking call.
 *
 *     gitops_reconciler_new(&reconciler, context, store, NULL, &err);
 *     gitops_reconciler_add(reconciler, unit, &err);
 *     gitops_reconciler_run(reconciler, NULL, &err);
 *
 * The way of an event loop: the machine hands out actions; the host carries them out, several at
 * once if it likes, and gives each back.
 *
 *     while (gitops_reconciler_next(r, mono_ms, unix_ms, &action, &err) == 0 && action) {
 *         gitops_action_execute(action, &err);          // any thread, or by hand
 *         gitops_reconciler_resolve(r, action, mono_ms, &err);
 *     }
 *     // nothing to do before gitops_reconciler_deadline(r)
 *
 * The machine reads no clock, does no input or output and starts no thread; the same answers give
 * the same run.
 *
 * Caveats: a reconciler is used by one thread at a time; only cancel and wakeup may be called from
 * others. gitops_action_execute may run on any thread, on several actions at once. An action must
 * be resolved or rejected, once, before its reconciler is freed; both free it. Units on one source
 * share what was fetched.
 */
#ifndef GITOPS_RECONCILER_H
#define GITOPS_RECONCILER_H

#include <gitops/plan.h>
#include <gitops/store.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct gitops_reconciler gitops_reconciler;
typedef struct gitops_action gitops_action;
typedef struct gitops_run gitops_run;
typedef struct gitops_event gitops_event;
typedef struct gitops_waits gitops_waits;

typedef void (*gitops_event_fn)(const gitops_event *event, void *user_data);

typedef struct gitops_reconciler_options {
    size_t struct_size;
    int32_t plan_only;               /* 1: stop after the plan; no lease, nothing is written */
    int32_t all_changes;             /* 1: operations that create carry their fields, too */
    uint64_t seed;                   /* of the jitter of retries */
    gitops_event_fn event;           /* called on the machine's thread; may be NULL */
    void *event_user_data;
    void (*destroy_event_user_data)(void *user_data);
    int64_t max_changes_per_hour;    /* deletes and replacements of all units together, in a
                                        sliding hour; 0: only each unit's own limits count */
} gitops_reconciler_options;

/*
 * Makes a reconciler over one store. options may be NULL.
 * Returns 0, GITOPS_EINVAL or GITOPS_ENOMEM. Ownership: the caller frees *out.
 */
GITOPS_API int gitops_reconciler_new(gitops_reconciler **out, gitops_context *context,
                                     gitops_store *store,
                                     const gitops_reconciler_options *options, gitops_error *err);
GITOPS_API void gitops_reconciler_free(gitops_reconciler *reconciler);

/*
 * Adds a unit; its first pass is due at once. GITOPS_EDUPLICATE when the name is taken,
 * GITOPS_EORDER when units would wait for each other.
 */
GITOPS_API int gitops_reconciler_add(gitops_reconciler *reconciler, gitops_unit *unit,
                                     gitops_error *err);

/*
 * Approves, for the next pass of a unit, the plan with this digest, and no other: when there is
 * something to do and the plan is another one by then, the pass ends in GITOPS_EHELD or
 * GITOPS_ENOTFOUND and does nothing. who and reason (NULL: nothing is said) go into the history of
 * the run. gitops_store_approve is for another process, and for whenever the plan is made.
 * GITOPS_ENOTFOUND (the unit), _EINVAL.
 */
GITOPS_API int gitops_reconciler_approve(gitops_reconciler *reconciler, const char *unit,
                                         const char *digest, const char *who, const char *reason,
                                         gitops_error *err);

/*
 * Allows a unit to go to this commit (its full id) although it does not descend from the one that
 * was applied last; until it was applied, and no other. GITOPS_ENOTFOUND, GITOPS_EINVAL.
 */
GITOPS_API int gitops_reconciler_allow_rewind(gitops_reconciler *reconciler, const char *unit,
                                              const char *commit, gitops_error *err);

/*
 * Suspends a unit: from its next pass on nothing of it is applied, until unix_ms (0: until it is
 * resumed). What is under way is brought to its end. reason (NULL: none) is told by every pass,
 * which ends in GITOPS_ESUSPENDED; it is kept in the store. Plans can be made all the same.
 * Returns 0, GITOPS_ENOTFOUND (the unit), GITOPS_ELIMIT (a reason beyond 1,000 bytes) or
 * GITOPS_ENOMEM (as for the following two).
 */
GITOPS_API int gitops_reconciler_suspend(gitops_reconciler *reconciler, const char *unit,
                                         int64_t until_unix_ms, const char *reason,
                                         gitops_error *err);

/* Goes on with a suspended or pinned unit. */
GITOPS_API int gitops_reconciler_resume(gitops_reconciler *reconciler, const char *unit,
                                        gitops_error *err);

/*
 * Pins a unit to a revision of its source until it is resumed: its passes read that one, whatever the
 * newest is, and going back to it is no rewind. revision is a whole commit id. A pass fails with
 * GITOPS_ENOTFOUND when the source does not have it.
 */
GITOPS_API int gitops_reconciler_pin(gitops_reconciler *reconciler, const char *unit,
                                     const char *revision, const char *reason, gitops_error *err);

/*
 * Lets the next pass of a unit, and no other, read this revision, whatever the newest is: for a plan
 * that was made at it. Going back to it is a rewind all the same. GITOPS_ENOTFOUND (the unit; the
 * pass, when the source does not have it), GITOPS_EINVAL or GITOPS_ENOMEM.
 */
GITOPS_API int gitops_reconciler_read_once(gitops_reconciler *reconciler, const char *unit,
                                           const char *revision, gitops_error *err);

/*
 * Says that the revision that a unit with confirm_ms has applied is good. Where nobody does in time,
 * or a run of it fails, the unit is pinned to the last good revision, if there is one.
 * Returns 0 or GITOPS_ENOTFOUND (the unit). Without anything to confirm it does nothing.
 */
GITOPS_API int gitops_reconciler_confirm(gitops_reconciler *reconciler, const char *unit,
                                         gitops_error *err);

/*
 * Makes a pass of a unit due now (NULL: of every unit). It also tries again what failed before and
 * has not changed since, which a pass that is due by its interval does not.
 */
GITOPS_API int gitops_reconciler_trigger(gitops_reconciler *reconciler, const char *unit,
                                         gitops_error *err);

/*
 * Hands out the next action, or NULL when there is none before the deadline or until an action in
 * flight is resolved. Times never go back. Returns 0, GITOPS_ECANCELLED or GITOPS_ENOMEM.
 */
GITOPS_API int gitops_reconciler_next(gitops_reconciler *reconciler, int64_t mono_ms,
                                      int64_t unix_ms, gitops_action **out, gitops_error *err);

/* When next has something to do without any answer: monotonic ms; INT64_MAX = never. */
GITOPS_API int64_t gitops_reconciler_deadline(const gitops_reconciler *reconciler);

/* 1 when every unit has finished at least one pass and none is under way. */
GITOPS_API int32_t gitops_reconciler_idle(const gitops_reconciler *reconciler);

/*
 * Gives an executed action back. An action without an answer counts as unknown.
 * Returns 0 or GITOPS_ENOMEM. Ownership: the action is taken and freed, also on failure.
 */
GITOPS_API int gitops_reconciler_resolve(gitops_reconciler *reconciler, gitops_action *action,
                                         int64_t mono_ms, gitops_error *err);

/* Gives an action back that could not be carried out at all, with the reason. As resolve. */
GITOPS_API int gitops_reconciler_reject(gitops_reconciler *reconciler, gitops_action *action,
                                        const gitops_error *reason, int64_t mono_ms,
                                        gitops_error *err);

/*
 * No new action is handed out but those that record what happened; ends the waiting of a blocking
 * run. Threads: any; also from a signal handler.
 */
GITOPS_API void gitops_reconciler_cancel(gitops_reconciler *reconciler);

/* Makes a blocking run look at what is due. Threads: any; also from a signal handler. */
GITOPS_API void gitops_reconciler_wakeup(gitops_reconciler *reconciler);

enum {
    GITOPS_DO_FETCH = 1,     /* read the newest revision of the source, or the pinned one */
    GITOPS_DO_READ = 2,      /* read its manifest */
    GITOPS_DO_LEASE = 3,     /* take the store's lease */
    GITOPS_DO_LOAD = 4,      /* read the inventory; bind or check the target's fingerprint */
    GITOPS_DO_VERIFY = 5,    /* see whether the revision descends from the one applied last */
    GITOPS_DO_OBSERVE = 6,   /* ask the target for one page, or for one object */
    GITOPS_DO_PLAN = 7,      /* order and judge what was found */
    GITOPS_DO_PREPARE = 8,   /* make the documents that CHECK shows to the target */
    GITOPS_DO_CHECK = 9,     /* ask the target whether one operation would work */
    GITOPS_DO_RECORD = 10,   /* write intents or outcomes to the store */
    GITOPS_DO_APPLY = 11,    /* send one object */
    GITOPS_DO_DELETE = 12,   /* delete one object */
    GITOPS_DO_COMMIT = 13,   /* make staged operations real */
    GITOPS_DO_ABORT = 14,    /* drop staged operations */
    GITOPS_DO_ASSESS = 15,   /* ask whether an object is healthy by now, or gone */
    GITOPS_DO_NOTES = 16     /* write and read what was said about the unit: suspended, pinned ... */
};

/* What an action is: GITOPS_DO_...; the unit it belongs to. Borrowed. */
GITOPS_API int32_t gitops_action_type(const gitops_action *action);
GITOPS_API const char *gitops_action_unit(const gitops_action *action);

/*
 * For OBSERVE, CHECK, APPLY, DELETE, COMMIT, ABORT and ASSESS: the question and where to put the answer. A
 * host that answers here itself needs no callback; gitops_action_execute then only does what is
 * left of the library's own part. NULL for other actions.
 */
GITOPS_API const gitops_request *gitops_action_request(const gitops_action *action);
GITOPS_API gitops_answer *gitops_action_answer(gitops_action *action);

/*
 * Carries an action out with the unit's source, target and store. Failures are part of the answer
 * and are seen by resolve; the return is 0 or GITOPS_ESTATE (executed before).
 * Threads: any; actions on one store or one source must not run at once, which the machine sees to.
 */
GITOPS_API int gitops_action_execute(gitops_action *action, gitops_error *err);

typedef struct gitops_run_options {
    size_t struct_size;
    int32_t forever;                 /* 1: go on until cancelled; 0: one pass of every unit */
    int32_t workers;                 /* threads that execute actions; 0: the calling thread */
} gitops_run_options;

/*
 * Runs the machine: a short loop over next, execute and resolve. options may be NULL.
 * Returns 0; GITOPS_EHELD (a plan waits for approval); GITOPS_EPARTIAL (an operation failed);
 * GITOPS_ECANCELLED; or the error that stopped a unit before any change.
 */
GITOPS_API int gitops_reconciler_run(gitops_reconciler *reconciler,
                                     const gitops_run_options *options, gitops_error *err);

/*
 * What a unit waits for at this moment: answers, health, what is being deleted, other units. A list
 * of its own: it does not change any more.
 * Returns 0, GITOPS_ENOTFOUND (the unit) or GITOPS_ENOMEM. Ownership: the caller frees *out.
 */
GITOPS_API int gitops_reconciler_waits(gitops_waits **out, gitops_reconciler *reconciler,
                                       const char *unit, gitops_error *err);
GITOPS_API size_t gitops_waits_count(const gitops_waits *waits);

/* Of wait i: the object's key ("" for a unit), why, since when. NULL and 0 when out of range. */
GITOPS_API const char *gitops_waits_key(const gitops_waits *waits, size_t i);
GITOPS_API const char *gitops_waits_reason(const gitops_waits *waits, size_t i);
GITOPS_API int64_t gitops_waits_since_unix_ms(const gitops_waits *waits, size_t i);
GITOPS_API void gitops_waits_free(gitops_waits *waits);

/* The result of the last pass of a unit; NULL when there is none. Counted: free it. */
GITOPS_API gitops_run *gitops_reconciler_result(gitops_reconciler *reconciler, const char *unit);
GITOPS_API gitops_run *gitops_run_ref(gitops_run *run);
GITOPS_API void gitops_run_free(gitops_run *run);

/* 0, GITOPS_EHELD, GITOPS_EPARTIAL, or why nothing was changed; *err gets the details. */
GITOPS_API int gitops_run_status(const gitops_run *run, gitops_error *err);
GITOPS_API const char *gitops_run_unit(const gitops_run *run);

/* The plan; NULL when the pass ended before it was made. Borrowed. */
GITOPS_API gitops_plan *gitops_run_plan(const gitops_run *run);

/* Problems of the manifest; NULL when it was not read in this pass. Borrowed. */
GITOPS_API const gitops_diagnostics *gitops_run_diagnostics(const gitops_run *run);

/* 1 when a call to the target that changes something was made. */
GITOPS_API int32_t gitops_run_touched(const gitops_run *run);

enum {
    GITOPS_OUTCOME_NONE = 0,      /* the plan was not carried out */
    GITOPS_OUTCOME_DONE = 1,
    GITOPS_OUTCOME_FAILED = 2,
    GITOPS_OUTCOME_SKIPPED = 3,   /* not tried, because of another failure or a cancel */
    GITOPS_OUTCOME_UNKNOWN = 4    /* tried; whether it happened is not known */
};

/* Outcome of operation i of the plan, and its error text (NULL: none). */
GITOPS_API int32_t gitops_run_outcome(const gitops_run *run, size_t i);
GITOPS_API const char *gitops_run_error(const gitops_run *run, size_t i);
GITOPS_API const char *gitops_outcome_name(int32_t outcome);

enum {
    GITOPS_EVENT_PLANNED = 1,     /* a plan was made; held or not */
    GITOPS_EVENT_STARTED = 2,     /* an operation was sent */
    GITOPS_EVENT_OUTCOME = 3,     /* an operation ended */
    GITOPS_EVENT_FINISHED = 4,    /* a pass ended */
    GITOPS_EVENT_WAITING = 5      /* an operation is done, but not yet as it should be; why */
};

/* An event lives as long as the callback runs; everything is borrowed. NULL where not applicable. */
GITOPS_API int32_t gitops_event_type(const gitops_event *event);
GITOPS_API const char *gitops_event_unit(const gitops_event *event);
GITOPS_API gitops_plan *gitops_event_plan(const gitops_event *event);
GITOPS_API const gitops_operation *gitops_event_operation(const gitops_event *event);
GITOPS_API int32_t gitops_event_outcome(const gitops_event *event);
GITOPS_API const char *gitops_event_message(const gitops_event *event);
GITOPS_API gitops_run *gitops_event_run(const gitops_event *event);
GITOPS_API int64_t gitops_event_unix_ms(const gitops_event *event);

#ifdef __cplusplus
}
#endif
#endif
