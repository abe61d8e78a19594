/* What a change from one manifest to another would send, without a target. */
#include "support.h"

#include <stdio.h>

#include "plan/plan.h"

#define OBJECT(kind, name, rest)                                                                   \
    "apiVersion: v1\nkind: " kind "\nmetadata: {name: " name ", namespace: shop}\n" rest "\n"

/* Five objects of the first revision, and what became of them. */
static const struct {
    const char *path, *before, *after;
} files[] = {
    {"same.yaml", OBJECT("ConfigMap", "same", "data: {a: b}"),
     "# a comment\n" OBJECT("ConfigMap", "same", "data: {\"a\": \"b\"}")},
    {"changed.yaml", OBJECT("ConfigMap", "changed", "data: {a: b, c: d}"),
     OBJECT("ConfigMap", "changed", "data: {a: x}")},
    {"fixed.yaml", OBJECT("ConfigMap", "fixed", "immutable: true\ndata: {a: b}"),
     OBJECT("ConfigMap", "fixed", "immutable: true\ndata: {a: x}")},
    {"old.yaml", OBJECT("ConfigMap", "old", "data: {a: b}"), NULL},
    {"secret.yaml", OBJECT("Secret", "s", "stringData: {p: canary-1}"),
     OBJECT("Secret", "s", "stringData: {p: canary-2}")},
    {"new.yaml", NULL, OBJECT("ConfigMap", "new", "data: {a: b}")},
};

static gitops_context *context;
static gitops_source *source;
static gitops_manifest *before, *after;

static void put(const char *path, const char *text)
{
    if (text)
        assert_int_equal(gitops_source_put(source, path, text, strlen(text), NULL), 0);
    else
        gitops_source_remove(source, path, NULL);
}

static gitops_manifest *read_manifest(gitops_manifest *previous)
{
    gitops_snapshot *snapshot;
    gitops_manifest *manifest;
    assert_int_equal(gitops_source_fetch(source, &snapshot, NULL), 0);
    assert_int_equal(gitops_manifest_read(&manifest, context, snapshot, NULL, previous, NULL), 0);
    gitops_snapshot_free(snapshot);
    return manifest;
}

static int open_manifests(void **state)
{
    (void)state;
    context = support_context_new();
    assert_int_equal(gitops_source_new_memory(&source, context, NULL), 0);
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        put(files[i].path, files[i].before);
    before = read_manifest(NULL);
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        put(files[i].path, files[i].after);
    after = read_manifest(before);
    return 0;
}

static int close_manifests(void **state)
{
    (void)state;
    gitops_manifest_free(before);
    gitops_manifest_free(after);
    gitops_source_free(source);
    support_context_free(context);
    return 0;
}

static gitops_plan *plan_between(gitops_manifest *from, gitops_manifest *to,
                                 const gitops_between_options *options)
{
    gitops_plan *plan;
    gitops_error err;
    if (gitops_plan_between(&plan, context, from, to, options, &err) < 0)
        fail_msg("%s", err.message);
    return plan;
}

static const gitops_operation *operation_of(const gitops_plan *plan, const char *key)
{
    for (size_t i = 0; i < gitops_plan_count(plan); i++)
        if (strcmp(gitops_operation_key(gitops_plan_operation(plan, i)), key) == 0)
            return gitops_plan_operation(plan, i);
    fail_msg("no operation for %s", key);
    return NULL;
}

static void assert_operation(const gitops_plan *plan, const char *key, int32_t action,
                             const char *code, size_t changes)
{
    const gitops_operation *operation = operation_of(plan, key);
    assert_int_equal(gitops_operation_action(operation), action);
    assert_string_equal(gitops_operation_reason_code(operation), code);
    assert_int_equal(gitops_changes_count(gitops_operation_changes(operation)), changes);
}

static void assert_text(const gitops_value *value, const char *expected)
{
    size_t length;
    const char *text = gitops_value_text(value, &length);
    assert_int_equal(length, strlen(expected));
    assert_memory_equal(text, expected, length);
}

static void planBetween_change_namesWhatWouldBeSent(void **state)
{
    (void)state;
    gitops_plan *plan = plan_between(before, after, NULL);
    assert_string_equal(gitops_plan_unit(plan), "default");
    assert_int_equal(gitops_plan_count(plan), 5);
    assert_int_equal(gitops_plan_summary(plan, GITOPS_ACTION_NONE), 1);
    assert_operation(plan, "shop/ConfigMap/new", GITOPS_ACTION_CREATE, "new", 0);
    assert_operation(plan, "shop/ConfigMap/changed", GITOPS_ACTION_UPDATE, "changed-in-git", 2);
    assert_operation(plan, "shop/ConfigMap/fixed", GITOPS_ACTION_REPLACE, "immutable", 1);
    assert_operation(plan, "shop/Secret/s", GITOPS_ACTION_UPDATE, "changed-in-git", 1);
    const gitops_operation *old = operation_of(plan, "shop/ConfigMap/old");
    assert_int_equal(gitops_operation_action(old), GITOPS_ACTION_DELETE);
    assert_null(gitops_operation_file(old));
    assert_ptr_equal(gitops_plan_operation(plan, 4), old);
    gitops_plan_free(plan);
}

static void planBetween_changes_haveValuesAndPlacesButNoSecrets(void **state)
{
    (void)state;
    gitops_plan *plan = plan_between(before, after, NULL);
    gitops_changes *changes =
        gitops_operation_changes(operation_of(plan, "shop/ConfigMap/changed"));
    const gitops_change *change = gitops_changes_get(changes, 0);
    assert_string_equal(gitops_change_path(change), "/data/a");
    assert_text(gitops_change_live(change), "b");
    assert_text(gitops_change_merged(change), "x");
    assert_string_equal(gitops_change_file(change), "changed.yaml");
    assert_int_equal(gitops_change_line(change), 4);
    changes = gitops_operation_changes(operation_of(plan, "shop/Secret/s"));
    change = gitops_changes_get(changes, 0);
    assert_text(gitops_change_live(change), "***");
    assert_text(gitops_change_merged(change), "***");
    gitops_plan_free(plan);
}

static void planBetween_sameManifest_hasNothing(void **state)
{
    (void)state;
    gitops_plan *plan = plan_between(after, after, NULL);
    assert_int_equal(gitops_plan_count(plan), 0);
    assert_int_equal(gitops_plan_summary(plan, GITOPS_ACTION_NONE), 5);
    gitops_plan_free(plan);
}

/* Back again is the mirror image, and no limit holds either. */
static void planBetween_backwards_isTheMirrorImage(void **state)
{
    (void)state;
    gitops_plan *plan = plan_between(after, before, NULL);
    assert_int_equal(gitops_plan_count(plan), 5);
    assert_operation(plan, "shop/ConfigMap/old", GITOPS_ACTION_CREATE, "new", 0);
    assert_int_equal(gitops_operation_action(operation_of(plan, "shop/ConfigMap/new")),
                     GITOPS_ACTION_DELETE);
    assert_int_equal(gitops_plan_held_count(plan), 0);
    gitops_plan_free(plan);
}

static void planBetween_options_areFollowed(void **state)
{
    (void)state;
    gitops_between_options options = {sizeof options, "shop", "r2", NULL, GITOPS_PRUNE_OFF, 1};
    gitops_plan *plan = plan_between(before, after, &options);
    assert_string_equal(gitops_plan_unit(plan), "shop");
    assert_string_equal(gitops_plan_revision(plan), "r2");
    assert_int_equal(gitops_plan_summary(plan, GITOPS_ACTION_DELETE), 0);
    assert_operation(plan, "shop/ConfigMap/new", GITOPS_ACTION_CREATE, "new", 5);
    gitops_plan_free(plan);
}

/* The digest stands for the contents of both sides. */
static void planBetween_digest_diesWithAnyChange(void **state)
{
    (void)state;
    gitops_plan *first = plan_between(before, after, NULL);
    gitops_plan *again = plan_between(before, after, NULL);
    put("changed.yaml", OBJECT("ConfigMap", "changed", "data: {a: y}"));
    gitops_manifest *other = read_manifest(after);
    gitops_plan *second = plan_between(before, other, NULL);
    assert_string_equal(gitops_plan_digest(first), gitops_plan_digest(again));
    assert_string_not_equal(gitops_plan_digest(first), gitops_plan_digest(second));
    gitops_plan_free(first);
    gitops_plan_free(again);
    gitops_plan_free(second);
    gitops_manifest_free(other);
}

static void planBetween_badArguments_areRefused(void **state)
{
    (void)state;
    gitops_plan *plan;
    gitops_between_options bad_name = {sizeof bad_name, "a b", NULL, NULL, 0, 0};
    gitops_between_options bad_prune = {sizeof bad_prune, NULL, NULL, NULL, 9, 0};
    assert_int_equal(gitops_plan_between(NULL, context, before, after, NULL, NULL), GITOPS_EINVAL);
    assert_int_equal(gitops_plan_between(&plan, context, NULL, after, NULL, NULL), GITOPS_EINVAL);
    assert_int_equal(gitops_plan_between(&plan, context, before, NULL, NULL, NULL), GITOPS_EINVAL);
    assert_int_equal(gitops_plan_between(&plan, context, before, after, &bad_name, NULL),
                     GITOPS_EINVAL);
    assert_int_equal(gitops_plan_between(&plan, context, before, after, &bad_prune, NULL),
                     GITOPS_EINVAL);
}

static void make_and_free(gitops_context *failing, void *data)
{
    gitops_plan *plan = NULL;
    gitops_error err = {0};
    (void)data;
    int rc = gitops_plan_between(&plan, failing, before, after, NULL, &err);
    assert_true(rc == 0 || (rc == GITOPS_ENOMEM && err.code == rc && !plan));
    gitops_plan_free(plan);
}

static void planBetween_everyAllocationFailing_leavesNothing(void **state)
{
    (void)state;
    support_fail_every_allocation(make_and_free, NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_manifests, close_manifests)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(planBetween_change_namesWhatWouldBeSent),
        TEST(planBetween_changes_haveValuesAndPlacesButNoSecrets),
        TEST(planBetween_sameManifest_hasNothing),
        TEST(planBetween_backwards_isTheMirrorImage),
        TEST(planBetween_options_areFollowed),
        TEST(planBetween_digest_diesWithAnyChange),
        TEST(planBetween_badArguments_areRefused),
        TEST(planBetween_everyAllocationFailing_leavesNothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
