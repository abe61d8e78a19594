/* What a target says of the health of its objects, and by which rules its documents are judged. */
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

static int answer_suspended(const gitops_request *request, gitops_answer *answer, void *user_data)
{
    (void)user_data;
    assert_string_equal(gitops_request_key(request), "a/Pod/x");
    return gitops_answer_health(answer, GITOPS_HEALTH_SUSPENDED, "one\ntwo");
}

static int answer_nothing(const gitops_request *request, gitops_answer *answer, void *user_data)
{
    (void)request;
    (void)answer;
    (void)user_data;
    return 0;
}

static gitops_target_options options_new(void)
{
    return (gitops_target_options){.struct_size = sizeof(gitops_target_options),
                                   .get = answer_nothing, .apply = answer_nothing,
                                   .delete_object = answer_nothing};
}

static gitops_target *target_new(gitops_context *own, const gitops_target_options *options)
{
    gitops_target *target = NULL;
    (void)gitops_target_new(&target, own, options, NULL);
    return target;
}

static gitops_answer ask(gitops_target_fn assess)
{
    gitops_target_options options = options_new();
    gitops_request request = {.kind = GOPS_REQUEST_ASSESS, .key = "a/Pod/x"};
    gitops_answer answer;
    gops_answer_init(&answer, context, GOPS_REQUEST_ASSESS);
    options.assess = assess;
    gitops_target *target = target_new(context, &options);
    assert_int_equal(gops_target_can(target, GOPS_REQUEST_ASSESS), 1);
    assert_int_equal(gops_target_has_health(target), 1);
    gops_target_call(target, &request, &answer);
    gitops_target_free(target);
    return answer;
}

static void callback_saysHealthOnOneLine(void **state)
{
    (void)state;
    gitops_answer answer = ask(answer_suspended);
    assert_int_equal(answer.state, GOPS_ANSWER_HEALTH);
    assert_int_equal(answer.health.status, GITOPS_HEALTH_SUSPENDED);
    assert_int_equal(answer.health.basis, GITOPS_HEALTH_BY_TARGET);
    assert_string_equal(answer.health.message, "one two");
    gops_answer_release(&answer);
}

static void callback_withoutAnswer_isUnknown(void **state)
{
    gitops_request request = {.kind = GOPS_REQUEST_ASSESS, .key = "a/Pod/x"};
    gitops_error err;
    (void)state;
    gitops_answer answer = ask(answer_nothing);
    assert_int_equal(answer.state, GOPS_ANSWER_UNKNOWN);
    gops_answer_error(&answer, &request, &err);
    assert_string_equal(err.message, "assess a/Pod/x: the target gave no answer");
    gops_answer_release(&answer);
}

static void answerHealth_wrongQuestionOrHealth_isRefused(void **state)
{
    gitops_answer answer;
    (void)state;
    gops_answer_init(&answer, context, GOPS_REQUEST_GET);
    assert_int_equal(gitops_answer_health(&answer, GITOPS_HEALTH_HEALTHY, NULL), GITOPS_EINVAL);
    gops_answer_release(&answer);
    gops_answer_init(&answer, context, GOPS_REQUEST_ASSESS);
    assert_int_equal(gitops_answer_health(&answer, 0, NULL), GITOPS_EINVAL);
    assert_int_equal(gitops_answer_health(&answer, 7, NULL), GITOPS_EINVAL);
    assert_int_equal(gitops_answer_health(&answer, GITOPS_HEALTH_HEALTHY, NULL), 0);
    assert_int_equal(gitops_answer_health(&answer, GITOPS_HEALTH_HEALTHY, NULL), GITOPS_EINVAL);
    assert_string_equal(answer.health.message, "");
    gops_answer_release(&answer);
    assert_int_equal(gitops_answer_health(NULL, GITOPS_HEALTH_HEALTHY, NULL), GITOPS_EINVAL);
}

static void target_withoutHealth_saysSo(void **state)
{
    gitops_target_options options = options_new();
    gitops_target *target = target_new(context, &options);
    (void)state;
    assert_int_equal(gops_target_has_health(target), 0);
    assert_int_equal(gops_target_can(target, GOPS_REQUEST_ASSESS), 0);
    gitops_target_free(target);
}

static gitops_health judge(const gitops_target *target, const char *document, uint32_t flags)
{
    gitops_health health;
    assert_int_equal(gops_target_judge(target, "a/Pod/x", document,
                                       document ? strlen(document) : 0, flags, &health, NULL), 0);
    return health;
}

static void documents_areJudgedByTheRules(void **state)
{
    static const char failed[] = "apiVersion: v1\nkind: Pod\nstatus: {phase: Failed}";
    static const char running[] = "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"status\":{\"phase\":"
                                  "\"Running\",\"conditions\":[{\"type\":\"Ready\",\"status\":"
                                  "\"True\"}]}}";
    gitops_target_options options = options_new();
    (void)state;
    options.reports_health = 1;
    gitops_target *target = target_new(context, &options);
    assert_int_equal(gops_target_has_health(target), 1);
    assert_int_equal(judge(target, failed, 0).status, GITOPS_HEALTH_DEGRADED);
    assert_int_equal(judge(target, NULL, 0).status, GITOPS_HEALTH_MISSING);
    assert_int_equal(judge(target, "a: [", 0).status, GITOPS_HEALTH_UNKNOWN);
    assert_int_equal(judge(target, running, 0).status, GITOPS_HEALTH_HEALTHY);
    assert_int_equal(judge(target, running, GITOPS_ASSESS_HOOK).status, GITOPS_HEALTH_PROGRESSING);
    gitops_target_free(target);
}

static void table_ofTarget_isUsedAndHeld(void **state)
{
    const char *text = "kinds: {Pod: suspended}";
    gitops_target_options options = options_new();
    gitops_document *document;
    gitops_target *target;
    (void)state;
    assert_int_equal(gitops_document_parse(&document, context, text, strlen(text), "", NULL), 0);
    assert_int_equal(gitops_health_table_parse(&options.health, context, document, NULL), 0);
    gitops_document_free(document);
    assert_int_equal(gitops_target_new(&target, context, &options, NULL), GITOPS_EINVAL);
    options.reports_health = 1;
    assert_int_equal(gitops_target_new(&target, context, &options, NULL), 0);
    gitops_health_table_free(options.health);
    assert_int_equal(judge(target, "a: 1", 0).status, GITOPS_HEALTH_SUSPENDED);
    gitops_target_free(target);
}

static void reportsHealth_withoutGet_isRefused(void **state)
{
    gitops_target_options options = options_new();
    gitops_target *target;
    (void)state;
    options.list = options.get;
    options.get = NULL;
    options.reports_health = 1;
    assert_int_equal(gitops_target_new(&target, context, &options, NULL), GITOPS_EINVAL);
}

static void judge_body(gitops_context *own, void *data)
{
    static const char text[] = "apiVersion: v1\nkind: Pod\nstatus: {phase: Failed}";
    gitops_target_options options = options_new();
    gitops_health health;
    (void)data;
    options.reports_health = 1;
    gitops_target *target = target_new(own, &options);
    if (!target)
        return;
    int rc = gops_target_judge(target, "a/Pod/x", text, strlen(text), 0, &health, NULL);
    assert_int_equal(health.status, rc == 0 ? GITOPS_HEALTH_DEGRADED : GITOPS_HEALTH_UNKNOWN);
    gitops_target_free(target);
}

static void judge_everyAllocationFails_isUnknown(void **state)
{
    (void)state;
    support_fail_every_allocation(judge_body, NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_context, close_context)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(callback_saysHealthOnOneLine),
        TEST(callback_withoutAnswer_isUnknown),
        TEST(answerHealth_wrongQuestionOrHealth_isRefused),
        TEST(target_withoutHealth_saysSo),
        TEST(documents_areJudgedByTheRules),
        TEST(table_ofTarget_isUsedAndHeld),
        TEST(reportsHealth_withoutGet_isRefused),
        cmocka_unit_test(judge_everyAllocationFails_isUnknown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
