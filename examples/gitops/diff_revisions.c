/*
 * diff_revisions: what a change to the repository would send for every unit that it touches. No
 * target and no state are asked: the manifests of both revisions are compared with each other.
 */
#include "diff_revisions.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "manifest_errors.h"
#include "progress.h"
#include "terminal.h"
#include "unit_flags.h"

static const char *const formats[] = {"text", "json", "markdown", NULL};
static const int32_t report_formats[] = {GITOPS_REPORT_TEXT, GITOPS_REPORT_JSON,
                                         GITOPS_REPORT_MARKDOWN};

/* A revision as it was named, and as it was found. */
typedef struct side {
    char *name; /* NULL: the repository's HEAD */
    gitops_source *source;
    gitops_snapshot *snapshot;
} side;

/* What is compared, and the plans of the units that the change touches. */
typedef struct review {
    program *p;
    const arguments *args;
    side from, to;
    gitops_plan **touched;
    size_t touched_count;
} review;

int names_revisions(const arguments *args)
{
    return args->operand_count > 0;
}

/* A copy of a part of a text; NULL for an empty one. */
static int copy_name(char **out, const char *text, size_t length)
{
    *out = NULL;
    if (length == 0)
        return 0;
    *out = malloc(length + 1);
    if (!*out)
        return complain("out of memory");
    memcpy(*out, text, length);
    (*out)[length] = '\0';
    return 0;
}

/* No name of a ref holds "..", so the first one is where the two part. */
static int read_range(review *r, const char *range)
{
    const char *dots = strstr(range, "..");
    if (!dots || strlen(range) == 2 || dots[2] == '.' || strstr(dots + 2, "..")) {
        complain("diff %s: expected REV..REV, such as main..feature", range);
        return arguments_hint(r->args->command);
    }
    int result = copy_name(&r->from.name, range, (size_t)(dots - range));
    return result ? result : copy_name(&r->to.name, dots + 2, strlen(dots + 2));
}

/* The three-way form has options of its own. */
static int refuse_other_options(const arguments *args)
{
    static const char *const others[] = {"base", "desired", "live", "schema", "ref"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (arguments_get(args, others[i])) {
            complain("--%s is not for a diff of two revisions", others[i]);
            return arguments_hint(args->command);
        }
    return 0;
}

static int open_side(review *r, side *s)
{
    gitops_error err = {0};
    int result = open_unit_source(&s->source, r->p, r->args, s->name);
    if (result == 0 && gitops_source_fetch(s->source, &s->snapshot, &err) < 0)
        result = complain_error(&err);
    return result;
}

static void close_side(side *s)
{
    gitops_snapshot_free(s->snapshot);
    gitops_source_free(s->source);
    free(s->name);
}

/* A unit that is new in a change had nothing before. */
static int read_nothing(review *r, gitops_manifest **out, gitops_error *err)
{
    gitops_source *source = NULL;
    gitops_snapshot *snapshot = NULL;
    int rc = gitops_source_new_memory(&source, r->p->context, err);
    if (rc == 0)
        rc = gitops_source_fetch(source, &snapshot, err);
    if (rc == 0)
        rc = gitops_manifest_read(out, r->p->context, snapshot, NULL, NULL, err);
    gitops_snapshot_free(snapshot);
    gitops_source_free(source);
    return rc;
}

static int complain_side(const side *s, const gitops_error *err, const gitops_manifest *manifest)
{
    complain("%s cannot be read:", s->name ? s->name : "HEAD");
    return complain_manifest(err, manifest ? gitops_manifest_diagnostics(manifest) : NULL,
                             "compared");
}

/* The manifests of one unit at both revisions. Both are to be freed either way. */
static int read_manifests(review *r, const gitops_manifest_options *options,
                          gitops_manifest **before, gitops_manifest **after)
{
    gitops_error err = {0};
    int rc = gitops_manifest_read(before, r->p->context, r->from.snapshot, options, NULL, &err);
    if (rc == GITOPS_ENOTFOUND)
        rc = read_nothing(r, before, &err);
    if (rc < 0)
        return complain_side(&r->from, &err, *before);
    rc = gitops_manifest_read(after, r->p->context, r->to.snapshot, options, *before, &err);
    if (rc < 0)
        return complain_side(&r->to, &err, *after);
    print_diagnostics(gitops_manifest_diagnostics(*after), "");
    return 0;
}

/* Keeps the plan of a unit that the change touches. */
static int keep_plan(review *r, gitops_plan *plan)
{
    if (gitops_plan_count(plan) == 0) {
        gitops_plan_free(plan);
        return 0;
    }
    gitops_plan **larger = realloc(r->touched, (r->touched_count + 1) * sizeof(gitops_plan *));
    if (!larger) {
        gitops_plan_free(plan);
        return complain("out of memory");
    }
    r->touched = larger;
    r->touched[r->touched_count++] = plan;
    return 0;
}

static int compare_unit(review *r, const char *name, const gitops_manifest_options *where,
                        int32_t prune)
{
    gitops_between_options options = {sizeof options, name, NULL, NULL, 0, 0};
    gitops_manifest *before = NULL, *after = NULL;
    gitops_plan *plan = NULL;
    gitops_error err = {0};
    options.revision = gitops_snapshot_revision(r->to.snapshot);
    options.prune = prune;
    options.all_changes = arguments_get(r->args, "full") != NULL;
    int result = read_manifests(r, where, &before, &after);
    if (result == 0 && gitops_plan_between(&plan, r->p->context, before, after, &options, &err) < 0)
        result = complain_error(&err);
    gitops_manifest_free(before);
    gitops_manifest_free(after);
    return result == 0 ? keep_plan(r, plan) : result;
}

/* The one unit that flags describe. */
static int compare_flag_unit(review *r)
{
    const char **excludes = calloc(r->args->value_count + 1, sizeof *excludes);
    gitops_unit_options unit = {.struct_size = sizeof unit};
    if (!excludes)
        return complain("out of memory");
    int result = read_unit_policy(&unit, r->args);
    gitops_manifest_options where = {.struct_size = sizeof where,
                                     .path = arguments_get(r->args, "path"),
                                     .excludes = excludes,
                                     .workers = unit.read_workers};
    where.exclude_count = arguments_all(r->args, "exclude", excludes);
    if (result == 0)
        result = compare_unit(r, UNIT_NAME, &where, unit.prune);
    free(excludes);
    return result;
}

static int print_review(const review *r, int32_t format)
{
    gitops_report_options options = {.struct_size = sizeof options, .format = format};
    gitops_error err = {0};
    options.color = wants_color(STDOUT_FILENO);
    options.full = arguments_get(r->args, "full") != NULL;
    if (gitops_report_review(
            r->touched, r->touched_count, gitops_snapshot_revision(r->from.snapshot),
            gitops_snapshot_revision(r->to.snapshot), &options, write_to_file, stdout, &err) < 0)
        return complain_error(&err);
    return r->touched_count ? RESULT_DIFFERS : RESULT_SAME;
}

static int open_review(review *r)
{
    gitops_error err = {0};
    const arguments *args = r->args;
    if (refuse_other_options(args) != 0 || read_range(r, args->operands[0]) != 0 ||
        check_unit_names(args, 1) != 0)
        return RESULT_ERROR;
    if (gitops_process_defaults(&err) < 0)
        return complain_error(&err);
    int result = open_side(r, &r->from);
    return result ? result : open_side(r, &r->to);
}

int diff_revisions(program *p, const arguments *args)
{
    review r = {.p = p, .args = args};
    int format = arguments_choice(args, "format", formats, 0);
    progress_begin("reading both revisions");
    int result = format < 0 ? RESULT_ERROR : open_review(&r);
    if (result == 0)
        result = compare_flag_unit(&r);
    progress_end();
    if (result == 0)
        result = print_review(&r, report_formats[format]);
    for (size_t i = 0; i < r.touched_count; i++)
        gitops_plan_free(r.touched[i]);
    free(r.touched);
    close_side(&r.from);
    close_side(&r.to);
    return result;
}
