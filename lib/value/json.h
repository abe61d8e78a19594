/* JSON texts (RFC 8259), strictly and without recursion. */
#ifndef GOPS_VALUE_JSON_H
#define GOPS_VALUE_JSON_H

#include "value/builder.h"
#include "value/text.h"

/*
 * Reads one JSON value at *place, the start of a line, into the builder, which was started, and
 * moves *place behind it and the blanks that follow. Returns 0; GITOPS_EPARSE with the problem in
 * *err and *place when it is not JSON; GITOPS_ELIMIT after reporting it; GITOPS_ENOMEM. Duplicate
 * keys are reported.
 */
int gops_json_read(gops_builder *builder, const char *text, size_t length, gops_place *place,
                   gitops_error *err);

#endif
