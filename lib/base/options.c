/*
 * options: one way to read every option struct, so that old callers work with new libraries and
 * new callers are told what an old library cannot do.
 */
#include "base/options.h"

#include <string.h>

int gops_options_import(void *target, size_t size, const void *options, const char *name,
                        gitops_error *err)
{
    memset(target, 0, size);
    if (!options)
        return 0;
    size_t given;
    memcpy(&given, options, sizeof given);
    if (given < sizeof given)
        return gops_fail(err, GITOPS_EINVAL, "%s: struct_size is not set", name);
    const unsigned char *bytes = options;
    for (size_t i = size; i < given; i++)
        if (bytes[i])
            return gops_fail(err, GITOPS_EINVAL, "%s: option newer than this library", name);
    memcpy(target, options, given < size ? given : size);
    memcpy(target, &size, sizeof size);
    return 0;
}
