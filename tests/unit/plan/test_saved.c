/* Plans as files: what they say, what they do not, and what moved since. */
#include "support.h"

#include <stdio.h>

#include <gitops/saved_plan.h>

#define OBJECT(kind, name, rest)                                                                   \
    "apiVersion: v1\nkind: " kind "\nmetadata: {name: " name ", namespace: shop}\n" rest "\n"
#define DIGEST "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define HEAD                                                                                       \
    "{\"format_version\":\"1.0\",\"form\":\"saved-plan\",\"unit\":\"default\","                    \
    "\"revision\":\"r1\",\"digest\":\"" DIGEST "\""

static gitops_context *context;
static gitops_source *source;
static gitops_target *target;
static gitops_manifest *first;

static int no_call(const gitops_request *request, gitops_answer *answer, void *user_data)
{
    (void)request;
    (void)answer;
    (void)user_data;
    return GITOPS_ETARGET;
}

static void put(const char *path, const char *text)
{
    assert_int_equal(gitops_source_put(source, path, text, strlen(text), NULL), 0);
}

static gitops_manifest *read_manifest(void)
{
    gitops_snapshot *snapshot;
    gitops_manifest *manifest;
    assert_int_equal(gitops_source_fetch(source, &snapshot, NULL), 0);
    assert_int_equal(gitops_manifest_read(&manifest, context, snapshot, NULL, NULL, NULL), 0);
    gitops_snapshot_free(snapshot);
    return manifest;
}

static int set_up(void **state)
{
    gitops_target_options options = {0};
    (void)state;
    options.struct_size = sizeof options;
    options.list = options.apply = options.delete_object = no_call;
    context = support_context_new();
    assert_int_equal(gitops_source_new_memory(&source, context, NULL), 0);
    assert_int_equal(gitops_target_new(&target, context, &options, NULL), 0);
    put("old.yaml", OBJECT("ConfigMap", "old", "data: {a: b}"));
    put("s.yaml", OBJECT("Secret", "s", "stringData: {p: canary-1}"));
    first = read_manifest();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    gitops_manifest_free(first);
    gitops_target_free(target);
    gitops_source_free(source);
    support_context_free(context);
    return 0;
}

static gitops_unit *new_unit(const char *name, int64_t max_deletes)
{
    gitops_unit_options options = {0};
    gitops_unit *unit;
    gitops_error err;
    options.struct_size = sizeof options;
    options.name = name;
    options.source = source;
    options.target = target;
    options.max_deletes = max_deletes;
    if (gitops_unit_new(&unit, context, &options, &err) < 0)
        fail_msg("%s", err.message);
    return unit;
}

/* What changed since the first manifest. */
static gitops_plan *plan_now(void)
{
    gitops_between_options options = {0};
    gitops_plan *plan;
    gitops_manifest *now = read_manifest();
    options.struct_size = sizeof options;
    options.revision = "r1";
    assert_int_equal(gitops_plan_between(&plan, context, first, now, &options, NULL), 0);
    gitops_manifest_free(now);
    return plan;
}

/* A plan of three operations: one of each kind. */
static gitops_plan *plan_three(void)
{
    gitops_source_remove(source, "old.yaml", NULL);
    put("s.yaml", OBJECT("Secret", "s", "stringData: {p: canary-2}"));
    put("new.yaml", OBJECT("ConfigMap", "new", "data: {a: b}"));
    return plan_now();
}

static gitops_buffer *save(const gitops_plan *plan)
{
    gitops_buffer *text;
    gitops_unit *unit = new_unit("default", 0);
    assert_int_equal(gitops_plan_save(&text, plan, unit, NULL), 0);
    gitops_unit_free(unit);
    return text;
}

static gitops_saved_plan *read_back(const gitops_buffer *text)
{
    gitops_saved_plan *saved;
    gitops_error err;
    if (gitops_saved_plan_read(&saved, context, gitops_buffer_data(text),
                               gitops_buffer_length(text), "file", &err) < 0)
        fail_msg("%s", err.message);
    return saved;
}

static gitops_saved_plan *save_three(void)
{
    gitops_plan *plan = plan_three();
    gitops_buffer *text = save(plan);
    gitops_saved_plan *saved = read_back(text);
    gitops_buffer_free(text);
    gitops_plan_free(plan);
    return saved;
}

static void compare(gitops_saved_plan *saved, int64_t max_deletes)
{
    gitops_plan *plan = plan_now();
    gitops_unit *unit = new_unit("default", max_deletes);
    assert_int_equal(gitops_saved_plan_compare(saved, plan, unit, NULL), 0);
    gitops_unit_free(unit);
    gitops_plan_free(plan);
}

static void save_plan_readsBackTheSame(void **state)
{
    (void)state;
    gitops_plan *plan = plan_three();
    gitops_buffer *text = save(plan);
    gitops_saved_plan *saved = read_back(text);
    assert_string_equal(gitops_saved_plan_unit(saved), "default");
    assert_string_equal(gitops_saved_plan_revision(saved), "r1");
    assert_string_equal(gitops_saved_plan_digest(saved), gitops_plan_digest(plan));
    assert_int_equal(gitops_saved_plan_count(saved), 3);
    for (size_t i = 0; i < 3; i++) {
        const gitops_operation *operation = gitops_plan_operation(plan, i);
        assert_string_equal(gitops_saved_plan_key(saved, i), gitops_operation_key(operation));
        assert_int_equal(gitops_saved_plan_action(saved, i), gitops_operation_action(operation));
    }
    assert_null(gitops_saved_plan_key(saved, 3));
    assert_int_equal(gitops_saved_plan_action(saved, 3), GITOPS_ACTION_NONE);
    assert_int_equal(gitops_saved_plan_moved(saved), 1);
    assert_null(strstr(gitops_buffer_data(text), "canary"));
    gitops_saved_plan_free(saved);
    gitops_buffer_free(text);
    gitops_plan_free(plan);
}

static void compare_samePlan_holds(void **state)
{
    (void)state;
    gitops_saved_plan *saved = save_three();
    compare(saved, 0);
    assert_int_equal(gitops_saved_plan_moved(saved), 0);
    assert_int_equal(gitops_saved_plan_limits_moved(saved), 0);
    assert_int_equal(gitops_saved_plan_move_count(saved), 0);
    gitops_saved_plan_free(saved);
}

static void assert_move(const gitops_saved_plan *saved, const char *key, int32_t before,
                        int32_t now)
{
    int32_t was, is;
    for (size_t i = 0; i < gitops_saved_plan_move_count(saved); i++)
        if (strcmp(gitops_saved_plan_move(saved, i, &was, &is), key) == 0) {
            assert_int_equal(was, before);
            assert_int_equal(is, now);
            return;
        }
    fail_msg("%s did not move", key);
}

static void compare_otherPlan_tellsWhatMoved(void **state)
{
    (void)state;
    gitops_saved_plan *saved = save_three();
    put("old.yaml", OBJECT("ConfigMap", "old", "data: {a: b}"));
    put("s.yaml", OBJECT("Secret", "s", "stringData: {p: canary-3}"));
    put("more.yaml", OBJECT("ConfigMap", "more", "data: {a: b}"));
    compare(saved, 0);
    assert_int_equal(gitops_saved_plan_moved(saved), 1);
    assert_int_equal(gitops_saved_plan_move_count(saved), 3);
    assert_move(saved, "shop/ConfigMap/old", GITOPS_ACTION_DELETE, GITOPS_ACTION_NONE);
    assert_move(saved, "shop/Secret/s", GITOPS_ACTION_UPDATE, GITOPS_ACTION_UPDATE);
    assert_move(saved, "shop/ConfigMap/more", GITOPS_ACTION_NONE, GITOPS_ACTION_CREATE);
    assert_null(gitops_saved_plan_move(saved, 3, NULL, NULL));
    put("new.yaml", OBJECT("ConfigMap", "new", "data: {a: c}"));
    compare(saved, 0);
    assert_int_equal(gitops_saved_plan_move_count(saved), 4);
    assert_move(saved, "shop/ConfigMap/new", GITOPS_ACTION_CREATE, GITOPS_ACTION_CREATE);
    gitops_saved_plan_free(saved);
}

static void compare_otherLimits_areTold(void **state)
{
    (void)state;
    gitops_saved_plan *saved = save_three();
    compare(saved, 7);
    assert_int_equal(gitops_saved_plan_limits_moved(saved), 1);
    compare(saved, 0);
    assert_int_equal(gitops_saved_plan_limits_moved(saved), 0);
    gitops_saved_plan_free(saved);
}

static void otherUnit_isRefused(void **state)
{
    (void)state;
    gitops_plan *plan = plan_three();
    gitops_unit *unit = new_unit("other", 0);
    gitops_saved_plan *saved = save_three();
    gitops_buffer *text;
    assert_int_equal(gitops_plan_save(&text, plan, unit, NULL), GITOPS_EINVAL);
    assert_null(text);
    assert_int_equal(gitops_plan_save(NULL, plan, unit, NULL), GITOPS_EINVAL);
    assert_int_equal(gitops_plan_save(&text, NULL, unit, NULL), GITOPS_EINVAL);
    assert_int_equal(gitops_saved_plan_compare(saved, plan, unit, NULL), GITOPS_EINVAL);
    assert_int_equal(gitops_saved_plan_compare(saved, NULL, unit, NULL), GITOPS_EINVAL);
    gitops_saved_plan_free(saved);
    gitops_unit_free(unit);
    gitops_plan_free(plan);
}

static void read_brokenText_namesThePlace(void **state)
{
    static const struct {
        const char *text, *message, *at; /* at: where it stands; NULL: nowhere */
        int code;
    } rows[] = {
        {"{\"format_version\":\"1.0\",\"unit\":\"default\"}", "no saved plan", "{", GITOPS_EPARSE},
        {"[]", "no saved plan", "[", GITOPS_EPARSE},
        {"{\"form\":\"saved-plan\",\"format_version\":\"2.0\"}", "form 2.0", NULL,
         GITOPS_EUNSUPPORTED},
        {"{\"form\":\"saved-plan\",\"format_version\":1}", "\"format_version\"", "1}",
         GITOPS_EPARSE},
        {HEAD "}", "\"operations\"", "{", GITOPS_EPARSE},
        {HEAD ",\"operations\":{}}", "\"operations\"", "{}", GITOPS_EPARSE},
        {HEAD ",\"operations\":[{}]}", "\"action\"", "{}", GITOPS_EPARSE},
        {HEAD ",\"operations\":[{\"action\":\"explode\",\"key\":\"k\",\"phase\":\"sync\","
              "\"mark\":\"0\"}]}",
         "an action", "{\"action", GITOPS_EPARSE},
        {HEAD ",\"operations\":[{\"action\":\"create\",\"key\":\"a\\u0000\",\"phase\":\"sync\","
              "\"mark\":\"0\"}]}",
         "\"key\"", "\"a\\u", GITOPS_EPARSE},
        {HEAD, "", NULL, GITOPS_EPARSE},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        gitops_error err;
        gitops_saved_plan *saved;
        assert_int_equal(gitops_saved_plan_read(&saved, context, rows[i].text, strlen(rows[i].text),
                                                "file", &err),
                         rows[i].code);
        assert_null(saved);
        assert_non_null(strstr(err.message, rows[i].message));
        assert_string_equal(err.where, "file");
        if (rows[i].at)
            assert_int_equal(err.column, strstr(rows[i].text, rows[i].at) - rows[i].text + 1);
    }
    assert_int_equal(gitops_saved_plan_read(NULL, context, "", 0, NULL, NULL), GITOPS_EINVAL);
    gitops_saved_plan_free(NULL);
}

typedef struct three {
    gitops_plan *plan;
    gitops_unit *unit;
    const gitops_buffer *text;
} three;

static void saved_body(gitops_context *own, void *data)
{
    const three *given = data;
    gitops_saved_plan *saved = NULL;
    int rc = gitops_saved_plan_read(&saved, own, gitops_buffer_data(given->text),
                                    gitops_buffer_length(given->text), "file", NULL);
    if (rc == 0)
        rc = gitops_saved_plan_compare(saved, given->plan, given->unit, NULL);
    assert_true(rc == 0 || rc == GITOPS_ENOMEM);
    gitops_saved_plan_free(saved);
}

static void saved_everyAllocationFails_leavesNothing(void **state)
{
    (void)state;
    gitops_plan *plan = plan_three();
    gitops_buffer *text = save(plan);
    gitops_plan_free(plan);
    put("more.yaml", OBJECT("ConfigMap", "more", "data: {a: b}"));
    three given = {plan_now(), new_unit("default", 0), text};
    support_fail_every_allocation(saved_body, &given);
    gitops_unit_free(given.unit);
    gitops_plan_free(given.plan);
    gitops_buffer_free(text);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(save_plan_readsBackTheSame),
        TEST(compare_samePlan_holds),
        TEST(compare_otherPlan_tellsWhatMoved),
        TEST(compare_otherLimits_areTold),
        TEST(otherUnit_isRefused),
        TEST(read_brokenText_namesThePlace),
        TEST(saved_everyAllocationFails_leavesNothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
