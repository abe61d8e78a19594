/*
 * Texts made to break or to tire a reader, in three sizes: each ends as it must, with one code and,
 * where a limit ends it, the name of the option. gitops_bench hostile measures what they cost.
 */
#include "support.h"

#include <gitops/value.h>

#include <stdio.h>

#include "hostile.h"

typedef struct expectation {
    const char *name;
    int32_t small, large;   /* codes for 1 KB, and for 200 KB and 1 MB */
    const char *says;       /* in the first error of the large ones; NULL: anything */
} expectation;

#define E_PARSE GITOPS_EPARSE
#define E_LIMIT GITOPS_ELIMIT
#define E_TWICE GITOPS_EDUPLICATE

static const expectation expectations[] = {
    {"open lists", E_LIMIT, E_LIMIT, "max_depth"},
    {"open maps", E_PARSE, E_PARSE, "key"},
    {"open lists, not JSON", E_LIMIT, E_LIMIT, "max_flow_depth"},
    {"open maps, not JSON", E_PARSE, E_PARSE, "key"},
    {"open maps with keys", E_LIMIT, E_LIMIT, "max_flow_depth"},
    {"open pairs", E_LIMIT, E_LIMIT, "max_flow_depth"},
    {"open JSON maps", E_LIMIT, E_LIMIT, NULL},
    {"nested entries", 0, E_LIMIT, "max_depth"},
    {"nested explicit keys", E_PARSE, E_PARSE, "key"},
    {"nested entries and keys", E_PARSE, E_PARSE, "key"},
    {"laughs", E_LIMIT, E_LIMIT, "excessive aliasing"},
    {"aliases in themselves", E_PARSE, E_PARSE, "inside its own anchor"},
    {"many anchors", 0, 0, NULL},
    {"one anchor redefined", 0, 0, NULL},
    {"unknown aliases", E_PARSE, E_PARSE, "has no anchor"},
    {"chain of aliases", 0, E_LIMIT, NULL},
    {"merges of scalars", E_PARSE, E_PARSE, "no map and no list of maps"},
    {"merges of a large map", 0, E_LIMIT, NULL},
    {"chain of merges", 0, E_LIMIT, NULL},
    {"duplicate keys", E_TWICE, E_TWICE, "in lines 1 and 2"},
    {"pairs of duplicate keys", E_TWICE, E_TWICE, "in lines 1 and 2"},
    {"duplicate keys once they are text", E_TWICE, E_TWICE, "in lines 1 and 2"},
    {"list keys", E_PARSE, E_PARSE, "key is a list or map"},
    {"null keys", E_PARSE, E_PARSE, "key is null"},
    {"tabs as indentation", E_PARSE, E_PARSE, NULL},
    {"carriage returns", 0, 0, NULL},
    {"control characters", E_PARSE, E_PARSE, "U+0001"},
    {"bytes that are no text", E_PARSE, E_PARSE, "not UTF-8"},
    {"UTF-16 surrogates", E_PARSE, E_PARSE, "half of a surrogate pair"},
    {"unknown tags", 0, 0, NULL},
    {"infinite values", E_PARSE, E_PARSE, "infinite"},
    {"numbers out of range", 0, 0, NULL},
    {"broken documents", E_PARSE, E_PARSE, NULL},
    {"comments", 0, 0, NULL},
    {"blank lines", 0, 0, NULL},
    {"directives", 0, E_LIMIT, "max_directives"},
    {"long directive", 0, E_LIMIT, "max_directive_bytes"},
    {"uses of a long prefix", 0, 0, NULL},
    {"flow list at the limit", 0, E_LIMIT, "max_flow_depth"},
    {"long plain scalar", 0, 0, NULL},
    {"literal lines", 0, 0, NULL},
    {"block list", 0, 0, NULL},
    {"JSON not closed", E_PARSE, E_PARSE, NULL},
    {"JSON long number", 0, 0, NULL},
};

/* Parses a class in a size; asserts the code and what the first error says. */
static void check(gitops_context *context, const expectation *expected, size_t size, int32_t code)
{
    const hostile_class *class = hostile_find(expected->name);
    if (!class)
        fail_msg("no class %s", expected->name);
    gitops_documents *set;
    gitops_error err = {0};
    hostile_text text = hostile_make(class, size);
    int rc = gitops_documents_parse(&set, context, text.data, text.length, "t", &err);
    if (rc != code)
        fail_msg("%s, %zu bytes: %s (%s)", expected->name, size, gitops_code_name(rc),
                 err.message);
    if (rc < 0 && expected->says && !strstr(err.message, expected->says) && code == expected->large)
        fail_msg("%s, %zu bytes: %s", expected->name, size, err.message);
    gitops_documents_free(set);
    free(text.data);
}

static void hostile_texts_inSeveralSizes_endAsTheyMust(void **state)
{
    gitops_context *context = support_context_new();
    (void)state;
    for (size_t i = 0; i < sizeof expectations / sizeof expectations[0]; i++) {
        const expectation *expected = &expectations[i];
        check(context, expected, 1 << 10, expected->small);
        check(context, expected, 200 << 10, expected->large);
        check(context, expected, 1 << 20, expected->large);
    }
    support_context_free(context);
}

/* Every class ends somehow, with little memory as well. */
static void hostile_texts_all_endWithinLimits(void **state)
{
    gitops_limits limits = {.struct_size = sizeof limits, .max_load_bytes = 4 << 20};
    gitops_context_options options = {.struct_size = sizeof options, .limits = &limits};
    gitops_context *context;
    (void)state;
    assert_int_equal(gitops_context_new(&context, &options, NULL), 0);
    for (size_t i = 0; i < hostile_class_count; i++) {
        gitops_documents *set;
        hostile_text text = hostile_make(&hostile_classes[i], 256 << 10);
        gitops_documents_parse(&set, context, text.data, text.length, "t", NULL);
        assert_non_null(set);
        gitops_documents_free(set);
        free(text.data);
    }
    gitops_context_free(context);
}

typedef struct limited {
    const char *name;      /* of a class */
    gitops_limits limits;
    const char *says;
} limited;

#define LIMIT(member, value) {.struct_size = sizeof(gitops_limits), .member = value}

/* Input 46, and every other limit by its option. */
static const limited limiteds[] = {
    {"long plain scalar", LIMIT(max_scalar_bytes, 100000), "(limit max_scalar_bytes)"},
    {"long double quotes", LIMIT(max_scalar_bytes, 100000), "(limit max_scalar_bytes)"},
    {"long explicit key", LIMIT(max_scalar_bytes, 100000), "(limit max_scalar_bytes)"},
    {"literal lines", LIMIT(max_scalar_bytes, 100000), "(limit max_scalar_bytes)"},
    {"JSON long string", LIMIT(max_scalar_bytes, 100000), "(limit max_scalar_bytes)"},
    {"JSON long number", LIMIT(max_scalar_bytes, 100000), "(limit max_scalar_bytes)"},
    {"block list", LIMIT(max_nodes, 10000), "(limit max_nodes)"},
    {"flow list", LIMIT(max_nodes, 10000), "(limit max_nodes)"},
    {"JSON list", LIMIT(max_nodes, 10000), "(limit max_nodes)"},
    {"JSON map", LIMIT(max_nodes, 10000), "(limit max_nodes)"},
    {"laughs", LIMIT(max_expanded_nodes, 500), "(limit max_expanded_nodes)"},
    {"merges of a large map", LIMIT(max_merged_members, 500), "(limit max_merged_members)"},
    {"list of merges", LIMIT(max_merged_members, 500), "(limit max_merged_members)"},
    {"many merge keys", LIMIT(max_merged_members, 500), "(limit max_merged_members)"},
    {"small documents", LIMIT(max_documents, 1000), "(limit max_documents)"},
    {"empty documents", LIMIT(max_documents, 1000), "(limit max_documents)"},
    {"directives", LIMIT(max_directives, 5), "(limit max_directives)"},
    {"long directive", LIMIT(max_directive_bytes, 100), "(limit max_directive_bytes)"},
    {"nested entries", LIMIT(max_depth, 10), "(limit max_depth)"},
    {"open JSON maps", LIMIT(max_depth, 10), "(limit max_depth)"},
    {"open maps with keys", LIMIT(max_flow_depth, 10), "(limit max_flow_depth)"},
    {"comments", LIMIT(max_file_bytes, 1000), "(limit max_file_bytes)"},
    {"block list", LIMIT(max_load_bytes, 1 << 20), "(limit max_load_bytes)"},
    {"JSON list", LIMIT(max_load_bytes, 1 << 20), "(limit max_load_bytes)"},
    {"small documents", LIMIT(max_load_bytes, 1 << 20), "(limit max_load_bytes)"},
    {"many anchors", LIMIT(max_load_bytes, 1 << 20), "(limit max_load_bytes)"},
    {"long double quotes", LIMIT(max_load_bytes, 300000), "(limit max_load_bytes)"},
};

static void limits_crossed_nameTheirOption(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof limiteds / sizeof limiteds[0]; i++) {
        const limited *now = &limiteds[i];
        gitops_context_options options = {.struct_size = sizeof options, .limits = &now->limits};
        gitops_context *context;
        gitops_documents *set;
        gitops_error err = {0};
        assert_int_equal(gitops_context_new(&context, &options, NULL), 0);
        hostile_text text = hostile_make(hostile_find(now->name), 256 << 10);
        int rc = gitops_documents_parse(&set, context, text.data, text.length, "t", &err);
        if (rc != GITOPS_ELIMIT || !strstr(err.message, now->says))
            fail_msg("%s, %s: %s %s", now->name, now->says, gitops_code_name(rc), err.message);
        gitops_documents_free(set);
        free(text.data);
        gitops_context_free(context);
    }
}

/* Errors do not hide behind warnings, and what is not kept is counted. */
static void diagnostics_beyondTheirLimit_areCounted(void **state)
{
    gitops_limits limits = LIMIT(max_diagnostics, 3);
    gitops_context_options options = {.struct_size = sizeof options, .limits = &limits};
    static const char text[] = "- !x 1\n- !x 1\n- !x 1\n- !x 1\n- .inf\n- .inf\n- .inf\n- .inf\n";
    gitops_context *context;
    gitops_documents *set;
    gitops_error err;
    (void)state;
    assert_int_equal(gitops_context_new(&context, &options, NULL), 0);
    assert_int_equal(gitops_documents_parse(&set, context, text, strlen(text), "t", &err),
                     GITOPS_EPARSE);
    const gitops_diagnostics *list = gitops_documents_diagnostics(set);
    assert_int_equal(gitops_diagnostics_count(list), 6);
    assert_int_equal(gitops_diagnostics_errors(list), 4);
    assert_int_equal(gitops_diagnostics_warnings(list), 4);
    assert_int_equal(err.line, 5);
    gitops_documents_free(set);
    gitops_context_free(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hostile_texts_inSeveralSizes_endAsTheyMust),
        cmocka_unit_test(hostile_texts_all_endWithinLimits),
        cmocka_unit_test(limits_crossed_nameTheirOption),
        cmocka_unit_test(diagnostics_beyondTheirLimit_areCounted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
