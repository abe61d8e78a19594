/*
 * schema_file: reads the members of a schema document one after the other and turns each pattern
 * with what is said about it into a rule. Nothing is guessed: an unknown member is an error.
 */
#include "manifest/schema_file.h"

#include <string.h>

typedef struct file_reader {
    gops_arena *arena;
    gops_patterns patterns;
    gops_schema_file *out;
    gitops_error *err;
} file_reader;

static int fail_value(file_reader *r, const gitops_value *value, const char *expected)
{
    return gops_fail_at(r->err, GITOPS_EPARSE, NULL, value->line, value->column, "expected %s",
                        expected);
}

static int fail_member(file_reader *r, const gitops_value *member, const char *expected)
{
    int shown = member->key_length < 80 ? (int)member->key_length : 80;
    return gops_fail_at(r->err, GITOPS_EPARSE, NULL, member->line, member->column,
                        "unknown member \"%.*s\": expected %s", shown, member->key, expected);
}

static int is_named(const gitops_value *member, const char *name)
{
    return gops_key_compare(member->key, member->key_length, name, strlen(name)) == 0;
}

/* The place of a value among NULL-terminated words, or GITOPS_EPARSE. */
static int read_word(file_reader *r, const gitops_value *value, const char *const *words,
                     const char *expected)
{
    if (gops_value_is(value, GITOPS_VALUE_STRING))
        for (int i = 0; words[i]; i++)
            if (gops_value_text_is(value, words[i]))
                return i;
    return fail_value(r, value, expected);
}

static int read_null(file_reader *r, const gitops_value *value, uint8_t flag)
{
    static const char *const words[] = {"value", "absent", NULL};
    int word = read_word(r, value, words, "absent or value");
    (void)flag;
    if (word < 0)
        return word;
    r->out->null_absent = word;
    return 0;
}

/* A list of patterns, each of which gets the flag. */
static int read_flags(file_reader *r, const gitops_value *value, uint8_t flag)
{
    if (!gops_value_is(value, GITOPS_VALUE_LIST))
        return fail_value(r, value, "a list of path patterns");
    for (uint32_t i = 0; i < value->count; i++) {
        const gitops_value *item = &value->as.children[i];
        gops_rule *rule;
        if (!gops_value_is(item, GITOPS_VALUE_STRING))
            return fail_value(r, item, "a path pattern");
        int status =
            gops_patterns_add(&r->patterns, item->as.text, item->count, item, &rule, r->err);
        if (status < 0)
            return status;
        rule->flags |= flag;
    }
    return 0;
}

static int read_maps(file_reader *r, const gitops_value *value, uint8_t flag)
{
    static const char *const words[] = {"free", "struct", "atomic", "retain-keys", NULL};
    (void)flag;
    if (!gops_value_is(value, GITOPS_VALUE_MAP))
        return fail_value(r, value,
                          "a map from path patterns to free, struct, atomic or "
                          "retain-keys");
    for (uint32_t i = 0; i < value->count; i++) {
        const gitops_value *item = &value->as.children[i];
        gops_rule *rule;
        int word = read_word(r, item, words, "free, struct, atomic or retain-keys");
        if (word < 0)
            return word;
        int status =
            gops_patterns_add(&r->patterns, item->key, item->key_length, item, &rule, r->err);
        if (status < 0)
            return status;
        rule->has_map = 1;
        rule->map = (uint8_t)word;
    }
    return 0;
}

static gops_list_key *find_key(gops_list_key *keys, size_t count, const char *name, size_t length)
{
    for (size_t i = 0; i < count; i++)
        if (strlen(keys[i].name) == length && memcmp(keys[i].name, name, length) == 0)
            return &keys[i];
    return NULL;
}

static int read_keys(file_reader *r, const gitops_value *value, gops_list_key *keys)
{
    for (uint32_t i = 0; i < value->count; i++) {
        const gitops_value *item = &value->as.children[i];
        if (!gops_value_is(item, GITOPS_VALUE_STRING) || item->count == 0 ||
            memchr(item->as.text, '\0', item->count))
            return fail_value(r, item, "the name of a member");
        if (find_key(keys, i, item->as.text, item->count))
            return fail_value(r, item, "every key once");
        keys[i].name = gops_arena_strndup(r->arena, item->as.text, item->count);
        keys[i].default_value = NULL;
        if (!keys[i].name)
            return gops_fail_memory(r->err);
    }
    return 0;
}

/* A default only identifies elements here, so one of a member that is no key changes nothing. */
static int read_defaults(file_reader *r, const gitops_value *value, gops_list_key *keys,
                         size_t count)
{
    if (!gops_value_is(value, GITOPS_VALUE_MAP))
        return fail_value(r, value, "a map from members to their default values");
    for (uint32_t i = 0; i < value->count; i++) {
        const gitops_value *item = &value->as.children[i];
        gops_list_key *key = find_key(keys, count, item->key, item->key_length);
        if (!key)
            continue;
        if (item->type == GITOPS_VALUE_NULL || item->type >= GITOPS_VALUE_LIST)
            return fail_value(r, item, "a string, number or boolean");
        gitops_value *copy = gops_arena_alloc(r->arena, sizeof *copy);
        if (!copy || !gops_value_copy(copy, item, r->arena))
            return gops_fail_memory(r->err);
        key->default_value = copy;
    }
    return 0;
}

/* The keys of a list: map, with their defaults (NULL: none). */
static int read_tuple(file_reader *r, const gitops_value *list, const gitops_value *names,
                      const gitops_value *defaults, gops_rule *rule)
{
    if (!names)
        return fail_value(r, list, "keys, because the elements of a list: map are found by them");
    if (!gops_value_is(names, GITOPS_VALUE_LIST) || names->count == 0 || names->count > 16)
        return fail_value(r, names, "a list of 1 to 16 keys");
    gops_list_key *keys = gops_arena_array(r->arena, names->count, sizeof *keys);
    gops_list_keys *tuple = gops_arena_alloc(r->arena, sizeof *tuple);
    if (!keys || !tuple)
        return gops_fail_memory(r->err);
    int status = read_keys(r, names, keys);
    if (status == 0 && defaults)
        status = read_defaults(r, defaults, keys, names->count);
    *tuple = (gops_list_keys){keys, names->count};
    rule->tuples = tuple;
    rule->tuple_count = 1;
    return status;
}

static int read_list(file_reader *r, const gitops_value *value, gops_rule *rule)
{
    static const char *const words[] = {"atomic", "map", "set", "sequence", NULL};
    const gitops_value *kind = NULL, *keys = NULL, *defaults = NULL;
    if (!gops_value_is(value, GITOPS_VALUE_MAP))
        return fail_value(r, value, "a map with list and, for a list: map, keys and defaults");
    for (uint32_t i = 0; i < value->count; i++) {
        const gitops_value *item = &value->as.children[i];
        const gitops_value **place = is_named(item, "list")       ? &kind
                                     : is_named(item, "keys")     ? &keys
                                     : is_named(item, "defaults") ? &defaults
                                                                  : NULL;
        if (!place)
            return fail_member(r, item, "list, keys or defaults");
        *place = item;
    }
    if (!kind)
        return fail_value(r, value, "list: map, set, atomic or sequence");
    int word = read_word(r, kind, words, "map, set, atomic or sequence");
    if (word < 0)
        return word;
    rule->has_list = 1;
    rule->list = (uint8_t)word;
    if (word == GOPS_LIST_MAP)
        return read_tuple(r, value, keys, defaults, rule);
    if (keys || defaults)
        return fail_value(r, keys ? keys : defaults, "keys and defaults in a list: map only");
    return 0;
}

static int read_lists(file_reader *r, const gitops_value *value, uint8_t flag)
{
    (void)flag;
    if (!gops_value_is(value, GITOPS_VALUE_MAP))
        return fail_value(r, value, "a map from path patterns to lists");
    for (uint32_t i = 0; i < value->count; i++) {
        const gitops_value *item = &value->as.children[i];
        gops_rule *rule;
        int status =
            gops_patterns_add(&r->patterns, item->key, item->key_length, item, &rule, r->err);
        if (status == 0)
            status = read_list(r, item, rule);
        if (status < 0)
            return status;
    }
    return 0;
}

static int read_member(file_reader *r, const gitops_value *member)
{
    static const struct {
        const char *name;
        int (*read)(file_reader *r, const gitops_value *value, uint8_t flag);
        uint8_t flag;
    } members[] = {
        {"null", read_null, 0},
        {"lists", read_lists, 0},
        {"maps", read_maps, 0},
        {"defaulted", read_flags, GOPS_RULE_DEFAULTED},
        {"omit-empty", read_flags, GOPS_RULE_OMIT_EMPTY},
        {"ignore", read_flags, GOPS_RULE_IGNORED},
        {"sensitive", read_flags, GOPS_RULE_SENSITIVE},
        {"immutable", read_flags, GOPS_RULE_IMMUTABLE},
    };
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        if (is_named(member, members[i].name))
            return members[i].read(r, member, members[i].flag);
    return fail_member(r, member,
                       "null, lists, maps, defaulted, omit-empty, ignore, sensitive or "
                       "immutable");
}

int gops_schema_file_read(gops_schema_file *out, gitops_context *context, gops_arena *arena,
                          const gitops_value *root, gitops_error *err)
{
    file_reader r = {.arena = arena, .out = out, .err = err};
    memset(out, 0, sizeof *out);
    if (!gops_value_is(root, GITOPS_VALUE_MAP))
        return fail_value(&r, root, "a schema, which is a map");
    int status = gops_patterns_init(&r.patterns, context, arena);
    if (status < 0)
        gops_fail_memory(err);
    for (uint32_t i = 0; status == 0 && i < root->count; i++)
        status = read_member(&r, &root->as.children[i]);
    if (status == 0)
        status = gops_patterns_compile(&r.patterns, &out->rules, err);
    gops_patterns_release(&r.patterns);
    return status;
}
