/* A list of located problems with a maximum; what does not fit is counted. */
#ifndef GOPS_VALUE_DIAGNOSTICS_H
#define GOPS_VALUE_DIAGNOSTICS_H

#include <gitops/value.h>

#include "base/context.h"

/* One problem without the unused room of a gitops_error: there may be a hundred thousand. */
typedef struct gops_diagnostic {
    int32_t severity, code, origin, origin_code;
    uint32_t line, column, document;
    char *where;         /* one allocation: where, message and pointer, each with its NUL */
    const char *message, *pointer;
    char *key;           /* of the object; NULL: not known */
} gops_diagnostic;

struct gitops_diagnostics {
    gitops_context *context; /* borrowed */
    gops_diagnostic *items;
    size_t count, capacity;
    uint64_t errors, warnings; /* met; up to max_diagnostics of each are kept */
    int out_of_memory;       /* a problem could not be kept */
};

void gops_diagnostics_init(gitops_diagnostics *list, gitops_context *context);
void gops_diagnostics_release(gitops_diagnostics *list);

/* Whether one more problem of a severity would be kept, and not only be counted. */
int gops_diagnostics_has_room(const gitops_diagnostics *list, int32_t severity);

/* Adds a problem; always counts it. */
void gops_diagnostics_add(gitops_diagnostics *list, int32_t severity, const gitops_error *problem);

/* Adds a problem of the value at a JSON pointer of a document. */
void gops_diagnostics_add_at(gitops_diagnostics *list, int32_t severity,
                             const gitops_error *problem, const char *pointer);

/* Says of problem i which object it is about. */
void gops_diagnostics_set_key(gitops_diagnostics *list, size_t i, const char *key);

/* Appends all problems of other. */
void gops_diagnostics_append(gitops_diagnostics *list, const gitops_diagnostics *other);

/* Adds problems that are kept without their place: those of the file at where. */
void gops_diagnostics_repeat(gitops_diagnostics *list, const gops_diagnostic *items, size_t count,
                             const char *where);

/* Takes back what was added since before, a copy of *list, was made. */
void gops_diagnostics_rewind(gitops_diagnostics *list, const gitops_diagnostics *before);

/* Sorts by file, line, column: the order in which a reader looks for them. */
void gops_diagnostics_sort(gitops_diagnostics *list);

/* The first error into err. Returns its code; 0 without one; GITOPS_ENOMEM if any was lost. */
int gops_diagnostics_status(const gitops_diagnostics *list, gitops_error *err);

#endif
