/*
 * schema_lay: walks two graphs down together. Each pair of nodes that is met becomes one node; as a
 * pair is remembered before what is below it is looked at, graphs with circles come to an end.
 */
#include "manifest/schema_lay.h"

#include <string.h>

#include "base/hash.h"

/* Marks a reserved node whose content is still to come; its fields: the number of the late one. */
enum { NODE_IS_LATE = 128 };

static int lay(gops_graph_maker *maker, uint32_t over, uint32_t under, uint32_t depth,
               uint32_t *out);

static int is_pair(const void *owner, uint32_t number, const void *wanted)
{
    const gops_laid_node *own = &((const gops_graph_maker *)owner)->laid[number - 1];
    const gops_laid_node *other = wanted;
    return own->over == other->over && own->under == other->under;
}

/* *out: the node of the pair; returns 1 when it was there, 0 when it is reserved by now. */
static int take_pair(gops_graph_maker *maker, uint32_t over, uint32_t under, uint32_t *out)
{
    gops_laid_node pair = {over, under, 0};
    uint64_t hash = gops_hash64(&pair, 2 * sizeof pair.over);
    uint32_t known = gops_intern_find(&maker->known_laid, hash, is_pair, maker, &pair);
    if (known) {
        *out = maker->laid[known - 1].number;
        return 1;
    }
    int status = gops_maker_reserve(maker, &pair.number);
    if (status == 0)
        status = gops_grow(maker->context, &maker->laid, &maker->laid_capacity,
                           maker->laid_count + 1, sizeof *maker->laid);
    if (status < 0)
        return status;
    maker->laid[maker->laid_count++] = pair;
    *out = pair.number;
    return gops_intern_add(&maker->known_laid, hash, (uint32_t)maker->laid_count);
}

/* A member that one or both nodes name; what one of them does not name is its each. */
static int lay_field(gops_graph_maker *maker, const gops_schema_field *over,
                     const gops_schema_field *under, uint32_t over_each, uint32_t under_each,
                     uint32_t depth)
{
    const char *strings = under ? maker->builtin->strings : maker->strings.data;
    const gops_schema_field *named = under ? under : over;
    gops_schema_field field = *named;
    int status = lay(maker, over ? over->node : over_each, under ? under->node : under_each,
                     depth + 1, &field.node);
    if (status == 0 && !under) /* the strings may have moved */
        strings = maker->strings.data;
    return status < 0 ? status
                      : gops_maker_field(maker, strings + field.name, field.length, field.node);
}

static int compare_fields(const gops_graph_maker *maker, const gops_schema_field *over,
                          const gops_schema_field *under)
{
    if (!over || !under)
        return over ? -1 : 1;
    return gops_key_compare(maker->strings.data + over->name, over->length,
                            maker->builtin->strings + under->name, under->length);
}

/* The fields of both, in the order of their names. */
static int lay_fields(gops_graph_maker *maker, gops_schema_node over, const gops_schema_node *under,
                      uint32_t depth)
{
    uint32_t i = 0, k = 0;
    int status = 0;
    while (status == 0 && (i < over.field_count || k < under->field_count)) {
        gops_schema_field above, *left = NULL;
        const gops_schema_field *right = NULL;
        if (i < over.field_count) {
            above = maker->fields[over.fields + i]; /* the table may move */
            left = &above;
        }
        if (k < under->field_count)
            right = &maker->builtin->fields[under->fields + k];
        int order = compare_fields(maker, left, right);
        i += order <= 0;
        k += order >= 0;
        status = lay_field(maker, order <= 0 ? left : NULL, order >= 0 ? right : NULL, over.each,
                           under->each, depth);
    }
    return status;
}

static int same_keys(const gops_list_keys *a, const gops_list_keys *b)
{
    if (a->count != b->count)
        return 0;
    for (size_t i = 0; i < a->count; i++)
        if (strcmp(a->keys[i].name, b->keys[i].name) != 0)
            return 0;
    return 1;
}

/* The keys of under, where there are none above or it has more of them to try. */
static int lay_keys(gops_graph_maker *maker, uint16_t over, uint16_t under, uint16_t *out)
{
    const gops_key_set *low = &maker->builtin->key_sets[under];
    *out = over;
    if (!under || (over && !same_keys(maker->key_sets[over].tuples, low->tuples)))
        return 0;
    return gops_maker_key_set(maker, low, out);
}

/* What the nodes themselves say: over's, should it say anything, and the flags of both. */
static int lay_facts(gops_graph_maker *maker, uint32_t over, const gops_schema_node *under,
                     gops_schema_node *node)
{
    if (over == GOPS_NODE_ANYTHING) {
        node->list = under->list;
        node->map = under->map;
        node->scalar = under->scalar;
    }
    node->flags |= under->flags;
    if (node->list != GOPS_LIST_MAP || under->list != GOPS_LIST_MAP)
        return 0;
    return lay_keys(maker, node->keys, under->keys, &node->keys);
}

static int lay_content(gops_graph_maker *maker, uint32_t over, const gops_schema_node *under,
                       uint32_t depth, uint32_t number)
{
    gops_schema_node node = maker->nodes[over];
    size_t mark = maker->open_count;
    int status = lay_fields(maker, node, under, depth);
    if (status == 0)
        status = lay_facts(maker, over, under, &node);
    if (status == 0)
        status = lay(maker, node.each, under->each, depth + 1, &node.each);
    return status < 0 ? status : gops_maker_define(maker, number, &node, mark);
}

/* *out: what is described by over, and by under of the built-in graph. */
static int lay(gops_graph_maker *maker, uint32_t over, uint32_t under, uint32_t depth,
               uint32_t *out)
{
    *out = over;
    if (under == GOPS_NODE_ANYTHING)
        return 0;
    if (depth > GOPS_SCHEMA_DEPTH)
        return GITOPS_ELIMIT;
    int status = take_pair(maker, over, under, out);
    if (status != 0)
        return status < 0 ? status : 0;
    return lay_content(maker, over, &maker->builtin->nodes[under], depth, *out);
}

int gops_maker_lay_custom(gops_graph_maker *maker)
{
    uint32_t custom;
    return lay(maker, GOPS_NODE_ANYTHING, GOPS_NODE_CUSTOM, 0, &custom);
}

int gops_maker_kind(gops_graph_maker *maker, const gops_kind_name *name, uint32_t node)
{
    const gops_schema_kind *known = gops_graph_find(maker->builtin, name);
    int status = lay(maker, node, known ? known->node : GOPS_NODE_CUSTOM, 0, &node);
    return status < 0 ? status : gops_maker_name(maker, name, node);
}

int gops_maker_late(gops_graph_maker *maker, const gops_late_node *late)
{
    int status = gops_grow(maker->context, &maker->late, &maker->late_capacity,
                           maker->late_count + 1, sizeof *maker->late);
    if (status < 0)
        return status;
    gops_schema_node *node = &maker->nodes[late->number];
    node->flags = NODE_IS_LATE;
    node->fields = (uint32_t)maker->late_count;
    maker->late[maker->late_count++] = *late;
    return 0;
}

static int settle(gops_graph_maker *maker, gops_late_node late, uint32_t depth, gitops_error *err)
{
    if (depth > GOPS_SCHEMA_DEPTH)
        return gops_fail_at(err, GITOPS_EPARSE, NULL, late.at->line, late.at->column,
                            "references refer to each other and describe nothing");
    if (maker->nodes[late.of].flags & NODE_IS_LATE) {
        int status = settle(maker, maker->late[maker->nodes[late.of].fields], depth + 1, err);
        if (status < 0)
            return status;
    }
    gops_schema_node node = maker->nodes[late.of];
    if (late.has_map)
        node.map = late.map;
    if (late.has_list) {
        node.list = late.list;
        node.keys = late.keys;
    }
    if (late.scalar)
        node.scalar = late.scalar;
    node.flags |= late.flags;
    maker->nodes[late.number] = node;
    return 0;
}

/* An object within another one has the metadata of every object. */
static int settle_embedded(gops_graph_maker *maker, uint32_t number)
{
    uint32_t laid;
    if (!(maker->nodes[number].flags & GOPS_NODE_EMBEDDED))
        return 0;
    int status = lay(maker, number, GOPS_NODE_CUSTOM, 0, &laid);
    if (status == 0)
        maker->nodes[number] = maker->nodes[laid];
    return status;
}

int gops_maker_settle(gops_graph_maker *maker, gitops_error *err)
{
    int status = 0;
    for (size_t i = 0; i < maker->late_count && status == 0; i++)
        if (maker->nodes[maker->late[i].number].flags & NODE_IS_LATE)
            status = settle(maker, maker->late[i], 0, err);
    for (size_t i = 0; i < maker->late_count && status == 0; i++) {
        status = settle_embedded(maker, maker->late[i].number);
        if (status < 0)
            gops_graph_maker_fail(status, err);
    }
    maker->late_count = 0;
    return status;
}
