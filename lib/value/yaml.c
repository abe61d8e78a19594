/*
 * yaml: a text as a stream of documents.
 *
 * Each document is tried by the direct reader first. What that declines is a window for libyaml:
 * one document, so that an error ends nothing but it, and reading goes on at the next line that
 * separates documents. What libyaml would stumble over far ahead of the document at hand (bytes
 * that are no text) or be slow on (directives) is found before either sees the text, and the window
 * ends before it.
 */
#include "value/yaml.h"

#include <string.h>

#include "value/text.h"
#include "value/yaml_direct.h"
#include "value/yaml_tree.h"

enum { BAD_NOTHING, BAD_CHARACTER, BAD_DIRECTIVES, BAD_MARK };

struct gops_yaml {
    gitops_context *context;
    gops_builder *builder;
    gops_direct direct;
    int uses_direct;       /* on this text, ... */
    size_t direct_end;     /* ... up to the last separator before bad, or the end */
    int only_libyaml;
    uint64_t windows;      /* for libyaml, so far */
    gops_yaml_tree tree;
    yaml_parser_t parser;
    int parsing;           /* the parser is live on the window */
    const char *text;
    size_t length;
    size_t origin;         /* where the stream begins in text */
    size_t next;           /* where the next window begins */
    size_t start, end;     /* the window */
    gops_place place;      /* a place at or before next, for counting lines */
    uint32_t start_line;   /* of the window */
    size_t bad;            /* the first byte at or after next that libyaml must not see: */
    int32_t bad_kind;
    size_t text_end;       /* the first that is no text, */
    size_t directives;     /* the first directive too many, */
    size_t mark;           /* or the first byte order mark at the start of a document */
    size_t lead;           /* where the first document of the window begins; SIZE_MAX: as marked */
    uint32_t lead_line;
    int ascii;             /* all of the text before text_end is ASCII */
    size_t cursor_index, cursor_offset; /* a character of the window and its byte */
    uint64_t flow_work;    /* of libyaml on the events of the window, see check_flow_work */
    int in_document;
    int nothing;           /* the document at hand has no content */
    size_t document_start; /* where the document at hand begins */
    uint32_t documents;
    uint64_t empty;
    const gops_json_error *json_error;
};

gops_yaml *gops_yaml_new(gitops_context *context, gops_builder *builder)
{
    gops_yaml *yaml = gops_calloc(context, 1, sizeof *yaml);
    if (!yaml)
        return NULL;
    yaml->context = context;
    yaml->builder = builder;
    gops_direct_init(&yaml->direct, builder);
    gops_yaml_tree_init(&yaml->tree, builder);
    return yaml;
}

static void end_window(gops_yaml *yaml)
{
    if (yaml->parsing)
        yaml_parser_delete(&yaml->parser);
    yaml->parsing = 0;
    yaml->in_document = 0;
    yaml->lead = SIZE_MAX;
    yaml->next = yaml->end;
}

void gops_yaml_free(gops_yaml *yaml)
{
    if (!yaml)
        return;
    end_window(yaml);
    gops_direct_release(&yaml->direct);
    gops_yaml_tree_release(&yaml->tree);
    gops_free(yaml->context, yaml);
}

uint64_t gops_yaml_empty(const gops_yaml *yaml)
{
    return yaml->empty;
}

const char *gops_yaml_version(void)
{
    return yaml_get_version_string();
}

/*
 * The line where there are too many or too long directives in a row, or end: libyaml compares every
 * %TAG line with all before it, and copies its prefix with every use.
 */
static size_t find_directives(const gitops_limits *limits, const char *text, size_t start,
                              size_t end)
{
    size_t count = 0, expected = start;
    size_t at = memchr(text + start, '%', end - start) ? gops_text_line_with(text, end, start, '%')
                                                       : end;
    while (at < end) {
        size_t next = at;
        while (next < end && text[next] != '\n' && text[next] != '\r')
            next++;
        /* Between directives of one document stand only blank lines and comments. */
        for (size_t i = expected; i < at && count; i++)
            if (!strchr(" \t\r\n", text[i]) && text[i] != '#')
                count = 0;
        if (++count > limits->max_directives || next - at > limits->max_directive_bytes)
            return at;
        expected = next;
        at = gops_text_line_with(text, end, next + (next < end), '%');
    }
    return end;
}

/*
 * The byte order mark that comes first in the text of a document, or end. libyaml would count it as
 * a character of the line; tools that read each document by itself pass over it.
 */
static size_t find_mark(const char *text, size_t start, size_t end)
{
    for (size_t at = start; at < end; at++) {
        const char *found = memchr(text + at, '\xEF', end - at);
        if (!found || end - (size_t)(found - text) < 3)
            break;
        at = (size_t)(found - text);
        if (memcmp(found, "\xEF\xBB\xBF", 3) == 0 && gops_text_follows_separator(text, at))
            return at;
    }
    return end;
}

/* The last separator before bad, or start. */
static size_t end_before_bad(const gops_yaml *yaml, size_t start)
{
    size_t end = start, at = start;
    while ((at = gops_text_separator(yaml->text, yaml->length, at + 1)) <= yaml->bad &&
           at < yaml->length)
        end = at;
    return end;
}

/*
 * Finds what libyaml must not see in the rest of the text. Each of the three is looked for again
 * only when it was passed, so that all looking costs linear time.
 */
static void find_bad(gops_yaml *yaml, int anew)
{
    size_t next = yaml->next;
    if (anew || yaml->text_end < next)
        yaml->text_end =
            next + gops_text_check(yaml->text + next, yaml->length - next, &yaml->ascii);
    if (anew || yaml->directives < next)
        yaml->directives = find_directives(&yaml->context->limits, yaml->text, next,
                                           yaml->text_end);
    if (anew || yaml->mark < next)
        yaml->mark = yaml->ascii ? yaml->text_end : find_mark(yaml->text, next, yaml->text_end);
    yaml->bad = yaml->text_end;
    yaml->bad_kind = yaml->text_end < yaml->length ? BAD_CHARACTER : BAD_NOTHING;
    if (yaml->directives < yaml->bad) {
        yaml->bad = yaml->directives;
        yaml->bad_kind = BAD_DIRECTIVES;
    }
    if (yaml->mark < yaml->bad) {
        yaml->bad = yaml->mark;
        yaml->bad_kind = BAD_MARK;
    }
    yaml->direct_end = yaml->bad_kind == BAD_NOTHING ? yaml->length : end_before_bad(yaml, next);
}

/* Line breaks that are no LF, or a byte order mark within the text. */
static int has_odd_characters(const char *text, size_t length, int ascii)
{
    if (memchr(text, '\r', length))
        return 1;
    for (size_t i = 0; !ascii && i + 1 < length; i++) {
        unsigned char a = (unsigned char)text[i], b = (unsigned char)text[i + 1];
        unsigned char c = i + 2 < length ? (unsigned char)text[i + 2] : 0;
        if ((a == 0xC2 && b == 0x85) || (a == 0xE2 && b == 0x80 && (c == 0xA8 || c == 0xA9)) ||
            (a == 0xEF && b == 0xBB && c == 0xBF))
            return 1;
    }
    return 0;
}

void gops_yaml_open(gops_yaml *yaml, const char *text, size_t length, gops_place place,
                    uint32_t documents, const gops_json_error *json_error)
{
    yaml->end = place.offset;
    end_window(yaml);
    yaml->text = text;
    yaml->length = length;
    yaml->origin = place.offset;
    yaml->place = place;
    yaml->documents = documents;
    yaml->empty = 0;
    yaml->json_error = json_error;
    yaml->lead = place.offset;
    yaml->lead_line = place.line;
    find_bad(yaml, 1);
    yaml->uses_direct = !yaml->only_libyaml &&
                        !has_odd_characters(text + place.offset, length - place.offset,
                                            yaml->ascii && yaml->text_end == length);
}

size_t gops_yaml_next_offset(const gops_yaml *yaml)
{
    return yaml->parsing ? yaml->end : yaml->next;
}

uint64_t gops_yaml_windows(const gops_yaml *yaml)
{
    return yaml->windows;
}

void gops_yaml_use_only_libyaml(gops_yaml *yaml)
{
    yaml->only_libyaml = 1;
}

/* Goes on at the first boundary of documents at or after from. */
static void recover(gops_yaml *yaml, size_t from)
{
    end_window(yaml);
    yaml->next = gops_text_boundary(yaml->text, yaml->length, from);
    yaml->json_error = NULL;
    if (yaml->next > yaml->bad)
        find_bad(yaml, 0);
}

/* Counts the document that begins; problems before its content are its own. */
static void count_document(gops_yaml *yaml)
{
    yaml->builder->document = ++yaml->documents;
}

static void report_bad(gops_yaml *yaml)
{
    uint32_t character = 0;
    gops_place place = yaml->place;
    gops_place_advance(&place, yaml->text, yaml->bad);
    if (yaml->bad_kind == BAD_DIRECTIVES)
        gops_builder_problem(yaml->builder, GOPS_OPEN, GITOPS_SEVERITY_ERROR, GITOPS_ELIMIT,
                             place.line, 1,
                             "more than %u directives (limit max_directives), or one longer than "
                             "%u bytes (limit max_directive_bytes)",
                             (unsigned)yaml->context->limits.max_directives,
                             (unsigned)yaml->context->limits.max_directive_bytes);
    else if (gops_utf8_decode(yaml->text + yaml->bad, yaml->length - yaml->bad, &character))
        gops_builder_problem(yaml->builder, GOPS_OPEN, GITOPS_SEVERITY_ERROR, GITOPS_EPARSE,
                             place.line, place.column, "character U+%04X is not allowed in YAML",
                             (unsigned)character);
    else
        gops_builder_problem(yaml->builder, GOPS_OPEN, GITOPS_SEVERITY_ERROR, GITOPS_EPARSE,
                             place.line, place.column, "%s",
                             gops_utf8_problem(yaml->text + yaml->bad, yaml->length - yaml->bad));
}

/* The window begins with a separator and a byte order mark: it begins behind the mark instead. */
static void skip_mark(gops_yaml *yaml)
{
    yaml->lead = yaml->start;
    yaml->lead_line = yaml->start_line;
    gops_place_advance(&yaml->place, yaml->text, yaml->mark);
    yaml->next = yaml->place.offset = yaml->mark + 3;
    yaml->place.column = 1;
    find_bad(yaml, 0);
}

/* Begins the next window. Returns 1; 0 at the end of the text; GITOPS_ENOMEM. */
static int begin_window(gops_yaml *yaml, gops_arena *arena)
{
    gops_builder_start(yaml->builder, arena); /* nothing is open when a problem is met here */
    while (yaml->next < yaml->length) {
        yaml->start = yaml->next;
        gops_place_advance(&yaml->place, yaml->text, yaml->start);
        yaml->start_line = yaml->place.line;
        yaml->end = gops_text_document_end(yaml->text, yaml->length, yaml->start);
        if (yaml->bad < yaml->end)
            yaml->end = end_before_bad(yaml, yaml->start);
        if (yaml->end == yaml->start && yaml->bad_kind == BAD_MARK) {
            skip_mark(yaml);
            continue;
        }
        if (yaml->end > yaml->start) {
            yaml->tree.first_line = yaml->start_line;
            yaml->cursor_index = 0;
            yaml->cursor_offset = yaml->start;
            yaml->flow_work = 0;
            if (!yaml_parser_initialize(&yaml->parser))
                return GITOPS_ENOMEM;
            yaml->parsing = 1;
            yaml->windows++;
            yaml_parser_set_encoding(&yaml->parser, YAML_UTF8_ENCODING);
            yaml_parser_set_input_string(&yaml->parser,
                                         (const unsigned char *)yaml->text + yaml->start,
                                         yaml->end - yaml->start);
            return 1;
        }
        count_document(yaml);
        report_bad(yaml);
        recover(yaml, yaml->bad + 1);
    }
    return 0;
}

/* The byte of a character of the window; quick when called with growing numbers. */
static size_t offset_of(gops_yaml *yaml, size_t index)
{
    if (yaml->ascii)
        return yaml->start + index;
    if (index < yaml->cursor_index) {
        yaml->cursor_index = 0;
        yaml->cursor_offset = yaml->start;
    }
    size_t offset = yaml->cursor_offset;
    for (size_t at = yaml->cursor_index; at < index && offset < yaml->end; at++)
        do
            offset++;
        while (offset < yaml->end && ((unsigned char)yaml->text[offset] & 0xC0) == 0x80);
    yaml->cursor_index = index;
    yaml->cursor_offset = offset;
    return offset;
}

/* Goes on behind the document at hand, which broke at offset. Returns 0 or GITOPS_ENOMEM. */
static int recover_from(gops_yaml *yaml, size_t offset)
{
    size_t least = (yaml->in_document ? yaml->document_start : yaml->start) + 1;
    recover(yaml, offset > least ? offset : least);
    return gops_builder_finish(yaml->builder);
}

/* The separator that a broken directive stands before, or offset when it is no directive. */
static size_t skip_directive(gops_yaml *yaml, size_t offset)
{
    const yaml_mark_t *mark = &yaml->parser.problem_mark;
    size_t line = offset_of(yaml, mark->index - mark->column);
    if (yaml->in_document || line >= yaml->end || yaml->text[line] != '%')
        return offset;
    size_t separator = gops_text_separator(yaml->text, yaml->length, offset);
    return separator < yaml->length ? separator + 1 : separator;
}

/* libyaml's words for what is wrong, with the place where the thing began if it is elsewhere. */
static void report_syntax(gops_yaml *yaml)
{
    const yaml_parser_t *parser = &yaml->parser;
    const char *problem = parser->problem ? parser->problem : "text is not YAML";
    if (yaml->end < yaml->length && strcmp(problem, "found unexpected end of stream") == 0)
        problem = "found unexpected document indicator"; /* which is where the window ends */
    const char *hint = strcmp(problem, "found unexpected ':'") == 0 ? " (quote this value)" : "";
    uint32_t line = yaml->start_line + (uint32_t)parser->problem_mark.line;
    uint32_t column = (uint32_t)parser->problem_mark.column + 1;
    if (parser->context && parser->context_mark.line != parser->problem_mark.line)
        gops_builder_problem(yaml->builder, GOPS_OPEN, GITOPS_SEVERITY_ERROR, GITOPS_EPARSE,
                             line, column,
                             "%s%s %s that starts in line %u", problem, hint, parser->context,
                             (unsigned)(yaml->start_line + parser->context_mark.line));
    else
        gops_builder_problem(yaml->builder, GOPS_OPEN, GITOPS_SEVERITY_ERROR, GITOPS_EPARSE,
                             line, column,
                             "%s%s%s%s", problem, hint, parser->context ? " " : "",
                             parser->context ? parser->context : "");
}

/* The parser failed. Returns 0 after reporting it and going on behind it, or GITOPS_ENOMEM. */
static int parser_failed(gops_yaml *yaml)
{
    if (yaml->parser.error == YAML_MEMORY_ERROR)
        return GITOPS_ENOMEM;
    size_t offset = offset_of(yaml, yaml->parser.problem_mark.index);
    if (!yaml->in_document)
        count_document(yaml);
    if (yaml->json_error && offset <= yaml->json_error->offset) {
        gops_diagnostics_add_at(yaml->builder->problems, GITOPS_SEVERITY_ERROR,
                                &yaml->json_error->problem, yaml->json_error->pointer);
        yaml->builder->broken = 1;
    } else {
        report_syntax(yaml);
    }
    return recover_from(yaml, skip_directive(yaml, offset));
}

static int begin_document(gops_yaml *yaml, const yaml_event_t *event, gops_arena *arena,
                          gops_read_document *out)
{
    const yaml_mark_t *mark = &event->start_mark;
    if (yaml->documents >= yaml->context->limits.max_documents) {
        yaml->builder->document = yaml->documents + 1;
        gops_builder_problem(yaml->builder, GOPS_OPEN, GITOPS_SEVERITY_ERROR, GITOPS_ELIMIT,
                             yaml->start_line + (uint32_t)mark->line, 1,
                             "text has more than %llu documents (limit max_documents)",
                             (unsigned long long)yaml->context->limits.max_documents);
        yaml->end = yaml->length;
        end_window(yaml);
        return 0;
    }
    count_document(yaml);
    yaml->in_document = 1;
    /* A document without a separator is the first one of its window. Its bytes begin with the text,
       so that they are taken for JSON, or not, as the text is; or with what a byte order mark
       follows. */
    int is_first = event->data.document_start.implicit && yaml->lead != SIZE_MAX;
    yaml->document_start =
        is_first ? yaml->lead : offset_of(yaml, mark->index - mark->column);
    out->number = yaml->documents;
    out->offset = yaml->document_start;
    out->first_line = is_first ? yaml->lead_line : yaml->start_line + (uint32_t)mark->line;
    gops_yaml_tree_start(&yaml->tree, arena);
    return 0;
}

/* Whether a scalar at the root is nothing at all, rather than a null that someone wrote. */
static int is_nothing(const gops_yaml *yaml, const yaml_event_t *event)
{
    return yaml->builder->depth == 0 && event->type == YAML_SCALAR_EVENT &&
           event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE && !event->data.scalar.tag &&
           !event->data.scalar.anchor && event->start_mark.index == event->end_mark.index;
}

/* Takes the end of a document. Returns 1 when it is whole and not empty, 0, or GITOPS_ENOMEM. */
static int finish_document(gops_yaml *yaml, const yaml_event_t *event, gops_read_document *out)
{
    yaml->in_document = 0;
    if (gops_builder_finish(yaml->builder) < 0)
        return GITOPS_ENOMEM;
    if (yaml->builder->broken)
        return 0;
    if (yaml->nothing) {
        yaml->empty++;
        return 0;
    }
    out->root = *gops_builder_root(yaml->builder);
    out->line = out->root.line;
    out->length = offset_of(yaml, event->end_mark.index) - out->offset;
    return 1;
}

/*
 * Of every token in flow collections libyaml asks each of those it stands in whether it may be a
 * key. Short deep ones are fine; what is long and deep at once takes more time than it is worth.
 */
static int check_flow_work(gops_yaml *yaml, const yaml_event_t *event)
{
    enum { FREE_WORK = 500000, DEPTH_SHARE = 16 };
    uint32_t most = yaml->context->limits.max_flow_depth;
    yaml->flow_work += yaml->builder->flow_depth;
    if (yaml->flow_work <= FREE_WORK + (uint64_t)event->end_mark.index * most / DEPTH_SHARE)
        return 0;
    return gops_builder_problem(yaml->builder, GOPS_OPEN, GITOPS_SEVERITY_ERROR, GITOPS_ELIMIT,
                                yaml->start_line + (uint32_t)event->start_mark.line,
                                (uint32_t)event->start_mark.column + 1,
                                "flow collections are long and nested %u levels deep at once "
                                "(limit max_flow_depth)",
                                (unsigned)yaml->builder->flow_depth);
}

/* Content of a document. Returns 0 or GITOPS_ENOMEM. */
static int take_content(gops_yaml *yaml, const yaml_event_t *event)
{
    yaml->nothing = is_nothing(yaml, event);
    int rc = gops_yaml_tree_event(&yaml->tree, event);
    if (rc == 0)
        rc = check_flow_work(yaml, event);
    if (rc == GITOPS_ELIMIT || rc == GITOPS_EPARSE)
        return recover_from(yaml, offset_of(yaml, event->start_mark.index));
    return rc;
}

static int take_event(gops_yaml *yaml, const yaml_event_t *event, gops_arena *arena,
                      gops_read_document *out)
{
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        return begin_document(yaml, event, arena, out);
    case YAML_DOCUMENT_END_EVENT:
        return finish_document(yaml, event, out);
    case YAML_STREAM_START_EVENT:
        return 0;
    case YAML_STREAM_END_EVENT:
    case YAML_NO_EVENT:
        end_window(yaml);
        return 0;
    default:
        return take_content(yaml, event);
    }
}

/* Takes what the direct reader made of the text from next on. */
static void finish_direct(gops_yaml *yaml, int found, const char *start, uint32_t start_line,
                          gops_read_document *out)
{
    if (found != GOPS_DIRECT_NONE)
        count_document(yaml);
    yaml->lead = SIZE_MAX;
    yaml->empty += found == GOPS_DIRECT_EMPTY;
    out->number = yaml->documents;
    out->offset = (size_t)(start - yaml->text);
    out->first_line = start_line;
    yaml->next = (size_t)(yaml->direct.p - yaml->text);
    yaml->place = (gops_place){yaml->next, yaml->direct.line, 1};
    if (found != GOPS_DIRECT_DOCUMENT)
        return;
    out->length = yaml->next - out->offset;
    out->root = *gops_builder_root(yaml->builder);
    out->line = out->root.line;
}

/*
 * Reads the next document without libyaml. Returns 1 with a document; 0 when one was passed over
 * that has no content; GITOPS_EPARSE when libyaml is to read it; GITOPS_ENOMEM.
 */
static int read_direct(gops_yaml *yaml, gops_arena *arena, gops_read_document *out)
{
    gops_direct *direct = &yaml->direct;
    gitops_diagnostics before = *yaml->builder->problems;
    gops_arena_mark mark = gops_arena_now(arena);
    const char *start;
    uint32_t first_line;
    int is_explicit;
    if (!yaml->uses_direct || yaml->next >= yaml->direct_end ||
        yaml->documents >= yaml->context->limits.max_documents)
        return GITOPS_EPARSE;
    gops_place_advance(&yaml->place, yaml->text, yaml->next);
    direct->p = yaml->text + yaml->next;
    direct->end = yaml->text + yaml->direct_end;
    direct->line = yaml->place.line;
    direct->ascii = yaml->ascii;
    gops_builder_start(yaml->builder, arena);
    int rc = gops_direct_read(direct, &start, &first_line, &is_explicit);
    if (rc < 0)
        return rc;
    if (rc == GOPS_DIRECT_DECLINED) {
        gops_diagnostics_rewind(yaml->builder->problems, &before);
        gops_arena_rewind(arena, mark);
        return GITOPS_EPARSE;
    }
    if (!is_explicit && yaml->lead != SIZE_MAX) { /* as in begin_document */
        start = yaml->text + yaml->lead;
        first_line = yaml->lead_line;
    }
    finish_direct(yaml, rc, start, first_line, out);
    return rc == GOPS_DIRECT_DOCUMENT;
}

int gops_yaml_next(gops_yaml *yaml, gops_arena *arena, gops_read_document *out)
{
    yaml_event_t event;
    int rc = 0;
    while (rc == 0) {
        if (!yaml->parsing) {
            rc = read_direct(yaml, arena, out);
            if (rc != GITOPS_EPARSE)
                continue;
            rc = begin_window(yaml, arena);
            if (rc == 0)
                return 0;
            rc = rc < 0 ? rc : 0;
        } else if (!yaml_parser_parse(&yaml->parser, &event)) {
            rc = parser_failed(yaml);
        } else {
            rc = take_event(yaml, &event, arena, out);
            yaml_event_delete(&event);
        }
    }
    return rc;
}
