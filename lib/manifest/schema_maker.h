/*
 * Making a graph of kinds. Nodes are made from the leaves up and numbered by content, so that what
 * is described alike in many places and many documents is kept once; members about which there is
 * nothing to say are left out. Nodes that are needed before they are described (references go in
 * circles) are reserved first and get their content in the end.
 *
 * Where nothing else is said, functions return 0; GITOPS_ENOMEM or GITOPS_ELIMIT, which are
 * reported by gops_graph_maker_fail.
 */
#ifndef GOPS_MANIFEST_SCHEMA_MAKER_H
#define GOPS_MANIFEST_SCHEMA_MAKER_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/intern.h"
#include "manifest/schema_graph.h"

enum { GOPS_SCHEMA_DEPTH = 256 }; /* levels of one schema; bounds all recursion */

/* A reserved node that gets the content of another one, with what is said beside it. */
typedef struct gops_late_node {
    uint32_t number, of;
    uint8_t has_map, map, has_list, list, scalar, flags;
    uint16_t keys;
    const gitops_value *at; /* what says so */
} gops_late_node;

/* Node number is node over with what the built-in node under adds. */
typedef struct gops_laid_node {
    uint32_t over, under, number;
} gops_laid_node;

typedef struct gops_made_kind {
    uint32_t group, kind, version; /* in the strings */
    uint32_t node, order;
} gops_made_kind;

typedef struct gops_graph_maker {
    gitops_context *context;
    gops_arena *arena;                /* takes what the graph is made of */
    gops_arena scratch;               /* of one look-up of keys */
    const gops_schema_graph *builtin; /* NULL: not used so far */
    gops_buffer strings;
    gops_intern known_strings, known_nodes, known_keys, known_laid;
    gops_schema_node *nodes;
    gops_schema_field *fields;
    gops_schema_field *open; /* of nodes being made, innermost last */
    gops_key_set *key_sets;
    gops_late_node *late;
    gops_laid_node *laid;
    gops_made_kind *kinds;
    size_t node_count, node_capacity, field_count, field_capacity, open_count, open_capacity;
    size_t key_count, key_capacity, late_count, late_capacity, laid_count, laid_capacity;
    size_t kind_count, kind_capacity;
} gops_graph_maker;

void gops_graph_maker_init(gops_graph_maker *maker, gitops_context *context, gops_arena *arena);
void gops_graph_maker_release(gops_graph_maker *maker);

/* 1 once anything was begun. */
int gops_graph_maker_is_used(const gops_graph_maker *maker);

/* Makes ready for documents, on the first call. */
int gops_graph_maker_begin(gops_graph_maker *maker);

/* Reports a failure of one of the functions below. */
int gops_graph_maker_fail(int status, gitops_error *err);

/* Adds a field to the node being made; fields come sorted by name. */
int gops_maker_field(gops_graph_maker *maker, const char *name, size_t length, uint32_t node);

/* Ends a node, whose fields are the open ones from mark on; *out is its number. */
int gops_maker_node(gops_graph_maker *maker, const gops_schema_node *node, size_t mark,
                    uint32_t *out);

/* The number of a set of keys, which is copied. */
int gops_maker_key_set(gops_graph_maker *maker, const gops_key_set *set, uint16_t *out);

/* A node without content so far. */
int gops_maker_reserve(gops_graph_maker *maker, uint32_t *out);

/* Ends a reserved node like gops_maker_node. */
int gops_maker_define(gops_graph_maker *maker, uint32_t number, const gops_schema_node *node,
                      size_t mark);

/* Adds a kind whose documents are described by node. */
int gops_maker_name(gops_graph_maker *maker, const gops_kind_name *name, uint32_t node);

/* Puts the tables of the graph into the arena. */
int gops_graph_maker_finish(gops_graph_maker *maker, const gops_schema_graph **out,
                            gitops_error *err);

#endif
