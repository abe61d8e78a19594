/*
 * changes: what a diff found, one record per changed leaf. Redaction happens here, when a record is
 * made: a sensitive value is never copied into the list.
 */
#include "diff/changes.h"

#include <string.h>

gitops_changes *gops_changes_new(gitops_context *context, const char *file)
{
    gitops_changes *changes = gops_calloc(context, 1, sizeof *changes);
    if (!changes)
        return NULL;
    gops_refcount_init(&changes->references);
    changes->context = gops_context_ref(context);
    gops_arena_init(&changes->arena, context, 1024);
    if (file) {
        changes->file = gops_arena_strndup(&changes->arena, file, strlen(file));
        if (!changes->file) {
            gitops_changes_free(changes);
            return NULL;
        }
    }
    return changes;
}

gitops_changes *gitops_changes_ref(gitops_changes *changes)
{
    gops_refcount_take(&changes->references);
    return changes;
}

void gitops_changes_free(gitops_changes *changes)
{
    if (!changes || !gops_refcount_drop(&changes->references))
        return;
    gitops_context *context = changes->context;
    gops_arena_free(&changes->arena);
    gops_free(context, changes->list);
    gops_free(context, changes);
    gitops_context_free(context);
}

/* Replaces *value by a copy of its own; returns 0 when there is no memory. */
static int own_value(gitops_changes *changes, const gitops_value **value, int sensitive)
{
    if (!*value)
        return 1;
    gitops_value *copy = gops_arena_alloc(&changes->arena, sizeof *copy);
    if (!copy)
        return 0;
    gitops_value keyless = **value;
    keyless.key = NULL;
    keyless.key_length = 0;
    if (sensitive) {
        gops_value_set_string(&keyless, "***", 3);
        *copy = keyless;
    } else if (!gops_value_copy(copy, &keyless, &changes->arena)) {
        return 0;
    }
    *value = copy;
    return 1;
}

/* Replaces *text by a copy of its own; NULL stays. Returns 0 when there is no memory. */
static int own_text(gitops_changes *changes, const char **text)
{
    if (!*text)
        return 1;
    *text = gops_arena_strndup(&changes->arena, *text, strlen(*text));
    return *text != NULL;
}

void gops_changes_locate(const gitops_changes *changes, gitops_change *change)
{
    if (!change->desired)
        return;
    change->file = changes->file;
    change->line = change->desired->line;
    change->column = change->desired->column;
}

int gops_changes_add(gitops_changes *changes, const gitops_change *change)
{
    gitops_change own = *change;
    if (gops_grow(changes->context, &changes->list, &changes->capacity, changes->count + 1,
                  sizeof *changes->list) < 0)
        return GITOPS_ENOMEM;
    own.path = gops_arena_strndup(&changes->arena, own.path, strlen(own.path));
    if (!own_text(changes, &own.owner) || !own_text(changes, &own.label))
        return GITOPS_ENOMEM;
    if (!own.path || !own_value(changes, &own.base, own.sensitive) ||
        !own_value(changes, &own.desired, own.sensitive) ||
        !own_value(changes, &own.live, own.sensitive) ||
        !own_value(changes, &own.merged, own.sensitive))
        return GITOPS_ENOMEM;
    changes->list[changes->count++] = own;
    return 0;
}

int gops_change_is_kept(const gitops_change *change)
{
    return change->action != change->rule->action;
}

size_t gitops_changes_count(const gitops_changes *changes)
{
    return changes ? changes->count : 0;
}

const gitops_change *gitops_changes_get(const gitops_changes *changes, size_t i)
{
    return i < changes->count ? &changes->list[i] : NULL;
}

const char *gitops_change_path(const gitops_change *change)
{
    return change->path;
}

const char *gitops_change_label(const gitops_change *change)
{
    return change->label ? change->label : change->path;
}

const char *gitops_change_class(const gitops_change *change)
{
    return change->rule->class_name;
}

const char *gitops_change_action(const gitops_change *change)
{
    return gops_action_name((gops_action)change->action);
}

const char *gitops_change_conflict(const gitops_change *change)
{
    return change->rule->conflict;
}

int32_t gitops_change_drift(const gitops_change *change)
{
    return change->rule->drift;
}

const char *gitops_change_owner(const gitops_change *change)
{
    return change->owner;
}

int32_t gitops_change_sensitive(const gitops_change *change)
{
    return change->sensitive;
}

int32_t gitops_change_immutable(const gitops_change *change)
{
    return change->immutable;
}

int32_t gitops_change_replaces(const gitops_change *change)
{
    return change->replaces;
}

const gitops_value *gitops_change_base(const gitops_change *change)
{
    return change->base;
}

const gitops_value *gitops_change_desired(const gitops_change *change)
{
    return change->desired;
}

const gitops_value *gitops_change_live(const gitops_change *change)
{
    return change->live;
}

const gitops_value *gitops_change_merged(const gitops_change *change)
{
    return change->merged;
}

const char *gitops_change_file(const gitops_change *change)
{
    return change->file;
}

uint32_t gitops_change_line(const gitops_change *change)
{
    return change->line;
}

uint32_t gitops_change_column(const gitops_change *change)
{
    return change->column;
}
