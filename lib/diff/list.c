/*
 * list: lists whose elements are found by keys or by value. The elements of the three sides are
 * joined into items, each item is merged like a member of a map, and the items are put in order.
 */
#include <string.h>

#include "diff/equal.h"
#include "diff/join.h"
#include "diff/normal.h"
#include "diff/order.h"
#include "diff/sequence.h"
#include "diff/spare.h"
#include "diff/triwalk.h"

/* A member of a set is there or not; its value is its identity. */
static gops_outcome merge_member(gops_triwalk *walk, const gops_schema_place *place,
                                 const gops_sides *raw)
{
    if (gops_triwalk_leaves(walk, place)) {
        gops_outcome as_is = {walk->mode == GOPS_TRIWALK_PROJECT ? NULL : raw->of[GOPS_LIVE],
                              raw->of[GOPS_DESIRED]};
        return as_is;
    }
    if (!raw->of[GOPS_BASE] && !raw->of[GOPS_DESIRED] && walk->spares)
        return (gops_outcome){gops_spare_rest(walk, place, raw->of[GOPS_LIVE]), NULL};
    if (!raw->of[GOPS_BASE] && !raw->of[GOPS_DESIRED])
        return gops_unowned(walk, raw);
    if (raw->of[GOPS_BASE] && raw->of[GOPS_DESIRED] && !raw->of[GOPS_LIVE] &&
        walk->normal.known && !walk->normal.value)
        return (gops_outcome){NULL, raw->of[GOPS_DESIRED]}; /* the target has no such member */
    gops_row row = gops_row_find(raw->of[GOPS_BASE] != NULL, raw->of[GOPS_DESIRED] != NULL,
                                 raw->of[GOPS_LIVE] != NULL, 1, 1, 1);
    return gops_settle(walk, place, row, raw);
}

/* 1 when the three sides of an item are one content: a walk for differences finds none in it. */
static int is_unchanged(const gops_triwalk *walk, const gops_item *item)
{
    return item->repeated == GOPS_SIDES - 1 &&
           (walk->mode == GOPS_TRIWALK_MERGE || walk->mode == GOPS_TRIWALK_COMPARE);
}

static void merge_items(gops_triwalk *walk, const gops_schema_place *place, gops_join *join)
{
    gops_schema_place below;
    int alike = gops_schema_elements_are_alike(place);
    const gops_normal_items *normal = join->keys ? gops_normal_items_new(walk, join->keys)
                                                 : gops_normal_members_new(walk, join->base);
    for (uint32_t i = 0; i < join->count && walk->status == 0; i++) {
        gops_item *item = &join->items[i];
        if (i == 0 || !alike)
            gops_schema_element(place, item->index, gops_leading(&item->raw), &below);
        item->ignored = (uint8_t)gops_triwalk_leaves(walk, &below);
        if (is_unchanged(walk, item)) {
            item->out = (gops_outcome){item->raw.of[GOPS_LIVE], item->raw.of[GOPS_DESIRED]};
            continue;
        }
        gops_normal before = gops_normal_enter_item(walk, normal, &item->raw);
        size_t length = gops_triwalk_enter_index(walk, item->index);
        gops_named_element named = {walk->within, &below, join->keys, gops_leading(&item->raw),
                                    length, walk->path.length};
        walk->within = join->keys ? &named : walk->within;
        item->out = join->keys ? gops_merge_whole(walk, &below, &item->raw)
                               : merge_member(walk, &below, &item->raw);
        walk->within = named.outer;
        gops_triwalk_leave(walk, length);
        walk->normal = before;
        if (walk->mode != GOPS_TRIWALK_COMPARE)
            continue;
        if (walk->different)
            return;
        item->out.merged = item->raw.of[GOPS_LIVE]; /* nothing changes, so it is as it was */
    }
}

/* Items of one side that the merged list has, in that side's order; desired's that count, once. */
static uint32_t surviving(const gops_join *join, int side, uint32_t *out)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < join->length[side]; i++) {
        uint32_t item = join->of[side][i];
        int passed_over = side == GOPS_DESIRED &&
                          (join->items[item].index != i || join->items[item].ignored);
        if (join->items[item].out.merged && !passed_over)
            out[count++] = item;
    }
    return count;
}

static int is_shared(const gops_join *join, uint32_t item)
{
    const gops_item *it = &join->items[item];
    return it->raw.of[GOPS_DESIRED] && it->raw.of[GOPS_LIVE] && it->out.merged && !it->ignored;
}

/* Items that desired and live share (and base has, should it be asked for), in a side's order. */
static uint32_t shared_items(const gops_join *join, int side, int in_base, uint32_t *out)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < join->length[side]; i++) {
        uint32_t item = join->of[side][i];
        if (is_shared(join, item) && (!in_base || join->items[item].raw.of[GOPS_BASE]))
            out[count++] = item;
    }
    return count;
}

/* 1 when two sides have the shared items in one order. */
static int same_order(gops_triwalk *walk, const gops_join *join, int a, int b, int in_base)
{
    size_t size = join->length[a] * sizeof *join->of[a];
    if (join->length[a] == join->length[b] && memcmp(join->of[a], join->of[b], size) == 0)
        return 1;
    uint32_t *left = gops_triwalk_scratch(walk, join->length[a], sizeof *left);
    uint32_t *right = gops_triwalk_scratch(walk, join->length[b], sizeof *right);
    if (!left || !right)
        return 1;
    uint32_t left_count = shared_items(join, a, in_base, left);
    uint32_t right_count = shared_items(join, b, in_base, right);
    return left_count == right_count && memcmp(left, right, left_count * sizeof *left) == 0;
}

/*
 * Kubernetes gives a meaning to the order of few of its keyed lists; of lists that a host declared
 * nothing is known, so that their order counts.
 */
static int order_matters(const gops_triwalk *walk, const gops_schema_place *place,
                         const gops_join *join)
{
    static const char *const ordered[] = {"/env", "/containers", "/initContainers"};
    if (!join->keys)
        return 0;
    if (!place->type)
        return 1;
    for (size_t i = 0; i < sizeof ordered / sizeof ordered[0]; i++) {
        size_t length = strlen(ordered[i]);
        if (walk->path.length >= length &&
            memcmp(walk->path.data + walk->path.length - length, ordered[i], length) == 0)
            return 1;
    }
    return 0;
}

static gops_row order_row(gops_triwalk *walk, const gops_join *join)
{
    if (same_order(walk, join, GOPS_DESIRED, GOPS_LIVE, 0))
        return GOPS_ROW_IN_SYNC;
    if (same_order(walk, join, GOPS_DESIRED, GOPS_LIVE, 1))
        return GOPS_ROW_ADOPT_CONFLICT;
    if (same_order(walk, join, GOPS_BASE, GOPS_DESIRED, 1))
        return GOPS_ROW_DRIFT_MODIFIED;
    return same_order(walk, join, GOPS_BASE, GOPS_LIVE, 1) ? GOPS_ROW_GIT_MODIFY
                                                           : GOPS_ROW_MODIFY_CONFLICT;
}

/* The keys of the shared elements in a side's order: what a record shows of a reordered list. */
static const gitops_value *show_order(gops_triwalk *walk, const gops_join *join, int side,
                                      const gitops_value *list)
{
    uint32_t *items = gops_triwalk_scratch(walk, join->length[side], sizeof *items);
    if (!items || !list)
        return NULL;
    uint32_t count = shared_items(join, side, 0, items);
    gitops_value *keys = gops_triwalk_values(walk, &walk->scratch, count);
    gitops_value *node = gops_triwalk_node(walk, &walk->scratch, list);
    if (!keys || !node)
        return NULL;
    for (uint32_t i = 0; i < count; i++) {
        const gitops_value *element = join->items[items[i]].raw.of[side];
        const gitops_value *key = gops_join_identity(walk, join->keys, element);
        if (!key)
            return NULL;
        keys[i] = *key;
    }
    gops_value_set_list(node, keys, count);
    return node;
}

/* Records a change of order and returns what is done about it. */
static gops_action settle_order(gops_triwalk *walk, const gops_schema_place *place,
                                const gops_join *join, gops_row row, const gops_sides *s)
{
    gops_sides shown;
    for (int side = 0; side < GOPS_SIDES; side++)
        shown.of[side] = show_order(walk, join, side, s->of[side]);
    gops_decision decision = gops_triwalk_decide(walk, place, row, &shown);
    int replaces = decision.action == GOPS_ACTION_REPLACE;
    if (decision.action != gops_row_rule_of(row)->action)
        gops_triwalk_keep(walk, row, decision.policy);
    gops_triwalk_record(walk, place, row, decision, &shown,
                        shown.of[replaces ? GOPS_DESIRED : GOPS_LIVE]);
    return decision.action;
}

/* Puts the shared items of sequence (count items) into the order that a side has them in. */
static void permute(gops_triwalk *walk, const gops_join *join, int side, uint32_t *sequence,
                    uint32_t count)
{
    int in_base = side == GOPS_BASE;
    uint32_t *wanted = gops_triwalk_scratch(walk, join->length[side], sizeof *wanted);
    if (!wanted)
        return;
    uint32_t wanted_count = shared_items(join, side, in_base, wanted);
    for (uint32_t i = 0, next = 0; i < count && next < wanted_count; i++)
        if (is_shared(join, sequence[i]) &&
            (!in_base || join->items[sequence[i]].raw.of[GOPS_BASE]))
            sequence[i] = wanted[next++];
}

static const gitops_value *list_of(gops_triwalk *walk, const gops_join *join, const uint32_t *items,
                                   uint32_t count, int of_base, const gitops_value *like)
{
    gops_arena *arena = of_base ? walk->base : walk->merged;
    gitops_value *values = gops_triwalk_values(walk, arena, count);
    gitops_value *node = gops_triwalk_node(walk, arena, like);
    if (!values || !node)
        return NULL;
    for (uint32_t i = 0; i < count; i++) {
        const gops_outcome *out = &join->items[items[i]].out;
        values[i] = of_base ? *out->base : *out->merged;
    }
    gops_value_set_list(node, values, count);
    return node;
}

/*
 * Elements with the same keys are told apart by their order alone, so that has to stay: one that
 * comes before an earlier one of its kind waits for it and then follows it. It is one that only live
 * has, as those of desired come in their order.
 */
static void order_duplicates(gops_triwalk *walk, const gops_join *join, uint32_t *items,
                             uint32_t count)
{
    uint32_t *next = gops_triwalk_scratch(walk, join->count, sizeof *next);
    uint8_t *waits = gops_triwalk_scratch(walk, join->count, sizeof *waits);
    uint32_t *given = gops_triwalk_scratch(walk, count, sizeof *given);
    if (!next || !waits || !given)
        return;
    for (uint32_t i = 0; i < join->count; i++)
        next[i] = i;
    memset(waits, 0, join->count);
    memcpy(given, items, count * sizeof *given);
    for (uint32_t i = 0, end = 0; i < count; i++) {
        uint32_t *due = &next[join->names[given[i]].first];
        waits[given[i]] = 1;
        while (*due < join->count && (waits[*due] || !join->items[*due].out.merged)) {
            if (waits[*due])
                items[end++] = *due;
            uint32_t after = join->names[*due].next;
            *due = after == *due ? join->count : after;
        }
    }
}

static const gitops_value *merged_list(gops_triwalk *walk, const gops_join *join,
                                       const gops_sides *raw, int keep_order)
{
    const gitops_value *desired = raw->of[GOPS_DESIRED], *live = raw->of[GOPS_LIVE];
    size_t room = (size_t)join->length[GOPS_LIVE] + join->length[GOPS_DESIRED];
    uint32_t *left = gops_triwalk_scratch(walk, room, sizeof *left);
    uint32_t *right = gops_triwalk_scratch(walk, room, sizeof *right);
    uint32_t *out = gops_triwalk_scratch(walk, room, sizeof *out);
    if (!left || !right || !out)
        return NULL;
    uint32_t left_count = surviving(join, GOPS_LIVE, left);
    uint32_t right_count = 0;
    if (walk->mode == GOPS_TRIWALK_MERGE)
        right_count = surviving(join, GOPS_DESIRED, right);
    if (keep_order)
        permute(walk, join, GOPS_LIVE, right, right_count);
    int64_t count = gops_order_interleave(walk->context, join->count, left, left_count, right,
                                          right_count, out);
    if (count < 0)
        walk->status = GITOPS_ENOMEM;
    if (count < 0 || (count == 0 && (!desired || gops_triwalk_drops_empty(walk))))
        return NULL;
    if (join->has_duplicates)
        order_duplicates(walk, join, out, (uint32_t)count);
    return list_of(walk, join, out, (uint32_t)count, 0, desired ? desired : live);
}

/* The new base: desired's elements, then those that base had and a policy kept. */
static const gitops_value *base_list(gops_triwalk *walk, const gops_join *join,
                                     const gops_sides *raw, int keep_order)
{
    const gitops_value *desired = raw->of[GOPS_DESIRED];
    uint32_t *items = gops_triwalk_scratch(walk, join->count, sizeof *items), count = 0;
    if (!items)
        return NULL;
    for (uint32_t i = 0; i < join->count; i++)
        if (join->items[i].out.base)
            items[count++] = i;
    if (keep_order)
        permute(walk, join, GOPS_BASE, items, count);
    if (count == 0 && !desired)
        return NULL;
    return list_of(walk, join, items, count, 1, desired ? desired : raw->of[GOPS_BASE]);
}

/* Did an item come, go or change; did what we remember of one? */
static void find_changes(const gops_join *join, int *merged_changed, int *base_changed)
{
    for (uint32_t i = 0; i < join->count; i++) {
        const gops_item *item = &join->items[i];
        *merged_changed |= item->out.merged != item->raw.of[GOPS_LIVE];
        *base_changed |= item->out.base != item->raw.of[GOPS_DESIRED];
    }
}

static gops_outcome close_list(gops_triwalk *walk, const gops_schema_place *place, gops_join *join,
                               const gops_sides *raw, const gops_sides *s)
{
    gops_outcome out = {raw->of[GOPS_LIVE], raw->of[GOPS_DESIRED]};
    gops_action action = GOPS_ACTION_NONE;
    gops_row row = GOPS_ROW_IN_SYNC;
    int merged_changed = 0, base_changed = 0;
    find_changes(join, &merged_changed, &base_changed);
    if (walk->mode == GOPS_TRIWALK_MERGE && s->of[GOPS_DESIRED] && s->of[GOPS_LIVE] &&
        order_matters(walk, place, join))
        row = order_row(walk, join);
    if (row != GOPS_ROW_IN_SYNC)
        action = settle_order(walk, place, join, row, s);
    int kept = row != GOPS_ROW_IN_SYNC && action != GOPS_ACTION_REPLACE;
    if (merged_changed || action == GOPS_ACTION_REPLACE)
        out.merged = merged_list(walk, join, raw, kept);
    if (walk->mode == GOPS_TRIWALK_MERGE && (base_changed || (kept && s->of[GOPS_BASE])))
        out.base = base_list(walk, join, raw, kept);
    return out;
}

/* Joins by the first tuple without duplicates, else by the first that every element has. */
static int join_keyed(gops_triwalk *walk, const gops_schema_place *place, const gops_sides *s,
                      gops_join *join)
{
    const gops_list_keys *fallback = NULL;
    for (size_t i = 0; i < place->tuple_count && walk->status == 0; i++) {
        if (!gops_join_keyed(join, walk, &place->tuples[i], s))
            continue;
        if (!join->has_duplicates || place->tuple_count == 1)
            return 1;
        if (!fallback)
            fallback = &place->tuples[i];
    }
    return fallback && walk->status == 0 && gops_join_keyed(join, walk, fallback, s);
}

/* In a walk that makes a normal form: that of a set or sequence. */
static gops_outcome normal_of_members(gops_triwalk *walk, const gops_schema_place *place,
                                      const gops_sides *raw, const gops_sides *s)
{
    const gitops_value *base = s->of[GOPS_BASE], *live = s->of[GOPS_LIVE];
    gops_outcome out = {raw->of[GOPS_LIVE], raw->of[GOPS_DESIRED]};
    if (base && live && walk->pairs)
        out.merged = gops_normal_pair(walk, place->list == GOPS_LIST_SEQUENCE, base, live);
    else if (base && live)
        out.merged = gops_normal_carry(walk, base, live);
    return out;
}

gops_outcome gops_merge_list(gops_triwalk *walk, const gops_schema_place *place,
                             const gops_sides *raw, const gops_sides *s)
{
    gops_join join;
    if (place->list != GOPS_LIST_MAP && (walk->pairs || walk->mode == GOPS_TRIWALK_CARRY))
        return normal_of_members(walk, place, raw, s);
    if (place->list == GOPS_LIST_SEQUENCE)
        return gops_merge_sequence(walk, place, raw, s);
    int joined = place->list == GOPS_LIST_SET ? gops_join_set(&join, walk, place, s)
                                              : join_keyed(walk, place, s, &join);
    gops_outcome out = {NULL, NULL};
    if (walk->status < 0)
        return out;
    if (!joined) {
        if (walk->mode == GOPS_TRIWALK_MERGE)
            gops_log(walk->context, GITOPS_LOG_WARNING,
                     "%s is compared as a whole: some element has none of its keys",
                     walk->path.length ? walk->path.data : "the document");
        return gops_merge_leaf(walk, place, raw, s);
    }
    merge_items(walk, place, &join);
    if (walk->mode == GOPS_TRIWALK_COMPARE && !walk->different && order_matters(walk, place, &join))
        walk->different = !same_order(walk, &join, GOPS_DESIRED, GOPS_LIVE, 0);
    if (walk->mode == GOPS_TRIWALK_COMPARE || walk->status < 0)
        return out;
    return close_list(walk, place, &join, raw, s);
}
