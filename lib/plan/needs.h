/*
 * What needs what: the edges that the order of a plan has to keep, whatever waves and kinds say.
 * Nodes are the operations of the plan, sorted by gops_findings_sort, and besides them objects of
 * Git in which nothing is done (what needs them needs what they need), and groups. Each source of
 * edges is a file of its own: depend.c, implied.c, change_group.c.
 */
#ifndef GOPS_PLAN_NEEDS_H
#define GOPS_PLAN_NEEDS_H

#include "base/arena.h"
#include "base/table.h"
#include "plan/order.h"

#define GOPS_NO_NODE UINT32_MAX

/* A node that is no operation. */
typedef struct gops_named {
    uint32_t node;
    const char *text;      /* what it is called in messages; NULL: it is left out of them */
    const gops_item *item; /* that it stands for; NULL: none */
} gops_named;

typedef struct gops_needs {
    gitops_context *context;      /* borrowed, as the next two */
    const gitops_plan *plan;
    const gops_plan_input *input;
    gops_subject *subjects;       /* of the operations */
    gops_graph graph;
    gops_table applied, removed;  /* subjects by key; of several the first */
    gops_table others;            /* gops_named of objects by key */
    gops_named **named;           /* by node, behind the operations */
    size_t named_count, named_capacity;
    gops_arena texts;
} gops_needs;

/*
 * Sorts the operations of the plan by kind and key. Can be released after a failure, too. Returns 0
 * or GITOPS_ENOMEM.
 */
int gops_needs_init(gops_needs *needs, gitops_plan *plan, const gops_plan_input *input);
void gops_needs_release(gops_needs *needs);

/* Frees what is known of the operations, when only the graph is of use any more. */
void gops_needs_forget(gops_needs *needs);

/*
 * Gathers all edges and writes the nodes so that each comes after what it needs; *order is owned by
 * the caller, also on failure. Returns 0, GITOPS_ENOMEM, GITOPS_ELIMIT, GITOPS_EORDER, or what
 * opening an object gave.
 */
int gops_needs_gather(gops_needs *needs, uint32_t **order, gitops_error *err);

/* The controls of an operation's object; all zero when it has none. */
gops_control gops_needs_controls(const gops_needs *needs, uint32_t node);

/* The same as they were last sent, whether it is in Git or not. */
gops_control gops_needs_sent_controls(const gops_needs *needs, uint32_t node);

/* The node of the operation that applies or removes an object; GOPS_NO_NODE: there is none. */
uint32_t gops_needs_applied(const gops_needs *needs, const char *key);
uint32_t gops_needs_removed(const gops_needs *needs, const char *key);

/*
 * Visits objects of Git that have controls: all in which nothing is done, and it may be others. A
 * plan that does nothing visits none. A non-zero return of fn stops, and is returned.
 */
int gops_needs_each_other(const gops_needs *needs, gops_entry_fn fn, void *user_data);

/*
 * The node of an object of Git: of the operation that applies it, else its own, which is made at
 * need. *node is GOPS_NO_NODE when it is not in Git. Returns 0, GITOPS_ENOMEM or GITOPS_ELIMIT.
 */
int gops_needs_object(gops_needs *needs, const char *key, uint32_t *node);

/* Adds a node. text and item are borrowed. Returns 0, GITOPS_ENOMEM or GITOPS_ELIMIT. */
int gops_needs_add(gops_needs *needs, const char *text, const gops_item *item, uint32_t *node);

/* Lets one node need another one. Returns 0, GITOPS_ENOMEM or GITOPS_ELIMIT. */
int gops_needs_let(gops_needs *needs, uint32_t node, uint32_t needed);

/* Appends what a node is called, with its file and line. Returns 0 when it has no name. */
int gops_needs_name(const gops_needs *needs, uint32_t node, gops_buffer *out);

/*
 * Fails with GITOPS_EORDER at the place of a node, or GITOPS_ENOMEM when the text is broken.
 * Releases the text.
 */
int gops_needs_fail(const gops_needs *needs, uint32_t node, gops_buffer *text, gitops_error *err);

/*
 * The sources of edges. Each returns as gops_needs_gather does, without a message where memory or a
 * limit is the trouble.
 */

/* Dependencies that objects state, and those that the host adds (depend.c). */
int gops_depend_gather(gops_needs *needs, gitops_error *err);

/* Namespaces before what is in them, definitions before their instances (implied.c). */
int gops_implied_gather(gops_needs *needs, gitops_error *err);

/* Change groups and change rules (change_group.c). */
int gops_change_group_gather(gops_needs *needs, gitops_error *err);

#endif
