/* schema: built-in without types, and schema files with their errors. */
#include "support.h"

#include <stdio.h>

#include "place_at.h"

typedef struct fixture {
    gitops_context *context;
    gitops_document *document;
    gitops_schema *schema;
    gitops_error err;
    int status;
} fixture;

static int setup(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    f->context = support_context_new();
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    fixture *f = *state;
    gitops_schema_free(f->schema);
    gitops_document_free(f->document);
    support_context_free(f->context);
    free(f);
    return 0;
}

/* Reads a schema file; the result is in f. */
static void parse(fixture *f, const char *text)
{
    gitops_schema_free(f->schema);
    gitops_document_free(f->document);
    f->schema = NULL;
    f->document = NULL;
    assert_int_equal(
        gitops_document_parse(&f->document, f->context, text, strlen(text), "schema.yaml", &f->err),
        0);
    f->status = gitops_schema_parse(&f->schema, f->context, f->document, &f->err);
}

static gops_schema_place at(fixture *f, const char *pointer)
{
    assert_int_equal(f->status, 0);
    return place_at(f->schema, NULL, pointer);
}

static void new_none_everyPlaceIsGeneric(void **state)
{
    fixture *f = *state;
    assert_int_equal(gitops_schema_new(&f->schema, f->context, GITOPS_SCHEMA_NONE, NULL), 0);
    gops_schema_place place = at(f, "/status/conditions/0/type");
    assert_int_equal(gops_schema_null_is_absent(f->schema), 0);
    assert_int_equal(place.list, GOPS_LIST_ATOMIC);
    assert_int_equal(place.map, GOPS_MAP_FREE);
    assert_int_equal(place.scalar, GOPS_SCALAR_PLAIN);
    assert_int_equal(place.ignored + place.sensitive + place.immutable, 0);
    assert_int_equal(place.omit_empty + place.defaulted, 0);
    assert_null(place.tuples);
}

static void new_badArguments_refused(void **state)
{
    fixture *f = *state;
    gitops_schema *schema = (gitops_schema *)f;
    assert_int_equal(gitops_schema_new(&schema, f->context, 3, &f->err), GITOPS_EINVAL);
    assert_null(schema);
    assert_string_equal(f->err.message, "schema: there is no built-in schema 3");
    assert_int_equal(gitops_schema_new(&schema, NULL, GITOPS_SCHEMA_NONE, NULL), GITOPS_EINVAL);
    assert_int_equal(gitops_schema_new(NULL, f->context, GITOPS_SCHEMA_NONE, NULL), GITOPS_EINVAL);
    assert_int_equal(gitops_schema_parse(&schema, f->context, NULL, NULL), GITOPS_EINVAL);
    assert_int_equal(gitops_schema_parse(NULL, f->context, f->document, NULL), GITOPS_EINVAL);
}

static void ref_freedTwice_livesUntilTheSecond(void **state)
{
    fixture *f = *state;
    parse(f, "{ignore: [/a]}");
    gitops_schema *again = gitops_schema_ref(f->schema);
    assert_ptr_equal(again, f->schema);
    gitops_schema_free(again);
    assert_int_equal(at(f, "/a").ignored, 1);
    gitops_schema_free(NULL);
}

static const char *const whole_example =
    "\"null\": absent\n"
    "lists:\n"
    "  /items: {list: map, keys: [name, port], defaults: {port: 80}}\n"
    "  /items/*/tags: {list: set}\n"
    "  /lines: {list: sequence}\n"
    "  /args: {list: atomic}\n"
    "maps: {/spec/strategy: retain-keys, /spec/pod: struct, /spec/selector: atomic, /x: free}\n"
    "defaulted: [/spec/claims]\n"
    "omit-empty: [/labels]\n"
    "ignore: [/status, /spec/replicas]\n"
    "sensitive: [/data/*]\n"
    "immutable: [/spec/selector]\n"
    "policies:\n"
    "  /p: observe\n"
    "  /p/q: {conflict: live}\n"
    "  /p/*/r: enforce\n"
    "  /i: ignore\n";

static void parse_everyMember_isApplied(void **state)
{
    fixture *f = *state;
    parse(f, whole_example);
    assert_int_equal(f->status, 0);
    assert_int_equal(gops_schema_null_is_absent(f->schema), 1);
    assert_int_equal(at(f, "/items").list, GOPS_LIST_MAP);
    assert_int_equal(at(f, "/items/3/tags").list, GOPS_LIST_SET);
    assert_int_equal(at(f, "/lines").list, GOPS_LIST_SEQUENCE);
    assert_int_equal(at(f, "/args").list, GOPS_LIST_ATOMIC);
    assert_int_equal(at(f, "/other").list, GOPS_LIST_ATOMIC);
    assert_int_equal(at(f, "/spec/strategy").map, GOPS_MAP_RETAIN_KEYS);
    assert_int_equal(at(f, "/spec/pod").map, GOPS_MAP_STRUCT);
    assert_int_equal(at(f, "/spec/selector").map, GOPS_MAP_ATOMIC);
    assert_int_equal(at(f, "/x").map, GOPS_MAP_FREE);
    assert_int_equal(at(f, "/spec/claims").defaulted, 1);
    assert_int_equal(at(f, "/spec").defaulted, 0);
    assert_int_equal(at(f, "/labels").omit_empty, 1);
    assert_int_equal(at(f, "/labels/a").omit_empty, 0);
}

static void assert_policy(gops_schema_place place, int conflict, int drift, int mode)
{
    assert_int_equal(place.policy.conflict, conflict);
    assert_int_equal(place.policy.drift, drift);
    assert_int_equal(place.policy.mode, mode);
}

/* What a path says holds below, and what is said there comes in its place, part by part. */
static void parse_policies_holdBelow(void **state)
{
    fixture *f = *state;
    parse(f, whole_example);
    assert_policy(at(f, "/other"), 0, 0, 0);
    assert_policy(at(f, "/p/z/z"), 0, 0, GITOPS_MODE_OBSERVE);
    assert_policy(at(f, "/p/q"), GITOPS_CONFLICT_LIVE, 0, GITOPS_MODE_OBSERVE);
    assert_policy(at(f, "/p/q/r/deep"), GITOPS_CONFLICT_DESIRED, GITOPS_DRIFT_REVERT,
                  GITOPS_MODE_ENFORCE);
    assert_policy(at(f, "/i/x"), 0, 0, 0);
    assert_int_equal(at(f, "/i/x").ignored, 1);
}

static void parse_defaultOfNoKey_isAcceptedAndIdentifiesNothing(void **state)
{
    fixture *f = *state;
    parse(f, "lists: {/a: {list: map, keys: [name], defaults: {protocol: TCP, labels: {}}}}");
    assert_int_equal(f->status, 0);
    gops_schema_place place = at(f, "/a");
    assert_int_equal(place.tuples[0].count, 1);
    assert_string_equal(place.tuples[0].keys[0].name, "name");
    assert_null(place.tuples[0].keys[0].default_value);
}

static void parse_flags_holdForEverythingBelow(void **state)
{
    fixture *f = *state;
    parse(f, whole_example);
    assert_int_equal(at(f, "/status").ignored, 1);
    assert_int_equal(at(f, "/status/a/0/b").ignored, 1);
    assert_int_equal(at(f, "/spec").ignored, 0);
    assert_int_equal(at(f, "/spec/replicas").ignored, 1);
    assert_int_equal(at(f, "/data").sensitive, 0);
    assert_int_equal(at(f, "/data/password").sensitive, 1);
    assert_int_equal(at(f, "/data/password/deep").sensitive, 1);
    assert_int_equal(at(f, "/spec/selector/matchLabels").immutable, 1);
    assert_int_equal(at(f, "/spec/pod").immutable, 0);
}

static void parse_keys_keepOrderAndDefaults(void **state)
{
    fixture *f = *state;
    parse(f, whole_example);
    gops_schema_place place = at(f, "/items");
    assert_int_equal(place.tuple_count, 1);
    assert_int_equal(place.tuples[0].count, 2);
    assert_string_equal(place.tuples[0].keys[0].name, "name");
    assert_null(place.tuples[0].keys[0].default_value);
    assert_string_equal(place.tuples[0].keys[1].name, "port");
    int64_t port = 0;
    assert_int_equal(gitops_value_int64(place.tuples[0].keys[1].default_value, &port), 0);
    assert_int_equal(port, 80);
    gitops_document_free(f->document); /* the schema borrows nothing from it */
    f->document = NULL;
    assert_int_equal(gitops_value_int64(place.tuples[0].keys[1].default_value, &port), 0);
}

static void parse_emptyMap_isLikeNone(void **state)
{
    fixture *f = *state;
    parse(f, "{}");
    assert_int_equal(gops_schema_null_is_absent(f->schema), 0);
    assert_int_equal(at(f, "/a").map, GOPS_MAP_FREE);
    parse(f, "\"null\": value");
    assert_int_equal(gops_schema_null_is_absent(f->schema), 0);
}

static void pattern_emptyText_isTheRoot(void **state)
{
    fixture *f = *state;
    parse(f, "{maps: {\"\": struct}, sensitive: [\"\"]}");
    assert_int_equal(at(f, "").map, GOPS_MAP_STRUCT);
    assert_int_equal(at(f, "/a/b").sensitive, 1);
    assert_int_equal(at(f, "/a/b").map, GOPS_MAP_FREE);
}

static void pattern_escapes_nameAnyKey(void **state)
{
    fixture *f = *state;
    parse(f, "ignore: [/a~1b, /c~0d, /e/, /~01, \"/~0[a]\"]");
    assert_int_equal(at(f, "/a~1b").ignored, 1);
    assert_int_equal(at(f, "/a/b").ignored, 0);
    assert_int_equal(at(f, "/c~0d").ignored, 1);
    assert_int_equal(at(f, "/e").ignored, 0);
    assert_int_equal(at(f, "/e/").ignored, 1);
    assert_int_equal(at(f, "/~01").ignored, 1);
    assert_int_equal(at(f, "/~0[a]").ignored, 1);
}

static void pattern_index_matchesThatElementOnly(void **state)
{
    fixture *f = *state;
    parse(f, "{ignore: [/list/10/a], sensitive: [/list/*/a]}");
    assert_int_equal(at(f, "/list/10/a").ignored, 1);
    assert_int_equal(at(f, "/list/1/a").ignored, 0);
    assert_int_equal(at(f, "/list/1/a").sensitive, 1);
    assert_int_equal(at(f, "/list/10/a").sensitive, 1);
}

static void pattern_overlap_flagsAddUp(void **state)
{
    fixture *f = *state;
    parse(f, "{ignore: [/a/*/c], sensitive: [/*/b/c], immutable: [/a/b/*], omit-empty: [/*/*/*]}");
    gops_schema_place place = at(f, "/a/b/c");
    assert_int_equal(place.ignored, 1);
    assert_int_equal(place.sensitive, 1);
    assert_int_equal(place.immutable, 1);
    assert_int_equal(place.omit_empty, 1);
    place = at(f, "/x/b/c");
    assert_int_equal(place.ignored, 0);
    assert_int_equal(place.sensitive, 1);
    assert_int_equal(place.immutable, 0);
    place = at(f, "/a/x/c");
    assert_int_equal(place.ignored, 1);
    assert_int_equal(place.sensitive, 0);
    place = at(f, "/x/y/z");
    assert_int_equal(place.omit_empty, 1);
    assert_int_equal(place.ignored + place.sensitive + place.immutable, 0);
}

static void pattern_overlap_firstLiteralDecidesKind(void **state)
{
    fixture *f = *state;
    parse(f, "lists: {/a/*: {list: set}, '/*/b': {list: map, keys: [id]}, '/*/*': {list: sequence},"
             " '/c/d': {list: atomic}}\n"
             "maps: {'/*/b': atomic}");
    assert_int_equal(at(f, "/a/b").list, GOPS_LIST_SET);
    assert_null(at(f, "/a/b").tuples);
    assert_int_equal(at(f, "/a/b").map, GOPS_MAP_ATOMIC);
    assert_int_equal(at(f, "/x/b").list, GOPS_LIST_MAP);
    assert_int_equal(at(f, "/x/y").list, GOPS_LIST_SEQUENCE);
    assert_int_equal(at(f, "/c/d").list, GOPS_LIST_ATOMIC);
    assert_int_equal(at(f, "/c/e").list, GOPS_LIST_SEQUENCE);
}

static void pattern_manySiblings_areFound(void **state)
{
    fixture *f = *state;
    char text[20000] = "ignore: [";
    for (int i = 0; i < 1000; i += 2)
        sprintf(text + strlen(text), "/k%d/v,", (i * 7919) % 1000);
    strcat(text, "]");
    parse(f, text);
    for (int i = 0; i < 1000; i++) {
        char pointer[32];
        sprintf(pointer, "/k%d/v", i);
        assert_int_equal(at(f, pointer).ignored, i % 2 == 0);
    }
}

static void parse_wrongInput_errorAtItsPlace(void **state)
{
    static const struct {
        const char *text;
        uint32_t line, column;
        const char *message;
    } cases[] = {
        {"[a]", 1, 1, "expected a schema, which is a map"},
        {"'null': absent\nlist: {}\n", 2, 7,
         "unknown member \"list\": expected null, kinds, objects, lists, maps, scalars, defaulted, "
         "omit-empty, ignore, sensitive, immutable or policies"},
        {"objects: {}", 1, 10, "expected a list of rules for objects"},
        {"objects: [a]", 1, 11, "expected a map with kinds, namespaces, names or labels"},
        {"objects: [{ignore: [/a]}]", 1, 11,
         "expected kinds, namespaces, names or labels beside the rules"},
        {"objects: [{kinds: 1}]", 1, 19, "expected a text, in which * stands for any characters"},
        {"objects: [{names: [a]}]", 1, 19, "expected a text, in which * stands for any characters"},
        {"objects: [{labels: {}}]", 1, 20, "expected a map of 1 to 16 labels"},
        {"objects: [{labels: {a: 1}}]", 1, 24,
         "expected a text, in which * stands for any characters"},
        {"objects: [{names: a, 'null': absent}]", 1, 30,
         "unknown member \"null\": expected lists, maps, scalars, defaulted, omit-empty, ignore, "
         "sensitive, immutable or policies"},
        {"objects: [{kinds: a/b, ignore: [/a]}]", 1, 11,
         "a kind is written with its group after it, such as Deployment.apps; \"*\" stands for "
         "any characters"},
        {"'null': maybe", 1, 9, "expected absent or value"},
        {"'null': null", 1, 9, "expected absent or value"},
        {"ignore: [1]", 1, 10, "expected a path pattern, or {manager: NAME}"},
        {"ignore: [{manager: a, path: /b}]", 1, 10, "expected a path pattern, or {manager: NAME}"},
        {"ignore: [{manager: ''}]", 1, 20, "a field manager has a name"},
        {"sensitive: [{manager: a}]", 1, 13, "expected a path pattern"},
        {"policies: [/a]", 1, 11, "expected a map from path patterns to modes and policies"},
        {"policies: {/a: mend}", 1, 16,
         "expected ignore, observe, alert, adopt, enforce, or a map with conflict or drift"},
        {"policies: {/a: {drift: live}}", 1, 24, "expected revert, report or ignore"},
        {"policies: {/a: {conflict: 1}}", 1, 27, "expected desired, live, fail or callback"},
        {"policies: {/a: {mode: alert}}", 1, 23,
         "unknown member \"mode\": expected conflict or drift"},
        {"lists: [/a]", 1, 8, "expected a map from path patterns to lists"},
        {"lists:\n  /a: set\n", 2, 7,
         "expected a map with list and, for a list: map, keys and defaults"},
        {"lists:\n  /a: {keys: [a]}\n", 2, 7, "expected list: map, set, atomic or sequence"},
        {"lists:\n  /a: {list: bag}\n", 2, 14, "expected map, set, atomic or sequence"},
        {"lists:\n  /a: {list: 1}\n", 2, 14, "expected map, set, atomic or sequence"},
        {"lists:\n  /a: {list: map}\n", 2, 7,
         "expected keys, because the elements of a list: map are found by them"},
        {"lists:\n  /a: {list: map, keys: []}\n", 2, 25, "expected a list of 1 to 16 keys"},
        {"lists:\n  /a: {list: map, keys: a}\n", 2, 25, "expected a list of 1 to 16 keys"},
        {"lists:\n  /a: {list: map, keys: [a, 2]}\n", 2, 29, "expected the name of a member"},
        {"lists:\n  /a: {list: map, keys: ['']}\n", 2, 26, "expected the name of a member"},
        {"lists:\n  /a: {list: map, keys: [\"a\\0b\"]}\n", 2, 26, "expected the name of a member"},
        {"lists:\n  /a: {list: map, keys: [a, b, a]}\n", 2, 32, "expected every key once"},
        {"lists:\n  /a: {list: set, keys: [a]}\n", 2, 25,
         "expected keys and defaults in a list: map only"},
        {"lists:\n  /a: {list: set, defaults: {a: 1}}\n", 2, 29,
         "expected keys and defaults in a list: map only"},
        {"lists:\n  /a: {list: map, keys: [a], defaults: [1]}\n", 2, 40,
         "expected a map from members to their default values"},
        {"lists:\n  /a: {list: map, keys: [a], defaults: {a: [1]}}\n", 2, 44,
         "expected a string, number or boolean"},
        {"lists:\n  /a: {list: map, keys: [a], defaults: {a: null}}\n", 2, 44,
         "expected a string, number or boolean"},
        {"lists:\n  /a: {list: set, order: 1}\n", 2, 26,
         "unknown member \"order\": expected list, keys or defaults"},
        {"lists:\n  a: {list: set}\n", 2, 6, "a path pattern is empty or starts with \"/\""},
        {"maps: atomic", 1, 7,
         "expected a map from path patterns to free, struct, atomic or retain-keys"},
        {"maps: {/a: granular}", 1, 12, "expected free, struct, atomic or retain-keys"},
        {"maps:\n  /a~2: free\n", 2, 9,
         "in a path pattern \"~\" is written \"~0\" and \"/\" in a name \"~1\""},
        {"ignore: /a", 1, 9, "expected a list of path patterns"},
        {"defaulted: [/a, {b: c}]", 1, 17, "expected a path pattern"},
        {"sensitive: [/a, b]", 1, 17, "a path pattern is empty or starts with \"/\""},
        {"immutable:\n- /a~\n", 2, 3,
         "in a path pattern \"~\" is written \"~0\" and \"/\" in a name \"~1\""},
        {"omit-empty:\n", 1, 0, "expected a list of path patterns"},
    };
    fixture *f = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        parse(f, cases[i].text);
        if (f->status != GITOPS_EPARSE)
            fail_msg("no error: %s", cases[i].text);
        assert_null(f->schema);
        assert_string_equal(f->err.message, cases[i].message);
        assert_int_equal(f->err.line, cases[i].line);
        if (cases[i].column)
            assert_int_equal(f->err.column, cases[i].column);
    }
}

static void pattern_tooManySegments_limit(void **state)
{
    fixture *f = *state;
    char text[2000] = "ignore: [";
    for (int i = 0; i < 256; i++)
        strcat(text, "/a");
    size_t length = strlen(text);
    strcpy(text + length, "]");
    parse(f, text);
    assert_int_equal(f->status, 0);
    strcpy(text + length, "/a]");
    parse(f, text);
    assert_int_equal(f->status, GITOPS_ELIMIT);
    assert_int_equal(f->err.column, 10);
    assert_string_equal(f->err.message, "a path pattern has at most 256 segments");
}

static void pattern_tooMany_limit(void **state)
{
    fixture *f = *state;
    char *text = malloc(200000);
    assert_non_null(text);
    strcpy(text, "ignore:\n");
    char *p = text + strlen(text);
    for (int i = 0; i < 10001; i++)
        p += sprintf(p, "- /a%d\n", i % 100);
    parse(f, text);
    free(text);
    assert_int_equal(f->status, GITOPS_ELIMIT);
    assert_int_equal(f->err.line, 10002);
    assert_string_equal(f->err.message, "a schema has at most 10000 path patterns");
}

/* 24 patterns of 24 segments, all "*" but one: 2^24 sets without a limit. */
static void pattern_madeToMultiply_limit(void **state)
{
    fixture *f = *state;
    char text[4000] = "ignore:\n";
    for (int i = 0; i < 24; i++) {
        strcat(text, "- ");
        for (int j = 0; j < 24; j++)
            strcat(text, i == j ? "/a" : "/*");
        strcat(text, "\n");
    }
    parse(f, text);
    assert_int_equal(f->status, GITOPS_ELIMIT);
    assert_string_equal(f->err.message, "path patterns with \"*\" overlap in too many ways");
}

static void member_keyWithNul_isAnotherKey(void **state)
{
    fixture *f = *state;
    gops_schema_place root, place;
    parse(f, "ignore: [/ab]");
    gops_schema_root(f->schema, NULL, &root);
    gops_schema_member(&root, "ab\0c", 4, NULL, &place);
    assert_int_equal(place.ignored, 0);
    gops_schema_member(&root, "ab", 2, NULL, &place);
    assert_int_equal(place.ignored, 1);
}

static void parse_body(gitops_context *context, void *data)
{
    gitops_document *document = NULL;
    gitops_schema *schema = NULL;
    gitops_error err;
    int status = gitops_document_parse(&document, context, data, strlen(data), "s", &err);
    if (status == 0)
        status = gitops_schema_parse(&schema, context, document, &err);
    assert_true(status == 0 || status == GITOPS_ENOMEM);
    assert_int_equal(schema != NULL, status == 0);
    if (schema)
        assert_int_equal(place_at(schema, NULL, "/items/0/tags").list, GOPS_LIST_SET);
    gitops_schema_free(schema);
    gitops_document_free(document);
}

static void parse_everyAllocationFails_errorOrWholeSchema(void **state)
{
    (void)state;
    support_fail_every_allocation(parse_body, (void *)whole_example);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(new_none_everyPlaceIsGeneric),
        TEST(new_badArguments_refused),
        TEST(ref_freedTwice_livesUntilTheSecond),
        TEST(parse_everyMember_isApplied),
        TEST(parse_policies_holdBelow),
        TEST(parse_defaultOfNoKey_isAcceptedAndIdentifiesNothing),
        TEST(parse_flags_holdForEverythingBelow),
        TEST(parse_keys_keepOrderAndDefaults),
        TEST(parse_emptyMap_isLikeNone),
        TEST(parse_wrongInput_errorAtItsPlace),
        TEST(pattern_emptyText_isTheRoot),
        TEST(pattern_escapes_nameAnyKey),
        TEST(pattern_index_matchesThatElementOnly),
        TEST(pattern_overlap_flagsAddUp),
        TEST(pattern_overlap_firstLiteralDecidesKind),
        TEST(pattern_manySiblings_areFound),
        TEST(pattern_tooManySegments_limit),
        TEST(pattern_tooMany_limit),
        TEST(pattern_madeToMultiply_limit),
        TEST(member_keyWithNul_isAnotherKey),
        cmocka_unit_test(parse_everyAllocationFails_errorOrWholeSchema),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
