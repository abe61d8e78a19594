/*
 * Text to trees, one document after the other. A text that starts with { or [ is read as JSON
 * (RFC 8259) first and as YAML if it is not JSON; what follows a JSON value is the next one, if
 * that is a map, or a line that separates the documents of a YAML stream. Text is UTF-8, or UTF-16
 * with a byte order mark, which becomes UTF-8 first: offsets and lengths are those of the UTF-8
 * text. A broken document becomes a diagnostic, and reading goes on at the next line that separates
 * documents.
 */
#ifndef GOPS_VALUE_READER_H
#define GOPS_VALUE_READER_H

#include "value/builder.h"
#include "value/diagnostics.h"
#include "value/value.h"

typedef struct gops_reader gops_reader;

typedef struct gops_read_document {
    gitops_value root;     /* borrows from the arena given to gops_reader_next */
    uint32_t number;       /* of the document in the text, from 1; empty ones count */
    uint32_t line;         /* where its content starts, from 1 */
    size_t offset, length; /* bytes that hold it, directives included: reading just these, with
                              first_line, gives the same tree and positions */
    uint32_t first_line;   /* line of offset, from 1 */
} gops_read_document;

/* A reader is reused for many texts. NULL: no memory. */
gops_reader *gops_reader_new(gitops_context *context);
void gops_reader_free(gops_reader *reader);

/* Problems are to name objects by keys that identify finds; user_data is borrowed. */
void gops_reader_set_identify(gops_reader *reader, gops_identify_fn identify, void *user_data);

/* What stands in a text as it is need not be copied: every text outlives its trees. */
void gops_reader_borrow(gops_reader *reader);

/* For tests and benchmarks: YAML is read by libyaml alone; pieces that libyaml read so far. */
void gops_reader_use_only_libyaml(gops_reader *reader);
uint64_t gops_reader_windows(const gops_reader *reader);

/*
 * Starts a text; text, name and problems are borrowed until the next open. first_line: line number
 * of the first line of text (1 for a whole file). Returns 0, GITOPS_ELIMIT (too many bytes; also a
 * diagnostic) or GITOPS_ENOMEM.
 */
int gops_reader_open(gops_reader *reader, const char *text, size_t length, const char *name,
                     uint32_t first_line, gitops_diagnostics *problems, gitops_error *err);

/* Bytes of the text up to where the document after the next one begins, at most. */
size_t gops_reader_ahead(const gops_reader *reader);

/*
 * Reads the next whole document into arena. Returns 1 and fills *out; 0 at the end; GITOPS_ENOMEM,
 * or GITOPS_ELIMIT when the budget of the arena is exceeded (also a diagnostic), and that again
 * until the next open. Broken documents are diagnostics and are passed over.
 */
int gops_reader_next(gops_reader *reader, gops_arena *arena, gops_read_document *out,
                     gitops_error *err);

/* Version of the library that reads YAML: another one may read otherwise. Static. */
const char *gops_reader_version(void);

/* Documents without content that were passed over since open. */
uint64_t gops_reader_empty(const gops_reader *reader);

#endif
