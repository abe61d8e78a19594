/* Elements of up to three lists that are one element: found by keys or by value, in O(n). */
#ifndef GOPS_DIFF_JOIN_H
#define GOPS_DIFF_JOIN_H

#include "diff/triwalk.h"

typedef struct gops_item {
    gops_sides raw; /* the element on each side */
    gops_outcome out;
    uint32_t index;   /* for paths: its place in desired, else live, else base */
    uint8_t ignored;  /* its order counts as little as it does */
    uint8_t repeated; /* sides, after the first one, on which its content is the same */
} gops_item;

/* What an item is found by, apart from it: the merge has no use for it. */
typedef struct gops_item_name {
    gops_digest id;            /* of key values and occurrence; of the value in a set */
    gops_digest content;       /* of the element that was first; not set in a set */
    uint32_t seen[GOPS_SIDES]; /* elements with its keys (of a first occurrence) or value */
    uint32_t first;            /* item of the first occurrence of its keys */
    uint32_t next;             /* item of the next one; its own: there is none */
    uint32_t last;             /* of a first occurrence: the end of that chain */
} gops_item_name;

typedef struct gops_join {
    gops_item *items; /* desired's first, then live's, then base's */
    gops_item_name *names; /* of the items */
    uint32_t count;
    uint32_t *slots; /* from identity to item; at most 3/4 of them are in use */
    uint32_t mask;   /* of a place in slots, and of the number (from 1) of the item there */
    uint32_t guess; /* where the next element is looked for first */
    uint32_t *of[GOPS_SIDES]; /* item of each element of a side */
    uint32_t length[GOPS_SIDES];
    const gops_schema_place *place; /* of the list; NULL: it is keyed */
    const gops_list_keys *keys;     /* NULL: a set */
    const gitops_value *base;       /* of a set */
    struct gops_normal_origins *origins; /* what members of live were made of; NULL: themselves */
    int has_duplicates;             /* some side has two elements with the same keys */
} gops_join;

/*
 * Joins by the keys of a tuple. Duplicates are paired by occurrence. Returns 1, or 0 when some
 * element has none of the keys (the tuple cannot be used) or when there is no memory.
 */
int gops_join_keyed(gops_join *join, gops_triwalk *walk, const gops_list_keys *keys,
                    const gops_sides *s);

/* Joins by value; duplicates on one side are one member. Returns 1, or 0: no memory. */
int gops_join_set(gops_join *join, gops_triwalk *walk, const gops_schema_place *place,
                  const gops_sides *s);

/* Returns 1 and the identity of an element by its keys; 0 when it has none of them. */
int gops_join_identify(const gops_list_keys *keys, const gitops_value *element, gops_digest *id);

/* 1 when two elements have the same identity by their keys; an element with itself: any at all. */
int gops_join_same_keys(const gops_list_keys *keys, const gitops_value *a, const gitops_value *b);

/* The keys of an element that are there, as a map, to show. NULL: no memory. */
const gitops_value *gops_join_identity(gops_triwalk *walk, const gops_list_keys *keys,
                                       const gitops_value *element);

#endif
