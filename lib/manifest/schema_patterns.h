/*
 * Collecting path patterns and compiling them into states. Patterns stand in layers: a layer is for
 * some documents, and comes before the layers of later schemas.
 */
#ifndef GOPS_MANIFEST_SCHEMA_PATTERNS_H
#define GOPS_MANIFEST_SCHEMA_PATTERNS_H

#include "base/arena.h"
#include "base/intern.h"
#include "manifest/schema_rules.h"
#include "manifest/schema_scope.h"
#include "manifest/schema_segment.h"

enum {
    GOPS_PATTERN_SEGMENTS = 256, /* of one pattern */
    GOPS_PATTERN_COUNT = 10000,  /* of one schema */
    GOPS_PATTERN_TESTS = 256,    /* that are to be made at one place */
    GOPS_LAYER_COUNT = 1000,     /* of one schema */
    GOPS_PATTERN_WORK = 1000000  /* bounds states, steps and the work to make them */
};

typedef struct gops_pattern gops_pattern;

/* A field manager whose fields are ignored, "*" stands for any characters. */
typedef struct gops_manager {
    gops_scope name;
    struct gops_manager *next;
} gops_manager;

typedef struct gops_layer {
    gops_selector selector; /* of the documents it is for */
    uint32_t rank;          /* of its schema, the first one 0 */
    uint16_t scope;         /* GOPS_SCOPE_..., once compiled */
    gops_pattern *root;
    gops_manager *managers;
    struct gops_layer *next;
} gops_layer;

/* The rules of a schema. */
typedef struct gops_rules {
    gops_scopes scopes;
    const gops_rule_state *root; /* of a whole document; NULL: no rules */
    const gops_layer *layers;    /* what they were made from, for a stack */
    int has_managers;            /* some layer names field managers */
} gops_rules;

/* The patterns of one schema, being collected. */
typedef struct gops_patterns {
    gitops_context *context;
    gops_arena *arena;  /* takes what the rules refer to */
    gops_arena scratch; /* dies with the collection */
    gops_layer *layers;
    size_t layer_count;
    uint32_t rank;      /* of layers to come */
    gops_pattern **all; /* by number, from 1 */
    size_t all_count, all_capacity;
    gops_intern known; /* patterns by parent and segment */
    size_t count;
} gops_patterns;

void gops_patterns_init(gops_patterns *patterns, gitops_context *context, gops_arena *arena);
void gops_patterns_release(gops_patterns *patterns);

/*
 * The layer for some documents, made if it is not there. Returns 0; GITOPS_EPARSE or GITOPS_ELIMIT
 * at the position of at (here and below it may be NULL); GITOPS_ENOMEM.
 */
int gops_patterns_layer(gops_patterns *patterns, const gops_selector *wanted,
                        const gitops_value *at, gops_layer **out, gitops_error *err);

/*
 * The rule of a pattern, to be filled in; the same one for the same pattern. Returns 0;
 * GITOPS_EPARSE or GITOPS_ELIMIT at the position of at; GITOPS_ENOMEM.
 */
int gops_patterns_add(gops_patterns *patterns, gops_layer *layer, const char *text, size_t length,
                      const gitops_value *at, gops_rule **out, gitops_error *err);

/*
 * Ignores the fields of a manager (also with "*"). Returns as gops_patterns_add.
 */
int gops_patterns_manager(gops_patterns *patterns, gops_layer *layer, const char *name,
                          size_t length, const gitops_value *at, gitops_error *err);

/*
 * Takes over the layers of other rules, which have to live on, after those that are there. Returns
 * 0, GITOPS_ELIMIT or GITOPS_ENOMEM.
 */
int gops_patterns_take(gops_patterns *patterns, const gops_rules *rules, gitops_error *err);

/*
 * Makes the rules. Where several patterns match one place their flags add up; of list, map and
 * scalar kinds and policies the one wins that is of the first schema, then of the narrower choice,
 * then whose kind of segment comes first (schema_segment.h) where the two differ first. Returns 0,
 * GITOPS_ELIMIT or GITOPS_ENOMEM.
 */
int gops_patterns_compile(gops_patterns *patterns, gops_rules *out, gitops_error *err);

/* A node of the tree of a layer: the patterns that start with one row of segments. */
struct gops_pattern {
    const char *segment; /* unescaped */
    size_t length;
    gops_segment_kind kind;
    const gops_segment_test *test; /* of a glob or an element */
    const gops_layer *layer;
    const gops_pattern *parent; /* NULL at the root */
    gops_pattern *children;     /* names, elements and globs, in no order */
    gops_pattern *next;         /* sibling */
    gops_pattern *any, *deep;   /* children by "*" and by "**" */
    gops_rule rule;
    size_t set; /* the last one that the node was put into, by number */
};

#endif
