/* Scalars with a tag: !!str, !!int, !!float, !!bool, !!null, !!timestamp, !!binary and others. */
#ifndef GOPS_VALUE_SCALAR_TAGS_H
#define GOPS_VALUE_SCALAR_TAGS_H

#include "value/scalar.h"

/*
 * Resolves a scalar with a full tag ("tag:yaml.org,2002:int"), quoted or not. Returns 0; 1 when
 * the tag is unknown and the text was taken; GITOPS_EPARSE when the text is not of that tag;
 * GITOPS_ENOMEM.
 */
int gops_scalar_resolve_tagged(gops_scalar *out, const char *tag, const char *text, size_t length,
                               gops_arena *arena);

/* 1 for the tags that say what a list or map is anyway. */
int gops_tag_is_collection(const char *tag);

#endif
