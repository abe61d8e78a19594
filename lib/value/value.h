/*
 * The value tree. A value is 56 bytes; the children of a list or map are one array of values in an
 * arena, those of a map sorted by key bytes. A shallow copy of a value shares its subtree, which is
 * how merged documents are made. Every value carries the digest of its canonical form.
 */
#ifndef GOPS_VALUE_VALUE_H
#define GOPS_VALUE_VALUE_H

#include <gitops/value.h>

#include "base/arena.h"
#include "base/hash.h"

struct gitops_value {
    const char *key;       /* of this member; NULL outside of maps; not NUL-terminated */
    uint32_t key_length;
    uint32_t order;        /* place of this member in its source text */
    uint32_t line, column; /* from 1; 0 = made by the library */
    uint8_t type;          /* GITOPS_VALUE_... */
    uint8_t boolean;       /* of a bool */
    uint8_t reserved[2];
    uint32_t count;        /* bytes of text, or number of children */
    union {
        const char *text;             /* string: its bytes; number: its JSON spelling */
        const gitops_value *children; /* list and map */
    } as;
    gops_digest digest;
};

/*
 * Setters: they set kind, content and digest, and leave key, order and position alone. Text and
 * children are borrowed: they live in the arena of the document.
 */
void gops_value_set_null(gitops_value *value);
void gops_value_set_bool(gitops_value *value, int boolean);
void gops_value_set_string(gitops_value *value, const char *text, uint32_t length);

/* spelling is a JSON number (RFC 8259); its exact value makes the digest. 1.0 equals 1. */
void gops_value_set_number(gitops_value *value, const char *spelling, uint32_t length);
void gops_value_set_list(gitops_value *value, const gitops_value *children, uint32_t count);

/* Sorts members by key bytes, those of one key by order. */
void gops_members_sort(gitops_value *members, uint32_t count);

/*
 * Sorts the members and makes a map of them. Returns 0, or GITOPS_EDUPLICATE with the two members
 * of one key in *first and *second (in source order); the value is then not set.
 */
int gops_value_set_map(gitops_value *value, gitops_value *members, uint32_t count,
                       const gitops_value **first, const gitops_value **second);

static inline int gops_value_same(const gitops_value *a, const gitops_value *b)
{
    return a == b || (a && b && gops_digest_equal(&a->digest, &b->digest));
}

/* The member with a key; NULL when there is none or value is no map. Binary search. */
const gitops_value *gops_value_member(const gitops_value *value, const char *key, size_t length);

/* The text of a string member, or NULL; *length is set. key is NUL-terminated. */
const char *gops_value_member_text(const gitops_value *value, const char *key, size_t *length);

static inline int gops_value_is(const gitops_value *value, int32_t type)
{
    return value && value->type == type;
}

/* Compares a value's text (string or number) with a NUL-terminated one. */
int gops_value_text_is(const gitops_value *value, const char *text);

/* Three-way comparison of keys by bytes, shorter first. */
int gops_key_compare(const char *a, size_t a_length, const char *b, size_t b_length);

/* A deep copy into an arena, positions included; NULL content and 0 when there is no memory. */
int gops_value_copy(gitops_value *out, const gitops_value *value, gops_arena *arena);

#endif
