/* The notes of a unit of a store in memory. */
#ifndef GOPS_STORE_MEMORY_NOTES_H
#define GOPS_STORE_MEMORY_NOTES_H

#include "base/table.h"
#include "store/store.h"

typedef struct gops_memory_notes {
    gops_table by_name;
    struct memory_note *touched; /* by the transaction */
} gops_memory_notes;

void gops_memory_notes_init(gops_memory_notes *notes, gitops_context *context);
void gops_memory_notes_release(gops_memory_notes *notes);

/* Calls fn for those whose name begins with prefix, by name. 0, what fn gave or GITOPS_ENOMEM. */
int gops_memory_notes_each(const gops_memory_notes *notes, const char *prefix, gops_note_fn fn,
                           void *user_data, gitops_error *err);

/* Appends a value. Returns 1, or 0 when there is no such note. */
int gops_memory_notes_read(const gops_memory_notes *notes, const char *name, gops_buffer *out,
                           int64_t *unix_ms);

/* Changes of the transaction, which settle keeps or takes back; only put can fail. */
int gops_memory_notes_put(gops_memory_notes *notes, const gops_store_record *record,
                          gitops_error *err);
void gops_memory_notes_drop(gops_memory_notes *notes, const char *name);
void gops_memory_notes_settle(gops_memory_notes *notes, int keep);

#endif
