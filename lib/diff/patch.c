/*
 * patch: the patches that turn live into merged, written while both trees are walked. Lists are
 * aligned first, so that a JSON patch touches only elements that differ; its list operations go
 * from the front to the back, and an index counts what the operations before have made of the list.
 */
#include "diff/diff.h"
#include "diff/members.h"
#include "diff/sequence.h"
#include "value/document.h"
#include "value/emit.h"
#include "value/pointer.h"

typedef struct writer {
    gitops_context *context;
    gops_buffer *out;
    gops_buffer path;
    int status;        /* 0, GITOPS_ENOMEM or GITOPS_EUNSUPPORTED */
    size_t operations; /* written so far */
} writer;

static void write_changes(writer *w, const gitops_value *from, const gitops_value *to);

static size_t push_index(gops_buffer *path, uint32_t i)
{
    size_t before = path->length;
    gops_buffer_printf(path, "/%u", (unsigned)i);
    return before;
}

static size_t push_key(gops_buffer *path, const gitops_value *member)
{
    size_t before = path->length;
    gops_pointer_append(path, member->key, member->key_length);
    return before;
}

static void cut(gops_buffer *path, size_t length)
{
    if (path->status < 0)
        return;
    path->length = length;
    path->data[length] = '\0';
}

/* One operation at the current path; value is NULL for a removal. */
static void write_operation(writer *w, const char *name, const gitops_value *value)
{
    gops_buffer_puts(w->out, w->operations++ ? ",{\"op\":\"" : "{\"op\":\"");
    gops_buffer_puts(w->out, name);
    gops_buffer_puts(w->out, "\",\"path\":");
    gops_emit_json_string(w->out, w->path.length ? w->path.data : "", w->path.length);
    if (value) {
        gops_buffer_puts(w->out, ",\"value\":");
        gops_emit_json(w->out, value);
    }
    gops_buffer_putc(w->out, '}');
}

static void write_map_changes(writer *w, const gitops_value *from, const gitops_value *to)
{
    gops_members join;
    const gitops_value *maps[GOPS_SIDES] = {from, to, NULL}, *sides[GOPS_SIDES];
    gops_members_begin(&join, maps);
    for (const gitops_value *key; (key = gops_members_next(&join, sides)) != NULL;) {
        if (gops_value_same(sides[0], sides[1]))
            continue;
        size_t length = push_key(&w->path, key);
        if (!sides[1])
            write_operation(w, "remove", NULL);
        else if (!sides[0])
            write_operation(w, "add", sides[1]);
        else
            write_changes(w, sides[0], sides[1]);
        cut(&w->path, length);
    }
}

/* The elements between two aligned ones: pairs are changed, the rest is removed or added at *at. */
static void write_gap(writer *w, const gitops_value *from, uint32_t i, uint32_t i_end,
                      const gitops_value *to, uint32_t j, uint32_t j_end, uint32_t *at)
{
    for (; i < i_end || j < j_end; i++, j++) {
        size_t length = push_index(&w->path, *at);
        if (i < i_end && j < j_end)
            write_changes(w, &from->as.children[i], &to->as.children[j]);
        else if (i < i_end)
            write_operation(w, "remove", NULL);
        else
            write_operation(w, "add", &to->as.children[j]);
        cut(&w->path, length);
        *at += j < j_end;
    }
}

static void write_list_changes(writer *w, const gitops_value *from, const gitops_value *to)
{
    uint32_t *match = gops_calloc(w->context, from->count, sizeof *match);
    uint32_t i = 0, j = 0, at = 0;
    if (!match || gops_sequence_align(w->context, from, to, match) < 0) {
        w->status = GITOPS_ENOMEM;
        gops_free(w->context, match);
        return;
    }
    for (uint32_t next = 0; next < from->count && w->status == 0; next++) {
        if (match[next] == GOPS_UNMATCHED)
            continue;
        write_gap(w, from, i, next, to, j, match[next], &at);
        i = next + 1;
        j = match[next] + 1;
        at++;
    }
    if (w->status == 0)
        write_gap(w, from, i, from->count, to, j, to->count, &at);
    gops_free(w->context, match);
}

static void write_changes(writer *w, const gitops_value *from, const gitops_value *to)
{
    if (w->status < 0 || gops_value_same(from, to))
        return;
    if (from->type == GITOPS_VALUE_MAP && to->type == GITOPS_VALUE_MAP)
        write_map_changes(w, from, to);
    else if (from->type == GITOPS_VALUE_LIST && to->type == GITOPS_VALUE_LIST)
        write_list_changes(w, from, to);
    else
        write_operation(w, "replace", to);
}

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

static void write_merge(writer *w, const gitops_value *from, const gitops_value *to);

static void write_merge_member(writer *w, const gitops_value *from, const gitops_value *to)
{
    const gitops_value *member = to ? to : from;
    gops_emit_json_string(w->out, member->key, member->key_length);
    gops_buffer_putc(w->out, ':');
    if (to)
        write_merge(w, from, to);
    else
        gops_buffer_puts(w->out, "null");
}

/* The merge patch from one value (NULL: none) to another that differs. */
static void write_merge(writer *w, const gitops_value *from, const gitops_value *to)
{
    gops_members join;
    const gitops_value *maps[GOPS_SIDES] = {from, to, NULL}, *sides[GOPS_SIDES];
    int written = 0;
    if (!gops_value_is(from, GITOPS_VALUE_MAP) || to->type != GITOPS_VALUE_MAP) {
        if (holds_null(to))
            w->status = GITOPS_EUNSUPPORTED;
        gops_emit_json(w->out, to);
        return;
    }
    gops_buffer_putc(w->out, '{');
    gops_members_begin(&join, maps);
    while (w->status == 0 && gops_members_next(&join, sides)) {
        if (gops_value_same(sides[0], sides[1]))
            continue;
        if (written++)
            gops_buffer_putc(w->out, ',');
        write_merge_member(w, sides[0], sides[1]);
    }
    gops_buffer_putc(w->out, '}');
}

/* A patch that is no map replaces the document, and no null in it is a removal. */
static void write_merge_root(writer *w, const gitops_value *from, const gitops_value *to)
{
    if (to->type == GITOPS_VALUE_MAP)
        write_merge(w, from, to);
    else
        gops_emit_json(w->out, to);
}

static int write_patch(writer *w, int32_t type, const gitops_value *from, const gitops_value *to)
{
    if (type == GITOPS_PATCH_MERGE) {
        write_merge_root(w, from, to);
        return w->status;
    }
    gops_buffer_putc(w->out, '[');
    write_changes(w, from, to);
    gops_buffer_putc(w->out, ']');
    return w->status ? w->status : w->path.status;
}

static int fail_patch(int status, gitops_error *err)
{
    if (status == GITOPS_EUNSUPPORTED)
        return gops_fail(err, status, "a merge patch cannot write a null");
    return gops_fail_memory(err);
}

int gitops_diff_patch(const gitops_diff *diff, int32_t type, gitops_buffer **out, gitops_error *err)
{
    if (!out)
        return gops_fail(err, GITOPS_EINVAL, "patch: out is NULL");
    *out = NULL;
    if (!diff || (type != GITOPS_PATCH_JSON && type != GITOPS_PATCH_MERGE))
        return gops_fail(err, GITOPS_EINVAL, "patch: no diff, or no patch type %d", (int)type);
    const gitops_document *live = gops_diff_live(diff), *merged = gitops_diff_merged(diff);
    if (!live || !merged)
        return gops_fail(err, GITOPS_EINVAL, "a patch needs a live and a merged document");
    gops_buffer text;
    writer w = {.context = gops_diff_context(diff), .out = &text};
    gops_buffer_init(&text, w.context, 0);
    gops_buffer_init(&w.path, w.context, 0);
    int status = write_patch(&w, type, gitops_document_root(live), gitops_document_root(merged));
    gops_buffer_release(&w.path);
    if (status < 0) {
        gops_buffer_release(&text);
        return fail_patch(status, err);
    }
    return gops_buffer_give(&text, out, err);
}
