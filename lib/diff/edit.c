/*
 * edit: the tree behind a JSON patch. A row of operations on one long list opens it once and then
 * only moves pointers.
 */
#include "diff/edit.h"

#include <string.h>

int gops_edit_begin(gops_edit_tree *tree, gitops_context *context, gops_arena *values,
                    const gitops_value *root)
{
    memset(tree, 0, sizeof *tree);
    gops_arena_init(&tree->nodes, context, 0);
    tree->values = values;
    tree->nodes_left = context->limits.max_nodes;
    tree->max_depth = context->limits.max_depth;
    tree->root = gops_edit_new(tree, root);
    return tree->status;
}

void gops_edit_end(gops_edit_tree *tree)
{
    gops_arena_free(&tree->nodes);
}

gops_edit_node *gops_edit_new(gops_edit_tree *tree, const gitops_value *value)
{
    gops_edit_node *node = gops_arena_alloc(&tree->nodes, sizeof *node);
    if (!node) {
        tree->status = GITOPS_ENOMEM;
        return NULL;
    }
    memset(node, 0, sizeof *node);
    node->value = value;
    return node;
}

static int is_map(const gops_edit_node *node)
{
    return node->value->type == GITOPS_VALUE_MAP;
}

/* Makes room for one more child. Returns 0 when there is no memory. */
static int reserve(gops_edit_tree *tree, gops_edit_node *node)
{
    if (node->count < node->capacity)
        return 1;
    uint32_t capacity = node->capacity + node->capacity / 2 + 8;
    gops_edit_node **larger = gops_arena_array(&tree->nodes, capacity, sizeof *larger);
    if (!larger) {
        tree->status = GITOPS_ENOMEM;
        return 0;
    }
    if (node->count)
        memcpy(larger, node->children, node->count * sizeof *larger);
    node->children = larger;
    node->capacity = capacity;
    return 1;
}

/* Opens a container. Returns 0 when node is none, or when there is no memory. */
static int open_node(gops_edit_tree *tree, gops_edit_node *node)
{
    const gitops_value *value = node->value;
    if (node->open || value->type < GITOPS_VALUE_LIST)
        return node->open;
    node->capacity = value->count;
    node->children = gops_arena_array(&tree->nodes, value->count, sizeof *node->children);
    gops_edit_node *children = gops_arena_array(&tree->nodes, value->count, sizeof *children);
    if (!node->children || !children) {
        tree->status = GITOPS_ENOMEM;
        return 0;
    }
    for (uint32_t i = 0; i < value->count; i++) {
        const gitops_value *child = &value->as.children[i];
        memset(&children[i], 0, sizeof children[i]);
        children[i].value = child;
        children[i].key = child->key;
        children[i].key_length = child->key_length;
        node->children[i] = &children[i];
    }
    node->count = value->count;
    node->open = 1;
    return 1;
}

/* The place of a key among the members of an open map; *found says whether it is there. */
static uint32_t find_member(const gops_edit_node *node, const gops_segment *key, int *found)
{
    uint32_t low = 0, high = node->count;
    *found = 0;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const gops_edit_node *child = node->children[middle];
        int order = gops_key_compare(key->text, key->length, child->key, child->key_length);
        if (order == 0) {
            *found = 1;
            return middle;
        }
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

/* The place of a child of an open node. Returns 0 when it has no such child. */
static int find_child(const gops_edit_node *node, const gops_segment *segment, uint32_t *place)
{
    int found;
    if (!is_map(node))
        return gops_pointer_index(segment->text, segment->length, place) && *place < node->count;
    *place = find_member(node, segment, &found);
    return found;
}

/* Opens the way to the container of the last segment. NULL: there is none, or no memory. */
static gops_edit_node *open_parent(gops_edit_tree *tree, const gops_pointer *path)
{
    gops_edit_node *node = tree->root;
    uint32_t place;
    for (size_t i = 0; i + 1 < path->count; i++) {
        if (!open_node(tree, node) || !find_child(node, &path->segments[i], &place))
            return NULL;
        node = node->children[place];
    }
    return open_node(tree, node) ? node : NULL;
}

static int insert_child(gops_edit_tree *tree, gops_edit_node *parent, uint32_t place,
                        gops_edit_node *node)
{
    if (!reserve(tree, parent))
        return tree->status;
    memmove(parent->children + place + 1, parent->children + place,
            (parent->count - place) * sizeof *parent->children);
    parent->children[place] = node;
    parent->count++;
    return 1;
}

static void set_key(gops_edit_node *node, const char *key, uint32_t length)
{
    node->key = key;
    node->key_length = length;
}

static int add_member(gops_edit_tree *tree, gops_edit_node *parent, const gops_segment *key,
                      gops_edit_node *node)
{
    int found;
    uint32_t place = find_member(parent, key, &found);
    char *text = gops_arena_strndup(tree->values, key->text, key->length);
    if (!text) {
        tree->status = GITOPS_ENOMEM;
        return tree->status;
    }
    set_key(node, text, key->length);
    if (!found)
        return insert_child(tree, parent, place, node);
    parent->children[place] = node;
    return 1;
}

static int add_item(gops_edit_tree *tree, gops_edit_node *parent, const gops_segment *index,
                    gops_edit_node *node)
{
    uint32_t place = parent->count;
    int at_end = index->length == 1 && index->text[0] == '-';
    if (!at_end &&
        (!gops_pointer_index(index->text, index->length, &place) || place > parent->count))
        return 0;
    set_key(node, NULL, 0);
    return insert_child(tree, parent, place, node);
}

int gops_edit_add(gops_edit_tree *tree, const gops_pointer *path, gops_edit_node *node)
{
    if (path->count == 0) {
        set_key(node, NULL, 0);
        tree->root = node;
        return 1;
    }
    gops_edit_node *parent = open_parent(tree, path);
    if (!parent)
        return tree->status;
    const gops_segment *last = &path->segments[path->count - 1];
    return is_map(parent) ? add_member(tree, parent, last, node)
                          : add_item(tree, parent, last, node);
}

int gops_edit_replace(gops_edit_tree *tree, const gops_pointer *path, gops_edit_node *node)
{
    uint32_t place;
    if (path->count == 0)
        return gops_edit_add(tree, path, node);
    gops_edit_node *parent = open_parent(tree, path);
    if (!parent || !find_child(parent, &path->segments[path->count - 1], &place))
        return tree->status;
    set_key(node, parent->children[place]->key, parent->children[place]->key_length);
    parent->children[place] = node;
    return 1;
}

int gops_edit_remove(gops_edit_tree *tree, const gops_pointer *path, gops_edit_node **out)
{
    uint32_t place;
    gops_edit_node *parent = path->count ? open_parent(tree, path) : NULL;
    if (!parent || !find_child(parent, &path->segments[path->count - 1], &place))
        return tree->status;
    if (out)
        *out = parent->children[place];
    parent->count--;
    memmove(parent->children + place, parent->children + place + 1,
            (parent->count - place) * sizeof *parent->children);
    return 1;
}

/* What is at a path: an open node, or a frozen value (then *node is NULL). Opens nothing. */
static const gitops_value *look_up(const gops_edit_tree *tree, const gops_pointer *path,
                                   gops_edit_node **node)
{
    gops_edit_node *at = tree->root;
    size_t i = 0;
    *node = NULL;
    for (uint32_t place; i < path->count && at->open; i++) {
        if (!find_child(at, &path->segments[i], &place))
            return NULL;
        at = at->children[place];
    }
    if (at->open) {
        *node = at;
        return at->value;
    }
    gops_pointer rest = {path->count ? path->segments + i : NULL, path->count - i};
    return gops_pointer_get(at->value, &rest);
}

static int equals(const gops_edit_node *node, const gitops_value *value)
{
    if (!node->open)
        return gops_value_same(node->value, value);
    if (node->value->type != value->type || node->count != value->count)
        return 0;
    for (uint32_t i = 0; i < node->count; i++) {
        const gops_edit_node *child = node->children[i];
        const gitops_value *other = &value->as.children[i];
        if (is_map(node) &&
            gops_key_compare(child->key, child->key_length, other->key, other->key_length) != 0)
            return 0;
        if (!equals(child, other))
            return 0;
    }
    return 1;
}

int gops_edit_test(gops_edit_tree *tree, const gops_pointer *path, const gitops_value *value)
{
    gops_edit_node *node;
    const gitops_value *found = look_up(tree, path, &node);
    if (!found)
        return 0;
    return node ? equals(node, value) : gops_value_same(found, value);
}

/* Visits a value: counts against the budget; returns 0 past a limit. depth: levels above it. */
static int visit_value(gops_edit_tree *tree, const gitops_value *value, size_t depth)
{
    if (tree->nodes_left == 0 || depth > tree->max_depth) {
        tree->status = GITOPS_ELIMIT;
        return 0;
    }
    tree->nodes_left--;
    for (uint32_t i = 0; value->type >= GITOPS_VALUE_LIST && i < value->count; i++)
        if (!visit_value(tree, &value->as.children[i], depth + 1))
            return 0;
    return 1;
}

int gops_edit_fits(gops_edit_tree *tree, const gops_edit_node *node, size_t depth)
{
    if (!node->open)
        return visit_value(tree, node->value, depth);
    for (uint32_t i = 0; i < node->count; i++)
        if (!gops_edit_fits(tree, node->children[i], depth + 1))
            return 0;
    return 1;
}

/* Makes a list or map of the values of an open node's children. */
static int freeze_node(gops_edit_tree *tree, const gops_edit_node *node, gitops_value *out)
{
    *out = *node->value;
    out->key = node->key;
    out->key_length = node->key_length;
    if (!node->open)
        return 0;
    gitops_value *children = gops_value_array(tree->values, node->count);
    if (!children)
        return GITOPS_ENOMEM;
    for (uint32_t i = 0; i < node->count; i++)
        if (freeze_node(tree, node->children[i], &children[i]) < 0)
            return GITOPS_ENOMEM;
    if (is_map(node))
        gops_value_set_map(out, children, node->count);
    else
        gops_value_set_list(out, children, node->count);
    return 0;
}

int gops_edit_freeze(gops_edit_tree *tree, gitops_value *out)
{
    if (freeze_node(tree, tree->root, out) < 0)
        tree->status = GITOPS_ENOMEM;
    return tree->status;
}

gops_edit_node *gops_edit_copy(gops_edit_tree *tree, const gops_pointer *path)
{
    gops_edit_node *node;
    const gitops_value *found = look_up(tree, path, &node);
    if (!found || !node)
        return found ? gops_edit_new(tree, found) : NULL;
    if (!gops_edit_fits(tree, node, 0))
        return NULL;
    gitops_value *value = gops_arena_alloc(tree->values, sizeof *value);
    if (!value || freeze_node(tree, node, value) < 0) {
        tree->status = GITOPS_ENOMEM;
        return NULL;
    }
    return gops_edit_new(tree, value);
}
