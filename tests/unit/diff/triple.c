/*
 * triple: helpers of the diff tests.
 */
#include "triple.h"

#include <stdio.h>

#include "diff/diff.h"

gitops_document *triple_document(gitops_context *context, const char *text)
{
    gitops_document *document = NULL;
    gitops_error err = {0};
    if (!text)
        return NULL;
    if (gitops_document_parse(&document, context, text, strlen(text), "test", &err) < 0)
        fail_msg("%s\n%s", err.message, text);
    return document;
}

gitops_document *triple_copy(gitops_context *context, const gitops_value *value)
{
    gitops_buffer *text;
    gitops_document *document = NULL;
    if (!value)
        return NULL;
    assert_int_equal(gitops_value_emit(&text, context, value, NULL, NULL), 0);
    document = triple_document(context, gitops_buffer_data(text));
    gitops_buffer_free(text);
    return document;
}

triple triple_new(gitops_context *context, const char *schema, const char *base,
                  const char *desired, const char *live)
{
    triple t = {context, triple_document(context, base), triple_document(context, desired),
                triple_document(context, live), NULL};
    if (schema) {
        gitops_error err = {0};
        gitops_document *document = triple_document(context, schema);
        if (gitops_schema_parse(&t.schema, context, document, &err) < 0)
            fail_msg("schema: %s", err.message);
        gitops_document_free(document);
    }
    return t;
}

void triple_free(triple *t)
{
    gitops_document_free(t->base);
    gitops_document_free(t->desired);
    gitops_document_free(t->live);
    gitops_schema_free(t->schema);
}

static gitops_diff *run(const triple *t, gitops_document *base, gitops_document *desired,
                        gitops_document *live, int32_t conflict, int32_t drift)
{
    gitops_diff *diff = NULL;
    gitops_error err = {0};
    gitops_diff_options options = {.struct_size = sizeof options, .schema = t->schema,
                                   .conflict = conflict, .drift = drift, .file = "test.yaml"};
    if (gitops_diff_new(&diff, t->context, base, desired, live, &options, &err) < 0)
        fail_msg("diff: %s", err.message);
    return diff;
}

gitops_diff *triple_diff(const triple *t, int32_t conflict, int32_t drift)
{
    return run(t, t->base, t->desired, t->live, conflict, drift);
}

static const gitops_value *root_of(const gitops_document *document)
{
    return document ? gitops_document_root(document) : NULL;
}

static void assert_same(gitops_context *context, const gitops_value *found,
                        const gitops_value *expected, const char *what)
{
    gitops_buffer *a, *b;
    if ((!found && !expected) || (found && expected && gitops_value_equal(found, expected)))
        return;
    assert_int_equal(gitops_value_emit(&a, context, found, NULL, NULL), 0);
    assert_int_equal(gitops_value_emit(&b, context, expected, NULL, NULL), 0);
    print_error("%s: found %s\nexpected %s\n", what, found ? gitops_buffer_data(a) : "nothing",
                expected ? gitops_buffer_data(b) : "nothing");
    gitops_buffer_free(a);
    gitops_buffer_free(b);
    fail();
}

void triple_assert_merged(const gitops_diff *diff, const char *text)
{
    gitops_context *context = gops_diff_context(diff);
    gitops_document *expected = triple_document(context, text);
    assert_same(context, root_of(gitops_diff_merged(diff)), root_of(expected), "merged");
    gitops_document_free(expected);
}

const gitops_change *triple_change(const gitops_diff *diff, const char *path)
{
    const gitops_changes *changes = gitops_diff_changes(diff);
    for (size_t i = 0; i < gitops_changes_count(changes); i++)
        if (strcmp(gitops_change_path(gitops_changes_get(changes, i)), path) == 0)
            return gitops_changes_get(changes, i);
    return NULL;
}

void triple_assert_change(const gitops_diff *diff, const char *path, const char *class_and_action)
{
    char text[128];
    const gitops_change *change = triple_change(diff, path);
    if (!change)
        fail_msg("no change at %s", path);
    snprintf(text, sizeof text, "%s/%s", gitops_change_class(change),
             gitops_change_action(change));
    assert_string_equal(text, class_and_action);
}

static void print_value(gitops_context *context, const char *what, const gitops_document *document)
{
    gitops_buffer *text = NULL;
    if (document)
        gitops_value_emit(&text, context, gitops_document_root(document), NULL, NULL);
    print_error("%s %s\n", what, document ? gitops_buffer_data(text) : "absent");
    gitops_buffer_free(text);
}

static void print_changes(const gitops_diff *diff)
{
    const gitops_changes *changes = gitops_diff_changes(diff);
    for (size_t i = 0; i < gitops_changes_count(changes); i++) {
        const gitops_change *change = gitops_changes_get(changes, i);
        print_error("%s %s %s\n", gitops_change_path(change), gitops_change_class(change),
                    gitops_change_action(change));
    }
}

void triple_fail(const triple *t, const gitops_diff *diff, const char *what)
{
    print_value(t->context, "base", t->base);
    print_value(t->context, "desired", t->desired);
    print_value(t->context, "live", t->live);
    print_value(t->context, "merged", gitops_diff_merged(diff));
    print_value(t->context, "new base", gops_diff_new_base(diff));
    print_changes(diff);
    fail_msg("%s", what);
}

static void assert_nothing(const triple *t, gitops_diff *diff, const char *what)
{
    if (gitops_changes_count(gitops_diff_changes(diff)) || gitops_diff_differs(diff))
        triple_fail(t, diff, what);
    gitops_diff_free(diff);
}

/*
 * 1 when some elements of a list of desired have the same keys: where a policy leaves out one of
 * them, those after it change places. A server is not told of such a list.
 */
static int has_duplicates(const triple *t)
{
    gitops_buffer *text;
    gitops_error err = {0};
    if (!t->desired)
        return 0;
    gitops_diff *diff = run(t, NULL, t->desired, NULL, 0, 0);
    int status = gitops_diff_patch(diff, GITOPS_PATCH_APPLY, NULL, &text, &err);
    gitops_buffer_free(text);
    gitops_diff_free(diff);
    return status == GITOPS_EUNSUPPORTED && strstr(err.message, "the same keys twice") != NULL;
}

/* What a policy kept it keeps again: nothing is left to write. */
static void assert_settled(const triple *t, const gitops_diff *diff, int32_t conflict,
                           int32_t drift)
{
    int is_default = conflict == GITOPS_CONFLICT_DESIRED && drift == GITOPS_DRIFT_REVERT;
    gitops_diff *again =
        run(t, gops_diff_new_base(diff), t->desired, gitops_diff_merged(diff), conflict, drift);
    if (gitops_diff_differs(again) && (is_default || !has_duplicates(t))) {
        print_error("policies %d and %d; then:\n", (int)conflict, (int)drift);
        print_changes(again);
        print_value(t->context, "merged", gitops_diff_merged(again));
        triple_fail(t, diff, "the merge does not settle");
    }
    gitops_diff_free(again);
}

static void assert_patch(const triple *t, const gitops_diff *diff, int32_t type, int32_t tests)
{
    gitops_buffer *text;
    gitops_document *result = NULL;
    gitops_error err = {0};
    gitops_patch_options options = {sizeof options, tests};
    int status = gitops_diff_patch(diff, type, &options, &text, &err);
    if (!t->live || !gitops_diff_merged(diff)) {
        assert_int_equal(status, GITOPS_EINVAL);
        return;
    }
    if (type != GITOPS_PATCH_JSON && status == GITOPS_EUNSUPPORTED)
        return;
    assert_int_equal(status, 0);
    gitops_document *patch;
    status = gitops_document_parse(&patch, t->context, gitops_buffer_data(text),
                                   gitops_buffer_length(text), "patch", &err);
    if (status == GITOPS_ELIMIT) { /* it says more than the documents, and nests deeper */
        gitops_buffer_free(text);
        return;
    }
    if (status < 0 ||
        gitops_patch_apply(&result, t->context, type, patch, t->live, &err) < 0)
        fail_msg("%s: %s", gitops_buffer_data(text), err.message);
    assert_same(t->context, root_of(result), root_of(gitops_diff_merged(diff)), "patched");
    gitops_document_free(result);
    gitops_document_free(patch);
    gitops_buffer_free(text);
}

/* The forms that are said to say it are those that do. */
static void assert_forms(const triple *t, const gitops_diff *diff)
{
    uint32_t forms;
    assert_int_equal(gitops_diff_forms(diff, &forms, NULL), 0);
    for (int32_t type = GITOPS_PATCH_JSON; type <= GITOPS_PATCH_DOCUMENT; type++) {
        gitops_buffer *text;
        int status = gitops_diff_patch(diff, type, NULL, &text, NULL);
        if ((forms >> type & 1) != (status == 0))
            triple_fail(t, diff, "a form does not say whether it can say it");
        gitops_buffer_free(text);
    }
}

/* What is told to a server that applies leads to merged too, when all that is ours is told. */
static void assert_applied(const triple *t, const gitops_diff *diff)
{
    gitops_buffer *text;
    gitops_error err = {0};
    int status = gitops_diff_patch(diff, GITOPS_PATCH_APPLY, NULL, &text, &err);
    if (status == GITOPS_EUNSUPPORTED || !t->desired || !gitops_diff_merged(diff))
        return;
    assert_int_equal(status, 0);
    if (gitops_value_at(root_of(gitops_diff_merged(diff)), "/stringData")) {
        gitops_buffer_free(text); /* the body has it as data */
        return;
    }
    gitops_document *body = triple_document(t->context, gitops_buffer_data(text));
    gitops_diff *again = run(t, t->base, body, t->live, 0, 0);
    const gitops_value *found = root_of(gitops_diff_merged(again));
    if (!found || !gitops_value_equal(found, root_of(gitops_diff_merged(diff)))) {
        print_error("body %s\n", gitops_buffer_data(text));
        print_value(t->context, "applied", gitops_diff_merged(again));
        triple_fail(t, diff, "what is told to the server does not give merged");
    }
    gitops_diff_free(again);
    gitops_document_free(body);
    gitops_buffer_free(text);
}

void triple_assert_properties(const triple *t)
{
    gitops_document *const all[] = {t->base, t->desired, t->live};
    for (int i = 0; i < 3; i++)
        if (all[i])
            assert_nothing(t, run(t, all[i], all[i], all[i], 0, 0), "diff(x, x, x)");
    for (int32_t conflict = GITOPS_CONFLICT_DESIRED; conflict <= GITOPS_CONFLICT_LIVE; conflict++)
        for (int32_t drift = GITOPS_DRIFT_REVERT; drift <= GITOPS_DRIFT_IGNORE; drift++) {
            gitops_diff *diff = triple_diff(t, conflict, drift);
            assert_patch(t, diff, GITOPS_PATCH_JSON, 0);
            assert_patch(t, diff, GITOPS_PATCH_JSON, 1);
            assert_patch(t, diff, GITOPS_PATCH_MERGE, 0);
            assert_patch(t, diff, GITOPS_PATCH_STRATEGIC, 0);
            assert_applied(t, diff);
            assert_settled(t, diff, conflict, drift);
            if (conflict == GITOPS_CONFLICT_DESIRED && drift == GITOPS_DRIFT_REVERT) {
                assert_forms(t, diff);
                assert_nothing(t, run(t, gops_diff_new_base(diff), t->desired,
                                   gitops_diff_merged(diff), 0, 0),
                               "diff(new base, desired, merged)");
            }
            gitops_diff_free(diff);
        }
}
