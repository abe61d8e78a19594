/*
 * What a scalar of YAML means: profile K, that is sigs.k8s.io/yaml (YAML 1.1 words, no sexagesimal
 * numbers, dates are text), with exact numbers.
 */
#ifndef GOPS_VALUE_SCALAR_H
#define GOPS_VALUE_SCALAR_H

#include "value/value.h"

enum {
    GOPS_SCALAR_NULL,
    GOPS_SCALAR_BOOL,
    GOPS_SCALAR_INT,      /* fits int64 */
    GOPS_SCALAR_UINT,     /* fits uint64 only */
    GOPS_SCALAR_FLOAT,    /* any other number, integers beyond 64 bits included */
    GOPS_SCALAR_INFINITE, /* .inf and .nan: keys, never values */
    GOPS_SCALAR_STRING
};

typedef struct gops_scalar {
    int32_t kind;
    int32_t boolean;
    const char *text;   /* string: its bytes; number: its JSON spelling; else a spelling for keys */
    size_t length;
    int32_t stored;     /* text is in the arena or static, not in the source */
    int32_t too_large;  /* a string because the number is beyond the range of a double */
    int32_t replaced;   /* a !!binary with bytes that are not UTF-8, replaced by U+FFFD */
} gops_scalar;

/* Resolves a plain scalar without a tag. Returns 0 or GITOPS_ENOMEM. */
int gops_scalar_resolve(gops_scalar *out, const char *text, size_t length, gops_arena *arena);

/* A scalar that is text whatever it looks like. */
void gops_scalar_string(gops_scalar *out, const char *text, size_t length);

/* Copies text into the arena unless it is stored. Returns 0 or GITOPS_ENOMEM. */
int gops_scalar_store(gops_scalar *scalar, gops_arena *arena);

/* Sets a value of a stored scalar. Returns 0, or GITOPS_EPARSE for an infinite one. */
int gops_scalar_set(gitops_value *value, const gops_scalar *scalar);

/*
 * The text of a stored scalar as a map key. Returns 0; GITOPS_EPARSE for null and for an unsigned
 * integer beyond int64; GITOPS_ENOMEM.
 */
int gops_scalar_key(const gops_scalar *scalar, const char **key, size_t *length,
                    gops_arena *arena);

#endif
