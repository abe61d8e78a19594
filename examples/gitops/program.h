/* What the commands of the gitops program share: results, messages, files. */
#ifndef PROGRAM_H
#define PROGRAM_H

#include <stdint.h>
#include <stdio.h>

#include <gitops.h>

/* Exit codes; the help explains them to users. */
enum {
    RESULT_SAME = 0, /* nothing to do, or done */
    RESULT_DIFFERS = 1,
    RESULT_ERROR = 2, /* the target was not changed */
    RESULT_HELD = 3,
    RESULT_FAILED = 4 /* something failed after the first call to the target */
};

typedef struct program {
    gitops_context *context;
    const char *self; /* argv[0]: how the user calls us */
} program;

/* "gitops: ..." on standard error. Returns RESULT_ERROR. */
int complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The same for an error of the library, with its place in front. Returns RESULT_ERROR. */
int complain_error(const gitops_error *err);

/* Prints each problem as FILE:LINE:COLUMN: message on standard error. name: for those without. */
void print_diagnostics(const gitops_diagnostics *list, const char *name);

/* Names each leaf in conflict, with its place in Git, and the object unless key is NULL. */
void complain_changes(const gitops_changes *changes, const char *key);

/* "FILE:LINE:COLUMN: " or as much of it as is known. */
void print_place(FILE *out, const char *file, uint32_t line, uint32_t column);

/* A gitops_write_fn; user_data is a FILE. */
int write_to_file(const char *data, size_t length, void *file);

typedef struct bytes {
    char *data; /* NUL-terminated; free() it */
    size_t length;
} bytes;

/* Reads a whole file, or standard input for "-". Returns 0, or RESULT_ERROR after a complaint. */
int read_bytes(const char *path, bytes *out);

/* Reads a file of exactly one document. Returns 0, or RESULT_ERROR after complaints. */
int read_document(program *p, const char *path, gitops_document **out);

/* The same, but a file without content is an absent document: *out is then NULL. */
int read_document_or_nothing(program *p, const char *path, gitops_document **out);

/* Prints a value and a newline (JSON), or the value as a YAML document. Returns 0 or RESULT_ERROR. */
int print_value(program *p, FILE *out, const gitops_value *value, int32_t format);

/* A name or message for people; what would drive a terminal is shown as "?". NULL is "". */
void print_shown(FILE *out, const char *text);

enum { USER_SIZE = 128 };

/* Who runs this program, by name if there is one, for the history. Gives user back. */
const char *name_user(char user[USER_SIZE]);

/* The time now, as the library wants it for notes. */
int64_t unix_now_ms(void);

/* A JSON string with quotes; NULL is null. */
void print_json_string(FILE *out, const char *text);

#endif
