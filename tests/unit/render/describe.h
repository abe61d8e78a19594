/* Everything that can be seen of a manifest, as text: two that are equal to the byte are the same. */
#ifndef TESTS_RENDER_DESCRIBE_H
#define TESTS_RENDER_DESCRIBE_H

#include "support.h"

#include <gitops/manifest.h>

/* malloc'd. Without how many files were parsed: that is no matter of what was found. */
char *describe_manifest(gitops_manifest *manifest);

#endif
