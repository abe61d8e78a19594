/*
 * Any bytes as a text of documents: reading must end, and what was read must read back as the same
 * value from JSON and from YAML, with the same digest.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gitops/value.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Small limits keep the fuzzer quick; what they refuse is refused early. */
static gitops_context *make_context(void)
{
    gitops_limits limits;
    gitops_context_options options;
    gitops_context *context = NULL;
    memset(&limits, 0, sizeof limits);
    limits.struct_size = sizeof limits;
    limits.max_nodes = 20000;
    limits.max_documents = 1000;
    limits.max_file_bytes = 1 << 20;
    memset(&options, 0, sizeof options);
    options.struct_size = sizeof options;
    options.limits = &limits;
    gitops_context_new(&context, &options, NULL);
    return context;
}

static void give_up(const char *what, const char *text)
{
    fprintf(stderr, "%s:\n%.4000s\n", what, text);
    abort();
}

static void check_round_trip(gitops_context *context, const gitops_value *value, int32_t format,
                             int32_t order)
{
    gitops_emit_options options = {sizeof options, format, order};
    char before[GITOPS_DIGEST_SIZE], after[GITOPS_DIGEST_SIZE];
    gitops_buffer *text;
    gitops_document *again;
    gitops_error err;
    int rc = gitops_value_emit(&text, context, value, &options, &err);
    if (rc == GITOPS_ELIMIT)
        return;
    if (rc < 0)
        give_up("cannot emit", err.message);
    if (gitops_buffer_length(text) > 1 << 20) {
        gitops_buffer_free(text);
        return;
    }
    if (gitops_document_parse(&again, context, gitops_buffer_data(text),
                              gitops_buffer_length(text), "again", &err) < 0) {
        fprintf(stderr, "%u:%u: %s\n", (unsigned)err.line, (unsigned)err.column, err.message);
        give_up("does not read back", gitops_buffer_data(text));
    }
    gitops_value_digest(context, value, 0, before, NULL);
    gitops_value_digest(context, gitops_document_root(again), 0, after, NULL);
    if (strcmp(before, after) != 0)
        give_up("reads back as something else", gitops_buffer_data(text));
    gitops_document_free(again);
    gitops_buffer_free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    gitops_context *context = make_context();
    gitops_documents *set = NULL;
    gitops_error err;
    if (!context)
        abort();
    gitops_documents_parse(&set, context, (const char *)data, size, "fuzz", &err);
    for (size_t i = 0; set && i < gitops_documents_count(set); i++) {
        const gitops_value *root = gitops_document_root(gitops_documents_get(set, i));
        check_round_trip(context, root, GITOPS_FORMAT_JSON, 0);
        check_round_trip(context, root, GITOPS_FORMAT_YAML, GITOPS_ORDER_SORTED);
        check_round_trip(context, root, GITOPS_FORMAT_YAML, GITOPS_ORDER_SOURCE);
    }
    gitops_documents_free(set);
    gitops_context_free(context);
    return 0;
}
