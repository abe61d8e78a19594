/*
 * hooks: which of them run, and what is remembered of them.
 */
#include "reconcile/hooks.h"

#include <stdio.h>
#include <string.h>

#include "base/crypto.h"
#include "manifest/control.h"
#include "value/document.h"
#include "value/emit.h"

static const struct {
    uint32_t hook;
    gops_phase phase;
    const char *name;
} phases[] = {
    {GITOPS_HOOK_PRE_SYNC, GOPS_PHASE_PRE_SYNC, "pre-sync"},
    {GITOPS_HOOK_SYNC, GOPS_PHASE_SYNC, "sync"},
    {GITOPS_HOOK_POST_SYNC, GOPS_PHASE_POST_SYNC, "post-sync"},
    {GITOPS_HOOK_SYNC_FAIL, GOPS_PHASE_SYNC_FAIL, "sync-fail"},
};

enum { PHASES = sizeof phases / sizeof phases[0] };

int gops_hooks_is_hook(const gops_item *item)
{
    return item && gops_item_object(item)->has_controls &&
           gops_object_control(gops_item_object(item)).hooks != 0;
}

static const char *phase_name(gops_phase phase)
{
    for (size_t i = 0; i < PHASES; i++)
        if (phases[i].phase == phase)
            return phases[i].name;
    return "";
}

/* Returns 0 for a key that is too long for a note: such a hook is not remembered. */
static int name_note(char *out, size_t room, const char *prefix, const char *key, gops_phase phase)
{
    int length = snprintf(out, room, "%s%s/%s", prefix, key, phase_name(phase));
    return length > 0 && (size_t)length < room;
}

#define BEGUN "hook-begun/"

/* Of the findings of one plan. */
typedef struct finder {
    gops_unit_state *state;
    gops_digest inputs;
    int only_failing; /* the hooks of sync-fail, or all others */
    gitops_error *err;
} finder;

/* Adds up what a unit states apart from its hooks, whatever the order. */
static int add_input(const gops_item *before, const gops_item *item, void *user_data)
{
    finder *f = user_data;
    gops_digest parts[2] = {{{0}}, {{0}}};
    (void)before;
    if (gops_hooks_is_hook(item))
        return 0;
    const gops_object *object = gops_item_object(item);
    parts[0] = gops_hash128('k', object->key, strlen(object->key));
    parts[1] = object->digest;
    gops_digest one = gops_hash128('h', parts, sizeof parts);
    for (size_t i = 0; i < sizeof one.bytes; i++)
        f->inputs.bytes[i] = (uint8_t)(f->inputs.bytes[i] + one.bytes[i]);
    return 0;
}

static int digest_hook(const finder *f, const gops_item *item, gops_phase phase,
                       uint8_t out[GOPS_SHA256_BYTES])
{
    gitops_context *context = f->state->reconciler->context;
    gitops_document *document;
    gops_buffer bytes;
    int rc = gops_manifest_open_entry(f->state->manifest, item, &document, f->err);
    if (rc < 0)
        return rc;
    gops_buffer_init(&bytes, context, 0);
    gops_buffer_puts(&bytes, "gitops-hook-1\n");
    gops_buffer_puts(&bytes, gops_item_object(item)->key);
    gops_buffer_putc(&bytes, '\n');
    gops_buffer_puts(&bytes, phase_name(phase));
    gops_buffer_putc(&bytes, '\n');
    if (phase != GOPS_PHASE_SYNC_FAIL)
        gops_buffer_put(&bytes, (const char *)f->inputs.bytes, sizeof f->inputs.bytes);
    gops_emit_canonical(&bytes, &document->root);
    gitops_document_free(document);
    gops_sha256 *hash = bytes.status ? NULL : gops_sha256_new(context);
    rc = hash ? gops_sha256_begin(hash) : GITOPS_ENOMEM;
    if (rc == 0)
        rc = gops_sha256_update(hash, bytes.data, bytes.length);
    if (rc == 0)
        rc = gops_sha256_finish(hash, out);
    gops_sha256_free(hash);
    gops_buffer_release(&bytes);
    return rc < 0 ? gops_fail_memory(f->err) : 0;
}

/* 1 when a note of the hook has this identity. */
static int is_noted(const gops_unit_state *state, const char *prefix, const char *key,
                    gops_phase phase, const uint8_t identity[GOPS_SHA256_BYTES])
{
    char name[GOPS_NOTE_NAME_MAX + 1], hex[2 * GOPS_SHA256_BYTES + 1];
    if (!name_note(name, sizeof name, prefix, key, phase))
        return 0;
    const gops_said *said = gops_notes_find(&state->notes, name);
    gops_hex(hex, identity, GOPS_SHA256_BYTES);
    return said && strcmp(said->value, hex) == 0;
}

/* What the target holds of it, as far as this look went. */
static int exists(const gops_unit_state *state, const gops_known *known)
{
    return known && (known->owned || known->intent || gops_known_is_met(&state->known, known));
}

/* A run that was cut off had begun this very hook, and it is there: it is not sent again. */
static int resumes(const gops_unit_state *state, const gops_known *known, const char *key,
                   gops_phase phase, const uint8_t identity[GOPS_SHA256_BYTES])
{
    return known && known->intent && gops_known_is_met(&state->known, known) &&
           is_noted(state, BEGUN, key, phase, identity);
}

/* One that failed is no row of the inventory, and ours all the same. */
static int was_begun(const gops_unit_state *state, const char *key, gops_phase phase)
{
    char name[GOPS_NOTE_NAME_MAX + 1];
    return name_note(name, sizeof name, BEGUN, key, phase) && gops_notes_find(&state->notes, name);
}

/* It is made anew: what was found of it as it is comes to nothing. */
static void drop_finding(gops_findings *findings, const char *key)
{
    for (size_t i = 0; i < findings->count; i++)
        if (strcmp(gops_operation_key(&findings->items[i]), key) == 0 &&
            !findings->items[i].is_hook)
            gops_findings_drop(findings, i--);
}

static int add_hook(finder *f, const gops_item *item, size_t phase, uint32_t deletes)
{
    gops_unit_state *state = f->state;
    const char *key = gops_item_object(item)->key;
    const gops_known *known = gops_known_find(&state->known, key);
    uint8_t identity[GOPS_SHA256_BYTES];
    int rc = digest_hook(f, item, phases[phase].phase, identity);
    if (rc < 0 || is_noted(state, GOPS_NOTE_HOOK, key, phases[phase].phase, identity))
        return rc;
    int anew = deletes == 0 || (deletes & GITOPS_HOOK_DELETE_BEFORE_CREATION);
    int runs = resumes(state, known, key, phases[phase].phase, identity);
    int32_t action = runs || !exists(state, known) ? GITOPS_ACTION_CREATE
                     : anew                        ? GITOPS_ACTION_REPLACE
                                                   : GITOPS_ACTION_UPDATE;
    drop_finding(&state->findings, key);
    gops_detail *detail = gops_detail_new(state->reconciler->context);
    if (!detail)
        return gops_fail_memory(f->err);
    memcpy(detail->sha256, identity, sizeof identity);
    detail->resumes = runs;
    detail->takes_over = exists(state, known) && !known->owned && !known->intent &&
                         !was_begun(state, key, phases[phase].phase);
    if (gops_findings_add(&state->findings, action, GOPS_REASON_HOOK, item, key, detail) < 0)
        return gops_fail_memory(f->err);
    gitops_operation *operation = &state->findings.items[state->findings.count - 1];
    operation->is_hook = 1;
    operation->phase = (uint8_t)phases[phase].phase;
    return 0;
}

static int visit_hook(const gops_item *item, void *user_data)
{
    finder *f = user_data;
    gops_control control = gops_object_control(gops_item_object(item));
    int rc = 0;
    for (size_t i = 0; i < PHASES && rc == 0; i++)
        if (control.hooks & phases[i].hook &&
            (phases[i].hook == GITOPS_HOOK_SYNC_FAIL) == f->only_failing)
            rc = add_hook(f, item, i, control.hook_deletes);
    return rc;
}

static int is_anything_written(const gops_findings *findings)
{
    for (size_t i = 0; i < findings->count; i++)
        if (gops_operation_writes(&findings->items[i]))
            return 1;
    return 0;
}

static int has_hooks(const gops_item *item, void *user_data)
{
    (void)user_data;
    return gops_hooks_is_hook(item);
}

int gops_hooks_find(gops_unit_state *state, gitops_error *err)
{
    finder f = {.state = state, .err = err};
    const gops_node *index = state->manifest->index;
    if (!gops_index_each_controlled(index, has_hooks, NULL))
        return 0;
    int rc = gops_index_compare(NULL, index, add_input, &f, NULL);
    if (rc == 0)
        rc = gops_index_each_controlled(index, visit_hook, &f);
    f.only_failing = 1;
    return rc == 0 && is_anything_written(&state->findings)
               ? gops_index_each_controlled(index, visit_hook, &f)
               : rc;
}

int gops_hooks_note(const gops_unit_state *state, size_t i, int begins, gops_store_record *record,
                    char **name, char **text)
{
    const gitops_operation *operation = &state->plan->operations.items[i];
    gitops_context *context = state->reconciler->context;
    char full_name[GOPS_NOTE_NAME_MAX + 1], hex[2 * GOPS_SHA256_BYTES + 1];
    *name = *text = NULL;
    if (!operation->is_hook ||
        (!begins && state->apply.work[i].outcome != GITOPS_OUTCOME_DONE) ||
        !name_note(full_name, sizeof full_name, begins ? BEGUN : GOPS_NOTE_HOOK,
                   gops_operation_key(operation), (gops_phase)operation->phase))
        return 0;
    gops_hex(hex, operation->detail->sha256, GOPS_SHA256_BYTES);
    *name = gops_strdup(context, full_name);
    *text = gops_strdup(context, hex);
    if (!*name || !*text)
        return GITOPS_ENOMEM;
    record->kind = GOPS_RECORD_NOTE;
    record->key = *name;
    record->document = *text;
    record->document_length = strlen(*text);
    return 1;
}

int gops_hooks_cleans(const gitops_operation *operation, int succeeded)
{
    uint32_t wanted = succeeded ? GITOPS_HOOK_DELETE_SUCCEEDED : GITOPS_HOOK_DELETE_FAILED;
    return operation->is_hook &&
           (gops_object_control(gops_operation_object(operation)).hook_deletes & wanted) != 0;
}
