/*
 * Identity: which object a document is. A NULL identity stands for the one by Kubernetes fields
 * everywhere.
 */
#ifndef GOPS_MANIFEST_IDENTITY_H
#define GOPS_MANIFEST_IDENTITY_H

#include <gitops/identity.h>

#include "base/blob_id.h"
#include "base/buffer.h"
#include "base/refcount.h"
#include "value/pointer.h"

/* What a document is to a manifest. */
typedef enum gops_role {
    GOPS_ROLE_NONE = 0,      /* no object: left out */
    GOPS_ROLE_OBJECT,
    GOPS_ROLE_LIST,          /* kind ends in List, items is a list: expand it */
    GOPS_ROLE_KUSTOMIZATION  /* input of kustomize, no object */
} gops_role;

enum { GOPS_PART_NAMESPACE, GOPS_PART_KIND, GOPS_PART_GROUP, GOPS_PART_NAME, GOPS_PART_COUNT };

struct gitops_identity {
    gops_refcount references;
    gitops_context *context;
    gops_arena arena; /* of what follows */
    int32_t by;       /* GITOPS_IDENTITY_... */
    int skip_others;
    uint32_t tools_off; /* GITOPS_TOOL_... */
    struct {
        const char *text; /* NULL: none */
        gops_pointer pointer;
    } parts[GOPS_PART_COUNT];
    const char *kind; /* of documents that do not say it; NULL: they must */
    gitops_identify_fn identify;
    void *user_data;
    void (*destroy_user_data)(void *user_data);
    const char *text; /* see gops_identity_text */
    int lasting;
};

static inline int gops_identity_by(const gitops_identity *identity)
{
    return identity ? identity->by : GITOPS_IDENTITY_KUBERNETES;
}

/* Tools whose annotations say nothing: GITOPS_TOOL_... */
static inline uint32_t gops_identity_tools_off(const gitops_identity *identity)
{
    return identity ? identity->tools_off : 0;
}

/* Takes one more hold; NULL is fine. */
gitops_identity *gops_identity_ref(gitops_identity *identity);

/*
 * Classifies a document and, for an object, writes its key to *key (cleared first). file is its
 * path in the snapshot. Not for GITOPS_IDENTITY_FILE, which knows no documents. Returns 0;
 * GITOPS_EPARSE with line, column and message (the caller knows the file); or GITOPS_ENOMEM.
 */
int gops_identify(const gitops_identity *identity, const gitops_value *root, const char *file,
                  gops_role *role, gops_buffer *key, gitops_error *err);

/*
 * The key of the object that a JSON pointer leads into: the document, or an item of its list. A
 * gops_identify_fn; user_data is an identity. No host is asked, because the document may be broken.
 */
int gops_identify_at(void *user_data, const gitops_value *root, const char *pointer,
                     gops_buffer *key);

/* The rules behind it. */
int gops_identify_kubernetes(const gitops_value *root, gops_role *role, gops_buffer *key,
                             gitops_error *err);
int gops_identify_pointers(const gitops_identity *identity, const gitops_value *root,
                           gops_role *role, gops_buffer *key, gitops_error *err);
int gops_identify_callback(const gitops_identity *identity, const gitops_value *root,
                           const char *file, gops_role *role, gops_buffer *key, gitops_error *err);

/*
 * What is remembered of a content depends on the identity it was read under. The text says all
 * that decides its answers, in words that are stable over releases, so that equal texts mean equal
 * keys; an identity that does not last (a callback without a rule) is equal to itself alone, and
 * what was read under it must not outlive it. The digest is the text's.
 */
const char *gops_identity_text(const gitops_identity *identity);
gops_digest gops_identity_digest(const gitops_identity *identity);
int gops_identity_lasts(const gitops_identity *identity);
int gops_identity_same(const gitops_identity *a, const gitops_identity *b);

/* 1 when keys depend on the path or mode of a file too, and not on its content alone. */
int gops_identity_sees_path(const gitops_identity *identity);

/*
 * What the objects of a file are remembered by. Where keys come from the content alone it is the
 * content's id; else a name for content, mode and path together.
 */
gops_blob_id gops_identity_name(const gitops_identity *identity, const gops_blob_id *content,
                                uint32_t mode, const char *path);

#endif
