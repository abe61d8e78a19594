/*
 * One segment of a path pattern: a name, "*", "**", a name with "*" in it, or an element of a list
 * by what its members hold: "[name=web,port=8*]".
 */
#ifndef GOPS_MANIFEST_SCHEMA_SEGMENT_H
#define GOPS_MANIFEST_SCHEMA_SEGMENT_H

#include "base/arena.h"
#include "manifest/schema_rules.h"

/* In the order in which they decide. */
typedef enum gops_segment_kind {
    GOPS_SEGMENT_NAME = 0, /* also the index of an element */
    GOPS_SEGMENT_ELEMENT,
    GOPS_SEGMENT_GLOB,
    GOPS_SEGMENT_ANY, /* any one segment */
    GOPS_SEGMENT_DEEP /* any number of segments, none too */
} gops_segment_kind;

/* A member that an element has, and its value as text; "*" in it stands for any characters. */
typedef struct gops_element_key {
    const char *name, *value;
    size_t name_length, value_length;
} gops_element_key;

/* What is looked at when a name alone does not say whether the segment matches. */
struct gops_segment_test {
    const char *text; /* of a glob */
    size_t length;
    const gops_element_key *keys; /* of an element; NULL: it is a glob */
    size_t key_count;
};

/* The kind of a segment as it is written, with its escapes. */
gops_segment_kind gops_segment_kind_of(const char *text, size_t length);

/*
 * The test of a glob or an element, whose unescaped text has to live on. Returns 0, GITOPS_EPARSE
 * for an element without "key=value", or GITOPS_ENOMEM.
 */
int gops_segment_test_make(gops_segment_test **out, gops_arena *arena, gops_segment_kind kind,
                           const char *text, size_t length);

/*
 * 1 when a segment passes: its name (of an element its index), and the element, NULL for a member.
 * place is that of the list, whose defaults stand for keys that the element lacks; may be NULL.
 */
int gops_segment_matches(const gops_segment_test *test, const char *name, size_t length,
                         const gitops_value *element, const gops_schema_place *place);

/* 1 when no segment can pass both. */
int gops_segment_excludes(const gops_segment_test *a, const gops_segment_test *b);

#endif
