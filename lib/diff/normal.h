/*
 * The normal form: what the target made of our own apply. A walk has it at its side: where live still
 * is what the target made of base, nobody has changed it.
 */
#ifndef GOPS_DIFF_NORMAL_H
#define GOPS_DIFF_NORMAL_H

#include "diff/join.h"

/* Steps to the member of a map; the former place is returned, to be put back. */
gops_normal gops_normal_enter(gops_triwalk *walk, const char *key, size_t length);

/* The elements of the normal list at the current place by their keys; NULL: it is not known. */
typedef struct gops_normal_items gops_normal_items;
const gops_normal_items *gops_normal_items_new(gops_triwalk *walk, const gops_list_keys *keys);

/* Steps to the element with the keys of like. items NULL: to what is not known. */
gops_normal gops_normal_enter_item(gops_triwalk *walk, const gops_normal_items *items,
                                   const gitops_value *like);

/* What the target made of desired, as far as that is what it was sent: nothing, normal, or itself. */
static inline const gitops_value *gops_normal_carried(const gops_triwalk *walk,
                                                      const gitops_value *desired)
{
    return walk->normal.known ? walk->normal.value : desired;
}

/*
 * 1 when desired still is base here and live still is what the target made of it: the very value, or
 * none. Leaves that are equal by a rule only are for the merge of leaves to find.
 */
int gops_normal_holds(const gops_triwalk *walk, const gops_schema_place *place,
                      const gops_sides *raw);

#endif
