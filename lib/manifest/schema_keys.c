/* schema_keys: checks and copies of what identifies the elements of a list. */
#include "manifest/schema_keys.h"

#include <string.h>

static int fail_value(gitops_error *err, const gitops_value *value, const char *expected)
{
    return gops_fail_at(err, GITOPS_EPARSE, NULL, value->line, value->column, "expected %s",
                        expected);
}

gops_list_key *gops_list_key_find(gops_list_key *keys, size_t count, const char *name,
                                  size_t length)
{
    for (size_t i = 0; i < count; i++)
        if (strlen(keys[i].name) == length && memcmp(keys[i].name, name, length) == 0)
            return &keys[i];
    return NULL;
}

int gops_list_keys_read(gops_list_key **keys, gops_arena *arena, const gitops_value *names,
                        gitops_error *err)
{
    if (!gops_value_is(names, GITOPS_VALUE_LIST) || names->count == 0 ||
        names->count > GOPS_LIST_KEYS)
        return fail_value(err, names, "a list of 1 to 16 keys");
    gops_list_key *made = gops_arena_array(arena, names->count, sizeof *made);
    if (!made)
        return gops_fail_memory(err);
    for (uint32_t i = 0; i < names->count; i++) {
        const gitops_value *item = &names->as.children[i];
        if (!gops_value_is(item, GITOPS_VALUE_STRING) || item->count == 0 ||
            memchr(item->as.text, '\0', item->count))
            return fail_value(err, item, "the name of a member");
        if (gops_list_key_find(made, i, item->as.text, item->count))
            return fail_value(err, item, "every key once");
        made[i].name = gops_arena_strndup(arena, item->as.text, item->count);
        made[i].default_value = NULL;
        if (!made[i].name)
            return gops_fail_memory(err);
    }
    *keys = made;
    return 0;
}

int gops_list_key_set_default(gops_list_key *key, gops_arena *arena, const gitops_value *value,
                              gitops_error *err)
{
    if (value->type == GITOPS_VALUE_NULL || value->type >= GITOPS_VALUE_LIST)
        return fail_value(err, value, "a string, number or boolean");
    gitops_value *copy = gops_arena_alloc(arena, sizeof *copy);
    if (!copy || !gops_value_copy(copy, value, arena))
        return gops_fail_memory(err);
    key->default_value = copy;
    return 0;
}
