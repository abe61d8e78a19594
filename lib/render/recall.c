/*
 * recall: records become files and blobs in one pool as they come. The order of keys was remembered
 * too, so that the index is built without sorting; what changed later then changes the index as a
 * read would. Bytes that do not add up make nothing: they are damage, or somebody's work.
 */
#include "render/recall.h"

#include "manifest/blob_record.h"
#include "render/influence.h"
#include "render/remember.h"
#include "source/path.h"

enum {
    BYTES_AN_ENTRY = 256, /* about what a file with its blob takes */
    BYTES_AN_OBJECT = 2 * sizeof(gops_item) + 64
};

typedef struct recalling {
    gitops_manifest *manifest;
    const gops_origin *origin;
    gops_budget budget;  /* as a read has */
    gops_pool pool;
    gops_blob_scratch scratch;
    gops_blob **blobs;   /* of all files, held; contents take them over */
    size_t file_count, files;
    gops_item *items;    /* objects in the order of files; they hold their files until the end */
    gops_item *sorted;   /* in the order of keys */
    size_t object_count, objects, ordered;
    int built;           /* there is an index */
    gops_file **warned;  /* held: files with warnings */
    size_t warned_count, warned_capacity;
    gops_blob_id root;
    uint64_t bytes, more_bytes;
    char path[GOPS_PATH_SIZE];
} recalling;

static int corrupt_if(int broken)
{
    return broken ? GITOPS_ECORRUPT : 0;
}

/* Takes the next path into w->path, which holds the one before. */
static int take_path(recalling *w, gops_unpack *in)
{
    size_t length;
    uint64_t shared = gops_unpack_number(in);
    const char *rest = gops_unpack_text(in, &length);
    if (!rest || shared > strlen(w->path) || length >= sizeof w->path - shared)
        return GITOPS_ECORRUPT;
    memcpy(w->path + shared, rest, length);
    w->path[shared + length] = '\0';
    return corrupt_if(strlen(w->path) != shared + length || !w->path[0] ||
                      gops_path_fault(w->path, 0));
}

static int note_warned(recalling *w, gops_file *file)
{
    if (!file->blob->warnings)
        return 0;
    if (gops_grow(w->origin->context, &w->warned, &w->warned_capacity, w->warned_count + 1,
                  sizeof *w->warned) < 0)
        return GITOPS_ENOMEM;
    w->warned[w->warned_count++] = gops_file_ref(file);
    return 0;
}

static void forget_warned(recalling *w, const char *path)
{
    size_t kept = 0;
    for (size_t i = 0; i < w->warned_count; i++)
        if (strcmp(w->warned[i]->path, path) == 0)
            gops_file_drop(w->warned[i]);
        else
            w->warned[kept++] = w->warned[i];
    w->warned_count = kept;
}

/* Numbers that no read could have given, or that the record could not hold, are damage. */
static int take_head(recalling *w, gops_unpack *in)
{
    const gitops_limits *limits = &w->origin->context->limits;
    gitops_context *context = w->origin->context;
    w->root = gops_blob_id_unpack(in);
    uint64_t files = gops_unpack_number(in), objects = gops_unpack_number(in);
    if (w->blobs || w->built || in->broken || files > limits->max_files ||
        objects > limits->max_objects)
        return GITOPS_ECORRUPT;
    w->file_count = (size_t)files;
    w->object_count = (size_t)objects;
    gops_pool_init(&w->pool, context, w->file_count * BYTES_AN_ENTRY);
    w->pool.budget = &w->budget;
    if (!gops_budget_take(&w->budget, w->object_count * BYTES_AN_OBJECT))
        return GITOPS_ENOMEM;
    w->blobs = gops_calloc(context, w->file_count + 1, sizeof *w->blobs);
    w->items = gops_calloc(context, w->object_count + 1, sizeof *w->items);
    w->sorted = gops_calloc(context, w->object_count + 1, sizeof *w->sorted);
    return w->blobs && w->items && w->sorted ? 0 : GITOPS_ENOMEM;
}

static int add_file(recalling *w, gops_file *file)
{
    uint32_t count = file->blob->count;
    w->blobs[w->files++] = gops_blob_ref(file->blob);
    w->manifest->skipped += file->blob->skipped;
    w->manifest->unread += file->blob->unread;
    if (count > w->object_count - w->objects)
        return GITOPS_ECORRUPT;
    for (uint32_t i = 0; i < count; i++) {
        w->items[w->objects] = (gops_item){gops_file_ref(file), i, (uint32_t)w->objects};
        w->objects++;
    }
    return note_warned(w, file);
}

static int take_file(recalling *w, gops_unpack *in)
{
    gops_blob *blob = NULL;
    int rc = w->files < w->file_count ? take_path(w, in) : GITOPS_ECORRUPT;
    if (rc == 0)
        rc = gops_blob_unpack(in, &w->pool, &w->scratch, &blob);
    if (rc < 0)
        return rc;
    gops_file *file = gops_file_new(&w->pool, blob, w->path);
    rc = file ? add_file(w, file) : GITOPS_ENOMEM;
    gops_file_drop(file);
    gops_blob_drop(blob);
    return rc;
}

static int take_files(recalling *w, gops_unpack *in)
{
    int rc = corrupt_if(!w->blobs || w->built);
    w->path[0] = '\0';
    while (rc == 0 && in->at < in->end)
        rc = take_file(w, in);
    return rc;
}

/* Keys must rise: it is what every look-up relies on. */
static int take_order(recalling *w, gops_unpack *in)
{
    if (!w->blobs || w->built || w->files < w->file_count || w->objects < w->object_count)
        return GITOPS_ECORRUPT;
    while (in->at < in->end) {
        uint64_t place = gops_unpack_number(in);
        if (place >= w->object_count || w->ordered == w->object_count)
            return GITOPS_ECORRUPT;
        gops_item *item = &w->sorted[w->ordered];
        *item = w->items[place];
        if (w->ordered && strcmp(gops_item_object(item - 1)->key, gops_item_object(item)->key) >= 0)
            return GITOPS_ECORRUPT;
        w->ordered++;
    }
    return corrupt_if(in->broken);
}

/* All of the base is there: makes the index of it. */
static int build(recalling *w)
{
    gitops_manifest *manifest = w->manifest;
    if (!w->blobs || w->files < w->file_count || w->ordered < w->object_count)
        return GITOPS_ECORRUPT;
    int rc = gops_index_build(w->origin->context, w->sorted, w->object_count, &manifest->index);
    if (rc < 0)
        return rc == GITOPS_ENOMEM ? rc : GITOPS_ECORRUPT;
    gops_contents_take(manifest->contents, w->blobs, w->files);
    w->blobs = NULL;
    w->built = 1;
    return 0;
}

static int find_before(recalling *w, gops_unpack *in, gops_blob **out)
{
    gops_blob_id name = gops_blob_id_unpack(in);
    int rc = gops_contents_find(w->manifest->contents, &name, out);
    return rc < 0 ? rc : corrupt_if(!*out);
}

static int take_change(recalling *w, gops_unpack *in, gops_reading *r)
{
    gops_blob *before = NULL, *blob = NULL;
    gops_file_state state = {{{0}}, 0};
    int rc = take_path(w, in);
    uint64_t sides = gops_unpack_number(in);
    if (rc == 0)
        rc = corrupt_if(in->broken || sides < 1 || sides > 3);
    if (rc == 0 && sides & 1)
        rc = find_before(w, in, &before);
    if (rc == 0 && sides & 2)
        rc = gops_blob_unpack(in, &w->pool, &w->scratch, &blob);
    if (rc == 0 && blob)
        rc = gops_contents_keep(w->manifest->contents, blob);
    if (rc == 0)
        rc = gops_files_add(&r->files, w->path, blob ? &state : NULL, blob, before);
    gops_blob_drop(blob);
    return rc;
}

/* What is warned of is told at the end, of the files as they are then. */
static int note_changes(recalling *w, gops_reading *r)
{
    int rc = 0;
    for (size_t i = 0; i < r->files.count && rc == 0; i++) {
        gops_file *file = r->files.items[i].file;
        forget_warned(w, file->path);
        rc = file->blob ? note_warned(w, file) : 0;
    }
    gops_diagnostics_release(&w->manifest->diagnostics);
    gops_diagnostics_init(&w->manifest->diagnostics, w->origin->context);
    return rc;
}

static int take_changes(recalling *w, gops_unpack *in)
{
    gops_reading r;
    int rc = w->built ? 0 : build(w);
    gops_blob_id before = gops_blob_id_unpack(in), root = gops_blob_id_unpack(in);
    uint64_t count = gops_unpack_number(in);
    w->path[0] = '\0';
    gops_reading_init(&r, w->manifest, w->origin, NULL);
    if (rc == 0)
        rc = corrupt_if(memcmp(&before, &w->root, sizeof before) != 0);
    for (uint64_t i = 0; i < count && rc == 0; i++)
        rc = take_change(w, in, &r);
    if (rc == 0)
        rc = gops_reading_finish(&r, w->manifest);
    if (rc == 0)
        rc = corrupt_if(in->broken || w->manifest->diagnostics.errors);
    if (rc == 0)
        rc = note_changes(w, &r);
    gops_reading_release(&r);
    w->root = root;
    return rc;
}

static int take_record(const char *data, size_t length, void *user_data)
{
    recalling *w = user_data;
    gops_unpack in = {data + 1, data + length, 0};
    if (length == 0)
        return GITOPS_ECORRUPT;
    *(data[0] == GOPS_RECORD_CHANGE ? &w->more_bytes : &w->bytes) += length;
    switch (data[0]) {
    case GOPS_RECORD_HEAD:
        return take_head(w, &in);
    case GOPS_RECORD_FILES:
        return take_files(w, &in);
    case GOPS_RECORD_ORDER:
        return take_order(w, &in);
    case GOPS_RECORD_CHANGE:
        return take_changes(w, &in);
    default:
        return GITOPS_ECORRUPT;
    }
}

static void report_warnings(recalling *w)
{
    gitops_diagnostics *problems = &w->manifest->diagnostics;
    for (size_t i = 0; i < w->warned_count; i++)
        gops_reading_warn(problems, w->warned[i]);
    gops_diagnostics_sort(problems);
}

static void release(recalling *w)
{
    for (size_t i = 0; w->blobs && i < w->files; i++)
        gops_blob_drop(w->blobs[i]);
    for (size_t i = 0; i < w->objects; i++)
        gops_file_drop(w->items[i].file);
    for (size_t i = 0; i < w->warned_count; i++)
        gops_file_drop(w->warned[i]);
    gops_free(w->origin->context, w->blobs);
    gops_free(w->origin->context, w->items);
    gops_free(w->origin->context, w->sorted);
    gops_free(w->origin->context, w->warned);
    gops_blob_scratch_release(&w->scratch);
    gops_pool_release(&w->pool);
}

/* Reads all records. Returns 1; 0 when nothing is remembered; or a failure. */
static int recall_all(recalling *w, gitops_memo *memo, const gops_digest *influence,
                      gitops_error *err)
{
    int rc = gops_memo_recall(memo, influence, take_record, w, err);
    if (rc > 0 && !w->built) {
        int built = build(w);
        rc = built < 0 ? built : rc;
    }
    if (rc > 0) {
        report_warnings(w);
        if (w->manifest->diagnostics.out_of_memory)
            rc = GITOPS_ENOMEM;
    }
    if (rc == GITOPS_ENOMEM && gops_budget_exceeded(&w->budget))
        rc = GITOPS_ECORRUPT; /* no read could have made it */
    if (rc == GITOPS_ECORRUPT)
        gops_fail(err, rc, "what is remembered of the manifest is damaged");
    return rc == GITOPS_ENOMEM ? gops_fail_memory(err) : rc;
}

int gops_recall(gitops_manifest **out, const gops_origin *origin, gitops_memo *memo,
                gops_blob_id *root, gitops_error *err)
{
    gitops_context *context = origin->context;
    gitops_error problem;
    gops_digest influence;
    *out = NULL;
    if (!gops_influence(origin, &influence))
        return 0;
    gitops_manifest *manifest = gops_manifest_new(context, origin->identity, NULL);
    if (!manifest)
        return gops_fail_memory(err);
    recalling w = {.manifest = manifest, .origin = origin, .scratch = {.context = context}};
    gops_budget_init(&w.budget, context->limits.max_load_bytes);
    gops_pool_init(&w.pool, context, 0);
    int rc = recall_all(&w, memo, &influence, &problem);
    if (rc > 0) {
        manifest->contents->kept = (gops_kept){
            .known = 1,
            .wants_all = gops_remember_is_long(w.bytes, w.more_bytes),
            .influence = influence,
            .root = w.root,
            .written = w.root,
            .base_bytes = w.bytes,
            .more_bytes = w.more_bytes,
        };
        *root = w.root;
        *out = manifest;
    }
    release(&w);
    if (rc > 0)
        return 0;
    gitops_manifest_free(manifest);
    if (rc == GITOPS_ENOMEM && err)
        *err = problem;
    else if (rc < 0)
        gops_log(context, GITOPS_LOG_WARNING, "%s; it is read anew", problem.message);
    return rc == GITOPS_ENOMEM ? rc : 0;
}
