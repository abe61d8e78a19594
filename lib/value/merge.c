/*
 * merge: the members of a map that has merge keys. All definitions of all keys are laid out in the
 * order in which they apply, sorted by key, and the last of each key stays.
 */
#include "value/merge.h"

#include <stdlib.h>

/* One definition of a key: where an own key stands, or line 0 for what came by a merge. */
typedef struct definition {
    gitops_value member;
    uint32_t line, column;
    uint32_t order; /* in which they apply */
} definition;

typedef struct splice {
    definition *items;
    uint32_t count;
} splice;

static uint32_t merged_count(const gitops_value *source)
{
    uint32_t count = 0;
    if (source->type == GITOPS_VALUE_MAP)
        return source->count;
    for (uint32_t i = 0; i < source->count; i++)
        count += source->as.children[i].count;
    return count;
}

static void add_member(splice *out, const gitops_value *member, uint32_t line, uint32_t column)
{
    out->items[out->count] = (definition){*member, line, column, out->count};
    out->count++;
}

static void add_map(splice *out, const gitops_value *map)
{
    for (uint32_t i = 0; i < map->count; i++)
        add_member(out, &map->as.children[i], 0, 0);
}

/* In a list of maps the earlier one wins, so it is applied last. */
static void add_merged(splice *out, const gitops_value *source)
{
    if (source->type == GITOPS_VALUE_MAP) {
        add_map(out, source);
        return;
    }
    for (uint32_t i = source->count; i > 0; i--)
        add_map(out, &source->as.children[i - 1]);
}

/* Counts the members that merges bring: each is a copy, which no other limit sees. */
static int count_merged(gops_builder *builder, const gitops_value *source)
{
    uint64_t limit = builder->context->limits.max_merged_members;
    builder->merged += merged_count(source);
    if (builder->merged <= limit)
        return 0;
    return gops_builder_problem(builder, GOPS_OPEN, GITOPS_SEVERITY_ERROR, GITOPS_ELIMIT,
                                source->line, source->column,
                                "merges (<<) add more than %llu members to the document "
                                "(limit max_merged_members)",
                                (unsigned long long)limit);
}

static int make_room(gops_builder *builder, const gops_frame *frame, splice *out)
{
    size_t total = 0, before = builder->definition_capacity;
    for (size_t i = frame->slot + 1; i < builder->count; i++) {
        const gitops_value *child = &builder->pending[i].value;
        int is_merge = child->key == gops_merge_key;
        if (is_merge && count_merged(builder, child) < 0)
            return GITOPS_ELIMIT;
        total += is_merge ? merged_count(child) : 1;
    }
    if (gops_grow(builder->context, &builder->definitions, &builder->definition_capacity, total,
                  sizeof *out->items) < 0 ||
        !gops_budget_take(builder->arena->budget,
                          (builder->definition_capacity - before) * sizeof *out->items))
        return GITOPS_ENOMEM;
    out->count = 0;
    out->items = builder->definitions;
    return 0;
}

static int compare_keys(const gitops_value *a, const gitops_value *b)
{
    return gops_key_compare(a->key, a->key_length, b->key, b->key_length);
}

static int compare_definitions(const void *left, const void *right)
{
    const definition *a = left, *b = right;
    int order = compare_keys(&a->member, &b->member);
    return order ? order : (a->order > b->order) - (a->order < b->order);
}

/* Judges an own key that a later definition of the same key replaces. */
static void report_replaced(gops_builder *builder, const definition *lost,
                            const definition *winner, const gitops_value *member)
{
    int length = (int)(member->key_length < 200 ? member->key_length : 200);
    if (winner->line)
        gops_builder_member_problem(builder, member, GITOPS_SEVERITY_ERROR, GITOPS_EDUPLICATE,
                                    winner->line, winner->column,
                                    "duplicate key \"%.*s\" in lines %u and %u", length,
                                    member->key, (unsigned)lost->line, (unsigned)winner->line);
    else
        gops_builder_member_problem(builder, member, GITOPS_SEVERITY_WARNING, GITOPS_EDUPLICATE,
                                    lost->line, lost->column,
                                    "key \"%.*s\" is replaced by the merge (<<) after it",
                                    length, member->key);
}

/* Puts the last definition of each key into members, and gives their number. */
static uint32_t keep_last(gops_builder *builder, const splice *all, gitops_value *members)
{
    uint32_t kept = 0;
    const definition *own = NULL, *previous = NULL; /* of the key at hand */
    for (uint32_t i = 0; i < all->count; i++) {
        const definition *here = &all->items[i];
        if (i == 0 || compare_keys(&here->member, &here[-1].member) != 0)
            own = previous = NULL;
        if (own && (here->line || own == previous))
            report_replaced(builder, own, here, &here->member);
        if (here->line)
            own = here;
        previous = here;
        if (i + 1 == all->count || compare_keys(&here->member, &here[1].member) != 0)
            members[kept++] = here->member;
    }
    return kept;
}

int gops_merge_members(gops_builder *builder, const gops_frame *frame, gitops_value **members,
                       uint32_t *count)
{
    splice all;
    int rc = make_room(builder, frame, &all);
    if (rc < 0)
        return rc;
    for (size_t i = frame->slot + 1; i < builder->count; i++) {
        const gops_pending *child = &builder->pending[i];
        if (child->value.key == gops_merge_key)
            add_merged(&all, &child->value);
        else
            add_member(&all, &child->value, child->key_line, child->key_column);
    }
    *members = gops_value_array(builder->arena, all.count);
    if (!*members)
        return GITOPS_ENOMEM;
    if (all.count > 1)
        qsort(all.items, all.count, sizeof *all.items, compare_definitions);
    *count = keep_last(builder, &all, *members);
    return 0;
}
