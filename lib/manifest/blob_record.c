/*
 * blob_record: texts are kept with their final NUL, and controls behind their key, so that they can
 * be used where they stand.
 */
#include "manifest/blob_record.h"

#include "manifest/control.h"
#include "manifest/key.h"

void gops_blob_id_pack(gops_buffer *out, const gops_blob_id *id)
{
    size_t length = sizeof id->bytes;
    while (length && id->bytes[length - 1] == 0)
        length--;
    gops_pack_text(out, (const char *)id->bytes, length);
}

gops_blob_id gops_blob_id_unpack(gops_unpack *in)
{
    gops_blob_id id = {{0}};
    size_t length;
    const char *bytes = gops_unpack_text(in, &length);
    if (length > sizeof id.bytes)
        in->broken = 1;
    else if (bytes)
        memcpy(id.bytes, bytes, length);
    return id;
}

static void pack_string(gops_buffer *out, const char *text)
{
    gops_pack_text(out, text, strlen(text) + 1);
}

/* A NUL-terminated text, borrowed; "" when it is none. */
static const char *unpack_string(gops_unpack *in)
{
    size_t length;
    const char *text = gops_unpack_text(in, &length);
    if (!text || length == 0 || memchr(text, '\0', length) != text + length - 1) {
        in->broken = 1;
        return "";
    }
    return text;
}

static void pack_object(gops_buffer *out, const gops_object *object)
{
    gops_buffer_put(out, object->digest.bytes, sizeof object->digest.bytes);
    gops_pack_number(out, object->line);
    gops_pack_number(out, object->offset);
    gops_pack_number(out, object->length);
    gops_pack_number(out, object->first_line);
    gops_pack_number(out, object->of.item);
    gops_pack_number(out, object->document);
    gops_pack_number(out, object->has_controls);
    gops_pack_text(out, object->key, gops_object_text_size(object));
}

/* The controls behind a key: one text, which is a record, and nothing else. */
static int are_controls(const char *bytes, size_t length)
{
    gops_unpack in = {bytes, bytes + length, 0};
    gops_control control;
    size_t size;
    const char *record = gops_unpack_text(&in, &size);
    return record && !in.broken && in.at == in.end &&
           gops_control_decode(&control, record, size) == 0;
}

/* A key may become the name of a file: it is checked like one that is new. */
static const char *unpack_key(gops_unpack *in, int has_controls)
{
    gops_key_parts parts;
    size_t length;
    const char *text = gops_unpack_text(in, &length);
    const char *nul = text ? memchr(text, '\0', length) : NULL;
    size_t rest = nul ? length - (size_t)(nul + 1 - text) : 0;
    if (nul && gops_key_split(text, &parts) && (has_controls ? are_controls(nul + 1, rest) : !rest))
        return text;
    in->broken = 1;
    return "";
}

static void unpack_object(gops_unpack *in, gops_object *object)
{
    const char *digest = gops_unpack_bytes(in, sizeof object->digest.bytes);
    if (digest)
        memcpy(object->digest.bytes, digest, sizeof object->digest.bytes);
    object->line = gops_unpack_u32(in);
    object->offset = gops_unpack_u32(in);
    object->length = gops_unpack_u32(in);
    object->first_line = gops_unpack_u32(in);
    object->of.item = gops_unpack_u32(in);
    object->document = gops_unpack_u32(in) & INT32_MAX;
    object->has_controls = gops_unpack_number(in) != 0;
    object->key = unpack_key(in, object->has_controls);
}

static void pack_warnings(gops_buffer *out, const gops_warnings *warnings)
{
    gops_pack_number(out, warnings->total);
    gops_pack_number(out, warnings->count);
    for (uint32_t i = 0; i < warnings->count; i++) {
        const gops_diagnostic *item = &warnings->items[i];
        gops_pack_number(out, (uint32_t)item->severity);
        gops_pack_number(out, (uint32_t)item->code);
        gops_pack_number(out, (uint32_t)item->origin);
        gops_pack_number(out, (uint32_t)item->origin_code);
        gops_pack_number(out, item->line);
        gops_pack_number(out, item->column);
        gops_pack_number(out, item->document);
        pack_string(out, item->message);
        pack_string(out, item->pointer);
        pack_string(out, item->key ? item->key : "");
    }
}

static void unpack_warning(gops_unpack *in, gops_diagnostic *item)
{
    memset(item, 0, sizeof *item);
    item->severity = (int32_t)gops_unpack_u32(in);
    item->code = (int32_t)gops_unpack_u32(in);
    item->origin = (int32_t)gops_unpack_u32(in);
    item->origin_code = (int32_t)gops_unpack_u32(in);
    item->line = gops_unpack_u32(in);
    item->column = gops_unpack_u32(in);
    item->document = gops_unpack_u32(in);
    item->message = unpack_string(in);
    item->pointer = unpack_string(in);
    const char *key = unpack_string(in);
    item->key = *key ? (char *)(uintptr_t)key : NULL;
    in->broken |= item->severity == GITOPS_SEVERITY_ERROR;
}

void gops_blob_pack(gops_buffer *out, const gops_blob *blob)
{
    gops_blob_id_pack(out, &blob->id);
    gops_pack_number(out, blob->name != &blob->id);
    if (blob->name != &blob->id)
        gops_blob_id_pack(out, blob->name);
    gops_pack_number(out, (uint64_t)blob->skipped * 2 + blob->unread);
    gops_pack_number(out, blob->count);
    for (uint32_t i = 0; i < blob->count; i++)
        pack_object(out, &blob->objects[i]);
    gops_pack_number(out, blob->warnings != NULL);
    if (blob->warnings)
        pack_warnings(out, blob->warnings);
}

void gops_blob_scratch_release(gops_blob_scratch *scratch)
{
    gops_free(scratch->context, scratch->objects);
    gops_free(scratch->context, scratch->warnings);
}

/* No more items than there are bytes: a false count must not take memory. */
static int make_room(gops_unpack *in, gitops_context *context, void *array, size_t *capacity,
                     size_t count, size_t size)
{
    if (count > (size_t)(in->end - in->at)) {
        in->broken = 1;
        return GITOPS_ECORRUPT;
    }
    return gops_grow(context, array, capacity, count, size);
}

static int unpack_objects(gops_unpack *in, gops_blob_scratch *scratch, gops_blob_parts *parts)
{
    parts->count = gops_unpack_u32(in);
    int rc = make_room(in, scratch->context, &scratch->objects, &scratch->object_capacity,
                       parts->count, sizeof *scratch->objects);
    for (uint32_t i = 0; rc == 0 && i < parts->count && !in->broken; i++)
        unpack_object(in, &scratch->objects[i]);
    parts->objects = scratch->objects;
    return rc;
}

static int unpack_warnings(gops_unpack *in, gops_blob_scratch *scratch, gops_warnings *warnings)
{
    warnings->total = gops_unpack_number(in);
    warnings->count = gops_unpack_u32(in);
    in->broken |= warnings->total < warnings->count;
    int rc = make_room(in, scratch->context, &scratch->warnings, &scratch->warning_capacity,
                       warnings->count, sizeof *scratch->warnings);
    for (uint32_t i = 0; rc == 0 && i < warnings->count && !in->broken; i++)
        unpack_warning(in, &scratch->warnings[i]);
    warnings->items = scratch->warnings;
    return rc;
}

int gops_blob_unpack(gops_unpack *in, gops_pool *pool, gops_blob_scratch *scratch, gops_blob **out)
{
    gops_blob_parts parts = {.count = 0};
    gops_warnings warnings = {.count = 0};
    gops_blob_id id = gops_blob_id_unpack(in), name;
    *out = NULL;
    parts.id = &id;
    if (gops_unpack_number(in)) {
        name = gops_blob_id_unpack(in);
        parts.name = &name;
    }
    parts.skipped = gops_unpack_u32(in);
    parts.unread = parts.skipped & 1;
    parts.skipped >>= 1;
    int rc = unpack_objects(in, scratch, &parts);
    if (rc == 0 && gops_unpack_number(in)) {
        rc = unpack_warnings(in, scratch, &warnings);
        parts.warnings = &warnings;
    }
    if (rc < 0 || in->broken)
        return rc < 0 ? rc : GITOPS_ECORRUPT;
    *out = gops_blob_new(pool, &parts);
    return *out ? 0 : GITOPS_ENOMEM;
}
