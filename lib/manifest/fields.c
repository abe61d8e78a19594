/*
 * fields: the sets of all managers become one tree. The members of a set come sorted, so that one
 * more set is merged into the children of a node in one pass.
 */
#include "manifest/fields.h"

#include <string.h>

#include "value/json.h"

/* Exactly one JSON value. Returns 0, GITOPS_EPARSE or GITOPS_ENOMEM. */
static int read_json(gitops_value *out, gitops_context *context, gops_arena *arena,
                     const char *text, size_t length)
{
    gops_builder builder;
    gitops_diagnostics problems;
    gops_place place = {0, 1, 1};
    gops_builder_init(&builder, context);
    gops_diagnostics_init(&problems, context);
    gops_builder_text(&builder, "", &problems);
    builder.document = 1;
    gops_builder_start(&builder, arena);
    int status = gops_json_read(&builder, text, length, &place, NULL);
    if (status == 0 && (place.offset != length || builder.broken))
        status = GITOPS_EPARSE;
    if (status == 0)
        status = gops_builder_finish(&builder);
    if (status == 0)
        *out = *gops_builder_root(&builder);
    gops_diagnostics_release(&problems);
    gops_builder_release(&builder);
    return status < 0 && status != GITOPS_ENOMEM ? GITOPS_EPARSE : status;
}

static int read_index(gops_field *out, const char *text, size_t length)
{
    if (length == 0 || length > 18)
        return GITOPS_EPARSE;
    for (size_t i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9')
            return GITOPS_EPARSE;
        out->index = out->index * 10 + (uint64_t)(text[i] - '0');
    }
    return 0;
}

int gops_field_read(gops_field *out, gitops_context *context, gops_arena *arena, const char *text,
                    size_t length)
{
    memset(out, 0, sizeof *out);
    out->element = text;
    out->length = length;
    if (length < 2 || text[1] != ':')
        return GITOPS_EPARSE;
    switch (text[0]) {
    case 'f':
        return 0;
    case 'i':
        return read_index(out, text + 2, length - 2);
    case 'k':
    case 'v':
        break;
    default:
        return GITOPS_EPARSE;
    }
    int status = read_json(&out->value, context, arena, text + 2, length - 2);
    if (status == 0 && text[0] == 'k' && out->value.type != GITOPS_VALUE_MAP)
        status = GITOPS_EPARSE;
    return status;
}

typedef struct field_reader {
    gitops_context *context;
    gops_arena *arena;
    uint64_t manager; /* of the set at hand, as a bit */
} field_reader;

static int compare(const gops_field *field, const gitops_value *member)
{
    return gops_key_compare(field->element, field->length, member->key, member->key_length);
}

/* A field of a member of a set; *out is NULL for "." and for what cannot be read. */
static int new_field(const field_reader *r, const gitops_value *member, gops_field **out)
{
    *out = NULL;
    if (member->key_length == 1 && *member->key == '.')
        return 0;
    gops_field *field = gops_arena_alloc(r->arena, sizeof *field);
    if (!field)
        return GITOPS_ENOMEM;
    int status = gops_field_read(field, r->context, r->arena, member->key, member->key_length);
    if (status == 0)
        *out = field;
    return status == GITOPS_ENOMEM ? status : 0;
}

static int add_set(const field_reader *r, gops_field *field, const gitops_value *set);

/* Merges the members of a set, which is not empty, into the children of a field. */
static int add_members(const field_reader *r, gops_field *field, const gitops_value *set)
{
    size_t room = field->child_count + set->count, used = 0, next = 0;
    gops_field **children = gops_arena_array(r->arena, room, sizeof(gops_field *));
    if (!children)
        return GITOPS_ENOMEM;
    for (uint32_t i = 0; i < set->count; i++) {
        const gitops_value *member = &set->as.children[i];
        gops_field *child = NULL;
        while (next < field->child_count && compare(field->children[next], member) < 0)
            children[used++] = field->children[next++];
        int known = next < field->child_count && compare(field->children[next], member) == 0;
        int status = known ? 0 : new_field(r, member, &child);
        if (known)
            child = field->children[next++];
        if (status == 0 && child)
            status = add_set(r, child, member);
        if (status < 0)
            return status;
        if (child)
            children[used++] = child;
    }
    while (next < field->child_count)
        children[used++] = field->children[next++];
    field->children = children;
    field->child_count = used;
    return 0;
}

/* Recursion goes as deep as the live document, which the reader bounds. */
static int add_set(const field_reader *r, gops_field *field, const gitops_value *set)
{
    if (!gops_value_is(set, GITOPS_VALUE_MAP))
        return 0;
    int is_element = field->length > 0 && field->element[0] == 'k';
    if (set->count == 0 && !is_element) /* an element without members is there, and no more */
        field->wholes |= r->manager;
    if (set->count == 0 || gops_value_member(set, ".", 1))
        field->owners |= r->manager;
    return set->count ? add_members(r, field, set) : 0;
}

/* The bit of a manager; 0: there are too many. */
static uint64_t number_manager(gops_fields *fields, const char *name, size_t length)
{
    size_t i = 0;
    for (; i < fields->manager_count; i++)
        if (gops_key_compare(fields->managers[i].text, fields->managers[i].length, name, length) ==
            0)
            return (uint64_t)1 << i;
    if (i == GOPS_MANAGERS)
        return 0;
    fields->managers[fields->manager_count++] = (gops_manager_name){name, length};
    return (uint64_t)1 << i;
}

static int read_entry(gops_fields *out, field_reader *r, const gitops_value *entry,
                      const char *manager)
{
    size_t length, ignored;
    const char *name = gops_value_member_text(entry, "manager", &length);
    const char *subresource = gops_value_member_text(entry, "subresource", &ignored);
    if (!name || (subresource && ignored))
        return 0;
    if (manager && gops_key_compare(name, length, manager, strlen(manager)) != 0)
        return 0;
    r->manager = number_manager(out, name, length);
    return r->manager ? add_set(r, &out->root, gops_value_member(entry, "fieldsV1", 8)) : 0;
}

int gops_fields_read(gops_fields *out, gitops_context *context, gops_arena *arena,
                     const gitops_value *live, const char *manager)
{
    field_reader r = {context, arena, 0};
    const gitops_value *metadata = gops_value_member(live, "metadata", 8);
    const gitops_value *list = gops_value_member(metadata, "managedFields", 13);
    int status = 0;
    memset(out, 0, sizeof *out);
    for (uint32_t i = 0; gops_value_is(list, GITOPS_VALUE_LIST) && i < list->count && status == 0;
         i++)
        status = read_entry(out, &r, &list->as.children[i], manager);
    return status;
}

void gops_field_ignore(gops_field *field, uint64_t managers)
{
    field->ignored = (field->wholes & managers) != 0;
    for (size_t i = 0; i < field->child_count; i++)
        gops_field_ignore(field->children[i], managers);
}

const gops_field *gops_field_member(const gops_field *field, const char *key, size_t length)
{
    size_t low = 0, high = field->child_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const gops_field *child = field->children[middle];
        int order = (child->element[0] < 'f') - (child->element[0] > 'f');
        if (order == 0)
            order = gops_key_compare(key, length, child->element + 2, child->length - 2);
        if (order == 0)
            return child;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

/* What an element has for a key, or what stands for a missing one. */
static const gitops_value *key_of(const gitops_value *element, const gitops_value *key,
                                  const gops_schema_place *list)
{
    const gitops_value *value = gops_value_member(element, key->key, key->key_length);
    for (uint32_t t = 0; !value && list && t < list->tuple_count; t++)
        for (size_t i = 0; i < list->tuples[t].count; i++) {
            const gops_list_key *known = &list->tuples[t].keys[i];
            if (gops_key_compare(known->name, strlen(known->name), key->key, key->key_length) == 0)
                value = known->default_value;
        }
    return value;
}

static int has_keys(const gitops_value *element, const gitops_value *keys,
                    const gops_schema_place *list)
{
    for (uint32_t i = 0; i < keys->count; i++) {
        const gitops_value *wanted = &keys->as.children[i];
        const gitops_value *found = key_of(element, wanted, list);
        if (found ? !gops_value_same(found, wanted) : wanted->type != GITOPS_VALUE_NULL)
            return 0;
    }
    return gops_value_is(element, GITOPS_VALUE_MAP);
}

const gops_field *gops_field_element(const gops_field *field, size_t i, const gitops_value *value,
                                     const gops_schema_place *list)
{
    for (size_t c = 0; c < field->child_count; c++) {
        const gops_field *child = field->children[c];
        char kind = child->element[0];
        if ((kind == 'i' && child->index == i) ||
            (kind == 'k' && has_keys(value, &child->value, list)) ||
            (kind == 'v' && value && gops_value_same(&child->value, value)))
            return child;
    }
    return NULL;
}
