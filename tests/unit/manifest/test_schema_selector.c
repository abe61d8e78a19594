/* selector: rules for the objects that kind, namespace, name and labels choose. */
#include "support.h"

#include <stdio.h>

#include "defined_fixture.h"
#include "place_at.h"

/* An object as YAML in one line; the place at a pointer of it. */
static gops_schema_place of(fixture *f, const char *object, const char *pointer)
{
    gitops_document_free(f->object);
    f->object = NULL;
    assert_int_equal(
        gitops_document_parse(&f->object, f->context, object, strlen(object), "o", &f->err), 0);
    return place_at(f->schema, gitops_document_root(f->object), pointer);
}

#define WEB(metadata) \
    "{apiVersion: apps/v1, kind: Deployment, metadata: {" metadata "}}"

/* Which of the rules /a, /b ... hold for an object, in their order. */
static const char *chosen(fixture *f, const char *object)
{
    static char out[16];
    size_t used = 0;
    for (char c = 'a'; c < 'i'; c++) {
        char pointer[3] = {'/', c, '\0'};
        if (of(f, object, pointer).ignored)
            out[used++] = c;
    }
    out[used] = '\0';
    return out;
}

static void objects_ofAFile_getTheirRulesOnly(void **state)
{
    fixture *f = *state;
    define(f, "objects:\n"
              "- {names: web, ignore: [/a]}\n"
              "- {names: 'web-*', kinds: Deployment.apps, ignore: [/b]}\n"
              "- {namespaces: 'team-*', ignore: [/c]}\n"
              "- {namespaces: '', kinds: '*.apps', ignore: [/d]}\n"
              "- {labels: {tier: front}, ignore: [/e]}\n"
              "- {labels: {tier: front, app: 'w*'}, namespaces: shop, ignore: [/f]}\n"
              "- {kinds: Deployment.apps, ignore: [/g]}\n"
              "- {labels: {owner: '*'}, ignore: [/h]}\n");
    assert_int_equal(f->status, 0);
    assert_string_equal(chosen(f, WEB("name: web")), "adg");
    assert_string_equal(chosen(f, WEB("name: web-1, namespace: team-x")), "bcg");
    assert_string_equal(chosen(f, WEB("name: a, namespace: shop, labels: {tier: front}")), "eg");
    assert_string_equal(
        chosen(f, WEB("name: a, namespace: shop, labels: {tier: front, app: www, x: y}")), "efg");
    assert_string_equal(chosen(f, WEB("name: a, namespace: shop, labels: {tier: back, owner: me}")),
                        "gh");
    assert_string_equal(chosen(f, WEB("namespace: null, labels: {tier: 1, owner: 2}")), "dg");
    assert_string_equal(chosen(f, "{apiVersion: v1, kind: Pod, metadata: {name: web-1}}"), "");
    assert_string_equal(chosen(f, "{metadata: {name: web, namespace: team-}}"), "ac");
    assert_string_equal(chosen(f, "{metadata: web}"), "");
    assert_string_equal(chosen(f, "[1]"), "");
    assert_int_equal(place_at(f->schema, NULL, "/a").ignored, 0);
}

/* Everything that may stand for a kind may stand for objects; where several match the narrowest. */
static void objects_severalThatMatch_theNarrowestDecides(void **state)
{
    fixture *f = *state;
    define(f, "lists: {/l: {list: atomic}}\n"
              "sensitive: [/l]\n"
              "kinds: {Deployment.apps: {lists: {/l: {list: set}}, maps: {/l: struct}}}\n"
              "objects:\n"
              "- {labels: {a: b}, policies: {/l: observe}, lists: {/l: {list: map, keys: [k]}}}\n"
              "- {namespaces: shop, lists: {/l: {list: sequence}}, scalars: {/l: time}}\n"
              "- {names: web, namespaces: '*', policies: {/l: adopt}}\n");
    gops_schema_place place = of(f, WEB("name: web, namespace: shop, labels: {a: b}"), "/l");
    assert_int_equal(place.policy.mode, GITOPS_MODE_ADOPT);
    assert_int_equal(place.list, GOPS_LIST_SEQUENCE);
    assert_int_equal(place.scalar, GOPS_SCALAR_TIME);
    assert_int_equal(place.map, GOPS_MAP_STRUCT);
    assert_int_equal(place.sensitive, 1);
    place = of(f, WEB("name: other, labels: {a: b}"), "/l");
    assert_int_equal(place.policy.mode, GITOPS_MODE_OBSERVE);
    assert_int_equal(place.list, GOPS_LIST_MAP);
    assert_int_equal(of(f, WEB("name: other"), "/l").list, GOPS_LIST_SET);
}

static void objects_sameChoiceTwice_isOneWithBothRules(void **state)
{
    char text[4000] = "objects:\n";
    fixture *f = *state;
    for (int i = 0; i < 65; i++)
        strcat(text, "- {labels: {a: b}, names: one, ignore: [/a]}\n");
    strcat(text, "- {names: one, labels: {a: b}, ignore: [/b]}\n");
    define(f, text);
    assert_int_equal(f->status, 0);
    assert_string_equal(chosen(f, WEB("name: one, labels: {a: b}")), "ab");
}

static void objects_tooMany_limit(void **state)
{
    char text[4000] = "objects:\n";
    fixture *f = *state;
    for (int i = 0; i < 65; i++)
        sprintf(text + strlen(text), "- {names: n%d, ignore: [/a]}\n", i);
    define(f, text);
    assert_int_equal(f->status, GITOPS_ELIMIT);
    assert_string_equal(f->err.message,
                        "a schema has at most 64 kinds with \"*\" and choices of objects");
}

/* Calls say the same, a stack keeps it, and managers may be ignored for some objects. */
static void objects_byCalls_inAStack(void **state)
{
    const gitops_schema_rule rules[] = {
        {.struct_size = sizeof *rules, .path = "/a", .names = "web", .namespaces = "shop",
         .labels = "tier=front,app=", .mode = GITOPS_MODE_IGNORE},
        {.struct_size = sizeof *rules, .names = "web", .manager = "hpa",
         .mode = GITOPS_MODE_IGNORE}};
    fixture *f = *state;
    gitops_schema_builder *builder = NULL;
    gitops_schema *one = NULL, *none = NULL;
    assert_int_equal(gitops_schema_builder_new(&builder, f->context, NULL), 0);
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(gitops_schema_builder_rule(builder, &rules[i], &f->err), 0);
    assert_int_equal(gitops_schema_builder_finish(&one, builder, NULL), 0);
    gitops_schema_builder_free(builder);
    assert_int_equal(gitops_schema_new(&none, f->context, GITOPS_SCHEMA_NONE, NULL), 0);
    gitops_schema *parts[] = {none, one};
    assert_int_equal(gitops_schema_stack(&f->schema, f->context, parts, 2, NULL), 0);
    gitops_schema_free(one);
    gitops_schema_free(none);
    assert_string_equal(
        chosen(f, WEB("name: web, namespace: shop, labels: {tier: front, app: ''}")), "a");
    assert_string_equal(chosen(f, WEB("name: web, namespace: shop, labels: {tier: front}")), "");
    gops_schema_place root = of(f, WEB("name: web"), "");
    assert_int_equal(gops_schema_ignores_manager(&root, "hpa", 3), 1);
    root = of(f, WEB("name: other"), "");
    assert_int_equal(gops_schema_ignores_manager(&root, "hpa", 3), 0);
}

static void labels_thatDoNotParse_refused(void **state)
{
    static const char *const wrong[] = {"", "a", "=b", "a=b,", ",a=b", "a=b=c", "a=b,,c=d",
                                        "a=,a=,a=,a=,a=,a=,a=,a=,a=,a=,a=,a=,a=,a=,a=,a=,a="};
    fixture *f = *state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        gitops_schema_rule rule = {.struct_size = sizeof rule, .labels = wrong[i]};
        gitops_schema_builder *builder = NULL;
        assert_int_equal(gitops_schema_builder_new(&builder, f->context, NULL), 0);
        assert_int_equal(gitops_schema_builder_rule(builder, &rule, &f->err), GITOPS_EPARSE);
        assert_string_equal(
            f->err.message,
            "schema rule: labels are 1 to 16 of key=value, with a comma between them");
        gitops_schema_builder_free(builder);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(objects_ofAFile_getTheirRulesOnly),
        TEST(objects_severalThatMatch_theNarrowestDecides),
        TEST(objects_sameChoiceTwice_isOneWithBothRules),
        TEST(objects_tooMany_limit),
        TEST(objects_byCalls_inAStack),
        TEST(labels_thatDoNotParse_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
