/*
 * gitops/controls.h - what an object says about its own handling: control annotations.
 *
 *     gitops_manifest_controls(&controls, manifest, i, &err);
 *     if (gitops_controls_prune(controls) == GITOPS_REMOVAL_KEEP)
 *         printf("%s stays when it is removed from Git\n", gitops_manifest_key(manifest, i));
 *     gitops_controls_free(controls);
 *
 * The annotations gitops/..., those of Argo CD, Flux, Helm, cli-utils and kapp are read once, with
 * the object, into one set of typed fields; docs/controls.md lists them all with their values.
 * Where tools disagree ours counts; among the others the wave and the hooks of Argo CD count before
 * those of Helm, and whatever keeps an object from being deleted counts.
 *
 * Caveats: a value that does not parse is an error of its document when it decides order, deletion
 * or writing; it never counts as a default. Plans act on little of this yet: a replacement of an
 * object that is to be kept or confirmed is held.
 */
#ifndef GITOPS_CONTROLS_H
#define GITOPS_CONTROLS_H

#include <gitops/value.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct gitops_controls gitops_controls;

/* When an object is applied that is no part of the system itself but a step on the way; bits. */
enum {
    GITOPS_HOOK_PRE_SYNC = 1,
    GITOPS_HOOK_SYNC = 2,
    GITOPS_HOOK_POST_SYNC = 4,
    GITOPS_HOOK_SYNC_FAIL = 8,
    GITOPS_HOOK_PRE_DELETE = 16,
    GITOPS_HOOK_POST_DELETE = 32,
    GITOPS_HOOK_PRE_ROLLBACK = 64,
    GITOPS_HOOK_POST_ROLLBACK = 128,
    GITOPS_HOOK_TEST = 256
};

/* When a hook is deleted again; bits. */
enum {
    GITOPS_HOOK_DELETE_BEFORE_CREATION = 1, /* of the next one; the default of hooks */
    GITOPS_HOOK_DELETE_SUCCEEDED = 2,
    GITOPS_HOOK_DELETE_FAILED = 4
};

enum {
    GITOPS_REMOVAL_DEFAULT = 0, /* as the unit says */
    GITOPS_REMOVAL_ALLOWED = 1,
    GITOPS_REMOVAL_CONFIRM = 2, /* only after somebody agreed */
    GITOPS_REMOVAL_KEEP = 3     /* never */
};

/* Bits. */
enum {
    GITOPS_CONTROL_NO_APPLY = 1,       /* never written */
    GITOPS_CONTROL_CREATE_ONLY = 2,    /* created when missing, not changed after that */
    GITOPS_CONTROL_MERGE = 4,          /* fields that others added stay */
    GITOPS_CONTROL_REPLACE = 8,        /* put as a whole, not merged */
    GITOPS_CONTROL_FORCE = 16,         /* deleted and created when it cannot be changed in place */
    GITOPS_CONTROL_SERVER_SIDE = 32,   /* the API server merges */
    GITOPS_CONTROL_CLIENT_SIDE = 64,   /* the API server does not merge, whatever the unit says */
    GITOPS_CONTROL_NO_VALIDATION = 128,/* not checked against its schema */
    GITOPS_CONTROL_CHECK_KNOWN = 256,  /* checked beforehand only when the target knows its kind */
    GITOPS_CONTROL_PRUNE_LAST = 512,   /* pruned after everything else */
    GITOPS_CONTROL_DETACH = 1024,      /* what is kept loses the marks of its owner */
    GITOPS_CONTROL_NO_MIGRATION = 2048,/* fields set by client-side apply are not taken over */
    GITOPS_CONTROL_IGNORE_EXTRANEOUS = 4096, /* is no difference when it is not in Git */
    GITOPS_CONTROL_SERVER_DIFF = 8192,       /* compared by a dry run */
    GITOPS_CONTROL_WEBHOOK_DIFF = 16384      /* with what webhooks change */
};

/*
 * Below, controls may be NULL: an object without control annotations. Everything is borrowed.
 * Threads: any.
 */

/* Objects of a smaller wave come first; 0 when none is given. */
GITOPS_API int32_t gitops_controls_wave(const gitops_controls *controls);

/* GITOPS_HOOK_... bits; 0: the object is no hook. */
GITOPS_API uint32_t gitops_controls_hooks(const gitops_controls *controls);

/* GITOPS_HOOK_DELETE_... bits; 0 when the object is no hook. */
GITOPS_API uint32_t gitops_controls_hook_deletes(const gitops_controls *controls);

/* GITOPS_REMOVAL_...: when the object is removed from Git, and when its unit goes as a whole. */
GITOPS_API int32_t gitops_controls_prune(const gitops_controls *controls);
GITOPS_API int32_t gitops_controls_teardown(const gitops_controls *controls);

/* GITOPS_CONTROL_... bits. */
GITOPS_API uint32_t gitops_controls_options(const gitops_controls *controls);

/* Keys of the objects that must be there before this one; NULL when out of range. */
GITOPS_API size_t gitops_controls_dependency_count(const gitops_controls *controls);
GITOPS_API const char *gitops_controls_dependency(const gitops_controls *controls, size_t i);

/* Groups of changes that this object belongs to; NULL when out of range. */
GITOPS_API size_t gitops_controls_group_count(const gitops_controls *controls);
GITOPS_API const char *gitops_controls_group(const gitops_controls *controls, size_t i);

/* Rules such as "upsert after upserting GROUP"; NULL when out of range. */
GITOPS_API size_t gitops_controls_rule_count(const gitops_controls *controls);
GITOPS_API const char *gitops_controls_rule(const gitops_controls *controls, size_t i);

/* Frees controls. NULL is fine. Threads: any, once. */
GITOPS_API void gitops_controls_free(gitops_controls *controls);

#ifdef __cplusplus
}
#endif
#endif
