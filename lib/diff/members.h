/* Walks the members of up to three maps together, in key order: a merge join of sorted arrays. */
#ifndef GOPS_DIFF_MEMBERS_H
#define GOPS_DIFF_MEMBERS_H

#include "diff/triwalk.h"

typedef struct gops_members {
    const gitops_value *next[GOPS_SIDES], *end[GOPS_SIDES];
} gops_members;

/* A map that is NULL or none has no members. */
static inline void gops_members_begin(gops_members *join, const gitops_value *const *maps)
{
    for (int side = 0; side < GOPS_SIDES; side++) {
        int is_map = gops_value_is(maps[side], GITOPS_VALUE_MAP) && maps[side]->count;
        join->next[side] = is_map ? maps[side]->as.children : NULL;
        join->end[side] = is_map ? maps[side]->as.children + maps[side]->count : NULL;
    }
}

/* The lowest key left (that of the returned member), with its value on each side. NULL: the end. */
static inline const gitops_value *gops_members_next(gops_members *join, const gitops_value **sides)
{
    const gitops_value *lowest = NULL;
    int order[GOPS_SIDES];
    for (int side = 0; side < GOPS_SIDES; side++) {
        const gitops_value *member = join->next[side];
        order[side] = 1;
        if (member == join->end[side])
            continue;
        order[side] = lowest ? gops_key_compare(member->key, member->key_length, lowest->key,
                                                lowest->key_length)
                             : -1;
        if (order[side] < 0) {
            lowest = member;
            for (int earlier = 0; earlier < side; earlier++)
                order[earlier] = 1;
            order[side] = 0;
        }
    }
    for (int side = 0; side < GOPS_SIDES; side++)
        sides[side] = order[side] == 0 ? join->next[side]++ : NULL;
    return lowest;
}

#endif
