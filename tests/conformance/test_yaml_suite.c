/*
 * The reader against yaml-test-suite: what must fail fails, and what has a JSON form gives it. The
 * cases that differ are listed with their reasons; a case that differs without being listed, or is
 * listed and does not differ, fails the test.
 */
#include "yaml_cases.h"

#include <dirent.h>
#include <stdio.h>
#include <sys/stat.h>

#include "value/json.h"

typedef struct difference {
    const char *name;
    const char *reason;
} difference;

/* All but the last two are as libyaml 0.2.5 has it, which reads what the direct reader declines. */
static const char directive[] = "an unknown directive, or another version of YAML, is refused";
static const char folded[] = "text in the first column right behind \"--- >\" is refused";
static const char quoted_key[] = "in a flow map a key and its colon must be on one line";
static const char colon[] = "a ':' at the start or end of a plain scalar in a flow list is refused";
static const char tabs[] = "a tab where an indentation could be is refused";
static const char anchors[] = "anchors are letters, digits, '-' and '_'";
static const char ends[] = "\"...\" without a document before it is refused";
static const char comments[] = "a '#' right behind an indicator starts a comment";
static const char indentation[] = "lines in a flow list need no indentation";
static const char dashes[] = "a '-' alone in a flow list is a scalar";
static const char questions[] = "a '?' before a letter in a flow collection is an indicator";
static const char profile[] = "YAML 1.1 words (y) and !!binary, as Kubernetes reads them";

static const difference differences[] = {
    {"2LFX", directive},    {"BEC7", directive},       {"MUS6-05", directive},
    {"MUS6-06", directive}, {"DK3J", folded},          {"FP8R", folded},
    {"4MUZ-01", quoted_key}, {"4MUZ-02", quoted_key},  {"9SA2", quoted_key},
    {"NJ66", quoted_key},   {"UT92", quoted_key},      {"VJP3-01", quoted_key},
    {"5T43", colon},        {"HM87-00", colon},        {"6BCT", tabs},
    {"96NN-00", tabs},      {"96NN-01", tabs},         {"A2M4", tabs},
    {"DK95-04", tabs},      {"R4YG", tabs},            {"2SXE", anchors},
    {"W5VH", anchors},      {"Y2GN", anchors},         {"HWV9", ends},
    {"M7A3", ends},         {"9JBA", comments},        {"MUS6-00", comments},
    {"X4QW", comments},     {"9C9N", indentation},     {"DK95-01", indentation},
    {"Y79Y-003", indentation}, {"G5U8", dashes},       {"YJV2", dashes},
    {"652Z", questions},    {"HM87-01", questions},    {"565N", profile},
    {"C4HZ", profile},
};

enum { DIFFERENCES = sizeof differences / sizeof differences[0] };

static char *case_file(const char *corpora, const char *name, const char *file, size_t *length)
{
    char path[1400];
    snprintf(path, sizeof path, "%s/yaml-test-suite/%s/%s", corpora, name, file);
    return support_read_file(path, length);
}

/* Compares a set with a stream of JSON values, in which empty documents are null. */
static int same_stream(gitops_context *context, const gitops_documents *set, const char *text,
                       size_t length)
{
    gops_builder builder;
    gops_arena arena;
    gops_place place = {0, 1, 1};
    size_t next = 0;
    int same = 1;
    gitops_error err;
    gops_builder_init(&builder, context);
    gops_arena_init(&arena, context, 0);
    while (same && place.offset < length) {
        gops_builder_start(&builder, &arena);
        assert_int_equal(gops_json_read(&builder, text, length, &place, &err), 0);
        const gitops_value *root = gops_builder_root(&builder);
        const gitops_document *got = gitops_documents_get(set, next);
        if (got && same_value(root, gitops_document_root(got)))
            next++;
        else
            same = gitops_value_type(root) == GITOPS_VALUE_NULL;
    }
    gops_arena_free(&arena);
    gops_builder_release(&builder);
    return same && next == gitops_documents_count(set);
}

/* Returns 1 when the case is as the suite says, 0 when not, -1 when it has nothing to compare. */
static int check_case(gitops_context *context, const char *corpora, const char *name)
{
    size_t length, json_length, none;
    char *text = case_file(corpora, name, "in.yaml", &length);
    char *json = case_file(corpora, name, "in.json", &json_length);
    char *error = case_file(corpora, name, "error", &none);
    gitops_error err;
    int agrees = -1;
    assert_non_null(text);
    gitops_documents *set = read_set(context, text, length);
    if (error)
        agrees = first_error(set, &err) != 0;
    else if (json)
        agrees = first_error(set, &err) == 0 && same_stream(context, set, json, json_length);
    gitops_documents_free(set);
    free(text);
    free(json);
    free(error);
    return agrees;
}

static int find_difference(const char *name)
{
    for (int i = 0; i < DIFFERENCES; i++)
        if (strcmp(differences[i].name, name) == 0)
            return i;
    return -1;
}

static void yaml_suite_everyCase_isAsTheSuiteSaysOrListed(void **state)
{
    char path[1200];
    int seen[DIFFERENCES] = {0}, compared = 0;
    const char *corpora = support_corpora();
    (void)state;
    if (!corpora)
        skip();
    snprintf(path, sizeof path, "%s/yaml-test-suite", corpora);
    DIR *directory = opendir(path);
    if (!directory)
        fail_msg("cannot open %s", path);
    gitops_context *context = support_context_new();
    for (struct dirent *entry; (entry = readdir(directory));) {
        struct stat info;
        snprintf(path, sizeof path, "%s/yaml-test-suite/%s/in.yaml", corpora, entry->d_name);
        if (entry->d_name[0] == '.' || stat(path, &info) != 0)
            continue;
        int agrees = check_case(context, corpora, entry->d_name);
        int listed = find_difference(entry->d_name);
        if (agrees == 0 && listed < 0)
            fail_msg("%s differs and is not listed", entry->d_name);
        if (agrees == 1 && listed >= 0)
            fail_msg("%s is listed (%s), but agrees", entry->d_name, differences[listed].reason);
        if (listed >= 0)
            seen[listed] = 1;
        compared += agrees >= 0;
    }
    closedir(directory);
    for (int i = 0; i < DIFFERENCES; i++)
        if (!seen[i])
            fail_msg("%s is listed, but is no case", differences[i].name);
    assert_true(compared > 240);
    support_context_free(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(yaml_suite_everyCase_isAsTheSuiteSaysOrListed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
