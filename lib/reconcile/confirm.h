/*
 * Confirmed apply: a revision that changed something is good when somebody says so in time, or when
 * nobody has to. The good one is what a unit goes back to by itself.
 */
#ifndef GOPS_RECONCILE_CONFIRM_H
#define GOPS_RECONCILE_CONFIRM_H

#include "reconcile/machine.h"

/*
 * The note at the end of a run: that its revision is good, or waits to be confirmed until then. text
 * has room for GOPS_CONFIRM_SIZE bytes. Returns 1 when there is something to note.
 */
enum { GOPS_CONFIRM_SIZE = 128 };
int gops_confirm_note(const gops_unit_state *state, int64_t unix_ms, gops_store_record *record,
                      char text[GOPS_CONFIRM_SIZE]);

/*
 * At the start of a pass, when the notes were read: takes in what was confirmed, and goes back when
 * the time for it is over. Returns 0 or GITOPS_ENOMEM.
 */
int gops_confirm_begin(gops_unit_state *state);

/* At the end of a pass that failed: the next one goes back. 0 or GITOPS_ENOMEM. */
int gops_confirm_failed(gops_unit_state *state);

/* When the time to confirm is over, in unix ms; 0: nothing waits for it. */
int64_t gops_confirm_until(const gops_unit_state *state);

#endif
