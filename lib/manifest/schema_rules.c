/*
 * schema_rules: path patterns as a deterministic automaton.
 *
 * Patterns are put into a tree of segments. A path can follow several branches of it at once, by
 * its own segment and by "*", so a state stands for a set of tree nodes, the most specific first. A
 * set of one node is compiled once and remembered at the node, which keeps the number of states
 * near the number of segments. Patterns made to multiply meet a limit.
 */
#include "manifest/schema_rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A node of the tree: the patterns that start with one row of segments. */
struct gops_pattern {
    const char *segment; /* unescaped */
    size_t length;
    gops_pattern *children; /* by literal segments, in no order */
    gops_pattern *next;     /* sibling */
    gops_pattern *any;      /* child by "*" */
    gops_rule rule;
    const gops_rule_state *state; /* of the set that holds just this node */
};

const gops_rule_state *gops_rule_state_member(const gops_rule_state *state, const char *key,
                                              size_t length)
{
    if (!state)
        return NULL;
    size_t low = 0, high = state->step_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const gops_rule_step *step = &state->steps[middle];
        int order = gops_key_compare(key, length, step->segment, step->length);
        if (order == 0)
            return step->next;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return state->other;
}

const gops_rule_state *gops_rule_state_element(const gops_rule_state *state, size_t i)
{
    char index[24];
    if (!state || state->step_count == 0)
        return state ? state->other : NULL;
    int length = snprintf(index, sizeof index, "%zu", i);
    return gops_rule_state_member(state, index, (size_t)length);
}

static gops_pattern *new_pattern(gops_patterns *patterns, const char *segment, size_t length)
{
    gops_pattern *pattern = gops_arena_alloc(&patterns->scratch, sizeof *pattern);
    if (pattern) {
        memset(pattern, 0, sizeof *pattern);
        pattern->segment = segment;
        pattern->length = length;
    }
    return pattern;
}

int gops_patterns_init(gops_patterns *patterns, gitops_context *context, gops_arena *arena)
{
    patterns->arena = arena;
    patterns->count = 0;
    gops_arena_init(&patterns->scratch, context, 0);
    patterns->root = new_pattern(patterns, "", 0);
    return patterns->root ? 0 : GITOPS_ENOMEM;
}

void gops_patterns_release(gops_patterns *patterns)
{
    gops_arena_free(&patterns->scratch);
}

static gops_pattern *find_child(const gops_pattern *parent, const char *segment, size_t length)
{
    gops_pattern *child = parent->children;
    while (child && gops_key_compare(child->segment, child->length, segment, length) != 0)
        child = child->next;
    return child;
}

/* The child for a segment, made if it is not there; NULL: no memory. */
static gops_pattern *take_child(gops_patterns *patterns, gops_pattern *parent, const char *segment,
                                size_t length, int any)
{
    gops_pattern *child = any ? parent->any : find_child(parent, segment, length);
    if (child)
        return child;
    child = new_pattern(patterns, segment, length);
    if (!child)
        return NULL;
    if (any) {
        parent->any = child;
    } else {
        child->next = parent->children;
        parent->children = child;
    }
    return child;
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

static int fail_pattern(gitops_error *err, int code, const gitops_value *at, const char *message)
{
    return gops_fail_at(err, code, NULL, at->line, at->column, "%s", message);
}

static int check_pattern(const gops_patterns *patterns, const char *text, size_t length,
                         const gitops_value *at, gitops_error *err)
{
    size_t segments = 0;
    if (length && text[0] != '/')
        return fail_pattern(err, GITOPS_EPARSE, at, "a path pattern is empty or starts with \"/\"");
    if (patterns->count >= GOPS_PATTERN_COUNT)
        return gops_fail_at(err, GITOPS_ELIMIT, NULL, at->line, at->column,
                            "a schema has at most %d path patterns", GOPS_PATTERN_COUNT);
    for (size_t i = 0; i < length; i++)
        segments += text[i] == '/';
    if (segments > GOPS_PATTERN_SEGMENTS)
        return gops_fail_at(err, GITOPS_ELIMIT, NULL, at->line, at->column,
                            "a path pattern has at most %d segments", GOPS_PATTERN_SEGMENTS);
    return 0;
}

int gops_patterns_add(gops_patterns *patterns, const char *text, size_t length,
                      const gitops_value *at, gops_rule **out, gitops_error *err)
{
    int status = check_pattern(patterns, text, length, at, err);
    if (status < 0)
        return status;
    char *copy = gops_arena_strndup(patterns->arena, text, length);
    if (!copy)
        return gops_fail_memory(err);
    gops_pattern *pattern = patterns->root;
    for (char *p = copy, *end = copy + length; p < end;) {
        char *segment = p + 1;
        char *slash = memchr(segment, '/', (size_t)(end - segment));
        p = slash ? slash : end;
        int any = p - segment == 1 && *segment == '*';
        size_t used = unescape(segment, (size_t)(p - segment));
        if (used == (size_t)-1)
            return fail_pattern(err, GITOPS_EPARSE, at,
                                "in a path pattern \"~\" is written \"~0\" and \"/\" in a name "
                                "\"~1\"");
        pattern = take_child(patterns, pattern, segment, used, any);
        if (!pattern)
            return gops_fail_memory(err);
    }
    patterns->count++;
    *out = &pattern->rule;
    return 0;
}

/* A set of nodes, the most specific first. */
typedef struct pattern_set {
    gops_pattern **nodes;
    size_t count;
} pattern_set;

/* A literal child of the set's node number from. */
typedef struct branch {
    gops_pattern *child;
    size_t from;
} branch;

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

static void add_rule(gops_rule *sum, const gops_rule *rule)
{
    sum->flags |= rule->flags;
    if (!sum->has_list && rule->has_list) {
        sum->has_list = 1;
        sum->list = rule->list;
        sum->tuples = rule->tuples;
        sum->tuple_count = rule->tuple_count;
    }
    if (!sum->has_map && rule->has_map) {
        sum->has_map = 1;
        sum->map = rule->map;
    }
}

static int compare_branches(const void *left, const void *right)
{
    const branch *a = left, *b = right;
    int order =
        gops_key_compare(a->child->segment, a->child->length, b->child->segment, b->child->length);
    return order ? order : (a->from > b->from) - (a->from < b->from);
}

/* All literal children of a set, by segment, then by precedence. */
static branch *collect_branches(compiler *c, pattern_set set, size_t *count)
{
    size_t used = 0, total = 0;
    for (size_t i = 0; i < set.count; i++)
        for (const gops_pattern *child = set.nodes[i]->children; child; child = child->next)
            total++;
    branch *branches = take(c, c->scratch, total, sizeof *branches);
    *count = 0;
    if (!branches)
        return NULL;
    for (size_t i = 0; i < set.count; i++)
        for (gops_pattern *child = set.nodes[i]->children; child; child = child->next)
            branches[used++] = (branch){child, i};
    if (used > 1)
        qsort(branches, used, sizeof *branches, compare_branches);
    *count = used;
    return branches;
}

/*
 * The state after one segment: from each node the literal child among the branches, which are those
 * of this segment, then the one by "*". No branches: after any segment that no literal names.
 */
static const gops_rule_state *compile_next(compiler *c, pattern_set set, const branch *branches,
                                           size_t count)
{
    pattern_set next = {take(c, c->scratch, 2 * set.count, sizeof *next.nodes), 0};
    if (!next.nodes)
        return NULL;
    for (size_t i = 0; i < set.count; i++) {
        if (count && branches->from == i) {
            next.nodes[next.count++] = branches->child;
            branches++;
            count--;
        }
        if (set.nodes[i]->any)
            next.nodes[next.count++] = set.nodes[i]->any;
    }
    return next.count ? compile_set(c, next) : NULL;
}

/* How many of the branches, from the first one on, are of its segment. */
static size_t same_segment(const branch *branches, size_t count)
{
    const gops_pattern *first = branches->child;
    size_t same = 1;
    while (same < count &&
           gops_key_compare(first->segment, first->length, branches[same].child->segment,
                            branches[same].child->length) == 0)
        same++;
    return same;
}

static void compile_steps(compiler *c, gops_rule_state *state, pattern_set set)
{
    size_t count;
    const branch *branches = collect_branches(c, set, &count);
    gops_rule_step *steps = take(c, c->arena, count, sizeof *steps);
    if (!branches || !steps)
        return;
    state->steps = steps;
    while (count && c->status == 0) {
        size_t same = same_segment(branches, count);
        gops_rule_step *step = &steps[state->step_count++];
        step->segment = branches->child->segment;
        step->length = branches->child->length;
        step->next = compile_next(c, set, branches, same);
        branches += same;
        count -= same;
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
    for (size_t i = 0; i < set.count; i++)
        add_rule(&state->rule, &set.nodes[i]->rule);
    state->other = compile_next(c, set, NULL, 0);
    compile_steps(c, state, set);
    if (set.count == 1)
        set.nodes[0]->state = state;
    return state;
}

int gops_patterns_compile(gops_patterns *patterns, const gops_rule_state **out, gitops_error *err)
{
    compiler c = {patterns->arena, &patterns->scratch, GOPS_PATTERN_WORK, 0};
    *out = compile_set(&c, (pattern_set){&patterns->root, 1});
    if (c.status == GITOPS_ENOMEM)
        return gops_fail_memory(err);
    if (c.status == GITOPS_ELIMIT)
        return gops_fail(err, GITOPS_ELIMIT, "path patterns with \"*\" overlap in too many ways");
    return 0;
}
