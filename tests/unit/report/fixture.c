#include "fixture.h"

#include "diff/changes.h"

static gops_file *make_file(gitops_context *context, const char *path, const char *key,
                            uint32_t line)
{
    gops_blob_id id;
    gops_object object;
    memset(&id, 0, sizeof id);
    memset(&object, 0, sizeof object);
    object.key = key;
    object.line = line;
    gops_pool pool;
    gops_pool_init(&pool, context, 0);
    gops_blob *blob =
        gops_blob_new(&pool, &(gops_blob_parts){.id = &id, .objects = &object, .count = 1});
    assert_non_null(blob);
    gops_file *file = gops_file_new(&pool, blob, path);
    assert_non_null(file);
    gops_blob_drop(blob);
    gops_pool_release(&pool);
    return file;
}

static void add_change(gitops_changes *changes, gops_row row, gops_action action, const char *path,
                       const gitops_value *desired, const gitops_value *live, int sensitive)
{
    gitops_change change;
    memset(&change, 0, sizeof change);
    change.path = path;
    change.rule = gops_row_rule_of(row);
    change.base = live;
    change.desired = desired;
    change.live = live;
    change.merged = desired;
    change.action = (uint8_t)action;
    change.sensitive = (uint8_t)sensitive;
    gops_changes_locate(changes, &change);
    assert_int_equal(gops_changes_add(changes, &change), 0);
}

static gitops_changes *make_changes(gitops_context *context)
{
    static const char text[] = "{\"two\": 2, \"three\": 3, \"word\": \"x\\u001b[2J\"}";
    gitops_document *document = NULL;
    gitops_changes *changes = gops_changes_new(context, "b.yaml");
    assert_non_null(changes);
    assert_int_equal(gitops_document_parse(&document, context, text, sizeof text - 1, "", NULL), 0);
    const gitops_value *root = gitops_document_root(document);
    const gitops_value *two = gitops_value_at(root, "/two");
    const gitops_value *three = gitops_value_at(root, "/three");
    const gitops_value *word = gitops_value_at(root, "/word");
    add_change(changes, GOPS_ROW_GIT_MODIFY, GOPS_ACTION_REPLACE, "/spec/replicas", three, two, 0);
    add_change(changes, GOPS_ROW_GIT_ADD, GOPS_ACTION_ADD, "/metadata/labels/a", word, NULL, 0);
    add_change(changes, GOPS_ROW_GIT_REMOVE, GOPS_ACTION_REMOVE, "/data/secret", NULL, two, 1);
    add_change(changes, GOPS_ROW_DRIFT_MODIFIED, GOPS_ACTION_NONE, "/spec/paused", three, two, 0);
    add_change(changes, GOPS_ROW_CONVERGED, GOPS_ACTION_NONE, "/spec/quiet", two, two, 0);
    gitops_document_free(document);
    return changes;
}

static void set_operation(fixture *f, size_t i, int32_t action, gops_reason reason, gops_file *file,
                          const char *key, gops_detail *detail)
{
    f->operations[i].action = (uint8_t)action;
    f->operations[i].reason = (uint8_t)reason;
    f->operations[i].file = file;
    f->operations[i].own_key = file ? NULL : (char *)key;
    f->operations[i].detail = detail;
    f->plan.summary[action]++;
}

int fixture_open(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    f->context = support_context_new();
    f->files[0] = make_file(f->context, "a.yaml", "_/ConfigMap/new", 1);
    f->files[1] = make_file(f->context, "b.yaml", "shop/Deployment.apps/web", 7);
    f->files[2] = make_file(f->context, "c.yaml", "_/Service/svc", 2);
    f->files[3] = make_file(f->context, "d.yaml", "_/ConfigMap/same", 1);
    f->detail.changes = make_changes(f->context);
    set_operation(f, 0, GITOPS_ACTION_CREATE, GOPS_REASON_NEW, f->files[0], NULL, NULL);
    set_operation(f, 1, GITOPS_ACTION_UPDATE, GOPS_REASON_CHANGED_IN_GIT, f->files[1], NULL,
                  &f->detail);
    set_operation(f, 2, GITOPS_ACTION_REPLACE, GOPS_REASON_CHANGED_IN_GIT, f->files[2], NULL, NULL);
    set_operation(f, 3, GITOPS_ACTION_ADOPT, GOPS_REASON_EXISTS_EQUAL, f->files[3], NULL, NULL);
    set_operation(f, 4, GITOPS_ACTION_DELETE, GOPS_REASON_REMOVED_FROM_GIT, NULL, "_/ConfigMap/old",
                  NULL);
    f->plan.summary[GITOPS_ACTION_NONE] = 9;
    f->plan.unit = "default";
    f->plan.revision = "abc123";
    memset(f->plan.digest, '7', sizeof f->plan.digest - 1);
    f->plan.operations.items = f->operations;
    f->plan.operations.count = f->plan.count = FIXTURE_OPERATIONS;
    memset(f->outcomes, GITOPS_OUTCOME_DONE, sizeof f->outcomes);
    f->run.unit = "default";
    f->run.plan = &f->plan;
    f->run.outcomes = f->outcomes;
    f->run.errors = f->errors;
    *state = f;
    return 0;
}

int fixture_close(void **state)
{
    fixture *f = *state;
    gitops_changes_free(f->detail.changes);
    for (size_t i = 0; i < 4; i++)
        gops_file_drop(f->files[i]);
    support_context_free(f->context);
    free(f);
    return 0;
}

int fixture_write(const char *data, size_t length, void *user_data)
{
    fixture *f = user_data;
    assert_true(f->length + length < sizeof f->text);
    memcpy(f->text + f->length, data, length);
    f->length += length;
    f->text[f->length] = '\0';
    return 0;
}
