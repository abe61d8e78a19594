/*
 * sequence: diff3 over elements. Base is aligned with desired and with live; elements that all
 * three have are stable, and what lies between two of them is a hunk. The three sides of a hunk are
 * one leaf of the truth table: an empty side is absent.
 */
#include "diff/sequence.h"

#include <string.h>

#include "diff/equal.h"
#include "diff/normal.h"

typedef struct hunk {
    uint32_t from[GOPS_SIDES], to[GOPS_SIDES];
} hunk;

typedef struct merge3 {
    gops_triwalk *walk;
    const gops_schema_place *place;
    gops_sides s;
    gitops_value written[GOPS_SIDES]; /* the lists as they would be written: what is compared */
    uint32_t *match[GOPS_SIDES];      /* of base with desired and with live */
    gops_normal_origins *origins;     /* of live's elements */
    const gitops_value *normal;       /* what the target made of base's elements; or NULL */
    gitops_value *merged, *base;      /* being filled; room for all elements */
    uint32_t merged_count, base_count;
} merge3;

static const gitops_value *items_of(const merge3 *m, int side)
{
    return m->s.of[side]->as.children;
}

static int same_item(const merge3 *m, int a, uint32_t i, int b, uint32_t j)
{
    return gops_value_same(&m->written[a].as.children[i], &m->written[b].as.children[j]);
}

static int same_range(const merge3 *m, const hunk *h, int a, int b)
{
    uint32_t count = h->to[a] - h->from[a];
    if (count != h->to[b] - h->from[b])
        return 0;
    for (uint32_t i = 0; i < count; i++)
        if (!same_item(m, a, h->from[a] + i, b, h->from[b] + i))
            return 0;
    return 1;
}

/* An element of desired as it is written; what is ignored in it comes from live's at its place. */
static const gitops_value *written_item(merge3 *m, const hunk *h, uint32_t i)
{
    gops_schema_place below;
    uint32_t in_live = h->from[GOPS_LIVE] + (i - h->from[GOPS_DESIRED]);
    const gitops_value *item = &items_of(m, GOPS_DESIRED)[i];
    gops_schema_element(m->place, i, item, &below);
    return gops_materialise_child(
        m->walk, &below, item,
        in_live < h->to[GOPS_LIVE] ? &items_of(m, GOPS_LIVE)[in_live] : NULL, m->s.of[GOPS_LIVE]);
}

static void append_merged(merge3 *m, const hunk *h, int side)
{
    for (uint32_t i = h->from[side]; i < h->to[side]; i++)
        m->merged[m->merged_count++] =
            side == GOPS_DESIRED ? *written_item(m, h, i) : items_of(m, side)[i];
}

static void append_base(merge3 *m, const hunk *h, int side)
{
    for (uint32_t i = h->from[side]; i < h->to[side]; i++)
        m->base[m->base_count++] = items_of(m, side)[i];
}

/* The side by whose places the elements of a hunk are named. */
static int shown_side(const hunk *h)
{
    if (h->to[GOPS_DESIRED] > h->from[GOPS_DESIRED])
        return GOPS_DESIRED;
    return h->to[GOPS_LIVE] > h->from[GOPS_LIVE] ? GOPS_LIVE : GOPS_BASE;
}

/* The elements of a side of a hunk as a list; NULL: it has none, or there is no memory. */
static const gitops_value *slice(const merge3 *m, const hunk *h, int side)
{
    uint32_t count = h->to[side] - h->from[side];
    if (count == 0)
        return NULL;
    const gitops_value *first = items_of(m, side) + h->from[side];
    gitops_value *items = gops_triwalk_values(m->walk, &m->walk->scratch, count);
    gitops_value *node = gops_triwalk_node(m->walk, &m->walk->scratch, first);
    if (!items || !node)
        return NULL;
    memcpy(items, first, count * sizeof *items);
    gops_value_set_list(node, items, count);
    return node;
}

/* A hunk is decided as one: who is asked sees its elements as lists, at the place of the first. */
static gops_decision decide_hunk(const merge3 *m, const hunk *h, gops_row row)
{
    gops_sides raw = {{NULL, NULL, NULL}};
    for (int side = 0; side < GOPS_SIDES && gops_row_rule_of(row)->conflict; side++)
        raw.of[side] = slice(m, h, side);
    size_t length = gops_triwalk_enter_index(m->walk, h->from[shown_side(h)]);
    gops_decision decision = gops_triwalk_decide(m->walk, m->place, row, &raw);
    gops_triwalk_leave(m->walk, length);
    return decision;
}

/* One record for each element of the longest side, all of the hunk's row. */
static void record_hunk(const merge3 *m, const hunk *h, gops_row row, gops_decision decision)
{
    gops_schema_place below;
    uint32_t longest = 0;
    int shown = shown_side(h);
    int writes = decision.action == GOPS_ACTION_ADD || decision.action == GOPS_ACTION_REPLACE;
    for (int side = 0; side < GOPS_SIDES; side++)
        if (h->to[side] - h->from[side] > longest)
            longest = h->to[side] - h->from[side];
    for (uint32_t i = 0; i < longest && m->walk->status == 0; i++) {
        gops_sides raw;
        for (int side = 0; side < GOPS_SIDES; side++)
            raw.of[side] =
                h->from[side] + i < h->to[side] ? &items_of(m, side)[h->from[side] + i] : NULL;
        const gitops_value *left = decision.action == GOPS_ACTION_REMOVE ? NULL : raw.of[GOPS_LIVE];
        size_t length = gops_triwalk_enter_index(m->walk, h->from[shown] + i);
        gops_schema_element(m->place, h->from[shown] + i, raw.of[shown], &below);
        gops_triwalk_record(m->walk, &below, row, decision, &raw,
                            writes ? raw.of[GOPS_DESIRED] : left);
        gops_triwalk_leave(m->walk, length);
    }
}

/* 1 when the target has not one of the elements, because it dropped them when they were sent. */
static int is_dropped(const merge3 *m, const hunk *h)
{
    if (!m->normal || h->to[GOPS_BASE] == h->from[GOPS_BASE] ||
        h->to[GOPS_LIVE] > h->from[GOPS_LIVE] || !same_range(m, h, GOPS_BASE, GOPS_DESIRED))
        return 0;
    for (uint32_t i = h->from[GOPS_BASE]; i < h->to[GOPS_BASE]; i++)
        if (m->normal->as.children[i].type != GITOPS_VALUE_NULL)
            return 0;
    return 1;
}

/*
 * What a policy kept of live is not base either where it is adopted: the hunk would fall apart, and
 * the parts that Git does not have would go.
 */
static void merge_hunk(merge3 *m, const hunk *h)
{
    if (is_dropped(m, h)) {
        append_base(m, h, GOPS_DESIRED);
        return;
    }
    gops_row row = gops_row_find(
        h->to[GOPS_BASE] > h->from[GOPS_BASE], h->to[GOPS_DESIRED] > h->from[GOPS_DESIRED],
        h->to[GOPS_LIVE] > h->from[GOPS_LIVE], same_range(m, h, GOPS_BASE, GOPS_DESIRED),
        same_range(m, h, GOPS_BASE, GOPS_LIVE), same_range(m, h, GOPS_DESIRED, GOPS_LIVE));
    gops_decision decision = decide_hunk(m, h, row);
    gops_action action = decision.action;
    int side = action == GOPS_ACTION_NONE || action == GOPS_ACTION_KEEP ? GOPS_LIVE : GOPS_DESIRED;
    append_merged(m, h, side);
    if (action != gops_row_rule_of(row)->action)
        gops_triwalk_keep(m->walk, row, decision.policy);
    append_base(m, h, action == gops_row_rule_of(row)->action ? GOPS_DESIRED : GOPS_BASE);
    record_hunk(m, h, row, decision);
}

static void merge_hunks(merge3 *m)
{
    hunk h = {{0, 0, 0}, {0, 0, 0}};
    uint32_t count = m->s.of[GOPS_BASE]->count;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t in_desired = m->match[GOPS_DESIRED][i], in_live = m->match[GOPS_LIVE][i];
        if (in_desired == GOPS_UNMATCHED || in_live == GOPS_UNMATCHED)
            continue;
        hunk before = {{h.from[GOPS_BASE], h.from[GOPS_DESIRED], h.from[GOPS_LIVE]},
                       {i, in_desired, in_live}};
        hunk stable = {{i, in_desired, in_live}, {i + 1, in_desired + 1, in_live + 1}};
        merge_hunk(m, &before);
        append_merged(m, &stable, GOPS_LIVE);
        append_base(m, &stable, GOPS_DESIRED);
        for (int side = 0; side < GOPS_SIDES; side++)
            h.from[side] = stable.to[side];
    }
    for (int side = 0; side < GOPS_SIDES; side++)
        h.to[side] = m->s.of[side]->count;
    merge_hunk(m, &h);
}

static void write_items(merge3 *m, int side)
{
    gops_schema_place below;
    const gitops_value *list = m->s.of[side];
    gitops_value *items = gops_triwalk_values(m->walk, m->walk->merged, list->count);
    for (uint32_t i = 0; items && i < list->count; i++) {
        const gitops_value *item = &list->as.children[i];
        if (side == GOPS_LIVE)
            item = gops_normal_origin(m->origins, item);
        gops_schema_element(m->place, i, item, &below);
        items[i] = *gops_materialise(m->walk, &below, item, NULL);
    }
    m->written[side] = *list;
    m->written[side].as.children = items;
}

static int prepare(merge3 *m)
{
    gops_triwalk *walk = m->walk;
    const gitops_value *base = m->s.of[GOPS_BASE];
    size_t room = 0;
    m->origins = gops_normal_origins_new(walk, &m->s);
    m->normal = gops_normal_list(walk, base);
    for (int side = 0; side < GOPS_SIDES; side++) {
        room += m->s.of[side]->count;
        write_items(m, side);
    }
    m->merged = gops_triwalk_values(walk, walk->merged, room);
    m->base = gops_triwalk_values(walk, walk->base, room);
    for (int side = GOPS_DESIRED; side < GOPS_SIDES; side++) {
        m->match[side] = gops_triwalk_scratch(walk, base->count, sizeof **m->match);
        if (walk->status < 0 || gops_sequence_align(walk->context, &m->written[GOPS_BASE],
                                                    &m->written[side], m->match[side]) < 0)
            walk->status = GITOPS_ENOMEM;
    }
    return walk->status == 0;
}

/* 1 when some element is ignored: then there are no lines to merge, but one value. */
static int has_ignored(const gops_schema_place *place, const gops_sides *s)
{
    gops_schema_place below;
    for (int side = 0; side < GOPS_SIDES; side++)
        for (uint32_t i = 0; place->rules && i < s->of[side]->count; i++) {
            gops_schema_element(place, i, &s->of[side]->as.children[i], &below);
            if (below.ignored)
                return 1;
        }
    return 0;
}

/* Hunks are of elements that are the same; one value to the schema are also others, as in a leaf. */
static int is_respelled(gops_triwalk *walk, const gops_schema_place *place, const gops_sides *s)
{
    const gitops_value *desired = s->of[GOPS_DESIRED], *live = s->of[GOPS_LIVE];
    return !gops_value_same(desired, live) &&
           gops_deep_equal(walk, place, desired, live, s->of[GOPS_BASE], 1);
}

gops_outcome gops_merge_sequence(gops_triwalk *walk, const gops_schema_place *place,
                                 const gops_sides *raw, const gops_sides *s)
{
    merge3 m = {.walk = walk, .place = place, .s = *s};
    gops_outcome out = {raw->of[GOPS_LIVE], raw->of[GOPS_DESIRED]};
    if (walk->mode != GOPS_TRIWALK_MERGE || !s->of[GOPS_BASE] || !s->of[GOPS_DESIRED] ||
        !s->of[GOPS_LIVE] || has_ignored(place, s) || is_respelled(walk, place, s))
        return gops_merge_leaf(walk, place, raw, s);
    if (!prepare(&m))
        return out;
    merge_hunks(&m);
    gitops_value *merged = gops_triwalk_node(walk, walk->merged, raw->of[GOPS_DESIRED]);
    gitops_value *base = gops_triwalk_node(walk, walk->base, raw->of[GOPS_DESIRED]);
    if (!merged || !base)
        return out;
    gops_value_set_list(merged, m.merged, m.merged_count);
    gops_value_set_list(base, m.base, m.base_count);
    if (!gops_value_same(merged, s->of[GOPS_LIVE]))
        out.merged = merged;
    out.base = base;
    return out;
}
