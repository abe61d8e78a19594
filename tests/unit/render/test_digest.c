/* Digests of manifests: the documented vectors, and what they do and do not depend on. */
#include "../source/helpers.h"

#include <gitops/manifest.h>

#include <stdio.h>

static gitops_manifest *read(gitops_context *context, gitops_source *source)
{
    gitops_snapshot *snapshot = helper_fetch(source);
    gitops_manifest *manifest;
    gitops_error err = {0};
    if (gitops_manifest_read(&manifest, context, snapshot, NULL, NULL, &err) < 0)
        fail_msg("%s", err.message);
    gitops_snapshot_free(snapshot);
    return manifest;
}

static void put(gitops_source *source, const char *path, const char *text)
{
    assert_int_equal(gitops_source_put(source, path, text, strlen(text), NULL), 0);
}

/* The bytes of a digest in hexadecimal, without its name. */
static const char *digits_of(gitops_manifest *manifest, int32_t algorithm)
{
    static char digest[2][GITOPS_DIGEST_SIZE];
    char *out = digest[algorithm == GITOPS_DIGEST_SHA256];
    assert_int_equal(gitops_manifest_digest(manifest, algorithm, out, NULL), 0);
    const char *name = algorithm == GITOPS_DIGEST_SHA256 ? "sha256:" : "xxh3:";
    assert_memory_equal(out, name, strlen(name));
    return out + strlen(name);
}

/* The text between the next two backquotes; *p moves behind them. */
static void next_quoted(char **p, char *out, size_t size)
{
    char *start = strchr(*p, '`'), *end = start ? strchr(start + 1, '`') : NULL;
    if (!end || (size_t)(end - start) > size)
        fail_msg("broken row: %.60s", *p);
    memcpy(out, start + 1, (size_t)(end - start - 1));
    out[end - start - 1] = '\0';
    *p = end + 1;
}

static void check_vector(char *names, const char *xxh3, const char *sha256)
{
    gitops_context *context = support_context_new();
    gitops_source *source;
    assert_int_equal(gitops_source_new_memory(&source, context, NULL), 0);
    for (char *name = strtok(names, " "); name; name = strtok(NULL, " ")) {
        char path[64], text[160];
        snprintf(path, sizeof path, "%s.yaml", name);
        snprintf(text, sizeof text, "{kind: ConfigMap, metadata: {name: %s}, apiVersion: v1}",
                 name);
        put(source, path, text);
    }
    gitops_manifest *manifest = read(context, source);
    assert_string_equal(digits_of(manifest, GITOPS_DIGEST_XXH3), xxh3);
    assert_string_equal(digits_of(manifest, GITOPS_DIGEST_SHA256), sha256);
    gitops_manifest_free(manifest);
    gitops_source_free(source);
    support_context_free(context);
}

/* Rows of the last table of docs/digest.md. */
static void manifestDigest_vectors_areThoseOfTheDocumentation(void **state)
{
    char *doc = support_read_file(DIGEST_DOCUMENT, NULL);
    int count = 0;
    (void)state;
    assert_non_null(doc);
    char *row = strstr(doc, "\n## Test vectors of manifests");
    assert_non_null(row);
    for (row = strstr(row, "\n| `"); row; row = strstr(row, "\n| `"), count++) {
        char names[128], xxh3[64], sha256[80];
        row++;
        next_quoted(&row, names, sizeof names);
        next_quoted(&row, xxh3, sizeof xxh3);
        next_quoted(&row, sha256, sizeof sha256);
        check_vector(names, xxh3, sha256);
    }
    assert_true(count >= 5);
    free(doc);
}

#define MAP(name) "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: " name "}\n"
#define ITEM(name) "{metadata: {name: " name "}, kind: ConfigMap, apiVersion: v1}"

static void manifestDigest_files_doNotMatter(void **state)
{
    gitops_context *context = support_context_new();
    gitops_source *one, *other;
    (void)state;
    gitops_source_new_memory(&one, context, NULL);
    gitops_source_new_memory(&other, context, NULL);
    put(one, "a.yaml", MAP("a") "---\n" MAP("b") "---\n" MAP("c") "---\n" MAP("d"));
    put(other, "x/lists.yaml", "apiVersion: v1\nkind: List\nitems: [" ITEM("d") ", " ITEM("a") "]\n"
                               "---\nkind: ConfigMapList\napiVersion: v1\nitems: [" ITEM("c") ", "
                               ITEM("b") "]\n");
    gitops_manifest *first = read(context, one), *second = read(context, other);
    for (int32_t algorithm = GITOPS_DIGEST_XXH3; algorithm <= GITOPS_DIGEST_SHA256; algorithm++) {
        char before[GITOPS_DIGEST_SIZE], x[GITOPS_DIGEST_SIZE], y[GITOPS_DIGEST_SIZE];
        snprintf(before, sizeof before, "%s", digits_of(first, algorithm));
        assert_string_equal(digits_of(second, algorithm), before);
        gitops_manifest_object_digest(first, 2, algorithm, x, NULL);
        gitops_manifest_object_digest(second, 2, algorithm, y, NULL);
        assert_string_equal(x, y);
        gitops_manifest_object_digest(first, 1, algorithm, y, NULL);
        assert_string_not_equal(x, y);
    }
    gitops_manifest_free(first);
    gitops_manifest_free(second);
    gitops_source_free(one);
    gitops_source_free(other);
    support_context_free(context);
}

static void objectDigest_ofAnObject_isThatOfItsValue(void **state)
{
    gitops_context *context = support_context_new();
    gitops_source *source;
    gitops_document *document;
    (void)state;
    gitops_source_new_memory(&source, context, NULL);
    put(source, "a.yaml", MAP("a") "data: {n: \"1\"}\n");
    gitops_manifest *manifest = read(context, source);
    assert_int_equal(gitops_manifest_open(manifest, 0, &document, NULL), 0);
    for (int32_t algorithm = 0; algorithm <= GITOPS_DIGEST_SHA256; algorithm++) {
        char x[GITOPS_DIGEST_SIZE], y[GITOPS_DIGEST_SIZE];
        assert_int_equal(gitops_manifest_object_digest(manifest, 0, algorithm, x, NULL), 0);
        gitops_value_digest(context, gitops_document_root(document), algorithm, y, NULL);
        assert_string_equal(x, y);
    }
    gitops_document_free(document);
    gitops_manifest_free(manifest);
    gitops_source_free(source);
    support_context_free(context);
}

static void manifestDigest_badArguments_areRefused(void **state)
{
    gitops_context *context = support_context_new();
    gitops_source *source;
    char digest[GITOPS_DIGEST_SIZE] = "x";
    gitops_error err;
    (void)state;
    gitops_source_new_memory(&source, context, NULL);
    gitops_manifest *manifest = read(context, source);
    assert_int_equal(gitops_manifest_digest(manifest, 9, digest, &err), GITOPS_EINVAL);
    assert_string_equal(err.message, "digest: algorithm 9 is unknown");
    assert_string_equal(digest, "");
    assert_int_equal(gitops_manifest_object_digest(manifest, 0, 0, digest, &err), GITOPS_ENOTFOUND);
    assert_string_equal(err.message, "the manifest has no object 0");
    assert_int_equal(gitops_manifest_object_digest(manifest, 0, -1, digest, NULL), GITOPS_EINVAL);
    assert_int_equal(gitops_manifest_digest(NULL, 0, digest, NULL), GITOPS_EINVAL);
    gitops_manifest_free(manifest);
    gitops_source_free(source);
    support_context_free(context);
}

static void digest_body(gitops_context *context, void *data)
{
    gitops_source *source = NULL;
    gitops_snapshot *snapshot = NULL;
    gitops_manifest *manifest = NULL;
    char digest[GITOPS_DIGEST_SIZE];
    static const char text[] = MAP("a") "---\n" MAP("b");
    (void)data;
    if (gitops_source_new_memory(&source, context, NULL) == 0 &&
        gitops_source_put(source, "a.yaml", text, strlen(text), NULL) == 0 &&
        gitops_source_fetch(source, &snapshot, NULL) == 0 &&
        gitops_manifest_read(&manifest, context, snapshot, NULL, NULL, NULL) == 0) {
        int rc = gitops_manifest_digest(manifest, GITOPS_DIGEST_SHA256, digest, NULL);
        assert_true(rc == 0 || (rc == GITOPS_ENOMEM && digest[0] == '\0'));
    }
    gitops_manifest_free(manifest);
    gitops_snapshot_free(snapshot);
    gitops_source_free(source);
}

static void manifestDigest_everyAllocationFails_cleanErrorOrSuccess(void **state)
{
    (void)state;
    support_fail_every_allocation(digest_body, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(manifestDigest_vectors_areThoseOfTheDocumentation),
        cmocka_unit_test(manifestDigest_files_doNotMatter),
        cmocka_unit_test(objectDigest_ofAnObject_isThatOfItsValue),
        cmocka_unit_test(manifestDigest_badArguments_areRefused),
        cmocka_unit_test(manifestDigest_everyAllocationFails_cleanErrorOrSuccess),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
