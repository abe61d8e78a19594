/*
 * strategic_list: lists under a strategic merge patch. Elements are found by their merge key, or by
 * value where they are scalars; what only the server has keeps its place as far as the order of the
 * others allows, as upstream does it.
 */
#include <stdlib.h>
#include <string.h>

#include "base/table.h"
#include "diff/strategic_apply.h"

#define NOWHERE UINT32_MAX

typedef struct item {
    gitops_value value;
    gops_digest id;
    uint32_t rank, place; /* in the order wanted; where it stood, so that sorting is stable */
} item;

typedef struct merging {
    gops_strategic *m;
    const gops_schema_place *place;
    const char *key; /* NULL: scalars */
    item *items;
    uint32_t count;
} merging;

/* Places of ids in a list, the first one each. */
typedef struct ranks {
    gops_table table;
    item *entries;
} ranks;

static int identify(merging *w, const gitops_value *element, gops_digest *id)
{
    const gitops_value *key = element;
    if (w->key)
        key = gops_value_member(element, w->key, strlen(w->key));
    if (!key)
        return gops_strategic_fail(w->m, element,
                                   "an element does not contain declared merge key");
    *id = gops_value_digest(key);
    return 0;
}

static int rank_of(const ranks *r, const gops_digest *id, uint32_t *out)
{
    const item *entry = gops_table_get(&r->table, id->bytes, sizeof id->bytes);
    *out = entry ? entry->rank : NOWHERE;
    return entry != NULL;
}

/* Ends with gops_table_release in every case. list may be NULL; elements that order are none. */
static int make_ranks(merging *w, const gitops_value *list, ranks *out)
{
    uint32_t count = list ? list->count : 0;
    gops_table_init(&out->table, w->m->context);
    out->entries = gops_arena_array(&w->m->scratch, count, sizeof *out->entries);
    if (!out->entries)
        return gops_fail_memory(w->m->err);
    for (uint32_t i = 0; i < count; i++) {
        item *entry = &out->entries[i];
        const gitops_value *element = &list->as.children[i];
        uint32_t known;
        if (w->key && gops_value_member(element, GOPS_STRATEGIC_PATCH, 6))
            continue;
        if (identify(w, element, &entry->id) < 0)
            return GITOPS_EPARSE;
        entry->rank = i;
        if (!rank_of(out, &entry->id, &known) &&
            gops_table_set(&out->table, entry->id.bytes, sizeof entry->id.bytes, entry) < 0)
            return gops_fail_memory(w->m->err);
    }
    return 0;
}

static int by_rank(const void *a, const void *b)
{
    const item *left = a, *right = b;
    if (left->rank != right->rank)
        return left->rank < right->rank ? -1 : 1;
    return left->place < right->place ? -1 : left->place > right->place;
}

/* 1 when a stands before b among the first limit of the ranks. */
static int stands_before(const ranks *r, uint32_t limit, const item *a, const item *b)
{
    uint32_t left, right;
    return rank_of(r, &a->id, &left) && rank_of(r, &b->id, &right) && left < right &&
           right < limit;
}

/*
 * Sorts what order names, and puts the others between: each before the next named one if it stood
 * before that one in the server's list, which is the first limit of there.
 */
static int reorder(merging *w, const ranks *order, const ranks *there, uint32_t limit)
{
    item *named = gops_arena_array(&w->m->scratch, w->count, sizeof *named);
    item *others = gops_arena_array(&w->m->scratch, w->count, sizeof *others);
    uint32_t named_count = 0, other_count = 0, i = 0, j = 0;
    if (!named || !others)
        return gops_fail_memory(w->m->err);
    for (uint32_t k = 0; k < w->count; k++) {
        item it = w->items[k];
        it.place = k;
        if (rank_of(order, &it.id, &it.rank))
            named[named_count++] = it;
        else
            others[other_count++] = it;
    }
    if (named_count)
        qsort(named, named_count, sizeof *named, by_rank);
    for (uint32_t k = 0; k < w->count; k++) {
        int is_other = j == named_count;
        if (i < other_count && j < named_count)
            is_other = stands_before(there, limit, &others[i], &named[j]);
        w->items[k] = is_other ? others[i++] : named[j++];
    }
    return 0;
}

/* Drops the items that a list names. */
static void drop(merging *w, const ranks *gone)
{
    uint32_t kept = 0, rank;
    for (uint32_t i = 0; i < w->count; i++)
        if (!rank_of(gone, &w->items[i].id, &rank))
            w->items[kept++] = w->items[i];
    w->count = kept;
}

/* Takes the elements of a list that is there as items; once: scalars that stand twice one time. */
static int take_items(merging *w, gops_table *table, const gitops_value *list, int once)
{
    for (uint32_t i = 0; i < list->count; i++) {
        item *it = &w->items[w->count];
        it->value = list->as.children[i];
        if (identify(w, &it->value, &it->id) < 0)
            return GITOPS_EPARSE;
        int known = gops_table_get(table, it->id.bytes, sizeof it->id.bytes) != NULL;
        if (!known && gops_table_set(table, it->id.bytes, sizeof it->id.bytes, it) < 0)
            return gops_fail_memory(w->m->err);
        w->count += !known || w->key || !once;
    }
    return 0;
}

/* Merges one element of the patch into the item with its key, or adds it. */
static int merge_element(merging *w, gops_table *table, const gitops_value *element)
{
    gops_schema_place below;
    item *it = &w->items[w->count];
    if (identify(w, element, &it->id) < 0)
        return GITOPS_EPARSE;
    item *found = gops_table_get(table, it->id.bytes, sizeof it->id.bytes);
    if (found && !w->key)
        return 0;
    if (found) {
        const gitops_value from = found->value;
        gops_schema_element(w->place, 0, element, &below);
        if (from.type != GITOPS_VALUE_MAP || element->type != GITOPS_VALUE_MAP)
            return gops_strategic_fail(w->m, element, "elements of one list differ in kind");
        return gops_strategic_apply(w->m, &below, &from, element, &found->value);
    }
    int status = gops_strategic_clean(w->m, element, &it->value);
    if (status < 0)
        return status;
    w->count++;
    if (gops_table_set(table, it->id.bytes, sizeof it->id.bytes, it) < 0)
        return gops_fail_memory(w->m->err);
    return 0;
}

/* The orders among the elements of a patch: the whole list is new, or elements go. */
static int obey(merging *w, const gitops_value *patch, gops_table *gone, int *replaces)
{
    for (uint32_t i = 0; w->key && i < patch->count; i++) {
        const gitops_value *element = &patch->as.children[i];
        gops_digest *id = gops_arena_alloc(&w->m->scratch, sizeof *id);
        if (!id)
            return gops_fail_memory(w->m->err);
        if (!gops_value_member(element, GOPS_STRATEGIC_PATCH, 6))
            continue;
        if (gops_strategic_orders(element, "replace")) {
            *replaces = 1;
            continue;
        }
        if (!gops_strategic_orders(element, "delete"))
            return gops_strategic_fail(w->m, element, "$patch must be replace or delete");
        if (identify(w, element, id) < 0)
            return GITOPS_EPARSE;
        if (gops_table_set(gone, id->bytes, sizeof id->bytes, id) < 0)
            return gops_fail_memory(w->m->err);
    }
    return 0;
}

static void drop_gone(merging *w, const gops_table *gone)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < w->count; i++)
        if (!gops_table_get(gone, w->items[i].id.bytes, sizeof w->items[i].id.bytes))
            w->items[kept++] = w->items[i];
    w->count = kept;
}

/* The items as they are, without those that go; none when the list is new. */
static int start(merging *w, const gops_strategic_list *list)
{
    gops_table known, gone;
    int replaces = !list->from, status = 0;
    gops_table_init(&known, w->m->context);
    gops_table_init(&gone, w->m->context);
    if (list->from)
        status = take_items(w, &known, list->from, list->patch != NULL);
    if (status == 0 && list->patch)
        status = obey(w, list->patch, &gone, &replaces);
    if (status == 0)
        drop_gone(w, &gone);
    if (replaces)
        w->count = 0;
    gops_table_release(&known);
    gops_table_release(&gone);
    return status;
}

/* Merges the elements of the patch that are none of its orders. */
static int merge_elements(merging *w, const gitops_value *patch)
{
    gops_table known;
    int status = 0;
    gops_table_init(&known, w->m->context);
    for (uint32_t i = w->count; i-- > 0 && status == 0;) /* of the same key the first one is found */
        if (gops_table_set(&known, w->items[i].id.bytes, sizeof w->items[i].id.bytes,
                           &w->items[i]) < 0)
            status = gops_fail_memory(w->m->err);
    for (uint32_t i = 0; i < patch->count && status == 0; i++) {
        const gitops_value *element = &patch->as.children[i];
        if (!w->key || !gops_value_member(element, GOPS_STRATEGIC_PATCH, 6))
            status = merge_element(w, &known, element);
    }
    gops_table_release(&known);
    return status;
}

/* The places of the items as they are now. Ends as make_ranks does. */
static int rank_items(merging *w, ranks *out)
{
    gops_table_init(&out->table, w->m->context);
    out->entries = gops_arena_array(&w->m->scratch, w->count, sizeof *out->entries);
    if (!out->entries)
        return gops_fail_memory(w->m->err);
    for (uint32_t i = w->count; i-- > 0;) {
        item *entry = &out->entries[i];
        entry->id = w->items[i].id;
        entry->rank = i;
        if (gops_table_set(&out->table, entry->id.bytes, sizeof entry->id.bytes, entry) < 0)
            return gops_fail_memory(w->m->err);
    }
    return 0;
}

static int reorder_by(merging *w, const gitops_value *order, const ranks *there, uint32_t limit)
{
    ranks wanted;
    int status = order ? make_ranks(w, order, &wanted) : 0;
    if (order && status == 0)
        status = reorder(w, &wanted, there, limit);
    if (order)
        gops_table_release(&wanted.table);
    return status;
}

/*
 * The order of the patch's elements, then the order that it asks for. Where elements went, upstream
 * takes as many of the new ones for the server's own in the second step.
 */
static int put_in_order(merging *w, const gops_strategic_list *list, uint32_t kept)
{
    ranks there;
    int status = rank_items(w, &there);
    if (status == 0)
        status = reorder_by(w, list->patch, &there, kept);
    if (status == 0)
        status = reorder_by(w, list->order, &there, list->from ? list->from->count : 0);
    gops_table_release(&there.table);
    return status;
}

/* The elements of the patch have to stand in the order that the patch states. */
static int check_order(merging *w, const gops_strategic_list *list)
{
    ranks wanted;
    uint32_t last = 0, rank;
    gops_digest id;
    if (!list->patch || !list->order->count)
        return 0;
    int status = make_ranks(w, list->order, &wanted);
    for (uint32_t i = 0; i < list->patch->count && status == 0; i++) {
        const gitops_value *element = &list->patch->as.children[i];
        if (w->key && gops_value_member(element, GOPS_STRATEGIC_PATCH, 6))
            continue;
        status = identify(w, element, &id);
        if (status == 0 && (!rank_of(&wanted, &id, &rank) || rank < last))
            status = gops_strategic_fail(w->m, element,
                                         "the elements' order doesn't match $setElementOrder");
        last = status == 0 ? rank : last;
    }
    gops_table_release(&wanted.table);
    return status;
}

static int merge(merging *w, const gops_strategic_list *list)
{
    ranks gone;
    int status = list->order ? check_order(w, list) : 0;
    if (status == 0)
        status = start(w, list);
    uint32_t kept = w->count;
    if (status == 0 && list->patch)
        status = merge_elements(w, list->patch);
    if (status == 0)
        status = put_in_order(w, list, kept);
    if (status < 0 || !list->removed || w->key)
        return status;
    status = make_ranks(w, list->removed, &gone);
    if (status == 0)
        drop(w, &gone);
    gops_table_release(&gone.table);
    return status;
}

int gops_strategic_merge_list(gops_strategic *m, const gops_schema_place *place,
                              const gops_strategic_list *list, gitops_value *out)
{
    merging w = {.m = m, .place = place};
    size_t room = (size_t)(list->from ? list->from->count : 0) +
                  (list->patch ? list->patch->count : 0) + 1;
    if (place->list == GOPS_LIST_MAP && place->tuple_count)
        w.key = place->tuples[0].keys[0].name;
    w.items = gops_arena_array(&m->scratch, room, sizeof *w.items);
    if (!w.items)
        return gops_fail_memory(m->err);
    int status = merge(&w, list);
    if (status < 0)
        return status;
    gitops_value *values = gops_value_array(m->arena, w.count);
    if (!values)
        return gops_fail_memory(m->err);
    for (uint32_t i = 0; i < w.count; i++)
        values[i] = w.items[i].value;
    *out = list->from ? *list->from : *list->patch;
    out->key = NULL;
    out->key_length = 0;
    gops_value_set_list(out, values, w.count);
    return 0;
}
