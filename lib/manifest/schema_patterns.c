/*
 * schema_patterns: a tree of segments for each layer. The children of a node are found through one
 * table for all trees, so that any number of patterns is collected in time that grows with their
 * text.
 */
#include "manifest/schema_patterns.h"

#include <string.h>

#include "base/hash.h"

void gops_patterns_init(gops_patterns *patterns, gitops_context *context, gops_arena *arena)
{
    memset(patterns, 0, sizeof *patterns);
    patterns->context = context;
    patterns->arena = arena;
    gops_arena_init(&patterns->scratch, context, 0);
    gops_intern_init(&patterns->known, context);
}

void gops_patterns_release(gops_patterns *patterns)
{
    gops_arena_free(&patterns->scratch);
    gops_intern_release(&patterns->known);
    gops_free(patterns->context, patterns->all);
}

static gops_pattern *new_pattern(gops_patterns *patterns, const gops_layer *layer,
                                 const gops_pattern *parent, const char *segment, size_t length)
{
    gops_pattern *pattern = gops_arena_alloc(patterns->arena, sizeof *pattern);
    if (pattern) {
        memset(pattern, 0, sizeof *pattern);
        pattern->segment = segment;
        pattern->length = length;
        pattern->layer = layer;
        pattern->parent = parent;
    }
    return pattern;
}

static int is_pattern(const void *owner, uint32_t number, const void *wanted)
{
    const gops_pattern *own = ((const gops_patterns *)owner)->all[number - 1], *other = wanted;
    return own->parent == other->parent && own->kind == other->kind &&
           own->length == other->length &&
           memcmp(own->segment, other->segment, own->length) == 0;
}

/* The child for a name, an element or a glob, made if it is not there; NULL: no memory. */
static gops_pattern *take_child(gops_patterns *patterns, gops_pattern *parent,
                                gops_segment_kind kind, const char *segment, size_t length)
{
    gops_pattern wanted = {.parent = parent, .kind = kind, .segment = segment, .length = length};
    uint64_t hash = gops_hash64(segment, length) ^ gops_hash64(&wanted.parent, sizeof parent);
    uint32_t number = gops_intern_find(&patterns->known, hash, is_pattern, patterns, &wanted);
    if (number)
        return patterns->all[number - 1];
    gops_pattern *child = new_pattern(patterns, parent->layer, parent, segment, length);
    if (!child || gops_grow(patterns->context, &patterns->all, &patterns->all_capacity,
                            patterns->all_count + 1, sizeof(gops_pattern *)) < 0)
        return NULL;
    child->kind = kind;
    patterns->all[patterns->all_count++] = child;
    if (gops_intern_add(&patterns->known, hash, (uint32_t)patterns->all_count) < 0)
        return NULL;
    child->next = parent->children;
    parent->children = child;
    return child;
}

/* The same for "*" and "**", of which a second one in a row says nothing more. */
static gops_pattern *take_wild(gops_patterns *patterns, gops_pattern *parent,
                               gops_segment_kind kind)
{
    gops_pattern **child = kind == GOPS_SEGMENT_ANY ? &parent->any : &parent->deep;
    if (kind == GOPS_SEGMENT_DEEP && parent->kind == GOPS_SEGMENT_DEEP)
        return parent;
    if (!*child) {
        *child = new_pattern(patterns, parent->layer, parent, "", 0);
        if (*child)
            (*child)->kind = kind;
    }
    return *child;
}

static int fail_pattern(gitops_error *err, int code, const gitops_value *at, const char *message)
{
    return gops_fail_at(err, code, NULL, at ? at->line : 0, at ? at->column : 0, "%s", message);
}

int gops_patterns_layer(gops_patterns *patterns, const gops_selector *wanted,
                        const gitops_value *at, gops_layer **out, gitops_error *err)
{
    const gops_scope *kinds = &wanted->kinds;
    if (kinds->length && (memchr(kinds->text, '/', kinds->length) ||
                          memchr(kinds->text, '\0', kinds->length)))
        return fail_pattern(err, GITOPS_EPARSE, at,
                            "a kind is written with its group after it, such as Deployment.apps; "
                            "\"*\" stands for any characters");
    for (gops_layer *layer = patterns->layers; layer; layer = layer->next) {
        if (layer->rank == patterns->rank &&
            gops_selector_compare(&layer->selector, wanted) == 0) {
            *out = layer;
            return 0;
        }
    }
    if (patterns->layer_count++ >= GOPS_LAYER_COUNT)
        return fail_pattern(err, GITOPS_ELIMIT, at,
                            "a schema has rules for at most 1000 kinds and choices of objects");
    gops_layer *layer = gops_arena_alloc(patterns->arena, sizeof *layer);
    if (!layer)
        return gops_fail_memory(err);
    *layer = (gops_layer){.rank = patterns->rank, .next = patterns->layers};
    layer->root = new_pattern(patterns, layer, NULL, "", 0);
    if (!layer->root || gops_selector_copy(&layer->selector, patterns->arena, wanted) < 0)
        return gops_fail_memory(err);
    *out = patterns->layers = layer;
    return 0;
}

/* Undoes ~0 and ~1 in place. Returns the new length; (size_t)-1 for a "~" before anything else. */
static size_t unescape(char *segment, size_t length)
{
    size_t used = 0;
    for (size_t i = 0; i < length; i++) {
        if (segment[i] == '~') {
            if (i + 1 == length || (segment[i + 1] != '0' && segment[i + 1] != '1'))
                return (size_t)-1;
            segment[used++] = segment[++i] == '0' ? '~' : '/';
        } else {
            segment[used++] = segment[i];
        }
    }
    return used;
}

static int check_pattern(gops_patterns *patterns, const char *text, size_t length,
                         const gitops_value *at, gitops_error *err)
{
    size_t segments = 0;
    if (length && text[0] != '/')
        return fail_pattern(err, GITOPS_EPARSE, at, "a path pattern is empty or starts with \"/\"");
    if (patterns->count >= GOPS_PATTERN_COUNT)
        return fail_pattern(err, GITOPS_ELIMIT, at, "a schema has at most 10000 path patterns");
    for (size_t i = 0; i < length; i++)
        segments += text[i] == '/';
    if (segments > GOPS_PATTERN_SEGMENTS)
        return fail_pattern(err, GITOPS_ELIMIT, at, "a path pattern has at most 256 segments");
    return 0;
}

static int fail_segment(gitops_error *err, int code, const gitops_value *at)
{
    if (code == GITOPS_ENOMEM)
        return gops_fail_memory(err);
    return fail_pattern(err, code, at,
                        "in a path pattern an element is written \"[key=value]\", with a comma "
                        "before each further key");
}

/* From a node to its child by a segment, which is unescaped in place. */
static int descend(gops_patterns *patterns, gops_pattern **pattern, char *segment, size_t length,
                   const gitops_value *at, gitops_error *err)
{
    gops_segment_kind kind = gops_segment_kind_of(segment, length);
    size_t used = unescape(segment, length);
    if (used == (size_t)-1)
        return fail_pattern(err, GITOPS_EPARSE, at,
                            "in a path pattern \"~\" is written \"~0\" and \"/\" in a name "
                            "\"~1\"");
    gops_pattern *child = kind == GOPS_SEGMENT_ANY || kind == GOPS_SEGMENT_DEEP
                              ? take_wild(patterns, *pattern, kind)
                              : take_child(patterns, *pattern, kind, segment, used);
    *pattern = child;
    if (!child)
        return gops_fail_memory(err);
    if ((kind != GOPS_SEGMENT_GLOB && kind != GOPS_SEGMENT_ELEMENT) || child->test)
        return 0;
    gops_segment_test *test = NULL;
    int status = gops_segment_test_make(&test, patterns->arena, kind, segment, used);
    child->test = test;
    return status < 0 ? fail_segment(err, status, at) : 0;
}

int gops_patterns_add(gops_patterns *patterns, gops_layer *layer, const char *text, size_t length,
                      const gitops_value *at, gops_rule **out, gitops_error *err)
{
    int status = check_pattern(patterns, text, length, at, err);
    if (status < 0)
        return status;
    char *copy = gops_arena_strndup(patterns->arena, text, length);
    if (!copy)
        return gops_fail_memory(err);
    gops_pattern *pattern = layer->root;
    for (char *p = copy, *end = copy + length; p < end && status == 0;) {
        char *segment = p + 1;
        char *slash = memchr(segment, '/', (size_t)(end - segment));
        p = slash ? slash : end;
        status = descend(patterns, &pattern, segment, (size_t)(p - segment), at, err);
    }
    if (status < 0)
        return status;
    patterns->count++;
    *out = &pattern->rule;
    return 0;
}

int gops_patterns_manager(gops_patterns *patterns, gops_layer *layer, const char *name,
                          size_t length, const gitops_value *at, gitops_error *err)
{
    if (length == 0)
        return fail_pattern(err, GITOPS_EPARSE, at, "a field manager has a name");
    if (patterns->count++ >= GOPS_PATTERN_COUNT)
        return fail_pattern(err, GITOPS_ELIMIT, at, "a schema has at most 10000 path patterns");
    gops_manager *manager = gops_arena_alloc(patterns->arena, sizeof *manager);
    const char *copy = gops_arena_strndup(patterns->arena, name, length);
    if (!manager || !copy)
        return gops_fail_memory(err);
    *manager = (gops_manager){{copy, length}, layer->managers};
    layer->managers = manager;
    return 0;
}

/* Puts a copy of the tree of from below to. Recursion ends with the longest pattern. */
static int take_tree(gops_patterns *patterns, gops_pattern *to, const gops_pattern *from)
{
    int status = 0;
    gops_rule_add(&to->rule, &from->rule);
    patterns->count += (size_t)gops_rule_speaks(&from->rule);
    if (patterns->count > GOPS_PATTERN_COUNT)
        return GITOPS_ELIMIT;
    const gops_pattern *const wild[] = {from->any, from->deep};
    for (size_t i = 0; i < 2 && status == 0; i++) {
        gops_pattern *copy = wild[i] ? take_wild(patterns, to, wild[i]->kind) : NULL;
        if (wild[i])
            status = copy ? take_tree(patterns, copy, wild[i]) : GITOPS_ENOMEM;
    }
    for (const gops_pattern *child = from->children; child && status == 0; child = child->next) {
        gops_pattern *copy =
            take_child(patterns, to, child->kind, child->segment, child->length);
        if (copy)
            copy->test = child->test;
        status = copy ? take_tree(patterns, copy, child) : GITOPS_ENOMEM;
    }
    return status;
}

int gops_patterns_take(gops_patterns *patterns, const gops_rules *rules, gitops_error *err)
{
    uint32_t first = patterns->rank;
    for (const gops_layer *from = rules->layers; from; from = from->next) {
        gops_layer *layer;
        patterns->rank = first + from->rank;
        int status = gops_patterns_layer(patterns, &from->selector, NULL, &layer, err);
        if (status < 0)
            return status;
        status = take_tree(patterns, layer->root, from->root);
        for (const gops_manager *m = from->managers; m && status == 0; m = m->next)
            status = gops_patterns_manager(patterns, layer, m->name.text, m->name.length, NULL,
                                           NULL);
        if (status == GITOPS_ELIMIT)
            return fail_pattern(err, status, NULL, "a schema has at most 10000 path patterns");
        if (status < 0)
            return gops_fail_memory(err);
    }
    patterns->rank = first;
    for (const gops_layer *layer = patterns->layers; layer; layer = layer->next)
        if (patterns->rank <= layer->rank)
            patterns->rank = layer->rank + 1;
    return 0;
}
