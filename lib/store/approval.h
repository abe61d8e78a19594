/* Approvals that outlive a process: see gitops_store_approve. */
#ifndef GOPS_STORE_APPROVAL_H
#define GOPS_STORE_APPROVAL_H

#include "store/backend.h"

enum { GOPS_APPROVAL_DIGITS = 64, GOPS_APPROVAL_NAME = 80 };

/* Name of the note of an approval. */
void gops_approval_name(char name[GOPS_APPROVAL_NAME], const char *digest);

/* 1 when one of that time counts at another. */
int gops_approval_is_valid(int64_t approved_unix_ms, int64_t unix_ms);

/*
 * Looks for an approval of a plan that is valid at a time. Returns 1 with who in value and why in
 * *reason, both NUL-terminated and in value; 0: there is none; or a failure.
 */
int gops_approval_find(gitops_store *store, const char *unit, const char *digest, int64_t unix_ms,
                       gops_buffer *value, const char **reason, gitops_error *err);

#endif
