/* Trees to text and to canonical bytes. */
#ifndef GOPS_VALUE_EMIT_H
#define GOPS_VALUE_EMIT_H

#include "base/buffer.h"
#include "value/value.h"

/* One line of JSON without a final newline, members sorted by key bytes. */
void gops_emit_json(gops_buffer *out, const gitops_value *value);

/* A JSON string with its quotes. */
void gops_emit_json_string(gops_buffer *out, const char *text, size_t length);

/* Block-style YAML with a final newline, members by GITOPS_ORDER_...; reads back as the same value
   in every YAML 1.1 or 1.2 reader of the field. */
void gops_emit_yaml(gops_buffer *out, const gitops_value *value, int32_t order);

/* The canonical bytes (docs/digest.md): what SHA-256 digests are made over. */
void gops_emit_canonical(gops_buffer *out, const gitops_value *value);

#endif
