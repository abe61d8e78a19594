/*
 * A manifest: the index, how it was made, and its problems. Reading one from a snapshot is the
 * business of lib/render, which is above; a manifest keeps an opaque origin through which its
 * objects are opened again.
 */
#ifndef GOPS_MANIFEST_MANIFEST_H
#define GOPS_MANIFEST_MANIFEST_H

#include <gitops/manifest.h>

#include "manifest/contents.h"
#include "manifest/index.h"

/* Opens one object again; gives a document whose root is the object. */
typedef int (*gops_open_fn)(void *origin, const gops_item *entry, gitops_document **out,
                            gitops_error *err);

struct gitops_manifest {
    gops_refcount references;
    gitops_context *context;
    gops_node *index;      /* NULL = no objects */
    gops_contents *contents;
    gitops_diagnostics diagnostics;
    uint64_t skipped, unread, files_parsed;
    void *origin;
    gops_open_fn open;
    void (*free_origin)(void *origin);
};

/*
 * An empty manifest of an identity. What it knows of contents is shared, with contents that were
 * read alike (NULL: nothing is known). NULL: no memory.
 */
gitops_manifest *gops_manifest_new(gitops_context *context, gitops_identity *identity,
                                   gops_contents *contents);

/* Opens the object of an entry of this manifest. */
int gops_manifest_open_entry(gitops_manifest *manifest, const gops_item *entry,
                             gitops_document **out, gitops_error *err);

#endif
