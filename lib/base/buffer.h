/* A growable run of bytes with a hard maximum, and the owned bytes given to callers. */
#ifndef GOPS_BASE_BUFFER_H
#define GOPS_BASE_BUFFER_H

#include "base/context.h"

/*
 * Appending never fails at once: a buffer that could not grow is broken and stays so, and the one
 * check at the end of a piece of work asks gops_buffer_status.
 */
typedef struct gops_buffer {
    gitops_context *context; /* borrowed */
    char *data;              /* NUL-terminated when not NULL */
    size_t length, capacity, maximum;
    int status;              /* 0, GITOPS_ENOMEM or GITOPS_ELIMIT */
} gops_buffer;

void gops_buffer_init(gops_buffer *buffer, gitops_context *context, size_t maximum); /* 0: none */
void gops_buffer_put(gops_buffer *buffer, const void *data, size_t length);
void gops_buffer_puts(gops_buffer *buffer, const char *text);
void gops_buffer_putc(gops_buffer *buffer, char c);
void gops_buffer_printf(gops_buffer *buffer, const char *format, ...) GOPS_PRINTF(2, 3);

/* Makes room for more bytes and a NUL. Returns 1 when there is. */
int gops_buffer_reserve(gops_buffer *buffer, size_t more);

/*
 * Room for more bytes, to be written in place; what was written is then counted by gops_buffer_end.
 * Returns where they go; NULL when the buffer is broken.
 */
static inline char *gops_buffer_room(gops_buffer *buffer, size_t more)
{
    int has_room = buffer->status == 0 && more < buffer->capacity - buffer->length &&
                   more <= buffer->maximum - buffer->length;
    return has_room || gops_buffer_reserve(buffer, more) ? buffer->data + buffer->length : NULL;
}

static inline void gops_buffer_end(gops_buffer *buffer, char *end)
{
    *end = '\0';
    buffer->length = (size_t)(end - buffer->data);
}

void gops_buffer_clear(gops_buffer *buffer); /* keeps the memory; mends a broken buffer */
void gops_buffer_release(gops_buffer *buffer);

/* 0, or the failure with its message. */
int gops_buffer_status(const gops_buffer *buffer, gitops_error *err);

/*
 * Turns what was written into the caller's handle and releases the buffer, also on failure.
 * Returns 0 or the buffer's failure.
 */
int gops_buffer_give(gops_buffer *buffer, gitops_buffer **out, gitops_error *err);

/* A handle with a copy of some bytes; NULL when there is no memory. */
gitops_buffer *gops_bytes_new(gitops_context *context, const void *data, size_t length);

#endif
