/*
 * triwalk: what every step of the walk needs: the path, the stack of answers, nodes of the results.
 */
#include "diff/triwalk.h"

#include "value/pointer.h"

void gops_triwalk_begin(gops_triwalk *walk, gitops_context *context)
{
    walk->context = context;
    gops_arena_init(&walk->scratch, context, 0);
    gops_buffer_init(&walk->path, context, 0);
}

void gops_triwalk_end(gops_triwalk *walk)
{
    gops_arena_free(&walk->scratch);
    gops_buffer_release(&walk->path);
    gops_free(walk->context, walk->stack);
}

size_t gops_triwalk_enter(gops_triwalk *walk, const char *key, size_t length)
{
    size_t before = walk->path.length;
    gops_pointer_append(&walk->path, key, length);
    if (walk->path.status < 0)
        walk->status = walk->path.status;
    return before;
}

size_t gops_triwalk_enter_index(gops_triwalk *walk, uint32_t i)
{
    char digits[12];
    size_t start = sizeof digits;
    do {
        digits[--start] = (char)('0' + i % 10);
        i /= 10;
    } while (i);
    return gops_triwalk_enter(walk, digits + start, sizeof digits - start);
}

void gops_triwalk_leave(gops_triwalk *walk, size_t length)
{
    if (walk->path.status < 0)
        return;
    walk->path.length = length;
    walk->path.data[length] = '\0';
}

void gops_triwalk_push(gops_triwalk *walk, gops_outcome outcome)
{
    if (gops_grow(walk->context, &walk->stack, &walk->stack_capacity, walk->stack_count + 1,
                  sizeof *walk->stack) < 0) {
        walk->status = GITOPS_ENOMEM;
        return;
    }
    walk->stack[walk->stack_count++] = outcome;
}

gitops_value *gops_triwalk_node(gops_triwalk *walk, gops_arena *arena, const gitops_value *like)
{
    gitops_value *node = gops_arena_alloc(arena, sizeof *node);
    if (!node) {
        walk->status = GITOPS_ENOMEM;
        return NULL;
    }
    *node = *like;
    return node;
}

gitops_value *gops_triwalk_values(gops_triwalk *walk, gops_arena *arena, size_t count)
{
    gitops_value *values = gops_value_array(arena, count);
    if (!values)
        walk->status = GITOPS_ENOMEM;
    return values;
}

void *gops_triwalk_scratch(gops_triwalk *walk, size_t count, size_t size)
{
    void *memory = gops_arena_array(&walk->scratch, count, size);
    if (!memory) {
        walk->status = GITOPS_ENOMEM;
        return NULL;
    }
    return memory;
}
