/*
 * schema_maker: growing tables, and tables of numbers to find in them what is there already. A node
 * is compared by its own bytes and those of its fields: what is below it has a number already.
 */
#include "manifest/schema_maker.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "manifest/schema_kubernetes.h"
#include "manifest/schema_lay.h"
#include "manifest/schema_version.h"

enum { MOST_ROWS = 1 << 28, MOST_KEY_SETS = UINT16_MAX };

void gops_graph_maker_init(gops_graph_maker *maker, gitops_context *context, gops_arena *arena)
{
    memset(maker, 0, sizeof *maker);
    maker->context = context;
    maker->arena = arena;
    gops_arena_init(&maker->scratch, context, 0);
    gops_buffer_init(&maker->strings, context, MOST_ROWS);
    gops_intern_init(&maker->known_strings, context);
    gops_intern_init(&maker->known_nodes, context);
    gops_intern_init(&maker->known_keys, context);
    gops_intern_init(&maker->known_laid, context);
}

void gops_graph_maker_release(gops_graph_maker *maker)
{
    gops_arena_free(&maker->scratch);
    gops_buffer_release(&maker->strings);
    gops_intern_release(&maker->known_strings);
    gops_intern_release(&maker->known_nodes);
    gops_intern_release(&maker->known_keys);
    gops_intern_release(&maker->known_laid);
    gops_free(maker->context, maker->nodes);
    gops_free(maker->context, maker->fields);
    gops_free(maker->context, maker->open);
    gops_free(maker->context, maker->key_sets);
    gops_free(maker->context, maker->late);
    gops_free(maker->context, maker->laid);
    gops_free(maker->context, maker->kinds);
}

int gops_graph_maker_is_used(const gops_graph_maker *maker)
{
    return maker->builtin != NULL;
}

int gops_graph_maker_fail(int status, gitops_error *err)
{
    if (status == GITOPS_ENOMEM)
        return gops_fail_memory(err);
    return gops_fail(err, status, "schemas describe more than one schema can hold");
}

/* Room for count more rows of a table. */
static int grow(gops_graph_maker *maker, void *table, size_t *capacity, size_t used, size_t count,
                size_t size)
{
    if (count > MOST_ROWS - used)
        return GITOPS_ELIMIT;
    return gops_grow(maker->context, table, capacity, used + count, size);
}

typedef struct wanted_text {
    const char *text;
    size_t length;
} wanted_text;

static int is_string(const void *owner, uint32_t number, const void *wanted)
{
    const gops_buffer *strings = &((const gops_graph_maker *)owner)->strings;
    const wanted_text *text = wanted;
    return text->length < strings->length - number && strings->data[number + text->length] == 0 &&
           memcmp(strings->data + number, text->text, text->length) == 0;
}

/* Where a text starts in the strings; the empty one is at 0. */
static int take_string(gops_graph_maker *maker, const char *text, size_t length, uint32_t *out)
{
    wanted_text wanted = {text, length};
    uint64_t hash = gops_hash64(text, length);
    *out = gops_intern_find(&maker->known_strings, hash, is_string, maker, &wanted);
    if (*out || length == 0)
        return 0;
    *out = (uint32_t)maker->strings.length;
    gops_buffer_put(&maker->strings, text, length);
    gops_buffer_putc(&maker->strings, '\0');
    if (maker->strings.status < 0)
        return maker->strings.status;
    return gops_intern_add(&maker->known_strings, hash, *out);
}

int gops_maker_field(gops_graph_maker *maker, const char *name, size_t length, uint32_t node)
{
    gops_schema_field field = {0, (uint32_t)length, node};
    int status =
        grow(maker, &maker->open, &maker->open_capacity, maker->open_count, 1, sizeof *maker->open);
    if (status == 0)
        status = take_string(maker, name, length, &field.name);
    if (status == 0)
        maker->open[maker->open_count++] = field;
    return status;
}

typedef struct wanted_node {
    const gops_schema_node *node;
    const gops_schema_field *fields;
} wanted_node;

static int is_node(const void *owner, uint32_t number, const void *wanted)
{
    const gops_graph_maker *maker = owner;
    const wanted_node *w = wanted;
    gops_schema_node own = maker->nodes[number];
    uint32_t fields = own.fields;
    own.fields = w->node->fields;
    return memcmp(&own, w->node, sizeof own) == 0 &&
           (own.field_count == 0 ||
            memcmp(&maker->fields[fields], w->fields, own.field_count * sizeof *w->fields) == 0);
}

static int append_node(gops_graph_maker *maker, const gops_schema_node *node, uint32_t *out)
{
    int status = grow(maker, &maker->nodes, &maker->node_capacity, maker->node_count, 1,
                      sizeof *maker->nodes);
    if (status < 0)
        return status;
    *out = (uint32_t)maker->node_count;
    maker->nodes[maker->node_count++] = *node;
    return 0;
}

/* The open fields from mark on become rows of their own. */
static int append_fields(gops_graph_maker *maker, size_t mark, uint32_t *out)
{
    size_t count = maker->open_count - mark;
    int status = grow(maker, &maker->fields, &maker->field_capacity, maker->field_count, count,
                      sizeof *maker->fields);
    if (status < 0)
        return status;
    *out = (uint32_t)maker->field_count;
    if (count)
        memcpy(&maker->fields[maker->field_count], &maker->open[mark],
               count * sizeof *maker->fields);
    maker->field_count += count;
    return 0;
}

/* Where members that are not named are anything, those that are named anything need no name. */
static void drop_anything(gops_graph_maker *maker, size_t mark)
{
    size_t used = mark;
    for (size_t i = mark; i < maker->open_count; i++)
        if (maker->open[i].node != GOPS_NODE_ANYTHING)
            maker->open[used++] = maker->open[i];
    maker->open_count = used;
}

int gops_maker_node(gops_graph_maker *maker, const gops_schema_node *given, size_t mark,
                    uint32_t *out)
{
    static const gops_schema_node anything;
    gops_schema_node node = *given;
    if (node.each == GOPS_NODE_ANYTHING)
        drop_anything(maker, mark);
    size_t count = maker->open_count - mark;
    if (count > UINT16_MAX)
        return GITOPS_ELIMIT;
    node.field_count = (uint16_t)count;
    *out = GOPS_NODE_ANYTHING;
    if (memcmp(&node, &anything, sizeof node) == 0)
        return 0;
    wanted_node wanted = {&node, count ? &maker->open[mark] : NULL};
    uint64_t hash = gops_hash64(&node, sizeof node) * 31;
    hash ^= count ? gops_hash64(wanted.fields, count * sizeof *wanted.fields) : 0;
    *out = gops_intern_find(&maker->known_nodes, hash, is_node, maker, &wanted);
    int status = 0;
    if (!*out) {
        status = append_fields(maker, mark, &node.fields);
        if (status == 0)
            status = append_node(maker, &node, out);
        if (status == 0)
            status = gops_intern_add(&maker->known_nodes, hash, *out);
    }
    maker->open_count = mark;
    return status;
}

int gops_maker_define(gops_graph_maker *maker, uint32_t number, const gops_schema_node *node,
                      size_t mark)
{
    size_t count = maker->open_count - mark;
    uint32_t fields = 0;
    if (count > UINT16_MAX)
        return GITOPS_ELIMIT;
    int status = append_fields(maker, mark, &fields);
    maker->open_count = mark;
    maker->nodes[number] = *node;
    maker->nodes[number].fields = fields;
    maker->nodes[number].field_count = (uint16_t)count;
    return status;
}

int gops_maker_reserve(gops_graph_maker *maker, uint32_t *out)
{
    static const gops_schema_node empty;
    return append_node(maker, &empty, out);
}

static int same_value(const gitops_value *a, const gitops_value *b)
{
    return a && b ? gops_value_same(a, b) : a == b;
}

static int same_tuple(const gops_list_keys *a, const gops_list_keys *b)
{
    if (a->count != b->count)
        return 0;
    for (size_t i = 0; i < a->count; i++)
        if (strcmp(a->keys[i].name, b->keys[i].name) != 0 ||
            !same_value(a->keys[i].default_value, b->keys[i].default_value))
            return 0;
    return 1;
}

static int is_key_set(const void *owner, uint32_t number, const void *wanted)
{
    const gops_key_set *own = &((const gops_graph_maker *)owner)->key_sets[number];
    const gops_key_set *other = wanted;
    if (own->tuple_count != other->tuple_count)
        return 0;
    for (uint32_t i = 0; i < own->tuple_count; i++)
        if (!same_tuple(&own->tuples[i], &other->tuples[i]))
            return 0;
    return 1;
}

/* Returns 0 when there is no memory. */
static int copy_key(gops_arena *arena, const gops_list_key *from, gops_list_key *to)
{
    gitops_value *value = NULL;
    if (from->default_value) {
        value = gops_arena_alloc(arena, sizeof *value);
        if (!value || !gops_value_copy(value, from->default_value, arena))
            return 0;
    }
    to->name = gops_arena_strndup(arena, from->name, strlen(from->name));
    to->default_value = value;
    return to->name != NULL;
}

static int copy_tuple(gops_arena *arena, const gops_list_keys *from, gops_list_keys *to)
{
    gops_list_key *keys = gops_arena_array(arena, from->count, sizeof *keys);
    int copied = keys != NULL;
    for (size_t i = 0; i < from->count && copied; i++)
        copied = copy_key(arena, &from->keys[i], &keys[i]);
    *to = (gops_list_keys){keys, from->count};
    return copied;
}

/* Appends a copy of a set. */
static int append_key_set(gops_graph_maker *maker, const gops_key_set *set, uint16_t *out)
{
    gops_list_keys *tuples = gops_arena_array(maker->arena, set->tuple_count, sizeof *tuples);
    if (maker->key_count >= MOST_KEY_SETS)
        return GITOPS_ELIMIT;
    if (!tuples || grow(maker, &maker->key_sets, &maker->key_capacity, maker->key_count, 1,
                        sizeof *maker->key_sets) < 0)
        return GITOPS_ENOMEM;
    for (uint32_t i = 0; i < set->tuple_count; i++)
        if (!copy_tuple(maker->arena, &set->tuples[i], &tuples[i]))
            return GITOPS_ENOMEM;
    *out = (uint16_t)maker->key_count;
    maker->key_sets[maker->key_count++] = (gops_key_set){tuples, set->tuple_count};
    return 0;
}

static uint64_t hash_key(const gops_list_key *key)
{
    uint64_t hash = gops_hash64(key->name, strlen(key->name));
    if (key->default_value) {
        gops_digest digest = gops_value_digest(key->default_value);
        hash ^= gops_hash64(digest.bytes, sizeof digest.bytes);
    }
    return hash;
}

int gops_maker_key_set(gops_graph_maker *maker, const gops_key_set *set, uint16_t *out)
{
    uint64_t hash = 0;
    for (uint32_t i = 0; i < set->tuple_count; i++)
        for (size_t k = 0; k < set->tuples[i].count; k++)
            hash = hash * 31 + hash_key(&set->tuples[i].keys[k]);
    *out = (uint16_t)gops_intern_find(&maker->known_keys, hash, is_key_set, maker, set);
    if (*out)
        return 0;
    int status = append_key_set(maker, set, out);
    return status < 0 ? status : gops_intern_add(&maker->known_keys, hash, *out);
}

/* The rows of number 0, which stand for nothing, and the object of a kind that is not listed. */
int gops_graph_maker_begin(gops_graph_maker *maker)
{
    static const gops_key_set no_keys;
    uint32_t anything;
    uint16_t none;
    if (maker->builtin)
        return 0;
    maker->builtin = gops_kubernetes_graph(maker->arena);
    if (!maker->builtin)
        return GITOPS_ENOMEM;
    gops_buffer_putc(&maker->strings, '\0');
    int status = maker->strings.status;
    if (status == 0)
        status = gops_maker_reserve(maker, &anything);
    if (status == 0)
        status = append_key_set(maker, &no_keys, &none);
    return status < 0 ? status : gops_maker_lay_custom(maker);
}

int gops_maker_name(gops_graph_maker *maker, const gops_kind_name *name, uint32_t node)
{
    gops_made_kind kind = {.node = node, .order = (uint32_t)maker->kind_count};
    int status = grow(maker, &maker->kinds, &maker->kind_capacity, maker->kind_count, 1,
                      sizeof *maker->kinds);
    if (status == 0)
        status = take_string(maker, name->group, name->group_length, &kind.group);
    if (status == 0)
        status = take_string(maker, name->kind, name->kind_length, &kind.kind);
    if (status == 0)
        status = take_string(maker, name->version, name->version_length, &kind.version);
    if (status == 0)
        maker->kinds[maker->kind_count++] = kind;
    return status;
}

/* A kind with its texts, to be sorted. */
typedef struct sorted_kind {
    const char *group, *kind, *version;
    gops_made_kind made;
} sorted_kind;

static int compare_kinds(const void *left, const void *right)
{
    const sorted_kind *a = left, *b = right;
    int order = gops_key_compare(a->group, strlen(a->group), b->group, strlen(b->group));
    if (order == 0)
        order = gops_key_compare(a->kind, strlen(a->kind), b->kind, strlen(b->kind));
    if (order == 0)
        order = gops_version_compare(a->version, b->version);
    return order ? order : (a->made.order > b->made.order) - (a->made.order < b->made.order);
}

/* The kinds as the graph has them: sorted, of a kind that came twice only the first. */
static int sort_kinds(gops_graph_maker *maker, gops_schema_graph *graph)
{
    size_t count = maker->kind_count;
    sorted_kind *sorted = gops_arena_array(&maker->scratch, count, sizeof *sorted);
    gops_schema_kind *kinds = gops_arena_array(maker->arena, count, sizeof *kinds);
    if (!sorted || !kinds)
        return GITOPS_ENOMEM;
    for (size_t i = 0; i < count; i++) {
        const gops_made_kind *made = &maker->kinds[i];
        const char *strings = graph->strings;
        sorted[i] = (sorted_kind){strings + made->group, strings + made->kind,
                                  strings + made->version, *made};
    }
    if (count > 1)
        qsort(sorted, count, sizeof *sorted, compare_kinds);
    graph->kinds = kinds;
    for (size_t i = 0; i < count; i++) {
        const gops_made_kind *made = &sorted[i].made, *last = i ? &sorted[i - 1].made : NULL;
        if (last && made->group == last->group && made->kind == last->kind &&
            made->version == last->version)
            continue;
        kinds[graph->kind_count++] =
            (gops_schema_kind){made->group, made->kind, made->version, made->node};
    }
    return 0;
}

/* A table moved into the arena, in its true size; NULL: no memory. */
static const void *keep(gops_graph_maker *maker, const void *table, size_t count, size_t size)
{
    void *kept = gops_arena_array(maker->arena, count, size);
    if (kept && count)
        memcpy(kept, table, count * size);
    return kept;
}

int gops_graph_maker_finish(gops_graph_maker *maker, const gops_schema_graph **out,
                            gitops_error *err)
{
    gops_schema_graph *graph = gops_arena_alloc(maker->arena, sizeof *graph);
    if (!graph)
        return gops_fail_memory(err);
    memset(graph, 0, sizeof *graph);
    graph->strings = keep(maker, maker->strings.data, maker->strings.length, 1);
    graph->nodes = keep(maker, maker->nodes, maker->node_count, sizeof *graph->nodes);
    graph->fields = keep(maker, maker->fields, maker->field_count, sizeof *graph->fields);
    graph->key_sets = keep(maker, maker->key_sets, maker->key_count, sizeof *graph->key_sets);
    if (!graph->strings || !graph->nodes || !graph->fields || !graph->key_sets ||
        sort_kinds(maker, graph) < 0)
        return gops_fail_memory(err);
    *out = graph;
    return 0;
}
