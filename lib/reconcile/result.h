/* The result of one pass of a unit, and the events on the way. */
#ifndef GOPS_RECONCILE_RESULT_H
#define GOPS_RECONCILE_RESULT_H

#include <gitops/reconciler.h>

#include "manifest/manifest.h"
#include "plan/plan.h"

struct gitops_run {
    gops_refcount references;
    gitops_context *context;
    char *unit;
    int status;
    gitops_error error;        /* when status is not 0 */
    gitops_plan *plan;         /* may be NULL */
    gitops_manifest *manifest; /* may be NULL */
    int touched;
    uint8_t *outcomes;         /* of the plan's operations; NULL: the plan was not carried out */
    char **errors;             /* the same; members may be NULL */
};

struct gitops_event {
    int32_t type;
    const char *unit;
    gitops_plan *plan;
    const gitops_operation *operation;
    int32_t outcome;
    const char *message;
    gitops_run *run;
    int64_t unix_ms;
};

/* A run of a unit without anything yet. NULL: no memory. */
gitops_run *gops_run_new(gitops_context *context, const char *unit);

#endif
