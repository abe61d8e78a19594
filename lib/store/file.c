/*
 * file: names, lock and register of a state file.
 *
 * The lock is an open-file-description lock: unlike a plain fcntl lock it also keeps two stores of
 * one process apart and is not lost when some other descriptor of the file is closed.
 */
#define _GNU_SOURCE /* F_OFD_SETLK, realpath */
#include "store/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"

static int fail_file(gitops_error *err, int os_error, const char *doing, const char *name)
{
    gops_fail_os(err, os_error, doing, name);
    if (err)
        err->code = GITOPS_ESTORE;
    return GITOPS_ESTORE;
}

static char *join(gitops_context *context, const char *a, const char *between, const char *b)
{
    size_t size = strlen(a) + strlen(between) + strlen(b) + 1;
    char *text = gops_alloc(context, size);
    if (text)
        snprintf(text, size, "%s%s%s", a, between, b);
    return text;
}

/* The real name of a file that need not exist: its directory resolved, then its last part. */
static char *resolve(gitops_context *context, const char *name)
{
    char real[PATH_MAX], parent[PATH_MAX];
    if (realpath(name, real))
        return gops_strdup(context, real);
    const char *slash = strrchr(name, '/');
    size_t length = slash ? (size_t)(slash - name) : 0;
    if (length >= sizeof parent)
        return gops_strdup(context, name);
    memcpy(parent, name, length);
    parent[length] = '\0';
    if (!realpath(length ? parent : slash ? "/" : ".", real))
        return gops_strdup(context, name);
    return join(context, real, real[1] ? "/" : "", slash ? slash + 1 : name);
}

int gops_file_init(gops_file *file, gitops_context *context, const char *name, gitops_error *err)
{
    memset(file, 0, sizeof *file);
    file->context = context;
    file->lock_fd = -1;
    file->name = gops_strdup(context, name);
    file->path = resolve(context, name);
    if (file->path) {
        file->wal = join(context, file->path, "-wal", "");
        file->lock = join(context, file->path, "-lock", "");
    }
    return file->name && file->wal && file->lock ? 0 : gops_fail_memory(err);
}

void gops_file_release(gops_file *file)
{
    if (!file->context)
        return;
    gops_file_unlock(file);
    gops_free(file->context, file->name);
    gops_free(file->context, file->path);
    gops_free(file->context, file->wal);
    gops_free(file->context, file->lock);
}

int gops_file_look(const gops_file *file, gops_file_stamp *out, gitops_error *err)
{
    struct stat info;
    memset(out, 0, sizeof *out);
    out->size = -1;
    if (stat(file->path, &info) < 0)
        return errno == ENOENT ? 0 : fail_file(err, errno, "look at", file->name);
    if (!S_ISREG(info.st_mode))
        return gops_fail_at(err, GITOPS_ESTORE, file->name, 0, 0, "%s is not a regular file",
                            file->name);
    out->size = (int64_t)info.st_size;
    out->device = (uint64_t)info.st_dev;
    out->inode = (uint64_t)info.st_ino;
    out->seconds = (int64_t)info.st_mtim.tv_sec;
    out->nanoseconds = (int64_t)info.st_mtim.tv_nsec;
    if (stat(file->wal, &info) == 0)
        out->wal_size = (int64_t)info.st_size;
    return 0;
}

/* Makes the name of a new file durable. */
static int sync_directory(const char *path)
{
    char parent[PATH_MAX];
    const char *slash = strrchr(path, '/');
    size_t length = slash ? (size_t)(slash - path) : 0;
    if (length >= sizeof parent)
        return ENAMETOOLONG;
    memcpy(parent, path, length);
    parent[length] = '\0';
    int fd = open(length ? parent : slash ? "/" : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return errno;
    int rc = fsync(fd) < 0 ? errno : 0;
    close(fd);
    return rc;
}

int gops_file_create(const gops_file *file, gitops_error *err)
{
    /* O_EXCL: opening and closing a file that SQLite has open would drop SQLite's own locks. */
    int fd = open(file->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return errno == EEXIST ? 0 : fail_file(err, errno, "create", file->name);
    close(fd);
    int rc = sync_directory(file->path);
    return rc ? fail_file(err, rc, "create", file->name) : 0;
}

/* 1 when the descriptor is still what the name of the lock file stands for. */
static int names_lock(const gops_file *file, int fd)
{
    struct stat named, opened;
    return stat(file->lock, &named) == 0 && fstat(fd, &opened) == 0 &&
           named.st_dev == opened.st_dev && named.st_ino == opened.st_ino;
}

static int fail_locked(const gops_file *file, gitops_error *err)
{
    return gops_fail_at(err, GITOPS_ELOCKED, file->name, 0, 0,
                        "another process is applying with %s", file->name);
}

int gops_file_lock(gops_file *file, gitops_error *err)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (file->lock_fd >= 0)
        return fail_locked(file, err);
    int fd = open(file->lock, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return fail_file(err, errno, "lock", file->name);
    if (fcntl(fd, F_OFD_SETLK, &lock) < 0) {
        int reason = errno;
        close(fd);
        return reason == EAGAIN || reason == EACCES ? fail_locked(file, err)
                                                    : fail_file(err, reason, "lock", file->name);
    }
    if (!names_lock(file, fd)) { /* removed between open and lock: somebody starts anew */
        close(fd);
        return fail_locked(file, err);
    }
    file->lock_fd = fd;
    return 0;
}

void gops_file_unlock(gops_file *file)
{
    if (file->lock_fd >= 0)
        close(file->lock_fd);
    file->lock_fd = -1;
}

int gops_file_check_lock(const gops_file *file, gitops_error *err)
{
    if (file->lock_fd < 0)
        return gops_fail_at(err, GITOPS_ELOCKED, file->name, 0, 0, "the lease of %s is not held",
                            file->name);
    if (!names_lock(file, file->lock_fd))
        return gops_fail_at(err, GITOPS_ELOCKED, file->name, 0, 0,
                            "the lease of %s is lost: its lock file was removed", file->name);
    return 0;
}

int gops_file_is_locked(const gops_file *file)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (file->lock_fd >= 0)
        return 1;
    int fd = open(file->lock, O_RDONLY | O_CLOEXEC);
    int locked = fd >= 0 && fcntl(fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
    if (fd >= 0)
        close(fd);
    return locked;
}

enum { REGISTER_BYTES = 48 }; /* magic 8, lineage 16, serial 8, digest of these 16 */

static const char register_magic[8] = {'g', 'o', 'p', 's', 'l', 'o', 'c', 'k'};

int gops_register_read(const gops_file *file, gops_register *out)
{
    uint8_t bytes[REGISTER_BYTES];
    int fd = open(file->lock, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return 0;
    ssize_t got = pread(fd, bytes, sizeof bytes, 0);
    close(fd);
    if (got != (ssize_t)sizeof bytes || memcmp(bytes, register_magic, 8) != 0)
        return 0;
    gops_digest check = gops_hash128(0, bytes, 32);
    if (memcmp(check.bytes, bytes + 32, 16) != 0)
        return 0;
    memcpy(out->lineage, bytes + 8, 16);
    out->serial = 0;
    for (int i = 0; i < 8; i++)
        out->serial |= (uint64_t)bytes[24 + i] << (8 * i);
    return 1;
}

void gops_register_write(const gops_file *file, const gops_register *value)
{
    uint8_t bytes[REGISTER_BYTES];
    memcpy(bytes, register_magic, 8);
    memcpy(bytes + 8, value->lineage, 16);
    for (int i = 0; i < 8; i++)
        bytes[24 + i] = (uint8_t)(value->serial >> (8 * i));
    gops_digest check = gops_hash128(0, bytes, 32);
    memcpy(bytes + 32, check.bytes, 16);
    if (pwrite(file->lock_fd, bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
        gops_log(file->context, GITOPS_LOG_WARNING, "cannot write %s", file->lock);
}
