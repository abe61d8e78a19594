#include "arranged.h"

#include <stdio.h>

#include "plan/needs.h"

static gitops_manifest *read_text(gitops_context *context, const char *text,
                                  gitops_identity *identity)
{
    gitops_manifest_options options = {.struct_size = sizeof options, .identity = identity};
    gitops_source *source;
    gitops_snapshot *snapshot;
    gitops_manifest *manifest;
    gitops_error err;
    assert_int_equal(gitops_source_new_memory(&source, context, &err), 0);
    assert_int_equal(gitops_source_put(source, "a.yaml", text, strlen(text), &err), 0);
    assert_int_equal(gitops_source_fetch(source, &snapshot, &err), 0);
    if (gitops_manifest_read(&manifest, context, snapshot, &options, NULL, &err) < 0)
        fail_msg("%s:%u: %s", err.where, err.line, err.message);
    gitops_snapshot_free(snapshot);
    gitops_source_free(source);
    return manifest;
}

static int has_key(const char *keys, const char *key)
{
    char wanted[512];
    snprintf(wanted, sizeof wanted, " %s ", key);
    return keys && strstr(keys, wanted) != NULL;
}

static int owns(const void *data, const char *key)
{
    return has_key(((const arranged *)data)->kept, key);
}

/* With what was last sent of an object, as a look would have found it. */
static int find(gops_findings *findings, int32_t action, const gops_item *item, const char *key,
                const gops_item *sent)
{
    size_t length;
    gops_detail *detail = gops_detail_new(findings->context);
    const char *record = sent ? gops_object_controls(gops_item_object(sent), &length) : NULL;
    if (detail && record) {
        detail->controls = gops_strndup(findings->context, record, length);
        detail->controls_length = detail->controls ? length : 0;
    }
    if (!detail || (record && !detail->controls)) {
        gops_detail_free(findings->context, detail);
        return GITOPS_ENOMEM;
    }
    return gops_findings_add(findings, action, GOPS_REASON_NEW, item, key, detail);
}

/* In an order that is none. */
static const gops_item *item_at(const gops_node *index, size_t i)
{
    size_t count = gops_index_count(index);
    return gops_index_at(index, (i * 7919 + 3) % count);
}

static int find_all(gops_findings *findings, const arranged *parts, const gops_node *git,
                    const gops_node *sent)
{
    int rc = 0;
    for (size_t i = 0; i < gops_index_count(git) && rc == 0; i++) {
        const gops_item *item = item_at(git, i);
        const char *key = gops_item_object(item)->key;
        const gops_item *before = gops_index_find(sent, key, NULL);
        if (!parts->changed || has_key(parts->changed, key))
            rc = find(findings, before ? GITOPS_ACTION_UPDATE : GITOPS_ACTION_CREATE, item, key,
                      before);
    }
    for (size_t i = 0; i < gops_index_count(sent) && rc == 0; i++) {
        const gops_item *item = item_at(sent, i);
        const char *key = gops_item_object(item)->key;
        if (!gops_index_find(git, key, NULL) && !has_key(parts->kept, key))
            rc = find(findings, GITOPS_ACTION_DELETE, NULL, key, item);
    }
    return rc;
}

static int answer_nothing(const gitops_request *request, gitops_answer *answer, void *user_data)
{
    (void)request;
    (void)answer;
    (void)user_data;
    return 0;
}

static gitops_unit *new_unit(gitops_context *context, const arranged *parts)
{
    gitops_target_options callbacks = {.struct_size = sizeof callbacks, .list = answer_nothing,
                                       .apply = answer_nothing, .delete_object = answer_nothing};
    gitops_source *source;
    gitops_target *target;
    gitops_unit *unit;
    gitops_error err;
    assert_int_equal(gitops_source_new_memory(&source, context, NULL), 0);
    assert_int_equal(gitops_target_new(&target, context, &callbacks, NULL), 0);
    gitops_unit_options options = {.struct_size = sizeof options, .name = "u", .source = source,
                                   .target = target, .order = parts->order,
                                   .identity = parts->identity};
    if (gitops_unit_new(&unit, context, &options, &err) < 0)
        fail_msg("%s", err.message);
    gitops_source_free(source);
    gitops_target_free(target);
    return unit;
}

/* What a plan is made of. */
typedef struct made {
    const arranged *parts;
    gitops_manifest *git, *sent;
    gitops_unit *unit;
    int code;
} made;

static made make_parts(gitops_context *context, const arranged *parts)
{
    return (made){parts, read_text(context, parts->git ? parts->git : "", parts->identity),
                  read_text(context, parts->sent ? parts->sent : "", parts->identity),
                  new_unit(context, parts), 0};
}

static void free_parts(made *m)
{
    gitops_unit_free(m->unit);
    gitops_manifest_free(m->git);
    gitops_manifest_free(m->sent);
}

static int build(gitops_context *context, const made *m, gitops_plan **plan, gitops_error *err)
{
    gops_findings findings;
    gops_findings_init(&findings, context);
    gops_plan_input input = {.unit = m->unit, .revision = "r", .manifest = m->git,
                             .findings = &findings, .owned = 1000,
                             .desired = gops_index_count(m->git->index), .owns = owns,
                             .owns_data = m->parts};
    int rc = find_all(&findings, m->parts, m->git->index, m->sent->index);
    *plan = NULL;
    if (rc == 0)
        rc = gops_plan_build(plan, context, &input, err);
    gops_findings_release(&findings);
    return rc;
}

gitops_plan *arranged_plan(gitops_context *context, const arranged *parts, gitops_error *err)
{
    gitops_plan *plan;
    made m = make_parts(context, parts);
    build(context, &m, &plan, err);
    free_parts(&m);
    return plan;
}

static void fail_body(gitops_context *failing, void *data)
{
    made *m = data;
    gitops_plan *plan;
    gops_order copy;
    gitops_error err = {0};
    if (gops_order_copy(&copy, failing, m->parts->order, NULL) == 0)
        gops_order_release(&copy, failing);
    m->code = build(failing, m, &plan, &err);
    assert_true(m->code == 0 || m->code == GITOPS_ENOMEM || m->code == err.code);
    gitops_plan_free(plan);
}

void arranged_every_allocation_fails(gitops_context *context, const arranged *parts, int code)
{
    made m = make_parts(context, parts);
    support_fail_every_allocation(fail_body, &m);
    assert_int_equal(m.code, code);
    free_parts(&m);
}

char *arranged_text(gitops_context *context, const arranged *parts)
{
    gops_buffer text;
    gitops_error err = {0};
    gitops_plan *plan = arranged_plan(context, parts, &err);
    gops_buffer_init(&text, context, 0);
    if (!plan)
        gops_buffer_printf(&text, "error: %s:%u: %s\n", err.where, err.line, err.message);
    for (size_t i = 0; plan && i < gitops_plan_count(plan); i++) {
        const gitops_operation *operation = gitops_plan_operation(plan, i);
        if (i && operation->rank != gitops_plan_operation(plan, i - 1)->rank)
            gops_buffer_putc(&text, '\n');
        gops_buffer_printf(&text, "%s %d %s%s\n", gitops_operation_phase(operation),
                           gitops_operation_wave(operation),
                           gops_operation_removes(operation) ? "-" : "",
                           gitops_operation_key(operation));
    }
    assert_int_equal(text.status, 0);
    char *copy = strdup(text.data ? text.data : "");
    gops_buffer_release(&text);
    gitops_plan_free(plan);
    return copy;
}

void arranged_is(gitops_context *context, const arranged *parts, const char *expected)
{
    char *text = arranged_text(context, parts);
    if (strcmp(text, expected) != 0)
        fail_msg("expected:\n%s\ngot:\n%s", expected, text);
    free(text);
}
