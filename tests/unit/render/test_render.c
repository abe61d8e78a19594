/* From a snapshot to a manifest: objects, problems, and what a change costs. */
#include "support.h"

#include <gitops/manifest.h>

#include <stdio.h>
#include <unistd.h>

static void put(gitops_source *source, const char *path, const char *text)
{
    gitops_error err;
    if (gitops_source_put(source, path, text, strlen(text), &err) < 0)
        fail_msg("%s: %s", path, err.message);
}

static gitops_manifest *read_with(gitops_context *context, gitops_source *source,
                                  const gitops_manifest_options *options,
                                  gitops_manifest *previous, int expected, gitops_error *err)
{
    gitops_snapshot *snapshot;
    gitops_manifest *manifest;
    assert_int_equal(gitops_source_fetch(source, &snapshot, NULL), 0);
    int rc = gitops_manifest_read(&manifest, context, snapshot, options, previous, err);
    if (rc != expected)
        fail_msg("got %d instead of %d: %s", rc, expected, err->message);
    gitops_snapshot_free(snapshot);
    return manifest;
}

static gitops_manifest *read_ok(gitops_context *context, gitops_source *source,
                                gitops_manifest *previous)
{
    gitops_error err = {0};
    return read_with(context, source, NULL, previous, 0, &err);
}

#define MAP(name) "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: " name "}\n"

/* Joins keys with blanks. */
static const char *keys_of(const gitops_manifest *manifest)
{
    static char text[1000];
    text[0] = '\0';
    for (size_t i = 0; i < gitops_manifest_count(manifest); i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s", i ? " " : "",
                 gitops_manifest_key(manifest, i));
    return text;
}

static void read_files_listsObjectsInKeyOrder(void **state)
{
    gitops_context *context = support_context_new();
    gitops_source *source;
    (void)state;
    assert_int_equal(gitops_source_new_memory(&source, context, NULL), 0);
    put(source, "b.yaml", MAP("b") "---\n# nothing\n---\nreplicas: 2\n---\n" MAP("a"));
    put(source, "x/c.json", "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":"
                            "\"c\"}}");
    put(source, "x/list.yml", "apiVersion: v1\nkind: List\nitems:\n- " "apiVersion: v1\n"
                              "  kind: Secret\n  metadata: {name: s}\n");
    put(source, "x/readme.md", "kind: nothing");
    put(source, "k.yaml", "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n");
    gitops_manifest *manifest = read_ok(context, source, NULL);
    assert_string_equal(keys_of(manifest), "_/ConfigMap/a _/ConfigMap/b _/ConfigMap/c _/Secret/s");
    assert_int_equal(gitops_manifest_skipped(manifest), 2);
    assert_int_equal(gitops_manifest_files_parsed(manifest), 4);
    assert_string_equal(gitops_manifest_file(manifest, 0), "b.yaml");
    assert_int_equal(gitops_manifest_line(manifest, 0), 9);
    assert_int_equal(gitops_manifest_find(manifest, "_/Secret/s"), 3);
    assert_int_equal(gitops_manifest_find(manifest, "_/Secret/t"), GITOPS_ENOTFOUND);
    for (size_t i = 0; i < 4; i++) {
        gitops_document *document;
        gitops_buffer *key;
        assert_int_equal(gitops_manifest_open(manifest, i, &document, NULL), 0);
        assert_int_equal(gitops_document_key(document, &key, NULL), 0);
        assert_string_equal(gitops_buffer_data(key), gitops_manifest_key(manifest, i));
        assert_int_equal(gitops_value_line(gitops_document_root(document)),
                         gitops_manifest_line(manifest, i));
        gitops_buffer_free(key);
        gitops_document_free(document);
    }
    gitops_manifest_free(manifest);
    gitops_source_free(source);
    support_context_free(context);
}

static void read_changedFile_parsesOnlyIt(void **state)
{
    gitops_context *context = support_context_new();
    gitops_source *source;
    char digest[GITOPS_DIGEST_SIZE], again[GITOPS_DIGEST_SIZE], path[32], text[80];
    (void)state;
    gitops_source_new_memory(&source, context, NULL);
    for (int i = 0; i < 40; i++) {
        snprintf(path, sizeof path, "d%d/f.yaml", i);
        snprintf(text, sizeof text, MAP("m%d"), i);
        put(source, path, text);
    }
    gitops_manifest *first = read_ok(context, source, NULL);
    gitops_manifest_digest(first, 0, digest, NULL);
    put(source, "d7/f.yaml", MAP("other") "---\n" MAP("another"));
    gitops_source_remove(source, "d8/f.yaml", NULL);
    gitops_manifest *second = read_ok(context, source, first);
    assert_int_equal(gitops_manifest_files_parsed(second), 1);
    assert_int_equal(gitops_manifest_count(second), 40);
    assert_int_equal(gitops_manifest_find(second, "_/ConfigMap/m7"), GITOPS_ENOTFOUND);
    assert_int_equal(gitops_manifest_count(first), 40);
    assert_true(gitops_manifest_find(first, "_/ConfigMap/m7") >= 0);
    put(source, "d7/f.yaml", MAP("m7"));
    put(source, "d8/f.yaml", MAP("m8"));
    gitops_manifest *third = read_ok(context, source, second);
    assert_int_equal(gitops_manifest_files_parsed(third), 0); /* both were known */
    gitops_manifest_digest(third, 0, again, NULL);
    assert_string_equal(again, digest);
    gitops_manifest_free(first);
    gitops_manifest_free(third);
    gitops_manifest_free(second);
    gitops_source_free(source);
    support_context_free(context);
}

/* All problems as "file:line:column code" lines. */
static const char *problems_of(const gitops_manifest *manifest)
{
    static char text[2000];
    const gitops_diagnostics *list = gitops_manifest_diagnostics(manifest);
    gitops_error problem;
    text[0] = '\0';
    for (size_t i = 0; i < gitops_diagnostics_count(list); i++) {
        gitops_diagnostics_get(list, i, &problem);
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s:%u:%u %s\n", problem.where,
                 problem.line, problem.column, gitops_code_name(problem.code));
    }
    return text;
}

static void read_problems_allNamedAndNothingKept(void **state)
{
    gitops_context *context = support_context_new();
    gitops_source *source;
    gitops_error err;
    (void)state;
    gitops_source_new_memory(&source, context, NULL);
    put(source, "good.yaml", MAP("a"));
    gitops_manifest *good = read_ok(context, source, NULL);
    put(source, "a.yaml", MAP("dup") "---\nx: {{ template }}\n---\nkind: A\n---\n" MAP("b"));
    put(source, "b.yaml", MAP("b") "---\n" MAP("a"));
    put(source, "c.yaml", "apiVersion: v1\nkind: List\nitems: [1, {kind: A}]\n");
    gitops_manifest *bad = read_with(context, source, NULL, good, GITOPS_EPARSE, &err);
    const char *text = problems_of(bad);
    if (!strstr(text, "a.yaml:5:") || !strstr(text, "a.yaml:7:1 GITOPS_EPARSE") ||
        !strstr(text, "b.yaml:1:1 GITOPS_EDUPLICATE") ||
        !strstr(text, "b.yaml:5:1 GITOPS_EDUPLICATE") ||
        !strstr(text, "c.yaml:3:9 GITOPS_EPARSE") || !strstr(text, "c.yaml:3:12 GITOPS_EPARSE"))
        fail_msg("%s", text);
    assert_int_equal(gitops_manifest_count(bad), 0);
    assert_int_equal(gitops_manifest_count(good), 1);
    gitops_source_remove(source, "a.yaml", NULL);
    gitops_source_remove(source, "c.yaml", NULL);
    put(source, "b.yaml", MAP("b"));
    gitops_manifest *mended = read_ok(context, source, bad);
    assert_string_equal(keys_of(mended), "_/ConfigMap/a _/ConfigMap/b");
    gitops_manifest_free(good);
    gitops_manifest_free(bad);
    gitops_manifest_free(mended);
    gitops_source_free(source);
    support_context_free(context);
}

static void read_duplicateInChangedFile_namesBothPlaces(void **state)
{
    gitops_context *context = support_context_new();
    gitops_source *source;
    gitops_error err;
    (void)state;
    gitops_source_new_memory(&source, context, NULL);
    put(source, "a.yaml", MAP("a"));
    gitops_manifest *first = read_ok(context, source, NULL);
    put(source, "z.yaml", "\n" MAP("a"));
    gitops_manifest *second = read_with(context, source, NULL, first, GITOPS_EDUPLICATE, &err);
    assert_string_equal(err.where, "z.yaml");
    assert_int_equal(err.line, 2);
    assert_string_equal(err.message, "duplicate object _/ConfigMap/a, first defined at a.yaml:1");
    gitops_manifest_free(second);
    gitops_source_remove(source, "a.yaml", NULL); /* moved, not duplicated */
    second = read_ok(context, source, first);
    assert_string_equal(gitops_manifest_file(second, 0), "z.yaml");
    gitops_manifest_free(first);
    gitops_manifest_free(second);
    gitops_source_free(source);
    support_context_free(context);
}

/* All problems as "document:line pointer key" lines. */
static const char *subjects_of(const gitops_manifest *manifest)
{
    static char text[2000];
    const gitops_diagnostics *list = gitops_manifest_diagnostics(manifest);
    gitops_error problem;
    text[0] = '\0';
    for (size_t i = 0; i < gitops_diagnostics_count(list); i++) {
        const char *key = gitops_diagnostics_key(list, i);
        gitops_diagnostics_get(list, i, &problem);
        snprintf(text + strlen(text), sizeof text - strlen(text), "%u:%u %s %s\n",
                 problem.document, problem.line, gitops_diagnostics_pointer(list, i),
                 key ? key : "-");
    }
    return text;
}

/* What is wrong with one file. */
static void assert_subjects(const char *text, const char *expected)
{
    gitops_context *context = support_context_new();
    gitops_source *source;
    gitops_manifest *manifest;
    gitops_snapshot *snapshot;
    gitops_source_new_memory(&source, context, NULL);
    put(source, "a.yaml", text);
    assert_int_equal(gitops_source_fetch(source, &snapshot, NULL), 0);
    gitops_manifest_read(&manifest, context, snapshot, NULL, NULL, NULL);
    assert_string_equal(subjects_of(manifest), expected);
    gitops_manifest_free(manifest);
    gitops_snapshot_free(snapshot);
    gitops_source_free(source);
    support_context_free(context);
}

static void read_problems_nameObjectAndValue(void **state)
{
    (void)state;
    assert_subjects(MAP("a") "data: {x: 1, x: 2}\n---\n" MAP("b") "data:\n  x: [\n---\n"
                    MAP("c") "data: &d\n  x: *e\n",
                    "1:4 /data/x _/ConfigMap/a\n2:11 /data/x _/ConfigMap/b\n"
                    "3:16 /data/x _/ConfigMap/c\n");
    assert_subjects("kind: ConfigMap\napiVersion: v1\nmetadata:\n  namespace: shop\n  name: a\n"
                    "  labels: {\n",
                    "1:7 /metadata/labels shop/ConfigMap/a\n");
    assert_subjects("kind: ConfigMap\ndata: [\n", "1:3 /data -\n");
    assert_subjects("apiVersion: v1\nkind: ConfigMap\n---\n" MAP("") "---\n"
                    "apiVersion: v1\nkind: [1]\nmetadata: {name: a}\n",
                    "1:1  -\n2:6 /metadata/name -\n3:9 /kind -\n");
}

static void read_problemsOfItems_nameTheItem(void **state)
{
    (void)state;
    assert_subjects("apiVersion: v1\nkind: List\nitems:\n"
                    "- {apiVersion: v1, kind: Secret, metadata: {name: a}, data: .inf}\n"
                    "- apiVersion: v1\n  kind: Secret\n  metadata: {name: b}\n  data: [\n",
                    "1:4 /items/0/data _/Secret/a\n1:9 /items/1/data _/Secret/b\n");
    assert_subjects("apiVersion: v1\nkind: List\nitems: [1, {kind: A}]\n",
                    "1:3 /items/0 -\n1:3 /items/1 -\n");
    assert_subjects(MAP("a") "---\napiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: "
                    "ConfigMap, metadata: {name: b}}\n- {apiVersion: v1, kind: ConfigMap, "
                    "metadata: {name: a}}\n---\n" MAP("b"),
                    "2:9 /items/1 _/ConfigMap/a\n3:11  _/ConfigMap/b\n");
}

static void open_object_knowsItsFileAndDocument(void **state)
{
    static const char utf16[] = "\xFF\xFE-\0-\0-\0\n\0-\0-\0-\0\n\0"
                                "{\0a\0p\0i\0V\0e\0r\0s\0i\0o\0n\0:\0 \0v\0" "1\0,\0 \0"
                                "k\0i\0n\0d\0:\0 \0\xC4\0,\0 \0"
                                "m\0e\0t\0a\0d\0a\0t\0a\0:\0 \0{\0n\0a\0m\0e\0:\0 \0d\0}\0}\0";
    gitops_context *context = support_context_new();
    gitops_source *source;
    (void)state;
    gitops_source_new_memory(&source, context, NULL);
    put(source, "a.yaml", MAP("a") "---\n---\n" MAP("b"));
    put(source, "l.yaml", "---\n---\napiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: "
                          "ConfigMap, metadata: {name: c}}\n");
    assert_int_equal(gitops_source_put(source, "u.yaml", utf16, sizeof utf16 - 1, NULL), 0);
    gitops_manifest *manifest = read_ok(context, source, NULL);
    assert_string_equal(keys_of(manifest),
                        "_/ConfigMap/a _/ConfigMap/b _/ConfigMap/c _/\xC3\x84/d");
    static const uint32_t numbers[] = {1, 3, 2, 2};
    for (size_t i = 0; i < 4; i++) {
        gitops_document *document;
        assert_int_equal(gitops_manifest_open(manifest, i, &document, NULL), 0);
        assert_string_equal(gitops_document_name(document), gitops_manifest_file(manifest, i));
        assert_int_equal(gitops_document_number(document), numbers[i]);
        assert_int_equal(gitops_manifest_document_number(manifest, i), numbers[i]);
        gitops_document_free(document);
    }
    assert_int_equal(gitops_manifest_document_number(manifest, 4), 0);
    gitops_manifest_free(manifest);
    gitops_source_free(source);
    support_context_free(context);
}

static void read_pathAndExcludes_leaveOut(void **state)
{
    gitops_context *context = support_context_new();
    gitops_source *source;
    gitops_error err;
    const char *const excludes[] = {"*.json", "charts/"};
    gitops_manifest_options options = {.struct_size = sizeof options, .path = "./deploy/",
                                       .excludes = excludes, .exclude_count = 2};
    (void)state;
    gitops_source_new_memory(&source, context, NULL);
    put(source, "a.yaml", MAP("outside"));
    put(source, "deploy/a.yaml", MAP("a"));
    put(source, "deploy/b.json", "{");
    put(source, "deploy/charts/c.yaml", "{{");
    put(source, "deploy/d/e.yaml", "{{");
    put(source, "deploy/d/.gitopsignore", "e.*\n");
    gitops_manifest *manifest = read_with(context, source, &options, NULL, 0, &err);
    assert_string_equal(keys_of(manifest), "_/ConfigMap/a");
    gitops_manifest_free(manifest);
    options.path = "missing";
    assert_null(read_with(context, source, &options, NULL, GITOPS_ENOTFOUND, &err));
    assert_non_null(strstr(err.message, "there is no path missing in revision "));
    options.path = "deploy/a.yaml";
    assert_null(read_with(context, source, &options, NULL, GITOPS_ENOTFOUND, &err));
    assert_string_equal(err.message, "path deploy/a.yaml is a file; expected a directory");
    options.path = "/";
    assert_null(read_with(context, source, &options, NULL, GITOPS_EINVAL, &err));
    options.path = "/deploy";
    assert_null(read_with(context, source, &options, NULL, GITOPS_EINVAL, &err));
    options.path = "deploy/../deploy";
    assert_null(read_with(context, source, &options, NULL, GITOPS_EINVAL, &err));
    put(source, "deploy/kustomization.yaml", "resources: []\n");
    options.path = "deploy";
    assert_null(read_with(context, source, &options, NULL, GITOPS_EUNSUPPORTED, &err));
    assert_non_null(strstr(err.message, "kustomization"));
    gitops_source_free(source);
    support_context_free(context);
}

/* Reads a hundred files of ten objects with little memory; returns the code. */
static int read_within(uint64_t bytes, gitops_error *err)
{
    gitops_limits limits = {.struct_size = sizeof limits, .max_load_bytes = bytes};
    gitops_context_options options = {.struct_size = sizeof options, .limits = &limits};
    gitops_context *context;
    gitops_source *source;
    gitops_snapshot *snapshot;
    gitops_manifest *manifest = NULL;
    char text[2000] = "", path[32];
    assert_int_equal(gitops_context_new(&context, &options, NULL), 0);
    gitops_source_new_memory(&source, context, NULL);
    for (int i = 0; i < 100; i++) {
        text[0] = '\0';
        for (int j = 0; j < 10; j++)
            snprintf(text + strlen(text), sizeof text - strlen(text), "---\n" MAP("m%d"),
                     10 * i + j);
        snprintf(path, sizeof path, "f%d.yaml", i);
        put(source, path, text);
    }
    assert_int_equal(gitops_source_fetch(source, &snapshot, NULL), 0);
    int rc = gitops_manifest_read(&manifest, context, snapshot, NULL, NULL, err);
    assert_true((rc == 0) == (manifest != NULL));
    gitops_manifest_free(manifest);
    gitops_snapshot_free(snapshot);
    gitops_source_free(source);
    gitops_context_free(context);
    return rc;
}

static void read_memoryOfALoad_isLimited(void **state)
{
    gitops_error err;
    (void)state;
    assert_int_equal(read_within(2 << 20, &err), 0);
    static const uint64_t few[] = {10, 1000, 30000, 100000, 150000};
    for (size_t i = 0; i < sizeof few / sizeof few[0]; i++) {
        assert_int_equal(read_within(few[i], &err), GITOPS_ELIMIT);
        assert_non_null(strstr(err.message, "(limit max_load_bytes)"));
    }
}

/* The bytes of the file end where its last line does, which has no end. */
static void open_lastLineWithoutEnd_givesWhatWasRead(void **state)
{
    static const char text[] = MAP("a") "---\n" MAP("b") "data:\n  x: |\n    y";
    gitops_context *context = support_context_new();
    gitops_source *source;
    gitops_document *document;
    size_t length;
    (void)state;
    gitops_source_new_memory(&source, context, NULL);
    put(source, "a.yaml", text);
    gitops_manifest *manifest = read_ok(context, source, NULL);
    assert_int_equal(gitops_manifest_open(manifest, 1, &document, NULL), 0);
    const char *x = gitops_value_text(gitops_value_at(gitops_document_root(document), "/data/x"),
                                      &length);
    assert_int_equal(length, 2);
    assert_memory_equal(x, "y\n", 2);
    gitops_document_free(document);
    gitops_manifest_free(manifest);
    gitops_source_free(source);
    support_context_free(context);
}

static void place(const char *directory, const char *name, const char *text)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    assert_int_equal(fclose(file), 0);
}

static void link_to_nowhere(const char *directory, const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    assert_int_equal(symlink("nowhere", path), 0);
}

static void drop(const char *directory, const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    assert_int_equal(unlink(path), 0);
}

/* What a link stands for is unknown: counted from read to read, and told when it is new. */
static void read_links_areCountedOrErrors(void **state)
{
    gitops_context *context = support_context_new();
    char *directory = support_directory_new(), location[4096];
    gitops_source_options options = {.struct_size = sizeof options, .location = location};
    gitops_source *source;
    gitops_error err;
    (void)state;
    snprintf(location, sizeof location, "dir:%s", directory);
    assert_int_equal(gitops_source_open(&source, context, &options, NULL), 0);
    place(directory, "a.yaml", MAP("a"));
    link_to_nowhere(directory, "vendor");
    gitops_manifest *first = read_ok(context, source, NULL);
    assert_int_equal(gitops_manifest_unread(first), 1);
    assert_int_equal(gitops_diagnostics_warnings(gitops_manifest_diagnostics(first)), 1);
    link_to_nowhere(directory, "more");
    gitops_manifest *second = read_ok(context, source, first);
    assert_int_equal(gitops_manifest_unread(second), 2);
    assert_int_equal(gitops_diagnostics_warnings(gitops_manifest_diagnostics(second)), 1);
    drop(directory, "vendor");
    place(directory, "vendor", "a file now");
    gitops_manifest *third = read_ok(context, source, second);
    assert_int_equal(gitops_manifest_unread(third), 1);
    assert_int_equal(gitops_diagnostics_warnings(gitops_manifest_diagnostics(third)), 0);
    drop(directory, "a.yaml");
    link_to_nowhere(directory, "a.yaml");
    gitops_manifest *broken = read_with(context, source, NULL, third, GITOPS_ESOURCE, &err);
    assert_string_equal(err.where, "a.yaml");
    assert_int_equal(gitops_manifest_count(broken), 0);
    gitops_manifest_free(first);
    gitops_manifest_free(second);
    gitops_manifest_free(third);
    gitops_manifest_free(broken);
    gitops_source_free(source);
    support_directory_free(directory);
    support_context_free(context);
}

static void read_standIns_areErrors(void **state)
{
    static const char pointer[] = "version https://git-lfs.github.com/spec/v1\noid sha256:0\n";
    gitops_context *context = support_context_new();
    gitops_source *source;
    gitops_error err;
    (void)state;
    gitops_source_new_memory(&source, context, NULL);
    put(source, "deep/a.yaml", pointer);
    gitops_source_put(source, "deep/b.json", "\0GITCRYPT\0\1\2", 12, NULL);
    gitops_manifest *manifest = read_with(context, source, NULL, NULL, GITOPS_EPARSE, &err);
    const gitops_diagnostics *problems = gitops_manifest_diagnostics(manifest);
    assert_int_equal(gitops_diagnostics_errors(problems), 2);
    gitops_diagnostics_get(problems, 0, &err);
    assert_string_equal(err.where, "deep/a.yaml");
    assert_non_null(strstr(err.message, "Git LFS"));
    gitops_diagnostics_get(problems, 1, &err);
    assert_string_equal(err.where, "deep/b.json");
    assert_non_null(strstr(err.message, "git-crypt"));
    gitops_manifest_free(manifest);
    gitops_source_free(source);
    support_context_free(context);
}

static void read_body(gitops_context *context, void *data)
{
    static const char broken[] = MAP("b") "data:\n  x: [1, 2\n  y: |\n    z";
    static const char last_line[] = MAP("c") "data:\n  x: |\n    y";
    static const char utf16[] = "\xFE\xFF\0x\0:\0 \0[";
    gitops_source *source = NULL;
    gitops_snapshot *snapshot = NULL;
    gitops_manifest *first = NULL, *second = NULL;
    gitops_document *document = NULL;
    (void)data;
    if (gitops_source_new_memory(&source, context, NULL) == 0 &&
        gitops_source_put(source, "a/a.yaml", MAP("a"), strlen(MAP("a")), NULL) == 0 &&
        gitops_source_put(source, "b.yaml", broken, sizeof broken - 1, NULL) == 0 &&
        gitops_source_put(source, "c.yaml", utf16, sizeof utf16 - 1, NULL) == 0 &&
        gitops_source_fetch(source, &snapshot, NULL) == 0) {
        gitops_manifest_read(&first, context, snapshot, NULL, NULL, NULL);
        gitops_snapshot_free(snapshot);
        snapshot = NULL;
        if (gitops_source_put(source, "b.yaml", MAP("b"), strlen(MAP("b")), NULL) == 0 &&
            gitops_source_put(source, "c.yaml", last_line,
                              sizeof last_line - 1, NULL) == 0 &&
            gitops_source_fetch(source, &snapshot, NULL) == 0 &&
            gitops_manifest_read(&second, context, snapshot, NULL, first, NULL) == 0)
            gitops_manifest_open(second, 1, &document, NULL);
    }
    gitops_document_free(document);
    gitops_snapshot_free(snapshot);
    gitops_manifest_free(first);
    gitops_manifest_free(second);
    gitops_source_free(source);
}

static void read_everyAllocationFails_nothingLeaks(void **state)
{
    (void)state;
    support_fail_every_allocation(read_body, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(read_files_listsObjectsInKeyOrder),
        cmocka_unit_test(read_changedFile_parsesOnlyIt),
        cmocka_unit_test(read_problems_allNamedAndNothingKept),
        cmocka_unit_test(read_duplicateInChangedFile_namesBothPlaces),
        cmocka_unit_test(read_problems_nameObjectAndValue),
        cmocka_unit_test(read_problemsOfItems_nameTheItem),
        cmocka_unit_test(open_object_knowsItsFileAndDocument),
        cmocka_unit_test(open_lastLineWithoutEnd_givesWhatWasRead),
        cmocka_unit_test(read_memoryOfALoad_isLimited),
        cmocka_unit_test(read_pathAndExcludes_leaveOut),
        cmocka_unit_test(read_links_areCountedOrErrors),
        cmocka_unit_test(read_standIns_areErrors),
        cmocka_unit_test(read_everyAllocationFails_nothingLeaks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
