/*
 * known: a hash table by key; entries are single allocations that own their key.
 */
#include "reconcile/known.h"

#include <string.h>

void gops_known_init(gops_known_set *set, gitops_context *context)
{
    memset(set, 0, sizeof *set);
    set->context = context;
    gops_table_init(&set->table, context);
    gops_roll_init(&set->roll, context);
}

void gops_known_release(gops_known_set *set)
{
    gops_known *known;
    for (size_t i = 0; (known = gops_table_next(&set->table, &i)) != NULL;)
        gops_free(set->context, known);
    gops_table_release(&set->table);
    gops_roll_release(&set->roll);
    gops_known_init(set, set->context);
}

gops_known *gops_known_find(const gops_known_set *set, const char *key)
{
    return gops_table_get(&set->table, key, strlen(key));
}

gops_known *gops_known_add(gops_known_set *set, const char *key)
{
    size_t length = strlen(key);
    gops_known *known = gops_table_get(&set->table, key, length);
    if (known)
        return known;
    known = gops_calloc(set->context, 1, sizeof *known + length + 1);
    if (!known)
        return NULL;
    memcpy(known->key, key, length + 1);
    if (gops_table_set(&set->table, known->key, length, known) < 0) {
        gops_free(set->context, known);
        return NULL;
    }
    return known;
}

/* Changes one entry and keeps the counts right. */
static void update(gops_known_set *set, gops_known *known, int owned, int32_t intent)
{
    set->owned -= (uint64_t)(known->owned != 0);
    set->intents -= (uint64_t)(known->intent != 0);
    set->claims -= (uint64_t)(known->intent && !known->owned);
    known->owned = owned != 0;
    known->intent = (uint8_t)intent;
    set->owned += (uint64_t)(known->owned != 0);
    set->intents += (uint64_t)(known->intent != 0);
    set->claims += (uint64_t)(known->intent && !known->owned);
}

void gops_known_own(gops_known_set *set, gops_known *known, int owned)
{
    update(set, known, owned, known->intent);
}

void gops_known_intend(gops_known_set *set, gops_known *known, int32_t action)
{
    update(set, known, known->owned, action);
}

uint64_t gops_known_claims(const gops_known_set *set)
{
    return set->owned + set->claims;
}

void gops_known_drop_if_empty(gops_known_set *set, gops_known *known)
{
    if (known->owned || known->desired || known->intent)
        return;
    gops_table_remove(&set->table, known->key, strlen(known->key));
    gops_roll_drop(&set->roll, known);
    gops_free(set->context, known);
}

void gops_known_begin_look(gops_known_set *set)
{
    set->look++;
    set->seen_owned = set->seen_desired = 0;
    gops_roll_begin(&set->roll, set->look);
}

int gops_known_expect(gops_known_set *set, const gops_digest *key, const gops_digest *state)
{
    if (!gops_roll_expect(&set->roll, key, state))
        return 0;
    set->seen_owned++; /* only what is owned and desired has a state in the listing */
    set->seen_desired++;
    return 1;
}

int gops_known_is_met(const gops_known_set *set, const gops_known *known)
{
    const gops_roll_entry *entry = gops_roll_of(&set->roll, known);
    return known->seen == set->look || (entry && entry->seen == set->look);
}

int gops_known_meet(gops_known_set *set, gops_known *known)
{
    if (gops_known_is_met(set, known))
        return 0;
    known->seen = set->look;
    set->seen_owned += known->owned;
    set->seen_desired += known->desired;
    return 1;
}

void gops_known_settle(gops_known_set *set, gops_known *known, const gops_digest *live,
                       const gops_digest *state)
{
    gops_roll_entry *entry = gops_roll_of(&set->roll, known);
    known->live = *live;
    known->settled = 1;
    if (entry && known->owned && known->desired)
        entry->state = *state;
}

void gops_known_unsettle(gops_known_set *set, gops_known *known)
{
    gops_roll_entry *entry = gops_roll_of(&set->roll, known);
    known->settled = 0;
    if (entry)
        memset(&entry->state, 0, sizeof entry->state);
}

int gops_known_is_settled(const gops_known_set *set, const gops_known *known,
                          const gops_digest *live, const gops_digest *state)
{
    const gops_roll_entry *entry = gops_roll_of(&set->roll, known);
    return known->settled && ((entry && gops_digest_equal(&entry->state, state)) ||
                              (live && gops_digest_equal(&known->live, live)));
}
