/*
 * memory_notes: a table by name. A note that the transaction changes remembers how it was before,
 * so that neither keeping nor taking back allocates.
 */
#include "store/memory_notes.h"

#include <stdlib.h>

/* data NULL: there is none. */
typedef struct note_value {
    char *data;
    size_t length;
    int64_t unix_ms;
} note_value;

typedef struct memory_note {
    note_value now, before; /* before: while touched */
    int touched;
    struct memory_note *next; /* touched ones of the transaction */
    char name[];
} memory_note;

void gops_memory_notes_init(gops_memory_notes *notes, gitops_context *context)
{
    gops_table_init(&notes->by_name, context);
    notes->touched = NULL;
}

static void free_note(gitops_context *context, memory_note *note)
{
    gops_free(context, note->now.data);
    gops_free(context, note);
}

void gops_memory_notes_release(gops_memory_notes *notes)
{
    memory_note *note;
    for (size_t i = 0; (note = gops_table_next(&notes->by_name, &i)) != NULL;)
        free_note(notes->by_name.context, note);
    gops_table_release(&notes->by_name);
}

static int compare_notes(const void *a, const void *b)
{
    const memory_note *const *left = a, *const *right = b;
    return strcmp((*left)->name, (*right)->name);
}

static int pass_note(const memory_note *note, gops_note_fn fn, void *user_data)
{
    gops_note out = {note->name, note->now.data, note->now.length, note->now.unix_ms};
    return fn(&out, user_data);
}

int gops_memory_notes_each(const gops_memory_notes *notes, const char *prefix, gops_note_fn fn,
                           void *user_data, gitops_error *err)
{
    gitops_context *context = notes->by_name.context;
    size_t count = 0, length = strlen(prefix);
    if (notes->by_name.count == 0)
        return 0;
    memory_note **sorted = gops_calloc(context, notes->by_name.count, sizeof *sorted);
    if (!sorted)
        return gops_fail_memory(err);
    for (size_t i = 0; count < notes->by_name.count;)
        sorted[count++] = gops_table_next(&notes->by_name, &i);
    qsort(sorted, count, sizeof *sorted, compare_notes);
    int rc = 0;
    for (size_t i = 0; i < count && rc == 0; i++)
        if (strncmp(sorted[i]->name, prefix, length) == 0)
            rc = pass_note(sorted[i], fn, user_data);
    gops_free(context, sorted);
    return rc;
}

static memory_note *find_note(const gops_memory_notes *notes, const char *name)
{
    return gops_table_get(&notes->by_name, name, strlen(name));
}

int gops_memory_notes_read(const gops_memory_notes *notes, const char *name, gops_buffer *out,
                           int64_t *unix_ms)
{
    const memory_note *note = find_note(notes, name);
    if (!note)
        return 0;
    *unix_ms = note->now.unix_ms;
    gops_buffer_put(out, note->now.data, note->now.length);
    return 1;
}

static memory_note *add_note(gops_memory_notes *notes, const char *name)
{
    gitops_context *context = notes->by_name.context;
    size_t length = strlen(name);
    memory_note *note = gops_calloc(context, 1, sizeof *note + length + 1);
    if (!note)
        return NULL;
    memcpy(note->name, name, length + 1);
    if (gops_table_set(&notes->by_name, note->name, length, note) < 0) {
        gops_free(context, note);
        return NULL;
    }
    return note;
}

/* Gives a note another value; the one from before the transaction is freed at its end. */
static void set_value(gops_memory_notes *notes, memory_note *note, note_value value)
{
    if (!note->touched) {
        note->before = note->now;
        note->touched = 1;
        note->next = notes->touched;
        notes->touched = note;
    }
    if (note->now.data != note->before.data)
        gops_free(notes->by_name.context, note->now.data);
    note->now = value;
}

int gops_memory_notes_put(gops_memory_notes *notes, const gops_store_record *record,
                          gitops_error *err)
{
    memory_note *note = find_note(notes, record->key);
    note_value value = {NULL, record->document_length, record->unix_ms};
    value.data = gops_strndup(notes->by_name.context, record->document ? record->document : "",
                              record->document_length);
    if (value.data && !note)
        note = add_note(notes, record->key);
    if (!value.data || !note) {
        gops_free(notes->by_name.context, value.data);
        return gops_fail_memory(err);
    }
    set_value(notes, note, value);
    return 0;
}

void gops_memory_notes_drop(gops_memory_notes *notes, const char *name)
{
    memory_note *note = find_note(notes, name);
    if (note)
        set_value(notes, note, (note_value){NULL, 0, 0});
}

void gops_memory_notes_settle(gops_memory_notes *notes, int keep)
{
    gitops_context *context = notes->by_name.context;
    while (notes->touched) {
        memory_note *note = notes->touched;
        notes->touched = note->next;
        note->touched = 0;
        if (!keep) {
            note_value given_up = note->now;
            note->now = note->before;
            note->before = given_up;
        }
        gops_free(context, note->before.data);
        if (!note->now.data) {
            gops_table_remove(&notes->by_name, note->name, strlen(note->name));
            free_note(context, note);
        }
    }
}
