/*
 * git: a repository as a source. A fetch is: bring the mirror up to date (URLs only), read the ref,
 * peel it to a commit and its tree. Everything else reads objects by id.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "source/git_ancestry.h"
#include "source/git_error.h"
#include "source/git_mirror.h"
#include "source/git_refs.h"
#include "source/git_tree.h"
#include "source/location.h"
#include "source/path.h"
#include "source/source.h"

enum { PEEL_DEPTH = 8, COMMIT_MAX_BYTES = 16 << 20 };

typedef struct git_source {
    gitops_source base;
    char *path;      /* of the repository or its mirror */
    char *url;       /* NULL: a local repository */
    char *ref;       /* NULL: HEAD */
    int initialised; /* holds one count of libgit2 */
    int opened;      /* layout and objects are set */
    gops_git_layout layout;
    gops_git_objects objects;
    int has_last; /* the ids of the last fetch, so that an idle one reads no object */
    git_oid last, last_commit, last_tree;
} git_source;

static git_oid oid_of(const gops_blob_id *id)
{
    git_oid oid;
    memcpy(oid.id, id->bytes, sizeof oid.id);
    return oid;
}

/* "word hex\n" at the start of an object. Returns 1 when it is there. */
static int parse_header(const gops_git_object *object, const char *word, git_oid *id)
{
    size_t length = strlen(word);
    char hex[GIT_OID_HEXSZ + 1];
    if (object->length < length + GIT_OID_HEXSZ + 1 || memcmp(object->data, word, length) != 0 ||
        object->data[length + GIT_OID_HEXSZ] != '\n')
        return 0;
    memcpy(hex, object->data + length, GIT_OID_HEXSZ);
    hex[GIT_OID_HEXSZ] = '\0';
    return git_oid_fromstr(id, hex) == 0;
}

/* Reads an object on the way to a tree. Returns 1 at a commit, 0 at a tag, or an error. */
static int peel_once(git_source *git, git_oid *id, git_oid *tree, gitops_error *err)
{
    gops_git_object object;
    char hex[GIT_OID_HEXSZ + 1];
    git_oid_tostr(hex, sizeof hex, id);
    int rc = gops_git_read(&git->objects, id, COMMIT_MAX_BYTES, &object, err);
    if (rc < 0)
        return rc;
    if (object.type == GIT_OBJECT_COMMIT && parse_header(&object, "tree ", tree))
        rc = 1;
    else if (object.type != GIT_OBJECT_TAG || !parse_header(&object, "object ", id))
        rc = gops_fail_at(err, GITOPS_ESOURCE, hex, 0, 0, "object %s is not a %s", hex,
                          object.type == GIT_OBJECT_COMMIT || object.type == GIT_OBJECT_TAG
                              ? "well-formed commit or tag"
                              : "commit");
    gops_git_object_release(git->base.context, &object);
    return rc;
}

static int peel(git_source *git, const git_oid *start, gitops_error *err)
{
    git_oid id = *start, tree;
    if (git->has_last && git_oid_equal(&git->last, start))
        return 0;
    for (int depth = 0; depth < PEEL_DEPTH; depth++) {
        int rc = peel_once(git, &id, &tree, err);
        if (rc < 0)
            return rc;
        if (rc == 1) {
            git->has_last = 1;
            git->last = *start;
            git->last_commit = id;
            git->last_tree = tree;
            return 0;
        }
    }
    return gops_fail(err, GITOPS_ESOURCE, "a tag of a tag of a tag does not end in a commit");
}

static int open_repository(git_source *git, gitops_error *err)
{
    char directory[GOPS_GIT_PATH_SIZE];
    if (git->opened)
        return 0;
    int rc = gops_git_locate(&git->layout, git->base.context, git->path, err);
    if (rc < 0)
        return rc;
    if (gops_git_join(directory, git->layout.common, "objects") < 0)
        return gops_fail(err, GITOPS_ESOURCE, "path of the repository is too long");
    char *copy = gops_strdup(git->base.context, directory);
    if (!copy)
        return gops_fail_memory(err);
    rc = gops_git_objects_open(&git->objects, git->base.context, copy, err);
    git->opened = rc == 0;
    return rc;
}

static int update_mirror(git_source *git, gitops_error *err)
{
    int has_head = 0;
    int rc = gops_mirror_update(git->path, git->url, &has_head, err);
    if (rc == 0 && !has_head && (!git->ref || strcmp(git->ref, "HEAD") == 0))
        rc = gops_fail(err, GITOPS_ENOTFOUND,
                       "the remote repository names no default branch; give a ref");
    return rc;
}

/* The snapshot of what was peeled last. */
static int make_snapshot(git_source *git, gitops_snapshot **out, gitops_error *err)
{
    gops_blob_id root = {{0}};
    memcpy(root.bytes, git->last_tree.id, sizeof git->last_tree.id);
    gitops_snapshot *snapshot = gops_snapshot_new(&git->base, &root, NULL);
    if (!snapshot)
        return gops_fail_memory(err);
    git_oid_tostr(snapshot->revision, sizeof snapshot->revision, &git->last_commit);
    *out = snapshot;
    return 0;
}

static int git_fetch(gitops_source *source, gitops_snapshot **out, gitops_error *err)
{
    git_source *git = (git_source *)source;
    git_oid id;
    int rc = git->url ? update_mirror(git, err) : 0;
    if (rc == 0)
        rc = open_repository(git, err);
    if (rc == 0)
        rc = gops_git_resolve(&id, &git->layout, git->ref, err);
    if (rc == 0)
        rc = peel(git, &id, err);
    return rc < 0 ? rc : make_snapshot(git, out, err);
}

/* Peels a commit that the repository or its mirror has. GITOPS_ENOTFOUND: it has none of that id. */
static int peel_revision(git_source *git, const git_oid *id, const char *revision,
                         gitops_error *err)
{
    gitops_error problem = {0};
    int rc = open_repository(git, &problem);
    if (rc == 0)
        rc = peel(git, id, &problem);
    if (rc < 0 && problem.origin == GITOPS_ORIGIN_GIT && problem.origin_code == GIT_ENOTFOUND)
        rc = gops_fail_at(&problem, GITOPS_ENOTFOUND, revision, 0, 0,
                          "the repository has no commit %s", revision);
    if (rc < 0 && err)
        *err = problem;
    return rc;
}

static int git_fetch_revision(gitops_source *source, const char *revision, gitops_snapshot **out,
                              gitops_error *err)
{
    git_source *git = (git_source *)source;
    git_oid id;
    if (strlen(revision) != GIT_OID_HEXSZ || git_oid_fromstr(&id, revision) < 0)
        return gops_fail(err, GITOPS_EINVAL, "%s is no whole commit id", revision);
    int rc = peel_revision(git, &id, revision, err);
    if (rc == GITOPS_ENOTFOUND && git->url) {
        rc = update_mirror(git, err);
        if (rc == 0)
            rc = peel_revision(git, &id, revision, err);
    }
    return rc < 0 ? rc : make_snapshot(git, out, err);
}

static int git_list(gitops_snapshot *snapshot, const char *path, const gops_entry *directory,
                    gops_listing *out, gitops_error *err)
{
    git_oid id = oid_of(&directory->state.id);
    return gops_git_list(&((git_source *)snapshot->source)->objects, &id, path, out, err);
}

static int git_read(gitops_snapshot *snapshot, void *way, const char *path, const gops_blob_id *id,
                    gops_buffer *out, gitops_error *err)
{
    git_source *git = (git_source *)snapshot->source;
    gops_git_objects *objects = way ? way : &git->objects;
    git_oid oid = oid_of(id);
    gops_git_object object;
    int rc = gops_git_read(objects, &oid, git->base.context->limits.max_file_bytes, &object, err);
    if (rc == 0 && object.type != GIT_OBJECT_BLOB)
        rc = gops_fail(err, GITOPS_ESOURCE, "object of %s is no file", path);
    if (rc == 0) {
        gops_buffer_put(out, object.data, object.length);
        rc = gops_buffer_status(out, err);
    }
    if (rc < 0)
        gops_error_where(err, path);
    gops_git_object_release(git->base.context, &object);
    return rc;
}

static int git_descends(gops_descent *out, gitops_snapshot *snapshot, const char *revision,
                        gitops_error *err)
{
    git_source *git = (git_source *)snapshot->source;
    char shallow[GOPS_GIT_PATH_SIZE];
    git_oid tip, base;
    *out = GOPS_DESCENT_YES;
    if (strlen(revision) != GIT_OID_HEXSZ || git_oid_fromstr(&base, revision) < 0 ||
        git_oid_fromstr(&tip, snapshot->revision) < 0)
        return 0;
    int is_shallow = gops_git_join(shallow, git->layout.common, "shallow") == 0 &&
                     access(shallow, F_OK) == 0;
    return gops_git_descends(out, &git->objects, &tip, &base, is_shallow, err);
}

static void git_destroy(gitops_source *source)
{
    git_source *git = (git_source *)source;
    if (git->opened)
        gops_git_objects_close(&git->objects);
    gops_free(source->context, git->path);
    gops_free(source->context, git->url);
    gops_free(source->context, git->ref);
    if (git->initialised)
        git_libgit2_shutdown();
}

/* A database of its own: those of libgit2 are not to be shared, and ours counts without atomics. */
static int git_open_way(gitops_source *source, void **out, gitops_error *err)
{
    const git_source *git = (const git_source *)source;
    gitops_context *context = source->context;
    if (!(git_libgit2_features() & GIT_FEATURE_THREADS))
        return gops_fail(err, GITOPS_EUNSUPPORTED, "libgit2 was built without threads");
    gops_git_objects *objects = gops_alloc(context, sizeof *objects);
    char *directory = gops_strdup(context, git->objects.directory);
    if (!objects || !directory) {
        gops_free(context, objects);
        gops_free(context, directory);
        return gops_fail_memory(err);
    }
    int rc = gops_git_objects_open(objects, context, directory, err);
    if (rc < 0)
        gops_free(context, objects);
    else
        *out = objects;
    return rc;
}

static void git_close_way(gitops_source *source, void *way)
{
    gops_git_objects *objects = way;
    ((git_source *)source)->objects.reads += objects->reads;
    gops_git_objects_close(objects);
    gops_free(source->context, objects);
}

static const gops_backend git_backend = {.fetch = git_fetch,
                                         .fetch_revision = git_fetch_revision,
                                         .list = git_list,
                                         .read = git_read,
                                         .descends = git_descends,
                                         .destroy = git_destroy,
                                         .open_way = git_open_way,
                                         .close_way = git_close_way};

/* Copies a text that may be NULL. Returns 1 when that worked. */
static int copy_text(gitops_context *context, char **out, const char *text)
{
    *out = text ? gops_strdup(context, text) : NULL;
    return !text || *out;
}

static int check_options(const char *url, const gitops_source_options *options, gitops_error *err)
{
    int rc = gops_git_check_ref(options->ref, err);
    if (rc < 0 || !url)
        return rc;
    if (!options->allow_blocking_fetch)
        return gops_fail(err, GITOPS_EUNSUPPORTED,
                         "source: fetching a url may block for ever; set allow_blocking_fetch, or "
                         "let another process keep a mirror and give its path");
    if (!options->mirror || !*options->mirror)
        return gops_fail(err, GITOPS_EINVAL, "source: a url needs a mirror to fetch into");
    return 0;
}

static int start(git_source *git, const char *path, const char *url,
                 const gitops_source_options *options, gitops_error *err)
{
    gitops_context *context = git->base.context;
    if (!copy_text(context, &git->path, url ? options->mirror : path) ||
        !copy_text(context, &git->url, url) || !copy_text(context, &git->ref, options->ref))
        return gops_fail_memory(err);
    int rc = git_libgit2_init();
    if (rc < 0)
        return gops_fail_git(err, rc, NULL, "start", "libgit2");
    git->initialised = 1;
    return url ? 0 : open_repository(git, err);
}

int gops_git_open(gitops_source **out, gitops_context *context, const char *path, const char *url,
                  const gitops_source_options *options, gitops_error *err)
{
    int rc = check_options(url, options, err);
    if (rc < 0)
        return rc;
    git_source *git = gops_source_alloc(context, sizeof *git, &git_backend);
    if (!git)
        return gops_fail_memory(err);
    rc = start(git, path, url, options, err);
    if (rc < 0) {
        gitops_source_free(&git->base);
        return rc;
    }
    *out = &git->base;
    return 0;
}

uint64_t gops_git_reads(const gitops_source *source)
{
    return source->backend == &git_backend ? ((const git_source *)source)->objects.reads : 0;
}

int gitops_process_defaults(gitops_error *err)
{
    static const int levels[] = {GIT_CONFIG_LEVEL_PROGRAMDATA, GIT_CONFIG_LEVEL_SYSTEM,
                                 GIT_CONFIG_LEVEL_XDG, GIT_CONFIG_LEVEL_GLOBAL};
    int rc = git_libgit2_init(); /* never given back: the options would be lost with it */
    if (rc >= 0)
        rc = git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 0);
    if (rc >= 0)
        rc = git_libgit2_opts(GIT_OPT_ENABLE_CACHING, 0);
    if (rc >= 0)
        rc = git_libgit2_opts(GIT_OPT_SET_MWINDOW_SIZE, (size_t)1 << 20);
    if (rc >= 0)
        rc = git_libgit2_opts(GIT_OPT_SET_MWINDOW_MAPPED_LIMIT, (size_t)16 << 20);
    for (size_t i = 0; i < sizeof levels / sizeof levels[0] && rc >= 0; i++)
        rc = git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, levels[i], "");
    return rc < 0 ? gops_fail_git(err, rc, NULL, "set the options of", "libgit2") : 0;
}
