/* Importing a caller's option struct of any age. */
#ifndef GOPS_BASE_OPTIONS_H
#define GOPS_BASE_OPTIONS_H

#include "base/error.h"

/*
 * Copies the caller's struct (its first member is size_t struct_size) into target of size bytes.
 * NULL or a shorter one is filled with zeros; a longer one is fine while its tail is zero, else it
 * asks for something this library does not know. Returns 0 or GITOPS_EINVAL.
 */
int gops_options_import(void *target, size_t size, const void *options, const char *name,
                        gitops_error *err);

#endif
