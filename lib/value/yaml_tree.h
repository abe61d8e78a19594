/* The events of one YAML document to a tree: scalars, anchors, aliases, merge keys. */
#ifndef GOPS_VALUE_YAML_TREE_H
#define GOPS_VALUE_YAML_TREE_H

#include <yaml.h>

#include "base/table.h"
#include "value/builder.h"
#include "value/scalar.h"

/* What an anchor names. */
typedef struct gops_anchor {
    gitops_value value;
    gops_scalar scalar;  /* when it is a scalar: an alias may stand as a key */
    uint64_t nodes, bytes; /* in it, aliases expanded */
    uint32_t height;     /* levels of lists and maps, itself included */
    uint32_t line;
    int32_t is_scalar, is_open;
} gops_anchor;

typedef struct gops_yaml_tree {
    gops_builder *builder;
    gops_table names;        /* anchor name to 1 + its index, as a pointer */
    gops_anchor *anchors;
    size_t anchor_count, anchor_capacity;
    uint32_t first_line;     /* of the text that libyaml reads */
} gops_yaml_tree;

void gops_yaml_tree_init(gops_yaml_tree *tree, gops_builder *builder);
void gops_yaml_tree_release(gops_yaml_tree *tree);

/* Begins a document. */
void gops_yaml_tree_start(gops_yaml_tree *tree, gops_arena *arena);

/*
 * Takes a scalar, alias, or the start or end of a collection. Problems of the tree are reported.
 * Returns 0; GITOPS_ELIMIT or GITOPS_EPARSE when reading this document must stop; GITOPS_ENOMEM.
 */
int gops_yaml_tree_event(gops_yaml_tree *tree, const yaml_event_t *event);

#endif
