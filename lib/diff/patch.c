/*
 * patch: the front of the patch forms. It checks what is asked for, and hands live and merged to
 * the writer of the form.
 */
#include "diff/patch.h"

#include "base/options.h"
#include "diff/diff.h"
#include "value/pointer.h"

size_t gops_patch_push_index(gops_buffer *path, uint32_t i)
{
    size_t before = path->length;
    gops_buffer_printf(path, "/%u", (unsigned)i);
    return before;
}

size_t gops_patch_push_key(gops_buffer *path, const gitops_value *member)
{
    size_t before = path->length;
    gops_pointer_append(path, member->key, member->key_length);
    return before;
}

void gops_patch_cut(gops_buffer *path, size_t length)
{
    if (path->status < 0)
        return;
    path->length = length;
    path->data[length] = '\0';
}

static int write_patch(const gops_patch_job *job, int32_t type, gitops_error *err)
{
    if (type == GITOPS_PATCH_MERGE)
        return gops_patch_merge(job, err);
    int status = gops_patch_json(job);
    return status < 0 ? gops_fail_memory(err) : 0;
}

int gitops_diff_patch(const gitops_diff *diff, int32_t type, const gitops_patch_options *options,
                      gitops_buffer **out, gitops_error *err)
{
    gitops_patch_options own;
    if (!out)
        return gops_fail(err, GITOPS_EINVAL, "patch: out is NULL");
    *out = NULL;
    int status = gops_options_import(&own, sizeof own, options, "patch options", err);
    if (status < 0)
        return status;
    if (!diff || (type != GITOPS_PATCH_JSON && type != GITOPS_PATCH_MERGE))
        return gops_fail(err, GITOPS_EINVAL, "patch: no diff, or no patch type %d", (int)type);
    const gitops_document *live = gops_diff_live(diff), *merged = gitops_diff_merged(diff);
    if (!live || !merged)
        return gops_fail(err, GITOPS_EINVAL, "a patch needs a live and a merged document");
    gops_buffer text;
    gops_patch_job job = {gops_diff_context(diff), &text, gitops_document_root(live),
                          gitops_document_root(merged), {0}, own.tests != 0};
    gops_diff_root_place(diff, &job.place);
    gops_buffer_init(&text, job.context, 0);
    status = write_patch(&job, type, err);
    if (status < 0) {
        gops_buffer_release(&text);
        return status;
    }
    return gops_buffer_give(&text, out, err);
}
