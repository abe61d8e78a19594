/* A read on several threads gives what a read on one gives, to the byte. */
#include "../source/helpers.h"
#include "describe.h"

#include <gitops/manifest.h>

#include <stdio.h>

enum { FILES = 300 };

/* Reads with a number of workers; the error stands for a read that gave nothing. malloc'd. */
static char *read_and_describe(gitops_context *context, gitops_snapshot *snapshot, int32_t workers)
{
    gitops_manifest_options options = {.struct_size = sizeof options, .workers = workers};
    gitops_manifest *manifest;
    gitops_error err = {0};
    gitops_manifest_read(&manifest, context, snapshot, &options, NULL, &err);
    if (!manifest) {
        char *text = malloc(2048);
        assert_non_null(text);
        snprintf(text, 2048, "%d %s:%u %s", err.code, err.where, err.line, err.message);
        return text;
    }
    char *text = describe_manifest(manifest);
    gitops_manifest_free(manifest);
    return text;
}

/* Returns what one worker sees, after comparing it with what more of them see. malloc'd. */
static char *assert_same_for_all(gitops_context *context, gitops_source *source)
{
    gitops_snapshot *snapshot = helper_fetch(source);
    char *alone = read_and_describe(context, snapshot, 1);
    for (int32_t workers = 2; workers <= 5; workers++)
        for (int round = 0; round < 3; round++) {
            char *together = read_and_describe(context, snapshot, workers);
            assert_string_equal(together, alone);
            free(together);
        }
    gitops_snapshot_free(snapshot);
    return alone;
}

/* Objects whose keys are in another order than their files; two an every tenth file. */
static void put_files(gitops_source *source)
{
    char path[64], text[400];
    for (int i = 0; i < FILES; i++) {
        snprintf(path, sizeof path, "d%d/f%d.yaml", i % 7, i);
        int length = snprintf(text, sizeof text,
                              "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m%d}\n",
                              i * 7919 % FILES);
        if (i % 10 == 0)
            snprintf(text + length, sizeof text - (size_t)length,
                     "---\napiVersion: v1\nkind: Secret\nmetadata: {name: s%d}\n---\nx: 1\n", i);
        helper_put(source, path, text);
    }
}

static gitops_source *new_memory(gitops_context *context)
{
    gitops_source *source;
    assert_int_equal(gitops_source_new_memory(&source, context, NULL), 0);
    put_files(source);
    return source;
}

static void read_manyWorkers_sameManifest(void **state)
{
    gitops_context *context = support_context_new();
    gitops_source *source = new_memory(context);
    (void)state;
    helper_put(source, "e/warned.yaml", "a: !unknown 1\n");
    helper_put(source, "e/warned-again.yaml", "a: !unknown 1\n");
    char *seen = assert_same_for_all(context, source);
    assert_non_null(strstr(seen, "errors 0 warnings 2\n")); /* one content, told of each file */
    free(seen);
    gitops_source_free(source);
    support_context_free(context);
}

static void read_manyWorkers_sameProblems(void **state)
{
    gitops_context *context = support_context_new();
    gitops_source *source = new_memory(context);
    char path[64];
    (void)state;
    for (int i = 0; i < 90; i++) {
        snprintf(path, sizeof path, "d%d/broken%d.yaml", i % 5, i);
        helper_put(source, path, i % 3 ? "a: {{ b }}\n---\nkind: A\n" : "apiVersion: v1\nkind: "
                                         "ConfigMap\nmetadata: {name: m7}\n");
    }
    char *seen = assert_same_for_all(context, source);
    assert_non_null(strstr(seen, "d1/broken1.yaml:1:"));
    assert_non_null(strstr(seen, "d1/broken86.yaml:3:"));
    assert_non_null(strstr(seen, "duplicate object _/ConfigMap/m7, first defined at d0/broken0"));
    free(seen);
    gitops_source_free(source);
    support_context_free(context);
}

static void read_moreProblemsThanKept_keepsTheSame(void **state)
{
    gitops_limits limits = {.struct_size = sizeof limits, .max_diagnostics = 20};
    gitops_context_options options = {.struct_size = sizeof options, .limits = &limits};
    gitops_context *context;
    char path[64];
    (void)state;
    assert_int_equal(gitops_context_new(&context, &options, NULL), 0);
    gitops_source *source = new_memory(context);
    for (int i = 0; i < 150; i++) {
        snprintf(path, sizeof path, "e/f%d.yaml", i);
        helper_put(source, path, "a: !unknown 1\nb: !unknown 2\n");
    }
    char *seen = assert_same_for_all(context, source);
    assert_non_null(strstr(seen, "errors 0 warnings 300\n"));
    free(seen);
    gitops_source_free(source);
    gitops_context_free(context);
}

/* A repository of these files, loose or packed. */
static gitops_source *new_repository(gitops_context *context, const char *directory, int packed)
{
    gitops_source_options options = {.struct_size = sizeof options, .location = directory};
    gitops_source *source;
    gitops_error err = {0};
    char path[64], text[200];
    for (int i = 0; i < FILES; i++) {
        snprintf(path, sizeof path, "d%d/f%d.yaml", i % 7, i);
        snprintf(text, sizeof text, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m%d}\n", i);
        helper_write(directory, path, text);
    }
    assert_int_equal(helper_run(directory, "git init -q . && git add -A && git commit -qm x%s",
                                packed ? " && git repack -adq" : ""),
                     0);
    if (gitops_source_open(&source, context, &options, &err) < 0)
        fail_msg("%s", err.message);
    return source;
}

static void read_gitByManyWorkers_sameManifest(void **state)
{
    (void)state;
    HELPER_NEED_GIT();
    for (int packed = 0; packed < 2; packed++) {
        gitops_context *context = support_context_new();
        char *directory = support_directory_new();
        gitops_source *source = new_repository(context, directory, packed);
        char *seen = assert_same_for_all(context, source);
        assert_non_null(strstr(seen, " errors 0 warnings 0"));
        free(seen);
        gitops_source_free(source);
        support_directory_free(directory);
        support_context_free(context);
    }
}

static void read_missingObjects_firstOneIsTheError(void **state)
{
    (void)state;
    HELPER_NEED_GIT();
    gitops_context *context = support_context_new();
    char *directory = support_directory_new();
    gitops_source *source = new_repository(context, directory, 0);
    assert_int_equal(helper_run(directory, "for f in d2/f100.yaml d3/f101.yaml d6/f20.yaml; do "
                                           "id=$(git rev-parse HEAD:$f); "
                                           "rm -f .git/objects/$(echo $id | sed 's,^..,&/,'); "
                                           "done"),
                     0);
    char *seen = assert_same_for_all(context, source);
    assert_non_null(strstr(seen, "d2/f100.yaml"));
    assert_non_null(strstr(seen, "is missing from the repository"));
    free(seen);
    gitops_source_free(source);
    support_directory_free(directory);
    support_context_free(context);
}

static void read_oneFileChanged_startsNoThread(void **state)
{
    gitops_context *context = support_context_new();
    gitops_manifest_options options = {.struct_size = sizeof options, .workers = 4};
    gitops_source *source = new_memory(context);
    gitops_manifest *first, *second;
    (void)state;
    gitops_snapshot *snapshot = helper_fetch(source);
    assert_int_equal(gitops_manifest_read(&first, context, snapshot, &options, NULL, NULL), 0);
    gitops_snapshot_free(snapshot);
    helper_put(source, "d1/f1.yaml", "x: 1\n");
    snapshot = helper_fetch(source);
    assert_int_equal(gitops_manifest_read(&second, context, snapshot, &options, first, NULL), 0);
    assert_int_equal(gitops_manifest_files_parsed(second), 1);
    assert_int_equal(gitops_manifest_count(second), gitops_manifest_count(first) - 1);
    gitops_snapshot_free(snapshot);
    gitops_manifest_free(first);
    gitops_manifest_free(second);
    gitops_source_free(source);
    support_context_free(context);
}

static void read_workersOutOfRange_isRefused(void **state)
{
    gitops_context *context = support_context_new();
    gitops_manifest_options options = {.struct_size = sizeof options, .workers = 65};
    gitops_source *source = new_memory(context);
    gitops_snapshot *snapshot = helper_fetch(source);
    gitops_manifest *manifest;
    (void)state;
    assert_int_equal(gitops_manifest_read(&manifest, context, snapshot, &options, NULL, NULL),
                     GITOPS_EINVAL);
    options.workers = -1;
    assert_int_equal(gitops_manifest_read(&manifest, context, snapshot, &options, NULL, NULL),
                     GITOPS_EINVAL);
    gitops_snapshot_free(snapshot);
    gitops_source_free(source);
    support_context_free(context);
}

/* Enough files for two threads; three of one content. */
static void read_body(gitops_context *context, void *data)
{
    gitops_manifest_options options = {.struct_size = sizeof options, .workers = 3};
    gitops_source *source = NULL;
    gitops_snapshot *snapshot = NULL;
    gitops_manifest *manifest = NULL;
    char path[64], text[200];
    int rc = gitops_source_new_memory(&source, context, NULL);
    for (int i = 0; i < 68 && rc == 0; i++) {
        snprintf(path, sizeof path, "f%d.yaml", i);
        snprintf(text, sizeof text, "%sapiVersion: v1\nkind: ConfigMap\nmetadata: {name: m%d}\n",
                 data ? "a: !unknown {{\n---\n" : "", i < 65 ? i : 65);
        rc = gitops_source_put(source, path, text, strlen(text), NULL);
    }
    if (rc == 0 && gitops_source_fetch(source, &snapshot, NULL) == 0)
        gitops_manifest_read(&manifest, context, snapshot, &options, NULL, NULL);
    gitops_manifest_free(manifest);
    gitops_snapshot_free(snapshot);
    gitops_source_free(source);
}

static void read_everyAllocationOfWorkersFails_nothingLeaks(void **state)
{
    (void)state;
    support_fail_every_allocation(read_body, NULL);
    support_fail_every_allocation(read_body, "broken");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(read_manyWorkers_sameManifest),
        cmocka_unit_test(read_manyWorkers_sameProblems),
        cmocka_unit_test(read_moreProblemsThanKept_keepsTheSame),
        cmocka_unit_test(read_gitByManyWorkers_sameManifest),
        cmocka_unit_test(read_missingObjects_firstOneIsTheError),
        cmocka_unit_test(read_oneFileChanged_startsNoThread),
        cmocka_unit_test(read_workersOutOfRange_isRefused),
        cmocka_unit_test(read_everyAllocationOfWorkersFails_nothingLeaks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
