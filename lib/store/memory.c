/*
 * memory: a store without a file, with the meaning of the SQLite one.
 *
 * A unit has a table of objects, each with its row and its open intent, and a list of runs. A
 * transaction keeps what it changes: an object remembers how it was before, a run how many
 * operations it had. Commit and rollback allocate nothing, so neither can fail.
 */
#include <stdlib.h>

#include "base/table.h"
#include "store/backend.h"
#include "store/memory_memo.h"
#include "store/memory_notes.h"

/* A text with its length and digest; data NULL: there is none. */
typedef struct memory_text {
    char *data;
    size_t length;
    gops_digest digest;
} memory_text;

typedef struct memory_state {
    int owned, adopted;
    memory_text sent;
    int32_t intent;
    int intent_adopted, intent_exempt;
    uint64_t run; /* of the intent */
    memory_text document;
} memory_state;

typedef struct memory_object {
    memory_state now, before; /* before: while touched */
    int touched;
    struct memory_object *next; /* touched ones of the transaction */
    char key[];
} memory_object;

typedef struct memory_operation {
    char *key, *error;
    int32_t action, outcome;
    uint64_t place;
} memory_operation;

typedef struct memory_run {
    gops_stored_run stored; /* its texts are owned */
    memory_operation *operations;
    size_t count, capacity;
    gops_stored_run stored_before; /* this and count_before: at the begin of the transaction */
    size_t count_before;
} memory_run;

typedef struct memory_unit {
    gops_table objects; /* memory_object by key */
    gops_memory_notes notes;
    memory_run *runs;   /* oldest first */
    size_t run_count, run_capacity, run_count_before;
    char *fingerprint, *next_fingerprint; /* next: to be taken over by commit */
    char name[];
} memory_unit;

typedef struct memory_store {
    gitops_store base;
    gops_table units; /* memory_unit by name */
    gops_memory_memos memos;
    int held;
    memory_unit *unit;      /* of the transaction */
    memory_object *touched; /* by the transaction */
} memory_store;

static memory_store *of(gitops_store *store)
{
    return (memory_store *)store;
}

static memory_unit *find_unit(const memory_store *s, const char *name)
{
    return gops_table_get(&s->units, name, strlen(name));
}

static memory_unit *add_unit(memory_store *s, const char *name)
{
    gitops_context *context = s->base.context;
    size_t length = strlen(name);
    memory_unit *unit = gops_calloc(context, 1, sizeof *unit + length + 1);
    if (!unit)
        return NULL;
    memcpy(unit->name, name, length + 1);
    gops_table_init(&unit->objects, context);
    gops_memory_notes_init(&unit->notes, context);
    if (gops_table_set(&s->units, unit->name, length, unit) < 0) {
        gops_free(context, unit);
        return NULL;
    }
    return unit;
}

static void free_run(gitops_context *context, memory_run *run)
{
    for (size_t i = 0; i < run->count; i++) {
        gops_free(context, run->operations[i].key);
        gops_free(context, run->operations[i].error);
    }
    gops_free(context, run->operations);
    gops_free(context, (char *)run->stored.revision);
    gops_free(context, (char *)run->stored.digest);
    gops_free(context, (char *)run->stored.approver);
    gops_free(context, (char *)run->stored.reason);
}

static void free_object(gitops_context *context, memory_object *object)
{
    gops_free(context, object->now.sent.data);
    gops_free(context, object->now.document.data);
    gops_free(context, object);
}

static void free_unit(gitops_context *context, memory_unit *unit)
{
    memory_object *object;
    for (size_t i = 0; (object = gops_table_next(&unit->objects, &i)) != NULL;)
        free_object(context, object);
    gops_table_release(&unit->objects);
    gops_memory_notes_release(&unit->notes);
    for (size_t i = 0; i < unit->run_count; i++)
        free_run(context, &unit->runs[i]);
    gops_free(context, unit->runs);
    gops_free(context, unit->fingerprint);
    gops_free(context, unit);
}

static void memory_destroy(gitops_store *store)
{
    memory_store *s = of(store);
    memory_unit *unit;
    for (size_t i = 0; (unit = gops_table_next(&s->units, &i)) != NULL;)
        free_unit(store->context, unit);
    gops_table_release(&s->units);
    gops_memory_memos_release(&s->memos);
}

static int memory_acquire(gitops_store *store, gitops_error *err)
{
    if (of(store)->held)
        return gops_fail(err, GITOPS_ELOCKED, "another writer holds the store in memory");
    of(store)->held = 1;
    return 0;
}

static void memory_release(gitops_store *store)
{
    of(store)->held = 0;
}

static int memory_leased(gitops_store *store)
{
    return of(store)->held;
}

/* Reading. */

static int compare_objects(const void *a, const void *b)
{
    const memory_object *const *left = a, *const *right = b;
    return strcmp((*left)->key, (*right)->key);
}

static void describe(gops_stored_row *out, const memory_object *object, int with_documents)
{
    const memory_state *now = &object->now;
    const memory_text *text = now->owned ? &now->sent : &now->document;
    memset(out, 0, sizeof *out);
    out->row.key = object->key;
    out->row.sent_digest = text->digest;
    out->row.owned = now->owned;
    out->row.intent_action = now->intent;
    out->row.adopted = now->owned ? now->adopted : now->intent_adopted;
    if (with_documents) {
        out->sent = text->data;
        out->sent_length = text->length;
    }
}

static int memory_rows(gitops_store *store, const char *unit_name, int with_documents,
                       gops_stored_row_fn fn, void *user_data, gitops_error *err)
{
    const memory_unit *unit = find_unit(of(store), unit_name);
    if (!unit || unit->objects.count == 0)
        return 0;
    memory_object **sorted = gops_calloc(store->context, unit->objects.count, sizeof *sorted);
    if (!sorted)
        return gops_fail_memory(err);
    size_t count = 0;
    for (size_t i = 0; count < unit->objects.count;)
        sorted[count++] = gops_table_next(&unit->objects, &i);
    qsort(sorted, count, sizeof *sorted, compare_objects);
    int rc = 0;
    for (size_t i = 0; i < count && rc == 0; i++) {
        gops_stored_row row;
        describe(&row, sorted[i], with_documents);
        rc = fn(&row, user_data);
    }
    gops_free(store->context, sorted);
    return rc;
}

static int memory_last_run(gitops_store *store, const char *unit_name, uint64_t *number,
                           gops_buffer *out, gitops_error *err)
{
    const memory_unit *unit = find_unit(of(store), unit_name);
    if (!unit || unit->run_count == 0)
        return 0;
    const gops_stored_run *last = &unit->runs[unit->run_count - 1].stored;
    *number = last->number;
    if (!out)
        return 0;
    gops_buffer_puts(out, last->revision);
    return gops_buffer_status(out, err);
}

static int memory_sent(gitops_store *store, const char *unit_name, const char *key,
                       gops_buffer *out, int *adopted, gitops_error *err)
{
    const memory_unit *unit = find_unit(of(store), unit_name);
    const memory_object *object = unit ? gops_table_get(&unit->objects, key, strlen(key)) : NULL;
    const memory_text *text = NULL;
    if (object)
        text = object->now.owned ? &object->now.sent : &object->now.document;
    if (!text || !text->data)
        return gops_fail_at(err, GITOPS_ENOTFOUND, key, 0, 0, "nothing was sent for %s of unit %s",
                            key, unit_name);
    *adopted = object->now.owned ? object->now.adopted : object->now.intent_adopted;
    gops_buffer_put(out, text->data, text->length);
    return gops_buffer_status(out, err);
}

static int memory_fingerprint(gitops_store *store, const char *unit_name, gops_buffer *out,
                              gitops_error *err)
{
    const memory_unit *unit = find_unit(of(store), unit_name);
    gops_buffer_puts(out, unit && unit->fingerprint ? unit->fingerprint : "");
    return gops_buffer_status(out, err);
}

static int visit_run(const memory_run *run, const gops_run_visitor *visitor)
{
    int rc = visitor->run(&run->stored, visitor->user_data);
    for (size_t i = 0; visitor->operation && i < run->count && rc == 0; i++) {
        const memory_operation *from = &run->operations[i];
        gops_stored_operation operation = {from->key, from->action, from->outcome, from->error,
                                           from->place};
        rc = visitor->operation(&operation, visitor->user_data);
    }
    return rc;
}

static int memory_runs(gitops_store *store, const char *unit_name, uint32_t limit,
                       const gops_run_visitor *visitor, gitops_error *err)
{
    const memory_unit *unit = find_unit(of(store), unit_name);
    size_t count = unit ? unit->run_count : 0;
    int rc = 0;
    (void)err;
    for (size_t i = 0; i < count && i < limit && rc == 0; i++)
        rc = visit_run(&unit->runs[count - 1 - i], visitor);
    return rc;
}

static int memory_memo(gitops_store *store, const char *name, gitops_memo **out, gitops_error *err)
{
    return gops_memory_memo_open(out, &of(store)->memos, store, store->context, name, err);
}

static int compare_units(const void *a, const void *b)
{
    const memory_unit *const *left = a, *const *right = b;
    return strcmp((*left)->name, (*right)->name);
}

static int memory_units(gitops_store *store, gitops_unit_name_fn fn, void *user_data,
                        gitops_error *err)
{
    const gops_table *units = &of(store)->units;
    size_t count = 0;
    int rc = 0;
    if (units->count == 0)
        return 0;
    memory_unit **sorted = gops_calloc(store->context, units->count, sizeof *sorted);
    if (!sorted)
        return gops_fail_memory(err);
    for (size_t i = 0; count < units->count;)
        sorted[count++] = gops_table_next(units, &i);
    qsort(sorted, count, sizeof *sorted, compare_units);
    for (size_t i = 0; i < count && rc == 0; i++)
        rc = fn(sorted[i]->name, user_data);
    gops_free(store->context, sorted);
    return rc;
}

static int memory_notes(gitops_store *store, const char *unit_name, const char *prefix,
                        gops_note_fn fn, void *user_data, gitops_error *err)
{
    const memory_unit *unit = find_unit(of(store), unit_name);
    return unit ? gops_memory_notes_each(&unit->notes, prefix, fn, user_data, err) : 0;
}

static int memory_note(gitops_store *store, const char *unit_name, const char *name,
                       gops_buffer *out, int64_t *unix_ms, gitops_error *err)
{
    const memory_unit *unit = find_unit(of(store), unit_name);
    if (!unit || !gops_memory_notes_read(&unit->notes, name, out, unix_ms))
        return gops_record_fail_note(unit_name, name, err);
    return gops_buffer_status(out, err);
}

/* Writing. */

static int memory_begin(gitops_store *store, const char *unit_name, int leased, gitops_error *err)
{
    memory_store *s = of(store);
    if (leased && !s->held)
        return gops_fail(err, GITOPS_ELOCKED, "the lease of the store in memory is not held");
    memory_unit *unit = find_unit(s, unit_name);
    if (!unit)
        unit = add_unit(s, unit_name);
    if (!unit)
        return gops_fail_memory(err);
    s->unit = unit;
    unit->run_count_before = unit->run_count;
    for (size_t i = 0; i < unit->run_count; i++) {
        memory_run *run = &unit->runs[i];
        run->count_before = run->count;
        run->stored_before = run->stored;
    }
    return 0;
}

/* Frees the texts of a state that another one does not share. */
static void drop_state(gitops_context *context, memory_state *state, const memory_state *kept)
{
    if (state->sent.data != kept->sent.data)
        gops_free(context, state->sent.data);
    if (state->document.data != kept->document.data)
        gops_free(context, state->document.data);
}

/* Lets go of the objects of the transaction, as they are now or as they were before. */
static void settle_objects(memory_store *s, int keep)
{
    gitops_context *context = s->base.context;
    while (s->touched) {
        memory_object *object = s->touched;
        s->touched = object->next;
        drop_state(context, keep ? &object->before : &object->now,
                   keep ? &object->now : &object->before);
        if (!keep)
            object->now = object->before;
        object->touched = 0;
        if (!object->now.owned && !object->now.intent) {
            gops_table_remove(&s->unit->objects, object->key, strlen(object->key));
            free_object(context, object);
        }
    }
}

/* The newest run says what time it is. */
static void forget_old_runs(gitops_context *context, memory_unit *unit)
{
    size_t extra = 0;
    while (unit->run_count - extra > GOPS_STORE_RUNS &&
           gops_record_is_old(unit->runs[extra].stored.started_unix_ms,
                              &unit->runs[extra].stored.changes,
                              unit->runs[unit->run_count - 1].stored.started_unix_ms))
        free_run(context, &unit->runs[extra++]);
    unit->run_count -= extra;
    if (extra > 0)
        memmove(unit->runs, unit->runs + extra, unit->run_count * sizeof *unit->runs);
}

static int memory_commit(gitops_store *store, gitops_error *err)
{
    memory_store *s = of(store);
    memory_unit *unit = s->unit;
    (void)err;
    settle_objects(s, 1);
    gops_memory_notes_settle(&unit->notes, 1);
    forget_old_runs(store->context, unit);
    if (unit->next_fingerprint) {
        gops_free(store->context, unit->fingerprint);
        unit->fingerprint = unit->next_fingerprint;
        unit->next_fingerprint = NULL;
    }
    s->unit = NULL;
    return 0;
}

static void restore_run(gitops_context *context, memory_run *run)
{
    while (run->count > run->count_before) {
        memory_operation *operation = &run->operations[--run->count];
        gops_free(context, operation->key);
        gops_free(context, operation->error);
    }
    run->stored = run->stored_before;
}

static void memory_rollback(gitops_store *store)
{
    memory_store *s = of(store);
    memory_unit *unit = s->unit;
    if (!unit)
        return;
    settle_objects(s, 0);
    gops_memory_notes_settle(&unit->notes, 0);
    while (unit->run_count > unit->run_count_before)
        free_run(store->context, &unit->runs[--unit->run_count]);
    for (size_t i = 0; i < unit->run_count; i++)
        restore_run(store->context, &unit->runs[i]);
    gops_free(store->context, unit->next_fingerprint);
    unit->next_fingerprint = NULL;
    s->unit = NULL;
}

static int memory_bind(gitops_store *store, const char *fingerprint, gitops_error *err)
{
    memory_unit *unit = of(store)->unit;
    unit->next_fingerprint = gops_strdup(store->context, fingerprint);
    return unit->next_fingerprint ? 0 : gops_fail_memory(err);
}

static memory_object *find_object(gitops_store *store, const char *key)
{
    return gops_table_get(&of(store)->unit->objects, key, strlen(key));
}

static memory_object *add_object(gitops_store *store, const char *key)
{
    size_t length = strlen(key);
    memory_object *object = gops_calloc(store->context, 1, sizeof *object + length + 1);
    if (!object)
        return NULL;
    memcpy(object->key, key, length + 1);
    if (gops_table_set(&of(store)->unit->objects, object->key, length, object) < 0) {
        gops_free(store->context, object);
        return NULL;
    }
    return object;
}

/* Finds or adds an object and remembers how it was before the transaction; NULL: no memory. */
static memory_object *touch(gitops_store *store, const char *key)
{
    memory_store *s = of(store);
    memory_object *object = find_object(store, key);
    if (!object)
        object = add_object(store, key);
    if (object && !object->touched) {
        object->before = object->now;
        object->touched = 1;
        object->next = s->touched;
        s->touched = object;
    }
    return object;
}

/* Replaces a text; the one from before the transaction is freed at its end. */
static int set_text(gitops_context *context, memory_text *text, const memory_text *before,
                    const char *data, size_t length, const gops_digest *digest)
{
    char *copy = data ? gops_strndup(context, data, length) : NULL;
    if (data && !copy)
        return GITOPS_ENOMEM;
    if (text->data != before->data)
        gops_free(context, text->data);
    memset(text, 0, sizeof *text);
    if (data)
        *text = (memory_text){copy, length, *digest};
    return 0;
}

static int memory_find(gitops_store *store, const char *key, gops_holding *holding,
                       gitops_error *err)
{
    const memory_object *object = find_object(store, key);
    (void)err;
    memset(holding, 0, sizeof *holding);
    if (object) {
        holding->owned = object->now.owned;
        holding->intent = object->now.intent;
        holding->has_document = object->now.document.data != NULL;
        holding->exempt = object->now.intent_exempt;
        holding->run = object->now.run;
    }
    return 0;
}

static int memory_put_intent(gitops_store *store, const gops_store_record *record,
                             gitops_error *err)
{
    memory_object *object = touch(store, record->key);
    if (!object ||
        set_text(store->context, &object->now.document, &object->before.document, record->document,
                 record->document_length, &record->document_digest) < 0)
        return gops_fail_memory(err);
    object->now.intent = record->action;
    object->now.intent_adopted = record->adopted;
    object->now.intent_exempt = record->exempt;
    object->now.run = record->number;
    return 0;
}

static int memory_drop_intent(gitops_store *store, const char *key, gitops_error *err)
{
    memory_object *object = touch(store, key);
    if (!object)
        return gops_fail_memory(err);
    object->now.intent = 0;
    object->now.intent_adopted = object->now.intent_exempt = 0;
    object->now.run = 0;
    return set_text(store->context, &object->now.document, &object->before.document, NULL, 0, NULL);
}

/* Makes a document the row and drops the intent. */
static int own(gitops_store *store, const char *key, const char *document, size_t length,
               const gops_digest *digest, int adopted, gitops_error *err)
{
    memory_object *object = touch(store, key);
    if (!object || set_text(store->context, &object->now.sent, &object->before.sent, document,
                            length, digest) < 0)
        return gops_fail_memory(err);
    object->now.owned = 1;
    object->now.adopted = adopted;
    return memory_drop_intent(store, key, err);
}

static int memory_put_row(gitops_store *store, const gops_store_record *record, gitops_error *err)
{
    return own(store, record->key, record->document, record->document_length,
               &record->document_digest, record->adopted, err);
}

static int memory_drop_row(gitops_store *store, const char *key, gitops_error *err)
{
    memory_object *object = touch(store, key);
    if (!object)
        return gops_fail_memory(err);
    object->now.owned = object->now.adopted = 0;
    return set_text(store->context, &object->now.sent, &object->before.sent, NULL, 0, NULL);
}

static int memory_promote(gitops_store *store, const char *key, gitops_error *err)
{
    const memory_state *now = &find_object(store, key)->now;
    const memory_text *document = &now->document;
    return own(store, key, document->data, document->length, &document->digest,
               now->intent_adopted, err);
}

/* A copy of a text, of "" for none; NULL: no memory. */
static char *copy_text(gitops_context *context, const char *text)
{
    return gops_strdup(context, text ? text : "");
}

static int memory_begin_run(gitops_store *store, const gops_store_record *record, gitops_error *err)
{
    memory_unit *unit = of(store)->unit;
    uint64_t last = 0;
    memory_last_run(store, unit->name, &last, NULL, err);
    if (record->number <= last)
        return gops_record_fail_run(unit->name, record->number, err);
    if (gops_grow(store->context, &unit->runs, &unit->run_capacity, unit->run_count + 1,
                  sizeof *unit->runs) < 0)
        return gops_fail_memory(err);
    memory_run *run = &unit->runs[unit->run_count];
    memset(run, 0, sizeof *run);
    run->stored.number = record->number;
    run->stored.started_unix_ms = record->unix_ms;
    run->stored.approved = record->approved;
    run->stored.revision = copy_text(store->context, record->revision);
    run->stored.digest = copy_text(store->context, record->digest);
    run->stored.approver = copy_text(store->context, record->approver);
    run->stored.reason = copy_text(store->context, record->reason);
    if (!run->stored.revision || !run->stored.digest || !run->stored.approver ||
        !run->stored.reason) {
        free_run(store->context, run);
        return gops_fail_memory(err);
    }
    unit->run_count++;
    return 0;
}

static memory_run *find_run(memory_unit *unit, uint64_t number)
{
    for (size_t i = unit->run_count; i > 0; i--)
        if (unit->runs[i - 1].stored.number == number)
            return &unit->runs[i - 1];
    return NULL;
}

static int memory_add_operation(gitops_store *store, const gops_store_record *record,
                                gitops_error *err)
{
    memory_unit *unit = of(store)->unit;
    memory_run *run = find_run(unit, record->number);
    if (!run)
        return gops_record_fail_run(unit->name, record->number, err);
    if (gops_grow(store->context, &run->operations, &run->capacity, run->count + 1,
                  sizeof *run->operations) < 0)
        return gops_fail_memory(err);
    memory_operation *operation = &run->operations[run->count];
    operation->action = record->action;
    operation->outcome = record->outcome;
    operation->place = record->place ? record->place : run->count + 1;
    operation->key = gops_strdup(store->context, record->key);
    operation->error = record->error ? gops_strdup(store->context, record->error) : NULL;
    if (!operation->key || (record->error && !operation->error)) {
        gops_free(store->context, operation->key);
        gops_free(store->context, operation->error);
        return gops_fail_memory(err);
    }
    run->count++;
    return 0;
}

static int memory_count_change(gitops_store *store, uint64_t number, int32_t action, int step,
                               int64_t unix_ms, gitops_error *err)
{
    memory_run *run = find_run(of(store)->unit, number);
    (void)err;
    if (run)
        gops_record_count(&run->stored.changes, action, step, unix_ms);
    return 0;
}

static int memory_end_run(gitops_store *store, const gops_store_record *record, gitops_error *err)
{
    memory_unit *unit = of(store)->unit;
    memory_run *run = find_run(unit, record->number);
    if (!run)
        return gops_record_fail_run(unit->name, record->number, err);
    run->stored.finished_unix_ms = record->unix_ms;
    run->stored.result = record->outcome;
    return 0;
}

static int memory_put_note(gitops_store *store, const gops_store_record *record, gitops_error *err)
{
    return gops_memory_notes_put(&of(store)->unit->notes, record, err);
}

static int memory_drop_note(gitops_store *store, const char *name, gitops_error *err)
{
    (void)err;
    gops_memory_notes_drop(&of(store)->unit->notes, name);
    return 0;
}

static const gops_store_backend memory_backend = {
    .destroy = memory_destroy,
    .acquire = memory_acquire,
    .release = memory_release,
    .leased = memory_leased,
    .rows = memory_rows,
    .last_run = memory_last_run,
    .sent = memory_sent,
    .fingerprint = memory_fingerprint,
    .runs = memory_runs,
    .units = memory_units,
    .notes = memory_notes,
    .note = memory_note,
    .memo = memory_memo,
    .begin = memory_begin,
    .commit = memory_commit,
    .rollback = memory_rollback,
    .bind = memory_bind,
    .find = memory_find,
    .put_intent = memory_put_intent,
    .drop_intent = memory_drop_intent,
    .put_row = memory_put_row,
    .drop_row = memory_drop_row,
    .promote = memory_promote,
    .begin_run = memory_begin_run,
    .add_operation = memory_add_operation,
    .count_change = memory_count_change,
    .end_run = memory_end_run,
    .put_note = memory_put_note,
    .drop_note = memory_drop_note,
};

int gitops_store_new_memory(gitops_store **out, gitops_context *context, gitops_error *err)
{
    if (!out || !context)
        return gops_fail(err, GITOPS_EINVAL, "store: out and context are needed");
    *out = gops_store_new(context, &memory_backend, sizeof(memory_store));
    if (!*out)
        return gops_fail_memory(err);
    gops_table_init(&of(*out)->units, context);
    gops_memory_memos_init(&of(*out)->memos, context);
    return 0;
}
