/*
 * The reader against what sigs.k8s.io/yaml and kubectl make of the same texts (corpora/yaml-k8s).
 * Where this library differs it does so by one of the rules below; each says how many cases fall
 * under it, so that a case more or less is noticed.
 */
#include "yaml_cases.h"

#include <stdio.h>

static gitops_document *load(gitops_context *context, const char *name)
{
    char path[1200];
    size_t length;
    gitops_error err;
    gitops_document *document = NULL;
    const char *corpora = support_corpora();
    if (!corpora) {
        support_context_free(context);
        skip();
    }
    snprintf(path, sizeof path, "%s/yaml-k8s/%s", corpora, name);
    char *text = support_read_file(path, &length);
    if (!text)
        fail_msg("cannot read %s", path);
    if (gitops_document_parse(&document, context, text, length, name, &err) < 0)
        fail_msg("%s: %u: %s", name, (unsigned)err.line, err.message);
    free(text);
    return document;
}

/* Reads text and compares it with the expected JSON; NULL: an error is expected. */
static int agrees(gitops_context *context, const char *text, size_t length, const char *json)
{
    gitops_document *document = NULL, *expected = NULL;
    int rc = gitops_document_parse(&document, context, text, length, "case", NULL);
    int same = rc < 0 && !json;
    if (rc == 0 && json) {
        assert_int_equal(
            gitops_document_parse(&expected, context, json, strlen(json), "expected", NULL), 0);
        same = same_value(gitops_document_root(document), gitops_document_root(expected));
    }
    gitops_document_free(document);
    gitops_document_free(expected);
    return same;
}

/* Rule: "[]: x" and "{}: x" are errors as any other collection as a key; Go drops the "x". */
static int is_empty_flow_key(const char *text)
{
    return strcmp(text, "[]: x\n") == 0 || strcmp(text, "{}: x\n") == 0;
}

static int check_scalar(gitops_context *context, const gitops_value *entry, const char *text_name,
                        const char *result_name)
{
    const char *text = member_text(entry, text_name);
    const gitops_value *result = gitops_value_find(entry, result_name, strlen(result_name));
    const char *json = member_text(result, "json");
    if (is_empty_flow_key(text)) {
        assert_true(agrees(context, text, strlen(text), NULL));
        return 1;
    }
    if (!agrees(context, text, strlen(text), json))
        fail_msg("%s: expected %s", text, json ? json : "an error");
    return 0;
}

static void yaml_scalars_valuesAndKeys_areThoseOfGo(void **state)
{
    gitops_context *context = support_context_new();
    gitops_document *cases = load(context, "scalars.json");
    const gitops_value *list = gitops_document_root(cases);
    int flow_keys = 0;
    (void)state;
    for (size_t i = 0; i < gitops_value_count(list); i++) {
        const gitops_value *entry = gitops_value_item(list, i);
        check_scalar(context, entry, "document", "k8s");
        flow_keys += check_scalar(context, entry, "key_document", "key_k8s");
    }
    assert_int_equal(flow_keys, 2);
    gitops_document_free(cases);
    support_context_free(context);
}

/* Decodes base64 in place; returns the length. */
static size_t decode_base64(char *text)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint32_t bits = 0;
    size_t used = 0;
    int count = 0;
    for (const char *p = text; *p && *p != '='; p++) {
        bits = bits << 6 | (uint32_t)(strchr(digits, *p) - digits);
        count += 6;
        if (count >= 8) {
            count -= 8;
            text[used++] = (char)(bits >> count & 0xFF);
        }
    }
    return used;
}

/* What kubectl makes of a text: documents that are no null, all as the set has them. */
static int same_documents(gitops_context *context, const gitops_documents *set,
                          const gitops_value *expected)
{
    size_t next = 0;
    int same = 1;
    for (size_t i = 0; same && i < gitops_value_count(expected); i++) {
        size_t length;
        gitops_document *document = NULL;
        const char *json = gitops_value_text(gitops_value_item(expected, i), &length);
        if (gitops_document_parse(&document, context, json, length, "expected", NULL) < 0)
            return 0;
        const gitops_value *root = gitops_document_root(document);
        if (gitops_value_type(root) != GITOPS_VALUE_NULL)
            same = next < gitops_documents_count(set) &&
                   same_value(root, gitops_document_root(gitops_documents_get(set, next++)));
        gitops_document_free(document);
    }
    return same && next == gitops_documents_count(set);
}

enum {
    NO_RULE,
    DUPLICATE_KEYS,    /* an error here, also once keys are text; in kubectl the last wins */
    YAML_SEPARATORS,   /* documents end where YAML says, kubectl looks at lines */
    STRICT_JSON,       /* half surrogate pairs are errors */
    UTF_16,            /* kubectl's splitter takes it apart; sigs.k8s.io/yaml alone reads it */
    LIBYAML_REJECTS,   /* reference 1.6: ':' directly before ',' in a flow collection */
    RULES
};

/* Why a case that differs may differ; NO_RULE when it may not. */
static int find_rule(gitops_context *context, const gitops_value *entry,
                     const gitops_documents *set, const char *input, size_t length)
{
    gitops_error err;
    const char *kubectl = member_text(entry, "kubectl_error");
    const gitops_value *first =
        gitops_value_find(entry, "first_document_k8s", strlen("first_document_k8s"));
    int code = first_error(set, &err);
    if (code == GITOPS_EDUPLICATE)
        return DUPLICATE_KEYS;
    if (code && strstr(err.message, "surrogate"))
        return STRICT_JSON;
    if (code && strstr(err.message, "found unexpected ':'"))
        return LIBYAML_REJECTS;
    if (!code && kubectl &&
        (strstr(kubectl, "document separator") || input[0] == '%'))
        return YAML_SEPARATORS;
    if (!code && kubectl && strstr(kubectl, "UTF-16") &&
        agrees(context, input, length, member_text(first, "json")))
        return UTF_16;
    return NO_RULE;
}

/* The text of a case, which may be given as base64; returns its length. */
static size_t take_input(const gitops_value *entry, char *out, size_t size)
{
    size_t length;
    const char *text = gitops_value_text(gitops_value_find(entry, "input", 5), &length);
    if (!text) {
        snprintf(out, size, "%s", member_text(entry, "input_base64"));
        return decode_base64(out);
    }
    assert_true(length < size);
    memcpy(out, text, length);
    return length;
}

/* Returns the rule by which a case differs, or RULES when it agrees. */
static int check_document(gitops_context *context, const gitops_value *entry)
{
    static char input[65536];
    size_t length = take_input(entry, input, sizeof input);
    gitops_error err;
    gitops_documents *set = read_set(context, input, length);
    int fails = first_error(set, &err) != 0;
    int should_fail = gitops_value_find(entry, "kubectl_error", 13) != NULL;
    const gitops_value *expected = gitops_value_find(entry, "kubectl_documents", 17);
    int rule = RULES;
    if (fails != should_fail || (!fails && !same_documents(context, set, expected)))
        rule = find_rule(context, entry, set, input, length);
    if (rule == NO_RULE)
        fail_msg("%s: differs (%s)", member_text(entry, "name"), fails ? err.message : "values");
    gitops_documents_free(set);
    return rule;
}

static void yaml_documents_wholeTexts_areThoseOfKubectl(void **state)
{
    static const int expected[RULES] = {0, 4, 4, 1, 1, 1};
    gitops_context *context = support_context_new();
    gitops_document *cases = load(context, "documents.json");
    const gitops_value *list = gitops_document_root(cases);
    int counts[RULES + 1] = {0};
    (void)state;
    for (size_t i = 0; i < gitops_value_count(list); i++)
        counts[check_document(context, gitops_value_item(list, i))]++;
    for (int rule = DUPLICATE_KEYS; rule < RULES; rule++)
        if (counts[rule] != expected[rule])
            fail_msg("rule %d holds for %d cases, not %d", rule, counts[rule], expected[rule]);
    assert_true(counts[RULES] > 70);
    gitops_document_free(cases);
    support_context_free(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(yaml_scalars_valuesAndKeys_areThoseOfGo),
        cmocka_unit_test(yaml_documents_wholeTexts_areThoseOfKubectl),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
