/*
 * What of a graph is made last: reserved nodes get their content, and what documents describe is
 * laid over what the library knows of the same kind: which fields of every object a server sets,
 * what is sensitive, what can not be changed.
 */
#ifndef GOPS_MANIFEST_SCHEMA_LAY_H
#define GOPS_MANIFEST_SCHEMA_LAY_H

#include "manifest/schema_maker.h"

/* Makes GOPS_NODE_CUSTOM, which is the second node to be made. */
int gops_maker_lay_custom(gops_graph_maker *maker);

/* Says what the reserved node late->number will be: late->of, or more than that. */
int gops_maker_late(gops_graph_maker *maker, const gops_late_node *late);

/*
 * Gives all those nodes their content. Returns 0; GITOPS_EPARSE for references that only refer to
 * each other, GITOPS_ELIMIT or GITOPS_ENOMEM, reported.
 */
int gops_maker_settle(gops_graph_maker *maker, gitops_error *err);

/* Adds a kind; its node, and all below it, has to be settled. */
int gops_maker_kind(gops_graph_maker *maker, const gops_kind_name *name, uint32_t node);

#endif
