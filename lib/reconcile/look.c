/*
 * look: what a target gives, object by object. A foreign object and the same text as when all was in
 * order need no verdict; the others go on to judge.c.
 */
#include "reconcile/look.h"

#include <string.h>

#include "reconcile/judge.h"
#include "reconcile/machine.h"
#include "value/document.h"

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

/* Documents that carry their status say how an object is, whether or not anything is to be done. */
static int note_health(gops_look *look, gops_triple *t, const char *document, size_t length,
                       gitops_error *err)
{
    gitops_health health;
    if (!look->unit->target->options.reports_health)
        return 0;
    int rc = gops_target_judge(look->unit->target, t->key, document, length, 0, &health, err);
    t->known->health = (uint8_t)health.status;
    return rc;
}

static int parse_and_judge(gops_look *look, gops_triple *t, const char *document, size_t length,
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
        rc = gops_judge_object(look, t, &in_order, err);
    if (rc == 0 && t->known && t->item)
        rc = note_health(look, t, document, length, err);
    if (rc == 0 && in_order && t->known)
        gops_known_settle(look->known, t->known, &t->text, &t->state);
    gops_triple_release(t);
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
    gops_triple t = {.key = key, .version = version};
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
    if (!t.item && !gops_known_is_ours(t.known))
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

int gops_look_absent(gops_look *look, const char *key, gitops_error *err)
{
    return gops_judge_absent(look, key, err);
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
