/*
 * memo_file: numbers are in the machine's byte order, and a mark in the head tells a file of
 * another one. More is written behind the last record that was seen, over what a crash may have
 * left there.
 */
#include "store/memo_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    FORMAT = 2,
    ORDER_MARK = 0x01020304,
    LENGTH_MAX = 64 << 20,   /* of a record; a longer one is damage */
    WINDOW_BYTES = 256 << 10,
    FILES_MAX = 1000         /* beside one state */
};

typedef struct head {
    char magic[8];
    uint32_t order, format;
    gops_digest influence;
    gops_digest check; /* of what is before */
} head;

typedef struct record_head {
    uint32_t kind, length;
    gops_digest check; /* of kind, length and data */
} record_head;

static const char magic[8] = {'g', 'o', 'p', 's', 'm', 'e', 'm', 'o'};

static char *join(gitops_context *context, const char *state, const char *name, const char *end)
{
    size_t size = strlen(state) + sizeof "-memo-" + strlen(name) + strlen(end);
    char *path = gops_alloc(context, size);
    if (path)
        snprintf(path, size, "%s-memo-%s%s", state, name, end);
    return path;
}

/* "~" is in no name, so that no draft is another one's file. */
int gops_memo_file_init(gops_memo_file *file, gitops_context *context, const char *state,
                        const char *name)
{
    memset(file, 0, sizeof *file);
    file->context = context;
    file->fd = -1;
    file->prefix = strlen(state) + sizeof "-memo-" - 1;
    file->path = join(context, state, name, "");
    file->draft = join(context, state, name, "~");
    return file->path && file->draft ? 0 : GITOPS_ENOMEM;
}

/* A series that was not finished leaves nothing. */
static void drop_draft(gops_memo_file *file)
{
    if (file->fd < 0)
        return;
    close(file->fd);
    file->fd = -1;
    unlink(file->draft);
}

void gops_memo_file_release(gops_memo_file *file)
{
    if (!file->context)
        return;
    drop_draft(file);
    gops_free(file->context, file->path);
    gops_free(file->context, file->draft);
}

static int fail_file(const char *path, const char *doing, gitops_error *err)
{
    gops_fail_os(err, errno, doing, path);
    if (err)
        err->code = GITOPS_ESTORE;
    return GITOPS_ESTORE;
}

static int fail_damaged(const char *path, gitops_error *err)
{
    return gops_fail_at(err, GITOPS_ECORRUPT, path, 0, 0, "%s is damaged", path);
}

static gops_digest check_head(const head *h)
{
    return gops_hash128('H', h, offsetof(head, check));
}

static gops_digest check_record(const record_head *r, const char *data)
{
    gops_hasher hasher;
    gops_hasher_begin(&hasher, 'R');
    gops_hasher_put(&hasher, r, offsetof(record_head, check));
    gops_hasher_put(&hasher, data, r->length);
    return gops_hasher_finish(&hasher);
}

/* A part of the file in memory. */
typedef struct window {
    int fd;
    uint64_t start; /* in the file, of what bytes hold */
    gops_buffer bytes;
} window;

/*
 * Makes length bytes at an offset available, and more with them. Returns 1 with *out; 0 when the
 * file ends before; GITOPS_ESTORE or GITOPS_ENOMEM.
 */
static int look(window *w, uint64_t offset, size_t length, const char **out)
{
    gops_buffer *bytes = &w->bytes;
    if (offset < w->start || offset + length > w->start + bytes->length) {
        size_t wanted = length > WINDOW_BYTES ? length : WINDOW_BYTES;
        gops_buffer_clear(bytes);
        w->start = offset;
        char *room = gops_buffer_room(bytes, wanted);
        if (!room)
            return GITOPS_ENOMEM;
        size_t got = 0;
        ssize_t step = 1;
        while (got < wanted && step != 0) {
            step = pread(w->fd, room + got, wanted - got, (off_t)(offset + got));
            if (step < 0 && errno != EINTR)
                return GITOPS_ESTORE;
            got += step > 0 ? (size_t)step : 0;
        }
        gops_buffer_end(bytes, room + got);
        if (got < length)
            return 0;
    }
    *out = bytes->data + (offset - w->start);
    return 1;
}

/* Returns 1 for a head of ours under this influence, 0 for another influence, or a failure. */
static int read_head(window *w, const char *path, const gops_digest *influence, gitops_error *err)
{
    const char *bytes;
    head h;
    int rc = look(w, 0, sizeof h, &bytes);
    if (rc < 0)
        return rc == GITOPS_ENOMEM ? gops_fail_memory(err) : fail_file(path, "read", err);
    if (rc == 0)
        return fail_damaged(path, err);
    memcpy(&h, bytes, sizeof h);
    gops_digest check = check_head(&h);
    if (memcmp(h.magic, magic, sizeof magic) != 0 || !gops_digest_equal(&check, &h.check))
        return fail_damaged(path, err);
    return h.order == ORDER_MARK && h.format == FORMAT &&
           gops_digest_equal(&h.influence, influence);
}

/*
 * The record at an offset. Returns 1; 0 when there is none, or one that is not whole; GITOPS_ESTORE
 * or GITOPS_ENOMEM.
 */
static int read_record(window *w, uint64_t offset, record_head *r, const char **data)
{
    const char *bytes;
    int rc = look(w, offset, sizeof *r, &bytes);
    if (rc <= 0)
        return rc;
    memcpy(r, bytes, sizeof *r);
    if (r->length > LENGTH_MAX)
        return 0;
    rc = look(w, offset + sizeof *r, r->length, data);
    if (rc <= 0)
        return rc;
    gops_digest check = check_record(r, *data);
    return gops_digest_equal(&check, &r->check);
}

/* Tells all records. Returns 1, what fn gave, or a failure. */
static int tell_records(gops_memo_file *file, window *w, gops_memo_fn fn, void *user_data,
                        gitops_error *err)
{
    int whole = 0, rc;
    record_head r;
    const char *data;
    file->end = sizeof(head);
    while ((rc = read_record(w, file->end, &r, &data)) > 0) {
        file->end += sizeof r + r.length;
        whole = whole || (r.kind & GOPS_MEMO_END);
        rc = fn(data, r.length, user_data);
        if (rc != 0)
            return rc;
    }
    if (rc < 0)
        return rc == GITOPS_ENOMEM ? gops_fail_memory(err) : fail_file(file->path, "read", err);
    return whole ? 1 : fail_damaged(file->path, err);
}

static int note_file(gops_memo_file *file, int fd, const gops_digest *influence)
{
    struct stat info;
    if (fstat(fd, &info) < 0)
        return 0;
    file->device = (uint64_t)info.st_dev;
    file->inode = (uint64_t)info.st_ino;
    file->influence = *influence;
    return 1;
}

int gops_memo_file_recall(gops_memo_file *file, const gops_digest *influence, gops_memo_fn fn,
                          void *user_data, gitops_error *err)
{
    window w = {.start = 0};
    file->known = 0;
    w.fd = open(file->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (w.fd < 0)
        return errno == ENOENT ? 0 : fail_file(file->path, "read", err);
    gops_buffer_init(&w.bytes, file->context, 0);
    int rc = read_head(&w, file->path, influence, err);
    if (rc > 0) {
        rc = tell_records(file, &w, fn, user_data, err);
        file->known = rc > 0 && note_file(file, w.fd, influence);
    }
    gops_buffer_release(&w.bytes);
    close(w.fd);
    return rc;
}

static int write_at(int fd, const void *data, size_t length, uint64_t offset)
{
    const char *bytes = data;
    while (length) {
        ssize_t put = pwrite(fd, bytes, length, (off_t)offset);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return 0;
        bytes += put;
        length -= (size_t)put;
        offset += (uint64_t)put;
    }
    return 1;
}

/* Writes a record at an offset and moves it. Returns 1, or 0 with errno. */
static int write_record(int fd, uint32_t kind, const char *data, size_t length, uint64_t *offset)
{
    record_head r = {kind, (uint32_t)length, {{0}}};
    r.check = check_record(&r, data);
    if (!write_at(fd, &r, sizeof r, *offset) || !write_at(fd, data, length, *offset + sizeof r))
        return 0;
    *offset += sizeof r + length;
    return 1;
}

static int begin_draft(gops_memo_file *file, const gops_digest *influence, gitops_error *err)
{
    head h = {.order = ORDER_MARK, .format = FORMAT, .influence = *influence};
    memcpy(h.magic, magic, sizeof magic);
    h.check = check_head(&h);
    drop_draft(file);
    unlink(file->draft); /* what a crash has left */
    file->fd = open(file->draft, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file->fd < 0 || !write_at(file->fd, &h, sizeof h, 0))
        return fail_file(file->draft, "write", err);
    file->draft_end = sizeof h;
    return 0;
}

/* The memos of one state in its folder. A state may be named like one of them. */
typedef struct shelf {
    DIR *folder;
    const char *prefix; /* of their names */
    size_t prefix_length;
} shelf;

/* The next entry with a name like theirs; NULL: there is none. */
static const char *next_name(const shelf *s)
{
    struct dirent *entry;
    while ((entry = readdir(s->folder)) != NULL)
        if (strncmp(entry->d_name, s->prefix, s->prefix_length) == 0)
            return entry->d_name;
    return NULL;
}

static int is_memo(const shelf *s, const char *name, struct stat *info)
{
    char begin[sizeof magic];
    int fd = openat(dirfd(s->folder), name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    int is = fd >= 0 && fstat(fd, info) == 0 && S_ISREG(info->st_mode) &&
             pread(fd, begin, sizeof begin, 0) == sizeof begin &&
             memcmp(begin, magic, sizeof magic) == 0;
    if (fd >= 0)
        close(fd);
    return is;
}

/* Removes the one that was written longest ago. */
static void remove_oldest(const shelf *s)
{
    char oldest[NAME_MAX + 1] = "";
    struct stat info, first = {0};
    rewinddir(s->folder);
    for (const char *name; (name = next_name(s)) != NULL;)
        if (is_memo(s, name, &info) &&
            (!*oldest || info.st_mtim.tv_sec < first.st_mtim.tv_sec)) {
            first = info;
            snprintf(oldest, sizeof oldest, "%s", name);
        }
    if (*oldest)
        unlinkat(dirfd(s->folder), oldest, 0);
}

static void keep_few(const gops_memo_file *file)
{
    const char *slash = strrchr(file->path, '/');
    size_t parent_length = slash ? (size_t)(slash - file->path) + 1 : 0, count = 0;
    char *parent = gops_strndup(file->context, file->path, parent_length);
    shelf s = {NULL, file->path + parent_length, file->prefix - parent_length};
    if (parent)
        s.folder = opendir(slash ? parent : ".");
    gops_free(file->context, parent);
    if (!s.folder)
        return;
    while (next_name(&s))
        count++;
    if (count > FILES_MAX)
        remove_oldest(&s);
    closedir(s.folder);
}

/* The draft becomes the file. */
static int finish_draft(gops_memo_file *file, const gops_digest *influence, gitops_error *err)
{
    if (!note_file(file, file->fd, influence) || rename(file->draft, file->path) < 0)
        return fail_file(file->draft, "rename", err);
    close(file->fd);
    file->fd = -1;
    file->end = file->draft_end;
    file->known = 1;
    keep_few(file);
    return 0;
}

static int keep_part(gops_memo_file *file, const gops_digest *influence, uint32_t kind,
                     const char *data, size_t length, gitops_error *err)
{
    int rc = kind & GOPS_MEMO_BEGIN ? begin_draft(file, influence, err) : 0;
    if (rc == 0 && file->fd < 0)
        return gops_fail(err, GITOPS_ESTATE, "memo: no series was begun");
    if (rc == 0 && !write_record(file->fd, kind, data, length, &file->draft_end))
        rc = fail_file(file->draft, "write", err);
    if (rc == 0 && kind & GOPS_MEMO_END)
        rc = finish_draft(file, influence, err);
    if (rc < 0)
        drop_draft(file);
    return rc;
}

/* Opens the file if it still is the one whose records are known. -1: it is not. */
static int open_known(const gops_memo_file *file, const gops_digest *influence)
{
    struct stat info;
    if (!file->known || !gops_digest_equal(&file->influence, influence))
        return -1;
    int fd = open(file->path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd >= 0 && fstat(fd, &info) == 0 && (uint64_t)info.st_dev == file->device &&
        (uint64_t)info.st_ino == file->inode && (uint64_t)info.st_size >= file->end)
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

static int keep_more(gops_memo_file *file, const gops_digest *influence, const char *data,
                     size_t length, gitops_error *err)
{
    uint64_t end = file->end;
    int fd = open_known(file, influence);
    if (fd < 0)
        return gops_fail(err, GITOPS_ESTATE, "memo: there is no series for more");
    int wrote = write_record(fd, GOPS_MEMO_MORE, data, length, &end);
    int cut = ftruncate(fd, (off_t)(wrote ? end : file->end)) == 0;
    int rc = wrote && cut ? 0 : fail_file(file->path, "write", err);
    if (rc == 0)
        file->end = end;
    close(fd);
    return rc;
}

int gops_memo_file_keep(gops_memo_file *file, const gops_digest *influence, uint32_t kind,
                        const char *data, size_t length, gitops_error *err)
{
    if (length > LENGTH_MAX)
        return gops_fail(err, GITOPS_ELIMIT, "memo: a record of %zu bytes is too long", length);
    return kind & GOPS_MEMO_MORE ? keep_more(file, influence, data, length, err)
                                 : keep_part(file, influence, kind, data, length, err);
}
