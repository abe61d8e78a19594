/*
 * Any document as a table of health, and any document under judgement: a verdict is always one of
 * six, its message one line of whole characters, it is the same when asked again, and a hook is not
 * done while the same object is on its way. The input is the table, a line "====" and a document.
 */
#include <gitops/health.h>

#include <string.h>

#include "fuzzing.h"
#include "value/text.h"

static void check_message(const gitops_health *health)
{
    size_t length = strnlen(health->message, sizeof health->message);
    if (length == sizeof health->message)
        fuzz_fail("a message without an end", health->message, length);
    for (size_t at = 0; at < length;) {
        uint32_t character;
        size_t bytes = gops_utf8_decode(health->message + at, length - at, &character);
        if (bytes == 0 || character < ' ')
            fuzz_fail("a message is no line of text", health->message, length);
        at += bytes;
    }
}

static gitops_health judge(const gitops_health_table *table, const gitops_document *document,
                           uint32_t flags)
{
    gitops_health health, again;
    memset(&again, 0, sizeof again);
    if (gitops_health_assess(&health, table, document, "a/Pod/x", flags, NULL) < 0 ||
        gitops_health_assess(&again, table, document, "a/Pod/x", flags, NULL) < 0)
        fuzz_fail("a document without a verdict", "", 0);
    if (!gitops_health_name(health.status) || health.basis < GITOPS_HEALTH_BY_NOTHING ||
        health.basis > GITOPS_HEALTH_BY_TABLE)
        fuzz_fail("a health of no kind", "", 0);
    if (health.status != again.status || health.basis != again.basis ||
        strcmp(health.message, again.message) != 0)
        fuzz_fail("two verdicts on one document", health.message, strlen(health.message));
    check_message(&health);
    return health;
}

static void check(const gitops_health_table *table, const gitops_document *document)
{
    gitops_health plain = judge(table, document, 0);
    gitops_health hook = judge(table, document, GITOPS_ASSESS_HOOK);
    if (hook.status == GITOPS_HEALTH_HEALTHY && plain.status == GITOPS_HEALTH_PROGRESSING)
        fuzz_fail("a hook is done before it has ended", hook.message, strlen(hook.message));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    gitops_context *context = fuzz_context();
    const char *text = (const char *)data, *start = text;
    size_t length = fuzz_cut(&text, &size);
    gitops_document *source = fuzz_parse(context, start, length);
    gitops_document *document = fuzz_parse(context, text, size);
    gitops_health_table *table = NULL;
    if (source)
        (void)gitops_health_table_parse(&table, context, source, NULL);
    check(NULL, document);
    if (table)
        check(table, document);
    gitops_health_table_free(table);
    gitops_document_free(document);
    gitops_document_free(source);
    gitops_context_free(context);
    return 0;
}
