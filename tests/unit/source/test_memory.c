/*
 * Sources in memory: persistent snapshots, paths, revisions; and what all snapshots share.
 */
#include "helpers.h"

#include <stdio.h>

#include "base/context.h"

static gitops_source *new_source(gitops_context *context)
{
    gitops_source *source = NULL;
    assert_int_equal(gitops_source_new_memory(&source, context, NULL), 0);
    return source;
}

static void assert_content(gitops_snapshot *snapshot, const char *path, const char *expected)
{
    gitops_buffer *bytes = NULL;
    gitops_error err = {0};
    if (gitops_snapshot_read(snapshot, path, &bytes, &err) < 0)
        fail_msg("read %s: %s", path, err.message);
    assert_string_equal(gitops_buffer_data(bytes), expected);
    assert_int_equal(gitops_buffer_length(bytes), strlen(expected));
    gitops_buffer_free(bytes);
}

static int read_code(gitops_snapshot *snapshot, const char *path)
{
    gitops_buffer *bytes = NULL;
    int rc = gitops_snapshot_read(snapshot, path, &bytes, NULL);
    assert_null(bytes);
    return rc;
}

static void put_afterSnapshot_snapshotKeepsItsFiles(void **state)
{
    gitops_context *context = support_context_new();
    gitops_source *source = new_source(context);
    (void)state;
    helper_put(source, "a/b/c", "one");
    helper_put(source, "a/d", "same");
    gitops_snapshot *first = helper_fetch(source);
    helper_put(source, "a/b/c", "two");
    helper_put(source, "a/e", "new");
    gitops_snapshot *second = helper_fetch(source);
    assert_int_equal(gitops_source_remove(source, "a/b/c", NULL), 0);
    gitops_snapshot *third = helper_fetch(source);
    gitops_source_free(source);
    assert_content(first, "a/b/c", "one");
    assert_content(second, "a/b/c", "two");
    assert_content(second, "a/d", "same");
    assert_int_equal(read_code(first, "a/e"), GITOPS_ENOTFOUND);
    assert_int_equal(read_code(third, "a/b/c"), GITOPS_ENOTFOUND);
    assert_int_equal(read_code(third, "a/b"), GITOPS_ENOTFOUND);
    gitops_snapshot_free(second);
    gitops_snapshot_free(first);
    gitops_context_free(context); /* the last snapshot keeps everything alive */
    assert_content(third, "a/d", "same");
    context = gops_context_ref(context);
    gitops_snapshot_free(third);
    support_context_free(context);
}

static void revision_sameFiles_isTheSame(void **state)
{
    gitops_context *context = support_context_new();
    gitops_source *one = new_source(context), *two = new_source(context);
    (void)state;
    helper_put(one, "x/a", "1");
    helper_put(one, "b", "2");
    helper_put(two, "b", "old");
    helper_put(two, "gone/c", "3");
    helper_put(two, "x/a", "1");
    helper_put(two, "b", "2");
    assert_int_equal(gitops_source_remove(two, "gone/c", NULL), 0);
    gitops_snapshot *a = helper_fetch(one), *b = helper_fetch(two);
    assert_int_equal(strlen(gitops_snapshot_revision(a)), 4 + 32);
    assert_memory_equal(gitops_snapshot_revision(a), "mem-", 4);
    assert_string_equal(gitops_snapshot_revision(a), gitops_snapshot_revision(b));
    assert_true(gops_snapshot_same_tree(a, b));
    helper_put(one, "x/a", "1+");
    gitops_snapshot *c = helper_fetch(one);
    assert_string_not_equal(gitops_snapshot_revision(a), gitops_snapshot_revision(c));
    assert_false(gops_snapshot_same_tree(a, c));
    gitops_snapshot_free(gitops_snapshot_ref(a));
    gitops_snapshot_free(a);
    gitops_snapshot_free(b);
    gitops_snapshot_free(c);
    gitops_source_free(one);
    gitops_source_free(two);
    support_context_free(context);
}

static void put_badPath_isInvalid(void **state)
{
    static const char *const paths[] = {
        "",      "/a",    "a/",       "a//b",        ".",        "..",     "a/../b", "./a",
        ".git",  ".GIT/x",   "a/.gIt",      ".git. ",   ".git::$INDEX", "git~1", "GIT~1/x",
        ".g\xE2\x80\x8Cit", "\xEF\xBB\xBF.git"};
    gitops_context *context = support_context_new();
    gitops_source *source = new_source(context);
    gitops_error err = {0};
    (void)state;
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        assert_int_equal(gitops_source_put(source, paths[i], "", 0, &err), GITOPS_EINVAL);
        assert_int_equal(err.code, GITOPS_EINVAL);
    }
    helper_put(source, ".gitignore", "");
    helper_put(source, ".git2", "");
    helper_put(source, "git~2", "");
    helper_put(source, "...", "");
    assert_int_equal(gitops_source_put(source, ".git2/x", "", 0, &err), GITOPS_EINVAL);
    helper_put(source, "d/e", "");
    assert_int_equal(gitops_source_put(source, "d", "", 0, &err), GITOPS_EINVAL);
    assert_string_equal(err.where, "d");
    assert_int_equal(gitops_source_remove(source, "d", &err), GITOPS_ENOTFOUND);
    assert_int_equal(gitops_source_remove(source, "x/y", &err), GITOPS_ENOTFOUND);
    assert_int_equal(gitops_source_put(source, "n", NULL, 1, &err), GITOPS_EINVAL);
    assert_int_equal(gitops_source_put(NULL, "n", "", 0, &err), GITOPS_EINVAL);
    gitops_source_free(source);
    support_context_free(context);
}

static void put_failedBelow_leavesNoTrace(void **state)
{
    gitops_context *context = support_context_new();
    gitops_source *source = new_source(context);
    (void)state;
    helper_put(source, "a/file", "");
    gitops_snapshot *before = helper_fetch(source);
    assert_int_equal(gitops_source_put(source, "a/file/x/y", "", 0, NULL), GITOPS_EINVAL);
    gitops_snapshot *after = helper_fetch(source);
    assert_string_equal(gitops_snapshot_revision(before), gitops_snapshot_revision(after));
    gitops_snapshot_free(before);
    gitops_snapshot_free(after);
    gitops_source_free(source);
    support_context_free(context);
}

static void putMode_onlyModeChanges_isAChange(void **state)
{
    gitops_context *context = support_context_new();
    gitops_source *source = new_source(context);
    gitops_error err = {0};
    (void)state;
    helper_put(source, "bin/run", "1");
    gitops_snapshot *before = helper_fetch(source);
    assert_int_equal(gitops_source_put_mode(source, "bin/run", 0755, "1", 1, &err), 0);
    gitops_snapshot *after = helper_fetch(source);
    assert_string_not_equal(gitops_snapshot_revision(before), gitops_snapshot_revision(after));
    helper_assert_walk(before, after, "", NULL, "~bin/run*\n");
    helper_assert_walk(after, before, "bin", NULL, "~bin/run\n");
    helper_assert_walk(after, after, "", NULL, "");
    assert_int_equal(gitops_source_put_mode(source, "x", 0600, "1", 1, &err), GITOPS_EINVAL);
    assert_non_null(strstr(err.message, "0600"));
    gitops_snapshot_free(before);
    gitops_snapshot_free(after);
    gitops_source_free(source);
    support_context_free(context);
}

static void lookup_kinds_areTold(void **state)
{
    gitops_context *context = support_context_new();
    gitops_source *source = new_source(context);
    gops_entry_kind kind;
    gops_blob_id id;
    (void)state;
    helper_put(source, "a/b", "1");
    gitops_snapshot *s = helper_fetch(source);
    assert_int_equal(gops_snapshot_lookup(s, "", &kind, &id, NULL), 0);
    assert_int_equal(kind, GOPS_ENTRY_DIRECTORY);
    assert_int_equal(gops_snapshot_lookup(s, "a", &kind, NULL, NULL), 0);
    assert_int_equal(kind, GOPS_ENTRY_DIRECTORY);
    assert_int_equal(gops_snapshot_lookup(s, "a/b", &kind, &id, NULL), 0);
    assert_int_equal(kind, GOPS_ENTRY_FILE);
    assert_int_equal(gops_snapshot_lookup(s, "a/b/c", &kind, &id, NULL), 0);
    assert_int_equal(kind, GOPS_ENTRY_NONE);
    assert_int_equal(gops_snapshot_lookup(s, "x", &kind, &id, NULL), 0);
    assert_int_equal(kind, GOPS_ENTRY_NONE);
    assert_int_equal(gops_snapshot_lookup(s, "../x", &kind, &id, NULL), GITOPS_EINVAL);
    assert_int_equal(read_code(s, "/etc/passwd"), GITOPS_EINVAL);
    gitops_snapshot_free(s);
    gitops_source_free(source);
    support_context_free(context);
}

static void read_largeFile_isLimit(void **state)
{
    gitops_limits limits = {.struct_size = sizeof limits};
    gitops_context_options options = {.struct_size = sizeof options, .limits = &limits};
    gitops_context *context;
    (void)state;
    limits.max_file_bytes = 3;
    assert_int_equal(gitops_context_new(&context, &options, NULL), 0);
    gitops_source *source = new_source(context);
    helper_put(source, "fits", "123");
    helper_put(source, "large", "1234");
    gitops_snapshot *s = helper_fetch(source);
    assert_content(s, "fits", "123");
    assert_int_equal(read_code(s, "large"), GITOPS_ELIMIT);
    gitops_snapshot_free(s);
    gitops_source_free(source);
    gitops_context_free(context);
}

static void put_manyFiles_allAreThere(void **state)
{
    gitops_context *context = support_context_new();
    gitops_source *source = new_source(context);
    char path[32];
    (void)state;
    for (int i = 0; i < 500; i++) {
        snprintf(path, sizeof path, "d%d/f%d", i * 7 % 10, i * 37 % 500);
        helper_put(source, path, path);
    }
    gitops_snapshot *s = helper_fetch(source);
    for (int i = 0; i < 500; i++) {
        snprintf(path, sizeof path, "d%d/f%d", i * 7 % 10, i * 37 % 500);
        assert_content(s, path, path);
    }
    for (int i = 0; i < 500; i++) {
        snprintf(path, sizeof path, "d%d/f%d", i * 7 % 10, i * 37 % 500);
        assert_int_equal(gitops_source_remove(source, path, NULL), 0);
    }
    gitops_snapshot *empty = helper_fetch(source);
    helper_assert_walk(NULL, empty, "", NULL, "");
    assert_content(s, "d0/f0", "d0/f0");
    gitops_snapshot_free(empty);
    gitops_snapshot_free(s);
    gitops_source_free(source);
    support_context_free(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(put_afterSnapshot_snapshotKeepsItsFiles),
        cmocka_unit_test(revision_sameFiles_isTheSame),
        cmocka_unit_test(put_badPath_isInvalid),
        cmocka_unit_test(put_failedBelow_leavesNoTrace),
        cmocka_unit_test(putMode_onlyModeChanges_isAChange),
        cmocka_unit_test(lookup_kinds_areTold),
        cmocka_unit_test(read_largeFile_isLimit),
        cmocka_unit_test(put_manyFiles_allAreThere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
