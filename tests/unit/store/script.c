/*
 * script: records in a few words, and dumps to compare.
 */
#include "script.h"

#include <stdio.h>
#include <unistd.h>

#include "store/backend.h"

gops_digest script_digest(const char *text)
{
    return gops_hash128(99, text, strlen(text));
}

gops_store_record script_begin(uint64_t run, const char *revision)
{
    gops_store_record record = {.kind = GOPS_RECORD_RUN_BEGIN, .number = run};
    record.unix_ms = (int64_t)run * 1000;
    record.revision = revision;
    record.digest = "plan";
    return record;
}

static gops_store_record with_document(gops_store_record record, const char *document)
{
    record.document = document;
    if (document) {
        record.document_length = strlen(document);
        record.document_digest = script_digest(document);
    }
    return record;
}

gops_store_record script_intent(uint64_t run, const char *key, int32_t action, const char *document)
{
    gops_store_record record = {.kind = GOPS_RECORD_INTENT, .number = run, .key = key};
    record.action = action;
    record.adopted = action == GITOPS_ACTION_ADOPT;
    record.unix_ms = (int64_t)run * 1000 + 1;
    return with_document(record, document);
}

gops_store_record script_outcome(uint64_t run, const char *key, int32_t action, int32_t outcome,
                                 const char *document)
{
    gops_store_record record = {.kind = GOPS_RECORD_OUTCOME, .number = run, .key = key};
    record.action = action;
    record.adopted = action == GITOPS_ACTION_ADOPT;
    record.outcome = outcome;
    record.error = outcome == GITOPS_OUTCOME_FAILED ? "it broke" : NULL;
    return with_document(record, document);
}

gops_store_record script_end(uint64_t run, int32_t outcome)
{
    gops_store_record record = {.kind = GOPS_RECORD_RUN_END, .number = run};
    record.unix_ms = (int64_t)run * 1000 + 5;
    record.outcome = outcome;
    return record;
}

gops_store_record script_note(const char *name, const char *value, int64_t unix_ms)
{
    gops_store_record record = {.kind = value ? GOPS_RECORD_NOTE : GOPS_RECORD_NOTE_DROP};
    record.key = name;
    record.document = value;
    record.document_length = value ? strlen(value) : 0;
    record.unix_ms = unix_ms;
    return record;
}

int script_try_open(gitops_store **out, gitops_context *context, const char *path, int create,
                    int read_only, gitops_error *err)
{
    gitops_store_options options = {sizeof options, path, create, read_only};
    return gitops_store_open(out, context, &options, err);
}

gitops_store *script_open(gitops_context *context, const char *path, int leased)
{
    gitops_store *store = NULL;
    gitops_error err = {0};
    if (script_try_open(&store, context, path, 1, 0, &err) < 0 ||
        (leased && gops_store_acquire(store, &err) < 0))
        fail_msg("%s", err.message);
    return store;
}

/* Text that grows with malloc, so that a dump does not count as the library's memory. */
typedef struct text {
    char *data;
    size_t length;
} text;

static void add(text *out, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    size_t more = (size_t)vsnprintf(NULL, 0, format, args);
    out->data = realloc(out->data, out->length + more + 1);
    assert_non_null(out->data);
    vsnprintf(out->data + out->length, more + 1, format, again);
    out->length += more;
    va_end(args);
    va_end(again);
}

static int add_row(const gops_store_row *row, void *user_data)
{
    char hex[9];
    gops_hex(hex, row->sent_digest.bytes, 4);
    add(user_data, "%s%s %s %s%s\n", row->owned ? "" : "?", row->key, hex,
        row->intent_action ? gitops_action_name(row->intent_action) : "-",
        row->adopted ? " adopted" : "");
    return 0;
}

static void add_inventory(text *out, const gitops_inventory *inventory)
{
    for (size_t i = 0; i < gitops_inventory_count(inventory); i++) {
        size_t length;
        const char *sent = gitops_inventory_sent(inventory, i, &length);
        assert_int_equal(strlen(sent), length);
        add(out, "%s%s = %s\n", gitops_inventory_key(inventory, i),
            gitops_inventory_open_intent(inventory, i) ? "!" : "", sent);
    }
}

static void add_history(text *out, const gitops_history *history)
{
    for (size_t i = 0; i < gitops_history_count(history); i++) {
        add(out, "run %d %s %s %s %d-%d\n", (int)gitops_history_number(history, i),
            gitops_history_revision(history, i), gitops_history_digest(history, i),
            gitops_history_result(history, i), (int)gitops_history_started_unix_ms(history, i),
            (int)gitops_history_finished_unix_ms(history, i));
        for (size_t op = 0; op < gitops_history_operations(history, i); op++) {
            const char *error = gitops_history_error(history, i, op);
            add(out, "  %s %s %s%s%s\n", gitops_history_action(history, i, op),
                gitops_history_key(history, i, op), gitops_history_outcome(history, i, op),
                error ? ": " : "", error ? error : "");
        }
    }
}

static int add_note(const gops_note *note, void *user_data)
{
    add(user_data, "note %s = %.*s at %d\n", note->name, (int)note->length, note->value,
        (int)note->unix_ms);
    return 0;
}

static int add_fingerprint(text *out, gitops_store *store, const char *unit)
{
    gops_buffer fingerprint;
    gops_buffer_init(&fingerprint, store->context, 0);
    int rc = gops_store_fingerprint(store, unit, &fingerprint, NULL);
    if (rc == 0 && fingerprint.length > 0)
        add(out, "bound to %s\n", fingerprint.data);
    gops_buffer_release(&fingerprint);
    return rc;
}

/* What counts as deleted and replaced, at any time. */
static int add_changes(text *out, gitops_store *store, const char *unit)
{
    uint64_t deletes, replaces;
    int rc = gops_store_changes_since(store, unit, 0, &deletes, &replaces, NULL);
    if (rc == 0 && deletes + replaces > 0)
        add(out, "deletes %d replaces %d\n", (int)deletes, (int)replaces);
    return rc;
}

static int dump_into(text *out, gitops_store *store, const char *unit)
{
    gitops_inventory *inventory = NULL;
    gitops_history *history = NULL;
    uint64_t last = 0;
    int rc = gops_store_load(store, unit, add_row, out, NULL);
    if (rc == 0)
        rc = gitops_inventory_read(&inventory, store, unit, NULL);
    if (rc == 0)
        rc = gitops_history_read(&history, store, unit, 0, NULL);
    if (rc == 0)
        rc = gops_store_last_run(store, unit, &last, NULL, NULL);
    if (rc == 0) {
        add_inventory(out, inventory);
        add_history(out, history);
        add(out, "last %d\n", (int)last);
        rc = add_changes(out, store, unit);
    }
    if (rc == 0)
        rc = gops_store_notes(store, unit, "", add_note, out, NULL);
    if (rc == 0)
        rc = add_fingerprint(out, store, unit);
    gitops_inventory_free(inventory);
    gitops_history_free(history);
    return rc;
}

char *script_dump(gitops_store *store, const char *unit, int *rc)
{
    text out = {NULL, 0};
    add(&out, "%s", "");
    *rc = dump_into(&out, store, unit);
    if (*rc == 0)
        return out.data;
    free(out.data);
    return NULL;
}

void script_assert(gitops_store *store, const char *unit, const char *expected)
{
    int rc;
    char *dump = script_dump(store, unit, &rc);
    assert_int_equal(rc, 0);
    assert_string_equal(dump, expected);
    free(dump);
}

char *script_path(const char *directory, const char *name)
{
    size_t size = strlen(directory) + strlen(name) + 2;
    char *path = malloc(size);
    assert_non_null(path);
    snprintf(path, size, "%s/%s", directory, name);
    return path;
}

void script_use_memory(void)
{
    if (!getenv("TMPDIR") && access("/dev/shm", W_OK) == 0)
        setenv("TMPDIR", "/dev/shm", 1);
}

void script_remove(const char *path)
{
    static const char *const sides[] = {"", "-wal", "-shm", "-lock", "-journal"};
    for (size_t i = 0; i < sizeof sides / sizeof sides[0]; i++) {
        char name[1024];
        snprintf(name, sizeof name, "%s%s", path, sides[i]);
        remove(name);
    }
}

uint32_t script_random(uint64_t *state, uint32_t below)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*state >> 33) % below;
}

enum { GROUP = 12 };

static gops_store_record random_record(uint64_t *random, uint64_t run)
{
    static const char *const keys[] = {"a", "b", "b/c", "\xC3\xA9", "\xFF", "d", "e", "f"};
    static const char *const documents[] = {"{}", "{\"a\":1}", "{\"b\":[1,2,3]}", NULL};
    const char *key = keys[script_random(random, 8)];
    const char *document = documents[script_random(random, 4)];
    int32_t action = (int32_t)script_random(random, 7);
    if (script_random(random, 6) == 0)
        return script_note(key, document, (int64_t)script_random(random, 1000));
    if (script_random(random, 2)) {
        gops_store_record intent =
            script_intent(run, key, action ? action : GITOPS_ACTION_CREATE, document);
        intent.exempt = script_random(random, 4) == 0;
        return intent;
    }
    return script_outcome(run, key, action, 1 + (int32_t)script_random(random, 4), document);
}

int script_random_group(gitops_store *store, const char *unit, uint64_t *random, uint64_t *run)
{
    gops_store_record records[GROUP + 3];
    size_t count = 0;
    uint64_t next = *run;
    if (next == 0 || script_random(random, 4) == 0) {
        if (next > 0 && script_random(random, 3))
            records[count++] = script_end(next, 1 + (int32_t)script_random(random, 2));
        records[count++] = script_begin(++next, "rev");
    }
    for (uint32_t more = script_random(random, GROUP); more > 0; more--)
        records[count++] = random_record(random, next);
    if (script_random(random, 8) == 0)
        records[count++] = script_end(next + 7, GITOPS_OUTCOME_DONE); /* not begun: it fails */
    int rc = gops_store_write(store, unit, records, count, NULL);
    if (rc == 0)
        *run = next;
    return rc;
}
