/* In which order the members of a map are written. */
#ifndef GOPS_VALUE_EMIT_ORDER_H
#define GOPS_VALUE_EMIT_ORDER_H

#include "base/context.h"
#include "value/value.h"

/* A map with texts as apiVersion and kind. */
int gops_order_is_object(const gitops_value *value);

/*
 * Lays out the members of a map: those of an object with apiVersion, kind and metadata first, those
 * of the metadata of an object with name and namespace first, the others by GITOPS_ORDER_...
 * *out is NULL when they come as they are stored, and otherwise memory of the context for the
 * caller to free. Returns 0 or GITOPS_ENOMEM.
 */
int gops_order_members(gitops_context *context, const gitops_value *map, int is_metadata,
                       int32_t order, const gitops_value ***out);

#endif
