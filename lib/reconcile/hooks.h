/*
 * Hooks: objects that are applied as a step on the way and are no part of the system. A hook runs
 * once for each identity: what it states, and all else that its unit states. A success is noted in
 * the store with its outcome, so that an object that is gone afterwards, or changed, is no reason to
 * run it again.
 */
#ifndef GOPS_RECONCILE_HOOKS_H
#define GOPS_RECONCILE_HOOKS_H

#include "reconcile/machine.h"

/* 1 when an object that Git states is a hook. */
int gops_hooks_is_hook(const gops_item *item);

/*
 * Adds an operation for each hook and phase whose turn it is to the findings; those of sync-fail only
 * where there is something that may fail. Runs where PLAN is executed.
 */
int gops_hooks_find(gops_unit_state *state, gitops_error *err);

/*
 * The note that goes with an intent (begins) or an outcome of a hook. *name and *text are owned by
 * the caller. Returns 1 when there is something to note, 0 when not, GITOPS_ENOMEM.
 */
int gops_hooks_note(const gops_unit_state *state, size_t operation, int begins,
                    gops_store_record *record, char **name, char **text);

/* 1 when it is deleted after an end of this kind. */
int gops_hooks_cleans(const gitops_operation *operation, int succeeded);

#endif
