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

static void release_item(gitops_diagnostics *list, size_t i)
{
    gops_free(list->context, list->items[i].where);
    gops_free(list->context, list->items[i].key);
}

void gops_diagnostics_release(gitops_diagnostics *list)
{
    for (size_t i = 0; i < list->count; i++)
        release_item(list, i);
    gops_free(list->context, list->items);
    list->items = NULL;
    list->count = list->capacity = 0;
}

/* Copies a problem; returns 0 when there is no memory. */
static int pack(gitops_context *context, gops_diagnostic *out, int32_t severity,
                const gitops_error *problem, const char *pointer)
{
    size_t where = strlen(problem->where) + 1, message = strlen(problem->message) + 1;
    size_t length = strlen(pointer) + 1;
    char *text = gops_alloc(context, where + message + length);
    if (!text)
        return 0;
    memcpy(text, problem->where, where);
    memcpy(text + where, problem->message, message);
    memcpy(text + where + message, pointer, length);
    *out = (gops_diagnostic){severity,
                             problem->code,
                             problem->origin,
                             problem->origin_code,
                             problem->line,
                             problem->column,
                             problem->document,
                             text,
                             text + where,
                             text + where + message,
                             NULL};
    return 1;
}

static void unpack_at(const gops_diagnostic *item, const char *where, gitops_error *out)
{
    if (!out)
        return;
    gops_fail_at(out, item->code, where, item->line, item->column, "%s", item->message);
    gops_error_origin(out, item->origin, item->origin_code);
    out->document = item->document;
}

static void unpack(const gops_diagnostic *item, gitops_error *out)
{
    unpack_at(item, item->where, out);
}

int gops_diagnostics_has_room(const gitops_diagnostics *list, int32_t severity)
{
    uint64_t met = severity == GITOPS_SEVERITY_ERROR ? list->errors : list->warnings;
    return met < list->context->limits.max_diagnostics;
}

void gops_diagnostics_add(gitops_diagnostics *list, int32_t severity, const gitops_error *problem)
{
    gops_diagnostics_add_at(list, severity, problem, "");
}

void gops_diagnostics_add_at(gitops_diagnostics *list, int32_t severity,
                             const gitops_error *problem, const char *pointer)
{
    int has_room = gops_diagnostics_has_room(list, severity);
    if (severity == GITOPS_SEVERITY_ERROR)
        list->errors++;
    else
        list->warnings++;
    if (!has_room)
        return;
    if (gops_grow(list->context, &list->items, &list->capacity, list->count + 1,
                  sizeof *list->items) == 0 &&
        pack(list->context, &list->items[list->count], severity, problem, pointer))
        list->count++;
    else
        list->out_of_memory = 1;
}

void gops_diagnostics_set_key(gitops_diagnostics *list, size_t i, const char *key)
{
    gops_free(list->context, list->items[i].key);
    list->items[i].key = gops_strdup(list->context, key);
    if (!list->items[i].key)
        list->out_of_memory = 1;
}

static void add_copy(gitops_diagnostics *list, const gops_diagnostic *item, const char *where)
{
    gitops_error problem;
    size_t kept = list->count;
    unpack_at(item, where, &problem);
    gops_diagnostics_add_at(list, item->severity, &problem, item->pointer);
    if (item->key && list->count > kept)
        gops_diagnostics_set_key(list, kept, item->key);
}

void gops_diagnostics_repeat(gitops_diagnostics *list, const gops_diagnostic *items, size_t count,
                             const char *where)
{
    for (size_t i = 0; i < count; i++)
        add_copy(list, &items[i], where);
}

void gops_diagnostics_append(gitops_diagnostics *list, const gitops_diagnostics *other)
{
    uint64_t errors = list->errors + other->errors, warnings = list->warnings + other->warnings;
    for (size_t i = 0; i < other->count; i++)
        add_copy(list, &other->items[i], other->items[i].where);
    list->errors = errors;
    list->warnings = warnings;
    list->out_of_memory |= other->out_of_memory;
}

void gops_diagnostics_rewind(gitops_diagnostics *list, const gitops_diagnostics *before)
{
    while (list->count > before->count)
        release_item(list, --list->count);
    list->errors = before->errors;
    list->warnings = before->warnings;
}

static int compare_places(const void *left, const void *right)
{
    const gops_diagnostic *a = left, *b = right;
    int order = strcmp(a->where, b->where);
    if (order == 0)
        order = (a->line > b->line) - (a->line < b->line);
    if (order == 0)
        order = (a->column > b->column) - (a->column < b->column);
    return order ? order : strcmp(a->message, b->message);
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
        unpack(&list->items[i], err);
        return list->items[i].code;
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
    unpack(&list->items[i], problem);
    return list->items[i].severity;
}

const char *gitops_diagnostics_pointer(const gitops_diagnostics *list, size_t i)
{
    return i < list->count ? list->items[i].pointer : NULL;
}

const char *gitops_diagnostics_key(const gitops_diagnostics *list, size_t i)
{
    return i < list->count ? list->items[i].key : NULL;
}
