/*
 * gitops/manifest.h - the objects of one revision: an immutable, content-addressed index.
 *
 *     gitops_manifest_options options = {sizeof options, 0};
 *     options.path = "deploy";
 *     if (gitops_manifest_read(&manifest, context, snapshot, &options, NULL, &err) < 0)
 *         ... every broken document is in gitops_manifest_diagnostics(manifest) ...
 *     for (size_t i = 0; i < gitops_manifest_count(manifest); i++)
 *         puts(gitops_manifest_key(manifest, i));
 *
 * Manifests are the files *.yaml, *.yml and *.json below a path. An object is a document with
 * apiVersion, kind and metadata.name; documents with neither apiVersion nor kind are counted and
 * skipped. Kinds that end in "List" with a top-level list of items are expanded. Other rules of
 * what an object is, whole files among them, are in gitops/identity.h.
 *
 * A key names an object: "shop/Deployment.apps/web", "_/Namespace/shop" ("_" = no namespace; the
 * version is not part of the identity). One key in two places is an error that names both.
 *
 * Caveats: the manifest holds no trees; opening an object reads its file again. Reading against a
 * previous manifest of the same path costs what changed between the two snapshots.
 */
#ifndef GITOPS_MANIFEST_H
#define GITOPS_MANIFEST_H

#include <gitops/controls.h>
#include <gitops/identity.h>
#include <gitops/memo.h>
#include <gitops/source.h>
#include <gitops/value.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct gitops_manifest gitops_manifest;

typedef struct gitops_manifest_options {
    size_t struct_size;
    const char *path;              /* directory in the snapshot; NULL or "": its root */
    const char *const *excludes;   /* patterns in the syntax of gitignore, relative to path */
    size_t exclude_count;
    int32_t workers;               /* threads that read, the calling one too; 0: 1; at most 64 */
    int32_t reserved_0;
    gitops_identity *identity;     /* what is an object; NULL: by Kubernetes fields */
    gitops_memo *memo;             /* what was read before, also by other processes; NULL: none */
} gitops_manifest_options;

/*
 * Reads the objects of a snapshot. previous (NULL: none) is an earlier manifest of the same path
 * and identity: what did not change is shared with it. Without it a memo stands in: what an earlier
 * process read last. A file .gitopsignore leaves files out as .gitignore does.
 * Returns 0; or the code of the first problem, with *out set to a manifest without objects whose
 * diagnostics name every problem; or a negative code with *out NULL when nothing could be read:
 * GITOPS_ENOTFOUND (the path is not in the snapshot), GITOPS_EUNSUPPORTED (its root holds a
 * kustomization), GITOPS_ESOURCE, GITOPS_ENOMEM. Ownership: the caller frees *out.
 * Threads: any; the source is used, so one at a time per source. With workers above 1 and many
 * files to parse, more threads are started and ended by this call; the result is the same.
 */
GITOPS_API int gitops_manifest_read(gitops_manifest **out, gitops_context *context,
                                    gitops_snapshot *snapshot,
                                    const gitops_manifest_options *options,
                                    gitops_manifest *previous, gitops_error *err);
GITOPS_API gitops_manifest *gitops_manifest_ref(gitops_manifest *manifest);
GITOPS_API void gitops_manifest_free(gitops_manifest *manifest);

/* Problems found; borrowed, never NULL. Threads: any (as all below). */
GITOPS_API const gitops_diagnostics *gitops_manifest_diagnostics(const gitops_manifest *manifest);

/* Number of objects. */
GITOPS_API size_t gitops_manifest_count(const gitops_manifest *manifest);

/* Documents left out because they are no objects, or are kustomizations. */
GITOPS_API uint64_t gitops_manifest_skipped(const gitops_manifest *manifest);

/*
 * Symbolic links, submodules and devices that may stand for directories and are not read; each is a
 * warning. One whose name is that of a manifest is an error.
 */
GITOPS_API uint64_t gitops_manifest_unread(const gitops_manifest *manifest);

/* Files parsed to make this manifest: 0 when everything was known already. */
GITOPS_API uint64_t gitops_manifest_files_parsed(const gitops_manifest *manifest);

/*
 * Writes the digest over all keys and objects, or that of object i, which is that of its value.
 * algorithm: GITOPS_DIGEST_...; 0: XXH3, which is at hand. SHA-256 opens the objects again.
 * Returns 0 or GITOPS_EINVAL; GITOPS_ENOTFOUND when i is out of range; for SHA-256 GITOPS_ENOMEM or
 * what gitops_manifest_open returns; out is "" then.
 * Threads: any; for SHA-256 one at a time per source.
 */
GITOPS_API int gitops_manifest_digest(gitops_manifest *manifest, int32_t algorithm,
                                      char out[GITOPS_DIGEST_SIZE], gitops_error *err);
GITOPS_API int gitops_manifest_object_digest(gitops_manifest *manifest, size_t i,
                                             int32_t algorithm, char out[GITOPS_DIGEST_SIZE],
                                             gitops_error *err);

/* Key of object i, in the byte order of keys; NULL when out of range. Borrowed. O(log n). */
GITOPS_API const char *gitops_manifest_key(const gitops_manifest *manifest, size_t i);

/* Index of a key; negative GITOPS_ENOTFOUND when there is none. O(log n). */
GITOPS_API int64_t gitops_manifest_find(const gitops_manifest *manifest, const char *key);

/*
 * File of object i; line (from 1) where it starts in it; number (from 1) of its document there.
 * NULL and 0 when out of range. Borrowed. O(log n).
 */
GITOPS_API const char *gitops_manifest_file(const gitops_manifest *manifest, size_t i);
GITOPS_API uint32_t gitops_manifest_line(const gitops_manifest *manifest, size_t i);
GITOPS_API uint32_t gitops_manifest_document_number(const gitops_manifest *manifest, size_t i);

/*
 * What object i says about its own handling; *out is NULL when it says nothing. Nothing is read.
 * Returns 0, GITOPS_ENOTFOUND (out of range) or GITOPS_ENOMEM. Ownership: the caller frees *out.
 */
GITOPS_API int gitops_manifest_controls(const gitops_manifest *manifest, size_t i,
                                        gitops_controls **out, gitops_error *err);

/*
 * Opens object i: reads and parses its document again. Returns 0, GITOPS_ENOTFOUND,
 * GITOPS_ESOURCE or GITOPS_EPARSE. Ownership: the caller frees *out.
 * Threads: any; one at a time per source.
 */
GITOPS_API int gitops_manifest_open(gitops_manifest *manifest, size_t i, gitops_document **out,
                                    gitops_error *err);

/*
 * The key of a document by its Kubernetes fields, as a NUL-terminated buffer.
 * Returns 0 or GITOPS_EPARSE when the document has no identity. Ownership: the caller frees *out.
 */
GITOPS_API int gitops_document_key(const gitops_document *document, gitops_buffer **out,
                                   gitops_error *err);

/*
 * What a document says about its own handling; *out is NULL when it says nothing. key (NULL: none)
 * is the object's, which cannot depend on itself. Returns 0, GITOPS_ENOMEM, or GITOPS_EPARSE with
 * the first annotation that is in error; warnings are not told. Ownership: the caller frees *out.
 */
GITOPS_API int gitops_document_controls(const gitops_document *document, const char *key,
                                        gitops_controls **out, gitops_error *err);

#ifdef __cplusplus
}
#endif
#endif
