/* intern: open addressing with linear probing, at most three quarters full; nothing is removed. */
#include "base/intern.h"

#include <string.h>

void gops_intern_init(gops_intern *intern, gitops_context *context)
{
    memset(intern, 0, sizeof *intern);
    intern->context = context;
}

void gops_intern_release(gops_intern *intern)
{
    gops_free(intern->context, intern->slots);
    gops_intern_init(intern, intern->context);
}

uint32_t gops_intern_find(const gops_intern *intern, uint64_t hash, gops_intern_same same,
                          const void *owner, const void *wanted)
{
    size_t mask = intern->capacity - 1;
    if (intern->count == 0)
        return 0;
    for (size_t i = (uint32_t)hash & mask;; i = (i + 1) & mask) {
        const gops_intern_slot *slot = &intern->slots[i];
        if (slot->number == 0)
            return 0;
        if (slot->hash == (uint32_t)hash && same(owner, slot->number, wanted))
            return slot->number;
    }
}

static void place(gops_intern *intern, gops_intern_slot item)
{
    size_t i = item.hash & (intern->capacity - 1);
    while (intern->slots[i].number)
        i = (i + 1) & (intern->capacity - 1);
    intern->slots[i] = item;
}

static int enlarge(gops_intern *intern)
{
    gops_intern larger = *intern;
    larger.capacity = intern->capacity ? intern->capacity * 2 : 64;
    larger.slots = gops_calloc(intern->context, larger.capacity, sizeof *larger.slots);
    if (!larger.slots)
        return GITOPS_ENOMEM;
    for (size_t i = 0; i < intern->capacity; i++)
        if (intern->slots[i].number)
            place(&larger, intern->slots[i]);
    gops_free(intern->context, intern->slots);
    *intern = larger;
    return 0;
}

int gops_intern_add(gops_intern *intern, uint64_t hash, uint32_t number)
{
    if (intern->count + 1 > intern->capacity / 4 * 3 && enlarge(intern) < 0)
        return GITOPS_ENOMEM;
    place(intern, (gops_intern_slot){(uint32_t)hash, number});
    intern->count++;
    return 0;
}
