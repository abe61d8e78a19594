/* Rows of two values: those that differ, with those around them, and not more than a glance. */
#include "support.h"

#include <stdio.h>

#include "report/forms.h"

static char text[8000];
static size_t text_length;

static int collect(const char *data, size_t length, void *user_data)
{
    (void)user_data;
    assert_true(text_length + length < sizeof text);
    memcpy(text + text_length, data, length);
    text_length += length;
    text[text_length] = '\0';
    return 0;
}

/* What is shown of two values of JSON. */
static const char *rows(void **state, const char *before, const char *after, int full)
{
    char json[8000];
    gitops_document *document = NULL;
    gitops_report_options options = {sizeof options, 0, 0, full, 0, NULL};
    gops_writer out;
    int length = snprintf(json, sizeof json, "[%s,%s]", before, after);
    assert_int_equal(gitops_document_parse(&document, *state, json, (size_t)length, "", NULL), 0);
    const gitops_value *root = gitops_document_root(document);
    const gitops_value *a = gitops_value_item(root, 0), *b = gitops_value_item(root, 1);
    assert_true(gops_text_has_rows(a, b));
    text_length = 0;
    text[0] = '\0';
    gops_writer_init(&out, collect, NULL);
    gops_text_rows(&out, a, b, ">", &options);
    assert_int_equal(gops_writer_finish(&out, NULL), 0);
    gitops_document_free(document);
    return text;
}

/* before and after are bodies of JSON strings. */
static const char *lines(void **state, const char *before, const char *after, int full)
{
    char old[2000], fresh[2000];
    snprintf(old, sizeof old, "\"%s\"", before);
    snprintf(fresh, sizeof fresh, "\"%s\"", after);
    return rows(state, old, fresh, full);
}

static void textLines_oneLineInTheMiddle_showsBetweenItsNeighbours(void **state)
{
    assert_string_equal(lines(state, "a\\nport=80\\nz\\n", "a\\nport=8080\\nz\\n", 0),
                        ">      a\n>    - port=80\n>    + port=8080\n>      z\n");
}

static void textLines_linesAddedOrRemoved_haveOneSide(void **state)
{
    assert_string_equal(lines(state, "a\\nz\\n", "a\\nb\\nc\\nz\\n", 0),
                        ">      a\n>    + b\n>    + c\n>      z\n");
    assert_string_equal(lines(state, "a\\nb\\nz\\n", "a\\nz\\n", 0),
                        ">      a\n>    - b\n>      z\n");
    assert_string_equal(lines(state, "a\\n", "a\\na\\n", 0), ">      a\n>    + a\n");
    assert_string_equal(lines(state, "", "a\\n", 0), ">    + a\n");
}

static void textLines_lastNewline_isADifference(void **state)
{
    assert_string_equal(lines(state, "a\\nb", "a\\nb\\n", 0),
                        ">      a\n>    - b  (no newline)\n>    + b\n");
}

static void textLines_sameEndInADifferentLine_staysWhole(void **state)
{
    assert_string_equal(lines(state, "xab\\nz\\n", "yab\\nz\\n", 0),
                        ">    - xab\n>    + yab\n>      z\n");
}

static void textLines_controls_areEscaped(void **state)
{
    assert_string_equal(lines(state, "a\\n", "\\u001b[2J\\tb\\n", 0),
                        ">    - a\n>    + \\u001b[2J\\tb\n");
}

static void textLines_many_areCutUnlessFull(void **state)
{
    const char *numbers = "1\\n2\\n3\\n4\\n5\\n6\\n7\\n8\\n9\\n10\\n11\\n12\\n13\\n14\\n";
    const char *shown = lines(state, "", numbers, 0);
    assert_non_null(strstr(shown, ">    + 12\n>    + ... and 2 more lines\n"));
    assert_null(strstr(shown, "13"));
    shown = lines(state, "", numbers, 1);
    assert_non_null(strstr(shown, ">    + 14\n"));
    assert_null(strstr(shown, "more"));
}

/* Each change has two lines around it; what lies further off is left out. */
static void textLines_changesFarApart_areHunks(void **state)
{
    assert_string_equal(lines(state, "1\\n2\\n3\\n4\\n5\\n6\\n7\\n8\\n9\\n",
                              "1\\n2\\nx\\n4\\n5\\n6\\n7\\n8\\n9\\ny\\n", 0),
                        ">      1\n>      2\n>    - 3\n>    + x\n>      4\n>      5\n"
                        ">      ...\n>      8\n>      9\n>    + y\n");
    assert_string_equal(
        lines(state, "1\\n2\\n3\\n4\\n5\\n", "x\\n2\\n3\\n4\\ny\\n", 0),
        ">    - 1\n>    + x\n>      2\n>      3\n>      4\n>    - 5\n>    + y\n");
}

/* A block that is put in is one, whatever stands around it. */
static void textLines_insertedBlock_leavesTheRestAlone(void **state)
{
    assert_string_equal(lines(state, "a\\nb\\n", "n1\\nn2\\nn3\\na\\nb\\n", 0),
                        ">    + n1\n>    + n2\n>    + n3\n>      a\n>      b\n");
}

static void textRows_ofAList_areItsElements(void **state)
{
    assert_string_equal(rows(state, "[\"a\",\"b\",\"c\",\"d\"]", "[\"a\",\"b\",\"x\",\"d\"]", 0),
                        ">      \"a\"\n>      \"b\"\n>    - \"c\"\n>    + \"x\"\n>      \"d\"\n");
    assert_string_equal(rows(state, "[1,2,3,4]", "[]", 0),
                        ">    - 1\n>    - 2\n>    - 3\n>    - 4\n");
}

static void textRows_ofAMap_areItsMembers(void **state)
{
    assert_string_equal(
        rows(state, "{\"a\":1,\"b\":2,\"c\":[1],\"d\":1}",
             "{\"a\":1,\"b\":3,\"c\":[1],\"e\":1}", 0),
        ">      a: 1\n>    - b: 2\n>    + b: 3\n>      c: [1]\n>    - d: 1\n>    + e: 1\n");
}

/* Few elements say all in one line; what is no container or of another type has no rows. */
static void textRows_ofLittle_areNone(void **state)
{
    static const char text[] = "[[1,2,3],[1,2],[1,2,3,4],{},1,\"a\"]";
    gitops_document *document = NULL;
    assert_int_equal(gitops_document_parse(&document, *state, text, sizeof text - 1, "", NULL), 0);
    const gitops_value *root = gitops_document_root(document);
    assert_false(gops_text_has_rows(gitops_value_item(root, 0), gitops_value_item(root, 1)));
    assert_true(gops_text_has_rows(gitops_value_item(root, 1), gitops_value_item(root, 2)));
    assert_false(gops_text_has_rows(gitops_value_item(root, 2), gitops_value_item(root, 3)));
    assert_false(gops_text_has_rows(gitops_value_item(root, 4), gitops_value_item(root, 5)));
    assert_false(gops_text_has_rows(NULL, gitops_value_item(root, 2)));
    gitops_document_free(document);
}

static int begin(void **state)
{
    *state = support_context_new();
    return 0;
}

static int end(void **state)
{
    support_context_free(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(textLines_oneLineInTheMiddle_showsBetweenItsNeighbours),
        cmocka_unit_test(textLines_linesAddedOrRemoved_haveOneSide),
        cmocka_unit_test(textLines_lastNewline_isADifference),
        cmocka_unit_test(textLines_sameEndInADifferentLine_staysWhole),
        cmocka_unit_test(textLines_controls_areEscaped),
        cmocka_unit_test(textLines_many_areCutUnlessFull),
        cmocka_unit_test(textLines_changesFarApart_areHunks),
        cmocka_unit_test(textLines_insertedBlock_leavesTheRestAlone),
        cmocka_unit_test(textRows_ofAList_areItsElements),
        cmocka_unit_test(textRows_ofAMap_areItsMembers),
        cmocka_unit_test(textRows_ofLittle_areNone),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
