/*
 * reader: decides between JSON and YAML, and hands out the documents of either. A text that starts
 * with a JSON value is JSON when nothing follows it; when a line that separates documents follows,
 * the value is the first document of a YAML stream.
 */
#include "value/reader.h"

#include <string.h>

#include "value/json.h"
#include "value/yaml.h"

struct gops_reader {
    gitops_context *context; /* borrowed, as the builder's is */
    gops_builder builder;
    gops_yaml *yaml;
    const char *text;
    size_t length;
    gops_place begin;        /* behind a byte order mark */
    int may_be_json;         /* JSON has not been tried yet */
    int failed;              /* memory ran out in the middle of this text */
    gitops_error json_error; /* why the text is not JSON */
};

gops_reader *gops_reader_new(gitops_context *context)
{
    gops_reader *reader = gops_calloc(context, 1, sizeof *reader);
    if (!reader)
        return NULL;
    reader->context = gops_context_ref(context);
    gops_builder_init(&reader->builder, context);
    reader->yaml = gops_yaml_new(context, &reader->builder);
    if (reader->yaml)
        return reader;
    gops_reader_free(reader);
    return NULL;
}

void gops_reader_free(gops_reader *reader)
{
    if (!reader)
        return;
    gitops_context *context = reader->context;
    gops_yaml_free(reader->yaml);
    gops_builder_release(&reader->builder);
    gops_free(context, reader);
    gitops_context_free(context);
}

/* Whether the first byte that is not blank opens a JSON list or map. */
static int looks_like_json(const char *text, size_t length)
{
    size_t at = 0;
    while (at < length && strchr(" \t\r\n", text[at]) && text[at])
        at++;
    return at < length && (text[at] == '{' || text[at] == '[');
}

static int is_utf16(const char *text, size_t length)
{
    return length >= 2 && (memcmp(text, "\xFF\xFE", 2) == 0 || memcmp(text, "\xFE\xFF", 2) == 0);
}

int gops_reader_open(gops_reader *reader, const char *text, size_t length, const char *name,
                     uint32_t first_line, gitops_diagnostics *problems, gitops_error *err)
{
    uint64_t limit = reader->context->limits.max_file_bytes;
    size_t mark = length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    reader->builder.name = name ? name : "";
    reader->builder.problems = problems;
    reader->text = length ? text : "";
    reader->length = length;
    reader->begin = (gops_place){mark, first_line, 1};
    reader->may_be_json = reader->failed = 0;
    if (length > limit || is_utf16(text, length)) {
        reader->length = mark = reader->begin.offset = 0;
        gops_yaml_open(reader->yaml, "", 0, reader->begin, 0, NULL, 0);
    }
    if (length > limit) {
        gops_fail_at(err, GITOPS_ELIMIT, name, 0, 0,
                     "text has %zu bytes, more than %llu (limit max_file_bytes)", length,
                     (unsigned long long)limit);
        return gops_builder_problem(&reader->builder, GITOPS_SEVERITY_ERROR, GITOPS_ELIMIT, 0, 0,
                                    "text has %zu bytes, more than %llu (limit max_file_bytes)",
                                    length, (unsigned long long)limit);
    }
    if (is_utf16(text, length)) {
        gops_builder_problem(&reader->builder, GITOPS_SEVERITY_ERROR, GITOPS_EPARSE, first_line, 1,
                             "text is UTF-16; only UTF-8 is read");
        return 0;
    }
    reader->may_be_json = looks_like_json(text + mark, length - mark);
    if (!reader->may_be_json)
        gops_yaml_open(reader->yaml, reader->text, length, reader->begin, 0, NULL, 0);
    return 0;
}

/* What follows a JSON value must be nothing, or the separator of the next document. */
static int check_end(gops_reader *reader, const gops_place *end)
{
    if (end->offset == reader->length ||
        (end->column == 1 &&
         gops_text_separator(reader->text, reader->length, end->offset) == end->offset))
        return 0;
    return gops_fail_at(&reader->json_error, GITOPS_EPARSE, reader->builder.name, end->line,
                        end->column, "text goes on after a JSON value");
}

/*
 * Tries the text as JSON. Returns 1 with a document; 0 when the text is not JSON, or is and has an
 * error that was reported; what is left is then for the YAML reader. GITOPS_ENOMEM.
 */
static int read_json(gops_reader *reader, gops_arena *arena, gops_read_document *out)
{
    gops_builder *builder = &reader->builder;
    gitops_diagnostics before = *builder->problems;
    gops_place end = reader->begin;
    gops_builder_start(builder, arena);
    int rc = gops_json_read(builder, reader->text, reader->length, &end, &reader->json_error);
    if (rc == 0)
        rc = check_end(reader, &end);
    if (rc == GITOPS_EPARSE) {
        gops_diagnostics_rewind(builder->problems, &before);
        gops_yaml_open(reader->yaml, reader->text, reader->length, reader->begin, 0,
                       &reader->json_error, end.offset);
        return 0;
    }
    if (rc == GITOPS_ENOMEM)
        return rc;
    if (rc == GITOPS_ELIMIT)
        end.offset = gops_text_separator(reader->text, reader->length, end.offset);
    gops_place rest = reader->begin;
    gops_place_advance(&rest, reader->text, end.offset);
    gops_yaml_open(reader->yaml, reader->text, reader->length, rest, 1, NULL, 0);
    if (builder->broken)
        return 0;
    out->root = *gops_builder_root(builder);
    out->number = 1;
    out->line = out->root.line;
    out->offset = reader->begin.offset;
    out->length = end.offset - out->offset;
    out->first_line = reader->begin.line;
    return 1;
}

int gops_reader_next(gops_reader *reader, gops_arena *arena, gops_read_document *out,
                     gitops_error *err)
{
    int rc = reader->failed ? GITOPS_ENOMEM : 0;
    if (reader->may_be_json) {
        reader->may_be_json = 0;
        rc = read_json(reader, arena, out);
    }
    if (rc == 0)
        rc = gops_yaml_next(reader->yaml, arena, out);
    reader->failed = rc < 0;
    return rc < 0 ? gops_fail_memory(err) : rc;
}

uint64_t gops_reader_empty(const gops_reader *reader)
{
    return gops_yaml_empty(reader->yaml);
}
