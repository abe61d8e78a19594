/*
 * look: the verdict on one object. The quick answers come first: a foreign object, the same text
 * as when all was in order, a document equal to what was sent and is still desired. Only then are
 * desired state and base opened and compared leaf by leaf.
 */
#include "reconcile/look.h"

#include <stdio.h>
#include <string.h>

#include "diff/diff.h"
#include "manifest/control.h"
#include "reconcile/again.h"
#include "reconcile/hooks.h"
#include "reconcile/replace.h"
#include "reconcile/stay.h"
#include "value/document.h"
#include "value/emit.h"

void gops_look_begin(gops_look *look, int full)
{
    gops_look_release(look);
    look->full = full;
    look->left_alone = 0;
    gops_known_begin_look(look->known);
}

void gops_look_release(gops_look *look)
{
    for (size_t i = look->pending_next; i < look->pending_count; i++)
        gops_free(look->context, look->pending[i]);
    gops_free(look->context, look->pending);
    look->pending = NULL;
    look->pending_count = look->pending_capacity = look->pending_next = 0;
}

int gops_look_ask(gops_look *look, const char *key)
{
    char *copy = gops_strdup(look->context, key);
    if (!copy || gops_grow(look->context, &look->pending, &look->pending_capacity,
                           look->pending_count + 1, sizeof(char *)) < 0) {
        gops_free(look->context, copy);
        return GITOPS_ENOMEM;
    }
    look->pending[look->pending_count++] = copy;
    return 0;
}

static int find(gops_look *look, int32_t action, gops_reason reason, const gops_item *item,
                const char *key, gops_detail *detail, gitops_error *err)
{
    int rc = gops_findings_add(look->findings, action, reason, item, key, detail);
    return rc < 0 ? gops_fail_memory(err) : 0;
}

/* One object on its three sides, with what came of the comparison. */
typedef struct triple {
    const char *key, *version;
    gops_digest text;      /* of the target's document, when there is one */
    gops_digest state;     /* of its version; of the text when it has none */
    gops_known *known;     /* may be NULL */
    const char *owner;     /* the unit that has owned it so far, when that is another one */
    int owner_adopted;     /* ... and its mark */
    const gops_item *item; /* NULL: not in Git */
    gitops_document *base, *desired, *live;
    gitops_document *normal; /* what the target made of base; NULL: it kept it as it was */
    gitops_diff *diff;
} triple;

static void release_triple(triple *t)
{
    gitops_diff_free(t->diff);
    gitops_document_free(t->base);
    gitops_document_free(t->normal);
    gitops_document_free(t->desired);
    gitops_document_free(t->live);
}

static int is_ours(const gops_known *known)
{
    return known && (known->owned || known->intent);
}

static int open_base(gops_look *look, triple *t, gitops_error *err)
{
    gops_buffer text, normal;
    gops_buffer_init(&text, look->context, 0);
    gops_buffer_init(&normal, look->context, 0);
    int rc = gops_store_sent_and_normal(look->store, t->owner ? t->owner : look->unit->name,
                                        t->key, &text, &normal, err);
    if (rc == 0)
        rc = gitops_document_parse(&t->base, look->context, text.data, text.length, t->key, err);
    if (rc == 0 && normal.length)
        rc = gitops_document_parse(&t->normal, look->context, normal.data, normal.length, t->key,
                                   err);
    if (rc == GITOPS_EPARSE || rc == GITOPS_ENOTFOUND)
        rc = gops_fail_at(err, GITOPS_ECORRUPT, t->key, 0, 0,
                          "the state does not hold what was last sent for %s", t->key);
    gops_buffer_release(&text);
    gops_buffer_release(&normal);
    return rc;
}

/*
 * Compares by the policies of the unit. A claim from an intent that never ended decides nothing.
 * Returns 0, GITOPS_ECONFLICT with the diff set (err is left alone), or a failure.
 */
static int compare(gops_look *look, triple *t, gitops_error *err)
{
    int is_claim = !t->item && !t->known->owned;
    gitops_diff_options options = {.struct_size = sizeof options,
                                   .schema = look->unit->schema,
                                   .conflict = is_claim ? 0 : look->unit->conflict,
                                   .drift = look->unit->drift,
                                   .file = t->item ? t->item->file->path : NULL,
                                   .manager = look->unit->manager};
    gitops_error problem = {0};
    int rc = 0;
    if (t->owner || is_ours(t->known))
        rc = open_base(look, t, err);
    options.normal = t->normal;
    if (rc == 0 && t->item)
        rc = gops_manifest_open_entry(look->manifest, t->item, &t->desired, err);
    if (rc == 0)
        rc = gitops_diff_new(&t->diff, look->context, t->base, t->desired, t->live, &options,
                             &problem);
    if (problem.code < 0 && rc != GITOPS_ECONFLICT && err)
        *err = problem;
    return rc;
}

/* Puts an object into a list of what is told and not done, with its changed leaves. */
static int tell(gops_look *look, const triple *t, gops_findings *list, gops_reason reason,
                gitops_error *err)
{
    gops_detail *detail = gops_detail_new(look->context);
    if (!detail)
        return gops_fail_memory(err);
    detail->changes = gitops_changes_ref(gitops_diff_changes(t->diff));
    int rc = gops_findings_add(list, GITOPS_ACTION_NONE, reason, t->item, t->key, detail);
    return rc < 0 ? gops_fail_memory(err) : 0;
}

/* Notes what a policy leaves alone. */
static int leave_alone(gops_look *look, const triple *t, gops_reason reason, gitops_error *err)
{
    look->left_alone++;
    return gops_diff_tells(t->diff) ? tell(look, t, look->drift, reason, err) : 0;
}

/* Which object of the target it is, where that tells; another one of the same key is not meant. */
static void put_uid(gops_buffer *bytes, const gitops_document *live)
{
    size_t length = 0;
    const gitops_value *metadata =
        live ? gops_value_member(&live->root, "metadata", strlen("metadata")) : NULL;
    const char *uid = metadata ? gops_value_member_text(metadata, "uid", &length) : NULL;
    if (uid)
        gops_buffer_put(bytes, uid, length);
    gops_buffer_putc(bytes, '\n');
}

/* What is done to which leaf: rules and policies decide that beside the documents. */
static void put_actions(gops_buffer *bytes, const gitops_changes *changes)
{
    for (size_t i = 0; i < gitops_changes_count(changes); i++) {
        const gitops_change *change = gitops_changes_get(changes, i);
        if (strcmp(gitops_change_action(change), "none") == 0)
            continue;
        gops_buffer_puts(bytes, gitops_change_action(change));
        gops_buffer_puts(bytes, gitops_change_path(change));
        gops_buffer_putc(bytes, '\n');
    }
}

/* SHA-256 over desired, base and the live leaves we own: all that an approval stands for. */
static int digest_detail(gops_look *look, const triple *t, gops_detail *detail)
{
    gops_buffer bytes;
    gops_buffer_init(&bytes, look->context, 0);
    if (t->desired)
        gops_emit_canonical(&bytes, &t->desired->root);
    gops_buffer_putc(&bytes, '\n');
    if (t->base)
        gops_emit_canonical(&bytes, &t->base->root);
    gops_buffer_putc(&bytes, '\n');
    gops_diff_owned_live(t->diff, &bytes);
    gops_buffer_putc(&bytes, '\n');
    put_uid(&bytes, t->live);
    put_actions(&bytes, gitops_diff_changes(t->diff));
    gops_sha256 *hash = bytes.status ? NULL : gops_sha256_new(look->context);
    int rc = hash ? gops_sha256_begin(hash) : GITOPS_ENOMEM;
    if (rc == 0)
        rc = gops_sha256_update(hash, bytes.data, bytes.length);
    if (rc == 0)
        rc = gops_sha256_finish(hash, detail->sha256);
    gops_sha256_free(hash);
    gops_buffer_release(&bytes);
    return rc;
}

/* Moves the JSON of a document out of a buffer. */
static int keep_json(gops_look *look, const gitops_document *document, char **out, size_t *length)
{
    gops_buffer json;
    gops_buffer_init(&json, look->context, 0);
    gops_emit_json(&json, &document->root);
    if (json.status) {
        gops_buffer_release(&json);
        return GITOPS_ENOMEM;
    }
    *out = json.data;
    *length = json.length;
    return 0;
}

/* What the store will hold of an operation without a call; normal NULL: as it was sent. */
static int keep_normal(gops_look *look, const gitops_document *base,
                       const gitops_document *normal, gops_detail *detail)
{
    gops_buffer text;
    if (!normal)
        return 0;
    gops_buffer_init(&text, look->context, 0);
    gops_emit_json(&text, &base->root);
    gops_buffer_putc(&text, '\n');
    gops_emit_json(&text, &normal->root);
    if (text.status < 0) {
        gops_buffer_release(&text);
        return GITOPS_ENOMEM;
    }
    detail->kept = text.data;
    detail->kept_length = text.length;
    return 0;
}

/* What the target made of what it was sent stays known with what is remembered of that. */
static int carry_normal(gops_look *look, const triple *t, gops_detail *detail)
{
    gitops_document *normal;
    int rc = gops_diff_carried_normal(t->diff, &normal);
    if (rc == 0)
        rc = keep_normal(look, gops_diff_new_base(t->diff), normal, detail);
    gitops_document_free(normal);
    return rc;
}

/* A gops_control_report_fn: it was read before it was sent. */
static int pass_over(int32_t severity, gitops_error *problem, const char *pointer, void *user_data)
{
    (void)severity;
    (void)problem;
    (void)pointer;
    (void)user_data;
    return 0;
}

/* What the object said of its own handling when it was last sent. */
static int keep_controls(gops_look *look, const triple *t, gops_detail *detail)
{
    gops_buffer record;
    gops_buffer_init(&record, look->context, 0);
    uint32_t tools_off = gops_identity_tools_off(look->unit->identity);
    int rc = t->base ? gops_control_read(&record, &t->base->root, t->key, tools_off, pass_over,
                                         NULL)
                     : 0;
    if (rc < 0 || record.length == 0) {
        gops_buffer_release(&record);
        return rc;
    }
    detail->controls = record.data;
    detail->controls_length = record.length;
    return 0;
}

static int fill_detail(gops_look *look, const triple *t, int writes, gops_detail *detail)
{
    gitops_document *merged = gitops_diff_merged(t->diff);
    gitops_document *base = gops_diff_new_base(t->diff);
    detail->changes = gitops_changes_ref(gitops_diff_changes(t->diff));
    detail->adopted = t->owner_adopted;
    if (digest_detail(look, t, detail) < 0 || keep_controls(look, t, detail) < 0)
        return GITOPS_ENOMEM;
    if (t->version) {
        detail->version = gops_strdup(look->context, t->version);
        if (!detail->version)
            return GITOPS_ENOMEM;
    }
    if (writes && merged && keep_json(look, merged, &detail->send, &detail->send_length) < 0)
        return GITOPS_ENOMEM;
    if (!writes && base && t->desired && carry_normal(look, t, detail) < 0)
        return GITOPS_ENOMEM;
    if (base && t->desired && !gops_value_same(&base->root, &t->desired->root)) {
        detail->base_digest = gops_value_digest(&base->root);
        return keep_json(look, base, &detail->base, &detail->base_length);
    }
    return 0;
}

static int find_with_detail(gops_look *look, const triple *t, int32_t action, gops_reason reason,
                            int writes, gitops_error *err)
{
    gops_detail *detail = gops_detail_new(look->context);
    if (!detail || fill_detail(look, t, writes, detail) < 0) {
        gops_detail_free(look->context, detail);
        return gops_fail_memory(err);
    }
    return find(look, action, reason, t->item, t->key, detail, err);
}

/* 1 when an object would be made with anything at all, should it be deleted. */
static int can_be_made(gops_look *look, const triple *t, int *can, gitops_error *err)
{
    gitops_diff *diff;
    int rc = gops_work_create(&diff, look->state, t->desired, err);
    *can = rc == 0 && gitops_diff_merged(diff);
    if (rc == 0)
        gitops_diff_free(diff);
    return rc;
}

/* It is made anew, of what Git says: nothing of what the target keeps in it is sent along. */
static int add_replace(gops_look *look, const triple *t, const char *refusal, gitops_error *err)
{
    gops_detail *detail = gops_detail_new(look->context);
    if (!detail || fill_detail(look, t, 0, detail) < 0 ||
        gops_replace_describe(detail, t->diff, t->desired, t->live, t->key, refusal) < 0) {
        gops_detail_free(look->context, detail);
        return gops_fail_memory(err);
    }
    gops_free(look->context, detail->base);
    gops_free(look->context, detail->kept);
    detail->base = detail->kept = NULL;
    detail->takes_over = !t->owner && !is_ours(t->known);
    return find(look, GITOPS_ACTION_REPLACE, GOPS_REASON_IMMUTABLE, t->item, t->key, detail, err);
}

/* What is not to be made is not deleted to be made anew either: it is left alone. */
static int find_replace(gops_look *look, const triple *t, const char *refusal, gitops_error *err)
{
    int can;
    int rc = can_be_made(look, t, &can, err);
    if (rc < 0)
        return rc;
    return can ? add_replace(look, t, refusal, err)
               : leave_alone(look, t, GOPS_REASON_IMMUTABLE, err);
}

/* 1 when what differs cannot be changed in place. */
static int must_replace(const gops_look *look, const gitops_diff *diff)
{
    return gitops_diff_replaces(diff) && !look->unit->target->options.changes_all;
}

static gops_reason update_reason(const gitops_diff *diff)
{
    int git = gops_diff_has_git_change(diff), drift = gops_diff_has_drift(diff);
    if (git && drift)
        return GOPS_REASON_CHANGED_AND_DRIFTED;
    return drift ? GOPS_REASON_DRIFTED : GOPS_REASON_CHANGED_IN_GIT;
}

/* What the target refused to change is made anew where the object asks for that. */
static int find_update(gops_look *look, const triple *t, gitops_error *err)
{
    gops_detail *detail = gops_detail_new(look->context);
    if (!detail || fill_detail(look, t, 1, detail) < 0) {
        gops_detail_free(look->context, detail);
        return gops_fail_memory(err);
    }
    const char *refusal = gops_again_refused(look->state, t->key, gops_item_object(t->item)->digest,
                                             detail->sha256);
    if (!refusal || !gops_replace_is_asked(t->desired, t->key))
        return find(look, GITOPS_ACTION_UPDATE, update_reason(t->diff), t->item, t->key, detail,
                    err);
    gops_detail_free(look->context, detail);
    return find_replace(look, t, refusal, err);
}

/* An object of ours that Git states. Sets *in_order when there is nothing to do. */
static int judge_owned(gops_look *look, triple *t, int *in_order, gitops_error *err)
{
    int rc = compare(look, t, err);
    if (rc == GITOPS_ECONFLICT)
        return tell(look, t, look->conflicts, update_reason(t->diff), err);
    if (rc < 0)
        return rc;
    if (must_replace(look, t->diff))
        return find_replace(look, t, NULL, err);
    if (gitops_diff_differs(t->diff))
        return find_update(look, t, err);
    if (gops_diff_keeps(t->diff))
        rc = leave_alone(look, t, update_reason(t->diff), err);
    if (rc == 0 && t->known->intent)
        return find_with_detail(look, t, GITOPS_ACTION_NONE, GOPS_REASON_INTERRUPTED, 0, err);
    if (rc == 0 && gops_diff_rebases(t->diff))
        return find_with_detail(look, t, GITOPS_ACTION_NONE, GOPS_REASON_IN_ORDER, 0, err);
    *in_order = !gops_diff_keeps(t->diff);
    return rc;
}

/* An object that Git states and the target holds, but that no run of ours made. */
static int judge_adoption(gops_look *look, triple *t, gitops_error *err)
{
    int rc = gops_neighbour_owner(look->state, t->key, &t->owner, &t->owner_adopted, err);
    if (rc == 0 && t->owner && gops_neighbour_wants(look->state, t->key))
        rc = gops_fail_at(err, GITOPS_EDUPLICATE, t->item->file->path,
                          gops_item_object(t->item)->line, 1,
                          "%s belongs to unit %s, which states it as well", t->key, t->owner);
    if (rc == 0)
        rc = compare(look, t, err);
    if (rc == GITOPS_ECONFLICT)
        return tell(look, t, look->conflicts, GOPS_REASON_EXISTS_DIFFERENT, err);
    if (rc < 0)
        return rc;
    if (must_replace(look, t->diff))
        return find_replace(look, t, NULL, err);
    if (t->owner)
        return find_with_detail(look, t, GITOPS_ACTION_TRANSFER, GOPS_REASON_MOVED,
                                gitops_diff_differs(t->diff), err);
    int writes = gitops_diff_differs(t->diff);
    int equal = !writes && !gops_diff_keeps(t->diff);
    return find_with_detail(look, t, GITOPS_ACTION_ADOPT,
                            equal ? GOPS_REASON_EXISTS_EQUAL : GOPS_REASON_EXISTS_DIFFERENT,
                            writes, err);
}

/* With pruning off an object stays ours; only an intent that never ended is closed. */
static int keep_removed(gops_look *look, triple *t, gitops_error *err)
{
    look->left_alone++;
    if (!t->known->intent)
        return 0;
    if (!t->known->owned)
        return find(look, GITOPS_ACTION_FORGET, GOPS_REASON_INTERRUPTED, NULL, t->key, NULL, err);
    gops_detail *detail = gops_detail_new(look->context);
    int rc = detail ? open_base(look, t, err) : gops_fail_memory(err);
    if (rc == 0 && (keep_json(look, t->base, &detail->base, &detail->base_length) < 0 ||
                    keep_normal(look, t->base, t->normal, detail) < 0))
        rc = gops_fail_memory(err);
    if (rc < 0) {
        gops_detail_free(look->context, detail);
        return rc;
    }
    detail->base_digest = gops_value_digest(&t->base->root);
    return find(look, GITOPS_ACTION_NONE, GOPS_REASON_IN_ORDER, NULL, t->key, detail, err);
}

/* 1 when the target holds what an interrupted call would have sent: it happened. */
static int was_sent(gops_look *look, triple *t, int *sent, gitops_error *err)
{
    gitops_diff_options options = {.struct_size = sizeof options, .schema = look->unit->schema};
    gitops_diff *diff;
    int rc = gitops_diff_new(&diff, look->context, t->base, t->base, t->live, &options, err);
    *sent = rc == 0 && !gitops_diff_differs(diff);
    if (rc == 0)
        gitops_diff_free(diff);
    return rc;
}

/* Another unit states the object now: it stays ours until that unit has taken it over. */
static int hand_over(gops_look *look, const triple *t, gitops_error *err)
{
    if (!gops_neighbour_has(look->state, t->key))
        return 0;
    return find(look, GITOPS_ACTION_FORGET, GOPS_REASON_MOVED, NULL, t->key, NULL, err);
}

/* Another unit may state it at this revision: it is not deleted before that is known. */
static int withhold_delete(gops_look *look, const triple *t, const char *unit, gitops_error *err)
{
    char reason[160];
    gops_detail *detail = gops_detail_new(look->context);
    if (!detail)
        return gops_fail_memory(err);
    snprintf(reason, sizeof reason,
             "was removed from Git, but unit %s may state it, which has not read this revision",
             unit);
    detail->reason = gops_strdup(look->context, reason);
    int rc = gops_findings_add(look->withheld, GITOPS_ACTION_DELETE, GOPS_REASON_REMOVED_FROM_GIT,
                               NULL, t->key, detail);
    return rc < 0 ? gops_fail_memory(err) : 0;
}

/* What asks to be kept, where it was sent or where it is now, is let go; or it asks for a person. */
static int find_delete(gops_look *look, const triple *t, gitops_error *err)
{
    int32_t sent = gops_stay_prune(t->base, t->key), live = gops_stay_prune(t->live, t->key);
    int32_t asked = sent > live ? sent : live;
    if (asked == GITOPS_REMOVAL_KEEP)
        return find_with_detail(look, t, GITOPS_ACTION_FORGET, GOPS_REASON_ASKED, 0, err);
    gops_detail *detail = gops_detail_new(look->context);
    if (!detail || fill_detail(look, t, 0, detail) < 0) {
        gops_detail_free(look->context, detail);
        return gops_fail_memory(err);
    }
    detail->is_protected = asked == GITOPS_REMOVAL_CONFIRM;
    return find(look, GITOPS_ACTION_DELETE, GOPS_REASON_REMOVED_FROM_GIT, NULL, t->key, detail,
                err);
}

/*
 * Only what we made, and what is ours for certain, is deleted; what was there before us and a claim
 * that came to nothing are let go.
 */
static int judge_removed(gops_look *look, triple *t, gitops_error *err)
{
    int sent = 1;
    if (look->unit->prune == GITOPS_PRUNE_OFF)
        return keep_removed(look, t, err);
    if (gops_neighbour_wants(look->state, t->key))
        return hand_over(look, t, err);
    const char *behind = gops_neighbour_behind(look->state);
    if (behind)
        return withhold_delete(look, t, behind, err);
    if (t->known->adopted && look->unit->prune != GITOPS_PRUNE_ADOPTED)
        return find(look, GITOPS_ACTION_FORGET, GOPS_REASON_ADOPTED, NULL, t->key, NULL, err);
    int rc = compare(look, t, err);
    if (rc == GITOPS_ECONFLICT)
        return tell(look, t, look->conflicts, GOPS_REASON_REMOVED_FROM_GIT, err);
    if (rc == 0 && !t->known->owned)
        rc = was_sent(look, t, &sent, err);
    if (rc < 0)
        return rc;
    if (!sent)
        return find(look, GITOPS_ACTION_FORGET, GOPS_REASON_INTERRUPTED, NULL, t->key, NULL, err);
    if (gops_diff_keeps(t->diff))
        return find_with_detail(look, t, GITOPS_ACTION_FORGET, GOPS_REASON_KEPT, 0, err);
    return find_delete(look, t, err);
}

static int judge(gops_look *look, triple *t, int *in_order, gitops_error *err)
{
    const gops_known *known = t->known;
    if (!t->item)
        return judge_removed(look, t, err);
    if (gops_hooks_is_hook(t->item)) { /* whether it runs is decided when all is known */
        *in_order = 1;
        return 0;
    }
    if (!is_ours(known))
        return judge_adoption(look, t, err);
    const gops_digest *desired = &gops_item_object(t->item)->digest;
    gops_digest live = gops_value_digest(&t->live->root);
    if (!known->intent && gops_digest_equal(desired, &known->sent) &&
        (gops_digest_equal(desired, &live) ||
         (known->has_answered && gops_digest_equal(&known->answered, &live)))) {
        *in_order = 1;
        return 0;
    }
    return judge_owned(look, t, in_order, err);
}

/* Documents that carry their status say how an object is, whether or not anything is to be done. */
static int note_health(gops_look *look, triple *t, const char *document, size_t length,
                       gitops_error *err)
{
    gitops_health health;
    if (!look->unit->target->options.reports_health)
        return 0;
    int rc = gops_target_judge(look->unit->target, t->key, document, length, 0, &health, err);
    t->known->health = (uint8_t)health.status;
    return rc;
}

static int parse_and_judge(gops_look *look, triple *t, const char *document, size_t length,
                           gitops_error *err)
{
    int in_order = 0;
    gitops_error problem;
    int rc = gitops_document_parse(&t->live, look->context, document, length, t->key, &problem);
    if (rc < 0)
        gops_fail_at(err, rc, t->key, problem.line, problem.column, "in the target: %s",
                     problem.message);
    if (rc == 0 && !gops_value_is(&t->live->root, GITOPS_VALUE_MAP))
        rc = gops_fail_at(err, GITOPS_ETARGET, t->key, 0, 0,
                          "the target gave something for %s that is no object", t->key);
    if (rc == 0)
        rc = judge(look, t, &in_order, err);
    if (rc == 0 && t->known && t->item)
        rc = note_health(look, t, document, length, err);
    if (rc == 0 && in_order && t->known)
        gops_known_settle(look->known, t->known, &t->text, &t->state);
    release_triple(t);
    return rc;
}

/* Notes that an object was met. Returns 0 when a listing gives it again. */
static int meet(gops_look *look, gops_known *known, const gops_digest *name)
{
    int first = gops_known_meet(look->known, known);
    if (look->asking)
        return 1;
    if (first)
        gops_roll_meet(&look->known->roll, known, name);
    return first;
}

int gops_look_object(const char *key, const char *document, size_t length, const char *version,
                     void *data, gitops_error *err)
{
    gops_look *look = data;
    triple t = {.key = key, .version = version};
    gops_digest name = gops_hash128('k', key, strlen(key));
    if (document)
        t.text = gops_hash128('t', document, length);
    t.state = version ? gops_hash128('v', version, strlen(version)) : t.text;
    if (!look->asking && gops_known_expect(look->known, &name, &t.state))
        return 0;
    t.known = gops_known_find(look->known, key);
    if (t.known && !meet(look, t.known, &name))
        return gops_fail_at(err, GITOPS_ETARGET, key, 0, 0, "the target listed %s twice", key);
    if (t.known &&
        gops_known_is_settled(look->known, t.known, document ? &t.text : NULL, &t.state)) {
        if (document)
            gops_known_settle(look->known, t.known, &t.text, &t.state);
        return 0;
    }
    t.item = gops_index_find(look->manifest->index, key, NULL);
    if (!t.item && !is_ours(t.known))
        return 0;
    if (!t.known) {
        t.known = gops_known_add(look->known, key);
        if (!t.known)
            return gops_fail_memory(err);
        t.known->desired = 1;
        meet(look, t.known, &name);
    }
    if (!document)
        return gops_look_ask(look, key) < 0 ? gops_fail_memory(err) : 0;
    return parse_and_judge(look, &t, document, length, err);
}

/* The fields of an object that is to be created, for readers. */
static int describe_create(gops_look *look, const gops_item *item, const char *key,
                           gops_detail **out, gitops_error *err)
{
    triple t = {.key = key, .item = item};
    int rc = compare(look, &t, err);
    if (rc == 0) {
        *out = gops_detail_new(look->context);
        if (*out)
            (*out)->changes = gitops_changes_ref(gitops_diff_changes(t.diff));
        else
            rc = gops_fail_memory(err);
    }
    release_triple(&t);
    return rc;
}

static int find_create(gops_look *look, const gops_item *item, const char *key, int owned,
                       gitops_error *err)
{
    gops_detail *detail = NULL;
    int rc = look->all_changes ? describe_create(look, item, key, &detail, err) : 0;
    return rc < 0 ? rc
                  : find(look, GITOPS_ACTION_CREATE, owned ? GOPS_REASON_MISSING : GOPS_REASON_NEW,
                         item, key, detail, err);
}

/* 1 when a policy or a mode may want that an object stays missing. */
static int may_stay_missing(const gitops_unit *unit)
{
    return unit->conflict != GITOPS_CONFLICT_DESIRED || unit->drift != GITOPS_DRIFT_REVERT ||
           unit->schema;
}

/* It stays missing, and ours if it was; an intent that never ended is closed. */
static int leave_missing(gops_look *look, const triple *t, int has_intent, gitops_error *err)
{
    int rc = leave_alone(look, t, t->known ? GOPS_REASON_MISSING : GOPS_REASON_NEW, err);
    if (rc < 0 || !has_intent)
        return rc;
    return t->known ? find_with_detail(look, t, GITOPS_ACTION_NONE, GOPS_REASON_INTERRUPTED, 0, err)
                    : find(look, GITOPS_ACTION_FORGET, GOPS_REASON_INTERRUPTED, NULL, t->key, NULL,
                           err);
}

/*
 * An object that Git states and that the target lacks: rows 9 and 10 when it is ours, else row 3,
 * also where a call that was interrupted may have meant to make it. known may be NULL.
 */
static int judge_missing(gops_look *look, const gops_item *item, const char *key,
                         gops_known *known, gitops_error *err)
{
    triple t = {.key = key, .known = known && known->owned ? known : NULL, .item = item};
    int rc = compare(look, &t, err);
    if (rc == GITOPS_ECONFLICT)
        rc = tell(look, &t, look->conflicts, GOPS_REASON_MISSING, err);
    else if (rc == 0 && gitops_diff_merged(t.diff))
        rc = find_create(look, item, key, t.known != NULL, err);
    else if (rc == 0)
        rc = leave_missing(look, &t, known && known->intent, err);
    release_triple(&t);
    return rc;
}

int gops_look_absent(gops_look *look, const char *key, gitops_error *err)
{
    gops_known *known = gops_known_find(look->known, key);
    const gops_item *item = gops_index_find(look->manifest->index, key, NULL);
    if (gops_hooks_is_hook(item)) /* one that has run may be gone */
        return 0;
    if (item && !(known && known->owned) && gops_neighbour_wants(look->state, key))
        return gops_fail_at(err, GITOPS_EDUPLICATE, item->file->path,
                            gops_item_object(item)->line, 1,
                            "%s is stated by another unit as well", key);
    if (item && may_stay_missing(look->unit))
        return judge_missing(look, item, key, known, err);
    if (item)
        return find_create(look, item, key, known && known->owned, err);
    if (is_ours(known))
        return find(look, GITOPS_ACTION_FORGET, GOPS_REASON_GONE, NULL, key, NULL, err);
    return 0;
}

static int find_missing_desired(gops_look *look, gitops_error *err)
{
    size_t count = gops_index_count(look->manifest->index);
    int rc = 0;
    if (look->known->seen_desired == count)
        return 0;
    for (size_t i = 0; i < count && rc == 0; i++) {
        const char *key = gops_item_object(gops_index_at(look->manifest->index, i))->key;
        const gops_known *known = gops_known_find(look->known, key);
        if (!known || !gops_known_is_met(look->known, known))
            rc = gops_look_absent(look, key, err);
    }
    return rc;
}

int gops_look_complete(gops_look *look, gitops_error *err)
{
    gops_known *known;
    if (!look->listing)
        return 0;
    int rc = find_missing_desired(look, err);
    if (look->known->seen_owned == look->known->owned && look->known->intents == 0)
        return rc;
    for (size_t i = 0; rc == 0 && (known = gops_table_next(&look->known->table, &i)) != NULL;)
        if (!gops_known_is_met(look->known, known) && !known->desired)
            rc = gops_look_absent(look, known->key, err);
    return rc;
}
