/*
 * notes: a table of what is known, and of what is to be written.
 */
#include "reconcile/notes.h"

#include <stdlib.h>

void gops_notes_init(gops_notes *notes, gitops_context *context)
{
    notes->context = context;
    gops_table_init(&notes->table, context);
}

void gops_notes_release(gops_notes *notes)
{
    gops_said *said;
    for (size_t i = 0; (said = gops_table_next(&notes->table, &i)) != NULL;)
        gops_free(notes->context, said);
    gops_table_release(&notes->table);
    gops_notes_init(notes, notes->context);
}

gops_said *gops_notes_find(const gops_notes *notes, const char *name)
{
    return gops_table_get(&notes->table, name, strlen(name));
}

static gops_said *new_said(gitops_context *context, const char *name, const char *value,
                           size_t length, int64_t unix_ms)
{
    size_t room = strlen(name) + 1;
    gops_said *said = gops_alloc(context, sizeof *said + room + length + 1);
    if (!said)
        return NULL;
    memcpy(said->name, name, room);
    said->value = said->name + room;
    if (length)
        memcpy(said->value, value, length);
    said->value[length] = 0;
    said->length = length;
    said->holds = 0;
    said->unix_ms = unix_ms;
    return said;
}

int gops_notes_set(gops_notes *notes, const char *name, const char *value, size_t length,
                   int64_t unix_ms)
{
    gops_said *said = value ? new_said(notes->context, name, value, length, unix_ms) : NULL;
    if (value && (!said || gops_table_reserve(&notes->table, notes->table.count + 1) < 0)) {
        gops_free(notes->context, said);
        return GITOPS_ENOMEM;
    }
    gops_free(notes->context, gops_table_remove(&notes->table, name, strlen(name)));
    return said ? gops_table_set(&notes->table, said->name, strlen(said->name), said) : 0;
}

static int take_note(const gops_note *note, void *user_data)
{
    return gops_notes_set(user_data, note->name, note->value ? note->value : "", note->length,
                          note->unix_ms);
}

int gops_notes_read(gops_notes *notes, gitops_store *store, const char *unit, gitops_error *err)
{
    gops_notes_release(notes);
    int rc = gops_store_notes(store, unit, "", take_note, notes, err);
    return rc == GITOPS_ENOMEM ? gops_fail_memory(err) : rc;
}

int gops_notes_write(const gops_notes *notes, gitops_store *store, const char *unit,
                     gitops_error *err)
{
    const gops_said *said;
    size_t count = 0;
    if (notes->table.count == 0)
        return 0;
    gops_store_record *records = gops_calloc(notes->context, notes->table.count, sizeof *records);
    if (!records)
        return gops_fail_memory(err);
    for (size_t i = 0; (said = gops_table_next(&notes->table, &i)) != NULL;) {
        gops_store_record *record = &records[count++];
        record->kind = said->length ? GOPS_RECORD_NOTE : GOPS_RECORD_NOTE_DROP;
        record->key = said->name;
        record->document = said->value;
        record->document_length = said->length;
        record->unix_ms = said->unix_ms;
    }
    int rc = gops_store_write_notes(store, unit, records, count, err);
    gops_free(notes->context, records);
    return rc;
}

int64_t gops_said_number(const gops_said *said)
{
    return strtoll(said->value, NULL, 10);
}

const char *gops_said_text(const gops_said *said)
{
    const char *end = strchr(said->value, '\n');
    return end ? end + 1 : "";
}
