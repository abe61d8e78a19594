/*
 * patch: the front of the patch forms. It checks what is asked for, and hands live and merged to
 * the writer of the form.
 */
#include "diff/patch.h"

#include "base/options.h"
#include "diff/diff.h"
#include "diff/members.h"
#include "diff/patch_strategic.h"
#include "value/emit.h"
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

void gops_patch_push_difference(gops_buffer *path, const gitops_value *a, const gitops_value *b)
{
    gops_members join;
    const gitops_value *maps[GOPS_SIDES] = {a, b, NULL}, *sides[GOPS_SIDES];
    gops_members_begin(&join, maps);
    while (gops_members_next(&join, sides)) {
        if (gops_value_same(sides[0], sides[1]))
            continue;
        gops_patch_push_key(path, sides[0] ? sides[0] : sides[1]);
        if (gops_value_is(sides[0], GITOPS_VALUE_MAP) && gops_value_is(sides[1], GITOPS_VALUE_MAP))
            gops_patch_push_difference(path, sides[0], sides[1]);
        return;
    }
}

int gops_patch_refuse(gitops_error *err, const char *form, const char *what, const char *path)
{
    return gops_fail_at(err, GITOPS_EUNSUPPORTED, path, 0, 0, "%s cannot say it: %s, at \"%s\"",
                        form, what, path);
}

static int write_json(const gitops_diff *diff, const gops_patch_job *job, gitops_error *err)
{
    (void)diff;
    int status = gops_patch_json(job);
    return status < 0 ? gops_fail_memory(err) : 0;
}

static int write_merge(const gitops_diff *diff, const gops_patch_job *job, gitops_error *err)
{
    (void)diff;
    return gops_patch_merge(job, err);
}

/* How a server reads it is known of its own kinds only, and it goes by what live is. */
static int write_strategic(const gitops_diff *diff, const gops_patch_job *job, gitops_error *err)
{
    gops_schema_place live;
    (void)diff;
    gops_schema_root(job->place.schema, job->from, &live);
    if (!gops_schema_is_builtin(&job->place))
        return gops_patch_refuse(err, "a strategic merge patch", "a kind that is not built in", "");
    if (live.type != job->place.type)
        return gops_patch_refuse(err, "a strategic merge patch", "another kind", "/kind");
    return gops_patch_strategic(job, err);
}

static int write_document(const gitops_diff *diff, const gops_patch_job *job, gitops_error *err)
{
    (void)diff;
    (void)err;
    gops_emit_json(job->out, job->to);
    return 0;
}

static const struct form {
    int (*write)(const gitops_diff *diff, const gops_patch_job *job, gitops_error *err);
    int creates; /* it can also be sent where live is absent */
} forms[] = {
    [GITOPS_PATCH_JSON] = {write_json, 0},
    [GITOPS_PATCH_MERGE] = {write_merge, 0},
    [GITOPS_PATCH_STRATEGIC] = {write_strategic, 0},
    [GITOPS_PATCH_APPLY] = {gops_patch_server_side, 1},
    [GITOPS_PATCH_DOCUMENT] = {write_document, 1},
};

static const struct form *find_form(int32_t type)
{
    int known = type > 0 && (size_t)type < sizeof forms / sizeof forms[0];
    return known && forms[type].write ? &forms[type] : NULL;
}

/* Writes a form into text, which is initialised. */
static int write_form(const gitops_diff *diff, const struct form *form, int tests,
                      gops_buffer *text, gitops_error *err)
{
    const gitops_document *live = gops_diff_live(diff), *merged = gitops_diff_merged(diff);
    if (!merged || (!live && !form->creates))
        return gops_fail(err, GITOPS_EINVAL, "%s needs a %s document",
                         form->creates ? "what is sent" : "a patch", merged ? "live" : "merged");
    gops_patch_job job = {gops_diff_context(diff), text, live ? gitops_document_root(live) : NULL,
                          gitops_document_root(merged), {0}, tests};
    gops_diff_root_place(diff, &job.place);
    return form->write(diff, &job, err);
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
    const struct form *form = find_form(type);
    if (!diff || !form)
        return gops_fail(err, GITOPS_EINVAL, "patch: no diff, or no patch type %d", (int)type);
    gops_buffer text;
    gops_buffer_init(&text, gops_diff_context(diff), 0);
    status = write_form(diff, form, own.tests != 0, &text, err);
    if (status < 0) {
        gops_buffer_release(&text);
        return status;
    }
    return gops_buffer_give(&text, out, err);
}

/* Can a form say it? Returns 1, 0 or GITOPS_ENOMEM. */
static int can_say(const gitops_diff *diff, const struct form *form, gitops_error *err)
{
    gops_buffer text;
    gops_buffer_init(&text, gops_diff_context(diff), 0);
    int status = write_form(diff, form, 0, &text, err);
    if (text.status == GITOPS_ENOMEM)
        status = gops_fail_memory(err);
    gops_buffer_release(&text);
    if (status == GITOPS_EUNSUPPORTED || status == GITOPS_EINVAL)
        return 0;
    return status < 0 ? status : 1;
}

int gitops_diff_forms(const gitops_diff *diff, uint32_t *out, gitops_error *err)
{
    if (!diff || !out)
        return gops_fail(err, GITOPS_EINVAL, "forms: diff or out is NULL");
    *out = 0;
    for (int32_t type = 1; (size_t)type < sizeof forms / sizeof forms[0]; type++) {
        int can = can_say(diff, &forms[type], err);
        if (can < 0)
            return can;
        *out |= (uint32_t)can << type;
    }
    return 0;
}

/* The best one is the one that says least of what is not ours. */
int gitops_diff_form(const gitops_diff *diff, uint32_t accepted, int32_t *out, gitops_error *err)
{
    static const int32_t order[] = {GITOPS_PATCH_APPLY, GITOPS_PATCH_STRATEGIC, GITOPS_PATCH_JSON,
                                    GITOPS_PATCH_MERGE, GITOPS_PATCH_DOCUMENT};
    if (!diff || !out)
        return gops_fail(err, GITOPS_EINVAL, "form: diff or out is NULL");
    *out = 0;
    if (!accepted)
        accepted = 1u << GITOPS_PATCH_JSON | 1u << GITOPS_PATCH_DOCUMENT;
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        int can = accepted >> order[i] & 1 ? can_say(diff, &forms[order[i]], err) : 0;
        if (can < 0)
            return can;
        if (!can)
            continue;
        *out = order[i];
        return 0;
    }
    return gops_fail(err, GITOPS_EUNSUPPORTED, "no form that the target accepts can say the change");
}
