/*
 * schema_file: reads the members of a schema document one after the other and turns each pattern
 * with what is said about it into a rule. Nothing is guessed: an unknown member is an error.
 */
#include "manifest/schema_file.h"

#include <string.h>

#include "manifest/schema_keys.h"

typedef struct file_reader {
    gops_patterns *patterns;
    gops_layer *layer; /* of the members being read */
    int32_t *null_policy;
    gitops_error *err;
} file_reader;

typedef int (*read_fn)(file_reader *r, const gitops_value *value, uint8_t flag);

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
    *r->null_policy = GITOPS_NULL_VALUE + word;
    return 0;
}

static int add_pattern(file_reader *r, const char *text, size_t length, const gitops_value *at,
                       gops_rule **out)
{
    return gops_patterns_add(r->patterns, r->layer, text, length, at, out, r->err);
}

/* {manager: NAME} among what is ignored. */
static int read_manager(file_reader *r, const gitops_value *value)
{
    const gitops_value *name =
        gops_value_is(value, GITOPS_VALUE_MAP) ? gops_value_member(value, "manager", 7) : NULL;
    if (!gops_value_is(name, GITOPS_VALUE_STRING) || value->count != 1)
        return fail_value(r, value, "a path pattern, or {manager: NAME}");
    return gops_patterns_manager(r->patterns, r->layer, name->as.text, name->count, name, r->err);
}

/* A list of patterns, each of which gets the flag. */
static int read_flags(file_reader *r, const gitops_value *value, uint8_t flag)
{
    if (!gops_value_is(value, GITOPS_VALUE_LIST))
        return fail_value(r, value, "a list of path patterns");
    for (uint32_t i = 0; i < value->count; i++) {
        const gitops_value *item = &value->as.children[i];
        gops_rule *rule = NULL;
        int is_text = gops_value_is(item, GITOPS_VALUE_STRING);
        if (!is_text && flag != GOPS_RULE_IGNORED)
            return fail_value(r, item, "a path pattern");
        int status = is_text ? add_pattern(r, item->as.text, item->count, item, &rule)
                             : read_manager(r, item);
        if (status < 0)
            return status;
        if (rule)
            rule->flags |= flag;
    }
    return 0;
}

/* A map from patterns to one of some words, which is set in their rules. */
static int read_choices(file_reader *r, const gitops_value *value, const char *const *words,
                        const char *expected, void (*set)(gops_rule *rule, uint8_t choice))
{
    if (!gops_value_is(value, GITOPS_VALUE_MAP))
        return gops_fail_at(r->err, GITOPS_EPARSE, NULL, value->line, value->column,
                            "expected a map from path patterns to %s", expected);
    for (uint32_t i = 0; i < value->count; i++) {
        const gitops_value *item = &value->as.children[i];
        gops_rule *rule;
        int word = read_word(r, item, words, expected);
        int status = word < 0 ? word : add_pattern(r, item->key, item->key_length, item, &rule);
        if (status < 0)
            return status;
        set(rule, (uint8_t)word);
    }
    return 0;
}

static void set_map(gops_rule *rule, uint8_t choice)
{
    rule->has_map = 1;
    rule->map = choice;
}

static int read_maps(file_reader *r, const gitops_value *value, uint8_t flag)
{
    static const char *const words[] = {"free", "struct", "atomic", "retain-keys", NULL};
    (void)flag;
    return read_choices(r, value, words, "free, struct, atomic or retain-keys", set_map);
}

static void set_scalar(gops_rule *rule, uint8_t choice)
{
    rule->has_scalar = 1;
    rule->scalar = choice;
}

static int read_scalars(file_reader *r, const gitops_value *value, uint8_t flag)
{
    static const char *const words[] = {"plain",    "quantity",          "int-or-string",
                                        "time",     "duration",          "resource",
                                        "trailing-newline", "ignore-case", "semver", NULL};
    (void)flag;
    return read_choices(r, value, words,
                        "plain, quantity, int-or-string, time, duration, resource, "
                        "trailing-newline, ignore-case or semver",
                        set_scalar);
}

/* A mode, or policies: conflict, drift or both. */
static int read_policy(file_reader *r, const gitops_value *value, gops_rule *rule)
{
    static const char *const conflicts[] = {"desired", "live", "fail", "callback", NULL};
    static const char *const drifts[] = {"revert", "report", "ignore", NULL};
    static const char *const modes[] = {"ignore", "observe", "alert", "adopt", "enforce", NULL};
    gops_policy policy = {0, 0, 0};
    int word;
    if (!gops_value_is(value, GITOPS_VALUE_MAP)) {
        word = read_word(r, value, modes,
                         "ignore, observe, alert, adopt, enforce, or a map with conflict or drift");
        if (word >= 0)
            gops_rule_set_mode(rule, GITOPS_MODE_IGNORE + word);
        return word < 0 ? word : 0;
    }
    for (uint32_t i = 0; i < value->count; i++) {
        const gitops_value *item = &value->as.children[i];
        int is_conflict = is_named(item, "conflict");
        if (!is_conflict && !is_named(item, "drift"))
            return fail_member(r, item, "conflict or drift");
        word = is_conflict ? read_word(r, item, conflicts, "desired, live, fail or callback")
                           : read_word(r, item, drifts, "revert, report or ignore");
        if (word < 0)
            return word;
        *(is_conflict ? &policy.conflict : &policy.drift) = (uint8_t)(word + 1);
    }
    gops_policy_set(&rule->policy, policy);
    return 0;
}

static int read_policies(file_reader *r, const gitops_value *value, uint8_t flag)
{
    (void)flag;
    if (!gops_value_is(value, GITOPS_VALUE_MAP))
        return fail_value(r, value, "a map from path patterns to modes and policies");
    for (uint32_t i = 0; i < value->count; i++) {
        const gitops_value *item = &value->as.children[i];
        gops_rule *rule;
        int status = add_pattern(r, item->key, item->key_length, item, &rule);
        if (status == 0)
            status = read_policy(r, item, rule);
        if (status < 0)
            return status;
    }
    return 0;
}

/* A default only identifies elements here, so one of a member that is no key changes nothing. */
static int read_defaults(file_reader *r, const gitops_value *value, gops_list_key *keys,
                         size_t count)
{
    int status = 0;
    if (!gops_value_is(value, GITOPS_VALUE_MAP))
        return fail_value(r, value, "a map from members to their default values");
    for (uint32_t i = 0; i < value->count && status == 0; i++) {
        const gitops_value *item = &value->as.children[i];
        gops_list_key *key = gops_list_key_find(keys, count, item->key, item->key_length);
        if (key)
            status = gops_list_key_set_default(key, r->patterns->arena, item, r->err);
    }
    return status;
}

/* The keys of a list: map, with their defaults (NULL: none). */
static int read_tuple(file_reader *r, const gitops_value *list, const gitops_value *names,
                      const gitops_value *defaults, gops_rule *rule)
{
    gops_list_key *keys;
    if (!names)
        return fail_value(r, list, "keys, because the elements of a list: map are found by them");
    int status = gops_list_keys_read(&keys, r->patterns->arena, names, r->err);
    if (status == 0 && defaults)
        status = read_defaults(r, defaults, keys, names->count);
    if (status < 0)
        return status;
    gops_list_keys *tuple = gops_arena_alloc(r->patterns->arena, sizeof *tuple);
    if (!tuple)
        return gops_fail_memory(r->err);
    *tuple = (gops_list_keys){keys, names->count};
    rule->tuples = tuple;
    rule->tuple_count = 1;
    return 0;
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
        int status = add_pattern(r, item->key, item->key_length, item, &rule);
        if (status == 0)
            status = read_list(r, item, rule);
        if (status < 0)
            return status;
    }
    return 0;
}

static int read_kinds(file_reader *r, const gitops_value *value, uint8_t flag);
static int read_objects(file_reader *r, const gitops_value *value, uint8_t flag);

static int read_member(file_reader *r, const gitops_value *member)
{
    static const struct {
        const char *name;
        read_fn read;
        uint8_t flag;
        uint8_t top_only;
    } members[] = {
        {"null", read_null, 0, 1},
        {"kinds", read_kinds, 0, 1},
        {"objects", read_objects, 0, 1},
        {"lists", read_lists, 0, 0},
        {"maps", read_maps, 0, 0},
        {"scalars", read_scalars, 0, 0},
        {"defaulted", read_flags, GOPS_RULE_DEFAULTED, 0},
        {"omit-empty", read_flags, GOPS_RULE_OMIT_EMPTY, 0},
        {"ignore", read_flags, GOPS_RULE_IGNORED, 0},
        {"sensitive", read_flags, GOPS_RULE_SENSITIVE, 0},
        {"immutable", read_flags, GOPS_RULE_IMMUTABLE, 0},
        {"policies", read_policies, 0, 0},
    };
    int is_top = gops_selector_is_open(&r->layer->selector);
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        if (is_named(member, members[i].name) && (is_top || !members[i].top_only))
            return members[i].read(r, member, members[i].flag);
    return fail_member(r, member,
                       is_top ? "null, kinds, objects, lists, maps, scalars, defaulted, "
                                "omit-empty, ignore, sensitive, immutable or policies"
                              : "lists, maps, scalars, defaulted, omit-empty, ignore, sensitive, "
                                "immutable or policies");
}

static int read_members(file_reader *r, const gitops_value *value)
{
    int status = 0;
    for (uint32_t i = 0; status == 0 && i < value->count; i++)
        status = read_member(r, &value->as.children[i]);
    return status;
}

/* Rules for some kinds of document only. */
static int read_kinds(file_reader *r, const gitops_value *value, uint8_t flag)
{
    gops_layer *everywhere = r->layer;
    int status = 0;
    (void)flag;
    if (!gops_value_is(value, GITOPS_VALUE_MAP))
        return fail_value(r, value, "a map from kinds to their rules");
    for (uint32_t i = 0; status == 0 && i < value->count; i++) {
        const gitops_value *item = &value->as.children[i];
        if (!gops_value_is(item, GITOPS_VALUE_MAP) || item->key_length == 0)
            return fail_value(r, item, "a kind with a map of rules");
        const gops_selector wanted = {.kinds = {item->key, item->key_length}};
        status = gops_patterns_layer(r->patterns, &wanted, item, &r->layer, r->err);
        if (status == 0)
            status = read_members(r, item);
    }
    r->layer = everywhere;
    return status;
}

static int read_choice_text(file_reader *r, const gitops_value *value, gops_scope *out)
{
    if (!gops_value_is(value, GITOPS_VALUE_STRING))
        return fail_value(r, value, "a text, in which * stands for any characters");
    *out = (gops_scope){value->as.text, value->count};
    return 0;
}

static int read_choice_labels(file_reader *r, const gitops_value *value, gops_selector *wanted)
{
    int status = 0;
    if (!gops_value_is(value, GITOPS_VALUE_MAP) || value->count == 0 ||
        value->count > GOPS_SELECTOR_LABELS)
        return fail_value(r, value, "a map of 1 to 16 labels");
    gops_selector_label *labels =
        gops_arena_array(r->patterns->arena, value->count, sizeof *labels);
    if (!labels)
        return gops_fail_memory(r->err);
    for (uint32_t i = 0; i < value->count && status == 0; i++) {
        const gitops_value *label = &value->as.children[i];
        labels[i].key = (gops_scope){label->key, label->key_length};
        status = read_choice_text(r, label, &labels[i].value);
    }
    wanted->labels = labels;
    wanted->label_count = value->count;
    return status;
}

/* A member that says which objects are meant. Returns 1, 0 when it is none, or a failure. */
static int read_choice(file_reader *r, const gitops_value *member, gops_selector *wanted)
{
    gops_scope *text = is_named(member, "kinds")        ? &wanted->kinds
                       : is_named(member, "namespaces") ? &wanted->namespaces
                       : is_named(member, "names")      ? &wanted->names
                                                        : NULL;
    if (!text && !is_named(member, "labels"))
        return 0;
    int status = text ? read_choice_text(r, member, text) : read_choice_labels(r, member, wanted);
    return status < 0 ? status : 1;
}

/* Rules for some objects: which ones stands beside what is said of them. */
static int read_object(file_reader *r, const gitops_value *value)
{
    gops_selector wanted = {.label_count = 0}, none = {.label_count = 0};
    int status = 0;
    for (uint32_t i = 0; status >= 0 && i < value->count; i++)
        status = read_choice(r, &value->as.children[i], &wanted);
    if (status < 0)
        return status;
    if (gops_selector_is_open(&wanted))
        return fail_value(r, value, "kinds, namespaces, names or labels beside the rules");
    status = gops_patterns_layer(r->patterns, &wanted, value, &r->layer, r->err);
    for (uint32_t i = 0; status >= 0 && i < value->count; i++) {
        const gitops_value *member = &value->as.children[i];
        status = read_choice(r, member, &none);
        if (status == 0)
            status = read_member(r, member);
    }
    return status < 0 ? status : 0;
}

static int read_objects(file_reader *r, const gitops_value *value, uint8_t flag)
{
    gops_layer *everywhere = r->layer;
    int status = 0;
    (void)flag;
    if (!gops_value_is(value, GITOPS_VALUE_LIST))
        return fail_value(r, value, "a list of rules for objects");
    for (uint32_t i = 0; status == 0 && i < value->count; i++) {
        const gitops_value *item = &value->as.children[i];
        status = gops_value_is(item, GITOPS_VALUE_MAP)
                     ? read_object(r, item)
                     : fail_value(r, item, "a map with kinds, namespaces, names or labels");
    }
    r->layer = everywhere;
    return status;
}

int gops_schema_file_read(gops_patterns *patterns, int32_t *null_policy, const gitops_value *root,
                          gitops_error *err)
{
    file_reader r = {.patterns = patterns, .null_policy = null_policy, .err = err};
    if (!gops_value_is(root, GITOPS_VALUE_MAP))
        return fail_value(&r, root, "a schema, which is a map");
    const gops_selector all = {.label_count = 0};
    int status = gops_patterns_layer(patterns, &all, root, &r.layer, err);
    return status < 0 ? status : read_members(&r, root);
}
