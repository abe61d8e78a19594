/*
 * merge: the members of a map that has merge keys. All definitions of all keys are laid out in the
 * order in which they apply, sorted by key, and the last of each key stays.
 */
#include "value/merge.h"

/* Where an own key stands; line 0 = the member came by a merge. By the order of definitions. */
typedef struct definition {
    uint32_t line, column;
} definition;

typedef struct splice {
    gitops_value *members;
    definition *definitions;
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
    out->members[out->count] = *member;
    out->members[out->count].order = out->count;
    out->definitions[out->count] = (definition){line, column};
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

static int make_room(gops_builder *builder, const gops_frame *frame, splice *out)
{
    size_t total = 0;
    for (size_t i = frame->slot + 1; i < builder->count; i++) {
        const gitops_value *child = &builder->pending[i].value;
        total += child->key == gops_merge_key ? merged_count(child) : 1;
    }
    out->count = 0;
    out->members = gops_arena_array(builder->arena, total, sizeof *out->members);
    out->definitions = gops_arena_array(builder->arena, total, sizeof *out->definitions);
    return out->members && out->definitions ? 0 : GITOPS_ENOMEM;
}

static int same_key(const gitops_value *a, const gitops_value *b)
{
    return gops_key_compare(a->key, a->key_length, b->key, b->key_length) == 0;
}

/* Judges an own key that a later definition of the same key replaces. */
static void report_replaced(gops_builder *builder, const definition *lost,
                            const definition *winner, const gitops_value *member)
{
    int length = (int)(member->key_length < 200 ? member->key_length : 200);
    if (winner->line)
        gops_builder_problem(builder, GITOPS_SEVERITY_ERROR, GITOPS_EDUPLICATE, winner->line,
                             winner->column, "duplicate key \"%.*s\" in lines %u and %u", length,
                             member->key, (unsigned)lost->line, (unsigned)winner->line);
    else
        gops_builder_problem(builder, GITOPS_SEVERITY_WARNING, GITOPS_EDUPLICATE, lost->line,
                             lost->column, "key \"%.*s\" is replaced by the merge (<<) after it",
                             length, member->key);
}

/* Keeps the last definition of each key. */
static uint32_t keep_last(gops_builder *builder, splice *all)
{
    uint32_t kept = 0;
    const definition *own = NULL, *previous = NULL; /* of the key at hand */
    for (uint32_t i = 0; i < all->count; i++) {
        const gitops_value *member = &all->members[i];
        const definition *here = &all->definitions[member->order];
        if (i == 0 || !same_key(member, &all->members[i - 1]))
            own = previous = NULL;
        if (own && (here->line || own == previous))
            report_replaced(builder, own, here, member);
        if (here->line)
            own = here;
        previous = here;
        if (i + 1 == all->count || !same_key(member, &all->members[i + 1]))
            all->members[kept++] = *member;
    }
    return kept;
}

int gops_merge_members(gops_builder *builder, const gops_frame *frame, gitops_value **members,
                       uint32_t *count)
{
    splice all;
    if (make_room(builder, frame, &all) < 0)
        return GITOPS_ENOMEM;
    for (size_t i = frame->slot + 1; i < builder->count; i++) {
        const gops_pending *child = &builder->pending[i];
        if (child->value.key == gops_merge_key)
            add_merged(&all, &child->value);
        else
            add_member(&all, &child->value, child->key_line, child->key_column);
    }
    gops_members_sort(all.members, all.count);
    *count = keep_last(builder, &all);
    *members = all.members;
    return 0;
}
