/* Characters, lines and document separators of a text. */
#ifndef GOPS_VALUE_TEXT_H
#define GOPS_VALUE_TEXT_H

#include <stddef.h>
#include <stdint.h>

/* Decodes the first character. Returns its bytes (1 to 4), or 0 when it is not UTF-8. */
size_t gops_utf8_decode(const char *text, size_t length, uint32_t *character);

/* What is wrong with text that gops_utf8_decode does not take. A static string. */
const char *gops_utf8_problem(const char *text, size_t length);

/* Returns the bytes written (1 to 4). */
size_t gops_utf8_encode(uint32_t character, char out[4]);

/* 1 for the characters that may stand in a YAML text as they are. */
int gops_text_printable(uint32_t character);

/* Bytes of the longest prefix that is UTF-8 of such characters; *ascii: it is ASCII. */
size_t gops_text_check(const char *text, size_t length, int *ascii);

/* A place in a text. Lines end with LF, CR, CRLF, NEL, LS or PS, as libyaml counts them. */
typedef struct gops_place {
    size_t offset;
    uint32_t line, column; /* from 1; the column counts characters */
} gops_place;

/* Moves a place forward to offset, which is not before it. */
void gops_place_advance(gops_place *place, const char *text, size_t offset);

/*
 * The start of the first line at or after from that separates documents: "---" and a blank or the
 * end of the line. length when there is none.
 */
size_t gops_text_separator(const char *text, size_t length, size_t from);

/* 1 when the line before the one that starts at at is a separator and nothing but a comment. */
int gops_text_follows_separator(const char *text, size_t at);

/* The first separator at or after from, or the place behind the first "..." line before it. */
size_t gops_text_boundary(const char *text, size_t length, size_t from);

/*
 * The end of the one document that starts at start: the first boundary behind its separator, which
 * may come after directives, comments and blank lines.
 */
size_t gops_text_document_end(const char *text, size_t length, size_t start);

/* The first line at or after from that starts with c; length when there is none. */
size_t gops_text_line_with(const char *text, size_t length, size_t from, char c);

#endif
