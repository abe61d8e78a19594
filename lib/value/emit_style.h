/* How a text is written in YAML. */
#ifndef GOPS_VALUE_EMIT_STYLE_H
#define GOPS_VALUE_EMIT_STYLE_H

#include <stddef.h>

typedef enum gops_style {
    GOPS_STYLE_PLAIN,
    GOPS_STYLE_SINGLE, /* quoted, and nothing in it but ' needs an escape */
    GOPS_STYLE_DOUBLE, /* quoted as in JSON */
    GOPS_STYLE_LITERAL /* a block of lines */
} gops_style;

/*
 * The style that is easiest to read among those in which every reader of the field sees this very
 * text: YAML 1.1 and 1.2, with all the words, numbers and dates that any of them knows.
 */
gops_style gops_style_of(const char *text, size_t length);

/* As above for a text that must stand on one line: a key. */
gops_style gops_style_of_line(const char *text, size_t length);

/* 1 when the indentation of a literal block must be stated: its first line starts with a blank. */
int gops_style_is_indented(const char *text, size_t length);

#endif
