/*
 * The YAML that people and tools write, read without libyaml: block lists and maps, flow lists and
 * maps, scalars of every style. A document that holds anything else (anchors, tags, explicit keys,
 * tabs, mistakes ...) is declined as a whole and left to libyaml, so that this reader may only ever
 * give what libyaml gives, positions included, or nothing.
 */
#ifndef GOPS_VALUE_YAML_DIRECT_H
#define GOPS_VALUE_YAML_DIRECT_H

#include "value/builder.h"

/* An open block list or map. */
typedef struct gops_direct_level {
    uint32_t indent;       /* column of its entries, from 0 */
    uint8_t is_map;
    uint8_t is_indentless; /* a list whose dashes stand in the column of the map around it */
    uint8_t is_pending;    /* its last entry has no value yet ... */
    uint32_t line, column; /* ... which would stand here if it were empty */
} gops_direct_level;

typedef struct gops_direct {
    gops_builder *builder;
    const char *p, *end;
    const char *line_start;
    uint32_t line;
    int ascii;             /* columns are bytes */
    const char *counted;   /* non-ASCII: a place in this line, and the bytes before it that ... */
    uint32_t continuation; /* ... go on a character */
    gops_direct_level *levels;
    size_t depth, capacity;
} gops_direct;

void gops_direct_init(gops_direct *direct, gops_builder *builder);
void gops_direct_release(gops_direct *direct);

enum {
    GOPS_DIRECT_DECLINED = 0,
    GOPS_DIRECT_DOCUMENT, /* the builder has a whole tree */
    GOPS_DIRECT_EMPTY,    /* a document without content */
    GOPS_DIRECT_NONE      /* nothing but comments up to the end */
};

/*
 * Reads the document that begins at p, a place at the start of a line. The text up to end is UTF-8
 * of printable characters whose only line breaks are LF; ascii: and ASCII. *start is where the
 * document begins behind comments and blank lines, is_explicit: with "---". p and line are moved to
 * the line that separates it from the next one, or to the end. The builder has been started.
 * Returns GOPS_DIRECT_... (what was reported meanwhile is void when it declines) or GITOPS_ENOMEM.
 */
int gops_direct_read(gops_direct *direct, const char **start, uint32_t *start_line,
                     int *is_explicit);

/* Column of a place in the current line, from 1; quick when asked for rising places. */
uint32_t gops_direct_column(gops_direct *direct, const char *at);

static inline int gops_is_blankz(const char *p, const char *end)
{
    return p >= end || *p == ' ' || *p == '\t' || *p == '\n';
}

/* 1 when a line starts at p with three of mark and a blank: what separates documents. */
static inline int gops_is_indicator(const char *p, const char *end, char mark)
{
    return end - p >= 3 && p[0] == mark && p[1] == mark && p[2] == mark &&
           gops_is_blankz(p + 3, end);
}

static inline void gops_direct_next_line(gops_direct *direct, const char *start)
{
    direct->line++;
    direct->line_start = direct->counted = start;
    direct->continuation = 0;
}

#endif
