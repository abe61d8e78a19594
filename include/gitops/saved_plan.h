/*
 * gitops/saved_plan.h - a plan as a file: looked at by people today, carried out tomorrow if it still
 * is the plan.
 *
 *     gitops_plan_save(&text, plan, unit, &err);              // write it somewhere
 *
 *     gitops_saved_plan_read(&saved, context, data, length, "shop.plan", &err);
 *     gitops_reconciler_read_once(reconciler, "shop", gitops_saved_plan_revision(saved), &err);
 *     // ... and in the event callback, when the plan was made anew:
 *     gitops_saved_plan_compare(saved, gitops_event_plan(event), unit, &err);
 *     if (gitops_saved_plan_moved(saved))
 *         gitops_reconciler_cancel(reconciler);
 *
 * The file is JSON (docs/formats.md). It names what would be done to which object and holds no value
 * of any; nothing of it is ever sent. What is carried out is always a plan that was made anew: the
 * file only says which one that has to be.
 *
 * Caveats: the file is not signed. Who can change it can at most make it match another plan, which
 * the limits hold all the same; a saved plan is no approval.
 */
#ifndef GITOPS_SAVED_PLAN_H
#define GITOPS_SAVED_PLAN_H

#include <gitops/plan.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct gitops_saved_plan gitops_saved_plan;

/*
 * Writes a plan of a unit as one line of JSON. Returns 0, GITOPS_EINVAL (the plan is of another
 * unit) or GITOPS_ENOMEM. Ownership: the caller frees *out. Threads: any.
 */
GITOPS_API int gitops_plan_save(gitops_buffer **out, const gitops_plan *plan,
                                const gitops_unit *unit, gitops_error *err);

/*
 * Reads it back. name is used in messages (NULL: ""). Returns 0, GITOPS_EPARSE with its place,
 * GITOPS_EUNSUPPORTED (of a newer form), GITOPS_EINVAL or GITOPS_ENOMEM. Ownership: the caller frees
 * *out. Threads: one at a time.
 */
GITOPS_API int gitops_saved_plan_read(gitops_saved_plan **out, gitops_context *context,
                                      const char *data, size_t length, const char *name,
                                      gitops_error *err);
GITOPS_API void gitops_saved_plan_free(gitops_saved_plan *saved);

/* What was planned: borrowed, never NULL. */
GITOPS_API const char *gitops_saved_plan_unit(const gitops_saved_plan *saved);
GITOPS_API const char *gitops_saved_plan_revision(const gitops_saved_plan *saved);
GITOPS_API const char *gitops_saved_plan_digest(const gitops_saved_plan *saved);

/* Its operations, in the order of the plan: key (NULL out of range) and GITOPS_ACTION_... */
GITOPS_API size_t gitops_saved_plan_count(const gitops_saved_plan *saved);
GITOPS_API const char *gitops_saved_plan_key(const gitops_saved_plan *saved, size_t i);
GITOPS_API int32_t gitops_saved_plan_action(const gitops_saved_plan *saved, size_t i);

/*
 * Compares with a plan made anew; a later call forgets what an earlier one found. Returns 0,
 * GITOPS_EINVAL (they are of different units) or GITOPS_ENOMEM.
 */
GITOPS_API int gitops_saved_plan_compare(gitops_saved_plan *saved, const gitops_plan *plan,
                                         const gitops_unit *unit, gitops_error *err);

/* 1 when it is another plan now: its digest is not that of the saved one, or none was compared. */
GITOPS_API int32_t gitops_saved_plan_moved(const gitops_saved_plan *saved);

/* 1 when the policy of the unit is not that of the saved plan. */
GITOPS_API int32_t gitops_saved_plan_limits_moved(const gitops_saved_plan *saved);

/*
 * What moved: the key (NULL out of range), what was to be done to it when the plan was saved, and
 * what is now; GITOPS_ACTION_NONE: nothing. The same twice: with another content.
 */
GITOPS_API size_t gitops_saved_plan_move_count(const gitops_saved_plan *saved);
GITOPS_API const char *gitops_saved_plan_move(const gitops_saved_plan *saved, size_t i,
                                              int32_t *before, int32_t *now);

#ifdef __cplusplus
}
#endif
#endif
