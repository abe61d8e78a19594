/*
 * label: "/spec/containers/[name=web]/image" for "/spec/containers/0/image". An index says little to
 * a reader, and less once the list has changed. Keys that are secret are not shown.
 */
#include "diff/label.h"

#include <string.h>

#include "value/emit.h"

enum { KEY_BYTES = 64 }; /* of one shown key: a longer one is no name */

static int is_shown(const gops_schema_place *place, const gitops_value *key)
{
    gops_schema_place below;
    if (!key || key->type == GITOPS_VALUE_NULL || key->type >= GITOPS_VALUE_LIST)
        return 0;
    gops_schema_member(place, key->key, key->key_length, key, &below);
    return !below.sensitive && (key->type == GITOPS_VALUE_BOOL || key->count <= KEY_BYTES);
}

/* "[name=web]"; 0 when there is nothing to show. */
static int write_keys(gops_buffer *out, const gops_named_element *named)
{
    int shown = 0;
    for (size_t i = 0; i < named->keys->count; i++) {
        const char *name = named->keys->keys[i].name;
        const gitops_value *key = gops_value_member(named->element, name, strlen(name));
        if (!is_shown(named->place, key))
            continue;
        gops_buffer_puts(out, shown++ ? "," : "[");
        gops_buffer_puts(out, name);
        gops_buffer_putc(out, '=');
        if (key->type == GITOPS_VALUE_STRING)
            gops_buffer_put(out, key->as.text, key->count);
        else
            gops_emit_json(out, key);
    }
    if (shown)
        gops_buffer_putc(out, ']');
    return shown;
}

void gops_label_write(gops_buffer *out, const gops_named_element *within, const char *path,
                      size_t length)
{
    size_t from = 0;
    if (within) {
        gops_label_write(out, within->outer, path, within->start);
        gops_buffer_putc(out, '/');
        from = write_keys(out, within) ? within->end : within->start + 1;
    }
    gops_buffer_put(out, path + from, length - from);
}
