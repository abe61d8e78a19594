/*
 * gitops/diff.h - three-way diff and merge of one object, and patches.
 *
 *     gitops_diff_new(&diff, context, base, desired, live, NULL, &err);   // NULL side = absent
 *     if (gitops_diff_differs(diff))
 *         send(gitops_diff_merged(diff));
 *
 * base is what was last sent, desired is what Git says, live is what the target holds. A leaf is
 * ours when desired states it or base did; other leaves are never touched. Every leaf falls into
 * one row of the truth table in docs/diff.md, which gives its class and action.
 *
 * Caveats: change records never hold a sensitive value; the merged document and patches do, because
 * they are sent.
 */
#ifndef GITOPS_DIFF_H
#define GITOPS_DIFF_H

#include <gitops/schema.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct gitops_diff gitops_diff;
typedef struct gitops_changes gitops_changes;
typedef struct gitops_change gitops_change;
typedef struct gitops_conflict_answer gitops_conflict_answer;

/*
 * Decides one conflict under GITOPS_CONFLICT_CALLBACK, through the answer. It is asked once for
 * what is decided as one: a leaf, an element or object that comes or goes as a whole, a part of a
 * sequence, the order of a list (its values are then the keys in their order). change says what
 * the records of the diff will say: a sensitive value is "***" here too; there is no merged value
 * yet, and the action is "none". It is borrowed for the call. The int decides nothing: a callback
 * that returns without an answer has answered GITOPS_CONFLICT_FAIL.
 */
typedef int (*gitops_conflict_fn)(const gitops_change *change, gitops_conflict_answer *answer,
                                  void *user_data);

typedef struct gitops_diff_options {
    size_t struct_size;
    gitops_schema *schema;         /* NULL: Kubernetes for documents with apiVersion and kind */
    int32_t conflict;              /* GITOPS_CONFLICT_... */
    int32_t drift;                 /* GITOPS_DRIFT_... */
    const char *file;              /* name of desired's file, for origins; may be NULL */
    gitops_document *normal;       /* what the target made of base (gitops_diff_normal); or NULL */
    gitops_conflict_fn resolve;    /* for GITOPS_CONFLICT_CALLBACK, also of a path; or NULL */
    void *user_data;               /* of resolve */
    const char *manager;           /* our field manager, for what others own; NULL: not known */
} gitops_diff_options;

/*
 * Compares. Returns 0; GITOPS_ECONFLICT with *out set (its changes name the conflicts, it has no
 * merged document) where a policy or an answer is GITOPS_CONFLICT_FAIL, also after others were
 * answered; GITOPS_EINVAL or GITOPS_ENOMEM with *out NULL. With GITOPS_CONFLICT_CALLBACK as its own
 * policy resolve is needed; a path with that policy fails without it.
 * Ownership: the caller frees *out, which holds on to the documents; resolve and user_data are for
 * this call only. Threads: any; resolve runs on the caller's, and may make diffs of its own.
 */
GITOPS_API int gitops_diff_new(gitops_diff **out, gitops_context *context, gitops_document *base,
                               gitops_document *desired, gitops_document *live,
                               const gitops_diff_options *options, gitops_error *err);
GITOPS_API void gitops_diff_free(gitops_diff *diff);

/*
 * Answers a conflict with GITOPS_CONFLICT_DESIRED, LIVE or FAIL; the first answer counts. Returns
 * 0; GITOPS_EINVAL when there is one already, and for anything else, which counts as FAIL.
 * Threads: the callback's.
 */
GITOPS_API int gitops_conflict_answer_set(gitops_conflict_answer *answer, int32_t policy);

/* The document as the target should hold it; NULL when it should not exist. Borrowed. */
GITOPS_API gitops_document *gitops_diff_merged(const gitops_diff *diff);

/* 1 when merged differs from live. */
GITOPS_API int32_t gitops_diff_differs(const gitops_diff *diff);

/*
 * 1 when merged cannot be written over live, because the target does not change what differs: the
 * object is to be deleted and made again. gitops_change_replaces tells which changes say so.
 */
GITOPS_API int32_t gitops_diff_replaces(const gitops_diff *diff);

/*
 * What a target made of a document that was sent to it, from the document that it answered with: the
 * leaves of sent as the target holds them. *out is NULL when it holds them as they were sent. As the
 * normal of a later diff it keeps what the target only rewrote from being drift: a leaf that desired
 * and base agree on is in sync while live has it as normal does. Only an answer to our own apply may
 * be given; schema as in gitops_diff_options.
 * Returns 0, GITOPS_EINVAL or GITOPS_ENOMEM. Ownership: the caller frees *out. Threads: any.
 */
GITOPS_API int gitops_diff_normal(gitops_document **out, gitops_context *context,
                                  gitops_document *sent, gitops_document *answer,
                                  gitops_schema *schema, gitops_error *err);

/* The changed leaves; borrowed, never NULL. */
GITOPS_API gitops_changes *gitops_diff_changes(const gitops_diff *diff);

/* A change list is immutable and outlives its diff when held; NULL reads as an empty one. Threads:
   any (all below). */
GITOPS_API gitops_changes *gitops_changes_ref(gitops_changes *changes);
GITOPS_API void gitops_changes_free(gitops_changes *changes);
GITOPS_API size_t gitops_changes_count(const gitops_changes *changes);
GITOPS_API const gitops_change *gitops_changes_get(const gitops_changes *changes, size_t i);

/* JSON pointer of the leaf ("" = the whole document). NUL-terminated, borrowed. */
GITOPS_API const char *gitops_change_path(const gitops_change *change);

/*
 * The path for people: as the path, but an element that is found by its keys is named by them,
 * "/spec/containers/[name=web]/image", unless they are secret. NUL-terminated, borrowed.
 */
GITOPS_API const char *gitops_change_label(const gitops_change *change);

/* Row of the truth table: "git-add", "drift-modified", ... Static string. */
GITOPS_API const char *gitops_change_class(const gitops_change *change);

/* What is done to the target: "add", "replace", "remove", "keep" or "none". Static string. */
GITOPS_API const char *gitops_change_action(const gitops_change *change);

/* "add/add", "modify/modify", "modify/delete", "delete/modify"; NULL without one. Static string. */
GITOPS_API const char *gitops_change_conflict(const gitops_change *change);

/* 1 when the target drifted from what was last sent here. */
GITOPS_API int32_t gitops_change_drift(const gitops_change *change);

/*
 * The field managers of live's value by managedFields, with ", " between them. NULL when nobody
 * owns it, and when the schema has no rule for a manager: only with one owners are looked for.
 * Borrowed.
 */
GITOPS_API const char *gitops_change_owner(const gitops_change *change);

/* 1 when the values are secret; the four values below are then the string "***" where present. */
GITOPS_API int32_t gitops_change_sensitive(const gitops_change *change);

/* 1 when the target cannot change this leaf in place: by the schema, or by what live holds. */
GITOPS_API int32_t gitops_change_immutable(const gitops_change *change);

/* 1 when it is to be changed all the same: a reason to replace the object. */
GITOPS_API int32_t gitops_change_replaces(const gitops_change *change);

/* The leaf on each side; NULL = absent. Borrowed from the change list. */
GITOPS_API const gitops_value *gitops_change_base(const gitops_change *change);
GITOPS_API const gitops_value *gitops_change_desired(const gitops_change *change);
GITOPS_API const gitops_value *gitops_change_live(const gitops_change *change);
GITOPS_API const gitops_value *gitops_change_merged(const gitops_change *change);

/* Where desired states it: file (NULL when unknown), line and column (0 when unknown). */
GITOPS_API const char *gitops_change_file(const gitops_change *change);
GITOPS_API uint32_t gitops_change_line(const gitops_change *change);
GITOPS_API uint32_t gitops_change_column(const gitops_change *change);

enum {
    GITOPS_PATCH_JSON = 1,      /* RFC 6902 */
    GITOPS_PATCH_MERGE = 2,     /* RFC 7386 */
    GITOPS_PATCH_STRATEGIC = 3, /* strategic merge patch of Kubernetes, for built-in kinds */
    GITOPS_PATCH_APPLY = 4,     /* the body of a server-side apply */
    GITOPS_PATCH_DOCUMENT = 5   /* the whole merged document, as for PUT */
};

typedef struct gitops_patch_options {
    size_t struct_size;
    int32_t tests;            /* 1: a JSON patch tests what it replaces or removes, see below */
} gitops_patch_options;

/*
 * What is sent to turn live into merged, as one line of JSON. A patch is "[]" or "{}" when they are
 * equal. The body of a server-side apply is what merged holds of our leaves, what rules ignore as
 * live has it; the server removes what it lacks as far as an earlier apply of the same field manager
 * stated it. The whole document has the resourceVersion of live. options may be NULL. With tests, a
 * JSON patch tests each value before it replaces or removes it, and the keys of a list element
 * before it changes it, so that it fits only what the diff was made for; an atomic list is then
 * replaced whole.
 * Returns 0; GITOPS_EINVAL when merged is absent, or for a patch live; GITOPS_EUNSUPPORTED when the
 * form cannot say it, with the path in where: a null in a merge patch; in a server-side apply the
 * same keys twice or none, in live too, the removal of what we never stated, and all else of which
 * the server would not make merged (the body is read back for that); a list with other keys than the
 * server's merge key, a kind that is not built in or not live's, in a strategic merge patch;
 * GITOPS_ENOMEM.
 * Ownership: the caller frees *out. Threads: any.
 */
GITOPS_API int gitops_diff_patch(const gitops_diff *diff, int32_t type,
                                 const gitops_patch_options *options, gitops_buffer **out,
                                 gitops_error *err);

/*
 * Which forms can say the change: bits 1 << GITOPS_PATCH_.... None when nothing is to be sent,
 * because merged is absent. Returns 0, GITOPS_EINVAL or GITOPS_ENOMEM. Threads: any.
 */
GITOPS_API int gitops_diff_forms(const gitops_diff *diff, uint32_t *out, gitops_error *err);

/*
 * The form to send: of those that the target accepts (bits as above; 0: a JSON patch or the whole
 * document) the first that can say the change, of server-side apply, strategic merge patch, JSON
 * patch, merge patch and document.
 * Returns 0; GITOPS_EUNSUPPORTED when there is none; GITOPS_EINVAL or GITOPS_ENOMEM. Threads: any.
 */
GITOPS_API int gitops_diff_form(const gitops_diff *diff, uint32_t accepted, int32_t *out,
                                gitops_error *err);

/*
 * Applies a JSON, merge or strategic merge patch to a document, as its RFC or a server says, all or
 * nothing.
 * Returns 0; GITOPS_EPARSE when the patch is malformed; GITOPS_ECONFLICT when a test or a path of
 * a JSON patch does not hold; GITOPS_EUNSUPPORTED for a strategic merge patch on a document of a
 * kind that is not built in; GITOPS_ENOMEM. Ownership: the caller frees *out. Threads: any.
 */
GITOPS_API int gitops_patch_apply(gitops_document **out, gitops_context *context, int32_t type,
                                  const gitops_document *patch, gitops_document *document,
                                  gitops_error *err);

/*
 * A base for an object that another tool sent until now, so that what Git drops is seen to go: from
 * the annotation in which kubectl keeps what it applied; or of live what a field manager owns by
 * metadata.managedFields (FieldsV1, without subresources), with apiVersion, kind, name and
 * namespace.
 * Returns 0; GITOPS_ENOTFOUND when live has no such annotation or manager; GITOPS_EPARSE when the
 * annotation is no object (the message does not quote it); GITOPS_EINVAL or GITOPS_ENOMEM.
 * Ownership: the caller frees *out, which may hold on to live. Threads: any.
 */
GITOPS_API int gitops_base_from_annotation(gitops_document **out, gitops_context *context,
                                           const gitops_document *live, gitops_error *err);
GITOPS_API int gitops_base_from_manager(gitops_document **out, gitops_context *context,
                                        gitops_document *live, const char *manager,
                                        gitops_error *err);

#ifdef __cplusplus
}
#endif
#endif
