/* The built-in kinds of Kubernetes: the graph in the tables of schema_kubernetes_table.c. */
#ifndef GOPS_MANIFEST_SCHEMA_KUBERNETES_H
#define GOPS_MANIFEST_SCHEMA_KUBERNETES_H

#include "manifest/schema_graph.h"

/* One key of one tuple of a set; rows of a set and of a tuple stand together. */
typedef struct gops_kubernetes_key {
    uint8_t set, tuple;
    uint16_t name, default_text; /* "" = no default */
} gops_kubernetes_key;

/* Places in the strings count through the rows: row * 4096 + column. */
extern const char gops_kubernetes_strings[][4096];
extern const gops_schema_node gops_kubernetes_nodes[];
extern const gops_schema_field gops_kubernetes_fields[];
extern const gops_kubernetes_key gops_kubernetes_keys[];
extern const size_t gops_kubernetes_key_count;
extern const gops_schema_kind gops_kubernetes_kinds[];
extern const size_t gops_kubernetes_kind_count;

/*
 * The graph; only the keys of lists need memory, which is taken from the arena: their default
 * values are values with a digest. NULL: no memory.
 */
const gops_schema_graph *gops_kubernetes_graph(gops_arena *arena);

#endif
