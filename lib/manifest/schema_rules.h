/*
 * Rules for path patterns: JSON pointers with segments that stand for many (schema_segment.h). They
 * are compiled into states (schema_patterns.h); a walk goes from state to state with the document.
 * Rules may be for some documents only.
 */
#ifndef GOPS_MANIFEST_SCHEMA_RULES_H
#define GOPS_MANIFEST_SCHEMA_RULES_H

#include "manifest/schema.h"

enum {
    GOPS_RULE_OMIT_EMPTY = 1,
    GOPS_RULE_DEFAULTED = 2,
    GOPS_RULE_IGNORED = 4,
    GOPS_RULE_SENSITIVE = 8,
    GOPS_RULE_IMMUTABLE = 16
};

/*
 * The documents that a rule is for, as a number: 0 = every document; 1 to GOPS_SCOPE_GLOBS = a
 * choice of objects or a kind with "*", a bit in what a document matches; above = one exact kind.
 */
enum { GOPS_SCOPE_ALL = 0, GOPS_SCOPE_GLOBS = 64 };

/* What the patterns say about one place. */
typedef struct gops_rule {
    uint8_t has_list, list;     /* gops_list_kind */
    uint8_t has_map, map;       /* gops_map_kind */
    uint8_t has_scalar, scalar; /* gops_scalar_kind */
    uint8_t flags;              /* GOPS_RULE_... */
    gops_policy policy;
    uint16_t scope;             /* GOPS_SCOPE_... */
    uint32_t tuple_count;
    const gops_list_keys *tuples;
} gops_rule;

/* A place among the patterns: what holds there and where each segment leads. */
typedef struct gops_rule_state gops_rule_state;
typedef struct gops_segment_test gops_segment_test;

typedef struct gops_rule_step {
    const char *segment;
    size_t length;
    const gops_rule_state *next;
} gops_rule_step;

/*
 * Where segments lead: a tree of the tests that patterns make there, most often none. Below the
 * last answer each name leads to a state.
 */
typedef struct gops_rule_turn gops_rule_turn;

struct gops_rule_turn {
    const gops_segment_test *test; /* NULL: there is none left */
    const gops_rule_turn *yes, *no;
    const gops_rule_step *steps; /* sorted by segment */
    uint32_t step_count;
    const gops_rule_state *other; /* for any other segment; NULL: no rule below */
};

struct gops_rule_state {
    const gops_rule *rules; /* of scopes that differ, the first to be asked first */
    uint32_t rule_count;
    uint8_t names_elements; /* some test is for elements of a list */
    gops_rule_turn turn;
};

/* Flags add up; of list, map and scalar kinds and of policies what sum has stays. */
void gops_rule_add(gops_rule *sum, const gops_rule *rule);

/* Puts a mode in the place of what the rule says so far. */
void gops_rule_set_mode(gops_rule *rule, int32_t mode);

/* 1 when the rule says anything. */
int gops_rule_speaks(const gops_rule *rule);

/* 1 when the rule is for a document that matches the bits of globs and the exact kind (or 0). */
static inline int gops_rule_holds(const gops_rule *rule, uint64_t globs, uint16_t kind)
{
    if (rule->scope == GOPS_SCOPE_ALL)
        return 1;
    return rule->scope <= GOPS_SCOPE_GLOBS ? (int)(globs >> (rule->scope - 1) & 1)
                                           : rule->scope == kind;
}

/* The state after one more segment; NULL: no rule can match any more. */
const gops_rule_state *gops_rule_state_member(const gops_rule_state *state, const char *key,
                                              size_t length);

/* The same for element i of the list at place, of which value (may be NULL) is one side. */
const gops_rule_state *gops_rule_state_element(const gops_rule_state *state, size_t i,
                                               const gitops_value *value,
                                               const gops_schema_place *place);

/*
 * What tests call an element: the same for all that pass the same ones. NULL: the state tests none.
 */
const void *gops_rule_state_name(const gops_rule_state *state, size_t i, const gitops_value *value,
                                 const gops_schema_place *place);

#endif
