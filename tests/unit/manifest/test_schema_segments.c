/* schema: the segments of path patterns that stand for many: globs, any depth, named elements. */
#include "support.h"

#include <stdio.h>

#include "manifest/schema.h"
#include "value/pointer.h"

typedef struct fixture {
    gitops_context *context;
    gitops_schema *schema;
    gitops_document *document;
    gitops_error err;
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

static gitops_document *document_of(fixture *f, const char *text)
{
    gitops_document *document = NULL;
    if (gitops_document_parse(&document, f->context, text, strlen(text), "t", &f->err) < 0)
        fail_msg("%s", f->err.message);
    return document;
}

static int parse(fixture *f, const char *text)
{
    gitops_document *document = document_of(f, text);
    gitops_schema_free(f->schema);
    f->schema = NULL;
    int status = gitops_schema_parse(&f->schema, f->context, document, &f->err);
    gitops_document_free(document);
    return status;
}

/* A schema in which these patterns are ignored (a JSON list), and the document to walk. */
static void ignore(fixture *f, const char *patterns, const char *document)
{
    char text[2000];
    snprintf(text, sizeof text, "{\"ignore\":%s}", patterns);
    if (parse(f, text) < 0)
        fail_msg("%s", f->err.message);
    gitops_document_free(f->document);
    f->document = document_of(f, document);
}

/* The place of a value of the document: members and elements, separated by blanks. */
static gops_schema_place at(fixture *f, const char *path)
{
    gops_schema_place place;
    const gitops_value *value = gitops_document_root(f->document);
    char text[200];
    snprintf(text, sizeof text, "%s", path);
    gops_schema_root(f->schema, value, &place);
    for (char *key = strtok(text, " "); key; key = strtok(NULL, " ")) {
        if (gitops_value_type(value) == GITOPS_VALUE_LIST) {
            size_t i = (size_t)atoi(key);
            value = gitops_value_item(value, i);
            gops_schema_element(&place, i, value, &place);
        } else {
            value = gops_value_member(value, key, strlen(key));
            gops_schema_member(&place, key, strlen(key), value, &place);
        }
        assert_non_null(value);
    }
    return place;
}

static void assert_ignored(fixture *f, const char *path, int ignored)
{
    if (at(f, path).ignored != ignored)
        fail_msg("%s: %signored", path, ignored ? "not " : "");
}

static void glob_inAKey_matchesAnyCharacters(void **state)
{
    fixture *f = *state;
    ignore(f, "[\"/m/example.com~1*\",\"/m/*-x-*\",\"/m/e*\"]",
           "{\"m\":{\"example.com/a\":1,\"example.com/\":1,\"a-x-b\":1,\"-x-\":1,\"a-x\":1,"
           "\"e\":1,\"xe\":1,\"other.com/a\":1}}");
    assert_ignored(f, "m example.com/a", 1);
    assert_ignored(f, "m example.com/", 1);
    assert_ignored(f, "m a-x-b", 1);
    assert_ignored(f, "m -x-", 1);
    assert_ignored(f, "m a-x", 0);
    assert_ignored(f, "m e", 1);
    assert_ignored(f, "m xe", 0);
    assert_ignored(f, "m other.com/a", 0);
}

static void deep_anyDepth_noneToo(void **state)
{
    fixture *f = *state;
    ignore(f, "[\"/a/**/x\",\"/**/deep/*/y\",\"/b/**\",\"/**/**/z\"]",
           "{\"a\":{\"x\":1,\"p\":{\"q\":[{\"x\":1,\"y\":1}]}},\"b\":{\"c\":1},\"x\":1,"
           "\"deep\":[{\"y\":1,\"v\":1}],\"e\":{\"deep\":{\"deep\":{\"y\":1},\"y\":1}},\"z\":1,"
           "\"f\":{\"z\":1}}");
    assert_ignored(f, "a x", 1);
    assert_ignored(f, "a p q 0 x", 1);
    assert_ignored(f, "a p q 0 y", 0);
    assert_ignored(f, "x", 0);
    assert_ignored(f, "b", 1);
    assert_ignored(f, "b c", 1);
    assert_ignored(f, "deep 0 y", 1);
    assert_ignored(f, "deep 0 v", 0);
    assert_ignored(f, "e deep deep y", 1);
    assert_ignored(f, "e deep y", 0);
    assert_ignored(f, "z", 1);
    assert_ignored(f, "f z", 1);
}

static void element_byItsKeys_matchesWherever(void **state)
{
    fixture *f = *state;
    ignore(f,
           "[\"/c/[name=web]/image\",\"/c/[name=side-*,on=true]\",\"/p/[port=80,protocol=TCP]\","
           "\"/p/[port=9*]\",\"/p/[name=a~1b]\",\"/c/1/only\"]",
           "{\"c\":[{\"name\":\"web\",\"image\":1,\"cmd\":1},{\"name\":\"side-car\",\"on\":true,"
           "\"only\":1},{\"name\":\"side-b\",\"on\":\"no\"},{\"name\":\"web\",\"only\":1},\"web\","
           "{\"name\":null}],\"p\":[{\"port\":80.0,\"protocol\":\"TCP\"},{\"port\":80},"
           "{\"port\":\"80\",\"protocol\":\"TCP\"},{\"port\":9090},{\"name\":\"a/b\"}],"
           "\"m\":{\"name\":\"web\"}}");
    assert_ignored(f, "c 0 image", 1);
    assert_ignored(f, "c 0 cmd", 0);
    assert_ignored(f, "c 1", 1);
    assert_ignored(f, "c 2", 0);
    assert_ignored(f, "c 3 only", 0);
    assert_ignored(f, "c 4", 0);
    assert_ignored(f, "c 5", 0);
    assert_ignored(f, "p 0", 1);
    assert_ignored(f, "p 1", 0);
    assert_ignored(f, "p 2", 1);
    assert_ignored(f, "p 3", 1);
    assert_ignored(f, "p 4", 1);
}

/* What stands for a missing key where elements are identified stands for it here as well. */
static void element_defaultOfAKey_counts(void **state)
{
    fixture *f = *state;
    assert_int_equal(parse(f, "{\"lists\":{\"/p\":{\"list\":\"map\",\"keys\":[\"port\",\"protocol\"],"
                              "\"defaults\":{\"protocol\":\"TCP\"}}},"
                              "\"ignore\":[\"/p/[port=80,protocol=TCP]\"]}"),
                     0);
    f->document = document_of(f, "{\"p\":[{\"port\":80},{\"port\":80,\"protocol\":\"UDP\"}]}");
    assert_ignored(f, "p 0", 1);
    assert_ignored(f, "p 1", 0);
}

static void overlap_theNarrowerSegmentDecides(void **state)
{
    fixture *f = *state;
    assert_int_equal(
        parse(f, "{\"maps\":{\"/m/**\":\"atomic\",\"/m/*\":\"retain-keys\",\"/m/a*\":\"struct\","
                 "\"/m/ab\":\"free\",\"/l/*\":\"atomic\",\"/l/[n=a]\":\"struct\"},"
                 "\"sensitive\":[\"/m/a*\",\"/m/*b\"]}"),
        0);
    f->document = document_of(f, "{\"m\":{\"ab\":{},\"ac\":{},\"x\":{\"y\":{}},\"xb\":1},"
                                 "\"l\":[{\"n\":\"a\"},{\"n\":\"b\"}]}");
    assert_int_equal(at(f, "m ab").map, GOPS_MAP_FREE);
    assert_int_equal(at(f, "m ac").map, GOPS_MAP_STRUCT);
    assert_int_equal(at(f, "m x").map, GOPS_MAP_RETAIN_KEYS);
    assert_int_equal(at(f, "m x y").map, GOPS_MAP_ATOMIC);
    assert_int_equal(at(f, "m").map, GOPS_MAP_ATOMIC);
    assert_int_equal(at(f, "l 0").map, GOPS_MAP_STRUCT);
    assert_int_equal(at(f, "l 1").map, GOPS_MAP_ATOMIC);
    assert_int_equal(at(f, "m ab").sensitive, 1);
    assert_int_equal(at(f, "m xb").sensitive, 1);
    assert_int_equal(at(f, "m x").sensitive, 0);
}

static void element_wrong_errorAtItsPlace(void **state)
{
    static const char *const wrong[] = {"{\"ignore\":[\"/a/[name]\"]}", "{\"ignore\":[\"/a/[]\"]}",
                                        "{\"ignore\":[\"/a/[=b]\"]}",
                                        "{\"ignore\":[\"/a/[a=b,]\"]}",
                                        "{\"ignore\":[\"/a/[a=b,c]\"]}"};
    fixture *f = *state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(parse(f, wrong[i]), GITOPS_EPARSE);
        assert_string_equal(f->err.message,
                            "in a path pattern an element is written \"[key=value]\", with a comma "
                            "before each further key");
        assert_int_equal(f->err.column, 12);
    }
}

/* Names exclude each other, so many of them are one test after the other, not all combinations. */
static void element_many_areCompiled(void **state)
{
    fixture *f = *state;
    char *text = calloc(1, 40000), path[32];
    assert_non_null(text);
    strcpy(text, "[");
    for (int i = 0; i < 200; i++)
        sprintf(text + strlen(text), "%s\"/c/[name=n%d]/x\"", i ? "," : "", i);
    strcat(text, "]");
    char *schema = calloc(1, 40000);
    assert_non_null(schema);
    sprintf(schema, "{\"ignore\":%s}", text);
    assert_int_equal(parse(f, schema), 0);
    strcpy(text, "{\"c\":[");
    for (int i = 0; i < 210; i++)
        sprintf(text + strlen(text), "%s{\"name\":\"n%d\",\"x\":1,\"y\":1}", i ? "," : "", i);
    strcat(text, "]}");
    f->document = document_of(f, text);
    for (int i = 0; i < 210; i += 3) {
        sprintf(path, "c %d x", i);
        assert_ignored(f, path, i < 200);
        sprintf(path, "c %d y", i);
        assert_ignored(f, path, 0);
    }
    free(schema);
    free(text);
}

/* Patterns made to multiply meet the limit, fast and without an overflow of the stack. */
static void overlap_madeToMultiply_limit(void **state)
{
    fixture *f = *state;
    char *text = calloc(1, 40000);
    assert_non_null(text);
    strcpy(text, "{\"ignore\":[\"/**/a");
    for (int i = 0; i < 40; i++)
        strcat(text, "/*");
    strcat(text, "/b\"]}");
    assert_int_equal(parse(f, text), GITOPS_ELIMIT);
    strcpy(text, "{\"ignore\":[");
    for (int i = 0; i < 30; i++)
        sprintf(text + strlen(text), "%s\"/m/*x%d*/y\"", i ? "," : "", i);
    strcat(text, "]}");
    assert_int_equal(parse(f, text), GITOPS_ELIMIT);
    assert_string_equal(f->err.message, "path patterns with \"*\" overlap in too many ways");
    free(text);
}

static void make_all(gitops_context *context, void *data)
{
    static const char text[] = "{\"ignore\":[\"/a/[n=1,m=x*]/b\",\"/**/c/*d*\",\"/a/*/b\"]}";
    gitops_document *document = NULL;
    gitops_schema *schema = NULL, *stack = NULL;
    (void)data;
    if (gitops_document_parse(&document, context, text, sizeof text - 1, "t", NULL) == 0 &&
        gitops_schema_parse(&schema, context, document, NULL) == 0)
        gitops_schema_stack(&stack, context, &schema, 1, NULL);
    gitops_schema_free(stack);
    gitops_schema_free(schema);
    gitops_document_free(document);
}

static void make_everyAllocationFails_noLeak(void **state)
{
    (void)state;
    support_fail_every_allocation(make_all, NULL);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(glob_inAKey_matchesAnyCharacters),
        TEST(deep_anyDepth_noneToo),
        TEST(element_byItsKeys_matchesWherever),
        TEST(element_defaultOfAKey_counts),
        TEST(overlap_theNarrowerSegmentDecides),
        TEST(element_wrong_errorAtItsPlace),
        TEST(element_many_areCompiled),
        TEST(overlap_madeToMultiply_limit),
        cmocka_unit_test(make_everyAllocationFails_noLeak),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
