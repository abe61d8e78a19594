/*
 * depend: gathers what needs what.
 */
#include "plan/depend.h"

#include <string.h>

int gops_operation_controls(const gitops_operation *operation, gops_control *out)
{
    size_t length = 0;
    const gops_object *object = gops_operation_object(operation);
    const char *record = object ? gops_object_controls(object, &length) : NULL;
    memset(out, 0, sizeof *out);
    return record && gops_control_decode(out, record, length) == 0;
}

int gops_depend_gather(gops_graph *graph, const gitops_plan *plan, const gops_plan_input *input,
                       gitops_error *err)
{
    (void)plan;
    (void)input;
    return gops_graph_seal(graph) < 0 ? gops_fail_memory(err) : 0;
}
