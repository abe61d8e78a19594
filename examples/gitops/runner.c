/*
 * runner: drives a reconciler for plan, apply and watch. Its event callback is where the user comes
 * in: a plan is shown and asked about there, so what was agreed to is exactly what is carried out.
 */
#include "runner.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "manifest_errors.h"
#include "progress.h"
#include "saved.h"
#include "signals.h"
#include "terminal.h"

enum { WORKERS = 8 };

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Only text goes elsewhere than to standard output. */
static gitops_report_options report_options(const runner *r, FILE *out)
{
    gitops_report_options options = {sizeof options, GITOPS_REPORT_TEXT, 0, 0, 0, NULL};
    if (out == stdout && r->output == OUTPUT_JSON)
        options.format = GITOPS_REPORT_JSON;
    if (out == stdout && r->output == OUTPUT_HTML)
        options.format = GITOPS_REPORT_HTML;
    options.color = wants_color(fileno(out));
    options.full = r->full;
    options.approve_command = r->approve_command;
    return options;
}

int runner_print_plan(runner *r, gitops_plan *plan, FILE *out)
{
    gitops_report_options options = report_options(r, out);
    gitops_error err = {0};
    if (gitops_report_plan(plan, &options, write_to_file, out, &err) < 0)
        return complain_error(&err);
    return 0;
}

int runner_print_run(runner *r, gitops_run *run, int brief)
{
    gitops_report_options options = report_options(r, stdout);
    gitops_error err = {0};
    options.brief = brief;
    if (gitops_report_run(run, &options, write_to_file, stdout, &err) < 0)
        return complain_error(&err);
    return 0;
}

int ask_user(void)
{
    char line[64] = "";
    fputs("Apply this plan? Only \"yes\" does: ", stderr);
    fflush(stderr);
    if (!signals_wait_for_input() || !fgets(line, sizeof line, stdin)) {
        fputc('\n', stderr);
        return 0;
    }
    return strcmp(line, "yes\n") == 0;
}

static void stop(runner *r)
{
    gitops_reconciler_cancel(r->reconciler);
}

static uint64_t mix(uint64_t mark, const char *text)
{
    for (; text && *text; text++)
        mark = mark * 31 + (unsigned char)*text;
    return mark * 31;
}

/* A number that stands for the objects that are left alone. */
static uint64_t drift_mark(const gitops_plan *plan)
{
    uint64_t mark = gitops_plan_drift_count(plan);
    for (size_t i = 0; i < gitops_plan_drift_count(plan); i++)
        mark = mix(mark, gitops_operation_key(gitops_plan_drift(plan, i)));
    return mark;
}

/*
 * In a watch a plan is news when it does something, or leaves something alone, and is not the one
 * that was shown before.
 */
static int is_news(runner *r, const gitops_plan *plan)
{
    const char *digest = gitops_plan_digest(plan);
    uint64_t drift = drift_mark(plan);
    int known = strcmp(digest, r->last_digest) == 0 && drift == r->last_drift;
    snprintf(r->last_digest, sizeof r->last_digest, "%s", digest);
    r->last_drift = drift;
    return (gitops_plan_count(plan) > 0 || drift) && !known;
}

/* 1 when the plan is not the saved one, or that could not be found out. */
static int is_another_plan(runner *r, const gitops_plan *plan)
{
    gitops_error err = {0};
    if (gitops_saved_plan_compare(r->saved, plan, r->setup.unit, &err) < 0)
        complain_error(&err);
    return gitops_saved_plan_moved(r->saved);
}

static void on_planned(runner *r, gitops_plan *plan)
{
    int held = gitops_plan_held_count(plan) > 0;
    progress_end();
    r->sent = 0;
    r->planned = gitops_plan_count(plan);
    if (r->watches && r->output == OUTPUT_TEXT && is_news(r, plan))
        runner_print_plan(r, plan, stdout);
    r->moved = r->saved && is_another_plan(r, plan);
    if (r->moved) {
        stop(r);
        return;
    }
    if (r->asks && !held && r->planned > 0) {
        runner_print_plan(r, plan, r->output == OUTPUT_TEXT ? stdout : stderr);
        fflush(stdout);
        r->declined = !ask_user();
    }
    if (r->declined) {
        stop(r);
    } else if (!held && r->setup.target.prepare) {
        r->prepare_failed = r->setup.target.prepare(r->setup.target.data) != 0;
        if (r->prepare_failed)
            stop(r);
    }
    if (!held && r->planned > 0 && r->output != OUTPUT_JSONL)
        progress_begin("applying");
}

/* An operation is sent, or done and not yet as it should be. */
static void on_step(runner *r, const gitops_event *event)
{
    char text[160];
    const char *key = gitops_operation_key(gitops_event_operation(event));
    const char *waits = gitops_event_message(event);
    r->sent += gitops_event_type(event) == GITOPS_EVENT_STARTED;
    snprintf(text, sizeof text, "%s%s%s", key, waits ? ": " : "", waits ? waits : "");
    progress_step(r->sent, r->planned, text);
}

/* Names every leaf of every object that Git and the target changed. */
static void complain_conflicts(const gitops_plan *plan)
{
    for (size_t i = 0; i < gitops_plan_conflict_count(plan); i++) {
        const gitops_operation *object = gitops_plan_conflict(plan, i);
        complain_changes(gitops_operation_changes(object), gitops_operation_key(object));
    }
}

void complain_stopped(const gitops_run *run, const gitops_error *err)
{
    if (run && gitops_run_plan(run) && err->code == GITOPS_ECONFLICT)
        complain_conflicts(gitops_run_plan(run));
    complain_manifest(err, run ? gitops_run_diagnostics(run) : NULL, "changed");
    if (err->code == GITOPS_ECONFLICT)
        complain("--conflict desired or --conflict live decides");
    if (err->code == GITOPS_EREWIND)
        complain("if this is what you want, allow it once with --allow-rewind %s", err->where);
}

/* A number that stands for all that a pass stopped for. */
static uint64_t failure_mark(const gitops_run *run, const gitops_error *err)
{
    const gitops_diagnostics *list = gitops_run_diagnostics(run);
    uint64_t mark = mix(mix((uint64_t)-err->code, err->where), err->message);
    gitops_error problem;
    for (size_t i = 0; list && i < gitops_diagnostics_count(list); i++) {
        gitops_diagnostics_get(list, i, &problem);
        mark = mix(mix(mark + problem.line, problem.where), problem.message);
    }
    return mark;
}

/* In a watch: why a pass stopped, unless the one before stopped for just that. */
static void tell_failure(runner *r, const gitops_run *run, const gitops_error *err)
{
    uint64_t mark = failure_mark(run, err);
    if (mark != r->last_failure)
        complain_stopped(run, err);
    r->last_failure = mark;
}

/* Once for each revision: what was read with a doubt, and what was left out. */
static void tell_manifest(runner *r, const gitops_run *run)
{
    const gitops_plan *plan = run ? gitops_run_plan(run) : NULL;
    if (!plan || strcmp(gitops_plan_revision(plan), r->told_revision) == 0)
        return;
    snprintf(r->told_revision, sizeof r->told_revision, "%s", gitops_plan_revision(plan));
    print_diagnostics(gitops_run_diagnostics(run), "");
    uint64_t skipped = gitops_plan_skipped(plan);
    if (skipped)
        complain("%llu %s", (unsigned long long)skipped,
                 skipped == 1 ? "document is no object and was skipped"
                              : "documents are no objects and were skipped");
}

/* In a watch the end of a pass is told at once; otherwise the command tells it. */
static void on_finished(runner *r, gitops_run *run)
{
    gitops_error err = {0};
    progress_end();
    if (!r->watches || !run)
        return;
    int status = gitops_run_status(run, &err);
    if (status < 0 && status != GITOPS_EHELD && status != GITOPS_EPARTIAL &&
        status != GITOPS_ECANCELLED) {
        tell_failure(r, run, &err);
    } else {
        r->last_failure = 0;
        tell_manifest(r, run);
    }
    gitops_plan *plan = gitops_run_plan(run);
    int carried_out = plan && gitops_plan_count(plan) > 0 && gitops_plan_conflict_count(plan) == 0;
    if (r->output == OUTPUT_TEXT && carried_out && status != GITOPS_EHELD)
        runner_print_run(r, run, 1);
    fflush(stdout);
}

static void on_event(const gitops_event *event, void *user_data)
{
    runner *r = user_data;
    gitops_error err = {0};
    if (r->output == OUTPUT_JSONL && !r->output_lost)
        r->output_lost =
            gitops_report_event(event, write_to_file, stdout, &err) < 0 || fflush(stdout) != 0;
    switch (gitops_event_type(event)) {
    case GITOPS_EVENT_PLANNED:
        on_planned(r, gitops_event_plan(event));
        break;
    case GITOPS_EVENT_STARTED:
    case GITOPS_EVENT_WAITING:
        on_step(r, event);
        break;
    case GITOPS_EVENT_FINISHED:
        on_finished(r, gitops_event_run(event));
        break;
    default:
        break;
    }
}

static int allow_rewind(runner *r, const char *commit)
{
    gitops_error err = {0};
    int rc = gitops_reconciler_allow_rewind(r->reconciler, UNIT_NAME, commit, &err);
    if (rc == GITOPS_EINVAL)
        return complain("--allow-rewind %s: expected the 40 hexadecimal digits of a commit",
                        commit);
    return rc < 0 ? complain_error(&err) : 0;
}

/* What is to be carried out is a saved plan: it is made anew at its revision. */
static int open_saved(runner *r, const char *path)
{
    gitops_error err = {0};
    r->saved_path = path;
    if (read_saved_plan(&r->saved, r->p, path, UNIT_NAME) != 0)
        return RESULT_ERROR;
    if (gitops_reconciler_read_once(r->reconciler, UNIT_NAME, gitops_saved_plan_revision(r->saved),
                                    &err) < 0)
        return complain_error(&err);
    return 0;
}

int runner_open(runner *r, program *p, const arguments *args, const runner_options *options)
{
    gitops_reconciler_options machine = {0};
    gitops_error err = {0};
    memset(r, 0, sizeof *r);
    r->p = p;
    r->args = args;
    r->output = options->output;
    r->full = options->full;
    r->asks = options->asks;
    r->watches = options->watches;
    r->approve_command = apply_command_line(p, args);
    if (unit_setup_open(&r->setup, p, args, !options->plan_only, options->interval_ms) != 0)
        return RESULT_ERROR;
    machine.struct_size = sizeof machine;
    machine.plan_only = options->plan_only;
    machine.all_changes = options->full;
    machine.seed = (uint64_t)now_ms() ^ (uint64_t)getpid() << 32;
    machine.event = options->plan_only ? NULL : on_event;
    machine.event_user_data = r;
    int rc = gitops_reconciler_new(&r->reconciler, p->context, r->setup.store, &machine, &err);
    if (rc == 0)
        rc = gitops_reconciler_add(r->reconciler, r->setup.unit, &err);
    if (rc < 0)
        return complain_error(&err);
    const char *rewind = arguments_get(args, "allow-rewind");
    const char *saved = arguments_get(args, "plan");
    if (rewind && allow_rewind(r, rewind) != 0)
        return RESULT_ERROR;
    return saved ? open_saved(r, saved) : 0;
}

void runner_close(runner *r)
{
    gitops_reconciler_free(r->reconciler);
    gitops_saved_plan_free(r->saved);
    unit_setup_free(&r->setup);
    free(r->approve_command);
}

int runner_run(runner *r, int forever, gitops_error *err)
{
    gitops_run_options options = {sizeof options, forever, WORKERS};
    signals_watch(r->reconciler);
    if (!r->watches && r->output != OUTPUT_JSONL)
        progress_begin("reading the source and the target");
    int rc = gitops_reconciler_run(r->reconciler, &options, err);
    progress_end();
    signals_watch(NULL);
    return rc;
}

static void complain_run(const gitops_run *run, int touched, const gitops_error *err)
{
    complain_stopped(run, err);
    if (touched)
        complain("the target was changed before this; run apply again when it is mended");
}

int runner_result(runner *r, int rc, const gitops_error *err)
{
    gitops_run *run = gitops_reconciler_result(r->reconciler, UNIT_NAME);
    int touched = run && gitops_run_touched(run);
    int result = rc == 0 ? RESULT_SAME : touched ? RESULT_FAILED : RESULT_ERROR;
    if (r->prepare_failed)
        result = RESULT_ERROR;
    else if (signals_received())
        result = 128 + signals_received();
    else if (r->moved)
        result = complain_moved(r->saved, r->saved_path);
    else if (r->declined)
        result = complain("not approved; nothing was changed");
    else if (rc == GITOPS_EHELD)
        result = RESULT_HELD;
    else if (rc == GITOPS_EPARTIAL)
        result = RESULT_FAILED;
    else if (rc < 0 && !r->watches)
        complain_run(run, touched, err);
    if (!r->watches && (rc == 0 || rc == GITOPS_EHELD || rc == GITOPS_EPARTIAL))
        tell_manifest(r, run);
    gitops_run_free(run);
    return result;
}
