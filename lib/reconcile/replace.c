/*
 * replace: an object that differs where its target changes nothing is deleted and made anew, and so
 * is one that asks for it once its target has refused to change it. That loses what the target kept in it, so the plan names the paths and asks first where it matters.
 */
#include "reconcile/replace.h"

#include <string.h>

#include "base/buffer.h"
#include "reconcile/stay.h"
#include "target/refusal.h"

#include <gitops/manifest.h>

enum { SHOWN_PATHS = 5 };

static void put_paths(gops_buffer *text, const gitops_changes *changes)
{
    size_t shown = 0;
    gops_buffer_puts(text, "cannot be changed in place: ");
    for (size_t i = 0; i < gitops_changes_count(changes); i++) {
        const gitops_change *change = gitops_changes_get(changes, i);
        if (!gitops_change_replaces(change))
            continue;
        if (shown < SHOWN_PATHS) {
            gops_buffer_puts(text, shown ? ", " : "");
            gops_buffer_puts(text, gitops_change_path(change));
        }
        shown++;
    }
    if (shown > SHOWN_PATHS)
        gops_buffer_puts(text, " and others");
}

/* What the target said, without what we said beside it. */
static void put_refusal(gops_buffer *text, const char *refusal)
{
    const char *end = strstr(refusal, GOPS_REFUSAL_ADVICE);
    gops_buffer_puts(text, "an update was refused: ");
    gops_buffer_put(text, refusal, end ? (size_t)(end - refusal) : strlen(refusal));
}

int gops_replace_is_asked(const gitops_document *desired, const char *key)
{
    gitops_controls *controls = NULL;
    if (gitops_document_controls(desired, key, &controls, NULL) < 0)
        return 0;
    int is_asked = (gitops_controls_options(controls) & GITOPS_CONTROL_FORCE) != 0;
    gitops_controls_free(controls);
    return is_asked;
}

/* 1 when an object asks not to be deleted, or says so in a way that nobody can read. */
static int asks_to_stay(const gitops_document *document, const char *key)
{
    return gops_stay_prune(document, key) > GITOPS_REMOVAL_ALLOWED ||
           gops_stay_teardown(document, key) > GITOPS_REMOVAL_ALLOWED;
}

int gops_replace_describe(gops_detail *detail, const gitops_diff *diff,
                          const gitops_document *desired, const gitops_document *live,
                          const char *key, const char *refusal)
{
    gops_buffer text;
    gops_buffer_init(&text, gops_diff_context(diff), 0);
    if (refusal)
        put_refusal(&text, refusal);
    else
        put_paths(&text, gitops_diff_changes(diff));
    if (text.status < 0) {
        gops_buffer_release(&text);
        return GITOPS_ENOMEM;
    }
    detail->reason = text.data;
    detail->is_protected = gops_diff_is_protected(diff) || asks_to_stay(desired, key) ||
                           asks_to_stay(live, key);
    return 0;
}
