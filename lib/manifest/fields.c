/*
 * fields: the sets of all managers become one tree, from the root down: what they name below a place
 * is sorted together, so that the work is that of sorting all of it, however many managers there are.
 */
#include "manifest/fields.h"

#include <stdlib.h>
#include <string.h>

#include "base/table.h"
#include "manifest/field_elements.h"
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

/* What a manager says of a place: the members of its set are the places below. */
typedef struct part {
    gops_field_manager *manager;
    const gitops_value *set;
} part;

typedef struct field_reader {
    gitops_context *context;
    gops_arena *arena;
} field_reader;

/* By path element, then by manager; sets of one manager stay as they were said. */
static int compare_parts(const void *left, const void *right)
{
    const part *a = left, *b = right;
    int order = gops_key_compare(a->set->key, a->set->key_length, b->set->key, b->set->key_length);
    if (order == 0)
        order = (a->manager > b->manager) - (a->manager < b->manager);
    return order ? order : (a->set > b->set) - (a->set < b->set);
}

static int is_self(const gitops_value *member)
{
    return member->key_length == 1 && *member->key == '.';
}

/* Every place below that some set names, sorted. Returns 0 or GITOPS_ENOMEM. */
static int gather(const field_reader *r, const part *sets, size_t count, part **out, size_t *found)
{
    size_t room = 0;
    for (size_t i = 0; i < count; i++)
        room += gops_value_is(sets[i].set, GITOPS_VALUE_MAP) ? sets[i].set->count : 0;
    *found = 0;
    *out = room ? gops_arena_array(r->arena, room, sizeof **out) : NULL;
    if (room && !*out)
        return GITOPS_ENOMEM;
    for (size_t i = 0; room && i < count; i++)
        for (uint32_t m = 0; gops_value_is(sets[i].set, GITOPS_VALUE_MAP) && m < sets[i].set->count;
             m++)
            if (!is_self(&sets[i].set->as.children[m]))
                (*out)[(*found)++] = (part){sets[i].manager, &sets[i].set->as.children[m]};
    if (count > 1 && *found)
        qsort(*out, *found, sizeof **out, compare_parts);
    return 0;
}

/* The managers of a place itself; who has no set for it says nothing. */
static int find_owners(const field_reader *r, gops_field *field, const part *sets, size_t count)
{
    int is_element = field->element[0] == 'k';
    gops_owner *last = NULL;
    field->owners = gops_arena_array(r->arena, count, sizeof(gops_owner));
    if (!field->owners)
        return GITOPS_ENOMEM;
    for (size_t i = 0; i < count; i++) {
        const gitops_value *set = sets[i].set;
        if (!gops_value_is(set, GITOPS_VALUE_MAP) ||
            (set->count && !gops_value_member(set, ".", 1)))
            continue;
        if (!last || last->manager != sets[i].manager) {
            last = &field->owners[field->owner_count++];
            *last = (gops_owner){sets[i].manager, 0};
        }
        if (set->count == 0 && !is_element) /* an element without members is there, and no more */
            last->is_whole = field->is_whole = 1;
    }
    return 0;
}

/* Somebody owns a part: who names just the place had an empty one, and owns no more than that. */
static void share(gops_field *field)
{
    for (size_t i = 0; i < field->owner_count; i++)
        field->owners[i].is_whole = 0;
    field->is_whole = 0;
}

static int read_below(const field_reader *r, gops_field *field, const part *sets, size_t count);

/* The field that all these sets name; *out is NULL for what cannot be read. */
static int read_child(const field_reader *r, const part *sets, size_t count, gops_field **out)
{
    gops_field *field = gops_arena_alloc(r->arena, sizeof *field);
    *out = NULL;
    if (!field)
        return GITOPS_ENOMEM;
    int status =
        gops_field_read(field, r->context, r->arena, sets->set->key, sets->set->key_length);
    if (status < 0)
        return status == GITOPS_ENOMEM ? status : 0;
    *out = field;
    status = find_owners(r, field, sets, count);
    if (status == 0)
        status = read_below(r, field, sets, count);
    if (field->child_count)
        share(field);
    return status;
}

static size_t run_length(const part *parts, size_t count)
{
    size_t length = 1;
    while (length < count &&
           gops_key_compare(parts->set->key, parts->set->key_length, parts[length].set->key,
                            parts[length].set->key_length) == 0)
        length++;
    return length;
}

/* Recursion goes as deep as the live document, which the reader bounds. */
static int read_below(const field_reader *r, gops_field *field, const part *sets, size_t count)
{
    part *parts;
    size_t found;
    int status = gather(r, sets, count, &parts, &found);
    if (status < 0 || found == 0)
        return status;
    field->children = gops_arena_array(r->arena, found, sizeof(gops_field *));
    if (!field->children)
        return GITOPS_ENOMEM;
    for (size_t i = 0, length; i < found && status == 0; i += length) {
        gops_field *child;
        length = run_length(parts + i, found - i);
        status = read_child(r, parts + i, length, &child);
        if (status == 0 && child)
            field->children[field->child_count++] = child;
    }
    return status < 0 ? status : gops_field_index(field, r->arena);
}

/* The manager of that name, new or known. NULL: no memory. */
static gops_field_manager *name_manager(gops_fields *fields, gops_table *names, const char *name,
                                  size_t length)
{
    gops_field_manager *manager = gops_table_get(names, name, length);
    if (manager)
        return manager;
    manager = &fields->managers[fields->manager_count];
    *manager = (gops_field_manager){.text = name, .length = length};
    if (gops_table_set(names, name, length, manager) < 0)
        return NULL;
    fields->manager_count++;
    return manager;
}

/* The set of an entry; one without a set or of a subresource has none. */
static int read_entry(gops_fields *out, gops_table *names, const gitops_value *entry, part *set)
{
    size_t length, ignored;
    const char *name = gops_value_member_text(entry, "manager", &length);
    const char *subresource = gops_value_member_text(entry, "subresource", &ignored);
    *set = (part){NULL, NULL};
    if (!name || (subresource && ignored))
        return 0;
    *set = (part){name_manager(out, names, name, length), gops_value_member(entry, "fieldsV1", 8)};
    return set->manager ? 0 : GITOPS_ENOMEM;
}

static int read_entries(gops_fields *out, const field_reader *r, const gitops_value *list)
{
    gops_table names;
    size_t count = 0;
    int status = 0;
    part *sets = gops_arena_array(r->arena, list->count, sizeof *sets);
    out->managers = gops_arena_array(r->arena, list->count, sizeof *out->managers);
    if (!sets || !out->managers)
        return GITOPS_ENOMEM;
    gops_table_init(&names, r->context);
    for (uint32_t i = 0; i < list->count && status == 0; i++) {
        status = read_entry(out, &names, &list->as.children[i], &sets[count]);
        count += sets[count].set != NULL;
    }
    gops_table_release(&names);
    return status < 0 ? status : read_below(r, &out->root, sets, count);
}

int gops_fields_read(gops_fields *out, gitops_context *context, gops_arena *arena,
                     const gitops_value *live)
{
    field_reader r = {context, arena};
    const gitops_value *metadata = gops_value_member(live, "metadata", 8);
    const gitops_value *list = gops_value_member(metadata, "managedFields", 13);
    memset(out, 0, sizeof *out);
    if (!gops_value_is(list, GITOPS_VALUE_LIST) || list->count == 0)
        return 0;
    return read_entries(out, &r, list);
}

gops_field_manager *gops_fields_manager(const gops_fields *fields, const char *name)
{
    size_t length = strlen(name);
    for (size_t i = 0; i < fields->manager_count; i++)
        if (gops_key_compare(fields->managers[i].text, fields->managers[i].length, name, length) ==
            0)
            return &fields->managers[i];
    return NULL;
}

void gops_field_ignore(gops_field *field)
{
    field->ignored = 0;
    for (size_t i = 0; i < field->owner_count; i++)
        field->ignored |= field->owners[i].is_whole && field->owners[i].manager->ignored;
    for (size_t i = 0; i < field->child_count; i++)
        gops_field_ignore(field->children[i]);
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
