/* Control annotations on their way from a file to whoever asks the manifest for them. */
#include "support.h"

#include <gitops/manifest.h>

#include <stdio.h>

#include "manifest/control.h"
#include "manifest/manifest.h"

#define OBJECT(name, annotations) \
    "apiVersion: v1\nkind: A\nmetadata:\n  name: " name "\n  annotations: {" annotations "}\n"

static gitops_manifest *read_code(gitops_context *context, gitops_source *source,
                                  gitops_manifest *previous, int expected)
{
    gitops_snapshot *snapshot;
    gitops_manifest *manifest;
    gitops_error err = {0};
    assert_int_equal(gitops_source_fetch(source, &snapshot, NULL), 0);
    int rc = gitops_manifest_read(&manifest, context, snapshot, NULL, previous, &err);
    if (rc != expected)
        fail_msg("got %d instead of %d: %s", rc, expected, err.message);
    gitops_snapshot_free(snapshot);
    return manifest;
}

static gitops_source *source_of(gitops_context *context, const char *path, const char *text)
{
    gitops_source *source;
    assert_int_equal(gitops_source_new_memory(&source, context, NULL), 0);
    assert_int_equal(gitops_source_put(source, path, text, strlen(text), NULL), 0);
    return source;
}

static int32_t wave_of(const gitops_manifest *manifest, const char *key)
{
    gitops_controls *controls;
    gitops_error err;
    int64_t i = gitops_manifest_find(manifest, key);
    assert_true(i >= 0);
    assert_int_equal(gitops_manifest_controls(manifest, (size_t)i, &controls, &err), 0);
    int32_t wave = gitops_controls_wave(controls);
    gitops_controls_free(controls);
    return wave;
}

static void controls_ofObjects_areKeptWithTheirManifest(void **state)
{
    gitops_context *context = support_context_new();
    gitops_source *source = source_of(
        context, "a.yaml",
        OBJECT("a", "gitops/wave: 1") "---\n" OBJECT("b", "other: 1") "---\n"
        "{apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: A, metadata: {name: c, "
        "annotations: {gitops/wave: -3}}}, {apiVersion: v1, kind: A, metadata: {name: d}}]}\n");
    (void)state;
    gitops_manifest *one = read_code(context, source, NULL, 0);
    assert_int_equal(gitops_source_put(source, "b.yaml", OBJECT("e", "gitops/wave: 5"),
                                       strlen(OBJECT("e", "gitops/wave: 5")), NULL), 0);
    gitops_manifest *two = read_code(context, source, one, 0);
    gitops_manifest_free(one);
    assert_int_equal(wave_of(two, "_/A/a"), 1);
    assert_int_equal(wave_of(two, "_/A/b"), 0);
    assert_int_equal(wave_of(two, "_/A/c"), -3);
    assert_int_equal(wave_of(two, "_/A/d"), 0);
    assert_int_equal(wave_of(two, "_/A/e"), 5);
    gitops_controls *controls;
    gitops_error err;
    assert_int_equal(gitops_manifest_controls(two, 5, &controls, &err), GITOPS_ENOTFOUND);
    assert_null(controls);
    gitops_manifest_free(two);
    gitops_source_free(source);
    support_context_free(context);
}

/* An object without controls takes no more room for it than before there were any. */
static void objectSize_isUnchanged(void **state)
{
    gops_object object = {.key = "k\0rest", .has_controls = 0};
    size_t length;
    (void)state;
    assert_int_equal(sizeof(gops_object), 48);
    assert_null(gops_object_controls(&object, &length));
    assert_int_equal(gops_object_text_size(&object), 2);
}

static void check_problem(const gitops_diagnostics *list, size_t i, int severity,
                          const char *place, const char *pointer, const char *key)
{
    gitops_error problem;
    char got[400];
    assert_int_equal(gitops_diagnostics_get(list, i, &problem), severity);
    snprintf(got, sizeof got, "%s:%u:%u", problem.where, problem.line, problem.column);
    assert_string_equal(got, place);
    assert_string_equal(gitops_diagnostics_pointer(list, i), pointer);
    assert_string_equal(gitops_diagnostics_key(list, i), key);
}

static void controls_problems_areLocatedWithKeyAndPointer(void **state)
{
    gitops_context *context = support_context_new();
    gitops_source *source = source_of(
        context, "a.yaml",
        OBJECT("a", "gitops/wave: x, argocd.argoproj.io/sync-options: New=1") "---\n"
        "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: A\n  metadata: {name: b}\n"
        "- apiVersion: v1\n  kind: A\n  metadata: {name: c, namespace: ns, annotations: "
        "{gitops/prune: never}}\n");
    (void)state;
    gitops_manifest *manifest = read_code(context, source, NULL, GITOPS_EPARSE);
    const gitops_diagnostics *list = gitops_manifest_diagnostics(manifest);
    assert_int_equal(gitops_diagnostics_count(list), 3);
    check_problem(list, 0, GITOPS_SEVERITY_ERROR, "a.yaml:5:30",
                  "/metadata/annotations/gitops~1wave", "_/A/a");
    check_problem(list, 1, GITOPS_SEVERITY_WARNING, "a.yaml:5:66",
                  "/metadata/annotations/argocd.argoproj.io~1sync-options", "_/A/a");
    check_problem(list, 2, GITOPS_SEVERITY_ERROR, "a.yaml:15:66",
                  "/items/1/metadata/annotations/gitops~1prune", "ns/A/c");
    gitops_manifest_free(manifest);
    gitops_source_free(source);
    support_context_free(context);
}

/* Warnings alone keep the object, and are told again with every manifest. */
static void controls_warnings_doNotStopAnything(void **state)
{
    gitops_context *context = support_context_new();
    gitops_source *source = source_of(
        context, "a.yaml",
        OBJECT("a", "argocd.argoproj.io/sync-options: 'CreateNamespace=true,Prune=false'"));
    gitops_controls *controls;
    (void)state;
    gitops_manifest *manifest = read_code(context, source, NULL, 0);
    assert_int_equal(gitops_diagnostics_warnings(gitops_manifest_diagnostics(manifest)), 1);
    assert_int_equal(gitops_manifest_controls(manifest, 0, &controls, NULL), 0);
    assert_int_equal(gitops_controls_prune(controls), GITOPS_REMOVAL_KEEP);
    gitops_controls_free(controls);
    gitops_manifest_free(manifest);
    gitops_source_free(source);
    support_context_free(context);
}

/* A file of many broken items costs what it is long: their pointers are not searched for. */
static void problems_ofManyItems_areNotQuadratic(void **state)
{
    enum { ITEMS = 200000 };
    gitops_context *context = support_context_new();
    char *text = malloc(ITEMS * 2 + 100);
    (void)state;
    assert_non_null(text);
    size_t used = (size_t)sprintf(text, "{\"apiVersion\": \"v1\", \"kind\": \"List\", "
                                        "\"items\": [");
    for (int i = 0; i < ITEMS; i++)
        used += (size_t)sprintf(text + used, "1,");
    sprintf(text + used, "2]}");
    gitops_source *source = source_of(context, "a.json", text);
    gitops_manifest *manifest = read_code(context, source, NULL, GITOPS_EPARSE);
    const gitops_diagnostics *list = gitops_manifest_diagnostics(manifest);
    assert_int_equal(gitops_diagnostics_errors(list), ITEMS + 1);
    assert_string_equal(gitops_diagnostics_pointer(list, 7), "/items/7");
    gitops_manifest_free(manifest);
    gitops_source_free(source);
    free(text);
    support_context_free(context);
}

static void read_body(gitops_context *context, void *data)
{
    gitops_source *source = NULL;
    gitops_snapshot *snapshot = NULL;
    gitops_manifest *manifest = NULL;
    gitops_controls *controls = NULL;
    const char *text = data;
    if (gitops_source_new_memory(&source, context, NULL) == 0 &&
        gitops_source_put(source, "a.yaml", text, strlen(text), NULL) == 0 &&
        gitops_source_fetch(source, &snapshot, NULL) == 0 &&
        gitops_manifest_read(&manifest, context, snapshot, NULL, NULL, NULL) == 0)
        gitops_manifest_controls(manifest, 0, &controls, NULL);
    gitops_controls_free(controls);
    gitops_manifest_free(manifest);
    gitops_snapshot_free(snapshot);
    gitops_source_free(source);
}

static void read_everyAllocationFails_nothingLeaks(void **state)
{
    static char good[] = OBJECT("a", "gitops/wave: 1, gitops/depends-on: _/A/b");
    static char bad[] = OBJECT("a", "gitops/wave: x, argocd.argoproj.io/sync-options: New=1");
    (void)state;
    support_fail_every_allocation(read_body, good);
    support_fail_every_allocation(read_body, bad);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(controls_ofObjects_areKeptWithTheirManifest),
        cmocka_unit_test(objectSize_isUnchanged),
        cmocka_unit_test(controls_problems_areLocatedWithKeyAndPointer),
        cmocka_unit_test(controls_warnings_doNotStopAnything),
        cmocka_unit_test(problems_ofManyItems_areNotQuadratic),
        cmocka_unit_test(read_everyAllocationFails_nothingLeaks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
