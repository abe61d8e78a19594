/*
 * dir_files: everything a directory target does with files. All calls are relative to an open
 * directory and never follow a symbolic link, so that no link in the target leads out of it. All of
 * it may run on several threads at once.
 */
#include "dir_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_OBJECT_BYTES = 64 << 20 };

void dir_within(dir_problem *problem, const char *root, const char *space, const char *kind)
{
    snprintf(problem->within, sizeof problem->within, "%s%s%s%s%s%s", root ? root : "",
             root ? "/" : "", space ? space : "", space ? "/" : "", kind ? kind : "",
             kind ? "/" : "");
}

int dir_fail(dir_problem *problem, const char *doing, const char *name)
{
    char reason[128] = "";
    problem->code = errno;
    if (strerror_r(problem->code, reason, sizeof reason) != 0)
        snprintf(reason, sizeof reason, "error %d", problem->code);
    snprintf(problem->text, sizeof problem->text, "cannot %s %s%s: %s", doing, problem->within,
             name, reason);
    return -1;
}

int dir_is_segment(const char *name, size_t length)
{
    if (length == 0 || length > 253 || name[0] == '.')
        return 0;
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)name[i];
        if (c <= ' ' || c == 0x7F || c == '/' || c == '\\')
            return 0;
    }
    return 1;
}

int dir_split(const char *key, dir_key *out, dir_problem *problem)
{
    const char *first = strchr(key, '/'), *second = first ? strchr(first + 1, '/') : NULL;
    size_t space = first ? (size_t)(first - key) : 0;
    size_t kind = second ? (size_t)(second - first - 1) : 0;
    if (!second || !dir_is_segment(key, space) || !dir_is_segment(first + 1, kind) ||
        !dir_is_segment(second + 1, strlen(second + 1))) {
        problem->code = EINVAL;
        snprintf(problem->text, sizeof problem->text, "no file can be named after the key %s", key);
        return -1;
    }
    snprintf(out->space, sizeof out->space, "%.*s", (int)space, key);
    snprintf(out->kind, sizeof out->kind, "%.*s", (int)kind, first + 1);
    snprintf(out->file, sizeof out->file, "%s.yaml", second + 1);
    return 0;
}

int dir_is_temporary(const char *name)
{
    return name[0] == '.' && strstr(name, ".tmp-") != NULL;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static int names_add(dir_names *out, const char *name)
{
    if (out->count == out->capacity) {
        size_t capacity = out->capacity ? out->capacity * 2 : 64;
        char **larger = realloc(out->names, capacity * sizeof *larger);
        if (!larger)
            return -1;
        out->names = larger;
        out->capacity = capacity;
    }
    out->names[out->count] = strdup(name);
    return out->names[out->count] ? (int)(out->count++, 0) : -1;
}

int dir_names_read(int directory, const char *shown, dir_names *out, dir_problem *problem)
{
    int copy = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *stream = copy >= 0 ? fdopendir(copy) : NULL;
    struct dirent *entry;
    memset(out, 0, sizeof *out);
    if (!stream) {
        dir_fail(problem, "list", shown);
        if (copy >= 0)
            close(copy);
        return -1;
    }
    int failed = 0;
    while (failed == 0 && (errno = 0, entry = readdir(stream)) != NULL)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            failed = names_add(out, entry->d_name);
    if (failed < 0 || errno != 0)
        failed = dir_fail(problem, "list", shown);
    closedir(stream);
    if (failed < 0)
        dir_names_free(out);
    else if (out->count)
        qsort(out->names, out->count, sizeof *out->names, compare_names);
    return failed;
}

void dir_names_free(dir_names *names)
{
    for (size_t i = 0; i < names->count; i++)
        free(names->names[i]);
    free(names->names);
    memset(names, 0, sizeof *names);
}

static int is_link(int parent, const char *name)
{
    struct stat info;
    return fstatat(parent, name, &info, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(info.st_mode);
}

static int fail_link(dir_problem *problem, const char *name)
{
    problem->code = ELOOP;
    snprintf(problem->text, sizeof problem->text,
             "%s%s is a symbolic link, and links in a target are not followed; remove it",
             problem->within, name);
    return -1;
}

int dir_open(int parent, const char *name, dir_problem *problem)
{
    int directory = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (directory >= 0)
        return directory;
    int code = errno;
    if (is_link(parent, name))
        return fail_link(problem, name);
    errno = code;
    dir_fail(problem, "open", name);
    return code == ENOTDIR ? -2 : -1;
}

int dir_make(int parent, const char *name, dir_problem *problem)
{
    if (mkdirat(parent, name, 0777) == 0)
        fsync(parent);
    else if (errno != EEXIST)
        return dir_fail(problem, "make", name);
    int directory = dir_open(parent, name, problem);
    return directory == -2 ? -1 : directory;
}

/* Fills out with a file's bytes. Returns 0 or -1 with errno. */
static int read_descriptor(int file, size_t size, bytes *out)
{
    out->data = malloc(size + 1);
    out->length = 0;
    while (out->data && out->length < size) {
        ssize_t got = read(file, out->data + out->length, size - out->length);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            free(out->data);
            out->data = NULL;
            return -1;
        }
        if (got == 0)
            break;
        out->length += (size_t)got;
    }
    if (!out->data)
        return -1;
    out->data[out->length] = '\0';
    return 0;
}

static int fail_kind(dir_problem *problem, const char *name)
{
    problem->code = EINVAL;
    snprintf(problem->text, sizeof problem->text, "%s%s is no regular file", problem->within, name);
    return -1;
}

int dir_read(int directory, const char *name, bytes *out, dir_problem *problem)
{
    struct stat info;
    memset(out, 0, sizeof *out);
    int file = openat(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (file < 0)
        return errno == ELOOP ? fail_link(problem, name) : dir_fail(problem, "open", name);
    int rc = fstat(file, &info);
    if (rc == 0 && !S_ISREG(info.st_mode)) {
        close(file);
        return fail_kind(problem, name);
    } else if (rc == 0 && info.st_size > MAX_OBJECT_BYTES) {
        errno = EFBIG;
        rc = -1;
    }
    if (rc == 0)
        rc = read_descriptor(file, (size_t)info.st_size, out);
    if (rc < 0)
        dir_fail(problem, "read", name);
    close(file);
    return rc;
}

static int write_descriptor(int file, const char *data, size_t length)
{
    while (length > 0) {
        ssize_t put = write(file, data, length);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return -1;
        data += put;
        length -= (size_t)put;
    }
    return fsync(file);
}

/* Makes a new file ".NAME.tmp-*" next to the file it is for. */
static int open_temporary(int directory, const char *name, char *temporary, size_t size)
{
    static atomic_uint counter;
    for (int tries = 0; tries < 100; tries++) {
        snprintf(temporary, size, ".%.200s.tmp-%ld-%u", name, (long)getpid(),
                 atomic_fetch_add(&counter, 1));
        int file = openat(directory, temporary,
                          O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
        if (file >= 0 || errno != EEXIST)
            return file;
    }
    return -1;
}

int dir_write(int directory, const char *name, const char *data, size_t length,
              dir_problem *problem)
{
    char temporary[256];
    struct stat before;
    int file = open_temporary(directory, name, temporary, sizeof temporary);
    if (file < 0)
        return dir_fail(problem, "make a temporary file for", name);
    int rc = write_descriptor(file, data, length);
    if (rc == 0 && fstatat(directory, name, &before, AT_SYMLINK_NOFOLLOW) == 0 &&
        S_ISREG(before.st_mode))
        rc = fchmod(file, before.st_mode & 07777);
    if (close(file) < 0)
        rc = -1;
    if (rc == 0)
        rc = renameat(directory, temporary, directory, name);
    if (rc < 0) {
        dir_fail(problem, "write", name);
        unlinkat(directory, temporary, 0);
        return -1;
    }
    if (fsync(directory) < 0) {
        dir_fail(problem, "make sure of", name);
        return -2;
    }
    return 0;
}

void dir_version(const char *data, size_t length, char version[40])
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325); /* FNV-1a */
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)data[i]) * UINT64_C(0x100000001b3);
    snprintf(version, 40, "%016llx-%zx", (unsigned long long)hash, length);
}
