/*
 * Directories as sources: links, stat cache, files that change, limits.
 */
#include "helpers.h"

#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <fcntl.h>

typedef struct fixture {
    gitops_context *context;
    char *path;
    gitops_source *source;
} fixture;

static gitops_source *open_directory(gitops_context *context, const char *path)
{
    char location[4200];
    gitops_source_options options = {.struct_size = sizeof options, .location = location};
    gitops_source *source = NULL;
    gitops_error err = {0};
    snprintf(location, sizeof location, "dir:%s", path);
    if (gitops_source_open(&source, context, &options, &err) < 0)
        fail_msg("open: %s", err.message);
    return source;
}

static fixture setup(void)
{
    fixture f = {support_context_new(), support_directory_new(), NULL};
    f.source = open_directory(f.context, f.path);
    return f;
}

static void teardown(fixture *f)
{
    gitops_source_free(f->source);
    support_directory_free(f->path);
    support_context_free(f->context);
}

static char *join(const fixture *f, const char *name)
{
    static char full[4200];
    snprintf(full, sizeof full, "%s/%s", f->path, name);
    return full;
}

/* Sets the modification time; the change time becomes now. */
static void set_time(const char *path, time_t seconds)
{
    struct timespec times[2] = {{seconds, 0}, {seconds, 0}};
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static int read_code(gitops_snapshot *snapshot, const char *path, gitops_error *err)
{
    gitops_buffer *bytes = NULL;
    int rc = gitops_snapshot_read(snapshot, path, &bytes, err);
    gitops_buffer_free(bytes);
    return rc;
}

static void fetch_files_areListedAndRead(void **state)
{
    fixture f = setup();
    gitops_buffer *bytes;
    (void)state;
    helper_write(f.path, "a/b.yaml", "b: 1\n");
    helper_write(f.path, "a-b", "x");
    helper_write(f.path, ".git/config", "not looked at");
    helper_write(f.path, "sub/.git", "gitdir: elsewhere");
    helper_write(f.path, "back\\slash", "y");
    assert_int_equal(mkdir(join(&f, "empty"), 0755), 0);
    gitops_snapshot *s = helper_fetch(f.source);
    helper_assert_walk(NULL, s, "", NULL, "+a-b\n+a/b.yaml\n+back\\slash\n");
    helper_assert_walk(NULL, s, "empty", NULL, "");
    assert_int_equal(gitops_snapshot_read(s, "a/b.yaml", &bytes, NULL), 0);
    assert_string_equal(gitops_buffer_data(bytes), "b: 1\n");
    gitops_buffer_free(bytes);
    assert_int_equal(read_code(s, "back\\slash", NULL), 0);
    assert_int_equal(read_code(s, ".git/config", NULL), GITOPS_ENOTFOUND);
    assert_memory_equal(gitops_snapshot_revision(s), "dir-", 4);
    gitops_snapshot_free(s);
    teardown(&f);
}

static void fetch_again_sameRevisionUntilSomethingChanges(void **state)
{
    fixture f = setup();
    (void)state;
    helper_write(f.path, "a/b", "1");
    helper_write(f.path, "c", "1");
    gitops_snapshot *one = helper_fetch(f.source), *two = helper_fetch(f.source);
    assert_string_equal(gitops_snapshot_revision(one), gitops_snapshot_revision(two));
    assert_true(gops_snapshot_same_tree(one, two));
    helper_write(f.path, "a/b", "2"); /* same size, perhaps the same time */
    gitops_snapshot *three = helper_fetch(f.source);
    helper_assert_walk(one, three, "", NULL, "~a/b\n");
    assert_int_equal(unlink(join(&f, "c")), 0);
    gitops_snapshot *four = helper_fetch(f.source);
    helper_assert_walk(three, four, "", NULL, "-c\n");
    gitops_source *other = open_directory(f.context, f.path);
    gitops_snapshot *five = helper_fetch(other);
    assert_string_equal(gitops_snapshot_revision(four), gitops_snapshot_revision(five));
    gitops_source_free(other);
    gitops_snapshot_free(five);
    gitops_snapshot_free(one);
    gitops_snapshot_free(two);
    gitops_snapshot_free(three);
    gitops_snapshot_free(four);
    teardown(&f);
}

/* A change that leaves size and modification time alone still moves the change time. */
static void fetch_oldTimeSetBack_changeIsSeen(void **state)
{
    fixture f = setup();
    (void)state;
    helper_write(f.path, "a", "1");
    set_time(join(&f, "a"), 1000000000);
    gitops_snapshot *one = helper_fetch(f.source);
    helper_write(f.path, "a", "2");
    set_time(join(&f, "a"), 1000000000);
    gitops_snapshot *two = helper_fetch(f.source);
    helper_assert_walk(one, two, "", NULL, "~a\n");
    gitops_snapshot_free(one);
    gitops_snapshot_free(two);
    teardown(&f);
}

static void read_fileChangedSince_isSourceError(void **state)
{
    fixture f = setup();
    gitops_error err = {0};
    (void)state;
    helper_write(f.path, "same", "1");
    helper_write(f.path, "other", "1");
    helper_write(f.path, "longer", "1");
    helper_write(f.path, "gone", "1");
    helper_write(f.path, "link", "1");
    helper_write(f.path, "d/x", "1");
    gitops_snapshot *s = helper_fetch(f.source);
    helper_write(f.path, "same", "1");
    helper_write(f.path, "other", "2");
    helper_write(f.path, "longer", "1+");
    assert_int_equal(unlink(join(&f, "gone")), 0);
    assert_int_equal(unlink(join(&f, "link")), 0);
    assert_int_equal(symlink("same", join(&f, "link")), 0);
    assert_int_equal(unlink(join(&f, "d/x")), 0);
    assert_int_equal(rmdir(join(&f, "d")), 0);
    helper_write(f.path, "e/x", "1");
    assert_int_equal(symlink("e", join(&f, "d")), 0);
    assert_int_equal(read_code(s, "same", &err), 0);
    static const char *const changed[] = {"other", "longer", "gone", "link", "d/x"};
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(read_code(s, changed[i], &err), GITOPS_ESOURCE);
        assert_non_null(strstr(err.message, "changed while being read"));
        assert_string_equal(err.where, changed[i]);
    }
    gitops_snapshot_free(s);
    teardown(&f);
}

static void fetch_linksAndDevices_areNotFollowed(void **state)
{
    fixture f = setup();
    gops_entry_kind kind;
    gitops_error err = {0};
    (void)state;
    helper_write(f.path, "real/x", "1");
    assert_int_equal(symlink("real", join(&f, "linked")), 0);
    assert_int_equal(symlink("/etc/passwd", join(&f, "passwd")), 0);
    assert_int_equal(symlink("nowhere", join(&f, "dangling")), 0);
    assert_int_equal(symlink("..", join(&f, "real/loop")), 0);
    assert_int_equal(mkfifo(join(&f, "pipe"), 0600), 0);
    gitops_snapshot *s = helper_fetch(f.source);
    helper_assert_walk(NULL, s, "", NULL, "+real/x\n");
    helper_assert_walk(NULL, s, "linked", NULL, "GITOPS_ENOTFOUND");
    assert_int_equal(gops_snapshot_lookup(s, "passwd", &kind, NULL, NULL), 0);
    assert_int_equal(kind, GOPS_ENTRY_OTHER);
    assert_int_equal(read_code(s, "passwd", &err), GITOPS_ESOURCE);
    assert_int_equal(read_code(s, "pipe", &err), GITOPS_ESOURCE);
    assert_int_equal(read_code(s, "linked/x", &err), GITOPS_ENOTFOUND);
    gitops_snapshot_free(s);
    teardown(&f);
}

static void walk_ignoreFileIsLink_isSourceError(void **state)
{
    fixture f = setup();
    (void)state;
    helper_write(f.path, "a", "1");
    assert_int_equal(symlink("a", join(&f, ".gitopsignore")), 0);
    gitops_snapshot *s = helper_fetch(f.source);
    helper_assert_walk(NULL, s, "", NULL, "GITOPS_ESOURCE");
    gitops_snapshot_free(s);
    teardown(&f);
}

static void fetch_unreadable_isSourceError(void **state)
{
    fixture f = setup();
    gitops_snapshot *s = NULL;
    gitops_error err = {0};
    (void)state;
    helper_write(f.path, "secret/x", "1");
    assert_int_equal(chmod(join(&f, "secret"), 0), 0);
    if (access(join(&f, "secret/x"), F_OK) != 0) { /* not for a superuser */
        assert_int_equal(gitops_source_fetch(f.source, &s, &err), GITOPS_ESOURCE);
        assert_null(s);
        assert_int_equal(err.origin, GITOPS_ORIGIN_OS);
    }
    chmod(join(&f, "secret"), 0700);
    teardown(&f);
}

static void fetch_directoryGone_isSourceError(void **state)
{
    fixture f = setup();
    gitops_snapshot *s = NULL;
    (void)state;
    helper_write(f.path, "a", "1");
    gitops_snapshot *held = helper_fetch(f.source);
    assert_int_equal(unlink(join(&f, "a")), 0);
    assert_int_equal(rmdir(f.path), 0);
    assert_int_equal(gitops_source_fetch(f.source, &s, NULL), GITOPS_ESOURCE);
    assert_null(s);
    assert_int_equal(read_code(held, "a", NULL), GITOPS_ESOURCE);
    gitops_snapshot_free(held);
    teardown(&f);
}

static void fetch_deepNesting_isLimit(void **state)
{
    fixture f = setup();
    gitops_snapshot *s = NULL;
    char path[1024] = "";
    (void)state;
    for (int i = 0; i < 256; i++)
        strcat(path, "d/");
    strcat(path, "x");
    helper_write(f.path, path, "1");
    s = helper_fetch(f.source);
    assert_int_equal(read_code(s, path, NULL), 0);
    gitops_snapshot_free(s);
    path[strlen(path) - 1] = '\0';
    strcat(path, "d/x");
    helper_write(f.path, path, "1");
    s = NULL;
    assert_int_equal(gitops_source_fetch(f.source, &s, NULL), GITOPS_ELIMIT);
    assert_null(s);
    teardown(&f);
}

static void fetch_limits_areKept(void **state)
{
    gitops_limits limits = {.struct_size = sizeof limits, .max_file_bytes = 3, .max_files = 2};
    gitops_context_options options = {.struct_size = sizeof options, .limits = &limits};
    gitops_context *context;
    char *path = support_directory_new();
    gitops_snapshot *s = NULL;
    gitops_error err = {0};
    (void)state;
    assert_int_equal(gitops_context_new(&context, &options, NULL), 0);
    gitops_source *source = open_directory(context, path);
    helper_write(path, "a", "1234");
    helper_write(path, "b", "123");
    gitops_snapshot *one = helper_fetch(source);
    assert_int_equal(read_code(one, "b", NULL), 0);
    assert_int_equal(read_code(one, "a", &err), GITOPS_ELIMIT);
    assert_non_null(strstr(err.message, "max_file_bytes"));
    helper_write(path, "a", "12345"); /* not read, but told apart */
    gitops_snapshot *two = helper_fetch(source);
    helper_assert_walk(one, two, "", NULL, "~a\n");
    helper_write(path, "c", "");
    assert_int_equal(gitops_source_fetch(source, &s, &err), GITOPS_ELIMIT);
    assert_non_null(strstr(err.message, "max_files"));
    gitops_snapshot_free(one);
    gitops_snapshot_free(two);
    gitops_source_free(source);
    gitops_context_free(context);
    support_directory_free(path);
}

/* A settled file is not read again: one that could not be opened any more does no harm. */
static void fetch_settledFile_isNotReadAgain(void **state)
{
    fixture f = setup();
    struct timespec pause = {2, 200000000};
    (void)state;
    helper_write(f.path, "a/b", "1");
    nanosleep(&pause, NULL);
    gitops_snapshot *one = helper_fetch(f.source), *two = helper_fetch(f.source);
    gops_entry_kind kind;
    gops_blob_id first, second;
    assert_int_equal(gops_snapshot_lookup(one, "a/b", &kind, &first, NULL), 0);
    assert_int_equal(gops_snapshot_lookup(two, "a/b", &kind, &second, NULL), 0);
    assert_memory_equal(&first, &second, sizeof first);
    assert_true(gops_snapshot_same_tree(one, two));
    helper_write(f.path, "a/b", "2");
    gitops_snapshot *three = helper_fetch(f.source);
    helper_assert_walk(two, three, "", NULL, "~a/b\n");
    gitops_snapshot_free(one);
    gitops_snapshot_free(two);
    gitops_snapshot_free(three);
    teardown(&f);
}

/* Only whether the owner may execute it counts, as in Git. */
static void fetch_modeChanged_isAChange(void **state)
{
    fixture f = setup();
    (void)state;
    helper_write(f.path, "bin/run", "1");
    assert_int_equal(chmod(join(&f, "bin/run"), 0600), 0);
    gitops_snapshot *one = helper_fetch(f.source);
    assert_int_equal(chmod(join(&f, "bin/run"), 0664), 0);
    gitops_snapshot *two = helper_fetch(f.source);
    assert_string_equal(gitops_snapshot_revision(one), gitops_snapshot_revision(two));
    assert_int_equal(chmod(join(&f, "bin/run"), 0700), 0);
    gitops_snapshot *three = helper_fetch(f.source);
    helper_assert_walk(two, three, "", NULL, "~bin/run*\n");
    gitops_snapshot_free(one);
    gitops_snapshot_free(two);
    gitops_snapshot_free(three);
    teardown(&f);
}

static void fetch_body(gitops_context *context, void *data)
{
    char location[4200];
    gitops_source_options options = {.struct_size = sizeof options, .location = location};
    gitops_source *source = NULL;
    gitops_snapshot *one = NULL, *two = NULL;
    gitops_buffer *bytes = NULL;
    gitops_error err = {0};
    snprintf(location, sizeof location, "dir:%s", (const char *)data);
    int rc = gitops_source_open(&source, context, &options, &err);
    if (rc == 0)
        rc = gitops_source_fetch(source, &one, &err);
    if (rc == 0)
        rc = gitops_source_fetch(source, &two, &err);
    if (rc == 0)
        rc = gitops_snapshot_read(two, "a/b", &bytes, &err);
    assert_true(rc == 0 || (rc == GITOPS_ENOMEM && err.code == rc));
    gitops_buffer_free(bytes);
    gitops_source_free(source);
    gitops_snapshot_free(one);
    gitops_snapshot_free(two);
}

static void fetch_everyAllocationFails_cleanError(void **state)
{
    char *path = support_directory_new();
    char link[4200];
    (void)state;
    helper_write(path, "a/b", "1");
    helper_write(path, "c", "1");
    snprintf(link, sizeof link, "%s/link", path);
    assert_int_equal(symlink("c", link), 0);
    support_fail_every_allocation(fetch_body, path);
    support_directory_free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fetch_files_areListedAndRead),
        cmocka_unit_test(fetch_again_sameRevisionUntilSomethingChanges),
        cmocka_unit_test(fetch_oldTimeSetBack_changeIsSeen),
        cmocka_unit_test(read_fileChangedSince_isSourceError),
        cmocka_unit_test(fetch_linksAndDevices_areNotFollowed),
        cmocka_unit_test(walk_ignoreFileIsLink_isSourceError),
        cmocka_unit_test(fetch_unreadable_isSourceError),
        cmocka_unit_test(fetch_directoryGone_isSourceError),
        cmocka_unit_test(fetch_deepNesting_isLimit),
        cmocka_unit_test(fetch_limits_areKept),
        cmocka_unit_test(fetch_settledFile_isNotReadAgain),
        cmocka_unit_test(fetch_modeChanged_isAChange),
        cmocka_unit_test(fetch_everyAllocationFails_cleanError),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
