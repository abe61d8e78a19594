/*
 * A tree that can be edited: nodes start as frozen values and open where an edit goes through them.
 * Opening a container costs its children once; the rest of the tree stays shared.
 */
#ifndef GOPS_DIFF_EDIT_H
#define GOPS_DIFF_EDIT_H

#include "base/arena.h"
#include "value/pointer.h"
#include "value/value.h"

typedef struct gops_edit_node gops_edit_node;

struct gops_edit_node {
    const gitops_value *value; /* frozen: what it holds; open: what it once held, for its kind */
    const char *key;           /* of this member; NULL outside of maps */
    uint32_t key_length;
    uint32_t count, capacity;
    gops_edit_node **children; /* of an open node, in order; members sorted by key */
    int open;
};

typedef struct gops_edit_tree {
    gops_edit_node *root;
    gops_arena nodes;    /* dies with the edit */
    gops_arena *values;  /* of the result */
    uint64_t nodes_left; /* that copies and moves may still visit */
    uint32_t max_depth;
    int status; /* 0, GITOPS_ENOMEM or GITOPS_ELIMIT */
} gops_edit_tree;

/* Returns 0 or GITOPS_ENOMEM; end it in both cases. values: arena of the result. */
int gops_edit_begin(gops_edit_tree *tree, gitops_context *context, gops_arena *values,
                    const gitops_value *root);
void gops_edit_end(gops_edit_tree *tree);

/*
 * The edits below return 1, 0 when the path does not hold, or the tree's status (negative). A path
 * is the first count segments of a pointer.
 */

/* A node of its own for a value, such as an operation's; NULL: no memory. */
gops_edit_node *gops_edit_new(gops_edit_tree *tree, const gitops_value *value);

/* A node with what is at a path; NULL: there is nothing, or the status says why. */
gops_edit_node *gops_edit_copy(gops_edit_tree *tree, const gops_pointer *path);

/* Puts node at a path: inserts into lists, adds to or replaces in maps. */
int gops_edit_add(gops_edit_tree *tree, const gops_pointer *path, gops_edit_node *node);

/* Puts node where something is. */
int gops_edit_replace(gops_edit_tree *tree, const gops_pointer *path, gops_edit_node *node);

/* Takes out what is at a path, which is not the root; *out (may be NULL) is what was there. */
int gops_edit_remove(gops_edit_tree *tree, const gops_pointer *path, gops_edit_node **out);

/* 1 when what is at a path is value; 0 when not, or when nothing is there. */
int gops_edit_test(gops_edit_tree *tree, const gops_pointer *path, const gitops_value *value);

/* 0 when node, put at a depth, would be deeper than documents may be. */
int gops_edit_fits(gops_edit_tree *tree, const gops_edit_node *node, size_t depth);

/* The edited tree as a value. Returns 0 or GITOPS_ENOMEM. */
int gops_edit_freeze(gops_edit_tree *tree, gitops_value *out);

#endif
