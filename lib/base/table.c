/*
 * table: open addressing with linear probing, at most three quarters full. Removal shifts the
 * following entries back, so that there are no tombstones.
 */
#include "base/table.h"

#include <string.h>

#include "base/hash.h"

void gops_table_init(gops_table *table, gitops_context *context)
{
    memset(table, 0, sizeof *table);
    table->context = context;
}

void gops_table_release(gops_table *table)
{
    gops_free(table->context, table->slots);
    table->slots = NULL;
    table->capacity = table->count = 0;
}

/* The slot of a key, or the free slot where it belongs. The table is never full. */
static gops_table_entry *find_slot(const gops_table *table, const void *key, size_t length,
                                   uint64_t hash)
{
    size_t mask = table->capacity - 1;
    for (size_t i = (size_t)hash & mask;; i = (i + 1) & mask) {
        gops_table_entry *slot = &table->slots[i];
        if (!slot->value || (slot->hash == hash && slot->length == length &&
                             memcmp(slot->key, key, length) == 0))
            return slot;
    }
}

static int enlarge(gops_table *table, size_t capacity)
{
    gops_table larger = *table;
    larger.capacity = capacity;
    larger.slots = gops_calloc(table->context, larger.capacity, sizeof *larger.slots);
    if (!larger.slots)
        return GITOPS_ENOMEM;
    for (size_t i = 0; i < table->capacity; i++) {
        gops_table_entry *slot = &table->slots[i];
        if (slot->value)
            *find_slot(&larger, slot->key, slot->length, slot->hash) = *slot;
    }
    gops_free(table->context, table->slots);
    *table = larger;
    return 0;
}

void *gops_table_get(const gops_table *table, const void *key, size_t length)
{
    if (table->count == 0)
        return NULL;
    return find_slot(table, key, length, gops_hash64(key, length))->value;
}

int gops_table_reserve(gops_table *table, size_t count)
{
    size_t capacity = table->capacity ? table->capacity : 16;
    while (capacity / 4 * 3 < count)
        capacity *= 2;
    return capacity == table->capacity ? 0 : enlarge(table, capacity);
}

int gops_table_set(gops_table *table, const void *key, size_t length, void *value)
{
    if (table->count + 1 > table->capacity / 4 * 3 &&
        gops_table_reserve(table, table->count + 1) < 0)
        return GITOPS_ENOMEM;
    uint64_t hash = gops_hash64(key, length);
    gops_table_entry *slot = find_slot(table, key, length, hash);
    if (!slot->value)
        table->count++;
    *slot = (gops_table_entry){key, length, hash, value};
    return 0;
}

void *gops_table_remove(gops_table *table, const void *key, size_t length)
{
    if (table->count == 0)
        return NULL;
    gops_table_entry *slot = find_slot(table, key, length, gops_hash64(key, length));
    void *value = slot->value;
    if (!value)
        return NULL;
    size_t mask = table->capacity - 1, hole = (size_t)(slot - table->slots);
    for (size_t i = (hole + 1) & mask; table->slots[i].value; i = (i + 1) & mask) {
        size_t home = (size_t)table->slots[i].hash & mask;
        if (((i - home) & mask) >= ((i - hole) & mask)) {
            table->slots[hole] = table->slots[i];
            hole = i;
        }
    }
    memset(&table->slots[hole], 0, sizeof table->slots[hole]);
    table->count--;
    return value;
}

void *gops_table_next(const gops_table *table, size_t *position)
{
    while (*position < table->capacity) {
        gops_table_entry *slot = &table->slots[(*position)++];
        if (slot->value)
            return slot->value;
    }
    return NULL;
}
