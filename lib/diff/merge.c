/*
 * merge: one step of the walk. A place is a leaf, a map, a list, or a whole: something that comes
 * and goes as one (the document, an element found by its keys, a struct), whose leaves then share
 * one row of the truth table. Recursion goes as deep as the documents, which the reader bounds.
 */
#include <string.h>

#include "diff/equal.h"
#include "diff/kubernetes.h"
#include "diff/members.h"
#include "diff/normal.h"
#include "diff/spare.h"
#include "diff/triwalk.h"

static const gops_outcome nothing;

gops_outcome gops_unowned(const gops_triwalk *walk, const gops_sides *raw)
{
    gops_outcome out = {walk->mode == GOPS_TRIWALK_PROJECT ? NULL : raw->of[GOPS_LIVE], NULL};
    return out;
}

/*
 * In a whole each leaf that desired states, or that goes, does what the whole does. One that is
 * stated has the row of the whole; one that goes has its own, which says whether it had drifted.
 */
static gops_row row_in_whole(const gops_triwalk *walk, gops_row row, gops_row *decides)
{
    gops_action own = (gops_action)gops_row_rule_of(row)->action;
    *decides = walk->forced && own != GOPS_ACTION_NONE ? walk->forced : row;
    return own == GOPS_ACTION_REMOVE ? row : *decides;
}

/* Desired as it is written over live; where there is nothing, with what rules ignore in it. */
static const gitops_value *write_leaf(gops_triwalk *walk, const gops_schema_place *place,
                                      const gops_sides *raw, gops_action action)
{
    int makes = walk->makes;
    walk->makes |= action == GOPS_ACTION_ADD;
    const gitops_value *written =
        gops_materialise(walk, place, raw->of[GOPS_DESIRED], raw->of[GOPS_LIVE]);
    walk->makes = makes;
    return written;
}

/* Never written, also not with the whole that comes: as if it were not stated. */
static int is_held_back(const gops_triwalk *walk, const gops_schema_place *place)
{
    return walk->makes && !walk->as_server &&
           (place->policy.mode == GITOPS_MODE_OBSERVE ||
            place->policy.mode == GITOPS_MODE_ALERT);
}

int gops_triwalk_keep(gops_triwalk *walk, gops_row row, gops_policy policy)
{
    const gops_row_rule *rule = gops_row_rule_of(row);
    int adopts = policy.mode == GITOPS_MODE_ADOPT && rule->action == GOPS_ACTION_REPLACE;
    walk->adopts |= adopts;
    walk->keeps = 1;
    walk->tells |= gops_row_tells(rule, policy);
    return adopts ? GOPS_LIVE : GOPS_BASE;
}

/* Merged member by member? Then a type change or a question about a whole asks leaf by leaf. */
static int is_granular(const gops_schema_place *place, const gitops_value *value)
{
    if (gops_value_is(value, GITOPS_VALUE_MAP))
        return place->map != GOPS_MAP_ATOMIC;
    return gops_value_is(value, GITOPS_VALUE_LIST) && place->list != GOPS_LIST_ATOMIC;
}

static int is_sequence(const gops_schema_place *place, const gitops_value *value)
{
    return place->list == GOPS_LIST_SEQUENCE && gops_value_is(value, GITOPS_VALUE_LIST);
}

/*
 * What base becomes where a policy kept live's value. For a container that is a leaf because of what
 * base is, base stays: with live in its place the next diff would go on below, where other policies
 * may hold, and which would take from a sequence what Git does not have.
 */
static const gitops_value *kept_base(gops_triwalk *walk, const gops_schema_place *place,
                                     gops_row row, gops_policy policy, const gops_sides *raw)
{
    const gitops_value *base = raw->of[GOPS_BASE], *live = raw->of[GOPS_LIVE];
    int side = gops_triwalk_keep(walk, row, policy);
    if (side == GOPS_LIVE && is_granular(place, live) && (base || is_sequence(place, live)))
        return base;
    return raw->of[side];
}

/* Left to others, who own it too: the new base, which a server is told of, lacks it. */
static int is_given_up(const gops_triwalk *walk, const gops_schema_place *place,
                       const gops_sides *raw)
{
    return walk->for_server && !raw->of[GOPS_DESIRED] && !place->ignored && walk->normal.known &&
           !walk->normal.value;
}

GOPS_OFF_PATH gops_outcome gops_settle(gops_triwalk *walk, const gops_schema_place *place,
                                       gops_row row, const gops_sides *raw)
{
    gops_outcome out = {raw->of[GOPS_LIVE], raw->of[GOPS_DESIRED]};
    if (walk->mode != GOPS_TRIWALK_MERGE) {
        walk->different |= gops_row_rule_of(row)->action != GOPS_ACTION_NONE;
        if (is_given_up(walk, place, raw))
            out.merged = NULL;
        return out;
    }
    gops_row decides;
    row = row_in_whole(walk, row, &decides);
    walk->forced_met |= row == walk->forced;
    gops_decision decision = gops_triwalk_decide(walk, place, decides, raw);
    if (decision.action == GOPS_ACTION_ADD && is_held_back(walk, place)) {
        walk->holds_back = 1;
        out.base = raw->of[GOPS_BASE];
        decision.action = GOPS_ACTION_KEEP;
        gops_triwalk_record(walk, place, row, decision, raw, NULL);
        return out;
    }
    if (decision.action == GOPS_ACTION_REMOVE && gops_spare_keeps(walk, place, row)) {
        decision.action = GOPS_ACTION_KEEP; /* it is given up, and stays theirs */
        gops_triwalk_record(walk, place, row, decision, raw, out.merged);
        return out;
    }
    if (decision.action == GOPS_ACTION_ADD || decision.action == GOPS_ACTION_REPLACE)
        out.merged = write_leaf(walk, place, raw, decision.action);
    else if (decision.action == GOPS_ACTION_REMOVE)
        out.merged = NULL;
    if (decision.action != gops_row_rule_of(decides)->action)
        out.base = kept_base(walk, place, decides, decision.policy, raw);
    gops_triwalk_record(walk, place, row, decision, raw, out.merged);
    return out;
}

int gops_covers(gops_triwalk *walk, const gops_schema_place *place, const gitops_value *own,
                const gitops_value *live)
{
    gops_triwalk_mode mode = walk->mode;
    int different = walk->different;
    gops_sides sides = {{own, own, live}};
    walk->mode = GOPS_TRIWALK_COMPARE;
    walk->different = 0;
    gops_merge_node(walk, place, &sides);
    int covers = !walk->different;
    walk->mode = mode;
    walk->different = different;
    return covers;
}

static int leaf_equal(gops_triwalk *walk, const gops_schema_place *place, const gitops_value *a,
                      const gitops_value *b, const gitops_value *third, int b_is_live)
{
    if (!a || !b)
        return 0;
    if (gops_value_same(a, b))
        return 1;
    if (walk->mode == GOPS_TRIWALK_MERGE && a->type == b->type && is_granular(place, a))
        return gops_covers(walk, place, a, b) && (b_is_live || gops_covers(walk, place, b, a));
    return gops_deep_equal(walk, place, a, b, third, b_is_live);
}

/* The values themselves: what the target makes of one does not count, as between base and live. */
static int same_leaf(gops_triwalk *walk, const gops_schema_place *place, const gitops_value *a,
                     const gitops_value *b, const gitops_value *third, int b_is_live)
{
    gops_normal normal = walk->normal;
    walk->normal.known = 0;
    int same = leaf_equal(walk, place, a, b, third, b_is_live);
    walk->normal = normal;
    return same;
}

/* Live is what the target made of base: to us the two are one value. */
static int is_normal(gops_triwalk *walk, const gops_schema_place *place, const gitops_value *live)
{
    return walk->normal.known && same_leaf(walk, place, walk->normal.value, live, NULL, 1);
}

GOPS_OFF_PATH gops_outcome gops_merge_leaf(gops_triwalk *walk, const gops_schema_place *place,
                                           const gops_sides *raw, const gops_sides *s)
{
    const gitops_value *base = s->of[GOPS_BASE], *desired = s->of[GOPS_DESIRED];
    const gitops_value *live = s->of[GOPS_LIVE];
    int stays = same_leaf(walk, place, base, desired, NULL, 0);
    int is_base = base && is_normal(walk, place, live);
    gops_row row =
        gops_row_find(base != NULL, desired != NULL, live != NULL, stays,
                      is_base || leaf_equal(walk, place, base, live, desired, 1),
                      (stays && is_base) || same_leaf(walk, place, desired, live, base, 1));
    return gops_settle(walk, place, row, raw);
}

/* A null that means "must be absent": rows N1 to N3. */
GOPS_OFF_PATH static gops_outcome merge_null(gops_triwalk *walk, const gops_schema_place *place,
                                             const gops_sides *raw, const gops_sides *s)
{
    const gitops_value *base = s->of[GOPS_BASE], *live = s->of[GOPS_LIVE];
    gops_row row = GOPS_ROW_IN_SYNC;
    if (live)
        row = !base || leaf_equal(walk, place, base, live, NULL, 1) ? GOPS_ROW_NULL_REMOVE
                                                                    : GOPS_ROW_NULL_REMOVE_DRIFTED;
    else if (base)
        row = GOPS_ROW_ALREADY_GONE;
    return gops_settle(walk, place, row, raw);
}

/* Keys of live that desired lacks, in a map whose keys exclude each other. */
GOPS_OFF_PATH static void drop_unstated(gops_triwalk *walk, const gops_schema_place *place,
                                        const gops_sides *s, size_t mark)
{
    gops_members join;
    gops_schema_place below;
    gops_sides member;
    size_t i = mark;
    gops_members_begin(&join, s->of);
    for (const gitops_value *key; (key = gops_members_next(&join, member.of)) != NULL; i++) {
        if (member.of[GOPS_BASE] || member.of[GOPS_DESIRED] || !walk->stack[i].merged)
            continue;
        gops_schema_member(place, key->key, key->key_length, key, &below);
        if (below.ignored)
            continue;
        size_t length = gops_triwalk_enter(walk, key->key, key->key_length);
        walk->stack[i] = gops_settle(walk, &below, GOPS_ROW_NULL_REMOVE, &member);
        gops_triwalk_leave(walk, length);
    }
}

/* A map of the merged (or base) values of the answers above mark; NULL when there are none. */
static const gitops_value *map_of(gops_triwalk *walk, size_t mark, int of_base,
                                  const gitops_value *like)
{
    uint32_t count = 0;
    gops_arena *arena = of_base ? walk->base : walk->merged;
    gitops_value *members = gops_triwalk_values(walk, arena, walk->stack_count - mark);
    gitops_value *node = gops_triwalk_node(walk, arena, like);
    if (!members || !node)
        return NULL;
    for (size_t i = mark; i < walk->stack_count; i++) {
        const gops_outcome *out = &walk->stack[i];
        const gitops_value *member = of_base ? out->base : out->merged;
        if (member)
            members[count++] = *member;
    }
    gops_value_set_map(node, members, count);
    return node;
}

/* 1 for a container without members; a null that means absent is none. */
static int holds_nothing(const gops_triwalk *walk, const gitops_value *value)
{
    if (value->count > 0 && (value->type != GITOPS_VALUE_MAP || !walk->null_is_absent))
        return 0;
    for (uint32_t i = 0; i < value->count; i++)
        if (value->as.children[i].type != GITOPS_VALUE_NULL)
            return 0;
    return 1;
}

/* What is left of a map: NULL when it went with its last member. */
GOPS_OFF_PATH static gops_outcome close_map(gops_triwalk *walk, const gops_sides *raw, size_t mark,
                                            int merged_changed, int base_changed)
{
    const gitops_value *desired = raw->of[GOPS_DESIRED], *live = raw->of[GOPS_LIVE];
    gops_outcome out = {live, desired};
    if (merged_changed) {
        out.merged = map_of(walk, mark, 0, desired ? desired : live);
        if (out.merged && holds_nothing(walk, out.merged) &&
            (!desired || gops_triwalk_drops_empty(walk)))
            out.merged = NULL;
    }
    if (base_changed && walk->mode == GOPS_TRIWALK_MERGE) {
        out.base = map_of(walk, mark, 1, desired ? desired : raw->of[GOPS_BASE]);
        if (out.base && out.base->count == 0 && !desired)
            out.base = NULL;
    }
    return out;
}

/* A member of a map; what Git has under another name is remembered under that one only. */
static gops_outcome merge_member(gops_triwalk *walk, const gops_schema_place *place,
                                 const gops_sides *map, const gops_sides *member)
{
    gops_sides own = *member;
    int is_borrowed = gops_object_borrow(walk, map, &own);
    gops_normal before = gops_normal_enter(walk, gops_leading(member)->key,
                                           gops_leading(member)->key_length);
    gops_outcome out = gops_merge_node(walk, place, &own);
    walk->normal = before;
    if (is_borrowed && out.base == own.of[GOPS_DESIRED])
        out.base = member->of[GOPS_DESIRED];
    return out;
}

static gops_outcome merge_map(gops_triwalk *walk, const gops_schema_place *place,
                              const gops_sides *raw, const gops_sides *s)
{
    gops_members join;
    gops_schema_place below;
    gops_sides member;
    size_t mark = walk->stack_count;
    int merged_changed = 0, base_changed = 0;
    gops_members_begin(&join, s->of);
    for (const gitops_value *key; (key = gops_members_next(&join, member.of)) != NULL;) {
        size_t length = gops_triwalk_enter(walk, key->key, key->key_length);
        gops_schema_member(place, key->key, key->key_length, gops_leading(&member), &below);
        gops_outcome out = merge_member(walk, &below, s, &member);
        gops_triwalk_leave(walk, length);
        gops_triwalk_push(walk, out);
        if (walk->status < 0 || (walk->mode == GOPS_TRIWALK_COMPARE && walk->different))
            break;
        merged_changed |= out.merged != member.of[GOPS_LIVE];
        base_changed |= out.base != member.of[GOPS_DESIRED];
    }
    gops_outcome out = nothing;
    if (walk->status == 0 && walk->mode != GOPS_TRIWALK_COMPARE) {
        if (merged_changed && place->map == GOPS_MAP_RETAIN_KEYS && s->of[GOPS_DESIRED] &&
            walk->mode == GOPS_TRIWALK_MERGE)
            drop_unstated(walk, place, s, mark);
        out = close_map(walk, raw, mark, merged_changed, base_changed);
    }
    walk->stack_count = mark;
    return out;
}

/* 1 when every side that is there is of one type. */
static int all_are(const gops_sides *s, int32_t type)
{
    for (int side = 0; side < GOPS_SIDES; side++)
        if (s->of[side] && s->of[side]->type != type)
            return 0;
    return 1;
}

static int has_children(const gitops_value *value)
{
    return value && value->type >= GITOPS_VALUE_LIST && value->count > 0;
}

/* 1 when the walk goes on below; an empty container that nobody else fills is a leaf. */
static int goes_below(const gops_triwalk *walk, const gops_schema_place *place,
                      const gops_sides *s)
{
    const gitops_value *base = s->of[GOPS_BASE], *desired = s->of[GOPS_DESIRED];
    const gitops_value *live = s->of[GOPS_LIVE];
    if (all_are(s, GITOPS_VALUE_MAP)
            ? place->map == GOPS_MAP_ATOMIC
            : !all_are(s, GITOPS_VALUE_LIST) || place->list == GOPS_LIST_ATOMIC)
        return 0;
    if (walk->for_server && place->patch_whole)
        return 0;
    if (desired && desired->count == 0 && !live)
        return 0;
    return has_children(base) || has_children(desired) || has_children(live);
}

static gops_outcome merge_below(gops_triwalk *walk, const gops_schema_place *place,
                                const gops_sides *raw, const gops_sides *s)
{
    if (!all_are(s, GITOPS_VALUE_MAP))
        return gops_merge_list(walk, place, raw, s);
    return merge_map(walk, place, raw, s);
}

/* The container that we no longer state and that holds nothing any more goes too. */
static gops_outcome merge_container(gops_triwalk *walk, const gops_schema_place *place,
                                    const gops_sides *raw, const gops_sides *s)
{
    gops_outcome out = merge_below(walk, place, raw, s);
    const gitops_value *live = s->of[GOPS_LIVE];
    if (!s->of[GOPS_DESIRED] && live && holds_nothing(walk, live))
        return gops_settle(walk, place, GOPS_ROW_GIT_REMOVE, raw);
    return out;
}

GOPS_OFF_PATH static gops_row row_of_whole(gops_triwalk *walk, const gops_schema_place *place,
                                           const gops_sides *s)
{
    const gitops_value *base = s->of[GOPS_BASE], *desired = s->of[GOPS_DESIRED];
    const gitops_value *live = s->of[GOPS_LIVE];
    return gops_row_find(base != NULL, desired != NULL, live != NULL,
                         same_leaf(walk, place, base, desired, NULL, 0),
                         leaf_equal(walk, place, base, live, NULL, 1), 0);
}

/* A document or an element exists although all its members turned out to be absent. */
GOPS_OFF_PATH static const gitops_value *empty_like(gops_triwalk *walk, const gitops_value *like)
{
    gitops_value *node = walk->status < 0 ? NULL : gops_triwalk_node(walk, walk->merged, like);
    if (node && like->type == GITOPS_VALUE_MAP)
        gops_value_set_map(node, NULL, 0);
    else if (node)
        gops_value_set_list(node, NULL, 0);
    return node;
}

/* A container that desired or live lacks, and that comes or goes as one. */
GOPS_OFF_PATH static gops_outcome merge_unit(gops_triwalk *walk, const gops_schema_place *place,
                                             const gops_sides *raw, const gops_sides *s, int whole)
{
    gops_row row = row_of_whole(walk, place, s);
    const gops_row_rule *rule = gops_row_rule_of(row);
    gops_decision decision = gops_triwalk_decide(walk, place, row, raw);
    gops_action action = decision.action;
    walk->forced_policy = decision.policy;
    walk->forced = row;
    walk->forced_met = walk->holds_back = 0;
    walk->makes = action == GOPS_ACTION_ADD;
    walk->removes = action == GOPS_ACTION_REMOVE && walk->path.length == 0;
    if (action == GOPS_ACTION_REMOVE && !walk->removes)
        gops_spare_begin(walk, place, s->of[GOPS_BASE]);
    gops_outcome out = merge_below(walk, place, raw, s);
    walk->forced = (gops_row)0;
    walk->makes = 0;
    walk->removes = 0;
    if (action == GOPS_ACTION_REMOVE)
        out.merged = walk->spares ? out.merged : NULL;
    else if (action != GOPS_ACTION_ADD)
        out.merged = raw->of[GOPS_LIVE];
    else if (!out.merged && whole)
        out.merged = empty_like(walk, s->of[GOPS_DESIRED]);
    if (action != rule->action || !walk->holds_back)
        out.base = raw->of[action == rule->action ? GOPS_DESIRED : GOPS_BASE];
    walk->spares = 0;
    if (rule->conflict && !walk->forced_met) /* all that drifted is what live lacks */
        gops_triwalk_record(walk, place, row, decision, raw, out.merged);
    return out;
}

static int is_unit(const gops_triwalk *walk, const gops_sides *s)
{
    return walk->mode == GOPS_TRIWALK_MERGE && !walk->forced &&
           (!s->of[GOPS_DESIRED] || !s->of[GOPS_LIVE]);
}

/* An object always has metadata: they go field by field, or the target's own would go along. */
static int is_metadata(const gops_triwalk *walk)
{
    return walk->kind != GOPS_OBJECT_PLAIN && walk->path.length &&
           strcmp(walk->path.data, "/metadata") == 0;
}

/* A struct without its required fields is worth nothing, so it comes and goes as one. */
static int is_struct(const gops_triwalk *walk, const gops_schema_place *place, const gops_sides *s)
{
    return (place->map == GOPS_MAP_STRUCT || place->map == GOPS_MAP_RETAIN_KEYS) &&
           all_are(s, GITOPS_VALUE_MAP) && !is_metadata(walk);
}

/* The node, once its sides are known to differ and to concern us. */
static gops_outcome merge_known(gops_triwalk *walk, const gops_schema_place *place,
                                const gops_sides *raw, int whole)
{
    gops_sides s = gops_fold_sides(walk, place, raw);
    if (walk->null_is_absent && gops_value_is(raw->of[GOPS_DESIRED], GITOPS_VALUE_NULL))
        return merge_null(walk, place, raw, &s);
    if (!s.of[GOPS_BASE] && !s.of[GOPS_DESIRED]) {
        gops_outcome out = gops_unowned(walk, raw);
        out.base = raw->of[GOPS_DESIRED];
        return out;
    }
    if (!goes_below(walk, place, &s))
        return gops_merge_leaf(walk, place, raw, &s);
    if (is_unit(walk, &s) && (whole || is_struct(walk, place, &s)))
        return merge_unit(walk, place, raw, &s, whole);
    if (whole && s.of[GOPS_DESIRED] && !s.of[GOPS_LIVE] && is_held_back(walk, place))
        return gops_settle(walk, place, row_of_whole(walk, place, &s), raw);
    walk->different |= whole && s.of[GOPS_DESIRED] && !s.of[GOPS_LIVE];
    gops_outcome out = merge_container(walk, place, raw, &s);
    if (whole && walk->makes && !out.merged && s.of[GOPS_DESIRED])
        out.merged = empty_like(walk, s.of[GOPS_DESIRED]);
    return out;
}

/* What is not ours stays, unless the whole document goes: then it goes along. */
static gops_outcome pass_unowned(gops_triwalk *walk, const gops_schema_place *place,
                                 const gops_sides *raw)
{
    static const gops_decision goes_along = {.action = GOPS_ACTION_REMOVE};
    if (walk->removes && raw->of[GOPS_LIVE] && !place->ignored && !gops_object_leaves(walk, raw))
        gops_triwalk_record(walk, place, GOPS_ROW_NULL_REMOVE, goes_along, raw, NULL);
    if (walk->spares)
        return (gops_outcome){gops_spare_rest(walk, place, raw->of[GOPS_LIVE]), NULL};
    return gops_unowned(walk, raw);
}

/* What is for the server to decide is told to it where Git says the same. */
static int is_told(const gops_triwalk *walk, const gops_schema_place *place, const gops_sides *raw)
{
    return walk->for_server && !place->ignored &&
           gops_value_same(raw->of[GOPS_DESIRED], raw->of[GOPS_LIVE]);
}

static gops_outcome merge_any(gops_triwalk *walk, const gops_schema_place *place,
                              const gops_sides *raw, int whole)
{
    if (!raw->of[GOPS_BASE] && !raw->of[GOPS_DESIRED])
        return pass_unowned(walk, place, raw);
    gops_outcome as_is = {raw->of[GOPS_LIVE], raw->of[GOPS_DESIRED]};
    int carries = walk->mode == GOPS_TRIWALK_CARRY;
    if (gops_triwalk_leaves(walk, place) || gops_object_leaves(walk, raw)) {
        if (carries || (walk->mode == GOPS_TRIWALK_PROJECT && !is_told(walk, place, raw)))
            as_is.merged = NULL;
        return as_is;
    }
    if (carries && gops_value_same(raw->of[GOPS_BASE], raw->of[GOPS_DESIRED])) {
        as_is.merged = gops_normal_carried(walk, raw->of[GOPS_DESIRED]);
        return as_is;
    }
    if (walk->mode != GOPS_TRIWALK_PROJECT &&
        gops_value_same(raw->of[GOPS_BASE], raw->of[GOPS_DESIRED]) &&
        gops_value_same(raw->of[GOPS_DESIRED], raw->of[GOPS_LIVE]))
        return as_is;
    if (walk->mode != GOPS_TRIWALK_PROJECT && gops_normal_holds(walk, place, raw))
        return as_is;
    return merge_known(walk, place, raw, whole);
}

gops_outcome gops_merge_node(gops_triwalk *walk, const gops_schema_place *place,
                             const gops_sides *raw)
{
    return merge_any(walk, place, raw, 0);
}

gops_outcome gops_merge_whole(gops_triwalk *walk, const gops_schema_place *place,
                              const gops_sides *raw)
{
    return merge_any(walk, place, raw, 1);
}
