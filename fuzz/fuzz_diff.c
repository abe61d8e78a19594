/*
 * Any three documents under any schema: the diff must end, a document must not differ from itself, a
 * merge must settle, an answer of the host must do what the policy does, and what a form says must
 * turn live into the merged document. The input is schema, base, desired and live, parted by lines
 * "====": the schema "kubernetes", "none" or the text of a schema file, and an empty part where a
 * side is absent.
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

enum { BASE, DESIRED, LIVE, PARTS, POLICIES = 9 };

typedef struct input {
    gitops_context *context;
    gitops_document *parts[PARTS];
    gitops_schema *schema;
    gitops_document *sent[POLICIES]; /* merged documents whose forms were checked */
    int sent_count;
    int32_t answer; /* of the host to every conflict; 0: none */
} input;

/* The schema of the last input: most mutations leave it as it is. */
typedef struct known_schema {
    char text[4096];
    size_t length;
    gitops_schema *schema; /* NULL: none, or the text is that of no schema */
} known_schema;

static void give_up(const char *what)
{
    fprintf(stderr, "%s\n", what);
    abort();
}

/* One for all inputs: a diff leaves nothing in it. */
static gitops_context *the_context(void)
{
    static gitops_context *context;
    gitops_limits limits = {.struct_size = sizeof limits, .max_nodes = 20000, .max_depth = 200};
    gitops_context_options options = {.struct_size = sizeof options, .limits = &limits};
    if (!context && gitops_context_new(&context, &options, NULL) < 0)
        give_up("no context");
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

static gitops_schema *make_schema(gitops_context *context, const char *text, size_t length)
{
    gitops_schema *schema = NULL;
    if (length == 10 && memcmp(text, "kubernetes", 10) == 0) {
        gitops_schema_new(&schema, context, GITOPS_SCHEMA_KUBERNETES, NULL);
    } else if (length == 4 && memcmp(text, "none", 4) == 0) {
        gitops_schema_new(&schema, context, GITOPS_SCHEMA_NONE, NULL);
    } else {
        gitops_document *document = parse(context, text, length);
        if (document)
            gitops_schema_parse(&schema, context, document, NULL);
        gitops_document_free(document);
    }
    return schema;
}

static int read_schema(input *in, const char *text, size_t length)
{
    static known_schema last;
    int fits = length <= sizeof last.text;
    if (!fits || length != last.length || memcmp(text, last.text, length) != 0) {
        gitops_schema_free(last.schema);
        last.schema = make_schema(in->context, text, length);
        last.length = fits ? length : SIZE_MAX;
        memcpy(last.text, text, fits ? length : 0);
    }
    in->schema = last.schema ? gitops_schema_ref(last.schema) : NULL;
    return in->schema != NULL;
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

static int answer(const gitops_change *change, gitops_conflict_answer *out, void *user_data)
{
    const input *in = user_data;
    return gitops_change_path(change) ? gitops_conflict_answer_set(out, in->answer) : 0;
}

static gitops_diff *run(const input *in, gitops_document *base, gitops_document *desired,
                        gitops_document *live, int32_t conflict, int32_t drift)
{
    gitops_diff *diff = NULL;
    gitops_diff_options options = {.struct_size = sizeof options, .schema = in->schema,
                                   .conflict = conflict, .drift = drift, .resolve = answer,
                                   .user_data = (void *)in};
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

static const gitops_value *managed_fields(const gitops_document *document)
{
    return document ? gitops_value_at(gitops_document_root(document), "/metadata/managedFields")
                    : NULL;
}

/*
 * After a merge nothing is written; what a mode of a path keeps is told again. Who owns what is told
 * by live itself: where that goes as a part of a whole, what others own is not told apart any more.
 */
static void check_settled(const input *in, const gitops_diff *diff)
{
    gitops_document *merged = gitops_diff_merged(diff);
    if (managed_fields(in->parts[LIVE]) && !managed_fields(merged))
        return;
    gitops_diff *again = run(in, gops_diff_new_base(diff), in->parts[DESIRED], merged,
                             GITOPS_CONFLICT_DESIRED, GITOPS_DRIFT_REVERT);
    if (gitops_diff_differs(again) ||
        (gitops_changes_count(gitops_diff_changes(again)) && !gops_diff_keeps(again)))
        give_up("the merge does not settle");
    gitops_diff_free(again);
}

/* A patch nests deeper than what it writes and says more: it may meet the limits. */
static int met_limits(int status)
{
    if (status < 0 && status != GITOPS_ELIMIT)
        give_up("a patch of ours is refused");
    return status < 0;
}

static void check_same(const gitops_document *found, const gitops_document *expected,
                       const char *what)
{
    if (!found || !gitops_value_equal(gitops_document_root(found), gitops_document_root(expected)))
        give_up(what);
}

/* The text of a form, read; NULL when the form cannot say it, or when it meets the limits. */
static gitops_document *read_form(const input *in, const gitops_diff *diff, int32_t type,
                                  int32_t tests)
{
    gitops_buffer *text = NULL;
    gitops_document *document = NULL;
    gitops_patch_options options = {sizeof options, tests};
    int status = gitops_diff_patch(diff, type, &options, &text, NULL);
    if (status == GITOPS_EUNSUPPORTED && type != GITOPS_PATCH_JSON)
        return NULL;
    if (status < 0)
        give_up("no patch");
    status = gitops_document_parse(&document, in->context, gitops_buffer_data(text),
                                   gitops_buffer_length(text), "patch", NULL);
    met_limits(status);
    gitops_buffer_free(text);
    return document;
}

static void check_patch(const input *in, const gitops_diff *diff, int32_t type, int32_t tests)
{
    gitops_document *result = NULL, *patch = read_form(in, diff, type, tests);
    if (patch &&
        !met_limits(
            gitops_patch_apply(&result, in->context, type, patch, in->parts[LIVE], NULL)))
        check_same(result, gitops_diff_merged(diff), "the patch does not give the merged document");
    gitops_document_free(result);
    gitops_document_free(patch);
}

/*
 * What a server is told gives merged too, when it is taken for what Git says. A Secret is told with
 * data for its stringData.
 */
static void check_body(const input *in, const gitops_diff *diff)
{
    gitops_document *merged = gitops_diff_merged(diff);
    gitops_document *body = read_form(in, diff, GITOPS_PATCH_APPLY, 0);
    if (body && !gitops_value_at(gitops_document_root(merged), "/stringData")) {
        gitops_diff *again = run(in, in->parts[BASE], body, in->parts[LIVE],
                                 GITOPS_CONFLICT_DESIRED, GITOPS_DRIFT_REVERT);
        check_same(gitops_diff_merged(again), merged,
                   "what is told to a server does not give the merged document");
        gitops_diff_free(again);
    }
    gitops_document_free(body);
}

static void check_document(const input *in, const gitops_diff *diff)
{
    gitops_document *document = read_form(in, diff, GITOPS_PATCH_DOCUMENT, 0);
    if (document)
        check_same(document, gitops_diff_merged(diff), "the document is not the merged one");
    gitops_document_free(document);
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

/* Policies that come to the same merged document say the same in every form. */
static int is_known(input *in, gitops_document *merged)
{
    for (int i = 0; i < in->sent_count; i++)
        if (gitops_value_equal(gitops_document_root(in->sent[i]), gitops_document_root(merged)))
            return 1;
    in->sent[in->sent_count++] = gitops_document_ref(merged);
    return 0;
}

static void check_forms(input *in, const gitops_diff *diff)
{
    if (!gitops_diff_merged(diff) || is_known(in, gitops_diff_merged(diff)))
        return;
    if (in->parts[DESIRED])
        check_body(in, diff);
    check_document(in, diff);
    if (!in->parts[LIVE])
        return;
    check_patch(in, diff, GITOPS_PATCH_JSON, 0);
    check_patch(in, diff, GITOPS_PATCH_JSON, 1);
    check_patch(in, diff, GITOPS_PATCH_MERGE, 0);
    check_patch(in, diff, GITOPS_PATCH_STRATEGIC, 0);
}

/* A host that is asked and has one answer to all is a policy by another way. */
static void check_asked(input *in)
{
    gitops_document **parts = in->parts;
    for (in->answer = GITOPS_CONFLICT_DESIRED; in->answer <= GITOPS_CONFLICT_FAIL; in->answer++) {
        gitops_diff *asked =
            run(in, parts[BASE], parts[DESIRED], parts[LIVE], GITOPS_CONFLICT_CALLBACK, 0);
        gitops_diff *fixed = run(in, parts[BASE], parts[DESIRED], parts[LIVE], in->answer, 0);
        gitops_document *found = gitops_diff_merged(asked), *expected = gitops_diff_merged(fixed);
        if (!found != !expected || gitops_changes_count(gitops_diff_changes(asked)) !=
                                       gitops_changes_count(gitops_diff_changes(fixed)))
            give_up("an answer is not what the policy is");
        if (found)
            check_same(found, expected, "an answer merges otherwise than the policy");
        gitops_diff_free(fixed);
        gitops_diff_free(asked);
    }
    in->answer = 0;
}

static int has_conflict(const gitops_diff *diff)
{
    const gitops_changes *changes = gitops_diff_changes(diff);
    for (size_t i = 0; i < gitops_changes_count(changes); i++)
        if (gitops_change_conflict(gitops_changes_get(changes, i)))
            return 1;
    return 0;
}

static void check(input *in)
{
    int asks = 0;
    for (int i = BASE; i < PARTS; i++)
        if (in->parts[i])
            check_nothing(run(in, in->parts[i], in->parts[i], in->parts[i], 0, 0),
                          "a document differs from itself");
    for (int32_t conflict = GITOPS_CONFLICT_DESIRED; conflict <= GITOPS_CONFLICT_FAIL; conflict++)
        for (int32_t drift = GITOPS_DRIFT_REVERT; drift <= GITOPS_DRIFT_IGNORE; drift++) {
            gitops_diff *diff =
                run(in, in->parts[BASE], in->parts[DESIRED], in->parts[LIVE], conflict, drift);
            check_forms(in, diff);
            asks |= has_conflict(diff);
            if (conflict == GITOPS_CONFLICT_DESIRED && drift == GITOPS_DRIFT_REVERT && !is_open(diff))
                check_settled(in, diff);
            gitops_diff_free(diff);
        }
    if (asks)
        check_asked(in);
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
    input in = {.context = the_context()};
    if (read_input(&in, (const char *)data, size)) {
        check(&in);
        check_apply(&in);
    }
    for (int i = 0; i < in.sent_count; i++)
        gitops_document_free(in.sent[i]);
    for (int i = 0; i < PARTS; i++)
        gitops_document_free(in.parts[i]);
    gitops_schema_free(in.schema);
    return 0;
}
