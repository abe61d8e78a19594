/*
 * Who owns which field, as metadata.managedFields of a live object says it (FieldsV1): a tree of
 * path elements, "f:" a member, "k:" an element by its keys, "v:" one by its value, "i:" by its
 * index; "." is the place itself. What has nothing below it belongs to its manager whole.
 */
#ifndef GOPS_MANIFEST_FIELDS_H
#define GOPS_MANIFEST_FIELDS_H

#include "manifest/schema.h"

enum { GOPS_MANAGERS = 64 }; /* that are told apart; further ones are passed over */

typedef struct gops_manager_name {
    const char *text;
    size_t length;
} gops_manager_name;

typedef struct gops_field gops_field;

struct gops_field {
    const char *element; /* as it is written, with its kind; sorted by it among its siblings */
    size_t length;
    gitops_value value;  /* of "k:" a map, of "v:" */
    uint64_t index;      /* of "i:" */
    uint64_t owners;     /* managers of the place itself, as bits; */
    uint64_t wholes;     /*   of all that is below, too */
    uint8_t ignored;     /* it is whole and one of these is to be left alone */
    gops_field **children;
    size_t child_count;
};

typedef struct gops_fields {
    gops_manager_name managers[GOPS_MANAGERS];
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
 * Reads what live's managedFields say (of subresources nothing); live has to live on. manager NULL:
 * of all. What cannot be read is passed over. Returns 0 or GITOPS_ENOMEM.
 */
int gops_fields_read(gops_fields *out, gitops_context *context, gops_arena *arena,
                     const gitops_value *live, const char *manager);

/* Marks what belongs whole to one of these managers. */
void gops_field_ignore(gops_field *field, uint64_t managers);

/* Below a field: that of a member, and that of element i of a list; NULL: nobody owns it. */
const gops_field *gops_field_member(const gops_field *field, const char *key, size_t length);
const gops_field *gops_field_element(const gops_field *field, size_t i, const gitops_value *value,
                                     const gops_schema_place *list);

#endif
