/*
 * patch_merge: RFC 7386 patches, written while both trees are walked.
 */
#include "diff/members.h"
#include "diff/patch.h"
#include "value/emit.h"

/* 1 when a merge patch would take a null inside value for a removal. */
static int holds_null(const gitops_value *value)
{
    if (value->type == GITOPS_VALUE_NULL)
        return 1;
    for (uint32_t i = 0; value->type == GITOPS_VALUE_MAP && i < value->count; i++)
        if (holds_null(&value->as.children[i]))
            return 1;
    return 0;
}

/* The functions below return 1, or 0 when there is a null to be written. */
static int write_value(gops_buffer *out, const gitops_value *from, const gitops_value *to);

static int write_member(gops_buffer *out, const gitops_value *from, const gitops_value *to)
{
    const gitops_value *member = to ? to : from;
    gops_emit_json_string(out, member->key, member->key_length);
    gops_buffer_putc(out, ':');
    if (to)
        return write_value(out, from, to);
    gops_buffer_puts(out, "null");
    return 1;
}

/* The merge patch from one value (NULL: none) to another that differs. */
static int write_value(gops_buffer *out, const gitops_value *from, const gitops_value *to)
{
    gops_members join;
    const gitops_value *maps[GOPS_SIDES] = {from, to, NULL}, *sides[GOPS_SIDES];
    int written = 0, can = 1;
    if (!gops_value_is(from, GITOPS_VALUE_MAP) || to->type != GITOPS_VALUE_MAP) {
        gops_emit_json(out, to);
        return !holds_null(to);
    }
    gops_buffer_putc(out, '{');
    gops_members_begin(&join, maps);
    while (can && gops_members_next(&join, sides)) {
        if (gops_value_same(sides[0], sides[1]))
            continue;
        if (written++)
            gops_buffer_putc(out, ',');
        can = write_member(out, sides[0], sides[1]);
    }
    gops_buffer_putc(out, '}');
    return can;
}

/* A patch that is no map replaces the document, and no null in it is a removal. */
int gops_patch_merge(const gops_patch_job *job, gitops_error *err)
{
    if (job->to->type != GITOPS_VALUE_MAP)
        gops_emit_json(job->out, job->to);
    else if (!write_value(job->out, job->from, job->to))
        return gops_fail(err, GITOPS_EUNSUPPORTED, "a merge patch cannot write a null");
    return 0;
}
