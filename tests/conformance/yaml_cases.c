#include "yaml_cases.h"

#include <stdio.h>

int same_value(const gitops_value *a, const gitops_value *b)
{
    size_t length, other;
    int32_t type = gitops_value_type(a);
    if (type != gitops_value_type(b) || gitops_value_count(a) != gitops_value_count(b))
        return 0;
    if (type == GITOPS_VALUE_NUMBER)
        return gitops_value_double(a) == gitops_value_double(b);
    for (size_t i = 0; i < gitops_value_count(a); i++) {
        const char *key = gitops_value_key(a, i, &length), *key_b = gitops_value_key(b, i, &other);
        if (key && (length != other || memcmp(key, key_b, length) != 0))
            return 0;
        if (!same_value(gitops_value_item(a, i), gitops_value_item(b, i)))
            return 0;
    }
    return gitops_value_count(a) > 0 || gitops_value_equal(a, b);
}

const char *member_text(const gitops_value *map, const char *key)
{
    static char texts[4][65536];
    static int next;
    size_t length;
    const char *text = gitops_value_text(gitops_value_find(map, key, strlen(key)), &length);
    if (!text)
        return NULL;
    next = (next + 1) % 4;
    assert_true(length < sizeof texts[0]);
    memcpy(texts[next], text, length);
    texts[next][length] = '\0';
    return texts[next];
}

gitops_documents *read_set(gitops_context *context, const char *text, size_t length)
{
    gitops_documents *set = NULL;
    gitops_documents_parse(&set, context, text, length, "case", NULL);
    assert_non_null(set);
    return set;
}

int first_error(const gitops_documents *set, gitops_error *err)
{
    const gitops_diagnostics *problems = gitops_documents_diagnostics(set);
    for (size_t i = 0; i < gitops_diagnostics_count(problems); i++)
        if (gitops_diagnostics_get(problems, i, err) == GITOPS_SEVERITY_ERROR)
            return err->code;
    return 0;
}
