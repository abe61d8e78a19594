/*
 * directory: a plain directory as a source. A fetch looks at every file and reads those whose stat
 * changed since the last look; the tree of the last fetch, with a stamp per file, is the cache.
 * Symbolic links are entries that are never followed; ".git" is left out.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "source/path.h"
#include "source/source.h"

enum {
    SETTLED_NS = 2000000000, /* a file this much older than the look has not changed since */
    ATTEMPTS = 3,            /* at reading a file that changes meanwhile */
    CHUNK = 64 * 1024
};

/* What a leaf of this source carries. */
typedef struct stamp {
    int64_t size, modified_ns, changed_ns;
    uint64_t inode, device;
    int64_t settled; /* 1: modified long enough before it was read to trust an equal stamp */
} stamp;

typedef struct directory_source {
    gitops_source base;
    char *path;
    gops_folder *last; /* NULL before the first fetch */
} directory_source;

typedef struct scan {
    gitops_context *context;
    gitops_error *err;
    int64_t now_ns;
    uint64_t files;
    char *buffer;       /* CHUNK bytes */
    size_t length;      /* of path */
    size_t root_length; /* of the directory itself in path, with its slash */
    char path[GOPS_PATH_SIZE * 2];
} scan;

static int64_t nanoseconds(const struct timespec *time)
{
    return (int64_t)time->tv_sec * 1000000000 + time->tv_nsec;
}

static stamp stamp_of(const struct stat *info)
{
    stamp s;
    memset(&s, 0, sizeof s);
    s.size = (int64_t)info->st_size;
    s.modified_ns = nanoseconds(&info->st_mtim);
    s.changed_ns = nanoseconds(&info->st_ctim);
    s.inode = (uint64_t)info->st_ino;
    s.device = (uint64_t)info->st_dev;
    return s;
}

static int same_file(const stamp *a, const stamp *b)
{
    return a->size == b->size && a->modified_ns == b->modified_ns &&
           a->changed_ns == b->changed_ns && a->inode == b->inode && a->device == b->device;
}

/* A failure of the operating system, told as one of the source. */
static int fail_read(gitops_error *err, int os_error, const char *path)
{
    gops_fail_os(err, os_error, "read", path);
    if (err)
        err->code = GITOPS_ESOURCE;
    return GITOPS_ESOURCE;
}

static int fail_changed(gitops_error *err, const char *path)
{
    return gops_fail_at(err, GITOPS_ESOURCE, path, 0, 0, "%s changed while being read", path);
}

/* Digest of an open file. Returns 0 or an errno value. */
static int hash_file(int fd, char *buffer, gops_blob_id *id)
{
    gops_hasher hasher;
    gops_content_hash_begin(&hasher);
    for (;;) {
        ssize_t got = read(fd, buffer, CHUNK);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return errno;
        if (got == 0)
            break;
        gops_hasher_put(&hasher, buffer, (size_t)got);
    }
    *id = gops_content_hash_finish(&hasher);
    return 0;
}

/*
 * A file that no one may read anyway, because it is too large, is not hashed: its stamp stands for
 * its content.
 */
static int identify(scan *s, int fd, const stamp *before, gops_blob_id *id)
{
    if ((uint64_t)before->size <= s->context->limits.max_file_bytes)
        return hash_file(fd, s->buffer, id);
    *id = gops_content_id(before, offsetof(stamp, settled));
    return 0;
}

/* As git sees it: who may write or read does not count. */
static uint32_t mode_of(const struct stat *info)
{
    return info->st_mode & S_IXUSR ? GOPS_MODE_EXECUTABLE : GOPS_MODE_FILE;
}

/* Reads a file for its state. 0; an errno value; -1 when it changed meanwhile or is none any more. */
static int read_once(scan *s, int parent, const char *name, stamp *out, gops_file_state *state)
{
    struct stat info;
    int fd = openat(parent, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0)
        return errno == ELOOP || errno == ENOENT ? -1 : errno;
    int rc = fstat(fd, &info) < 0 ? errno : S_ISREG(info.st_mode) ? 0 : -1;
    if (rc == 0) {
        *out = stamp_of(&info);
        state->mode = mode_of(&info);
        rc = identify(s, fd, out, &state->id);
    }
    if (rc == 0)
        rc = fstat(fd, &info) < 0 ? errno : 0;
    if (rc == 0) {
        stamp after = stamp_of(&info);
        rc = same_file(out, &after) ? 0 : -1;
    }
    close(fd);
    return rc;
}

static int add_file(scan *s, gops_folder *folder, int parent, const char *name)
{
    stamp read_stamp;
    gops_file_state state;
    int rc = -1;
    for (int i = 0; i < ATTEMPTS && rc < 0; i++)
        rc = read_once(s, parent, name, &read_stamp, &state);
    if (rc < 0)
        return fail_changed(s->err, s->path + s->root_length);
    if (rc > 0)
        return fail_read(s->err, rc, s->path);
    gops_leaf *leaf = gops_leaf_new(s->context, name, strlen(name), sizeof read_stamp);
    if (!leaf)
        return gops_fail_memory(s->err);
    read_stamp.settled = read_stamp.modified_ns < s->now_ns - SETTLED_NS &&
                         read_stamp.changed_ns < s->now_ns - SETTLED_NS;
    memcpy(leaf->bytes, &read_stamp, sizeof read_stamp);
    leaf->state = state;
    return gops_folder_add_leaf(folder, leaf) < 0 ? gops_fail_memory(s->err) : 0;
}

static const gops_entry *find_old(const gops_folder *old, const char *name, int directory)
{
    size_t count = 0;
    const gops_entry *entries = old ? gops_folder_entries(old, &count) : NULL;
    return gops_entries_find(entries, count, name, strlen(name), directory);
}

/* The leaf of the last fetch when the file cannot have changed since; counted. */
static gops_leaf *unchanged_leaf(const gops_folder *old, const char *name, const struct stat *info)
{
    stamp now = stamp_of(info), then;
    const gops_entry *entry = find_old(old, name, 0);
    if (!entry || entry->kind != GOPS_ENTRY_FILE)
        return NULL;
    const gops_leaf *leaf = entry->node;
    memcpy(&then, leaf->bytes, sizeof then);
    return then.settled && same_file(&then, &now) ? gops_leaf_ref(leaf) : NULL;
}

static int add_other(scan *s, gops_folder *folder, const char *name)
{
    gops_leaf *leaf = gops_leaf_new(s->context, name, strlen(name), 0);
    if (!leaf)
        return gops_fail_memory(s->err);
    leaf->kind = GOPS_ENTRY_OTHER;
    leaf->state.mode = 0;
    return gops_folder_add_leaf(folder, leaf) < 0 ? gops_fail_memory(s->err) : 0;
}

static int scan_directory(scan *s, int fd, size_t depth, const char *name, const gops_folder *old,
                          gops_folder **out);

static int add_directory(scan *s, gops_folder *folder, const gops_folder *old, int parent,
                         const char *name, size_t depth)
{
    gops_folder *child;
    const gops_entry *entry = find_old(old, name, 1);
    if (depth >= GOPS_PATH_DEPTH)
        return gops_fail_at(s->err, GITOPS_ELIMIT, s->path, 0, 0,
                            "directories are nested deeper than %d", GOPS_PATH_DEPTH);
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return errno == ENOENT || errno == ENOTDIR || errno == ELOOP
                   ? fail_changed(s->err, s->path + s->root_length)
                   : fail_read(s->err, errno, s->path);
    int rc = scan_directory(s, fd, depth + 1, name, entry ? entry->node : NULL, &child);
    if (rc == 0 && gops_folder_add_folder(folder, child) < 0)
        rc = gops_fail_memory(s->err);
    return rc;
}

static int add_regular(scan *s, gops_folder *folder, const gops_folder *old, int parent,
                       const char *name, const struct stat *info)
{
    if (++s->files > s->context->limits.max_files)
        return gops_fail(s->err, GITOPS_ELIMIT, "directory holds more files than max_files (%llu)",
                         (unsigned long long)s->context->limits.max_files);
    gops_leaf *leaf = unchanged_leaf(old, name, info);
    if (!leaf)
        return add_file(s, folder, parent, name);
    return gops_folder_add_leaf(folder, leaf) < 0 ? gops_fail_memory(s->err) : 0;
}

static int add_entry(scan *s, gops_folder *folder, const gops_folder *old, int parent,
                     const char *name, size_t depth)
{
    struct stat info;
    size_t length = strlen(name), before = s->length;
    if (s->length + length + 1 >= sizeof s->path ||
        s->length - s->root_length + length + 1 >= GOPS_PATH_SIZE)
        return gops_fail_at(s->err, GITOPS_ELIMIT, s->path, 0, 0, "a path is longer than %d bytes",
                            GOPS_PATH_SIZE - 1);
    memcpy(s->path + s->length, name, length + 1);
    int rc;
    if (fstatat(parent, name, &info, AT_SYMLINK_NOFOLLOW) < 0) {
        rc = errno == ENOENT ? fail_changed(s->err, s->path + s->root_length)
                             : fail_read(s->err, errno, s->path);
    } else if (S_ISDIR(info.st_mode)) {
        s->length += length;
        s->path[s->length++] = '/';
        s->path[s->length] = '\0';
        rc = add_directory(s, folder, old, parent, name, depth);
    } else if (S_ISREG(info.st_mode)) {
        rc = add_regular(s, folder, old, parent, name, &info);
    } else {
        rc = add_other(s, folder, name);
    }
    s->length = before;
    return rc;
}

static int is_left_out(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
           gops_name_is_dot_git(name, strlen(name));
}

static int scan_entries(scan *s, DIR *stream, size_t depth, const gops_folder *old,
                        gops_folder *folder)
{
    for (;;) {
        errno = 0;
        const struct dirent *entry = readdir(stream);
        if (!entry)
            return errno ? fail_read(s->err, errno, s->path) : 0;
        if (is_left_out(entry->d_name))
            continue;
        int rc = add_entry(s, folder, old, dirfd(stream), entry->d_name, depth);
        if (rc < 0)
            return rc;
    }
}

/* Closes fd. A folder in which nothing changed is given out as the old one. */
static int scan_directory(scan *s, int fd, size_t depth, const char *name, const gops_folder *old,
                          gops_folder **out)
{
    DIR *stream = fdopendir(fd);
    if (!stream) {
        int rc = fail_read(s->err, errno, s->path);
        close(fd);
        return rc;
    }
    gops_folder *folder = gops_folder_new(s->context, name, strlen(name));
    int rc = folder ? scan_entries(s, stream, depth, old, folder) : gops_fail_memory(s->err);
    closedir(stream);
    if (rc < 0) {
        gops_folder_free(folder);
        return rc;
    }
    gops_folder_sort(folder);
    if (old && gops_folder_same(folder, old)) {
        gops_folder_free(folder);
        folder = gops_folder_ref(old);
    }
    *out = folder;
    return 0;
}

static int open_root(const char *path, gitops_error *err)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return fd >= 0 ? fd : fail_read(err, errno, path);
}

static int scan_root(directory_source *directory, scan *s, gops_folder **out)
{
    struct timespec now;
    size_t length = strlen(directory->path);
    if (clock_gettime(CLOCK_REALTIME, &now) < 0)
        return fail_read(s->err, errno, "the clock");
    s->now_ns = nanoseconds(&now);
    memcpy(s->path, directory->path, length);
    s->path[length] = '/';
    s->path[length + 1] = '\0';
    s->length = s->root_length = length + 1;
    int fd = open_root(directory->path, s->err);
    return fd < 0 ? fd : scan_directory(s, fd, 0, "", directory->last, out);
}

static int directory_fetch(gitops_source *source, gitops_snapshot **out, gitops_error *err)
{
    directory_source *directory = (directory_source *)source;
    gops_folder *root = NULL;
    scan s = {.context = source->context, .err = err};
    s.buffer = gops_alloc(source->context, CHUNK);
    int rc = s.buffer ? scan_root(directory, &s, &root) : gops_fail_memory(err);
    gops_free(source->context, s.buffer);
    if (rc < 0)
        return rc;
    gops_blob_id id = gops_folder_seal(root);
    gitops_snapshot *snapshot = gops_snapshot_new(source, &id, root);
    gops_folder_free(directory->last);
    directory->last = root;
    if (!snapshot)
        return gops_fail_memory(err);
    memcpy(snapshot->revision, "dir-", 4);
    gops_hex(snapshot->revision + 4, id.bytes, sizeof(gops_digest));
    *out = snapshot;
    return 0;
}

static int directory_list(gitops_snapshot *snapshot, const char *path, const gops_entry *directory,
                          gops_listing *out, gitops_error *err)
{
    (void)snapshot;
    (void)path;
    (void)err;
    memset(out, 0, sizeof *out);
    out->entries = gops_folder_entries(directory->node, &out->count);
    return 0;
}

/* Opens a relative path, one name at a time so that no link is followed. -errno on failure. */
static int open_below(int parent, const char *path)
{
    for (;;) {
        char name[256];
        size_t length = strcspn(path, "/");
        int flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
        if (length == 0 || length >= sizeof name) {
            close(parent);
            return -ENOENT;
        }
        memcpy(name, path, length);
        name[length] = '\0';
        int fd = openat(parent, name, flags | (path[length] ? O_DIRECTORY : 0));
        int failed = errno;
        close(parent);
        if (fd < 0)
            return -failed;
        if (!path[length])
            return fd;
        parent = fd;
        path += length + 1;
    }
}

/* Appends what the file holds, but at most one byte more than allowed. */
static int append_file(int fd, uint64_t allowed, gops_buffer *out, gitops_error *err,
                       const char *path)
{
    char chunk[16 * 1024];
    for (uint64_t total = 0; total <= allowed;) {
        ssize_t got = read(fd, chunk, sizeof chunk);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fail_read(err, errno, path);
        if (got == 0)
            return gops_buffer_status(out, err);
        gops_buffer_put(out, chunk, (size_t)got);
        total += (uint64_t)got;
    }
    return fail_changed(err, path);
}

static int read_open_file(gitops_context *context, int fd, const char *path, const gops_blob_id *id,
                          gops_buffer *out, gitops_error *err)
{
    struct stat info;
    size_t start = out->length;
    if (fstat(fd, &info) < 0)
        return fail_read(err, errno, path);
    if (!S_ISREG(info.st_mode))
        return fail_changed(err, path);
    int rc = gops_source_check_size(context, path, (uint64_t)info.st_size, err);
    if (rc == 0)
        rc = append_file(fd, (uint64_t)info.st_size, out, err, path);
    if (rc < 0)
        return rc;
    gops_blob_id now = gops_content_id(out->data ? out->data + start : "", out->length - start);
    if (gops_blob_id_equal(&now, id))
        return 0;
    out->length = start; /* what was read belongs to no snapshot */
    return fail_changed(err, path);
}

static int directory_read(gitops_snapshot *snapshot, void *way, const char *path,
                          const gops_blob_id *id, gops_buffer *out, gitops_error *err)
{
    (void)way;
    const directory_source *directory = (const directory_source *)snapshot->source;
    int root = open_root(directory->path, err);
    if (root < 0)
        return root;
    int fd = open_below(root, path);
    if (fd == -ENOENT || fd == -ELOOP || fd == -ENOTDIR)
        return fail_changed(err, path);
    if (fd < 0)
        return fail_read(err, -fd, path);
    int rc = read_open_file(snapshot->source->context, fd, path, id, out, err);
    close(fd);
    return rc;
}

static void directory_destroy(gitops_source *source)
{
    directory_source *directory = (directory_source *)source;
    gops_folder_free(directory->last);
    gops_free(source->context, directory->path);
}

static const gops_backend directory_backend = {.fetch = directory_fetch,
                                               .list = directory_list,
                                               .read = directory_read,
                                               .destroy = directory_destroy};

int gops_directory_open(gitops_source **out, gitops_context *context, const char *path,
                        gitops_error *err)
{
    if (strlen(path) >= GOPS_PATH_SIZE - 1)
        return gops_fail(err, GITOPS_EINVAL, "source: path of the directory is too long");
    int fd = open_root(path, err);
    if (fd < 0)
        return fd;
    close(fd);
    directory_source *directory = gops_source_alloc(context, sizeof *directory, &directory_backend);
    if (directory)
        directory->path = gops_strdup(context, path);
    if (!directory || !directory->path) {
        gitops_source_free(directory ? &directory->base : NULL);
        return gops_fail_memory(err);
    }
    *out = &directory->base;
    return 0;
}
