/*
 * diagnostics: every problem of a read, up to a maximum, so that one run shows them all.
 */
#include "value/diagnostics.h"

#include <stdlib.h>
#include <string.h>

void gops_diagnostics_init(gitops_diagnostics *list, gitops_context *context)
{
    memset(list, 0, sizeof *list);
    list->context = context;
}

void gops_diagnostics_release(gitops_diagnostics *list)
{
    gops_free(list->context, list->items);
    list->items = NULL;
    list->count = list->capacity = 0;
}

void gops_diagnostics_add(gitops_diagnostics *list, int32_t severity, const gitops_error *problem)
{
    if (severity == GITOPS_SEVERITY_ERROR)
        list->errors++;
    else
        list->warnings++;
    if (list->count >= list->context->limits.max_diagnostics)
        return;
    if (gops_grow(list->context, &list->items, &list->capacity, list->count + 1,
                  sizeof *list->items) < 0) {
        list->out_of_memory = 1;
        return;
    }
    list->items[list->count].error = *problem;
    list->items[list->count].severity = severity;
    list->count++;
}

void gops_diagnostics_append(gitops_diagnostics *list, const gitops_diagnostics *other)
{
    uint64_t errors = list->errors + other->errors, warnings = list->warnings + other->warnings;
    for (size_t i = 0; i < other->count; i++)
        gops_diagnostics_add(list, other->items[i].severity, &other->items[i].error);
    list->errors = errors;
    list->warnings = warnings;
    list->out_of_memory |= other->out_of_memory;
}

static int compare_places(const void *left, const void *right)
{
    const gops_diagnostic *a = left, *b = right;
    int order = strcmp(a->error.where, b->error.where);
    if (order == 0)
        order = (a->error.line > b->error.line) - (a->error.line < b->error.line);
    if (order == 0)
        order = (a->error.column > b->error.column) - (a->error.column < b->error.column);
    return order ? order : strcmp(a->error.message, b->error.message);
}

void gops_diagnostics_sort(gitops_diagnostics *list)
{
    if (list->count > 1)
        qsort(list->items, list->count, sizeof *list->items, compare_places);
}

int gops_diagnostics_status(const gitops_diagnostics *list, gitops_error *err)
{
    if (list->out_of_memory)
        return gops_fail_memory(err);
    if (list->errors == 0)
        return 0;
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i].severity != GITOPS_SEVERITY_ERROR)
            continue;
        if (err)
            *err = list->items[i].error;
        return list->items[i].error.code;
    }
    return gops_fail(err, GITOPS_EPARSE, "%llu problems, none of which could be kept",
                     (unsigned long long)list->errors);
}

size_t gitops_diagnostics_count(const gitops_diagnostics *list)
{
    return list->count;
}

uint64_t gitops_diagnostics_errors(const gitops_diagnostics *list)
{
    return list->errors;
}

uint64_t gitops_diagnostics_warnings(const gitops_diagnostics *list)
{
    return list->warnings;
}

int gitops_diagnostics_get(const gitops_diagnostics *list, size_t i, gitops_error *problem)
{
    if (i >= list->count)
        return GITOPS_ENOTFOUND;
    *problem = list->items[i].error;
    return list->items[i].severity;
}
