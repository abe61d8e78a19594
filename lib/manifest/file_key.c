/*
 * file_key: the path of a file as a key. The directory becomes the namespace and the file's name
 * the name; what a segment of a key cannot hold is written as in URLs, "%" and two hexadecimal
 * digits. There is one way to write each path, so that no two files share a key.
 */
#include "manifest/file_key.h"

#include <string.h>

#include <gitops/identity.h>

#include "manifest/key.h"
#include "value/text.h"

#define KIND "/File/"

static int is_plain(uint32_t character)
{
    return character > ' ' && character != '/' && character != '\\' && character != '%' &&
           !(character >= 0x7F && character <= 0x9F);
}

/* Bytes of the character at i that may stand as they are; 0: the byte at i is escaped. */
static size_t plain_width(const char *text, size_t length, size_t i)
{
    uint32_t character;
    if (i == 0 && text[0] == '.')
        return 0;
    size_t width = gops_utf8_decode(text + i, length - i, &character);
    return width && is_plain(character) ? width : 0;
}

static int put_escaped(gops_buffer *key, const char *text, size_t length, gitops_error *err)
{
    size_t start = key->length;
    int is_underscore = length == 1 && text[0] == '_'; /* as a directory; "_" means none */
    for (size_t i = 0; i < length;) {
        size_t width = is_underscore ? 0 : plain_width(text, length, i);
        if (width)
            gops_buffer_put(key, text + i, width);
        else
            gops_buffer_printf(key, "%%%02X", (unsigned)(unsigned char)text[i]);
        i += width ? width : 1;
    }
    if (key->length - start > GOPS_KEY_SEGMENT_MAX)
        return gops_fail(err, GITOPS_ELIMIT,
                         "the path is too long for a key: directory and name may each take %d "
                         "bytes, with escapes",
                         GOPS_KEY_SEGMENT_MAX);
    return 0;
}

static int is_path(const char *path)
{
    for (const char *part = path;; part++) {
        size_t length = strcspn(part, "/");
        if (length == 0 || (length == 1 && part[0] == '.') ||
            (length == 2 && part[0] == '.' && part[1] == '.'))
            return 0;
        part += length;
        if (!*part)
            return 1;
    }
}

int gops_file_key_put(gops_buffer *key, const char *path, gitops_error *err)
{
    if (!is_path(path))
        return gops_fail(err, GITOPS_EINVAL, "a key of a file needs a relative path of names");
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    int rc = 0;
    if (slash)
        rc = put_escaped(key, path, (size_t)(slash - path), err);
    else
        gops_buffer_putc(key, '_');
    gops_buffer_puts(key, KIND);
    if (rc == 0)
        rc = put_escaped(key, name, strlen(name), err);
    return rc < 0 ? rc : gops_buffer_status(key, err);
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Undoes escapes; what is none is taken as it is, and told from a key by what it is written as. */
static void put_plain(gops_buffer *path, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        int high = text[i] == '%' && i + 2 < length ? hex_value(text[i + 1]) : -1;
        int low = high >= 0 ? hex_value(text[i + 2]) : -1;
        gops_buffer_putc(path, low >= 0 ? (char)(high * 16 + low) : text[i]);
        i += low >= 0 ? 2 : 0;
    }
}

/* A key is one of a file when it is what its path is written as. */
int gops_file_key_undo(gops_buffer *path, const char *key, gitops_error *err)
{
    size_t start = path->length;
    const char *kind = strstr(key, KIND);
    gops_buffer again;
    gops_buffer_init(&again, path->context, 0);
    int rc = GITOPS_EINVAL;
    if (kind) {
        size_t length = (size_t)(kind - key);
        if (length != 1 || key[0] != '_') {
            put_plain(path, key, length);
            gops_buffer_putc(path, '/');
        }
        put_plain(path, kind + sizeof KIND - 1, strlen(kind + sizeof KIND - 1));
        rc = gops_buffer_status(path, err);
        const char *found = path->data ? path->data + start : "";
        if (rc == 0 && strlen(found) == path->length - start)
            rc = gops_file_key_put(&again, found, err);
        if (rc == 0 && (!again.data || strcmp(again.data, key) != 0))
            rc = GITOPS_EINVAL;
    }
    gops_buffer_release(&again);
    if (rc == GITOPS_ENOMEM)
        return rc;
    return rc < 0 ? gops_fail(err, GITOPS_EINVAL, "\"%.200s\" is no key of a file", key) : 0;
}

static int give(gops_buffer *text, int rc, gitops_buffer **out, gitops_error *err)
{
    if (rc == 0)
        return gops_buffer_give(text, out, err);
    gops_buffer_release(text);
    return rc;
}

int gitops_file_key(gitops_buffer **out, gitops_context *context, const char *path,
                    gitops_error *err)
{
    gops_buffer key;
    if (!out || !context || !path)
        return gops_fail(err, GITOPS_EINVAL, "file key: an argument is NULL");
    *out = NULL;
    gops_buffer_init(&key, context, 0);
    return give(&key, gops_file_key_put(&key, path, err), out, err);
}

int gitops_file_key_path(gitops_buffer **out, gitops_context *context, const char *key,
                         gitops_error *err)
{
    gops_buffer path;
    if (!out || !context || !key)
        return gops_fail(err, GITOPS_EINVAL, "file key: an argument is NULL");
    *out = NULL;
    gops_buffer_init(&path, context, 0);
    return give(&path, gops_file_key_undo(&path, key, err), out, err);
}
