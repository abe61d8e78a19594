/*
 * The simultaneous walk of base, desired and live. Values are pointers into the three documents or
 * into the arenas of the results; NULL is absent. A step answers with pointers too, so a subtree
 * that stays as it is on one side is that side's own value, and "nothing changed" is pointer
 * equality.
 */
#ifndef GOPS_DIFF_TRIWALK_H
#define GOPS_DIFF_TRIWALK_H

#include "base/arena.h"
#include "base/buffer.h"
#include "diff/changes.h"
#include "diff/rows.h"
#include "manifest/fields.h"
#include "manifest/schema.h"
#include "value/value.h"

/* For what is off the way down: inlined, its variables would lie on the stack once a level. */
#define GOPS_OFF_PATH __attribute__((noinline))

enum { GOPS_BASE = 0, GOPS_DESIRED = 1, GOPS_LIVE = 2, GOPS_SIDES = 3 };

typedef struct gops_sides {
    const gitops_value *of[GOPS_SIDES];
} gops_sides;

/* The side that says what kind of object is here. */
static inline const gitops_value *gops_leading(const gops_sides *s)
{
    if (s->of[GOPS_DESIRED])
        return s->of[GOPS_DESIRED];
    return s->of[GOPS_LIVE] ? s->of[GOPS_LIVE] : s->of[GOPS_BASE];
}

/* What a step leaves: the value the target should hold, and the value to remember as base. */
typedef struct gops_outcome {
    const gitops_value *merged, *base;
} gops_outcome;

/* An element found by its keys on the way to the current place, innermost first. */
typedef struct gops_named_element gops_named_element;

struct gops_named_element {
    const gops_named_element *outer;
    const gops_schema_place *place; /* of the element */
    const gops_list_keys *keys;
    const gitops_value *element;
    size_t start, end; /* its segment in the path */
};

/* What is done at a place, and the policy that says so, which asks nobody any more. */
typedef struct gops_decision {
    gops_policy policy;
    gops_action action;
} gops_decision;

typedef enum gops_triwalk_mode {
    GOPS_TRIWALK_MERGE = 0,
    GOPS_TRIWALK_COMPARE, /* only answers whether live still holds what base says: no records */
    GOPS_TRIWALK_PROJECT, /* merged is what live holds of the leaves we own */
    GOPS_TRIWALK_CARRY    /* merged is desired, but normal where it is base still; live is desired */
} gops_triwalk_mode;

/* What the target made of our own apply here; known 0: nobody knows. */
typedef struct gops_normal {
    const gitops_value *value; /* NULL: it dropped what was sent */
    int known;
} gops_normal;

typedef struct gops_triwalk {
    gitops_context *context;
    const gitops_schema *schema;
    gops_triwalk_mode mode;
    gops_row forced;         /* the row of the unit that comes or goes as a whole; 0 = none */
    gops_policy forced_policy;
    int forced_met;          /* ... and some leaf below had it */
    int makes;               /* what is below is new to live, which gets it */
    int holds_back;          /* ... and some leaf is not written with the unit */
    int removes;             /* the whole document goes, with what is not ours */
    uint32_t spares;         /* of the removal at hand, in which what others own stays; or 0 */
    uint32_t removals;       /* so far */
    gops_policy policy;      /* where the schema says nothing; never DEFAULT */
    gitops_conflict_fn resolve; /* whom GITOPS_CONFLICT_CALLBACK asks; may be NULL */
    void *user_data;            /* of resolve */
    int null_is_absent;
    int for_server;      /* a PROJECT walk: what the server takes whole is whole */
    int as_server;       /* a MERGE walk that tells what a server does: paths have no policy */
    int kind;            /* gops_object_kind */
    gops_normal normal;  /* of the current place; for_server: the new base */
    int pairs;           /* a PROJECT walk that makes the normal form; normal is what was sent */
    gops_fields *fields; /* who owns what in live; NULL: nobody asks */
    const char *manager; /* our own; NULL: the host does not say */
    gops_field_manager *own;   /* ... among those of live; NULL: it owns nothing */
    const gitops_value *object; /* the whole of live; NULL: the target does not have it */
    int status;          /* 0 or GITOPS_ENOMEM; then answers mean nothing */
    int different;       /* the answer of a COMPARE walk */
    gops_arena *merged;  /* for nodes of the merged document */
    gops_arena *base;    /* for nodes of the new base */
    gops_arena scratch;  /* dies with the walk */
    gops_buffer path;    /* JSON pointer of the current place */
    const gops_named_element *within; /* NULL: no keyed list on the way */
    gops_outcome *stack; /* answers for the members of the maps being walked */
    size_t stack_count, stack_capacity;
    gitops_changes *changes; /* NULL: nobody asks */
    size_t conflict_count;   /* that fail */
    int has_drift, has_git_change, writes;
    int adopts;       /* the new base has values of live */
    int replaces;     /* something is written that the target cannot change */
    int keeps, tells; /* a policy kept live's value; ... and wants it told */
} gops_triwalk;

/* Takes schema, modes and policies from the fields set by the caller; the rest is made ready. */
void gops_triwalk_begin(gops_triwalk *walk, gitops_context *context);
void gops_triwalk_end(gops_triwalk *walk);

/* A projection has what is left of a container only where something is; a server is told of all. */
static inline int gops_triwalk_drops_empty(const gops_triwalk *walk)
{
    return walk->mode == GOPS_TRIWALK_PROJECT && !walk->for_server;
}

/*
 * 1 when live's value stays here, whatever Git says. What a rule ignores comes along with something
 * that is made; and a server is told it as live has it, or would take back what it was told before.
 */
static inline int gops_triwalk_leaves(const gops_triwalk *walk, const gops_schema_place *place)
{
    if (place->ignored != GOPS_IGNORED_BY_RULE)
        return place->ignored != 0;
    return !walk->for_server && !(walk->makes && walk->mode == GOPS_TRIWALK_MERGE);
}

/* The path: enter returns the length to leave to. */
size_t gops_triwalk_enter(gops_triwalk *walk, const char *key, size_t length);
size_t gops_triwalk_enter_index(gops_triwalk *walk, uint32_t i);
void gops_triwalk_leave(gops_triwalk *walk, size_t length);

/* Pushes the answer for a member. */
void gops_triwalk_push(gops_triwalk *walk, gops_outcome outcome);

/* A fresh node with key and position of like, to be filled; NULL: no memory, status is set. */
gitops_value *gops_triwalk_node(gops_triwalk *walk, gops_arena *arena, const gitops_value *like);

/* An array of values; NULL: no memory, status is set. */
gitops_value *gops_triwalk_values(gops_triwalk *walk, gops_arena *arena, size_t count);
void *gops_triwalk_scratch(gops_triwalk *walk, size_t count, size_t size);

/* merge.c: one place of the tree. raw: as the documents have it. */
gops_outcome gops_merge_node(gops_triwalk *walk, const gops_schema_place *place,
                             const gops_sides *raw);

/* The same for what comes and goes as a whole: the document, an element found by its keys. */
gops_outcome gops_merge_whole(gops_triwalk *walk, const gops_schema_place *place,
                              const gops_sides *raw);

/* A leaf: its row by the equality of the sides. s: raw with nulls and empties folded. */
gops_outcome gops_merge_leaf(gops_triwalk *walk, const gops_schema_place *place,
                             const gops_sides *raw, const gops_sides *s);

/* Notes that a policy kept what the target holds. Returns the side that the new base takes. */
int gops_triwalk_keep(gops_triwalk *walk, gops_row row, gops_policy policy);

/* Applies a row to a leaf: policies, record, answer. */
gops_outcome gops_settle(gops_triwalk *walk, const gops_schema_place *place, gops_row row,
                         const gops_sides *raw);

/*
 * record.c: what is done about a row at a place: by the policy of the unit that it comes or goes
 * with, else by its own over that of the walk. Asks the host where the policy says so: to be called
 * once for each row that is met.
 */
gops_decision gops_triwalk_decide(gops_triwalk *walk, const gops_schema_place *place, gops_row row,
                                  const gops_sides *raw);

/* Makes a change record of a leaf. */
void gops_triwalk_record(gops_triwalk *walk, const gops_schema_place *place, gops_row row,
                         gops_decision decision, const gops_sides *raw,
                         const gitops_value *merged);

/* What a leaf outside of our ownership becomes. */
gops_outcome gops_unowned(const gops_triwalk *walk, const gops_sides *raw);

/* 1 when live still holds every leaf of own (what the target added does not matter). */
int gops_covers(gops_triwalk *walk, const gops_schema_place *place, const gitops_value *own,
                const gitops_value *live);

/* list.c: sides are lists or absent; the place says how they merge. */
gops_outcome gops_merge_list(gops_triwalk *walk, const gops_schema_place *place,
                             const gops_sides *raw, const gops_sides *s);

#endif
