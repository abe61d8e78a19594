/*
 * yaml_tree: one document's events to values. In a map, every other child is a key: a scalar, or
 * an alias of one. Anchors are an array, with a table from their names to the newest of each.
 */
#include "value/yaml_tree.h"

#include <string.h>

#include "value/scalar_tags.h"

#define MERGE_TAG "tag:yaml.org,2002:merge"

void gops_yaml_tree_init(gops_yaml_tree *tree, gops_builder *builder)
{
    memset(tree, 0, sizeof *tree);
    tree->builder = builder;
    gops_table_init(&tree->names, builder->context);
}

void gops_yaml_tree_release(gops_yaml_tree *tree)
{
    gops_table_release(&tree->names);
    gops_free(tree->builder->context, tree->anchors);
    tree->anchors = NULL;
    tree->anchor_count = tree->anchor_capacity = 0;
}

void gops_yaml_tree_start(gops_yaml_tree *tree, gops_arena *arena)
{
    gops_builder_start(tree->builder, arena);
    if (tree->anchor_count)
        gops_table_release(&tree->names);
    tree->anchor_count = 0;
}

static uint32_t line_of(const gops_yaml_tree *tree, const yaml_event_t *event)
{
    return tree->first_line + (uint32_t)event->start_mark.line;
}

static uint32_t column_of(const yaml_event_t *event)
{
    return (uint32_t)event->start_mark.column + 1;
}

/* Reports an error at an event. Returns 0: the document is broken, but reading it can go on. */
static int report(gops_yaml_tree *tree, gops_subject subject, const yaml_event_t *event,
                  const char *message)
{
    gops_builder_problem(tree->builder, subject, GITOPS_SEVERITY_ERROR, GITOPS_EPARSE,
                         line_of(tree, event), column_of(event), "%s", message);
    return 0;
}

static void warn(gops_yaml_tree *tree, const yaml_event_t *event, const char *message,
                 const char *detail)
{
    gops_builder_problem(tree->builder, GOPS_CHILD, GITOPS_SEVERITY_WARNING, GITOPS_EPARSE,
                         line_of(tree, event), column_of(event), message, detail);
}

/* Makes an anchor of a name. Returns 1 + its index, or GITOPS_ENOMEM. */
static int64_t add_anchor(gops_yaml_tree *tree, const yaml_char_t *name,
                          const yaml_event_t *event)
{
    gops_builder *builder = tree->builder;
    size_t length = strlen((const char *)name);
    char *stored = gops_arena_strndup(builder->arena, (const char *)name, length);
    if (!stored || gops_grow(builder->context, &tree->anchors, &tree->anchor_capacity,
                             tree->anchor_count + 1, sizeof *tree->anchors) < 0)
        return GITOPS_ENOMEM;
    gops_anchor *anchor = &tree->anchors[tree->anchor_count++];
    memset(anchor, 0, sizeof *anchor);
    anchor->is_open = 1;
    anchor->line = line_of(tree, event);
    void *index = (void *)(uintptr_t)tree->anchor_count;
    if (gops_table_set(&tree->names, stored, length, index) < 0)
        return GITOPS_ENOMEM;
    return (int64_t)tree->anchor_count;
}

/* The anchor that an alias names; NULL after reporting that there is none or that it is open. */
static const gops_anchor *find_anchor(gops_yaml_tree *tree, const yaml_event_t *event)
{
    const char *name = (const char *)event->data.alias.anchor;
    uintptr_t index = (uintptr_t)gops_table_get(&tree->names, name, strlen(name));
    const gops_anchor *anchor = index ? &tree->anchors[index - 1] : NULL;
    if (anchor && !anchor->is_open)
        return anchor;
    gops_builder_problem(tree->builder, GOPS_CHILD, GITOPS_SEVERITY_ERROR, GITOPS_EPARSE,
                         line_of(tree, event), column_of(event),
                         anchor ? "alias *%s stands inside its own anchor"
                                : "alias *%s has no anchor before it",
                         name);
    return NULL;
}

static int resolve_scalar(gops_yaml_tree *tree, const yaml_event_t *event, gops_scalar *out)
{
    const char *text = (const char *)event->data.scalar.value;
    const char *tag = (const char *)event->data.scalar.tag;
    size_t length = event->data.scalar.length;
    gops_arena *arena = tree->builder->arena;
    int rc = 0;
    if (tag ? strcmp(tag, "!") == 0 : !event->data.scalar.plain_implicit)
        gops_scalar_string(out, text, length);
    else if (tag)
        rc = gops_scalar_resolve_tagged(out, tag, text, length, arena);
    else
        rc = gops_scalar_resolve(out, text, length, arena);
    if (rc == GITOPS_EPARSE) {
        gops_builder_problem(tree->builder, GOPS_CHILD, GITOPS_SEVERITY_ERROR, GITOPS_EPARSE,
                             line_of(tree, event), column_of(event),
                             "value does not fit its tag %s", tag);
        gops_scalar_string(out, "", 0);
        rc = 0;
    }
    if (rc == 1)
        warn(tree, event, "unknown tag %s is ignored and the value is text", tag);
    if (out->too_large)
        warn(tree, event, "number is beyond the range of a double and is read as text%s", "");
    if (out->replaced)
        warn(tree, event, "!!binary value is not UTF-8: bytes were replaced by U+FFFD%s", "");
    return rc < 0 ? rc : gops_scalar_store(out, arena);
}

static int is_merge_key(const yaml_event_t *event)
{
    const char *tag = (const char *)event->data.scalar.tag;
    return event->data.scalar.length == 2 && memcmp(event->data.scalar.value, "<<", 2) == 0 &&
           (tag ? strcmp(tag, MERGE_TAG) == 0 : event->data.scalar.plain_implicit);
}

/* Sets the next key. A scalar that cannot be one is reported and replaced. */
static int take_key(gops_yaml_tree *tree, const yaml_event_t *event, const gops_scalar *scalar)
{
    const char *key = gops_no_key;
    size_t length = 0;
    int rc = gops_scalar_key(scalar, &key, &length, tree->builder->arena);
    if (rc == GITOPS_ENOMEM)
        return rc;
    if (rc < 0)
        report(tree, GOPS_OPEN, event,
               scalar->kind == GOPS_SCALAR_NULL
                   ? "a key is null; keys are text, numbers or booleans"
                   : "a key is an integer beyond 64 bits with a sign");
    return gops_builder_key(tree->builder, key, length, line_of(tree, event), column_of(event));
}

/* A map whose next child is a key. */
static int key_is_due(const gops_builder *builder)
{
    const gops_frame *frame =
        builder->depth ? &builder->frames[builder->depth - 1] : NULL;
    return frame && frame->is_map && !frame->key;
}

/* What is merged is a map, or a list of maps that stands there itself (not by an alias). */
static int may_be_merged(const gitops_value *value, int is_alias)
{
    if (value->type == GITOPS_VALUE_MAP)
        return 1;
    if (value->type != GITOPS_VALUE_LIST || is_alias)
        return 0;
    for (uint32_t i = 0; i < value->count; i++)
        if (value->as.children[i].type != GITOPS_VALUE_MAP)
            return 0;
    return 1;
}

/* Looks at a child that has just become whole. */
static void check_merged(gops_yaml_tree *tree, gitops_value *value, int is_alias)
{
    if (value->key != gops_merge_key || may_be_merged(value, is_alias))
        return;
    gops_builder_problem(tree->builder, GOPS_LAST, GITOPS_SEVERITY_ERROR, GITOPS_EPARSE,
                         value->line, value->column,
                         "the value of a merge key (<<) is no map and no list of maps");
    gops_value_set_null(value);
}

static int take_scalar(gops_yaml_tree *tree, const yaml_event_t *event)
{
    gops_scalar scalar;
    gitops_value *value;
    int is_key = key_is_due(tree->builder);
    if (gops_builder_check_scalar(tree->builder, event->data.scalar.length, line_of(tree, event),
                                  column_of(event)) < 0)
        return GITOPS_ELIMIT;
    if (is_key && is_merge_key(event))
        return gops_builder_key(tree->builder, gops_merge_key, 2, line_of(tree, event),
                                column_of(event));
    const yaml_char_t *name = event->data.scalar.anchor;
    int64_t anchor = name ? add_anchor(tree, name, event) : 0;
    int rc = anchor < 0 ? GITOPS_ENOMEM : resolve_scalar(tree, event, &scalar);
    if (rc < 0)
        return rc;
    if (anchor) {
        gops_anchor *named = &tree->anchors[anchor - 1];
        named->scalar = scalar;
        named->is_scalar = 1;
        named->is_open = 0;
        named->nodes = 1;
        named->bytes = scalar.length;
        gops_scalar_set(&named->value, &scalar);
    }
    if (is_key)
        return take_key(tree, event, &scalar);
    rc = gops_builder_slot(tree->builder, &value, line_of(tree, event), column_of(event));
    if (rc < 0)
        return rc;
    tree->builder->bytes += scalar.length;
    if (gops_scalar_set(value, &scalar) < 0)
        report(tree, GOPS_LAST, event, "a value is infinite or not a number");
    check_merged(tree, value, 0);
    return 0;
}

/*
 * Go's rule against documents that are mostly aliases: their share may be 99 % of up to 400,000
 * nodes, falling to 10 % at 4,000,000.
 */
static int is_excessive(uint64_t aliased, uint64_t nodes)
{
    const double few = 400000, many = 4000000;
    double total = (double)nodes;
    double allowed = total <= few    ? 0.99
                     : total >= many ? 0.10
                                     : 0.99 - 0.89 * (total - few) / (many - few);
    return aliased > 100 && nodes > 1000 && (double)aliased / total > allowed;
}

/* Counts what an alias stands for and checks it against the limits. */
static int count_alias(gops_yaml_tree *tree, const yaml_event_t *event, const gops_anchor *anchor)
{
    gops_builder *builder = tree->builder;
    uint32_t line = line_of(tree, event), column = column_of(event);
    int rc = gops_builder_expand(builder, anchor->nodes, line, column);
    if (rc < 0)
        return rc;
    builder->bytes += anchor->bytes;
    if (builder->bytes > builder->context->limits.max_file_bytes)
        return gops_builder_problem(builder, GOPS_CHILD, GITOPS_SEVERITY_ERROR, GITOPS_ELIMIT,
                                    line, column,
                                    "aliases expand the document to more than %llu bytes of text "
                                    "(limit max_file_bytes)",
                                    (unsigned long long)builder->context->limits.max_file_bytes);
    if (is_excessive(builder->aliased, builder->nodes))
        return gops_builder_problem(builder, GOPS_CHILD, GITOPS_SEVERITY_ERROR, GITOPS_ELIMIT,
                                    line, column,
                                    "document contains excessive aliasing, which tools of "
                                    "Kubernetes refuse as well");
    if (builder->depth + anchor->height > builder->context->limits.max_depth)
        return gops_builder_problem(builder, GOPS_CHILD, GITOPS_SEVERITY_ERROR, GITOPS_ELIMIT,
                                    line, column,
                                    "alias nests the document more than %u levels deep "
                                    "(limit max_depth)",
                                    (unsigned)builder->context->limits.max_depth);
    return 0;
}

/* The content of an anchor in a place of its own: the children are shared. */
static void share_content(gitops_value *value, const gitops_value *from)
{
    value->type = from->type;
    value->boolean = from->boolean;
    value->count = from->count;
    value->as = from->as;
}

static int take_alias(gops_yaml_tree *tree, const yaml_event_t *event)
{
    static const gops_scalar unknown = {GOPS_SCALAR_STRING, 0, gops_no_key, 0, 1, 0, 0};
    const gops_anchor *anchor = find_anchor(tree, event);
    gitops_value *value;
    int rc = anchor ? count_alias(tree, event, anchor) : 0;
    if (rc < 0)
        return rc;
    if (key_is_due(tree->builder)) {
        if (anchor && !anchor->is_scalar)
            report(tree, GOPS_OPEN, event, "a key is a list or map");
        return take_key(tree, event, anchor && anchor->is_scalar ? &anchor->scalar : &unknown);
    }
    rc = gops_builder_slot(tree->builder, &value, line_of(tree, event), column_of(event));
    if (rc < 0)
        return rc;
    if (!anchor) {
        gops_value_set_null(value);
        return 0;
    }
    share_content(value, &anchor->value);
    gops_frame *frame = gops_builder_top(tree->builder);
    if (frame && frame->height < anchor->height)
        frame->height = anchor->height;
    if (anchor->is_scalar && anchor->scalar.kind == GOPS_SCALAR_INFINITE)
        report(tree, GOPS_LAST, event, "a value is infinite or not a number");
    check_merged(tree, value, 1);
    return 0;
}

static int open_collection(gops_yaml_tree *tree, const yaml_event_t *event)
{
    int is_map = event->type == YAML_MAPPING_START_EVENT;
    const yaml_char_t *name =
        is_map ? event->data.mapping_start.anchor : event->data.sequence_start.anchor;
    const char *tag = (const char *)(is_map ? event->data.mapping_start.tag
                                            : event->data.sequence_start.tag);
    int is_flow = is_map ? event->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE
                         : event->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE;
    gops_builder *builder = tree->builder;
    if (tag && !gops_tag_is_collection(tag) && strcmp(tag, "!") != 0)
        warn(tree, event, "unknown tag %s is ignored", tag);
    if (key_is_due(builder)) {
        report(tree, GOPS_OPEN, event,
               is_flow ? "a key is a list or map; text that starts with { or [ must be quoted"
                       : "a key is a list or map");
        return GITOPS_EPARSE;
    }
    int64_t anchor = name ? add_anchor(tree, name, event) : 0;
    if (anchor < 0)
        return GITOPS_ENOMEM;
    int rc = gops_builder_open(builder, is_map, is_flow, line_of(tree, event), column_of(event));
    if (rc == 0)
        gops_builder_top(builder)->anchor = (uint32_t)anchor;
    return rc;
}

static int close_collection(gops_yaml_tree *tree)
{
    gops_builder *builder = tree->builder;
    gops_frame closed = *gops_builder_top(builder);
    const gitops_value *value;
    int rc = gops_builder_close(builder, &value);
    if (rc < 0)
        return rc;
    check_merged(tree, &builder->pending[closed.slot].value, 0);
    if (closed.anchor) {
        gops_anchor *anchor = &tree->anchors[closed.anchor - 1];
        anchor->value = *value;
        anchor->nodes = builder->nodes - closed.nodes;
        anchor->bytes = builder->bytes - closed.bytes;
        anchor->height = closed.height + 1;
        anchor->is_open = 0;
    }
    return 0;
}

int gops_yaml_tree_event(gops_yaml_tree *tree, const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        return take_scalar(tree, event);
    case YAML_ALIAS_EVENT:
        return take_alias(tree, event);
    case YAML_MAPPING_START_EVENT:
    case YAML_SEQUENCE_START_EVENT:
        return open_collection(tree, event);
    default:
        return close_collection(tree);
    }
}
