/*
 * The built-in kinds of Kubernetes as a graph of nodes, in constant tables. A node says how a list,
 * map or scalar at its place merges, and which nodes are below it. What has no node is anything: a
 * map that merges, an atomic list, a plain scalar.
 */
#ifndef GOPS_MANIFEST_SCHEMA_KUBERNETES_H
#define GOPS_MANIFEST_SCHEMA_KUBERNETES_H

#include "manifest/schema_rules.h"

typedef struct gops_kubernetes_node {
    uint16_t fields; /* its first row of gops_kubernetes_fields */
    uint16_t each;   /* node of elements and of members that are not fields; 0 = anything */
    uint8_t field_count;
    uint8_t list, map, scalar; /* gops_list_kind, gops_map_kind, gops_scalar_kind */
    uint8_t flags;             /* GOPS_RULE_... */
    uint8_t keys;              /* set of a GOPS_LIST_MAP; 0 = none */
} gops_kubernetes_node;

typedef struct gops_kubernetes_field {
    uint16_t name; /* row * 4096 + column in gops_kubernetes_strings */
    uint16_t node;
    uint8_t length; /* of the name */
} gops_kubernetes_field;

/* One key of one tuple of a set; rows of a set and of a tuple stand together. */
typedef struct gops_kubernetes_key {
    uint8_t set, tuple;
    uint16_t name, default_text; /* "" = no default */
} gops_kubernetes_key;

typedef struct gops_kubernetes_kind {
    uint16_t group, kind, version;
    uint16_t node;
} gops_kubernetes_kind;

enum { GOPS_KUBERNETES_ANYTHING = 0, GOPS_KUBERNETES_CUSTOM = 1 /* an unlisted kind */ };

extern const char gops_kubernetes_strings[][4096];
extern const gops_kubernetes_node gops_kubernetes_nodes[];
extern const gops_kubernetes_field gops_kubernetes_fields[];
extern const gops_kubernetes_key gops_kubernetes_keys[];
extern const size_t gops_kubernetes_key_count;
extern const gops_kubernetes_kind gops_kubernetes_kinds[];
extern const size_t gops_kubernetes_kind_count;

/*
 * The root node of a document by its apiVersion and kind: that very version; else the preferred
 * version of the same group and kind, because versions of one kind are converted into each other;
 * else an object of unknown form. document may be NULL.
 */
const gops_kubernetes_node *gops_kubernetes_root(const gitops_value *document);

/* The node of a member or of the elements; NULL = anything. */
const gops_kubernetes_node *gops_kubernetes_member(const gops_kubernetes_node *node,
                                                   const char *key, size_t length);
const gops_kubernetes_node *gops_kubernetes_element(const gops_kubernetes_node *node);

/* The tuples of a set of keys. */
typedef struct gops_kubernetes_key_set {
    const gops_list_keys *tuples;
    size_t tuple_count;
} gops_kubernetes_key_set;

/* All sets, by number, made in the arena; NULL: no memory. */
const gops_kubernetes_key_set *gops_kubernetes_key_sets(gops_arena *arena);

#endif
