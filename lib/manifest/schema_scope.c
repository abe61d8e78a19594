/* schema_scope: a kind is written once for a document and compared with all that rules are for. */
#include "manifest/schema_scope.h"

#include <string.h>

static uint16_t find_kind(const gops_scopes *scopes, const char *name, size_t length)
{
    size_t low = 0, high = scopes->kind_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const gops_scope *scope = &scopes->kinds[middle];
        int order = gops_key_compare(name, length, scope->text, scope->length);
        if (order == 0)
            return (uint16_t)(GOPS_SCOPE_GLOBS + 1 + middle);
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return 0;
}

size_t gops_scope_name(char out[GOPS_SCOPE_NAME_MAX], const gitops_value *document)
{
    gops_kind_name name;
    if (!gops_kind_name_read(&name, document) || name.kind_length >= GOPS_SCOPE_NAME_MAX ||
        name.group_length >= GOPS_SCOPE_NAME_MAX - name.kind_length)
        return 0;
    memcpy(out, name.kind, name.kind_length);
    if (name.group_length == 0)
        return name.kind_length;
    out[name.kind_length] = '.';
    memcpy(out + name.kind_length + 1, name.group, name.group_length);
    return name.kind_length + 1 + name.group_length;
}

gops_scope_match gops_scopes_match(const gops_scopes *scopes, const gitops_value *document)
{
    gops_scope_match match = {0, 0};
    char name[GOPS_SCOPE_NAME_MAX];
    if (scopes->glob_count + scopes->kind_count == 0)
        return match;
    size_t length = gops_scope_name(name, document);
    if (length > 0)
        match.kind = find_kind(scopes, name, length);
    for (uint16_t i = 0; i < scopes->glob_count; i++)
        if (gops_selector_matches(&scopes->globs[i], name, length, document))
            match.globs |= (uint64_t)1 << i;
    return match;
}
