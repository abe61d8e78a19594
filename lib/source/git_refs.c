/*
 * git_refs: refs are read from their files, so that nothing but these files decides what a name
 * means: no configuration, no revision syntax, no cache. A look costs one small read.
 */
#include "source/git_refs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { SYMREF_DEPTH = 5, REF_MAX = 1024, PACKED_CHUNK = 32 * 1024, REF_FILE_MAX = 2048 };

static int is_hex_id(const char *text)
{
    return strspn(text, "0123456789abcdefABCDEF") == GIT_OID_HEXSZ && text[GIT_OID_HEXSZ] == '\0';
}

/* The rules of git-check-ref-format for one component. */
static int component_is_valid(const char *text, size_t length)
{
    if (length == 0 || text[0] == '.' || text[length - 1] == '.')
        return 0;
    if (length >= 5 && memcmp(text + length - 5, ".lock", 5) == 0)
        return 0;
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        int next = i + 1 < length ? text[i + 1] : 0;
        if (c <= 0x20 || c == 0x7F || strchr("~^:?*[\\", c) || (c == '.' && next == '.') ||
            (c == '@' && next == '{'))
            return 0;
    }
    return 1;
}

static int ref_is_valid(const char *ref)
{
    if (strlen(ref) > REF_MAX || strcmp(ref, "@") == 0 || ref[0] == '-')
        return 0;
    for (;;) {
        size_t length = strcspn(ref, "/");
        if (!component_is_valid(ref, length))
            return 0;
        if (!ref[length])
            return 1;
        ref += length + 1;
    }
}

int gops_git_check_ref(const char *ref, gitops_error *err)
{
    if (!ref || ref_is_valid(ref))
        return 0;
    return gops_fail(err, GITOPS_EINVAL,
                     "source: \"%.80s\" is not the name of a branch, tag, ref or commit", ref);
}

/* 40 digits at the start of a text. Returns 1 when they are there. */
static int parse_id(git_oid *out, const char *text, size_t length)
{
    char hex[GIT_OID_HEXSZ + 1];
    if (length < GIT_OID_HEXSZ)
        return 0;
    memcpy(hex, text, GIT_OID_HEXSZ);
    hex[GIT_OID_HEXSZ] = '\0';
    return is_hex_id(hex) && git_oid_fromstr(out, hex) == 0;
}

typedef struct packed_search {
    const char *name;
    size_t length;
    git_oid *id;
    int found;
} packed_search;

/* One line of packed-refs: "id name"; comments and peeled ids never have that form. */
static void look_at_line(packed_search *search, const char *line, size_t length)
{
    if (length == GIT_OID_HEXSZ + 1 + search->length && line[GIT_OID_HEXSZ] == ' ' &&
        memcmp(line + GIT_OID_HEXSZ + 1, search->name, search->length) == 0 &&
        parse_id(search->id, line, length))
        search->found = 1;
}

/* Looks at the whole lines of a piece of the file. Returns the bytes that were looked at. */
static size_t look_at_lines(packed_search *search, const char *text, size_t length)
{
    size_t at = 0;
    while (!search->found) {
        const char *end = memchr(text + at, '\n', length - at);
        if (!end)
            break;
        look_at_line(search, text + at, (size_t)(end - text) - at);
        at = (size_t)(end - text) + 1;
    }
    return at;
}

/* Returns 0, an errno value, or EINVAL for a line that is longer than any ref. */
static int search_packed(int fd, packed_search *search)
{
    char chunk[PACKED_CHUNK];
    size_t have = 0;
    while (!search->found) {
        ssize_t got = read(fd, chunk + have, sizeof chunk - have);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return got < 0 ? errno : 0;
        have += (size_t)got;
        size_t used = look_at_lines(search, chunk, have);
        if (used == 0 && have == sizeof chunk)
            return EINVAL;
        have -= used;
        memmove(chunk, chunk + used, have);
    }
    return 0;
}

static int read_packed_ref(git_oid *out, const gops_git_layout *layout, const char *name,
                           gitops_error *err)
{
    char path[GOPS_GIT_PATH_SIZE];
    packed_search search = {name, strlen(name), out, 0};
    if (gops_git_join(path, layout->common, "packed-refs") < 0)
        return GITOPS_ENOTFOUND;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0)
        return errno == ENOENT ? GITOPS_ENOTFOUND : gops_git_fail_file(err, errno, path);
    int rc = search_packed(fd, &search);
    close(fd);
    if (rc)
        return gops_git_fail_file(err, rc, path);
    return search.found ? 0 : GITOPS_ENOTFOUND;
}

/*
 * Text of a loose ref, without trailing blanks. Returns 0, GITOPS_ENOTFOUND or GITOPS_ESOURCE. A
 * directory of that name is no ref, nor is a path below a file.
 */
static int read_loose_ref(char *text, size_t size, const gops_git_layout *layout, const char *name,
                          gitops_error *err)
{
    char path[GOPS_GIT_PATH_SIZE];
    const char *base = strcmp(name, "HEAD") == 0 ? layout->git : layout->common;
    if (gops_git_join(path, base, name) < 0)
        return GITOPS_ENOTFOUND;
    int rc = gops_git_read_line(text, size, path);
    if (rc == ENOENT || rc == ENOTDIR || rc == EISDIR || rc == ENAMETOOLONG)
        return GITOPS_ENOTFOUND;
    return rc ? gops_git_fail_file(err, rc, path) : 0;
}

/* The name in "ref: refs/..."; NULL when the text is something else. */
static const char *symbolic_target(const char *text)
{
    if (strncmp(text, "ref:", 4) != 0)
        return NULL;
    text += 4 + strspn(text + 4, " \t");
    return strncmp(text, "refs/", 5) == 0 && ref_is_valid(text) ? text : NULL;
}

/* Reads a full name, also through other names. Not finding it leaves err alone. */
static int read_ref(git_oid *out, const gops_git_layout *layout, const char *name, int depth,
                    gitops_error *err)
{
    char text[REF_FILE_MAX];
    int rc = read_loose_ref(text, sizeof text, layout, name, err);
    if (rc == GITOPS_ENOTFOUND) {
        rc = read_packed_ref(out, layout, name, err);
        if (rc != GITOPS_ENOTFOUND)
            return rc;
        rc = read_loose_ref(text, sizeof text, layout, name, err); /* unpacked in between? */
    }
    if (rc < 0)
        return rc;
    if (parse_id(out, text, strlen(text)) && text[GIT_OID_HEXSZ] == '\0')
        return 0;
    const char *target = symbolic_target(text);
    if (!target)
        return gops_fail_at(err, GITOPS_ESOURCE, name, 0, 0, "ref %s is malformed", name);
    if (depth >= SYMREF_DEPTH)
        return gops_fail_at(err, GITOPS_ESOURCE, name, 0, 0, "ref %s leads in a circle", name);
    return read_ref(out, layout, target, depth + 1, err);
}

static int resolve_short(git_oid *out, const gops_git_layout *layout, const char *ref,
                         gitops_error *err)
{
    static const char *const prefixes[] = {"refs/heads/", "refs/tags/", "refs/remotes/origin/"};
    char name[REF_MAX + 32];
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++) {
        snprintf(name, sizeof name, "%s%s", prefixes[i], ref);
        int rc = read_ref(out, layout, name, 0, err);
        if (rc != GITOPS_ENOTFOUND)
            return rc;
    }
    return GITOPS_ENOTFOUND;
}

int gops_git_resolve(git_oid *out, const gops_git_layout *layout, const char *ref,
                     gitops_error *err)
{
    int rc = gops_git_check_ref(ref, err);
    if (rc < 0)
        return rc;
    if (!ref || strcmp(ref, "HEAD") == 0) {
        rc = read_ref(out, layout, "HEAD", 0, err);
        return rc == GITOPS_ENOTFOUND
                   ? gops_fail_at(err, rc, "HEAD", 0, 0,
                                  "HEAD names no commit: its branch does not exist (yet)")
                   : rc;
    }
    if (is_hex_id(ref))
        return git_oid_fromstr(out, ref) == 0 ? 0 : GITOPS_EINVAL;
    rc = strncmp(ref, "refs/", 5) == 0 ? read_ref(out, layout, ref, 0, err)
                                       : resolve_short(out, layout, ref, err);
    if (rc == GITOPS_ENOTFOUND)
        gops_fail_at(err, GITOPS_ENOTFOUND, ref, 0, 0, "there is no branch, tag or ref \"%.200s\"",
                     ref);
    return rc;
}
