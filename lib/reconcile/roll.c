/*
 * roll: an array in the order of the last listing, and the place where the current one stands in
 * it. An object that comes unexpected sets the place right, so that one that was added or left out
 * costs one or two look-ups. After a listing in another order the array is sorted once.
 */
#include "reconcile/roll.h"

#include <stdlib.h>
#include <string.h>

#include "reconcile/known.h"

void gops_roll_init(gops_roll *roll, gitops_context *context)
{
    memset(roll, 0, sizeof *roll);
    roll->context = context;
}

void gops_roll_release(gops_roll *roll)
{
    gops_free(roll->context, roll->items);
    gops_roll_init(roll, roll->context);
}

/* Those that the last look met, in its order; then the others as they were; the dropped last. */
static int compare_turns(const void *left, const void *right)
{
    const gops_roll_entry *a = left, *b = right;
    if (!a->known != !b->known)
        return a->known ? -1 : 1;
    return (a->turn > b->turn) - (a->turn < b->turn);
}

static void learn_order(gops_roll *roll)
{
    for (size_t i = 0; i < roll->count; i++)
        if (roll->items[i].seen != roll->look)
            roll->items[i].turn = roll->turn + (uint32_t)i;
    qsort(roll->items, roll->count, sizeof *roll->items, compare_turns);
    while (roll->count && !roll->items[roll->count - 1].known)
        roll->count--;
    for (size_t i = 0; i < roll->count; i++)
        roll->items[i].known->place = (uint32_t)(i + 1);
}

void gops_roll_begin(gops_roll *roll, uint32_t look)
{
    if (roll->misses > 64 + roll->count / 1024)
        learn_order(roll);
    roll->look = look;
    roll->next = 0;
    roll->turn = roll->misses = 0;
}

static void meet(gops_roll *roll, gops_roll_entry *entry)
{
    entry->seen = roll->look;
    entry->turn = roll->turn++;
    roll->next = (size_t)(entry - roll->items) + 1;
}

int gops_roll_expect(gops_roll *roll, const gops_digest *key, const gops_digest *state)
{
    while (roll->next < roll->count && !roll->items[roll->next].known)
        roll->next++;
    if (roll->next == roll->count)
        return 0;
    gops_roll_entry *entry = &roll->items[roll->next];
    if (!gops_digest_equal(&entry->key, key) || !gops_digest_equal(&entry->state, state) ||
        entry->seen == roll->look)
        return 0;
    meet(roll, entry);
    return 1;
}

gops_roll_entry *gops_roll_of(const gops_roll *roll, const gops_known *known)
{
    return known->place ? &roll->items[known->place - 1] : NULL;
}

void gops_roll_meet(gops_roll *roll, gops_known *known, const gops_digest *key)
{
    roll->misses++;
    if (!known->place) {
        if (roll->count == UINT32_MAX - 1 ||
            gops_grow(roll->context, &roll->items, &roll->capacity, roll->count + 1,
                      sizeof *roll->items) < 0)
            return;
        gops_roll_entry *added = &roll->items[roll->count++];
        memset(added, 0, sizeof *added);
        added->key = *key;
        added->known = known;
        known->place = (uint32_t)roll->count;
    }
    meet(roll, gops_roll_of(roll, known));
}

void gops_roll_drop(gops_roll *roll, gops_known *known)
{
    gops_roll_entry *entry = gops_roll_of(roll, known);
    if (entry)
        entry->known = NULL;
    known->place = 0;
}
