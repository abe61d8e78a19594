/* Manifests whose objects are found by pointers, by a callback, or are whole files. */
#include "support.h"

#include <gitops/manifest.h>

#include <stdio.h>

typedef struct fixture {
    gitops_context *context;
    gitops_source *source;
    gitops_manifest_options options;
} fixture;

static fixture setup(const gitops_identity_options *identity)
{
    fixture f = {.context = support_context_new()};
    f.options.struct_size = sizeof f.options;
    assert_int_equal(gitops_source_new_memory(&f.source, f.context, NULL), 0);
    assert_int_equal(gitops_identity_new(&f.options.identity, f.context, identity, NULL), 0);
    return f;
}

static void teardown(fixture *f)
{
    gitops_identity_free(f->options.identity);
    gitops_source_free(f->source);
    support_context_free(f->context);
}

static void put(fixture *f, const char *path, const char *text)
{
    gitops_error err;
    if (gitops_source_put(f->source, path, text, strlen(text), &err) < 0)
        fail_msg("%s: %s", path, err.message);
}

static gitops_manifest *read_code(fixture *f, gitops_manifest *previous, int expected,
                                  gitops_error *err)
{
    gitops_snapshot *snapshot;
    gitops_manifest *manifest;
    assert_int_equal(gitops_source_fetch(f->source, &snapshot, NULL), 0);
    int rc = gitops_manifest_read(&manifest, f->context, snapshot, &f->options, previous, err);
    if (rc != expected)
        fail_msg("got %d instead of %d: %s", rc, expected, err->message);
    gitops_snapshot_free(snapshot);
    return manifest;
}

static gitops_manifest *read_ok(fixture *f, gitops_manifest *previous)
{
    gitops_error err = {0};
    return read_code(f, previous, 0, &err);
}

/* "KEY JSON\n" for each object, opened again. */
static const char *objects_of(fixture *f, gitops_manifest *manifest)
{
    static char text[4000];
    text[0] = '\0';
    for (size_t i = 0; i < gitops_manifest_count(manifest); i++) {
        gitops_document *document;
        gitops_buffer *json;
        gitops_error err;
        if (gitops_manifest_open(manifest, i, &document, &err) < 0)
            fail_msg("%s", err.message);
        assert_int_equal(gitops_value_emit(&json, f->context, gitops_document_root(document), NULL,
                                           NULL), 0);
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s %s\n",
                 gitops_manifest_key(manifest, i), gitops_buffer_data(json));
        gitops_buffer_free(json);
        gitops_document_free(document);
    }
    return text;
}

static const gitops_identity_options by_file = {.struct_size = sizeof by_file,
                                                .by = GITOPS_IDENTITY_FILE};
static const gitops_identity_options by_pointers = {.struct_size = sizeof by_pointers,
                                                    .by = GITOPS_IDENTITY_POINTERS,
                                                    .name_pointer = "/name",
                                                    .namespace_pointer = "/site"};

static void read_files_areObjectsByteForByte(void **state)
{
    fixture f = setup(&by_file);
    (void)state;
    put(&f, "motd", "Welcome\r\n\ttabs\rand all\n");
    put(&f, "nginx/conf.d/site.conf", "\xef\xbb\xbfserver { }");
    put(&f, "kustomization.yaml", "{{ not read as YAML }}");
    put(&f, "empty", "");
    put(&f, "control", "\x01\x1b[0m");
    gitops_source_put(f.source, "image", "\x89PNG\r\n\x1a\n\0\xff", 10, NULL);
    gitops_source_put(f.source, "nul", "a\0b", 3, NULL);
    gitops_source_put_mode(f.source, "run", 0755, "#!/bin/sh\n", 10, NULL);
    gitops_manifest *manifest = read_ok(&f, NULL);
    assert_string_equal(
        objects_of(&f, manifest),
        "_/File/control {\"content\":\"\\u0001\\u001b[0m\",\"mode\":\"0644\"}\n"
        "_/File/empty {\"content\":\"\",\"mode\":\"0644\"}\n"
        "_/File/image {\"base64\":\"iVBORw0KGgoA/w==\",\"mode\":\"0644\"}\n"
        "_/File/kustomization.yaml {\"content\":\"{{ not read as YAML }}\",\"mode\":\"0644\"}\n"
        "_/File/motd {\"content\":\"Welcome\\r\\n\\ttabs\\rand all\\n\",\"mode\":\"0644\"}\n"
        "_/File/nul {\"base64\":\"YQBi\",\"mode\":\"0644\"}\n"
        "_/File/run {\"content\":\"#!/bin/sh\\n\",\"mode\":\"0755\"}\n"
        "nginx%2Fconf.d/File/site.conf {\"content\":\"\\ufeffserver { }\",\"mode\":\"0644\"}\n");
    assert_string_equal(gitops_manifest_file(manifest, 7), "nginx/conf.d/site.conf");
    assert_int_equal(gitops_manifest_line(manifest, 7), 1);
    assert_int_equal(gitops_manifest_skipped(manifest), 0);
    gitops_manifest_free(manifest);
    teardown(&f);
}

/* Keys are relative to the path that is read, so that a directory can be moved. */
static void read_filesBelowPath_leaveThePathOut(void **state)
{
    static const char *const excludes[] = {"*.bak"};
    fixture f = setup(&by_file);
    (void)state;
    put(&f, "hosts/a/etc/motd", "1");
    put(&f, "hosts/a/etc/motd.bak", "1");
    put(&f, "hosts/a/.gitopsignore", "etc/tmp\n");
    put(&f, "hosts/a/etc/tmp", "1");
    put(&f, "hosts/b/motd", "2");
    f.options.path = "hosts/a";
    f.options.excludes = excludes;
    f.options.exclude_count = 1;
    gitops_manifest *a = read_ok(&f, NULL);
    assert_string_equal(objects_of(&f, a), "etc/File/motd {\"content\":\"1\",\"mode\":\"0644\"}\n");
    f.options.path = "hosts/b";
    put(&f, "hosts/b/etc/motd", "1"); /* the same content, seen from another path */
    gitops_manifest *b = read_ok(&f, a);
    assert_string_equal(objects_of(&f, b), "_/File/motd {\"content\":\"2\",\"mode\":\"0644\"}\n"
                                           "etc/File/motd {\"content\":\"1\",\"mode\":\"0644\"}\n");
    gitops_manifest_free(a);
    gitops_manifest_free(b);
    teardown(&f);
}

static void read_fileChanges_costWhatChanged(void **state)
{
    fixture f = setup(&by_file);
    char path[32];
    (void)state;
    for (int i = 0; i < 20; i++) {
        snprintf(path, sizeof path, "d/%d", i);
        put(&f, path, "same"); /* one content at many paths */
    }
    gitops_manifest *one = read_ok(&f, NULL);
    assert_int_equal(gitops_manifest_count(one), 20);
    assert_int_equal(gitops_manifest_files_parsed(one), 20);
    gitops_source_put_mode(f.source, "d/7", 0755, "same", 4, NULL);
    gitops_source_remove(f.source, "d/8", NULL);
    gitops_manifest *two = read_ok(&f, one);
    assert_int_equal(gitops_manifest_files_parsed(two), 1);
    assert_int_equal(gitops_manifest_count(two), 19);
    char before[GITOPS_DIGEST_SIZE], after[GITOPS_DIGEST_SIZE];
    gitops_manifest_digest(one, 0, before, NULL);
    put(&f, "d/7", "same");
    put(&f, "d/8", "same");
    gitops_manifest *three = read_ok(&f, two);
    assert_int_equal(gitops_manifest_files_parsed(three), 0);
    gitops_manifest_digest(three, 0, after, NULL);
    assert_string_equal(before, after);
    gitops_manifest_free(one);
    gitops_manifest_free(two);
    gitops_manifest_free(three);
    teardown(&f);
}

static void read_filePathTooLong_isAnErrorOfTheFile(void **state)
{
    fixture f = setup(&by_file);
    gitops_error err;
    char path[256];
    (void)state;
    memset(path, 'n', sizeof path);
    path[254] = '\0';
    put(&f, path, "1");
    put(&f, "a", "1");
    gitops_manifest *manifest = read_code(&f, NULL, GITOPS_ELIMIT, &err);
    assert_non_null(strstr(err.where, "nnn"));
    assert_int_equal(gitops_manifest_count(manifest), 0);
    gitops_manifest_free(manifest);
    teardown(&f);
}

static void read_otherIdentity_sharesNothing(void **state)
{
    fixture f = setup(&by_file);
    gitops_identity *file = f.options.identity;
    (void)state;
    put(&f, "a.yaml", "name: x\n");
    gitops_manifest *one = read_ok(&f, NULL);
    assert_int_equal(gitops_identity_new(&f.options.identity, f.context, &by_pointers, NULL), 0);
    gitops_manifest *two = read_ok(&f, one);
    assert_string_equal(objects_of(&f, two), "_/Object/x {\"name\":\"x\"}\n");
    assert_int_equal(gitops_manifest_files_parsed(two), 1);
    gitops_manifest_free(one);
    gitops_manifest_free(two);
    gitops_identity_free(file);
    teardown(&f);
}

static void read_pointers_nameObjects(void **state)
{
    fixture f = setup(&by_pointers);
    gitops_error err;
    (void)state;
    put(&f, "kustomization.yaml", "{name: k}");
    put(&f, "a.yaml", "name: r1\nsite: paris\n---\nname: 7\nitems: [1]\nkind: RoleList\n");
    put(&f, "notes.txt", "not read");
    gitops_manifest *one = read_ok(&f, NULL);
    assert_string_equal(objects_of(&f, one),
                        "_/Object/7 {\"items\":[1],\"kind\":\"RoleList\",\"name\":7}\n"
                        "_/Object/k {\"name\":\"k\"}\n"
                        "paris/Object/r1 {\"name\":\"r1\",\"site\":\"paris\"}\n");
    put(&f, "b.json", "{\"name\": \"r1\", \"site\": \"paris\"}");
    put(&f, "c.yaml", "# a comment\nsite: rome\n");
    gitops_manifest *two = read_code(&f, one, GITOPS_EDUPLICATE, &err);
    assert_string_equal(err.where, "b.json");
    assert_string_equal(err.message,
                        "duplicate object paris/Object/r1, first defined at a.yaml:1");
    gitops_diagnostics_get(gitops_manifest_diagnostics(two), 1, &err);
    assert_string_equal(err.where, "c.yaml");
    assert_int_equal(err.line, 2);
    assert_string_equal(err.message,
                        "document has nothing at /name, where its name should be");
    gitops_manifest_free(one);
    gitops_manifest_free(two);
    teardown(&f);
}

/* The key of an object is the directory it is in, and its serial number. */
static int by_directory(const gitops_value *root, const char *file,
                        gitops_identity_answer *answer, void *user_data)
{
    const char *slash = strchr(file, '/');
    int64_t serial;
    char key[200];
    ++*(int *)user_data;
    if (!slash)
        return gitops_identity_answer_skip(answer);
    if (gitops_value_int64(gitops_value_find(root, "serial", 6), &serial) < 0)
        return gitops_identity_answer_failed(answer, "the device has no serial number");
    snprintf(key, sizeof key, "%.*s/Device/%d", (int)(slash - file), file, (int)serial);
    return gitops_identity_answer_key(answer, key);
}

static void read_callback_seesTheFile(void **state)
{
    int calls = 0;
    gitops_identity_options options = {.struct_size = sizeof options,
                                       .by = GITOPS_IDENTITY_CALLBACK,
                                       .identify = by_directory,
                                       .user_data = &calls};
    fixture f = setup(&options);
    gitops_error err;
    (void)state;
    put(&f, "readme.yaml", "about: this");
    put(&f, "paris/a.yaml", "serial: 1\n---\nserial: 2\n");
    put(&f, "rome/a.yaml", "serial: 1\n---\nserial: 2\n"); /* one content, two sites */
    gitops_manifest *one = read_ok(&f, NULL);
    assert_string_equal(objects_of(&f, one),
                        "paris/Device/1 {\"serial\":1}\nparis/Device/2 {\"serial\":2}\n"
                        "rome/Device/1 {\"serial\":1}\nrome/Device/2 {\"serial\":2}\n");
    assert_int_equal(gitops_manifest_skipped(one), 1);
    assert_int_equal(calls, 5);
    gitops_source_remove(f.source, "paris/a.yaml", NULL);
    put(&f, "oslo/a.yaml", "serial: 1\n---\nserial: 2\n");
    put(&f, "rome/b.yaml", "serial: one\n");
    gitops_manifest *two = read_code(&f, one, GITOPS_EPARSE, &err);
    assert_int_equal(calls, 8);
    assert_string_equal(err.message, "the device has no serial number");
    assert_string_equal(err.where, "rome/b.yaml");
    assert_int_equal(err.origin, GITOPS_ORIGIN_HOST);
    gitops_source_remove(f.source, "rome/b.yaml", NULL);
    gitops_manifest *three = read_ok(&f, two);
    assert_int_equal(gitops_manifest_find(three, "paris/Device/1"), GITOPS_ENOTFOUND);
    assert_int_equal(gitops_manifest_find(three, "oslo/Device/1"), 0);
    gitops_manifest_free(one);
    gitops_manifest_free(two);
    gitops_manifest_free(three);
    teardown(&f);
}

static void read_body(gitops_context *context, void *data)
{
    gitops_identity *identity = NULL;
    gitops_source *source = NULL;
    gitops_snapshot *snapshot = NULL;
    gitops_manifest *first = NULL, *second = NULL;
    gitops_document *document = NULL;
    if (gitops_identity_new(&identity, context, data, NULL) == 0 &&
        gitops_source_new_memory(&source, context, NULL) == 0 &&
        gitops_source_put(source, "a/a.yaml", "name: x", 7, NULL) == 0 &&
        gitops_source_fetch(source, &snapshot, NULL) == 0) {
        gitops_manifest_options options = {.struct_size = sizeof options, .identity = identity};
        gitops_manifest_read(&first, context, snapshot, &options, NULL, NULL);
        gitops_snapshot_free(snapshot);
        snapshot = NULL;
        if (gitops_source_put_mode(source, "a/a.yaml", 0755, "name: x", 7, NULL) == 0 &&
            gitops_source_put(source, "b.json", "{\"name\": \"\xc3\xa9\"}", 14, NULL) == 0 &&
            gitops_source_fetch(source, &snapshot, NULL) == 0 &&
            gitops_manifest_read(&second, context, snapshot, &options, first, NULL) == 0)
            gitops_manifest_open(second, 1, &document, NULL);
    }
    gitops_document_free(document);
    gitops_snapshot_free(snapshot);
    gitops_manifest_free(first);
    gitops_manifest_free(second);
    gitops_source_free(source);
    gitops_identity_free(identity);
}

static void read_everyAllocationFails_nothingLeaks(void **state)
{
    (void)state;
    support_fail_every_allocation(read_body, (void *)(uintptr_t)&by_file);
    support_fail_every_allocation(read_body, (void *)(uintptr_t)&by_pointers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(read_files_areObjectsByteForByte),
        cmocka_unit_test(read_filesBelowPath_leaveThePathOut),
        cmocka_unit_test(read_fileChanges_costWhatChanged),
        cmocka_unit_test(read_filePathTooLong_isAnErrorOfTheFile),
        cmocka_unit_test(read_otherIdentity_sharesNothing),
        cmocka_unit_test(read_pointers_nameObjects),
        cmocka_unit_test(read_callback_seesTheFile),
        cmocka_unit_test(read_everyAllocationFails_nothingLeaks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
