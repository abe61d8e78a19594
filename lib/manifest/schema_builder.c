/*
 * schema_builder: what documents and calls say is collected as patterns and as a graph of kinds,
 * and then compiled. The schema itself is there from the start: its arena takes what is to stay.
 */
#include <string.h>

#include "base/options.h"
#include "manifest/schema_define.h"
#include "manifest/schema_file.h"
#include "manifest/schema_handle.h"
#include "manifest/schema_keys.h"

struct gitops_schema_builder {
    gitops_context *context;
    gitops_schema *schema; /* NULL: it was made */
    gops_patterns patterns;
    gops_graph_maker maker;
    int status; /* of the first failure */
};

int gitops_schema_builder_new(gitops_schema_builder **out, gitops_context *context,
                              gitops_error *err)
{
    if (!out)
        return gops_fail(err, GITOPS_EINVAL, "schema builder: out is NULL");
    *out = NULL;
    if (!context)
        return gops_fail(err, GITOPS_EINVAL, "schema builder: context is NULL");
    gitops_schema_builder *builder = gops_calloc(context, 1, sizeof *builder);
    if (!builder)
        return gops_fail_memory(err);
    builder->schema = gops_schema_alloc(context);
    if (!builder->schema) {
        gops_free(context, builder);
        return gops_fail_memory(err);
    }
    builder->context = gops_context_ref(context);
    gops_patterns_init(&builder->patterns, context, &builder->schema->arena);
    gops_graph_maker_init(&builder->maker, context, &builder->schema->arena);
    *out = builder;
    return 0;
}

void gitops_schema_builder_free(gitops_schema_builder *builder)
{
    if (!builder)
        return;
    gitops_context *context = builder->context;
    gops_graph_maker_release(&builder->maker);
    gops_patterns_release(&builder->patterns);
    gitops_schema_free(builder->schema);
    gops_free(context, builder);
    gitops_context_free(context);
}

static int check_builder(const gitops_schema_builder *builder, gitops_error *err)
{
    if (!builder)
        return gops_fail(err, GITOPS_EINVAL, "schema builder: builder is NULL");
    if (!builder->schema || builder->status < 0)
        return gops_fail(err, GITOPS_EINVAL, "schema builder: it %s before",
                         builder->schema ? "failed" : "made its schema");
    return 0;
}

int gitops_schema_builder_add(gitops_schema_builder *builder, const gitops_document *document,
                              gitops_error *err)
{
    int status = check_builder(builder, err);
    if (status < 0)
        return status;
    if (!document)
        return gops_fail(err, GITOPS_EINVAL, "schema builder: document is NULL");
    const gitops_value *root = gitops_document_root(document);
    if (gops_defines_kinds(root))
        builder->status = gops_define_kinds(&builder->maker, root, err);
    else
        builder->status =
            gops_schema_file_read(&builder->patterns, &builder->schema->null_policy, root, err);
    return builder->status;
}

/* A JSON scalar, copied. Returns 0, GITOPS_EPARSE or GITOPS_ENOMEM. */
static int read_default(gitops_schema_builder *builder, const char *text, gops_list_key *key,
                        gitops_error *err)
{
    gitops_document *document = NULL;
    int status =
        gitops_document_parse(&document, builder->context, text, strlen(text), key->name, err);
    if (status < 0)
        return status;
    status = gops_list_key_set_default(key, &builder->schema->arena, gitops_document_root(document),
                                       err);
    gitops_document_free(document);
    return status;
}

static int read_key(gitops_schema_builder *builder, const gitops_schema_rule *given, size_t i,
                    gops_list_key *keys, gitops_error *err)
{
    const char *name = given->keys[i];
    if (!name || !*name || gops_list_key_find(keys, i, name, strlen(name)))
        return gops_fail(err, GITOPS_EINVAL, "schema rule: a key is empty or stands twice");
    keys[i].name = gops_arena_strndup(&builder->schema->arena, name, strlen(name));
    keys[i].default_value = NULL;
    if (!keys[i].name)
        return gops_fail_memory(err);
    const char *text = given->defaults ? given->defaults[i] : NULL;
    return text ? read_default(builder, text, &keys[i], err) : 0;
}

static int read_keys(gitops_schema_builder *builder, const gitops_schema_rule *given,
                     gops_rule *rule, gitops_error *err)
{
    size_t count = given->key_count;
    gops_list_key *keys = gops_arena_array(&builder->schema->arena, count, sizeof *keys);
    gops_list_keys *tuple = gops_arena_alloc(&builder->schema->arena, sizeof *tuple);
    if (!keys || !tuple)
        return gops_fail_memory(err);
    int status = 0;
    for (size_t i = 0; i < count && status == 0; i++)
        status = read_key(builder, given, i, keys, err);
    *tuple = (gops_list_keys){keys, count};
    rule->tuples = tuple;
    rule->tuple_count = 1;
    return status;
}

static int check_rule(const gitops_schema_rule *given, gitops_error *err)
{
    const uint32_t all_flags = GITOPS_RULE_OMIT_EMPTY | GITOPS_RULE_DEFAULTED |
                               GITOPS_RULE_IGNORED | GITOPS_RULE_SENSITIVE | GITOPS_RULE_IMMUTABLE;
    int is_keyed = given->list == GITOPS_LIST_MAP;
    if (given->list < 0 || given->list > GITOPS_LIST_SEQUENCE)
        return gops_fail(err, GITOPS_EINVAL, "schema rule: there is no list kind %d",
                         (int)given->list);
    if (given->map < 0 || given->map > GITOPS_MAP_RETAIN_KEYS)
        return gops_fail(err, GITOPS_EINVAL, "schema rule: there is no map kind %d",
                         (int)given->map);
    if (given->scalar < 0 || given->scalar > GITOPS_SCALAR_SEMVER)
        return gops_fail(err, GITOPS_EINVAL, "schema rule: there is no scalar kind %d",
                         (int)given->scalar);
    if (given->flags & ~all_flags)
        return gops_fail(err, GITOPS_EINVAL, "schema rule: there is no flag %u",
                         (unsigned)(given->flags & ~all_flags));
    if (is_keyed ? given->key_count < 1 || given->key_count > GOPS_LIST_KEYS || !given->keys
                 : given->key_count != 0)
        return gops_fail(err, GITOPS_EINVAL,
                         "schema rule: a list that is a map has 1 to 16 keys, others have none");
    return 0;
}

static int check_policy(const gitops_schema_rule *given, gitops_error *err)
{
    if (given->mode < 0 || given->mode > GITOPS_MODE_ENFORCE)
        return gops_fail(err, GITOPS_EINVAL, "schema rule: there is no mode %d", (int)given->mode);
    if (given->conflict < 0 || given->conflict > GITOPS_CONFLICT_CALLBACK)
        return gops_fail(err, GITOPS_EINVAL, "schema rule: there is no conflict policy %d",
                         (int)given->conflict);
    if (given->drift < 0 || given->drift > GITOPS_DRIFT_IGNORE)
        return gops_fail(err, GITOPS_EINVAL, "schema rule: there is no drift policy %d",
                         (int)given->drift);
    if (given->manager && (given->mode != GITOPS_MODE_IGNORE || given->path || given->flags ||
                           given->list || given->map || given->scalar))
        return gops_fail(err, GITOPS_EINVAL,
                         "schema rule: of a manager there is the mode to ignore, and nothing else");
    if (given->mode && (given->conflict || given->drift))
        return gops_fail(err, GITOPS_EINVAL,
                         "schema rule: a mode decides alone, without policies beside it");
    return 0;
}

static int fill_rule(gitops_schema_builder *builder, const gitops_schema_rule *given,
                     gops_rule *rule, gitops_error *err)
{
    rule->flags |= (uint8_t)given->flags;
    if (given->mode)
        gops_rule_set_mode(rule, given->mode);
    gops_policy_set(&rule->policy,
                    (gops_policy){(uint8_t)given->conflict, (uint8_t)given->drift, 0});
    if (given->map) {
        rule->has_map = 1;
        rule->map = (uint8_t)(given->map - GITOPS_MAP_FREE);
    }
    if (given->scalar) {
        rule->has_scalar = 1;
        rule->scalar = (uint8_t)(given->scalar - GITOPS_SCALAR_PLAIN);
    }
    if (!given->list)
        return 0;
    rule->has_list = 1;
    rule->list = (uint8_t)(given->list - GITOPS_LIST_ATOMIC);
    rule->tuples = NULL;
    rule->tuple_count = 0;
    return given->key_count ? read_keys(builder, given, rule, err) : 0;
}

static gops_scope scope_of(const char *text)
{
    return (gops_scope){text, text ? strlen(text) : 0};
}

static int read_selector(gitops_schema_builder *builder, const gitops_schema_rule *given,
                         gops_selector *out, gitops_error *err)
{
    *out = (gops_selector){.kinds = scope_of(given->kinds),
                           .namespaces = scope_of(given->namespaces),
                           .names = scope_of(given->names)};
    if (!given->labels)
        return 0;
    int status = gops_selector_read_labels(out, &builder->schema->arena, given->labels);
    if (status == GITOPS_EPARSE)
        return gops_fail(err, status,
                         "schema rule: labels are 1 to 16 of key=value, with a comma between them");
    return status < 0 ? gops_fail_memory(err) : 0;
}

static int add_rule(gitops_schema_builder *builder, const gitops_schema_rule *given,
                    gitops_error *err)
{
    const char *path = given->path ? given->path : "";
    gops_layer *layer;
    gops_rule *rule;
    gops_selector wanted;
    int status = read_selector(builder, given, &wanted, err);
    if (status == 0)
        status = gops_patterns_layer(&builder->patterns, &wanted, NULL, &layer, err);
    if (status == 0 && given->manager)
        return gops_patterns_manager(&builder->patterns, layer, given->manager,
                                     strlen(given->manager), NULL, err);
    if (status == 0)
        status = gops_patterns_add(&builder->patterns, layer, path, strlen(path), NULL, &rule, err);
    return status < 0 ? status : fill_rule(builder, given, rule, err);
}

int gitops_schema_builder_rule(gitops_schema_builder *builder, const gitops_schema_rule *rule,
                               gitops_error *err)
{
    gitops_schema_rule given;
    int status = check_builder(builder, err);
    if (status < 0)
        return status;
    status = gops_options_import(&given, sizeof given, rule, "gitops_schema_rule", err);
    if (status == 0)
        status = check_rule(&given, err);
    if (status == 0)
        status = check_policy(&given, err);
    if (status == 0)
        builder->status = status = add_rule(builder, &given, err);
    return status;
}

int gitops_schema_builder_null(gitops_schema_builder *builder, int32_t policy, gitops_error *err)
{
    int status = check_builder(builder, err);
    if (status < 0)
        return status;
    if (policy != GITOPS_NULL_VALUE && policy != GITOPS_NULL_ABSENT)
        return gops_fail(err, GITOPS_EINVAL, "schema builder: there is no meaning %d of a null",
                         (int)policy);
    builder->schema->null_policy = policy;
    return 0;
}

/* The graph, should documents have defined kinds. */
static int finish_graph(gitops_schema_builder *builder, gitops_error *err)
{
    gitops_schema *schema = builder->schema;
    if (!gops_graph_maker_is_used(&builder->maker))
        return 0;
    const gops_schema_graph **graphs = gops_arena_alloc(&schema->arena, sizeof *graphs);
    if (!graphs)
        return gops_fail_memory(err);
    int status = gops_graph_maker_finish(&builder->maker, graphs, err);
    schema->graphs = graphs;
    schema->graph_count = 1;
    if (!schema->null_policy)
        schema->null_policy = GITOPS_NULL_ABSENT;
    return status;
}

int gitops_schema_builder_finish(gitops_schema **out, gitops_schema_builder *builder,
                                 gitops_error *err)
{
    if (!out)
        return gops_fail(err, GITOPS_EINVAL, "schema builder: out is NULL");
    *out = NULL;
    int status = check_builder(builder, err);
    if (status < 0)
        return status;
    status = finish_graph(builder, err);
    if (status == 0)
        status = gops_patterns_compile(&builder->patterns, &builder->schema->rules, err);
    builder->status = status;
    if (status < 0)
        return status;
    *out = builder->schema;
    builder->schema = NULL;
    return 0;
}

int gitops_schema_parse(gitops_schema **out, gitops_context *context,
                        const gitops_document *document, gitops_error *err)
{
    gitops_schema_builder *builder = NULL;
    if (!out)
        return gops_fail(err, GITOPS_EINVAL, "schema: out is NULL");
    *out = NULL;
    if (!context || !document)
        return gops_fail(err, GITOPS_EINVAL, "schema: context or document is NULL");
    int status = gitops_schema_builder_new(&builder, context, err);
    if (status == 0)
        status = gitops_schema_builder_add(builder, document, err);
    if (status == 0)
        status = gitops_schema_builder_finish(out, builder, err);
    gitops_schema_builder_free(builder);
    return status;
}
