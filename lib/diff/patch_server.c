/*
 * patch_server: the body of a server-side apply. It states what merged holds of our leaves; what is
 * not in it any more the server removes, as far as an earlier apply of the same field manager owned
 * it. A list of which the server cannot tell the elements apart is refused, as the server would; then
 * the body is read back as a server would, and refused unless that gives merged.
 */
#include "diff/changes.h"
#include "diff/diff.h"
#include "diff/join.h"
#include "diff/members.h"
#include "diff/patch.h"
#include "value/document.h"
#include "value/emit.h"

/* The walk is for its path and scratch only: it compares base, body and live, and merges nothing. */
typedef struct checker {
    gops_triwalk walk;
    gitops_error *err;
} checker;

static int check_sides(checker *c, const gops_schema_place *place, const gops_sides *raw);

static int refuse(checker *c, const char *what)
{
    if (c->walk.status < 0)
        return gops_fail_memory(c->err);
    return gops_patch_refuse(c->err, "server-side apply", what,
                             c->walk.path.length ? c->walk.path.data : "");
}

static int is_stated(const gops_sides *raw)
{
    return raw->of[GOPS_BASE] || raw->of[GOPS_DESIRED];
}

static int stands_twice(const gops_item_name *name)
{
    for (int side = 0; side < GOPS_SIDES; side++)
        if (name->seen[side] > 1)
            return 1;
    return 0;
}

static int check_elements(checker *c, const gops_schema_place *place, const gops_join *join)
{
    gops_schema_place below;
    int status = 0;
    for (uint32_t i = 0; i < join->count && status == 0; i++) {
        const gops_item *item = &join->items[i];
        if (stands_twice(&join->names[i]))
            return refuse(c, join->keys ? "the same keys twice" : "the same member twice");
        size_t length = gops_triwalk_enter_index(&c->walk, item->index);
        gops_schema_element(place, item->index, gops_leading(&item->raw), &below);
        status = check_sides(c, &below, &item->raw);
        gops_triwalk_leave(&c->walk, length);
    }
    return status;
}

/* A server finds elements by the first keys only, on every side. */
static int check_lists(checker *c, const gops_schema_place *place, const gops_sides *raw)
{
    gops_join join;
    if (place->patch_whole || place->list == GOPS_LIST_ATOMIC ||
        place->list == GOPS_LIST_SEQUENCE || (place->list == GOPS_LIST_MAP && !place->tuple_count))
        return 0;
    int joined = place->list == GOPS_LIST_SET
                     ? gops_join_set(&join, &c->walk, place, raw)
                     : gops_join_keyed(&join, &c->walk, &place->tuples[0], raw);
    return joined ? check_elements(c, place, &join) : refuse(c, "an element that has no key");
}

static int check_maps(checker *c, const gops_schema_place *place, const gops_sides *raw)
{
    gops_members join;
    gops_schema_place below;
    gops_sides member;
    int status = 0;
    if (place->map == GOPS_MAP_ATOMIC)
        return 0;
    gops_members_begin(&join, raw->of);
    for (const gitops_value *key;
         status == 0 && (key = gops_members_next(&join, member.of)) != NULL;) {
        size_t length = gops_triwalk_enter(&c->walk, key->key, key->key_length);
        gops_schema_member(place, key->key, key->key_length, gops_leading(&member), &below);
        status = check_sides(c, &below, &member);
        gops_triwalk_leave(&c->walk, length);
    }
    return status;
}

/* Of one type those sides that have it; the others have nothing there. */
static gops_sides sides_of_type(const gops_sides *raw, int32_t type)
{
    gops_sides of_type;
    for (int side = 0; side < GOPS_SIDES; side++)
        of_type.of[side] = gops_value_is(raw->of[side], type) ? raw->of[side] : NULL;
    return of_type;
}

/*
 * The lists in which we state something or did, also where a rule ignores it: that is told too.
 * Returns 0, GITOPS_EUNSUPPORTED or GITOPS_ENOMEM.
 */
static int check_sides(checker *c, const gops_schema_place *place, const gops_sides *raw)
{
    if (!is_stated(raw) || (place->ignored && place->ignored != GOPS_IGNORED_BY_RULE))
        return 0;
    gops_sides maps = sides_of_type(raw, GITOPS_VALUE_MAP);
    gops_sides lists = sides_of_type(raw, GITOPS_VALUE_LIST);
    int status = is_stated(&maps) ? check_maps(c, place, &maps) : 0;
    return status == 0 && is_stated(&lists) ? check_lists(c, place, &lists) : status;
}

static int check_body(const gitops_diff *diff, const gops_patch_job *job,
                      const gitops_document *body, gitops_error *err)
{
    checker c = {.err = err};
    gops_triwalk_begin(&c.walk, job->context);
    c.walk.merged = &c.walk.scratch;
    c.walk.null_is_absent = gops_schema_null_is_absent(job->place.schema);
    gops_sides raw = {{gops_diff_side(diff, GOPS_BASE), gitops_document_root(body),
                       gops_diff_side(diff, GOPS_LIVE)}};
    int status = check_sides(&c, &job->place, &raw);
    if (c.walk.status < 0)
        status = gops_fail_memory(err);
    gops_triwalk_end(&c.walk);
    return status;
}

static int read_back(const gitops_diff *diff, gitops_document *body, gitops_error *err)
{
    gops_buffer place;
    gops_buffer_init(&place, gops_diff_context(diff), 0);
    int status = gops_diff_reads_back(diff, body, &place);
    if (status < 0 || place.status < 0)
        status = gops_fail_memory(err);
    else if (status)
        status = 0;
    else
        status = gops_patch_refuse(err, "server-side apply",
                                   "the server would not make of it what is merged",
                                   place.length ? place.data : "");
    gops_buffer_release(&place);
    return status;
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
    gitops_document *body;
    if (!gops_diff_desired(diff))
        return gops_fail(err, GITOPS_EINVAL, "server-side apply needs a desired document");
    if (job->to->type != GITOPS_VALUE_MAP)
        return gops_patch_refuse(err, "server-side apply", "a document that is no map", "");
    int status = check_removals(gitops_diff_changes(diff), err);
    if (status < 0)
        return status;
    if (gops_diff_owned_merged(diff, &body) < 0)
        return gops_fail_memory(err);
    status = check_body(diff, job, body, err);
    if (status == 0)
        status = read_back(diff, body, err);
    if (status == 0)
        gops_emit_json(job->out, gitops_document_root(body));
    gitops_document_free(body);
    return status;
}
