/*
 * origin: reads and parses the document of one object again. The file and the list that were opened
 * last are kept, because objects are opened one after another.
 */
#include "render/origin.h"

#include <string.h>

#include "render/remember.h"
#include "render/whole_file.h"
#include "value/document.h"
#include "value/encoding.h"

void gops_origin_free(void *data)
{
    gops_origin *from = data;
    if (!from)
        return;
    gops_news_free(from->news);
    gops_reader_free(from->reader);
    gops_buffer_release(&from->text);
    gitops_document_free(from->list);
    for (size_t i = 0; i < from->walk.exclude_count; i++)
        gops_free(from->context, (void *)(uintptr_t)from->walk.excludes[i]);
    gops_free(from->context, (void *)(uintptr_t)from->walk.excludes);
    gops_free(from->context, (void *)(uintptr_t)from->walk.path);
    gitops_snapshot_free(from->snapshot);
    gitops_identity_free(from->identity);
    gops_free(from->context, from);
}

static int copy_excludes(gops_origin *from, const gitops_manifest_options *options)
{
    char **copies = gops_calloc(from->context, options->exclude_count + 1, sizeof *copies);
    if (!copies)
        return GITOPS_ENOMEM;
    from->walk.excludes = (const char *const *)copies;
    for (size_t i = 0; i < options->exclude_count; i++) {
        copies[i] = gops_strdup(from->context, options->excludes[i]);
        if (!copies[i])
            return GITOPS_ENOMEM;
        from->walk.exclude_count++;
    }
    return 0;
}

/* "./a/b/" becomes "a/b"; an absolute path stays one, to be refused. NULL: no memory. */
static char *clean_path(gitops_context *context, const char *path)
{
    if (!path)
        path = "";
    while (path[0] == '.' && path[1] == '/')
        path += 2;
    if (strcmp(path, ".") == 0)
        path = "";
    size_t length = strlen(path);
    while (length > 1 && path[length - 1] == '/')
        length--;
    return gops_strndup(context, path, length);
}

gops_origin *gops_origin_new(gitops_context *context, gitops_snapshot *snapshot,
                             const gitops_manifest_options *options)
{
    gops_origin *from = gops_calloc(context, 1, sizeof *from);
    if (!from)
        return NULL;
    from->context = context;
    from->snapshot = gitops_snapshot_ref(snapshot);
    from->identity = gops_identity_ref(options->identity);
    gops_buffer_init(&from->text, context, 0);
    from->walk.with_unread = 1;
    from->walk.path = clean_path(context, options->path);
    if (!from->walk.path || copy_excludes(from, options) < 0) {
        gops_origin_free(from);
        return NULL;
    }
    return from;
}

/* A whole file keeps its key when the path that is read moves. */
const char *gops_origin_key_path(const gops_origin *from, const char *path)
{
    size_t above = strlen(from->walk.path);
    int by_file = gops_identity_by(from->identity) == GITOPS_IDENTITY_FILE;
    return by_file && above ? path + above + 1 : path;
}

/* A link has the content of its target's name, but is no file of that content. */
static gops_blob_id name_unread(const gops_file_state *file)
{
    gops_blob_id name = {{0}};
    gops_digest digest = gops_hash128('u', file->id.bytes, sizeof file->id.bytes);
    memcpy(name.bytes, digest.bytes, sizeof digest.bytes);
    return name;
}

gops_blob_id gops_origin_name(const gops_origin *from, const char *path,
                              const gops_file_state *file)
{
    if (file->mode == GOPS_MODE_UNREAD)
        return name_unread(file);
    return gops_identity_name(from->identity, &file->id, file->mode,
                              gops_origin_key_path(from, path));
}

/* Parses the document that holds an object; the file's text is loaded. */
static int parse_document(gops_origin *from, const gops_item *entry, gitops_document **out,
                          gitops_error *err)
{
    const gops_object *object = gops_item_object(entry);
    gitops_diagnostics problems;
    gops_read_document read;
    gitops_document *document = gops_document_new(from->context);
    *out = NULL;
    if (!document)
        return gops_fail_memory(err);
    gops_diagnostics_init(&problems, from->context);
    int rc = gops_reader_open(from->reader, from->text.data + object->offset, object->length,
                              entry->file->path, object->first_line, &problems, err);
    if (rc == 0)
        rc = gops_reader_next(from->reader, &document->arena, &read, err);
    if (rc == 0)
        rc = gops_fail_at(err, GITOPS_ESOURCE, entry->file->path, object->line, 0,
                          "%s is not what was read before", object->key);
    gops_diagnostics_release(&problems);
    if (rc < 0) {
        gitops_document_free(document);
        return rc;
    }
    document->root = read.root;
    if (gops_document_set_place(document, entry->file->path, object->document) < 0) {
        gitops_document_free(document);
        return gops_fail_memory(err);
    }
    *out = document;
    return 0;
}

/* An item of a list shares the list's tree, which is kept for the next item. */
static int open_item(gops_origin *from, const gops_item *entry, gitops_document **out,
                     gitops_error *err)
{
    const gops_object *object = gops_item_object(entry);
    *out = NULL;
    if (!from->list || from->list_offset != object->offset) {
        gitops_document_free(from->list);
        int rc = parse_document(from, entry, &from->list, err);
        if (rc < 0)
            return rc;
        from->list_offset = object->offset;
    }
    gitops_document *document = gops_document_new(from->context);
    if (!document)
        return gops_fail_memory(err);
    const gitops_value *items = gops_value_member(&from->list->root, "items", 5);
    const gitops_value *item = gitops_value_item(items, object->of.item - 1);
    if (item)
        document->root = *item;
    document->name = from->list->name;
    document->number = from->list->number;
    gops_document_share(document, from->list);
    *out = document;
    return 0;
}

/* The file's bytes are loaded. */
static int open_whole_file(gops_origin *from, const gops_item *entry, gitops_document **out,
                           gitops_error *err)
{
    const gops_object *object = gops_item_object(entry);
    gitops_document *document = gops_document_new(from->context);
    *out = NULL;
    if (!document)
        return gops_fail_memory(err);
    int rc = gops_whole_file_document(&document->arena, object->of.mode, from->text.data,
                                      from->text.length, &document->root, err);
    if (rc == 0 && gops_document_set_place(document, entry->file->path, 1) < 0)
        rc = gops_fail_memory(err);
    if (rc < 0) {
        gitops_document_free(document);
        return rc;
    }
    *out = document;
    return 0;
}

/* Offsets of objects count bytes of UTF-8. Returns 0 or GITOPS_ENOMEM. */
static int decode_text(gops_origin *from)
{
    gops_buffer utf8, read = from->text;
    const char *text = read.data ? read.data : "";
    size_t length = read.length;
    gops_buffer_init(&utf8, from->context, 0);
    int rc = gops_encoding_to_utf8(&utf8, &text, &length);
    if (rc == 0 && text == utf8.data) {
        from->text = utf8;
        utf8 = read;
    }
    gops_buffer_release(&utf8);
    return rc;
}

static int load_text(gops_origin *from, const gops_item *entry, gitops_error *err)
{
    const gops_blob *blob = entry->file->blob;
    if (from->has_text && memcmp(&from->cached, &blob->id, sizeof blob->id) == 0)
        return 0;
    from->has_text = 0;
    gops_buffer_clear(&from->text);
    gitops_document_free(from->list);
    from->list = NULL;
    int rc = gops_snapshot_read_blob(from->snapshot, entry->file->path, &blob->id, &from->text,
                                     err);
    const gops_object *object = gops_item_object(entry);
    if (rc == 0 && !gops_object_is_file(object) && decode_text(from) < 0)
        rc = gops_fail_memory(err);
    if (rc == 0 && (object->offset > from->text.length ||
                    object->length > from->text.length - object->offset))
        rc = gops_fail_at(err, GITOPS_ESOURCE, entry->file->path, 0, 0,
                          "the file is shorter than when it was read before");
    if (rc == 0) {
        from->cached = blob->id;
        from->has_text = 1;
    }
    return rc;
}

int gops_origin_open(void *data, const gops_item *entry, gitops_document **out,
                     gitops_error *err)
{
    gops_origin *from = data;
    const gops_object *object = gops_item_object(entry);
    *out = NULL;
    if (!from->reader)
        from->reader = gops_reader_new(from->context);
    if (!from->reader)
        return gops_fail_memory(err);
    int rc = load_text(from, entry, err);
    if (rc == 0 && gops_object_is_file(object))
        rc = open_whole_file(from, entry, out, err);
    else if (rc == 0)
        rc = object->of.item ? open_item(from, entry, out, err)
                             : parse_document(from, entry, out, err);
    gops_digest digest = {{0}};
    if (rc == 0)
        digest = gops_value_digest(&(*out)->root);
    if (rc == 0 && !gops_digest_equal(&digest, &object->digest)) {
        gitops_document_free(*out);
        *out = NULL;
        rc = gops_fail_at(err, GITOPS_ESOURCE, entry->file->path, object->line, 0,
                          "%s is not what was read before", object->key);
    }
    return rc;
}
