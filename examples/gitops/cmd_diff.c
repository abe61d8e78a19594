/*
 * gitops diff: a three-way diff of one document: what was last sent (base), what Git says
 * (desired), what the target holds (live). With REV..REV instead: diff_revisions.c.
 */
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "diff_revisions.h"
#include "terminal.h"
#include "unit_flags.h"

enum { AS_TEXT, AS_JSON, AS_JSON_PATCH, AS_MERGE_PATCH, AS_MERGED };

static const char *const formats[] = {"text", "json", "json-patch", "merge-patch", "merged", NULL};
static const char *const conflicts[] = {"desired", "live", "fail", NULL};
static const char *const drifts[] = {"revert", "report", "ignore", NULL};

typedef struct diff_job {
    program *p;
    int format;
    gitops_document *base, *desired, *live; /* NULL: absent */
    gitops_diff_options options;
    gitops_diff *diff;
} diff_job;

/* 1 for a definition of kinds (CustomResourceDefinition, OpenAPI), 0 for a schema file. */
static int defines_kinds(const gitops_document *document)
{
    static const char *const names[] = {"kind", "openapi", "swagger"};
    const gitops_value *root = gitops_document_root(document);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (gitops_value_type(gitops_value_find(root, names[i], strlen(names[i]))) ==
            GITOPS_VALUE_STRING)
            return 1;
    return 0;
}

/* Lays the schema over the built-in kinds. */
static int lay_over_builtin(program *p, gitops_schema **schema, gitops_error *err)
{
    gitops_schema *layers[2] = {*schema, NULL};
    int rc = gitops_schema_new(&layers[1], p->context, GITOPS_SCHEMA_KUBERNETES, err);
    if (rc == 0)
        rc = gitops_schema_stack(schema, p->context, layers, 2, err);
    if (rc < 0)
        *schema = NULL;
    gitops_schema_free(layers[0]);
    gitops_schema_free(layers[1]);
    return rc;
}

static int read_schema(program *p, const char *given, gitops_schema **out)
{
    gitops_document *document = NULL;
    gitops_error err = {0};
    int rc;
    if (strcmp(given, "kubernetes") == 0 || strcmp(given, "none") == 0) {
        int32_t builtin = *given == 'k' ? GITOPS_SCHEMA_KUBERNETES : GITOPS_SCHEMA_NONE;
        rc = gitops_schema_new(out, p->context, builtin, &err);
        return rc < 0 ? complain_error(&err) : 0;
    }
    if (read_document(p, given, &document) != 0)
        return RESULT_ERROR;
    rc = gitops_schema_parse(out, p->context, document, &err);
    if (rc == 0 && defines_kinds(document))
        rc = lay_over_builtin(p, out, &err);
    gitops_document_free(document);
    if (rc == 0)
        return 0;
    print_place(stderr, given, err.line, err.column);
    fprintf(stderr, "%s\n", err.message);
    return RESULT_ERROR;
}

static int read_side(program *p, const arguments *args, const char *name, gitops_document **out)
{
    const char *path = arguments_get(args, name);
    if (path)
        return read_document_or_nothing(p, path, out);
    complain("diff needs --%s FILE; an empty file says that this side is absent", name);
    return arguments_hint(args->command);
}

/* Reads policies, schema and the three sides. Returns 0 or RESULT_ERROR. */
static int read_job(diff_job *job, const arguments *args)
{
    const char *schema = arguments_get(args, "schema");
    int conflict = arguments_choice(args, "conflict", conflicts, 0);
    int drift = arguments_choice(args, "drift", drifts, 0);
    job->format = arguments_choice(args, "format", formats, AS_TEXT);
    if (arguments_expect(args, 0, 0, "") || conflict < 0 || drift < 0 || job->format < 0)
        return RESULT_ERROR;
    job->options.struct_size = sizeof job->options;
    job->options.conflict = GITOPS_CONFLICT_DESIRED + conflict;
    job->options.drift = GITOPS_DRIFT_REVERT + drift;
    job->options.file = arguments_get(args, "desired");
    if (read_side(job->p, args, "base", &job->base) != 0 ||
        read_side(job->p, args, "desired", &job->desired) != 0 ||
        read_side(job->p, args, "live", &job->live) != 0)
        return RESULT_ERROR;
    return schema ? read_schema(job->p, schema, &job->options.schema) : 0;
}

static int complain_conflicts(const diff_job *job)
{
    complain_changes(gitops_diff_changes(job->diff), NULL);
    return complain("Git and the target changed the same places; --conflict desired or "
                    "--conflict live decides");
}

/*
 * Text is for what differs: nothing is printed when the target is to stay as it is. Only drift
 * that is to be reported is told all the same.
 */
static int is_worth_text(const diff_job *job)
{
    return gitops_diff_differs(job->diff) || job->options.drift == GITOPS_DRIFT_REPORT;
}

static int print_report(const diff_job *job)
{
    if (job->format == AS_TEXT && !is_worth_text(job))
        return 0;
    gitops_report_options options = {sizeof options, GITOPS_REPORT_TEXT, 0, 0, 0, NULL};
    gitops_error err = {0};
    options.format = job->format == AS_JSON ? GITOPS_REPORT_JSON : GITOPS_REPORT_TEXT;
    options.color = wants_color(STDOUT_FILENO);
    int rc = gitops_report_changes(gitops_diff_changes(job->diff), &options, write_to_file, stdout,
                                   &err);
    return rc < 0 ? complain_error(&err) : 0;
}

static int holds_null(const gitops_value *value)
{
    if (gitops_value_type(value) != GITOPS_VALUE_MAP)
        return 0;
    for (size_t i = 0; i < gitops_value_count(value); i++) {
        const gitops_value *member = gitops_value_item(value, i);
        if (gitops_value_type(member) == GITOPS_VALUE_NULL || holds_null(member))
            return 1;
    }
    return 0;
}

/* A patch from or to nothing: the library has no document to patch there, the RFCs do. */
static int print_whole_patch(const diff_job *job, const gitops_document *merged)
{
    int as_json_patch = job->format == AS_JSON_PATCH;
    if (!job->live && !merged) {
        puts(as_json_patch ? "[]" : "{}");
        return 0;
    }
    if (!merged) {
        puts(as_json_patch ? "[{\"op\":\"remove\",\"path\":\"\"}]" : "null");
        return 0;
    }
    const gitops_value *root = gitops_document_root(merged);
    if (!as_json_patch && (gitops_value_type(root) == GITOPS_VALUE_NULL || holds_null(root)))
        return complain("a merge patch cannot set a null; use --format json-patch");
    gitops_buffer *text = NULL;
    gitops_error err = {0};
    if (gitops_value_emit(&text, job->p->context, root, NULL, &err) < 0)
        return complain_error(&err);
    if (as_json_patch)
        printf("[{\"op\":\"add\",\"path\":\"\",\"value\":%s}]\n", gitops_buffer_data(text));
    else
        puts(gitops_buffer_data(text));
    gitops_buffer_free(text);
    return 0;
}

static int print_patch(const diff_job *job)
{
    gitops_document *merged = gitops_diff_merged(job->diff);
    gitops_buffer *patch = NULL;
    gitops_error err = {0};
    if (!job->live || !merged)
        return print_whole_patch(job, merged);
    if (gitops_diff_patch(job->diff,
                          job->format == AS_JSON_PATCH ? GITOPS_PATCH_JSON : GITOPS_PATCH_MERGE,
                          NULL, &patch, &err) < 0)
        return complain_error(&err);
    puts(gitops_buffer_data(patch));
    gitops_buffer_free(patch);
    return 0;
}

static int print_merged(const diff_job *job)
{
    gitops_document *merged = gitops_diff_merged(job->diff);
    if (!merged)
        return 0;
    return print_value(job->p, stdout, gitops_document_root(merged), GITOPS_FORMAT_JSON);
}

static int print_diff(const diff_job *job)
{
    if (job->format == AS_TEXT || job->format == AS_JSON)
        return print_report(job);
    return job->format == AS_MERGED ? print_merged(job) : print_patch(job);
}

static int diff_documents(program *p, const arguments *args)
{
    diff_job job;
    gitops_error err = {0};
    memset(&job, 0, sizeof job);
    job.p = p;
    int result = read_job(&job, args);
    if (result == 0) {
        int rc = gitops_diff_new(&job.diff, p->context, job.base, job.desired, job.live,
                                 &job.options, &err);
        if (rc == GITOPS_ECONFLICT && job.diff)
            result = complain_conflicts(&job);
        else if (rc < 0)
            result = complain_error(&err);
        else
            result = print_diff(&job);
    }
    if (result == 0 && gitops_diff_differs(job.diff))
        result = RESULT_DIFFERS;
    gitops_diff_free(job.diff);
    gitops_schema_free(job.options.schema);
    gitops_document_free(job.base);
    gitops_document_free(job.desired);
    gitops_document_free(job.live);
    return result;
}

static int run(program *p, const arguments *args)
{
    return names_revisions(args) ? diff_revisions(p, args) : diff_documents(p, args);
}

static const option_spec options[] = {
    {"base", "FILE", "what was last sent", 0},
    {"desired", "FILE", "what Git says", 0},
    {"live", "FILE", "what the target holds", 0},
    {"schema", "kubernetes|none|FILE", "how lists and maps merge; default by apiVersion and kind",
     0},
    {"format", "text|json|json-patch|merge-patch|merged", "what to print; default text", 0},
    {"full", NULL, "revisions: show the fields of every object, and long values whole", 0},
    {"conflict", "desired|live|fail", "who wins where both changed; default desired", 0},
    {"drift", "revert|report|ignore", "what to do where only the target changed; default revert",
     0},
    {NULL, NULL, NULL, 0},
};

const command diff_command = {
    .name = "diff",
    .operands = "[REV..REV [UNIT...]]",
    .summary = "show what a change to the repository would send, or compare three files",
    .details = "REV..REV: what the change from one revision of --source to the other would send,\n"
               "without a target; --format text, json or markdown (a comment for a review). A\n"
               "REV is a branch, tag, full ref or commit id; an empty one is HEAD. Only\n"
               "--source, --path, --exclude and --no-prune of the unit count; a URL needs\n"
               "--state as well, for its mirror.\n\n"
               "Without it: --base, --desired and --live, one YAML or JSON document each; an\n"
               "empty file says that this side is absent. Exits 1 when the target should be\n"
               "changed. merged prints the document as the target should hold it, json-patch\n"
               "and merge-patch what turns live into it. Text prints nothing when live is to\n"
               "stay as it is, but for drift under --drift report. Under --conflict fail a\n"
               "conflict is an error (2) and nothing is printed. Reports mask sensitive\n"
               "values; merged and patches do not.\n"
               "A schema FILE says by paths how documents merge; it may also be a\n"
               "CustomResourceDefinition or an OpenAPI document, whose kinds then come\n"
               "before the built-in ones.\n",
    .options = options,
    .shared = unit_options,
    .run = run,
};
