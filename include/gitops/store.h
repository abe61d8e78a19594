/*
 * gitops/store.h - what a reconciler remembers: inventory, what was sent, intents, history.
 *
 *     gitops_store_options options = {sizeof options, 0};
 *     options.path = "state.db";
 *     options.create = 1;
 *     gitops_store_open(&store, context, &options, &err);
 *
 * Caveats: a state file has one writer at a time, held by a lock that dies with its process; its
 * side files are named PATH-*; removing PATH* starts anew. What was sent is stored as it was sent,
 * secrets included: keep the file as safe as the target. Corruption is reported, never repaired.
 */
#ifndef GITOPS_STORE_H
#define GITOPS_STORE_H

#include <gitops/memo.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct gitops_store gitops_store;
typedef struct gitops_inventory gitops_inventory;
typedef struct gitops_history gitops_history;
typedef struct gitops_standing gitops_standing;

typedef struct gitops_store_options {
    size_t struct_size;
    const char *path;     /* the SQLite file */
    int32_t create;       /* 1: the first writer makes it; 0: a missing file reads as empty */
    int32_t read_only;    /* 1: never write; a missing file reads as empty */
} gitops_store_options;

/*
 * Opens a state file. A new one can be read by its owner only. Returns 0, GITOPS_ESTORE,
 * GITOPS_ECORRUPT, GITOPS_EFOREIGN (a database of another program), GITOPS_EUNSUPPORTED (written by
 * a newer library), GITOPS_ELOCKED, GITOPS_EINVAL or GITOPS_ENOMEM. Ownership: the caller frees
 * *out; reconcilers keep it alive. Threads: one at a time.
 */
GITOPS_API int gitops_store_open(gitops_store **out, gitops_context *context,
                                 const gitops_store_options *options, gitops_error *err);

/* A store in memory, for tests and hosts that start anew each time. Ownership as above. */
GITOPS_API int gitops_store_new_memory(gitops_store **out, gitops_context *context,
                                       gitops_error *err);
GITOPS_API void gitops_store_free(gitops_store *store);

/*
 * Approves the plan of a unit that has this digest (gitops_plan_digest): when it is held it is
 * carried out by the next pass that makes it, in whatever process; once, within a day, and nothing
 * else is lifted by it. who and reason (NULL: nothing is said) go into the history of that run. The
 * lease is not needed: another process may hold it. unix_ms: the time now.
 * Returns 0, GITOPS_EINVAL, GITOPS_ELIMIT (the texts are longer than 64 KB), GITOPS_ELOCKED (the
 * store was busy for a second), GITOPS_ESTORE, GITOPS_ECORRUPT or GITOPS_ENOMEM.
 */
GITOPS_API int gitops_store_approve(gitops_store *store, const char *unit, const char *digest,
                                    const char *who, const char *reason, int64_t unix_ms,
                                    gitops_error *err);

/*
 * Suspends a unit, pins it to a revision (a whole commit id), or goes on with it, as the functions
 * of gitops_reconciler_... with these names do, but for whatever process has the next pass of the
 * unit; the lease is not needed. until_unix_ms 0: until it is resumed. who and reason may be NULL:
 * nothing is said. unix_ms: the time now.
 * Returns 0, GITOPS_EINVAL, GITOPS_ELIMIT (a reason beyond 1,000 bytes, a name beyond 256),
 * GITOPS_ELOCKED (the store was busy for a second), GITOPS_ESTORE, GITOPS_ECORRUPT or
 * GITOPS_ENOMEM.
 */
GITOPS_API int gitops_store_suspend(gitops_store *store, const char *unit, int64_t until_unix_ms,
                                    const char *who, const char *reason, int64_t unix_ms,
                                    gitops_error *err);
GITOPS_API int gitops_store_pin(gitops_store *store, const char *unit, const char *revision,
                                const char *who, const char *reason, int64_t unix_ms,
                                gitops_error *err);
GITOPS_API int gitops_store_resume(gitops_store *store, const char *unit, gitops_error *err);

/*
 * What is said of a unit at a time: what it stands under, and what waits for its next pass. An
 * unknown unit has nothing.
 * Returns 0, GITOPS_EINVAL, GITOPS_ESTORE, GITOPS_ECORRUPT or GITOPS_ENOMEM. Ownership: the caller
 * frees *out. Threads: one at a time per store; what was read, any.
 */
GITOPS_API int gitops_standing_read(gitops_standing **out, gitops_store *store, const char *unit,
                                    int64_t unix_ms, gitops_error *err);
GITOPS_API void gitops_standing_free(gitops_standing *standing);

enum {
    GITOPS_STANDING_SUSPENDED = 1, /* at most one; its subject says no more */
    GITOPS_STANDING_PINNED = 2,    /* at most one; subject = the revision */
    GITOPS_STANDING_FAILED = 3,    /* subject = key of an object that failed for good, text = the
                                      error: it is not tried again before something changes */
    GITOPS_STANDING_APPROVED = 4   /* subject = digest of a plan that was not carried out yet */
};

/* How many there are of a GITOPS_STANDING_...; 0 for anything else. */
GITOPS_API size_t gitops_standing_count(const gitops_standing *standing, int32_t what);

/*
 * Of number i: what it is about, who said it, the reason or error, and since when. Texts are ""
 * where nothing was said and NULL out of range (who: of a failure, too). Borrowed.
 */
GITOPS_API const char *gitops_standing_subject(const gitops_standing *standing, int32_t what,
                                               size_t i);
GITOPS_API const char *gitops_standing_who(const gitops_standing *standing, int32_t what, size_t i);
GITOPS_API const char *gitops_standing_text(const gitops_standing *standing, int32_t what,
                                            size_t i);
GITOPS_API int64_t gitops_standing_unix_ms(const gitops_standing *standing, int32_t what, size_t i);

/* When a suspension ends by itself (Unix ms); 0: when it is resumed, or there is none. */
GITOPS_API int64_t gitops_standing_until_unix_ms(const gitops_standing *standing);

/*
 * The memo of a name in a store; the reconciler uses those of its units' names. Of a state file it
 * is the file PATH-memo-NAME, which may be removed at any time. name is like a unit's.
 * Returns 0, GITOPS_EINVAL or GITOPS_ENOMEM. Ownership: the caller frees *out; it keeps the store
 * alive. Threads: one at a time per store.
 */
GITOPS_API int gitops_store_memo(gitops_memo **out, gitops_store *store, const char *name,
                                 gitops_error *err);

/*
 * What a unit owns, sorted by key, with the objects that a run was about to make or take over when
 * it was cut off. An unknown unit owns nothing.
 * Returns 0, GITOPS_ESTORE or GITOPS_ECORRUPT. Ownership: the caller frees *out.
 */
GITOPS_API int gitops_inventory_read(gitops_inventory **out, gitops_store *store,
                                     const char *unit, gitops_error *err);
GITOPS_API void gitops_inventory_free(gitops_inventory *inventory);
GITOPS_API size_t gitops_inventory_count(const gitops_inventory *inventory);

/* Key of object i; NULL when out of range. Borrowed. */
GITOPS_API const char *gitops_inventory_key(const gitops_inventory *inventory, size_t i);

/* What was last sent for object i, as JSON ("": nothing); NULL when out of range. Borrowed. */
GITOPS_API const char *gitops_inventory_sent(const gitops_inventory *inventory, size_t i,
                                             size_t *length);

/* 0 when it is not ours yet: a run was cut off while it made it or took it over. */
GITOPS_API int32_t gitops_inventory_owned(const gitops_inventory *inventory, size_t i);

/* 1 when it was there before it was ours: it stays in the target when it leaves Git. */
GITOPS_API int32_t gitops_inventory_adopted(const gitops_inventory *inventory, size_t i);

/* 1 when a run stopped between the intent and the outcome of a call for object i. */
GITOPS_API int32_t gitops_inventory_open_intent(const gitops_inventory *inventory, size_t i);

typedef int (*gitops_unit_name_fn)(const char *unit, void *user_data);

/*
 * Calls fn with the name of every unit that the store remembers, sorted. One that a host does not
 * run any more is orphaned: what it owned stays in the target and in its inventory; nothing of it
 * is deleted. fn must not use the store.
 * Returns 0, what fn gave when that is not 0, GITOPS_EINVAL, GITOPS_ESTORE, GITOPS_ECORRUPT or
 * GITOPS_ENOMEM. Threads: one at a time per store.
 */
GITOPS_API int gitops_store_units(gitops_store *store, gitops_unit_name_fn fn, void *user_data,
                                  gitops_error *err);

/*
 * The last runs of a unit, newest first, at most limit (0: 100).
 * Returns 0, GITOPS_ESTORE or GITOPS_ECORRUPT. Ownership: the caller frees *out.
 */
GITOPS_API int gitops_history_read(gitops_history **out, gitops_store *store, const char *unit,
                                   uint32_t limit, gitops_error *err);
GITOPS_API void gitops_history_free(gitops_history *history);
GITOPS_API size_t gitops_history_count(const gitops_history *history);

/* Of run i: number, start and end (Unix ms; end 0 = it never ended), revision, plan digest. */
GITOPS_API uint64_t gitops_history_number(const gitops_history *history, size_t i);
GITOPS_API int64_t gitops_history_started_unix_ms(const gitops_history *history, size_t i);
GITOPS_API int64_t gitops_history_finished_unix_ms(const gitops_history *history, size_t i);
GITOPS_API const char *gitops_history_revision(const gitops_history *history, size_t i);
GITOPS_API const char *gitops_history_digest(const gitops_history *history, size_t i);

/*
 * "done", "failed" or "interrupted"; "running" for the newest run when it has not ended and a
 * writer holds the store. Static string.
 */
GITOPS_API const char *gitops_history_result(const gitops_history *history, size_t i);

/* 1 when the plan of run i was held, and carried out because its digest was approved. */
GITOPS_API int32_t gitops_history_approved(const gitops_history *history, size_t i);

/* Who approved it, and why: "" when nothing was said, NULL when out of range. Borrowed. */
GITOPS_API const char *gitops_history_approver(const gitops_history *history, size_t i);
GITOPS_API const char *gitops_history_approval_reason(const gitops_history *history, size_t i);

/* Operations of run i, in the order of its plan. */
GITOPS_API size_t gitops_history_operations(const gitops_history *history, size_t i);
GITOPS_API const char *gitops_history_key(const gitops_history *history, size_t i, size_t op);
GITOPS_API const char *gitops_history_action(const gitops_history *history, size_t i, size_t op);
GITOPS_API const char *gitops_history_outcome(const gitops_history *history, size_t i, size_t op);
GITOPS_API const char *gitops_history_error(const gitops_history *history, size_t i, size_t op);

#ifdef __cplusplus
}
#endif
#endif
