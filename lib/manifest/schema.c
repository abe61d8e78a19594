/*
 * schema: a counted handle on graphs of kinds and on compiled path rules, and the walk over them. A
 * place is filled from the node of the type there and from the state of the rules there; ignored,
 * sensitive, immutable and the policy go down to everything below.
 */
#include "manifest/schema.h"

#include <string.h>

#include "manifest/fields.h"
#include "manifest/schema_handle.h"
#include "manifest/schema_kubernetes.h"

gitops_schema *gops_schema_alloc(gitops_context *context)
{
    gitops_schema *schema = gops_calloc(context, 1, sizeof *schema);
    if (!schema)
        return NULL;
    gops_refcount_init(&schema->references);
    schema->context = gops_context_ref(context);
    gops_arena_init(&schema->arena, context, 0);
    return schema;
}

static int add_kubernetes(gitops_schema *schema)
{
    const gops_schema_graph **graphs = gops_arena_alloc(&schema->arena, sizeof *graphs);
    if (!graphs || !(*graphs = gops_kubernetes_graph(&schema->arena)))
        return GITOPS_ENOMEM;
    schema->graphs = graphs;
    schema->graph_count = 1;
    return 0;
}

int gitops_schema_new(gitops_schema **out, gitops_context *context, int32_t builtin,
                      gitops_error *err)
{
    if (!out)
        return gops_fail(err, GITOPS_EINVAL, "schema: out is NULL");
    *out = NULL;
    if (!context)
        return gops_fail(err, GITOPS_EINVAL, "schema: context is NULL");
    if (builtin != GITOPS_SCHEMA_NONE && builtin != GITOPS_SCHEMA_KUBERNETES)
        return gops_fail(err, GITOPS_EINVAL, "schema: there is no built-in schema %d",
                         (int)builtin);
    gitops_schema *schema = gops_schema_alloc(context);
    if (!schema)
        return gops_fail_memory(err);
    schema->null_policy = builtin == GITOPS_SCHEMA_NONE ? GITOPS_NULL_VALUE : GITOPS_NULL_ABSENT;
    if (builtin == GITOPS_SCHEMA_KUBERNETES && add_kubernetes(schema) < 0) {
        gitops_schema_free(schema);
        return gops_fail_memory(err);
    }
    *out = schema;
    return 0;
}

gitops_schema *gitops_schema_ref(gitops_schema *schema)
{
    gops_refcount_take(&schema->references);
    return schema;
}

void gitops_schema_free(gitops_schema *schema)
{
    if (!schema || !gops_refcount_drop(&schema->references))
        return;
    gitops_context *context = schema->context;
    for (size_t i = 0; i < schema->part_count; i++)
        gitops_schema_free(schema->parts[i]);
    gops_arena_free(&schema->arena);
    gops_free(context, schema);
    gitops_context_free(context);
}

int gops_schema_null_is_absent(const gitops_schema *schema)
{
    return schema->null_policy == GITOPS_NULL_ABSENT;
}

/* The type of a kind: of the first graph that lists it. */
static const gops_schema_node *find_type(const gitops_schema *schema, const gitops_value *object,
                                         const gops_schema_graph **graph)
{
    gops_kind_name name;
    if (!gops_kind_name_read(&name, object))
        return NULL;
    for (size_t i = 0; i < schema->graph_count; i++) {
        const gops_schema_kind *kind = gops_graph_find(schema->graphs[i], &name);
        if (!kind)
            continue;
        *graph = schema->graphs[i];
        return gops_graph_node(*graph, kind->node);
    }
    return NULL;
}

static void apply_node(gops_schema_place *place, const gops_schema_node *node, uint8_t *flags)
{
    place->list = node->list;
    place->map = node->map;
    place->scalar = node->scalar;
    *flags |= node->flags;
    if (node->keys) {
        const gops_key_set *set = &((const gops_schema_graph *)place->graph)->key_sets[node->keys];
        place->tuples = set->tuples;
        place->tuple_count = set->tuple_count;
    }
}

static void apply_rules(gops_schema_place *place, const gops_rule_state *state, uint8_t *flags)
{
    gops_rule sum = {0};
    for (uint32_t i = 0; i < state->rule_count; i++)
        if (gops_rule_holds(&state->rules[i], place->globs, place->kind))
            gops_rule_add(&sum, &state->rules[i]);
    *flags |= sum.flags;
    gops_policy_set(&place->policy, sum.policy);
    if (sum.has_map)
        place->map = sum.map;
    if (sum.has_scalar)
        place->scalar = sum.scalar;
    if (sum.has_list) {
        place->list = sum.list;
        place->tuples = sum.tuples;
        place->tuple_count = sum.tuple_count;
    }
}

/* How the server merges a list, which a rule may see otherwise. */
static uint8_t patch_merges(const gops_schema_place *place)
{
    gops_schema_place own = {.graph = place->graph};
    uint8_t flags = 0;
    apply_node(&own, place->type, &flags);
    int alike = own.list == place->list && own.tuples == place->tuples &&
                (own.list == GOPS_LIST_MAP || own.list == GOPS_LIST_SET);
    return alike ? GOPS_PATCH_MERGES : GOPS_PATCH_MERGES_UNLIKE;
}

/* Adds what type and rules of the place say to what it has from above. */
static void fill_place(gops_schema_place *place)
{
    uint8_t flags = 0, ruled = 0;
    if (place->type)
        apply_node(place, place->type, &flags);
    flags &= (uint8_t)~place->dropped;
    if (flags & GOPS_RULE_IGNORED)
        place->ignored |= GOPS_IGNORED_READ_ONLY;
    if (place->rules)
        apply_rules(place, place->rules, &ruled);
    if (ruled & GOPS_RULE_IGNORED)
        place->ignored |= GOPS_IGNORED_BY_RULE;
    flags |= ruled;
    place->omit_empty = (flags & GOPS_RULE_OMIT_EMPTY) != 0;
    place->defaulted = (flags & GOPS_RULE_DEFAULTED) != 0;
    place->sensitive |= (flags & GOPS_RULE_SENSITIVE) != 0;
    place->immutable |= (flags & GOPS_RULE_IMMUTABLE) != 0;
    if (flags & GOPS_NODE_PATCH_MERGES)
        place->patch_merges = patch_merges(place);
    place->patch_whole = (flags & GOPS_NODE_PATCH_WHOLE) != 0;
}

void gops_schema_root(const gitops_schema *schema, const gitops_value *document,
                      gops_schema_place *out)
{
    gops_schema_place place = {.schema = schema, .rules = schema->rules.root};
    if (schema->graph_count) {
        const gops_schema_graph *graph = schema->graphs[0];
        const gops_schema_node *type = find_type(schema, document, &graph);
        place.type = type ? type : gops_graph_node(graph, GOPS_NODE_CUSTOM);
        place.graph = graph;
    }
    if (schema->rules.root) {
        gops_scope_match match = gops_scopes_match(&schema->rules.scopes, document);
        place.globs = match.globs;
        place.kind = match.kind;
    }
    fill_place(&place);
    *out = place;
}

/*
 * An object within another one: where its kind is known, that is its type. What a server does to
 * fields of an object of its own it does not do here, but what its definition says holds.
 */
static void embed(gops_schema_place *place, const gitops_value *object)
{
    const gops_schema_graph *graph = place->graph;
    const gops_schema_node *type = find_type(place->schema, object, &graph);
    place->dropped |= GOPS_RULE_IGNORED;
    if (!type)
        return;
    place->type = type;
    place->graph = graph;
    place->dropped |= GOPS_RULE_IMMUTABLE;
}

/* One step down from parent, which may be the same as out. */
static inline void step(const gops_schema_place *parent, const gops_schema_node *node,
                        const gops_rule_state *state, const gops_field *field,
                        const gitops_value *value, gops_schema_place *out)
{
    gops_schema_place place = {.schema = parent->schema,
                               .graph = parent->graph,
                               .type = node,
                               .rules = state,
                               .field = field,
                               .ignored = parent->ignored,
                               .sensitive = parent->sensitive,
                               .immutable = parent->immutable,
                               .policy = parent->policy,
                               .dropped = parent->dropped,
                               .kind = parent->kind,
                               .globs = parent->globs};
    if (node && (node->flags & GOPS_NODE_EMBEDDED))
        embed(&place, value);
    if (place.type || state)
        fill_place(&place);
    if (field && field->ignored)
        place.ignored |= GOPS_IGNORED_OF_MANAGER;
    *out = place;
}

/* What belongs to a manager whole is its down to the leaves. */
static const gops_field *field_below(const gops_field *field, const gops_field *below)
{
    return field->is_whole ? field : below;
}

void gops_schema_member(const gops_schema_place *parent, const char *key, size_t length,
                        const gitops_value *value, gops_schema_place *out)
{
    const gops_schema_node *node = parent->type;
    const gops_rule_state *state = parent->rules;
    if (node)
        node = gops_graph_member(parent->graph, node, key, length);
    if (state)
        state = gops_rule_state_member(state, key, length);
    const gops_field *field = parent->field;
    if (field)
        field = field_below(field, gops_field_member(field, key, length));
    step(parent, node, state, field, value, out);
}

void gops_schema_element(const gops_schema_place *parent, size_t i, const gitops_value *value,
                         gops_schema_place *out)
{
    const gops_schema_node *node = parent->type;
    const gops_rule_state *state = parent->rules;
    if (node)
        node = gops_graph_node(parent->graph, node->each);
    if (state)
        state = gops_rule_state_element(state, i, value, parent);
    const gops_field *field = parent->field;
    if (field)
        field = field_below(field, gops_field_element(field, i, value, parent));
    step(parent, node, state, field, value, out);
}

int gops_schema_elements_are_alike(const gops_schema_place *place)
{
    const gops_schema_node *node = place->type;
    const gops_rule_state *state = place->rules;
    if (node)
        node = gops_graph_node(place->graph, node->each);
    return !place->field && !(node && node->flags & GOPS_NODE_EMBEDDED) &&
           !(state && (state->turn.test || state->turn.step_count));
}

int gops_schema_is_builtin(const gops_schema_place *root)
{
    const gops_schema_graph *graph = root->graph;
    return graph && graph->nodes == gops_kubernetes_nodes &&
           root->type != gops_graph_node(graph, GOPS_NODE_CUSTOM);
}

int gops_schema_has_managers(const gitops_schema *schema)
{
    return schema->rules.has_managers;
}

int gops_schema_ignores_manager(const gops_schema_place *root, const char *name, size_t length)
{
    for (const gops_layer *layer = root->schema->rules.layers; layer; layer = layer->next) {
        gops_rule scope = {.scope = layer->scope};
        if (!gops_rule_holds(&scope, root->globs, root->kind))
            continue;
        for (const gops_manager *manager = layer->managers; manager; manager = manager->next)
            if (gops_scope_matches(&manager->name, name, length))
                return 1;
    }
    return 0;
}

int gops_schema_names_elements(const gops_schema_place *place)
{
    const gops_rule_state *state = place->rules;
    return state && state->names_elements;
}

const void *gops_schema_element_name(const gops_schema_place *place, size_t i,
                                     const gitops_value *value)
{
    return gops_schema_names_elements(place) ? gops_rule_state_name(place->rules, i, value, place)
                                             : NULL;
}
