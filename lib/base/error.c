/*
 * error: fills the fixed-size error object. Texts are cut to fit at a character boundary; control
 * characters become blanks, so that a message is always one printable line.
 */
#define _POSIX_C_SOURCE 200809L /* the strerror_r that returns an int */
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

_Static_assert(sizeof(gitops_error) == 1024, "gitops_error has one size for ever");

/* Cuts an incomplete UTF-8 sequence off the end and blanks control characters. */
static void make_printable(char *text)
{
    size_t length = strlen(text), start = length;
    while (start > 0 && length - start < 4 && ((unsigned char)text[start - 1] & 0xC0) == 0x80)
        start--;
    if (start > 0 && (unsigned char)text[start - 1] >= 0xC0) {
        unsigned char lead = (unsigned char)text[start - 1];
        size_t need = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
        if (length - (start - 1) < need)
            text[start - 1] = '\0';
    }
    for (char *p = text; *p; p++)
        if ((unsigned char)*p < 0x20 || *p == 0x7F)
            *p = ' ';
}

static void fill(gitops_error *err, int code, const char *where, uint32_t line, uint32_t column,
                 const char *format, va_list args)
{
    memset(err, 0, sizeof *err);
    err->code = code;
    err->line = line;
    err->column = column;
    gops_error_where(err, where);
    vsnprintf(err->message, sizeof err->message, format, args);
    make_printable(err->message);
}

int gops_fail(gitops_error *err, int code, const char *format, ...)
{
    if (err) {
        va_list args;
        va_start(args, format);
        fill(err, code, NULL, 0, 0, format, args);
        va_end(args);
    }
    return code;
}

int gops_fail_at(gitops_error *err, int code, const char *where, uint32_t line, uint32_t column,
                 const char *format, ...)
{
    if (err) {
        va_list args;
        va_start(args, format);
        fill(err, code, where, line, column, format, args);
        va_end(args);
    }
    return code;
}

int gops_fail_memory(gitops_error *err)
{
    return gops_fail(err, GITOPS_ENOMEM, "out of memory");
}

int gops_fail_os(gitops_error *err, int os_error, const char *doing, const char *what)
{
    char reason[128] = "";
    if (strerror_r(os_error, reason, sizeof reason) != 0)
        snprintf(reason, sizeof reason, "error %d", os_error);
    gops_fail_at(err, GITOPS_EIO, what, 0, 0, "cannot %s %s: %s", doing, what, reason);
    gops_error_origin(err, GITOPS_ORIGIN_OS, os_error);
    return GITOPS_EIO;
}

void gops_error_origin(gitops_error *err, int32_t origin, int32_t origin_code)
{
    if (err) {
        err->origin = origin;
        err->origin_code = origin_code;
    }
}

void gops_error_where(gitops_error *err, const char *where)
{
    if (!err || !where)
        return;
    size_t length = strlen(where);
    if (length >= sizeof err->where)
        where += length - (sizeof err->where - 1);
    snprintf(err->where, sizeof err->where, "%s", where);
    make_printable(err->where);
}

const char *gitops_code_name(int32_t code)
{
    static const char *const names[] = {
        "GITOPS_OK",           "GITOPS_ENOMEM",     "GITOPS_EINVAL",    "GITOPS_ENOTFOUND",
        "GITOPS_EPARSE",       "GITOPS_ELIMIT",     "GITOPS_EDUPLICATE", "GITOPS_ECONFLICT",
        "GITOPS_EIO",          "GITOPS_ESOURCE",    "GITOPS_ETARGET",   "GITOPS_ESTORE",
        "GITOPS_ECORRUPT",     "GITOPS_ELOCKED",    "GITOPS_EHELD",     "GITOPS_ECANCELLED",
        "GITOPS_ESTATE",       "GITOPS_EUNSUPPORTED", "GITOPS_EFOREIGN", "GITOPS_EPARTIAL",
        "GITOPS_EREWIND",      "GITOPS_EORDER",     "GITOPS_ESUSPENDED",
        "GITOPS_ESCOPE",
    };
    int32_t count = (int32_t)(sizeof names / sizeof names[0]);
    return code <= 0 && code > -count ? names[-code] : "GITOPS_E?";
}
