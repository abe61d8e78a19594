/*
 * What Flux makes of objects before it compares them, how it masks patches of Secrets, and what it
 * makes of refusals.
 */
#include "triple.h"

#include <stdio.h>

#include <gitops/target.h>

#include "corpus.h"

/* Writes text with each from replaced by to. */
static void replace_all(char *out, size_t size, const char *text, const char *from, const char *to)
{
    size_t length = 0;
    for (const char *hit; (hit = strstr(text, from)) != NULL; text = hit + strlen(from)) {
        int put = snprintf(out + length, size - length, "%.*s%s", (int)(hit - text), text, to);
        length += (size_t)put;
        assert_true(length < size);
    }
    snprintf(out + length, size - length, "%s", text);
}

/* The containers of these cases have no names, without which nothing can be told apart. */
static gitops_document *named(gitops_context *context, const gitops_value *value)
{
    char unnamed[8192], text[8192];
    gitops_buffer *json;
    assert_int_equal(gitops_value_emit(&json, context, value, NULL, NULL), 0);
    replace_all(unnamed, sizeof unnamed, gitops_buffer_data(json), "\"name\":\"\",", "");
    replace_all(text, sizeof text, unnamed, "\"containers\":[{", "\"containers\":[{\"name\":\"c\",");
    gitops_buffer_free(json);
    return triple_document(context, text);
}

/* What Flux writes before it compares is no difference here: a server may have written it. */
static void check_normal(gitops_context *context, const gitops_value *one)
{
    char name[160];
    print_message("%s\n", corpus_text(one, "/name", name, sizeof name));
    triple t = triple_new(context, NULL, NULL, NULL, NULL);
    t.desired = named(context, gitops_value_at(one, "/object"));
    t.base = gitops_document_ref(t.desired);
    t.live = named(context, gitops_value_at(one, "/want"));
    gitops_diff *diff = triple_diff(&t, 0, 0);
    assert_int_equal(gitops_changes_count(gitops_diff_changes(diff)), 0);
    assert_int_equal(gitops_diff_differs(diff), 0);
    gitops_diff_free(diff);
    triple_assert_properties(&t);
    triple_free(&t);
}

static void flux_normalForms_areNoDifference(void **state)
{
    (void)state;
    corpus_each("flux-ssa/normalize_cases.json", check_normal);
}

/* Adds what an operation of a patch says of one side to the members of that side. */
static void add_side(gitops_context *context, char *members, size_t size, const char *path,
                     const gitops_value *value)
{
    const char *name = strrchr(path, '/') + 1;
    gitops_buffer *json;
    size_t length = strlen(members);
    if (!value)
        return;
    assert_int_equal(gitops_value_emit(&json, context, value, NULL, NULL), 0);
    if (gitops_value_type(value) == GITOPS_VALUE_MAP) /* the whole of data: its members */
        snprintf(members + length, size - length, "%s%.*s", length ? "," : "",
                 (int)strlen(gitops_buffer_data(json)) - 2, gitops_buffer_data(json) + 1);
    else
        snprintf(members + length, size - length, "%s\"%s\":%s", length ? "," : "", name,
                 gitops_buffer_data(json));
    gitops_buffer_free(json);
}

static gitops_document *secret_of(gitops_context *context, const char *members)
{
    char text[4096];
    snprintf(text, sizeof text,
             "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"s\"},"
             "\"stringData\":{%s}}",
             members);
    return triple_document(context, text);
}

static void assert_masked(const gitops_value *value)
{
    size_t length;
    if (value)
        assert_string_equal(gitops_value_text(value, &length), "***");
}

/* The Secrets between which a patch lies: every record is masked, and there is one for each change. */
static void check_mask(gitops_context *context, const gitops_value *one)
{
    char before[2048] = "", after[2048] = "", name[160], path[160];
    const gitops_value *patch = gitops_value_at(one, "/patch");
    print_message("%s\n", corpus_text(one, "/name", name, sizeof name));
    for (size_t i = 0; i < gitops_value_count(patch); i++) {
        const gitops_value *operation = gitops_value_item(patch, i);
        corpus_text(operation, "/path", path, sizeof path);
        add_side(context, before, sizeof before, path, gitops_value_at(operation, "/oldvalue"));
        add_side(context, after, sizeof after, path, gitops_value_at(operation, "/value"));
    }
    triple t = triple_new(context, NULL, NULL, NULL, NULL);
    t.live = secret_of(context, before);
    t.base = gitops_document_ref(t.live);
    t.desired = secret_of(context, after);
    gitops_diff *diff = triple_diff(&t, 0, 0);
    gitops_changes *changes = gitops_diff_changes(diff);
    assert_true(gitops_changes_count(changes) >= gitops_value_count(patch));
    for (size_t i = 0; i < gitops_changes_count(changes); i++) {
        const gitops_change *change = gitops_changes_get(changes, i);
        assert_int_equal(gitops_change_sensitive(change), 1);
        assert_masked(gitops_change_base(change));
        assert_masked(gitops_change_desired(change));
        assert_masked(gitops_change_live(change));
        assert_masked(gitops_change_merged(change));
    }
    gitops_diff_free(diff);
    triple_free(&t);
}

static void flux_patchesOfSecrets_areMasked(void **state)
{
    (void)state;
    corpus_each("flux-ssa/mask_cases.json", check_mask);
}

/* Which refusals say that something cannot be changed. */
static void check_refusal(gitops_context *context, const gitops_value *one)
{
    char name[160], text[400];
    (void)context;
    print_message("%s\n", corpus_text(one, "/name", name, sizeof name));
    corpus_text(one, "/err", text, sizeof text);
    assert_int_equal(gitops_refusal_is_immutable(text),
                     gitops_value_bool(gitops_value_at(one, "/match")));
}

static void flux_refusals_areUnderstood(void **state)
{
    (void)state;
    corpus_each("flux-ssa/immutable_error_cases.json", check_refusal);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(flux_normalForms_areNoDifference),
        cmocka_unit_test(flux_patchesOfSecrets_areMasked),
        cmocka_unit_test(flux_refusals_areUnderstood),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
