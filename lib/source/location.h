/* What the location of a source names: a path, a directory or a URL. */
#ifndef GOPS_SOURCE_LOCATION_H
#define GOPS_SOURCE_LOCATION_H

#include "base/error.h"

typedef enum gops_location_kind {
    GOPS_LOCATION_PATH,      /* a Git repository on this machine */
    GOPS_LOCATION_DIRECTORY, /* "dir:PATH" */
    GOPS_LOCATION_URL        /* https, ssh or [user@]host:path */
} gops_location_kind;

/*
 * Tells what a location is and sets *name to its path or URL, a part of the text. Returns 0,
 * GITOPS_EUNSUPPORTED (another scheme) or GITOPS_EINVAL (empty, an option, control characters,
 * a host or path that a shell or ssh could take for something else). Messages hold no user info.
 */
int gops_location_parse(const char *location, gops_location_kind *kind, const char **name,
                        gitops_error *err);

/* Copies a URL without its user info, cut to size. */
void gops_url_public(const char *url, char *out, size_t size);

/* Blanks every occurrence of the URL's user info in a message. */
void gops_url_redact(const char *url, char *message);

#endif
