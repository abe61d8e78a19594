/* Order, limits and digest of plans; options of units. */
#include "support.h"

#include <stdio.h>

#include "plan/pattern.h"
#include "plan/plan.h"
#include "source/snapshot.h"

static gitops_context *context;
static gitops_source *source;
static gitops_target *target;

static int answer_nothing(const gitops_request *request, gitops_answer *answer, void *user_data)
{
    (void)request;
    (void)answer;
    (void)user_data;
    return 0;
}

static int open_parts(void **state)
{
    gitops_target_options options = {.struct_size = sizeof options, .list = answer_nothing,
                                     .apply = answer_nothing, .delete_object = answer_nothing};
    (void)state;
    context = support_context_new();
    assert_int_equal(gitops_source_new_memory(&source, context, NULL), 0);
    assert_int_equal(gitops_target_new(&target, context, &options, NULL), 0);
    return 0;
}

static int close_parts(void **state)
{
    (void)state;
    gitops_source_free(source);
    gitops_target_free(target);
    support_context_free(context);
    return 0;
}

static gitops_unit_options unit_options(void)
{
    return (gitops_unit_options){.struct_size = sizeof(gitops_unit_options), .name = "u",
                                 .source = source, .target = target};
}

static gitops_unit *new_unit(const gitops_unit_options *options)
{
    gitops_unit *unit;
    gitops_error err;
    if (gitops_unit_new(&unit, context, options, &err) < 0)
        fail_msg("%s", err.message);
    return unit;
}

static void unitNew_badOptions_areRefused(void **state)
{
    static const char *const names[] = {"", ".a", "a b", "a/b", NULL,
                                        "0123456789012345678901234567890123456789012345678901234567890123"};
    gitops_unit *unit;
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        gitops_unit_options options = unit_options();
        options.name = names[i];
        assert_int_equal(gitops_unit_new(&unit, context, &options, NULL), GITOPS_EINVAL);
        assert_null(unit);
    }
    gitops_unit_options options = unit_options();
    options.source = NULL;
    assert_int_equal(gitops_unit_new(&unit, context, &options, NULL), GITOPS_EINVAL);
    options = unit_options();
    options.adopt = 4;
    assert_int_equal(gitops_unit_new(&unit, context, &options, NULL), GITOPS_EINVAL);
    options = unit_options();
    options.max_delete_percent = 101;
    assert_int_equal(gitops_unit_new(&unit, context, &options, NULL), GITOPS_EINVAL);
    options = unit_options();
    options.max_deletes = -2;
    assert_int_equal(gitops_unit_new(&unit, context, &options, NULL), GITOPS_EINVAL);
}

static void add(gops_findings *findings, int32_t action, const char *key)
{
    assert_int_equal(gops_findings_add(findings, action, GOPS_REASON_NEW, NULL, key, NULL), 0);
}

static gitops_plan *build(const gitops_unit *unit, gops_findings *findings, uint64_t owned,
                          uint64_t desired, const char *approved)
{
    gitops_plan *plan;
    gops_plan_input input = {.unit = unit,
                             .revision = "r",
                             .findings = findings,
                             .owned = owned,
                             .desired = desired};
    assert_int_equal(gops_plan_build(&plan, context, &input, NULL), 0);
    if (approved && strcmp(approved, plan->digest) == 0)
        assert_int_equal(gops_plan_approve(plan, "me", NULL), 0);
    return plan;
}

static void plan_order_isByKindThenNameAndDeletesReversed(void **state)
{
    static const char *const expected[] = {
        "_/Namespace/a", "_/CustomResourceDefinition.apiextensions.k8s.io/c", "n/Secret/s",
        "n/ConfigMap/a", "m/Service/a", "n/Service/a", "n/Service/b", "n/Deployment.apps/d",
        "n/Deployment.other/d", "_/ValidatingWebhookConfiguration.admissionregistration.k8s.io/v",
        "x/Deployment.apps/d", "x/ConfigMap/b", "x/ConfigMap/a", "_/Namespace/x"};
    size_t count = sizeof expected / sizeof expected[0];
    gitops_unit_options options = unit_options();
    gitops_unit *unit = new_unit(&options);
    gops_findings findings;
    (void)state;
    gops_findings_init(&findings, context);
    for (size_t i = 0; i < count; i++) {
        const char *key = expected[i * 5 % count];
        size_t place = i * 5 % count;
        add(&findings, place < 10 ? GITOPS_ACTION_CREATE : GITOPS_ACTION_DELETE, key);
    }
    add(&findings, GITOPS_ACTION_NONE, "a/A/quiet");
    gitops_plan *plan = build(unit, &findings, 100, 20, NULL);
    assert_int_equal(gitops_plan_count(plan), count);
    for (size_t i = 0; i < count; i++) {
        const gitops_operation *operation = gitops_plan_operation(plan, i);
        assert_string_equal(gitops_operation_key(operation), expected[i]);
        assert_string_equal(gitops_operation_phase(operation), i < 10 ? "sync" : "prune");
    }
    assert_null(gitops_plan_operation(plan, count));
    assert_int_equal(gitops_plan_summary(plan, GITOPS_ACTION_CREATE), 10);
    assert_int_equal(gitops_plan_summary(plan, GITOPS_ACTION_DELETE), 4);
    assert_int_equal(gitops_plan_held_count(plan), 1); /* the namespace */
    assert_string_equal(gitops_plan_held(plan, 0, NULL, NULL), "protected");
    gitops_plan_free(plan);
    gitops_unit_free(unit);
}

/* Allowed deletes for an inventory: min(max_deletes, max(1, percent, rounded down)). */
static const struct {
    int64_t max_deletes;
    int32_t percent;
    uint64_t owned, allowed;
} limits[] = {
    {0, 0, 2, 1},   {0, 0, 3, 1},     {0, 0, 6, 1},      {0, 0, 7, 2},  {0, 0, 10, 3},
    {0, 0, 166, 49}, {0, 0, 167, 50}, {0, 0, 5000, 50},  {5, 0, 1000, 5}, {0, 100, 20, 20},
    {200, 0, 1000, 200}, {0, 1, 50, 1}, {GITOPS_NO_DELETES, 0, 50, 0}, {0, GITOPS_NO_DELETES, 50, 0},
};

static void plan_deletes_areLimited(void **state)
{
    char key[32];
    (void)state;
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
        gitops_unit_options options = unit_options();
        options.max_deletes = limits[i].max_deletes;
        options.max_delete_percent = limits[i].percent;
        gitops_unit *unit = new_unit(&options);
        for (uint64_t more = 0; more < 2; more++) {
            gops_findings findings;
            uint64_t allowed, asked;
            gops_findings_init(&findings, context);
            for (uint64_t n = 0; n < limits[i].allowed + more; n++) {
                snprintf(key, sizeof key, "_/A/%03u", (unsigned)n);
                add(&findings, GITOPS_ACTION_DELETE, key);
            }
            gitops_plan *plan = build(unit, &findings, limits[i].owned, 1, NULL);
            assert_int_equal(gitops_plan_held_count(plan), more);
            if (more) {
                assert_string_equal(gitops_plan_held(plan, 0, &allowed, &asked), "deletes");
                assert_int_equal(allowed, limits[i].allowed);
                assert_int_equal(asked, limits[i].allowed + 1);
            }
            gitops_plan_free(plan);
        }
        gitops_unit_free(unit);
    }
}

static void digest_of(char out[65], const gitops_unit_options *options, const char *key,
                      int32_t action, uint8_t content)
{
    gitops_unit *unit = new_unit(options);
    gops_findings findings;
    gops_detail *detail = gops_detail_new(context);
    gops_findings_init(&findings, context);
    detail->sha256[0] = content;
    assert_int_equal(gops_findings_add(&findings, action, GOPS_REASON_NEW, NULL, key, detail), 0);
    gitops_plan *plan = build(unit, &findings, 1000, 2, NULL);
    snprintf(out, 65, "%s", gitops_plan_digest(plan));
    gitops_plan_free(plan);
    gitops_unit_free(unit);
}

static void plan_digest_followsEveryRealChange(void **state)
{
    char first[65], other[65];
    gitops_unit_options options = unit_options();
    (void)state;
    digest_of(first, &options, "_/A/a", GITOPS_ACTION_DELETE, 1);
    digest_of(other, &options, "_/A/a", GITOPS_ACTION_DELETE, 1);
    assert_string_equal(first, other);
    assert_int_equal(strlen(first), 64);
    options.interval_ms = 5; /* not what the plan does */
    digest_of(other, &options, "_/A/a", GITOPS_ACTION_DELETE, 1);
    assert_string_equal(first, other);
    digest_of(other, &options, "_/A/b", GITOPS_ACTION_DELETE, 1);
    assert_string_not_equal(first, other);
    digest_of(other, &options, "_/A/a", GITOPS_ACTION_FORGET, 1);
    assert_string_not_equal(first, other);
    digest_of(other, &options, "_/A/a", GITOPS_ACTION_DELETE, 2);
    assert_string_not_equal(first, other);
    options.max_deletes = 7;
    digest_of(other, &options, "_/A/a", GITOPS_ACTION_DELETE, 1);
    assert_string_not_equal(first, other);
}

/* Options in which a digest must differ from that of the defaults. */
static void plan_digest_followsEveryOption(void **state)
{
    static const char *const patterns[] = {"Secret"};
    char first[65], other[65];
    gitops_unit_options plain = unit_options();
    gitops_identity *identity;
    gitops_identity_options by = {.struct_size = sizeof by, .by = GITOPS_IDENTITY_FILE};
    (void)state;
    assert_int_equal(gitops_identity_new(&identity, context, &by, NULL), 0);
    digest_of(first, &plain, "_/A/a", GITOPS_ACTION_FORGET, 1);
    for (int i = 0; i < 12; i++) {
        gitops_unit_options options = unit_options();
        options.name = i == 0 ? "v" : options.name;
        options.path = i == 1 ? "sub" : NULL;
        options.excludes = options.protects = options.scope = patterns;
        options.exclude_count = i == 2;
        options.protect_count = i == 3;
        options.scope_count = i == 4;
        options.prune = i == 5 ? GITOPS_PRUNE_ADOPTED : 0;
        options.adopt = i == 6 ? GITOPS_ADOPT_ALWAYS : 0;
        options.conflict = i == 7 ? GITOPS_CONFLICT_LIVE : 0;
        options.drift = i == 8 ? GITOPS_DRIFT_REPORT : 0;
        options.max_deletes = i == 9 ? 7 : 0;
        options.max_delete_percent = i == 10 ? 7 : 0;
        options.identity = i == 11 ? identity : NULL;
        digest_of(other, &options, "_/A/a", GITOPS_ACTION_FORGET, 1);
        assert_string_not_equal(first, other);
    }
    plain.read_workers = 2;
    digest_of(other, &plain, "_/A/a", GITOPS_ACTION_FORGET, 1);
    assert_string_equal(first, other);
    gitops_identity_free(identity);
}

/* A pattern and a key; whether they match. */
static const struct {
    const char *pattern, *key;
    int matches;
} pattern_cases[] = {
    {"Secret", "shop/Secret/a", 1},
    {"Secret", "shop/Secret.other/a", 1},
    {"Secret.other", "shop/Secret/a", 0},
    {"*.apps", "shop/Deployment.apps/a", 1},
    {"*.apps", "shop/Service/a", 0},
    {"Sec*", "shop/Secret/Sec", 1},
    {"*", "shop/Deployment.apps/a", 1},
    {"shop/*/*", "shop/Deployment.apps/a", 1},
    {"shop/*/*", "shop-2/Deployment.apps/a", 0},
    {"_/Namespace/[ab]", "_/Namespace/b", 1},
    {"*/*/web-?", "x/Service/web-1", 1},
    {"*/*/web-?", "x/Service/web-12", 0},
    {"shop/*", "shop/Secret/a", 0},
    {"routers.conf", "routers.conf", 1},
    {"conf/**", "conf/a/b/c", 1},
};

static void pattern_matches_wholeKeysOrKinds(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof pattern_cases / sizeof pattern_cases[0]; i++)
        if (gops_pattern_matches(pattern_cases[i].pattern, pattern_cases[i].key) !=
            pattern_cases[i].matches)
            fail_msg("%s and %s", pattern_cases[i].pattern, pattern_cases[i].key);
}

static void unit_allows_whatIsNotRuledOut(void **state)
{
    static const char *const lists[][3] = {
        {"!Secret", "!kube-system/*/*"}, {"shop/*/*", "!Secret"}, {"!Secret", "*"}};
    static const int allowed[3][4] = {{1, 0, 0, 1}, {1, 0, 0, 0}, {1, 0, 1, 1}};
    static const char *const keys[] = {"shop/ConfigMap/a", "shop/Secret/a",
                                       "kube-system/ConfigMap/a", "_/Namespace/shop"};
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        gitops_unit_options options = unit_options();
        options.scope = lists[i];
        options.scope_count = 2;
        gitops_unit *unit = new_unit(&options);
        for (size_t k = 0; k < 4; k++)
            assert_int_equal(gops_unit_allows(unit, keys[k]), allowed[i][k]);
        gitops_unit_free(unit);
    }
}

static void unit_protects_kindsOfKubernetesAndItsList(void **state)
{
    static const char *const list[] = {"StatefulSet", "shop/*/keep-*"};
    static const char *const keys[] = {
        "_/Namespace/a", "_/CustomResourceDefinition.apiextensions.k8s.io/a",
        "_/PersistentVolume/a", "shop/PersistentVolumeClaim/a", "shop/StatefulSet.apps/a",
        "shop/ConfigMap/keep-me"};
    static const char *const others[] = {"_/Namespace.mine/a", "shop/ConfigMap/a",
                                         "shop-2/ConfigMap/keep-me"};
    gitops_unit_options options = unit_options();
    (void)state;
    options.protects = list;
    options.protect_count = 2;
    gitops_unit *unit = new_unit(&options);
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        assert_int_equal(gops_unit_protects(unit, keys[i]), 1);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        assert_int_equal(gops_unit_protects(unit, others[i]), 0);
    gitops_unit_free(unit);
    options.protects = (const char *const[]){""};
    options.protect_count = 1;
    assert_int_equal(gitops_unit_new(&unit, context, &options, NULL), GITOPS_EINVAL);
    options.protects = (const char *const[]){NULL};
    assert_int_equal(gitops_unit_new(&unit, context, &options, NULL), GITOPS_EINVAL);
    options.protect_count = 0;
    options.scope = (const char *const[]){"!"};
    options.scope_count = 1;
    assert_int_equal(gitops_unit_new(&unit, context, &options, NULL), GITOPS_EINVAL);
}

static void plan_lastObjects_areHeldUnlessSomethingStays(void **state)
{
    gitops_unit_options options = unit_options();
    gitops_unit *unit = new_unit(&options);
    (void)state;
    for (uint64_t desired = 0; desired < 2; desired++) {
        gops_findings findings;
        gops_findings_init(&findings, context);
        add(&findings, GITOPS_ACTION_DELETE, "_/A/a");
        gitops_plan *plan = build(unit, &findings, 1, desired, NULL);
        assert_int_equal(gitops_plan_held_count(plan), desired ? 0 : 1);
        gitops_plan_free(plan);
    }
    gitops_unit_free(unit);
}

static void plan_approvedDigest_isNotHeld(void **state)
{
    gitops_unit_options options = unit_options();
    gitops_unit *unit = new_unit(&options);
    char digest[65] = "";
    (void)state;
    for (int approved = 0; approved < 2; approved++) {
        gops_findings findings;
        gops_findings_init(&findings, context);
        add(&findings, GITOPS_ACTION_DELETE, "_/A/a");
        add(&findings, GITOPS_ACTION_DELETE, "_/A/b");
        gitops_plan *plan = build(unit, &findings, 3, 1, approved ? digest : NULL);
        assert_int_equal(gitops_plan_held_count(plan), approved ? 0 : 1);
        snprintf(digest, sizeof digest, "%s", gitops_plan_digest(plan));
        gitops_plan_free(plan);
    }
    gitops_unit_free(unit);
}

static void plan_body(gitops_context *failing, void *data)
{
    gops_findings findings;
    gitops_source *from = NULL;
    gitops_target *to = NULL;
    gitops_unit *unit = NULL;
    gitops_plan *plan = NULL;
    gitops_target_options options = {.struct_size = sizeof options};
    const char *const excludes[] = {"a", "b"};
    (void)data;
    gops_findings_init(&findings, failing);
    if (gitops_source_new_memory(&from, failing, NULL) == 0 &&
        gitops_target_new(&to, failing, &options, NULL) == 0) {
        gitops_unit_options what = {.struct_size = sizeof what, .name = "u", .source = from,
                                    .target = to, .excludes = excludes, .exclude_count = 2};
        gitops_unit_new(&unit, failing, &what, NULL);
    }
    gops_findings_add(&findings, GITOPS_ACTION_DELETE, GOPS_REASON_NEW, NULL, "_/A/a",
                      gops_detail_new(failing));
    gops_findings_add(&findings, GITOPS_ACTION_DELETE, GOPS_REASON_NEW, NULL, "_/A/b", NULL);
    if (unit) {
        gops_plan_input input = {
            .unit = unit, .revision = "r", .findings = &findings, .owned = 9, .desired = 9};
        gops_plan_build(&plan, failing, &input, NULL);
    }
    gitops_plan_free(plan);
    gops_findings_release(&findings);
    gitops_unit_free(unit);
    gitops_source_free(from);
    gitops_target_free(to);
}

static void plan_everyAllocationFails_nothingLeaks(void **state)
{
    (void)state;
    support_fail_every_allocation(plan_body, NULL);
}

#define WITH_PARTS(test) cmocka_unit_test_setup_teardown(test, open_parts, close_parts)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_PARTS(unitNew_badOptions_areRefused),
        WITH_PARTS(plan_order_isByKindThenNameAndDeletesReversed),
        WITH_PARTS(plan_deletes_areLimited),
        WITH_PARTS(plan_digest_followsEveryRealChange),
        WITH_PARTS(plan_lastObjects_areHeldUnlessSomethingStays),
        WITH_PARTS(plan_digest_followsEveryOption),
        WITH_PARTS(pattern_matches_wholeKeysOrKinds),
        WITH_PARTS(unit_allows_whatIsNotRuledOut),
        WITH_PARTS(unit_protects_kindsOfKubernetesAndItsList),
        WITH_PARTS(plan_approvedDigest_isNotHeld),
        cmocka_unit_test(plan_everyAllocationFails_nothingLeaks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
