/*
 * identity_kubernetes: the identity of an object by apiVersion, kind, metadata.namespace and
 * metadata.name.
 */
#include <gitops/manifest.h>

#include <string.h>

#include "manifest/identity.h"
#include "manifest/key.h"
#include "value/document.h"

static int ends_with_list(const gitops_value *kind)
{
    return kind->count >= 4 && memcmp(kind->as.text + kind->count - 4, "List", 4) == 0;
}

/* Makes sure that a member is a string with content. holder is where it is missing. */
static int check_text(const gitops_value *member, const char *name, const gitops_value *holder,
                      gitops_error *err)
{
    if (gops_value_is(member, GITOPS_VALUE_STRING) && member->count)
        return 0;
    const gitops_value *place = member ? member : holder;
    const char *before = member ? "" : "object has no ";
    const char *after = !member                                      ? ""
                        : gops_value_is(member, GITOPS_VALUE_STRING) ? " is empty"
                                                                     : " is not a string";
    return gops_fail_at(err, GITOPS_EPARSE, NULL, place->line, place->column, "%s%s%s", before,
                        name, after);
}

/* "apps/v1" has the group "apps", "v1" has none. */
static size_t group_length(const gitops_value *api_version)
{
    const char *slash = memchr(api_version->as.text, '/', api_version->count);
    return slash ? (size_t)(slash - api_version->as.text) : 0;
}

static gops_key_part part_of(const gitops_value *value, const char *name)
{
    return value ? (gops_key_part){value->as.text, value->count, name, value}
                 : (gops_key_part){NULL, 0, name, NULL};
}

static int put_key(const gitops_value *root, const gitops_value *api, const gitops_value *kind,
                   gops_buffer *key, gitops_error *err)
{
    const gitops_value *metadata = gops_value_member(root, "metadata", 8);
    if (!gops_value_is(metadata, GITOPS_VALUE_MAP)) {
        const gitops_value *at = metadata ? metadata : root;
        return gops_fail_at(err, GITOPS_EPARSE, NULL, at->line, at->column,
                            metadata ? "metadata is not a map" : "object has no metadata.name");
    }
    const gitops_value *name = gops_value_member(metadata, "name", 4);
    const gitops_value *space = gops_value_member(metadata, "namespace", 9);
    int rc = check_text(name, "metadata.name", metadata, err);
    if (space && space->type == GITOPS_VALUE_NULL)
        space = NULL;
    if (gops_value_is(space, GITOPS_VALUE_STRING) && space->count == 0)
        space = NULL;
    if (rc == 0 && space)
        rc = check_text(space, "metadata.namespace", metadata, err);
    if (rc < 0)
        return rc;
    gops_key_part parts[] = {part_of(space, "metadata.namespace"), part_of(kind, "kind"),
                             part_of(api, "the group in apiVersion"),
                             part_of(name, "metadata.name")};
    parts[2].length = group_length(api);
    if (parts[2].length == 0)
        parts[2].text = NULL;
    return gops_key_put(key, &parts[0], &parts[1], &parts[2], &parts[3], err);
}

int gops_identify_kubernetes(const gitops_value *root, gops_role *role, gops_buffer *key,
                             gitops_error *err)
{
    static const char kustomize[] = "kustomize.config.k8s.io";
    const gitops_value *api = gops_value_member(root, "apiVersion", 10);
    const gitops_value *kind = gops_value_member(root, "kind", 4);
    *role = GOPS_ROLE_NONE;
    if (!api && !kind)
        return 0;
    int rc = check_text(api, "apiVersion", root, err);
    if (rc == 0)
        rc = check_text(kind, "kind", root, err);
    if (rc < 0)
        return rc;
    if (group_length(api) == sizeof kustomize - 1 &&
        memcmp(api->as.text, kustomize, sizeof kustomize - 1) == 0) {
        *role = GOPS_ROLE_KUSTOMIZATION;
        return 0;
    }
    if (ends_with_list(kind) &&
        gops_value_is(gops_value_member(root, "items", 5), GITOPS_VALUE_LIST)) {
        *role = GOPS_ROLE_LIST;
        return 0;
    }
    *role = GOPS_ROLE_OBJECT;
    return put_key(root, api, kind, key, err);
}

int gitops_document_key(const gitops_document *document, gitops_buffer **out, gitops_error *err)
{
    gops_buffer key;
    gops_role role;
    if (!document || !out)
        return gops_fail(err, GITOPS_EINVAL, "document key: an argument is NULL");
    *out = NULL;
    gops_buffer_init(&key, document->context, 0);
    int rc = gops_identify_kubernetes(&document->root, &role, &key, err);
    if (rc == 0 && role != GOPS_ROLE_OBJECT)
        rc = gops_fail_at(err, GITOPS_EPARSE, NULL, document->root.line, document->root.column,
                          "document has no identity: it is no object");
    if (rc < 0) {
        gops_buffer_release(&key);
        return rc;
    }
    return gops_buffer_give(&key, out, err);
}
