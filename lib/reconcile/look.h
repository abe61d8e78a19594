/*
 * A look at the target: each object is compared as it arrives and leaves at most a finding. A
 * listing ends by finding what did not show up; other looks ask for single objects.
 */
#ifndef GOPS_RECONCILE_LOOK_H
#define GOPS_RECONCILE_LOOK_H

#include "plan/plan.h"
#include "reconcile/known.h"
#include "store/store.h"

struct gops_unit_state;

typedef struct gops_look {
    gitops_context *context;   /* borrowed, like all pointers here */
    const struct gops_unit_state *state; /* for its neighbours on the same target */
    const gitops_unit *unit;
    gitops_store *store;
    gitops_manifest *manifest;
    gops_known_set *known;
    gops_findings *findings;
    gops_findings *drift;      /* what is left alone and told */
    gops_findings *conflicts;  /* what the policy is to fail on */
    gops_findings *withheld;   /* what is not done yet, and why */
    uint64_t left_alone;       /* objects that differ and are left alone, told or not */
    int full;                  /* at everything that may exist */
    int listing;               /* the target lists: what does not show up is missing */
    int all_changes;           /* creates carry their fields */
    int asking;                /* the answer of a get is being taken, not a listing */
    char **pending;            /* keys to ask for one by one; owned */
    size_t pending_count, pending_capacity, pending_next;
} gops_look;

/* Starts a look; release drops the pending keys. */
void gops_look_begin(gops_look *look, int full);
void gops_look_release(gops_look *look);

/* Adds a key to ask for. 0 or GITOPS_ENOMEM. */
int gops_look_ask(gops_look *look, const char *key);

/*
 * Takes one object of the target. document NULL: only its version is known; it is asked for later
 * when it matters. Has the type of gops_object_fn. Reads the source and the store.
 */
int gops_look_object(const char *key, const char *document, size_t length, const char *version,
                     void *look, gitops_error *err);

/* The target says for certain that there is no such object. */
int gops_look_absent(gops_look *look, const char *key, gitops_error *err);

/* After a listing: what did not show up becomes a create or is forgotten. */
int gops_look_complete(gops_look *look, gitops_error *err);

#endif
