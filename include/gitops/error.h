/*
 * gitops/error.h - result codes and the error object.
 *
 * Every function that can fail returns an int: 0 is success, a negative GITOPS_E... code is a
 * failure. The last parameter is a caller-owned gitops_error that is filled on failure and left
 * alone on success; it may be NULL. It has one size for ever, holds no pointers and is never freed:
 *
 *     gitops_error err;
 *     if (gitops_context_new(&context, NULL, &err) < 0)
 *         fprintf(stderr, "%s\n", err.message);
 *
 * Messages are one lower-case line without a trailing period. They never hold a secret value nor
 * the user part of a URL.
 */
#ifndef GITOPS_ERROR_H
#define GITOPS_ERROR_H

#include <stddef.h>
#include <stdint.h>

#if defined(_WIN32)
#define GITOPS_API
#elif defined(__GNUC__)
#define GITOPS_API __attribute__((visibility("default")))
#else
#define GITOPS_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Result codes. New codes are appended; a host treats an unknown negative code as a failure. */
enum {
    GITOPS_OK = 0,
    GITOPS_ENOMEM = -1,       /* the allocator returned NULL */
    GITOPS_EINVAL = -2,       /* an argument or option breaks its contract */
    GITOPS_ENOTFOUND = -3,    /* the named thing does not exist (an authoritative answer) */
    GITOPS_EPARSE = -4,       /* text is not what its format demands; line and column are set */
    GITOPS_ELIMIT = -5,       /* a configured limit was reached; the message names it */
    GITOPS_EDUPLICATE = -6,   /* one identity, two places */
    GITOPS_ECONFLICT = -7,    /* both sides changed and the policy is to fail */
    GITOPS_EIO = -8,          /* the operating system refused; origin_code is errno */
    GITOPS_ESOURCE = -9,      /* the source could not be read */
    GITOPS_ETARGET = -10,     /* the target failed or did not answer */
    GITOPS_ESTORE = -11,      /* the store failed; nothing was recorded */
    GITOPS_ECORRUPT = -12,    /* stored state does not match its checksum or form */
    GITOPS_ELOCKED = -13,     /* another writer holds the lease */
    GITOPS_EHELD = -14,       /* the plan waits for approval */
    GITOPS_ECANCELLED = -15,  /* gitops_reconciler_cancel was called */
    GITOPS_ESTATE = -16,      /* a call out of order: the object is not in the needed state */
    GITOPS_EUNSUPPORTED = -17,/* well-formed, but this library does not do it */
    GITOPS_EFOREIGN = -18,    /* the state belongs to another target or another writer */
    GITOPS_EPARTIAL = -19,    /* a run finished, but at least one operation failed */
    GITOPS_EREWIND = -20,     /* the revision does not descend from the one applied last */
    GITOPS_EORDER = -21,      /* objects wait for each other, or for one that is not there */
    GITOPS_ESUSPENDED = -22,  /* the unit is suspended; nothing was applied */
    GITOPS_ESCOPE = -23       /* an object is outside of what its unit may touch */
};

/* Who reported the failure. */
enum {
    GITOPS_ORIGIN_LIBRARY = 0,
    GITOPS_ORIGIN_GIT = 1,    /* origin_code is libgit2's error code */
    GITOPS_ORIGIN_YAML = 2,   /* origin_code is libyaml's error type */
    GITOPS_ORIGIN_OS = 3,     /* origin_code is errno */
    GITOPS_ORIGIN_STORE = 4,  /* origin_code is SQLite's extended result code */
    GITOPS_ORIGIN_HOST = 5    /* origin_code is what the host's callback gave */
};

typedef struct gitops_error {
    int32_t code;         /* GITOPS_E..., 0 when unset */
    int32_t origin;       /* GITOPS_ORIGIN_... */
    int32_t origin_code;
    uint32_t line;        /* from 1; 0 = no position */
    uint32_t column;      /* from 1, in characters; 0 = no position */
    uint32_t document;    /* number of the document in its file, from 1; 0 = unknown */
    char where[256];      /* file, URL, unit or object; NUL-terminated, "" when unknown */
    char message[640];    /* NUL-terminated */
    uint8_t reserved[104];
} gitops_error;

/*
 * Name of a result code, such as "GITOPS_EPARSE"; "GITOPS_E?" for an unknown one.
 * Returns a static string. Threads: any.
 */
GITOPS_API const char *gitops_code_name(int32_t code);

#ifdef __cplusplus
}
#endif
#endif
