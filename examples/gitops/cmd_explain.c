/*
 * gitops explain: what is known of one object: where each field is stated, who owns it, what would
 * be done to it and why, and what holds it up. Nothing is changed. Values are shown only where they
 * differ, and as plans show them: what is sensitive stays hidden.
 */
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "runner.h"
#include "terminal.h"

enum { MAX_POINTER = 1024 };

typedef struct explanation {
    runner *r;
    const char *key;
    const char *pointer; /* only what is at or below it; "": everything */
    gitops_plan *plan;   /* borrowed from the run */
    int known;           /* something is known of the object */
} explanation;

/* The member of a pointer at the end of path. Returns the new length, or 0 when it is too long. */
static size_t append_step(char path[MAX_POINTER], size_t length, const char *step,
                          size_t step_length)
{
    if (length + 2 * step_length + 2 > MAX_POINTER)
        return 0;
    path[length++] = '/';
    for (size_t i = 0; i < step_length; i++) {
        if (step[i] == '~' || step[i] == '/') {
            path[length++] = '~';
            path[length++] = step[i] == '~' ? '0' : '1';
        } else {
            path[length++] = step[i];
        }
    }
    path[length] = '\0';
    return length;
}

static int is_at_or_below(const char *path, const char *pointer)
{
    size_t length = strlen(pointer);
    return strncmp(path, pointer, length) == 0 && (path[length] == '\0' || path[length] == '/');
}

/* Each leaf with its place in the file. */
static void print_leaves(const explanation *e, const char *file, const gitops_value *value,
                         char path[MAX_POINTER], size_t length)
{
    size_t count = gitops_value_count(value);
    if (count == 0) {
        if (!is_at_or_below(path, e->pointer))
            return;
        fputs("  ", stdout);
        print_shown(stdout, path);
        printf("  %s:%lu\n", file, (unsigned long)gitops_value_line(value));
        return;
    }
    for (size_t i = 0; i < count; i++) {
        char index[24];
        size_t step_length = 0;
        const char *step = gitops_value_key(value, i, &step_length);
        if (!step) {
            step_length = (size_t)snprintf(index, sizeof index, "%zu", i);
            step = index;
        }
        size_t longer = append_step(path, length, step, step_length);
        if (longer)
            print_leaves(e, file, gitops_value_item(value, i), path, longer);
        path[length] = '\0';
    }
}

static int read_manifest(const explanation *e, gitops_manifest **out, gitops_error *err)
{
    const arguments *args = e->r->args;
    gitops_snapshot *snapshot = NULL;
    gitops_manifest_options options = {0};
    const char **excludes = calloc(args->value_count + 1, sizeof *excludes);
    if (!excludes)
        return complain("out of memory");
    options.struct_size = sizeof options;
    options.path = arguments_get(args, "path");
    options.excludes = excludes;
    options.exclude_count = arguments_all(args, "exclude", excludes);
    int rc = gitops_source_fetch_revision(e->r->setup.source, gitops_plan_revision(e->plan),
                                          &snapshot, err);
    if (rc == 0)
        rc = gitops_manifest_read(out, e->r->p->context, snapshot, &options, NULL, err);
    gitops_snapshot_free(snapshot);
    free(excludes);
    return rc < 0 ? complain_error(err) : 0;
}

static int explain_source(explanation *e)
{
    gitops_manifest *manifest = NULL;
    gitops_document *document = NULL;
    gitops_error err = {0};
    char path[MAX_POINTER] = "";
    int result = read_manifest(e, &manifest, &err);
    int64_t at = result == 0 ? gitops_manifest_find(manifest, e->key) : -1;
    if (at >= 0 && gitops_manifest_open(manifest, (size_t)at, &document, &err) < 0)
        result = complain_error(&err);
    if (document) {
        const char *file = gitops_manifest_file(manifest, (size_t)at);
        e->known = 1;
        printf("stated in %s:%lu at revision %s\n", file,
               (unsigned long)gitops_manifest_line(manifest, (size_t)at),
               gitops_plan_revision(e->plan));
        print_leaves(e, file, gitops_document_root(document), path, 0);
    } else if (result == 0) {
        printf("not stated at revision %s\n", gitops_plan_revision(e->plan));
    }
    gitops_document_free(document);
    gitops_manifest_free(manifest);
    return result;
}

static int explain_state(explanation *e)
{
    gitops_inventory *inventory = NULL;
    gitops_standing *standing = NULL;
    gitops_error err = {0};
    int rc = gitops_inventory_read(&inventory, e->r->setup.store, UNIT_NAME, &err);
    if (rc == 0)
        rc = gitops_standing_read(&standing, e->r->setup.store, UNIT_NAME, unix_now_ms(), &err);
    for (size_t i = 0; rc == 0 && i < gitops_inventory_count(inventory); i++)
        if (strcmp(gitops_inventory_key(inventory, i), e->key) == 0) {
            e->known = 1;
            puts(!gitops_inventory_owned(inventory, i) ? "not ours yet: a run was cut off"
                 : gitops_inventory_adopted(inventory, i)
                     ? "ours; it was there before and was adopted"
                     : "ours; a run made it");
        }
    for (size_t i = 0; rc == 0 && i < gitops_standing_count(standing, GITOPS_STANDING_FAILED); i++)
        if (strcmp(gitops_standing_subject(standing, GITOPS_STANDING_FAILED, i), e->key) == 0) {
            fputs("failed before, and waits for a change: ", stdout);
            print_shown(stdout, gitops_standing_text(standing, GITOPS_STANDING_FAILED, i));
            putchar('\n');
        }
    gitops_standing_free(standing);
    gitops_inventory_free(inventory);
    return rc < 0 ? complain_error(&err) : 0;
}

static void print_side(const explanation *e, const char *name, const gitops_value *value)
{
    printf("    %s: ", name);
    if (value)
        print_value(e->r->p, stdout, value, GITOPS_FORMAT_JSON);
    else
        puts("nothing");
}

/* All sides of one leaf; what is sensitive comes hidden. */
static void print_change(const explanation *e, const gitops_change *change)
{
    const char *owner = gitops_change_owner(change);
    fputs("  ", stdout);
    print_shown(stdout, gitops_change_path(change));
    printf("  %s%s", gitops_change_class(change), owner && *owner ? ", owned by " : "");
    print_shown(stdout, owner);
    putchar('\n');
    print_side(e, "sent", gitops_change_base(change));
    print_side(e, "in Git", gitops_change_desired(change));
    print_side(e, "in the target", gitops_change_live(change));
}

static void print_changes(const explanation *e, gitops_changes *changes)
{
    gitops_report_options options = {sizeof options, GITOPS_REPORT_TEXT, 0, 0, 0, NULL};
    gitops_error err = {0};
    options.color = wants_color(fileno(stdout));
    options.full = 1;
    if (changes && !*e->pointer &&
        gitops_report_changes(changes, &options, write_to_file, stdout, &err) < 0)
        complain_error(&err);
    for (size_t i = 0; changes && *e->pointer && i < gitops_changes_count(changes); i++)
        if (is_at_or_below(gitops_change_path(gitops_changes_get(changes, i)), e->pointer))
            print_change(e, gitops_changes_get(changes, i));
}

typedef const gitops_operation *(*list_fn)(const gitops_plan *plan, size_t i);

/* Prints what a list of the plan has on the object. Returns 1 when there is something. */
static int explain_listed(explanation *e, list_fn list, size_t count, const char *how)
{
    for (size_t i = 0; i < count; i++) {
        const gitops_operation *operation = list(e->plan, i);
        if (strcmp(gitops_operation_key(operation), e->key) != 0)
            continue;
        printf("%s%s: ", how, gitops_action_name(gitops_operation_action(operation)));
        print_shown(stdout, gitops_operation_reason(operation));
        printf(" (phase %s, wave %d)\n", gitops_operation_phase(operation),
               (int)gitops_operation_wave(operation));
        print_changes(e, gitops_operation_changes(operation));
        e->known = 1;
        return 1;
    }
    return 0;
}

static void explain_plan(explanation *e)
{
    const gitops_plan *plan = e->plan;
    int found = explain_listed(e, gitops_plan_operation, gitops_plan_count(plan), "planned: ");
    found |=
        explain_listed(e, gitops_plan_withheld, gitops_plan_withheld_count(plan), "withheld: ");
    found |=
        explain_listed(e, gitops_plan_conflict, gitops_plan_conflict_count(plan), "in conflict: ");
    found |= explain_listed(e, gitops_plan_drift, gitops_plan_drift_count(plan), "left alone: ");
    if (!found && e->known)
        puts("in order: nothing is to be done");
    for (size_t i = 0; found && i < gitops_plan_held_count(plan); i++) {
        uint64_t allowed, asked;
        const char *limit = gitops_plan_held(plan, i, &allowed, &asked);
        printf("the plan is held: %s allows %llu, and %llu are asked for\n", limit,
               (unsigned long long)allowed, (unsigned long long)asked);
    }
}

static int explain(runner *r, const arguments *args, gitops_run *run)
{
    explanation e = {r, args->operands[1], args->operand_count > 2 ? args->operands[2] : "",
                     gitops_run_plan(run), 0};
    int result = explain_source(&e);
    if (result == 0)
        result = explain_state(&e);
    if (result == 0)
        explain_plan(&e);
    if (result == 0 && !e.known)
        result = complain("nothing is known of %s", e.key);
    return result;
}

static int run(program *p, const arguments *args)
{
    runner r;
    runner_options options = {0};
    arguments unit = *args;
    gitops_error err = {0};
    options.plan_only = options.full = 1;
    if (arguments_expect(args, 2, 3, "the name of a unit and the key of an object") != 0)
        return RESULT_ERROR;
    unit.operand_count = 1;
    int result = runner_open(&r, p, &unit, &options);
    if (result == 0) {
        int rc = runner_run(&r, 0, &err);
        gitops_run *last = gitops_reconciler_result(r.reconciler, UNIT_NAME);
        if (last && gitops_run_plan(last))
            result = explain(&r, args, last);
        else
            result = runner_result(&r, rc, &err);
        gitops_run_free(last);
    }
    runner_close(&r);
    return result;
}

static const option_spec options[] = {
    {NULL, NULL, NULL, 0},
};

const command explain_command = {
    .name = "explain",
    .operands = "UNIT KEY [POINTER]",
    .summary = "show where an object is stated, whose it is, and what holds it up",
    .details = "Asks source, state and target, and changes nothing. Every field is shown with its\n"
               "file and line, those at or below POINTER when one is given; values are shown\n"
               "where they differ, and never when they are sensitive.\n",
    .options = options,
    .shared = unit_options,
    .reads_git = 1,
    .run = run,
};
