/*
 * reader: decides between JSON and YAML, and hands out the documents of either. A text that starts
 * with a JSON value is JSON when nothing follows it; when a line that separates documents follows,
 * the value is the first document of a YAML stream.
 */
#include "value/reader.h"

#include <stdio.h>
#include <string.h>

#include "value/encoding.h"
#include "value/json.h"
#include "value/yaml.h"

struct gops_reader {
    gitops_context *context; /* borrowed, as the builder's is */
    gops_builder builder;
    gops_yaml *yaml;
    gops_buffer utf8;        /* of a text in another encoding, or without a last line break */
    const char *text;
    size_t length;
    size_t given_length;     /* the same without the line break that was missing at its end */
    gops_place begin;        /* behind a byte order mark, and behind what was read as JSON */
    int may_be_json;         /* JSON has not been tried there yet */
    uint32_t json_documents; /* read so far */
    size_t json_length;      /* bytes of the last one */
    int failed;              /* a code: memory ran out in the middle of this text */
    gops_json_error json_error;
};

gops_reader *gops_reader_new(gitops_context *context)
{
    gops_reader *reader = gops_calloc(context, 1, sizeof *reader);
    if (!reader)
        return NULL;
    reader->context = gops_context_ref(context);
    gops_builder_init(&reader->builder, context);
    gops_buffer_init(&reader->utf8, context, context->limits.max_file_bytes + 1);
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
    gops_buffer_release(&reader->utf8);
    gops_free(context, reader);
    gitops_context_free(context);
}

void gops_reader_set_identify(gops_reader *reader, gops_identify_fn identify, void *user_data)
{
    reader->builder.identify = identify;
    reader->builder.identify_data = user_data;
}

void gops_reader_borrow(gops_reader *reader)
{
    reader->builder.borrows = 1;
}

void gops_reader_use_only_libyaml(gops_reader *reader)
{
    gops_yaml_use_only_libyaml(reader->yaml);
}

size_t gops_reader_ahead(const gops_reader *reader)
{
    if (reader->may_be_json && reader->json_documents)
        return reader->json_length;
    size_t start = reader->may_be_json ? reader->begin.offset : gops_yaml_next_offset(reader->yaml);
    return gops_text_document_end(reader->text, reader->length, start) - start;
}

uint64_t gops_reader_windows(const gops_reader *reader)
{
    return gops_yaml_windows(reader->yaml);
}

/* Whether the first byte that is not blank opens a JSON list or map. */
static int looks_like_json(const char *text, size_t length)
{
    size_t at = 0;
    while (at < length && strchr(" \t\r\n", text[at]) && text[at])
        at++;
    return at < length && (text[at] == '{' || text[at] == '[');
}

/* Nothing is read of the text at hand. */
static void read_nothing(gops_reader *reader)
{
    reader->length = reader->begin.offset = 0;
    gops_yaml_open(reader->yaml, "", 0, reader->begin, 0, NULL);
}

/* The text is too long, or becomes so as UTF-8. Returns GITOPS_ELIMIT after reporting it. */
static int refuse_size(gops_reader *reader, size_t length, gitops_error *err)
{
    gitops_error problem;
    unsigned long long limit = reader->context->limits.max_file_bytes;
    if (length > limit)
        gops_fail_at(&problem, GITOPS_ELIMIT, reader->builder.name, 0, 0,
                     "text has %zu bytes, more than %llu (limit max_file_bytes)", length, limit);
    else
        gops_fail_at(&problem, GITOPS_ELIMIT, reader->builder.name, 0, 0,
                     "text has more than %llu bytes as UTF-8 (limit max_file_bytes)", limit);
    gops_diagnostics_add(reader->builder.problems, GITOPS_SEVERITY_ERROR, &problem);
    if (err)
        *err = problem;
    read_nothing(reader);
    return GITOPS_ELIMIT;
}

/*
 * Tools of Kubernetes end the last line of a text, which a block scalar at its end shows; so this
 * reader does, for what it reads as YAML: the text behind from. Returns 0 or GITOPS_ENOMEM.
 */
static int end_last_line(gops_reader *reader, size_t from)
{
    size_t length = reader->length;
    const char *text = reader->text, *rest = text + from;
    if (from == length || text[length - 1] == '\n' ||
        (!memchr(rest, '|', length - from) && !memchr(rest, '>', length - from)))
        return 0;
    gops_buffer_clear(&reader->utf8);
    gops_buffer_put(&reader->utf8, text, length);
    gops_buffer_putc(&reader->utf8, '\n');
    reader->text = reader->utf8.data;
    reader->length = length + 1;
    return reader->utf8.status;
}

/* Gives the text from place on to the YAML reader. Returns 0 or GITOPS_ENOMEM. */
static int open_yaml(gops_reader *reader, gops_place place, const gops_json_error *json_error)
{
    if (end_last_line(reader, place.offset) < 0) {
        read_nothing(reader);
        return GITOPS_ENOMEM;
    }
    gops_yaml_open(reader->yaml, reader->text, reader->length, place, reader->json_documents,
                   json_error);
    return 0;
}

static int begin_text(gops_reader *reader, const char *text, size_t length)
{
    size_t mark = length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    reader->text = length ? text : "";
    reader->length = reader->given_length = length;
    reader->begin.offset = mark;
    reader->may_be_json = looks_like_json(reader->text + mark, length - mark);
    return reader->may_be_json ? 0 : open_yaml(reader, reader->begin, NULL);
}

/* UTF-16 becomes UTF-8 with a line break at its end. Returns 0, GITOPS_ELIMIT or GITOPS_ENOMEM. */
static int begin_encoded(gops_reader *reader, const char *text, size_t length)
{
    const char *given = text;
    int rc = gops_encoding_to_utf8(&reader->utf8, &text, &length);
    if (rc < 0 || text == given)
        return rc < 0 ? rc : begin_text(reader, text, length);
    if (length > reader->context->limits.max_file_bytes)
        return GITOPS_ELIMIT;
    if (length && text[length - 1] != '\xC2') /* half a character, to be reported as such */
        gops_buffer_putc(&reader->utf8, '\n');
    if (reader->utf8.status < 0)
        return reader->utf8.status;
    rc = begin_text(reader, reader->utf8.data, reader->utf8.length);
    reader->given_length = length;
    return rc;
}

int gops_reader_open(gops_reader *reader, const char *text, size_t length, const char *name,
                     uint32_t first_line, gitops_diagnostics *problems, gitops_error *err)
{
    gops_builder_text(&reader->builder, name ? name : "", problems);
    reader->begin = (gops_place){0, first_line, 1};
    reader->may_be_json = reader->failed = 0;
    reader->json_documents = 0;
    if (length > reader->context->limits.max_file_bytes)
        return refuse_size(reader, length, err);
    if (gops_encoding_is_utf32(text, length)) {
        gops_builder_problem(&reader->builder, GOPS_OPEN, GITOPS_SEVERITY_ERROR, GITOPS_EPARSE,
                             first_line, 1, "text is UTF-32; UTF-8 and UTF-16 are read");
        read_nothing(reader);
        return 0;
    }
    int rc = begin_encoded(reader, text, length);
    if (rc == GITOPS_ELIMIT)
        return refuse_size(reader, 0, err);
    if (rc < 0) {
        read_nothing(reader);
        return gops_fail_memory(err);
    }
    return 0;
}

/* What follows a JSON value must be nothing, a map, or the separator of the next document. */
static int check_end(gops_reader *reader, const gops_place *end)
{
    if (end->offset == reader->length || reader->text[end->offset] == '{' ||
        (end->column == 1 &&
         gops_text_separator(reader->text, reader->length, end->offset) == end->offset))
        return 0;
    return gops_fail_at(&reader->json_error.problem, GITOPS_EPARSE, reader->builder.name, end->line,
                        end->column, "text goes on after a JSON value");
}

/* Goes on at the line that separates the next document. Returns 0 or GITOPS_ENOMEM. */
static int skip_document(gops_reader *reader, gops_place place)
{
    size_t next = gops_text_separator(reader->text, reader->length, place.offset);
    gops_place_advance(&place, reader->text, next);
    return open_yaml(reader, place, NULL);
}

/*
 * The text is not JSON, because of what stands at end. It is for the YAML reader, unless it follows
 * a JSON value in the same line. Returns 0 or GITOPS_ENOMEM.
 */
static int give_to_yaml(gops_reader *reader, const gops_place *end)
{
    gops_json_error *error = &reader->json_error;
    error->offset = end->offset;
    error->problem.document = reader->builder.document;
    snprintf(error->pointer, sizeof error->pointer, "%s",
             gops_builder_pointer(&reader->builder, GOPS_OPEN));
    if (reader->begin.column == 1)
        return open_yaml(reader, reader->begin, error);
    gops_diagnostics_add_at(reader->builder.problems, GITOPS_SEVERITY_ERROR, &error->problem,
                            error->pointer);
    reader->json_documents++;
    return skip_document(reader, *end);
}

/* What follows a JSON value is the next one, or YAML. Returns 0 or GITOPS_ENOMEM. */
static int go_on_behind(gops_reader *reader, const gops_place *end)
{
    reader->begin = *end;
    reader->may_be_json = end->offset < reader->length && reader->text[end->offset] == '{';
    return reader->may_be_json ? 0 : open_yaml(reader, *end, NULL);
}

/* There are too many JSON values in the text: the rest is passed over. Returns 0. */
static int refuse_documents(gops_reader *reader)
{
    gops_builder_problem(&reader->builder, GOPS_OPEN, GITOPS_SEVERITY_ERROR, GITOPS_ELIMIT,
                         reader->begin.line, reader->begin.column,
                         "text has more than %llu documents (limit max_documents)",
                         (unsigned long long)reader->context->limits.max_documents);
    read_nothing(reader);
    return 0;
}

/*
 * Tries the text as JSON. Returns 1 with a document; 0 when the text is not JSON, or is and has an
 * error that was reported; what is left is then for the YAML reader. GITOPS_ENOMEM.
 */
static int read_json(gops_reader *reader, gops_arena *arena, gops_read_document *out)
{
    gops_builder *builder = &reader->builder;
    gitops_diagnostics before = *builder->problems;
    gops_place begin = reader->begin, end = begin;
    builder->document = reader->json_documents + 1;
    gops_builder_start(builder, arena);
    if (reader->json_documents >= reader->context->limits.max_documents)
        return refuse_documents(reader);
    int rc = gops_json_read(builder, reader->text, reader->length, &end,
                            &reader->json_error.problem);
    if (rc == 0)
        rc = check_end(reader, &end);
    if (rc == GITOPS_EPARSE) {
        gops_diagnostics_rewind(builder->problems, &before);
        return give_to_yaml(reader, &end);
    }
    if (rc == GITOPS_ENOMEM || gops_builder_finish(builder) < 0)
        return GITOPS_ENOMEM;
    reader->json_documents++;
    reader->json_length = end.offset - begin.offset;
    rc = rc == GITOPS_ELIMIT ? skip_document(reader, end) : go_on_behind(reader, &end);
    if (rc < 0 || builder->broken)
        return rc;
    out->root = *gops_builder_root(builder);
    out->number = reader->json_documents;
    out->line = out->root.line;
    out->offset = begin.offset;
    out->length = end.offset - out->offset;
    out->first_line = begin.line;
    return 1;
}

/* Memory was refused. It is a problem of the text when the budget is exceeded. Returns the code. */
static int report_memory(gops_reader *reader, const gops_budget *budget, gitops_error *err)
{
    gops_builder *builder = &reader->builder;
    const gitops_value *last = builder->count ? &builder->pending[builder->count - 1].value : NULL;
    gitops_error problem;
    int rc = gops_budget_fail(budget, &problem);
    if (rc == GITOPS_ELIMIT)
        gops_builder_problem(builder, GOPS_OPEN, GITOPS_SEVERITY_ERROR, rc, last ? last->line : 0,
                             last ? last->column : 0, "%s", problem.message);
    if (err)
        *err = problem;
    return rc;
}

int gops_reader_next(gops_reader *reader, gops_arena *arena, gops_read_document *out,
                     gitops_error *err)
{
    int rc = 0;
    if (reader->failed < 0) {
        gops_budget_fail(arena->budget, err);
        return reader->failed;
    }
    if (gops_budget_exceeded(arena->budget))
        rc = GITOPS_ELIMIT;
    while (rc == 0 && reader->may_be_json) {
        reader->may_be_json = 0;
        rc = read_json(reader, arena, out);
    }
    if (rc == 0)
        rc = gops_yaml_next(reader->yaml, arena, out);
    if (rc > 0 && out->length > reader->given_length - out->offset)
        out->length = reader->given_length - out->offset;
    if (rc < 0)
        reader->failed = rc = report_memory(reader, arena->budget, err);
    return rc;
}

const char *gops_reader_version(void)
{
    return gops_yaml_version();
}

uint64_t gops_reader_empty(const gops_reader *reader)
{
    return gops_yaml_empty(reader->yaml);
}
