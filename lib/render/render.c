/*
 * render: reads the manifest of a snapshot. The walk reports the files that differ from the
 * previous snapshot; they are parsed and change the previous index.
 */
#include <gitops/manifest.h>

#include <string.h>

#include "base/crew.h"
#include "base/options.h"
#include "render/influence.h"
#include "render/plain.h"
#include "render/recall.h"
#include "render/remember.h"
#include "render/render.h"

static int check_path(const char *path, gitops_error *err)
{
    for (const char *part = path; *part;) {
        const char *end = strchr(part, '/');
        size_t length = end ? (size_t)(end - part) : strlen(part);
        if (length == 0 || (length == 1 && part[0] == '.') ||
            (length == 2 && part[0] == '.' && part[1] == '.'))
            return gops_fail_at(err, GITOPS_EINVAL, path, 0, 0,
                                "path %s: expected a relative path without \".\" and \"..\"", path);
        part += length + (end != NULL);
    }
    return 0;
}

static int is_unread(const gops_file_state *file)
{
    return file && file->mode == GOPS_MODE_UNREAD;
}

/* 1 when the identity gives what the file holds the same keys and documents as before. */
static int is_same_to_identity(const gops_reading *r, const gops_file_state *before,
                               const gops_file_state *after)
{
    return before && after && is_unread(before) == is_unread(after) &&
           !gops_identity_sees_path(r->origin->identity) &&
           memcmp(&before->id, &after->id, sizeof before->id) == 0;
}

/* What is known of a file's content: *out is borrowed; NULL: nothing. */
static int find_blob(const gops_reading *r, const char *path, const gops_file_state *file,
                     gops_blob **out)
{
    *out = NULL;
    if (!file)
        return 0;
    gops_blob_id name = gops_origin_name(r->origin, path, file);
    return gops_contents_find(r->manifest->contents, &name, out) < 0 ? gops_fail_memory(r->err) : 0;
}

/* A problem with a file that is not in its content. */
static void report_file(gops_reading *r, const char *path, const char *message)
{
    gitops_error problem;
    gops_fail_at(&problem, GITOPS_ESOURCE, path, 0, 0, "%s", message);
    gops_diagnostics_add(&r->manifest->diagnostics, GITOPS_SEVERITY_ERROR, &problem);
}

/* What is kept of a link, submodule or device: a warning, and that there is one. */
static gops_blob *make_unread(gops_reading *r, const gops_file_state *file)
{
    static const char message[] = "is a symbolic link, submodule or device: what it stands for is "
                                  "not read";
    gops_diagnostic warning = {.severity = GITOPS_SEVERITY_WARNING,
                               .code = GITOPS_ESOURCE,
                               .message = message,
                               .pointer = ""};
    gops_warnings warnings = {&warning, 1, 1};
    gops_blob_id name = gops_origin_name(r->origin, "", file);
    gops_blob_parts parts = {.id = &file->id, .name = &name, .unread = 1, .warnings = &warnings};
    gops_blob *blob = gops_blob_new(&r->files.pool, &parts);
    if (blob && gops_contents_keep(r->manifest->contents, blob) < 0) {
        gops_blob_drop(blob);
        return NULL;
    }
    return blob;
}

/* What is known of one side of a file, which is then NULL for a side that is not there. */
static int find_sides(gops_reading *r, const char *path, const gops_file_state *before,
                      const gops_file_state *after, gops_blob **old, gops_blob **known)
{
    int rc = find_blob(r, path, before, old);
    if (rc == 0 && before && !*old)
        rc = gops_fail_at(r->err, GITOPS_ESTATE, path, 0, 0,
                          "the previous manifest does not know this file");
    return rc < 0 ? rc : find_blob(r, path, after, known);
}

static int add_file(gops_reading *r, const char *path, const gops_file_state *before,
                    const gops_file_state *after)
{
    gops_blob *old, *known, *made = NULL;
    int rc = find_sides(r, path, before, after, &old, &known);
    if (rc < 0)
        return rc;
    if (is_unread(after) && !known)
        made = known = make_unread(r, after);
    if ((is_unread(after) && !known) || gops_files_add(&r->files, path, after, known, old) < 0)
        rc = gops_budget_fail(&r->budget, r->err);
    gops_blob_drop(made);
    return rc;
}

/*
 * A link, submodule or device is never followed: what it stands for is unknown, and the unknown
 * must not look like less to hold. In the place of a file that would be used it is an error; any
 * other may stand for a directory, which is told and counted.
 */
static int on_file(const char *path, const gops_file_state *before, const gops_file_state *after,
                   void *user_data)
{
    gops_reading *r = user_data;
    int by_file = gops_identity_by(r->origin->identity) == GITOPS_IDENTITY_FILE;
    int in_use = by_file || gops_plain_is_manifest(path);
    const char *fault = NULL;
    if (!in_use) {
        before = is_unread(before) ? before : NULL;
        after = is_unread(after) ? after : NULL;
    } else if (is_unread(after)) {
        fault = "is a symbolic link, submodule or device, which are never read; put a file in its "
                "place, or exclude it";
    } else if (after && !by_file && strchr(path, '\\')) {
        fault = "has a backslash in its path, which some systems take for a separator; give it "
                "another name, or exclude it";
    }
    if (fault)
        report_file(r, path, fault);
    if (fault || (!before && !after) || is_same_to_identity(r, before, after))
        return 0;
    return add_file(r, path, before, after);
}

static int same_walk(const gops_walk_options *a, const gops_walk_options *b)
{
    int same = strcmp(a->path, b->path) == 0 && a->exclude_count == b->exclude_count;
    for (size_t i = 0; same && i < a->exclude_count; i++)
        same = strcmp(a->excludes[i], b->excludes[i]) == 0;
    return same;
}

/* A path whose root is a kustomization is not the sum of its files. */
static int refuse_kustomization(const gops_origin *from, gitops_error *err)
{
    static const char *const names[] = {"kustomization.yaml", "kustomization.yml",
                                        "Kustomization"};
    gops_buffer path;
    int rc = 0;
    gops_buffer_init(&path, from->context, 0);
    for (size_t i = 0; i < sizeof names / sizeof names[0] && rc == 0; i++) {
        gops_entry_kind kind = GOPS_ENTRY_NONE;
        gops_buffer_clear(&path);
        gops_buffer_printf(&path, "%s%s%s", from->walk.path, *from->walk.path ? "/" : "",
                           names[i]);
        rc = gops_buffer_status(&path, err);
        if (rc == 0)
            rc = gops_snapshot_lookup(from->snapshot, path.data, &kind, NULL, err);
        if (rc == 0 && kind == GOPS_ENTRY_FILE)
            rc = gops_fail_at(err, GITOPS_EUNSUPPORTED, path.data, 0, 0,
                              "%s: kustomizations are not supported; give a path with plain "
                              "manifests, or render it first",
                              path.data);
    }
    gops_buffer_release(&path);
    return rc;
}

static int fail_root(const gops_origin *from, gops_entry_kind kind, gitops_error *err)
{
    const char *path = from->walk.path;
    if (kind == GOPS_ENTRY_NONE)
        return gops_fail_at(err, GITOPS_ENOTFOUND, path, 0, 0, "there is no path %s in revision %s",
                            path, gitops_snapshot_revision(from->snapshot));
    return gops_fail_at(err, GITOPS_ENOTFOUND, path, 0, 0, "path %s is %s; expected a directory",
                        path, kind == GOPS_ENTRY_FILE
                                  ? "a file"
                                  : "a symbolic link or submodule, which are never followed");
}

static int check_root(const gops_origin *from, gitops_error *err)
{
    gops_entry_kind kind = GOPS_ENTRY_DIRECTORY;
    int rc = check_path(from->walk.path, err);
    if (rc == 0 && *from->walk.path)
        rc = gops_snapshot_lookup(from->snapshot, from->walk.path, &kind, NULL, err);
    if (rc == 0 && kind != GOPS_ENTRY_DIRECTORY)
        rc = fail_root(from, kind, err);
    if (rc == 0 && gops_identity_by(from->identity) == GITOPS_IDENTITY_KUBERNETES)
        rc = refuse_kustomization(from, err);
    return rc;
}

/* What is asked of a read, and what it goes by. */
typedef struct request {
    gitops_context *context;
    gitops_snapshot *snapshot;
    gitops_manifest_options options;
    gops_news_use use;
    gops_contents *contents;   /* of the lineage; NULL: nothing is known */
    gitops_manifest *base;     /* that what changed is looked for against; NULL: nothing */
    gitops_manifest *recalled; /* owned: what an earlier process remembered */
} request;

static int read_objects(gops_reading *r, const request *q)
{
    gitops_manifest *manifest = r->manifest, *base = q->base;
    const gops_origin *before = base ? base->origin : NULL;
    if (base) {
        manifest->skipped = base->skipped;
        manifest->unread = base->unread;
        manifest->index = gops_index_ref(base->index);
    }
    int rc = gops_snapshot_walk(before ? before->snapshot : NULL, q->snapshot, &r->origin->walk,
                                on_file, r, r->err);
    if (rc == 0)
        rc = gops_files_parse(&r->files, q->snapshot, q->options.workers, r->err);
    if (rc == 0)
        rc = gops_reading_finish(r, base);
    if (rc == 0 && base && base == q->recalled)
        gops_reading_add_warnings(r, &base->diagnostics);
    return rc;
}

/* Keeps what a good read found, as it was asked. Without memory for it, it is not remembered. */
static void keep_news(gops_reading *r, const request *q)
{
    gops_origin *origin = r->manifest->origin;
    origin->news = r->news;
    r->news = NULL;
    if (origin->news && q->use == GOPS_NEWS_REMEMBER)
        gops_remember(r->manifest, q->options.memo);
}

static void set_origin(gitops_manifest *manifest, gops_origin *from)
{
    manifest->origin = from;
    manifest->open = gops_origin_open;
    manifest->free_origin = gops_origin_free;
}

/* Reads what the base does not know, or everything. */
static int read_against(gitops_manifest **out, const request *q, gitops_error *err)
{
    gops_origin *from = gops_origin_new(q->context, q->snapshot, &q->options);
    gitops_manifest *manifest =
        from ? gops_manifest_new(q->context, q->options.identity, q->contents) : NULL;
    gops_reading r;
    if (!manifest) {
        gops_origin_free(from);
        return gops_fail_memory(err);
    }
    set_origin(manifest, from);
    gops_reading_init(&r, manifest, from, err);
    r.wants_news = q->options.memo && q->use != GOPS_NEWS_DROP;
    int rc = check_root(from, err);
    if (rc == 0)
        rc = read_objects(&r, q);
    if (rc == 0)
        keep_news(&r, q);
    gops_reading_release(&r);
    if (rc < 0) {
        gitops_manifest_free(manifest);
        return rc;
    }
    *out = manifest;
    return gops_diagnostics_status(&manifest->diagnostics, err);
}

/* What was read under other limits or another identity is of no use. */
static void use_previous(request *q, gitops_manifest *previous, const gops_origin *from)
{
    const gops_origin *before = previous ? previous->origin : NULL;
    if (!before || !gops_identity_same(before->identity, from->identity) ||
        !gops_same_limits(before->context, from->context))
        return;
    q->contents = previous->contents;
    if (previous->diagnostics.errors == 0 && same_walk(&before->walk, &from->walk))
        q->base = previous;
}

/*
 * Goes by what an earlier process remembered. Returns 1 when that is the manifest of this very
 * tree, which then has from as its origin; 0; or GITOPS_ENOMEM.
 */
static int use_memo(request *q, gops_origin *from, gitops_error *err)
{
    gops_blob_id root;
    int rc = gops_recall(&q->recalled, from, q->options.memo, &root, err);
    if (rc < 0 || !q->recalled)
        return rc;
    q->contents = q->recalled->contents;
    if (memcmp(&root, gops_snapshot_root(q->snapshot), sizeof root) == 0) {
        set_origin(q->recalled, from);
        return 1;
    }
    gitops_snapshot *then = gops_snapshot_of_tree(q->snapshot, &root);
    gops_origin *before = then ? gops_origin_new(q->context, then, &q->options) : NULL;
    gitops_snapshot_free(then);
    if (before) {
        set_origin(q->recalled, before);
        q->base = q->recalled;
    }
    return 0;
}

/* Decides what the read goes by. Returns 1 with *out when there is nothing to read. */
static int prepare(request *q, gitops_manifest *previous, gitops_manifest **out, gitops_error *err)
{
    gops_origin *from = gops_origin_new(q->context, q->snapshot, &q->options);
    if (!from)
        return gops_fail_memory(err);
    use_previous(q, previous, from);
    int rc = q->options.memo && !q->contents ? use_memo(q, from, err) : 0;
    if (rc > 0) {
        *out = q->recalled;
        q->recalled = NULL;
        return rc;
    }
    gops_origin_free(from);
    if (q->options.memo && q->contents && q->contents->kept.wants_all && q->use != GOPS_NEWS_DROP)
        q->base = NULL;
    return rc;
}

int gops_manifest_read(gitops_manifest **out, gitops_context *context, gitops_snapshot *snapshot,
                       const gitops_manifest_options *options, gitops_manifest *previous,
                       gops_news_use use, gitops_error *err)
{
    request q = {.context = context, .snapshot = snapshot, .use = use};
    gitops_manifest_options *given = &q.options;
    if (!out || !context || !snapshot)
        return gops_fail(err, GITOPS_EINVAL, "manifest read: an argument is NULL");
    *out = NULL;
    int rc = gops_options_import(given, sizeof *given, options, "manifest options", err);
    if (rc == 0 && given->exclude_count && !given->excludes)
        rc = gops_fail(err, GITOPS_EINVAL, "manifest options: excludes is NULL");
    if (rc == 0 && (given->workers < 0 || given->workers > GOPS_CREW_MAX))
        rc = gops_fail(err, GITOPS_EINVAL, "manifest options: 0 to %d workers", GOPS_CREW_MAX);
    if (rc == 0)
        rc = prepare(&q, previous, out, err);
    if (rc != 0)
        return rc < 0 ? rc : 0;
    rc = read_against(out, &q, err);
    if (rc < 0 && !*out && rc != GITOPS_ENOMEM && q.base && q.base == q.recalled) {
        q.base = NULL; /* the old tree may be gone from the repository */
        rc = read_against(out, &q, err);
    }
    gitops_manifest_free(q.recalled);
    return rc;
}

int gitops_manifest_read(gitops_manifest **out, gitops_context *context, gitops_snapshot *snapshot,
                         const gitops_manifest_options *options, gitops_manifest *previous,
                         gitops_error *err)
{
    return gops_manifest_read(out, context, snapshot, options, previous, GOPS_NEWS_REMEMBER, err);
}
