/* Elements of lists among the fields below a place, found by what they are known by. */
#ifndef GOPS_MANIFEST_FIELD_ELEMENTS_H
#define GOPS_MANIFEST_FIELD_ELEMENTS_H

#include "manifest/fields.h"

/* Makes the children of a field that are no members ready to be found. Returns 0 or GITOPS_ENOMEM. */
int gops_field_index(gops_field *field, gops_arena *arena);

#endif
