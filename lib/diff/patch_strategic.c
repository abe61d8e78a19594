/*
 * patch_strategic: strategic merge patches, as a server of Kubernetes reads them for its built-in
 * kinds. Lists that it merges are told by their merge key what changes, comes and goes, with the
 * order of all elements, so that the result is the merged document to the last place. What such a
 * patch cannot say is refused: another list of keys than the server's own one, keys that stand
 * twice, nulls that are values, kinds that are not built in.
 */
#include "diff/patch_strategic.h"

#include <string.h>

#include "base/table.h"
#include "diff/members.h"
#include "value/emit.h"

typedef struct writer {
    gitops_context *context;
    gops_buffer *out;
    gops_buffer path;
    gitops_error *err;
} writer;

/* A list that the server merges, and what it is told of it. */
typedef struct list_pair {
    const gitops_value *from, *to;
    const gops_schema_place *place;
    const char *key;   /* the merge key; NULL: scalars, which are their own keys */
    gops_table known;  /* digest of the key -> element of from */
    gops_digest *ids;  /* of from's elements, then of to's */
    int written;       /* elements in the list that is being written */
} list_pair;

static int write_map(writer *w, const gops_schema_place *place, const gitops_value *from,
                     const gitops_value *to, const char *key);

static int refuse(writer *w, const char *what)
{
    if (w->path.status < 0)
        return gops_fail_memory(w->err);
    return gops_patch_refuse(w->err, "a strategic merge patch", what,
                             w->path.length ? w->path.data : "");
}

int gops_strategic_is_directive(const char *key, size_t length)
{
    static const char *const directives[] = {GOPS_STRATEGIC_PATCH, GOPS_STRATEGIC_RETAIN,
                                             GOPS_STRATEGIC_ORDER, GOPS_STRATEGIC_DELETE};
    for (size_t i = 0; i < sizeof directives / sizeof directives[0]; i++) {
        size_t known = strlen(directives[i]);
        int is_prefix = directives[i][known - 1] == '/';
        if ((is_prefix ? length >= known : length == known) &&
            memcmp(key, directives[i], known) == 0)
            return 1;
    }
    return 0;
}

/* 1 when a value comes out of a patch as it goes in: no member that is null, or reads as an order. */
static int is_sendable(const gitops_value *value)
{
    for (uint32_t i = 0; value->type >= GITOPS_VALUE_LIST && i < value->count; i++) {
        const gitops_value *child = &value->as.children[i];
        if (value->type == GITOPS_VALUE_MAP &&
            (child->type == GITOPS_VALUE_NULL ||
             gops_strategic_is_directive(child->key, child->key_length)))
            return 0;
        if (!is_sendable(child))
            return 0;
    }
    return 1;
}

static void begin_member(writer *w, int *written, const char *directive, const char *key,
                         size_t length)
{
    size_t before = w->path.length; /* the name is put together behind the path */
    gops_buffer_puts(&w->path, directive);
    gops_buffer_put(&w->path, key, length);
    if ((*written)++)
        gops_buffer_putc(w->out, ',');
    if (w->path.status == 0)
        gops_emit_json_string(w->out, w->path.data + before, w->path.length - before);
    gops_patch_cut(&w->path, before);
    gops_buffer_putc(w->out, ':');
}

static int write_value(writer *w, const gitops_value *value)
{
    if (!is_sendable(value))
        return refuse(w, "a null, or a name that it reads as an order");
    gops_emit_json(w->out, value);
    return 0;
}

static const gitops_value *key_of(const list_pair *l, const gitops_value *element)
{
    return l->key ? gops_value_member(element, l->key, strlen(l->key)) : element;
}

/* Fills ids of one list and the table of known ones; each key is there, and once. */
static int index_list(writer *w, list_pair *l, const gitops_value *list, gops_digest *ids,
                      gops_table *known)
{
    for (uint32_t i = 0; i < list->count; i++) {
        const gitops_value *element = &list->as.children[i], *key = key_of(l, element);
        if (!key || key->type == GITOPS_VALUE_NULL || key->type >= GITOPS_VALUE_LIST)
            return refuse(w, "an element without the merge key");
        ids[i] = gops_value_digest(key);
        if (gops_table_get(known, ids[i].bytes, sizeof ids[i].bytes))
            return refuse(w, "the same key twice");
        if (gops_table_set(known, ids[i].bytes, sizeof ids[i].bytes, (void *)element) < 0)
            return gops_fail_memory(w->err);
    }
    return 0;
}

static void begin_element(writer *w, list_pair *l)
{
    if (l->written++)
        gops_buffer_putc(w->out, ',');
}

/* {"name": "x"}: an element by its key; or a scalar. Left open when more members are to come. */
static void write_key(writer *w, const list_pair *l, const gitops_value *element, int open)
{
    int written = 0;
    if (l->key) {
        gops_buffer_putc(w->out, '{');
        begin_member(w, &written, "", l->key, strlen(l->key));
    }
    gops_emit_json(w->out, key_of(l, element));
    if (l->key && !open)
        gops_buffer_putc(w->out, '}');
}

/* Elements that come or change. */
static int write_elements(writer *w, list_pair *l)
{
    const gops_digest *ids = l->ids + l->from->count;
    gops_schema_place below;
    int status = 0;
    for (uint32_t i = 0; i < l->to->count && status == 0; i++) {
        const gitops_value *to = &l->to->as.children[i];
        const gitops_value *from = gops_table_get(&l->known, ids[i].bytes, sizeof ids[i].bytes);
        if (gops_value_same(from, to))
            continue;
        size_t length = gops_patch_push_index(&w->path, i);
        begin_element(w, l);
        gops_schema_element(l->place, i, to, &below);
        status = from ? write_map(w, &below, from, to, l->key) : write_value(w, to);
        gops_patch_cut(&w->path, length);
    }
    return status;
}

/* Elements that go: as orders of their own, or for scalars as a list of them. */
static void write_removals(writer *w, list_pair *l, gops_table *stay)
{
    for (uint32_t i = 0; i < l->from->count; i++) {
        if (gops_table_get(stay, l->ids[i].bytes, sizeof l->ids[i].bytes))
            continue;
        begin_element(w, l);
        write_key(w, l, &l->from->as.children[i], 1);
        if (l->key)
            gops_buffer_puts(w->out, ",\"" GOPS_STRATEGIC_PATCH "\":\"delete\"}");
    }
}

/* A member whose list is written by write; it is taken back when there is nothing in it. */
static int write_list_member(writer *w, int *written, list_pair *l, const gitops_value *member,
                             const char *directive, gops_table *stay)
{
    size_t before = w->out->length;
    int earlier = *written, status = 0;
    begin_member(w, written, directive, member->key, member->key_length);
    gops_buffer_putc(w->out, '[');
    l->written = 0;
    if (!*directive)
        status = write_elements(w, l);
    if (status == 0 && (!*directive) == (l->key != NULL))
        write_removals(w, l, stay);
    gops_buffer_putc(w->out, ']');
    if (!l->written) {
        gops_patch_cut(w->out, before);
        *written = earlier;
    }
    return status;
}

static void write_order(writer *w, int *written, const list_pair *l, const gitops_value *member)
{
    begin_member(w, written, GOPS_STRATEGIC_ORDER, member->key, member->key_length);
    gops_buffer_putc(w->out, '[');
    for (uint32_t i = 0; i < l->to->count; i++) {
        if (i)
            gops_buffer_putc(w->out, ',');
        write_key(w, l, &l->to->as.children[i], 0);
    }
    gops_buffer_putc(w->out, ']');
}

static int write_joined(writer *w, int *written, list_pair *l, gops_table *stay)
{
    int status = index_list(w, l, l->from, l->ids, &l->known);
    if (status == 0)
        status = index_list(w, l, l->to, l->ids + l->from->count, stay);
    if (status == 0)
        status = write_list_member(w, written, l, l->to, "", stay);
    if (status == 0 && !l->key)
        status = write_list_member(w, written, l, l->to, GOPS_STRATEGIC_DELETE, stay);
    if (status == 0)
        write_order(w, written, l, l->to);
    return status;
}

/* A list that the server merges. */
static int write_list(writer *w, int *written, const gops_schema_place *place,
                      const gitops_value *from, const gitops_value *to)
{
    gops_table stay;
    list_pair l = {.from = from, .to = to, .place = place};
    if (place->patch_merges != GOPS_PATCH_MERGES ||
        (place->list == GOPS_LIST_MAP && place->tuples[0].count != 1))
        return refuse(w, "a list whose keys are not the server's merge key");
    if (place->list == GOPS_LIST_MAP)
        l.key = place->tuples[0].keys[0].name;
    l.ids = gops_calloc(w->context, (size_t)from->count + to->count, sizeof *l.ids);
    if (!l.ids)
        return gops_fail_memory(w->err);
    gops_table_init(&l.known, w->context);
    gops_table_init(&stay, w->context);
    int status = write_joined(w, written, &l, &stay);
    gops_table_release(&l.known);
    gops_table_release(&stay);
    gops_free(w->context, l.ids);
    return status;
}

/* A member that to has and from lacks or has otherwise. */
static int write_member(writer *w, int *written, const gops_schema_place *parent,
                        const gitops_value *from, const gitops_value *to)
{
    gops_schema_place place;
    gops_schema_member(parent, to->key, to->key_length, to, &place);
    int same_type = from && from->type == to->type && !place.patch_whole;
    if (same_type && to->type == GITOPS_VALUE_LIST && place.patch_merges)
        return write_list(w, written, &place, from, to);
    if (to->type == GITOPS_VALUE_NULL || gops_strategic_is_directive(to->key, to->key_length))
        return refuse(w, "a null, or a name that it reads as an order");
    begin_member(w, written, "", to->key, to->key_length);
    if (same_type && to->type == GITOPS_VALUE_MAP)
        return write_map(w, &place, from, to, NULL);
    return write_value(w, to);
}

/* In a union the members that stay are named, and the others go. */
static void write_retained(writer *w, int *written, const gitops_value *to)
{
    begin_member(w, written, "", GOPS_STRATEGIC_RETAIN, strlen(GOPS_STRATEGIC_RETAIN));
    gops_buffer_putc(w->out, '[');
    for (uint32_t i = 0; i < to->count; i++) {
        if (i)
            gops_buffer_putc(w->out, ',');
        gops_emit_json_string(w->out, to->as.children[i].key, to->as.children[i].key_length);
    }
    gops_buffer_putc(w->out, ']');
}

/* What turns one map into another; key: of an element, which has to be named. */
static int write_map(writer *w, const gops_schema_place *place, const gitops_value *from,
                     const gitops_value *to, const char *key)
{
    gops_members join;
    const gitops_value *maps[GOPS_SIDES] = {from, to, NULL}, *sides[GOPS_SIDES];
    int retains = place->map == GOPS_MAP_RETAIN_KEYS, written = 0, status = 0;
    gops_buffer_putc(w->out, '{');
    if (key) {
        begin_member(w, &written, "", key, strlen(key));
        gops_emit_json(w->out, gops_value_member(to, key, strlen(key)));
    }
    if (retains)
        write_retained(w, &written, to);
    gops_members_begin(&join, maps);
    for (const gitops_value *at; status == 0 && (at = gops_members_next(&join, sides)) != NULL;) {
        if (gops_value_same(sides[0], sides[1]) || (!sides[1] && retains))
            continue;
        size_t length = gops_patch_push_key(&w->path, at);
        if (sides[1]) {
            status = write_member(w, &written, place, sides[0], sides[1]);
        } else {
            begin_member(w, &written, "", at->key, at->key_length);
            gops_buffer_puts(w->out, "null");
        }
        gops_patch_cut(&w->path, length);
    }
    gops_buffer_putc(w->out, '}');
    return status;
}

int gops_patch_strategic(const gops_patch_job *job, gitops_error *err)
{
    writer w = {.context = job->context, .out = job->out, .err = err};
    int status = 0;
    gops_buffer_init(&w.path, job->context, 0);
    if (job->from->type != GITOPS_VALUE_MAP || job->to->type != GITOPS_VALUE_MAP)
        status = refuse(&w, "a document that is no object");
    else
        status = write_map(&w, &job->place, job->from, job->to, NULL);
    if (status == 0 && w.path.status < 0)
        status = gops_fail_memory(err);
    gops_buffer_release(&w.path);
    return status;
}
