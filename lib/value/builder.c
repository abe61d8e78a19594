/*
 * builder: two stacks. Pending values wait for their parent to close; a frame for each open list
 * or map says where its children begin. On closing, the children move to the arena in one piece.
 */
#include "value/builder.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "value/merge.h"
#include "value/pointer.h"

const char gops_merge_key[] = "<<";
const char gops_no_key[] = "";

void gops_builder_init(gops_builder *builder, gitops_context *context)
{
    memset(builder, 0, sizeof *builder);
    builder->context = context;
    gops_buffer_init(&builder->pointer, context, 0);
    gops_buffer_init(&builder->key, context, 0);
}

void gops_builder_release(gops_builder *builder)
{
    gops_free(builder->context, builder->pending);
    gops_free(builder->context, builder->frames);
    gops_free(builder->context, builder->definitions);
    gops_buffer_release(&builder->pointer);
    gops_buffer_release(&builder->key);
    builder->pending = NULL;
    builder->frames = NULL;
    builder->capacity = builder->frame_capacity = 0;
}

void gops_builder_text(gops_builder *builder, const char *name, gitops_diagnostics *problems)
{
    builder->name = name;
    builder->problems = problems;
    builder->document = 0;
    builder->count = builder->depth = 0;
}

/* What is written and what aliases add have limits of their own: the nearer one counts. */
static void set_most_nodes(gops_builder *builder)
{
    const gitops_limits *limits = &builder->context->limits;
    uint64_t most = limits->max_nodes + builder->aliased;
    builder->most_nodes = most < limits->max_expanded_nodes ? most : limits->max_expanded_nodes;
}

void gops_builder_start(gops_builder *builder, gops_arena *arena)
{
    builder->arena = arena;
    builder->count = builder->depth = 0;
    builder->flow_depth = 0;
    builder->nodes = builder->aliased = builder->bytes = builder->merged = 0;
    set_most_nodes(builder);
    builder->broken = 0;
    builder->first_problem = builder->problems ? builder->problems->count : 0;
}

/* Appends a segment: a key, or in a list an index. Returns 0 when the pointer is long enough. */
static int append_segment(gops_buffer *pointer, const char *key, size_t length, size_t index)
{
    char digits[24];
    size_t before = pointer->length;
    if (!key) {
        length = (size_t)snprintf(digits, sizeof digits, "%zu", index);
        key = digits;
    }
    if (length < GOPS_POINTER_MAX)
        gops_pointer_append(pointer, key, length);
    if (length < GOPS_POINTER_MAX && pointer->length <= GOPS_POINTER_MAX && pointer->status == 0)
        return 1;
    if (pointer->data)
        gops_buffer_end(pointer, pointer->data + before);
    return 0;
}

/* Appends the child of a frame that is the pending value at slot, or is due there. */
static int append_child(gops_builder *builder, const gops_frame *frame, size_t slot)
{
    const gitops_value *child = slot < builder->count ? &builder->pending[slot].value : NULL;
    const char *key = child ? child->key : frame->key;
    size_t length = child ? child->key_length : frame->key_length;
    if (frame->is_map && !key)
        return 0;
    return append_segment(&builder->pointer, frame->is_map ? key : NULL, length,
                          slot - frame->slot - 1);
}

/* What a frame says is not kept at hand for this: it is put together when there is a problem. */
const char *gops_builder_pointer(gops_builder *builder, gops_subject subject)
{
    const gops_frame *top = gops_builder_top(builder);
    int goes_on = 1;
    gops_buffer_clear(&builder->pointer);
    for (size_t i = 1; i < builder->depth && goes_on; i++)
        goes_on = append_child(builder, &builder->frames[i - 1], builder->frames[i].slot);
    if (top && goes_on && (subject != GOPS_OPEN || top->is_map))
        append_child(builder, top, builder->count - (subject == GOPS_LAST));
    return builder->pointer.data ? builder->pointer.data : "";
}

static int report(gops_builder *builder, gops_subject subject, int32_t severity, int code,
                  uint32_t line, uint32_t column, const char *format, va_list args)
{
    gitops_error problem = {.code = code};
    const char *pointer = "";
    if (gops_diagnostics_has_room(builder->problems, severity)) {
        char message[sizeof problem.message];
        vsnprintf(message, sizeof message, format, args);
        gops_fail_at(&problem, code, builder->name, line, column, "%s", message);
        problem.document = builder->document;
        pointer = gops_builder_pointer(builder, subject);
    }
    gops_diagnostics_add_at(builder->problems, severity, &problem, pointer);
    if (severity == GITOPS_SEVERITY_ERROR)
        builder->broken = 1;
    return code;
}

int gops_builder_problem(gops_builder *builder, gops_subject subject, int32_t severity, int code,
                         uint32_t line, uint32_t column, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    report(builder, subject, severity, code, line, column, format, args);
    va_end(args);
    return code;
}

int gops_builder_member_problem(gops_builder *builder, const gitops_value *member,
                                int32_t severity, int code, uint32_t line, uint32_t column,
                                const char *format, ...)
{
    gops_frame *frame = gops_builder_top(builder);
    const char *key = frame->key;
    uint32_t length = frame->key_length;
    va_list args;
    va_start(args, format);
    frame->key = member->key;
    frame->key_length = member->key_length;
    report(builder, GOPS_OPEN, severity, code, line, column, format, args);
    frame->key = key;
    frame->key_length = length;
    va_end(args);
    return code;
}

/* Sorted members without those whose key stands there already. Returns how many are left. */
static uint32_t drop_duplicates(gitops_value *members, uint32_t count)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count; i++)
        if (i == 0 || gops_key_compare(members[kept - 1].key, members[kept - 1].key_length,
                                       members[i].key, members[i].key_length) != 0)
            members[kept++] = members[i];
    return kept;
}

/*
 * Makes a value of an open frame from its children so far, for one look at what the document is.
 * The frames within it come first: they are among its children.
 */
static int close_partly(gops_builder *builder, size_t i)
{
    const gops_frame *frame = &builder->frames[i];
    size_t first = frame->slot + 1;
    size_t end = i + 1 < builder->depth ? builder->frames[i + 1].slot + 1 : builder->count;
    uint32_t count = (uint32_t)(end - first);
    gitops_value *value = &builder->pending[frame->slot].value;
    gitops_value *children = gops_value_array(builder->arena, count);
    if (!children)
        return GITOPS_ENOMEM;
    for (uint32_t child = 0; child < count; child++)
        children[child] = builder->pending[first + child].value;
    if (!frame->is_map)
        gops_value_set_list(value, children, count);
    else if (gops_value_set_map(value, children, count) < 0)
        gops_value_set_map(value, children, drop_duplicates(children, count));
    return 0;
}

/* Says of each problem of the document at hand which object it is about. */
static int name_problems(gops_builder *builder)
{
    gitops_diagnostics *problems = builder->problems;
    if (!builder->identify || problems->count == builder->first_problem || builder->count == 0)
        return 0;
    for (size_t i = builder->depth; i > 0; i--)
        if (close_partly(builder, i - 1) < 0)
            return GITOPS_ENOMEM;
    int found = 0;
    for (size_t i = builder->first_problem; i < problems->count && found >= 0; i++) {
        found = builder->identify(builder->identify_data, gops_builder_root(builder),
                                  problems->items[i].pointer, &builder->key);
        if (found > 0)
            gops_diagnostics_set_key(problems, i, builder->key.data);
    }
    return found < 0 ? found : 0;
}

int gops_builder_finish(gops_builder *builder)
{
    int rc = name_problems(builder);
    builder->count = builder->depth = 0;
    return rc;
}

static int report_written(gops_builder *builder, uint32_t line, uint32_t column)
{
    return gops_builder_problem(builder, GOPS_CHILD, GITOPS_SEVERITY_ERROR, GITOPS_ELIMIT, line,
                                column, "document has more than %llu nodes (limit max_nodes)",
                                (unsigned long long)builder->context->limits.max_nodes);
}

static int report_expanded(gops_builder *builder, uint32_t line, uint32_t column)
{
    return gops_builder_problem(builder, GOPS_CHILD, GITOPS_SEVERITY_ERROR, GITOPS_ELIMIT, line,
                                column,
                                "aliases expand the document to more than %llu nodes "
                                "(limit max_expanded_nodes)",
                                (unsigned long long)builder->context->limits.max_expanded_nodes);
}

/* There is no room for one more node: says which limit is reached. */
static int report_nodes(gops_builder *builder, uint32_t line, uint32_t column)
{
    uint64_t written = builder->nodes - builder->aliased;
    return written >= builder->context->limits.max_nodes
               ? report_written(builder, line, column)
               : report_expanded(builder, line, column);
}

int gops_builder_count(gops_builder *builder, uint32_t line, uint32_t column)
{
    if (builder->nodes >= builder->most_nodes)
        return report_nodes(builder, line, column);
    builder->nodes++;
    return 0;
}

int gops_builder_expand(gops_builder *builder, uint64_t nodes, uint32_t line, uint32_t column)
{
    uint64_t limit = builder->context->limits.max_expanded_nodes;
    if (nodes > limit || builder->nodes > limit - nodes)
        return report_expanded(builder, line, column);
    builder->nodes += nodes;
    builder->aliased += nodes;
    set_most_nodes(builder);
    return 0;
}

int gops_builder_refuse_scalar(gops_builder *builder, size_t length, uint32_t line,
                               uint32_t column)
{
    return gops_builder_problem(builder, GOPS_CHILD, GITOPS_SEVERITY_ERROR, GITOPS_ELIMIT, line,
                                column,
                                "scalar has %zu bytes, more than %llu (limit max_scalar_bytes)",
                                length,
                                (unsigned long long)builder->context->limits.max_scalar_bytes);
}

int gops_builder_make_room(gops_builder *builder, uint32_t line, uint32_t column)
{
    size_t before = builder->capacity;
    if (builder->nodes >= builder->most_nodes)
        return report_nodes(builder, line, column);
    if (gops_grow(builder->context, &builder->pending, &builder->capacity, builder->count + 1,
                  sizeof *builder->pending) < 0 ||
        !gops_budget_take(builder->arena->budget,
                          (builder->capacity - before) * sizeof *builder->pending))
        return GITOPS_ENOMEM;
    return 0;
}

static int check_depth(gops_builder *builder, int is_flow, uint32_t line, uint32_t column)
{
    const gitops_limits *limits = &builder->context->limits;
    if (builder->depth >= limits->max_depth)
        return gops_builder_problem(builder, GOPS_CHILD, GITOPS_SEVERITY_ERROR, GITOPS_ELIMIT,
                                    line, column,
                                    "document is nested more than %u levels deep (limit max_depth)",
                                    (unsigned)limits->max_depth);
    if (is_flow && builder->flow_depth >= limits->max_flow_depth)
        return gops_builder_problem(builder, GOPS_CHILD, GITOPS_SEVERITY_ERROR, GITOPS_ELIMIT,
                                    line, column,
                                    "flow collections are nested more than %u levels deep "
                                    "(limit max_flow_depth)",
                                    (unsigned)limits->max_flow_depth);
    return 0;
}

int gops_builder_open(gops_builder *builder, int is_map, int is_flow, uint32_t line,
                      uint32_t column)
{
    gitops_value *value;
    uint64_t nodes = builder->nodes, bytes = builder->bytes;
    int rc = check_depth(builder, is_flow, line, column);
    if (rc == 0)
        rc = gops_builder_slot(builder, &value, line, column);
    if (rc < 0)
        return rc;
    if (gops_grow(builder->context, &builder->frames, &builder->frame_capacity,
                  builder->depth + 1, sizeof *builder->frames) < 0)
        return GITOPS_ENOMEM;
    builder->frames[builder->depth++] = (gops_frame){
        .slot = builder->count - 1, .nodes = nodes, .bytes = bytes, .is_map = is_map != 0,
        .is_flow = is_flow != 0};
    builder->flow_depth += is_flow != 0;
    return 0;
}

/* Moves the children of a frame to the arena. */
static int take_children(gops_builder *builder, const gops_frame *frame, gitops_value **out,
                         uint32_t *count)
{
    size_t first = frame->slot + 1;
    if (frame->merges)
        return gops_merge_members(builder, frame, out, count);
    *count = (uint32_t)(builder->count - first);
    *out = NULL;
    if (*count == 0)
        return 0;
    gitops_value *children = gops_value_array(builder->arena, *count);
    if (!children)
        return GITOPS_ENOMEM;
    for (uint32_t i = 0; i < *count; i++)
        children[i] = builder->pending[first + i].value;
    *out = children;
    return 0;
}

/* By key, those of one key as they stand in the text. */
static int compare_pending(const void *left, const void *right)
{
    const gops_pending *a = *(const gops_pending *const *)left;
    const gops_pending *b = *(const gops_pending *const *)right;
    int order = gops_key_compare(a->value.key, a->value.key_length, b->value.key,
                                 b->value.key_length);
    return order ? order : (a > b) - (a < b);
}

/* All keys that stand twice in a map without merges. Returns 0 or GITOPS_ENOMEM. */
static int report_duplicates(gops_builder *builder, const gops_frame *frame, uint32_t count)
{
    const gops_pending **sorted = gops_arena_array(builder->arena, count, sizeof *sorted);
    if (!sorted)
        return GITOPS_ENOMEM;
    for (uint32_t i = 0; i < count; i++)
        sorted[i] = &builder->pending[frame->slot + 1 + i];
    qsort(sorted, count, sizeof *sorted, compare_pending);
    for (uint32_t i = 1; i < count; i++) {
        const gops_pending *first = sorted[i - 1], *second = sorted[i];
        const gitops_value *a = &first->value, *b = &second->value;
        if (gops_key_compare(a->key, a->key_length, b->key, b->key_length) != 0 ||
            a->key == gops_no_key || b->key == gops_no_key)
            continue;
        gops_builder_member_problem(builder, b, GITOPS_SEVERITY_ERROR, GITOPS_EDUPLICATE,
                                    second->key_line, second->key_column,
                                    "duplicate key \"%.*s\" in lines %u and %u",
                                    (int)(b->key_length < 200 ? b->key_length : 200), b->key,
                                    (unsigned)first->key_line, (unsigned)second->key_line);
    }
    return 0;
}

static int set_map(gops_builder *builder, const gops_frame *frame, gitops_value *value,
                   gitops_value *members, uint32_t count)
{
    if (gops_value_set_map(value, members, count) == 0)
        return 0;
    int rc = report_duplicates(builder, frame, count);
    /* The document is broken, but it may still be known which object it is. */
    gops_value_set_map(value, members, drop_duplicates(members, count));
    return rc;
}

int gops_builder_close(gops_builder *builder, const gitops_value **out)
{
    gops_frame *frame = gops_builder_top(builder);
    gitops_value *children, *value = &builder->pending[frame->slot].value;
    uint32_t count;
    int rc = take_children(builder, frame, &children, &count);
    if (rc < 0)
        return rc;
    if (frame->is_map)
        rc = set_map(builder, frame, value, children, count);
    else
        gops_value_set_list(value, children, count);
    if (rc < 0)
        return rc;
    builder->count = frame->slot + 1;
    builder->flow_depth -= frame->is_flow;
    builder->depth--;
    gops_frame *parent = gops_builder_top(builder);
    if (parent && parent->height < frame->height + 1)
        parent->height = frame->height + 1;
    *out = value;
    return 0;
}
