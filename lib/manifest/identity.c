/*
 * identity: a rule chosen by the host, kept as one immutable handle.
 */
#include "manifest/identity.h"

#include <string.h>

#include "base/options.h"
#include "manifest/key.h"

enum {
    TOOLS_ALL = GITOPS_TOOL_ARGO | GITOPS_TOOL_FLUX | GITOPS_TOOL_HELM | GITOPS_TOOL_CLI_UTILS |
                GITOPS_TOOL_KAPP
};

static const char *or_nothing(const char *text)
{
    return text ? text : "";
}

/* Lengths stand in front of texts, so that no two rules read the same. */
static void put_option(gops_buffer *text, const char *name, const char *value)
{
    if (value)
        gops_buffer_printf(text, " %s %zu:%s", name, strlen(value), value);
}

static void write_text(gops_buffer *text, const gitops_identity_options *given)
{
    static const char *const names[] = {"kubernetes", "pointers", "file", "callback"};
    gops_buffer_puts(text, names[given->by]);
    if (given->by == GITOPS_IDENTITY_POINTERS) {
        put_option(text, "name", given->name_pointer);
        put_option(text, "namespace", given->namespace_pointer);
        put_option(text, "kind", given->kind_pointer);
        put_option(text, "group", given->group_pointer);
        put_option(text, "default-kind", given->kind);
        gops_buffer_puts(text, given->skip_others ? " skip-others" : "");
    } else if (given->by == GITOPS_IDENTITY_CALLBACK) {
        put_option(text, "rule", given->rule);
    }
    if (given->tools_off)
        gops_buffer_printf(text, " tools-off %lu", (unsigned long)given->tools_off);
}

static int check_options(gitops_identity_options *given, gitops_error *err)
{
    int by = given->by;
    int has_pointers = given->name_pointer || given->namespace_pointer || given->kind_pointer ||
                       given->group_pointer || given->kind || given->skip_others;
    if (by < GITOPS_IDENTITY_KUBERNETES || by > GITOPS_IDENTITY_CALLBACK)
        return gops_fail(err, GITOPS_EINVAL, "identity: by is no such rule");
    if (given->tools_off & ~(uint32_t)TOOLS_ALL)
        return gops_fail(err, GITOPS_EINVAL, "identity: tools_off names a tool nobody knows");
    if (by == GITOPS_IDENTITY_POINTERS && !given->name_pointer)
        return gops_fail(err, GITOPS_EINVAL, "identity: a name_pointer is needed");
    if (by != GITOPS_IDENTITY_POINTERS && has_pointers)
        return gops_fail(err, GITOPS_EINVAL, "identity: pointers, kind and skip_others go with "
                                             "GITOPS_IDENTITY_POINTERS only");
    if ((by == GITOPS_IDENTITY_CALLBACK) != (given->identify != NULL))
        return gops_fail(err, GITOPS_EINVAL, "identity: a callback goes with "
                                             "GITOPS_IDENTITY_CALLBACK, and is needed there");
    if (by != GITOPS_IDENTITY_CALLBACK && given->rule)
        return gops_fail(err, GITOPS_EINVAL, "identity: a rule goes with a callback only");
    if (by == GITOPS_IDENTITY_POINTERS && !given->kind && !given->kind_pointer)
        given->kind = "Object";
    if (given->kind && !gops_key_is_kind(given->kind, strlen(given->kind)))
        return gops_fail(err, GITOPS_EINVAL, "identity: kind \"%.100s\" cannot be part of a key",
                         given->kind);
    return 0;
}

static int set_pointer(gitops_identity *identity, int part, const char *text, gitops_error *err)
{
    if (!text)
        return 0;
    size_t length = strlen(text);
    identity->parts[part].text = gops_arena_strndup(&identity->arena, text, length);
    if (!identity->parts[part].text)
        return gops_fail_memory(err);
    gops_pointer *pointer = &identity->parts[part].pointer;
    int rc = gops_pointer_parse(pointer, &identity->arena, text, length, err);
    if (rc == GITOPS_EPARSE)
        rc = gops_fail(err, GITOPS_EINVAL, "identity: \"%.100s\" is no JSON pointer", text);
    return rc;
}

static int set_texts(gitops_identity *identity, const gitops_identity_options *given,
                     gitops_error *err)
{
    gops_buffer text;
    gops_buffer_init(&text, identity->context, 0);
    write_text(&text, given);
    if (text.status == 0)
        identity->text = gops_arena_strndup(&identity->arena, text.data, text.length);
    gops_buffer_release(&text);
    const char *kind = or_nothing(given->kind);
    identity->kind = gops_arena_strndup(&identity->arena, kind, strlen(kind));
    if (!identity->text || !identity->kind)
        return gops_fail_memory(err);
    if (!*kind)
        identity->kind = NULL;
    int rc = set_pointer(identity, GOPS_PART_NAME, given->name_pointer, err);
    if (rc == 0)
        rc = set_pointer(identity, GOPS_PART_NAMESPACE, given->namespace_pointer, err);
    if (rc == 0)
        rc = set_pointer(identity, GOPS_PART_KIND, given->kind_pointer, err);
    return rc < 0 ? rc : set_pointer(identity, GOPS_PART_GROUP, given->group_pointer, err);
}

int gitops_identity_new(gitops_identity **out, gitops_context *context,
                        const gitops_identity_options *options, gitops_error *err)
{
    gitops_identity_options given;
    if (!out || !context)
        return gops_fail(err, GITOPS_EINVAL, "identity: an argument is NULL");
    *out = NULL;
    int rc = gops_options_import(&given, sizeof given, options, "identity options", err);
    if (rc == 0)
        rc = check_options(&given, err);
    if (rc < 0)
        return rc;
    gitops_identity *identity = gops_calloc(context, 1, sizeof *identity);
    if (!identity)
        return gops_fail_memory(err);
    gops_refcount_init(&identity->references);
    identity->context = gops_context_ref(context);
    gops_arena_init(&identity->arena, context, 0);
    identity->by = given.by;
    identity->skip_others = given.skip_others != 0;
    identity->tools_off = given.tools_off;
    identity->lasting = given.by != GITOPS_IDENTITY_CALLBACK || given.rule != NULL;
    rc = set_texts(identity, &given, err);
    if (rc < 0) {
        gitops_identity_free(identity);
        return rc;
    }
    identity->identify = given.identify;
    identity->user_data = given.user_data;
    identity->destroy_user_data = given.destroy_user_data;
    *out = identity;
    return 0;
}

gitops_identity *gops_identity_ref(gitops_identity *identity)
{
    if (identity)
        gops_refcount_take(&identity->references);
    return identity;
}

gitops_identity *gitops_identity_ref(gitops_identity *identity)
{
    return gops_identity_ref(identity);
}

void gitops_identity_free(gitops_identity *identity)
{
    if (!identity || !gops_refcount_drop(&identity->references))
        return;
    gitops_context *context = identity->context;
    if (identity->destroy_user_data)
        identity->destroy_user_data(identity->user_data);
    gops_arena_free(&identity->arena);
    gops_free(context, identity);
    gitops_context_free(context);
}

int gops_identify(const gitops_identity *identity, const gitops_value *root, const char *file,
                  gops_role *role, gops_buffer *key, gitops_error *err)
{
    gops_buffer_clear(key);
    switch (gops_identity_by(identity)) {
    case GITOPS_IDENTITY_POINTERS:
        return gops_identify_pointers(identity, root, role, key, err);
    case GITOPS_IDENTITY_CALLBACK:
        return gops_identify_callback(identity, root, file, role, key, err);
    default:
        return gops_identify_kubernetes(root, role, key, err);
    }
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
    const gitops_identity *identity = user_data;
    gops_role role;
    if (gops_identity_by(identity) == GITOPS_IDENTITY_CALLBACK)
        return 0;
    int rc = gops_identify(identity, root, "", &role, key, NULL);
    const gitops_value *item = rc == 0 && role == GOPS_ROLE_LIST ? item_of(root, pointer) : NULL;
    if (item)
        rc = gops_identify(identity, item, "", &role, key, NULL);
    if (rc == GITOPS_ENOMEM)
        return rc;
    return rc == 0 && role == GOPS_ROLE_OBJECT;
}

const char *gops_identity_text(const gitops_identity *identity)
{
    return identity ? identity->text : "kubernetes";
}

gops_digest gops_identity_digest(const gitops_identity *identity)
{
    const char *text = gops_identity_text(identity);
    return gops_hash128('I', text, strlen(text));
}

int gops_identity_lasts(const gitops_identity *identity)
{
    return !identity || identity->lasting;
}

int gops_identity_same(const gitops_identity *a, const gitops_identity *b)
{
    return a == b || (gops_identity_lasts(a) && gops_identity_lasts(b) &&
                      strcmp(gops_identity_text(a), gops_identity_text(b)) == 0);
}

int gops_identity_sees_path(const gitops_identity *identity)
{
    int by = gops_identity_by(identity);
    return by == GITOPS_IDENTITY_FILE || by == GITOPS_IDENTITY_CALLBACK;
}

/* The half of a content's id that is kept makes sure that contents are never taken for others. */
gops_blob_id gops_identity_name(const gitops_identity *identity, const gops_blob_id *content,
                                uint32_t mode, const char *path)
{
    if (!gops_identity_sees_path(identity))
        return *content;
    gops_blob_id name = *content;
    gops_hasher hasher;
    uint8_t head[2] = {(uint8_t)(mode >> 8), (uint8_t)mode};
    gops_hasher_begin(&hasher, 'N');
    gops_hasher_put(&hasher, content->bytes, sizeof content->bytes);
    gops_hasher_put(&hasher, head, sizeof head);
    gops_hasher_put(&hasher, path, strlen(path));
    gops_digest digest = gops_hasher_finish(&hasher);
    memcpy(name.bytes + sizeof name.bytes / 2, digest.bytes, sizeof digest.bytes);
    return name;
}
