/* Requests, answers, and calling a target's callbacks. */
#ifndef GOPS_TARGET_TARGET_H
#define GOPS_TARGET_TARGET_H

#include <gitops/target.h>

#include "base/buffer.h"
#include "base/refcount.h"

typedef enum gops_request_kind {
    GOPS_REQUEST_LIST = 1,
    GOPS_REQUEST_GET,
    GOPS_REQUEST_APPLY,
    GOPS_REQUEST_DELETE,
    GOPS_REQUEST_CHECK,
    GOPS_REQUEST_COMMIT,
    GOPS_REQUEST_ABORT,
    GOPS_REQUEST_FINGERPRINT,
    GOPS_REQUEST_ASSESS
} gops_request_kind;

/* Borrows everything. */
struct gitops_request {
    gops_request_kind kind;
    const char *key;
    const char *document;
    size_t document_length;
    const char *action;
    const char *version;
    const char *page;
    uint64_t id;
};

typedef enum gops_answer_state {
    GOPS_ANSWER_NONE = 0,
    GOPS_ANSWER_OBJECT,      /* get: one object was given */
    GOPS_ANSWER_LISTED,
    GOPS_ANSWER_ABSENT,
    GOPS_ANSWER_DONE,
    GOPS_ANSWER_FINGERPRINT,
    GOPS_ANSWER_HEALTH,
    GOPS_ANSWER_RETRY,
    GOPS_ANSWER_CONFLICT,
    GOPS_ANSWER_FAILED,
    GOPS_ANSWER_UNKNOWN
} gops_answer_state;

/* Takes an object of a listing or a get as it arrives. A failure is kept in the answer. */
typedef int (*gops_object_fn)(const char *key, const char *document, size_t length,
                              const char *version, void *user_data, gitops_error *err);

struct gitops_answer {
    gitops_context *context; /* borrowed */
    gops_request_kind kind;  /* what was asked */
    gops_answer_state state;
    const char *key;         /* get: what was asked about; borrowed */
    gops_object_fn on_object;
    void *on_object_data;
    gops_buffer document, version, text; /* text: next page, fingerprint or message */
    int has_document, has_version, has_page;
    int is_there;            /* done: a document was given, also where it could not be kept */
    int64_t after_ms;
    int32_t code;
    gitops_health health;    /* with GOPS_ANSWER_HEALTH */
    gitops_error failure;    /* of on_object or of memory; code 0 = none */
};

struct gitops_target {
    gops_refcount references;
    gitops_context *context;
    gitops_target_options options;
};

gitops_target *gops_target_ref(gitops_target *target);

void gops_answer_init(gitops_answer *answer, gitops_context *context, gops_request_kind kind);
void gops_answer_release(gitops_answer *answer);

/* 1 when the target has the callback for a kind of request. */
int gops_target_can(const gitops_target *target, gops_request_kind kind);

/* Calls the callback; an answer without a state becomes unknown. */
void gops_target_call(const gitops_target *target, const gitops_request *request,
                      gitops_answer *answer);

/*
 * Turns an answer that is no success into err: GITOPS_ETARGET (failed, unknown, retry), or
 * GITOPS_ECONFLICT, or the failure of on_object. Returns the code.
 */
int gops_answer_error(const gitops_answer *answer, const gitops_request *request,
                      gitops_error *err);

/* 1 when somebody says how the objects of a target are: the target itself, or their documents. */
int gops_target_has_health(const gitops_target *target);

/*
 * The verdict on a document as the target holds it, YAML or JSON; NULL: absent. flags:
 * GITOPS_ASSESS_... Returns 0, or GITOPS_ENOMEM; a document that cannot be read is unknown.
 */
int gops_target_judge(const gitops_target *target, const char *key, const char *document,
                      size_t length, uint32_t flags, gitops_health *out, gitops_error *err);

#endif
