/*
 * health_support: parses, judges, and says which row it was when the verdict is another one.
 */
#include "health_support.h"

#include <stdio.h>

static gitops_document *parse(gitops_context *context, const char *text)
{
    gitops_document *document;
    gitops_error err = {0};
    if (gitops_document_parse(&document, context, text, strlen(text), "test", &err) < 0)
        fail_msg("line %u: %s\n%s", (unsigned)err.line, err.message, text);
    return document;
}

gitops_health health_of(gitops_context *context, const gitops_health_table *table,
                        const char *text, const char *key, uint32_t flags)
{
    gitops_health health;
    gitops_error err = {0};
    gitops_document *document = text ? parse(context, text) : NULL;
    assert_int_equal(gitops_health_assess(&health, table, document, key, flags, &err), 0);
    gitops_document_free(document);
    return health;
}

static void check_one(const char *text, const gitops_health *health, const health_case *expected)
{
    const char *start = expected->message ? expected->message : "";
    if (health->status != expected->status || health->basis != expected->basis ||
        strncmp(health->message, start, strlen(start)) != 0)
        fail_msg("%s\nis %s by %d: %s\nnot %s by %d: %s", text, gitops_health_name(health->status),
                 (int)health->basis, health->message, gitops_health_name(expected->status),
                 (int)expected->basis, start);
}

void health_check(gitops_context *context, const gitops_health_table *table, const char *prefix,
                  const health_case *cases, size_t count, uint32_t flags)
{
    char text[4096];
    for (size_t i = 0; i < count; i++) {
        int length = snprintf(text, sizeof text, "%s%s", prefix, cases[i].document);
        assert_true(length > 0 && (size_t)length < sizeof text);
        gitops_health health = health_of(context, table, text, NULL, flags);
        check_one(text, &health, &cases[i]);
    }
}

gitops_health_table *health_table(gitops_context *context, const char *text)
{
    gitops_health_table *table;
    gitops_error err = {0};
    gitops_document *document = parse(context, text);
    if (gitops_health_table_parse(&table, context, document, &err) < 0)
        fail_msg("%u:%u: %s", (unsigned)err.line, (unsigned)err.column, err.message);
    gitops_document_free(document);
    return table;
}
