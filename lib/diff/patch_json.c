/*
 * patch_json: RFC 6902 patches, written while both trees are walked. Lists are aligned first, so
 * that only elements that differ are touched; the operations on a list go from the front to the
 * back, and an index counts what the operations before have made of the list. The elements of a
 * list with keys are aligned by these, others by their values.
 *
 * With tests, a patch that fits is a patch that was made for what the target holds: every value is
 * tested before it is replaced or removed, and the keys of an element before it is changed. An
 * atomic list is then one value, as it is for the diff.
 */
#include <string.h>

#include "diff/members.h"
#include "diff/patch.h"
#include "diff/sequence.h"
#include "value/emit.h"

typedef struct writer {
    const gops_patch_job *job;
    gops_buffer path;
    gops_arena scratch; /* what keyed lists are aligned by */
    int status;         /* 0 or GITOPS_ENOMEM */
    size_t operations;  /* written so far */
} writer;

/* Two lists while the operations that lead from one to the other are written. */
typedef struct list_pair {
    const gitops_value *from, *to;
    const gops_schema_place *place;
    const gops_list_keys *keys; /* NULL: elements are told apart by their values */
    uint32_t i, j;              /* the first elements that were not dealt with */
    uint32_t at;                /* the index of the next operation */
} list_pair;

static void write_changes(writer *w, const gops_schema_place *place, const gitops_value *from,
                          const gitops_value *to);

/* One operation at the current path; value is NULL for a removal. */
static void write_operation(writer *w, const char *name, const gitops_value *value)
{
    gops_buffer *out = w->job->out;
    gops_buffer_puts(out, w->operations++ ? ",{\"op\":\"" : "{\"op\":\"");
    gops_buffer_puts(out, name);
    gops_buffer_puts(out, "\",\"path\":");
    gops_emit_json_string(out, w->path.length ? w->path.data : "", w->path.length);
    if (value) {
        gops_buffer_puts(out, ",\"value\":");
        gops_emit_json(out, value);
    }
    gops_buffer_putc(out, '}');
}

static void write_test(writer *w, const gitops_value *value)
{
    if (w->job->tests)
        write_operation(w, "test", value);
}

static void write_remove(writer *w, const gitops_value *from)
{
    write_test(w, from);
    write_operation(w, "remove", NULL);
}

static void write_map_changes(writer *w, const gops_schema_place *place, const gitops_value *from,
                              const gitops_value *to)
{
    gops_members join;
    gops_schema_place below;
    const gitops_value *maps[GOPS_SIDES] = {from, to, NULL}, *sides[GOPS_SIDES];
    gops_members_begin(&join, maps);
    for (const gitops_value *key; (key = gops_members_next(&join, sides)) != NULL;) {
        if (gops_value_same(sides[0], sides[1]))
            continue;
        size_t length = gops_patch_push_key(&w->path, key);
        if (!sides[1]) {
            write_remove(w, sides[0]);
        } else if (!sides[0]) {
            write_operation(w, "add", sides[1]);
        } else {
            gops_schema_member(place, key->key, key->key_length, key, &below);
            write_changes(w, &below, sides[0], sides[1]);
        }
        gops_patch_cut(&w->path, length);
    }
}

/* What an element is aligned by: its keys as a map; itself when it has none of them. */
static int identify(writer *w, const gops_list_keys *keys, const gitops_value *element,
                    gitops_value *out)
{
    uint32_t count = 0;
    *out = *element;
    gitops_value *members = gops_value_array(&w->scratch, keys->count);
    if (!members)
        return GITOPS_ENOMEM;
    for (size_t i = 0; i < keys->count; i++) {
        const char *name = keys->keys[i].name;
        const gitops_value *value = gops_value_member(element, name, strlen(name));
        if (value)
            members[count++] = *value;
    }
    if (count)
        gops_value_set_map(out, members, count);
    return 0;
}

/* The list that stands for list when it is aligned; NULL: no memory. */
static const gitops_value *identities(writer *w, const gops_list_keys *keys,
                                      const gitops_value *list)
{
    if (!keys)
        return list;
    gitops_value *out = gops_arena_alloc(&w->scratch, sizeof *out);
    gitops_value *items = gops_value_array(&w->scratch, list->count);
    if (!out || !items)
        return NULL;
    for (uint32_t i = 0; i < list->count; i++)
        if (identify(w, keys, &list->as.children[i], &items[i]) < 0)
            return NULL;
    *out = *list;
    gops_value_set_list(out, items, list->count);
    return out;
}

/* The elements are one: what of them differs is changed. */
static void write_element(writer *w, list_pair *l)
{
    const gitops_value *from = &l->from->as.children[l->i++], *to = &l->to->as.children[l->j++];
    gops_schema_place below;
    size_t length = gops_patch_push_index(&w->path, l->at++);
    if (!gops_value_same(from, to)) {
        for (size_t i = 0; l->keys && i < l->keys->count && w->job->tests; i++) {
            const char *name = l->keys->keys[i].name;
            const gitops_value *key = gops_value_member(from, name, strlen(name));
            size_t element = w->path.length;
            if (key) {
                gops_patch_push_key(&w->path, key);
                write_test(w, key);
                gops_patch_cut(&w->path, element);
            }
        }
        gops_schema_element(l->place, l->at - 1, to, &below);
        write_changes(w, &below, from, to);
    }
    gops_patch_cut(&w->path, length);
}

/*
 * The elements before from's i_end and to's j_end, none of which is one with another: by value they
 * are paired and changed as far as they go, by key each goes or comes.
 */
static void write_gap(writer *w, list_pair *l, uint32_t i_end, uint32_t j_end)
{
    while (!l->keys && l->i < i_end && l->j < j_end)
        write_element(w, l);
    size_t length = gops_patch_push_index(&w->path, l->at);
    for (; l->i < i_end; l->i++)
        write_remove(w, &l->from->as.children[l->i]);
    gops_patch_cut(&w->path, length);
    for (; l->j < j_end; l->j++) {
        length = gops_patch_push_index(&w->path, l->at++);
        write_operation(w, "add", &l->to->as.children[l->j]);
        gops_patch_cut(&w->path, length);
    }
}

static void write_aligned(writer *w, list_pair *l, const uint32_t *match)
{
    for (uint32_t next = 0; next < l->from->count && w->status == 0; next++) {
        if (match[next] == GOPS_UNMATCHED)
            continue;
        write_gap(w, l, next, match[next]);
        write_element(w, l);
    }
    if (w->status == 0)
        write_gap(w, l, l->from->count, l->to->count);
}

static void write_list_changes(writer *w, const gops_schema_place *place, const gitops_value *from,
                               const gitops_value *to)
{
    list_pair l = {.from = from, .to = to, .place = place};
    if (place->list == GOPS_LIST_MAP && place->tuple_count)
        l.keys = &place->tuples[0];
    uint32_t *match = gops_calloc(w->job->context, from->count, sizeof *match);
    const gitops_value *left = identities(w, l.keys, from), *right = identities(w, l.keys, to);
    if (!match || !left || !right ||
        gops_sequence_align(w->job->context, left, right, match) < 0)
        w->status = GITOPS_ENOMEM;
    else
        write_aligned(w, &l, match);
    gops_free(w->job->context, match);
}

static int is_one_value(const writer *w, const gops_schema_place *place)
{
    return w->job->tests && place->list == GOPS_LIST_ATOMIC;
}

static void write_changes(writer *w, const gops_schema_place *place, const gitops_value *from,
                          const gitops_value *to)
{
    if (w->status < 0 || gops_value_same(from, to))
        return;
    if (from->type == GITOPS_VALUE_MAP && to->type == GITOPS_VALUE_MAP) {
        write_map_changes(w, place, from, to);
    } else if (from->type == GITOPS_VALUE_LIST && to->type == GITOPS_VALUE_LIST &&
               !is_one_value(w, place)) {
        write_list_changes(w, place, from, to);
    } else {
        write_test(w, from);
        write_operation(w, "replace", to);
    }
}

int gops_patch_json(const gops_patch_job *job)
{
    writer w = {.job = job};
    gops_buffer_init(&w.path, job->context, 0);
    gops_arena_init(&w.scratch, job->context, 0);
    gops_buffer_putc(job->out, '[');
    write_changes(&w, &job->place, job->from, job->to);
    gops_buffer_putc(job->out, ']');
    int status = w.status ? w.status : w.path.status;
    gops_buffer_release(&w.path);
    gops_arena_free(&w.scratch);
    return status;
}
