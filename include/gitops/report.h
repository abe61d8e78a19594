/*
 * gitops/report.h - plans, runs, diffs and events as text and pages for people, as JSON for programs.
 *
 *     gitops_report_options options = {sizeof options, 0};
 *     options.format = GITOPS_REPORT_TEXT;
 *     gitops_report_plan(plan, &options, write_to_stdout, NULL, &err);
 *
 * The JSON forms carry "format_version" and are stable (docs/formats.md). A page is one HTML file
 * that fetches nothing, reads without a script and runs only its own (docs/program.md). No report
 * holds a sensitive value. Reports are written piece by piece; nothing is kept. Threads: any.
 */
#ifndef GITOPS_REPORT_H
#define GITOPS_REPORT_H

#include <gitops/reconciler.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
    GITOPS_REPORT_TEXT = 1,
    GITOPS_REPORT_JSON = 2,
    GITOPS_REPORT_HTML = 3,        /* of a plan or a run */
    GITOPS_REPORT_MARKDOWN = 4     /* of a review */
};

typedef struct gitops_report_options {
    size_t struct_size;
    int32_t format;        /* GITOPS_REPORT_...; 0: text */
    int32_t color;         /* 1: ANSI colours in text */
    int32_t full;          /* 1: changes of every operation */
    int32_t brief;         /* 1: text of a run: only what did not go well, and the totals */
    const char *approve_command; /* for people: what a held plan tells the reader to run; NULL: nothing */
} gitops_report_options;

/*
 * A plan, as it would be carried out; for people with the command that approves a held one.
 * options may be NULL, here and below. Returns 0, GITOPS_EINVAL or GITOPS_EIO (write refused).
 */
GITOPS_API int gitops_report_plan(gitops_plan *plan, const gitops_report_options *options,
                                  gitops_write_fn write, void *user_data, gitops_error *err);

/* The plan of a run with the outcome of each operation. GITOPS_EINVAL when the run has no plan. */
GITOPS_API int gitops_report_run(gitops_run *run, const gitops_report_options *options,
                                 gitops_write_fn write, void *user_data, gitops_error *err);

/*
 * What a change from one revision to another would send, by the units that it touches: plans of
 * gitops_plan_between that do something. Text is that of the plans, below their units' names when
 * there are several, and empty for none. Markdown is a comment for a review: totals, then objects
 * that unfold into their fields, within 64 KB; what is left out is said.
 * Returns 0, GITOPS_EINVAL or GITOPS_EIO.
 */
GITOPS_API int gitops_report_review(gitops_plan *const *plans, size_t count, const char *from,
                                    const char *to, const gitops_report_options *options,
                                    gitops_write_fn write, void *user_data, gitops_error *err);

/*
 * The changed leaves of one object: a JSON array, or text that is empty when nothing differs;
 * GITOPS_EINVAL for other forms.
 */
GITOPS_API int gitops_report_changes(gitops_changes *changes,
                                     const gitops_report_options *options, gitops_write_fn write,
                                     void *user_data, gitops_error *err);

/* One event as one line of JSON. */
GITOPS_API int gitops_report_event(const gitops_event *event, gitops_write_fn write,
                                   void *user_data, gitops_error *err);

#ifdef __cplusplus
}
#endif
#endif
