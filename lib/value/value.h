/*
 * The value tree. A value is 32 bytes; the children of a list or map are one array of values in an
 * arena, those of a map sorted by key bytes, with the digest of the list or map before the first. A
 * shallow copy of a value shares its subtree, which is how merged documents are made.
 */
#ifndef GOPS_VALUE_VALUE_H
#define GOPS_VALUE_VALUE_H

#include <gitops/value.h>

#include "base/arena.h"
#include "base/hash.h"

struct gitops_value {
    const char *key; /* of this member; NULL outside of maps; not NUL-terminated */
    union {
        const char *text;             /* string: its bytes; number: its JSON spelling */
        const gitops_value *children; /* list and map; made by gops_value_array */
    } as;
    uint32_t key_length;
    uint32_t count;       /* bytes of text, or number of children */
    uint32_t line;        /* from 1; 0 = made by the library */
    uint32_t column : 28; /* from 1; what does not fit is the largest */
    uint32_t type : 3;    /* GITOPS_VALUE_... */
    uint32_t boolean : 1; /* of a bool */
};

enum { GOPS_COLUMN_MAX = (1 << 28) - 1 };

static inline void gops_value_set_place(gitops_value *value, uint32_t line, uint32_t column)
{
    value->line = line;
    value->column = (column < GOPS_COLUMN_MAX ? column : GOPS_COLUMN_MAX) & GOPS_COLUMN_MAX;
}

/* 1 when a stands before b in their common text. */
static inline int gops_value_before(const gitops_value *a, const gitops_value *b)
{
    return a->line != b->line ? a->line < b->line : a->column < b->column;
}

/* Room for the children of one list or map; NULL when there is no memory. */
gitops_value *gops_value_array(gops_arena *arena, size_t count);

/*
 * Setters: they set kind, content and digest, and leave key and position alone. Text and children
 * are borrowed: they live in the arena of the document. children are of gops_value_array; NULL is
 * fine when there are none.
 */
void gops_value_set_null(gitops_value *value);
void gops_value_set_bool(gitops_value *value, int boolean);
void gops_value_set_string(gitops_value *value, const char *text, uint32_t length);

/* spelling is a JSON number (RFC 8259). */
void gops_value_set_number(gitops_value *value, const char *spelling, uint32_t length);
void gops_value_set_list(gitops_value *value, gitops_value *children, uint32_t count);

/*
 * Sorts the members by key bytes and makes a map of them. Returns 0, or GITOPS_EDUPLICATE when a
 * key stands twice; the value is then not set.
 */
int gops_value_set_map(gitops_value *value, gitops_value *members, uint32_t count);

/* The digest of a value (docs/digest.md): at hand for lists and maps, made for scalars. */
gops_digest gops_value_digest(const gitops_value *value);

/* 1 when two values of one type have the same content; numbers by exact value. */
int gops_value_same_content(const gitops_value *a, const gitops_value *b);

static inline int gops_value_same(const gitops_value *a, const gitops_value *b)
{
    return a == b || (a && b && a->type == b->type && gops_value_same_content(a, b));
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
int gops_key_compare_bytes(const char *a, size_t a_length, const char *b, size_t b_length);
static inline int gops_key_compare(const char *a, size_t a_length, const char *b, size_t b_length)
{
    if (a_length && b_length && a[0] != b[0]) /* mostly decides */
        return (unsigned char)a[0] < (unsigned char)b[0] ? -1 : 1;
    return gops_key_compare_bytes(a, a_length, b, b_length);
}

/* A deep copy into an arena, positions included; NULL content and 0 when there is no memory. */
int gops_value_copy(gitops_value *out, const gitops_value *value, gops_arena *arena);

#endif
