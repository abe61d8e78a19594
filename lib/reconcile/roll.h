/*
 * The order in which the target listed its objects the last time. A target mostly lists in one
 * order, so that most objects are recognised by their place, in memory that is read in order,
 * without a look-up in a table that does not fit the processor's caches.
 */
#ifndef GOPS_RECONCILE_ROLL_H
#define GOPS_RECONCILE_ROLL_H

#include "base/context.h"
#include "base/hash.h"

struct gops_known;

typedef struct gops_roll_entry {
    gops_digest key;
    gops_digest state;        /* of its version or text when in order; all zero: not in order */
    struct gops_known *known; /* NULL: dropped */
    uint32_t seen;            /* the look that last met it here */
    uint32_t turn;            /* its place among all that this look met */
} gops_roll_entry;

typedef struct gops_roll {
    gitops_context *context;  /* borrowed */
    gops_roll_entry *items;
    size_t count, capacity;
    size_t next;              /* the one that is expected */
    uint32_t look, turn;      /* the current look, and what it has met so far */
    uint32_t misses;          /* objects of it that came unexpected */
} gops_roll;

void gops_roll_init(gops_roll *roll, gitops_context *context);
void gops_roll_release(gops_roll *roll);

/* Starts a listing; learns the order of the one before when it was a different one. */
void gops_roll_begin(gops_roll *roll, uint32_t look);

/* Returns 1 when the object that came is the expected one, in order as it was. It is met then. */
int gops_roll_expect(gops_roll *roll, const gops_digest *key, const gops_digest *state);

/* Notes that an object came that was not expected. Without memory its place is not kept. */
void gops_roll_meet(gops_roll *roll, struct gops_known *known, const gops_digest *key);

/* The entry of an object; NULL when it has no place. */
gops_roll_entry *gops_roll_of(const gops_roll *roll, const struct gops_known *known);

/* Gives up the place of an object that is no longer known. */
void gops_roll_drop(gops_roll *roll, struct gops_known *known);

#endif
