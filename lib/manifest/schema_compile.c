/*
 * schema_compile: makes a deterministic automaton of path patterns.
 *
 * A path can follow several branches of the trees at once: of several layers, and by its own
 * segment and by "*". So a state stands for a set of tree nodes, the first to decide first. A set
 * of one node is compiled once and remembered at the node, which keeps the number of states near
 * the number of segments. Patterns made to multiply meet a limit.
 */
#include <stdlib.h>
#include <string.h>

#include "manifest/schema_patterns.h"

/* A set of nodes, the first to decide first. */
typedef struct pattern_set {
    gops_pattern **nodes;
    size_t count;
} pattern_set;

/* A child of the set's node number from. */
typedef struct branch {
    gops_pattern *child;
    size_t from;
} branch;

typedef struct branches {
    branch *list;
    size_t count;
} branches;

typedef struct compiler {
    gops_arena *arena, *scratch;
    size_t work; /* left */
    int status;  /* 0, GITOPS_ENOMEM or GITOPS_ELIMIT */
} compiler;

static const gops_rule_state *compile_set(compiler *c, pattern_set set);

/* Takes memory for count items; NULL with the status set when work or memory ran out. */
static void *take(compiler *c, gops_arena *arena, size_t count, size_t size)
{
    if (c->status == 0 && count > c->work)
        c->status = GITOPS_ELIMIT;
    if (c->status < 0)
        return NULL;
    c->work -= count;
    void *memory = gops_arena_array(arena, count, size);
    if (!memory)
        c->status = GITOPS_ENOMEM;
    return memory;
}

static int compare_branches(const void *left, const void *right)
{
    const branch *a = left, *b = right;
    int order =
        gops_key_compare(a->child->segment, a->child->length, b->child->segment, b->child->length);
    return order ? order : (a->from > b->from) - (a->from < b->from);
}

/* All literal children of a set, by segment, then by precedence. */
static branches collect_literals(compiler *c, pattern_set set)
{
    branches literals = {NULL, 0};
    size_t total = 0;
    for (size_t i = 0; i < set.count; i++)
        for (const gops_pattern *child = set.nodes[i]->children; child; child = child->next)
            total++;
    literals.list = take(c, c->scratch, total, sizeof *literals.list);
    if (!literals.list)
        return literals;
    for (size_t i = 0; i < set.count; i++)
        for (gops_pattern *child = set.nodes[i]->children; child; child = child->next)
            literals.list[literals.count++] = (branch){child, i};
    if (literals.count > 1)
        qsort(literals.list, literals.count, sizeof *literals.list, compare_branches);
    return literals;
}

/* All children by "*", by precedence. */
static branches collect_any(compiler *c, pattern_set set)
{
    branches any = {take(c, c->scratch, set.count, sizeof *any.list), 0};
    for (size_t i = 0; any.list && i < set.count; i++)
        if (set.nodes[i]->any)
            any.list[any.count++] = (branch){set.nodes[i]->any, i};
    return any;
}

/*
 * The state after one segment: from each node the literal child, which are those of this segment,
 * then the one by "*". No literals: after any segment that none of them names.
 */
static const gops_rule_state *compile_next(compiler *c, branches literals, branches any)
{
    pattern_set next = {take(c, c->scratch, literals.count + any.count, sizeof *next.nodes), 0};
    size_t i = 0, k = 0;
    if (!next.nodes || literals.count + any.count == 0)
        return NULL;
    while (i < literals.count || k < any.count) {
        int is_literal =
            k == any.count || (i < literals.count && literals.list[i].from <= any.list[k].from);
        next.nodes[next.count++] = is_literal ? literals.list[i++].child : any.list[k++].child;
    }
    return compile_set(c, next);
}

/* Those of the first segment; literals is left with the rest. */
static branches take_segment(branches *literals)
{
    branches same = {literals->list, 1};
    const gops_pattern *first = same.list->child;
    while (same.count < literals->count &&
           gops_key_compare(first->segment, first->length, same.list[same.count].child->segment,
                            same.list[same.count].child->length) == 0)
        same.count++;
    literals->list += same.count;
    literals->count -= same.count;
    return same;
}

static void compile_steps(compiler *c, gops_rule_state *state, pattern_set set)
{
    const branches none = {NULL, 0}, any = collect_any(c, set);
    branches literals = collect_literals(c, set);
    gops_rule_step *steps = take(c, c->arena, literals.count, sizeof *steps);
    if (!any.list || !literals.list || !steps)
        return;
    state->other = compile_next(c, none, any);
    state->steps = steps;
    while (literals.count && c->status == 0) {
        gops_rule_step *step = &steps[state->step_count++];
        step->segment = literals.list->child->segment;
        step->length = literals.list->child->length;
        step->next = compile_next(c, take_segment(&literals), any);
    }
}

/* The rules of a set in its order; what follows on one of the same scope is added to it. */
static void compile_rules(compiler *c, gops_rule_state *state, pattern_set set)
{
    gops_rule *rules = take(c, c->arena, set.count, sizeof *rules);
    if (!rules)
        return;
    state->rules = rules;
    for (size_t i = 0; i < set.count; i++) {
        const gops_pattern *node = set.nodes[i];
        gops_rule *last = state->rule_count ? &rules[state->rule_count - 1] : NULL;
        if (!gops_rule_speaks(&node->rule))
            continue;
        if (!last || last->scope != node->layer->scope) {
            last = &rules[state->rule_count++];
            memset(last, 0, sizeof *last);
            last->scope = node->layer->scope;
        }
        gops_rule_add(last, &node->rule);
    }
}

/* Recursion ends with the segments of the longest pattern. NULL when the status is set. */
static const gops_rule_state *compile_set(compiler *c, pattern_set set)
{
    if (set.count == 1 && set.nodes[0]->state)
        return set.nodes[0]->state;
    gops_rule_state *state = take(c, c->arena, 1, sizeof *state);
    if (!state)
        return NULL;
    memset(state, 0, sizeof *state);
    compile_rules(c, state, set);
    compile_steps(c, state, set);
    if (set.count == 1)
        set.nodes[0]->state = state;
    return state;
}

/* Layers in the order in which they decide. */
static int compare_layers(const void *left, const void *right)
{
    const gops_layer *a = *(gops_layer *const *)left, *b = *(gops_layer *const *)right;
    int a_all = a->kinds.length == 0, b_all = b->kinds.length == 0;
    if (a->rank != b->rank)
        return a->rank < b->rank ? -1 : 1;
    return a_all != b_all ? a_all - b_all : gops_scope_compare(&a->kinds, &b->kinds);
}

static int compare_kinds(const void *left, const void *right)
{
    const gops_layer *a = *(gops_layer *const *)left, *b = *(gops_layer *const *)right;
    return gops_scope_compare(&a->kinds, &b->kinds);
}

/* Gives the layers, which come sorted by kinds, their numbers; those of equal kinds the same. */
static void number_scopes(compiler *c, gops_layer **layers, size_t count, gops_scopes *out)
{
    gops_scope *globs = take(c, c->arena, count, sizeof *globs);
    gops_scope *kinds = take(c, c->arena, count, sizeof *kinds);
    if (!globs || !kinds)
        return;
    *out = (gops_scopes){globs, kinds, 0, 0};
    for (size_t i = 0; i < count; i++) {
        gops_layer *layer = layers[i];
        if (layer->kinds.length == 0)
            continue;
        int is_glob = gops_scope_is_glob(&layer->kinds);
        if (i > 0 && compare_kinds(&layers[i - 1], &layers[i]) == 0) {
            layer->scope = layers[i - 1]->scope;
        } else if (is_glob && out->glob_count == GOPS_SCOPE_GLOBS) {
            c->status = GITOPS_ELIMIT;
        } else if (is_glob) {
            globs[out->glob_count] = layer->kinds;
            layer->scope = ++out->glob_count;
        } else {
            kinds[out->kind_count] = layer->kinds;
            layer->scope = (uint16_t)(GOPS_SCOPE_GLOBS + ++out->kind_count);
        }
    }
}

static size_t count_layers(const gops_layer *layer)
{
    size_t count = 0;
    for (; layer; layer = layer->next)
        count++;
    return count;
}

/* The roots of all layers, in the order in which they decide. */
static pattern_set root_set(compiler *c, gops_patterns *patterns, gops_scopes *scopes)
{
    size_t count = count_layers(patterns->layers), i = 0;
    pattern_set set = {take(c, c->scratch, count, sizeof *set.nodes), 0};
    gops_layer **layers = take(c, c->scratch, count, sizeof *layers);
    if (!set.nodes || !layers)
        return set;
    for (gops_layer *layer = patterns->layers; layer; layer = layer->next)
        layers[i++] = layer;
    if (count > 1)
        qsort(layers, count, sizeof *layers, compare_kinds);
    number_scopes(c, layers, count, scopes);
    if (count > 1)
        qsort(layers, count, sizeof *layers, compare_layers);
    for (i = 0; i < count; i++)
        set.nodes[set.count++] = layers[i]->root;
    return set;
}

int gops_patterns_compile(gops_patterns *patterns, gops_rules *out, gitops_error *err)
{
    compiler c = {patterns->arena, &patterns->scratch, GOPS_PATTERN_WORK, 0};
    memset(out, 0, sizeof *out);
    out->layers = patterns->layers;
    if (!patterns->layers)
        return 0;
    pattern_set set = root_set(&c, patterns, &out->scopes);
    if (c.status == GITOPS_ELIMIT)
        return gops_fail(err, GITOPS_ELIMIT, "a schema has at most %d kinds with \"*\"",
                         GOPS_SCOPE_GLOBS);
    out->root = compile_set(&c, set);
    if (c.status == GITOPS_ENOMEM)
        return gops_fail_memory(err);
    if (c.status == GITOPS_ELIMIT)
        return gops_fail(err, GITOPS_ELIMIT, "path patterns with \"*\" overlap in too many ways");
    return 0;
}
