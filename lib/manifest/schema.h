/*
 * The schema as the diff sees it: walk down with the document, one place at a time. A place is a
 * small value; it borrows from its schema.
 */
#ifndef GOPS_MANIFEST_SCHEMA_H
#define GOPS_MANIFEST_SCHEMA_H

#include <gitops/schema.h>

#include "value/value.h"

typedef enum gops_list_kind {
    GOPS_LIST_ATOMIC = 0,
    GOPS_LIST_MAP,     /* elements are found by their keys */
    GOPS_LIST_SET,     /* scalars, each at most once, order without meaning */
    GOPS_LIST_SEQUENCE /* ordered; merged as lines of text are (diff3 over elements) */
} gops_list_kind;

typedef enum gops_map_kind {
    GOPS_MAP_FREE = 0,   /* arbitrary keys, owned one by one */
    GOPS_MAP_STRUCT,     /* declared fields: when we stop stating it, the whole subtree goes */
    GOPS_MAP_ATOMIC,     /* one leaf */
    GOPS_MAP_RETAIN_KEYS /* a union: keys that desired lacks go */
} gops_map_kind;

typedef enum gops_scalar_kind {
    GOPS_SCALAR_PLAIN = 0,
    GOPS_SCALAR_QUANTITY,      /* "1000m" equals 1 */
    GOPS_SCALAR_INT_OR_STRING, /* 80 and "80" differ, but it is no change of type */
    GOPS_SCALAR_TIME,          /* instants: "12:00:00Z" equals "13:00:00+01:00" */
    GOPS_SCALAR_DURATION,      /* "1h" equals "60m" */
    GOPS_SCALAR_RESOURCE,      /* a quantity, rounded up to 1m */
    GOPS_SCALAR_NEWLINE,       /* texts; one newline at the end does not count */
    GOPS_SCALAR_CASE,          /* texts; upper and lower case of ASCII letters do not count */
    GOPS_SCALAR_SEMVER         /* "v1.2" equals "1.2.0+build" */
} gops_scalar_kind;

/* What is done where sides differ; of conflict and drift 0 leaves it to the diff. */
typedef struct gops_policy {
    uint8_t conflict; /* GITOPS_CONFLICT_... */
    uint8_t drift;    /* GITOPS_DRIFT_... */
    uint8_t mode;     /* GITOPS_MODE_OBSERVE, ALERT or ADOPT, which decide; or ENFORCE or 0 */
} gops_policy;

/* Why live's value stays; several may hold. */
typedef enum gops_ignored {
    GOPS_IGNORED_BY_RULE = 1,   /* comes along with something that is made anew */
    GOPS_IGNORED_OF_MANAGER = 2,
    GOPS_IGNORED_READ_ONLY = 4  /* by its type: the target alone writes it */
} gops_ignored;

/* What a strategic merge patch does to a list. */
typedef enum gops_patch_list {
    GOPS_PATCH_REPLACES = 0,
    GOPS_PATCH_MERGES,       /* by the first of its keys, or scalar by scalar */
    GOPS_PATCH_MERGES_UNLIKE /* by a key that a host's rule knows nothing of */
} gops_patch_list;

typedef struct gops_list_key {
    const char *name;                  /* NUL-terminated */
    const gitops_value *default_value; /* for identity when the element has none; may be NULL */
} gops_list_key;

/* One tuple of keys; several are tried in order until one is usable (diff.md 1.3). */
typedef struct gops_list_keys {
    const gops_list_key *keys;
    size_t count;
} gops_list_keys;

typedef struct gops_schema_place {
    const gitops_schema *schema;
    const void *graph;  /* of the schema's own: what type belongs to */
    const void *type;   /* of the schema's own: the type at this place, or NULL */
    const void *field;  /* of the schema's own: who owns it in live (fields.h), or NULL */
    const void *rules;  /* of the schema's own: path rules that can still match */
    uint8_t list;       /* gops_list_kind, should the value be a list */
    uint8_t map;        /* gops_map_kind, should it be a map */
    uint8_t scalar;     /* gops_scalar_kind */
    uint8_t omit_empty; /* null, absent, {} and [] are one value here */
    uint8_t defaulted;  /* atomic: live keys that neither base nor desired has are not drift */
    uint8_t ignored;    /* gops_ignored: never compared, live's value stays; 0: it is not */
    uint8_t sensitive;  /* and everything below */
    uint8_t immutable;  /* and everything below */
    gops_policy policy; /* and of everything below */
    uint8_t patch_merges; /* gops_patch_list */
    uint8_t patch_whole;  /* the server takes whole what a patch says here */
    uint8_t dropped;    /* of the schema's own: what types do not say within other objects */
    uint16_t kind;      /* of the schema's own: the exact kind of the document among rules */
    uint32_t tuple_count;
    uint64_t globs; /* of the schema's own: what is for the document */
    const gops_list_keys *tuples; /* of a GOPS_LIST_MAP */
} gops_schema_place;

/* Puts what over says in the place of what policy says. */
static inline void gops_policy_set(gops_policy *policy, gops_policy over)
{
    if (over.conflict)
        policy->conflict = over.conflict;
    if (over.drift)
        policy->drift = over.drift;
    if (over.mode)
        policy->mode = over.mode;
}

/* 1 when a null in desired means "must be absent". */
int gops_schema_null_is_absent(const gitops_schema *schema);

/*
 * The root place of a document (for kinds of Kubernetes its apiVersion and kind choose the type;
 * document may be NULL).
 */
void gops_schema_root(const gitops_schema *schema, const gitops_value *document,
                      gops_schema_place *out);

/* 1 when rules name field managers whose fields are ignored. */
int gops_schema_has_managers(const gitops_schema *schema);

/* 1 when the fields of a manager are ignored in the document of a root place. */
int gops_schema_ignores_manager(const gops_schema_place *root, const char *name, size_t length);

/*
 * The place of a member of the map at parent, and of element i of the list at parent. value is what
 * stands there, on any side: an object of a kind of its own has the type of its kind; may be NULL.
 */
void gops_schema_member(const gops_schema_place *parent, const char *key, size_t length,
                        const gitops_value *value, gops_schema_place *out);
void gops_schema_element(const gops_schema_place *parent, size_t i, const gitops_value *value,
                         gops_schema_place *out);

/* 1 when all elements of the list at a place have one place, whatever their index and content. */
int gops_schema_elements_are_alike(const gops_schema_place *place);

/*
 * 1 when the root place of a document is that of a built-in kind of Kubernetes: only of these it is
 * known how a server reads a strategic merge patch.
 */
int gops_schema_is_builtin(const gops_schema_place *root);

/*
 * 1 when rules speak of elements of the list at a place by what they hold; and what they call one
 * of them: the same for all that the same rules speak of.
 */
int gops_schema_names_elements(const gops_schema_place *place);
const void *gops_schema_element_name(const gops_schema_place *place, size_t i,
                                     const gitops_value *value);

#endif
