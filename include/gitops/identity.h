/*
 * gitops/identity.h - which object a document is: what gives objects their keys.
 *
 *     gitops_identity_options options = {sizeof options, 0};
 *     options.by = GITOPS_IDENTITY_POINTERS;
 *     options.name_pointer = "/host/name";
 *     options.kind = "Host";
 *     gitops_identity_new(&identity, context, &options, &err);
 *
 * A key is NAMESPACE/KIND.GROUP/NAME: "shop/Deployment.apps/web", "_/Host/db1". "_" stands for no
 * namespace, and without a group its dot is not there. Four rules make keys (docs/identity.md):
 *
 * - Kubernetes fields: apiVersion, kind, metadata.namespace and metadata.name. The default.
 * - Pointers: JSON pointers to the parts of the key in each document.
 * - Files: every file below the path is one object, whatever its name and content; its document
 *   holds its mode and its content.
 * - A callback of the host: it is shown each document and gives its key.
 *
 * A segment of a key has 1 to 253 bytes of UTF-8 without "/", "\", blanks and control characters,
 * and does not start with "."; what gives another one is an error at the place it comes from.
 *
 * Caveats: a document that should be an object and has no identity is an error, because an object
 * that is not there is deleted. What is no object must be told apart by rule: by skip_others, by
 * the callback, or by patterns that leave files out.
 */
#ifndef GITOPS_IDENTITY_H
#define GITOPS_IDENTITY_H

#include <gitops/value.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct gitops_identity gitops_identity;
typedef struct gitops_identity_answer gitops_identity_answer;

enum {
    GITOPS_IDENTITY_KUBERNETES = 0,
    GITOPS_IDENTITY_POINTERS = 1,
    GITOPS_IDENTITY_FILE = 2,
    GITOPS_IDENTITY_CALLBACK = 3
};

/* Tools whose annotations are understood beside our own (docs/controls.md); bits. */
enum {
    GITOPS_TOOL_ARGO = 1,
    GITOPS_TOOL_FLUX = 2,
    GITOPS_TOOL_HELM = 4,
    GITOPS_TOOL_CLI_UTILS = 8,
    GITOPS_TOOL_KAPP = 16
};

/*
 * Names the object that a document is, through the answer. root is borrowed for the call; file is
 * its path in the snapshot. The int decides nothing: a callback that returns without an answer has
 * made an error of the document. The same document and file must always give the same answer.
 */
typedef int (*gitops_identify_fn)(const gitops_value *root, const char *file,
                                  gitops_identity_answer *answer, void *user_data);

typedef struct gitops_identity_options {
    size_t struct_size;
    int32_t by;                     /* GITOPS_IDENTITY_... */
    int32_t skip_others;            /* pointers: 1 = a document in which no pointer points to
                                       anything is no object; 0 = it is an error */
    const char *name_pointer;       /* pointers: needed */
    const char *namespace_pointer;  /* NULL, or nothing there: no namespace */
    const char *kind_pointer;       /* NULL, or nothing there: the kind below */
    const char *group_pointer;      /* NULL, or nothing there: no group */
    const char *kind;               /* NULL: "Object", or needed in each document when there is a
                                       kind_pointer */
    gitops_identify_fn identify;    /* callback: needed */
    void *user_data;
    void (*destroy_user_data)(void *user_data);
    const char *rule;               /* callback: text that changes when its answers do. What was
                                       read under an equal one may be remembered for ever; NULL:
                                       while this identity lives */
    uint32_t tools_off;             /* GITOPS_TOOL_...: those whose annotations say nothing here,
                                       right or wrong; 0: all are understood */
} gitops_identity_options;

/*
 * Makes an identity; options may be NULL. Returns 0, GITOPS_EINVAL (also for a malformed pointer
 * or kind) or GITOPS_ENOMEM. Ownership: the caller frees *out; manifests and units keep it alive.
 * user_data is taken over on success only. Threads: any; the callback runs on the thread that
 * reads a manifest.
 */
GITOPS_API int gitops_identity_new(gitops_identity **out, gitops_context *context,
                                   const gitops_identity_options *options, gitops_error *err);

/* Takes one more hold. Returns it. Threads: any. */
GITOPS_API gitops_identity *gitops_identity_ref(gitops_identity *identity);

/* Gives up one hold. NULL is fine. Threads: any. */
GITOPS_API void gitops_identity_free(gitops_identity *identity);

/*
 * Answers of the callback; the first one counts. key is copied, and checked like every key.
 * Return 0, or GITOPS_EINVAL when there is an answer already or the key is malformed (which makes
 * an error of the document in any case). Threads: the callback's.
 */
GITOPS_API int gitops_identity_answer_key(gitops_identity_answer *answer, const char *key);

/* The document is no object: it is counted and left out. */
GITOPS_API int gitops_identity_answer_skip(gitops_identity_answer *answer);

/* The document should be an object, and is broken: an error with this message, up to 500 bytes. */
GITOPS_API int gitops_identity_answer_failed(gitops_identity_answer *answer, const char *message);

/*
 * The key of a file as an object: "nginx%2Fconf.d/File/site.conf" for nginx/conf.d/site.conf. path
 * is relative to the path that is read. docs/identity.md has the rules of the escapes.
 * Returns 0, GITOPS_EINVAL (no relative path of names), GITOPS_ELIMIT (a segment would be longer
 * than 253 bytes) or GITOPS_ENOMEM. Ownership: the caller frees *out. Threads: any.
 */
GITOPS_API int gitops_file_key(gitops_buffer **out, gitops_context *context, const char *path,
                               gitops_error *err);

/* The path that a key of a file was made from. Returns 0, or GITOPS_EINVAL when it is no such key.
   Ownership and threads as above. */
GITOPS_API int gitops_file_key_path(gitops_buffer **out, gitops_context *context, const char *key,
                                    gitops_error *err);

#ifdef __cplusplus
}
#endif
#endif
