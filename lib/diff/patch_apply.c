/*
 * patch_apply: RFC 6902, RFC 7386 and strategic merge patches. The result is a document of its own that shares what did not
 * change; nothing is given out unless every operation worked. What comes from the patch is copied.
 */
#include <string.h>

#include "diff/edit.h"
#include "diff/members.h"
#include "diff/strategic_apply.h"
#include "value/document.h"

typedef struct operation {
    const gitops_value *at; /* for positions in messages */
    const char *name;
    gops_pointer path, from;
    const gitops_value *value;
} operation;

typedef int (*operation_fn)(gops_edit_tree *tree, const operation *op);

/* Opens the result: a copy of the operation's value in it. NULL: the tree's status says why. */
static gops_edit_node *new_value(gops_edit_tree *tree, const operation *op)
{
    gitops_value *copy = gops_arena_alloc(tree->values, sizeof *copy);
    gitops_value keyless = *op->value;
    keyless.key = NULL;
    keyless.key_length = 0;
    if (!copy || !gops_value_copy(copy, &keyless, tree->values)) {
        tree->status = GITOPS_ENOMEM;
        return NULL;
    }
    gops_edit_node *node = gops_edit_new(tree, copy);
    return node && gops_edit_fits(tree, node, op->path.count) ? node : NULL;
}

static int apply_add(gops_edit_tree *tree, const operation *op)
{
    gops_edit_node *node = new_value(tree, op);
    return node ? gops_edit_add(tree, &op->path, node) : tree->status;
}

static int apply_replace(gops_edit_tree *tree, const operation *op)
{
    gops_edit_node *node = new_value(tree, op);
    return node ? gops_edit_replace(tree, &op->path, node) : tree->status;
}

static int apply_remove(gops_edit_tree *tree, const operation *op)
{
    return gops_edit_remove(tree, &op->path, NULL);
}

static int apply_test(gops_edit_tree *tree, const operation *op)
{
    return gops_edit_test(tree, &op->path, op->value);
}

static int apply_copy(gops_edit_tree *tree, const operation *op)
{
    gops_edit_node *node = gops_edit_copy(tree, &op->from);
    if (!node || !gops_edit_fits(tree, node, op->path.count))
        return tree->status;
    return gops_edit_add(tree, &op->path, node);
}

/* 1 when a is b or leads to it. */
static int is_prefix(const gops_pointer *a, const gops_pointer *b)
{
    if (a->count > b->count)
        return 0;
    for (size_t i = 0; i < a->count; i++)
        if (gops_key_compare(a->segments[i].text, a->segments[i].length, b->segments[i].text,
                             b->segments[i].length) != 0)
            return 0;
    return 1;
}

static int apply_move(gops_edit_tree *tree, const operation *op)
{
    gops_edit_node *node = NULL;
    if (is_prefix(&op->from, &op->path)) {
        if (op->from.count < op->path.count)
            return 0;
        node = gops_edit_copy(tree, &op->from);
        return node ? 1 : tree->status;
    }
    int status = gops_edit_remove(tree, &op->from, &node);
    if (status <= 0)
        return status;
    if (op->path.count > op->from.count && !gops_edit_fits(tree, node, op->path.count))
        return tree->status;
    return gops_edit_add(tree, &op->path, node);
}

static const struct kind {
    const char *name;
    operation_fn apply;
    int has_value, has_from;
} kinds[] = {
    {"add", apply_add, 1, 0},   {"remove", apply_remove, 0, 0}, {"replace", apply_replace, 1, 0},
    {"move", apply_move, 0, 1}, {"copy", apply_copy, 0, 1},     {"test", apply_test, 1, 0},
};

static int fail_operation(const operation *op, int code, const char *what, gitops_error *err)
{
    return gops_fail_at(err, code, NULL, op->at->line, op->at->column, "JSON patch: %s", what);
}

static int read_pointer(gops_edit_tree *tree, const operation *op, const char *member,
                        gops_pointer *out, gitops_error *err)
{
    const gitops_value *text = gops_value_member(op->at, member, strlen(member));
    if (!gops_value_is(text, GITOPS_VALUE_STRING))
        return gops_fail_at(err, GITOPS_EPARSE, NULL, op->at->line, op->at->column,
                            "JSON patch: \"%s\" must be a JSON pointer", member);
    return gops_pointer_parse(out, &tree->nodes, text->as.text, text->count, err);
}

/* Reads an operation. Returns 0, GITOPS_EPARSE or GITOPS_ENOMEM. */
static int read_operation(gops_edit_tree *tree, const gitops_value *at, operation *op,
                          const struct kind **kind, gitops_error *err)
{
    *op = (operation){.at = at, .value = gops_value_member(at, "value", 5)};
    *kind = NULL;
    const gitops_value *name = gops_value_member(at, "op", 2);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (gops_value_is(name, GITOPS_VALUE_STRING) && gops_value_text_is(name, kinds[i].name))
            *kind = &kinds[i];
    if (!*kind)
        return fail_operation(op, GITOPS_EPARSE,
                              "\"op\" must be add, remove, replace, move, copy or test", err);
    op->name = (*kind)->name;
    if ((*kind)->has_value && !op->value)
        return fail_operation(op, GITOPS_EPARSE, "the operation has no \"value\"", err);
    int status = read_pointer(tree, op, "path", &op->path, err);
    if (status == 0 && (*kind)->has_from)
        status = read_pointer(tree, op, "from", &op->from, err);
    return status;
}

static int apply_operation(gops_edit_tree *tree, const gitops_value *at, gitops_error *err)
{
    operation op;
    const struct kind *kind;
    int status = read_operation(tree, at, &op, &kind, err);
    if (status < 0)
        return status;
    status = kind->apply(tree, &op);
    if (status == GITOPS_ELIMIT)
        return fail_operation(&op, status, "the result would be too large or too deep", err);
    if (status < 0)
        return gops_fail_memory(err);
    if (status == 0)
        return gops_fail_at(err, GITOPS_ECONFLICT, NULL, at->line, at->column,
                            "JSON patch: %s does not hold for this document", op.name);
    return 0;
}

static int apply_json(gitops_document *result, const gitops_value *patch,
                      const gitops_value *document, gitops_error *err)
{
    gops_edit_tree tree;
    if (patch->type != GITOPS_VALUE_LIST)
        return gops_fail_at(err, GITOPS_EPARSE, NULL, patch->line, patch->column,
                            "a JSON patch is a list of operations");
    int status = gops_edit_begin(&tree, result->context, &result->arena, document);
    if (status < 0)
        gops_fail_memory(err);
    for (uint32_t i = 0; i < patch->count && status == 0; i++)
        status = apply_operation(&tree, &patch->as.children[i], err);
    if (status == 0 && gops_edit_freeze(&tree, &result->root) < 0)
        status = gops_fail_memory(err);
    gops_edit_end(&tree);
    return status;
}

/* *out = target after the patch; its key is that of the member. Returns 0 when out of memory. */
static int merge_value(gops_arena *arena, const gitops_value *target, const gitops_value *patch,
                       gitops_value *out)
{
    gops_members join;
    const gitops_value *maps[GOPS_SIDES] = {target, patch, NULL}, *sides[GOPS_SIDES];
    uint32_t count = 0;
    if (patch->type != GITOPS_VALUE_MAP)
        return gops_value_copy(out, patch, arena);
    size_t room = patch->count + (gops_value_is(target, GITOPS_VALUE_MAP) ? target->count : 0);
    gitops_value *members = gops_value_array(arena, room);
    if (!members)
        return 0;
    gops_members_begin(&join, maps);
    for (const gitops_value *key; (key = gops_members_next(&join, sides)) != NULL;) {
        if (gops_value_is(sides[1], GITOPS_VALUE_NULL))
            continue;
        gitops_value *member = &members[count++];
        if (!sides[1]) {
            *member = *sides[0];
            continue;
        }
        if (!merge_value(arena, sides[0], sides[1], member))
            return 0;
        member->key = gops_arena_strndup(arena, key->key, key->key_length);
        member->key_length = key->key_length;
        if (!member->key)
            return 0;
    }
    *out = *patch;
    out->key = NULL;
    out->key_length = 0;
    gops_value_set_map(out, members, count);
    return 1;
}

static int apply_merge(gitops_document *result, const gitops_value *patch,
                       const gitops_value *document, gitops_error *err)
{
    return merge_value(&result->arena, document, patch, &result->root) ? 0 : gops_fail_memory(err);
}

/* The built-in kind of the document says how it is merged. */
static int merge_strategic(gitops_document *result, const gops_schema_place *place,
                           const gitops_value *patch, const gitops_value *document,
                           gitops_error *err)
{
    gops_strategic m = {.context = result->context, .arena = &result->arena, .err = err};
    if (!gops_schema_is_builtin(place))
        return gops_fail(err, GITOPS_EUNSUPPORTED,
                         "a strategic merge patch needs a document of a built-in kind");
    if (patch->type != GITOPS_VALUE_MAP)
        return gops_strategic_fail(&m, patch, "it must be a map");
    gops_arena_init(&m.scratch, result->context, 0);
    int status = gops_strategic_apply(&m, place, document, patch, &result->root);
    gops_arena_free(&m.scratch);
    return status;
}

static int apply_strategic(gitops_document *result, const gitops_value *patch,
                           const gitops_value *document, gitops_error *err)
{
    gitops_schema *schema;
    gops_schema_place place;
    int status = gitops_schema_new(&schema, result->context, GITOPS_SCHEMA_KUBERNETES, err);
    if (status < 0)
        return status;
    gops_schema_root(schema, document, &place);
    status = merge_strategic(result, &place, patch, document, err);
    gitops_schema_free(schema);
    return status;
}

typedef int (*apply_fn)(gitops_document *result, const gitops_value *patch,
                        const gitops_value *document, gitops_error *err);

static apply_fn find_apply(int32_t type)
{
    static const apply_fn forms[] = {[GITOPS_PATCH_JSON] = apply_json,
                                     [GITOPS_PATCH_MERGE] = apply_merge,
                                     [GITOPS_PATCH_STRATEGIC] = apply_strategic};
    return type > 0 && (size_t)type < sizeof forms / sizeof forms[0] ? forms[type] : NULL;
}

int gitops_patch_apply(gitops_document **out, gitops_context *context, int32_t type,
                       const gitops_document *patch, gitops_document *document, gitops_error *err)
{
    if (!out)
        return gops_fail(err, GITOPS_EINVAL, "patch: out is NULL");
    *out = NULL;
    apply_fn apply = find_apply(type);
    if (!context || !patch || !document || !apply)
        return gops_fail(err, GITOPS_EINVAL,
                         "patch: context, patch or document is NULL, or no patch type %d",
                         (int)type);
    gitops_document *result = gops_document_new(context);
    if (!result)
        return gops_fail_memory(err);
    gops_document_share(result, document);
    int status =
        apply(result, gitops_document_root(patch), gitops_document_root(document), err);
    if (status < 0) {
        gitops_document_free(result);
        return status;
    }
    *out = result;
    return 0;
}
