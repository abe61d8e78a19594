/* What a store remembers of manifests, in memory and beside a state file. */
#include "support.h"

#include <gitops/store.h>

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memo.h"
#include "store/store.h"

static const gops_digest influence = {{1}}, other_influence = {{2}};

/* A store, a memo in it, and for a state file its folder. */
typedef struct fixture {
    gitops_context *context;
    gitops_store *store;
    gitops_memo *memo;
    char *folder; /* NULL: in memory */
    char state[1100], file[1200];
} fixture;

static void open_store(fixture *f, int read_only)
{
    gitops_error err = {0};
    gitops_store_options options = {.struct_size = sizeof options, .path = f->state,
                                    .create = !read_only, .read_only = read_only};
    if (!f->folder)
        assert_int_equal(gitops_store_new_memory(&f->store, f->context, NULL), 0);
    else if (gitops_store_open(&f->store, f->context, &options, &err) < 0)
        fail_msg("%s", err.message);
    assert_int_equal(gitops_store_memo(&f->memo, f->store, "shop", NULL), 0);
}

static void setup(fixture *f, int in_file)
{
    memset(f, 0, sizeof *f);
    f->context = support_context_new();
    if (in_file) {
        f->folder = support_directory_new();
        snprintf(f->state, sizeof f->state, "%s/state", f->folder);
        snprintf(f->file, sizeof f->file, "%s-memo-shop", f->state);
    }
    open_store(f, 0);
}

static void close_store(fixture *f)
{
    gitops_memo_free(f->memo);
    gitops_store_free(f->store);
}

static void teardown(fixture *f)
{
    close_store(f);
    if (f->folder)
        support_directory_free(f->folder);
    support_context_free(f->context);
}

static int keep(fixture *f, uint32_t kind, const char *text)
{
    return gops_memo_record(f->memo, &influence, kind, text, strlen(text), NULL);
}

static int join(const char *data, size_t length, void *text)
{
    if (length == 4 && memcmp(data, "stop", 4) == 0)
        return -77;
    snprintf((char *)text + strlen(text), 200 - strlen(text), "%.*s|", (int)length, data);
    return 0;
}

/* The records, each with a bar behind it; "(CODE)" when there are none. */
static const char *recall_under(fixture *f, const gops_digest *under)
{
    static char text[200];
    text[0] = '\0';
    int rc = gops_memo_recall(f->memo, under, join, text, NULL);
    if (rc != 1)
        snprintf(text, sizeof text, "(%d)", rc);
    return text;
}

static const char *recall(fixture *f)
{
    return recall_under(f, &influence);
}

static void keep_series_isToldInOrder(void **state)
{
    (void)state;
    for (int in_file = 0; in_file < 2; in_file++) {
        fixture f;
        setup(&f, in_file);
        assert_string_equal(recall(&f), "(0)");
        assert_int_equal(keep(&f, GOPS_MEMO_MORE, "more"), GITOPS_ESTATE);
        assert_int_equal(keep(&f, GOPS_MEMO_PART, "part"), GITOPS_ESTATE);
        assert_int_equal(keep(&f, GOPS_MEMO_BEGIN, "a"), 0);
        assert_int_equal(keep(&f, GOPS_MEMO_PART, "b"), 0);
        assert_string_equal(recall(&f), "(0)"); /* it is not complete yet */
        assert_int_equal(keep(&f, GOPS_MEMO_END, "c"), 0);
        assert_string_equal(recall(&f), "a|b|c|");
        assert_int_equal(keep(&f, GOPS_MEMO_MORE, "d"), 0);
        assert_int_equal(keep(&f, GOPS_MEMO_MORE, ""), 0);
        assert_string_equal(recall(&f), "a|b|c|d||");
        assert_string_equal(recall_under(&f, &other_influence), "(0)");
        teardown(&f);
    }
}

static void keep_newSeries_replacesTheOldAtItsEnd(void **state)
{
    (void)state;
    for (int in_file = 0; in_file < 2; in_file++) {
        fixture f;
        setup(&f, in_file);
        assert_int_equal(keep(&f, GOPS_MEMO_BEGIN | GOPS_MEMO_END, "old"), 0);
        assert_int_equal(keep(&f, GOPS_MEMO_BEGIN, "lost"), 0);
        assert_int_equal(keep(&f, GOPS_MEMO_BEGIN, "new"), 0);
        assert_string_equal(recall(&f), "old|");
        assert_int_equal(keep(&f, GOPS_MEMO_END, "end"), 0);
        assert_string_equal(recall(&f), "new|end|");
        assert_int_equal(gops_memo_record(f.memo, &other_influence, GOPS_MEMO_MORE, "x", 1, NULL),
                         GITOPS_ESTATE);
        assert_int_equal(gops_memo_record(f.memo, &other_influence, GOPS_MEMO_BEGIN | GOPS_MEMO_END,
                                        "x", 1, NULL),
                         0);
        assert_string_equal(recall(&f), "(0)");
        assert_string_equal(recall_under(&f, &other_influence), "x|");
        teardown(&f);
    }
}

static void recall_visitorStops_givesItsAnswer(void **state)
{
    (void)state;
    for (int in_file = 0; in_file < 2; in_file++) {
        fixture f;
        setup(&f, in_file);
        assert_int_equal(keep(&f, GOPS_MEMO_BEGIN | GOPS_MEMO_END, "stop"), 0);
        assert_string_equal(recall(&f), "(-77)");
        teardown(&f);
    }
}

static void memo_names_haveTheirOwn(void **state)
{
    (void)state;
    for (int in_file = 0; in_file < 2; in_file++) {
        fixture f;
        gitops_memo *second, *again;
        char text[200] = "";
        setup(&f, in_file);
        assert_int_equal(gitops_store_memo(&second, f.store, "shop.eu-1", NULL), 0);
        assert_int_equal(keep(&f, GOPS_MEMO_BEGIN | GOPS_MEMO_END, "first"), 0);
        assert_int_equal(gops_memo_recall(second, &influence, join, text, NULL), 0);
        assert_int_equal(gitops_store_memo(&again, f.store, "shop", NULL), 0);
        assert_int_equal(gops_memo_recall(again, &influence, join, text, NULL), 1);
        assert_string_equal(text, "first|");
        gitops_memo_free(second);
        gitops_memo_free(again);
        assert_int_equal(gitops_store_memo(&again, f.store, "../shop", NULL), GITOPS_EINVAL);
        assert_null(again);
        teardown(&f);
    }
}

static void keep_nextProcess_goesOn(void **state)
{
    fixture f;
    (void)state;
    setup(&f, 1);
    assert_int_equal(keep(&f, GOPS_MEMO_BEGIN | GOPS_MEMO_END, "base"), 0);
    assert_int_equal(keep(&f, GOPS_MEMO_MORE, "one"), 0);
    close_store(&f);
    open_store(&f, 0);
    assert_int_equal(keep(&f, GOPS_MEMO_MORE, "early"), GITOPS_ESTATE); /* nothing is known yet */
    assert_string_equal(recall(&f), "base|one|");
    assert_int_equal(keep(&f, GOPS_MEMO_MORE, "two"), 0);
    close_store(&f);
    open_store(&f, 1);
    assert_string_equal(recall(&f), "base|one|two|");
    assert_int_equal(keep(&f, GOPS_MEMO_MORE, "three"), GITOPS_ELOCKED);
    assert_int_equal(keep(&f, GOPS_MEMO_BEGIN, "three"), GITOPS_ELOCKED);
    teardown(&f);
}

static void keep_fileReplacedMeanwhile_isRefused(void **state)
{
    fixture f;
    gitops_memo *second;
    (void)state;
    setup(&f, 1);
    assert_int_equal(keep(&f, GOPS_MEMO_BEGIN | GOPS_MEMO_END, "base"), 0);
    assert_int_equal(gitops_store_memo(&second, f.store, "shop", NULL), 0);
    assert_int_equal(gops_memo_record(second, &influence, GOPS_MEMO_BEGIN | GOPS_MEMO_END, "theirs",
                                    6, NULL),
                     0);
    assert_int_equal(keep(&f, GOPS_MEMO_MORE, "more"), GITOPS_ESTATE);
    assert_string_equal(recall(&f), "theirs|");
    gitops_memo_free(second);
    teardown(&f);
}

static void keep_whileAnotherHoldsTheLease_isRefused(void **state)
{
    fixture f;
    gitops_store *writer;
    gitops_store_options options = {.struct_size = sizeof options, .create = 1};
    (void)state;
    setup(&f, 1);
    options.path = f.state;
    assert_int_equal(gitops_store_open(&writer, f.context, &options, NULL), 0);
    assert_int_equal(gops_store_acquire(writer, NULL), 0);
    assert_int_equal(keep(&f, GOPS_MEMO_BEGIN | GOPS_MEMO_END, "x"), GITOPS_ELOCKED);
    gops_store_release(writer);
    assert_int_equal(keep(&f, GOPS_MEMO_BEGIN | GOPS_MEMO_END, "x"), 0);
    assert_int_equal(gops_store_acquire(f.store, NULL), 0);
    assert_int_equal(keep(&f, GOPS_MEMO_MORE, "y"), 0);
    gitops_store_free(writer);
    teardown(&f);
}

static void memoFile_isItsOwnersAndNothingElseIsLeft(void **state)
{
    fixture f;
    struct stat info;
    char draft[1300];
    (void)state;
    setup(&f, 1);
    snprintf(draft, sizeof draft, "%s~", f.file);
    assert_int_equal(keep(&f, GOPS_MEMO_BEGIN, "a"), 0);
    assert_int_equal(stat(draft, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    assert_int_equal(keep(&f, GOPS_MEMO_END, "b"), 0);
    assert_int_equal(stat(f.file, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    assert_int_equal(stat(draft, &info), -1);
    assert_int_equal(keep(&f, GOPS_MEMO_BEGIN, "a"), 0);
    close_store(&f);
    assert_int_equal(stat(draft, &info), -1);
    assert_int_equal(stat(f.state, &info), -1); /* a memo makes no state */
    open_store(&f, 0);
    teardown(&f);
}

enum { FILES_MAX = 1000 }; /* beside one state, as in memo_file.c */

/* As many files as may stand beside a state, the higher their number the older; text is in each. */
static void crowd(const fixture *f, const char *text)
{
    char path[1300];
    for (int i = 0; i < FILES_MAX; i++) {
        struct timespec times[2] = {{1000000 - i, 0}, {1000000 - i, 0}};
        snprintf(path, sizeof path, "%s/state-memo-%04d", f->folder, i);
        int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
        assert_true(fd >= 0);
        assert_int_equal(write(fd, text, strlen(text)), strlen(text));
        assert_int_equal(futimens(fd, times), 0);
        close(fd);
    }
}

/* 1 when no file of the crowd is gone but the oldest so many. */
static int crowd_lacks(const fixture *f, int gone)
{
    char path[1300];
    struct stat info;
    for (int i = 0; i < FILES_MAX; i++) {
        snprintf(path, sizeof path, "%s/state-memo-%04d", f->folder, i);
        if ((stat(path, &info) == 0) != (i < FILES_MAX - gone))
            return 0;
    }
    return 1;
}

static void keep_tooManyFiles_removesTheOldest(void **state)
{
    fixture f;
    (void)state;
    setup(&f, 1);
    crowd(&f, "gopsmemo and more");
    assert_int_equal(keep(&f, GOPS_MEMO_BEGIN | GOPS_MEMO_END, "a"), 0);
    assert_true(crowd_lacks(&f, 1));
    assert_string_equal(recall(&f), "a|");
    teardown(&f);
}

static void keep_tooManyFilesThatAreNoMemos_removesNone(void **state)
{
    fixture f;
    (void)state;
    setup(&f, 1);
    crowd(&f, "SQLite format 3");
    assert_int_equal(keep(&f, GOPS_MEMO_BEGIN | GOPS_MEMO_END, "a"), 0);
    assert_true(crowd_lacks(&f, 0));
    teardown(&f);
}

/* Its own memos are called state-memo-2-memo-UNIT; the others are those of the state beside it. */
static void keep_stateNamedLikeAMemo_leavesThoseOfOthers(void **state)
{
    fixture f;
    (void)state;
    setup(&f, 1);
    close_store(&f);
    strcat(f.state, "-memo-2");
    open_store(&f, 0);
    crowd(&f, "gopsmemo and more");
    assert_int_equal(keep(&f, GOPS_MEMO_BEGIN | GOPS_MEMO_END, "a"), 0);
    assert_true(crowd_lacks(&f, 0));
    teardown(&f);
}

/* Changes one byte, or cuts the file. */
static void damage(const char *path, long at, int cut)
{
    int fd = open(path, O_RDWR);
    char byte;
    assert_true(fd >= 0);
    if (cut) {
        assert_int_equal(ftruncate(fd, at), 0);
    } else {
        assert_int_equal(pread(fd, &byte, 1, at), 1);
        byte = (char)(byte ^ 0x40);
        assert_int_equal(pwrite(fd, &byte, 1, at), 1);
    }
    close(fd);
}

/* What is told of a damaged file is a beginning of what was kept, the base whole, or nothing. */
static void recall_damagedAnywhere_givesABeginningOrNothing(void **state)
{
    fixture f;
    struct stat info;
    (void)state;
    setup(&f, 1);
    for (int cut = 0; cut < 2; cut++)
        for (long at = 0;; at++) {
            assert_int_equal(keep(&f, GOPS_MEMO_BEGIN, "first"), 0);
            assert_int_equal(keep(&f, GOPS_MEMO_END, "base"), 0);
            assert_int_equal(keep(&f, GOPS_MEMO_MORE, "one"), 0);
            assert_int_equal(keep(&f, GOPS_MEMO_MORE, "two"), 0);
            assert_int_equal(stat(f.file, &info), 0);
            if (at >= info.st_size)
                break;
            damage(f.file, at, cut);
            const char *told = recall(&f);
            int harmless = strcmp(told, "first|base|one|") == 0 || strcmp(told, "first|base|") == 0;
            int refused = told[0] == '(' && strcmp(told, "(1)") != 0;
            if (!harmless && !refused)
                fail_msg("byte %ld, cut %d: %s", at, cut, told);
            if (harmless) {
                assert_int_equal(keep(&f, GOPS_MEMO_MORE, "again"), 0);
                assert_non_null(strstr(recall(&f), "|again|"));
            }
        }
    teardown(&f);
}

static void recall_foreignFile_isReported(void **state)
{
    fixture f;
    gitops_error err;
    (void)state;
    setup(&f, 1);
    FILE *file = fopen(f.file, "w");
    assert_non_null(file);
    for (int i = 0; i < 100; i++)
        fputs("something else ", file);
    fclose(file);
    assert_int_equal(gops_memo_recall(f.memo, &influence, join, NULL, &err), GITOPS_ECORRUPT);
    assert_non_null(strstr(err.message, "state-memo-shop is damaged"));
    assert_int_equal(keep(&f, GOPS_MEMO_MORE, "x"), GITOPS_ESTATE);
    teardown(&f);
}

static int count_bytes(const char *data, size_t length, void *total)
{
    (void)data;
    *(size_t *)total += length;
    return 0;
}

static void keep_longRecords_comeBackWhole(void **state)
{
    fixture f;
    size_t size = 3000000;
    size_t told = 0;
    char *bytes = malloc(size);
    (void)state;
    assert_non_null(bytes);
    setup(&f, 1);
    for (size_t i = 0; i < size; i++)
        bytes[i] = (char)(i * 31);
    assert_int_equal(gops_memo_record(f.memo, &influence, GOPS_MEMO_BEGIN, bytes, size, NULL), 0);
    assert_int_equal(gops_memo_record(f.memo, &influence, GOPS_MEMO_END, "x", 1, NULL), 0);
    assert_int_equal(gops_memo_recall(f.memo, &influence, count_bytes, &told, NULL), 1);
    assert_int_equal(told, size + 1);
    free(bytes);
    teardown(&f);
}

static void memo_body(gitops_context *context, void *folder)
{
    gitops_store *store = NULL;
    gitops_memo *memo = NULL;
    char path[1200], text[200] = "";
    snprintf(path, sizeof path, "%s/torture", (const char *)folder);
    gitops_store_options options = {.struct_size = sizeof options, .path = path, .create = 1};
    int rc = folder ? gitops_store_open(&store, context, &options, NULL)
                    : gitops_store_new_memory(&store, context, NULL);
    if (rc == 0 && gitops_store_memo(&memo, store, "a", NULL) == 0) {
        gops_memo_record(memo, &influence, GOPS_MEMO_BEGIN, "1", 1, NULL);
        gops_memo_record(memo, &influence, GOPS_MEMO_END, "2", 1, NULL);
        gops_memo_record(memo, &influence, GOPS_MEMO_MORE, "3", 1, NULL);
        gops_memo_recall(memo, &influence, join, text, NULL);
    }
    gitops_memo_free(memo);
    gitops_store_free(store);
}

static void memo_everyAllocationFails_nothingLeaks(void **state)
{
    char *folder = support_directory_new();
    (void)state;
    support_fail_every_allocation(memo_body, NULL);
    support_fail_every_allocation(memo_body, folder);
    support_directory_free(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keep_series_isToldInOrder),
        cmocka_unit_test(keep_newSeries_replacesTheOldAtItsEnd),
        cmocka_unit_test(recall_visitorStops_givesItsAnswer),
        cmocka_unit_test(memo_names_haveTheirOwn),
        cmocka_unit_test(keep_nextProcess_goesOn),
        cmocka_unit_test(keep_fileReplacedMeanwhile_isRefused),
        cmocka_unit_test(keep_whileAnotherHoldsTheLease_isRefused),
        cmocka_unit_test(memoFile_isItsOwnersAndNothingElseIsLeft),
        cmocka_unit_test(keep_tooManyFiles_removesTheOldest),
        cmocka_unit_test(keep_tooManyFilesThatAreNoMemos_removesNone),
        cmocka_unit_test(keep_stateNamedLikeAMemo_leavesThoseOfOthers),
        cmocka_unit_test(recall_damagedAnywhere_givesABeginningOrNothing),
        cmocka_unit_test(recall_foreignFile_isReported),
        cmocka_unit_test(keep_longRecords_comeBackWhole),
        cmocka_unit_test(memo_everyAllocationFails_nothingLeaks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
