/* The units of a state in one table, the worst first. */
#ifndef STATUS_TABLE_H
#define STATUS_TABLE_H

#include "program.h"

typedef struct status_row {
    char *unit;
    size_t owned;
    int64_t ran_unix_ms;   /* 0: never */
    char revision[24];     /* its first digits */
    const char *condition; /* in a word */
    int rank;              /* the smaller, the worse */
} status_row;

typedef struct status_table {
    status_row *rows;
    size_t count;
} status_table;

/* Adds a unit. Returns 0, or RESULT_ERROR after a complaint. */
int status_table_add(status_table *table, const char *unit, size_t owned,
                     const gitops_history *history, const gitops_standing *standing);
void status_table_print(status_table *table);
void status_table_free(status_table *table);

#endif
