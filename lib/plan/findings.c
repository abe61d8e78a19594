/*
 * findings: what the look at each object gave, 40 bytes each, with the details of those that exist
 * on both sides kept apart.
 */
#include <string.h>

#include "plan/plan.h"

void gops_findings_init(gops_findings *findings, gitops_context *context)
{
    memset(findings, 0, sizeof *findings);
    findings->context = context;
}

static void release_operation(gitops_context *context, gitops_operation *operation)
{
    gops_file_drop(operation->file);
    gops_free(context, operation->own_key);
    gops_detail_free(context, operation->detail);
}

void gops_findings_drop(gops_findings *findings, size_t i)
{
    release_operation(findings->context, &findings->items[i]);
    findings->items[i] = findings->items[--findings->count];
}

void gops_findings_release(gops_findings *findings)
{
    for (size_t i = 0; i < findings->count; i++)
        release_operation(findings->context, &findings->items[i]);
    gops_free(findings->context, findings->items);
    gops_findings_init(findings, findings->context);
}

int gops_findings_add(gops_findings *findings, int32_t action, gops_reason reason,
                      const gops_item *entry, const char *key, gops_detail *detail)
{
    gitops_context *context = findings->context;
    char *own_key = entry ? NULL : gops_strdup(context, key);
    if ((!entry && !own_key) ||
        gops_grow(context, &findings->items, &findings->capacity, findings->count + 1,
                  sizeof *findings->items) < 0) {
        gops_free(context, own_key);
        gops_detail_free(context, detail);
        return GITOPS_ENOMEM;
    }
    gitops_operation *operation = &findings->items[findings->count++];
    memset(operation, 0, sizeof *operation);
    operation->own_key = own_key;
    if (entry) {
        gops_refcount_take(&entry->file->references);
        operation->file = entry->file;
        operation->object = entry->object;
    }
    operation->action = (uint8_t)action;
    operation->reason = (uint8_t)reason;
    operation->detail = detail;
    return 0;
}

int gops_findings_take(gops_findings *findings, const gitops_operation *operation)
{
    if (gops_grow(findings->context, &findings->items, &findings->capacity, findings->count + 1,
                  sizeof *findings->items) < 0)
        return GITOPS_ENOMEM;
    findings->items[findings->count++] = *operation;
    return 0;
}

int gops_operation_explain(gitops_context *context, gitops_operation *operation,
                           const char *reason)
{
    if (!operation->detail)
        operation->detail = gops_detail_new(context);
    if (!operation->detail)
        return GITOPS_ENOMEM;
    gops_free(context, operation->detail->reason);
    operation->detail->reason = gops_strdup(context, reason);
    return operation->detail->reason ? 0 : GITOPS_ENOMEM;
}

gops_detail *gops_detail_new(gitops_context *context)
{
    return gops_calloc(context, 1, sizeof(gops_detail));
}

void gops_detail_free(gitops_context *context, gops_detail *detail)
{
    if (!detail)
        return;
    gitops_changes_free(detail->changes);
    gops_free(context, detail->send);
    gops_free(context, detail->base);
    gops_free(context, detail->kept);
    gops_free(context, detail->version);
    gops_free(context, detail->controls);
    gops_free(context, detail->reason);
    gops_free(context, detail);
}
