/*
 * Fights: objects that somebody else changes back as often as we mend them. Each round costs both
 * sides a write and helps nobody, so that we come back less and less often, and say with whom.
 */
#ifndef GOPS_RECONCILE_FIGHTS_H
#define GOPS_RECONCILE_FIGHTS_H

#include "reconcile/machine.h"

/* Moves the findings that are fought over, and not due yet, into state->withheld. 0 or GITOPS_ENOMEM. */
int gops_fights_withhold(gops_unit_state *state);

/* An operation that mends drift is done. What there is no memory for is not remembered. */
void gops_fights_note(gops_unit_state *state, const gitops_operation *operation);

void gops_fights_release(gops_unit_state *state);

#endif
