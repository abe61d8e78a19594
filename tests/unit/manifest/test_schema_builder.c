/* schema: rules by calls, rules for some kinds, schemas over each other, and no memory for them. */
#include "support.h"

#include <stdio.h>

#include "defined_fixture.h"
#include "place_at.h"

/* A schema of these rules; f->status is that of the first call that failed. */
static void build(fixture *f, const gitops_schema_rule *rules, size_t count)
{
    gitops_schema_builder *builder = NULL;
    gitops_schema_free(f->schema);
    f->schema = NULL;
    f->status = gitops_schema_builder_new(&builder, f->context, &f->err);
    for (size_t i = 0; i < count && f->status == 0; i++)
        f->status = gitops_schema_builder_rule(builder, &rules[i], &f->err);
    if (f->status == 0)
        f->status = gitops_schema_builder_finish(&f->schema, builder, &f->err);
    gitops_schema_builder_free(builder);
}

static void assert_rule_refused(fixture *f, gitops_schema_rule rule, int code, const char *message)
{
    rule.struct_size = sizeof rule;
    build(f, &rule, 1);
    assert_string_equal(f->err.message, message);
    assert_int_equal(f->status, code);
    assert_null(f->schema);
}

#define RULE .struct_size = sizeof(gitops_schema_rule)

static void rule_everyKind_isApplied(void **state)
{
    static const char *const keys[] = {"name", "port"}, *const defaults[] = {NULL, "80"};
    const gitops_schema_rule rules[] = {
        {RULE, .path = "/items", .list = GITOPS_LIST_MAP, .keys = keys, .defaults = defaults,
         .key_count = 2},
        {RULE, .path = "/items/*/tags", .list = GITOPS_LIST_SET},
        {RULE, .path = "/lines", .list = GITOPS_LIST_SEQUENCE},
        {RULE, .path = "/args", .list = GITOPS_LIST_ATOMIC},
        {RULE, .path = "/one", .map = GITOPS_MAP_STRUCT, .flags = GITOPS_RULE_OMIT_EMPTY},
        {RULE, .path = "/two", .map = GITOPS_MAP_RETAIN_KEYS, .flags = GITOPS_RULE_DEFAULTED},
        {RULE, .path = "/cpu", .scalar = GITOPS_SCALAR_QUANTITY},
        {RULE, .path = "/port", .scalar = GITOPS_SCALAR_INT_OR_STRING},
        {RULE, .path = "/at", .scalar = GITOPS_SCALAR_TIME},
        {RULE, .path = "/every", .scalar = GITOPS_SCALAR_DURATION},
        {RULE, .path = "/memory", .scalar = GITOPS_SCALAR_RESOURCE},
        {RULE, .path = "/text", .scalar = GITOPS_SCALAR_NEWLINE},
        {RULE, .path = "/mode", .scalar = GITOPS_SCALAR_CASE},
        {RULE, .path = "/version", .scalar = GITOPS_SCALAR_SEMVER},
        {RULE, .path = "/secret", .flags = GITOPS_RULE_SENSITIVE | GITOPS_RULE_IMMUTABLE},
        {RULE, .path = "/watched", .mode = GITOPS_MODE_OBSERVE},
        {RULE, .path = "/kept", .mode = GITOPS_MODE_IGNORE},
        {RULE, .path = "/loose", .conflict = GITOPS_CONFLICT_LIVE, .drift = GITOPS_DRIFT_REPORT},
        {RULE, .map = GITOPS_MAP_ATOMIC},
    };
    fixture *f = *state;
    build(f, rules, sizeof rules / sizeof *rules);
    assert_int_equal(gops_schema_null_is_absent(f->schema), 0);
    gops_schema_place items = at(f, "v1/A", "/items");
    assert_int_equal(items.list, GOPS_LIST_MAP);
    assert_string_equal(keys_of(&items), "name,port=80");
    assert_int_equal(gitops_value_type(items.tuples[0].keys[1].default_value), GITOPS_VALUE_NUMBER);
    assert_int_equal(at(f, "v1/A", "/items/1/tags").list, GOPS_LIST_SET);
    assert_int_equal(at(f, "v1/A", "/lines").list, GOPS_LIST_SEQUENCE);
    assert_int_equal(at(f, "v1/A", "/args").list, GOPS_LIST_ATOMIC);
    assert_int_equal(at(f, "v1/A", "/one").map, GOPS_MAP_STRUCT);
    assert_int_equal(at(f, "v1/A", "/one").omit_empty, 1);
    assert_int_equal(at(f, "v1/A", "/two").map, GOPS_MAP_RETAIN_KEYS);
    assert_int_equal(at(f, "v1/A", "/two").defaulted, 1);
    assert_int_equal(at(f, "v1/A", "/cpu").scalar, GOPS_SCALAR_QUANTITY);
    assert_int_equal(at(f, "v1/A", "/port").scalar, GOPS_SCALAR_INT_OR_STRING);
    assert_int_equal(at(f, "v1/A", "/at").scalar, GOPS_SCALAR_TIME);
    assert_int_equal(at(f, "v1/A", "/every").scalar, GOPS_SCALAR_DURATION);
    assert_int_equal(at(f, "v1/A", "/memory").scalar, GOPS_SCALAR_RESOURCE);
    assert_int_equal(at(f, "v1/A", "/text").scalar, GOPS_SCALAR_NEWLINE);
    assert_int_equal(at(f, "v1/A", "/mode").scalar, GOPS_SCALAR_CASE);
    assert_int_equal(at(f, "v1/A", "/version").scalar, GOPS_SCALAR_SEMVER);
    assert_int_equal(at(f, "v1/A", "/secret/deep").sensitive, 1);
    assert_int_equal(at(f, "v1/A", "/secret/deep").immutable, 1);
    assert_int_equal(at(f, "v1/A", "/watched/a").policy.mode, GITOPS_MODE_OBSERVE);
    assert_int_equal(at(f, "v1/A", "/kept/a").ignored, 1);
    assert_int_equal(at(f, "v1/A", "/loose").policy.conflict, GITOPS_CONFLICT_LIVE);
    assert_int_equal(at(f, "v1/A", "/loose").policy.drift, GITOPS_DRIFT_REPORT);
    assert_int_equal(at(f, "v1/A", "").map, GOPS_MAP_ATOMIC);
}

static void rule_twice_addsFlagsAndChangesTheRest(void **state)
{
    static const char *const keys[] = {"id"};
    const gitops_schema_rule rules[] = {
        {RULE, .path = "/a", .list = GITOPS_LIST_MAP, .keys = keys, .key_count = 1,
         .flags = GITOPS_RULE_IGNORED},
        {RULE, .path = "/a", .list = GITOPS_LIST_SET, .flags = GITOPS_RULE_SENSITIVE},
        {RULE, .path = "/a", .map = GITOPS_MAP_ATOMIC},
    };
    fixture *f = *state;
    build(f, rules, 3);
    gops_schema_place place = at(f, "v1/A", "/a");
    assert_int_equal(place.list, GOPS_LIST_SET);
    assert_int_equal(place.tuple_count, 0);
    assert_int_equal(place.map, GOPS_MAP_ATOMIC);
    assert_int_equal(place.ignored, 1);
    assert_int_equal(place.sensitive, 1);
}

static void rule_wrong_refused(void **state)
{
    static const char *const keys[] = {"a", "a"}, *const empty[] = {""};
    static const char *const list_default[] = {"[1]", NULL}, *const broken[] = {"{", NULL};
    const char *key_count = "schema rule: a list that is a map has 1 to 16 keys, others have none";
    const char *bad_key = "schema rule: a key is empty or stands twice";
    fixture *f = *state;
    assert_rule_refused(f, (gitops_schema_rule){.list = 5}, GITOPS_EINVAL,
                        "schema rule: there is no list kind 5");
    assert_rule_refused(f, (gitops_schema_rule){.map = -1}, GITOPS_EINVAL,
                        "schema rule: there is no map kind -1");
    assert_rule_refused(f, (gitops_schema_rule){.scalar = 10}, GITOPS_EINVAL,
                        "schema rule: there is no scalar kind 10");
    assert_rule_refused(f, (gitops_schema_rule){.flags = 33}, GITOPS_EINVAL,
                        "schema rule: there is no flag 32");
    assert_rule_refused(f, (gitops_schema_rule){.manager = "a", .mode = GITOPS_MODE_OBSERVE},
                        GITOPS_EINVAL,
                        "schema rule: of a manager there is the mode to ignore, and nothing else");
    assert_rule_refused(f, (gitops_schema_rule){.mode = 6}, GITOPS_EINVAL,
                        "schema rule: there is no mode 6");
    assert_rule_refused(f, (gitops_schema_rule){.conflict = 5}, GITOPS_EINVAL,
                        "schema rule: there is no conflict policy 5");
    assert_rule_refused(f, (gitops_schema_rule){.drift = -1}, GITOPS_EINVAL,
                        "schema rule: there is no drift policy -1");
    assert_rule_refused(
        f, (gitops_schema_rule){.mode = GITOPS_MODE_ALERT, .drift = GITOPS_DRIFT_REPORT},
        GITOPS_EINVAL, "schema rule: a mode decides alone, without policies beside it");
    assert_rule_refused(f, (gitops_schema_rule){.list = GITOPS_LIST_MAP}, GITOPS_EINVAL, key_count);
    assert_rule_refused(f, (gitops_schema_rule){.keys = keys, .key_count = 1}, GITOPS_EINVAL,
                        key_count);
    assert_rule_refused(
        f, (gitops_schema_rule){.list = GITOPS_LIST_MAP, .keys = keys, .key_count = 17},
        GITOPS_EINVAL, key_count);
    assert_rule_refused(f,
                        (gitops_schema_rule){.list = GITOPS_LIST_MAP, .keys = keys, .key_count = 2},
                        GITOPS_EINVAL, bad_key);
    assert_rule_refused(
        f, (gitops_schema_rule){.list = GITOPS_LIST_MAP, .keys = empty, .key_count = 1},
        GITOPS_EINVAL, bad_key);
    assert_rule_refused(
        f,
        (gitops_schema_rule){
            .list = GITOPS_LIST_MAP, .keys = keys, .defaults = list_default, .key_count = 1},
        GITOPS_EPARSE, "expected a string, number or boolean");
    assert_rule_refused(f, (gitops_schema_rule){.path = "a"}, GITOPS_EPARSE,
                        "a path pattern is empty or starts with \"/\"");
    assert_rule_refused(f, (gitops_schema_rule){.kinds = "apps/Deployment"}, GITOPS_EPARSE,
                        "a kind is written with its group after it, such as Deployment.apps; "
                        "\"*\" stands for any characters");
    gitops_schema_rule rule = {RULE, .list = GITOPS_LIST_MAP, .keys = keys, .defaults = broken,
                               .key_count = 1};
    build(f, &rule, 1);
    assert_int_equal(f->status, GITOPS_EPARSE);
}

static void builder_afterItsEnd_refused(void **state)
{
    fixture *f = *state;
    gitops_schema_builder *builder = NULL;
    gitops_schema *again = NULL;
    gitops_schema_rule rule = {RULE, .path = "/a"}, bad = {RULE, .path = "a"};
    f->status = gitops_schema_builder_new(&builder, f->context, NULL);
    assert_int_equal(f->status, 0);
    assert_int_equal(gitops_schema_builder_null(builder, 3, &f->err), GITOPS_EINVAL);
    assert_int_equal(gitops_schema_builder_null(builder, GITOPS_NULL_ABSENT, NULL), 0);
    assert_int_equal(gitops_schema_builder_finish(&f->schema, builder, NULL), 0);
    assert_int_equal(gops_schema_null_is_absent(f->schema), 1);
    assert_int_equal(gitops_schema_builder_finish(&again, builder, &f->err), GITOPS_EINVAL);
    assert_string_equal(f->err.message, "schema builder: it made its schema before");
    assert_int_equal(gitops_schema_builder_rule(builder, &rule, NULL), GITOPS_EINVAL);
    gitops_schema_builder_free(builder);
    assert_int_equal(gitops_schema_builder_new(&builder, f->context, NULL), 0);
    assert_int_equal(gitops_schema_builder_rule(builder, &bad, NULL), GITOPS_EPARSE);
    assert_int_equal(gitops_schema_builder_rule(builder, &rule, &f->err), GITOPS_EINVAL);
    assert_string_equal(f->err.message, "schema builder: it failed before");
    assert_int_equal(gitops_schema_builder_add(builder, NULL, NULL), GITOPS_EINVAL);
    gitops_schema_builder_free(builder);
    gitops_schema_builder_free(NULL);
    assert_int_equal(gitops_schema_builder_new(NULL, f->context, NULL), GITOPS_EINVAL);
    assert_int_equal(gitops_schema_builder_new(&builder, NULL, NULL), GITOPS_EINVAL);
}

static void kinds_namedInAFile_getTheirRulesOnly(void **state)
{
    fixture *f = *state;
    define(f, "ignore: [/all]\n"
              "kinds:\n"
              "  ConfigMap: {ignore: [/core]}\n"
              "  Deployment.apps: {ignore: [/spec/replicas], scalars: {/spec/every: duration}}\n"
              "  '*.example.org': {ignore: [/group]}\n"
              "  'A*': {ignore: [/prefix]}\n"
              "  '*': {ignore: [/kind]}\n");
    assert_int_equal(at(f, "v1/ConfigMap", "/core").ignored, 1);
    assert_int_equal(at(f, "x/v1/ConfigMap", "/core").ignored, 0);
    assert_int_equal(at(f, "apps/v1/Deployment", "/spec/replicas").ignored, 1);
    assert_int_equal(at(f, "apps/v1beta1/Deployment", "/spec/every").scalar, GOPS_SCALAR_DURATION);
    assert_int_equal(at(f, "v1/Deployment", "/spec/replicas").ignored, 0);
    assert_int_equal(at(f, "example.org/v1/B", "/group").ignored, 1);
    assert_int_equal(at(f, "sub.example.org/v1/B", "/group").ignored, 1);
    assert_int_equal(at(f, "example.com/v1/B", "/group").ignored, 0);
    assert_int_equal(at(f, "v1/Ab", "/prefix").ignored, 1);
    assert_int_equal(at(f, "v1/B", "/prefix").ignored, 0);
    assert_int_equal(at(f, "v1/B", "/kind").ignored, 1);
    assert_int_equal(at(f, "v1/B", "/all").ignored, 1);
    assert_int_equal(place_at(f->schema, NULL, "/all").ignored, 1);
    assert_int_equal(place_at(f->schema, NULL, "/kind").ignored, 0);
}

static void kinds_severalThatMatch_theNarrowestDecides(void **state)
{
    fixture *f = *state;
    define(f, "lists: {/a/b: {list: atomic}, /c: {list: set}}\n"
              "sensitive: [/a/b]\n"
              "kinds:\n"
              "  '*': {lists: {/a/b: {list: sequence}}, ignore: [/a/b]}\n"
              "  Thing.example.org: {lists: {'/a/*': {list: set}}}\n"
              "  '*.example.org': {lists: {/a/b: {list: map, keys: [k]}}, maps: {/a/b: struct}}\n");
    gops_schema_place place = at(f, "example.org/v1/Thing", "/a/b");
    assert_int_equal(place.list, GOPS_LIST_SET);
    assert_int_equal(place.map, GOPS_MAP_STRUCT);
    assert_int_equal(place.ignored + place.sensitive, 2);
    assert_int_equal(at(f, "example.org/v1/Other", "/a/b").list, GOPS_LIST_MAP);
    assert_int_equal(at(f, "v1/Other", "/a/b").list, GOPS_LIST_SEQUENCE);
    assert_int_equal(at(f, "v1/Other", "/c").list, GOPS_LIST_SET);
    assert_int_equal(place_at(f->schema, NULL, "/a/b").list, GOPS_LIST_ATOMIC);
}

static void kinds_wrong_errorAtItsPlace(void **state)
{
    fixture *f = *state;
    assert_refused(f, "kinds: [a]", GITOPS_EPARSE, 1, 8,
                   "expected a map from kinds to their rules");
    assert_refused(f, "kinds: {A: 1}", GITOPS_EPARSE, 1, 12, "expected a kind with a map of rules");
    assert_refused(f, "kinds: {'': {}}", GITOPS_EPARSE, 1, 13,
                   "expected a kind with a map of rules");
    assert_refused(f, "kinds:\n  apps/A: {}\n", GITOPS_EPARSE, 2, 11,
                   "a kind is written with its group after it, such as Deployment.apps; \"*\" "
                   "stands for any characters");
    assert_refused(f, "kinds: {A: {'null': absent}}", GITOPS_EPARSE, 1, 21,
                   "unknown member \"null\": expected lists, maps, scalars, defaulted, omit-empty, "
                   "ignore, sensitive, immutable or policies");
    assert_refused(f, "scalars: [a]", GITOPS_EPARSE, 1, 10,
                   "expected a map from path patterns to plain, quantity, int-or-string, time, "
                   "duration, resource, trailing-newline, ignore-case or semver");
    assert_refused(f, "scalars: {/a: bytes}", GITOPS_EPARSE, 1, 15,
                   "expected plain, quantity, int-or-string, time, duration, resource, "
                   "trailing-newline, ignore-case or semver");
}

static void kinds_tooManyGlobs_limit(void **state)
{
    fixture *f = *state;
    char text[8192] = "kinds:\n";
    for (int i = 0; i < 65; i++)
        sprintf(text + strlen(text), "  '*.g%d': {ignore: [/a]}\n", i);
    define(f, text);
    assert_int_equal(f->status, GITOPS_ELIMIT);
    assert_string_equal(f->err.message, "a schema has at most 64 kinds with \"*\" and choices of objects");
    *strstr(text, "  '*.g64'") = '\0';
    define(f, text);
    assert_int_equal(at(f, "g63/v1/A", "/a").ignored, 1);
    assert_int_equal(at(f, "g64/v1/A", "/a").ignored, 0);
}

static void kinds_tooMany_limit(void **state)
{
    fixture *f = *state;
    char *text = calloc(40, 1002);
    assert_non_null(text);
    size_t used = (size_t)sprintf(text, "kinds:\n");
    for (int i = 0; i < 1000; i++)
        used += (size_t)sprintf(text + used, "  K%d: {ignore: [/a]}\n", i);
    define(f, text);
    assert_int_equal(f->status, GITOPS_ELIMIT); /* with the layer of all documents one too many */
    assert_string_equal(f->err.message, "a schema has rules for at most 1000 kinds and choices of objects");
    *strstr(text, "  K999") = '\0';
    define(f, text);
    assert_int_equal(at(f, "v1/K998", "/a").ignored, 1);
    assert_int_equal(at(f, "v1/K999", "/a").ignored, 0);
    free(text);
}

static void kinds_manyBelowOnePath_areCompiled(void **state)
{
    fixture *f = *state;
    char *text = calloc(1, 400000), kind[32], pointer[32];
    assert_non_null(text);
    size_t used = (size_t)sprintf(text, "kinds:\n");
    for (int i = 0; i < 900; i++) {
        used += (size_t)sprintf(text + used, "  K%d:\n    ignore:\n", i);
        for (int k = 0; k < 10; k++)
            used += (size_t)sprintf(text + used, "    - /spec/f%d/*/b\n", i * 10 + k);
    }
    define(f, text);
    for (int i = 0; i < 900; i += 7) {
        snprintf(kind, sizeof kind, "v1/K%d", i);
        snprintf(pointer, sizeof pointer, "/spec/f%d/x/b", i * 10 + 3);
        assert_int_equal(at(f, kind, pointer).ignored, 1);
        assert_int_equal(at(f, "v1/K899", pointer).ignored, 0);
    }
    free(text);
}

/* A schema of a text, for a stack. */
static gitops_schema *layer(fixture *f, const char *text)
{
    define(f, text);
    assert_int_equal(f->status, 0);
    gitops_schema *schema = f->schema;
    f->schema = NULL;
    return schema;
}

/* Stacks the schemas, which are given up. */
static void stack(fixture *f, gitops_schema **schemas, size_t count)
{
    gitops_schema_free(f->schema);
    f->schema = NULL;
    f->status = gitops_schema_stack(&f->schema, f->context, schemas, count, &f->err);
    for (size_t i = 0; i < count; i++)
        gitops_schema_free(schemas[i]);
}

static const char *const definition =
    "apiVersion: apiextensions.k8s.io/v1\n"
    "kind: CustomResourceDefinition\n"
    "spec: {group: example.org, names: {kind: Thing}, versions: [{name: v1, schema:\n"
    "  {openAPIV3Schema: {properties: {a: {type: array, x-kubernetes-list-type: set},\n"
    "  b: {type: array, x-kubernetes-list-type: set}}}}}]}\n";

static void stack_rulesBeforeTypesBeforeBuiltin(void **state)
{
    fixture *f = *state;
    gitops_schema *schemas[3] = {layer(f, "lists: {/a: {list: map, keys: [id]}}\n"
                                          "kinds: {Pod: {ignore: [/spec/nodeName]}}\n"),
                                 layer(f, definition), NULL};
    assert_int_equal(gitops_schema_new(&schemas[2], f->context, GITOPS_SCHEMA_KUBERNETES, NULL), 0);
    stack(f, schemas, 3);
    assert_int_equal(at(f, "example.org/v1/Thing", "/a").list, GOPS_LIST_MAP);
    assert_int_equal(at(f, "example.org/v1/Thing", "/b").list, GOPS_LIST_SET);
    assert_int_equal(at(f, "example.org/v1/Thing", "/metadata/uid").ignored,
                     GOPS_IGNORED_READ_ONLY);
    assert_int_equal(at(f, "v1/Pod", "/spec/nodeName").ignored, 1);
    assert_int_equal(at(f, "v1/Pod", "/spec/containers").list, GOPS_LIST_MAP);
    assert_int_equal(at(f, "v1/Secret", "/data").sensitive, 1);
    assert_int_equal(at(f, "x/v1/X", "/metadata/uid").ignored, GOPS_IGNORED_READ_ONLY);
    assert_int_equal(gops_schema_null_is_absent(f->schema), 1);
}

static void stack_flagsAddUp_firstKindDecides(void **state)
{
    fixture *f = *state;
    gitops_schema *schemas[2] = {
        layer(f, "lists: {'/*/b': {list: set}}\nkinds: {A: {sensitive: [/a]}}\n"),
        layer(f, "lists: {/a/b: {list: sequence}}\nmaps: {/a/b: struct}\nignore: [/a]\n"
                 "kinds: {A: {immutable: [/a]}, '*.x': {maps: {/a: struct}}}\n")};
    stack(f, schemas, 2);
    assert_int_equal(at(f, "v1/A", "/a/b").list, GOPS_LIST_SET); /* before what is more literal */
    assert_int_equal(at(f, "v1/A", "/a/b").map, GOPS_MAP_STRUCT);
    gops_schema_place place = at(f, "v1/A", "/a");
    assert_int_equal(place.ignored + place.sensitive + place.immutable, 3);
    place = at(f, "x/v1/B", "/a");
    assert_int_equal(place.ignored + place.sensitive + place.immutable, 1);
    assert_int_equal(place.map, GOPS_MAP_STRUCT);
}

static void stack_ofStacks_keepsTheOrder(void **state)
{
    fixture *f = *state;
    gitops_schema *inner[2] = {layer(f, "maps: {/a: struct}"),
                               layer(f, "maps: {/a: atomic, /b: atomic}")};
    stack(f, inner, 2);
    gitops_schema *outer[3] = {layer(f, "maps: {/c: struct}"), NULL,
                               layer(f, "maps: {/a: retain-keys, /b: retain-keys, /c: atomic, "
                                        "/d: atomic}")};
    inner[0] = layer(f, "maps: {/a: struct}");
    inner[1] = layer(f, "maps: {/a: atomic, /b: atomic}");
    assert_int_equal(gitops_schema_stack(&outer[1], f->context, inner, 2, NULL), 0);
    gitops_schema_free(inner[0]);
    gitops_schema_free(inner[1]);
    stack(f, outer, 3);
    assert_int_equal(at(f, "v1/A", "/a").map, GOPS_MAP_STRUCT);
    assert_int_equal(at(f, "v1/A", "/b").map, GOPS_MAP_ATOMIC);
    assert_int_equal(at(f, "v1/A", "/c").map, GOPS_MAP_STRUCT);
    assert_int_equal(at(f, "v1/A", "/d").map, GOPS_MAP_ATOMIC);
}

static void stack_null_firstThatStatesIt(void **state)
{
    fixture *f = *state;
    gitops_schema *silent[2] = {layer(f, "ignore: [/a]"), layer(f, "'null': absent")};
    stack(f, silent, 2);
    assert_int_equal(gops_schema_null_is_absent(f->schema), 1);
    gitops_schema *stated[2] = {layer(f, "'null': value"), layer(f, definition)};
    stack(f, stated, 2);
    assert_int_equal(gops_schema_null_is_absent(f->schema), 0);
    gitops_schema *nobody[2] = {layer(f, "{}"), layer(f, "{}")};
    stack(f, nobody, 2);
    assert_int_equal(gops_schema_null_is_absent(f->schema), 0);
}

static void stack_sameKindTwice_theFirstDescribesIt(void **state)
{
    fixture *f = *state;
    gitops_schema *schemas[2] = {
        layer(f, definition),
        layer(f, "apiVersion: apiextensions.k8s.io/v1\n"
                 "kind: CustomResourceDefinition\n"
                 "spec: {group: example.org, names: {kind: Thing}, versions: [{name: v2, schema:\n"
                 "  {openAPIV3Schema: {properties: {c: {items: {}, x-kubernetes-list-type: set}}}"
                 "}}]}\n")};
    stack(f, schemas, 2);
    assert_int_equal(at(f, "example.org/v2/Thing", "/b").list, GOPS_LIST_SET);
    assert_int_equal(at(f, "example.org/v2/Thing", "/c").list, GOPS_LIST_ATOMIC);
}

static void stack_badArguments_refused(void **state)
{
    fixture *f = *state;
    gitops_schema *schemas[2] = {layer(f, "{}"), NULL};
    assert_int_equal(gitops_schema_stack(NULL, f->context, schemas, 1, NULL), GITOPS_EINVAL);
    assert_int_equal(gitops_schema_stack(&f->schema, NULL, schemas, 1, NULL), GITOPS_EINVAL);
    assert_int_equal(gitops_schema_stack(&f->schema, f->context, NULL, 1, NULL), GITOPS_EINVAL);
    assert_int_equal(gitops_schema_stack(&f->schema, f->context, schemas, 0, NULL), GITOPS_EINVAL);
    assert_int_equal(gitops_schema_stack(&f->schema, f->context, schemas, 2, &f->err),
                     GITOPS_EINVAL);
    assert_string_equal(f->err.message, "schema stack: schema 1 is NULL");
    gitops_schema_free(schemas[0]);
}

static void stack_tooManyPatterns_limit(void **state)
{
    fixture *f = *state;
    char *text = calloc(16, 6000);
    assert_non_null(text);
    size_t used = (size_t)sprintf(text, "ignore:\n");
    for (int i = 0; i < 5001; i++)
        used += (size_t)sprintf(text + used, "- /%d\n", i);
    gitops_schema *schemas[2] = {layer(f, text), layer(f, text)};
    stack(f, schemas, 2);
    assert_int_equal(f->status, GITOPS_ELIMIT);
    assert_string_equal(f->err.message, "a schema has at most 10000 path patterns");
    assert_null(f->schema);
    f->status = 0;
    free(text);
}

static void builder_manyDocuments_oneOfAKindStays(void **state)
{
    fixture *f = *state;
    gitops_schema_builder *builder = NULL;
    char text[512];
    f->status = gitops_schema_builder_new(&builder, f->context, NULL);
    for (int i = 0; i < 300; i++) {
        gitops_document *document = NULL;
        snprintf(text, sizeof text,
                 "apiVersion: apiextensions.k8s.io/v1\n"
                 "kind: CustomResourceDefinition\n"
                 "spec: {group: g%d.org, names: {kind: K}, versions: [{name: v1, schema:\n"
                 "  {openAPIV3Schema: {properties: {a%d: {items: {}, x-kubernetes-list-type: %s"
                 "}}}}}]}\n",
                 i % 150, i % 150, i < 150 ? "set" : "atomic");
        assert_int_equal(
            gitops_document_parse(&document, f->context, text, strlen(text), "a", NULL), 0);
        assert_int_equal(gitops_schema_builder_add(builder, document, NULL), 0);
        gitops_document_free(document);
    }
    assert_int_equal(gitops_schema_builder_finish(&f->schema, builder, NULL), 0);
    gitops_schema_builder_free(builder);
    for (int i = 0; i < 150; i++) {
        char kind[64], pointer[32];
        snprintf(kind, sizeof kind, "g%d.org/v1/K", i);
        snprintf(pointer, sizeof pointer, "/a%d", i);
        assert_int_equal(at(f, kind, pointer).list, GOPS_LIST_SET);
        assert_int_equal(at(f, kind, "/a").list, GOPS_LIST_ATOMIC);
    }
}

typedef struct no_memory {
    const char *text;
} no_memory;

/* Every way to make a schema. */
static void make_body(gitops_context *context, void *data)
{
    static const char *const keys[] = {"name"}, *const defaults[] = {"\"a\""};
    const gitops_schema_rule rule = {
        RULE,         .kinds = "*.x",       .path = "/a/*", .list = GITOPS_LIST_MAP,
        .keys = keys, .defaults = defaults, .key_count = 1, .names = "a*", .labels = "b=c,d=e"};
    const no_memory *case_of = data;
    gitops_schema_builder *builder = NULL;
    gitops_document *document = NULL;
    gitops_schema *schema = NULL, *stacked = NULL;
    const char *text = case_of->text;
    int status = gitops_document_parse(&document, context, text, strlen(text), "a", NULL);
    if (status == 0)
        status = gitops_schema_builder_new(&builder, context, NULL);
    if (status == 0)
        status = gitops_schema_builder_add(builder, document, NULL);
    if (status == 0)
        status = gitops_schema_builder_rule(builder, &rule, NULL);
    if (status == 0)
        status = gitops_schema_builder_finish(&schema, builder, NULL);
    gitops_schema *twice[2] = {schema, schema};
    if (status == 0)
        status = gitops_schema_stack(&stacked, context, twice, 2, NULL);
    assert_true(status == 0 || status == GITOPS_ENOMEM);
    assert_int_equal(stacked != NULL, status == 0);
    gitops_schema_free(stacked);
    gitops_schema_free(schema);
    gitops_schema_builder_free(builder);
    gitops_document_free(document);
}

static void make_everyAllocationFails_cleanErrorOrSuccess(void **state)
{
    (void)state;
    no_memory cases[] = {
        {"lists: {'/a/*': {list: map, keys: [id], defaults: {id: x}}}\n"
         "kinds: {'*.x': {scalars: {/b: time}}, A: {ignore: [/c]}}\n"
         "objects: [{kinds: A, namespaces: one, names: two, labels: {b: c, d: e}, ignore: [/c]}]\n"},
        {"apiVersion: apiextensions.k8s.io/v1\n"
         "kind: CustomResourceDefinition\n"
         "spec: {group: example.org, names: {kind: Thing}, versions: [{name: v1, schema:\n"
         "  {openAPIV3Schema: {properties: {a: {items: {properties: {k: {default: x}}},\n"
         "  x-kubernetes-list-type: map, x-kubernetes-list-map-keys: [k]}, o:\n"
         "  {x-kubernetes-embedded-resource: true}}}}}]}\n"},
        {"openapi: 3.0.0\n"
         "components: {schemas: {A: {properties: {a: {$ref: '#/components/schemas/B',\n"
         "  x-kubernetes-map-type: atomic}}, x-kubernetes-group-version-kind:\n"
         "  [{group: '', version: v1, kind: Service}]}, B: {properties: {a:\n"
         "  {$ref: '#/components/schemas/A'}}}}}\n"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        support_fail_every_allocation(make_body, &cases[i]);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(rule_everyKind_isApplied),
        TEST(rule_twice_addsFlagsAndChangesTheRest),
        TEST(rule_wrong_refused),
        TEST(builder_afterItsEnd_refused),
        TEST(kinds_namedInAFile_getTheirRulesOnly),
        TEST(kinds_severalThatMatch_theNarrowestDecides),
        TEST(kinds_wrong_errorAtItsPlace),
        TEST(kinds_tooManyGlobs_limit),
        TEST(kinds_tooMany_limit),
        TEST(kinds_manyBelowOnePath_areCompiled),
        TEST(stack_rulesBeforeTypesBeforeBuiltin),
        TEST(stack_flagsAddUp_firstKindDecides),
        TEST(stack_ofStacks_keepsTheOrder),
        TEST(stack_null_firstThatStatesIt),
        TEST(stack_sameKindTwice_theFirstDescribesIt),
        TEST(stack_badArguments_refused),
        TEST(stack_tooManyPatterns_limit),
        TEST(builder_manyDocuments_oneOfAKindStays),
        cmocka_unit_test(make_everyAllocationFails_cleanErrorOrSuccess),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
