/*
 * emit_order: a map is stored sorted by key bytes; people want to see first what an object is, and
 * may want the rest as they wrote it.
 */
#include "value/emit_order.h"

#include <stdlib.h>
#include <string.h>

enum { HEADS_MAX = 3 };

int gops_order_is_object(const gitops_value *value)
{
    return gops_value_is(gops_value_member(value, "apiVersion", 10), GITOPS_VALUE_STRING) &&
           gops_value_is(gops_value_member(value, "kind", 4), GITOPS_VALUE_STRING);
}

/* The members that come first. Returns how many there are. */
static uint32_t find_heads(const gitops_value *map, int is_metadata,
                           const gitops_value *heads[HEADS_MAX])
{
    static const char *const of_object[] = {"apiVersion", "kind", "metadata", NULL};
    static const char *const of_metadata[] = {"name", "namespace", NULL};
    static const char *const none[] = {NULL};
    const char *const *names = is_metadata                 ? of_metadata
                               : gops_order_is_object(map) ? of_object
                                                           : none;
    uint32_t count = 0;
    for (; *names; names++) {
        const gitops_value *member = gops_value_member(map, *names, strlen(*names));
        if (member)
            heads[count++] = member;
    }
    return count;
}

static int is_head(const gitops_value *member, const gitops_value *const *heads, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (heads[i] == member)
            return 1;
    return 0;
}

/* Members without a place in a text, and those of one place, stay in the order of their keys. */
static int compare_places(const void *left, const void *right)
{
    const gitops_value *a = *(const gitops_value *const *)left;
    const gitops_value *b = *(const gitops_value *const *)right;
    if (gops_value_before(a, b))
        return -1;
    if (gops_value_before(b, a))
        return 1;
    return a < b ? -1 : a > b;
}

int gops_order_members(gitops_context *context, const gitops_value *map, int is_metadata,
                       int32_t order, const gitops_value ***out)
{
    const gitops_value *heads[HEADS_MAX];
    uint32_t head_count = find_heads(map, is_metadata, heads), count = head_count;
    *out = NULL;
    if (head_count == 0 && order != GITOPS_ORDER_SOURCE)
        return 0;
    const gitops_value **members = gops_calloc(context, map->count, sizeof *members);
    if (!members)
        return GITOPS_ENOMEM;
    memcpy(members, heads, head_count * sizeof *heads);
    for (uint32_t i = 0; i < map->count; i++)
        if (!is_head(&map->as.children[i], heads, head_count))
            members[count++] = &map->as.children[i];
    if (order == GITOPS_ORDER_SOURCE)
        qsort(members + head_count, count - head_count, sizeof *members, compare_places);
    *out = members;
    return 0;
}
