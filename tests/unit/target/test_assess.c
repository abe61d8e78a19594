/* Whom a target asks for the health of an object, and what is made of every answer. */
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

/* What the callbacks are to say. */
typedef struct script {
    const char *document; /* get: NULL: absent */
    int32_t health;       /* assess: 0: nothing */
    int fails, gets, assesses;
} script;

static int answer_get(const gitops_request *request, gitops_answer *answer, void *user_data)
{
    script *s = user_data;
    s->gets++;
    if (s->fails)
        return gitops_answer_failed(answer, 7, "no route");
    if (!s->document)
        return gitops_answer_absent(answer);
    return gitops_answer_object(answer, gitops_request_key(request), s->document,
                                strlen(s->document), NULL);
}

static int answer_assess(const gitops_request *request, gitops_answer *answer, void *user_data)
{
    script *s = user_data;
    s->assesses++;
    assert_string_equal(gitops_request_key(request), "a/Pod/x");
    if (s->fails)
        return gitops_answer_retry(answer, 10, "busy");
    return s->health ? gitops_answer_health(answer, s->health, "one\ntwo") : 0;
}

static int answer_done(const gitops_request *request, gitops_answer *answer, void *user_data)
{
    (void)request;
    (void)user_data;
    return gitops_answer_done(answer, NULL, 0, NULL);
}

static gitops_target *target_new(gitops_context *own, script *s, int assesses, int reports)
{
    gitops_target_options options = {.struct_size = sizeof options, .user_data = s,
                                     .get = answer_get, .apply = answer_done,
                                     .delete_object = answer_done,
                                     .assess = assesses ? answer_assess : NULL,
                                     .reports_health = (uint32_t)reports};
    gitops_target *target = NULL;
    (void)gitops_target_new(&target, own, &options, NULL);
    return target;
}

static gitops_health assess(script *s, int assesses, int reports)
{
    gitops_health health;
    gitops_target *target = target_new(context, s, assesses, reports);
    assert_int_equal(gops_target_has_health(target), assesses || reports);
    assert_int_equal(gops_target_assess(target, "a/Pod/x", 0, &health, NULL), 0);
    gitops_target_free(target);
    return health;
}

static void callback_decidesAlone(void **state)
{
    script s = {"kind: Pod", GITOPS_HEALTH_SUSPENDED, 0, 0, 0};
    (void)state;
    gitops_health health = assess(&s, 1, 1);
    assert_int_equal(health.status, GITOPS_HEALTH_SUSPENDED);
    assert_int_equal(health.basis, GITOPS_HEALTH_BY_TARGET);
    assert_string_equal(health.message, "one two");
    assert_int_equal(s.gets, 0);
}

static void callback_withoutAnswer_isUnknown(void **state)
{
    script s = {NULL, 0, 0, 0, 0};
    (void)state;
    gitops_health health = assess(&s, 1, 0);
    assert_int_equal(health.status, GITOPS_HEALTH_UNKNOWN);
    assert_string_equal(health.message, "assess a/Pod/x: the target gave no answer");
    s.fails = 1;
    assert_string_equal(assess(&s, 1, 0).message, "assess a/Pod/x: busy");
}

static void document_ofGet_isJudged(void **state)
{
    script s = {"apiVersion: v1\nkind: Pod\nstatus: {phase: Failed}", 0, 0, 0, 0};
    (void)state;
    gitops_health health = assess(&s, 0, 1);
    assert_int_equal(health.status, GITOPS_HEALTH_DEGRADED);
    assert_int_equal(health.basis, GITOPS_HEALTH_BY_KIND);
    s.document = NULL;
    assert_int_equal(assess(&s, 0, 1).status, GITOPS_HEALTH_MISSING);
    s.document = "a: [";
    assert_int_equal(assess(&s, 0, 1).status, GITOPS_HEALTH_UNKNOWN);
    s.fails = 1;
    health = assess(&s, 0, 1);
    assert_int_equal(health.status, GITOPS_HEALTH_UNKNOWN);
    assert_string_equal(health.message, "get a/Pod/x: no route");
    assert_int_equal(s.gets, 4);
}

static void target_withoutHealth_cannotSay(void **state)
{
    script s = {"{}", 0, 0, 0, 0};
    (void)state;
    gitops_health health = assess(&s, 0, 0);
    assert_int_equal(health.status, GITOPS_HEALTH_UNKNOWN);
    assert_int_equal(s.gets, 0);
}

static void hook_flag_reachesTheRules(void **state)
{
    script s = {"{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"status\":{\"phase\":\"Running\","
                "\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}]}}", 0, 0, 0, 0};
    gitops_target *target = target_new(context, &s, 0, 1);
    gitops_health health;
    (void)state;
    gops_target_assess(target, "a/Pod/x", GITOPS_ASSESS_HOOK, &health, NULL);
    assert_int_equal(health.status, GITOPS_HEALTH_PROGRESSING);
    gops_target_assess(target, "a/Pod/x", 0, &health, NULL);
    assert_int_equal(health.status, GITOPS_HEALTH_HEALTHY);
    gitops_target_free(target);
}

static void table_ofTarget_isUsedAndHeld(void **state)
{
    const char *text = "kinds: {Pod: suspended}";
    script s = {"a: 1", 0, 0, 0, 0};
    gitops_target_options options = {.struct_size = sizeof options, .user_data = &s,
                                     .get = answer_get, .apply = answer_done,
                                     .delete_object = answer_done};
    gitops_document *document;
    gitops_target *target;
    gitops_health health;
    (void)state;
    assert_int_equal(gitops_document_parse(&document, context, text, strlen(text), "", NULL), 0);
    assert_int_equal(gitops_health_table_parse(&options.health, context, document, NULL), 0);
    gitops_document_free(document);
    assert_int_equal(gitops_target_new(&target, context, &options, NULL), GITOPS_EINVAL);
    options.reports_health = 1;
    assert_int_equal(gitops_target_new(&target, context, &options, NULL), 0);
    gitops_health_table_free(options.health);
    assert_int_equal(gops_target_assess(target, "a/Pod/x", 0, &health, NULL), 0);
    assert_int_equal(health.status, GITOPS_HEALTH_SUSPENDED);
    gitops_target_free(target);
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

static void assess_body(gitops_context *own, void *data)
{
    script s = {"apiVersion: v1\nkind: Pod\nstatus: {phase: Failed}", 0, 0, 0, 0};
    gitops_health health;
    (void)data;
    gitops_target *target = target_new(own, &s, 0, 1);
    if (!target)
        return;
    int rc = gops_target_assess(target, "a/Pod/x", 0, &health, NULL);
    assert_int_equal(health.status, rc == 0 ? GITOPS_HEALTH_DEGRADED : GITOPS_HEALTH_UNKNOWN);
    gitops_target_free(target);
}

static void assess_everyAllocationFails_isUnknown(void **state)
{
    (void)state;
    support_fail_every_allocation(assess_body, NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_context, close_context)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(callback_decidesAlone),
        TEST(callback_withoutAnswer_isUnknown),
        TEST(document_ofGet_isJudged),
        TEST(target_withoutHealth_cannotSay),
        TEST(hook_flag_reachesTheRules),
        TEST(table_ofTarget_isUsedAndHeld),
        TEST(answerHealth_wrongQuestionOrHealth_isRefused),
        cmocka_unit_test(assess_everyAllocationFails_isUnknown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
