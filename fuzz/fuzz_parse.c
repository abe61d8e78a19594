/*
 * Any bytes as a text of documents: reading must end, every value must stand within the text, and
 * what was read must read back as the same value from JSON and from YAML.
 */
#include <string.h>

#include "fuzzing.h"

/*
 * Lines there can be at most: a break of UTF-8 or UTF-16 has one of these bytes, and the value that
 * a key at the very end does not have stands on the line behind it.
 */
static uint32_t most_lines(const uint8_t *data, size_t size)
{
    static const char breaks[] = "\n\r\x85\xA8\xA9()";
    uint32_t lines = 2;
    for (size_t i = 0; i < size; i++)
        lines += data[i] && strchr(breaks, (char)data[i]);
    return lines;
}

static void check_places(const gitops_value *value, uint32_t lines)
{
    if (gitops_value_line(value) < 1 || gitops_value_line(value) > lines ||
        gitops_value_column(value) < 1)
        fuzz_fail("a value stands nowhere", "", 0);
    for (size_t i = 0; i < gitops_value_count(value); i++)
        check_places(gitops_value_item(value, i), lines);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    gitops_context *context = fuzz_context();
    gitops_documents *set = NULL;
    gitops_documents_parse(&set, context, (const char *)data, size, "fuzz", NULL);
    for (size_t i = 0; set && i < gitops_documents_count(set); i++) {
        const gitops_value *root = gitops_document_root(gitops_documents_get(set, i));
        check_places(root, most_lines(data, size));
        fuzz_round_trip(context, root);
    }
    gitops_documents_free(set);
    gitops_context_free(context);
    return 0;
}
