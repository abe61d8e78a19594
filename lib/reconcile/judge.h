/* What is to be done about one object. */
#ifndef GOPS_RECONCILE_JUDGE_H
#define GOPS_RECONCILE_JUDGE_H

#include "reconcile/triple.h"

/*
 * Judges an object that the target has: live and item are set, the other sides are opened at need.
 * Adds what is found to the look's lists; *in_order becomes 1 when nothing is to be done while both
 * sides stay as they are. Returns 0 or a failure.
 */
int gops_judge_object(gops_look *look, gops_triple *t, int *in_order, gitops_error *err);

/* The target says for certain that there is no such object. */
int gops_judge_absent(gops_look *look, const char *key, gitops_error *err);

#endif
