/*
 * schema_stack: schemas over each other. Graphs are only asked in order; the patterns of all are
 * compiled anew into one automaton, so that a walk costs the same however many schemas there are.
 */
#include <string.h>

#include "manifest/schema_handle.h"

static int take_graphs(gitops_schema *stack)
{
    size_t count = 0;
    for (size_t i = 0; i < stack->part_count; i++)
        count += stack->parts[i]->graph_count;
    const gops_schema_graph **graphs = gops_arena_array(&stack->arena, count, sizeof *graphs);
    if (!graphs)
        return GITOPS_ENOMEM;
    stack->graphs = graphs;
    for (size_t i = 0; i < stack->part_count; i++) {
        const gitops_schema *part = stack->parts[i];
        for (size_t k = 0; k < part->graph_count; k++)
            graphs[stack->graph_count++] = part->graphs[k];
    }
    return 0;
}

static int take_rules(gitops_schema *stack, gitops_error *err)
{
    gops_patterns patterns;
    int status = 0;
    gops_patterns_init(&patterns, stack->context, &stack->arena);
    for (size_t i = 0; i < stack->part_count && status == 0; i++)
        status = gops_patterns_take(&patterns, &stack->parts[i]->rules, err);
    if (status == 0)
        status = gops_patterns_compile(&patterns, &stack->rules, err);
    gops_patterns_release(&patterns);
    return status;
}

static int fill_stack(gitops_schema *stack, gitops_schema *const *schemas, size_t count,
                      gitops_error *err)
{
    stack->parts = gops_arena_array(&stack->arena, count, sizeof *stack->parts);
    if (!stack->parts)
        return gops_fail_memory(err);
    for (size_t i = 0; i < count; i++) {
        stack->parts[stack->part_count++] = gitops_schema_ref(schemas[i]);
        if (!stack->null_policy)
            stack->null_policy = schemas[i]->null_policy;
    }
    return take_graphs(stack) < 0 ? gops_fail_memory(err) : take_rules(stack, err);
}

int gitops_schema_stack(gitops_schema **out, gitops_context *context, gitops_schema *const *schemas,
                        size_t count, gitops_error *err)
{
    if (!out)
        return gops_fail(err, GITOPS_EINVAL, "schema stack: out is NULL");
    *out = NULL;
    if (!context || !schemas || count == 0)
        return gops_fail(err, GITOPS_EINVAL, "schema stack: there is no context or no schema");
    for (size_t i = 0; i < count; i++)
        if (!schemas[i])
            return gops_fail(err, GITOPS_EINVAL, "schema stack: schema %zu is NULL", i);
    gitops_schema *stack = gops_schema_alloc(context);
    if (!stack)
        return gops_fail_memory(err);
    int status = fill_stack(stack, schemas, count, err);
    if (status < 0) {
        gitops_schema_free(stack);
        return status;
    }
    *out = stack;
    return 0;
}
