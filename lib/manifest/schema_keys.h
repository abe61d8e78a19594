/* The keys of a list as documents state them: names, and values that stand for missing ones. */
#ifndef GOPS_MANIFEST_SCHEMA_KEYS_H
#define GOPS_MANIFEST_SCHEMA_KEYS_H

#include "base/arena.h"
#include "manifest/schema.h"

enum { GOPS_LIST_KEYS = 16 }; /* at most */

/*
 * Reads a list of 1 to 16 names into keys without defaults, made in the arena. Returns 0,
 * GITOPS_EPARSE with line and column, or GITOPS_ENOMEM.
 */
int gops_list_keys_read(gops_list_key **keys, gops_arena *arena, const gitops_value *names,
                        gitops_error *err);

gops_list_key *gops_list_key_find(gops_list_key *keys, size_t count, const char *name,
                                  size_t length);

/* Copies a default into the arena. Returns 0, GITOPS_EPARSE when it is no scalar, GITOPS_ENOMEM. */
int gops_list_key_set_default(gops_list_key *key, gops_arena *arena, const gitops_value *value,
                              gitops_error *err);

#endif
