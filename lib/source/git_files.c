/*
 * git_files: finding a repository and telling whether its format is one that is read here. Of its
 * configuration only the format is looked at, by a reader of our own that follows no include.
 */
#include "source/git_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CONFIG_MAX = 256 * 1024 };

int gops_git_join(char *out, const char *base, const char *name)
{
    int length = snprintf(out, GOPS_GIT_PATH_SIZE, "%s/%s", base, name);
    return length < 0 || length >= GOPS_GIT_PATH_SIZE ? -1 : 0;
}

static int read_all(int fd, char *out, size_t size, size_t *length)
{
    *length = 0;
    for (;;) {
        ssize_t got = read(fd, out + *length, size - *length);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return errno;
        if (got == 0)
            break;
        *length += (size_t)got;
        if (*length == size)
            return EFBIG;
    }
    out[*length] = '\0';
    return 0;
}

int gops_git_read_file(char *out, size_t size, const char *path, size_t *length)
{
    struct stat info;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0)
        return errno;
    int rc = fstat(fd, &info) < 0    ? errno
             : S_ISDIR(info.st_mode) ? EISDIR
             : S_ISREG(info.st_mode) ? read_all(fd, out, size, length)
                                     : EINVAL;
    close(fd);
    return rc;
}

int gops_git_read_line(char *out, size_t size, const char *path)
{
    size_t length;
    int rc = gops_git_read_file(out, size, path, &length);
    if (rc)
        return rc;
    if (memchr(out, '\0', length))
        return EINVAL;
    while (length && strchr(" \t\r\n", out[length - 1]))
        out[--length] = '\0';
    return 0;
}

int gops_git_fail_file(gitops_error *err, int os_error, const char *path)
{
    gops_fail_os(err, os_error, "read", path);
    if (err)
        err->code = GITOPS_ESOURCE;
    return GITOPS_ESOURCE;
}

static int is_kind(const char *base, const char *name, mode_t kind)
{
    char path[GOPS_GIT_PATH_SIZE];
    struct stat info;
    return gops_git_join(path, base, name) == 0 && stat(path, &info) == 0 &&
           (info.st_mode & S_IFMT) == kind;
}

static int copy_path(char *out, const char *path)
{
    size_t length = strlen(path);
    if (length >= GOPS_GIT_PATH_SIZE)
        return -1;
    memcpy(out, path, length + 1);
    return 0;
}

/* A path from a file of the repository, relative to the directory of that file. */
static int resolve_path(char *out, const char *base, const char *path)
{
    if (path[0] != '/')
        return gops_git_join(out, base, path);
    return copy_path(out, path);
}

/* Sets git from "gitdir: PATH" in a ".git" file. */
static int follow_git_file(gops_git_layout *out, const char *path, gitops_error *err)
{
    char file[GOPS_GIT_PATH_SIZE], text[GOPS_GIT_PATH_SIZE];
    if (gops_git_join(file, path, ".git") < 0)
        return gops_fail(err, GITOPS_ESOURCE, "path of the repository is too long");
    int rc = gops_git_read_line(text, sizeof text, file);
    if (rc)
        return gops_git_fail_file(err, rc, file);
    if (strncmp(text, "gitdir: ", 8) != 0 || resolve_path(out->git, path, text + 8) < 0)
        return gops_fail_at(err, GITOPS_ESOURCE, file, 0, 0, "%s does not name a repository", file);
    return 0;
}

static int find_git(gops_git_layout *out, const char *path, gitops_error *err)
{
    if (is_kind(path, ".git", S_IFREG))
        return follow_git_file(out, path, err);
    int rc = is_kind(path, ".git", S_IFDIR) ? gops_git_join(out->git, path, ".git")
                                            : copy_path(out->git, path);
    return rc < 0 ? gops_fail(err, GITOPS_ESOURCE, "path of the repository is too long") : 0;
}

/* A linked working tree names the repository that it belongs to in "commondir". */
static int find_common(gops_git_layout *out, gitops_error *err)
{
    char file[GOPS_GIT_PATH_SIZE], text[GOPS_GIT_PATH_SIZE];
    int rc = gops_git_join(file, out->git, "commondir") < 0
                 ? ENAMETOOLONG
                 : gops_git_read_line(text, sizeof text, file);
    if (rc == ENOENT || rc == ENOTDIR) {
        memcpy(out->common, out->git, sizeof out->common);
        return 0;
    }
    if (rc == 0 && resolve_path(out->common, out->git, text) < 0)
        rc = ENAMETOOLONG;
    return rc ? gops_git_fail_file(err, rc, file) : 0;
}

/* What the format check wants to know. */
typedef struct format {
    int section; /* 0 another, 1 core, 2 extensions */
    long version;
    int objects_other; /* extensions.objectformat is not sha1 */
    int refs_other;    /* extensions.refstorage is not files */
    int unknown;       /* an extension that may change how the repository is read */
} format;

static int word_is(const char *text, size_t length, const char *word)
{
    return strlen(word) == length && strncasecmp(text, word, length) == 0;
}

static void take_extension(format *f, const char *key, size_t key_length, const char *value,
                           size_t length)
{
    static const char *const harmless[] = {"noop",           "noop-v1",
                                           "partialclone",   "preciousobjects",
                                           "worktreeconfig", "relativeworktrees"};
    if (word_is(key, key_length, "objectformat")) {
        f->objects_other = !word_is(value, length, "sha1");
        return;
    }
    if (word_is(key, key_length, "refstorage")) {
        f->refs_other = !word_is(value, length, "files");
        return;
    }
    for (size_t i = 0; i < sizeof harmless / sizeof harmless[0]; i++)
        if (word_is(key, key_length, harmless[i]))
            return;
    f->unknown = 1;
}

static void take_setting(format *f, const char *line, const char *end)
{
    const char *key = line, *equals = memchr(line, '=', (size_t)(end - line));
    const char *key_end = equals ? equals : end, *value = equals ? equals + 1 : end;
    while (key_end > key && strchr(" \t", key_end[-1]))
        key_end--;
    while (value < end && strchr(" \t\"", *value))
        value++;
    const char *value_end = value;
    while (value_end < end && !strchr(" \t\r\"#;", *value_end))
        value_end++;
    if (key == key_end || *key == '#' || *key == ';')
        return;
    if (f->section == 2)
        take_extension(f, key, (size_t)(key_end - key), value, (size_t)(value_end - value));
    else if (f->section == 1 && word_is(key, (size_t)(key_end - key), "repositoryformatversion"))
        f->version = strtol(value, NULL, 10);
}

static const char *skip_blanks(const char *text, const char *end)
{
    while (text < end && strchr(" \t\r", *text))
        text++;
    return text;
}

/* One logical line: perhaps sections, perhaps a setting behind them. */
static void take_line(format *f, const char *line, const char *end)
{
    for (line = skip_blanks(line, end); line < end && *line == '[';) {
        const char *close = memchr(line, ']', (size_t)(end - line));
        if (!close)
            return;
        size_t length = (size_t)(close - line) - 1;
        f->section = word_is(line + 1, length, "core")         ? 1
                     : word_is(line + 1, length, "extensions") ? 2
                                                               : 0;
        line = skip_blanks(close + 1, end);
    }
    if (line < end && f->section)
        take_setting(f, line, end);
}

/* Lines that end in a backslash go on in the next one, which then is no setting of its own. */
static void read_format(format *f, const char *text, size_t length)
{
    const char *end = text + length;
    int continued = 0;
    while (text < end) {
        const char *stop = memchr(text, '\n', (size_t)(end - text));
        if (!stop)
            stop = end;
        if (!continued)
            take_line(f, text, stop);
        continued = stop > text && stop[-1] == '\\';
        text = stop < end ? stop + 1 : end;
    }
}

static int judge_format(const format *f, const char *path, gitops_error *err)
{
    const char *what = f->version < 0 || f->version > 1 ? "has an unknown format version"
                       : f->objects_other               ? "names objects by another hash than SHA-1"
                       : f->refs_other ? "keeps its refs in another format than files"
                       : f->version == 1 && f->unknown ? "uses an extension that is not known here"
                                                       : NULL;
    return what ? gops_fail_at(err, GITOPS_EUNSUPPORTED, path, 0, 0, "repository %s %s", path, what)
                : 0;
}

static int check_format(const gops_git_layout *layout, gitops_context *context, gitops_error *err)
{
    char path[GOPS_GIT_PATH_SIZE];
    size_t length = 0;
    format f = {0};
    char *text = gops_alloc(context, CONFIG_MAX);
    if (!text)
        return gops_fail_memory(err);
    int rc = gops_git_join(path, layout->common, "config") < 0
                 ? ENAMETOOLONG
                 : gops_git_read_file(text, CONFIG_MAX, path, &length);
    if (rc == 0)
        read_format(&f, text, length);
    gops_free(context, text);
    if (rc && rc != ENOENT)
        return gops_git_fail_file(err, rc, path);
    return judge_format(&f, layout->common, err);
}

/* Objects borrowed from elsewhere could be anybody's; they are not read. */
static int check_alternates(const gops_git_layout *layout, gitops_error *err)
{
    if (!is_kind(layout->common, "objects/info/alternates", S_IFREG))
        return 0;
    return gops_fail_at(err, GITOPS_EUNSUPPORTED, layout->common, 0, 0,
                        "repository %s borrows objects from another one "
                        "(objects/info/alternates); repack it with its own copy",
                        layout->common);
}

int gops_git_locate(gops_git_layout *out, gitops_context *context, const char *path,
                    gitops_error *err)
{
    struct stat info;
    memset(out, 0, sizeof *out);
    if (stat(path, &info) < 0)
        return gops_git_fail_file(err, errno, path);
    int rc = find_git(out, path, err);
    if (rc == 0)
        rc = find_common(out, err);
    if (rc < 0)
        return rc;
    if (!is_kind(out->common, "objects", S_IFDIR) || !is_kind(out->git, "HEAD", S_IFREG) ||
        !is_kind(out->common, "refs", S_IFDIR))
        return gops_fail_at(err, GITOPS_ESOURCE, path, 0, 0, "%s is not a git repository", path);
    rc = check_format(out, context, err);
    return rc < 0 ? rc : check_alternates(out, err);
}
