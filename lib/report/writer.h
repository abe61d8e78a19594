/* Text on its way to the caller's write function: a small fixed buffer, nothing allocated. */
#ifndef GOPS_REPORT_WRITER_H
#define GOPS_REPORT_WRITER_H

#include <gitops/value.h>

/* A writer that was refused stays silent: the one check is gops_writer_finish. */
typedef struct gops_writer {
    gitops_write_fn write;
    void *user_data;
    int refused;
    uint64_t total; /* bytes written, handed on or not */
    size_t length;
    char data[4096];
} gops_writer;

void gops_writer_init(gops_writer *writer, gitops_write_fn write, void *user_data);
void gops_writer_put(gops_writer *writer, const char *data, size_t length);
void gops_writer_puts(gops_writer *writer, const char *text);
void gops_writer_int(gops_writer *writer, int64_t number);
void gops_writer_uint(gops_writer *writer, uint64_t number);

/* A JSON string with its quotes, for programs: every byte sequence of UTF-8 stays itself. */
void gops_writer_json_string(gops_writer *writer, const char *text);

/* A value as one line of JSON; NULL is written as null. */
void gops_writer_json_value(gops_writer *writer, const gitops_value *value);

/*
 * The same for people: what could drive a terminal or turn the text around (C1 controls, DEL,
 * bidirectional marks, bytes that are no UTF-8) is escaped too, and after limit bytes comes "..."
 * (0: no limit).
 */
void gops_writer_shown_value(gops_writer *writer, const gitops_value *value, size_t limit);

/* A name for people: as it is, with what could drive a terminal escaped. */
void gops_writer_shown(gops_writer *writer, const char *text);
void gops_writer_shown_bytes(gops_writer *writer, const char *text, size_t length);

/* The same again for a page: what HTML would take for a mark is escaped, too. */
void gops_writer_html_value(gops_writer *writer, const gitops_value *value, size_t limit);
void gops_writer_html(gops_writer *writer, const char *text);
void gops_writer_html_bytes(gops_writer *writer, const char *text, size_t length);

/* Hands on what is left. Returns 0 or GITOPS_EIO. */
int gops_writer_finish(gops_writer *writer, gitops_error *err);

#endif
