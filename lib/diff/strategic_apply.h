/* Applying strategic merge patches: maps in strategic_apply.c, lists in strategic_list.c. */
#ifndef GOPS_DIFF_STRATEGIC_APPLY_H
#define GOPS_DIFF_STRATEGIC_APPLY_H

#include "base/arena.h"
#include "diff/patch_strategic.h"

typedef struct gops_strategic {
    gitops_context *context;
    gops_arena *arena;  /* of the result, which also borrows from the document */
    gops_arena scratch; /* dies with the work */
    gitops_error *err;
} gops_strategic;

/* What a patch says of one list; NULL: nothing. from or patch is there. */
typedef struct gops_strategic_list {
    const gitops_value *from;    /* as it is */
    const gitops_value *patch;   /* elements that come, change or go */
    const gitops_value *order;   /* keys of elements in the order they are to have */
    const gitops_value *removed; /* scalars that go */
} gops_strategic_list;

/* The functions return 0, GITOPS_EPARSE (the patch is malformed) or GITOPS_ENOMEM. */

/* Merges a patch, which is a map, into from (a map). */
int gops_strategic_apply(gops_strategic *m, const gops_schema_place *place,
                         const gitops_value *from, const gitops_value *patch, gitops_value *out);

int gops_strategic_merge_list(gops_strategic *m, const gops_schema_place *place,
                              const gops_strategic_list *list, gitops_value *out);

/* Copies what a patch adds: without nulls, orders, and elements that are to go. */
int gops_strategic_clean(gops_strategic *m, const gitops_value *value, gitops_value *out);

/* 1 when the $patch of a map says so. */
int gops_strategic_orders(const gitops_value *patch, const char *order);

int gops_strategic_fail(gops_strategic *m, const gitops_value *at, const char *what);

#endif
