/*
 * patch_server: the body of a server-side apply. It states what merged holds of our leaves; what is
 * not in it any more the server removes, as far as an earlier apply of the same field manager owned
 * it. A list in which keys or members stand twice is refused, as the server would.
 */
#include <string.h>

#include "base/table.h"
#include "diff/changes.h"
#include "diff/diff.h"
#include "diff/join.h"
#include "diff/patch.h"
#include "value/document.h"
#include "value/emit.h"

typedef struct checker {
    gitops_context *context;
    gops_buffer path;
    gitops_error *err;
} checker;

static int check_value(checker *c, const gops_schema_place *place, const gitops_value *value);

static int refuse(checker *c, const char *what)
{
    if (c->path.status < 0)
        return gops_fail_memory(c->err);
    return gops_patch_refuse(c->err, "server-side apply", what,
                             c->path.length ? c->path.data : "");
}

static int check_unique(checker *c, const gops_schema_place *place, const gitops_value *list,
                        gops_table *seen, gops_digest *ids)
{
    for (uint32_t i = 0; i < list->count; i++) {
        const gitops_value *element = &list->as.children[i];
        ids[i] = gops_value_digest(element);
        if (place->list == GOPS_LIST_MAP &&
            !gops_join_identify(&place->tuples[0], element, &ids[i]))
            return refuse(c, "an element that has no key");
        if (gops_table_get(seen, ids[i].bytes, sizeof ids[i].bytes))
            return refuse(c, place->list == GOPS_LIST_MAP ? "the same keys twice"
                                                          : "the same member twice");
        if (gops_table_set(seen, ids[i].bytes, sizeof ids[i].bytes, &ids[i]) < 0)
            return gops_fail_memory(c->err);
    }
    return 0;
}

static int check_list(checker *c, const gops_schema_place *place, const gitops_value *list)
{
    gops_schema_place below;
    gops_table seen;
    gops_digest *ids = gops_calloc(c->context, list->count, sizeof *ids);
    if (!ids)
        return gops_fail_memory(c->err);
    gops_table_init(&seen, c->context);
    int status = check_unique(c, place, list, &seen, ids);
    gops_table_release(&seen);
    gops_free(c->context, ids);
    for (uint32_t i = 0; i < list->count && status == 0; i++) {
        size_t length = gops_patch_push_index(&c->path, i);
        gops_schema_element(place, i, &list->as.children[i], &below);
        status = check_value(c, &below, &list->as.children[i]);
        gops_patch_cut(&c->path, length);
    }
    return status;
}

static int check_map(checker *c, const gops_schema_place *place, const gitops_value *map)
{
    gops_schema_place below;
    int status = 0;
    for (uint32_t i = 0; i < map->count && status == 0; i++) {
        const gitops_value *member = &map->as.children[i];
        size_t length = gops_patch_push_key(&c->path, member);
        gops_schema_member(place, member->key, member->key_length, member, &below);
        status = check_value(c, &below, member);
        gops_patch_cut(&c->path, length);
    }
    return status;
}

/* Returns 0, GITOPS_EUNSUPPORTED or GITOPS_ENOMEM. */
static int check_value(checker *c, const gops_schema_place *place, const gitops_value *value)
{
    if (value->type == GITOPS_VALUE_MAP)
        return place->map == GOPS_MAP_ATOMIC ? 0 : check_map(c, place, value);
    if (value->type != GITOPS_VALUE_LIST || value->count == 0 || place->patch_whole)
        return 0;
    if (place->list == GOPS_LIST_SET || (place->list == GOPS_LIST_MAP && place->tuple_count))
        return check_list(c, place, value);
    return 0;
}

/* 1 when there is anything in value (NULL: absent) that an apply would own: no nulls, no empties. */
static int states(const gitops_value *value)
{
    if (!value || value->type < GITOPS_VALUE_LIST)
        return value && value->type != GITOPS_VALUE_NULL;
    for (uint32_t i = 0; i < value->count; i++)
        if (states(&value->as.children[i]))
            return 1;
    return 0;
}

/* What a null removes although it was never stated stays on the server. */
static int check_removals(const gitops_changes *changes, gitops_error *err)
{
    const gops_row_rule *explicit_one = gops_row_rule_of(GOPS_ROW_NULL_REMOVE);
    for (size_t i = 0; i < changes->count; i++) {
        const gitops_change *change = &changes->list[i];
        if (change->rule == explicit_one && change->action == GOPS_ACTION_REMOVE &&
            (change->sensitive || !states(change->base)))
            return gops_patch_refuse(err, "server-side apply",
                                     "the removal of what was never applied", change->path);
    }
    return 0;
}

int gops_patch_server_side(const gitops_diff *diff, const gops_patch_job *job, gitops_error *err)
{
    checker c = {.context = job->context, .err = err};
    gitops_document *body;
    if (!gops_diff_desired(diff))
        return gops_fail(err, GITOPS_EINVAL, "server-side apply needs a desired document");
    int status = check_removals(gitops_diff_changes(diff), err);
    if (status < 0)
        return status;
    if (gops_diff_owned_merged(diff, &body) < 0)
        return gops_fail_memory(err);
    gops_buffer_init(&c.path, job->context, 0);
    status = check_value(&c, &job->place, gitops_document_root(body));
    if (status == 0)
        gops_emit_json(job->out, gitops_document_root(body));
    gops_buffer_release(&c.path);
    gitops_document_free(body);
    return status;
}
