/*
 * Damaged and hostile repositories: every one is an error in bounded time, never a smaller set.
 */
#include "helpers.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

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

static int open_code(const fixture *f, gitops_source **out, gitops_error *err)
{
    gitops_source_options options = {.struct_size = sizeof options, .location = f->path};
    return gitops_source_open(out, f->context, &options, err);
}

static gitops_source *open_git(const fixture *f)
{
    gitops_source *source = NULL;
    gitops_error err = {0};
    if (open_code(f, &source, &err) < 0)
        fail_msg("open: %s", err.message);
    return source;
}

static int fetch_code(const fixture *f, gitops_error *err)
{
    gitops_source *source = open_git(f);
    gitops_snapshot *s = NULL;
    int rc = gitops_source_fetch(source, &s, err);
    assert_true((rc == 0) == (s != NULL));
    gitops_snapshot_free(s);
    gitops_source_free(source);
    return rc;
}

/* --- damaged objects --- */

/* Path of the loose object that HEAD:name is. */
static char *object_file(const fixture *f, const char *revision)
{
    return helper_output(f->path,
                         "echo %s/.git/objects/$(git rev-parse %s | "
                         "sed 's,^..,&/,')",
                         f->path, revision);
}

static int read_code(const fixture *f, const char *path, gitops_error *err)
{
    gitops_source *source = open_git(f);
    gitops_snapshot *s = NULL;
    gitops_buffer *bytes = NULL;
    int rc = gitops_source_fetch(source, &s, err);
    if (rc == 0)
        rc = gitops_snapshot_read(s, path, &bytes, err);
    gitops_buffer_free(bytes);
    gitops_snapshot_free(s);
    gitops_source_free(source);
    return rc;
}

/* Every cut of every kind of object ends, with an error. */
static void read_looseObjectCutShort_isSourceError(void **state)
{
    static const char *const revisions[] = {"HEAD", "HEAD:", "HEAD:a", "HEAD:d"};
    (void)state;
    HELPER_NEED_GIT();
    fixture f = setup();
    helper_write(f.path, "a", "some text, some text, some other text");
    helper_write(f.path, "d/b", "x");
    assert_int_equal(helper_run(f.path, "git add . && git commit -q -m one"), 0);
    for (size_t i = 0; i < 4; i++) {
        char *file = object_file(&f, revisions[i]);
        struct stat info;
        gitops_error err = {0};
        assert_int_equal(helper_run(f.path, "cp %s saved && chmod u+w %s", file, file), 0);
        assert_int_equal(stat(file, &info), 0);
        for (off_t size = 0; size < info.st_size; size++) {
            assert_int_equal(helper_run(f.path, "cp saved %s", file), 0);
            assert_int_equal(truncate(file, size), 0);
            assert_int_equal(read_code(&f, i == 3 ? "d/b" : "a", &err), GITOPS_ESOURCE);
            assert_non_null(strstr(err.message, "damaged"));
        }
        assert_int_equal(helper_run(f.path, "cp saved %s && rm saved", file), 0);
        assert_int_equal(read_code(&f, "a", NULL), 0);
        free(file);
    }
    teardown(&f);
}

static void read_looseObjectChanged_isSourceError(void **state)
{
    (void)state;
    HELPER_NEED_GIT();
    fixture f = setup();
    gitops_error err = {0};
    helper_write(f.path, "a", "one");
    helper_write(f.path, "b", "two");
    assert_int_equal(helper_run(f.path, "git add . && git commit -q -m one"), 0);
    char *a = object_file(&f, "HEAD:a"), *b = object_file(&f, "HEAD:b");
    assert_int_equal(helper_run(f.path, "chmod u+w %s && cp %s %s", a, b, a), 0);
    assert_int_equal(read_code(&f, "a", &err), GITOPS_ESOURCE);
    assert_non_null(strstr(err.message, "does not have that id"));
    assert_int_equal(helper_run(f.path, "printf x >>%s", b), 0); /* unread rubbish is no content */
    assert_int_equal(helper_run(f.path, "printf 'no zlib' >%s", a), 0);
    assert_int_equal(read_code(&f, "a", &err), GITOPS_ESOURCE);
    assert_int_equal(unlink(a), 0);
    assert_int_equal(read_code(&f, "a", &err), GITOPS_ESOURCE);
    assert_non_null(strstr(err.message, "missing"));
    assert_int_equal(err.origin, GITOPS_ORIGIN_GIT);
    free(a);
    free(b);
    teardown(&f);
}

/* A size that is claimed and not there, or more than what is claimed. */
static void read_looseObjectWithWrongSize_isError(void **state)
{
    static const struct {
        const char *content;
        int code;
    } objects[] = {
        {"blob 4\\0abc", GITOPS_ESOURCE},
        {"blob 2\\0abc", GITOPS_ESOURCE},
        {"blob 03\\0abc", GITOPS_ESOURCE},
        {"blob \\0abc", GITOPS_ESOURCE},
        {"blob 9999999999999\\0", GITOPS_ELIMIT},
        {"blob -1\\0a", GITOPS_ESOURCE},
        {"rubbish 3\\0abc", GITOPS_ESOURCE},
        {"", GITOPS_ESOURCE},
        {"blob 99999999999999999999\\0", GITOPS_ESOURCE},
    };
    (void)state;
    HELPER_NEED_GIT();
    if (system("python3 -c 'import zlib' 2>/dev/null") != 0)
        skip();
    fixture f = setup();
    helper_write(f.path, "a", "abc");
    assert_int_equal(helper_run(f.path, "git add . && git commit -q -m one"), 0);
    char *a = object_file(&f, "HEAD:a");
    assert_int_equal(chmod(a, 0600), 0);
    for (size_t i = 0; i < sizeof objects / sizeof objects[0]; i++) {
        gitops_error err = {0};
        assert_int_equal(helper_run(f.path,
                                    "printf '%s' | python3 -c 'import sys,zlib;"
                                    "sys.stdout.buffer.write(zlib.compress("
                                    "sys.stdin.buffer.read()))' >%s",
                                    objects[i].content, a),
                         0);
        if (read_code(&f, "a", &err) != objects[i].code)
            fail_msg("object \"%s\": %d (%s)", objects[i].content, err.code, err.message);
    }
    free(a);
    teardown(&f);
}

static void read_largeBlob_isLimitBeforeItIsRead(void **state)
{
    gitops_limits limits = {.struct_size = sizeof limits, .max_file_bytes = 1000};
    gitops_context_options options = {.struct_size = sizeof options, .limits = &limits};
    (void)state;
    HELPER_NEED_GIT();
    fixture f = setup(), small = {NULL, f.path};
    gitops_error err = {0};
    assert_int_equal(gitops_context_new(&small.context, &options, NULL), 0);
    assert_int_equal(helper_run(f.path, "head -c 5000000 /dev/zero >zeros && printf x >x && "
                                        "git add . && git commit -q -m one"),
                     0);
    for (int packed = 0; packed < 2; packed++) {
        assert_int_equal(read_code(&small, "zeros", &err), GITOPS_ELIMIT);
        assert_string_equal(err.where, "zeros");
        assert_int_equal(read_code(&small, "x", &err), 0);
        assert_int_equal(read_code(&f, "zeros", &err), 0);
        assert_int_equal(helper_run(f.path, "git gc -q"), 0);
    }
    gitops_context_free(small.context);
    teardown(&f);
}

/* --- hostile trees --- */

static unsigned hex_digit(char c)
{
    return (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10);
}

/* Commits a tree with these raw bytes, "@" replaced by the 20 bytes of the object's id. */
static void commit_tree(const fixture *f, const char *bytes, size_t length, const char *object)
{
    char path[4200];
    char *id = helper_output(f->path,
                             "printf x | git hash-object -w --stdin >/dev/null; "
                             "git rev-parse %s",
                             object);
    snprintf(path, sizeof path, "%s/raw", f->path);
    FILE *raw = fopen(path, "wb");
    assert_non_null(raw);
    assert_int_equal(strlen(id), 40);
    for (size_t i = 0; i < length; i++) {
        if (bytes[i] != '@')
            putc(bytes[i], raw);
        for (size_t k = 0; bytes[i] == '@' && k < 40; k += 2)
            putc((int)(hex_digit(id[k]) * 16 + hex_digit(id[k + 1])), raw);
    }
    assert_int_equal(fclose(raw), 0);
    free(id);
    assert_int_equal(helper_run(f->path, "t=$(git hash-object -w -t tree --literally raw) && "
                                         "c=$(printf 'tree %%s\nauthor a <a> 0 +0000\n"
                                         "committer a <a> 0 +0000\n\nx\n' $t | "
                                         "git hash-object -w -t commit --literally --stdin) && "
                                         "echo $c >.git/refs/heads/main"),
                     0);
}

typedef struct tree {
    const char *bytes;
    size_t length;
} tree;

#define TREE(text)                                                                                 \
    {                                                                                              \
        text, sizeof text - 1                                                                      \
    }

static const tree hostile[] = {
    TREE("100644 ..\0@"),
    TREE("100644 .\0@"),
    TREE("100644 \0@"),
    TREE("100644 .git\0@"),
    TREE("100644 .GIT\0@"),
    TREE("40000 .git\0@"),
    TREE("100644 git~1\0@"),
    TREE("100644 .g\xe2\x80\x8cit\0@"),
    TREE("100644 a/b\0@"),
    TREE("100644 .git. .\0@"),
    TREE("100644 b\0@100644 a\0@"),             /* not in order */
    TREE("40000 a\0@100644 a.b\0@"),            /* in order of names, not of paths */
    TREE("100644 a\0@100644 a\0@"),             /* twice */
    TREE("100644 a\0@100644 a.b\0@40000 a\0@"), /* a file and a directory */
    TREE("100600 a\0@"),
    TREE("777 a\0@"),
    TREE("0100000644 a\0@"),
    TREE(" a\0@"),
    TREE("100644 a\0short"),
    TREE("100644 a\0@100644"),
    TREE("100644 a\0@100644 b"),
    TREE("100644a\0@"),
};

static int ignore_call(const char *path, const gops_file_state *before, const gops_file_state *after,
                       void *user_data)
{
    (void)path;
    (void)before;
    (void)after;
    (void)user_data;
    return 0;
}

static void walk_hostileTree_isSourceError(void **state)
{
    (void)state;
    HELPER_NEED_GIT();
    for (size_t i = 0; i < sizeof hostile / sizeof hostile[0]; i++) {
        fixture f = setup();
        gitops_error err = {0};
        commit_tree(&f, hostile[i].bytes, hostile[i].length,
                    "$(printf x | git hash-object --stdin)");
        gitops_source *source = open_git(&f);
        gitops_snapshot *s = helper_fetch(source);
        int rc = gops_snapshot_walk(NULL, s, NULL, ignore_call, NULL, &err);
        if (rc != GITOPS_ESOURCE || !strstr(err.message, "malformed"))
            fail_msg("tree %zu (%s): %d (%s)", i, hostile[i].bytes, rc, err.message);
        gitops_snapshot_free(s);
        gitops_source_free(source);
        teardown(&f);
    }
}

static void walk_legacyModes_areFiles(void **state)
{
    static const tree modes = TREE("100664 a\0@100755 b\0@0100644 c\0@120000 d\0@160000 e\0@");
    (void)state;
    HELPER_NEED_GIT();
    fixture f = setup();
    commit_tree(&f, modes.bytes, modes.length, "$(printf x | git hash-object --stdin)");
    gitops_source *source = open_git(&f);
    gitops_snapshot *s = helper_fetch(source);
    helper_assert_walk(NULL, s, "", NULL, "+a\n+b*\n+c\n");
    gitops_snapshot_free(s);
    gitops_source_free(source);
    teardown(&f);
}

/* An entry that says directory and names a blob, and the other way round. */
static void walk_kindsDoNotFit_isSourceError(void **state)
{
    static const tree directory = TREE("40000 a\0@"), file = TREE("100644 a\0@");
    (void)state;
    HELPER_NEED_GIT();
    fixture f = setup();
    gitops_error err = {0};
    commit_tree(&f, directory.bytes, directory.length, "$(printf x | git hash-object --stdin)");
    gitops_source *source = open_git(&f);
    gitops_snapshot *s = helper_fetch(source);
    helper_assert_walk(NULL, s, "", NULL, "GITOPS_ESOURCE");
    gitops_snapshot_free(s);
    gitops_source_free(source);
    commit_tree(&f, file.bytes, file.length, "HEAD:");
    assert_int_equal(read_code(&f, "a", &err), GITOPS_ESOURCE);
    assert_string_equal(err.message, "object of a is no file");
    teardown(&f);
}

static void walk_deepTree_isLimit(void **state)
{
    (void)state;
    HELPER_NEED_GIT();
    fixture f = setup();
    assert_int_equal(helper_run(f.path,
                                "t=$(git mktree </dev/null); i=0; while [ $i -lt 300 ]; do "
                                "t=$(printf '040000 tree %%s\\td\\n' $t | git mktree); i=$((i+1)); "
                                "done; git update-ref refs/heads/main $(git commit-tree -m x $t)"),
                     0);
    gitops_source *source = open_git(&f);
    gitops_snapshot *s = helper_fetch(source);
    helper_assert_walk(NULL, s, "", NULL, "GITOPS_ELIMIT");
    gitops_snapshot_free(s);
    gitops_source_free(source);
    teardown(&f);
}

/* --- repositories that are not what they should be --- */

static void open_formatsNotRead_areUnsupported(void **state)
{
    static const char *const commands[] = {
        "git config core.repositoryformatversion 2",
        "git config core.repositoryformatversion 1 && git config extensions.objectFormat sha256",
        "git config core.repositoryformatversion 1 && git config extensions.refStorage reftable",
        "git config core.repositoryformatversion 1 && git config extensions.newThing true",
        "mkdir -p .git/objects/info && echo /elsewhere >.git/objects/info/alternates",
        ("printf '[core]repositoryformatversion=1\\n[Extensions] ObjectFormat = \"sha256\"' "
         ">.git/config"),
    };
    (void)state;
    HELPER_NEED_GIT();
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        fixture f = setup();
        gitops_source *source = NULL;
        gitops_error err = {0};
        assert_int_equal(helper_run(f.path, "%s", commands[i]), 0);
        if (open_code(&f, &source, &err) != GITOPS_EUNSUPPORTED)
            fail_msg("%s: %d (%s)", commands[i], err.code, err.message);
        assert_null(source);
        teardown(&f);
    }
}

static void open_harmlessConfiguration_isFine(void **state)
{
    (void)state;
    HELPER_NEED_GIT();
    fixture f = setup();
    assert_int_equal(helper_run(f.path, "git commit -q --allow-empty -m x && "
                                        "git config core.repositoryformatversion 1 && "
                                        "git config extensions.worktreeConfig true && "
                                        "git config include.path /nothing/there && "
                                        "printf '[alias]\\n\\tx = \\\"a \\\\\\n[extensions] "
                                        "newthing = 1\\\"\\n# [extensions]\\n' >>.git/config"),
                     0);
    assert_int_equal(fetch_code(&f, NULL), 0);
    teardown(&f);
}

static void open_noRepository_isSourceError(void **state)
{
    static const char *const commands[] = {
        "rm -rf .git",
        "rm -rf .git/objects",
        "rm -rf .git/refs",
        "rm -rf .git/HEAD",
        "rm -rf .git && echo rubbish >.git",
        "rm -rf .git && echo 'gitdir: nowhere' >.git",
        "echo nowhere >.git/commondir",
    };
    (void)state;
    HELPER_NEED_GIT();
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        fixture f = setup();
        gitops_source *source = NULL;
        gitops_error err = {0};
        assert_int_equal(helper_run(f.path, "%s", commands[i]), 0);
        if (open_code(&f, &source, &err) != GITOPS_ESOURCE)
            fail_msg("%s: %d (%s)", commands[i], err.code, err.message);
        teardown(&f);
    }
}

static void fetch_refsNotWellFormed_isSourceError(void **state)
{
    static const char *const commands[] = {
        "echo rubbish >.git/refs/heads/main",
        ": >.git/refs/heads/main",
        "echo 'ref: refs/heads/main' >.git/refs/heads/main",
        "echo 'ref: ../../etc/passwd' >.git/HEAD",
        "echo 'ref: refs/heads/../../x' >.git/HEAD",
        "ln -sf /etc/passwd .git/refs/heads/main",
        "head -c 100000 /dev/zero | tr '\\0' a >.git/refs/heads/main",
        "rm .git/refs/heads/main && head -c 100000 /dev/zero | tr '\\0' a >.git/packed-refs",
        "t=$(git rev-parse HEAD:) && echo $t >.git/refs/heads/main", /* a tree */
        "echo 1234567890123456789012345678901234567890 >.git/refs/heads/main",
    };
    (void)state;
    HELPER_NEED_GIT();
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        fixture f = setup();
        gitops_error err = {0};
        assert_int_equal(helper_run(f.path, "git commit -q --allow-empty -m x && %s", commands[i]),
                         0);
        if (fetch_code(&f, &err) != GITOPS_ESOURCE)
            fail_msg("%s: %d (%s)", commands[i], err.code, err.message);
        teardown(&f);
    }
}

static void fetch_tagOfTagForEver_ends(void **state)
{
    (void)state;
    HELPER_NEED_GIT();
    fixture f = setup();
    gitops_error err = {0};
    assert_int_equal(helper_run(f.path, "git commit -q --allow-empty -m x && t=HEAD && "
                                        "for i in 0 1 2 3 4 5 6 7 8; do "
                                        "git -c advice.nestedTag=false tag -a -m x t$i $t; t=t$i; "
                                        "done; git rev-parse t8 >.git/refs/heads/main"),
                     0);
    assert_int_equal(fetch_code(&f, &err), GITOPS_ESOURCE);
    teardown(&f);
}

/* A pack that is cut short does not take the process down. */
static void read_packCutShort_isSourceError(void **state)
{
    (void)state;
    HELPER_NEED_GIT();
    fixture f = setup();
    gitops_error err = {0};
    helper_write(f.path, "a", "some text that does not compress to nothing 0123456789");
    assert_int_equal(helper_run(f.path, "git add . && git commit -q -m one && git gc -q && "
                                        "chmod -R u+w .git && for p in .git/objects/pack/*.pack; "
                                        "do head -c 20 $p >x && cp x $p; done"),
                     0);
    assert_int_equal(read_code(&f, "a", &err), GITOPS_ESOURCE);
    teardown(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(read_looseObjectCutShort_isSourceError),
        cmocka_unit_test(read_looseObjectChanged_isSourceError),
        cmocka_unit_test(read_looseObjectWithWrongSize_isError),
        cmocka_unit_test(read_largeBlob_isLimitBeforeItIsRead),
        cmocka_unit_test(walk_hostileTree_isSourceError),
        cmocka_unit_test(walk_legacyModes_areFiles),
        cmocka_unit_test(walk_kindsDoNotFit_isSourceError),
        cmocka_unit_test(walk_deepTree_isLimit),
        cmocka_unit_test(open_formatsNotRead_areUnsupported),
        cmocka_unit_test(open_harmlessConfiguration_isFine),
        cmocka_unit_test(open_noRepository_isSourceError),
        cmocka_unit_test(fetch_refsNotWellFormed_isSourceError),
        cmocka_unit_test(fetch_tagOfTagForEver_ends),
        cmocka_unit_test(read_packCutShort_isSourceError),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
