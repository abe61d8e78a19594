/* Problems name the document, and lead to the value by a JSON pointer. */
#include "support.h"

#include <gitops/value.h>

#include <stdio.h>

/* Lines of "DOCUMENT:LINE POINTER". */
static const char *places_in(const char *text)
{
    static char out[4096];
    gitops_context *context = support_context_new();
    gitops_documents *set = NULL;
    gitops_error problem;
    out[0] = '\0';
    gitops_documents_parse(&set, context, text, strlen(text), "t.yaml", NULL);
    const gitops_diagnostics *list = gitops_documents_diagnostics(set);
    for (size_t i = 0; i < gitops_diagnostics_count(list); i++) {
        gitops_diagnostics_get(list, i, &problem);
        snprintf(out + strlen(out), sizeof out - strlen(out), "%u:%u %s\n",
                 (unsigned)problem.document, (unsigned)problem.line,
                 gitops_diagnostics_pointer(list, i));
        assert_string_equal(problem.where, "t.yaml");
        assert_null(gitops_diagnostics_key(list, i));
    }
    gitops_documents_free(set);
    support_context_free(context);
    return out;
}

static void pointer_ofValues_leadsToThem(void **state)
{
    (void)state;
    assert_string_equal(places_in("a:\n  b:\n  - 1\n  - c: .inf\n"), "1:4 /a/b/1/c\n");
    assert_string_equal(places_in("a: [1, !!int x]\n"), "1:1 /a/1\n");
    assert_string_equal(places_in("a: {b: *x}\nc: [0, *y]\n"), "1:1 /a/b\n1:2 /c/1\n");
    assert_string_equal(places_in("a: !odd\n  b: !odd 1\n"), "1:1 /a\n1:2 /a/b\n");
    assert_string_equal(places_in("- .nan\n- [.nan, 1, .nan]\n"), "1:1 /0\n1:2 /1/0\n1:2 /1/2\n");
    assert_string_equal(places_in(".nan\n"), "1:1 \n");
    assert_string_equal(places_in("a/b:\n  c~d: .inf\n"), "1:2 /a~1b/c~0d\n");
    assert_string_equal(places_in("a:\n  <<: 1\n"), "1:2 /a/<<\n");
    assert_string_equal(places_in("a: &x .inf\nb: *x\n"), "1:1 /a\n1:2 /b\n");
}

static void pointer_ofKeys_leadsToTheMember(void **state)
{
    (void)state;
    assert_string_equal(places_in("m:\n- a: 1\n  b: {c: 1, c: 2}\n  a: 2\n"),
                        "1:3 /m/0/b/c\n1:4 /m/0/a\n");
    assert_string_equal(places_in("m: {<<: {a: 1}, b: 1, b: 2}\n"), "1:1 /m/b\n");
    assert_string_equal(places_in("m:\n  ~: 1\n"), "1:2 /m\n");
    assert_string_equal(places_in("m:\n  ? [a]\n  : 1\n"), "1:2 /m\n");
    assert_string_equal(places_in("{\"a\": [{\"b\": 1, \"b\": 2}]}"), "1:1 /a/0/b\n");
}

static void pointer_ofSyntaxErrors_isWhatWasOpen(void **state)
{
    (void)state;
    assert_string_equal(places_in("spec:\n  containers:\n  - name: a\n    image: \"b\n  - c\n"),
                        "1:6 /spec/containers/0/image\n");
    assert_string_equal(places_in("a:\n  b: [1, 2\nc: 3\n"), "1:3 /a/b\n");
    assert_string_equal(places_in("a:\n  b: 1\n c: 2\n"), "1:3 \n");
    assert_string_equal(places_in("a: 1\n\tb: 2\n"), "1:2 /a\n");
    assert_string_equal(places_in("{\"a\": {\"b\": [1, tru}"), "1:1 /a/b\n");
    assert_string_equal(places_in("{\"a\": \"b\" \"c\"}"), "1:1 \n");
}

static void document_ofProblems_isCounted(void **state)
{
    (void)state;
    assert_string_equal(places_in("a: 1\n---\nb: [\n---\n# none\n---\nc: *x\n---\nd: \x01\n---\n"
                                  "e: \"\n---\nf: 1\n--- .inf\n"),
                        "2:4 /b\n4:7 /c\n5:9 \n6:12 /e\n8:14 \n");
    assert_string_equal(places_in("{\"a\": 1}\n---\nb: .inf\n"), "2:3 /b\n");
    assert_string_equal(places_in("%FOO\n---\na: 1\n"), "1:1 \n");
}

static void pointer_longerThanItsMaximum_endsAtASegment(void **state)
{
    char text[3000] = "a: {", expected[1100] = "1:1 /a";
    (void)state;
    for (int i = 0; i < 499; i++)
        strcat(text, "b: {");
    strcat(text, "c: .inf");
    for (int i = 0; i < 500; i++)
        strcat(text, "}");
    strcat(text, "\n");
    gitops_limits limits;
    memset(&limits, 0, sizeof limits);
    limits.struct_size = sizeof limits;
    limits.max_flow_depth = 1000;
    gitops_context_options options;
    memset(&options, 0, sizeof options);
    options.struct_size = sizeof options;
    options.limits = &limits;
    gitops_context *context;
    gitops_documents *set;
    assert_int_equal(gitops_context_new(&context, &options, NULL), 0);
    gitops_documents_parse(&set, context, text, strlen(text), "t", NULL);
    const char *pointer = gitops_diagnostics_pointer(gitops_documents_diagnostics(set), 0);
    for (int i = 0; i < 499; i++)
        strcat(expected, "/b");
    assert_string_equal(pointer, expected + 4);
    assert_int_equal(strlen(pointer), 1000);
    assert_null(gitops_diagnostics_pointer(gitops_documents_diagnostics(set), 1));
    assert_null(gitops_diagnostics_key(gitops_documents_diagnostics(set), 1));
    gitops_documents_free(set);
    gitops_context_free(context);
}

static void document_place_isKept(void **state)
{
    static const char text[] = "a: 1\n---\n---\nb: [\n---\nc: 1\n";
    gitops_context *context = support_context_new();
    gitops_documents *set;
    gitops_document *document;
    (void)state;
    gitops_documents_parse(&set, context, text, strlen(text), "t.yaml", NULL);
    assert_int_equal(gitops_documents_count(set), 2);
    assert_string_equal(gitops_document_name(gitops_documents_get(set, 1)), "t.yaml");
    assert_int_equal(gitops_document_number(gitops_documents_get(set, 0)), 1);
    assert_int_equal(gitops_document_number(gitops_documents_get(set, 1)), 4);
    gitops_documents_free(set);
    assert_int_equal(gitops_document_parse(&document, context, "{}", 2, NULL, NULL), 0);
    assert_string_equal(gitops_document_name(document), "");
    assert_int_equal(gitops_document_number(document), 1);
    gitops_document_free(document);
    support_context_free(context);
}

/* Each is broken in its own way; line is that of the error within it, from 1. */
static const struct {
    const char *text;
    uint32_t line;
} broken_documents[] = {
    {"a: [1, 2\n", 2},          {"a: {b: 1\n", 2},        {"a: \"b\n  c\n", 3},
    {"a: 'b\n", 2},             {"a:\n\tb: 1\n", 2},      {"a: 1\n\tb: 2\n", 2},
    {"a:\n  b: 1\n c: 2\n", 3}, {"a: 1\n  b: 2\n", 2},    {"- a\nb: 1\n", 2},
    {"a: b: c\n", 1},           {"a: *b\n", 1},           {"a: &b [*b]\n", 1},
    {"a: 1\na: 2\n", 2},        {"a: !!int x\n", 1},      {"a: .inf\n", 1},
    {"? [a]\n: 1\n", 1},        {"a: \x01\n", 1},         {"a: \xFF\n", 1},
    {"a: ]\n", 1},              {"a: @b\n", 1},           {"a: \"\\q\"\n", 1},
    {"{\"a\": 1,\n \"a\": 2}\n", 2}, {"{\"a\": tru\n", 2},  {"a: {{ .Values.b }}\n", 1},
};

/* The third of five documents is broken: it alone is missing, and is reported where it stands. */
static void check_broken(const char *first, const char *text, uint32_t line)
{
    char whole[400];
    gitops_context *context = support_context_new();
    gitops_documents *set = NULL;
    gitops_error problem;
    snprintf(whole, sizeof whole, "%s---\nb: 2\n---\n%s---\nd: 4\n---\ne: 5\n", first, text);
    assert_true(gitops_documents_parse(&set, context, whole, strlen(whole), "t", NULL) < 0);
    const gitops_diagnostics *list = gitops_documents_diagnostics(set);
    if (gitops_documents_count(set) != 4 || gitops_diagnostics_count(list) != 1)
        fail_msg("%s: %zu documents, %zu problems", text, gitops_documents_count(set),
                 gitops_diagnostics_count(list));
    static const uint32_t numbers[] = {1, 2, 4, 5};
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(gitops_document_number(gitops_documents_get(set, i)), numbers[i]);
    gitops_diagnostics_get(list, 0, &problem);
    if (problem.document != 3 || problem.line != 4 + line)
        fail_msg("%s: document %u, line %u: %s", text, (unsigned)problem.document,
                 (unsigned)problem.line, problem.message);
    gitops_documents_free(set);
    support_context_free(context);
}

static void document_brokenAmongFive_aloneIsMissing(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof broken_documents / sizeof broken_documents[0]; i++) {
        check_broken("a: 1\n", broken_documents[i].text, broken_documents[i].line);
        check_broken("{\"a\": 1}\n", broken_documents[i].text, broken_documents[i].line);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pointer_ofValues_leadsToThem),
        cmocka_unit_test(pointer_ofKeys_leadsToTheMember),
        cmocka_unit_test(pointer_ofSyntaxErrors_isWhatWasOpen),
        cmocka_unit_test(document_ofProblems_isCounted),
        cmocka_unit_test(pointer_longerThanItsMaximum_endsAtASegment),
        cmocka_unit_test(document_place_isKept),
        cmocka_unit_test(document_brokenAmongFive_aloneIsMissing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
