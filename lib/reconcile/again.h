/*
 * What failed for good is not tried again until what is wanted or what is there has changed, or until
 * somebody asks for it: the same call would only fail the same way, each interval anew.
 */
#ifndef GOPS_RECONCILE_AGAIN_H
#define GOPS_RECONCILE_AGAIN_H

#include "reconcile/machine.h"

/*
 * The error with which the target refused this update as immutable, when nothing has changed since
 * or its replacement failed for good; NULL: it did not. Borrowed from the notes.
 */
const char *gops_again_refused(const gops_unit_state *state, const char *key, gops_digest desired,
                               const uint8_t sides[GOPS_SHA256_BYTES]);

/*
 * Moves the findings that failed before, and are what they were then, into state->withheld. Returns 0
 * or GITOPS_ENOMEM.
 */
int gops_again_withhold(gops_unit_state *state);

/*
 * After a look at everything: what failed once and is in order by now, or gone, is forgotten by the
 * next pass. Returns 0 or GITOPS_ENOMEM.
 */
int gops_again_forget(gops_unit_state *state);

/*
 * The note about an operation that has ended: *text gets its value, owned by the caller, or NULL for
 * one that is to be dropped. Returns 1 when there is something to note, 0 when not, GITOPS_ENOMEM.
 */
int gops_again_note(const gops_unit_state *state, size_t operation, gops_store_record *record,
                    char **name, char **text);

#endif
