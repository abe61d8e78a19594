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

static const char rejects[] = "libyaml 0.2.5 refuses it";
static const char accepts[] = "libyaml 0.2.5 does not see the fault";
static const char wrong[] = "libyaml 0.2.5 gives other events than the suite";
static const char profile[] = "YAML 1.1 words (y) and !!binary, as Kubernetes reads them";

static const difference differences[] = {
    {"2LFX", rejects},    {"2SXE", rejects},    {"4MUZ-01", rejects}, {"4MUZ-02", rejects},
    {"5T43", rejects},    {"6BCT", rejects},    {"96NN-00", rejects},
    {"96NN-01", rejects}, {"9SA2", rejects},    {"A2M4", rejects},    {"BEC7", rejects},
    {"DK3J", rejects},    {"DK95-04", rejects}, {"FP8R", rejects},    {"HM87-00", rejects},
    {"HWV9", rejects},    {"M7A3", rejects},    {"MUS6-05", rejects}, {"MUS6-06", rejects},
    {"NJ66", rejects},    {"R4YG", rejects},    {"UT92", rejects},    {"VJP3-01", rejects},
    {"W5VH", rejects},    {"9C9N", accepts},    {"9JBA", accepts},    {"DK95-01", accepts},
    {"G5U8", accepts},    {"MUS6-00", accepts}, {"X4QW", accepts},    {"Y79Y-003", accepts},
    {"YJV2", accepts},    {"652Z", wrong},      {"HM87-01", wrong},   {"JEF9-02", wrong},
    {"L24T-01", wrong},   {"Y2GN", wrong},      {"565N", profile},    {"C4HZ", profile},
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
