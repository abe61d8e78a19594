/*
 * secret: stringData is a convenience for writers. The server merges it into data, where it wins,
 * and never gives it back, so both ways of writing a Secret have to read as one value. What is sent
 * keeps the way in which it was written: each key of the result goes back to where it stood.
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

/* stringData[key], unless it is a null, which is never sent and so wins over nothing. */
static const gitops_value *text_member(const gitops_value *text, const gitops_value *like)
{
    const gitops_value *member = gops_value_member(text, like->key, like->key_length);
    return gops_value_is(member, GITOPS_VALUE_NULL) ? NULL : member;
}

/* The members of data with those of text, encoded, in their place. NULL: no memory. */
static gitops_value *join_data(const gitops_value *data, const gitops_value *text,
                               gops_arena *arena, uint32_t *count)
{
    size_t data_count = gops_value_is(data, GITOPS_VALUE_MAP) ? data->count : 0;
    gitops_value *members = gops_value_array(arena, data_count + text->count);
    *count = 0;
    if (!members)
        return NULL;
    for (uint32_t i = 0; i < data_count; i++) {
        const gitops_value *member = &data->as.children[i];
        if (!text_member(text, member))
            members[(*count)++] = *member;
    }
    for (uint32_t i = 0; i < text->count; i++) {
        const gitops_value *given = &text->as.children[i];
        if (given->type == GITOPS_VALUE_NULL &&
            gops_value_member(data, given->key, given->key_length))
            continue;
        gitops_value *member = &members[(*count)++];
        *member = *given;
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

int gops_secret_is_readable(const gitops_document *document)
{
    const gitops_value *root = document ? gitops_document_root(document) : NULL;
    const gitops_value *text = gops_value_member(root, "stringData", 10);
    const gitops_value *data = gops_value_member(root, "data", 4);
    return !text || text->type == GITOPS_VALUE_NULL ||
           (text->type == GITOPS_VALUE_MAP &&
            (!data || data->type == GITOPS_VALUE_MAP || data->type == GITOPS_VALUE_NULL));
}

int gops_secret_normalise(gitops_document **out, gitops_context *context, gitops_document *document)
{
    const gitops_value *root = document ? gitops_document_root(document) : NULL;
    const gitops_value *text = gops_value_member(root, "stringData", 10);
    const gitops_value *data = gops_value_member(root, "data", 4);
    *out = NULL;
    if (!gops_value_is(text, GITOPS_VALUE_MAP)) {
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

/* What a key was given as; *is_text: in stringData. NULL: the normal form does not hold member. */
static const gitops_value *given_as(const gops_secret_forms *forms, const gitops_value *member,
                                    int *is_text)
{
    const gitops_value *normal = gops_value_member(forms->normal, "data", 4);
    normal = gops_value_member(normal, member->key, member->key_length);
    *is_text = 0;
    if (!normal || !gops_value_same(normal, member))
        return NULL;
    const gitops_value *data = gops_value_member(forms->given, "data", 4);
    const gitops_value *text = gops_value_member(forms->given, "stringData", 10);
    const gitops_value *given = text_member(text, member);
    *is_text = given != NULL;
    return given ? given : gops_value_member(data, member->key, member->key_length);
}

/* The two maps that data becomes. */
typedef struct split {
    gitops_value *data, *text;
    uint32_t data_count, text_count;
} split;

static void split_data(split *out, const gitops_value *data, const gops_secret_forms *first,
                       const gops_secret_forms *second)
{
    for (uint32_t i = 0; i < data->count; i++) {
        const gitops_value *member = &data->as.children[i];
        int is_text;
        const gitops_value *given = given_as(first, member, &is_text);
        if (!given)
            given = given_as(second, member, &is_text);
        if (is_text)
            out->text[out->text_count++] = *given;
        else
            out->data[out->data_count++] = given ? *given : *member;
    }
}

/* Adds a map to the members; an empty one only where it was given empty. */
static void add_map(gitops_value *members, uint32_t *count, const gitops_value *given,
                    const gitops_value *like, const char *key, gitops_value *children,
                    uint32_t child_count)
{
    if (child_count == 0 && !(gops_value_is(given, GITOPS_VALUE_MAP) && given->count == 0))
        return;
    gitops_value *member = &members[(*count)++];
    *member = given ? *given : *like;
    member->key = key;
    member->key_length = (uint32_t)strlen(key);
    gops_value_set_map(member, children, child_count);
}

int gops_secret_restore(gitops_document *document, const gops_secret_forms *first,
                        const gops_secret_forms *second)
{
    const gitops_value root = document->root;
    const gitops_value *data = gops_value_member(&root, "data", 4);
    if (!gops_value_is(data, GITOPS_VALUE_MAP))
        return 0;
    const gitops_value *lead = first->given ? first->given : second->given;
    const gitops_value *lead_text = gops_value_member(lead, "stringData", 10);
    gitops_value *members = gops_value_array(&document->arena, (size_t)root.count + 1);
    split parts = {gops_value_array(&document->arena, data->count),
                   gops_value_array(&document->arena, data->count), 0, 0};
    uint32_t count = 0;
    if (!members || !parts.data || !parts.text)
        return GITOPS_ENOMEM;
    split_data(&parts, data, first, second);
    for (uint32_t i = 0; i < root.count; i++)
        if (&root.as.children[i] != data)
            members[count++] = root.as.children[i];
    add_map(members, &count, gops_value_member(lead, "data", 4), data, "data", parts.data,
            parts.data_count);
    add_map(members, &count, data->count ? NULL : lead_text, lead_text ? lead_text : data,
            "stringData", parts.text, parts.text_count);
    gops_value_set_map(&document->root, members, count);
    return 0;
}
