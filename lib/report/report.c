/*
 * report: the public front. Checks arguments, imports options and hands the work to the file of the
 * form, which writes through a gops_writer.
 */
#include <gitops/report.h>

#include <string.h>

#include "base/options.h"
#include "diff/changes.h"
#include "report/forms.h"

static int import_options(gitops_report_options *options, const gitops_report_options *given,
                          gitops_error *err)
{
    int rc = gops_options_import(options, sizeof *options, given, "gitops_report_options", err);
    if (rc < 0)
        return rc;
    if (options->format == 0)
        options->format = GITOPS_REPORT_TEXT;
    if (options->format < GITOPS_REPORT_TEXT || options->format > GITOPS_REPORT_MARKDOWN)
        return gops_fail(err, GITOPS_EINVAL, "no report format %d", (int)options->format);
    return 0;
}

static int report_plan(const gitops_plan *plan, const gitops_run *run,
                       const gitops_report_options *given, gitops_write_fn write, void *user_data,
                       gitops_error *err)
{
    gitops_report_options options;
    gops_writer out;
    int rc = import_options(&options, given, err);
    if (rc < 0)
        return rc;
    if (!plan || !write)
        return gops_fail(err, GITOPS_EINVAL, "a report needs a plan and a write function");
    if (options.format == GITOPS_REPORT_MARKDOWN)
        return gops_fail(err, GITOPS_EINVAL, "only a review is reported as Markdown");
    gops_writer_init(&out, write, user_data);
    if (options.format == GITOPS_REPORT_JSON)
        gops_json_plan(&out, plan, run, &options);
    else if (options.format == GITOPS_REPORT_HTML)
        gops_html_plan(&out, plan, run, &options);
    else
        gops_text_plan(&out, plan, run, &options);
    return gops_writer_finish(&out, err);
}

int gitops_report_plan(gitops_plan *plan, const gitops_report_options *options,
                       gitops_write_fn write, void *user_data, gitops_error *err)
{
    return report_plan(plan, NULL, options, write, user_data, err);
}

int gitops_report_run(gitops_run *run, const gitops_report_options *options, gitops_write_fn write,
                      void *user_data, gitops_error *err)
{
    if (!run)
        return gops_fail(err, GITOPS_EINVAL, "a report needs a run");
    return report_plan(gitops_run_plan(run), run, options, write, user_data, err);
}

int gitops_report_changes(gitops_changes *changes, const gitops_report_options *given,
                          gitops_write_fn write, void *user_data, gitops_error *err)
{
    gitops_report_options options;
    gops_writer out;
    int rc = import_options(&options, given, err);
    if (rc < 0)
        return rc;
    if (!changes || !write)
        return gops_fail(err, GITOPS_EINVAL, "a report needs changes and a write function");
    if (options.format != GITOPS_REPORT_TEXT && options.format != GITOPS_REPORT_JSON)
        return gops_fail(err, GITOPS_EINVAL, "changes are reported as text or JSON");
    gops_writer_init(&out, write, user_data);
    if (options.format == GITOPS_REPORT_JSON) {
        gops_json_changes(&out, changes);
        gops_writer_puts(&out, "\n");
    } else {
        gops_text_changes(&out, changes, "", &options);
    }
    return gops_writer_finish(&out, err);
}

int gitops_report_review(gitops_plan *const *plans, size_t count, const char *from, const char *to,
                         const gitops_report_options *given, gitops_write_fn write, void *user_data,
                         gitops_error *err)
{
    gitops_report_options options;
    gops_writer out;
    int rc = import_options(&options, given, err);
    if (rc < 0)
        return rc;
    if ((count && !plans) || !from || !to || !write)
        return gops_fail(err, GITOPS_EINVAL, "a review needs two revisions and a write function");
    for (size_t i = 0; i < count; i++)
        if (!plans[i])
            return gops_fail(err, GITOPS_EINVAL, "plan %zu of the review is NULL", i);
    if (options.format == GITOPS_REPORT_HTML)
        return gops_fail(err, GITOPS_EINVAL, "a review is reported as text, JSON or Markdown");
    gops_writer_init(&out, write, user_data);
    if (options.format == GITOPS_REPORT_JSON)
        gops_json_review(&out, plans, count, from, to, &options);
    else if (options.format == GITOPS_REPORT_MARKDOWN)
        gops_markdown_review(&out, plans, count, from, to, &options);
    else
        gops_text_review(&out, plans, count, &options);
    return gops_writer_finish(&out, err);
}

int gitops_report_event(const gitops_event *event, gitops_write_fn write, void *user_data,
                        gitops_error *err)
{
    gops_writer out;
    if (!event || !write)
        return gops_fail(err, GITOPS_EINVAL, "a report needs an event and a write function");
    gops_writer_init(&out, write, user_data);
    gops_json_event(&out, event);
    return gops_writer_finish(&out, err);
}

/*
 * Kept values are worth a line only where somebody should know: drift under the policy "report"
 * has the action "none", a conflict that the target won has the action "keep".
 */
int gops_change_shows(const gitops_change *change)
{
    const char *action = gitops_change_action(change);
    if (strcmp(action, "none") == 0)
        return gops_change_is_kept(change);
    return strcmp(action, "keep") != 0 || gitops_change_conflict(change) != NULL;
}

int32_t gops_run_outcome(const gitops_run *run, size_t i)
{
    int32_t outcome = gitops_run_outcome(run, i);
    return outcome == GITOPS_OUTCOME_NONE ? GITOPS_OUTCOME_SKIPPED : outcome;
}
