/*
 * between: what a change from one manifest to another would send, had the target been kept equal to
 * the first: a plan without a target. Costs what differs; an object that differs is compared with
 * what was stated before as its base and as what the target holds.
 */
#include <string.h>

#include "base/buffer.h"
#include "base/options.h"
#include "diff/diff.h"
#include "plan/plan.h"
#include "value/document.h"
#include "value/emit.h"

typedef struct between {
    gitops_context *context;
    gitops_manifest *before, *after;
    const gitops_between_options *options;
    gops_findings findings;
    gitops_error *err;
} between;

/* One object on its two sides; item NULL: it is not in Git afterwards. */
typedef struct change_pair {
    const char *key;
    const gops_item *item;
    gitops_document *before, *after;
    gitops_diff *diff;
} change_pair;

static int open_pair(between *b, change_pair *pair, const gops_item *before, const gops_item *after)
{
    gitops_diff_options options = {.struct_size = sizeof options, .schema = b->options->schema};
    int rc = 0;
    pair->key = gops_item_object(after ? after : before)->key;
    pair->item = after;
    options.file = after ? after->file->path : NULL;
    if (before)
        rc = gops_manifest_open_entry(b->before, before, &pair->before, b->err);
    if (rc == 0 && after)
        rc = gops_manifest_open_entry(b->after, after, &pair->after, b->err);
    if (rc == 0)
        rc = gitops_diff_new(&pair->diff, b->context, pair->before, pair->after, pair->before,
                             &options, b->err);
    return rc;
}

static void release_pair(change_pair *pair)
{
    gitops_diff_free(pair->diff);
    gitops_document_free(pair->before);
    gitops_document_free(pair->after);
}

/* SHA-256 over both sides: the digest of the plan stands for them. */
static int digest_pair(between *b, const change_pair *pair, uint8_t out[GOPS_SHA256_BYTES])
{
    gops_buffer bytes;
    gops_buffer_init(&bytes, b->context, 0);
    if (pair->after)
        gops_emit_canonical(&bytes, &pair->after->root);
    gops_buffer_putc(&bytes, '\n');
    if (pair->before)
        gops_emit_canonical(&bytes, &pair->before->root);
    gops_sha256 *hash = bytes.status ? NULL : gops_sha256_new(b->context);
    int rc = hash ? gops_sha256_begin(hash) : GITOPS_ENOMEM;
    if (rc == 0)
        rc = gops_sha256_update(hash, bytes.data, bytes.length);
    if (rc == 0)
        rc = gops_sha256_finish(hash, out);
    gops_sha256_free(hash);
    gops_buffer_release(&bytes);
    return rc;
}

static int add(between *b, const change_pair *pair, int32_t action, gops_reason reason)
{
    gops_detail *detail = gops_detail_new(b->context);
    if (!detail || digest_pair(b, pair, detail->sha256) < 0) {
        gops_detail_free(b->context, detail);
        return gops_fail_memory(b->err);
    }
    if (action != GITOPS_ACTION_CREATE || b->options->all_changes)
        detail->changes = gitops_changes_ref(gitops_diff_changes(pair->diff));
    int rc = gops_findings_add(&b->findings, action, reason, pair->item, pair->key, detail);
    return rc < 0 ? gops_fail_memory(b->err) : 0;
}

static int judge(between *b, const change_pair *pair)
{
    if (!pair->after)
        return add(b, pair, GITOPS_ACTION_DELETE, GOPS_REASON_REMOVED_FROM_GIT);
    if (!gitops_diff_differs(pair->diff))
        return 0;
    if (!pair->before)
        return add(b, pair, GITOPS_ACTION_CREATE, GOPS_REASON_NEW);
    if (gitops_diff_replaces(pair->diff))
        return add(b, pair, GITOPS_ACTION_REPLACE, GOPS_REASON_IMMUTABLE);
    return add(b, pair, GITOPS_ACTION_UPDATE, GOPS_REASON_CHANGED_IN_GIT);
}

/* Has the type of gops_index_fn. */
static int compare(const gops_item *before, const gops_item *after, void *user_data)
{
    between *b = user_data;
    change_pair pair;
    if (!after && b->options->prune == GITOPS_PRUNE_OFF)
        return 0;
    memset(&pair, 0, sizeof pair);
    int rc = open_pair(b, &pair, before, after);
    if (rc == 0)
        rc = judge(b, &pair);
    release_pair(&pair);
    return rc;
}

/* What the target has, were it as the first manifest says. */
static int was_stated(const void *before, const char *key)
{
    return gitops_manifest_find(before, key) >= 0;
}

/* A change is not carried out, so no limit holds it. */
static int build(gitops_plan **out, between *b)
{
    gitops_unit unit = {.name = (char *)b->options->unit,
                        .path = (char *)"",
                        .identity = b->after->contents->identity,
                        .prune = b->options->prune,
                        .adopt = GITOPS_ADOPT_IF_EQUAL,
                        .conflict = GITOPS_CONFLICT_DESIRED,
                        .drift = GITOPS_DRIFT_REVERT};
    gops_plan_input input = {.unit = &unit,
                             .revision = b->options->revision ? b->options->revision : "",
                             .manifest = b->after,
                             .findings = &b->findings,
                             .owned = gitops_manifest_count(b->before),
                             .desired = gitops_manifest_count(b->after),
                             .skipped = gitops_manifest_skipped(b->after),
                             .unread = gitops_manifest_unread(b->after),
                             .owns = was_stated,
                             .owns_data = b->before};
    int rc = gops_plan_build(out, b->context, &input, b->err);
    if (rc == 0)
        (*out)->held_count = 0;
    return rc;
}

static int check_options(gitops_between_options *given, gitops_error *err)
{
    if (given->unit && !gops_unit_is_name(given->unit))
        return gops_fail(err, GITOPS_EINVAL,
                         "a unit's name has 1 to 63 of the characters A-Z a-z 0-9 . _ -");
    if (given->prune < 0 || given->prune > GITOPS_PRUNE_ADOPTED)
        return gops_fail(err, GITOPS_EINVAL, "prune is no such policy");
    if (!given->unit)
        given->unit = "default";
    if (given->prune == GITOPS_PRUNE_DEFAULT)
        given->prune = GITOPS_PRUNE_ON;
    return 0;
}

int gitops_plan_between(gitops_plan **out, gitops_context *context, gitops_manifest *before,
                        gitops_manifest *after, const gitops_between_options *options,
                        gitops_error *err)
{
    gitops_between_options given;
    if (!out || !context || !before || !after)
        return gops_fail(err, GITOPS_EINVAL, "between: an argument is NULL");
    *out = NULL;
    int rc = gops_options_import(&given, sizeof given, options, "between options", err);
    if (rc == 0)
        rc = check_options(&given, err);
    if (rc < 0)
        return rc;
    between b = {context, before, after, &given, {0}, err};
    gops_findings_init(&b.findings, context);
    rc = gops_index_compare(before->index, after->index, compare, &b, NULL);
    if (rc == 0)
        rc = build(out, &b);
    gops_findings_release(&b.findings);
    return rc;
}
