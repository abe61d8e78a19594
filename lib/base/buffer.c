/*
 * buffer: bytes that grow by half, and gitops_buffer, the same bytes handed to a caller for good.
 */
#include "base/buffer.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct gitops_buffer {
    gitops_context *context;
    size_t length;
    char *data;
};

void gops_buffer_init(gops_buffer *buffer, gitops_context *context, size_t maximum)
{
    memset(buffer, 0, sizeof *buffer);
    buffer->context = context;
    buffer->maximum = maximum ? maximum : SIZE_MAX / 2;
}

int gops_buffer_reserve(gops_buffer *buffer, size_t more)
{
    if (buffer->status)
        return 0;
    if (more > buffer->maximum || buffer->length > buffer->maximum - more)
        buffer->status = GITOPS_ELIMIT;
    else if (gops_grow(buffer->context, &buffer->data, &buffer->capacity,
                       buffer->length + more + 1, 1) < 0)
        buffer->status = GITOPS_ENOMEM;
    return buffer->status == 0;
}

void gops_buffer_put(gops_buffer *buffer, const void *data, size_t length)
{
    char *room = gops_buffer_room(buffer, length);
    if (!room)
        return;
    if (length)
        memcpy(room, data, length);
    gops_buffer_end(buffer, room + length);
}

void gops_buffer_puts(gops_buffer *buffer, const char *text)
{
    gops_buffer_put(buffer, text, strlen(text));
}

void gops_buffer_putc(gops_buffer *buffer, char c)
{
    gops_buffer_put(buffer, &c, 1);
}

void gops_buffer_printf(gops_buffer *buffer, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (length >= 0 && gops_buffer_reserve(buffer, (size_t)length)) {
        vsnprintf(buffer->data + buffer->length, (size_t)length + 1, format, again);
        buffer->length += (size_t)length;
    }
    va_end(again);
}

void gops_buffer_clear(gops_buffer *buffer)
{
    buffer->length = 0;
    buffer->status = 0;
    if (buffer->data)
        buffer->data[0] = '\0';
}

void gops_buffer_release(gops_buffer *buffer)
{
    gops_free(buffer->context, buffer->data);
    buffer->data = NULL;
    buffer->length = buffer->capacity = 0;
}

int gops_buffer_status(const gops_buffer *buffer, gitops_error *err)
{
    if (buffer->status == GITOPS_ENOMEM)
        return gops_fail_memory(err);
    if (buffer->status)
        return gops_fail(err, buffer->status, "text is longer than %zu bytes", buffer->maximum);
    return 0;
}

int gops_buffer_give(gops_buffer *buffer, gitops_buffer **out, gitops_error *err)
{
    *out = NULL;
    gops_buffer_reserve(buffer, 0); /* so that an empty result is a NUL-terminated string too */
    int rc = gops_buffer_status(buffer, err);
    gitops_buffer *given = rc == 0 ? gops_alloc(buffer->context, sizeof *given) : NULL;
    if (!given) {
        gops_buffer_release(buffer);
        return rc < 0 ? rc : gops_fail_memory(err);
    }
    given->context = gops_context_ref(buffer->context);
    given->length = buffer->length;
    given->data = buffer->data;
    given->data[given->length] = '\0';
    buffer->data = NULL;
    gops_buffer_release(buffer);
    *out = given;
    return 0;
}

gitops_buffer *gops_bytes_new(gitops_context *context, const void *data, size_t length)
{
    gops_buffer buffer;
    gitops_buffer *bytes = NULL;
    gops_buffer_init(&buffer, context, 0);
    gops_buffer_put(&buffer, data, length);
    gops_buffer_give(&buffer, &bytes, NULL);
    return bytes;
}

const char *gitops_buffer_data(const gitops_buffer *buffer)
{
    return buffer ? buffer->data : "";
}

size_t gitops_buffer_length(const gitops_buffer *buffer)
{
    return buffer ? buffer->length : 0;
}

void gitops_buffer_free(gitops_buffer *buffer)
{
    if (!buffer)
        return;
    gitops_context *context = buffer->context;
    gops_free(context, buffer->data);
    gops_free(context, buffer);
    gitops_context_free(context);
}
