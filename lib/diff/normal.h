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

/* The members of a set in the same way. */
const gops_normal_items *gops_normal_members_new(gops_triwalk *walk, const gitops_value *base);

/* Steps to the element with the keys, or the member of base, of raw. items NULL: to the unknown. */
gops_normal gops_normal_enter_item(gops_triwalk *walk, const gops_normal_items *items,
                                   const gops_sides *raw);

/*
 * Sets and sequences have no keys: their normal form is a list as long as base, with what the target
 * made of each member of base at its place, and a null where it dropped it. The one at the current
 * place; NULL: it is not known.
 */
const gitops_value *gops_normal_list(const gops_triwalk *walk, const gitops_value *base);

/*
 * Makes such a list of what was sent and what the target answered; at the current place stands what
 * was sent with what others have in it. And that of a new base, of the one at the current place.
 * NULL: no memory.
 */
const gitops_value *gops_normal_pair(gops_triwalk *walk, int is_sequence, const gitops_value *sent,
                                     const gitops_value *answer);
const gitops_value *gops_normal_carry(gops_triwalk *walk, const gitops_value *base,
                                      const gitops_value *next);

/* What members of live were made of. NULL: there are none that the target rewrote. */
typedef struct gops_normal_origins gops_normal_origins;
gops_normal_origins *gops_normal_origins_new(gops_triwalk *walk, const gops_sides *s);

/* The member of base that a member of live was made of, each once; else that of live itself. */
const gitops_value *gops_normal_origin(gops_normal_origins *origins, const gitops_value *live);

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
