/*
 * gitops plan: what apply would do. Reads everything, changes nothing, takes no lease.
 */
#include "commands.h"
#include "fleet.h"
#include "runner.h"
#include "saved.h"

static const char *const formats[] = {"text", "json", "html", NULL};

/* Prints the plan, and saves it where that was asked for. */
static int print_last_plan(runner *r, const char *path)
{
    gitops_run *run = gitops_reconciler_result(r->reconciler, UNIT_NAME);
    gitops_plan *plan = run ? gitops_run_plan(run) : NULL;
    int result = plan ? runner_print_plan(r, plan, stdout) : RESULT_ERROR;
    if (result == 0 && path)
        result = save_plan(plan, r->setup.unit, path);
    if (result == 0 && gitops_plan_count(plan) > 0)
        result = RESULT_DIFFERS;
    gitops_run_free(run);
    return result;
}

static int run(program *p, const arguments *args)
{
    runner r;
    runner_options options = {0};
    gitops_error err = {0};
    int64_t differs = RESULT_DIFFERS;
    options.output = arguments_choice(args, "format", formats, OUTPUT_TEXT);
    if (options.output < 0 || arguments_number(args, "exit-code", 0, 1, &differs) < 0)
        return RESULT_ERROR;
    options.full = arguments_get(args, "full") != NULL;
    options.plan_only = 1;
    if (is_configured(args)) {
        int found = fleet_run(p, args, &options);
        return found == RESULT_DIFFERS ? (int)differs : found;
    }
    int result = runner_open(&r, p, args, &options);
    if (result == 0) {
        int rc = runner_run(&r, 0, &err);
        result = runner_result(&r, rc, &err);
        if (result == RESULT_SAME || result == RESULT_HELD) {
            int printed = print_last_plan(&r, arguments_get(args, "out"));
            result = printed == RESULT_ERROR || result == RESULT_SAME ? printed : result;
        }
    }
    if (result == RESULT_DIFFERS)
        result = (int)differs;
    runner_close(&r);
    return result;
}

static const option_spec options[] = {
    {"format", "text|json|html", "a review for people (default), JSON, or a page", 0},
    {"full", NULL, "show the fields of every operation, and long values whole", 0},
    {"out", "FILE", "save the plan for 'gitops apply --plan FILE'", 0},
    {"exit-code", "0|1", "what to exit with when there are differences; default 1", 0},
    {NULL, NULL, NULL, 0},
};

const command plan_command = {
    .name = "plan",
    .operands = "[UNIT...]",
    .summary = "show what apply would do",
    .details = "Exits 0 when there is nothing to do, 1 when there are differences, 3 when\n"
               "the plan goes beyond a limit and needs an approval; its last line is then\n"
               "the command that gives it. Without --source, --target and --state it is for\n"
               "the units of the configuration files that UNIT names, by name, glob or\n"
               "LABEL=VALUE; none: all.\n",
    .options = options,
    .shared = unit_options,
    .reads_git = 1,
    .run = run,
};
