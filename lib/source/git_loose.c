/*
 * git_loose: libgit2 1.5 loops for ever on a loose object that is cut short, so loose objects never
 * reach it. The reader knows the size from the object's head before it takes memory, and stops at
 * the end of the file whatever the stream says.
 */
#include "source/git_loose.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum { HEAD_MAX = 32, FIRST_OUTPUT = 512, INPUT = 16 * 1024 };

typedef struct loose_reader {
    gitops_context *context;
    gitops_error *err;
    const char *name; /* hexadecimal id, for messages */
    int fd;
    int ended; /* the stream said so */
    z_stream stream;
    uint8_t input[INPUT];
} loose_reader;

static void *zlib_allocate(void *context, unsigned count, unsigned size)
{
    return gops_calloc(context, count, size);
}

static void zlib_release(void *context, void *memory)
{
    gops_free(context, memory);
}

static int fail_damaged(loose_reader *reader, const char *how)
{
    return gops_fail_at(reader->err, GITOPS_ESOURCE, reader->name, 0, 0,
                        "loose object %s is damaged: %s", reader->name, how);
}

/* Refills the input. Returns the bytes that there are, 0 at the end of the file, or an error. */
static int refill(loose_reader *reader)
{
    ssize_t got;
    do
        got = read(reader->fd, reader->input, INPUT);
    while (got < 0 && errno == EINTR);
    if (got < 0) {
        gops_fail_os(reader->err, errno, "read loose object", reader->name);
        return GITOPS_EIO;
    }
    reader->stream.next_in = reader->input;
    reader->stream.avail_in = (unsigned)got;
    return (int)got;
}

/* Inflates until size bytes are out or the stream ends; *made is how many came. */
static int inflate_some(loose_reader *reader, uint8_t *out, size_t size, size_t *made)
{
    z_stream *stream = &reader->stream;
    size_t step = size < (1u << 30) ? size : (1u << 30);
    stream->next_out = out;
    stream->avail_out = (unsigned)step;
    *made = 0;
    while (!reader->ended && stream->avail_out) {
        int got = stream->avail_in ? 1 : refill(reader);
        if (got < 0)
            return got;
        if (got == 0)
            return fail_damaged(reader, "it is cut short");
        int rc = inflate(stream, Z_NO_FLUSH);
        if (rc == Z_MEM_ERROR)
            return gops_fail_memory(reader->err);
        if (rc == Z_STREAM_END)
            reader->ended = 1;
        else if (rc != Z_OK && rc != Z_BUF_ERROR)
            return fail_damaged(reader, "its compression is broken");
    }
    *made = step - stream->avail_out;
    return 0;
}

static git_object_t parse_type(const char *head)
{
    static const struct {
        const char *name;
        git_object_t type;
    } types[] = {{"blob ", GIT_OBJECT_BLOB},
                 {"tree ", GIT_OBJECT_TREE},
                 {"commit ", GIT_OBJECT_COMMIT},
                 {"tag ", GIT_OBJECT_TAG}};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (strncmp(head, types[i].name, strlen(types[i].name)) == 0)
            return types[i].type;
    return GIT_OBJECT_INVALID;
}

/* "type size" and a NUL. Returns the length of that with its NUL; 0 when it is something else. */
static size_t parse_head(const char *text, size_t length, git_object_t *type, uint64_t *size)
{
    const char *nul = memchr(text, '\0', length < HEAD_MAX ? length : HEAD_MAX);
    if (!nul)
        return 0;
    *type = parse_type(text);
    const char *digit = strchr(text, ' ');
    if (*type == GIT_OBJECT_INVALID || digit + 1 == nul || (digit[1] == '0' && digit + 2 != nul))
        return 0;
    *size = 0;
    while (++digit < nul) {
        if (*digit < '0' || *digit > '9' || *size > UINT64_MAX / 10 - 1)
            return 0;
        *size = *size * 10 + (uint64_t)(*digit - '0');
    }
    return (size_t)(nul - text) + 1;
}

/* The rest of the stream must be exactly what is missing. */
static int read_rest(loose_reader *reader, gops_loose *object, size_t have)
{
    while (have < object->length && !reader->ended) {
        size_t made;
        int rc = inflate_some(reader, object->data + have, object->length - have, &made);
        if (rc < 0)
            return rc;
        have += made;
    }
    uint8_t excess;
    size_t made = 0;
    int rc = have == object->length ? inflate_some(reader, &excess, 1, &made) : 0;
    if (rc < 0)
        return rc;
    return have != object->length || made ? fail_damaged(reader, "its size is not what it claims")
                                          : 0;
}

static int check_hash(loose_reader *reader, const gops_loose *object, const git_oid *id)
{
    git_oid actual;
    if (git_odb_hash(&actual, object->data, object->length, object->type) < 0 ||
        git_oid_cmp(&actual, id) != 0)
        return fail_damaged(reader, "its content does not have that id");
    return 0;
}

static int read_object(loose_reader *reader, gops_loose *object, const git_oid *id,
                       uint64_t maximum)
{
    uint8_t first[FIRST_OUTPUT];
    size_t made;
    uint64_t size;
    int rc = inflate_some(reader, first, sizeof first, &made);
    if (rc < 0)
        return rc;
    size_t head = parse_head((const char *)first, made, &object->type, &size);
    if (head == 0)
        return fail_damaged(reader, "it does not start with a type and a size");
    if (size > maximum)
        return gops_fail_at(reader->err, GITOPS_ELIMIT, reader->name, 0, 0,
                            "object %s has %llu bytes; at most %llu are read", reader->name,
                            (unsigned long long)size, (unsigned long long)maximum);
    if (made - head > size)
        return fail_damaged(reader, "its size is not what it claims");
    object->length = (size_t)size;
    object->data = gops_alloc(reader->context, object->length);
    if (!object->data)
        return gops_fail_memory(reader->err);
    memcpy(object->data, first + head, made - head);
    rc = read_rest(reader, object, made - head);
    return rc < 0 ? rc : check_hash(reader, object, id);
}

static int open_object(const char *objects, const char *hex)
{
    char path[4352];
    struct stat info;
    int length = snprintf(path, sizeof path, "%s/%.2s/%s", objects, hex, hex + 2);
    if (length < 0 || (size_t)length >= sizeof path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd >= 0 && (fstat(fd, &info) < 0 || !S_ISREG(info.st_mode))) {
        close(fd);
        errno = ENOENT;
        return -1;
    }
    return fd;
}

int gops_loose_read(gops_loose *out, gitops_context *context, const char *objects,
                    const git_oid *id, uint64_t maximum, gitops_error *err)
{
    char hex[GIT_OID_HEXSZ + 1];
    loose_reader reader = {.context = context, .err = err, .name = hex};
    git_oid_tostr(hex, sizeof hex, id);
    memset(out, 0, sizeof *out);
    reader.fd = open_object(objects, hex);
    if (reader.fd < 0)
        return errno == ENOENT || errno == ENOTDIR
                   ? GITOPS_ENOTFOUND
                   : gops_fail_os(err, errno, "open loose object", hex);
    reader.stream.zalloc = zlib_allocate;
    reader.stream.zfree = zlib_release;
    reader.stream.opaque = context;
    int rc = inflateInit(&reader.stream) == Z_OK ? 0 : gops_fail_memory(err);
    if (rc == 0) {
        rc = read_object(&reader, out, id, maximum);
        inflateEnd(&reader.stream);
    }
    close(reader.fd);
    if (rc < 0) {
        gops_free(context, out->data);
        out->data = NULL;
    }
    return rc;
}
