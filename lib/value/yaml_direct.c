/*
 * yaml_direct: line by line. The columns of the open block lists and maps are a stack; a line closes
 * those that stand deeper than it does, and goes on with the innermost one left. What comes after a
 * colon or a dash is a scalar, a flow collection, or on the lines below.
 */
#include "value/yaml_direct.h"

#include <string.h>

#include "value/yaml_direct_scalar.h"

enum { LONGEST_KEY = 1024 }; /* libyaml looks no further for the colon of a key */

void gops_direct_init(gops_direct *direct, gops_builder *builder)
{
    memset(direct, 0, sizeof *direct);
    direct->builder = builder;
}

void gops_direct_release(gops_direct *direct)
{
    gops_free(direct->builder->context, direct->levels);
    direct->levels = NULL;
    direct->capacity = 0;
}

uint32_t gops_direct_column(gops_direct *direct, const char *at)
{
    if (direct->ascii)
        return (uint32_t)(at - direct->line_start) + 1;
    if (at < direct->counted) {
        direct->counted = direct->line_start;
        direct->continuation = 0;
    }
    for (; direct->counted < at; direct->counted++)
        direct->continuation += ((unsigned char)*direct->counted & 0xC0) == 0x80;
    return (uint32_t)(at - direct->line_start) - direct->continuation + 1;
}

/* What the builder refused is for libyaml to report. */
static int accept(int rc)
{
    return rc == 0 ? 1 : rc == GITOPS_ENOMEM ? rc : 0;
}

static void skip_blanks(gops_direct *direct)
{
    while (direct->p < direct->end && *direct->p == ' ')
        direct->p++;
}

/* Whether nothing but a comment is left on the line; blanks and a comment are passed over. */
static int at_line_end(gops_direct *direct)
{
    const char *before = direct->p;
    skip_blanks(direct);
    if (direct->p < direct->end && *direct->p == '#' &&
        (direct->p > before || direct->p == direct->line_start)) {
        const char *newline = memchr(direct->p, '\n', (size_t)(direct->end - direct->p));
        direct->p = newline ? newline : direct->end;
    }
    return direct->p == direct->end || *direct->p == '\n';
}

/* Whether the line that starts at p separates documents. */
static int is_separator(const gops_direct *direct)
{
    return gops_is_indicator(direct->p, direct->end, '-') ||
           gops_is_indicator(direct->p, direct->end, '.');
}

/*
 * Moves to the first character of the next line with content, from a place at the start of a line
 * or where one ends. Returns 1; 0 at the end of the document or the text.
 */
static int next_content(gops_direct *direct)
{
    for (;;) {
        if (direct->p < direct->end && *direct->p == '\n')
            gops_direct_next_line(direct, ++direct->p);
        if (direct->p == direct->line_start && is_separator(direct))
            return 0;
        if (!at_line_end(direct))
            return 1;
        if (direct->p == direct->end)
            return 0;
    }
}

static int is_dash(const gops_direct *direct)
{
    return *direct->p == '-' && gops_is_blankz(direct->p + 1, direct->end);
}

/* A colon that ends a key in block context. */
static int is_colon(const gops_direct *direct)
{
    return direct->p < direct->end && *direct->p == ':' &&
           gops_is_blankz(direct->p + 1, direct->end);
}

/* ---- flow collections ---- */

/* Passes over blanks, line breaks and comments in a flow collection. 0 to decline. */
static int skip_in_flow(gops_direct *direct)
{
    for (;;) {
        if (!at_line_end(direct))
            return *direct->p != '\t' && *direct->p != '#';
        if (direct->p == direct->end)
            return 0;
        gops_direct_next_line(direct, ++direct->p);
        if (is_separator(direct))
            return 0;
    }
}

static int flow_scalar(gops_direct *direct, gops_direct_text *out)
{
    if (*direct->p == '"' || *direct->p == '\'')
        return gops_direct_quoted(direct, out);
    return gops_direct_plain_in_flow(direct, out);
}

/* A key and its colon, on one line. */
static int flow_key(gops_direct *direct)
{
    gops_direct_text key;
    const char *start = direct->p;
    int rc = flow_scalar(direct, &key);
    if (rc <= 0)
        return rc;
    skip_blanks(direct);
    if (key.is_multiline || direct->p == direct->end || *direct->p != ':' ||
        direct->p - start > LONGEST_KEY)
        return 0;
    direct->p++;
    rc = gops_direct_take_key(direct, &key);
    return rc == 1 ? skip_in_flow(direct) : rc;
}

static int open_flow(gops_direct *direct)
{
    int rc = gops_builder_open(direct->builder, *direct->p == '{', 1, direct->line,
                               gops_direct_column(direct, direct->p));
    direct->p++;
    return accept(rc);
}

/* An entry of the innermost list or map, or the start of one that is a list or map itself. */
static int flow_entry(gops_direct *direct, int *is_whole)
{
    gops_direct_text scalar;
    int rc = gops_builder_top(direct->builder)->is_map ? flow_key(direct) : 1;
    if (rc <= 0)
        return rc;
    *is_whole = *direct->p != '[' && *direct->p != '{';
    if (!*is_whole)
        return open_flow(direct);
    rc = flow_scalar(direct, &scalar);
    return rc == 1 ? gops_direct_take_value(direct, &scalar) : rc;
}

static int close_flow(gops_direct *direct)
{
    const gitops_value *value;
    direct->p++;
    return accept(gops_builder_close(direct->builder, &value));
}

/* The flow collection at p. */
static int read_flow(gops_direct *direct)
{
    size_t outer = direct->builder->depth;
    int is_whole = 0, rc = open_flow(direct);
    while (rc == 1 && direct->builder->depth > outer) {
        if (!skip_in_flow(direct))
            return 0;
        char c = *direct->p;
        if (c == (gops_builder_top(direct->builder)->is_map ? '}' : ']')) {
            rc = close_flow(direct);
            is_whole = 1;
        } else if (!is_whole) {
            rc = flow_entry(direct, &is_whole);
        } else if (c == ',') {
            direct->p++;
            is_whole = 0;
        } else {
            return 0;
        }
    }
    return rc;
}

/* ---- block collections ---- */

static gops_direct_level *top_of(gops_direct *direct)
{
    return direct->depth ? &direct->levels[direct->depth - 1] : NULL;
}

static int open_level(gops_direct *direct, uint32_t indent, int is_map, int is_indentless,
                      uint32_t line, uint32_t column)
{
    if (gops_grow(direct->builder->context, &direct->levels, &direct->capacity, direct->depth + 1,
                  sizeof *direct->levels) < 0)
        return GITOPS_ENOMEM;
    direct->levels[direct->depth++] =
        (gops_direct_level){.indent = indent, .is_map = is_map != 0,
                            .is_indentless = is_indentless != 0};
    return accept(gops_builder_open(direct->builder, is_map, 0, line, column));
}

/* The value that an entry turned out not to have. */
static int take_nothing(gops_direct *direct, gops_direct_level *level)
{
    gitops_value *value;
    level->is_pending = 0;
    int rc = gops_builder_slot(direct->builder, &value, level->line, level->column);
    if (rc == 0)
        gops_value_set_null(value);
    return accept(rc);
}

static int close_level(gops_direct *direct)
{
    const gitops_value *value;
    gops_direct_level *level = top_of(direct);
    int rc = level->is_pending ? take_nothing(direct, level) : 1;
    direct->depth--;
    return rc == 1 ? accept(gops_builder_close(direct->builder, &value)) : rc;
}

/* Passes over blanks behind a dash or colon. Returns 1 when the entry is on the lines below. */
static int is_below(gops_direct *direct)
{
    gops_direct_level *level = top_of(direct);
    level->line = direct->line;
    level->column = gops_direct_column(direct, direct->p);
    level->is_pending = at_line_end(direct) != 0;
    return level->is_pending;
}

/* A scalar or flow collection; the rest of its last line holds no more than a comment. */
static int read_leaf(gops_direct *direct)
{
    gops_direct_text scalar;
    char c = *direct->p;
    int rc;
    if (c == '[' || c == '{') {
        rc = read_flow(direct);
        return rc == 1 ? at_line_end(direct) : rc;
    }
    if (!direct->depth)
        return 0;
    uint32_t parent = top_of(direct)->indent;
    if (c == '|' || c == '>') {
        rc = gops_direct_block(direct, parent, &scalar);
        return rc == 1 ? gops_direct_take_value(direct, &scalar) : rc;
    }
    if (c == '"' || c == '\'')
        rc = gops_direct_quoted(direct, &scalar);
    else
        rc = gops_direct_plain(direct, parent + 1, &scalar);
    if (rc == 1)
        rc = at_line_end(direct) ? gops_direct_take_value(direct, &scalar) : 0;
    return rc;
}

/* What follows a colon. */
static int read_member(gops_direct *direct)
{
    direct->p++;
    if (is_below(direct))
        return 1;
    return is_dash(direct) ? 0 : read_leaf(direct);
}

/*
 * The scalar at p when it is a key, up to its colon. Returns 1, 0 when it is none (p is then as
 * before), or GITOPS_ENOMEM.
 */
static int read_key(gops_direct *direct, gops_direct_text *key)
{
    gops_direct before = *direct;
    int rc = *direct->p == '"' || *direct->p == '\'' ? gops_direct_quoted(direct, key)
                                                     : gops_direct_plain(direct, UINT32_MAX, key);
    if (rc == 1) {
        skip_blanks(direct);
        if (!key->is_multiline && is_colon(direct) && direct->p - before.p <= LONGEST_KEY)
            return 1;
        rc = 0;
    }
    *direct = before;
    return rc;
}

/* The next entry of the map whose keys stand in this column. */
static int read_entry(gops_direct *direct)
{
    gops_direct_text key;
    int rc = read_key(direct, &key);
    if (rc == 1)
        rc = gops_direct_take_key(direct, &key);
    return rc == 1 ? read_member(direct) : rc;
}

/* A node in a place where a block collection may begin. indent is the column of p, from 0. */
static int read_node(gops_direct *direct, uint32_t indent)
{
    gops_direct_text key;
    int rc;
    while (is_dash(direct)) {
        rc = open_level(direct, indent, 0, 0, direct->line, indent + 1);
        if (rc <= 0)
            return rc;
        direct->p++;
        if (is_below(direct))
            return 1;
        indent = (uint32_t)(direct->p - direct->line_start);
    }
    rc = read_key(direct, &key);
    if (rc == 0)
        return read_leaf(direct);
    if (rc == 1)
        rc = open_level(direct, indent, 1, 0, key.line, key.column);
    if (rc == 1)
        rc = gops_direct_take_key(direct, &key);
    return rc == 1 ? read_member(direct) : rc;
}

/* The next item of a list: p is on its dash. */
static int read_item(gops_direct *direct)
{
    direct->p++;
    if (is_below(direct))
        return 1;
    return read_node(direct, (uint32_t)(direct->p - direct->line_start));
}

/* A line of the innermost collection, whose entries stand in its column. */
static int go_on(gops_direct *direct, gops_direct_level *level, uint32_t indent)
{
    int rc = 1;
    if (level->is_map && level->is_pending && is_dash(direct)) {
        level->is_pending = 0;
        rc = open_level(direct, indent, 0, 1, direct->line, indent + 1);
        return rc == 1 ? read_item(direct) : rc;
    }
    if (level->is_pending)
        rc = take_nothing(direct, level);
    if (rc <= 0)
        return rc;
    if (level->is_map)
        return read_entry(direct);
    return is_dash(direct) ? read_item(direct) : 0;
}

/* A line whose first character is at p. */
static int read_line(gops_direct *direct)
{
    uint32_t indent = (uint32_t)(direct->p - direct->line_start);
    gops_direct_level *level;
    int rc = 1;
    while ((level = top_of(direct)) &&
           (level->indent > indent ||
            (level->indent == indent && level->is_indentless && !is_dash(direct)))) {
        rc = close_level(direct);
        if (rc <= 0)
            return rc;
    }
    if (!level)
        return direct->builder->count ? 0 : read_node(direct, indent);
    if (level->indent == indent)
        return go_on(direct, level, indent);
    if (!level->is_pending)
        return 0;
    level->is_pending = 0;
    return read_node(direct, indent);
}

/* The lines of a document. Returns 1, 0 to decline, or GITOPS_ENOMEM. */
static int read_content(gops_direct *direct)
{
    int rc = 1;
    while (rc == 1 && next_content(direct))
        rc = *direct->p == '\t' ? 0 : read_line(direct);
    while (rc == 1 && direct->depth)
        rc = close_level(direct);
    return rc;
}

/* Passes over the separator at p. 0 to decline: more than a comment is on its line. */
static int skip_separator(gops_direct *direct)
{
    direct->p += 3;
    return at_line_end(direct);
}

int gops_direct_read(gops_direct *direct, const char **start, uint32_t *start_line,
                     int *is_explicit)
{
    direct->depth = 0;
    gops_direct_next_line(direct, direct->p);
    direct->line--;
    int has_content = next_content(direct);
    *start = direct->line_start;
    *start_line = direct->line;
    *is_explicit = !has_content && gops_is_indicator(direct->p, direct->end, '-');
    if (!has_content && !*is_explicit)
        return direct->p == direct->end ? GOPS_DIRECT_NONE : GOPS_DIRECT_DECLINED;
    if (has_content && direct->p == direct->line_start && *direct->p == '%')
        return GOPS_DIRECT_DECLINED;
    int rc = *is_explicit ? skip_separator(direct) : 1;
    if (rc == 1)
        rc = read_content(direct);
    if (rc == GITOPS_ENOMEM)
        return rc;
    if (rc <= 0 || direct->builder->broken)
        return GOPS_DIRECT_DECLINED;
    if (direct->p < direct->end && *direct->p == '.')
        return GOPS_DIRECT_DECLINED;
    return direct->builder->count ? GOPS_DIRECT_DOCUMENT : GOPS_DIRECT_EMPTY;
}
