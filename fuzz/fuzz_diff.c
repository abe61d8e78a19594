/*
 * Any three documents under any schema: the diff must end, a document must not differ from itself, a
 * merge must settle, and patches must turn live into the merged document. The input is schema, base,
 * desired and live, parted by lines "====": the schema "kubernetes", "none" or the text of a schema
 * file, and an empty part where a side is absent.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gitops/diff.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Not public: the base to remember after merged was written. */
gitops_document *gops_diff_new_base(const gitops_diff *diff);
int gops_diff_keeps(const gitops_diff *diff);

enum { SCHEMA, BASE, DESIRED, LIVE, PARTS };

typedef struct input {
    gitops_context *context;
    gitops_document *parts[PARTS];
    gitops_schema *schema;
} input;

static void give_up(const char *what)
{
    fprintf(stderr, "%s\n", what);
    abort();
}

static gitops_context *make_context(void)
{
    gitops_limits limits = {.struct_size = sizeof limits, .max_nodes = 20000, .max_depth = 200};
    gitops_context_options options = {.struct_size = sizeof options, .limits = &limits};
    gitops_context *context = NULL;
    gitops_context_new(&context, &options, NULL);
    return context;
}

static gitops_document *parse(gitops_context *context, const char *text, size_t length)
{
    gitops_document *document = NULL;
    gitops_document_parse(&document, context, text, length, "input", NULL);
    return document;
}

/* The next part of the text, which it cuts off from the front. */
static const char *next_part(const char **text, size_t *left, size_t *length)
{
    static const char mark[] = "\n====\n";
    const char *part = *text;
    for (size_t i = 0; i + sizeof mark - 1 <= *left; i++) {
        if (memcmp(*text + i, mark, sizeof mark - 1) != 0)
            continue;
        *length = i;
        *text += i + sizeof mark - 1;
        *left -= i + sizeof mark - 1;
        return part;
    }
    *length = *left;
    *text += *left;
    *left = 0;
    return part;
}

static int read_schema(input *in, const char *text, size_t length)
{
    if (length == 10 && memcmp(text, "kubernetes", 10) == 0)
        return gitops_schema_new(&in->schema, in->context, GITOPS_SCHEMA_KUBERNETES, NULL) == 0;
    if (length == 4 && memcmp(text, "none", 4) == 0)
        return gitops_schema_new(&in->schema, in->context, GITOPS_SCHEMA_NONE, NULL) == 0;
    in->parts[SCHEMA] = parse(in->context, text, length);
    return in->parts[SCHEMA] &&
           gitops_schema_parse(&in->schema, in->context, in->parts[SCHEMA], NULL) == 0;
}

static int read_input(input *in, const char *text, size_t size)
{
    size_t length;
    const char *part = next_part(&text, &size, &length);
    if (!read_schema(in, part, length))
        return 0;
    for (int i = BASE; i < PARTS; i++) {
        part = next_part(&text, &size, &length);
        if (length && !(in->parts[i] = parse(in->context, part, length)))
            return 0;
    }
    return 1;
}

static gitops_diff *run(const input *in, gitops_document *base, gitops_document *desired,
                        gitops_document *live, int32_t conflict, int32_t drift)
{
    gitops_diff *diff = NULL;
    gitops_diff_options options = {.struct_size = sizeof options, .schema = in->schema,
                                   .conflict = conflict, .drift = drift};
    int status = gitops_diff_new(&diff, in->context, base, desired, live, &options, NULL);
    if (status < 0 && status != GITOPS_ECONFLICT) /* a path may have the policy to fail */
        give_up("diff failed");
    return diff;
}

static void check_nothing(gitops_diff *diff, const char *what)
{
    if (gitops_diff_differs(diff) || gitops_changes_count(gitops_diff_changes(diff)))
        give_up(what);
    gitops_diff_free(diff);
}

/* After a merge nothing is written; what a mode of a path keeps is told again. */
static void check_settled(const input *in, const gitops_diff *diff)
{
    gitops_document *merged = gitops_diff_merged(diff);
    gitops_diff *again = run(in, gops_diff_new_base(diff), in->parts[DESIRED], merged,
                             GITOPS_CONFLICT_DESIRED, GITOPS_DRIFT_REVERT);
    if (gitops_diff_differs(again) ||
        (gitops_changes_count(gitops_diff_changes(again)) && !gops_diff_keeps(again)))
        give_up("the merge does not settle");
    gitops_diff_free(again);
}

static void check_patch(const input *in, const gitops_diff *diff, int32_t type, int32_t tests)
{
    gitops_buffer *text = NULL;
    gitops_document *result = NULL;
    gitops_document *merged = gitops_diff_merged(diff);
    gitops_patch_options options = {sizeof options, tests};
    if (!merged || !in->parts[LIVE] || gitops_diff_patch(diff, type, &options, &text, NULL) < 0)
        return;
    gitops_document *patch =
        parse(in->context, gitops_buffer_data(text), gitops_buffer_length(text));
    /* A patch nests three levels deeper than what it writes, and may meet the limits. */
    if (patch &&
        gitops_patch_apply(&result, in->context, type, patch, in->parts[LIVE], NULL) == 0 &&
        !gitops_value_equal(gitops_document_root(result), gitops_document_root(merged)))
        give_up("the patch does not give the merged document");
    gitops_document_free(result);
    gitops_document_free(patch);
    gitops_buffer_free(text);
}

/* A conflict that some path is to fail for: there is no merged document. */
static int is_open(const gitops_diff *diff)
{
    const gitops_changes *changes = gitops_diff_changes(diff);
    for (size_t i = 0; i < gitops_changes_count(changes); i++)
        if (gitops_change_conflict(gitops_changes_get(changes, i)) && !gitops_diff_merged(diff))
            return 1;
    return 0;
}

static void check(const input *in)
{
    for (int i = BASE; i < PARTS; i++)
        if (in->parts[i])
            check_nothing(run(in, in->parts[i], in->parts[i], in->parts[i], 0, 0),
                          "a document differs from itself");
    for (int32_t conflict = GITOPS_CONFLICT_DESIRED; conflict <= GITOPS_CONFLICT_FAIL; conflict++)
        for (int32_t drift = GITOPS_DRIFT_REVERT; drift <= GITOPS_DRIFT_IGNORE; drift++) {
            gitops_diff *diff =
                run(in, in->parts[BASE], in->parts[DESIRED], in->parts[LIVE], conflict, drift);
            check_patch(in, diff, GITOPS_PATCH_JSON, 0);
            check_patch(in, diff, GITOPS_PATCH_JSON, 1);
            check_patch(in, diff, GITOPS_PATCH_MERGE, 0);
            check_patch(in, diff, GITOPS_PATCH_STRATEGIC, 0);
            if (conflict == GITOPS_CONFLICT_DESIRED && drift == GITOPS_DRIFT_REVERT && !is_open(diff))
                check_settled(in, diff);
            gitops_diff_free(diff);
        }
}

/* The desired part also as a patch of either form on live: it must answer, whatever it is. */
static void check_apply(const input *in)
{
    for (int32_t type = GITOPS_PATCH_JSON; type <= GITOPS_PATCH_STRATEGIC; type++) {
        gitops_document *result = NULL;
        if (in->parts[DESIRED] && in->parts[LIVE])
            gitops_patch_apply(&result, in->context, type, in->parts[DESIRED], in->parts[LIVE],
                               NULL);
        gitops_document_free(result);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    input in = {.context = make_context()};
    if (!in.context)
        return 0;
    if (read_input(&in, (const char *)data, size)) {
        check(&in);
        check_apply(&in);
    }
    for (int i = 0; i < PARTS; i++)
        gitops_document_free(in.parts[i]);
    gitops_schema_free(in.schema);
    gitops_context_free(in.context);
    return 0;
}
