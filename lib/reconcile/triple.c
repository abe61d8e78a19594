/*
 * triple: opens the sides of an object, compares them, and keeps what a plan has to know of that.
 */
#include "reconcile/triple.h"

#include <string.h>

#include "diff/diff.h"
#include "manifest/control.h"
#include "value/document.h"
#include "value/emit.h"

void gops_triple_release(gops_triple *t)
{
    gitops_diff_free(t->diff);
    gitops_document_free(t->base);
    gitops_document_free(t->normal);
    gitops_document_free(t->desired);
    gitops_document_free(t->live);
}

int gops_triple_open_base(gops_look *look, gops_triple *t, gitops_error *err)
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
int gops_triple_compare(gops_look *look, gops_triple *t, gitops_error *err)
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
    if (t->owner || gops_known_is_ours(t->known))
        rc = gops_triple_open_base(look, t, err);
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
static int digest_detail(gops_look *look, const gops_triple *t, gops_detail *detail)
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
int gops_triple_keep_json(gops_look *look, const gitops_document *document, char **out, size_t *length)
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
int gops_triple_keep_normal(gops_look *look, const gitops_document *base,
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
static int carry_normal(gops_look *look, const gops_triple *t, gops_detail *detail)
{
    gitops_document *normal;
    int rc = gops_diff_carried_normal(t->diff, &normal);
    if (rc == 0)
        rc = gops_triple_keep_normal(look, gops_diff_new_base(t->diff), normal, detail);
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
static int keep_controls(gops_look *look, const gops_triple *t, gops_detail *detail)
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

int gops_triple_detail(gops_look *look, const gops_triple *t, int writes, gops_detail *detail)
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
    detail->is_put = writes && t->puts;
    if (writes && merged && !t->puts &&
        gops_triple_keep_json(look, merged, &detail->send, &detail->send_length) < 0)
        return GITOPS_ENOMEM;
    if (!writes && base && t->desired && carry_normal(look, t, detail) < 0)
        return GITOPS_ENOMEM;
    if (base && t->desired && !gops_value_same(&base->root, &t->desired->root)) {
        detail->base_digest = gops_value_digest(&base->root);
        return gops_triple_keep_json(look, base, &detail->base, &detail->base_length);
    }
    return 0;
}
