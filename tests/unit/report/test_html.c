/* Pages, by their parts: what is in them, and that nothing hostile gets out of its place. The whole
   page is looked at from outside, tests/program/test_html.py and test_page.py. */
#include "fixture.h"

#define DIGEST "7777777777777777777777777777777777777777777777777777777777777777"

static const gitops_report_options as_page = {sizeof as_page, GITOPS_REPORT_HTML, 0, 0, 0,
                                              "gitops apply --state '<s>'"};

static void assert_has(const fixture *f, const char *part)
{
    if (!strstr(f->text, part))
        fail_msg("not in the page: %s", part);
}

static void assert_lacks(const fixture *f, const char *part)
{
    if (strstr(f->text, part))
        fail_msg("in the page: %s", part);
}

static void reportPlan_html_hasTotalsOperationsAndFields(void **state)
{
    fixture *f = *state;
    assert_int_equal(gitops_report_plan(&f->plan, &as_page, fixture_write, f, NULL), 0);
    assert_has(f, "<title>Plan of default</title>");
    assert_has(f, "<dt>Revision</dt><dd><code>abc123</code></dd>");
    assert_has(f, "<b>1</b> to replace</span></button>");
    assert_has(f, "<span class=\"count order\"><span><b>9</b> in order</span></span>");
    assert_has(f, "<article id=\"op-1\" class=\"update\"><details open>");
    assert_has(f, "<span class=\"part\">shop/Deployment.apps/</span><b>web</b>");
    assert_has(f, "<td class=\"old\"><pre>2</pre></td><td class=\"new\"><pre>3</pre></td>");
    assert_has(f, "<td class=\"new\"><pre>&quot;x\\u001b[2J&quot;</pre></td>");
    assert_has(f, "<td class=\"old\"><pre>***</pre></td>");
    assert_has(f, "<span class=\"note\">drift, left alone</span>");
    assert_lacks(f, "/spec/quiet");
    assert_lacks(f, "id=\"held\"");
}

static void reportPlan_htmlHeld_showsTheLimitsAndTheCommand(void **state)
{
    fixture *f = *state;
    f->plan.held[0].limit = "deletes";
    f->plan.held[0].allowed = 1;
    f->plan.held[0].asked = 20;
    f->plan.held_count = 1;
    assert_int_equal(gitops_report_plan(&f->plan, &as_page, fixture_write, f, NULL), 0);
    assert_has(f, "<li><b>deletes</b>: 20 asked, 1 allowed</li>");
    assert_has(f, "<pre><code>gitops apply --state &#39;&lt;s&gt;&#39; --approve " DIGEST
                  "</code></pre>");
}

static void reportPlan_htmlHostileNames_areText(void **state)
{
    fixture *f = *state;
    f->plan.unit = "</title><script>";
    f->plan.revision = "\"><b>\xE2\x80\xAE";
    f->operations[4].own_key = "<img src=x>/\"&'";
    assert_int_equal(gitops_report_plan(&f->plan, &as_page, fixture_write, f, NULL), 0);
    assert_has(f, "<title>Plan of &lt;/title&gt;&lt;script&gt;</title>");
    assert_has(f, "&quot;&gt;&lt;b&gt;\\u202e</code>");
    assert_has(f, "<b>&lt;img src=x&gt;/&quot;&amp;&#39;</b>");
    assert_lacks(f, "<img");
}

static void reportRun_html_putsWhatFailedFirst(void **state)
{
    fixture *f = *state;
    f->outcomes[1] = GITOPS_OUTCOME_FAILED;
    f->outcomes[4] = GITOPS_OUTCOME_NONE;
    f->errors[1] = "no <room>";
    assert_int_equal(gitops_report_run(&f->run, &as_page, fixture_write, f, NULL), 0);
    assert_has(f, "<title>Run of default</title>");
    assert_has(f, "<h2>Not done</h2>");
    assert_has(f, "failed: no &lt;room&gt;</span></li>");
    assert_has(f, "<b>0</b> updated</span></button>");
    assert_has(f, "<b>1</b> failed</span></button>");
    assert_has(f, "<article id=\"op-4\" class=\"delete skipped\">");
}

static void reportPlan_htmlWithoutOperations_hasNoPicture(void **state)
{
    fixture *f = *state;
    f->plan.count = 0;
    assert_int_equal(gitops_report_plan(&f->plan, &as_page, fixture_write, f, NULL), 0);
    assert_has(f, "No changes. The target is as the source says.");
    assert_lacks(f, "<svg");
}

/* Operations of one rank stand in one box, of eight rows; a new rank starts another one. */
static void reportPlan_htmlPicture_hasABoxForEachRank(void **state)
{
    fixture *f = *state;
    for (size_t i = 0; i < FIXTURE_OPERATIONS; i++)
        f->operations[i].rank = i < 2 ? 0 : 1;
    assert_int_equal(gitops_report_plan(&f->plan, &as_page, fixture_write, f, NULL), 0);
    assert_has(f, "<rect class=\"tier\" rx=\"10\" x=\"20\" y=\"46\" width=\"196\" height=\"108\"/>");
    assert_has(f, "<rect class=\"tier\" rx=\"10\" x=\"250\" y=\"46\" width=\"196\" height=\"108\"/>");
    assert_has(f, "viewBox=\"0 0 696 174\"");
    assert_has(f, "<text class=\"name\" x=\"26\" y=\"31\">web</text>");
}

static void reportPlan_htmlWithheld_isNotAmongTheOperations(void **state)
{
    fixture *f = *state;
    f->plan.withheld = (gops_findings){.items = &f->operations[1], .count = 1};
    f->plan.count = 1;
    assert_int_equal(gitops_report_plan(&f->plan, &as_page, fixture_write, f, NULL), 0);
    assert_has(f, "<h2>Not sent again</h2>");
    assert_has(f, "<article id=\"withheld-0\" class=\"update\">");
    assert_lacks(f, "id=\"op-1\"");
}

static int refuse(const char *data, size_t length, void *user_data)
{
    (void)data;
    (void)length;
    (void)user_data;
    return -1;
}

static void reportPlan_htmlRefused_isAnError(void **state)
{
    fixture *f = *state;
    assert_int_equal(gitops_report_plan(&f->plan, &as_page, refuse, NULL, NULL), GITOPS_EIO);
}

static void reportChanges_html_isRefused(void **state)
{
    fixture *f = *state;
    gitops_error err = {0};
    assert_int_equal(gitops_report_changes(f->detail.changes, &as_page, fixture_write, f, &err),
                     GITOPS_EINVAL);
    assert_string_equal(err.message, "changes are reported as text or JSON");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_open, fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(reportPlan_html_hasTotalsOperationsAndFields),
        TEST(reportPlan_htmlHeld_showsTheLimitsAndTheCommand),
        TEST(reportPlan_htmlHostileNames_areText),
        TEST(reportRun_html_putsWhatFailedFirst),
        TEST(reportPlan_htmlWithoutOperations_hasNoPicture),
        TEST(reportPlan_htmlPicture_hasABoxForEachRank),
        TEST(reportPlan_htmlWithheld_isNotAmongTheOperations),
        TEST(reportPlan_htmlRefused_isAnError),
        TEST(reportChanges_html_isRefused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
