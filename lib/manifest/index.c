/*
 * index: a persistent treap with counted nodes. Updates copy the path from the root, O(log n).
 * The height is bounded, so recursion is safe even for keys chosen by an adversary.
 */
#include "manifest/index.h"

#include <string.h>

enum { HEIGHT_MAX = 192 };

/* 64 bytes: there is one for each object of each manifest. */
struct gops_node {
    gops_node *left, *right;
    gops_item entry;
    atomic_uint references;
    uint32_t count;     /* nodes of this subtree */
    uint32_t height : 31;
    uint32_t has_controls : 1; /* an object of this subtree has some */
    uint32_t place;     /* 1 + its place among the nodes of a block; 0: it is in none */
    gops_digest digest; /* over left's digest, this object, right's digest */
};

const size_t gops_index_node_bytes = sizeof(gops_node);

static const char *node_key(const gops_node *node)
{
    return gops_item_object(&node->entry)->key;
}

static uint64_t key_priority(const char *key)
{
    return gops_hash64(key, strlen(key));
}

static uint64_t node_priority(const gops_node *node)
{
    return key_priority(node_key(node));
}

gops_node *gops_index_ref(gops_node *index)
{
    if (index)
        atomic_fetch_add_explicit(&index->references, 1, memory_order_relaxed);
    return index;
}

void gops_index_drop(gops_node *index)
{
    if (!index ||
        atomic_fetch_sub_explicit(&index->references, 1, memory_order_acq_rel) != 1)
        return;
    gops_index_drop(index->left);
    gops_index_drop(index->right);
    gops_file *file = index->entry.file; /* keeps the context alive until the node is freed */
    if (index->place)
        gops_block_drop((gops_block *)(index - (index->place - 1)) - 1);
    else
        gops_free(file->block->context, index);
    gops_file_drop(file);
}

int gops_index_each_controlled(const gops_node *index, gops_entry_fn fn, void *user_data)
{
    if (!index || !index->has_controls)
        return 0;
    int rc = gops_index_each_controlled(index->left, fn, user_data);
    if (rc == 0 && gops_item_object(&index->entry)->has_controls)
        rc = fn(&index->entry, user_data);
    return rc ? rc : gops_index_each_controlled(index->right, fn, user_data);
}

size_t gops_index_count(const gops_node *index)
{
    return index ? index->count : 0;
}

gops_digest gops_index_digest(const gops_node *index)
{
    return index ? index->digest : gops_hash128('i', "", 0);
}

static int has_controls(const gops_node *index)
{
    return index && index->has_controls;
}

/* Sets what follows from the children. Returns 0 or GITOPS_ELIMIT. */
static int seal(gops_node *node)
{
    const gops_object *object = gops_item_object(&node->entry);
    uint32_t left = node->left ? node->left->height : 0;
    uint32_t right = node->right ? node->right->height : 0;
    gops_digest parts[4] = {gops_index_digest(node->left),
                            gops_hash128('k', object->key, strlen(object->key)), object->digest,
                            gops_index_digest(node->right)};
    node->height = (1 + (left > right ? left : right)) & INT32_MAX;
    node->has_controls = (object->has_controls || has_controls(node->left) ||
                          has_controls(node->right)) & 1;
    node->count = (uint32_t)(1 + gops_index_count(node->left) + gops_index_count(node->right));
    node->digest = gops_hash128('t', parts, sizeof parts);
    return node->height <= HEIGHT_MAX ? 0 : GITOPS_ELIMIT;
}

static void fill_node(gops_node *node, const gops_item *entry, gops_node *left, gops_node *right,
                      size_t place)
{
    atomic_init(&node->references, 1);
    gops_file_ref(entry->file);
    node->entry = *entry;
    node->left = left;
    node->right = right;
    node->place = (uint32_t)place;
}

/* A node over two subtrees, whose holds it takes in any case; *out is NULL on failure. */
static int make_node(gitops_context *context, const gops_item *entry, gops_node *left,
                     gops_node *right, gops_node **out)
{
    gops_node *node = gops_alloc(context, sizeof *node);
    *out = NULL;
    if (!node) {
        gops_index_drop(left);
        gops_index_drop(right);
        return GITOPS_ENOMEM;
    }
    fill_node(node, entry, left, right, 0);
    int rc = seal(node);
    if (rc < 0) {
        gops_index_drop(node);
        return rc;
    }
    *out = node;
    return 0;
}

/* Heap order with a total tie-break: a stands above b. */
static int is_above(uint64_t a, const char *a_key, uint64_t b, const char *b_key)
{
    return a != b ? a > b : strcmp(a_key, b_key) < 0;
}

/*
 * Builds the treap of entries [0, count) from a spine of open nodes: the right edge of the tree so
 * far, top first. seal_from() closes the nodes that a new one pushes off the spine. All nodes stand
 * in one block, in key order.
 */
typedef struct spine {
    gops_node *nodes[HEIGHT_MAX];
    uint64_t priorities[HEIGHT_MAX];
    size_t depth;
    gops_node *root;
} spine;

static int seal_from(spine *s, size_t keep)
{
    int rc = 0;
    while (s->depth > keep) {
        int one = seal(s->nodes[--s->depth]);
        if (one < 0)
            rc = one;
    }
    return rc;
}

/* Puts the next entry on the spine; what stands below it there becomes its left part. */
static int push_entry(spine *s, gops_block *block, const gops_item *entry, size_t i)
{
    const char *key = gops_item_object(entry)->key;
    uint64_t priority = key_priority(key);
    size_t keep = s->depth;
    while (keep > 0 &&
           is_above(priority, key, s->priorities[keep - 1], node_key(s->nodes[keep - 1])))
        keep--;
    gops_node **link = keep > 0 ? &s->nodes[keep - 1]->right : &s->root;
    int rc = seal_from(s, keep);
    if (rc == 0 && keep == HEIGHT_MAX)
        rc = GITOPS_ELIMIT;
    if (rc < 0)
        return rc;
    gops_node *node = gops_block_take(block, sizeof *node); /* it is large enough */
    fill_node(node, entry, *link, NULL, i + 1);
    *link = s->nodes[keep] = node;
    s->priorities[keep] = priority;
    s->depth = keep + 1;
    return 0;
}

int gops_index_build(gitops_context *context, const gops_item *entries, size_t count,
                     gops_node **out)
{
    spine s = {.depth = 0};
    int rc = 0;
    *out = NULL;
    if (count == 0)
        return 0;
    gops_block *block = count < UINT32_MAX ? gops_block_new(context, count * sizeof(gops_node))
                                           : NULL;
    if (!block)
        return GITOPS_ENOMEM;
    for (size_t i = 0; i < count && rc == 0; i++)
        rc = push_entry(&s, block, &entries[i], i);
    int sealed = seal_from(&s, 0);
    if (rc == 0)
        rc = sealed;
    gops_block_drop(block);
    if (rc < 0) {
        gops_index_drop(s.root);
        return rc;
    }
    *out = s.root;
    return 0;
}

static int remake(gitops_context *context, const gops_node *node, gops_node *left,
                  gops_node *right, gops_node **out)
{
    return make_node(context, &node->entry, left, right, out);
}

/* Splits at a key that is absent: keys below it and above it. */
static int split(gitops_context *context, gops_node *node, const char *key, gops_node **below,
                 gops_node **above)
{
    *below = *above = NULL;
    if (!node)
        return 0;
    gops_node *inner_below, *inner_above;
    int goes_below = strcmp(node_key(node), key) < 0;
    int rc = split(context, goes_below ? node->right : node->left, key, &inner_below,
                   &inner_above);
    if (rc < 0)
        return rc;
    if (goes_below) {
        *above = inner_above;
        rc = remake(context, node, gops_index_ref(node->left), inner_below, below);
    } else {
        *below = inner_below;
        rc = remake(context, node, inner_above, gops_index_ref(node->right), above);
    }
    if (rc < 0) {
        gops_index_drop(*below);
        gops_index_drop(*above);
        *below = *above = NULL;
    }
    return rc;
}

static int insert(gitops_context *context, gops_node *node, const gops_item *entry,
                  const char *key, uint64_t priority, gops_node **out)
{
    gops_node *left, *right;
    *out = NULL;
    if (!node || is_above(priority, key, node_priority(node), node_key(node))) {
        int rc = split(context, node, key, &left, &right);
        return rc < 0 ? rc : make_node(context, entry, left, right, out);
    }
    int goes_left = strcmp(key, node_key(node)) < 0;
    gops_node *child;
    int rc = insert(context, goes_left ? node->left : node->right, entry, key, priority, &child);
    if (rc < 0)
        return rc;
    left = goes_left ? child : gops_index_ref(node->left);
    right = goes_left ? gops_index_ref(node->right) : child;
    return remake(context, node, left, right, out);
}

int gops_index_insert(gitops_context *context, gops_node *index, const gops_item *entry,
                      gops_node **out)
{
    const char *key = gops_item_object(entry)->key;
    return insert(context, index, entry, key, key_priority(key), out);
}

/* Joins two trees, every key of left below every key of right. Borrows both. */
static int join(gitops_context *context, gops_node *left, gops_node *right, gops_node **out)
{
    gops_node *middle;
    if (!left || !right) {
        *out = gops_index_ref(left ? left : right);
        return 0;
    }
    *out = NULL;
    if (is_above(node_priority(left), node_key(left), node_priority(right), node_key(right))) {
        int rc = join(context, left->right, right, &middle);
        return rc < 0 ? rc : remake(context, left, gops_index_ref(left->left), middle, out);
    }
    int rc = join(context, left, right->left, &middle);
    return rc < 0 ? rc : remake(context, right, middle, gops_index_ref(right->right), out);
}

int gops_index_remove(gitops_context *context, gops_node *index, const char *key, gops_node **out)
{
    gops_node *child;
    *out = NULL;
    if (!index)
        return GITOPS_ENOTFOUND;
    int order = strcmp(key, node_key(index));
    if (order == 0)
        return join(context, index->left, index->right, out);
    int rc = gops_index_remove(context, order < 0 ? index->left : index->right, key, &child);
    if (rc < 0)
        return rc;
    gops_node *left = order < 0 ? child : gops_index_ref(index->left);
    gops_node *right = order < 0 ? gops_index_ref(index->right) : child;
    return remake(context, index, left, right, out);
}

const gops_item *gops_index_at(const gops_node *index, size_t i)
{
    while (index) {
        size_t left = gops_index_count(index->left);
        if (i == left)
            return &index->entry;
        if (i < left) {
            index = index->left;
        } else {
            i -= left + 1;
            index = index->right;
        }
    }
    return NULL;
}

const gops_item *gops_index_find(const gops_node *index, const char *key, size_t *rank)
{
    size_t before = 0;
    while (index) {
        int order = strcmp(key, node_key(index));
        size_t left = gops_index_count(index->left);
        if (order == 0) {
            if (rank)
                *rank = before + left;
            return &index->entry;
        }
        if (order > 0)
            before += left + 1;
        index = order < 0 ? index->left : index->right;
    }
    return NULL;
}

/* An in-order walk that can skip whole subtrees: a stack of nodes, each pending with or without
   its left part. */
typedef struct cursor {
    struct {
        const gops_node *node;
        int opened; /* its left part is done or on the stack above it */
    } stack[2 * HEIGHT_MAX + 2];
    size_t depth, visited;
} cursor;

static void push(cursor *c, const gops_node *node)
{
    if (node) {
        c->stack[c->depth].node = node;
        c->stack[c->depth++].opened = 0;
        c->visited++;
    }
}

/* Replaces an unopened top by its right part, itself and its left part. */
static void open_top(cursor *c)
{
    const gops_node *node = c->stack[--c->depth].node;
    push(c, node->right);
    c->stack[c->depth].node = node;
    c->stack[c->depth++].opened = 1;
    push(c, node->left);
}

static int report_one(cursor *c, int is_before, gops_index_fn fn, void *user_data)
{
    const gops_item *entry = &c->stack[--c->depth].node->entry;
    return is_before ? fn(entry, NULL, user_data) : fn(NULL, entry, user_data);
}

/* Opens tops until both are single entries, skipping subtrees that are equal on both sides. */
static void align(cursor *a, cursor *b)
{
    while (a->depth && b->depth) {
        const gops_node *x = a->stack[a->depth - 1].node, *y = b->stack[b->depth - 1].node;
        int x_open = a->stack[a->depth - 1].opened, y_open = b->stack[b->depth - 1].opened;
        if (!x_open && !y_open && (x == y || gops_digest_equal(&x->digest, &y->digest))) {
            a->depth--;
            b->depth--;
        } else if (!x_open && (y_open || x->count >= y->count)) {
            open_top(a);
        } else if (!y_open) {
            open_top(b);
        } else {
            return;
        }
    }
}

static int compare_tops(cursor *a, cursor *b, gops_index_fn fn, void *user_data)
{
    const gops_node *x = a->stack[a->depth - 1].node, *y = b->stack[b->depth - 1].node;
    int order = strcmp(node_key(x), node_key(y));
    if (order < 0)
        return report_one(a, 1, fn, user_data);
    if (order > 0)
        return report_one(b, 0, fn, user_data);
    a->depth--;
    b->depth--;
    if (gops_digest_equal(&gops_item_object(&x->entry)->digest,
                          &gops_item_object(&y->entry)->digest))
        return 0;
    return fn(&x->entry, &y->entry, user_data);
}

/* Reports everything that is left on one side. */
static int drain(cursor *c, int is_before, gops_index_fn fn, void *user_data)
{
    int rc = 0;
    while (c->depth && rc == 0) {
        if (c->stack[c->depth - 1].opened)
            rc = report_one(c, is_before, fn, user_data);
        else
            open_top(c);
    }
    return rc;
}

int gops_index_compare(const gops_node *before, const gops_node *after, gops_index_fn fn,
                       void *user_data, size_t *visited)
{
    cursor a = {.depth = 0}, b = {.depth = 0};
    int rc = 0;
    push(&a, before);
    push(&b, after);
    for (align(&a, &b); a.depth && b.depth && rc == 0; align(&a, &b))
        rc = compare_tops(&a, &b, fn, user_data);
    if (rc == 0)
        rc = drain(&a, 1, fn, user_data);
    if (rc == 0)
        rc = drain(&b, 0, fn, user_data);
    if (visited)
        *visited = a.visited + b.visited;
    return rc;
}
