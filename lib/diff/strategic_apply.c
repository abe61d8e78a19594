/*
 * strategic_apply: what a server of Kubernetes makes of a strategic merge patch. Maps are merged
 * member by member; what a patch says of a list (elements, their order, scalars that go) is first
 * put together, and strategic_list.c merges it. What comes from the patch is copied.
 */
#include <string.h>

#include "diff/members.h"
#include "diff/strategic_apply.h"

int gops_strategic_fail(gops_strategic *m, const gitops_value *at, const char *what)
{
    return gops_fail_at(m->err, GITOPS_EPARSE, NULL, at->line, at->column,
                        "strategic merge patch: %s", what);
}

int gops_strategic_orders(const gitops_value *patch, const char *order)
{
    const gitops_value *said =
        gops_value_member(patch, GOPS_STRATEGIC_PATCH, strlen(GOPS_STRATEGIC_PATCH));
    return gops_value_is(said, GITOPS_VALUE_STRING) && gops_value_text_is(said, order);
}

/* Copies the key of like to a value of the result. */
static int copy_key(gops_strategic *m, const gitops_value *like, gitops_value *out)
{
    out->key = gops_arena_strndup(m->arena, like->key, like->key_length);
    out->key_length = like->key_length;
    return out->key ? 0 : gops_fail_memory(m->err);
}

/* Takes a value as it is, orders and nulls included. */
static int take(gops_strategic *m, const gitops_value *value, gitops_value *out)
{
    gitops_value keyless = *value;
    keyless.key = NULL;
    keyless.key_length = 0;
    return gops_value_copy(out, &keyless, m->arena) ? 0 : gops_fail_memory(m->err);
}

int gops_strategic_clean(gops_strategic *m, const gitops_value *value, gitops_value *out)
{
    uint32_t count = 0;
    if (value->type < GITOPS_VALUE_LIST)
        return take(m, value, out);
    gitops_value *children = gops_value_array(m->arena, value->count);
    int status = children ? 0 : gops_fail_memory(m->err);
    for (uint32_t i = 0; i < value->count && status == 0; i++) {
        const gitops_value *child = &value->as.children[i];
        int is_member = value->type == GITOPS_VALUE_MAP;
        if (is_member ? child->type == GITOPS_VALUE_NULL ||
                            gops_strategic_is_directive(child->key, child->key_length)
                      : gops_strategic_orders(child, "delete"))
            continue;
        status = gops_strategic_clean(m, child, &children[count]);
        if (status == 0 && is_member)
            status = copy_key(m, child, &children[count]);
        count++;
    }
    if (status < 0)
        return status;
    *out = *value;
    out->key = NULL;
    out->key_length = 0;
    if (value->type == GITOPS_VALUE_MAP)
        return gops_value_set_map(out, children, count);
    gops_value_set_list(out, children, count);
    return 0;
}

/* What a patch says of the list of one member; a part that is no list is an error. */
static int read_part(gops_strategic *m, const gitops_value *patch, const char *directive,
                     const gitops_value *key, const gitops_value **out)
{
    gops_buffer name;
    gops_buffer_init(&name, m->context, 0);
    gops_buffer_puts(&name, directive);
    gops_buffer_put(&name, key->key, key->key_length);
    int status = name.status < 0 ? gops_fail_memory(m->err) : 0;
    *out = status == 0 ? gops_value_member(patch, name.data, name.length) : NULL;
    gops_buffer_release(&name);
    if (*out && (*out)->type != GITOPS_VALUE_LIST)
        return gops_strategic_fail(m, *out, "an order about a list must be a list");
    return status;
}

/* A member of a patch, with what the patch orders about the list that it may be. */
static int apply_member(gops_strategic *m, const gops_schema_place *parent,
                        const gitops_value *patch, const gitops_value *from,
                        const gitops_value *said, gitops_value *out)
{
    const gitops_value *key = from ? from : said;
    gops_strategic_list list = {.from = from, .patch = said};
    gops_schema_place place;
    int status = read_part(m, patch, GOPS_STRATEGIC_ORDER, key, &list.order);
    if (status == 0)
        status = read_part(m, patch, GOPS_STRATEGIC_DELETE, key, &list.removed);
    if (status < 0)
        return status;
    gops_schema_member(parent, key->key, key->key_length, key, &place);
    int is_list = (!from || from->type == GITOPS_VALUE_LIST) &&
                  (!said || said->type == GITOPS_VALUE_LIST);
    if (is_list && (list.order || (from && (said ? place.patch_merges == GOPS_PATCH_MERGES : list.removed != NULL))))
        return gops_strategic_merge_list(m, &place, &list, out);
    if (!said) {
        *out = *from;
        return 0;
    }
    if (!from || from->type != said->type)
        return gops_strategic_clean(m, said, out);
    if (said->type != GITOPS_VALUE_MAP || place.patch_whole)
        return take(m, said, out);
    return gops_strategic_apply(m, &place, from, said, out);
}

/* 1 when the list of members that stay (NULL: there is none) names a member. */
static int is_retained(const gitops_value *retained, const gitops_value *member)
{
    for (uint32_t i = 0; retained && i < retained->count; i++) {
        const gitops_value *name = &retained->as.children[i];
        if (name->type == GITOPS_VALUE_STRING &&
            gops_key_compare(name->as.text, name->count, member->key, member->key_length) == 0)
            return 1;
    }
    return !retained;
}

static int apply_members(gops_strategic *m, const gops_schema_place *place,
                         const gitops_value *from, const gitops_value *patch,
                         const gitops_value *retained, gitops_value *out)
{
    gops_members join;
    const gitops_value *maps[GOPS_SIDES] = {from, patch, NULL}, *sides[GOPS_SIDES];
    uint32_t count = 0;
    int status = 0;
    gitops_value *members =
        gops_value_array(m->arena, (size_t)patch->count + (from ? from->count : 0));
    if (!members)
        return gops_fail_memory(m->err);
    gops_members_begin(&join, maps);
    for (const gitops_value *key; status == 0 && (key = gops_members_next(&join, sides)) != NULL;) {
        if (gops_value_is(sides[1], GITOPS_VALUE_NULL) ||
            (sides[1] && gops_strategic_is_directive(key->key, key->key_length)))
            continue;
        if (!is_retained(retained, key)) {
            if (sides[1])
                return gops_strategic_fail(m, key, "$retainKeys does not name all that is set");
            continue;
        }
        status = apply_member(m, place, patch, sides[0], sides[1], &members[count]);
        if (status == 0)
            status = copy_key(m, key, &members[count++]);
    }
    *out = *patch;
    out->key = NULL;
    out->key_length = 0;
    return status < 0 ? status : gops_value_set_map(out, members, count);
}

/* The whole map is replaced or emptied by its patch: the patch without the order. */
static int apply_order(gops_strategic *m, const gitops_value *patch, gitops_value *out)
{
    uint32_t count = 0;
    if (!gops_strategic_orders(patch, "replace") && !gops_strategic_orders(patch, "delete"))
        return gops_strategic_fail(m, patch, "$patch must be replace or delete");
    int status = take(m, patch, out);
    gitops_value *members = gops_value_array(m->arena, patch->count);
    if (status < 0 || !members)
        return gops_fail_memory(m->err);
    for (uint32_t i = 0; i < out->count && gops_strategic_orders(patch, "replace"); i++) {
        const gitops_value *member = &out->as.children[i];
        if (gops_key_compare(member->key, member->key_length, GOPS_STRATEGIC_PATCH,
                             sizeof GOPS_STRATEGIC_PATCH - 1) != 0)
            members[count++] = *member;
    }
    return gops_value_set_map(out, members, count);
}

int gops_strategic_apply(gops_strategic *m, const gops_schema_place *place,
                         const gitops_value *from, const gitops_value *patch, gitops_value *out)
{
    if (gops_value_member(patch, GOPS_STRATEGIC_PATCH, strlen(GOPS_STRATEGIC_PATCH)))
        return apply_order(m, patch, out);
    const gitops_value *retained =
        gops_value_member(patch, GOPS_STRATEGIC_RETAIN, strlen(GOPS_STRATEGIC_RETAIN));
    if (retained && retained->type != GITOPS_VALUE_LIST)
        return gops_strategic_fail(m, retained, "$retainKeys must be a list");
    return apply_members(m, place, from, patch, retained, out);
}
