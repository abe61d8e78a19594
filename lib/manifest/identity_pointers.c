/*
 * identity_pointers: the parts of the key stand where the host's JSON pointers say. A name must be
 * there; for what else is not there the host has said what that means.
 */
#include <stdio.h>
#include <string.h>

#include "manifest/identity.h"
#include "manifest/key.h"

static const char *const part_names[GOPS_PART_COUNT] = {
    [GOPS_PART_NAMESPACE] = "namespace",
    [GOPS_PART_KIND] = "kind",
    [GOPS_PART_GROUP] = "group",
    [GOPS_PART_NAME] = "name",
};

typedef struct found {
    gops_key_part part;
    char label[200]; /* "the name at /host/name", cut short when it is long */
} found;

/* Text of a scalar; NULL for what cannot name anything. */
static const char *text_of(const gitops_value *value, size_t *length)
{
    if (value->type == GITOPS_VALUE_BOOL) {
        *length = value->boolean ? 4 : 5;
        return value->boolean ? "true" : "false";
    }
    return gitops_value_text(value, length);
}

/* Looks a part up; one that is null or, but for the name, empty is not there. */
static int find_part(const gitops_identity *identity, int which, const gitops_value *root,
                     found *out, gitops_error *err)
{
    const char *pointer = identity->parts[which].text;
    memset(out, 0, sizeof *out);
    if (!pointer)
        return 0;
    snprintf(out->label, sizeof out->label, "the %s at %s", part_names[which], pointer);
    out->part.name = out->label;
    const gitops_value *value = gops_pointer_get(root, &identity->parts[which].pointer);
    if (!value || value->type == GITOPS_VALUE_NULL)
        return 0;
    out->part.at = value;
    out->part.text = text_of(value, &out->part.length);
    if (!out->part.text)
        return gops_fail_at(err, GITOPS_EPARSE, NULL, value->line, value->column,
                            "%s is neither text nor a number or boolean", out->label);
    if (out->part.length == 0 && which != GOPS_PART_NAME)
        out->part.text = NULL;
    return 0;
}

static int fail_missing(const gitops_identity *identity, int which, const gitops_value *root,
                        gitops_error *err)
{
    return gops_fail_at(err, GITOPS_EPARSE, NULL, root->line, root->column,
                        "document has nothing at %s, where its %s should be",
                        identity->parts[which].text, part_names[which]);
}

int gops_identify_pointers(const gitops_identity *identity, const gitops_value *root,
                           gops_role *role, gops_buffer *key, gitops_error *err)
{
    found parts[GOPS_PART_COUNT];
    int any = 0;
    for (int i = 0; i < GOPS_PART_COUNT; i++) {
        int rc = find_part(identity, i, root, &parts[i], err);
        if (rc < 0)
            return rc;
        any |= parts[i].part.text != NULL;
    }
    *role = GOPS_ROLE_NONE;
    if (!any && identity->skip_others)
        return 0;
    if (!parts[GOPS_PART_NAME].part.text)
        return fail_missing(identity, GOPS_PART_NAME, root, err);
    gops_key_part *kind = &parts[GOPS_PART_KIND].part;
    if (!kind->text && !identity->kind)
        return fail_missing(identity, GOPS_PART_KIND, root, err);
    if (!kind->text)
        *kind = (gops_key_part){identity->kind, strlen(identity->kind), "kind", root};
    *role = GOPS_ROLE_OBJECT;
    return gops_key_put(key, &parts[GOPS_PART_NAMESPACE].part, kind,
                        &parts[GOPS_PART_GROUP].part, &parts[GOPS_PART_NAME].part, err);
}
