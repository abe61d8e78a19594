/*
 * The walk over two snapshots: order, what is skipped, ignore rules on each side, limits. Sources
 * in memory stand for all kinds; a comparison with git ls-files covers the rules as a whole.
 */
#include "helpers.h"

#include <stdio.h>

#include "base/context.h"

typedef struct fixture {
    gitops_context *context;
    gitops_source *source;
} fixture;

static fixture setup(void)
{
    fixture f = {support_context_new(), NULL};
    assert_int_equal(gitops_source_new_memory(&f.source, f.context, NULL), 0);
    return f;
}

static void teardown(fixture *f)
{
    gitops_source_free(f->source);
    support_context_free(f->context);
}

static void walk_fromNothing_givesAllInByteOrderOfPaths(void **state)
{
    fixture f = setup();
    static const char *const paths[] = {"a0", "a/z", "a/b/c", "a-b", "a.b/x", "b", "\xC3\xA4", "A"};
    (void)state;
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        helper_put(f.source, paths[i], paths[i]);
    gitops_snapshot *all = helper_fetch(f.source);
    helper_assert_walk(NULL, all, "", NULL,
                       "+A\n+a-b\n+a.b/x\n+a/b/c\n+a/z\n+a0\n+b\n+\xC3\xA4\n");
    helper_assert_walk(NULL, all, NULL, NULL,
                       "+A\n+a-b\n+a.b/x\n+a/b/c\n+a/z\n+a0\n+b\n+\xC3\xA4\n");
    helper_assert_walk(NULL, all, "a", NULL, "+a/b/c\n+a/z\n");
    helper_assert_walk(all, all, "", NULL, "");
    gitops_snapshot_free(all);
    teardown(&f);
}

static void walk_changes_areReportedInOrder(void **state)
{
    fixture f = setup();
    (void)state;
    helper_put(f.source, "same/x", "1");
    helper_put(f.source, "dir/changed", "1");
    helper_put(f.source, "dir/gone", "1");
    helper_put(f.source, "turns", "a file");
    helper_put(f.source, "was/dir", "1");
    gitops_snapshot *before = helper_fetch(f.source);
    helper_put(f.source, "dir/changed", "2");
    assert_int_equal(gitops_source_remove(f.source, "dir/gone", NULL), 0);
    assert_int_equal(gitops_source_remove(f.source, "turns", NULL), 0);
    helper_put(f.source, "turns/into", "a directory");
    helper_put(f.source, "turns-", "between");
    assert_int_equal(gitops_source_remove(f.source, "was/dir", NULL), 0);
    helper_put(f.source, "was", "now a file");
    gitops_snapshot *after = helper_fetch(f.source);
    helper_assert_walk(before, after, "", NULL,
                       "~dir/changed\n-dir/gone\n-turns\n+turns-\n+turns/into\n+was\n-was/dir\n");
    helper_assert_walk(before, after, "same", NULL, "");
    helper_assert_walk(before, after, "turns", NULL, "+turns/into\n");
    gitops_snapshot_free(before);
    gitops_snapshot_free(after);
    teardown(&f);
}

static void walk_pathThatIsNoDirectory_isNotFound(void **state)
{
    fixture f = setup();
    (void)state;
    helper_put(f.source, "a/b", "1");
    gitops_snapshot *before = helper_fetch(f.source);
    helper_put(f.source, "c", "1");
    assert_int_equal(gitops_source_remove(f.source, "a/b", NULL), 0);
    gitops_snapshot *after = helper_fetch(f.source);
    helper_assert_walk(NULL, before, "nothing", NULL, "GITOPS_ENOTFOUND");
    helper_assert_walk(NULL, before, "a/b", NULL, "GITOPS_ENOTFOUND");
    helper_assert_walk(NULL, before, "a/b/c", NULL, "GITOPS_ENOTFOUND");
    helper_assert_walk(before, after, "a", NULL, "GITOPS_ENOTFOUND"); /* gone is not empty */
    helper_assert_walk(NULL, before, "/a", NULL, "GITOPS_EINVAL");
    helper_assert_walk(NULL, before, "a/", NULL, "GITOPS_EINVAL");
    helper_assert_walk(NULL, before, "a/../a", NULL, "GITOPS_EINVAL");
    gitops_snapshot_free(before);
    gitops_snapshot_free(after);
    teardown(&f);
}

static void walk_excludes_winOverIgnoreFiles(void **state)
{
    fixture f = setup();
    const char *const excludes[] = {"*.md", "!keep.tmp", "/top", NULL};
    (void)state;
    helper_put(f.source, "d/.gitopsignore", "*.tmp\n!*.md\n");
    helper_put(f.source, "d/a.md", "");
    helper_put(f.source, "d/a.tmp", "");
    helper_put(f.source, "d/keep.tmp", "");
    helper_put(f.source, "d/top", "");
    helper_put(f.source, "d/e/top", "");
    gitops_snapshot *s = helper_fetch(f.source);
    helper_assert_walk(NULL, s, "d", excludes, "+d/e/top\n+d/keep.tmp\n");
    helper_assert_walk(NULL, s, "", excludes, "+d/e/top\n+d/keep.tmp\n+d/top\n");
    gitops_snapshot_free(s);
    teardown(&f);
}

static void walk_excludedParent_cannotBeReincluded(void **state)
{
    fixture f = setup();
    (void)state;
    helper_put(f.source, ".gitopsignore", "/off/\n!/off/on\n/part/*\n!/part/on\n");
    helper_put(f.source, "off/on", "");
    helper_put(f.source, "off/.gitopsignore", "!on\n");
    helper_put(f.source, "part/on", "");
    helper_put(f.source, "part/off", "");
    gitops_snapshot *s = helper_fetch(f.source);
    helper_assert_walk(NULL, s, "", NULL, "+part/on\n");
    /* the walked directory itself is what the host asked for */
    helper_assert_walk(NULL, s, "off", NULL, "+off/on\n");
    gitops_snapshot_free(s);
    teardown(&f);
}

static void walk_rulesDiffer_equalDirectoriesAreLookedInto(void **state)
{
    fixture f = setup();
    (void)state;
    helper_put(f.source, "a/b/x.tmp", "1");
    helper_put(f.source, "a/b/y", "1");
    helper_put(f.source, "a/.gitopsignore", "nothing\n");
    gitops_snapshot *before = helper_fetch(f.source);
    helper_put(f.source, ".gitopsignore", "*.tmp\n");
    gitops_snapshot *after = helper_fetch(f.source);
    helper_assert_walk(before, after, "", NULL, "-a/b/x.tmp\n");
    helper_assert_walk(after, before, "", NULL, "+a/b/x.tmp\n");
    helper_assert_walk(before, after, "a/b", NULL, "-a/b/x.tmp\n"); /* rules from above */
    helper_put(f.source, "a/.gitopsignore", "b\n");
    gitops_snapshot *whole = helper_fetch(f.source);
    helper_assert_walk(before, whole, "", NULL, "-a/b/x.tmp\n-a/b/y\n");
    helper_assert_walk(whole, after, "", NULL, "+a/b/y\n");
    gitops_snapshot_free(before);
    gitops_snapshot_free(after);
    gitops_snapshot_free(whole);
    teardown(&f);
}

static void walk_ignoreFileTooLong_isLimit(void **state)
{
    fixture f = setup();
    char *text = malloc(70001);
    (void)state;
    assert_non_null(text);
    memset(text, 'a', 70000);
    text[70000] = '\0';
    helper_put(f.source, "d/.gitopsignore", text);
    gitops_snapshot *s = helper_fetch(f.source);
    helper_assert_walk(NULL, s, "", NULL, "GITOPS_ELIMIT");
    gitops_snapshot_free(s);
    free(text);
    teardown(&f);
}

static int stop(const char *path, const gops_file_state *before, const gops_file_state *after,
                void *user_data)
{
    (void)path;
    (void)before;
    (void)after;
    ++*(int *)user_data;
    return GITOPS_ECANCELLED;
}

static void walk_callbackStops_itsCodeIsReturned(void **state)
{
    fixture f = setup();
    int calls = 0;
    (void)state;
    helper_put(f.source, "a/b", "1");
    helper_put(f.source, "c", "1");
    gitops_snapshot *s = helper_fetch(f.source);
    assert_int_equal(gops_snapshot_walk(NULL, s, NULL, stop, &calls, NULL), GITOPS_ECANCELLED);
    assert_int_equal(calls, 1);
    gitops_snapshot_free(s);
    teardown(&f);
}

static void walk_maxFiles_isLimit(void **state)
{
    gitops_limits limits = {.struct_size = sizeof limits};
    gitops_context_options options = {.struct_size = sizeof options, .limits = &limits};
    gitops_context *context;
    gitops_source *source;
    (void)state;
    limits.max_files = 2;
    assert_int_equal(gitops_context_new(&context, &options, NULL), 0);
    assert_int_equal(gitops_source_new_memory(&source, context, NULL), 0);
    helper_put(source, "a", "");
    helper_put(source, "b", "");
    gitops_snapshot *two = helper_fetch(source);
    helper_put(source, "c", "");
    gitops_snapshot *three = helper_fetch(source);
    helper_assert_walk(NULL, two, "", NULL, "+a\n+b\n");
    helper_assert_walk(NULL, three, "", NULL, "GITOPS_ELIMIT");
    helper_assert_walk(two, three, "", NULL, "+c\n");
    gitops_snapshot_free(two);
    gitops_snapshot_free(three);
    gitops_source_free(source);
    gitops_context_free(context);
}

static void walk_otherKindOfSource_isInvalid(void **state)
{
    fixture f = setup();
    gitops_source_options options = {.struct_size = sizeof options, .location = "dir:/tmp"};
    gitops_source *directory;
    char *path = support_directory_new();
    char location[1100];
    (void)state;
    snprintf(location, sizeof location, "dir:%s", path);
    options.location = location;
    assert_int_equal(gitops_source_open(&directory, f.context, &options, NULL), 0);
    gitops_snapshot *a = helper_fetch(f.source), *b = helper_fetch(directory);
    helper_assert_walk(a, b, "", NULL, "GITOPS_EINVAL");
    assert_false(gops_snapshot_same_tree(a, b));
    gitops_snapshot_free(a);
    gitops_snapshot_free(b);
    gitops_source_free(directory);
    support_directory_free(path);
    teardown(&f);
}

/* --- what git ls-files says --- */

static unsigned long random_state = 4711;

static unsigned pick(unsigned limit)
{
    random_state = random_state * 6364136223846793005UL + 1442695040888963407UL;
    return (unsigned)(random_state >> 33) % limit;
}

static const char *const names[] = {"a", "b", "ab", "a-b", "c.d"};
static const char *const rules[] = {"a",     "/a",   "b/",    "*b",   "!a",  "!/b",   "!*",  "a/**",
                                    "**/ab", "/*/a", "[ab]?", "c.?",  "a/b", "*/",    "!*/", "/c*",
                                    "?",     "!b/",  "!a-b",  "a/*/", "**",  "!**/b", "#a",  "b "};

static void random_tree(gitops_source *source, const char *directory)
{
    char path[128], text[128];
    for (int i = 0; i < 60; i++) {
        char *end = path;
        for (unsigned depth = 1 + pick(4); depth; depth--)
            end += sprintf(end, "%s%s", names[pick(5)], depth > 1 ? "/" : "");
        if (pick(4) == 0) {
            char *slash = strrchr(path, '/');
            strcpy(slash ? slash + 1 : path, ".gitopsignore");
            snprintf(text, sizeof text, "%s\n%s\n", rules[pick(24)], rules[pick(24)]);
        } else {
            strcpy(text, "x");
        }
        if (gitops_source_put(source, path, text, strlen(text), NULL) == 0)
            helper_write(directory, path, text); /* refused: a file and a directory of one name */
    }
}

static void compare_with_git(fixture *f)
{
    const char *const excludes[] = {rules[pick(24)], rules[pick(24)], NULL};
    char *directory = support_directory_new();
    random_tree(f->source, directory);
    char *git = helper_output(directory,
                              "git init -q . && LC_ALL=C git ls-files -o "
                              "--exclude-per-directory=.gitopsignore -x '%s' -x '%s' | "
                              "sed -n '/\\.gitopsignore$/!s/^/+/p'; echo",
                              excludes[0], excludes[1]);
    gitops_snapshot *s = helper_fetch(f->source);
    char *ours = helper_walk(NULL, s, "", excludes);
    if (strcmp(ours, git) != 0)
        fail_msg("excludes \"%s\" \"%s\" in %s: git says\n%s\nand not\n%s", excludes[0],
                 excludes[1], directory, git, ours);
    free(ours);
    free(git);
    gitops_snapshot_free(s);
    support_directory_free(directory);
}

static void walk_randomTrees_agreeWithGit(void **state)
{
    (void)state;
    HELPER_NEED_GIT();
    for (int i = 0; i < 30; i++) {
        fixture f = setup();
        compare_with_git(&f);
        teardown(&f);
    }
}

static int ignore_call(const char *path, const gops_file_state *before, const gops_file_state *after,
                       void *user_data)
{
    (void)path;
    (void)before;
    (void)after;
    (void)user_data;
    return 0;
}

static void walk_body(gitops_context *context, void *data)
{
    gitops_source *source = NULL;
    gitops_snapshot *before = NULL, *after = NULL;
    const char *const excludes[] = {"x"};
    gops_walk_options options = {.path = "d", .excludes = excludes, .exclude_count = 1};
    gitops_error err = {0};
    int rc = gitops_source_new_memory(&source, context, &err);
    (void)data;
    if (rc == 0)
        rc = gitops_source_put(source, "d/.gitopsignore", "*.tmp\n", 6, &err);
    if (rc == 0)
        rc = gitops_source_put(source, "d/e/f", "1", 1, &err);
    if (rc == 0)
        rc = gitops_source_fetch(source, &before, &err);
    if (rc == 0)
        rc = gitops_source_put(source, "d/e/f", "2", 1, &err);
    if (rc == 0)
        rc = gitops_source_put(source, "d/g/h", "2", 1, &err);
    if (rc == 0)
        rc = gitops_source_remove(source, "d/.gitopsignore", &err);
    if (rc == 0)
        rc = gitops_source_fetch(source, &after, &err);
    if (rc == 0)
        rc = gops_snapshot_walk(before, after, &options, ignore_call, NULL, &err);
    assert_true(rc == 0 || (rc == GITOPS_ENOMEM && err.code == rc));
    gitops_source_free(source);
    gitops_snapshot_free(before);
    gitops_snapshot_free(after);
}

static void walk_everyAllocationFails_cleanError(void **state)
{
    (void)state;
    support_fail_every_allocation(walk_body, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(walk_fromNothing_givesAllInByteOrderOfPaths),
        cmocka_unit_test(walk_changes_areReportedInOrder),
        cmocka_unit_test(walk_pathThatIsNoDirectory_isNotFound),
        cmocka_unit_test(walk_excludes_winOverIgnoreFiles),
        cmocka_unit_test(walk_excludedParent_cannotBeReincluded),
        cmocka_unit_test(walk_rulesDiffer_equalDirectoriesAreLookedInto),
        cmocka_unit_test(walk_ignoreFileTooLong_isLimit),
        cmocka_unit_test(walk_callbackStops_itsCodeIsReturned),
        cmocka_unit_test(walk_maxFiles_isLimit),
        cmocka_unit_test(walk_otherKindOfSource_isInvalid),
        cmocka_unit_test(walk_randomTrees_agreeWithGit),
        cmocka_unit_test(walk_everyAllocationFails_cleanError),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
