/*
 * normal_list: the normal form of sets and sequences, whose members have no keys to be found by. It
 * is kept in the order of base: what the target made of a member stands at the member's place. A
 * small index, members sorted by digest, answers which list holds what.
 */
#include <stdlib.h>
#include <string.h>

#include "diff/equal.h"
#include "diff/normal.h"
#include "diff/sequence.h"

typedef struct member {
    gops_digest id;
    uint32_t place; /* in its list */
} member;

typedef struct index_of {
    member *members;
    uint32_t count;
} index_of;

struct gops_normal_origins {
    index_of made;      /* what the target made, with the places of what it was made of */
    const gitops_value *base;
    uint8_t *taken;     /* of made */
};

static int compare_members(const void *left, const void *right)
{
    const member *a = left, *b = right;
    int order = memcmp(a->id.bytes, b->id.bytes, sizeof a->id.bytes);
    return order ? order : (a->place > b->place) - (a->place < b->place);
}

/* list NULL: an empty one. After a failed allocation an index is empty, and the status is set. */
static index_of index_list(gops_triwalk *walk, const gitops_value *list)
{
    index_of index = {NULL, list ? list->count : 0};
    index.members = gops_triwalk_scratch(walk, (size_t)index.count + 1, sizeof *index.members);
    if (!index.members)
        index.count = 0;
    for (uint32_t i = 0; i < index.count; i++)
        index.members[i] = (member){gops_value_digest(&list->as.children[i]), i};
    if (index.count > 1)
        qsort(index.members, index.count, sizeof *index.members, compare_members);
    return index;
}

/* The number of the first member with a value; count: there is none. */
static uint32_t find(const index_of *index, const gitops_value *value)
{
    member wanted = {gops_value_digest(value), 0};
    uint32_t low = 0, high = index->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (compare_members(&index->members[middle], &wanted) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < index->count && gops_digest_equal(&index->members[low].id, &wanted.id)
               ? low
               : index->count;
}

static int holds(const index_of *index, const gitops_value *value)
{
    return find(index, value) < index->count;
}

const gitops_value *gops_normal_list(const gops_triwalk *walk, const gitops_value *base)
{
    const gitops_value *list = walk->normal.value;
    return walk->normal.known && base && gops_value_is(list, GITOPS_VALUE_LIST) &&
                   list->count == base->count
               ? list
               : NULL;
}

/* A list like another one with room for its members, all null yet; *items are these. */
static gitops_value *new_list(gops_triwalk *walk, const gitops_value *like, gitops_value **items)
{
    gitops_value *node = gops_triwalk_node(walk, walk->merged, like);
    *items = gops_triwalk_values(walk, walk->merged, like->count);
    if (!node || !*items)
        return NULL;
    memset(*items, 0, like->count * sizeof **items);
    for (uint32_t i = 0; i < like->count; i++)
        gops_value_set_null(&(*items)[i]);
    return node;
}

/* The next member of answer that is new there: neither sent nor somebody else's; count: none. */
static uint32_t next_new(const gitops_value *answer, uint32_t i, const index_of *sent,
                         const index_of *whole)
{
    while (i < answer->count && (holds(sent, &answer->as.children[i]) ||
                                 holds(whole, &answer->as.children[i])))
        i++;
    return i;
}

/*
 * As many new ones as there are missing ones: they are those, in their order. With any other number
 * nobody can tell which is which, and the missing ones count as dropped.
 */
static int are_paired(const gitops_value *sent, const gitops_value *answer, const index_of *in_sent,
                      const index_of *in_answer, const index_of *in_whole)
{
    uint32_t missing = 0, fresh = 0;
    for (uint32_t i = 0; i < sent->count; i++)
        missing += !holds(in_answer, &sent->as.children[i]);
    for (uint32_t i = next_new(answer, 0, in_sent, in_whole); i < answer->count;
         i = next_new(answer, i + 1, in_sent, in_whole))
        fresh++;
    return missing == fresh;
}

static void pair_set(gops_triwalk *walk, const gitops_value *sent, const gitops_value *answer,
                     gitops_value *items)
{
    const gitops_value *whole = walk->normal.known && gops_value_is(walk->normal.value,
                                                                    GITOPS_VALUE_LIST)
                                    ? walk->normal.value
                                    : NULL;
    index_of in_sent = index_list(walk, sent), in_answer = index_list(walk, answer);
    index_of in_whole = index_list(walk, whole);
    if (walk->status < 0)
        return;
    int paired = are_paired(sent, answer, &in_sent, &in_answer, &in_whole);
    uint32_t next = next_new(answer, 0, &in_sent, &in_whole);
    for (uint32_t i = 0; i < sent->count; i++) {
        uint32_t found = find(&in_answer, &sent->as.children[i]);
        if (found < in_answer.count) {
            items[i] = answer->as.children[in_answer.members[found].place];
        } else if (paired) {
            items[i] = answer->as.children[next];
            next = next_new(answer, next + 1, &in_sent, &in_whole);
        }
    }
}

/* A sequence that is as long as it was sent was rewritten in place. */
static void pair_sequence(gops_triwalk *walk, const gitops_value *sent, const gitops_value *answer,
                          gitops_value *items)
{
    const gitops_value *whole = walk->normal.known && gops_value_is(walk->normal.value,
                                                                    GITOPS_VALUE_LIST)
                                    ? walk->normal.value
                                    : sent;
    uint32_t *match = gops_triwalk_scratch(walk, sent->count, sizeof *match);
    if (!match)
        return;
    if (gops_sequence_align(walk->context, sent, whole->count == answer->count ? whole : answer,
                            match) < 0)
        walk->status = GITOPS_ENOMEM;
    for (uint32_t i = 0; walk->status == 0 && i < sent->count; i++)
        if (match[i] != GOPS_UNMATCHED)
            items[i] = answer->as.children[match[i]];
}

const gitops_value *gops_normal_pair(gops_triwalk *walk, int is_sequence, const gitops_value *sent,
                                     const gitops_value *answer)
{
    gitops_value *items, *node = new_list(walk, sent, &items);
    if (!node)
        return NULL;
    if (is_sequence)
        pair_sequence(walk, sent, answer, items);
    else
        pair_set(walk, sent, answer, items);
    gops_value_set_list(node, items, sent->count);
    return node;
}

const gitops_value *gops_normal_carry(gops_triwalk *walk, const gitops_value *base,
                                      const gitops_value *next)
{
    const gitops_value *list = gops_normal_list(walk, base);
    if (!list)
        return next;
    gitops_value *items, *node = new_list(walk, next, &items);
    index_of in_base = index_list(walk, base);
    if (!node || walk->status < 0)
        return NULL;
    for (uint32_t i = 0; i < next->count; i++) {
        uint32_t found = find(&in_base, &next->as.children[i]);
        items[i] = found < in_base.count ? list->as.children[in_base.members[found].place]
                                         : next->as.children[i];
    }
    gops_value_set_list(node, items, next->count);
    return node;
}

/* Leaves in an index of the normal list what was rewritten to something that nobody states. */
static void keep_rewritten(index_of *made, const gitops_value *base, const gitops_value *list,
                           const index_of *in_base, const index_of *in_desired)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < made->count; i++) {
        uint32_t place = made->members[i].place;
        const gitops_value *value = &list->as.children[place];
        if (value->type != GITOPS_VALUE_NULL && !holds(in_base, value) &&
            !holds(in_desired, value) && !gops_value_same(value, &base->as.children[place]))
            made->members[count++] = made->members[i];
    }
    made->count = count;
}

gops_normal_origins *gops_normal_origins_new(gops_triwalk *walk, const gops_sides *s)
{
    const gitops_value *base = s->of[GOPS_BASE], *list = gops_normal_list(walk, base);
    if (!list || !s->of[GOPS_LIVE] || gops_value_same(list, base))
        return NULL;
    gops_normal_origins *origins = gops_triwalk_scratch(walk, 1, sizeof *origins);
    index_of in_base = index_list(walk, base), in_desired = index_list(walk, s->of[GOPS_DESIRED]);
    index_of made = index_list(walk, list);
    uint8_t *taken = gops_triwalk_scratch(walk, (size_t)made.count + 1, sizeof *taken);
    if (walk->status < 0)
        return NULL;
    keep_rewritten(&made, base, list, &in_base, &in_desired);
    memset(taken, 0, made.count);
    *origins = (gops_normal_origins){made, base, taken};
    return made.count ? origins : NULL;
}

const gitops_value *gops_normal_origin(gops_normal_origins *origins, const gitops_value *live)
{
    if (!origins)
        return live;
    const index_of *made = &origins->made;
    for (uint32_t i = find(made, live); i < made->count; i++) {
        gops_digest id = gops_value_digest(live);
        if (!gops_digest_equal(&made->members[i].id, &id))
            break;
        if (!origins->taken[i]) {
            origins->taken[i] = 1;
            return &origins->base->as.children[made->members[i].place];
        }
    }
    return live;
}
