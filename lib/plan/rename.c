/*
 * rename: deletes are put into a table by their content, and what is made is looked for in it. Only a
 * plan that does both opens anything, and not more than so many objects.
 */
#include "plan/rename.h"

#include <stdio.h>
#include <string.h>

#include "base/table.h"
#include "value/document.h"

enum { OPENED_AT_MOST = 1000 };

static int is_word(const char *key, size_t length, const char *word)
{
    return strlen(word) == length && memcmp(key, word, length) == 0;
}

static void put_member(gops_hasher *hasher, const gitops_value *map, size_t i)
{
    size_t length;
    const char *key = gitops_value_key(map, i, &length);
    gops_digest value = gops_value_digest(gitops_value_item(map, i));
    gops_hasher_put(hasher, key, length);
    gops_hasher_put(hasher, value.bytes, sizeof value.bytes);
}

static void put_nameless(gops_hasher *hasher, const gitops_value *metadata)
{
    for (size_t i = 0; i < gitops_value_count(metadata); i++) {
        size_t length;
        const char *key = gitops_value_key(metadata, i, &length);
        if (key && !is_word(key, length, "name") && !is_word(key, length, "namespace"))
            put_member(hasher, metadata, i);
    }
}

gops_digest gops_rename_content(const gitops_value *root)
{
    gops_hasher hasher;
    gops_hasher_begin(&hasher, 'r');
    for (size_t i = 0; i < gitops_value_count(root); i++) {
        size_t length;
        const char *key = gitops_value_key(root, i, &length);
        if (key && is_word(key, length, "metadata"))
            put_nameless(&hasher, gitops_value_item(root, i));
        else if (key)
            put_member(&hasher, root, i);
    }
    return gops_hasher_finish(&hasher);
}

/* Adds "; probably WHAT KEY" to the reason of an operation. */
static int say(gitops_context *context, gitops_operation *operation, const char *what,
               const char *key)
{
    char reason[1400];
    snprintf(reason, sizeof reason, "%s; probably %s %s", gitops_operation_reason(operation), what,
             key);
    return gops_operation_explain(context, operation, reason);
}

/* Deletes by their content; of several with one content the first. */
static int gather_deletes(gops_table *deletes, gitops_plan *plan)
{
    int rc = 0;
    for (size_t i = 0; i < plan->count && rc == 0; i++) {
        gitops_operation *operation = &plan->operations.items[i];
        const gops_detail *detail = operation->detail;
        if (operation->action != GITOPS_ACTION_DELETE || !detail || !detail->has_content)
            continue;
        const gops_digest *content = &detail->content;
        if (gops_table_get(deletes, content->bytes, sizeof content->bytes) == NULL)
            rc = gops_table_set(deletes, content->bytes, sizeof content->bytes, operation);
    }
    return rc;
}

static int match(gops_table *deletes, gitops_plan *plan, const gops_plan_input *input,
                 gitops_operation *created, gitops_error *err)
{
    gops_item item = {created->file, created->object, 0};
    gitops_document *document;
    int rc = gops_manifest_open_entry(input->manifest, &item, &document, err);
    if (rc < 0)
        return rc;
    gops_digest content = gops_rename_content(&document->root);
    gitops_document_free(document);
    gitops_operation *deleted = gops_table_remove(deletes, content.bytes, sizeof content.bytes);
    if (!deleted)
        return 0;
    if (say(plan->context, deleted, "renamed to", gops_operation_key(created)) < 0 ||
        say(plan->context, created, "renamed from", gops_operation_key(deleted)) < 0)
        return gops_fail_memory(err);
    return 0;
}

int gops_rename_find(gitops_plan *plan, const gops_plan_input *input, gitops_error *err)
{
    gops_table deletes;
    size_t opened = 0;
    if (!input->manifest || !plan->summary[GITOPS_ACTION_DELETE] ||
        !plan->summary[GITOPS_ACTION_CREATE])
        return 0;
    gops_table_init(&deletes, plan->context);
    int rc = gather_deletes(&deletes, plan) < 0 ? gops_fail_memory(err) : 0;
    for (size_t i = 0; i < plan->count && rc == 0 && deletes.count && opened < OPENED_AT_MOST; i++) {
        gitops_operation *operation = &plan->operations.items[i];
        if (operation->reason != GOPS_REASON_NEW || !operation->file)
            continue;
        rc = match(&deletes, plan, input, operation, err);
        opened++;
    }
    gops_table_release(&deletes);
    return rc;
}
