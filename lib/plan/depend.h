/*
 * What needs what: the edges that a plan's order has to keep, whatever waves and kinds say. They
 * come from dependencies that objects state, from namespaces and definitions, from change groups
 * and from the host.
 */
#ifndef GOPS_PLAN_DEPEND_H
#define GOPS_PLAN_DEPEND_H

#include "manifest/control.h"
#include "plan/plan.h"

/*
 * Reads the controls of an operation's object: as Git states it, or for one that is not in Git as
 * it was last sent. Returns 1; 0: it has none, and *out is all zero.
 */
int gops_operation_controls(const gitops_operation *operation, gops_control *out);

/*
 * Adds the edges between the operations of a plan, sorted by gops_findings_sort, and seals the
 * graph. Nodes after the operations stand for objects in which nothing is done, and for groups.
 * Returns 0, GITOPS_ENOMEM, GITOPS_ELIMIT or GITOPS_EORDER.
 */
int gops_depend_gather(gops_graph *graph, const gitops_plan *plan, const gops_plan_input *input,
                       gitops_error *err);

#endif
