/*
 * The compiled table of health: rows of tests per kind, the first row that matches decides. Values
 * and names that are only compared are borrowed from the document, which the table holds.
 */
#ifndef GOPS_TARGET_HEALTH_TABLE_H
#define GOPS_TARGET_HEALTH_TABLE_H

#include "base/arena.h"
#include "base/refcount.h"
#include "manifest/schema_scope.h"
#include "target/health.h"

typedef enum gops_health_operator {
    GOPS_HEALTH_EXISTS = 0,
    GOPS_HEALTH_ABSENT,
    GOPS_HEALTH_IS,
    GOPS_HEALTH_IS_NOT,
    GOPS_HEALTH_AT_LEAST,
    GOPS_HEALTH_LESS_THAN
} gops_health_operator;

typedef struct gops_health_test {
    gops_health_operator operator;
    const char *field;           /* a JSON pointer; NULL: a condition */
    const char *other;           /* the pointer of what it is compared with; NULL: operand */
    const gitops_value *operand; /* of a field */
    const char *condition;       /* its type; with GOPS_HEALTH_EXISTS or GOPS_HEALTH_ABSENT */
    const gitops_value *status, *reason; /* one or a list; NULL: any */
} gops_health_test;

typedef struct gops_health_row {
    const gops_health_test *tests;
    size_t test_count;           /* 0: it always matches */
    int32_t health;
    const char *message;         /* NULL: made of the first test */
    const char *message_field;   /* the pointer of a message; NULL: none */
} gops_health_row;

typedef struct gops_health_entry {
    gops_scope kind;
    const gops_health_row *rows;
    size_t row_count;
} gops_health_entry;

struct gitops_health_table {
    gops_refcount references;
    gitops_context *context;
    gitops_document *document;
    gops_arena arena;
    gops_health_entry *entries;  /* in the order in which they decide (gops_scope_compare) */
    size_t entry_count, exact_count; /* exact kinds come first */
};

/* Fills the entries from the document. Returns 0, GITOPS_EPARSE or GITOPS_ENOMEM. */
int gops_health_table_compile(gitops_health_table *table, gitops_error *err);

#endif
