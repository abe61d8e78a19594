/*
 * What a person says of a unit, and what is read back of it.
 */
#include <gitops/store.h>

#include <string.h>

#include "store/said.h"
#include "support.h"

#define COMMIT "0123456789abcdef0123456789abcdef01234567"
#define DIGEST COMMIT "0123456789abcdef01234567"

static gitops_context *context;
static gitops_store *store;

static int set_up(void **state)
{
    (void)state;
    context = support_context_new();
    return gitops_store_new_memory(&store, context, NULL);
}

static int tear_down(void **state)
{
    (void)state;
    gitops_store_free(store);
    support_context_free(context);
    return 0;
}

static gitops_standing *read_at(int64_t unix_ms)
{
    gitops_standing *standing;
    assert_int_equal(gitops_standing_read(&standing, store, "u", unix_ms, NULL), 0);
    return standing;
}

static void assert_said(const gitops_standing *standing, int32_t what, size_t i,
                        const char *subject, const char *who, const char *text, int64_t unix_ms)
{
    assert_string_equal(gitops_standing_subject(standing, what, i), subject);
    if (who)
        assert_string_equal(gitops_standing_who(standing, what, i), who);
    else
        assert_null(gitops_standing_who(standing, what, i));
    assert_string_equal(gitops_standing_text(standing, what, i), text);
    assert_int_equal(gitops_standing_unix_ms(standing, what, i), unix_ms);
}

static void standing_unknownUnit_isEmpty(void **state)
{
    (void)state;
    gitops_standing *standing = read_at(1);
    for (int32_t what = 0; what <= GITOPS_STANDING_APPROVED + 1; what++) {
        assert_int_equal(gitops_standing_count(standing, what), 0);
        assert_null(gitops_standing_subject(standing, what, 0));
        assert_null(gitops_standing_who(standing, what, 0));
        assert_null(gitops_standing_text(standing, what, 0));
        assert_int_equal(gitops_standing_unix_ms(standing, what, 0), 0);
    }
    assert_int_equal(gitops_standing_until_unix_ms(standing), 0);
    gitops_standing_free(standing);
    gitops_standing_free(NULL);
}

static void suspend_forATime_isOverThen(void **state)
{
    (void)state;
    assert_int_equal(gitops_store_suspend(store, "u", 500, "ann", "a\nfeast", 100, NULL), 0);
    gitops_standing *standing = read_at(499);
    assert_said(standing, GITOPS_STANDING_SUSPENDED, 0, "500", "ann", "a\nfeast", 100);
    assert_int_equal(gitops_standing_until_unix_ms(standing), 500);
    gitops_standing_free(standing);
    standing = read_at(500);
    assert_int_equal(gitops_standing_count(standing, GITOPS_STANDING_SUSPENDED), 0);
    assert_int_equal(gitops_standing_until_unix_ms(standing), 0);
    gitops_standing_free(standing);
}

static void resume_afterAll_leavesNothingSaid(void **state)
{
    (void)state;
    assert_int_equal(gitops_store_suspend(store, "u", 0, NULL, NULL, 100, NULL), 0);
    assert_int_equal(gitops_store_pin(store, "u", COMMIT, "Ann B. <a@b>", "why", 200, NULL), 0);
    gitops_standing *standing = read_at(INT64_MAX);
    assert_said(standing, GITOPS_STANDING_SUSPENDED, 0, "0", "", "", 100);
    assert_said(standing, GITOPS_STANDING_PINNED, 0, COMMIT, "Ann B. <a@b>", "why", 200);
    assert_null(gitops_standing_subject(standing, GITOPS_STANDING_PINNED, 1));
    gitops_standing_free(standing);
    assert_int_equal(gitops_store_resume(store, "u", NULL), 0);
    assert_int_equal(gitops_store_resume(store, "u", NULL), 0);
    standing = read_at(1);
    assert_int_equal(gitops_standing_count(standing, GITOPS_STANDING_SUSPENDED), 0);
    assert_int_equal(gitops_standing_count(standing, GITOPS_STANDING_PINNED), 0);
    gitops_standing_free(standing);
}

static void standing_failuresAndApprovals_areListed(void **state)
{
    (void)state;
    static const char said[] = "00ff\nno such field";
    gops_store_record record = {.kind = GOPS_RECORD_NOTE,
                                .key = GOPS_NOTE_FAILURE "default/ConfigMap/a",
                                .document = said,
                                .document_length = strlen(said),
                                .unix_ms = 7};
    assert_int_equal(gops_store_write_notes(store, "u", &record, 1, NULL), 0);
    assert_int_equal(gitops_store_approve(store, "u", DIGEST, "ann", "it moved", 9, NULL), 0);
    gitops_standing *standing = read_at(10);
    assert_int_equal(gitops_standing_count(standing, GITOPS_STANDING_FAILED), 1);
    assert_said(standing, GITOPS_STANDING_FAILED, 0, "default/ConfigMap/a", NULL, "no such field",
                7);
    assert_int_equal(gitops_standing_count(standing, GITOPS_STANDING_APPROVED), 1);
    assert_said(standing, GITOPS_STANDING_APPROVED, 0, DIGEST, "ann", "it moved", 9);
    gitops_standing_free(standing);
    standing = read_at(9 + GOPS_DAY_MS);
    assert_int_equal(gitops_standing_count(standing, GITOPS_STANDING_APPROVED), 0);
    gitops_standing_free(standing);
}

static void said_badArguments_areRefused(void **state)
{
    char text[1002];
    gitops_standing *standing;
    (void)state;
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    assert_int_equal(gitops_store_suspend(store, "u", 0, "", text, 1, NULL), GITOPS_ELIMIT);
    assert_int_equal(gitops_store_suspend(store, "u", 0, text, "", 1, NULL), GITOPS_ELIMIT);
    assert_int_equal(gitops_store_suspend(store, "u", 0, "a\nb", "", 1, NULL), GITOPS_EINVAL);
    assert_int_equal(gitops_store_suspend(store, "no/unit", 0, "", "", 1, NULL), GITOPS_EINVAL);
    assert_int_equal(gitops_store_suspend(NULL, "u", 0, "", "", 1, NULL), GITOPS_EINVAL);
    assert_int_equal(gitops_store_pin(store, "u", "main", "", "", 1, NULL), GITOPS_EINVAL);
    assert_int_equal(gitops_store_pin(store, "u", COMMIT "0", "", "", 1, NULL), GITOPS_EINVAL);
    assert_int_equal(gitops_store_pin(store, "u", NULL, "", "", 1, NULL), GITOPS_EINVAL);
    assert_int_equal(gitops_store_pin(store, NULL, COMMIT, "", "", 1, NULL), GITOPS_EINVAL);
    assert_int_equal(gitops_store_resume(store, "", NULL), GITOPS_EINVAL);
    assert_int_equal(gitops_standing_read(NULL, store, "u", 1, NULL), GITOPS_EINVAL);
    assert_int_equal(gitops_standing_read(&standing, NULL, "u", 1, NULL), GITOPS_EINVAL);
    standing = read_at(1);
    assert_int_equal(gitops_standing_count(standing, GITOPS_STANDING_SUSPENDED), 0);
    gitops_standing_free(standing);
}

static void said_body(gitops_context *own, void *data)
{
    gitops_store *other = NULL;
    gitops_standing *standing = NULL;
    (void)data;
    int rc = gitops_store_new_memory(&other, own, NULL);
    if (rc == 0)
        rc = gitops_store_suspend(other, "u", 0, "ann", "why", 1, NULL);
    if (rc == 0)
        rc = gitops_store_pin(other, "u", COMMIT, "ann", "why", 1, NULL);
    if (rc == 0)
        rc = gitops_store_approve(other, "u", DIGEST, "ann", "why", 1, NULL);
    if (rc == 0)
        rc = gitops_standing_read(&standing, other, "u", 2, NULL);
    if (rc == 0)
        rc = gitops_store_resume(other, "u", NULL);
    assert_true(rc == 0 || rc == GITOPS_ENOMEM);
    gitops_standing_free(standing);
    gitops_store_free(other);
}

static void said_everyAllocationFails_leavesNothing(void **state)
{
    (void)state;
    support_fail_every_allocation(said_body, NULL);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(standing_unknownUnit_isEmpty),
        TEST(suspend_forATime_isOverThen),
        TEST(resume_afterAll_leavesNothingSaid),
        TEST(standing_failuresAndApprovals_areListed),
        TEST(said_badArguments_areRefused),
        cmocka_unit_test(said_everyAllocationFails_leavesNothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
