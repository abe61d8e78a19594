/*
 * remember: writes the base in parts, so that neither side needs memory for all of it, and then,
 * for each new tree, the few files that changed.
 */
#include "render/remember.h"

#include "manifest/blob_record.h"
#include "render/influence.h"

enum {
    PART_BYTES = 192 << 10,
    MORE_AT_LEAST = 64 << 10, /* what may be added, however small the base is ... */
    MORE_FRACTION = 16        /* ... and this part of it: reading it back must stay quick */
};

gops_news *gops_news_new(gops_files *files, const gitops_manifest *base)
{
    gitops_context *context = files->context;
    gops_news *news = gops_calloc(context, 1, sizeof *news);
    if (!news)
        return NULL;
    news->context = context;
    news->all = base == NULL;
    if (base)
        news->from = *gops_snapshot_root(((const gops_origin *)base->origin)->snapshot);
    news->changes = gops_calloc(context, files->count, sizeof *news->changes);
    if (!news->changes) {
        gops_news_free(news);
        return NULL;
    }
    for (size_t i = 0; i < files->count; i++) {
        const gops_listed *item = &files->items[i];
        news->changes[i].file = gops_file_ref(item->file);
        news->changes[i].before = item->before ? gops_blob_ref(item->before) : NULL;
    }
    news->count = files->count;
    return news;
}

void gops_news_free(gops_news *news)
{
    if (!news)
        return;
    for (size_t i = 0; i < news->count; i++) {
        gops_file_drop(news->changes[i].file);
        gops_blob_drop(news->changes[i].before);
    }
    gops_free(news->context, news->changes);
    gops_free(news->context, news);
}

/* Records on their way to the memo. */
typedef struct writing {
    gitops_memo *memo;
    gops_digest influence;
    gops_buffer record;
    uint32_t begin;   /* GOPS_MEMO_BEGIN until the first part is out */
    uint64_t bytes;
    gitops_error err;
} writing;

static void start_record(writing *w, char kind)
{
    gops_buffer_clear(&w->record);
    gops_buffer_putc(&w->record, kind);
}

/* Hands a record over. */
static int put_record(writing *w, uint32_t kind)
{
    int rc = gops_buffer_status(&w->record, &w->err);
    if (rc == 0)
        rc = gops_memo_record(w->memo, &w->influence, kind | w->begin, w->record.data,
                              w->record.length, &w->err);
    w->begin = 0;
    w->bytes += w->record.length;
    return rc;
}

/* A path takes what it shares with the one before from there. */
static void pack_path(gops_buffer *out, const char *before, const char *path)
{
    size_t shared = 0;
    while (path[shared] && path[shared] == before[shared])
        shared++;
    gops_pack_number(out, shared);
    gops_pack_text(out, path + shared, strlen(path + shared));
}

static int put_head(writing *w, const gitops_manifest *manifest, const gops_news *news)
{
    const gops_origin *origin = manifest->origin;
    start_record(w, GOPS_RECORD_HEAD);
    gops_blob_id_pack(&w->record, gops_snapshot_root(origin->snapshot));
    gops_pack_number(&w->record, news->count);
    gops_pack_number(&w->record, gops_index_count(manifest->index));
    return put_record(w, GOPS_MEMO_PART);
}

static int put_files(writing *w, const gops_news *news)
{
    const char *before = "";
    int rc = 0;
    start_record(w, GOPS_RECORD_FILES);
    for (size_t i = 0; i < news->count && rc == 0; i++) {
        const gops_file *file = news->changes[i].file;
        pack_path(&w->record, before, file->path);
        gops_blob_pack(&w->record, file->blob);
        before = file->path;
        if (w->record.length >= PART_BYTES) {
            rc = put_record(w, GOPS_MEMO_PART);
            start_record(w, GOPS_RECORD_FILES);
            before = "";
        }
    }
    return rc < 0 ? rc : put_record(w, GOPS_MEMO_PART);
}

/* Tells each object of the index its place among those of all files. */
static int note_places(const gops_item *before, const gops_item *after, void *user_data)
{
    uint32_t **next = user_data;
    (void)before;
    *(*next)++ = after->place;
    return 0;
}

static int put_order(writing *w, const gitops_manifest *manifest)
{
    size_t count = gops_index_count(manifest->index);
    uint32_t *places = gops_calloc(manifest->context, count, sizeof *places), *next = places;
    int rc = 0;
    if (!places)
        return gops_fail_memory(&w->err);
    gops_index_compare(NULL, manifest->index, note_places, &next, NULL);
    start_record(w, GOPS_RECORD_ORDER);
    for (size_t i = 0; i < count && rc == 0; i++) {
        gops_pack_number(&w->record, places[i]);
        if (w->record.length >= PART_BYTES) {
            rc = put_record(w, GOPS_MEMO_PART);
            start_record(w, GOPS_RECORD_ORDER);
        }
    }
    gops_free(manifest->context, places);
    return rc < 0 ? rc : put_record(w, GOPS_MEMO_END);
}

static int put_base(writing *w, const gitops_manifest *manifest, const gops_news *news)
{
    w->begin = GOPS_MEMO_BEGIN;
    int rc = put_head(w, manifest, news);
    if (rc == 0)
        rc = put_files(w, news);
    return rc < 0 ? rc : put_order(w, manifest);
}

static int put_change(writing *w, const gops_blob_id *before_root, const gops_blob_id *root,
                      const gops_news *news)
{
    const char *before = "";
    start_record(w, GOPS_RECORD_CHANGE);
    gops_blob_id_pack(&w->record, before_root);
    gops_blob_id_pack(&w->record, root);
    gops_pack_number(&w->record, news->count);
    for (size_t i = 0; i < news->count; i++) {
        const gops_file *file = news->changes[i].file;
        const gops_blob *old = news->changes[i].before;
        pack_path(&w->record, before, file->path);
        gops_pack_number(&w->record, (old ? 1 : 0) | (file->blob ? 2 : 0));
        if (old)
            gops_blob_id_pack(&w->record, old->name);
        if (file->blob)
            gops_blob_pack(&w->record, file->blob);
        before = file->path;
    }
    return put_record(w, GOPS_MEMO_MORE);
}

/* More that cannot be added may be part of a new base; a base that cannot be written is given up. */
static void note_failure(gops_kept *kept, gitops_context *context, int all, int rc,
                         const gitops_error *err)
{
    int is_lease = rc == GITOPS_ELOCKED; /* somebody else writes, and remembers as well */
    gops_log(context, is_lease ? GITOPS_LOG_DEBUG : GITOPS_LOG_WARNING,
             "the manifest is not remembered: %s", err->message);
    kept->known = 0;
    kept->wants_all = !all && (rc == GITOPS_ESTATE || rc == GITOPS_ELIMIT);
    kept->failed = !kept->wants_all;
}

int gops_remember_is_long(uint64_t base_bytes, uint64_t more_bytes)
{
    return more_bytes > MORE_AT_LEAST && more_bytes > base_bytes / MORE_FRACTION;
}

/* Writes the news and notes what the memo holds then. */
static void write_news(writing *w, gitops_manifest *manifest, const gops_news *news)
{
    gops_kept *kept = &manifest->contents->kept;
    const gops_blob_id *root = gops_snapshot_root(((gops_origin *)manifest->origin)->snapshot);
    int rc = news->all ? put_base(w, manifest, news) : put_change(w, &kept->written, root, news);
    if (rc < 0) {
        note_failure(kept, manifest->context, news->all, rc, &w->err);
        return;
    }
    if (news->all)
        *kept = (gops_kept){.known = 1, .influence = w->influence, .base_bytes = w->bytes};
    else
        kept->more_bytes += w->bytes;
    kept->root = kept->written = *root;
    kept->wants_all = gops_remember_is_long(kept->base_bytes, kept->more_bytes);
}

/* 1 when the news follow on what the memo holds. */
static int follows(const gops_kept *kept, const gops_digest *influence, const gops_news *news)
{
    return kept->known && gops_digest_equal(&kept->influence, influence) &&
           memcmp(&kept->root, &news->from, sizeof kept->root) == 0;
}

void gops_remember(gitops_manifest *manifest, gitops_memo *memo)
{
    gops_origin *origin = manifest->origin;
    gops_news *news = origin->news;
    gops_kept *kept = &manifest->contents->kept;
    writing w = {.memo = memo};
    origin->news = NULL;
    if (news && !kept->failed && gops_influence(origin, &w.influence)) {
        gops_buffer_init(&w.record, manifest->context, 0);
        if (news->all || (news->count && follows(kept, &w.influence, news)))
            write_news(&w, manifest, news);
        else if (follows(kept, &w.influence, news))
            kept->root = *gops_snapshot_root(origin->snapshot); /* the tree changed elsewhere */
        else
            kept->wants_all = 1;
        gops_buffer_release(&w.record);
    }
    gops_news_free(news);
}
