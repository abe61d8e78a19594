/*
 * Rules for path patterns: JSON pointers in which "*" stands for any one segment. Patterns are
 * collected, then compiled into states; a walk goes from state to state with the document.
 */
#ifndef GOPS_MANIFEST_SCHEMA_RULES_H
#define GOPS_MANIFEST_SCHEMA_RULES_H

#include "base/arena.h"
#include "manifest/schema.h"

enum {
    GOPS_RULE_OMIT_EMPTY = 1,
    GOPS_RULE_DEFAULTED = 2,
    GOPS_RULE_IGNORED = 4,
    GOPS_RULE_SENSITIVE = 8,
    GOPS_RULE_IMMUTABLE = 16
};

/* What the patterns say about one place. */
typedef struct gops_rule {
    uint8_t has_list, list; /* gops_list_kind */
    uint8_t has_map, map;   /* gops_map_kind */
    uint8_t flags;          /* GOPS_RULE_... */
    const gops_list_keys *tuples;
    size_t tuple_count;
} gops_rule;

/* A place among the patterns: what holds there and where each segment leads. */
typedef struct gops_rule_state gops_rule_state;

typedef struct gops_rule_step {
    const char *segment;
    size_t length;
    const gops_rule_state *next;
} gops_rule_step;

struct gops_rule_state {
    gops_rule rule;
    const gops_rule_step *steps; /* sorted by segment */
    size_t step_count;
    const gops_rule_state *other; /* for any other segment; NULL: no rule below */
};

/* The state after one more segment; NULL: no rule can match any more. state may be NULL. */
const gops_rule_state *gops_rule_state_member(const gops_rule_state *state, const char *key,
                                              size_t length);
const gops_rule_state *gops_rule_state_element(const gops_rule_state *state, size_t i);

enum {
    GOPS_PATTERN_SEGMENTS = 256, /* of one pattern */
    GOPS_PATTERN_COUNT = 10000,  /* of one schema */
    GOPS_PATTERN_WORK = 1000000  /* bounds states, steps and the work to make them */
};

typedef struct gops_pattern gops_pattern;

/* The patterns of one schema, being collected. */
typedef struct gops_patterns {
    gops_arena *arena;  /* takes what the states refer to */
    gops_arena scratch; /* dies with the collection */
    gops_pattern *root;
    size_t count;
} gops_patterns;

/* Returns 0 or GITOPS_ENOMEM. Release it in both cases. */
int gops_patterns_init(gops_patterns *patterns, gitops_context *context, gops_arena *arena);
void gops_patterns_release(gops_patterns *patterns);

/*
 * The rule of a pattern, to be filled in; the same one for the same pattern. Returns 0;
 * GITOPS_EPARSE or GITOPS_ELIMIT at the position of at; GITOPS_ENOMEM.
 */
int gops_patterns_add(gops_patterns *patterns, const char *text, size_t length,
                      const gitops_value *at, gops_rule **out, gitops_error *err);

/*
 * The state of the whole document. Where several patterns match one place their flags add up; of
 * list and map kinds the one wins whose pattern is literal at the first segment that differs.
 * Returns 0, GITOPS_ELIMIT or GITOPS_ENOMEM.
 */
int gops_patterns_compile(gops_patterns *patterns, const gops_rule_state **out, gitops_error *err);

#endif
