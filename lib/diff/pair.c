/*
 * pair: sorts the elements of both lists by what rules call them, so that the first of a name goes
 * with the first. Ignored elements that only live has stay at their index.
 */
#include "diff/pair.h"

#include <stdlib.h>

#include "diff/equal.h"

typedef struct named {
    const void *name;
    uint32_t index;
} named;

typedef struct pairing {
    gops_triwalk *walk;
    const gops_schema_place *place;
    const gitops_value *desired, *live;
    const gitops_value **of_desired; /* the element of live that goes with it, or NULL */
    uint8_t *taken;                  /* elements of live that go with one */
    gitops_value *items;             /* being filled */
    uint32_t count, next_of_live;
    int changed;
} pairing;

static int compare_named(const void *left, const void *right)
{
    const named *a = left, *b = right;
    if (a->name != b->name)
        return (uintptr_t)a->name < (uintptr_t)b->name ? -1 : 1;
    return (a->index > b->index) - (a->index < b->index);
}

static named *name_all(const pairing *p, const gitops_value *list)
{
    named *all = gops_triwalk_scratch(p->walk, list->count, sizeof *all);
    for (uint32_t i = 0; all && i < list->count; i++)
        all[i] = (named){gops_schema_element_name(p->place, i, &list->as.children[i]), i};
    if (all && list->count > 1)
        qsort(all, list->count, sizeof *all, compare_named);
    return all;
}

static void pair(pairing *p)
{
    named *desired = name_all(p, p->desired), *live = name_all(p, p->live);
    if (!desired || !live)
        return;
    for (uint32_t i = 0, k = 0; i < p->desired->count && k < p->live->count;) {
        int order = desired[i].name == live[k].name ? 0 : compare_named(&desired[i], &live[k]);
        if (order == 0) {
            p->of_desired[desired[i].index] = &p->live->as.children[live[k].index];
            p->taken[live[k].index] = 1;
        }
        i += order <= 0;
        k += order >= 0;
    }
}

static void put(pairing *p, const gitops_value *item)
{
    const gitops_value *desired = p->count < p->desired->count
                                      ? &p->desired->as.children[p->count]
                                      : NULL;
    p->changed |= item != desired;
    p->items[p->count++] = *item;
}

/* Puts the ignored elements that only live has: those whose index has come, or all left. */
static void put_live(pairing *p, int all)
{
    gops_schema_place below;
    for (; p->live && p->next_of_live < p->live->count; p->next_of_live++) {
        const gitops_value *item = &p->live->as.children[p->next_of_live];
        if (!all && p->next_of_live > p->count)
            return;
        gops_schema_element(p->place, p->next_of_live, item, &below);
        if (below.ignored && !p->taken[p->next_of_live])
            put(p, item);
    }
}

static void put_desired(pairing *p, uint32_t i)
{
    gops_schema_place below;
    const gitops_value *item = &p->desired->as.children[i], *other = p->of_desired[i];
    gops_schema_element(p->place, i, item, &below);
    if (!gops_triwalk_leaves(p->walk, &below))
        put(p, gops_materialise_child(p->walk, &below, item, other, p->live));
    else if (other)
        put(p, other);
}

static int prepare(pairing *p)
{
    uint32_t live_count = p->live ? p->live->count : 0;
    p->of_desired =
        gops_triwalk_scratch(p->walk, p->desired->count, sizeof(const gitops_value *));
    p->taken = gops_triwalk_scratch(p->walk, live_count, 1);
    p->items = gops_triwalk_values(p->walk, p->walk->merged,
                                   (size_t)p->desired->count + live_count);
    if (p->walk->status < 0)
        return 0;
    for (uint32_t i = 0; i < p->desired->count; i++)
        p->of_desired[i] = NULL;
    for (uint32_t i = 0; i < live_count; i++)
        p->taken[i] = 0;
    if (p->live)
        pair(p);
    return p->walk->status == 0;
}

const gitops_value *gops_pair_materialise(gops_triwalk *walk, const gops_schema_place *place,
                                          const gitops_value *desired, const gitops_value *live)
{
    pairing p = {.walk = walk, .place = place, .desired = desired, .live = live};
    if (!prepare(&p))
        return desired;
    for (uint32_t i = 0; i < desired->count && walk->status == 0; i++) {
        put_live(&p, 0);
        put_desired(&p, i);
    }
    put_live(&p, 1);
    if (!p.changed && p.count == desired->count)
        return desired;
    gitops_value *node = gops_triwalk_node(walk, walk->merged, desired);
    if (!node)
        return desired;
    gops_value_set_list(node, p.items, p.count);
    return node;
}
