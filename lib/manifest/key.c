/*
 * key: the identity of an object by apiVersion, kind, metadata.namespace and metadata.name, written
 * as the path "shop/Deployment.apps/web". Segments are checked here once, so that a key is safe as
 * a file name everywhere else.
 */
#include "manifest/key.h"

#include <gitops/manifest.h>

#include <string.h>

#include "value/document.h"
#include "value/pointer.h"

static int fail_at(gitops_error *err, const gitops_value *value, const char *message)
{
    return gops_fail_at(err, GITOPS_EPARSE, NULL, value->line, value->column, "%s", message);
}

static int ends_with_list(const gitops_value *kind)
{
    return kind->count >= 4 && memcmp(kind->as.text + kind->count - 4, "List", 4) == 0;
}

/* A part of a key may hold no "/", no blank or control character, and be no "." or "..". */
static int is_segment(const char *text, size_t length)
{
    if (length == 0 || length > 253 || text[0] == '.')
        return 0;
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c <= ' ' || c == 0x7F || c == '/' || c == '\\')
            return 0;
    }
    return 1;
}

/* Makes sure that a member is a string with content. holder is where it is missing. */
static int check_text(const gitops_value *member, const char *name, const gitops_value *holder,
                      gitops_error *err)
{
    if (gops_value_is(member, GITOPS_VALUE_STRING) && member->count)
        return 0;
    const gitops_value *place = member ? member : holder;
    const char *before = member ? "" : "object has no ";
    const char *after = !member                                    ? ""
                        : gops_value_is(member, GITOPS_VALUE_STRING) ? " is empty"
                                                                     : " is not a string";
    return gops_fail_at(err, GITOPS_EPARSE, NULL, place->line, place->column, "%s%s%s", before,
                        name, after);
}

static int put_segment(gops_buffer *key, const gitops_value *value, const char *text,
                       size_t length, const char *name, gitops_error *err)
{
    if (!is_segment(text, length))
        return gops_fail_at(err, GITOPS_EPARSE, NULL, value->line, value->column,
                            "%s cannot be part of a key: 1 to 253 characters without \"/\", "
                            "blanks or a leading \".\"",
                            name);
    gops_buffer_put(key, text, length);
    return 0;
}

/* "apps/v1" has the group "apps", "v1" has none. */
static size_t group_length(const gitops_value *api_version)
{
    const char *slash = memchr(api_version->as.text, '/', api_version->count);
    return slash ? (size_t)(slash - api_version->as.text) : 0;
}

static int put_key(const gitops_value *root, const gitops_value *api, const gitops_value *kind,
                   gops_buffer *key, gitops_error *err)
{
    const gitops_value *metadata = gops_value_member(root, "metadata", 8);
    if (!gops_value_is(metadata, GITOPS_VALUE_MAP))
        return fail_at(err, metadata ? metadata : root,
                       metadata ? "metadata is not a map" : "object has no metadata.name");
    const gitops_value *name = gops_value_member(metadata, "name", 4);
    const gitops_value *space = gops_value_member(metadata, "namespace", 9);
    int rc = check_text(name, "metadata.name", metadata, err);
    if (space && space->type == GITOPS_VALUE_NULL)
        space = NULL;
    if (gops_value_is(space, GITOPS_VALUE_STRING) && space->count == 0)
        space = NULL;
    if (rc == 0 && space)
        rc = check_text(space, "metadata.namespace", metadata, err);
    if (rc == 0 && space)
        rc = put_segment(key, space, space->as.text, space->count, "metadata.namespace", err);
    else if (rc == 0)
        gops_buffer_putc(key, '_');
    gops_buffer_putc(key, '/');
    if (rc == 0 && memchr(kind->as.text, '.', kind->count))
        rc = fail_at(err, kind, "kind holds a \".\", which separates it from its group");
    if (rc == 0)
        rc = put_segment(key, kind, kind->as.text, kind->count, "kind", err);
    size_t group = group_length(api);
    if (rc == 0 && group) {
        gops_buffer_putc(key, '.');
        rc = put_segment(key, api, api->as.text, group, "the group in apiVersion", err);
    }
    gops_buffer_putc(key, '/');
    if (rc == 0)
        rc = put_segment(key, name, name->as.text, name->count, "metadata.name", err);
    return rc < 0 ? rc : gops_buffer_status(key, err);
}

int gops_identify(const gitops_value *root, gops_identity *what, gops_buffer *key,
                  gitops_error *err)
{
    const gitops_value *api = gops_value_member(root, "apiVersion", 10);
    const gitops_value *kind = gops_value_member(root, "kind", 4);
    *what = GOPS_IDENTITY_NONE;
    gops_buffer_clear(key);
    if (!api && !kind)
        return 0;
    int rc = check_text(api, "apiVersion", root, err);
    if (rc == 0)
        rc = check_text(kind, "kind", root, err);
    if (rc < 0)
        return rc;
    static const char kustomize[] = "kustomize.config.k8s.io";
    if (group_length(api) == sizeof kustomize - 1 &&
        memcmp(api->as.text, kustomize, sizeof kustomize - 1) == 0) {
        *what = GOPS_IDENTITY_KUSTOMIZATION;
        return 0;
    }
    if (ends_with_list(kind) &&
        gops_value_is(gops_value_member(root, "items", 5), GITOPS_VALUE_LIST)) {
        *what = GOPS_IDENTITY_LIST;
        return 0;
    }
    *what = GOPS_IDENTITY_OBJECT;
    return put_key(root, api, kind, key, err);
}

/* The item that a pointer leads into; NULL when it leads to none. */
static const gitops_value *item_of(const gitops_value *root, const char *pointer)
{
    uint32_t index;
    if (strncmp(pointer, "/items/", 7) != 0 ||
        !gops_pointer_index(pointer + 7, strcspn(pointer + 7, "/"), &index))
        return NULL;
    return gitops_value_item(gops_value_member(root, "items", 5), index);
}

int gops_identify_at(void *user_data, const gitops_value *root, const char *pointer,
                     gops_buffer *key)
{
    gops_identity what;
    (void)user_data;
    int rc = gops_identify(root, &what, key, NULL);
    const gitops_value *item =
        rc == 0 && what == GOPS_IDENTITY_LIST ? item_of(root, pointer) : NULL;
    if (item)
        rc = gops_identify(item, &what, key, NULL);
    if (rc == GITOPS_ENOMEM)
        return rc;
    return rc == 0 && what == GOPS_IDENTITY_OBJECT;
}

int gops_key_split(const char *key, gops_key_parts *out)
{
    const char *first = strchr(key, '/');
    const char *second = first ? strchr(first + 1, '/') : NULL;
    if (!second || strlen(key) > GOPS_KEY_MAX)
        return 0;
    const char *dot = memchr(first + 1, '.', (size_t)(second - first - 1));
    const char *kind_end = dot ? dot : second;
    *out = (gops_key_parts){key,
                            (size_t)(first - key),
                            first + 1,
                            (size_t)(kind_end - first - 1),
                            dot ? dot + 1 : second,
                            dot ? (size_t)(second - dot - 1) : 0,
                            second + 1,
                            strlen(second + 1)};
    return is_segment(out->namespace_name, out->namespace_length) &&
           is_segment(out->kind, out->kind_length) &&
           (!dot || is_segment(out->group, out->group_length)) &&
           is_segment(out->name, out->name_length);
}

int gitops_document_key(const gitops_document *document, gitops_buffer **out, gitops_error *err)
{
    gops_buffer key;
    gops_identity what;
    if (!document || !out)
        return gops_fail(err, GITOPS_EINVAL, "document key: an argument is NULL");
    *out = NULL;
    gops_buffer_init(&key, document->context, 0);
    int rc = gops_identify(&document->root, &what, &key, err);
    if (rc == 0 && what != GOPS_IDENTITY_OBJECT)
        rc = gops_fail_at(err, GITOPS_EPARSE, NULL, document->root.line, document->root.column,
                          "document has no identity: it is no object");
    if (rc < 0) {
        gops_buffer_release(&key);
        return rc;
    }
    return gops_buffer_give(&key, out, err);
}
