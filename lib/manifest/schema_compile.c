/*
 * schema_compile: makes a deterministic automaton of path patterns.
 *
 * A path can follow several branches of the trees at once: of several layers, by its own segment
 * and by those that stand for many. So a state stands for a set of tree nodes, the first to decide
 * first; sets with the same nodes are one state, and those that are new wait in a queue. Patterns
 * made to multiply meet a limit.
 */
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "manifest/schema_patterns.h"

/* A set of nodes, the first to decide first. */
typedef struct pattern_set {
    gops_pattern **nodes;
    size_t count;
    gops_rule_state *state;
} pattern_set;

/* A child of the set's node number from, or that node itself by "**". */
typedef struct branch {
    gops_pattern *child;
    size_t from;
} branch;

typedef struct branches {
    branch *list;
    size_t count;
} branches;

/* Where a set leads: by each name, by any, and by each of the tests with the answer supposed. */
typedef struct ways {
    branches names, wild;
    branches *tests;
    uint8_t *answers;
    size_t test_count;
} ways;

typedef struct compiler {
    gitops_context *context;
    gops_arena *arena, *scratch;
    gops_intern known; /* sets by their nodes */
    pattern_set *sets; /* by number, from 1; those behind the one at work are the queue */
    size_t set_count, set_capacity;
    size_t made; /* sets put together so far, also known ones */
    size_t work; /* left */
    int status;  /* 0, GITOPS_ENOMEM or GITOPS_ELIMIT */
} compiler;

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

static int is_set(const void *owner, uint32_t number, const void *wanted)
{
    const pattern_set *own = &((const compiler *)owner)->sets[number - 1], *other = wanted;
    return own->count == other->count &&
           memcmp(own->nodes, other->nodes, own->count * sizeof *own->nodes) == 0;
}

/* The state of a set, to be filled when it is new. NULL when the status is set. */
static const gops_rule_state *state_of(compiler *c, pattern_set set)
{
    if (c->status < 0)
        return NULL;
    uint64_t hash = gops_hash64(set.nodes, set.count * sizeof *set.nodes);
    uint32_t number = gops_intern_find(&c->known, hash, is_set, c, &set);
    if (number)
        return c->sets[number - 1].state;
    set.state = take(c, c->arena, 1, sizeof *set.state);
    if (!set.state)
        return NULL;
    memset(set.state, 0, sizeof *set.state);
    if (gops_grow(c->context, &c->sets, &c->set_capacity, c->set_count + 1, sizeof *c->sets) < 0 ||
        gops_intern_add(&c->known, hash, (uint32_t)c->set_count + 1) < 0) {
        c->status = GITOPS_ENOMEM;
        return NULL;
    }
    c->sets[c->set_count++] = set;
    return set.state;
}

/* By kind and text: what is one way comes together. */
static int compare_children(const void *left, const void *right)
{
    const branch *a = left, *b = right;
    if (a->child->kind != b->child->kind)
        return a->child->kind < b->child->kind ? -1 : 1;
    int order =
        gops_key_compare(a->child->segment, a->child->length, b->child->segment, b->child->length);
    return order ? order : (a->from > b->from) - (a->from < b->from);
}

/* By what decides first. */
static int compare_branches(const void *left, const void *right)
{
    const branch *a = left, *b = right;
    return a->from != b->from ? (a->from < b->from ? -1 : 1) : compare_children(left, right);
}

/* All children of a set by names and tests, in the order of ways. */
static branches collect_children(compiler *c, const pattern_set *set)
{
    branches children = {NULL, 0};
    size_t total = 0;
    for (size_t i = 0; i < set->count; i++)
        for (const gops_pattern *child = set->nodes[i]->children; child; child = child->next)
            total++;
    children.list = take(c, c->scratch, total, sizeof *children.list);
    if (!children.list)
        return children;
    for (size_t i = 0; i < set->count; i++)
        for (gops_pattern *child = set->nodes[i]->children; child; child = child->next)
            children.list[children.count++] = (branch){child, i};
    if (children.count > 1)
        qsort(children.list, children.count, sizeof *children.list, compare_children);
    return children;
}

/* Those of the first way; children is left with the rest. */
static branches take_way(branches *children)
{
    branches same = {children->list, 1};
    const gops_pattern *first = same.list->child;
    while (same.count < children->count && first->kind == same.list[same.count].child->kind &&
           gops_key_compare(first->segment, first->length, same.list[same.count].child->segment,
                            same.list[same.count].child->length) == 0)
        same.count++;
    children->list += same.count;
    children->count -= same.count;
    return same;
}

/* Where any segment leads: by "*", and to nodes by "**" themselves. */
static branches collect_wild(compiler *c, const pattern_set *set)
{
    branches wild = {take(c, c->scratch, 2 * set->count, sizeof *wild.list), 0};
    for (size_t i = 0; wild.list && i < set->count; i++) {
        gops_pattern *node = set->nodes[i];
        if (node->any)
            wild.list[wild.count++] = (branch){node->any, i};
        if (node->kind == GOPS_SEGMENT_DEEP)
            wild.list[wild.count++] = (branch){node, i};
    }
    return wild;
}

static ways find_ways(compiler *c, pattern_set set)
{
    ways found = {.names = collect_children(c, &set), .wild = collect_wild(c, &set)};
    branches rest = found.names;
    while (rest.count && rest.list->child->kind == GOPS_SEGMENT_NAME) {
        rest.list++;
        rest.count--;
    }
    found.names.count -= rest.count;
    found.tests = take(c, c->scratch, rest.count, sizeof *found.tests);
    found.answers = take(c, c->scratch, rest.count, sizeof *found.answers);
    while (found.tests && found.answers && rest.count)
        found.tests[found.test_count++] = take_way(&rest);
    if (found.test_count > GOPS_PATTERN_TESTS)
        c->status = GITOPS_ELIMIT;
    return found;
}

/* Puts a node into a set, where it is not, and what its "**" stands for when it stands for none. */
static void put_node(pattern_set *set, gops_pattern *node, size_t number)
{
    for (; node && node->set != number; node = node->deep) {
        node->set = number;
        set->nodes[set->count++] = node;
    }
}

static void put_branches(branches *to, branches from)
{
    if (from.count)
        memcpy(to->list + to->count, from.list, from.count * sizeof *from.list);
    to->count += from.count;
}

/* All that one segment leads to, by what decides first. */
static branches gather(compiler *c, const ways *w, branches names)
{
    size_t total = names.count + w->wild.count;
    for (size_t t = 0; t < w->test_count; t++)
        total += w->answers[t] ? w->tests[t].count : 0;
    branches all = {take(c, c->scratch, total, sizeof *all.list), 0};
    if (!all.list)
        return all;
    put_branches(&all, names);
    for (size_t t = 0; t < w->test_count; t++)
        if (w->answers[t])
            put_branches(&all, w->tests[t]);
    put_branches(&all, w->wild);
    if (all.count > 1)
        qsort(all.list, all.count, sizeof *all.list, compare_branches);
    return all;
}

/* The state after one segment: one of these names, or none that is known; NULL: no rule below. */
static const gops_rule_state *compile_next(compiler *c, const ways *w, branches names)
{
    branches all = gather(c, w, names);
    pattern_set next = {take(c, c->scratch, 2 * all.count, sizeof *next.nodes), 0, NULL};
    if (!next.nodes || all.count == 0)
        return NULL;
    c->made++;
    for (size_t i = 0; i < all.count; i++)
        put_node(&next, all.list[i].child, c->made);
    return state_of(c, next);
}

static void compile_steps(compiler *c, const ways *w, gops_rule_turn *turn)
{
    branches names = w->names, none = {NULL, 0};
    gops_rule_step *steps = take(c, c->arena, names.count, sizeof *steps);
    if (!steps)
        return;
    turn->other = compile_next(c, w, none);
    turn->steps = steps;
    while (names.count && c->status == 0) {
        gops_rule_step *step = &steps[turn->step_count++];
        step->segment = names.list->child->segment;
        step->length = names.list->child->length;
        step->next = compile_next(c, w, take_way(&names));
    }
}

static const gops_segment_test *test_of(const ways *w, size_t t)
{
    return w->tests[t].list->child->test;
}

/* 1 when the answers so far leave only one for test t. */
static int is_excluded(const ways *w, size_t t)
{
    for (size_t i = 0; i < t; i++)
        if (w->answers[i] && gops_segment_excludes(test_of(w, i), test_of(w, t)))
            return 1;
    return 0;
}

/* The tests from t on, then the names. Recursion ends with the tests of one place. */
static void compile_turn(compiler *c, ways *w, size_t t, gops_rule_turn *turn)
{
    for (; t < w->test_count && is_excluded(w, t); t++)
        w->answers[t] = 0;
    if (c->status < 0)
        return;
    if (t == w->test_count) {
        compile_steps(c, w, turn);
        return;
    }
    gops_rule_turn *next = take(c, c->arena, 2, sizeof *next);
    if (!next)
        return;
    memset(next, 0, 2 * sizeof *next);
    turn->test = test_of(w, t);
    turn->yes = &next[1];
    turn->no = &next[0];
    for (uint8_t answer = 0; answer < 2; answer++) {
        w->answers[t] = answer;
        compile_turn(c, w, t + 1, &next[answer]);
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

/* Fills the state of a set. */
static void compile_set(compiler *c, pattern_set set)
{
    ways w = find_ways(c, set);
    compile_rules(c, set.state, set);
    for (size_t t = 0; t < w.test_count; t++)
        set.state->names_elements |= test_of(&w, t)->keys != NULL;
    compile_turn(c, &w, 0, &set.state->turn);
}

/* The state of the root set, and in the end of all that can be reached from it. */
static const gops_rule_state *compile_all(compiler *c, pattern_set root)
{
    const gops_rule_state *state = state_of(c, root);
    for (size_t i = 0; i < c->set_count && c->status == 0; i++)
        compile_set(c, c->sets[i]);
    return state;
}

/* Layers in the order in which they decide. */
static int compare_layers(const void *left, const void *right)
{
    const gops_layer *a = *(gops_layer *const *)left, *b = *(gops_layer *const *)right;
    if (a->rank != b->rank)
        return a->rank < b->rank ? -1 : 1;
    return gops_selector_compare(&a->selector, &b->selector);
}

static int compare_selectors(const void *left, const void *right)
{
    const gops_layer *a = *(gops_layer *const *)left, *b = *(gops_layer *const *)right;
    return gops_selector_compare(&a->selector, &b->selector);
}

/* Gives the layers, which come sorted, their numbers; those for the same documents the same. */
static void number_scopes(compiler *c, gops_layer **layers, size_t count, gops_scopes *out)
{
    gops_selector *globs = take(c, c->arena, count, sizeof *globs);
    gops_scope *kinds = take(c, c->arena, count, sizeof *kinds);
    if (!globs || !kinds)
        return;
    *out = (gops_scopes){globs, kinds, 0, 0};
    for (size_t i = 0; i < count; i++) {
        gops_layer *layer = layers[i];
        const gops_selector *selector = &layer->selector;
        if (gops_selector_is_open(selector))
            continue;
        int is_glob = gops_selector_chooses(selector) || gops_scope_is_glob(&selector->kinds);
        if (i > 0 && compare_selectors(&layers[i - 1], &layers[i]) == 0) {
            layer->scope = layers[i - 1]->scope;
        } else if (is_glob && out->glob_count == GOPS_SCOPE_GLOBS) {
            c->status = GITOPS_ELIMIT;
        } else if (is_glob) {
            globs[out->glob_count] = *selector;
            layer->scope = ++out->glob_count;
        } else {
            kinds[out->kind_count] = selector->kinds;
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
    pattern_set set = {take(c, c->scratch, 2 * count, sizeof *set.nodes), 0, NULL};
    gops_layer **layers = take(c, c->scratch, count, sizeof *layers);
    if (!set.nodes || !layers)
        return set;
    for (gops_layer *layer = patterns->layers; layer; layer = layer->next)
        layers[i++] = layer;
    if (count > 1)
        qsort(layers, count, sizeof *layers, compare_selectors);
    number_scopes(c, layers, count, scopes);
    if (count > 1)
        qsort(layers, count, sizeof *layers, compare_layers);
    c->made++;
    for (i = 0; i < count; i++)
        put_node(&set, layers[i]->root, c->made);
    return set;
}

int gops_patterns_compile(gops_patterns *patterns, gops_rules *out, gitops_error *err)
{
    compiler c = {.context = patterns->context, .arena = patterns->arena,
                  .scratch = &patterns->scratch, .work = GOPS_PATTERN_WORK};
    memset(out, 0, sizeof *out);
    out->layers = patterns->layers;
    for (const gops_layer *layer = patterns->layers; layer; layer = layer->next)
        out->has_managers |= layer->managers != NULL;
    if (!patterns->layers)
        return 0;
    pattern_set set = root_set(&c, patterns, &out->scopes);
    if (c.status == GITOPS_ELIMIT)
        return gops_fail(err, GITOPS_ELIMIT,
                         "a schema has at most %d kinds with \"*\" and choices of objects",
                         GOPS_SCOPE_GLOBS);
    gops_intern_init(&c.known, c.context);
    out->root = compile_all(&c, set);
    gops_intern_release(&c.known);
    gops_free(c.context, c.sets);
    if (c.status == GITOPS_ENOMEM)
        return gops_fail_memory(err);
    if (c.status == GITOPS_ELIMIT)
        return gops_fail(err, GITOPS_ELIMIT, "path patterns with \"*\" overlap in too many ways");
    return 0;
}
