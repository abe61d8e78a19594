/*
 * base: what another tool last sent, read from the live object that it left, so that removals from
 * Git are seen from the first run on: from kubectl's annotation, or as those parts of live that the
 * tool's field manager owns.
 */
#include <gitops/diff.h>

#include <string.h>

#include "manifest/fields.h"
#include "value/document.h"

static const char last_applied[] = "kubectl.kubernetes.io/last-applied-configuration";

static int check(gitops_document **out, gitops_context *context, const gitops_document *live,
                 gitops_error *err)
{
    if (!out)
        return gops_fail(err, GITOPS_EINVAL, "base: out is NULL");
    *out = NULL;
    if (!context || !live)
        return gops_fail(err, GITOPS_EINVAL, "base: context or live is NULL");
    return 0;
}

/* The message of a parser may quote the text, which may be a secret. */
static int parse_annotation(gitops_document **out, gitops_context *context, const char *text,
                            size_t length, gitops_error *err)
{
    int status = gitops_document_parse(out, context, text, length, last_applied, NULL);
    if (status == 0 && !gops_value_is(gitops_document_root(*out), GITOPS_VALUE_MAP)) {
        gitops_document_free(*out);
        *out = NULL;
        status = GITOPS_EPARSE;
    }
    if (status == GITOPS_ENOMEM)
        return gops_fail_memory(err);
    return status < 0 ? gops_fail(err, status, "the annotation %s is no object", last_applied) : 0;
}

int gitops_base_from_annotation(gitops_document **out, gitops_context *context,
                                const gitops_document *live, gitops_error *err)
{
    size_t length;
    int status = check(out, context, live, err);
    if (status < 0)
        return status;
    const gitops_value *metadata = gops_value_member(gitops_document_root(live), "metadata", 8);
    const gitops_value *annotations = gops_value_member(metadata, "annotations", 11);
    const char *text = gops_value_member_text(annotations, last_applied, &length);
    if (!text)
        return gops_fail(err, GITOPS_ENOTFOUND, "live has no annotation %s", last_applied);
    return parse_annotation(out, context, text, length, err);
}

/* What a manager owns goes into the arena. */
typedef struct projection {
    gops_arena *arena;
    const gops_field_manager *manager;
} projection;

static const gops_owner *owner_at(const projection *p, const gops_field *field)
{
    for (size_t i = 0; i < field->owner_count; i++)
        if (field->owners[i].manager == p->manager)
            return &field->owners[i];
    return NULL;
}

/*
 * Fills *out with what the manager owns of value. Returns 1, 0 when that is nothing, or GITOPS_ENOMEM.
 * Recursion goes as deep as live, which the reader bounds.
 */
static int project(const projection *p, const gops_field *field, const gitops_value *value,
                   gitops_value *out);

/* The keys of an element come along with whatever is owned of it. */
static int project_members(const projection *p, const gops_field *field, const gitops_value *value,
                           const gitops_value *keys, gitops_value *out)
{
    gitops_value *members = gops_value_array(p->arena, value->count);
    uint32_t count = 0;
    int found = members ? 1 : GITOPS_ENOMEM, is_owned = owner_at(p, field) != NULL;
    for (uint32_t i = 0; i < value->count && found >= 0; i++) {
        const gitops_value *member = &value->as.children[i];
        const gops_field *below = gops_field_member(field, member->key, member->key_length);
        int is_key = gops_value_member(keys, member->key, member->key_length) != NULL;
        members[count] = *member;
        found = below ? project(p, below, member, &members[count]) : 0;
        is_owned |= found > 0;
        count += found > 0 || is_key;
    }
    if (found < 0 || !is_owned)
        return found < 0 ? found : 0;
    return gops_value_set_map(out, members, count) < 0 ? GITOPS_ENOMEM : 1;
}

static int project_elements(const projection *p, const gops_field *field,
                            const gitops_value *value, gitops_value *out)
{
    gitops_value *items = gops_value_array(p->arena, value->count);
    uint32_t count = 0;
    int found = items ? 1 : GITOPS_ENOMEM;
    for (uint32_t i = 0; i < value->count && found >= 0; i++) {
        const gitops_value *item = &value->as.children[i];
        const gops_field *below = gops_field_element(field, i, item, NULL);
        items[count] = *item;
        found = below ? project(p, below, item, &items[count]) : 0;
        count += found > 0;
    }
    if (found < 0 || (count == 0 && !owner_at(p, field)))
        return found < 0 ? found : 0;
    gops_value_set_list(out, items, count);
    return 1;
}

static int project(const projection *p, const gops_field *field, const gitops_value *value,
                   gitops_value *out)
{
    int is_element = field->length > 0 && field->element[0] == 'k';
    const gops_owner *owner = owner_at(p, field);
    *out = *value;
    if (owner && owner->is_whole)
        return 1;
    if (value->type == GITOPS_VALUE_MAP)
        return project_members(p, field, value, is_element ? &field->value : NULL, out);
    if (value->type == GITOPS_VALUE_LIST)
        return project_elements(p, field, value, out);
    return owner != NULL;
}

/* Puts a member of live into a map that lacks it. Returns 0 or GITOPS_ENOMEM. */
static int put_member(gops_arena *arena, gitops_value *map, const gitops_value *from,
                      const char *name)
{
    const gitops_value *member = gops_value_member(from, name, strlen(name));
    if (!member || gops_value_member(map, name, strlen(name)))
        return 0;
    gitops_value *members = gops_value_array(arena, (size_t)map->count + 1);
    if (!members)
        return GITOPS_ENOMEM;
    if (map->count)
        memcpy(members, map->as.children, map->count * sizeof *members);
    members[map->count] = *member;
    return gops_value_set_map(map, members, map->count + 1) < 0 ? GITOPS_ENOMEM : 0;
}

/* What says which object it is belongs to no manager. */
static int put_identity(gops_arena *arena, gitops_value *root, const gitops_value *live)
{
    const gitops_value *of_live = gops_value_member(live, "metadata", 8);
    const gitops_value *own = gops_value_member(root, "metadata", 8);
    gitops_value metadata, *members = gops_value_array(arena, (size_t)root->count + 1);
    uint32_t count = 0;
    if (!members || !of_live)
        return members ? 0 : GITOPS_ENOMEM;
    metadata = own ? *own : *of_live;
    if (!own)
        gops_value_set_map(&metadata, NULL, 0);
    if (put_member(arena, &metadata, of_live, "name") < 0 ||
        put_member(arena, &metadata, of_live, "namespace") < 0)
        return GITOPS_ENOMEM;
    for (uint32_t i = 0; i < root->count; i++)
        if (&root->as.children[i] != own)
            members[count++] = root->as.children[i];
    members[count++] = metadata;
    return gops_value_set_map(root, members, count) < 0 ? GITOPS_ENOMEM : 0;
}

static int fill(gitops_document *base, const gitops_document *live, const char *manager)
{
    const gitops_value *root = gitops_document_root(live);
    gops_fields fields;
    int status = gops_fields_read(&fields, base->context, &base->arena, root);
    if (status < 0)
        return status;
    projection p = {&base->arena, gops_fields_manager(&fields, manager)};
    if (!p.manager || !gops_value_is(root, GITOPS_VALUE_MAP))
        return GITOPS_ENOTFOUND;
    gops_value_set_map(&base->root, NULL, 0);
    status = project_members(&p, &fields.root, root, NULL, &base->root);
    if (status >= 0)
        status = put_identity(&base->arena, &base->root, root);
    if (status == 0)
        status = put_member(&base->arena, &base->root, root, "apiVersion");
    return status < 0 ? status : put_member(&base->arena, &base->root, root, "kind");
}

int gitops_base_from_manager(gitops_document **out, gitops_context *context, gitops_document *live,
                             const char *manager, gitops_error *err)
{
    int status = check(out, context, live, err);
    if (status < 0)
        return status;
    if (!manager)
        return gops_fail(err, GITOPS_EINVAL, "base: manager is NULL");
    gitops_document *base = gops_document_new(context);
    if (!base)
        return gops_fail_memory(err);
    gops_document_share(base, live);
    status = fill(base, live, manager);
    if (status == 0) {
        *out = base;
        return 0;
    }
    gitops_document_free(base);
    if (status == GITOPS_ENOMEM)
        return gops_fail_memory(err);
    return gops_fail(err, status, "live has no fields of the manager %.*s", 80, manager);
}
