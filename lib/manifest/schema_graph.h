/*
 * Kinds of documents as a graph of nodes, in flat tables. A node says how a list, map or scalar at
 * its place merges, and which nodes are below it. What has no node is anything: a map that merges,
 * an atomic list, a plain scalar. The built-in kinds of Kubernetes are constant tables; those of
 * documents that define kinds are made by schema_maker.h. The reader of a graph sees no difference.
 */
#ifndef GOPS_MANIFEST_SCHEMA_GRAPH_H
#define GOPS_MANIFEST_SCHEMA_GRAPH_H

#include "manifest/schema_rules.h"

/* Only among the flags of a node. */
enum {
    GOPS_NODE_EMBEDDED = 32,     /* a whole object of a kind of its own is here */
    GOPS_NODE_PATCH_MERGES = 64, /* a strategic merge patch merges this list, by its first key */
    GOPS_NODE_PATCH_WHOLE = 128  /* the server takes whole what a patch says here */
};

typedef struct gops_schema_node {
    uint32_t fields; /* its first row among the fields */
    uint32_t each;   /* node of elements and of members that are not fields; 0 = anything */
    uint16_t field_count;
    uint16_t keys;             /* set of a GOPS_LIST_MAP; 0 = none */
    uint8_t list, map, scalar; /* gops_list_kind, gops_map_kind, gops_scalar_kind */
    uint8_t flags;             /* GOPS_RULE_..., GOPS_NODE_... */
} gops_schema_node;

/* The fields of a node stand together, sorted by name. */
typedef struct gops_schema_field {
    uint32_t name, length; /* where it starts in the strings, and its bytes */
    uint32_t node;
} gops_schema_field;

/* A kind of document; sorted by group and kind, the preferred version first. */
typedef struct gops_schema_kind {
    uint32_t group, kind, version; /* in the strings, NUL-terminated */
    uint32_t node;
} gops_schema_kind;

/* The tuples of keys of a list, tried in order. */
typedef struct gops_key_set {
    const gops_list_keys *tuples;
    uint32_t tuple_count;
} gops_key_set;

/* Nodes that every graph has: what is not described, and an object of a kind that is not listed. */
enum { GOPS_NODE_ANYTHING = 0, GOPS_NODE_CUSTOM = 1 };

typedef struct gops_schema_graph {
    const char *strings;
    const gops_schema_node *nodes;
    const gops_schema_field *fields;
    const gops_key_set *key_sets;
    const gops_schema_kind *kinds;
    size_t kind_count;
} gops_schema_graph;

static inline const gops_schema_node *gops_graph_node(const gops_schema_graph *graph,
                                                      uint32_t number)
{
    return number == GOPS_NODE_ANYTHING ? NULL : &graph->nodes[number];
}

/* The node of a member; NULL = anything. */
const gops_schema_node *gops_graph_member(const gops_schema_graph *graph,
                                          const gops_schema_node *node, const char *key,
                                          size_t length);

/* The kind that a document says it is of. */
typedef struct gops_kind_name {
    const char *group, *version, *kind;
    size_t group_length, version_length, kind_length;
} gops_kind_name;

/* Reads apiVersion and kind. Returns 0 when document (may be NULL) does not name a kind. */
int gops_kind_name_read(gops_kind_name *out, const gitops_value *document);

/*
 * The row of a kind: of that very version; else of the preferred version of the same group and
 * kind, because versions of one kind are converted into each other; NULL: not listed.
 */
const gops_schema_kind *gops_graph_find(const gops_schema_graph *graph, const gops_kind_name *name);

#endif
