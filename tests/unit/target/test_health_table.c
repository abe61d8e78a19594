/* Tables of health: what their rows say, and what is no table. */
#include "health_support.h"

#include <stdio.h>

enum {
    HEALTHY = GITOPS_HEALTH_HEALTHY,
    SUSPENDED = GITOPS_HEALTH_SUSPENDED,
    PROGRESSING = GITOPS_HEALTH_PROGRESSING,
    MISSING = GITOPS_HEALTH_MISSING,
    DEGRADED = GITOPS_HEALTH_DEGRADED,
    UNKNOWN = GITOPS_HEALTH_UNKNOWN,
    TABLE = GITOPS_HEALTH_BY_TABLE
};

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

static void check(const char *rows, const char *prefix, const health_case *cases, size_t count)
{
    gitops_health_table *table = health_table(context, rows);
    health_check(context, table, prefix, cases, count, 0);
    gitops_health_table_free(table);
}

#define CHECK(rows, prefix, cases) check(rows, prefix, cases, sizeof(cases) / sizeof((cases)[0]))

#define SHOP "apiVersion: example.org/v1\nkind: Shop\n"

static void conditions_firstRowThatMatches_decides(void **state)
{
    static const health_case cases[] = {
        {"status: {conditions: [{type: Issuing, status: 'True'}, {type: Ready, status: 'True'}]}",
         PROGRESSING, TABLE, "Issuing"},
        {"status: {conditions: [{type: Ready, status: 'True', message: done}]}", HEALTHY, TABLE,
         "Ready: done"},
        {"status: {conditions: [{type: Ready, status: 'False', reason: Pending}]}", PROGRESSING,
         TABLE, "not Ready (Pending)"},
        {"status: {conditions: [{type: Ready, status: 'False', reason: DnsError}]}", DEGRADED,
         TABLE, "broken"},
        {"status: {conditions: [{type: Ready, status: 'False', reason: Gone}]}", DEGRADED, TABLE,
         NULL},
        {"status: {conditions: [{type: Ready, status: 'False'}]}", PROGRESSING, TABLE,
         "no row of the table matches yet"},
        {"spec: {}", SUSPENDED, TABLE, "no condition Ready"},
    };
    (void)state;
    CHECK("kinds:\n"
          "  Shop.example.org:\n"
          "  - {condition: Issuing, status: true, health: progressing}\n"
          "  - {condition: Ready, status: 'True', health: healthy}\n"
          "  - {condition: Ready, status: 'False', reason: Pending, health: progressing}\n"
          "  - {condition: Ready, status: false, reason: ['*Error', Gone], health: degraded,"
          " message: broken}\n"
          "  - {condition: Ready, exists: false, health: suspended}\n",
          SHOP, cases);
}

static void conditions_ofOlderGeneration_areNotThere(void **state)
{
    static const health_case cases[] = {
        {"metadata: {generation: 2}\nstatus: {conditions: [{type: Ready, status: 'True', "
         "observedGeneration: 1}]}",
         PROGRESSING, TABLE, "no row"},
        {"metadata: {generation: 2}\nstatus: {conditions: [{type: Ready, status: 'True', "
         "observedGeneration: 2}]}",
         HEALTHY, TABLE, "Ready"},
    };
    (void)state;
    CHECK("kinds: {Shop.example.org: ready}", SHOP, cases);
}

static void ready_word_isTheCommonPattern(void **state)
{
    static const health_case cases[] = {
        {"status: {conditions: [{type: Ready, status: 'True'}]}", HEALTHY, TABLE, "Ready"},
        {"status: {conditions: [{type: Ready, status: 'False', message: late}]}", DEGRADED, TABLE,
         "not Ready: late"},
        {"status: {conditions: [{type: Ready, status: Unknown}]}", PROGRESSING, TABLE,
         "unknown whether Ready"},
        {"spec: {}", PROGRESSING, TABLE, "no row of the table matches yet"},
        {"metadata: {deletionTimestamp: now}", PROGRESSING, GITOPS_HEALTH_BY_OBJECT, NULL},
    };
    (void)state;
    CHECK("kinds: {'*.example.org': ready}", SHOP, cases);
}

/* Other worlds have fields of their own, and documents that name no kind. */
static void fields_comparisons_decide(void **state)
{
    static const health_case cases[] = {
        {"state: running", HEALTHY, TABLE, "/state: running"},
        {"state: starting", PROGRESSING, TABLE, NULL},
        {"state: stop-pending", PROGRESSING, TABLE, NULL},
        {"state: stopped\nwanted: false", SUSPENDED, TABLE, NULL},
        {"error: {text: broken pipe}", DEGRADED, TABLE, "broken pipe"},
        {"error: {code: 3}", DEGRADED, TABLE, "/error"},
        {"error: null\nup: 3\nwanted: 3", HEALTHY, TABLE, "/up: 3"},
        {"up: 2.5\nwanted: 3", PROGRESSING, TABLE, "/up: 2.5"},
        {"wanted: 3", PROGRESSING, TABLE, "/up: absent"},
        {"up: two\nwanted: 3\nload: 95", DEGRADED, TABLE, "/load: 95"},
        {"load: 90.5", HEALTHY, TABLE, "the table says so"},
        {"state: 7", MISSING, TABLE, NULL},
        {"open: true", UNKNOWN, TABLE, "/open: true"},
    };
    (void)state;
    CHECK("kinds:\n"
          "  '*':\n"
          "  - {field: /error, health: degraded, message: /error/text}\n"
          "  - {field: /state, is: running, health: healthy}\n"
          "  - {field: /state, is: [starting, 'stop-*'], health: progressing}\n"
          "  - {field: /state, is: 7, health: missing}\n"
          "  - all: [{field: /state, is: stopped}, {field: /wanted, is-not: [true]}]\n"
          "    health: suspended\n"
          "  - {field: /up, at-least: /wanted, health: healthy}\n"
          "  - {field: /up, less-than: /wanted, health: progressing}\n"
          "  - {field: /load, at-least: 91, health: degraded}\n"
          "  - {field: /open, is: true, health: unknown}\n"
          "  - {health: healthy}\n",
          "", cases);
}

static void kinds_exactThenLongestGlob_decides(void **state)
{
    static const char table[] = "kinds:\n"
                                "  '*': missing\n"
                                "  '*.example.org': suspended\n"
                                "  Shop.example.org: degraded\n"
                                "  'Sh*.example.org': progressing\n"
                                "  Pod: healthy\n";
    static const struct {
        const char *text, *key;
        int32_t status;
    } cases[] = {
        {SHOP, NULL, DEGRADED},
        {"apiVersion: example.org/v1\nkind: Shelf", NULL, PROGRESSING},
        {"apiVersion: example.org/v1\nkind: Bag", NULL, SUSPENDED},
        {"apiVersion: example.com/v1\nkind: Shop", NULL, MISSING},
        {"apiVersion: v1\nkind: Pod\nstatus: {phase: Failed}", "_/Other/x", HEALTHY},
        {"a: 1", NULL, MISSING},
        {"a: 1", "shop/Shop.example.org/x", DEGRADED}, /* the key, where the document is silent */
        {"a: 1", "shop/Pod/x", HEALTHY},
        {"a: 1", "no key", MISSING},
    };
    gitops_health_table *compiled = health_table(context, table);
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        gitops_health health = health_of(context, compiled, cases[i].text, cases[i].key, 0);
        assert_int_equal(health.status, cases[i].status);
    }
    gitops_health_table_free(compiled);
    compiled = health_table(context, "kinds: {Pod: healthy}");
    assert_int_equal(health_of(context, compiled, SHOP, NULL, 0).basis, GITOPS_HEALTH_BY_NOTHING);
    gitops_health_table_free(compiled);
}

/* A table outlives the caller's hold on its document, and counts its own holders. */
static void table_holds_areCounted(void **state)
{
    gitops_health_table *table = health_table(context, "kinds: {Pod: suspended}");
    (void)state;
    assert_ptr_equal(gitops_health_table_ref(table), table);
    gitops_health_table_free(table);
    assert_int_equal(health_of(context, table, "a: 1", "_/Pod/x", 0).status, SUSPENDED);
    gitops_health_table_free(table);
    gitops_health_table_free(NULL);
}

static void malformedTables_areRefusedWithTheirPlace(void **state)
{
    static const struct {
        const char *text;
        uint32_t line, column;
        const char *message;
    } cases[] = {
        {"[]", 1, 1, "expected a table of health, which is a map with kinds"},
        {"{}", 1, 1, "expected kinds: a map from kinds to rows"},
        {"kinds: []", 1, 8, "expected kinds: a map from kinds to rows"},
        {"kinds: {}\nkind: {}", 2, 7, "unknown member \"kind\": expected kinds"},
        {"kinds: {A: 1}", 1, 12, "expected a list of rows, ready, or a health"},
        {"kinds: {A: []}", 1, 12, "expected a list of rows, ready, or a health"},
        {"kinds: {A: fine}", 1, 12, "expected health: healthy, suspended,"},
        {"kinds: {'': healthy}", 1, 13, "expected rows for a kind, such as Deployment.apps"},
        {"kinds: {A: [1]}", 1, 13, "expected a row, which is a map"},
        {"kinds: {A: [{}]}", 1, 13, "expected health:"},
        {"kinds: {A: [{health: Healthy}]}", 1, 22, "expected health:"},
        {"kinds: {A: [{health: healthy, message: 1}]}", 1, 40, "expected a text"},
        {"kinds: {A: [{health: healthy, status: x}]}", 1, 39, "unknown member \"status\""},
        {"kinds: {A: [{health: healthy, field: x}]}", 1, 38, "expected a JSON pointer"},
        {"kinds: {A: [{health: healthy, field: /x, status: y}]}", 1, 50, "unknown member"},
        {"kinds: {A: [{health: healthy, condition: ''}]}", 1, 42, "expected the type of a"},
        {"kinds: {A: [{health: healthy, condition: R, is: y}]}", 1, 49, "unknown member"},
        {"kinds: {A: [{health: healthy, condition: R, field: /x}]}", 1, 13, "expected a map with "},
        {"kinds: {A: [{health: healthy, condition: R, status: {}}]}", 1, 53, "expected a scalar "},
        {"kinds: {A: [{health: healthy, condition: R, reason: []}]}", 1, 53, "expected a scalar "},
        {"kinds: {A: [{health: healthy, field: /x, is: [[]]}]}", 1, 47, "expected a scalar"},
        {"kinds: {A: [{health: healthy, field: /x, is: 1, is-not: 2}]}", 1, 57,
         "expected one comparison"},
        {"kinds: {A: [{health: healthy, field: /x, exists: 1}]}", 1, 50, "expected true or false"},
        {"kinds: {A: [{health: healthy, field: /x, at-least: y}]}", 1, 52, "expected a number or"},
        {"kinds: {A: [{health: healthy, all: []}]}", 1, 36, "expected a list of tests"},
        {"kinds: {A: [{health: healthy, all: [1]}]}", 1, 37, "expected a map with either"},
        {"kinds: {A: [{health: healthy, all: [{field: /x, health: healthy}]}]}", 1, 37,
         "expected a test, the health stands beside all"},
        {"kinds: {A: [{health: healthy, all: [{field: /x}], field: /y}]}", 1, 58,
         "unknown member \"field\""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        gitops_document *document;
        gitops_health_table *table;
        gitops_error err = {0};
        const char *text = cases[i].text;
        assert_int_equal(
            gitops_document_parse(&document, context, text, strlen(text), "t.yaml", NULL), 0);
        assert_int_equal(gitops_health_table_parse(&table, context, document, &err), GITOPS_EPARSE);
        assert_null(table);
        if (err.line != cases[i].line || err.column != cases[i].column ||
            strncmp(err.message, cases[i].message, strlen(cases[i].message)) != 0)
            fail_msg("%s: %u:%u: %s", text, (unsigned)err.line, (unsigned)err.column, err.message);
        assert_string_equal(err.where, "t.yaml");
        gitops_document_free(document);
    }
    gitops_health_table *table;
    assert_int_equal(gitops_health_table_parse(&table, context, NULL, NULL), GITOPS_EINVAL);
    assert_int_equal(gitops_health_table_parse(NULL, context, NULL, NULL), GITOPS_EINVAL);
}

static void table_body(gitops_context *own, void *data)
{
    const char *text = "kinds: {A: ready, B: [{field: /x, less-than: /y, health: healthy, message: "
                       "m}, {all: [{condition: C}], health: degraded, message: /m}], C: healthy}";
    gitops_document *document;
    gitops_health_table *table;
    (void)data;
    if (gitops_document_parse(&document, own, text, strlen(text), "", NULL) < 0)
        return;
    int rc = gitops_health_table_parse(&table, own, document, NULL);
    assert_true(rc == 0 || rc == GITOPS_ENOMEM);
    gitops_document_free(document);
    gitops_health_table_free(table);
}

static void table_everyAllocationFails_cleanErrorOrSuccess(void **state)
{
    (void)state;
    support_fail_every_allocation(table_body, NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_context, close_context)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(conditions_firstRowThatMatches_decides),
        TEST(conditions_ofOlderGeneration_areNotThere),
        TEST(ready_word_isTheCommonPattern),
        TEST(fields_comparisons_decide),
        TEST(kinds_exactThenLongestGlob_decides),
        TEST(table_holds_areCounted),
        TEST(malformedTables_areRefusedWithTheirPlace),
        cmocka_unit_test(table_everyAllocationFails_cleanErrorOrSuccess),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
