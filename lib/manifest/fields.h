/*
 * Who owns which field, as metadata.managedFields of a live object says it (FieldsV1): a tree of
 * path elements, "f:" a member, "k:" an element by its keys, "v:" one by its value, "i:" by its
 * index; "." is the place itself. What has nothing below it, for nobody, belongs to its manager whole.
 */
#ifndef GOPS_MANIFEST_FIELDS_H
#define GOPS_MANIFEST_FIELDS_H

#include "manifest/schema.h"

typedef struct gops_field_manager {
    const char *text; /* its name */
    size_t length;
    int ignored;      /* what belongs to it whole is to be left alone */
    uint32_t ours;    /* the last removal in which it was found to be us, */
    uint32_t spared;  /*   and to be another whose fields stay; of diff/spare.h */
} gops_field_manager;

typedef struct gops_owner {
    gops_field_manager *manager;
    uint8_t is_whole; /* of all that is below, too */
} gops_owner;

typedef struct gops_field gops_field;
typedef struct gops_field_elements gops_field_elements;

struct gops_field {
    const char *element; /* as it is written, with its kind; sorted by it among its siblings */
    size_t length;
    gitops_value value;  /* of "k:" a map, of "v:" */
    uint64_t index;      /* of "i:" */
    gops_owner *owners;  /* of the place itself, in the order of managers */
    size_t owner_count;
    uint8_t is_whole;    /* it belongs whole to one of them */
    uint8_t ignored;     /* ... who is to be left alone */
    gops_field **children;
    size_t child_count;
    gops_field_elements *elements; /* finds those that are not members; NULL: there are none */
};

typedef struct gops_fields {
    gops_field_manager *managers; /* in the order in which live names them */
    size_t manager_count;
    gops_field root;
} gops_fields;

/*
 * Reads one path element; value goes to the arena, element borrows. Returns 0, GITOPS_EPARSE or
 * GITOPS_ENOMEM.
 */
int gops_field_read(gops_field *out, gitops_context *context, gops_arena *arena, const char *text,
                    size_t length);

/*
 * Reads what live's managedFields say (of subresources nothing); live has to live on. What cannot
 * be read is passed over. Returns 0 or GITOPS_ENOMEM.
 */
int gops_fields_read(gops_fields *out, gitops_context *context, gops_arena *arena,
                     const gitops_value *live);

/* The manager of a name; NULL: it owns nothing. */
gops_field_manager *gops_fields_manager(const gops_fields *fields, const char *name);

/* Marks what belongs whole to a manager that is ignored. */
void gops_field_ignore(gops_field *field);

/* Below a field: that of a member, and that of element i of a list; NULL: nobody owns it. */
const gops_field *gops_field_member(const gops_field *field, const char *key, size_t length);
const gops_field *gops_field_element(const gops_field *field, size_t i, const gitops_value *value,
                                     const gops_schema_place *list);

#endif
