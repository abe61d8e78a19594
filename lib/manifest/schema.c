/*
 * schema: a counted handle on built-in types or on compiled path rules, and the walk over it. A
 * place is filled from the node of the built-in type there and from the state of the rules there;
 * ignored, sensitive and immutable go down to everything below.
 */
#include "manifest/schema.h"

#include <string.h>

#include "base/refcount.h"
#include "manifest/schema_file.h"
#include "manifest/schema_kubernetes.h"
#include "manifest/schema_rules.h"

struct gitops_schema {
    gops_refcount references;
    gitops_context *context;
    gops_arena arena;
    int null_absent;
    const gops_kubernetes_key_set *key_sets; /* of the built-in types; NULL: they do not apply */
    const gops_rule_state *rules;            /* of a schema file; NULL: none */
};

static gitops_schema *new_schema(gitops_context *context)
{
    gitops_schema *schema = gops_calloc(context, 1, sizeof *schema);
    if (!schema)
        return NULL;
    gops_refcount_init(&schema->references);
    schema->context = gops_context_ref(context);
    gops_arena_init(&schema->arena, context, 0);
    return schema;
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
    gitops_schema *schema = new_schema(context);
    if (!schema)
        return gops_fail_memory(err);
    if (builtin == GITOPS_SCHEMA_KUBERNETES) {
        schema->null_absent = 1;
        schema->key_sets = gops_kubernetes_key_sets(&schema->arena);
        if (!schema->key_sets) {
            gitops_schema_free(schema);
            return gops_fail_memory(err);
        }
    }
    *out = schema;
    return 0;
}

int gitops_schema_parse(gitops_schema **out, gitops_context *context,
                        const gitops_document *document, gitops_error *err)
{
    if (!out)
        return gops_fail(err, GITOPS_EINVAL, "schema: out is NULL");
    *out = NULL;
    if (!context || !document)
        return gops_fail(err, GITOPS_EINVAL, "schema: context or document is NULL");
    gitops_schema *schema = new_schema(context);
    if (!schema)
        return gops_fail_memory(err);
    gops_schema_file file;
    int status =
        gops_schema_file_read(&file, context, &schema->arena, gitops_document_root(document), err);
    if (status < 0) {
        gitops_schema_free(schema);
        return status;
    }
    schema->null_absent = file.null_absent;
    schema->rules = file.rules;
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
    gops_arena_free(&schema->arena);
    gops_free(context, schema);
    gitops_context_free(context);
}

int gops_schema_null_is_absent(const gitops_schema *schema)
{
    return schema->null_absent;
}

static void apply_node(gops_schema_place *place, const gops_kubernetes_node *node, uint8_t *flags)
{
    place->list = node->list;
    place->map = node->map;
    place->scalar = node->scalar;
    *flags |= node->flags;
    if (node->keys) {
        const gops_kubernetes_key_set *set = &place->schema->key_sets[node->keys];
        place->tuples = set->tuples;
        place->tuple_count = set->tuple_count;
    }
}

static void apply_rule(gops_schema_place *place, const gops_rule *rule, uint8_t *flags)
{
    *flags |= rule->flags;
    if (rule->has_map)
        place->map = rule->map;
    if (rule->has_list) {
        place->list = rule->list;
        place->tuples = rule->tuples;
        place->tuple_count = rule->tuple_count;
    }
}

/* parent: what holds for everything below it goes on; NULL at the root. May be the same as out. */
static void fill_place(gops_schema_place *out, const gitops_schema *schema,
                       const gops_schema_place *parent, const gops_kubernetes_node *node,
                       const gops_rule_state *state)
{
    gops_schema_place place = {.schema = schema, .type = node, .rules = state};
    uint8_t flags = 0;
    if (node)
        apply_node(&place, node, &flags);
    if (state)
        apply_rule(&place, &state->rule, &flags);
    place.omit_empty = (flags & GOPS_RULE_OMIT_EMPTY) != 0;
    place.defaulted = (flags & GOPS_RULE_DEFAULTED) != 0;
    place.ignored = (flags & GOPS_RULE_IGNORED) || (parent && parent->ignored);
    place.sensitive = (flags & GOPS_RULE_SENSITIVE) || (parent && parent->sensitive);
    place.immutable = (flags & GOPS_RULE_IMMUTABLE) || (parent && parent->immutable);
    *out = place;
}

void gops_schema_root(const gitops_schema *schema, const gitops_value *document,
                      gops_schema_place *out)
{
    const gops_kubernetes_node *node = schema->key_sets ? gops_kubernetes_root(document) : NULL;
    fill_place(out, schema, NULL, node, schema->rules);
}

void gops_schema_member(const gops_schema_place *parent, const char *key, size_t length,
                        gops_schema_place *out)
{
    const gops_kubernetes_node *node =
        parent->type ? gops_kubernetes_member(parent->type, key, length) : NULL;
    fill_place(out, parent->schema, parent, node,
               gops_rule_state_member(parent->rules, key, length));
}

void gops_schema_element(const gops_schema_place *parent, size_t i, gops_schema_place *out)
{
    const gops_kubernetes_node *node = parent->type ? gops_kubernetes_element(parent->type) : NULL;
    fill_place(out, parent->schema, parent, node, gops_rule_state_element(parent->rules, i));
}
