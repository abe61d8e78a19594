/*
 * A plan made of two texts of YAML: what Git states, and what was last sent. What is in Git is
 * created (or, of those that changed are named, only they are updated); what is not is deleted.
 */
#ifndef TESTS_PLAN_ARRANGED_H
#define TESTS_PLAN_ARRANGED_H

#include "support.h"

#include <gitops/manifest.h>

#include "plan/plan.h"

typedef struct arranged {
    const char *git;      /* file a.yaml; NULL: nothing */
    const char *sent;     /* NULL: nothing */
    const char *changed;  /* keys with blanks around each; NULL: all */
    const char *kept;     /* keys that stay in the inventory without being in Git, the same way */
    const gitops_order_options *order;
    gitops_identity *identity;
} arranged;

/* The plan, or NULL and what is wrong with it. */
gitops_plan *arranged_plan(gitops_context *context, const arranged *parts, gitops_error *err);

/*
 * "PHASE WAVE KEY" for each operation, a line each, with a "-" before the key of one that is
 * removed, and an empty line before one that does not start together with the one before.
 * "error: MESSAGE" for one that failed. malloc'd.
 */
char *arranged_text(gitops_context *context, const arranged *parts);

/* Asserts that the text of a plan is the expected one. */
void arranged_is(gitops_context *context, const arranged *parts, const char *expected);

/* Makes the plan with every allocation failing once; without, it gives the code. */
void arranged_every_allocation_fails(gitops_context *context, const arranged *parts, int code);

#endif
