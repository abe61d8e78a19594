/*
 * schema_object: the members of one schema object, one after the other, make one node. What it
 * refers to is only reserved and put into a queue, so that recursion is bounded by the nesting of
 * the text.
 */
#include "manifest/schema_object.h"

#include <string.h>

#include "manifest/schema_keys.h"
#include "manifest/schema_lay.h"

/* The members of a schema object that say something here, sorted by name. */
enum {
    REF,
    ADDITIONAL,
    ALL_OF,
    DEFAULT,
    FORMAT,
    ITEMS,
    PATTERN,
    PROPERTIES,
    TYPE,
    EMBEDDED,
    INT_OR_STRING,
    LIST_KEYS,
    LIST_TYPE,
    MAP_TYPE,
    STRATEGY,
    PRESERVE,
    VALIDATIONS,
    MEMBER_COUNT
};

static const char *const member_names[MEMBER_COUNT] = {
    "$ref",
    "additionalProperties",
    "allOf",
    "default",
    "format",
    "items",
    "pattern",
    "properties",
    "type",
    "x-kubernetes-embedded-resource",
    "x-kubernetes-int-or-string",
    "x-kubernetes-list-map-keys",
    "x-kubernetes-list-type",
    "x-kubernetes-map-type",
    "x-kubernetes-patch-strategy",
    "x-kubernetes-preserve-unknown-fields",
    "x-kubernetes-validations",
};

/* The pattern that the tools for custom resource definitions write for a quantity. */
static const char quantity_pattern[] =
    "^(\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\\+|-)?(([0-9]+"
    "(\\.[0-9]*)?)|(\\.[0-9]+))))?$";

/* One schema object being read. */
typedef struct schema_object {
    const gitops_value *value;
    const gitops_value *members[MEMBER_COUNT]; /* NULL: absent */
    gops_schema_node node;
    int is_field; /* it describes a member that has a name */
    int has_default_below;
} schema_object;

int gops_schema_reader_fail(const gops_schema_reader *r, int code, const gitops_value *at,
                            const char *message)
{
    return gops_fail_at(r->err, code, NULL, at->line, at->column, "%s", message);
}

int gops_schema_reader_status(const gops_schema_reader *r, int status)
{
    return status < 0 ? gops_graph_maker_fail(status, r->err) : 0;
}

/* Both are sorted by name. */
static void find_members(schema_object *s)
{
    uint32_t i = 0;
    int k = 0;
    while (i < s->value->count && k < MEMBER_COUNT) {
        const gitops_value *member = &s->value->as.children[i];
        int order = gops_key_compare(member->key, member->key_length, member_names[k],
                                     strlen(member_names[k]));
        if (order == 0)
            s->members[k] = member;
        i += order <= 0;
        k += order >= 0;
    }
}

/* Reads true or false; an absent one is false. */
static int read_flag(const gops_schema_reader *r, const gitops_value *value, int *out)
{
    *out = value && value->type == GITOPS_VALUE_BOOL && value->boolean;
    return !value || value->type == GITOPS_VALUE_BOOL
               ? 0
               : gops_schema_reader_fail(r, GITOPS_EPARSE, value, "expected true or false");
}

/* The place of a value among NULL-terminated words, or GITOPS_EPARSE. */
static int read_word(const gops_schema_reader *r, const gitops_value *value,
                     const char *const *words, const char *message)
{
    if (gops_value_is(value, GITOPS_VALUE_STRING))
        for (int i = 0; words[i]; i++)
            if (gops_value_text_is(value, words[i]))
                return i;
    return gops_schema_reader_fail(r, GITOPS_EPARSE, value, message);
}

static int is_text(const gitops_value *value, const char *text)
{
    return gops_value_is(value, GITOPS_VALUE_STRING) && gops_value_text_is(value, text);
}

/* What a value refers to: itself, in $ref, or in the only schema of allOf. NULL: nothing. */
static const gitops_value *reference_of(const schema_object *s)
{
    const gitops_value *all = s->members[ALL_OF];
    if (s->members[REF])
        return s->members[REF];
    if (!gops_value_is(all, GITOPS_VALUE_LIST) || all->count != 1)
        return NULL;
    return gops_value_member(all->as.children, "$ref", 4);
}

static int find_reference(const gops_schema_reader *r, const gitops_value *ref,
                          const gitops_value **out)
{
    static const char *const prefixes[] = {"#/components/schemas/", "#/definitions/"};
    if (!r->components)
        return gops_schema_reader_fail(r, GITOPS_EPARSE, ref,
                                       "a custom resource definition cannot refer");
    for (size_t i = 0; gops_value_is(ref, GITOPS_VALUE_STRING) && i < 2; i++) {
        size_t length = strlen(prefixes[i]);
        if (ref->count < length || memcmp(ref->as.text, prefixes[i], length) != 0)
            continue;
        *out = gops_value_member(r->components, ref->as.text + length, ref->count - length);
        return *out ? 0
                    : gops_schema_reader_fail(r, GITOPS_EPARSE, ref,
                                              "there is no schema of this name");
    }
    return gops_schema_reader_fail(
        r, GITOPS_EPARSE, ref,
        "expected \"#/components/schemas/\" or \"#/definitions/\" with a name");
}

int gops_schema_component(gops_schema_reader *r, const gitops_value *component, uint32_t *out)
{
    size_t place = (size_t)(component - r->components->as.children);
    if (!r->numbers[place]) {
        int status = gops_maker_reserve(r->maker, &r->numbers[place]);
        if (status < 0)
            return gops_schema_reader_status(r, status);
        r->queue[r->queue_count++] = (uint32_t)place;
    }
    *out = r->numbers[place];
    return 0;
}

/* A member of the schema that value is or refers to; NULL: there is none. */
static const gitops_value *member_behind(const gops_schema_reader *r, const gitops_value *value,
                                         const char *name)
{
    for (int hops = 0; hops < 16 && gops_value_is(value, GITOPS_VALUE_MAP); hops++) {
        schema_object s = {.value = value};
        const gitops_value *member = gops_value_member(value, name, strlen(name));
        if (member)
            return member;
        find_members(&s);
        const gitops_value *ref = reference_of(&s);
        if (!ref || find_reference(r, ref, &value) < 0)
            return NULL;
    }
    return NULL;
}

/* 1 for what Go writes as the default of a member that has none. */
static int is_zero(const gitops_value *value)
{
    int64_t number;
    switch (value->type) {
    case GITOPS_VALUE_STRING:
        return value->count == 0;
    case GITOPS_VALUE_BOOL:
        return !value->boolean;
    case GITOPS_VALUE_NUMBER:
        return gitops_value_int64(value, &number) == 0 && number == 0;
    default:
        return 1;
    }
}

/* Elements without a key have its default, as far as identity goes. */
static int read_key_defaults(const gops_schema_reader *r, const gitops_value *items,
                             gops_list_key *keys, uint32_t count)
{
    const gitops_value *properties = member_behind(r, items, "properties");
    int status = 0;
    for (uint32_t i = 0; i < count && status == 0; i++) {
        const gitops_value *property =
            gops_value_member(properties, keys[i].name, strlen(keys[i].name));
        const gitops_value *value = property ? member_behind(r, property, "default") : NULL;
        if (value && value->type != GITOPS_VALUE_NULL && !(r->is_go && is_zero(value)))
            status = gops_list_key_set_default(&keys[i], &r->maker->scratch, value, r->err);
    }
    return status;
}

static int read_keys(const gops_schema_reader *r, const schema_object *s, uint16_t *out)
{
    const gitops_value *names = s->members[LIST_KEYS];
    gops_list_key *keys;
    if (!names)
        return gops_schema_reader_fail(
            r, GITOPS_EPARSE, s->members[LIST_TYPE],
            "expected x-kubernetes-list-map-keys, because the elements of a list-type map "
            "are found by them");
    gops_arena_reset(&r->maker->scratch);
    int status = gops_list_keys_read(&keys, &r->maker->scratch, names, r->err);
    if (status == 0)
        status = read_key_defaults(r, s->members[ITEMS], keys, names->count);
    if (status < 0)
        return status;
    gops_list_keys tuple = {keys, names->count};
    gops_key_set set = {&tuple, 1};
    return gops_schema_reader_status(r, gops_maker_key_set(r->maker, &set, out));
}

static int read_list_type(const gops_schema_reader *r, schema_object *s)
{
    static const char *const words[] = {"atomic", "map", "set", NULL};
    const gitops_value *type = s->members[LIST_TYPE];
    int word = type ? read_word(r, type, words, "expected atomic, map or set") : GOPS_LIST_ATOMIC;
    if (word < 0)
        return word;
    s->node.list = (uint8_t)word;
    if (word == GOPS_LIST_MAP)
        return read_keys(r, s, &s->node.keys);
    return s->members[LIST_KEYS]
               ? gops_schema_reader_fail(
                     r, GITOPS_EPARSE, s->members[LIST_KEYS],
                     "expected x-kubernetes-list-map-keys in a list-type map only")
               : 0;
}

/* 1 when the patch strategy says that a map is a union, or the elements of a list are. */
static int retains_keys(const schema_object *s)
{
    static const char word[] = "retainKeys";
    const gitops_value *strategy = s->members[STRATEGY];
    if (!gops_value_is(strategy, GITOPS_VALUE_STRING))
        return 0;
    for (size_t i = 0; i + sizeof word - 1 <= strategy->count; i++)
        if (memcmp(strategy->as.text + i, word, sizeof word - 1) == 0)
            return 1;
    return 0;
}

static int is_list(const schema_object *s)
{
    return s->members[ITEMS] || is_text(s->members[TYPE], "array");
}

static int read_map_type(const gops_schema_reader *r, schema_object *s)
{
    static const char *const words[] = {"granular", "atomic", NULL};
    const gitops_value *type = s->members[MAP_TYPE];
    const gitops_value *properties = s->members[PROPERTIES];
    int preserve;
    int word = type ? read_word(r, type, words, "expected atomic or granular") : 0;
    int status = read_flag(r, s->members[PRESERVE], &preserve);
    if (word < 0 || status < 0)
        return word < 0 ? word : status;
    if (word)
        s->node.map = GOPS_MAP_ATOMIC;
    else if (retains_keys(s) && !is_list(s))
        s->node.map = GOPS_MAP_RETAIN_KEYS;
    else if (properties && properties->count && !preserve)
        s->node.map = GOPS_MAP_STRUCT;
    return 0;
}

static int read_scalar_kind(const gops_schema_reader *r, schema_object *s)
{
    int is_mixed;
    int status = read_flag(r, s->members[INT_OR_STRING], &is_mixed);
    if (is_text(s->members[PATTERN], quantity_pattern))
        s->node.scalar = GOPS_SCALAR_QUANTITY;
    else if (is_mixed || is_text(s->members[FORMAT], "int-or-string"))
        s->node.scalar = GOPS_SCALAR_INT_OR_STRING;
    else if (is_text(s->members[FORMAT], "date-time"))
        s->node.scalar = GOPS_SCALAR_TIME;
    else if (is_text(s->members[FORMAT], "duration"))
        s->node.scalar = GOPS_SCALAR_DURATION;
    return status;
}

/* 1 for "self == oldSelf", however it is spaced. */
static int is_transition_rule(const gitops_value *rule)
{
    static const char *const spellings[] = {"self==oldSelf", "oldSelf==self"};
    for (size_t i = 0; gops_value_is(rule, GITOPS_VALUE_STRING) && i < 2; i++) {
        const char *wanted = spellings[i];
        size_t k = 0;
        for (; k < rule->count; k++) {
            char c = rule->as.text[k];
            if (c == ' ' || c == '\t' || c == '\n' || c == '\r')
                continue;
            if (*wanted != c)
                break;
            wanted++;
        }
        if (k == rule->count && *wanted == '\0')
            return 1;
    }
    return 0;
}

static int read_validations(const gops_schema_reader *r, schema_object *s)
{
    const gitops_value *rules = s->members[VALIDATIONS];
    if (rules && rules->type != GITOPS_VALUE_LIST)
        return gops_schema_reader_fail(r, GITOPS_EPARSE, rules, "expected a list of rules");
    for (uint32_t i = 0; rules && i < rules->count; i++)
        if (is_transition_rule(gops_value_member(&rules->as.children[i], "rule", 4)))
            s->node.flags |= GOPS_RULE_IMMUTABLE;
    return 0;
}

static int read_below(gops_schema_reader *r, schema_object *s, const gitops_value *value,
                      uint32_t depth, int is_field, uint32_t *out)
{
    gops_described below;
    int status = gops_schema_object_read(r, value, depth + 1, is_field, &below);
    s->has_default_below |= below.has_default;
    *out = below.node;
    return status;
}

static int read_properties(gops_schema_reader *r, schema_object *s, uint32_t depth)
{
    const gitops_value *properties = s->members[PROPERTIES];
    int status = 0;
    if (properties && properties->type != GITOPS_VALUE_MAP)
        return gops_schema_reader_fail(r, GITOPS_EPARSE, properties,
                                       "expected a map from names to schemas");
    for (uint32_t i = 0; properties && i < properties->count && status == 0; i++) {
        const gitops_value *property = &properties->as.children[i];
        uint32_t node;
        status = read_below(r, s, property, depth, 1, &node);
        if (status == 0)
            status = gops_schema_reader_status(
                r, gops_maker_field(r->maker, property->key, property->key_length, node));
    }
    return status;
}

/* What is below is as it was, and what late says besides. */
static int say_below(gops_schema_reader *r, schema_object *s, gops_late_node late)
{
    late.of = s->node.each;
    late.at = s->value;
    int status = gops_maker_reserve(r->maker, &late.number);
    if (status == 0)
        status = gops_maker_late(r->maker, &late);
    s->node.each = late.number;
    return gops_schema_reader_status(r, status);
}

/* Elements of a list whose patch strategy says that they are unions. */
static int retain_keys_below(gops_schema_reader *r, schema_object *s)
{
    return say_below(r, s, (gops_late_node){.has_map = 1, .map = GOPS_MAP_RETAIN_KEYS});
}

/* 1 when a schema refers to the quantities of Kubernetes. */
static int is_quantity(const gops_schema_reader *r, const gitops_value *value)
{
    static const char name[] = ".pkg.api.resource.Quantity";
    schema_object s = {.value = value};
    const gitops_value *component;
    if (value->type != GITOPS_VALUE_MAP)
        return 0;
    find_members(&s);
    const gitops_value *ref = reference_of(&s);
    size_t length = sizeof name - 1;
    return ref && find_reference(r, ref, &component) == 0 && component->key_length >= length &&
           memcmp(component->key + component->key_length - length, name, length) == 0;
}

/* A map of amounts, by the names of resources. */
static int round_below(gops_schema_reader *r, schema_object *s)
{
    return say_below(r, s, (gops_late_node){.scalar = GOPS_SCALAR_RESOURCE});
}

/* Elements, or members that are not named. */
static int read_each(gops_schema_reader *r, schema_object *s, uint32_t depth)
{
    const gitops_value *each = is_list(s) ? s->members[ITEMS] : s->members[ADDITIONAL];
    if (!each || each->type == GITOPS_VALUE_BOOL)
        return 0;
    int status = read_below(r, s, each, depth, 0, &s->node.each);
    if (status == 0 && is_list(s) && retains_keys(s))
        status = retain_keys_below(r, s);
    if (status == 0 && r->rounds && !is_list(s) && is_quantity(r, each))
        status = round_below(r, s);
    return status;
}

/*
 * Fields that are empty lists or free maps are dropped by the types of Kubernetes. Into atomic
 * places a server writes the defaults that are declared below them.
 */
static void set_flags(const gops_schema_reader *r, schema_object *s)
{
    int is_free = s->members[ADDITIONAL] && !s->members[PROPERTIES];
    int is_atomic = is_list(s) ? s->node.list == GOPS_LIST_ATOMIC : s->node.map == GOPS_MAP_ATOMIC;
    if (r->is_go && s->is_field && (is_list(s) || is_free))
        s->node.flags |= GOPS_RULE_OMIT_EMPTY;
    if (!r->is_go && is_atomic && s->has_default_below)
        s->node.flags |= GOPS_RULE_DEFAULTED;
}

/* What stands beside a reference and the reference itself make a node of their own. */
static int read_reference(gops_schema_reader *r, schema_object *s, const gitops_value *ref,
                          uint32_t *out)
{
    gops_late_node late = {.at = s->value};
    const gitops_value *component;
    int status = find_reference(r, ref, &component);
    if (status == 0)
        status = gops_schema_component(r, component, &late.of);
    if (status == 0)
        status = read_map_type(r, s);
    if (status == 0 && s->members[LIST_TYPE])
        status = read_list_type(r, s);
    if (status == 0)
        status = read_validations(r, s);
    if (status < 0)
        return status;
    *out = late.of;
    late.has_map = s->members[MAP_TYPE] || retains_keys(s);
    late.has_list = s->members[LIST_TYPE] != NULL;
    if (!late.has_map && !late.has_list && !s->node.flags)
        return 0;
    late.map = s->members[MAP_TYPE] && !s->node.map ? GOPS_MAP_STRUCT : s->node.map;
    late.list = s->node.list;
    late.keys = s->node.keys;
    late.flags = s->node.flags;
    status = gops_maker_reserve(r->maker, &late.number);
    if (status == 0)
        status = gops_maker_late(r->maker, &late);
    *out = late.number;
    return gops_schema_reader_status(r, status);
}

/* Ends a node; that of an object within another one gets its metadata in the end. */
static int end_node(gops_schema_reader *r, schema_object *s, size_t mark, uint32_t *out)
{
    gops_late_node late = {.at = s->value, .flags = GOPS_NODE_EMBEDDED};
    int is_embedded;
    int status = read_flag(r, s->members[EMBEDDED], &is_embedded);
    if (status < 0)
        return status;
    status = gops_maker_node(r->maker, &s->node, mark, out);
    if (status == 0 && is_embedded) {
        late.of = *out;
        status = gops_maker_reserve(r->maker, &late.number);
        if (status == 0)
            status = gops_maker_late(r->maker, &late);
        *out = late.number;
    }
    return gops_schema_reader_status(r, status);
}

static int read_object(gops_schema_reader *r, schema_object *s, uint32_t depth, uint32_t *out)
{
    size_t mark = r->maker->open_count;
    int status = read_list_type(r, s);
    if (status == 0)
        status = read_map_type(r, s);
    if (status == 0)
        status = read_scalar_kind(r, s);
    if (status == 0)
        status = read_validations(r, s);
    if (status == 0)
        status = read_properties(r, s, depth);
    if (status == 0)
        status = read_each(r, s, depth);
    if (status < 0)
        return status;
    set_flags(r, s);
    return end_node(r, s, mark, out);
}

int gops_schema_object_read(gops_schema_reader *r, const gitops_value *value, uint32_t depth,
                            int is_field, gops_described *out)
{
    schema_object s = {.value = value, .is_field = is_field};
    *out = (gops_described){GOPS_NODE_ANYTHING, 0};
    if (depth > GOPS_SCHEMA_DEPTH)
        return gops_schema_reader_fail(r, GITOPS_ELIMIT, value,
                                       "schemas are nested more than 256 levels deep");
    if (value->type != GITOPS_VALUE_MAP)
        return gops_schema_reader_fail(r, GITOPS_EPARSE, value,
                                       "expected a schema, which is a map");
    find_members(&s);
    const gitops_value *ref = reference_of(&s);
    int status =
        ref ? read_reference(r, &s, ref, &out->node) : read_object(r, &s, depth, &out->node);
    out->has_default = s.members[DEFAULT] || s.has_default_below;
    return status;
}
