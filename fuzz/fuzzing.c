#include "fuzzing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST_TEXT = 1 << 20 };

gitops_context *fuzz_context(void)
{
    gitops_limits limits;
    gitops_context_options options;
    gitops_context *context = NULL;
    memset(&limits, 0, sizeof limits);
    limits.struct_size = sizeof limits;
    limits.max_nodes = 20000;
    limits.max_documents = 1000;
    limits.max_file_bytes = LONGEST_TEXT;
    memset(&options, 0, sizeof options);
    options.struct_size = sizeof options;
    options.limits = &limits;
    if (gitops_context_new(&context, &options, NULL) < 0)
        abort();
    return context;
}

void fuzz_fail(const char *what, const char *text, size_t length)
{
    fprintf(stderr, "%s:\n%.*s\n", what, (int)(length < 4000 ? length : 4000), text);
    abort();
}

gitops_document *fuzz_parse(gitops_context *context, const char *text, size_t length)
{
    gitops_document *document = NULL;
    gitops_document_parse(&document, context, text, length, "text", NULL);
    return document;
}

static void check_digests(gitops_context *context, const gitops_value *a, const gitops_value *b,
                          const char *text, size_t length)
{
    for (int32_t algorithm = GITOPS_DIGEST_XXH3; algorithm <= GITOPS_DIGEST_SHA256; algorithm++) {
        char before[GITOPS_DIGEST_SIZE], after[GITOPS_DIGEST_SIZE];
        if (gitops_value_digest(context, a, algorithm, before, NULL) < 0 ||
            gitops_value_digest(context, b, algorithm, after, NULL) < 0)
            fuzz_fail("no digest", text, length);
        if (strcmp(before, after) != 0)
            fuzz_fail("reads back as something else", text, length);
    }
}

static void check_text(gitops_context *context, const gitops_value *value, const char *text,
                       size_t length)
{
    gitops_document *again;
    gitops_error err;
    if (gitops_document_parse(&again, context, text, length, "again", &err) < 0) {
        fprintf(stderr, "%u:%u: %s\n", (unsigned)err.line, (unsigned)err.column, err.message);
        fuzz_fail("does not read back", text, length);
    }
    if (!gitops_value_equal(gitops_document_root(again), value))
        fuzz_fail("reads back as another value", text, length);
    check_digests(context, value, gitops_document_root(again), text, length);
    gitops_document_free(again);
}

/* JSON behind a separator is not tried as JSON. Keys of more than 1,024 characters are too long. */
static void check_json_as_yaml(gitops_context *context, const gitops_value *value,
                               const char *json, size_t length)
{
    static const char separator[] = "---\n";
    char *text = malloc(length + sizeof separator);
    gitops_document *document;
    if (!text)
        abort();
    memcpy(text, separator, sizeof separator - 1);
    memcpy(text + sizeof separator - 1, json, length);
    document = fuzz_parse(context, text, length + sizeof separator - 1);
    if (document && !gitops_value_equal(gitops_document_root(document), value))
        fuzz_fail("JSON reads as another value in YAML", json, length);
    gitops_document_free(document);
    free(text);
}

static void check_form(gitops_context *context, const gitops_value *value, int32_t format,
                       int32_t order)
{
    gitops_emit_options options = {sizeof options, format, order};
    gitops_buffer *out;
    gitops_error err;
    int rc = gitops_value_emit(&out, context, value, &options, &err);
    if (rc == GITOPS_ELIMIT)
        return;
    if (rc < 0)
        fuzz_fail("cannot emit", err.message, strlen(err.message));
    const char *text = gitops_buffer_data(out);
    size_t length = gitops_buffer_length(out);
    if (length <= LONGEST_TEXT) {
        check_text(context, value, text, length);
        if (format == GITOPS_FORMAT_JSON)
            check_json_as_yaml(context, value, text, length);
    }
    gitops_buffer_free(out);
}

void fuzz_round_trip(gitops_context *context, const gitops_value *value)
{
    check_form(context, value, GITOPS_FORMAT_JSON, 0);
    check_form(context, value, GITOPS_FORMAT_YAML, GITOPS_ORDER_SORTED);
    check_form(context, value, GITOPS_FORMAT_YAML, GITOPS_ORDER_SOURCE);
}

size_t fuzz_cut(const char **text, size_t *left)
{
    static const char mark[] = "\n====\n";
    const size_t width = sizeof mark - 1;
    size_t length = 0;
    while (length < *left &&
           (*left - length < width || memcmp(*text + length, mark, width) != 0))
        length++;
    size_t used = length < *left ? length + width : length;
    *text += used;
    *left -= used;
    return length;
}
