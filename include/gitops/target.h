/*
 * gitops/target.h - the system to keep equal to Git, as a small table of callbacks.
 *
 *     static int apply(const gitops_request *request, gitops_answer *answer, void *user_data)
 *     {
 *         size_t length;
 *         const char *json = gitops_request_document(request, &length);
 *         save(user_data, gitops_request_key(request), json, length);
 *         return gitops_answer_done(answer, NULL, 0, NULL);
 *     }
 *
 * A callback reads its request and answers through the opaque answer. Its int decides nothing: a
 * callback that returns without an answer has answered "unknown", and unknown never deletes.
 *
 * Caveats: answer from the thread that runs the callback, before it returns. Documents are JSON on
 * one line; answers may be YAML or JSON. A listing that cannot be completed must not be completed:
 * answer failed or nothing at all.
 */
#ifndef GITOPS_TARGET_H
#define GITOPS_TARGET_H

#include <gitops/health.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct gitops_target gitops_target;
typedef struct gitops_request gitops_request;
typedef struct gitops_answer gitops_answer;

typedef int (*gitops_target_fn)(const gitops_request *request, gitops_answer *answer,
                                void *user_data);

typedef struct gitops_target_options {
    size_t struct_size;
    void *user_data;
    void (*destroy_user_data)(void *user_data);
    gitops_target_fn list;          /* list or get is needed; both is best */
    gitops_target_fn get;
    gitops_target_fn apply;         /* create or update the object with the request's key */
    gitops_target_fn delete_object;
    gitops_target_fn check;         /* optional: would apply or delete work? changes nothing */
    gitops_target_fn commit;        /* optional: makes what was staged by apply and delete real */
    gitops_target_fn abort_staged;  /* needed with commit: drops what was staged */
    gitops_target_fn fingerprint;   /* optional: which system is this? the state is bound to it */
    uint32_t max_in_flight;         /* calls at once; 0 = 1 */
    uint32_t changes_all;           /* 1: no field is immutable here, so that nothing is replaced */
    gitops_target_fn assess;        /* optional: is the object at work? */
    uint32_t reports_health;        /* 1: what get gives carries its status, and is judged by it */
    gitops_health_table *health;    /* how, beside the library's rules; NULL: by these alone */
} gitops_target_options;

/*
 * Makes a target. Returns 0, GITOPS_EINVAL or GITOPS_ENOMEM. Ownership: the caller frees *out;
 * units keep it alive. user_data is taken over on success only; the table of health is held. Without
 * list, get, apply and delete_object the host answers those actions itself (gitops_action_answer).
 * A target with neither assess nor reports_health has no health: what was applied is done.
 * Threads: callbacks run where actions are executed, at most max_in_flight at once.
 */
GITOPS_API int gitops_target_new(gitops_target **out, gitops_context *context,
                                 const gitops_target_options *options, gitops_error *err);
GITOPS_API void gitops_target_free(gitops_target *target);

/* Key of the object asked about; "" for list, commit, abort and fingerprint. Borrowed. */
GITOPS_API const char *gitops_request_key(const gitops_request *request);

/* The document to apply, as one line of JSON, followed by a NUL; NULL where there is none. */
GITOPS_API const char *gitops_request_document(const gitops_request *request, size_t *length);

/*
 * "create", "update", "replace", "delete" or "adopt" for apply, delete and check; else "". To
 * replace is to delete the object and to make it anew of the document, which has nothing of what the
 * target held; its schema says that it cannot be updated (gitops_diff_replaces), or the target did.
 */
GITOPS_API const char *gitops_request_action(const gitops_request *request);

/* The version the target gave for this object when it was observed; NULL when it gave none. */
GITOPS_API const char *gitops_request_version(const gitops_request *request);

/* For list: the token of the page to give; NULL for the first page. */
GITOPS_API const char *gitops_request_page(const gitops_request *request);

/* A number that is the same when the same operation of a run is sent again; 0 for reads. */
GITOPS_API uint64_t gitops_request_id(const gitops_request *request);

/*
 * Answers of list and get: an object as the target holds it. version (NULL: none) is any text that
 * changes whenever the object does; with the version of the last run unchanged the document is not
 * looked at. With a version, list may leave the document out (NULL) when get is there.
 * Returns 0, GITOPS_EINVAL (no such question, or a malformed key) or GITOPS_ENOMEM. The bytes are
 * copied or used before the call returns (as for all answers).
 */
GITOPS_API int gitops_answer_object(gitops_answer *answer, const char *key, const char *document,
                                    size_t length, const char *version);

/* Answer of list: this page is done; page names the next one, NULL says the listing is complete. */
GITOPS_API int gitops_answer_listed(gitops_answer *answer, const char *next_page);

/* Answer of get: the object does not exist, for certain. */
GITOPS_API int gitops_answer_absent(gitops_answer *answer);

/*
 * Answer of apply, delete, check, commit and abort: done. document is the object as the target now
 * holds it (NULL: as sent, or gone), version as for gitops_answer_object.
 */
GITOPS_API int gitops_answer_done(gitops_answer *answer, const char *document, size_t length,
                                  const char *version);

/* Answer of fingerprint: text that identifies the real system, up to 255 bytes. */
GITOPS_API int gitops_answer_fingerprint(gitops_answer *answer, const char *text);

/*
 * Answer of assess: GITOPS_HEALTH_... and a message (NULL: none), which must hold no secrets. An
 * object that does not exist is missing. Returns 0, or GITOPS_EINVAL when it is no health.
 */
GITOPS_API int gitops_answer_health(gitops_answer *answer, int32_t health, const char *message);

/* Nothing happened; ask again after after_ms at the earliest. */
GITOPS_API int gitops_answer_retry(gitops_answer *answer, int64_t after_ms, const char *message);

/* Nothing happened: the object is not what the request's version says. It is observed again. */
GITOPS_API int gitops_answer_conflict(gitops_answer *answer, const char *message);

/* Nothing happened, and asking again will not help. code is the host's own. */
GITOPS_API int gitops_answer_failed(gitops_answer *answer, int32_t code, const char *message);

/*
 * 1 when a refusal says that something cannot be changed: "is immutable" or "immutable field" stand
 * in it, with one white space between the words (the rule of Flux). It is a guess by text, so
 * nothing is deleted for it unasked: the error of such an apply says that a plan replaces the object
 * where the schema calls the path immutable, and the next plan does where the object asks for it
 * (GITOPS_CONTROL_FORCE). message may be NULL. Threads: any.
 */
GITOPS_API int32_t gitops_refusal_is_immutable(const char *message);

/* Whether it happened is not known. Also the answer of a callback that gives none. */
GITOPS_API int gitops_answer_unknown(gitops_answer *answer, const char *message);

#ifdef __cplusplus
}
#endif
#endif
