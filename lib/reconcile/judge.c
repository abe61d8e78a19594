/*
 * judge: the verdict on one object. The quick answers come first: a hook, a document equal to what was
 * sent and is still desired. Only then are desired state and base opened and compared leaf by leaf.
 */
#include "reconcile/judge.h"

#include <stdio.h>
#include <string.h>

#include "diff/diff.h"
#include "manifest/control.h"
#include "plan/rename.h"
#include "reconcile/again.h"
#include "reconcile/hooks.h"
#include "reconcile/replace.h"
#include "reconcile/stay.h"
#include "value/document.h"

static int find(gops_look *look, int32_t action, gops_reason reason, const gops_item *item,
                const char *key, gops_detail *detail, gitops_error *err)
{
    int rc = gops_findings_add(look->findings, action, reason, item, key, detail);
    return rc < 0 ? gops_fail_memory(err) : 0;
}

/* Puts an object into a list of what is told and not done, with its changed leaves. */
static int tell(gops_look *look, const gops_triple *t, gops_findings *list, gops_reason reason,
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
static int leave_alone(gops_look *look, const gops_triple *t, gops_reason reason, gitops_error *err)
{
    look->left_alone++;
    return gops_diff_tells(t->diff) ? tell(look, t, look->drift, reason, err) : 0;
}

static int find_with_detail(gops_look *look, const gops_triple *t, int32_t action, gops_reason reason,
                            int writes, gitops_error *err)
{
    gops_detail *detail = gops_detail_new(look->context);
    if (!detail || gops_triple_detail(look, t, writes, detail) < 0) {
        gops_detail_free(look->context, detail);
        return gops_fail_memory(err);
    }
    return find(look, action, reason, t->item, t->key, detail, err);
}

/* 1 when an object would be made with anything at all, should it be deleted. */
static int can_be_made(gops_look *look, const gops_triple *t, int *can, gitops_error *err)
{
    gitops_diff *diff;
    int rc = gops_work_create(&diff, look->state, t->desired, err);
    *can = rc == 0 && gitops_diff_merged(diff);
    if (rc == 0)
        gitops_diff_free(diff);
    return rc;
}

/* It is made anew, of what Git says: nothing of what the target keeps in it is sent along. */
static int add_replace(gops_look *look, const gops_triple *t, const char *refusal, gitops_error *err)
{
    gops_detail *detail = gops_detail_new(look->context);
    if (!detail || gops_triple_detail(look, t, 0, detail) < 0 ||
        gops_replace_describe(detail, t->diff, t->desired, t->live, t->key, refusal) < 0) {
        gops_detail_free(look->context, detail);
        return gops_fail_memory(err);
    }
    gops_free(look->context, detail->base);
    gops_free(look->context, detail->kept);
    detail->base = detail->kept = NULL;
    detail->takes_over = !t->owner && !gops_known_is_ours(t->known);
    return find(look, GITOPS_ACTION_REPLACE, GOPS_REASON_IMMUTABLE, t->item, t->key, detail, err);
}

/* What is not to be made is not deleted to be made anew either: it is left alone. */
static int find_replace(gops_look *look, const gops_triple *t, const char *refusal, gitops_error *err)
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
static int find_update(gops_look *look, const gops_triple *t, gitops_error *err)
{
    gops_detail *detail = gops_detail_new(look->context);
    if (!detail || gops_triple_detail(look, t, 1, detail) < 0) {
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
static int judge_owned(gops_look *look, gops_triple *t, int *in_order, gitops_error *err)
{
    if (gops_neighbour_has(look->state, t->key))
        return gops_fail_at(err, GITOPS_EDUPLICATE, t->item->file->path,
                            gops_item_object(t->item)->line, 1,
                            "%s is stated by another unit as well, which owns it, too", t->key);
    int rc = gops_triple_compare(look, t, err);
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
static int judge_adoption(gops_look *look, gops_triple *t, gitops_error *err)
{
    int rc = gops_neighbour_owner(look->state, t->key, &t->owner, &t->owner_adopted, err);
    if (rc == 0 && t->owner && gops_neighbour_wants(look->state, t->key))
        rc = gops_fail_at(err, GITOPS_EDUPLICATE, t->item->file->path,
                          gops_item_object(t->item)->line, 1,
                          "%s belongs to unit %s, which states it as well", t->key, t->owner);
    if (rc == 0)
        rc = gops_triple_compare(look, t, err);
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
static int keep_removed(gops_look *look, gops_triple *t, gitops_error *err)
{
    look->left_alone++;
    if (!t->known->intent)
        return 0;
    if (!t->known->owned)
        return find(look, GITOPS_ACTION_FORGET, GOPS_REASON_INTERRUPTED, NULL, t->key, NULL, err);
    gops_detail *detail = gops_detail_new(look->context);
    int rc = detail ? gops_triple_open_base(look, t, err) : gops_fail_memory(err);
    if (rc == 0 && (gops_triple_keep_json(look, t->base, &detail->base, &detail->base_length) < 0 ||
                    gops_triple_keep_normal(look, t->base, t->normal, detail) < 0))
        rc = gops_fail_memory(err);
    if (rc < 0) {
        gops_detail_free(look->context, detail);
        return rc;
    }
    detail->base_digest = gops_value_digest(&t->base->root);
    return find(look, GITOPS_ACTION_NONE, GOPS_REASON_IN_ORDER, NULL, t->key, detail, err);
}

/* 1 when the target holds what an interrupted call would have sent: it happened. */
static int was_sent(gops_look *look, gops_triple *t, int *sent, gitops_error *err)
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
static int hand_over(gops_look *look, const gops_triple *t, gitops_error *err)
{
    if (!gops_neighbour_has(look->state, t->key))
        return 0;
    return find(look, GITOPS_ACTION_FORGET, GOPS_REASON_MOVED, NULL, t->key, NULL, err);
}

/* Another unit may state it at this revision: it is not deleted before that is known. */
static int withhold_delete(gops_look *look, const gops_triple *t, const char *unit, gitops_error *err)
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
static int find_delete(gops_look *look, const gops_triple *t, gitops_error *err)
{
    int32_t sent = gops_stay_prune(t->base, t->key), live = gops_stay_prune(t->live, t->key);
    int32_t asked = sent > live ? sent : live;
    if (asked == GITOPS_REMOVAL_KEEP)
        return find_with_detail(look, t, GITOPS_ACTION_FORGET, GOPS_REASON_ASKED, 0, err);
    gops_detail *detail = gops_detail_new(look->context);
    if (!detail || gops_triple_detail(look, t, 0, detail) < 0) {
        gops_detail_free(look->context, detail);
        return gops_fail_memory(err);
    }
    detail->is_protected = asked == GITOPS_REMOVAL_CONFIRM;
    detail->has_content = t->base != NULL;
    if (t->base)
        detail->content = gops_rename_content(&t->base->root);
    return find(look, GITOPS_ACTION_DELETE, GOPS_REASON_REMOVED_FROM_GIT, NULL, t->key, detail,
                err);
}

/*
 * Only what we made, and what is ours for certain, is deleted; what was there before us and a claim
 * that came to nothing are let go.
 */
static int judge_removed(gops_look *look, gops_triple *t, gitops_error *err)
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
    int rc = gops_triple_compare(look, t, err);
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

/*
 * Whether a hook runs is decided when all is known. What has run is over; but where nobody runs it, at
 * a target without health, it is a document like others and is kept as it was sent.
 */
static int is_for_a_hook(const gops_look *look, const gops_triple *t)
{
    const gops_known *known = t->known;
    return gops_hooks_is_hook(t->item) &&
           !(!gops_target_has_health(look->unit->target) && known && known->owned &&
             !known->intent &&
             gops_digest_equal(&gops_item_object(t->item)->digest, &known->sent));
}

/* GITOPS_CONTROL_... of an object that Git states. */
static uint32_t options_of(const gops_item *item)
{
    return item ? gops_object_control(gops_item_object(item)).options : 0;
}

int gops_judge_object(gops_look *look, gops_triple *t, int *in_order, gitops_error *err)
{
    const gops_known *known = t->known;
    if (!t->item)
        return judge_removed(look, t, err);
    uint32_t options = options_of(t->item);
    if (is_for_a_hook(look, t) || options & GITOPS_CONTROL_NO_APPLY ||
        (options & GITOPS_CONTROL_CREATE_ONLY && !(known && known->intent))) {
        *in_order = 1;
        return 0;
    }
    t->puts = (options & GITOPS_CONTROL_REPLACE) != 0;
    if (!gops_known_is_ours(known))
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

/* The fields of an object that is to be created, for readers. */
static int describe_create(gops_look *look, const gops_item *item, const char *key,
                           gops_detail **out, gitops_error *err)
{
    gops_triple t = {.key = key, .item = item};
    int rc = gops_triple_compare(look, &t, err);
    if (rc == 0) {
        *out = gops_detail_new(look->context);
        if (*out)
            (*out)->changes = gitops_changes_ref(gitops_diff_changes(t.diff));
        else
            rc = gops_fail_memory(err);
    }
    gops_triple_release(&t);
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
static int leave_missing(gops_look *look, const gops_triple *t, int has_intent, gitops_error *err)
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
    gops_triple t = {.key = key, .known = known && known->owned ? known : NULL, .item = item};
    int rc = gops_triple_compare(look, &t, err);
    if (rc == GITOPS_ECONFLICT)
        rc = tell(look, &t, look->conflicts, GOPS_REASON_MISSING, err);
    else if (rc == 0 && gitops_diff_merged(t.diff))
        rc = find_create(look, item, key, t.known != NULL, err);
    else if (rc == 0)
        rc = leave_missing(look, &t, known && known->intent, err);
    gops_triple_release(&t);
    return rc;
}

int gops_judge_absent(gops_look *look, const char *key, gitops_error *err)
{
    gops_known *known = gops_known_find(look->known, key);
    const gops_item *item = gops_index_find(look->manifest->index, key, NULL);
    if (gops_hooks_is_hook(item) || options_of(item) & GITOPS_CONTROL_NO_APPLY)
        return 0; /* a hook that has run may be gone */
    if (item && !(known && known->owned) && gops_neighbour_wants(look->state, key))
        return gops_fail_at(err, GITOPS_EDUPLICATE, item->file->path,
                            gops_item_object(item)->line, 1,
                            "%s is stated by another unit as well", key);
    if (item && may_stay_missing(look->unit))
        return judge_missing(look, item, key, known, err);
    if (item)
        return find_create(look, item, key, known && known->owned, err);
    if (gops_known_is_ours(known))
        return find(look, GITOPS_ACTION_FORGET, GOPS_REASON_GONE, NULL, key, NULL, err);
    return 0;
}
