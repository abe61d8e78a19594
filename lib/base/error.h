/* Filling the caller's gitops_error. */
#ifndef GOPS_BASE_ERROR_H
#define GOPS_BASE_ERROR_H

#include <gitops/error.h>

#define GOPS_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

/* Sets code and message (err may be NULL); origin is the library. Returns code. */
int gops_fail(gitops_error *err, int code, const char *format, ...) GOPS_PRINTF(3, 4);

/* The same with a place: where may be NULL, line and column 0. */
int gops_fail_at(gitops_error *err, int code, const char *where, uint32_t line, uint32_t column,
                 const char *format, ...) GOPS_PRINTF(6, 7);

/* GITOPS_ENOMEM with its message. */
int gops_fail_memory(gitops_error *err);

/* GITOPS_EIO from an errno value: "cannot <doing> <what>: <strerror>"; where = what. */
int gops_fail_os(gitops_error *err, int os_error, const char *doing, const char *what);

/* Says who reported the failure that was just set. */
void gops_error_origin(gitops_error *err, int32_t origin, int32_t origin_code);

/* Sets where, keeping the tail of a text that is too long. */
void gops_error_where(gitops_error *err, const char *where);

#endif
