/* A hash table from byte strings to pointers. Keys are borrowed and must outlive their entry. */
#ifndef GOPS_BASE_TABLE_H
#define GOPS_BASE_TABLE_H

#include "base/context.h"

typedef struct gops_table_entry {
    const void *key;
    size_t length;
    uint64_t hash;
    void *value; /* NULL = a free slot */
} gops_table_entry;

typedef struct gops_table {
    gitops_context *context; /* borrowed */
    gops_table_entry *slots;
    size_t capacity;         /* a power of two, or 0 */
    size_t count;
} gops_table;

void gops_table_init(gops_table *table, gitops_context *context);
void gops_table_release(gops_table *table);

/* The value of a key, or NULL. */
void *gops_table_get(const gops_table *table, const void *key, size_t length);

/* Sets a key (value is not NULL). Returns 0 or GITOPS_ENOMEM. */
int gops_table_set(gops_table *table, const void *key, size_t length, void *value);

/* Makes room for count entries, so that setting them cannot fail. Returns 0 or GITOPS_ENOMEM. */
int gops_table_reserve(gops_table *table, size_t count);

/* Removes a key and gives its value back, or NULL. */
void *gops_table_remove(gops_table *table, const void *key, size_t length);

/* Walks the slots: start with *position = 0; NULL at the end. Do not change the table meanwhile. */
void *gops_table_next(const gops_table *table, size_t *position);

#endif
