/* Texts of several lines: only the lines that differ are shown, and not more than a glance. */
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

/* before and after are bodies of JSON strings. */
static const char *lines(void **state, const char *before, const char *after, int full)
{
    char json[4000];
    gitops_document *document = NULL;
    gitops_report_options options = {sizeof options, 0, 0, full, 0, NULL};
    gops_writer out;
    int length = snprintf(json, sizeof json, "[\"%s\",\"%s\"]", before, after);
    assert_int_equal(gitops_document_parse(&document, *state, json, (size_t)length, "", NULL), 0);
    const gitops_value *root = gitops_document_root(document);
    const gitops_value *a = gitops_value_item(root, 0), *b = gitops_value_item(root, 1);
    assert_true(gops_text_has_lines(a, b));
    text_length = 0;
    text[0] = '\0';
    gops_writer_init(&out, collect, NULL);
    gops_text_lines(&out, a, b, ">", &options);
    assert_int_equal(gops_writer_finish(&out, NULL), 0);
    gitops_document_free(document);
    return text;
}

static void textLines_oneLineInTheMiddle_isAllThatShows(void **state)
{
    assert_string_equal(lines(state, "a\\nport=80\\nz\\n", "a\\nport=8080\\nz\\n", 0),
                        ">    - port=80\n>    + port=8080\n");
}

static void textLines_linesAddedOrRemoved_haveOneSide(void **state)
{
    assert_string_equal(lines(state, "a\\nz\\n", "a\\nb\\nc\\nz\\n", 0), ">    + b\n>    + c\n");
    assert_string_equal(lines(state, "a\\nb\\nz\\n", "a\\nz\\n", 0), ">    - b\n");
    assert_string_equal(lines(state, "a\\n", "a\\na\\n", 0), ">    + a\n");
    assert_string_equal(lines(state, "", "a\\n", 0), ">    + a\n");
}

static void textLines_lastNewline_isADifference(void **state)
{
    assert_string_equal(lines(state, "a\\nb", "a\\nb\\n", 0), ">    - b  (no newline)\n>    + b\n");
}

static void textLines_sameEndInADifferentLine_staysWhole(void **state)
{
    assert_string_equal(lines(state, "xab\\nz\\n", "yab\\nz\\n", 0), ">    - xab\n>    + yab\n");
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
        cmocka_unit_test(textLines_oneLineInTheMiddle_isAllThatShows),
        cmocka_unit_test(textLines_linesAddedOrRemoved_haveOneSide),
        cmocka_unit_test(textLines_lastNewline_isADifference),
        cmocka_unit_test(textLines_sameEndInADifferentLine_staysWhole),
        cmocka_unit_test(textLines_controls_areEscaped),
        cmocka_unit_test(textLines_many_areCutUnlessFull),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
