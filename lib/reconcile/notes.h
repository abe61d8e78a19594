/*
 * What was said about a unit and outlives a run: that it is suspended, the revision it is pinned to,
 * what came of its hooks, what failed and would only fail again. Read from the store at the start of
 * each pass, because another process may have said it; what the host says here is written then.
 */
#ifndef GOPS_RECONCILE_NOTES_H
#define GOPS_RECONCILE_NOTES_H

#include "base/table.h"
#include "store/said.h"

#define GOPS_NOTE_GOOD "good"         /* the revision that the unit can go back to by itself */
#define GOPS_NOTE_CONFIRM "confirm"   /* UNTIL, newline, REVISION: it waits to be confirmed */
#define GOPS_NOTE_HOOK "hook/"        /* + KEY/PHASE: identity of its last success */

typedef struct gops_said {
    int64_t unix_ms;
    size_t length;
    int holds;   /* what it says of an object is still so in this pass */
    char *value; /* NUL-terminated; behind the name */
    char name[];
} gops_said;

typedef struct gops_notes {
    gitops_context *context; /* borrowed */
    gops_table table;        /* gops_said by name */
} gops_notes;

void gops_notes_init(gops_notes *notes, gitops_context *context);
void gops_notes_release(gops_notes *notes);

/* NULL: there is none of that name. */
gops_said *gops_notes_find(const gops_notes *notes, const char *name);

/* Sets a note; value NULL: removes it. 0 or GITOPS_ENOMEM. */
int gops_notes_set(gops_notes *notes, const char *name, const char *value, size_t length,
                   int64_t unix_ms);

/* Reads all notes of a unit in place of what is there. */
int gops_notes_read(gops_notes *notes, gitops_store *store, const char *unit, gitops_error *err);

/*
 * Writes every note of a set, one whose value is empty as dropped; the set stays as it is. Without
 * any, nothing is done.
 */
int gops_notes_write(const gops_notes *notes, gitops_store *store, const char *unit,
                     gitops_error *err);

/* The number at the start of a note and the text behind its first line. */
int64_t gops_said_number(const gops_said *said);
const char *gops_said_text(const gops_said *said);

#endif
