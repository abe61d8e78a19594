/* What callbacks may say, and what is made of it. */
#include "support.h"

#include "target/target.h"

static gitops_context *context;

static int open_context(void **state)
{
    (void)state;
    context = support_context_new();
    return 0;
}

static int close_context(void **state)
{
    (void)state;
    support_context_free(context);
    return 0;
}

typedef struct taken {
    char keys[64];
    int rc;
} taken;

static int take(const char *key, const char *document, size_t length, const char *version,
                void *user_data, gitops_error *err)
{
    taken *t = user_data;
    (void)document;
    (void)length;
    (void)version;
    (void)err;
    strcat(t->keys, key);
    return t->rc;
}

static gitops_answer ask(gops_request_kind kind, taken *t)
{
    gitops_answer answer;
    gops_answer_init(&answer, context, kind);
    answer.on_object = take;
    answer.on_object_data = t;
    return answer;
}

static void answer_ofAnotherQuestion_isRefused(void **state)
{
    taken t = {"", 0};
    (void)state;
    gitops_answer answer = ask(GOPS_REQUEST_LIST, &t);
    assert_int_equal(gitops_answer_absent(&answer), GITOPS_EINVAL);
    assert_int_equal(gitops_answer_done(&answer, NULL, 0, NULL), GITOPS_EINVAL);
    assert_int_equal(gitops_answer_conflict(&answer, "x"), GITOPS_EINVAL);
    assert_int_equal(gitops_answer_fingerprint(&answer, "x"), GITOPS_EINVAL);
    assert_int_equal(gitops_answer_object(&answer, "", "{}", 2, NULL), GITOPS_EINVAL);
    assert_int_equal(gitops_answer_object(&answer, "k", NULL, 0, NULL), GITOPS_EINVAL);
    assert_int_equal(answer.state, GOPS_ANSWER_NONE);
    gops_answer_release(&answer);
    answer = ask(GOPS_REQUEST_APPLY, &t);
    assert_int_equal(gitops_answer_listed(&answer, NULL), GITOPS_EINVAL);
    assert_int_equal(gitops_answer_object(&answer, "k", "{}", 2, NULL), GITOPS_EINVAL);
    gops_answer_release(&answer);
    assert_int_equal(gitops_answer_done(NULL, NULL, 0, NULL), GITOPS_EINVAL);
}

static void answer_second_isRefused(void **state)
{
    (void)state;
    gitops_answer answer = ask(GOPS_REQUEST_APPLY, NULL);
    assert_int_equal(gitops_answer_failed(&answer, 4, "no"), 0);
    assert_int_equal(gitops_answer_done(&answer, NULL, 0, NULL), GITOPS_EINVAL);
    assert_int_equal(answer.state, GOPS_ANSWER_FAILED);
    gops_answer_release(&answer);
}

static void answer_objects_arePassedOn(void **state)
{
    taken t = {"", 0};
    (void)state;
    gitops_answer answer = ask(GOPS_REQUEST_LIST, &t);
    assert_int_equal(gitops_answer_object(&answer, "a", "{}", 2, NULL), 0);
    assert_int_equal(gitops_answer_object(&answer, "b", NULL, 0, "v1"), 0);
    assert_int_equal(gitops_answer_listed(&answer, "p2"), 0);
    assert_int_equal(answer.state, GOPS_ANSWER_LISTED);
    assert_int_equal(answer.has_page, 1);
    assert_string_equal(answer.text.data, "p2");
    assert_string_equal(t.keys, "ab");
    gops_answer_release(&answer);
}

static void answer_objectNotTaken_makesListingUnknown(void **state)
{
    taken t = {"", GITOPS_EPARSE};
    gitops_error err;
    gitops_request request = {.kind = GOPS_REQUEST_LIST};
    (void)state;
    gitops_answer answer = ask(GOPS_REQUEST_LIST, &t);
    assert_int_equal(gitops_answer_object(&answer, "a", "{}", 2, NULL), GITOPS_EPARSE);
    assert_int_equal(gitops_answer_object(&answer, "b", "{}", 2, NULL), GITOPS_EPARSE);
    gitops_answer_listed(&answer, NULL);
    assert_int_equal(answer.state, GOPS_ANSWER_UNKNOWN);
    assert_int_equal(gops_answer_error(&answer, &request, &err), GITOPS_EPARSE);
    assert_string_equal(t.keys, "a");
    gops_answer_release(&answer);
}

static int say_nothing(const gitops_request *request, gitops_answer *answer, void *user_data)
{
    (void)request;
    (void)answer;
    (void)user_data;
    return 12345; /* an exception's garbage decides nothing */
}

static void call_withoutAnswer_isUnknown(void **state)
{
    gitops_target_options options = {.struct_size = sizeof options, .list = say_nothing,
                                     .apply = say_nothing, .delete_object = say_nothing};
    gitops_request request = {.kind = GOPS_REQUEST_APPLY, .key = "a/b/c"};
    gitops_target *target;
    gitops_error err;
    (void)state;
    assert_int_equal(gitops_target_new(&target, context, &options, &err), 0);
    gitops_answer answer = ask(GOPS_REQUEST_APPLY, NULL);
    gops_target_call(target, &request, &answer);
    assert_int_equal(answer.state, GOPS_ANSWER_UNKNOWN);
    assert_int_equal(gops_answer_error(&answer, &request, &err), GITOPS_ETARGET);
    assert_string_equal(err.message, "apply a/b/c: the target gave no answer");
    assert_int_equal(gops_target_can(target, GOPS_REQUEST_GET), 0);
    gops_answer_release(&answer);
    gitops_target_free(target);
}

static void assert_refusal(gitops_request *request, const char *message, const char *error)
{
    gitops_error err;
    gitops_answer answer = ask(request->kind, NULL);
    assert_int_equal(gitops_answer_failed(&answer, 422, message), 0);
    assert_int_equal(gops_answer_error(&answer, request, &err), GITOPS_ETARGET);
    assert_string_equal(err.message, error);
    gops_answer_release(&answer);
}

/* What helps is said where it helps: with an apply that something immutable stood against. */
static void answerError_immutableField_saysWhatHelps(void **state)
{
    gitops_request apply = {.kind = GOPS_REQUEST_APPLY, .key = "a/b/c"};
    gitops_request delete = {.kind = GOPS_REQUEST_DELETE, .key = "a/b/c"};
    (void)state;
    assert_refusal(&apply, "f is immutable",
                   "apply a/b/c: f is immutable; a plan replaces the object where its schema calls "
                   "the path immutable, or where it asks for force");
    assert_refusal(&apply, "f is not immutable", "apply a/b/c: f is not immutable");
    assert_refusal(&delete, "f is immutable", "delete a/b/c: f is immutable");
}

static void refusal_ofImmutable_isKnownByTwoWords(void **state)
{
    static const char *const yes[] = {"is immutable", "x is\timmutable.", "an immutable field",
                                      "is is immutable", "immutable immutable\nfields"};
    static const char *const no[] = {"", "immutable", "is  immutable", "isimmutable", "is", "is ",
                                     "immutable", "immutable_field", "Is Immutable"};
    (void)state;
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
        assert_int_equal(gitops_refusal_is_immutable(yes[i]), 1);
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        assert_int_equal(gitops_refusal_is_immutable(no[i]), 0);
    assert_int_equal(gitops_refusal_is_immutable(NULL), 0);
}

static void targetNew_incompleteTable_isRefused(void **state)
{
    gitops_target_options options = {.struct_size = sizeof options, .list = say_nothing};
    gitops_target *target;
    (void)state;
    assert_int_equal(gitops_target_new(&target, context, &options, NULL), GITOPS_EINVAL);
    options.list = NULL;
    options.apply = options.delete_object = say_nothing;
    assert_int_equal(gitops_target_new(&target, context, &options, NULL), GITOPS_EINVAL);
    options.get = options.commit = say_nothing;
    assert_int_equal(gitops_target_new(&target, context, &options, NULL), GITOPS_EINVAL);
    assert_int_equal(gitops_target_new(&target, context, NULL, NULL), GITOPS_EINVAL);
}

static void answer_longTexts_areCutOrRefused(void **state)
{
    char text[6000];
    (void)state;
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    gitops_answer answer = ask(GOPS_REQUEST_FINGERPRINT, NULL);
    assert_int_equal(gitops_answer_fingerprint(&answer, text), GITOPS_EINVAL);
    gops_answer_release(&answer);
    answer = ask(GOPS_REQUEST_APPLY, NULL);
    assert_int_equal(gitops_answer_failed(&answer, 1, text), 0);
    assert_int_equal(answer.text.length, 1000);
    gops_answer_release(&answer);
    answer = ask(GOPS_REQUEST_APPLY, NULL);
    assert_int_equal(gitops_answer_done(&answer, NULL, 0, text), GITOPS_ELIMIT);
    assert_int_equal(answer.state, GOPS_ANSWER_DONE); /* it happened all the same */
    assert_int_equal(answer.has_version, 0);
    gops_answer_release(&answer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(answer_ofAnotherQuestion_isRefused, open_context,
                                        close_context),
        cmocka_unit_test_setup_teardown(answer_second_isRefused, open_context, close_context),
        cmocka_unit_test_setup_teardown(answer_objects_arePassedOn, open_context, close_context),
        cmocka_unit_test_setup_teardown(answer_objectNotTaken_makesListingUnknown, open_context,
                                        close_context),
        cmocka_unit_test_setup_teardown(call_withoutAnswer_isUnknown, open_context, close_context),
        cmocka_unit_test_setup_teardown(answerError_immutableField_saysWhatHelps, open_context,
                                        close_context),
        cmocka_unit_test_setup_teardown(refusal_ofImmutable_isKnownByTwoWords, open_context,
                                        close_context),
        cmocka_unit_test_setup_teardown(targetNew_incompleteTable_isRefused, open_context,
                                        close_context),
        cmocka_unit_test_setup_teardown(answer_longTexts_areCutOrRefused, open_context,
                                        close_context),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
