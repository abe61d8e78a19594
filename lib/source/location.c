/*
 * location: the allow-list of schemes is decided here, before any library sees the text, because
 * libgit2 takes nearly everything for something it can open.
 */
#include "source/location.h"

#include <stdio.h>
#include <string.h>

typedef struct url_parts {
    const char *user; /* up to user_length bytes in front of "@"; may be empty */
    size_t user_length;
    const char *host;
    size_t host_length;
    const char *path; /* what follows the host, with its ":port" or "/" */
} url_parts;

/* Length of "scheme" in "scheme://"; 0 when there is none. */
static size_t scheme_length(const char *text)
{
    size_t length =
        strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.");
    return strncmp(text + length, "://", 3) == 0 ? length : 0;
}

/* User info ends at the last "@" of the authority, as lenient readers have it. */
static url_parts split_url(const char *url)
{
    size_t scheme = scheme_length(url);
    const char *start = scheme ? url + scheme + 3 : url;
    size_t length = strcspn(start, scheme ? "/?#" : "/");
    const char *at = NULL;
    for (size_t i = 0; i < length; i++)
        if (start[i] == '@')
            at = start + i;
    url_parts parts = {start, at ? (size_t)(at - start) : 0, at ? at + 1 : start, 0, NULL};
    const char *end = start + length;
    while (parts.host + parts.host_length < end && parts.host[parts.host_length] != ':')
        parts.host_length++;
    parts.path = parts.host + parts.host_length;
    return parts;
}

static int has_control(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7F)
            return 1;
    return 0;
}

static int is_host(const char *host, size_t length)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";
    return length > 0 && host[0] != '-' && strspn(host, letters) >= length;
}

/* ":" with nothing but digits, then the end or a path. */
static int is_port(const char *text)
{
    size_t digits = strspn(text + 1, "0123456789");
    return text[1 + digits] == '\0' || text[1 + digits] == '/';
}

/* Quotes and "!" are refused because old versions of libgit2 pass the path to a remote shell. */
static int check_url(const char *url, gitops_error *err)
{
    url_parts parts = split_url(url);
    if (strchr(url, ' ') || strchr(url, '\\'))
        return gops_fail(err, GITOPS_EINVAL, "source: a url must not hold blanks or backslashes");
    if (!is_host(parts.host, parts.host_length))
        return gops_fail(err, GITOPS_EINVAL, "source: the url does not name a valid host");
    if (scheme_length(url) && *parts.path == ':' && !is_port(parts.path))
        return gops_fail(err, GITOPS_EINVAL, "source: the url does not name a valid port");
    if (parts.user_length && parts.user[0] == '-')
        return gops_fail(err, GITOPS_EINVAL, "source: the user in a url must not start with \"-\"");
    if (strpbrk(parts.path, "'!\"`$;|&<>"))
        return gops_fail(err, GITOPS_EINVAL,
                         "source: the path of a url must not hold quotes or shell characters");
    return 0;
}

static int is_scheme(const char *location, size_t length, const char *name)
{
    return strlen(name) == length && strncmp(location, name, length) == 0;
}

static int parse_scheme(const char *location, size_t length, gops_location_kind *kind,
                        const char **name, gitops_error *err)
{
    if (is_scheme(location, length, "file")) {
        const char *path = location + length + 3;
        if (strncmp(path, "localhost/", 10) == 0)
            path += 9;
        if (*path != '/')
            return gops_fail(err, GITOPS_EINVAL, "source: a file url needs an absolute path");
        *name = path;
        *kind = GOPS_LOCATION_PATH;
        return 0;
    }
    if (!is_scheme(location, length, "https") && !is_scheme(location, length, "ssh"))
        return gops_fail(err, GITOPS_EUNSUPPORTED,
                         "source: scheme \"%.*s\" is not allowed; https and ssh are",
                         length > 32 ? 32 : (int)length, location);
    *kind = GOPS_LOCATION_URL;
    *name = location;
    return check_url(location, err);
}

/* As git reads it: a colon in front of any slash makes it host:path. */
static int is_scp_like(const char *location)
{
    size_t length = strcspn(location, ":/");
    return location[length] == ':';
}

int gops_location_parse(const char *location, gops_location_kind *kind, const char **name,
                        gitops_error *err)
{
    if (!location || !*location)
        return gops_fail(err, GITOPS_EINVAL, "source: location is empty");
    if (location[0] == '-')
        return gops_fail(err, GITOPS_EINVAL, "source: a location must not start with \"-\"");
    if (has_control(location))
        return gops_fail(err, GITOPS_EINVAL, "source: a location must not hold control characters");
    *name = location;
    *kind = GOPS_LOCATION_PATH;
    if (strncmp(location, "dir:", 4) == 0) {
        *name = location + 4;
        *kind = GOPS_LOCATION_DIRECTORY;
        return **name ? 0 : gops_fail(err, GITOPS_EINVAL, "source: \"dir:\" needs a path");
    }
    size_t length = scheme_length(location);
    if (length)
        return parse_scheme(location, length, kind, name, err);
    if (!is_scp_like(location))
        return 0;
    if (strstr(location, "::"))
        return gops_fail(err, GITOPS_EUNSUPPORTED,
                         "source: remote helpers (\"helper::address\") are not allowed");
    *kind = GOPS_LOCATION_URL;
    return check_url(location, err);
}

void gops_url_public(const char *url, char *out, size_t size)
{
    url_parts parts = split_url(url);
    snprintf(out, size, "%.*s%s", (int)(parts.user - url), url, parts.host);
}

void gops_url_redact(const char *url, char *message)
{
    url_parts parts = split_url(url);
    const char *secret = parts.user;
    size_t length = parts.user_length;
    const char *colon = length ? memchr(secret, ':', length) : NULL;
    if (colon) { /* the password is what must not show; a user name alone is as short as "git" */
        length -= (size_t)(colon + 1 - secret);
        secret = colon + 1;
    }
    if (length == 0)
        return;
    for (size_t i = 0; message[i]; i++)
        if (strncmp(message + i, secret, length) == 0)
            memset(message + i, '*', length);
}
