/*
 * secret: stringData is a convenience for writers. The server merges it into data, where it wins,
 * and never gives it back, so both ways of writing a Secret have to read as one value.
 */
#include "diff/secret.h"

#include <string.h>

#include "base/base64.h"

/* Makes *value, a string, its base64. Returns 0 when there is no memory. */
static int encode(gitops_value *value, gops_arena *arena)
{
    size_t size = gops_base64_size(value->count);
    if (size > UINT32_MAX)
        return 0;
    char *text = gops_arena_alloc(arena, size + 1);
    if (!text)
        return 0;
    gops_base64_encode(text, value->as.text, value->count);
    text[size] = '\0';
    gops_value_set_string(value, text, (uint32_t)size);
    return 1;
}

/* The members of data with those of text, encoded, in their place. NULL: no memory. */
static gitops_value *join_data(const gitops_value *data, const gitops_value *text,
                               gops_arena *arena, uint32_t *count)
{
    size_t data_count = gitops_value_count(data);
    gitops_value *members = gops_value_array(arena, data_count + text->count);
    *count = 0;
    if (!members)
        return NULL;
    for (uint32_t i = 0; i < data_count; i++) {
        const gitops_value *member = &data->as.children[i];
        if (!gops_value_member(text, member->key, member->key_length))
            members[(*count)++] = *member;
    }
    for (uint32_t i = 0; i < text->count; i++) {
        gitops_value *member = &members[(*count)++];
        *member = text->as.children[i];
        if (member->type == GITOPS_VALUE_STRING && !encode(member, arena))
            return NULL;
    }
    return members;
}

/* Fills the root of document with that of a Secret, data and stringData made one. */
static int fill(gitops_document *document, const gitops_value *root, const gitops_value *data,
                const gitops_value *text)
{
    uint32_t count = 0, data_count;
    gitops_value *members = gops_value_array(&document->arena, root->count);
    gitops_value *joined = join_data(data, text, &document->arena, &data_count);
    if (!members || !joined)
        return GITOPS_ENOMEM;
    for (uint32_t i = 0; i < root->count; i++)
        if (&root->as.children[i] != data && &root->as.children[i] != text)
            members[count++] = root->as.children[i];
    members[count] = *text;
    members[count].key = "data";
    members[count].key_length = 4;
    gops_value_set_map(&members[count++], joined, data_count);
    document->root = *root;
    gops_value_set_map(&document->root, members, count);
    return 0;
}

int gops_secret_normalise(gitops_document **out, gitops_context *context, gitops_document *document)
{
    const gitops_value *root = document ? gitops_document_root(document) : NULL;
    const gitops_value *text = gops_value_member(root, "stringData", 10);
    const gitops_value *data = gops_value_member(root, "data", 4);
    *out = NULL;
    if (!gops_value_is(text, GITOPS_VALUE_MAP) ||
        (data && data->type != GITOPS_VALUE_MAP && data->type != GITOPS_VALUE_NULL)) {
        *out = document ? gitops_document_ref(document) : NULL;
        return 0;
    }
    gitops_document *normal = gops_document_new(context);
    int status = normal ? fill(normal, root, data, text) : GITOPS_ENOMEM;
    if (status < 0) {
        gitops_document_free(normal);
        return status;
    }
    gops_document_share(normal, document);
    *out = normal;
    return 0;
}
