/* The host's file and the repository's: what they say together, and what is wrong with them. */
#include "support.h"

#include <stdio.h>

#include <gitops/config.h>

#define HOST                                                                                       \
    "version: 1\nsource: /srv/shop\nref: main\nstate: /var/shop.db\nenvironment: production\n"     \
    "interval-seconds: 90\ntargets: {shop: 'dir:/srv/shop', iot: 'exec:push --all'}\n"             \
    "scope: ['!Secret']\n"                                                                         \
    "limits: {max-deletes: 20, max-delete-percent: 40, adopt: always, drift: report, "             \
    "protect: [Queue]}\n"
#define UNITS                                                                                      \
    "version: 1\nunits:\n"                                                                         \
    "  base: {path: deploy/base, target: shop, labels: {team: core}}\n"                            \
    "  shop-web:\n    path: deploy/web\n    target: shop\n    schema: schema.yaml\n"               \
    "    environments: [staging, production]\n    after: [base, trial]\n"                          \
    "    exclude: ['*.tmp.yaml']\n    labels: {team: web}\n"                                       \
    "    policy: {max-deletes: 5, max-delete-percent: 90, prune: adopted, adopt: never, "          \
    "drift: revert, conflict: fail, protect: [Topic]}\n"                                           \
    "  trial: {target: iot, environments: [staging]}\n"

static gitops_context *context;
static gitops_config *config;

static int set_up(void **state)
{
    (void)state;
    context = support_context_new();
    return gitops_config_new(&config, context, NULL);
}

static int tear_down(void **state)
{
    (void)state;
    gitops_config_free(config);
    support_context_free(context);
    return 0;
}

static int read_host(const char *text)
{
    return gitops_config_read_host(config, text, strlen(text), "host.yaml", NULL);
}

static int read_units(const char *text)
{
    return gitops_config_read_units(config, text, strlen(text), "gitops.yaml", NULL);
}

static void host_everythingSaid_isThere(void **state)
{
    (void)state;
    assert_int_equal(read_host(HOST), 0);
    assert_string_equal(gitops_config_source(config), "/srv/shop");
    assert_string_equal(gitops_config_ref(config), "main");
    assert_string_equal(gitops_config_state(config), "/var/shop.db");
    assert_string_equal(gitops_config_environment(config), "production");
    assert_int_equal(gitops_config_interval_ms(config), 90000);
    assert_string_equal(gitops_config_target(config, "iot"), "exec:push --all");
    assert_null(gitops_config_target(config, "sho"));
    assert_null(gitops_config_target(config, NULL));
    assert_int_equal(gitops_config_unit_count(config), 0);
}

static void units_ofTheEnvironment_areThere(void **state)
{
    (void)state;
    assert_int_equal(read_host(HOST), 0);
    assert_int_equal(read_units(UNITS), 0);
    assert_int_equal(gitops_config_unit_count(config), 2);
    assert_string_equal(gitops_config_unit_name(config, 0), "base");
    assert_string_equal(gitops_config_unit_name(config, 1), "shop-web");
    assert_string_equal(gitops_config_unit_target(config, 1), "shop");
    assert_string_equal(gitops_config_unit_schema(config, 1), "schema.yaml");
    assert_null(gitops_config_unit_schema(config, 0));
    assert_string_equal(gitops_config_unit_label(config, 1, "team"), "web");
    assert_null(gitops_config_unit_label(config, 1, "tea"));
    assert_null(gitops_config_unit_name(config, 2));
    assert_null(gitops_config_unit_target(config, 2));
    assert_null(gitops_config_unit_schema(config, 2));
    assert_null(gitops_config_unit_label(config, 2, "team"));
}

static void units_withoutAHost_areAllThere(void **state)
{
    (void)state;
    assert_int_equal(read_units(UNITS), 0);
    assert_int_equal(gitops_config_unit_count(config), 3);
    assert_string_equal(gitops_config_unit_name(config, 2), "trial");
}

static void options_ofAUnit_areTheTighterOfBoth(void **state)
{
    gitops_unit_options options;
    (void)state;
    assert_int_equal(read_host(HOST), 0);
    assert_int_equal(read_units(UNITS), 0);
    assert_int_equal(gitops_config_unit_options(config, 1, &options, NULL), 0);
    assert_string_equal(options.name, "shop-web");
    assert_string_equal(options.path, "deploy/web");
    assert_int_equal(options.exclude_count, 1);
    assert_string_equal(options.excludes[0], "*.tmp.yaml");
    assert_int_equal(options.after_count, 1); /* trial is not of this environment */
    assert_string_equal(options.after[0], "base");
    assert_int_equal(options.scope_count, 1);
    assert_string_equal(options.scope[0], "!Secret");
    assert_int_equal(options.protect_count, 2);
    assert_string_equal(options.protects[0], "Queue");
    assert_string_equal(options.protects[1], "Topic");
    assert_int_equal(options.max_deletes, 5);
    assert_int_equal(options.max_delete_percent, 40);
    assert_int_equal(options.prune, GITOPS_PRUNE_ON);
    assert_int_equal(options.adopt, GITOPS_ADOPT_NEVER);
    assert_int_equal(options.conflict, GITOPS_CONFLICT_FAIL);
    assert_int_equal(options.drift, GITOPS_DRIFT_REPORT);
    assert_int_equal(options.interval_ms, 90000);
    assert_int_equal(gitops_config_unit_options(config, 0, &options, NULL), 0);
    assert_int_equal(options.max_deletes, 20);
    assert_int_equal(options.adopt, GITOPS_ADOPT_ALWAYS);
    assert_int_equal(options.protect_count, 1);
    assert_int_equal(gitops_config_unit_options(config, 2, &options, NULL), GITOPS_EINVAL);
}

static void options_nothingSaid_areTheDefaultsAsBounds(void **state)
{
    gitops_unit_options options;
    (void)state;
    assert_int_equal(read_units("version: 1\nunits:\n  a: {target: t, policy: {max-deletes: 1000, "
                                "adopt: always, prune: adopted}}\n"
                                "  b: {target: t, policy: {max-deletes: 0, prune: 'off'}}\n"),
                     0);
    assert_int_equal(gitops_config_unit_options(config, 0, &options, NULL), 0);
    assert_int_equal(options.max_deletes, 50);
    assert_int_equal(options.max_delete_percent, 30);
    assert_int_equal(options.prune, GITOPS_PRUNE_ON);
    assert_int_equal(options.adopt, GITOPS_ADOPT_IF_EQUAL);
    assert_int_equal(options.conflict, GITOPS_CONFLICT_DESIRED);
    assert_int_equal(options.drift, GITOPS_DRIFT_REVERT);
    assert_null(options.path);
    assert_int_equal(gitops_config_unit_options(config, 1, &options, NULL), 0);
    assert_int_equal(options.max_deletes, GITOPS_NO_DELETES);
    assert_int_equal(options.prune, GITOPS_PRUNE_OFF);
}

static void selects_namesGlobsAndLabels(void **state)
{
    (void)state;
    assert_int_equal(read_units(UNITS), 0);
    assert_int_equal(gitops_config_selects(config, 1, "shop-web"), 1);
    assert_int_equal(gitops_config_selects(config, 1, "shop-*"), 1);
    assert_int_equal(gitops_config_selects(config, 1, "shop"), 0);
    assert_int_equal(gitops_config_selects(config, 1, "team=web"), 1);
    assert_int_equal(gitops_config_selects(config, 1, "team=core"), 0);
    assert_int_equal(gitops_config_selects(config, 1, "tea=web"), 0);
    assert_int_equal(gitops_config_selects(config, 1, NULL), 0);
    assert_int_equal(gitops_config_selects(config, 3, "*"), 0);
}

typedef struct broken {
    const char *text, *message;
    uint32_t line, column;
} broken;

static void assert_problem(const broken *row, int host)
{
    gitops_config *one;
    gitops_error err;
    assert_int_equal(gitops_config_new(&one, context, NULL), 0);
    int rc = host ? gitops_config_read_host(one, row->text, strlen(row->text), "f", &err)
                  : gitops_config_read_units(one, row->text, strlen(row->text), "f", &err);
    assert_int_equal(rc, GITOPS_EPARSE);
    assert_non_null(strstr(err.message, row->message));
    assert_string_equal(err.where, "f");
    assert_int_equal(err.line, row->line);
    assert_int_equal(err.column, row->column);
    assert_true(gitops_diagnostics_errors(gitops_config_diagnostics(one)) > 0);
    gitops_config_free(one);
}

static void host_brokenText_namesThePlace(void **state)
{
    static const broken rows[] = {
        {"version: 1\nsource: s\nstate: t\ncommand: rm\n", "no member \"command\"", 4, 10},
        {"version: 2\nsource: s\nstate: t\n", "version 1", 1, 10},
        {"source: s\nstate: t\n", "\"version\"", 1, 1},
        {"version: 1\nstate: t\n", "\"source\"", 1, 1},
        {"version: 1\nsource: s\nstate: [t]\n", "text of one line", 3, 8},
        {"version: 1\nsource: s\nstate: t\ntargets: [a]\n", "a map of texts", 4, 10},
        {"version: 1\nsource: s\nstate: t\nlimits: {max-deletes: -1}\n", "0 to 2147483647", 4, 23},
        {"version: 1\nsource: s\nstate: t\nlimits: {max-delete-percent: 101}\n", "0 to 100", 4, 30},
        {"version: 1\nsource: s\nstate: t\nlimits: {adopt: maybe}\n", "never, if-equal and always",
         4, 17},
        {"- a\n", "a map", 1, 1},
        {"a: [\n", "", 2, 1},
        {"", "one document", 0, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_problem(&rows[i], 1);
}

static void units_brokenText_namesThePlace(void **state)
{
    static const broken rows[] = {
        {"version: 1\nunits:\n  a: {path: x}\n", "\"target\"", 3, 6},
        {"version: 1\nunits:\n  a: {target: t, exec: rm}\n", "no member \"exec\"", 3, 24},
        {"version: 1\nunits:\n  a/b: {target: t}\n", "a unit's name", 3, 8},
        {"version: 1\nunits:\n  a: {target: t, after: [b]}\n", "after b, which is no unit", 3, 6},
        {"version: 1\nunits:\n  a: {target: t, policy: {drift: ignore}}\n", "only the host", 3, 34},
        {"version: 1\nunits: []\n", "a map of units", 2, 8},
        {"version: 1\nunits:\n  a: text\n", "a map", 3, 6},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_problem(&rows[i], 0);
}

static void units_unknownTarget_isAProblem(void **state)
{
    gitops_error err;
    static const char text[] = "version: 1\nunits:\n  a: {target: other}\n";
    (void)state;
    assert_int_equal(read_host(HOST), 0);
    assert_int_equal(gitops_config_read_units(config, text, strlen(text), "f", &err), GITOPS_EPARSE);
    assert_string_equal(err.message, "the host has no target \"other\"");
    assert_int_equal(err.line, 3);
    assert_int_equal(err.column, 15);
}

static void read_outOfOrder_isRefused(void **state)
{
    (void)state;
    assert_int_equal(read_units(UNITS), 0);
    assert_int_equal(read_units(UNITS), GITOPS_ESTATE);
    assert_int_equal(read_host(HOST), GITOPS_ESTATE);
    assert_int_equal(gitops_config_read_host(NULL, "", 0, "f", NULL), GITOPS_EINVAL);
    assert_int_equal(gitops_config_read_units(NULL, "", 0, "f", NULL), GITOPS_EINVAL);
    assert_int_equal(gitops_config_new(NULL, context, NULL), GITOPS_EINVAL);
    gitops_config_free(NULL);
}

static void config_body(gitops_context *own, void *data)
{
    gitops_config *one = NULL;
    (void)data;
    int rc = gitops_config_new(&one, own, NULL);
    if (rc == 0)
        rc = gitops_config_read_host(one, HOST, strlen(HOST), "h", NULL);
    if (rc == 0)
        rc = gitops_config_read_units(one, UNITS, strlen(UNITS), "u", NULL);
    assert_true(rc == 0 || rc == GITOPS_ENOMEM);
    gitops_config_free(one);
}

static void config_everyAllocationFails_leavesNothing(void **state)
{
    (void)state;
    support_fail_every_allocation(config_body, NULL);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(host_everythingSaid_isThere),
        TEST(units_ofTheEnvironment_areThere),
        TEST(units_withoutAHost_areAllThere),
        TEST(options_ofAUnit_areTheTighterOfBoth),
        TEST(options_nothingSaid_areTheDefaultsAsBounds),
        TEST(selects_namesGlobsAndLabels),
        TEST(host_brokenText_namesThePlace),
        TEST(units_brokenText_namesThePlace),
        TEST(units_unknownTarget_isAProblem),
        TEST(read_outOfOrder_isRefused),
        TEST(config_everyAllocationFails_leavesNothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
