/*
 * inventory: a copy of what a unit owns, for hosts. Keys and documents lie in one arena.
 */
#include "base/arena.h"
#include "store/backend.h"

typedef struct inventory_item {
    const char *key, *sent;
    size_t sent_length;
    int32_t owned, adopted, open_intent;
} inventory_item;

struct gitops_inventory {
    gitops_context *context;
    gops_arena arena;
    inventory_item *items;
    size_t count, capacity;
};

/* A claim without a document (nothing could have been sent) is not an object of ours. */
static int add_item(const gops_stored_row *stored, void *user_data)
{
    gitops_inventory *inventory = user_data;
    if (!stored->row.owned && !stored->sent)
        return 0;
    if (gops_grow(inventory->context, &inventory->items, &inventory->capacity, inventory->count + 1,
                  sizeof *inventory->items) < 0)
        return GITOPS_ENOMEM;
    inventory_item *item = &inventory->items[inventory->count];
    const char *sent = stored->sent ? stored->sent : "";
    item->key = gops_arena_strndup(&inventory->arena, stored->row.key, strlen(stored->row.key));
    item->sent_length = gops_store_sent_length(sent, stored->sent ? stored->sent_length : 0);
    item->sent = gops_arena_strndup(&inventory->arena, sent, item->sent_length);
    item->owned = stored->row.owned;
    item->adopted = stored->row.adopted;
    item->open_intent = stored->row.intent_action != 0;
    if (!item->key || !item->sent)
        return GITOPS_ENOMEM;
    inventory->count++;
    return 0;
}

int gitops_inventory_read(gitops_inventory **out, gitops_store *store, const char *unit,
                          gitops_error *err)
{
    if (!out || !store || !unit)
        return gops_fail(err, GITOPS_EINVAL, "inventory: out, store and unit are needed");
    *out = NULL;
    gitops_inventory *inventory = gops_calloc(store->context, 1, sizeof *inventory);
    if (!inventory)
        return gops_fail_memory(err);
    inventory->context = gops_context_ref(store->context);
    gops_arena_init(&inventory->arena, inventory->context, 0);
    int rc = store->backend->rows(store, unit, 1, add_item, inventory, err);
    if (rc < 0) {
        gitops_inventory_free(inventory);
        return rc == GITOPS_ENOMEM ? gops_fail_memory(err) : rc;
    }
    *out = inventory;
    return 0;
}

void gitops_inventory_free(gitops_inventory *inventory)
{
    if (!inventory)
        return;
    gitops_context *context = inventory->context;
    gops_arena_free(&inventory->arena);
    gops_free(context, inventory->items);
    gops_free(context, inventory);
    gitops_context_free(context);
}

size_t gitops_inventory_count(const gitops_inventory *inventory)
{
    return inventory->count;
}

const char *gitops_inventory_key(const gitops_inventory *inventory, size_t i)
{
    return i < inventory->count ? inventory->items[i].key : NULL;
}

const char *gitops_inventory_sent(const gitops_inventory *inventory, size_t i, size_t *length)
{
    int known = i < inventory->count;
    if (length)
        *length = known ? inventory->items[i].sent_length : 0;
    return known ? inventory->items[i].sent : NULL;
}

int32_t gitops_inventory_owned(const gitops_inventory *inventory, size_t i)
{
    return i < inventory->count ? inventory->items[i].owned : 0;
}

int32_t gitops_inventory_adopted(const gitops_inventory *inventory, size_t i)
{
    return i < inventory->count ? inventory->items[i].adopted : 0;
}

int32_t gitops_inventory_open_intent(const gitops_inventory *inventory, size_t i)
{
    return i < inventory->count ? inventory->items[i].open_intent : 0;
}
