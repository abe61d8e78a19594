#include "reading.h"

#include <stdio.h>

#include "value/diagnostics.h"
#include "value/emit.h"
#include "value/reader.h"

static void add_line(char *out, size_t size, const char *line, size_t length)
{
    size_t used = strlen(out);
    assert_true(used + length + 2 < size);
    memcpy(out + used, line, length);
    memcpy(out + used + length, "\n", 2);
}

static void read_documents(reading *out, gops_reader *reader, gitops_context *context)
{
    gops_arena arena;
    gops_read_document document;
    gops_buffer line;
    gops_arena_init(&arena, context, 0);
    gops_buffer_init(&line, context, 0);
    while (gops_reader_next(reader, &arena, &document, NULL) > 0) {
        gops_buffer_clear(&line);
        gops_emit_json(&line, &document.root);
        add_line(out->documents, sizeof out->documents, line.data, line.length);
    }
    gops_buffer_release(&line);
    gops_arena_free(&arena);
}

static void list_problems(reading *out, const gitops_diagnostics *problems)
{
    gitops_error problem;
    for (size_t i = 0; i < gitops_diagnostics_count(problems); i++) {
        char line[1024];
        int severity = gitops_diagnostics_get(problems, i, &problem);
        const char *code = severity == GITOPS_SEVERITY_ERROR ? gitops_code_name(problem.code) + 7
                                                             : "warning";
        int length = snprintf(line, sizeof line, "%u:%u %s %s", (unsigned)problem.line,
                              (unsigned)problem.column, code, problem.message);
        add_line(out->problems, sizeof out->problems, line, (size_t)length);
    }
}

static void read_in(reading *out, gitops_context *context, const char *text, size_t length)
{
    gitops_diagnostics problems;
    gops_reader *reader = gops_reader_new(context);
    assert_non_null(reader);
    memset(out, 0, sizeof *out);
    gops_diagnostics_init(&problems, context);
    if (gops_reader_open(reader, text, length, "t.yaml", 1, &problems, NULL) == 0)
        read_documents(out, reader, context);
    list_problems(out, &problems);
    gops_diagnostics_release(&problems);
    gops_reader_free(reader);
}

void read_text(reading *out, const char *text, size_t length)
{
    gitops_context *context = support_context_new();
    read_in(out, context, text, length);
    support_context_free(context);
}

void read_string(reading *out, const char *text)
{
    read_text(out, text, strlen(text));
}

void read_limited(reading *out, const char *text, size_t length, const gitops_limits *limits)
{
    gitops_context_options options;
    gitops_context *context;
    memset(&options, 0, sizeof options);
    options.struct_size = sizeof options;
    options.limits = limits;
    assert_int_equal(gitops_context_new(&context, &options, NULL), 0);
    read_in(out, context, text, length);
    gitops_context_free(context);
}

void assert_reads_as(const char *text, const char *documents)
{
    reading out;
    read_string(&out, text);
    assert_string_equal(out.problems, "");
    assert_string_equal(out.documents, documents);
}

void assert_problems(const char *text, const char *problems)
{
    reading out;
    read_string(&out, text);
    assert_string_equal(out.problems, problems);
}
