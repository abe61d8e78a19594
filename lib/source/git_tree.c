/*
 * git_tree: the raw bytes of a tree, "mode name NUL id" again and again, as a listing. Names point
 * into the object. A few small trees are kept, because lookups come one after another in the same
 * directories.
 */
#include "source/git_tree.h"

#include "source/path.h"

enum {
    TREE_MAX_BYTES = 256 << 20, /* a directory with some millions of entries */
    KEPT_MAX_BYTES = 256 << 10
};

/* Counted without atomics: a source is used by one thread at a time. */
struct gops_git_tree {
    gitops_context *context; /* borrowed */
    size_t references;
    git_oid id;
    gops_git_object object;
    gops_entry *entries;
    size_t count;
};

/* Octal digits up to a blank. Returns their number; 0 when there are none or too many. */
static size_t parse_mode(const uint8_t *text, size_t length, unsigned *mode)
{
    size_t i = 0;
    *mode = 0;
    while (i < length && i < 7 && text[i] >= '0' && text[i] <= '7')
        *mode = *mode * 8 + (unsigned)(text[i++] - '0');
    return i < length && text[i] == ' ' ? i : 0;
}

static gops_entry_kind kind_of_mode(unsigned mode)
{
    switch (mode) {
    case 0040000:
        return GOPS_ENTRY_DIRECTORY;
    case 0100644:
    case 0100664: /* written by early versions of git */
    case 0100755:
        return GOPS_ENTRY_FILE;
    case 0120000:
    case 0160000:
        return GOPS_ENTRY_OTHER;
    default:
        return GOPS_ENTRY_NONE;
    }
}

static uint32_t mode_of_file(gops_entry_kind kind, unsigned mode)
{
    if (kind != GOPS_ENTRY_FILE)
        return 0;
    return mode & 0100 ? GOPS_MODE_EXECUTABLE : GOPS_MODE_FILE;
}

/* One entry of a raw tree. Returns its length, or 0 with *fault set. */
static size_t parse_entry(const uint8_t *data, size_t length, gops_entry *entry, const char **fault)
{
    unsigned mode;
    size_t digits = parse_mode(data, length, &mode);
    const uint8_t *name = data + digits + 1;
    const uint8_t *nul = digits ? memchr(name, '\0', length - digits - 1) : NULL;
    memset(entry, 0, sizeof *entry);
    *fault = "an entry is cut short";
    if (!nul || (size_t)(data + length - nul) < 1 + GIT_OID_RAWSZ)
        return 0;
    entry->name = (const char *)name;
    entry->length = (size_t)(nul - name);
    entry->kind = kind_of_mode(mode);
    entry->state.mode = mode_of_file(entry->kind, mode);
    memcpy(entry->state.id.bytes, nul + 1, GIT_OID_RAWSZ);
    *fault = entry->kind == GOPS_ENTRY_NONE ? "has an unknown mode"
                                            : gops_name_fault(entry->name, entry->length);
    return *fault ? 0 : (size_t)(nul + 1 + GIT_OID_RAWSZ - data);
}

/* Entries must be in order, and no file may have the name of a directory. */
static const char *check_order(const gops_entry *entries, size_t count)
{
    const gops_entry *last = &entries[count - 1];
    if (count > 1 && gops_entry_compare(last - 1, last) >= 0)
        return "is not in order, or there twice";
    if (last->kind == GOPS_ENTRY_DIRECTORY &&
        gops_entries_find(entries, count - 1, last->name, last->length, 0))
        return "is there as a file, too";
    return NULL;
}

/* Names the directory and, where it is known, the entry. */
static int fail_tree(const char *path, const gops_entry *entry, const char *fault,
                     gitops_error *err)
{
    const char *directory = *path ? path : "/";
    int length = entry->length < 256 ? (int)entry->length : 256;
    if (!entry->name)
        return gops_fail_at(err, GITOPS_ESOURCE, path, 0, 0,
                            "tree of directory \"%s\" is malformed: %s", directory, fault);
    return gops_fail_at(err, GITOPS_ESOURCE, path, 0, 0,
                        "tree of directory \"%s\" is malformed: \"%.*s\" %s", directory, length,
                        entry->name, fault);
}

static int parse_entries(gops_git_tree *tree, const char *path, gitops_error *err)
{
    const gops_git_object *object = &tree->object;
    size_t capacity = 0;
    for (size_t at = 0; at < object->length;) {
        const char *fault;
        if (gops_grow(tree->context, &tree->entries, &capacity, tree->count + 1,
                      sizeof *tree->entries) < 0)
            return gops_fail_memory(err);
        gops_entry *entry = &tree->entries[tree->count];
        size_t step = parse_entry(object->data + at, object->length - at, entry, &fault);
        if (!fault)
            fault = check_order(tree->entries, ++tree->count);
        if (fault)
            return fail_tree(path, entry, fault, err);
        at += step;
    }
    return 0;
}

void gops_git_tree_free(gops_git_tree *tree)
{
    if (!tree || --tree->references)
        return;
    gops_git_object_release(tree->context, &tree->object);
    gops_free(tree->context, tree->entries);
    gops_free(tree->context, tree);
}

static int load(gops_git_tree *tree, gops_git_objects *objects, const char *path, gitops_error *err)
{
    int rc = gops_git_read(objects, &tree->id, TREE_MAX_BYTES, &tree->object, err);
    if (rc == 0 && tree->object.type != GIT_OBJECT_TREE)
        rc = gops_fail_at(err, GITOPS_ESOURCE, path, 0, 0, "object of directory \"%s\" is no tree",
                          path);
    return rc < 0 ? rc : parse_entries(tree, path, err);
}

static gops_git_tree *find_kept(const gops_git_objects *objects, const git_oid *id)
{
    for (size_t i = 0; i < GOPS_GIT_TREES_KEPT; i++)
        if (objects->kept[i] && git_oid_equal(&objects->kept[i]->id, id))
            return objects->kept[i];
    return NULL;
}

static void keep(gops_git_objects *objects, gops_git_tree *tree)
{
    gops_git_tree **slot = &objects->kept[objects->next_kept];
    objects->next_kept = (objects->next_kept + 1) % GOPS_GIT_TREES_KEPT;
    gops_git_tree_free(*slot);
    *slot = tree;
    tree->references++;
}

static void release_listing(void *owner)
{
    gops_git_tree_free(owner);
}

int gops_git_list(gops_git_objects *objects, const git_oid *id, const char *path, gops_listing *out,
                  gitops_error *err)
{
    gops_git_tree *tree = find_kept(objects, id);
    memset(out, 0, sizeof *out);
    if (tree) {
        tree->references++;
    } else {
        tree = gops_calloc(objects->context, 1, sizeof *tree);
        if (!tree)
            return gops_fail_memory(err);
        tree->context = objects->context;
        tree->references = 1;
        tree->id = *id;
        int rc = load(tree, objects, path, err);
        if (rc < 0) {
            gops_git_tree_free(tree);
            return rc;
        }
        if (tree->object.length <= KEPT_MAX_BYTES)
            keep(objects, tree);
    }
    out->entries = tree->entries;
    out->count = tree->count;
    out->owner = tree;
    out->release = release_listing;
    return 0;
}
