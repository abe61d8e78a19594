/*
 * whole_file: bytes and a mode as a document. Reading a file and opening its object again make the
 * same document, so that digests can be compared.
 */
#include "render/whole_file.h"

#include <string.h>

#include "base/base64.h"
#include "manifest/file_key.h"
#include "value/text.h"

static int is_text(const char *bytes, size_t length)
{
    uint32_t character;
    if (length && memchr(bytes, '\0', length))
        return 0;
    for (size_t at = 0; at < length;) {
        size_t width = gops_utf8_decode(bytes + at, length - at, &character);
        if (width == 0)
            return 0;
        at += width;
    }
    return 1;
}

static gitops_value member_of(const char *key)
{
    gitops_value member;
    memset(&member, 0, sizeof member);
    member.key = key;
    member.key_length = (uint32_t)strlen(key);
    gops_value_set_place(&member, 1, 1);
    return member;
}

/* The content as text, else as base64. Returns 0, GITOPS_ELIMIT or GITOPS_ENOMEM. */
static int set_content(gops_arena *arena, const char *bytes, size_t length, gitops_value *out)
{
    int text = is_text(bytes, length);
    size_t size = text ? length : gops_base64_size(length);
    *out = member_of(text ? "content" : "base64");
    if (size < length || size > UINT32_MAX)
        return GITOPS_ELIMIT;
    char *copy = gops_arena_alloc(arena, size + 1);
    if (!copy)
        return GITOPS_ENOMEM;
    if (!text)
        gops_base64_encode(copy, bytes, length);
    else if (length)
        memcpy(copy, bytes, length);
    copy[size] = '\0';
    gops_value_set_string(out, copy, (uint32_t)size);
    return 0;
}

int gops_whole_file_document(gops_arena *arena, uint32_t mode, const char *bytes, size_t length,
                             gitops_value *root, gitops_error *err)
{
    gitops_value *members = gops_value_array(arena, 2);
    memset(root, 0, sizeof *root);
    gops_value_set_place(root, 1, 1);
    int rc = members ? set_content(arena, bytes, length, &members[0]) : GITOPS_ENOMEM;
    if (rc == GITOPS_ELIMIT)
        return gops_fail(err, rc, "a file of %zu bytes is too long to be a value", length);
    if (rc < 0)
        return gops_fail_memory(err);
    members[1] = member_of("mode");
    gops_value_set_string(&members[1], mode == 0755 ? "0755" : "0644", 4);
    return gops_value_set_map(root, members, 2);
}

static int report(gitops_diagnostics *problems, const char *path, gitops_error *problem)
{
    if (problem->code == GITOPS_ENOMEM)
        return GITOPS_ENOMEM;
    gops_error_where(problem, path);
    gops_diagnostics_add(problems, GITOPS_SEVERITY_ERROR, problem);
    return 0;
}

int gops_whole_file_blob(gops_pool *pool, gops_arena *scratch, const gops_whole_file *file,
                         gitops_diagnostics *problems, gops_blob **out, gitops_error *err)
{
    gitops_value root;
    gitops_error problem = {0};
    gops_buffer key;
    gops_buffer_init(&key, pool->context, 0);
    *out = NULL;
    int rc = gops_file_key_put(&key, file->key_path, &problem);
    if (rc == 0)
        rc = gops_whole_file_document(scratch, file->mode, file->bytes, file->length, &root,
                                      &problem);
    int fits = rc == 0;
    rc = fits ? 0 : report(problems, file->where, &problem);
    if (rc == 0) {
        gops_object object = {.key = key.data, .line = 1, .document = 1, .of.mode = file->mode};
        if (fits)
            object.digest = gops_value_digest(&root);
        object.length = (uint32_t)file->length;
        gops_blob_parts parts = {
            .id = file->id, .name = file->name, .objects = &object, .count = (uint32_t)fits};
        *out = gops_blob_new(pool, &parts);
    }
    gops_arena_reset(scratch);
    gops_buffer_release(&key);
    return *out ? 0 : gops_fail_memory(err);
}
