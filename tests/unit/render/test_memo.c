/* A manifest that was remembered is the one that is read, and costs what changed since. */
#include "../source/helpers.h"
#include "describe.h"

#include <gitops/store.h>

#include <stdio.h>

#include "base/memo.h"
#include "render/influence.h"
#include "render/remember.h"

#define MAP(name) "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: " name "}\n"

/* A memo that keeps its records where a test can see and change them. */
typedef struct shown_memo {
    gitops_memo base;
    struct {
        uint32_t kind;
        char *data;
        size_t length;
    } records[4096];
    size_t count, bases, mores;
    gops_digest influence;
    int refuse; /* with this code */
} shown_memo;

static int shown_recall(gitops_memo *memo, const gops_digest *influence, gops_memo_fn fn,
                        void *user_data, gitops_error *err)
{
    shown_memo *m = (shown_memo *)memo;
    (void)err;
    if (m->count == 0 || !gops_digest_equal(&m->influence, influence))
        return 0;
    for (size_t i = 0; i < m->count; i++) {
        int rc = fn(m->records[i].data, m->records[i].length, user_data);
        if (rc != 0)
            return rc;
    }
    return 1;
}

static void shown_clear(shown_memo *m)
{
    while (m->count)
        free(m->records[--m->count].data);
}

static int shown_record(gitops_memo *memo, const gops_digest *influence, uint32_t kind,
                        const char *data, size_t length, gitops_error *err)
{
    shown_memo *m = (shown_memo *)memo;
    if (m->refuse)
        return gops_fail(err, m->refuse, "refused");
    if (kind & GOPS_MEMO_BEGIN)
        shown_clear(m);
    m->influence = *influence;
    m->bases += (kind & GOPS_MEMO_END) != 0;
    m->mores += (kind & GOPS_MEMO_MORE) != 0;
    assert_true(m->count < 4096);
    m->records[m->count].kind = kind;
    m->records[m->count].data = malloc(length + 1);
    assert_non_null(m->records[m->count].data);
    memcpy(m->records[m->count].data, data, length);
    m->records[m->count++].length = length;
    return 0;
}

static void shown_destroy(gitops_memo *memo)
{
    shown_clear((shown_memo *)memo);
}

static const gops_memo_backend shown_backend = {shown_recall, shown_record, shown_destroy};

typedef struct fixture {
    gitops_context *context;
    gitops_source *source;
    shown_memo *memo;
    gitops_manifest_options options;
    char *directory; /* of a repository */
} fixture;

static fixture setup(void)
{
    fixture f = {.context = support_context_new()};
    assert_int_equal(gitops_source_new_memory(&f.source, f.context, NULL), 0);
    f.memo = gops_memo_alloc(f.context, sizeof *f.memo, &shown_backend);
    assert_non_null(f.memo);
    f.options.struct_size = sizeof f.options;
    f.options.memo = &f.memo->base;
    return f;
}

static void teardown(fixture *f)
{
    gitops_memo_free(&f->memo->base);
    gitops_source_free(f->source);
    if (f->directory)
        support_directory_free(f->directory);
    support_context_free(f->context);
}

static gitops_manifest *read_with(fixture *f, const gitops_manifest_options *options,
                                  gitops_manifest *previous, int expected)
{
    gitops_manifest *manifest;
    gitops_error err = {0};
    gitops_snapshot *snapshot = helper_fetch(f->source);
    int rc = gitops_manifest_read(&manifest, f->context, snapshot, options, previous, &err);
    gitops_snapshot_free(snapshot);
    if (rc != expected)
        fail_msg("got %d instead of %d: %s", rc, expected, err.message);
    return manifest;
}

/* Reads as a new process would and compares with a read of everything. Returns files parsed. */
static int read_anew(fixture *f)
{
    gitops_manifest_options plain = f->options;
    plain.memo = NULL;
    gitops_manifest *remembered = read_with(f, &f->options, NULL, 0);
    gitops_manifest *whole = read_with(f, &plain, NULL, 0);
    char *seen = describe_manifest(remembered), *expected = describe_manifest(whole);
    assert_string_equal(seen, expected);
    int parsed = (int)gitops_manifest_files_parsed(remembered);
    for (size_t i = 0; i < gitops_manifest_count(remembered); i++) {
        gitops_document *document;
        assert_int_equal(gitops_manifest_open(remembered, i, &document, NULL), 0);
        gitops_document_free(document);
    }
    gitops_manifest_free(remembered);
    gitops_manifest_free(whole);
    free(seen);
    free(expected);
    return parsed;
}

static void put_files(fixture *f)
{
    char path[64], text[200];
    for (int i = 0; i < 40; i++) {
        snprintf(path, sizeof path, "d%d/f%d.yaml", i % 3, i);
        snprintf(text, sizeof text, MAP("m%d") "---\n" MAP("n%d"), i * 17 % 40, i);
        helper_put(f->source, path, text);
    }
    helper_put(f->source, "list.yml", "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n"
                                      "  kind: Secret\n  metadata: {name: s}\n");
    helper_put(f->source, "none/values.yaml", "replicas: 2\n---\nx: 1\n");
    helper_put(f->source, "none/warned.yaml", "a: !unknown 1\n---\n" MAP("warned"));
    helper_put(f->source, "none/warned-alone.yaml", "a: !unknown 1\n");
}

static void read_sameTree_readsNothing(void **state)
{
    fixture f = setup();
    (void)state;
    put_files(&f);
    assert_int_equal(read_anew(&f), 44);
    assert_int_equal(f.memo->bases, 1);
    assert_int_equal(read_anew(&f), 0);
    assert_int_equal(f.memo->bases, 1);
    assert_int_equal(f.memo->mores, 0);
    teardown(&f);
}

static void read_nothingThere_isRememberedToo(void **state)
{
    fixture f = setup();
    (void)state;
    assert_int_equal(read_anew(&f), 0);
    assert_int_equal(f.memo->bases, 1);
    assert_int_equal(read_anew(&f), 0);
    assert_int_equal(f.memo->bases, 1);
    teardown(&f);
}

/* A source in memory cannot go back to a tree, but contents are known. */
static void read_changedFile_parsesOnlyIt(void **state)
{
    fixture f = setup();
    (void)state;
    put_files(&f);
    read_anew(&f);
    helper_put(f.source, "d1/f1.yaml", MAP("other"));
    assert_int_equal(read_anew(&f), 1);
    assert_int_equal(read_anew(&f), 0);
    teardown(&f);
}

static void commit(fixture *f)
{
    assert_int_equal(helper_run(f->directory, "git add -A && git commit -qm x --allow-empty"), 0);
}

static void open_repository(fixture *f)
{
    gitops_source_options options = {.struct_size = sizeof options, .location = f->directory};
    gitops_source_free(f->source);
    assert_int_equal(gitops_source_open(&f->source, f->context, &options, NULL), 0);
}

static fixture setup_repository(void)
{
    fixture f = setup();
    char path[64], text[200];
    f.directory = support_directory_new();
    for (int i = 0; i < 10; i++) {
        snprintf(path, sizeof path, "d%d/f%d.yaml", i % 3, i);
        snprintf(text, sizeof text, MAP("m%d"), i);
        helper_write(f.directory, path, text);
    }
    helper_write(f.directory, "values.yaml", "replicas: 2\n");
    helper_write(f.directory, "w.yaml", "a: !unknown 1\n");
    assert_int_equal(helper_run(f.directory, "git init -q ."), 0);
    commit(&f);
    open_repository(&f);
    return f;
}

static void read_laterCommit_looksOnlyAtWhatChanged(void **state)
{
    (void)state;
    HELPER_NEED_GIT();
    fixture f = setup_repository();
    assert_int_equal(read_anew(&f), 12);
    helper_write(f.directory, "d1/f1.yaml", MAP("other"));
    helper_write(f.directory, "values.yaml", "replicas: 3\n");
    helper_run(f.directory, "git rm -q d2/f2.yaml");
    commit(&f);
    assert_int_equal(read_anew(&f), 2);
    assert_int_equal(f.memo->bases, 1);
    assert_int_equal(f.memo->mores, 1);
    helper_write(f.directory, "w.yaml", "a: !other 1\nb: !other 2\n");
    commit(&f);
    assert_int_equal(read_anew(&f), 1);
    helper_run(f.directory, "git rm -q w.yaml");
    commit(&f);
    assert_int_equal(read_anew(&f), 0);
    helper_write(f.directory, "readme.md", "no manifest\n");
    commit(&f);
    assert_int_equal(read_anew(&f), 0);
    assert_int_equal(f.memo->bases, 1);
    assert_int_equal(f.memo->mores, 3);
    teardown(&f);
}

/* What one process reads one after the other, a later one finds. */
static void read_manyCommitsInOneProcess_areRemembered(void **state)
{
    (void)state;
    HELPER_NEED_GIT();
    fixture f = setup_repository();
    char path[64], text[200];
    gitops_manifest *manifest = read_with(&f, &f.options, NULL, 0);
    for (int i = 0; i < 12; i++) {
        snprintf(path, sizeof path, i % 4 == 3 ? "text%d.md" : "d0/f%d.yaml", i % 5);
        snprintf(text, sizeof text, MAP("c%d"), i);
        helper_write(f.directory, path, text);
        commit(&f);
        gitops_manifest *next = read_with(&f, &f.options, manifest, 0);
        gitops_manifest_free(manifest);
        manifest = next;
    }
    gitops_manifest_free(manifest);
    assert_int_equal(f.memo->bases, 1);
    assert_int_equal(f.memo->mores, 9);
    assert_int_equal(read_anew(&f), 0);
    teardown(&f);
}

/* Old commits may go from a repository: then all is looked at, and what is known not parsed. */
static void read_oldTreeGone_readsAll(void **state)
{
    (void)state;
    HELPER_NEED_GIT();
    fixture f = setup_repository();
    read_anew(&f);
    helper_write(f.directory, "d1/f1.yaml", MAP("other"));
    assert_int_equal(helper_run(f.directory, "git add -A && git commit -q --amend -m y && "
                                             "git reflog expire --expire=now --all && "
                                             "git gc -q --prune=now"),
                     0);
    open_repository(&f); /* which keeps the trees that it has read */
    assert_int_equal(read_anew(&f), 1);
    assert_int_equal(f.memo->bases, 2);
    assert_int_equal(read_anew(&f), 0);
    teardown(&f);
}

static void read_brokenFile_isToldAgainAndNotRemembered(void **state)
{
    (void)state;
    HELPER_NEED_GIT();
    fixture f = setup_repository();
    read_anew(&f);
    helper_write(f.directory, "d1/f1.yaml", "{{\n");
    commit(&f);
    for (int i = 0; i < 2; i++) {
        gitops_manifest *broken = read_with(&f, &f.options, NULL, GITOPS_EPARSE);
        assert_int_equal(gitops_manifest_files_parsed(broken), 1);
        assert_int_equal(gitops_manifest_count(broken), 0);
        gitops_manifest_free(broken);
    }
    assert_int_equal(f.memo->mores, 0);
    helper_write(f.directory, "d1/f1.yaml", MAP("mended"));
    commit(&f);
    assert_int_equal(read_anew(&f), 1);
    assert_int_equal(f.memo->mores, 1);
    teardown(&f);
}

static void read_underAnotherInfluence_isAnew(void **state)
{
    fixture f = setup();
    const char *const excludes[] = {"none/"};
    gitops_limits limits = {.struct_size = sizeof limits, .max_depth = 999};
    gitops_context_options strict = {.struct_size = sizeof strict, .limits = &limits};
    gitops_identity_options pointers = {.struct_size = sizeof pointers,
                                        .by = GITOPS_IDENTITY_POINTERS,
                                        .name_pointer = "/metadata/name",
                                        .skip_others = 1};
    (void)state;
    put_files(&f);
    assert_int_equal(read_anew(&f), 44);
    f.options.path = "d1";
    assert_int_equal(read_anew(&f), 13);
    f.options.path = NULL;
    f.options.excludes = excludes;
    f.options.exclude_count = 1;
    assert_int_equal(read_anew(&f), 41);
    f.options.exclude_count = 0;
    assert_int_equal(read_anew(&f), 44);
    assert_int_equal(gitops_identity_new(&f.options.identity, f.context, &pointers, NULL), 0);
    assert_int_equal(read_anew(&f), 44);
    assert_int_equal(read_anew(&f), 0);
    gitops_identity_free(f.options.identity);
    f.options.identity = NULL;
    assert_int_equal(read_anew(&f), 44);
    gitops_context *usual = f.context;
    assert_int_equal(gitops_context_new(&f.context, &strict, NULL), 0);
    assert_int_equal(read_anew(&f), 44);
    assert_int_equal(read_anew(&f), 0);
    gitops_context_free(f.context);
    f.context = usual;
    teardown(&f);
}

static int identify(const gitops_value *root, const char *file, gitops_identity_answer *answer,
                    void *user_data)
{
    char key[80];
    (void)root;
    (void)user_data;
    snprintf(key, sizeof key, "_/Thing/%.40s", strrchr(file, '/') ? strrchr(file, '/') + 1 : file);
    return gitops_identity_answer_key(answer, key);
}

static void read_byCallback_isRememberedUnderARuleOnly(void **state)
{
    fixture f = setup();
    gitops_identity_options options = {.struct_size = sizeof options,
                                       .by = GITOPS_IDENTITY_CALLBACK,
                                       .identify = identify};
    (void)state;
    helper_put(f.source, "a/one.yaml", "x: 1\n");
    helper_put(f.source, "b/two.yaml", "x: 1\n");
    assert_int_equal(gitops_identity_new(&f.options.identity, f.context, &options, NULL), 0);
    assert_int_equal(read_anew(&f), 2);
    assert_int_equal(read_anew(&f), 2);
    assert_int_equal(f.memo->bases, 0);
    gitops_identity_free(f.options.identity);
    options.rule = "names of files, 1";
    assert_int_equal(gitops_identity_new(&f.options.identity, f.context, &options, NULL), 0);
    assert_int_equal(read_anew(&f), 2);
    assert_int_equal(read_anew(&f), 0);
    gitops_identity_free(f.options.identity);
    options.rule = "names of files, 2";
    assert_int_equal(gitops_identity_new(&f.options.identity, f.context, &options, NULL), 0);
    assert_int_equal(read_anew(&f), 2);
    gitops_identity_free(f.options.identity);
    teardown(&f);
}

static void read_wholeFiles_areRemembered(void **state)
{
    fixture f = setup();
    gitops_identity_options options = {.struct_size = sizeof options, .by = GITOPS_IDENTITY_FILE};
    (void)state;
    put_files(&f);
    assert_int_equal(gitops_identity_new(&f.options.identity, f.context, &options, NULL), 0);
    assert_int_equal(read_anew(&f), 44);
    assert_int_equal(read_anew(&f), 0);
    helper_put(f.source, "d1/copy", "replicas: 2\n---\nx: 1\n");
    assert_int_equal(read_anew(&f), 1);
    gitops_identity_free(f.options.identity);
    teardown(&f);
}

/* So much is added that a new base is due: then it is made by the read of the next change. */
static void read_manyChanges_makeANewBase(void **state)
{
    (void)state;
    HELPER_NEED_GIT();
    fixture f = setup_repository();
    char *text = malloc(40000);
    gitops_manifest *manifest = read_with(&f, &f.options, NULL, 0);
    assert_non_null(text);
    for (int round = 0; round < 8; round++) {
        size_t length = 0;
        for (int i = 0; i < 300; i++)
            length += (size_t)sprintf(text + length, MAP("long-name-of-an-object-%d-%d") "---\n",
                                      round, i);
        helper_write(f.directory, "d0/many.yaml", text);
        commit(&f);
        gitops_manifest *next = read_with(&f, &f.options, manifest, 0);
        assert_int_equal(gitops_manifest_files_parsed(next), 1);
        gitops_manifest_free(manifest);
        manifest = next;
    }
    gitops_manifest_free(manifest);
    free(text);
    assert_in_range(f.memo->bases, 2, 4);
    assert_int_equal(f.memo->bases + f.memo->mores, 9);
    assert_int_equal(read_anew(&f), 0);
    teardown(&f);
}

static void read_memoRefuses_readsAllTheSame(void **state)
{
    static const int codes[] = {GITOPS_ESTORE, GITOPS_ELOCKED, GITOPS_ESTATE};
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        fixture f = setup();
        put_files(&f);
        f.memo->refuse = codes[i];
        assert_int_equal(read_anew(&f), 44);
        assert_int_equal(read_anew(&f), 44);
        f.memo->refuse = 0;
        assert_int_equal(read_anew(&f), 44);
        assert_int_equal(read_anew(&f), 0);
        teardown(&f);
    }
}

/* Reads what a memo with changed bytes gives: it must be refused, or be a manifest in order. */
static void read_changedRecords(fixture *f)
{
    gitops_snapshot *snapshot = helper_fetch(f->source);
    gitops_manifest *manifest;
    gitops_error err;
    if (gitops_manifest_read(&manifest, f->context, snapshot, &f->options, NULL, &err) < 0)
        fail_msg("%s", err.message);
    size_t count = gitops_manifest_count(manifest);
    for (size_t i = 1; i < count; i++)
        assert_true(strcmp(gitops_manifest_key(manifest, i - 1), gitops_manifest_key(manifest, i)) <
                    0);
    for (size_t i = 0; i < count; i++) {
        gitops_document *document;
        const char *key = gitops_manifest_key(manifest, i);
        assert_int_equal(gitops_manifest_find(manifest, key), i);
        if (gitops_manifest_open(manifest, i, &document, NULL) == 0)
            gitops_document_free(document);
    }
    gitops_manifest_free(manifest);
    gitops_snapshot_free(snapshot);
}

/* The file's checksums would find it: this is for what gets past them. */
static void recall_anyByteChanged_isRefusedOrInOrder(void **state)
{
    (void)state;
    HELPER_NEED_GIT();
    fixture f = setup_repository();
    read_anew(&f);
    helper_write(f.directory, "d1/f1.yaml", MAP("other"));
    helper_run(f.directory, "git rm -q d2/f2.yaml");
    commit(&f);
    read_anew(&f);
    size_t count = f.memo->count;
    f.memo->refuse = GITOPS_ESTORE; /* so that the records stay as they are */
    for (size_t i = 0; i < count; i++)
        for (size_t at = 0; at < f.memo->records[i].length; at++) {
            char *byte = &f.memo->records[i].data[at], was = *byte;
            for (int change = 0; change < 2; change++) {
                *byte = (char)(was ^ (change ? 0x80 : 0x01));
                read_changedRecords(&f);
            }
            *byte = was;
        }
    for (size_t i = 0; i < count; i++) {
        size_t length = f.memo->records[i].length;
        for (size_t cut = 0; cut < length; cut += 3) {
            f.memo->records[i].length = cut;
            read_changedRecords(&f);
        }
        f.memo->records[i].length = length;
    }
    f.memo->refuse = 0;
    assert_int_equal(read_anew(&f), 0);
    teardown(&f);
}

/* Files whose objects, places and warnings say how texts are read. */
static const char *const specimens[] = {
    MAP("plain") "data:\n  a: 1\n  b: 0x1F\n  c: 0o17\n  d: 1e3\n  e: .5\n  f: yes\n  g: null\n"
                 "  h: 12345678901234567890\n  i: 1.0\n  j: -0\n  k: 0b11\n  l: 1_000\n  m: ~\n",
    MAP("quoted") "data: {a: 'it''s', b: \"x\\ty\\u00e9\\x41\", c: \"two\n  lines\", d: ''}\n",
    MAP("blocks") "data:\n  a: |\n    one\n    two\n\n  b: >-\n    folded\n    text\n  c: |2+\n"
                  "      kept\n\n  d: many\n    plain\n    lines\n",
    MAP("anchors") "base: &b {x: 1, y: [1, 2]}\nuse: *b\nmerged: {<<: *b, x: 2}\n",
    MAP("tags") "a: !!str 1\nb: !!int '2'\nc: !!binary aGVsbG8=\nd: !unknown z\ne: !!float 3\n",
    MAP("large") "a: 1e999\nb: -1e999\nc: 99999999999999999999\n",
    "# nothing\n---\n" MAP("first") "...\n---\n\n---\n" MAP("second") "# end\n",
    "%YAML 1.1\n---\n" MAP("directive"),
    "\xEF\xBB\xBF" MAP("mark") "data: {a: \xC3\xA9}\n",
    "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Secret\n"
    "  metadata: {name: s, namespace: ns}\n- apiVersion: a/v1\n  kind: B\n  metadata: {name: c}\n",
    "{\"apiVersion\": \"apps/v1\", \"kind\": \"Deployment\", \"metadata\": {\"name\": \"j\", "
    "\"namespace\": \"n\"}, \"a\": [1.50, -0.0, 1E+2, true, null, \"\\ud83d\\ude00\"]}\n",
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: waves, annotations: {"
    "argocd.argoproj.io/sync-wave: '3', helm.sh/hook: pre-install}}\n",
    "replicas: 2\n---\n- 1\n---\ntext\n",
    "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n",
};

/* What files are remembered as: every record of files, one after the other. */
static gops_digest digest_records(const shown_memo *memo)
{
    gops_hasher hasher;
    gops_hasher_begin(&hasher, 0);
    for (size_t i = 0; i < memo->count; i++)
        if (memo->records[i].data[0] == GOPS_RECORD_FILES)
            gops_hasher_put(&hasher, memo->records[i].data, memo->records[i].length);
    return gops_hasher_finish(&hasher);
}

static void record_ofSpecimens_isThatOfTheFormat(void **state)
{
    const int format = 2;
    const char *const expected = "abe08e139f898229640e23c3e50f00ed";
    fixture f = setup();
    char path[32], hex[33];
    (void)state;
    for (size_t i = 0; i < sizeof specimens / sizeof specimens[0]; i++) {
        snprintf(path, sizeof path, "f%02d.yaml", (int)i);
        helper_put(f.source, path, specimens[i]);
    }
    assert_int_equal(read_anew(&f), (int)(sizeof specimens / sizeof specimens[0]));
    gops_digest digest = digest_records(f.memo);
    gops_hex(hex, digest.bytes, sizeof digest.bytes);
    if (format != GOPS_READ_FORMAT || strcmp(hex, expected) != 0)
        fail_msg("what is read of a text, or how it is remembered, has changed: raise "
                 "GOPS_READ_FORMAT (lib/render/influence.h), so that nothing older is taken for "
                 "it, and put the new number and \"%s\" here",
                 hex);
    teardown(&f);
}

static void memo_body(gitops_context *context, void *data)
{
    gitops_source *source = NULL;
    gitops_store *store = NULL;
    gitops_manifest_options options = {.struct_size = sizeof options};
    static const char *const texts[] = {MAP("a"), "a: !unknown 1\n---\n" MAP("b")};
    (void)data;
    int rc = gitops_source_new_memory(&source, context, NULL);
    if (rc == 0)
        rc = gitops_store_new_memory(&store, context, NULL);
    if (rc == 0)
        rc = gitops_store_memo(&options.memo, store, "a", NULL);
    for (int i = 0; i < 4 && rc == 0; i++) {
        gitops_snapshot *snapshot = NULL;
        gitops_manifest *first = NULL, *second = NULL;
        rc = gitops_source_put(source, i % 2 ? "a/a.yaml" : "b.yaml", texts[i % 2 ^ i / 2],
                               strlen(texts[i % 2 ^ i / 2]), NULL);
        if (rc == 0)
            rc = gitops_source_fetch(source, &snapshot, NULL);
        if (rc == 0 && i != 2)
            rc = gitops_manifest_read(&first, context, snapshot, &options, NULL, NULL);
        if (rc == 0 && i != 2)
            rc = gitops_manifest_read(&second, context, snapshot, &options, first, NULL);
        gitops_manifest_free(first);
        gitops_manifest_free(second);
        gitops_snapshot_free(snapshot);
    }
    gitops_memo_free(options.memo);
    gitops_store_free(store);
    gitops_source_free(source);
}

static void memo_everyAllocationFails_nothingLeaks(void **state)
{
    (void)state;
    support_fail_every_allocation(memo_body, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(read_sameTree_readsNothing),
        cmocka_unit_test(read_nothingThere_isRememberedToo),
        cmocka_unit_test(read_changedFile_parsesOnlyIt),
        cmocka_unit_test(read_laterCommit_looksOnlyAtWhatChanged),
        cmocka_unit_test(read_manyCommitsInOneProcess_areRemembered),
        cmocka_unit_test(read_oldTreeGone_readsAll),
        cmocka_unit_test(read_brokenFile_isToldAgainAndNotRemembered),
        cmocka_unit_test(read_underAnotherInfluence_isAnew),
        cmocka_unit_test(read_byCallback_isRememberedUnderARuleOnly),
        cmocka_unit_test(read_wholeFiles_areRemembered),
        cmocka_unit_test(read_manyChanges_makeANewBase),
        cmocka_unit_test(read_memoRefuses_readsAllTheSame),
        cmocka_unit_test(recall_anyByteChanged_isRefusedOrInOrder),
        cmocka_unit_test(record_ofSpecimens_isThatOfTheFormat),
        cmocka_unit_test(memo_everyAllocationFails_nothingLeaks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
