/* Scalars of YAML in the three styles, for the reader that does without libyaml. */
#ifndef GOPS_VALUE_YAML_DIRECT_SCALAR_H
#define GOPS_VALUE_YAML_DIRECT_SCALAR_H

#include "value/scalar.h"
#include "value/yaml_direct.h"

typedef struct gops_direct_text {
    const char *text;
    size_t length;
    uint32_t line, column;  /* where it starts */
    int is_plain;
    int is_decoded;         /* text is in the arena, not in the source */
    int is_multiline;
} gops_direct_text;

/*
 * Each reads the scalar at p and moves behind it (behind the quote; behind the last character of a
 * plain one; to the line after a block scalar). Return 1, 0 to decline, or GITOPS_ENOMEM.
 */

/* indent: the least column, from 0, of lines that go on with it. */
int gops_direct_plain(gops_direct *direct, uint32_t indent, gops_direct_text *out);

/* In a flow collection; on one line only. */
int gops_direct_plain_in_flow(gops_direct *direct, gops_direct_text *out);

int gops_direct_quoted(gops_direct *direct, gops_direct_text *out);

/* parent: the column, from 0, of the list or map that holds it. */
int gops_direct_block(gops_direct *direct, uint32_t parent, gops_direct_text *out);

/* Make the next key and the next value of a scalar. Return as above. */
int gops_direct_take_key(gops_direct *direct, const gops_direct_text *scalar);
int gops_direct_take_value(gops_direct *direct, const gops_direct_text *scalar);

#endif
