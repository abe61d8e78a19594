/*
 * plan: puts findings in order, counts them, makes the digest and judges the limits; afterwards an
 * immutable list.
 */
#include "plan/plan.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "plan/order.h"
#include "plan/rename.h"
#include "value/document.h"
#include "value/emit.h"

static const char *const action_names[] = {"none",   "create", "update", "replace",
                                           "delete", "adopt",  "forget", "transfer"};

static const char *const phase_names[] = {
    [GOPS_PHASE_AUTO] = "sync",
    [GOPS_PHASE_PRE_SYNC] = "pre-sync",
    [GOPS_PHASE_SYNC] = "sync",
    [GOPS_PHASE_PRE_DELETE] = "pre-delete",
    [GOPS_PHASE_PRUNE] = "prune",
    [GOPS_PHASE_POST_DELETE] = "post-delete",
    [GOPS_PHASE_POST_SYNC] = "post-sync",
    [GOPS_PHASE_SYNC_FAIL] = "sync-fail",
};

static const struct {
    const char *code, *text;
} reasons[] = {
    [GOPS_REASON_NEW] = {"new", "new in Git"},
    [GOPS_REASON_MISSING] = {"missing", "removed from the target, still in Git"},
    [GOPS_REASON_CHANGED_IN_GIT] = {"changed-in-git", "changed in Git"},
    [GOPS_REASON_DRIFTED] = {"drifted", "changed in the target"},
    [GOPS_REASON_CHANGED_AND_DRIFTED] = {"changed-and-drifted",
                                         "changed in Git and in the target"},
    [GOPS_REASON_REMOVED_FROM_GIT] = {"removed-from-git", "removed from Git"},
    [GOPS_REASON_EXISTS_EQUAL] = {"exists-equal", "exists in the target and is equal"},
    [GOPS_REASON_EXISTS_DIFFERENT] = {"exists-different", "exists in the target and differs"},
    [GOPS_REASON_GONE] = {"gone", "removed from Git, already gone from the target"},
    [GOPS_REASON_INTERRUPTED] = {"interrupted", "sent by a run that was interrupted"},
    [GOPS_REASON_MOVED] = {"moved", "moved to or from another unit"},
    [GOPS_REASON_KEPT] = {"kept", "removed from Git, but changed in the target: it stays there"},
    [GOPS_REASON_ADOPTED] = {"adopted", "removed from Git, but adopted: it stays in the target"},
    [GOPS_REASON_ASKED] = {"asked-to-stay",
                           "removed from Git, but its annotations keep it: it stays in the target"},
    [GOPS_REASON_IMMUTABLE] = {"immutable", "cannot be changed in place"},
    [GOPS_REASON_HOOK] = {"hook", "a hook whose turn it is"},
    [GOPS_REASON_IN_ORDER] = {"in-order", "in order"},
};

static void put_text(gops_sha256 *hash, const char *text, int *rc)
{
    uint8_t length[8];
    size_t bytes = text ? strlen(text) : 0;
    for (size_t i = 0; i < sizeof length; i++)
        length[i] = (uint8_t)((uint64_t)bytes >> (8 * i));
    if (*rc == 0)
        *rc = gops_sha256_update(hash, length, sizeof length);
    if (*rc == 0 && bytes)
        *rc = gops_sha256_update(hash, text, bytes);
}

static void put_list(gops_sha256 *hash, const char *name, char *const *list, size_t count, int *rc)
{
    char head[64];
    snprintf(head, sizeof head, "%zu %s", count, name);
    put_text(hash, head, rc);
    for (size_t i = 0; i < count; i++)
        put_text(hash, list[i], rc);
}

/* What the host configured: a digest must not survive a change of the limits. */
static void put_limits(gops_sha256 *hash, const gitops_unit *unit, int *rc)
{
    char limits[256];
    snprintf(limits, sizeof limits,
             "prune=%" PRId32 " adopt=%" PRId32 " conflict=%" PRId32 " drift=%" PRId32
             " max-deletes=%" PRId64 " max-delete-percent=%" PRId32,
             unit->prune, unit->adopt, unit->conflict, unit->drift, unit->max_deletes,
             unit->max_delete_percent);
    put_text(hash, "gitops-plan-1", rc);
    put_text(hash, unit->name, rc);
    put_text(hash, limits, rc);
    put_text(hash, unit->path, rc);
    put_list(hash, "excludes", unit->excludes, unit->exclude_count, rc);
    put_list(hash, "protects", unit->protects, unit->protect_count, rc);
    put_list(hash, "scope", unit->scope, unit->scope_count, rc);
    if (gops_identity_by(unit->identity) != GITOPS_IDENTITY_KUBERNETES ||
        gops_identity_tools_off(unit->identity))
        put_text(hash, gops_identity_text(unit->identity), rc);
}

static void put_budget(gops_sha256 *hash, uint64_t budget, int *rc)
{
    char text[64];
    snprintf(text, sizeof text, "budget=%" PRIu64, budget);
    put_text(hash, text, rc);
}

static int put_document(gops_sha256 *hash, const gitops_document *document, gops_buffer *bytes)
{
    gops_buffer_clear(bytes);
    gops_emit_canonical(bytes, &document->root);
    return bytes->status ? bytes->status
                         : gops_sha256_update(hash, bytes->data, bytes->length);
}

/* What is created is opened for its content; other operations carry a digest of theirs. */
static int put_created(gops_sha256 *hash, gitops_manifest *manifest,
                       const gitops_operation *operation, gops_buffer *bytes, gitops_error *err)
{
    gops_item item = {operation->file, operation->object, 0};
    gitops_document *document;
    int rc = gops_manifest_open_entry(manifest, &item, &document, err);
    if (rc < 0)
        return rc;
    rc = put_document(hash, document, bytes);
    gitops_document_free(document);
    return rc < 0 ? gops_fail_memory(err) : 0;
}

static int put_operation(gops_sha256 *hash, gitops_manifest *manifest,
                         const gitops_operation *operation, gops_buffer *bytes, gitops_error *err)
{
    static const uint8_t none[GOPS_SHA256_BYTES];
    int rc = 0;
    put_text(hash, action_names[operation->action], &rc);
    put_text(hash, gops_operation_key(operation), &rc);
    if (rc == 0)
        rc = gops_sha256_update(hash, operation->detail ? operation->detail->sha256 : none,
                                sizeof none);
    if (rc < 0)
        return gops_fail_memory(err);
    if (operation->action == GITOPS_ACTION_CREATE && operation->file)
        rc = put_created(hash, manifest, operation, bytes, err);
    return rc;
}

static int make_digest(gitops_plan *plan, const gops_plan_input *input, gitops_error *err)
{
    uint8_t digest[GOPS_SHA256_BYTES];
    gops_buffer bytes;
    gops_sha256 *hash = gops_sha256_new(plan->context);
    if (!hash)
        return gops_fail_memory(err);
    gops_buffer_init(&bytes, plan->context, 0);
    int rc = gops_sha256_begin(hash);
    put_limits(hash, input->unit, &rc);
    if (input->budget)
        put_budget(hash, input->budget, &rc);
    if (rc < 0)
        gops_fail_memory(err);
    for (size_t i = 0; i < plan->count && rc == 0; i++)
        rc = put_operation(hash, input->manifest, &plan->operations.items[i], &bytes, err);
    if (rc == 0 && gops_sha256_finish(hash, digest) < 0)
        rc = gops_fail_memory(err);
    if (rc == 0)
        gops_hex(plan->digest, digest, sizeof digest);
    gops_buffer_release(&bytes);
    gops_sha256_free(hash);
    return rc;
}

static void count_actions(gitops_plan *plan, const gops_plan_input *input)
{
    uint64_t touched = 0;
    for (size_t i = 0; i < plan->operations.count; i++) {
        const gitops_operation *operation = &plan->operations.items[i];
        if (operation->action == GITOPS_ACTION_NONE)
            continue;
        /* What only runs when something fails is no part of what is to be done. */
        if (operation->phase != GOPS_PHASE_SYNC_FAIL)
            plan->summary[operation->action]++;
        plan->hooks_replaced +=
            operation->is_hook && operation->action == GITOPS_ACTION_REPLACE &&
            operation->phase != GOPS_PHASE_SYNC_FAIL;
        touched += operation->file != NULL;
        plan->count++;
    }
    for (size_t i = 0; i < plan->withheld.count; i++)
        touched += plan->withheld.items[i].file != NULL;
    plan->summary[GITOPS_ACTION_NONE] = input->desired - touched;
}

static void take_findings(gops_findings *to, gops_findings *from)
{
    if (!from)
        return;
    *to = *from;
    gops_findings_init(from, to->context);
}

/* Moves the findings; those that are only told go by their keys. */
static int take_all(gitops_plan *plan, gops_plan_input *input)
{
    take_findings(&plan->operations, input->findings);
    take_findings(&plan->drift, input->drift);
    take_findings(&plan->conflicts, input->conflicts);
    take_findings(&plan->withheld, input->withheld);
    int rc = gops_findings_sort(&plan->drift, input->unit, NULL);
    if (rc == 0)
        rc = gops_findings_sort(&plan->conflicts, input->unit, NULL);
    return rc < 0 ? rc : gops_findings_sort(&plan->withheld, input->unit, NULL);
}

int gops_plan_build(gitops_plan **out, gitops_context *context, gops_plan_input *input,
                    gitops_error *err)
{
    gitops_plan *plan = gops_calloc(context, 1, sizeof *plan);
    *out = NULL;
    if (!plan)
        return gops_fail_memory(err);
    gops_refcount_init(&plan->references);
    plan->context = gops_context_ref(context);
    gops_findings_init(&plan->operations, context);
    gops_findings_init(&plan->drift, context);
    gops_findings_init(&plan->conflicts, context);
    gops_findings_init(&plan->withheld, context);
    plan->unit = gops_strdup(context, input->unit->name);
    plan->revision = gops_strdup(context, input->revision);
    gops_graph_init(&plan->graph, context, 0);
    if (!plan->unit || !plan->revision || take_all(plan, input) < 0) {
        gitops_plan_free(plan);
        return gops_fail_memory(err);
    }
    plan->left_alone = input->left_alone;
    plan->skipped = input->skipped;
    plan->unread = input->unread;
    count_actions(plan, input);
    int rc = gops_plan_guard(plan, input->unit) < 0 ? gops_fail_memory(err)
                                                    : gops_plan_arrange(plan, input, err);
    if (rc == 0)
        rc = make_digest(plan, input, err);
    if (rc == 0)
        rc = gops_rename_find(plan, input, err);
    if (rc < 0) {
        gitops_plan_free(plan);
        return rc;
    }
    gops_plan_judge(plan, input);
    *out = plan;
    return 0;
}

gitops_plan *gitops_plan_ref(gitops_plan *plan)
{
    gops_refcount_take(&plan->references);
    return plan;
}

void gitops_plan_free(gitops_plan *plan)
{
    if (!plan || !gops_refcount_drop(&plan->references))
        return;
    gitops_context *context = plan->context;
    gops_findings_release(&plan->operations);
    gops_findings_release(&plan->drift);
    gops_findings_release(&plan->conflicts);
    gops_findings_release(&plan->withheld);
    gops_graph_release(&plan->graph);
    gops_free(context, plan->unit);
    gops_free(context, plan->revision);
    gops_free(context, plan->approver);
    gops_free(context, plan->reason);
    gops_free(context, plan);
    gitops_context_free(context);
}

const char *gops_operation_key(const gitops_operation *operation)
{
    const gops_object *object = gops_operation_object(operation);
    return object ? object->key : operation->own_key;
}

int gops_operation_writes(const gitops_operation *operation)
{
    switch (operation->action) {
    case GITOPS_ACTION_CREATE:
    case GITOPS_ACTION_UPDATE:
    case GITOPS_ACTION_REPLACE:
    case GITOPS_ACTION_DELETE:
        return 1;
    case GITOPS_ACTION_ADOPT:
    case GITOPS_ACTION_TRANSFER:
        return operation->detail && operation->detail->send;
    default:
        return 0;
    }
}

const char *gitops_action_name(int32_t action)
{
    size_t count = sizeof action_names / sizeof action_names[0];
    return action >= 0 && (size_t)action < count ? action_names[action] : "none";
}

const char *gitops_plan_unit(const gitops_plan *plan)
{
    return plan->unit;
}

const char *gitops_plan_revision(const gitops_plan *plan)
{
    return plan->revision;
}

const char *gitops_plan_digest(const gitops_plan *plan)
{
    return plan->digest;
}

uint64_t gitops_plan_summary(const gitops_plan *plan, int32_t action)
{
    return action >= 0 && action <= GITOPS_ACTION_TRANSFER ? plan->summary[action] : 0;
}

size_t gitops_plan_held_count(const gitops_plan *plan)
{
    return plan->held_count;
}

const char *gitops_plan_held(const gitops_plan *plan, size_t i, uint64_t *allowed, uint64_t *asked)
{
    int known = i < plan->held_count;
    if (allowed)
        *allowed = known ? plan->held[i].allowed : 0;
    if (asked)
        *asked = known ? plan->held[i].asked : 0;
    return known ? plan->held[i].limit : NULL;
}

size_t gitops_plan_count(const gitops_plan *plan)
{
    return plan->count;
}

const gitops_operation *gitops_plan_operation(const gitops_plan *plan, size_t i)
{
    return i < plan->count ? &plan->operations.items[i] : NULL;
}

uint64_t gitops_plan_skipped(const gitops_plan *plan)
{
    return plan->skipped;
}

uint64_t gitops_plan_unread(const gitops_plan *plan)
{
    return plan->unread;
}

size_t gitops_plan_drift_count(const gitops_plan *plan)
{
    return plan->drift.count;
}

const gitops_operation *gitops_plan_drift(const gitops_plan *plan, size_t i)
{
    return i < plan->drift.count ? &plan->drift.items[i] : NULL;
}

uint64_t gitops_plan_left_alone(const gitops_plan *plan)
{
    return plan->left_alone;
}

size_t gitops_plan_conflict_count(const gitops_plan *plan)
{
    return plan->conflicts.count;
}

const gitops_operation *gitops_plan_conflict(const gitops_plan *plan, size_t i)
{
    return i < plan->conflicts.count ? &plan->conflicts.items[i] : NULL;
}

size_t gitops_plan_withheld_count(const gitops_plan *plan)
{
    return plan->withheld.count;
}

const gitops_operation *gitops_plan_withheld(const gitops_plan *plan, size_t i)
{
    return i < plan->withheld.count ? &plan->withheld.items[i] : NULL;
}

int32_t gitops_operation_action(const gitops_operation *operation)
{
    return operation->action;
}

const char *gitops_operation_key(const gitops_operation *operation)
{
    return gops_operation_key(operation);
}

const char *gitops_operation_reason(const gitops_operation *operation)
{
    const gops_detail *detail = operation->detail;
    return detail && detail->reason ? detail->reason : reasons[operation->reason].text;
}

const char *gitops_operation_reason_code(const gitops_operation *operation)
{
    return reasons[operation->reason].code;
}

const char *gitops_operation_phase(const gitops_operation *operation)
{
    if (operation->phase == GOPS_PHASE_AUTO && gops_operation_removes(operation))
        return phase_names[GOPS_PHASE_PRUNE];
    return phase_names[operation->phase];
}

int32_t gitops_operation_wave(const gitops_operation *operation)
{
    return operation->wave;
}

const char *gitops_operation_file(const gitops_operation *operation)
{
    return operation->file ? operation->file->path : NULL;
}

uint32_t gitops_operation_line(const gitops_operation *operation)
{
    const gops_object *object = gops_operation_object(operation);
    return object ? object->line : 0;
}

gitops_changes *gitops_operation_changes(const gitops_operation *operation)
{
    return operation->detail ? operation->detail->changes : NULL;
}
