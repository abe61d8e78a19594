/*
 * Git repositories as sources: refs, formats of storage, what a walk costs, mirrors. Damaged and
 * hostile repositories are in test_git_hostile.c.
 */
#include "helpers.h"

#include <stdio.h>
#include <unistd.h>

#include "base/context.h"
#include "source/git_mirror.h"
#include "source/source.h"

typedef struct fixture {
    gitops_context *context;
    char *path;
} fixture;

static fixture setup(void)
{
    fixture f = {support_context_new(), support_directory_new()};
    assert_int_equal(helper_run(f.path, "git init -q -b main ."), 0);
    return f;
}

static void teardown(fixture *f)
{
    support_directory_free(f->path);
    support_context_free(f->context);
}

static void commit(const fixture *f, const char *message)
{
    assert_int_equal(
        helper_run(f->path, "git add -A && git commit -q --allow-empty -m '%s'", message), 0);
}

static int try_open(gitops_context *context, const char *path, const char *ref, gitops_source **out,
                    gitops_error *err)
{
    gitops_source_options options = {.struct_size = sizeof options, .location = path, .ref = ref};
    return gitops_source_open(out, context, &options, err);
}

static gitops_source *open_git(gitops_context *context, const char *path, const char *ref)
{
    gitops_source *source = NULL;
    gitops_error err = {0};
    if (try_open(context, path, ref, &source, &err) < 0)
        fail_msg("open %s: %s", path, err.message);
    return source;
}

/* Fetches ref and asserts its commit; NULL: that it is not found. */
static void assert_ref(const fixture *f, const char *ref, const char *commit_id)
{
    gitops_source *source = open_git(f->context, f->path, ref);
    gitops_snapshot *snapshot = NULL;
    gitops_error err = {0};
    int rc = gitops_source_fetch(source, &snapshot, &err);
    if (rc != (commit_id ? 0 : GITOPS_ENOTFOUND))
        fail_msg("ref %s: %d (%s)", ref ? ref : "NULL", rc, err.message);
    if (commit_id)
        assert_string_equal(gitops_snapshot_revision(snapshot), commit_id);
    else
        assert_true(err.message[0] != '\0');
    gitops_snapshot_free(snapshot);
    gitops_source_free(source);
}

static void assert_content(gitops_snapshot *snapshot, const char *path, const char *expected)
{
    gitops_buffer *bytes = NULL;
    gitops_error err = {0};
    if (gitops_snapshot_read(snapshot, path, &bytes, &err) < 0)
        fail_msg("read %s: %s", path, err.message);
    assert_string_equal(gitops_buffer_data(bytes), expected);
    gitops_buffer_free(bytes);
}

static void fetch_refs_areResolved(void **state)
{
    (void)state;
    HELPER_NEED_GIT();
    fixture f = setup();
    helper_write(f.path, "a", "1");
    commit(&f, "one");
    char *one = helper_output(f.path, "git rev-parse HEAD");
    assert_int_equal(
        helper_run(
            f.path,
            "git tag light && git tag -a -m x heavy && "
            "git -c advice.nestedTag=false tag -a -m y twice heavy && git branch team/feature && "
            "git update-ref refs/remotes/origin/far HEAD && "
            "git update-ref refs/pull/1/head HEAD"),
        0);
    commit(&f, "two");
    char *two = helper_output(f.path, "git rev-parse HEAD");
    assert_int_equal(helper_run(f.path, "git branch light"), 0); /* branch before tag */
    for (int packed = 0; packed < 2; packed++) {
        assert_ref(&f, NULL, two);
        assert_ref(&f, "HEAD", two);
        assert_ref(&f, "main", two);
        assert_ref(&f, "refs/heads/main", two);
        assert_ref(&f, "light", two);
        assert_ref(&f, "refs/tags/light", one);
        assert_ref(&f, "heavy", one);
        assert_ref(&f, "twice", one);
        assert_ref(&f, "team/feature", one);
        assert_ref(&f, "far", one);
        assert_ref(&f, "refs/pull/1/head", one);
        assert_ref(&f, one, one);
        assert_ref(&f, "team", NULL);
        assert_ref(&f, "main/x", NULL);
        assert_ref(&f, "heads/main", NULL);
        assert_ref(&f, "missing", NULL);
        assert_ref(&f, "refs/heads/missing", NULL);
        assert_int_equal(helper_run(f.path, "git pack-refs --all && git gc -q"), 0);
    }
    free(one);
    free(two);
    teardown(&f);
}

static void fetch_detachedHead_isItsCommit(void **state)
{
    (void)state;
    HELPER_NEED_GIT();
    fixture f = setup();
    commit(&f, "one");
    char *one = helper_output(f.path, "git rev-parse HEAD");
    commit(&f, "two");
    assert_int_equal(helper_run(f.path, "git checkout -q --detach %s", one), 0);
    assert_ref(&f, NULL, one);
    free(one);
    teardown(&f);
}

static void fetch_emptyRepository_isNotFound(void **state)
{
    (void)state;
    HELPER_NEED_GIT();
    fixture f = setup();
    assert_ref(&f, NULL, NULL);
    assert_ref(&f, "main", NULL);
    teardown(&f);
}

static void fetch_emptyTree_isAnEmptySet(void **state)
{
    (void)state;
    HELPER_NEED_GIT();
    fixture f = setup();
    commit(&f, "nothing in it");
    gitops_source *source = open_git(f.context, f.path, NULL);
    gitops_snapshot *s = helper_fetch(source);
    helper_assert_walk(NULL, s, "", NULL, "");
    helper_assert_walk(NULL, s, "apps", NULL, "GITOPS_ENOTFOUND");
    gitops_snapshot_free(s);
    gitops_source_free(source);
    teardown(&f);
}

/* A bare clone, a linked working tree and a ".git" file lead to the same commit. */
static void open_allLayouts_areFound(void **state)
{
    (void)state;
    HELPER_NEED_GIT();
    fixture f = setup();
    char path[4200];
    helper_write(f.path, "a", "1");
    commit(&f, "one");
    char *one = helper_output(f.path, "git rev-parse HEAD");
    assert_int_equal(helper_run(f.path, "git clone -q --bare . bare.git && "
                                        "git worktree add -q -b linked tree && "
                                        "git init -q --separate-git-dir=aside other && "
                                        "cd other && git fetch -q ../bare.git main && "
                                        "git reset -q --hard FETCH_HEAD"),
                     0);
    static const char *const places[] = {"bare.git", "tree", "other", ".git", "aside"};
    for (size_t i = 0; i < 5; i++) {
        snprintf(path, sizeof path, "%s%s/%s", i % 2 ? "file://" : "", f.path, places[i]);
        gitops_source *source = open_git(f.context, path, NULL);
        gitops_snapshot *s = helper_fetch(source);
        assert_string_equal(gitops_snapshot_revision(s), one);
        assert_content(s, "a", "1");
        gitops_snapshot_free(s);
        gitops_source_free(source);
    }
    free(one);
    teardown(&f);
}

static void walk_commits_reportsWhatChanged(void **state)
{
    (void)state;
    HELPER_NEED_GIT();
    fixture f = setup();
    helper_write(f.path, "apps/a.yaml", "1");
    helper_write(f.path, "apps/b.yaml", "1");
    helper_write(f.path, "apps-old/c.yaml", "1");
    helper_write(f.path, "apps.md", "1");
    helper_write(f.path, "apps/.gitopsignore", "*.md\n");
    helper_write(f.path, "apps/readme.md", "1");
    commit(&f, "one");
    gitops_source *source = open_git(f.context, f.path, NULL);
    gitops_snapshot *one = helper_fetch(source);
    helper_assert_walk(NULL, one, "", NULL,
                       "+apps-old/c.yaml\n+apps.md\n+apps/a.yaml\n+apps/b.yaml\n");
    helper_write(f.path, "apps/a.yaml", "2");
    assert_int_equal(helper_run(f.path, "rm apps/b.yaml && chmod +x apps-old/c.yaml"), 0);
    commit(&f, "two");
    gitops_snapshot *two = helper_fetch(source);
    helper_assert_walk(one, two, "", NULL,
                       "~apps-old/c.yaml*\n~apps/a.yaml\n-apps/b.yaml\n");
    helper_assert_walk(one, two, "apps-old", NULL, "~apps-old/c.yaml*\n");
    assert_false(gops_snapshot_same_tree(one, two));
    commit(&f, "nothing");
    gitops_snapshot *three = helper_fetch(source);
    assert_string_not_equal(gitops_snapshot_revision(two), gitops_snapshot_revision(three));
    assert_true(gops_snapshot_same_tree(two, three));
    assert_int_equal(helper_run(f.path, "git gc -q --prune=now"), 0); /* packs under our feet */
    assert_content(one, "apps/b.yaml", "1");
    assert_content(two, "apps/a.yaml", "2");
    gitops_source_free(source);
    helper_assert_walk(two, one, "", NULL,
                       "~apps-old/c.yaml\n~apps/a.yaml\n+apps/b.yaml\n");
    gitops_snapshot_free(one);
    gitops_snapshot_free(two);
    gitops_snapshot_free(three);
    teardown(&f);
}

static uint64_t reads_of_one_change(const fixture *f)
{
    gitops_source *source = open_git(f->context, f->path, "HEAD");
    gitops_snapshot *before = helper_fetch(source);
    helper_write(f->path, "d1/e1/f1", "changed");
    commit(f, "change");
    gitops_snapshot *after = helper_fetch(source);
    uint64_t start = gops_git_reads(source);
    helper_assert_walk(before, after, "", NULL, "~d1/e1/f1\n");
    uint64_t reads = gops_git_reads(source) - start;
    gitops_snapshot_free(before);
    gitops_snapshot_free(after);
    gitops_source_free(source);
    return reads;
}

/* Three trees on each side, however many files there are; an idle fetch reads nothing. */
static void walk_oneFileChanged_readsOnlyItsTrees(void **state)
{
    (void)state;
    HELPER_NEED_GIT();
    fixture f = setup();
    assert_int_equal(helper_run(f.path, "for d in 1 2 3 4 5 6 7 8; do for e in 1 2 3 4 5 6; do "
                                        "mkdir -p d$d/e$e; for n in 1 2 3 4 5 6 7 8 9; do "
                                        "echo $d $e $n >d$d/e$e/f$n; done; done; done"),
                     0);
    commit(&f, "many");
    assert_int_equal(reads_of_one_change(&f), 6);
    assert_int_equal(helper_run(f.path, "git gc -q && git checkout -q HEAD~1"), 0);
    assert_int_equal(reads_of_one_change(&f), 6);
    gitops_source *source = open_git(f.context, f.path, NULL);
    gitops_snapshot *one = helper_fetch(source);
    uint64_t reads = gops_git_reads(source);
    gitops_snapshot *two = helper_fetch(source);
    helper_assert_walk(one, two, "", NULL, "");
    assert_int_equal(gops_git_reads(source), reads);
    gitops_snapshot_free(one);
    gitops_snapshot_free(two);
    gitops_source_free(source);
    teardown(&f);
}

static void snapshot_linksAndSubmodules_areNotFollowed(void **state)
{
    (void)state;
    HELPER_NEED_GIT();
    fixture f = setup();
    gops_entry_kind kind;
    gitops_buffer *bytes = NULL;
    gitops_error err = {0};
    helper_write(f.path, "real/x", "1");
    assert_int_equal(helper_run(f.path, "ln -s real linked && ln -s /etc/passwd passwd"), 0);
    commit(&f, "links");
    assert_int_equal(helper_run(f.path, "git update-index --add --cacheinfo "
                                        "160000,$(git rev-parse HEAD),module && "
                                        "git commit -q -m module"),
                     0);
    gitops_source *source = open_git(f.context, f.path, NULL);
    gitops_snapshot *s = helper_fetch(source);
    helper_assert_walk(NULL, s, "", NULL, "+real/x\n");
    static const char *const excludes[] = {"linked/", NULL};
    helper_assert_walk_all(s, NULL, "?linked\n?module\n?passwd\n+real/x\n");
    helper_assert_walk_all(s, excludes, "?module\n?passwd\n+real/x\n");
    helper_assert_walk(NULL, s, "linked", NULL, "GITOPS_ENOTFOUND");
    helper_assert_walk(NULL, s, "module", NULL, "GITOPS_ENOTFOUND");
    assert_int_equal(gops_snapshot_lookup(s, "module", &kind, NULL, NULL), 0);
    assert_int_equal(kind, GOPS_ENTRY_OTHER);
    assert_int_equal(gitops_snapshot_read(s, "passwd", &bytes, &err), GITOPS_ESOURCE);
    assert_int_equal(gitops_snapshot_read(s, "linked/x", &bytes, &err), GITOPS_ENOTFOUND);
    assert_null(bytes);
    gitops_snapshot_free(s);
    gitops_source_free(source);
    teardown(&f);
}

static void mirror_update_followsTheRemote(void **state)
{
    (void)state;
    HELPER_NEED_GIT();
    fixture f = setup();
    char url[4200], mirror[4200];
    int has_head = 0;
    gitops_error err = {0};
    gitops_source *source = open_git(f.context, f.path, NULL); /* holds libgit2 */
    snprintf(url, sizeof url, "file://%s", f.path);
    snprintf(mirror, sizeof mirror, "%s/mirror", f.path);
    helper_write(f.path, "a", "1");
    assert_int_equal(helper_run(f.path, "git add a && git commit -q -m one && git tag v1 && "
                                        "git branch side && git checkout -q -b trunk && "
                                        "git branch -q -D main"),
                     0);
    char *one = helper_output(f.path, "git rev-parse HEAD");
    if (gops_mirror_update(mirror, url, &has_head, &err) < 0)
        fail_msg("%s", err.message);
    assert_true(has_head);
    fixture m = {f.context, mirror};
    assert_ref(&m, NULL, one);
    assert_ref(&m, "trunk", one);
    assert_ref(&m, "v1", one);
    assert_ref(&m, "side", one);
    assert_ref(&m, "main", NULL);
    assert_int_equal(helper_run(f.path, "git commit -q --allow-empty -m two && "
                                        "git branch -q -D side && git tag -d v1 >/dev/null"),
                     0);
    char *two = helper_output(f.path, "git rev-parse HEAD");
    assert_int_equal(gops_mirror_update(mirror, url, &has_head, &err), 0);
    assert_ref(&m, NULL, two);
    assert_ref(&m, "side", NULL);
    assert_ref(&m, "v1", NULL);
    assert_int_equal(helper_run(mirror, "test \"$(ls objects | tr '\\n' ' ')\" = 'info pack '"), 0);
    snprintf(url, sizeof url, "file://user:secret@%s/nothing", f.path);
    assert_int_equal(gops_mirror_update(mirror, url, &has_head, &err), GITOPS_ESOURCE);
    assert_int_equal(err.origin, GITOPS_ORIGIN_GIT);
    assert_null(strstr(err.message, "secret"));
    assert_null(strstr(err.where, "secret"));
    gitops_source_free(source);
    free(one);
    free(two);
    teardown(&f);
}

/* The server cannot be reached: an error, although the mirror holds an older answer. */
static void fetch_urlFails_oldMirrorDoesNotStandIn(void **state)
{
    (void)state;
    HELPER_NEED_GIT();
    fixture f = setup();
    gitops_source_options options = {.struct_size = sizeof options,
                                     .allow_blocking_fetch = 1,
                                     .location = "https://user:secret@127.0.0.1:1/x",
                                     .mirror = f.path};
    gitops_source *source;
    gitops_snapshot *s = NULL;
    gitops_error err = {0};
    char git[4200];
    commit(&f, "old");
    snprintf(git, sizeof git, "%s/.git", f.path);
    options.mirror = git;
    assert_int_equal(gitops_source_open(&source, f.context, &options, &err), 0);
    assert_int_equal(gitops_source_fetch(source, &s, &err), GITOPS_ESOURCE);
    assert_null(s);
    assert_null(strstr(err.message, "secret"));
    assert_non_null(strstr(err.message, "https://127.0.0.1:1/x"));
    gitops_source_free(source);
    teardown(&f);
}

static void defaults_set_repositoriesStillRead(void **state)
{
    gitops_error err = {0};
    (void)state;
    HELPER_NEED_GIT();
    fixture f = setup();
    helper_write(f.path, "a", "1");
    commit(&f, "one");
    if (gitops_process_defaults(&err) < 0)
        fail_msg("%s", err.message);
    assert_int_equal(helper_run(f.path, "git gc -q"), 0);
    gitops_source *source = open_git(f.context, f.path, NULL);
    gitops_snapshot *s = helper_fetch(source);
    assert_content(s, "a", "1");
    gitops_snapshot_free(s);
    gitops_source_free(source);
    teardown(&f);
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

/* Of the newest commit from another: GOPS_DESCENT_..., or a failure. */
static int descent_from(const fixture *f, const char *revision)
{
    gitops_source *source = open_git(f->context, f->path, NULL);
    gitops_snapshot *snapshot = helper_fetch(source);
    gops_descent descent;
    gitops_error err = {0};
    int rc = gops_snapshot_descends(&descent, snapshot, revision, &err);
    gitops_snapshot_free(snapshot);
    gitops_source_free(source);
    return rc < 0 ? rc : (int)descent;
}

static void descends_linearAndMerged_isFound(void **state)
{
    (void)state;
    HELPER_NEED_GIT();
    fixture f = setup();
    commit(&f, "one");
    char *first = helper_output(f.path, "git rev-parse HEAD");
    assert_int_equal(descent_from(&f, first), GOPS_DESCENT_YES);
    assert_int_equal(helper_run(f.path, "git checkout -q -b side"), 0);
    commit(&f, "side");
    char *side = helper_output(f.path, "git rev-parse HEAD");
    assert_int_equal(helper_run(f.path, "git checkout -q main"), 0);
    commit(&f, "two");
    assert_int_equal(descent_from(&f, first), GOPS_DESCENT_YES);
    assert_int_equal(descent_from(&f, side), GOPS_DESCENT_NO);
    assert_int_equal(helper_run(f.path, "git merge -q -m three side && git gc -q"), 0);
    assert_int_equal(descent_from(&f, side), GOPS_DESCENT_YES);
    assert_int_equal(descent_from(&f, first), GOPS_DESCENT_YES);
    free(first);
    free(side);
    teardown(&f);
}

static void descends_rewritten_isNot(void **state)
{
    (void)state;
    HELPER_NEED_GIT();
    fixture f = setup();
    commit(&f, "one");
    commit(&f, "two");
    char *old = helper_output(f.path, "git rev-parse HEAD");
    assert_int_equal(helper_run(f.path, "git reset -q --hard HEAD~1"), 0);
    assert_int_equal(descent_from(&f, old), GOPS_DESCENT_NO);
    commit(&f, "another");
    assert_int_equal(descent_from(&f, old), GOPS_DESCENT_NO);
    assert_int_equal(helper_run(f.path, "git reflog expire --expire=now --all && "
                                        "git gc -q --prune=now"), 0);
    assert_int_equal(descent_from(&f, old), GOPS_DESCENT_NO); /* nothing holds it any more */
    free(old);
    teardown(&f);
}

static void descends_clocksErr_isFoundAllTheSame(void **state)
{
    (void)state;
    HELPER_NEED_GIT();
    fixture f = setup();
    commit(&f, "one");
    char *first = helper_output(f.path, "git rev-parse HEAD");
    assert_int_equal(helper_run(f.path, "for i in 1 2 3; do GIT_COMMITTER_DATE='@'$i' +0000' "
                                        "git commit -q --allow-empty -m $i; done"), 0);
    commit(&f, "last");
    assert_int_equal(descent_from(&f, first), GOPS_DESCENT_YES);
    free(first);
    teardown(&f);
}

static void descends_shallow_isUnknown(void **state)
{
    (void)state;
    HELPER_NEED_GIT();
    fixture f = setup();
    commit(&f, "one");
    char *first = helper_output(f.path, "git rev-parse HEAD");
    commit(&f, "two");
    char *second = helper_output(f.path, "git rev-parse HEAD");
    commit(&f, "three");
    assert_int_equal(helper_run(f.path, "git clone -q --depth 2 \"file://$PWD\" shallow"), 0);
    fixture clone = {f.context, helper_output(f.path, "printf '%%s/shallow' \"$PWD\"")};
    assert_int_equal(descent_from(&clone, second), GOPS_DESCENT_YES);
    assert_int_equal(descent_from(&clone, first), GOPS_DESCENT_UNKNOWN);
    free(clone.path);
    free(first);
    free(second);
    teardown(&f);
}

static void descends_notARevisionOfGit_isNotAskedAbout(void **state)
{
    (void)state;
    HELPER_NEED_GIT();
    fixture f = setup();
    commit(&f, "one");
    assert_int_equal(descent_from(&f, "dir-0123"), GOPS_DESCENT_YES);
    assert_int_equal(descent_from(&f, ""), GOPS_DESCENT_YES);
    teardown(&f);
}

typedef struct ancestry {
    const char *path, *first;
} ancestry;

static void descends_body(gitops_context *context, void *data)
{
    const ancestry *about = data;
    gitops_source *source = NULL;
    gitops_snapshot *s = NULL;
    gops_descent descent = GOPS_DESCENT_NO;
    gitops_error err = {0};
    int rc = try_open(context, about->path, NULL, &source, &err);
    if (rc == 0)
        rc = gitops_source_fetch(source, &s, &err);
    if (rc == 0)
        rc = gops_snapshot_descends(&descent, s, about->first, &err);
    assert_true(rc == 0 ? descent == GOPS_DESCENT_YES : rc == GITOPS_ENOMEM && err.code == rc);
    gitops_snapshot_free(s);
    gitops_source_free(source);
}

static void descends_everyAllocationFails_cleanError(void **state)
{
    (void)state;
    HELPER_NEED_GIT();
    fixture f = setup();
    commit(&f, "one");
    char *first = helper_output(f.path, "git rev-parse HEAD");
    for (int i = 0; i < 20; i++)
        commit(&f, "more");
    ancestry about = {f.path, first};
    support_fail_every_allocation(descends_body, &about);
    free(first);
    teardown(&f);
}

static void git_body(gitops_context *context, void *data)
{
    gitops_source *source = NULL;
    gitops_snapshot *s = NULL;
    gitops_buffer *bytes = NULL;
    gitops_error err = {0};
    int rc = try_open(context, data, NULL, &source, &err);
    if (rc == 0)
        rc = gitops_source_fetch(source, &s, &err);
    if (rc == 0)
        rc = gitops_snapshot_read(s, "d/a", &bytes, &err);
    if (rc == 0)
        rc = gops_snapshot_walk(NULL, s, NULL, ignore_call, NULL, &err);
    assert_true(rc == 0 || (rc == GITOPS_ENOMEM && err.code == rc));
    gitops_buffer_free(bytes);
    gitops_source_free(source);
    gitops_snapshot_free(s);
}

static void git_everyAllocationFails_cleanError(void **state)
{
    (void)state;
    HELPER_NEED_GIT();
    fixture f = setup();
    helper_write(f.path, "d/a", "1");
    helper_write(f.path, "e/b", "1");
    helper_write(f.path, "e/.gitopsignore", "c");
    commit(&f, "one");
    support_fail_every_allocation(git_body, f.path);
    assert_int_equal(helper_run(f.path, "git gc -q"), 0);
    support_fail_every_allocation(git_body, f.path);
    teardown(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fetch_refs_areResolved),
        cmocka_unit_test(fetch_detachedHead_isItsCommit),
        cmocka_unit_test(fetch_emptyRepository_isNotFound),
        cmocka_unit_test(fetch_emptyTree_isAnEmptySet),
        cmocka_unit_test(open_allLayouts_areFound),
        cmocka_unit_test(walk_commits_reportsWhatChanged),
        cmocka_unit_test(walk_oneFileChanged_readsOnlyItsTrees),
        cmocka_unit_test(snapshot_linksAndSubmodules_areNotFollowed),
        cmocka_unit_test(mirror_update_followsTheRemote),
        cmocka_unit_test(fetch_urlFails_oldMirrorDoesNotStandIn),
        cmocka_unit_test(descends_linearAndMerged_isFound),
        cmocka_unit_test(descends_rewritten_isNot),
        cmocka_unit_test(descends_clocksErr_isFoundAllTheSame),
        cmocka_unit_test(descends_shallow_isUnknown),
        cmocka_unit_test(descends_notARevisionOfGit_isNotAskedAbout),
        cmocka_unit_test(descends_everyAllocationFails_cleanError),
        cmocka_unit_test(git_everyAllocationFails_cleanError),
        cmocka_unit_test(defaults_set_repositoriesStillRead),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
