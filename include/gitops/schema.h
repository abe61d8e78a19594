/*
 * gitops/schema.h - how lists and maps of a document merge.
 *
 *     gitops_schema *schema;
 *     gitops_schema_new(&schema, context, GITOPS_SCHEMA_KUBERNETES, &err);
 *
 * A schema says of each path whether a list is keyed (a map of elements), a set, or atomic; whether
 * a map is replaced whole; which scalars are equal although their text is not; what a null means;
 * what is ignored, sensitive or immutable. The built-in types of Kubernetes are in the library;
 * those of custom resources come from their definitions, others from schema files, OpenAPI
 * documents or calls. Paths are JSON pointers in which "*" stands for any one segment, "**" for any
 * number of them, "[name=web]" for an element of a list and "app-*" for members named so.
 *
 * The ladder: a built-in schema; one document (gitops_schema_parse); many documents and rules by
 * calls (gitops_schema_builder); schemas over each other (gitops_schema_stack).
 *
 * Caveats: without a schema every map is merged and every list is replaced whole.
 */
#ifndef GITOPS_SCHEMA_H
#define GITOPS_SCHEMA_H

#include <gitops/value.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct gitops_schema gitops_schema;
typedef struct gitops_schema_builder gitops_schema_builder;

enum {
    GITOPS_SCHEMA_NONE = 1,        /* maps merge, lists are atomic, a null is a value */
    GITOPS_SCHEMA_KUBERNETES = 2   /* by apiVersion and kind of each document; null = absent */
};

/*
 * A built-in schema. Returns 0, GITOPS_EINVAL or GITOPS_ENOMEM. Ownership: the caller frees *out.
 * Threads: any; a schema is immutable.
 */
GITOPS_API int gitops_schema_new(gitops_schema **out, gitops_context *context, int32_t builtin,
                                 gitops_error *err);

/*
 * A schema from a document, by what it is (docs/schema.md):
 * - a schema file: a map with the members "null", kinds, objects, lists, maps, scalars,
 *   defaulted, omit-empty, ignore, sensitive, immutable and policies;
 * - a CustomResourceDefinition (apiextensions.k8s.io), or a list of some: the served versions, by
 *   their structural schemas and x-kubernetes- members; null = absent;
 * - an OpenAPI 3 document, or a Swagger 2 one: the components that say in
 *   x-kubernetes-group-version-kind which kinds they are; null = absent.
 * An unknown member of a schema file and an unknown value of an x-kubernetes- member are errors.
 * Returns 0; GITOPS_EPARSE with line and column; GITOPS_ELIMIT when there are too many patterns or
 * schemas are nested too deeply; GITOPS_EINVAL or GITOPS_ENOMEM.
 * Ownership: the caller frees *out, which borrows nothing from the document. Threads: any.
 */
GITOPS_API int gitops_schema_parse(gitops_schema **out, gitops_context *context,
                                   const gitops_document *document, gitops_error *err);

/*
 * Schemas over each other, the first to be asked first. A kind is described by the first schema
 * that lists it; rules come before types; of rules about one path the flags add up, and the first
 * schema that states a list, map or scalar kind there decides it, as the first one that states what
 * a null means decides that.
 * Returns 0; GITOPS_ELIMIT when there are too many patterns; GITOPS_EINVAL (count 0, or one of them
 * NULL) or GITOPS_ENOMEM. Ownership: the caller frees *out, which holds on to the schemas.
 * Threads: any.
 */
GITOPS_API int gitops_schema_stack(gitops_schema **out, gitops_context *context,
                                   gitops_schema *const *schemas, size_t count, gitops_error *err);

/* Takes one more hold on a schema. Returns it. Threads: any. */
GITOPS_API gitops_schema *gitops_schema_ref(gitops_schema *schema);

/* Gives up one hold. NULL is fine. Threads: any. */
GITOPS_API void gitops_schema_free(gitops_schema *schema);

/* What a null in desired means. */
enum {
    GITOPS_NULL_VALUE = 1,         /* a value like others */
    GITOPS_NULL_ABSENT = 2         /* the member must not be there */
};

/* How a list merges. */
enum {
    GITOPS_LIST_ATOMIC = 1,        /* replaced whole */
    GITOPS_LIST_MAP = 2,           /* elements are found by their keys */
    GITOPS_LIST_SET = 3,           /* values, each once; order has no meaning */
    GITOPS_LIST_SEQUENCE = 4       /* ordered; merged as the lines of a text are */
};

/* How a map merges. */
enum {
    GITOPS_MAP_FREE = 1,           /* any keys, each owned on its own */
    GITOPS_MAP_STRUCT = 2,         /* declared fields; no longer stated, all of it goes */
    GITOPS_MAP_ATOMIC = 3,         /* replaced whole */
    GITOPS_MAP_RETAIN_KEYS = 4     /* a union: keys that the desired map lacks go */
};

/* Which scalars are equal although their text is not. What does not parse is compared as it is. */
enum {
    GITOPS_SCALAR_PLAIN = 1,
    GITOPS_SCALAR_QUANTITY = 2,    /* "1000m" equals 1, as in Kubernetes */
    GITOPS_SCALAR_INT_OR_STRING = 3, /* 80 equals 80.0, not "80" */
    GITOPS_SCALAR_TIME = 4,        /* instants of RFC 3339, whatever their offset */
    GITOPS_SCALAR_DURATION = 5,    /* "1h" equals "60m", as in Go */
    GITOPS_SCALAR_RESOURCE = 6,    /* a quantity rounded up to 1m, as in core types of Kubernetes */
    GITOPS_SCALAR_NEWLINE = 7,     /* texts of which one has a newline more at its end */
    GITOPS_SCALAR_CASE = 8,        /* texts that differ in the case of ASCII letters */
    GITOPS_SCALAR_SEMVER = 9       /* "v1.2" equals "1.2.0+build" */
};

/* What else may hold at a path; ignored, sensitive and immutable hold for everything below. */
enum {
    GITOPS_RULE_OMIT_EMPTY = 1,    /* null, absent, {} and [] are one value here */
    GITOPS_RULE_DEFAULTED = 2,     /* atomic: additional live keys are not drift */
    GITOPS_RULE_IGNORED = 4,       /* never compared, sent only with what is made anew */
    GITOPS_RULE_SENSITIVE = 8,     /* shown as *** in changes, plans and reports */
    GITOPS_RULE_IMMUTABLE = 16     /* the target refuses to change it: replaced */
};

/* When both sides changed one leaf. */
enum {
    GITOPS_CONFLICT_DEFAULT = 0,
    GITOPS_CONFLICT_DESIRED = 1,   /* the default: Git wins */
    GITOPS_CONFLICT_LIVE = 2,      /* what the target holds stays */
    GITOPS_CONFLICT_FAIL = 3,      /* no merged result; GITOPS_ECONFLICT */
    GITOPS_CONFLICT_CALLBACK = 4   /* as the host answers (gitops/diff.h); no answer: fail */
};

/* When only the target changed a leaf of ours. */
enum {
    GITOPS_DRIFT_DEFAULT = 0,
    GITOPS_DRIFT_REVERT = 1,       /* the default */
    GITOPS_DRIFT_REPORT = 2,       /* recorded, left alone */
    GITOPS_DRIFT_IGNORE = 3        /* left alone, also where Git changed next to it */
};

/* What is done about a place and everything below it: names for policies, and what is none. */
enum {
    GITOPS_MODE_IGNORE = 1,        /* neither compared nor told: GITOPS_RULE_IGNORED */
    GITOPS_MODE_OBSERVE = 2,       /* recorded, never written */
    GITOPS_MODE_ALERT = 3,         /* the same, and told as drift that is left alone is */
    GITOPS_MODE_ADOPT = 4,         /* where desired and live have a value, live's becomes ours */
    GITOPS_MODE_ENFORCE = 5        /* conflict: desired, drift: revert */
};

typedef struct gitops_schema_rule {
    size_t struct_size;
    const char *kinds;             /* "Deployment.apps", "*.example.org"; NULL: every document */
    const char *path;              /* the pattern; NULL: "", the whole document */
    int32_t list;                  /* GITOPS_LIST_...; 0: nothing is said about it */
    int32_t map;                   /* GITOPS_MAP_...; 0: as above */
    int32_t scalar;                /* GITOPS_SCALAR_...; 0: as above */
    uint32_t flags;                /* GITOPS_RULE_... */
    const char *const *keys;       /* of a GITOPS_LIST_MAP: names of members, 1 to 16 */
    const char *const *defaults;   /* JSON scalars that stand for missing keys, each may be NULL; */
    size_t key_count;              /*   defaults NULL: there are none */
    int32_t mode;                  /* GITOPS_MODE_..., which stands alone; 0: none */
    int32_t conflict;              /* GITOPS_CONFLICT_...; 0: that of the place above */
    int32_t drift;                 /* GITOPS_DRIFT_...; 0: as above */
    const char *manager;           /* in the place of a path, with GITOPS_MODE_IGNORE: what this */
                                   /*   field manager owns in live; "hpa-*"; NULL: none */
    const char *namespaces;        /* of objects in these only: "team-*"; "": in none; NULL: any */
    const char *names;             /* of objects with such names only: "web-*"; NULL: any */
    const char *labels;            /* of objects with these only: "tier=front,app=web*"; NULL: any */
} gitops_schema_rule;

/*
 * Collects what a schema is to say. Returns 0, GITOPS_EINVAL or GITOPS_ENOMEM.
 * Ownership: the caller frees *out. Threads: one at a time.
 */
GITOPS_API int gitops_schema_builder_new(gitops_schema_builder **out, gitops_context *context,
                                         gitops_error *err);

/* NULL is fine. Threads: one at a time. */
GITOPS_API void gitops_schema_builder_free(gitops_schema_builder *builder);

/*
 * Adds what a document says, of any form that gitops_schema_parse takes. Types that are the same in
 * many documents are kept once. Of a kind that comes twice, the first one stays.
 * Returns as gitops_schema_parse; after a failure the builder can only be freed.
 * Ownership: the document stays the caller's. Threads: one at a time.
 */
GITOPS_API int gitops_schema_builder_add(gitops_schema_builder *builder,
                                         const gitops_document *document, gitops_error *err);

/*
 * Adds a rule. One for the same documents and path is added to: flags add up, what is said again
 * is changed. Returns 0; GITOPS_EINVAL for a rule that cannot be; GITOPS_EPARSE for a path, kind,
 * default or labels that do not parse; GITOPS_ELIMIT or GITOPS_ENOMEM; then the builder can only be freed.
 * Ownership: everything is copied. Threads: one at a time.
 */
GITOPS_API int gitops_schema_builder_rule(gitops_schema_builder *builder,
                                          const gitops_schema_rule *rule, gitops_error *err);

/* Says what a null means: GITOPS_NULL_.... Returns 0 or GITOPS_EINVAL. Threads: one at a time. */
GITOPS_API int gitops_schema_builder_null(gitops_schema_builder *builder, int32_t policy,
                                          gitops_error *err);

/*
 * Makes the schema; the builder can only be freed after it. Returns 0; GITOPS_ELIMIT when patterns
 * overlap in too many ways; GITOPS_EINVAL after a failure, or when it was made before;
 * GITOPS_ENOMEM. Ownership: the caller frees *out. Threads: one at a time.
 */
GITOPS_API int gitops_schema_builder_finish(gitops_schema **out, gitops_schema_builder *builder,
                                            gitops_error *err);

#ifdef __cplusplus
}
#endif
#endif
