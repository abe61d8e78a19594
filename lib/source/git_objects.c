/*
 * git_objects: packed objects come from libgit2, loose ones from our own reader. libgit2's database
 * is opened on the directory itself, so that no configuration is read.
 */
#include "source/git_objects.h"

#include <git2/sys/odb_backend.h>
#include <stdio.h>

#include "source/git_error.h"
#include "source/git_loose.h"
#include "source/git_tree.h"

static int open_packs(gops_git_objects *objects, gitops_error *err)
{
    git_odb *odb = NULL;
    git_odb_backend *backend = NULL;
    int rc = git_odb_new(&odb);
    if (rc == 0)
        rc = git_odb_backend_pack(&backend, objects->directory);
    if (rc == 0) {
        rc = git_odb_add_backend(odb, backend, 1);
        if (rc < 0)
            backend->free(backend);
    }
    if (rc < 0) {
        git_odb_free(odb);
        return gops_fail_git(err, rc, NULL, "open", objects->directory);
    }
    git_odb_free(objects->packs);
    objects->packs = odb;
    return 0;
}

int gops_git_objects_open(gops_git_objects *objects, gitops_context *context, char *directory,
                          gitops_error *err)
{
    memset(objects, 0, sizeof *objects);
    objects->context = context;
    objects->directory = directory;
    int rc = open_packs(objects, err);
    if (rc < 0)
        gops_git_objects_close(objects);
    return rc;
}

void gops_git_objects_close(gops_git_objects *objects)
{
    for (size_t i = 0; i < GOPS_GIT_TREES_KEPT; i++)
        gops_git_tree_free(objects->kept[i]);
    git_odb_free(objects->packs);
    if (objects->context)
        gops_free(objects->context, objects->directory);
    memset(objects, 0, sizeof *objects);
}

void gops_git_object_release(gitops_context *context, gops_git_object *object)
{
    git_odb_object_free(object->packed);
    gops_free(context, object->loose);
    memset(object, 0, sizeof *object);
}

static int fail_size(const char *hex, uint64_t size, uint64_t maximum, gitops_error *err)
{
    return gops_fail_at(err, GITOPS_ELIMIT, hex, 0, 0,
                        "object %s has %llu bytes; at most %llu are read", hex,
                        (unsigned long long)size, (unsigned long long)maximum);
}

/* The size is asked for first: a few bytes of delta can claim gigabytes. Returns libgit2's code. */
static int read_packed(gops_git_objects *objects, const git_oid *id, uint64_t maximum,
                       gops_git_object *out, size_t *size)
{
    git_object_t type;
    int rc = git_odb_read_header(size, &type, objects->packs, id);
    if (rc < 0 || *size > maximum)
        return rc;
    rc = git_odb_read(&out->packed, objects->packs, id);
    if (rc < 0)
        return rc;
    out->type = git_odb_object_type(out->packed);
    out->data = git_odb_object_data(out->packed);
    out->length = *size = git_odb_object_size(out->packed);
    return 0;
}

/* A repack may have taken a pack away, so the database is opened again before giving up. */
static int read_packed_again(gops_git_objects *objects, const git_oid *id, uint64_t maximum,
                             gops_git_object *out, gitops_error *err)
{
    char hex[GIT_OID_HEXSZ + 1];
    size_t size = 0;
    git_oid_tostr(hex, sizeof hex, id);
    int rc = read_packed(objects, id, maximum, out, &size);
    if (rc < 0) {
        int opened = open_packs(objects, err);
        if (opened < 0)
            return opened;
        rc = read_packed(objects, id, maximum, out, &size);
    }
    if (rc == GIT_ENOTFOUND)
        return GITOPS_ENOTFOUND;
    if (rc < 0)
        return gops_fail_git(err, rc, NULL, "read object", hex);
    return size > maximum ? fail_size(hex, size, maximum, err) : 0;
}

static int read_loose(gops_git_objects *objects, const git_oid *id, uint64_t maximum,
                      gops_git_object *out, gitops_error *err)
{
    gops_loose loose;
    int rc = gops_loose_read(&loose, objects->context, objects->directory, id, maximum, err);
    if (rc == 0) {
        out->type = loose.type;
        out->data = out->loose = loose.data;
        out->length = loose.length;
    } else if (rc == GITOPS_EIO) {
        if (err)
            err->code = GITOPS_ESOURCE;
        rc = GITOPS_ESOURCE;
    }
    return rc;
}

int gops_git_read(gops_git_objects *objects, const git_oid *id, uint64_t maximum,
                  gops_git_object *out, gitops_error *err)
{
    int rc = GITOPS_ENOTFOUND;
    memset(out, 0, sizeof *out);
    objects->reads++;
    int packed = git_odb_exists_ext(objects->packs, id, GIT_ODB_LOOKUP_NO_REFRESH);
    if (!packed)
        rc = read_loose(objects, id, maximum, out, err);
    if (rc == GITOPS_ENOTFOUND)
        rc = read_packed_again(objects, id, maximum, out, err);
    if (rc == GITOPS_ENOTFOUND && packed) /* its pack is gone: a repack may have made it loose */
        rc = read_loose(objects, id, maximum, out, err);
    if (rc == GITOPS_ENOTFOUND) {
        char hex[GIT_OID_HEXSZ + 1];
        git_oid_tostr(hex, sizeof hex, id);
        git_error_clear();
        rc = gops_fail_at(err, GITOPS_ESOURCE, hex, 0, 0,
                          "object %s is missing from the repository", hex);
        gops_error_origin(err, GITOPS_ORIGIN_GIT, GIT_ENOTFOUND);
    }
    if (rc < 0)
        gops_git_object_release(objects->context, out);
    return rc;
}
