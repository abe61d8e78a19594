/*
 * What is known of each object of a unit: the store's inventory in memory, with what the last look
 * at the target found. A place or one look-up decides whether a listed object needs anything done.
 */
#ifndef GOPS_RECONCILE_KNOWN_H
#define GOPS_RECONCILE_KNOWN_H

#include "base/hash.h"
#include "base/table.h"
#include "manifest/index.h"
#include "reconcile/roll.h"

typedef struct gops_known {
    gops_digest sent;    /* of what was last sent; meaningful when owned */
    gops_digest live;    /* of the listed text when all was in order; meaningful when settled */
    uint32_t place;      /* 1 + its place in the listing; 0: none */
    uint32_t seen;       /* the look that last met it, unless it was met at its place */
    uint8_t owned;       /* in the inventory */
    uint8_t desired;     /* in the manifest */
    uint8_t settled;     /* nothing was to be done; only a change of the live text matters */
    uint8_t intent;      /* GITOPS_ACTION_... of an open intent */
    uint8_t adopted;     /* it was there before it was ours */
    uint8_t has_answered;
    uint8_t health;      /* GITOPS_HEALTH_..., when last seen; 0: not yet */
    uint8_t planned;     /* the run under way has an operation for it */
    gops_digest answered; /* of the document that the target made of what was sent */
    char key[];
} gops_known;

typedef struct gops_known_set {
    gitops_context *context; /* borrowed */
    gops_table table;        /* by key */
    gops_roll roll;
    uint64_t owned;          /* objects in the inventory */
    uint64_t intents;        /* open ones */
    uint64_t claims;         /* open ones of objects that are not owned */
    uint32_t look;           /* number of the current look */
    uint64_t seen_owned, seen_desired; /* met by the current look */
} gops_known_set;

void gops_known_init(gops_known_set *set, gitops_context *context);
void gops_known_release(gops_known_set *set);

gops_known *gops_known_find(const gops_known_set *set, const char *key);

/* Finds or adds; NULL: no memory. */
gops_known *gops_known_add(gops_known_set *set, const char *key);

/* Sets or clears ownership, keeping the count. */
void gops_known_own(gops_known_set *set, gops_known *known, int owned);

/* Objects that are ours: in the inventory, or by an open intent alone. */
uint64_t gops_known_claims(const gops_known_set *set);

/* Opens an intent (GITOPS_ACTION_...) or closes it (0), keeping the count. */
void gops_known_intend(gops_known_set *set, gops_known *known, int32_t action);

/* Forgets an entry that says nothing (not owned, not desired, no intent). Frees it. */
void gops_known_drop_if_empty(gops_known_set *set, gops_known *known);

/* Starts a new look at everything. */
void gops_known_begin_look(gops_known_set *set);

/*
 * Takes in a listed object, by the digests of its key and of its version or text. Returns 1 when
 * that settles it: it came in its turn and nothing is to be done.
 */
int gops_known_expect(gops_known_set *set, const gops_digest *key, const gops_digest *state);

/* Notes that the current look met it. Returns 0 when it had met it before. */
int gops_known_meet(gops_known_set *set, gops_known *known);
int gops_known_is_met(const gops_known_set *set, const gops_known *known);

/* Nothing is to be done while the state or the live text stays; or something may be. */
void gops_known_settle(gops_known_set *set, gops_known *known, const gops_digest *live,
                       const gops_digest *state);
void gops_known_unsettle(gops_known_set *set, gops_known *known);

/* 1 when it is settled, and state or live (NULL: not known) are what they were then. */
int gops_known_is_settled(const gops_known_set *set, const gops_known *known,
                          const gops_digest *live, const gops_digest *state);

#endif
