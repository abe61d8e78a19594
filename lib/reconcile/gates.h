/*
 * Gates: objects that are in order, so that nothing is sent for them, and come before something that
 * is. A run that was given up because they were not healthy must not go on behind them as soon as it
 * is begun anew: what comes after them by its wave waits for their health as well. Gates stand in the
 * work of a run behind its operations.
 */
#ifndef GOPS_RECONCILE_GATES_H
#define GOPS_RECONCILE_GATES_H

#include "reconcile/machine.h"

struct gops_gate {
    const char *key; /* of the manifest, which outlives the run */
    int64_t position;
    int open;
};

/* Finds the gates of a plan, before there is any work. Returns 0 or GITOPS_ENOMEM. */
int gops_gates_find(gops_unit_state *state);

/* Begins to wait for them. */
void gops_gates_begin(gops_unit_state *state);

/* A gate is healthy, or nobody waits for it any more. */
void gops_gates_open(gops_unit_state *state, size_t gate);

#endif
