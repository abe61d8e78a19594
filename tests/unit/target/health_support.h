/* health_support: verdicts on small documents, as tables of rows. */
#ifndef TESTS_HEALTH_SUPPORT_H
#define TESTS_HEALTH_SUPPORT_H

#include "support.h"

#include <gitops/health.h>

/* A document in YAML and what is said of it; message is what the verdict's begins with (NULL: any). */
typedef struct health_case {
    const char *document;
    int32_t status, basis;
    const char *message;
} health_case;

/* The verdict on a YAML text; NULL: absent. */
gitops_health health_of(gitops_context *context, const gitops_health_table *table,
                        const char *text, const char *key, uint32_t flags);

/* prefix is put before each document, such as "apiVersion: v1\nkind: Pod\n". */
void health_check(gitops_context *context, const gitops_health_table *table, const char *prefix,
                  const health_case *cases, size_t count, uint32_t flags);

/* Compiles a table from YAML. */
gitops_health_table *health_table(gitops_context *context, const char *text);

#endif
