/* The change list: records that own all they refer to and hold no secret. */
#ifndef GOPS_DIFF_CHANGES_H
#define GOPS_DIFF_CHANGES_H

#include "base/arena.h"
#include "base/refcount.h"
#include "diff/rows.h"
#include "value/value.h"

struct gitops_change {
    const char *path;
    const char *label; /* the path for people; NULL: as path */
    const gops_row_rule *rule;
    const gitops_value *base, *desired, *live, *merged;
    const char *owner; /* field managers of live's value; NULL: not known */
    const char *file;
    uint32_t line, column;
    uint8_t action; /* gops_action */
    uint8_t sensitive;
    uint8_t immutable;
    uint8_t replaces; /* immutable, and written all the same */
};

struct gitops_changes {
    gops_refcount references;
    gitops_context *context;
    gops_arena arena; /* paths, values and file name */
    gitops_change *list;
    size_t count, capacity;
    const char *file; /* of desired; in the arena; may be NULL */
};

/* file may be NULL. NULL: no memory. */
gitops_changes *gops_changes_new(gitops_context *context, const char *file);

/* Sets the origin of a change by its desired value. */
void gops_changes_locate(const gitops_changes *changes, gitops_change *change);

/*
 * Adds a record: everything that change refers to is copied; where it is sensitive each value
 * becomes "***" instead. Returns 0 or GITOPS_ENOMEM.
 */
int gops_changes_add(gitops_changes *changes, const gitops_change *change);

/* 1 when a policy kept what the target holds, where the row asks for a write. */
int gops_change_is_kept(const gitops_change *change);

#endif
