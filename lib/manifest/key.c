/*
 * key: the form of keys. Segments are checked here once, so that a key is safe as a file name
 * everywhere else.
 */
#include "manifest/key.h"

#include <string.h>

/* Also those of two bytes, U+0080 to U+009F, which a terminal may obey. */
static int is_control(const char *text, size_t i, size_t length)
{
    unsigned char c = (unsigned char)text[i];
    unsigned char next = i + 1 < length ? (unsigned char)text[i + 1] : 0;
    return c < ' ' || c == 0x7F || (c == 0xC2 && next >= 0x80 && next <= 0x9F);
}

int gops_key_is_segment(const char *text, size_t length)
{
    if (length == 0 || length > GOPS_KEY_SEGMENT_MAX || text[0] == '.')
        return 0;
    for (size_t i = 0; i < length; i++)
        if (text[i] == ' ' || text[i] == '/' || text[i] == '\\' || is_control(text, i, length))
            return 0;
    return 1;
}

int gops_key_is_kind(const char *text, size_t length)
{
    return gops_key_is_segment(text, length) && !memchr(text, '.', length);
}

int gops_key_split(const char *key, gops_key_parts *out)
{
    const char *first = strchr(key, '/');
    const char *second = first ? strchr(first + 1, '/') : NULL;
    if (!second || strlen(key) > GOPS_KEY_MAX)
        return 0;
    const char *dot = memchr(first + 1, '.', (size_t)(second - first - 1));
    const char *kind_end = dot ? dot : second;
    *out = (gops_key_parts){key,
                            (size_t)(first - key),
                            first + 1,
                            (size_t)(kind_end - first - 1),
                            dot ? dot + 1 : second,
                            dot ? (size_t)(second - dot - 1) : 0,
                            second + 1,
                            strlen(second + 1)};
    return gops_key_is_segment(out->namespace_name, out->namespace_length) &&
           gops_key_is_segment(out->kind, out->kind_length) &&
           (!dot || gops_key_is_segment(out->group, out->group_length)) &&
           gops_key_is_segment(out->name, out->name_length);
}

static int fail_part(gitops_error *err, const gops_key_part *part, const char *message)
{
    return gops_fail_at(err, GITOPS_EPARSE, NULL, part->at->line, part->at->column, "%s %s",
                        part->name, message);
}

static int put_part(gops_buffer *key, const gops_key_part *part, gitops_error *err)
{
    if (!gops_key_is_segment(part->text, part->length))
        return fail_part(err, part,
                         "cannot be part of a key: 1 to 253 characters without \"/\", blanks or a "
                         "leading \".\"");
    gops_buffer_put(key, part->text, part->length);
    return 0;
}

static int put_namespace(gops_buffer *key, const gops_key_part *part, gitops_error *err)
{
    if (!part->text) {
        gops_buffer_putc(key, '_');
        return 0;
    }
    if (part->length == 1 && part->text[0] == '_')
        return fail_part(err, part, "is \"_\", which stands for no namespace in a key");
    return put_part(key, part, err);
}

int gops_key_put(gops_buffer *key, const gops_key_part *space, const gops_key_part *kind,
                 const gops_key_part *group, const gops_key_part *name, gitops_error *err)
{
    int rc = put_namespace(key, space, err);
    gops_buffer_putc(key, '/');
    if (rc == 0 && memchr(kind->text, '.', kind->length))
        rc = fail_part(err, kind, "holds a \".\", which separates it from its group");
    if (rc == 0)
        rc = put_part(key, kind, err);
    if (rc == 0 && group->text) {
        gops_buffer_putc(key, '.');
        rc = put_part(key, group, err);
    }
    gops_buffer_putc(key, '/');
    if (rc == 0)
        rc = put_part(key, name, err);
    return rc < 0 ? rc : gops_buffer_status(key, err);
}
