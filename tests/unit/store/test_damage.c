/*
 * Damage: whatever byte of a state file or of its write-ahead log changes, a read gives what was
 * written or an error, never anything else; and so does a write after it.
 */
#include "script.h"

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gitops/error.h>

typedef struct image {
    char *data;
    size_t length;
} image;

typedef struct fixture {
    gitops_context *context;
    char *directory, *path, *wal, *lock;
    image state, log, held; /* the file, its write-ahead log, its lock file */
    char *expected;         /* the dump of the undamaged state */
    int same, refused;
} fixture;

static image load(const char *path)
{
    image out = {NULL, 0};
    out.data = support_read_file(path, &out.length);
    return out;
}

static void save(const char *path, const image *from, size_t length)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(from->data, 1, length, file), length);
    fclose(file);
}

/* Several pages of everything: long documents, open intents, claims, failed and unended runs. */
static void fill(gitops_store *store)
{
    static char text[6001];
    memset(text, 'x', sizeof text - 1);
    memcpy(text, "{\"text\":\"", 9);
    memcpy(text + sizeof text - 3, "\"}", 2);
    assert_int_equal(gops_store_bind(store, "u", "cluster 1", NULL), 0);
    uint64_t random = 3, run = 0, other = 0;
    for (int i = 0; i < 25; i++)
        script_random_group(store, "u", &random, &run);
    for (int i = 0; i < 3; i++)
        script_random_group(store, "other", &random, &other);
    assert_int_equal(
        script_write(store, "u",
                     script_outcome(run, "large", GITOPS_ACTION_CREATE, GITOPS_OUTCOME_DONE, text),
                     script_intent(run, "claim", GITOPS_ACTION_CREATE, text)),
        0);
    for (int i = 0; i < 60; i++) {
        char key[40], document[64];
        snprintf(key, sizeof key, "shop/ConfigMap/object-%02d", i);
        snprintf(document, sizeof document, "{\"data\":{\"number\":\"%d\"}}", i);
        assert_int_equal(script_write(store, "u",
                                      script_outcome(run, key, GITOPS_ACTION_CREATE,
                                                     GITOPS_OUTCOME_DONE, document)),
                         0);
    }
}

/* As by a crash: the child's log stays. */
static void make_with_log(fixture *f)
{
    pid_t child = fork();
    if (child == 0) {
        gitops_store *store = script_open(f->context, f->path, 1);
        fill(store);
        _exit(store == NULL);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static int set_up(void **state, int with_log)
{
    fixture *f = calloc(1, sizeof *f);
    *state = f;
    f->context = support_context_new();
    f->directory = support_directory_new();
    f->path = script_path(f->directory, "state.db");
    f->wal = script_path(f->directory, "state.db-wal");
    f->lock = script_path(f->directory, "state.db-lock");
    make_with_log(f);
    gitops_store *store = with_log ? NULL : script_open(f->context, f->path, 0);
    gitops_store_free(store); /* the last one to close moves the log into the file */
    f->state = load(f->path);
    f->held = load(f->lock);
    if (with_log)
        f->log = load(f->wal);
    int rc;
    store = script_open(f->context, f->path, 0);
    f->expected = script_dump(store, "u", &rc);
    assert_int_equal(rc, 0);
    gitops_store_free(store);
    return 0;
}

static int set_up_closed(void **state)
{
    return set_up(state, 0);
}

static int set_up_with_log(void **state)
{
    return set_up(state, 1);
}

static int tear_down(void **state)
{
    fixture *f = *state;
    print_message("    %d read as written, %d refused\n", f->same, f->refused);
    support_context_free(f->context);
    support_directory_free(f->directory);
    free(f->path);
    free(f->wal);
    free(f->lock);
    free(f->state.data);
    free(f->log.data);
    free(f->held.data);
    free(f->expected);
    free(f);
    return 0;
}

static void restore(const fixture *f)
{
    script_remove(f->path);
    save(f->path, &f->state, f->state.length);
    save(f->lock, &f->held, f->held.length);
    if (f->log.data)
        save(f->wal, &f->log, f->log.length);
}

static void assert_refusal(int rc, const gitops_error *err)
{
    assert_true(rc == GITOPS_ECORRUPT || rc == GITOPS_EFOREIGN || rc == GITOPS_EUNSUPPORTED ||
                rc == GITOPS_ESTORE);
    if (err && err->code)
        assert_true(strlen(err->message) > 10);
}

/* The state as it now lies there reads as expected or not at all. */
static void assert_right_or_refused(fixture *f, int read_only, const char *expected)
{
    gitops_store *store;
    gitops_error err = {0};
    int rc = script_try_open(&store, f->context, f->path, 0, read_only, &err);
    char *dump = rc == 0 ? script_dump(store, "u", &rc) : NULL;
    if (rc < 0) {
        assert_refusal(rc, &err);
        f->refused++;
    } else {
        assert_string_equal(dump, expected);
        f->same++;
    }
    free(dump);
    gitops_store_free(store);
}

/* Bytes of page headers and cell pointers matter most; the others are sampled. */
static size_t next_position(size_t at, uint64_t *random)
{
    size_t in_page = at % 4096;
    return at + 1 + (at < 100 || in_page < 40 ? 0 : script_random(random, 120));
}

static void read_anyByteChanged_isRightOrRefused(void **state)
{
    fixture *f = *state;
    uint64_t random = 11;
    for (size_t at = 0; at < f->state.length; at = next_position(at, &random)) {
        char was = f->state.data[at];
        f->state.data[at] =
            (char)(was ^ (script_random(&random, 4) ? 1 << script_random(&random, 8) : 0xFF));
        restore(f);
        assert_right_or_refused(f, 1, f->expected);
        f->state.data[at] = was;
    }
    assert_true(f->refused > 500);
    assert_true(f->same > 20);
}

static void read_fileCutShort_isRefused(void **state)
{
    fixture *f = *state;
    uint64_t random = 5;
    for (size_t length = 0; length < f->state.length; length += 1 + script_random(&random, 700)) {
        restore(f);
        save(f->path, &f->state, length);
        assert_right_or_refused(f, 1, f->expected);
    }
    assert_int_equal(f->same, 0);
}

/* What a write leaves behind reads as it should, or is refused: it is never silently wrong. */
static void write_anyByteChanged_isRightOrRefused(void **state)
{
    fixture *f = *state;
    uint64_t random = 13;
    gitops_store *store = NULL;
    int rc;
    restore(f);
    store = script_open(f->context, f->path, 1);
    uint64_t last;
    assert_int_equal(gops_store_last_run(store, "u", &last, NULL, NULL), 0);
    gops_store_record records[] = {
        script_begin(last + 1, "after"),
        script_outcome(last + 1, "large", GITOPS_ACTION_DELETE, GITOPS_OUTCOME_DONE, NULL),
        script_outcome(last + 1, "new", GITOPS_ACTION_CREATE, GITOPS_OUTCOME_DONE, "{\"n\":1}"),
        script_end(last + 1, GITOPS_OUTCOME_DONE)};
    assert_int_equal(gops_store_write(store, "u", records, 4, NULL), 0);
    char *after = script_dump(store, "u", &rc);
    gitops_store_free(store);
    for (int i = 0; i < 400; i++) {
        size_t at = i < 100 ? (size_t)i : script_random(&random, (uint32_t)f->state.length);
        f->state.data[at] ^= (char)(1 << (i % 8));
        restore(f);
        f->state.data[at] ^= (char)(1 << (i % 8));
        gitops_error err = {0};
        int written = script_try_open(&store, f->context, f->path, 0, 0, &err);
        if (written == 0)
            written = gops_store_acquire(store, &err);
        if (written == 0)
            written = gops_store_write(store, "u", records, 4, &err);
        gitops_store_free(store);
        if (written < 0)
            assert_refusal(written, &err);
        assert_right_or_refused(f, 0, written < 0 ? f->expected : after);
    }
    free(after);
}

static void read_anyByteOfTheLogChanged_isRightOrRefused(void **state)
{
    fixture *f = *state;
    uint64_t random = 17;
    assert_true(f->log.length > 4096);
    for (size_t at = 0; at < f->log.length; at += 1 + script_random(&random, at < 200 ? 1 : 4000)) {
        char flip = (char)(1 << script_random(&random, 8));
        f->log.data[at] ^= flip;
        restore(f);
        assert_right_or_refused(f, 1, f->expected);
        if (at % 16 == 0) {
            restore(f);
            assert_right_or_refused(f, 0, f->expected);
        }
        f->log.data[at] ^= flip;
    }
    assert_true(f->refused > 50);
}

static void read_logLostOrCutShort_isRefused(void **state)
{
    fixture *f = *state;
    restore(f);
    remove(f->wal);
    assert_right_or_refused(f, 1, f->expected);
    restore(f);
    remove(f->wal);
    assert_right_or_refused(f, 0, f->expected);
    for (size_t length = 0; length + 5000 < f->log.length; length += 4999) {
        restore(f);
        save(f->wal, &f->log, length);
        assert_right_or_refused(f, 0, f->expected);
    }
    assert_int_equal(f->same, 0);
}

/* The register may be lost or damaged without harm: it only tells when the state went back. */
static void read_registerDamaged_isRight(void **state)
{
    fixture *f = *state;
    for (size_t at = 0; at < f->held.length; at++) {
        f->held.data[at] ^= 4;
        restore(f);
        assert_right_or_refused(f, 1, f->expected);
        f->held.data[at] ^= 4;
    }
    assert_int_equal(f->refused, 0);
}

int main(void)
{
    script_use_memory();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(read_anyByteChanged_isRightOrRefused, set_up_closed,
                                        tear_down),
        cmocka_unit_test_setup_teardown(read_fileCutShort_isRefused, set_up_closed, tear_down),
        cmocka_unit_test_setup_teardown(write_anyByteChanged_isRightOrRefused, set_up_closed,
                                        tear_down),
        cmocka_unit_test_setup_teardown(read_anyByteOfTheLogChanged_isRightOrRefused,
                                        set_up_with_log, tear_down),
        cmocka_unit_test_setup_teardown(read_logLostOrCutShort_isRefused, set_up_with_log,
                                        tear_down),
        cmocka_unit_test_setup_teardown(read_registerDamaged_isRight, set_up_closed, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
