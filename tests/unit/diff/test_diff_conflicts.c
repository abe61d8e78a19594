/* conflicts: the host is asked once for each, and its answer does what the policy would. */
#include "triple.h"

#include <stdio.h>

#include "diff/diff.h"

/* How a host answers, and what it was asked: a line for each question. */
typedef struct host {
    gitops_context *context;
    int32_t answer; /* 0: none */
    int rc, count;
    char seen[800];
} host;

/* "absent", or the value as JSON. */
static void show(gitops_context *context, char *out, size_t size, const gitops_value *value)
{
    gitops_buffer *text = NULL;
    if (value)
        assert_int_equal(gitops_value_emit(&text, context, value, NULL, NULL), 0);
    snprintf(out, size, "%s", value ? gitops_buffer_data(text) : "absent");
    out[strcspn(out, "\n")] = '\0';
    gitops_buffer_free(text);
}

static int resolve(const gitops_change *change, gitops_conflict_answer *answer, void *user_data)
{
    host *h = user_data;
    char sides[3][120];
    const gitops_value *const values[] = {gitops_change_base(change),
                                          gitops_change_desired(change),
                                          gitops_change_live(change)};
    for (int i = 0; i < 3; i++)
        show(h->context, sides[i], sizeof sides[i], values[i]);
    assert_string_equal(gitops_change_action(change), "none");
    assert_null(gitops_change_merged(change));
    size_t used = strlen(h->seen);
    snprintf(h->seen + used, sizeof h->seen - used, "%s %s %s %s %s\n",
             gitops_change_label(change), gitops_change_class(change), sides[0], sides[1],
             sides[2]);
    h->count++;
    if (h->answer)
        gitops_conflict_answer_set(answer, h->answer);
    return h->rc;
}

static int compare(const triple *t, int32_t conflict, host *h, gitops_diff **out)
{
    gitops_diff_options options = {.struct_size = sizeof options, .schema = t->schema,
                                   .conflict = conflict, .file = "a.yaml"};
    if (h) {
        options.resolve = resolve;
        options.user_data = h;
        h->context = t->context;
    }
    return gitops_diff_new(out, t->context, t->base, t->desired, t->live, &options, NULL);
}

static void assert_same_document(const gitops_document *a, const gitops_document *b)
{
    assert_int_equal(a == NULL, b == NULL);
    if (a)
        assert_true(gitops_value_equal(gitops_document_root(a), gitops_document_root(b)));
}

static void assert_same_diff(const gitops_diff *a, const gitops_diff *b)
{
    const gitops_changes *left = gitops_diff_changes(a), *right = gitops_diff_changes(b);
    assert_same_document(gitops_diff_merged(a), gitops_diff_merged(b));
    assert_same_document(gops_diff_new_base(a), gops_diff_new_base(b));
    assert_int_equal(gops_diff_tells(a), gops_diff_tells(b));
    assert_int_equal(gitops_changes_count(left), gitops_changes_count(right));
    for (size_t i = 0; i < gitops_changes_count(left); i++) {
        const gitops_change *x = gitops_changes_get(left, i), *y = gitops_changes_get(right, i);
        assert_string_equal(gitops_change_path(x), gitops_change_path(y));
        assert_string_equal(gitops_change_action(x), gitops_change_action(y));
    }
}

/* What is asked at a place, of a triple that has its conflict there. */
typedef struct setting {
    const char *schema, *base, *desired, *live, *asked;
} setting;

static const setting settings[] = {
    /* a member of a map: rows 5, 8, 10, 15 and N3 */
    {"{}", "{\"o\":1}", "{\"o\":1,\"f\":1}", "{\"o\":1,\"f\":2}",
     "/f adopt-conflict absent 1 2\n"},
    {"{}", "{\"o\":1,\"f\":1}", "{\"o\":1}", "{\"o\":1,\"f\":2}",
     "/f git-remove-drifted 1 absent 2\n"},
    {"{}", "{\"o\":1,\"f\":1}", "{\"o\":1,\"f\":2}", "{\"o\":1}",
     "/f git-modify-drift-removed 1 2 absent\n"},
    {"{}", "{\"f\":1}", "{\"f\":2}", "{\"f\":3}", "/f modify-conflict 1 2 3\n"},
    {"{\"null\":\"absent\"}", "{\"f\":1}", "{\"f\":null}", "{\"f\":2}",
     "/f git-remove-drifted 1 null 2\n"},
    /* a struct, an element, and a field of one */
    {"{\"maps\":{\"/m\":\"struct\"}}", "{\"o\":1,\"m\":{\"a\":1,\"b\":1}}", "{\"o\":1}",
     "{\"o\":1,\"m\":{\"a\":2,\"b\":1}}",
     "/m git-remove-drifted {\"a\":1,\"b\":1} absent {\"a\":2,\"b\":1}\n"},
    {"{\"lists\":{\"/i\":{\"list\":\"map\",\"keys\":[\"n\"]}}}",
     "{\"i\":[{\"n\":\"k\",\"v\":1},{\"n\":\"o\"}]}", "{\"i\":[{\"n\":\"o\"}]}",
     "{\"i\":[{\"n\":\"k\",\"v\":2},{\"n\":\"o\"}]}",
     "/i/[n=k] git-remove-drifted {\"n\":\"k\",\"v\":1} absent {\"n\":\"k\",\"v\":2}\n"},
    {"{\"lists\":{\"/i\":{\"list\":\"map\",\"keys\":[\"n\"]}}}", "{\"i\":[{\"n\":\"k\",\"v\":1}]}",
     "{\"i\":[{\"n\":\"k\",\"v\":2}]}", "{\"i\":[{\"n\":\"k\",\"v\":3}]}",
     "/i/[n=k]/v modify-conflict 1 2 3\n"},
    /* a list and a map that are one value */
    {"{}", "{\"a\":[1]}", "{\"a\":[2]}", "{\"a\":[3]}", "/a modify-conflict [1] [2] [3]\n"},
    {"{\"maps\":{\"/m\":\"atomic\"}}", "{\"m\":{\"x\":1}}", "{\"m\":{\"x\":2}}",
     "{\"m\":{\"x\":3}}", "/m modify-conflict {\"x\":1} {\"x\":2} {\"x\":3}\n"},
    /* two parts of a sequence, and the order of a list with keys */
    {"{\"lists\":{\"/s\":{\"list\":\"sequence\"}}}", "{\"s\":[1,2,3,4]}", "{\"s\":[11,12,2,3,14]}",
     "{\"s\":[21,2,3,24]}",
     "/s/0 modify-conflict [1] [11,12] [21]\n/s/4 modify-conflict [4] [14] [24]\n"},
    {"{\"lists\":{\"/i\":{\"list\":\"map\",\"keys\":[\"n\"]}}}",
     "{\"i\":[{\"n\":1},{\"n\":2},{\"n\":3}]}", "{\"i\":[{\"n\":2},{\"n\":1},{\"n\":3}]}",
     "{\"i\":[{\"n\":1},{\"n\":3},{\"n\":2}]}",
     "/i modify-conflict [{\"n\":1},{\"n\":2},{\"n\":3}] [{\"n\":2},{\"n\":1},{\"n\":3}] "
     "[{\"n\":1},{\"n\":3},{\"n\":2}]\n"},
    /* the whole object, and a value that is secret */
    {"{}", "{\"f\":1}", "{\"f\":2}", NULL,
     " git-modify-drift-removed {\"f\":1} {\"f\":2} absent\n"},
    {"{}", "{\"f\":1}", NULL, "{\"f\":2}", " git-remove-drifted {\"f\":1} absent {\"f\":2}\n"},
    {"{\"sensitive\":[\"/f\"]}", "{\"f\":1}", "{\"f\":2}", "{\"f\":3}",
     "/f modify-conflict \"***\" \"***\" \"***\"\n"},
};

enum { SETTINGS = sizeof settings / sizeof settings[0] };

static triple triple_of(gitops_context *context, const setting *s)
{
    return triple_new(context, s->schema, s->base, s->desired, s->live);
}

static void diff_askedHost_answersAsThePolicyOfThatName(void **state)
{
    gitops_context *context = support_context_new();
    (void)state;
    for (int i = 0; i < SETTINGS; i++) {
        triple t = triple_of(context, &settings[i]);
        for (int32_t answer = GITOPS_CONFLICT_DESIRED; answer <= GITOPS_CONFLICT_FAIL; answer++) {
            host h = {.answer = answer, .rc = -7};
            gitops_diff *asked, *fixed;
            int status = compare(&t, GITOPS_CONFLICT_CALLBACK, &h, &asked);
            assert_int_equal(status, compare(&t, answer, NULL, &fixed));
            assert_int_equal(status, answer == GITOPS_CONFLICT_FAIL ? GITOPS_ECONFLICT : 0);
            assert_string_equal(h.seen, settings[i].asked);
            assert_same_diff(asked, fixed);
            gitops_diff_free(asked);
            gitops_diff_free(fixed);
        }
        triple_free(&t);
    }
    support_context_free(context);
}

/* Whatever comes back: without an answer that there is, the diff fails whole. */
static void diff_hostWithoutAnAnswer_fails(void **state)
{
    static const int32_t answers[] = {0, GITOPS_CONFLICT_CALLBACK, -1, 99};
    gitops_context *context = support_context_new();
    (void)state;
    for (int i = 0; i < SETTINGS; i++) {
        triple t = triple_of(context, &settings[i]);
        for (size_t k = 0; k < sizeof answers / sizeof answers[0]; k++) {
            host h = {.answer = answers[k], .rc = GITOPS_CONFLICT_DESIRED};
            gitops_diff *diff;
            assert_int_equal(compare(&t, GITOPS_CONFLICT_CALLBACK, &h, &diff), GITOPS_ECONFLICT);
            assert_null(gitops_diff_merged(diff));
            assert_same_document(gops_diff_new_base(diff), t.base);
            assert_true(gitops_changes_count(gitops_diff_changes(diff)) > 0);
            gitops_diff_free(diff);
        }
        triple_free(&t);
    }
    support_context_free(context);
}

/* Only the first answer counts. */
static int answer_twice(const gitops_change *change, gitops_conflict_answer *answer,
                        void *user_data)
{
    (void)change;
    (void)user_data;
    assert_int_equal(gitops_conflict_answer_set(answer, GITOPS_CONFLICT_LIVE), 0);
    assert_int_equal(gitops_conflict_answer_set(answer, GITOPS_CONFLICT_DESIRED), GITOPS_EINVAL);
    assert_int_equal(gitops_conflict_answer_set(NULL, GITOPS_CONFLICT_LIVE), GITOPS_EINVAL);
    return 0;
}

static void diff_secondAnswer_isRefused(void **state)
{
    gitops_context *context = support_context_new();
    triple t = triple_new(context, "{}", "{\"f\":1}", "{\"f\":2}", "{\"f\":3}");
    gitops_diff *diff = NULL;
    gitops_diff_options options = {.struct_size = sizeof options,
                                   .conflict = GITOPS_CONFLICT_CALLBACK, .resolve = answer_twice};
    (void)state;
    assert_int_equal(gitops_diff_new(&diff, context, t.base, t.desired, t.live, &options, NULL), 0);
    triple_assert_merged(diff, "{\"f\":3}");
    gitops_diff_free(diff);
    triple_free(&t);
    support_context_free(context);
}

/* The policy of a path asks for that path only, and fails where there is nobody to ask. */
static void diff_callbackOfAPath_asksThere(void **state)
{
    gitops_context *context = support_context_new();
    triple t = triple_new(context, "{\"policies\":{\"/a\":{\"conflict\":\"callback\"},"
                                   "\"/a/o\":\"observe\"}}",
                          "{\"a\":{\"f\":1,\"o\":1},\"b\":1}", "{\"a\":{\"f\":2,\"o\":2},\"b\":2}",
                          "{\"a\":{\"f\":3,\"o\":3},\"b\":3}");
    host h = {.answer = GITOPS_CONFLICT_LIVE};
    gitops_diff *diff;
    (void)state;
    assert_int_equal(compare(&t, 0, &h, &diff), 0);
    triple_assert_merged(diff, "{\"a\":{\"f\":3,\"o\":3},\"b\":2}");
    assert_string_equal(h.seen, "/a/f modify-conflict 1 2 3\n");
    gitops_diff_free(diff);
    assert_int_equal(compare(&t, 0, NULL, &diff), GITOPS_ECONFLICT);
    triple_assert_change(diff, "/a/f", "modify-conflict/none");
    gitops_diff_free(diff);
    triple_free(&t);
    support_context_free(context);
}

static void diff_callbackWithoutHost_isRefused(void **state)
{
    gitops_context *context = support_context_new();
    triple t = triple_new(context, "{}", "{}", "{}", "{}");
    gitops_diff *diff;
    (void)state;
    assert_int_equal(compare(&t, GITOPS_CONFLICT_CALLBACK, NULL, &diff), GITOPS_EINVAL);
    assert_null(diff);
    triple_free(&t);
    support_context_free(context);
}

/* Answers with what was parsed before memory ran out, or not at all. */
static int answer_live(const gitops_change *change, gitops_conflict_answer *answer, void *user_data)
{
    (void)user_data;
    assert_non_null(gitops_change_path(change));
    return gitops_conflict_answer_set(answer, GITOPS_CONFLICT_LIVE);
}

static void body(gitops_context *context, void *data)
{
    const setting *s = data;
    const char *const texts[] = {s->base, s->desired, s->live, s->schema};
    gitops_document *documents[4] = {NULL, NULL, NULL, NULL};
    gitops_diff_options options = {.struct_size = sizeof options,
                                   .conflict = GITOPS_CONFLICT_CALLBACK, .resolve = answer_live};
    gitops_diff *diff = NULL;
    int failed = 0;
    for (int i = 0; i < 4; i++)
        if (texts[i] && gitops_document_parse(&documents[i], context, texts[i], strlen(texts[i]),
                                              "t", NULL) < 0)
            failed = 1;
    if (!failed && gitops_schema_parse(&options.schema, context, documents[3], NULL) == 0) {
        int status = gitops_diff_new(&diff, context, documents[0], documents[1], documents[2],
                                     &options, NULL);
        assert_true(status == 0 || (status == GITOPS_ENOMEM && !diff));
    }
    gitops_diff_free(diff);
    gitops_schema_free(options.schema);
    for (int i = 0; i < 4; i++)
        gitops_document_free(documents[i]);
}

static void diff_everyAllocationFailsWhileAsking_cleanErrorOrSuccess(void **state)
{
    (void)state;
    for (int i = 0; i < SETTINGS; i++)
        support_fail_every_allocation(body, (void *)&settings[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(diff_askedHost_answersAsThePolicyOfThatName),
        cmocka_unit_test(diff_hostWithoutAnAnswer_fails),
        cmocka_unit_test(diff_secondAnswer_isRefused),
        cmocka_unit_test(diff_callbackOfAPath_asksThere),
        cmocka_unit_test(diff_callbackWithoutHost_isRefused),
        cmocka_unit_test(diff_everyAllocationFailsWhileAsking_cleanErrorOrSuccess),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
