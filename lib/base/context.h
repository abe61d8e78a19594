/* The context: allocator, log and limits. Counted; every handle holds one. */
#ifndef GOPS_BASE_CONTEXT_H
#define GOPS_BASE_CONTEXT_H

#include <gitops/context.h>

#include "base/error.h"
#include "base/refcount.h"

struct gitops_context {
    gops_refcount references;
    gitops_allocator allocator;
    gitops_limits limits;      /* every member set */
    int32_t log_level;
    void (*log)(int32_t level, const char *message, void *user_data);
    void *log_user_data;
    void (*destroy_log_user_data)(void *user_data);
};

gitops_context *gops_context_ref(gitops_context *context);

/* The context's allocator. Sizes may be 0 (one byte is taken). NULL when there is no memory. */
void *gops_alloc(gitops_context *context, size_t size);
void *gops_calloc(gitops_context *context, size_t count, size_t size); /* zeroed; overflow = NULL */
void *gops_realloc(gitops_context *context, void *memory, size_t size);
void gops_free(gitops_context *context, void *memory);                 /* NULL is fine */

/* A NUL-terminated copy. */
char *gops_strdup(gitops_context *context, const char *text);
char *gops_strndup(gitops_context *context, const char *text, size_t length);

/*
 * Makes *array (elements of size) hold at least need elements; *capacity is updated. Grows by
 * half. Returns 0 or GITOPS_ENOMEM; on failure the array is as it was.
 */
int gops_grow_now(gitops_context *context, void *array, size_t *capacity, size_t need, size_t size);
static inline int gops_grow(gitops_context *context, void *array, size_t *capacity, size_t need,
                            size_t size)
{
    return need <= *capacity ? 0 : gops_grow_now(context, array, capacity, need, size);
}

void gops_log(gitops_context *context, int32_t level, const char *format, ...) GOPS_PRINTF(3, 4);

#endif
