/*
 * fleet: many units in one reconciler, so that they share source, store and targets, wait for each
 * other, and hand objects over. All are planned and applied at the revision whose gitops.yaml was
 * read, but for those that are pinned to another.
 */
#include "fleet.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "configuration.h"
#include "progress.h"
#include "signals.h"
#include "terminal.h"

enum { WORKERS = 8 };

typedef struct fleet_target {
    const char *name;
    program_target opened;
    int prepared;
} fleet_target;

typedef struct fleet_unit {
    const char *name;
    size_t place; /* in the configuration */
    gitops_unit *unit;
    fleet_target *target;
} fleet_unit;

typedef struct fleet {
    program *p;
    const arguments *args;
    runner_options options;
    configuration files;
    gitops_store *store;
    gitops_reconciler *reconciler;
    fleet_target *targets;
    fleet_unit *units;
    size_t target_count, unit_count;
    char *apply_command; /* without the name of a unit */
    int stopped;         /* declined, or a target could not be prepared */
    int output_lost;
} fleet;

int is_configured(const arguments *args)
{
    return !arguments_get(args, "source") && !arguments_get(args, "target") &&
           !arguments_get(args, "state") && has_host_file(args);
}

static int is_selected(const fleet *f, size_t i)
{
    for (size_t k = 0; k < f->args->operand_count; k++)
        if (gitops_config_selects(f->files.config, i, f->args->operands[k]))
            return 1;
    return f->args->operand_count == 0;
}

/* Each operand has to select something: a typing error is no empty selection. */
static int check_operands(const fleet *f)
{
    size_t count = gitops_config_unit_count(f->files.config);
    for (size_t k = 0; k < f->args->operand_count; k++) {
        size_t i = 0;
        while (i < count && !gitops_config_selects(f->files.config, i, f->args->operands[k]))
            i++;
        if (i == count)
            return complain("there is no unit %s", f->args->operands[k]);
    }
    return 0;
}

static int select_units(fleet *f)
{
    size_t count = gitops_config_unit_count(f->files.config);
    f->units = calloc(count + 1, sizeof *f->units);
    f->targets = calloc(count + 1, sizeof *f->targets);
    if (!f->units || !f->targets)
        return complain("out of memory");
    for (size_t i = 0; i < count; i++)
        if (is_selected(f, i)) {
            f->units[f->unit_count].name = gitops_config_unit_name(f->files.config, i);
            f->units[f->unit_count++].place = i;
        }
    return check_operands(f);
}

static int open_store(fleet *f)
{
    gitops_store_options options = {sizeof options, gitops_config_state(f->files.config), 0, 0};
    gitops_error err = {0};
    options.create = !f->options.plan_only;
    options.read_only = f->options.plan_only;
    return gitops_store_open(&f->store, f->p->context, &options, &err) < 0 ? complain_error(&err)
                                                                           : 0;
}

/* Adds what a unit owns. Returns 0 or RESULT_ERROR. */
static int count_owned(const fleet *f, const char *unit, size_t *owned)
{
    gitops_inventory *inventory = NULL;
    gitops_error err = {0};
    if (gitops_inventory_read(&inventory, f->store, unit, &err) < 0)
        return complain_error(&err);
    *owned += gitops_inventory_count(inventory);
    gitops_inventory_free(inventory);
    return 0;
}

/* A target in which no unit owns anything yet may be made. */
static int open_fleet_target(fleet *f, const char *name, fleet_target **out)
{
    const gitops_config *config = f->files.config;
    size_t owned = 0;
    for (size_t i = 0; i < f->target_count; i++)
        if (strcmp(f->targets[i].name, name) == 0) {
            *out = &f->targets[i];
            return 0;
        }
    for (size_t i = 0; i < gitops_config_unit_count(config); i++)
        if (strcmp(gitops_config_unit_target(config, i), name) == 0 &&
            count_owned(f, gitops_config_unit_name(config, i), &owned) != 0)
            return RESULT_ERROR;
    *out = &f->targets[f->target_count++];
    (*out)->name = name;
    return open_target(f->p, gitops_config_target(config, name),
                       (f->options.plan_only ? 0 : TARGET_WRITABLE) |
                           (owned ? 0 : TARGET_MAY_BE_NEW),
                       &(*out)->opened);
}

static const fleet_unit *find_unit(const fleet *f, const char *name)
{
    for (size_t i = 0; i < f->unit_count; i++)
        if (strcmp(f->units[i].name, name) == 0)
            return &f->units[i];
    return NULL;
}

/* Units that are not selected are not waited for. Returns how many are left in after. */
static size_t keep_selected(const fleet *f, const gitops_unit_options *options, const char **after)
{
    size_t kept = 0;
    for (size_t i = 0; i < options->after_count; i++)
        if (find_unit(f, options->after[i]))
            after[kept++] = options->after[i];
    return kept;
}

static int make_unit(fleet *f, fleet_unit *unit)
{
    gitops_unit_options options;
    gitops_error err = {0};
    gitops_schema *schema = NULL;
    gitops_config_unit_options(f->files.config, unit->place, &options, NULL);
    const char **after = calloc(options.after_count + 1, sizeof *after);
    const char *path = gitops_config_unit_schema(f->files.config, unit->place);
    if (!after)
        return complain("out of memory");
    options.after_count = keep_selected(f, &options, after);
    options.after = after;
    options.source = f->files.source;
    options.target = unit->target->opened.target;
    int rc = path ? configuration_schema(&f->files, f->p, path, &schema, &err) : 0;
    options.schema = schema;
    if (rc == 0)
        rc = gitops_unit_new(&unit->unit, f->p->context, &options, &err);
    gitops_schema_free(schema);
    free(after);
    return rc < 0 ? complain_error(&err) : 0;
}

/* What is pinned stays so; the others read what their configuration is of. */
static int fix_revision(fleet *f, const char *name)
{
    gitops_standing *standing = NULL;
    gitops_error err = {0};
    int rc = gitops_standing_read(&standing, f->store, name, unix_now_ms(), &err);
    if (rc == 0 && gitops_standing_count(standing, GITOPS_STANDING_PINNED) == 0)
        rc = gitops_reconciler_read_once(f->reconciler, name,
                                         gitops_snapshot_revision(f->files.snapshot), &err);
    gitops_standing_free(standing);
    return rc < 0 ? complain_error(&err) : 0;
}

static int add_unit(fleet *f, fleet_unit *unit)
{
    gitops_error err = {0};
    const char *target = gitops_config_unit_target(f->files.config, unit->place);
    if (open_fleet_target(f, target, &unit->target) != 0 || make_unit(f, unit) != 0)
        return RESULT_ERROR;
    if (gitops_reconciler_add(f->reconciler, unit->unit, &err) < 0)
        return complain_error(&err);
    return fix_revision(f, unit->name);
}

static void stop(fleet *f)
{
    f->stopped = 1;
    gitops_reconciler_cancel(f->reconciler);
}

static int print_plan(fleet *f, gitops_plan *plan, gitops_run *run, FILE *out)
{
    static const int32_t formats[] = {GITOPS_REPORT_TEXT, GITOPS_REPORT_JSON};
    gitops_report_options options = {sizeof options, GITOPS_REPORT_TEXT, 0, 0, 0, NULL};
    gitops_error err = {0};
    size_t size = strlen(f->apply_command) + strlen(gitops_plan_unit(plan)) + 2;
    char *command = malloc(size);
    if (!command)
        return complain("out of memory");
    snprintf(command, size, "%s %s", f->apply_command, gitops_plan_unit(plan));
    options.format = out == stdout ? formats[f->options.output == OUTPUT_JSON] : formats[0];
    options.color = wants_color(fileno(out));
    options.full = f->options.full;
    options.approve_command = command;
    if (options.format == GITOPS_REPORT_TEXT && f->unit_count > 1)
        fprintf(out, "unit %s\n", gitops_plan_unit(plan));
    int rc = run ? gitops_report_run(run, &options, write_to_file, out, &err)
                 : gitops_report_plan(plan, &options, write_to_file, out, &err);
    free(command);
    return rc < 0 ? complain_error(&err) : 0;
}

static void on_planned(fleet *f, gitops_plan *plan)
{
    fleet_target *target = find_unit(f, gitops_plan_unit(plan))->target;
    int held = gitops_plan_held_count(plan) > 0;
    progress_end();
    if (f->options.asks && !held && gitops_plan_count(plan) > 0) {
        print_plan(f, plan, NULL, f->options.output == OUTPUT_TEXT ? stdout : stderr);
        fflush(stdout);
        if (!ask_user()) {
            complain("not approved; nothing more is changed");
            stop(f);
            return;
        }
    }
    if (held || target->prepared || !target->opened.prepare)
        return;
    target->prepared = target->opened.prepare(target->opened.data) == 0;
    if (!target->prepared)
        stop(f);
}

static void on_event(const gitops_event *event, void *user_data)
{
    fleet *f = user_data;
    gitops_error err = {0};
    if (f->options.output == OUTPUT_JSONL && !f->output_lost)
        f->output_lost =
            gitops_report_event(event, write_to_file, stdout, &err) < 0 || fflush(stdout) != 0;
    if (gitops_event_type(event) == GITOPS_EVENT_PLANNED)
        on_planned(f, gitops_event_plan(event));
}

static int approve_only(fleet *f, const char *digest)
{
    gitops_error err = {0};
    char user[USER_SIZE];
    if (f->unit_count != 1)
        return complain("--approve is for one unit: name it");
    if (gitops_reconciler_approve(f->reconciler, f->units[0].name, digest, name_user(user),
                                  arguments_get(f->args, "reason"), &err) < 0)
        return complain_error(&err);
    return 0;
}

static int open_reconciler(fleet *f)
{
    gitops_reconciler_options machine = {0};
    gitops_error err = {0};
    const char *digest = arguments_get(f->args, "approve");
    machine.struct_size = sizeof machine;
    machine.plan_only = f->options.plan_only;
    machine.all_changes = f->options.full;
    machine.seed = (uint64_t)unix_now_ms() ^ (uint64_t)getpid() << 32;
    machine.event = f->options.plan_only ? NULL : on_event;
    machine.event_user_data = f;
    if (gitops_reconciler_new(&f->reconciler, f->p->context, f->store, &machine, &err) < 0)
        return complain_error(&err);
    for (size_t i = 0; i < f->unit_count; i++)
        if (add_unit(f, &f->units[i]) != 0)
            return RESULT_ERROR;
    return digest ? approve_only(f, digest) : 0;
}

static int open_fleet(fleet *f)
{
    if (f->options.output == OUTPUT_HTML || arguments_get(f->args, "out") ||
        arguments_get(f->args, "plan") || arguments_get(f->args, "allow-rewind"))
        return complain("pages, saved plans and --allow-rewind are for a unit that flags describe: "
                        "with --source, --target and --state");
    f->apply_command = apply_command_line(f->p, f->args);
    if (!f->apply_command)
        return complain("out of memory");
    if (configuration_open(&f->files, f->p, f->args) != 0 || select_units(f) != 0 ||
        open_store(f) != 0)
        return RESULT_ERROR;
    return open_reconciler(f);
}

static void close_fleet(fleet *f)
{
    gitops_reconciler_free(f->reconciler);
    for (size_t i = 0; i < f->unit_count; i++)
        gitops_unit_free(f->units[i].unit);
    for (size_t i = 0; i < f->target_count; i++)
        gitops_target_free(f->targets[i].opened.target);
    gitops_store_free(f->store);
    configuration_close(&f->files);
    free(f->units);
    free(f->targets);
    free(f->apply_command);
}

/* Prints what came of one unit. Returns its part of the exit code. */
static int tell_unit(fleet *f, const char *name, gitops_run *run, int *printed)
{
    gitops_error err = {0};
    gitops_plan *plan = run ? gitops_run_plan(run) : NULL;
    int status = run ? gitops_run_status(run, &err) : GITOPS_ECANCELLED;
    int carried = status == 0 || status == GITOPS_EHELD || status == GITOPS_EPARTIAL;
    if (!carried && status != GITOPS_ECANCELLED) {
        complain("unit %s:", name);
        complain_stopped(run, &err);
    }
    if (carried && plan && f->options.output != OUTPUT_JSONL) {
        if (f->options.output == OUTPUT_JSON && f->unit_count > 1)
            putchar(*printed ? ',' : '[');
        else if (*printed)
            putchar('\n');
        *printed = 1;
        if (print_plan(f, plan, f->options.plan_only ? NULL : run, stdout) != 0)
            return RESULT_ERROR;
    }
    if (status == GITOPS_EHELD)
        return RESULT_HELD;
    if (status == GITOPS_EPARTIAL)
        return RESULT_FAILED;
    if (status < 0)
        return RESULT_ERROR;
    return f->options.plan_only && plan && gitops_plan_count(plan) ? RESULT_DIFFERS : RESULT_SAME;
}

/* An error of one unit is not "nothing was changed" when another one was. */
static int tell_units(fleet *f)
{
    int printed = 0, touched = 0, worst = RESULT_SAME, failed = 0;
    for (size_t i = 0; i < f->unit_count; i++) {
        gitops_run *run = gitops_reconciler_result(f->reconciler, f->units[i].name);
        int result = tell_unit(f, f->units[i].name, run, &printed);
        touched |= run && gitops_run_touched(run);
        failed |= result == RESULT_ERROR || result == RESULT_FAILED;
        worst = result > worst ? result : worst;
        gitops_run_free(run);
    }
    if (f->options.output == OUTPUT_JSON && f->unit_count > 1)
        puts(printed ? "]" : "[]");
    if (signals_received())
        return 128 + signals_received();
    if (failed || f->stopped)
        return touched ? RESULT_FAILED : RESULT_ERROR;
    return worst;
}

int fleet_run(program *p, const arguments *args, const runner_options *options)
{
    fleet f = {0};
    gitops_run_options how = {sizeof how, 0, WORKERS};
    gitops_error err = {0};
    f.p = p;
    f.args = args;
    f.options = *options;
    int result = open_fleet(&f);
    if (result == 0) {
        signals_watch(f.reconciler);
        gitops_reconciler_run(f.reconciler, &how, &err);
        signals_watch(NULL);
        result = tell_units(&f);
    }
    close_fleet(&f);
    return result;
}
