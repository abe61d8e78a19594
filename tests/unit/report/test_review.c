/* Reviews: what a change would send, as text, JSON and Markdown. */
#include "fixture.h"

#include <stdio.h>

static gitops_report_options options_for(int32_t format)
{
    return (gitops_report_options){.struct_size = sizeof(gitops_report_options), .format = format};
}

static void report(fixture *f, int32_t format, size_t count)
{
    gitops_plan *plans[] = {&f->plan, &f->plan};
    gitops_report_options options = options_for(format);
    assert_int_equal(gitops_report_review(plans, count, "1<a", "2", &options, fixture_write, f,
                                          NULL),
                     0);
}

static void assert_has(const fixture *f, const char *part)
{
    if (!strstr(f->text, part))
        fail_msg("not in the report: %s\n%s", part, f->text);
}

static void reportReview_textOfOneUnit_isThatOfItsPlan(void **state)
{
    fixture *f = *state;
    char review[sizeof f->text];
    report(f, GITOPS_REPORT_TEXT, 1);
    memcpy(review, f->text, sizeof review);
    f->length = 0;
    assert_int_equal(gitops_report_plan(&f->plan, NULL, fixture_write, f, NULL), 0);
    assert_string_equal(f->text, review);
}

static void reportReview_textOfSeveralUnits_namesThem(void **state)
{
    fixture *f = *state;
    report(f, GITOPS_REPORT_TEXT, 2);
    assert_int_equal(strncmp(f->text, "default\n", 8), 0);
    assert_has(f, "1 to adopt.\n\ndefault\n");
}

static void reportReview_nothing_isEmptyTextAndSaidInMarkdown(void **state)
{
    fixture *f = *state;
    report(f, GITOPS_REPORT_TEXT, 0);
    assert_int_equal(f->length, 0);
    report(f, GITOPS_REPORT_MARKDOWN, 0);
    assert_string_equal(f->text, "<p>What <code>1&lt;a</code> to <code>2</code> would send: "
                                 "nothing.</p>\n");
}

static void reportReview_json_hasTheUnits(void **state)
{
    fixture *f = *state;
    report(f, GITOPS_REPORT_JSON, 2);
    static const char start[] = "{\"format_version\":\"1.0\",\"from\":\"1<a\",\"to\":\"2\","
                                "\"units\":[{\"unit\":\"default\",\"summary\":{\"create\":1,";
    assert_memory_equal(f->text, start, sizeof start - 1);
    assert_has(f, "\"changes\":[]}],\"skipped\":0,\"unread\":0},{\"unit\":\"default\"");
    assert_has(f, "\"unread\":0}]}\n");
}

static void reportReview_markdown_hasTotalsAndFoldedFields(void **state)
{
    fixture *f = *state;
    report(f, GITOPS_REPORT_MARKDOWN, 1);
    assert_has(f, "| unit | create | update | replace | delete |\n| --- | ---: | ---: | ---: | ---: "
                  "|\n| `default` | 1 | 1 | 1 | 1 |\n\n");
    assert_has(f, "<details><summary>~ <code>shop/Deployment.apps/web</code> changed in Git "
                  "<code>b.yaml:7</code></summary>\n\n"
                  "```diff\n"
                  "@@  b.yaml:1 @@\n"
                  "-   /spec/replicas: 2\n"
                  "+   /spec/replicas: 3\n"
                  "@@  b.yaml:1 @@\n"
                  "+   /metadata/labels/a: \"x\\u001b[2J\"\n"
                  "-   /data/secret: ***\n"
                  "@@  b.yaml:1 @@\n"
                  "!   /spec/paused: 2\n"
                  "```\n\n</details>\n\n");
    assert_has(f, "<p>- <code>_/ConfigMap/old</code> removed from Git</p>\n\n");
}

/* Names stand in HTML or behind our four characters: no line of theirs starts a block. */
static void reportReview_markdownHostileNames_stayInTheirPlace(void **state)
{
    fixture *f = *state;
    f->operations[4].own_key = "a/</code>\n\n# `|<b>@all";
    f->detail.reason = "<i>";
    report(f, GITOPS_REPORT_MARKDOWN, 1);
    assert_has(f, "<p>- <code>a/&lt;/code&gt;\\n\\n# `|&lt;b&gt;@all</code> removed");
    assert_has(f, "</code> &lt;i&gt; <code>b.yaml:7</code></summary>");
}

/* Many objects: fields go first, then whole objects, and the end says so. */
static void reportReview_markdownOfManyObjects_staysWithinAComment(void **state)
{
    enum { MANY = 2000 };
    fixture *f = *state;
    gitops_operation *many = calloc(MANY, sizeof *many);
    assert_non_null(many);
    for (size_t i = 0; i < MANY; i++)
        many[i] = f->operations[1];
    f->plan.operations.items = many;
    f->plan.count = MANY;
    report(f, GITOPS_REPORT_MARKDOWN, 1);
    free(many);
    assert_in_range(f->length, 44000, 60000);
    assert_has(f, "<p>To stay within the size of a comment, the fields of ");
    assert_has(f, " more objects are not shown at all.</p>\n");
}

static void reportReview_badArguments_areRefused(void **state)
{
    fixture *f = *state;
    gitops_plan *plans[] = {&f->plan, NULL};
    gitops_report_options page = options_for(GITOPS_REPORT_HTML);
    gitops_report_options markdown = options_for(GITOPS_REPORT_MARKDOWN);
    assert_int_equal(gitops_report_review(plans, 2, "a", "b", NULL, fixture_write, f, NULL),
                     GITOPS_EINVAL);
    assert_int_equal(gitops_report_review(NULL, 1, "a", "b", NULL, fixture_write, f, NULL),
                     GITOPS_EINVAL);
    assert_int_equal(gitops_report_review(plans, 1, NULL, "b", NULL, fixture_write, f, NULL),
                     GITOPS_EINVAL);
    assert_int_equal(gitops_report_review(plans, 1, "a", "b", NULL, NULL, f, NULL), GITOPS_EINVAL);
    assert_int_equal(gitops_report_review(plans, 1, "a", "b", &page, fixture_write, f, NULL),
                     GITOPS_EINVAL);
    assert_int_equal(gitops_report_plan(&f->plan, &markdown, fixture_write, f, NULL),
                     GITOPS_EINVAL);
    assert_int_equal(gitops_report_changes(f->detail.changes, &markdown, fixture_write, f, NULL),
                     GITOPS_EINVAL);
    assert_int_equal(f->length, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_open, fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(reportReview_textOfOneUnit_isThatOfItsPlan),
        TEST(reportReview_textOfSeveralUnits_namesThem),
        TEST(reportReview_nothing_isEmptyTextAndSaidInMarkdown),
        TEST(reportReview_json_hasTheUnits),
        TEST(reportReview_markdown_hasTotalsAndFoldedFields),
        TEST(reportReview_markdownHostileNames_stayInTheirPlace),
        TEST(reportReview_markdownOfManyObjects_staysWithinAComment),
        TEST(reportReview_badArguments_areRefused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
