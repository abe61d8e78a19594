/*
 * gitops apply: one pass that makes the target equal to the source.
 */
#include <string.h>

#include "commands.h"
#include "fleet.h"
#include "runner.h"
#include "terminal.h"

static const char *const formats[] = {"text", "json", "html", "jsonl", NULL};

static int approve(runner *r, const char *digest, const char *reason)
{
    gitops_error err = {0};
    char user[USER_SIZE];
    if (strlen(digest) != 64 || digest[strspn(digest, "0123456789abcdef")] != '\0')
        return complain("--approve %s: expected the 64 hexadecimal digits of a plan's digest",
                        digest);
    if (gitops_reconciler_approve(r->reconciler, UNIT_NAME, digest, name_user(user), reason,
                                  &err) < 0)
        return complain_error(&err);
    return 0;
}

/* An approval that was of no use is worth a word. */
static void tell_unused(runner *r, const char *digest)
{
    gitops_run *run = gitops_reconciler_result(r->reconciler, UNIT_NAME);
    gitops_plan *plan = run ? gitops_run_plan(run) : NULL;
    if (plan && gitops_plan_held_count(plan))
        complain("--approve %s is for another plan: this one has the digest %s", digest,
                 gitops_plan_digest(plan));
    else if (plan && gitops_plan_count(plan) == 0)
        complain("--approve %s: there is nothing to do", digest);
    gitops_run_free(run);
}

/*
 * The result goes to standard output whenever there is a plan that was carried out or held. After a
 * question the plan has been shown already, so that only what went wrong and the totals are left.
 */
static int print_last_run(runner *r)
{
    gitops_run *run = gitops_reconciler_result(r->reconciler, UNIT_NAME);
    gitops_plan *plan = run ? gitops_run_plan(run) : NULL;
    int result = 0;
    if (plan)
        result = runner_print_run(r, run, r->asks && gitops_plan_count(plan) > 0);
    gitops_run_free(run);
    return result;
}

static int run(program *p, const arguments *args)
{
    runner r;
    runner_options options = {0};
    gitops_error err = {0};
    const char *digest = arguments_get(args, "approve");
    options.output = arguments_choice(args, "format", formats, OUTPUT_TEXT);
    if (options.output < 0)
        return RESULT_ERROR;
    options.full = arguments_get(args, "full") != NULL;
    options.asks = !arguments_get(args, "yes") && is_conversation();
    if (is_configured(args))
        return fleet_run(p, args, &options);
    int result = runner_open(&r, p, args, &options);
    if (result == 0 && digest)
        result = approve(&r, digest, arguments_get(args, "reason"));
    if (result == 0) {
        int rc = runner_run(&r, 0, &err);
        result = runner_result(&r, rc, &err);
        if (options.output != OUTPUT_JSONL && result != RESULT_ERROR)
            print_last_run(&r);
        if (digest)
            tell_unused(&r, digest);
    }
    runner_close(&r);
    return result;
}

static const option_spec options[] = {
    {"plan", "FILE", "carry out the plan that 'gitops plan --out FILE' saved, and no other", 0},
    {"approve", "DIGEST", "carry out the held plan with this digest, and no other", 0},
    {"reason", "TEXT", "why it is approved; it goes into the history with your name", 0},
    {"yes", NULL, "do not ask, also on a terminal", 0},
    {"format", "text|json|html|jsonl", "a review (default), one JSON object, a page, or events", 0},
    {"full", NULL, "show the fields of every operation, and long values whole", 0},
    {NULL, NULL, NULL, 0},
};

const command apply_command = {
    .name = "apply",
    .operands = "[UNIT...]",
    .summary = "make the target equal to the source",
    .details = "Makes a missing state file and target directory. On a terminal the plan is\n"
               "shown and asked about first. Exits 0 when all is done, 2 when nothing was\n"
               "changed because of an error, 3 when the plan goes beyond a limit and needs\n"
               "an approval, 4 when something failed on the way. With --plan the saved plan is\n"
               "made anew at its revision; when it is another one by now, nothing is done.\n",
    .options = options,
    .shared = unit_options,
    .reads_git = 1,
    .changes_target = 1,
    .run = run,
};
