/*
 * plain: one file's text becomes the records of its objects. Trees live in one scratch arena that
 * is reset after every document; what stays is keys, digests and places.
 */
#include "render/plain.h"

#include <string.h>

#include "base/pack.h"
#include "manifest/control.h"
#include "manifest/identity.h"
#include "value/pointer.h"

struct gops_plain {
    gitops_context *context;
    const gitops_identity *identity;
    gops_budget *budget;
    gops_reader *reader;
    gops_arena trees;      /* of the current document */
    gops_arena keys;       /* of the current file */
    gops_buffer key, controls, pointer;
    gops_object *objects;  /* of the current file */
    size_t count, capacity;
    uint32_t skipped;

    /* At hand: the file, its document, and the item of a list from 1. */
    const char *path;
    gitops_diagnostics *problems;
    const gops_read_document *document;
    uint32_t item;
};

gops_plain *gops_plain_new(gitops_context *context, const gitops_identity *identity,
                           gops_budget *budget)
{
    gops_plain *plain = gops_calloc(context, 1, sizeof *plain);
    if (!plain)
        return NULL;
    plain->context = context;
    plain->identity = identity;
    plain->budget = budget;
    gops_arena_init(&plain->trees, context, 64 << 10);
    gops_arena_init(&plain->keys, context, 0);
    plain->trees.budget = plain->keys.budget = budget;
    gops_buffer_init(&plain->key, context, 0);
    gops_buffer_init(&plain->controls, context, 0);
    gops_buffer_init(&plain->pointer, context, 0);
    plain->reader = gops_reader_new(context);
    if (!plain->reader) {
        gops_plain_free(plain);
        return NULL;
    }
    gops_reader_set_identify(plain->reader, gops_identify_at, (void *)(uintptr_t)identity);
    gops_reader_borrow(plain->reader); /* a tree is gone before its text is */
    return plain;
}

void gops_plain_free(gops_plain *plain)
{
    if (!plain)
        return;
    gops_reader_free(plain->reader);
    gops_arena_free(&plain->trees);
    gops_arena_free(&plain->keys);
    gops_buffer_release(&plain->key);
    gops_buffer_release(&plain->controls);
    gops_buffer_release(&plain->pointer);
    gops_free(plain->context, plain->objects);
    gops_free(plain->context, plain);
}

int gops_plain_is_manifest(const char *path)
{
    static const char *const suffixes[] = {".yaml", ".yml", ".json"};
    size_t length = strlen(path);
    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
        size_t suffix = strlen(suffixes[i]);
        if (length > suffix && memcmp(path + length - suffix, suffixes[i], suffix) == 0)
            return 1;
    }
    return 0;
}

/* A problem with the object at hand: at a pointer into it or, NULL, found by its place. */
static int report(gops_plain *plain, const gitops_value *object, int32_t severity,
                  gitops_error *problem, const char *pointer)
{
    gops_buffer *whole = &plain->pointer;
    gops_buffer_clear(whole);
    if (plain->item)
        gops_buffer_printf(whole, "/items/%lu", (unsigned long)plain->item - 1);
    if (pointer)
        gops_buffer_puts(whole, pointer);
    else
        gops_pointer_of_place(whole, object, problem->line, problem->column);
    if (whole->status < 0)
        return GITOPS_ENOMEM;
    gops_error_where(problem, plain->path);
    problem->document = plain->document->number;
    gops_diagnostics_add_at(plain->problems, severity, problem, whole->data ? whole->data : "");
    return 0;
}

/* A gops_control_report_fn: the object has a key by now. */
static int report_control(int32_t severity, gitops_error *problem, const char *pointer,
                          void *user_data)
{
    gops_plain *plain = user_data;
    gitops_diagnostics *problems = plain->problems;
    size_t before = problems->count;
    int rc = report(plain, NULL, severity, problem, pointer);
    if (rc == 0 && problems->count > before)
        gops_diagnostics_set_key(problems, before, plain->key.data);
    return rc;
}

/* The key in plain->key, and the controls behind it. NULL: no memory. */
static const char *keep_texts(gops_plain *plain, const gitops_value *value, int *has_controls)
{
    gops_buffer *record = &plain->controls;
    if (gops_control_read(record, value, plain->key.data, gops_identity_tools_off(plain->identity),
                          report_control, plain) < 0)
        return NULL;
    *has_controls = record->length > 0;
    if (*has_controls) {
        gops_buffer_putc(&plain->key, '\0');
        gops_pack_text(&plain->key, record->data, record->length);
    }
    if (plain->key.status < 0)
        return NULL;
    return gops_arena_strndup(&plain->keys, plain->key.data, plain->key.length);
}

/* Records the object whose key is in plain->key. */
static int add_object(gops_plain *plain, const gitops_value *value)
{
    const gops_read_document *document = plain->document;
    int has_controls;
    if (gops_grow(plain->context, &plain->objects, &plain->capacity, plain->count + 1,
                  sizeof *plain->objects) < 0)
        return GITOPS_ENOMEM;
    gops_object *object = &plain->objects[plain->count];
    memset(object, 0, sizeof *object);
    object->key = keep_texts(plain, value, &has_controls);
    if (!object->key)
        return GITOPS_ENOMEM;
    object->has_controls = has_controls ? 1 : 0;
    object->digest = gops_value_digest(value);
    object->line = value->line;
    object->offset = (uint32_t)document->offset;
    object->length = (uint32_t)document->length;
    object->first_line = document->first_line;
    object->of.item = plain->item;
    object->document = document->number & INT32_MAX;
    plain->count++;
    return 0;
}

/* Every item of a list is an object of its own. */
static int add_items(gops_plain *plain)
{
    const gitops_value *items = gops_value_member(&plain->document->root, "items", 5);
    gops_role role;
    gitops_error problem;
    int rc = 0;
    for (uint32_t i = 0; i < items->count && rc == 0; i++) {
        const gitops_value *item = &items->as.children[i];
        int found = gops_identify(plain->identity, item, plain->path, &role, &plain->key, &problem);
        plain->item = i + 1;
        if (found == 0 && role != GOPS_ROLE_OBJECT)
            found = gops_fail_at(&problem, GITOPS_EPARSE, NULL, item->line, item->column,
                                 "item %u of a list is no object with apiVersion and kind", i + 1);
        if (found == GITOPS_ENOMEM)
            rc = found;
        else if (found < 0)
            rc = report(plain, item, GITOPS_SEVERITY_ERROR, &problem, NULL);
        else
            rc = add_object(plain, item);
    }
    return rc;
}

static int add_document(gops_plain *plain)
{
    const gitops_value *root = &plain->document->root;
    gops_role role;
    gitops_error problem;
    int rc = gops_identify(plain->identity, root, plain->path, &role, &plain->key, &problem);
    plain->item = 0;
    if (rc == GITOPS_ENOMEM)
        return rc;
    if (rc < 0)
        return report(plain, root, GITOPS_SEVERITY_ERROR, &problem, NULL);
    if (role == GOPS_ROLE_OBJECT)
        return add_object(plain, root);
    if (role == GOPS_ROLE_LIST)
        return add_items(plain);
    plain->skipped++;
    return 0;
}

static int parse_documents(gops_plain *plain, gitops_error *err)
{
    gops_read_document document;
    int more;
    plain->document = &document;
    while ((more = gops_reader_next(plain->reader, &plain->trees, &document, err)) > 0) {
        int rc = add_document(plain);
        gops_arena_reset(&plain->trees);
        if (rc < 0)
            return gops_budget_fail(plain->budget, err);
    }
    gops_arena_reset(&plain->trees);
    return more;
}

int gops_plain_parse(gops_plain *plain, gops_pool *pool, const gops_plain_file *file,
                     gitops_diagnostics *problems, gops_blob **out, gitops_error *err)
{
    plain->count = 0;
    plain->skipped = 0;
    plain->path = file->path;
    plain->problems = problems;
    gops_arena_reset(&plain->keys);
    *out = NULL;
    int rc = gops_reader_open(plain->reader, file->text, file->length, file->path, 1, problems,
                              err);
    if (rc == 0 && (rc = parse_documents(plain, err)) < 0)
        return rc;
    if (rc == GITOPS_ENOMEM || problems->out_of_memory)
        return gops_fail_memory(err);
    gops_warnings warnings = {problems->items, (uint32_t)problems->count, problems->warnings};
    gops_blob_parts parts = {.id = file->id,
                             .name = file->name,
                             .objects = plain->objects,
                             .count = (uint32_t)plain->count,
                             .skipped = plain->skipped};
    if (problems->warnings && !problems->errors)
        parts.warnings = &warnings;
    *out = gops_blob_new(pool, &parts);
    return *out ? 0 : gops_fail_memory(err);
}
