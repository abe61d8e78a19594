/*
 * gitops watch: apply again and again, and tell what is new.
 */
#include "commands.h"
#include "runner.h"

static const char *const formats[] = {"text", "jsonl", NULL};

static int run(program *p, const arguments *args)
{
    runner r;
    runner_options options = {0};
    gitops_error err = {0};
    int format = arguments_choice(args, "format", formats, 0);
    if (format < 0 || arguments_duration_ms(args, "interval", &options.interval_ms) < 0)
        return RESULT_ERROR;
    options.output = format == 0 ? OUTPUT_TEXT : OUTPUT_JSONL;
    options.watches = 1;
    int result = runner_open(&r, p, args, &options);
    if (result == 0) {
        int rc = runner_run(&r, !arguments_get(args, "once"), &err);
        result = runner_result(&r, rc, &err);
    }
    runner_close(&r);
    return result;
}

static const option_spec options[] = {
    {"interval", "DURATION", "time between two looks at source and target; default 60s", 0},
    {"once", NULL, "one look, then exit as apply does", 0},
    {"format", "text|jsonl", "what is new for people (default), or an event a line", 0},
    {NULL, NULL, NULL, 0},
};

const command watch_command = {
    .name = "watch",
    .operands = "[UNIT...]",
    .summary = "keep the target equal to the source until stopped",
    .details = "Says nothing while all is in order. What stops a pass is told once, until it\n"
               "changes. A held plan is shown once and waits for 'gitops approve'.\n"
               "Ctrl-C ends after the calls under way, a second one at once.\n",
    .options = options,
    .shared = unit_options,
    .reads_git = 1,
    .changes_target = 1,
    .run = run,
};
