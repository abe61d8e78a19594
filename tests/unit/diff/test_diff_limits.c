/*
 * limits: memory that runs out at any allocation, long lists, and documents as deep as allowed.
 */
#include "triple.h"

#include <stdio.h>

#include "diff/diff.h"

typedef struct texts {
    const char *schema, *base, *desired, *live;
} texts;

/* One triple that goes through every kind of list, map and answer. */
static const texts everything = {
    "{\"null\":\"absent\",\"lists\":{\"/k\":{\"list\":\"map\",\"keys\":[\"n\"]},"
    "\"/s\":{\"list\":\"set\"},\"/q\":{\"list\":\"sequence\"}},\"maps\":{\"/st\":\"struct\","
    "\"/u\":\"retain-keys\"},\"ignore\":[\"/a/*/i\",\"/a/[n=x]\",\"/**/w/*z\"],\"sensitive\":[\"/p\"]}",
    "{\"k\":[{\"n\":\"a\",\"v\":1},{\"n\":\"b\"},{\"n\":\"c\"}],\"s\":[1,2],\"q\":[1,2,3,4],"
    "\"st\":{\"x\":1},\"u\":{\"t\":1},\"m\":{\"x\":1,\"y\":1},\"p\":1,\"a\":[{\"v\":1}],\"g\":1}",
    "{\"k\":[{\"n\":\"b\",\"v\":2},{\"n\":\"a\",\"v\":2},{\"n\":\"d\",\"z\":null}],\"s\":[2,3],"
    "\"q\":[1,2,5,4],\"u\":{\"t\":2},\"m\":{\"x\":2,\"w\":{\"a\":[1,{\"b\":null}]}},\"p\":2,"
    "\"a\":[{\"v\":2,\"n\":null}],\"g\":null}",
    "{\"k\":[{\"n\":\"i\"},{\"n\":\"a\",\"v\":3},{\"n\":\"b\"},{\"n\":\"c\"}],\"s\":[1,9],"
    "\"q\":[0,1,2,3,4],\"st\":{\"x\":1,\"d\":1},\"u\":{\"t\":1,\"d\":1},\"m\":{\"x\":3,\"y\":2},"
    "\"p\":3,\"a\":[{\"v\":1,\"i\":7}],\"g\":4}"};

static const texts secret = {
    NULL, NULL,
    "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"s\"},"
    "\"stringData\":{\"k\":\"p\"},\"data\":{\"o\":\"YQ==\"}}",
    "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"s\"},\"data\":{}}"};

/* What a strategic merge patch has orders for: a union, keyed elements, scalars. */
#define DEPLOYMENT(metadata, strategy, containers)                                                \
    "{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{" metadata "},\"spec\":{"     \
    "\"strategy\":{" strategy "},\"template\":{\"spec\":{\"containers\":[" containers "]}}}}"

static const texts deployment = {
    NULL,
    DEPLOYMENT("\"finalizers\":[\"a/x\",\"a/y\"]", "\"type\":\"RollingUpdate\"",
               "{\"name\":\"a\",\"image\":\"1\"},{\"name\":\"b\"}"),
    DEPLOYMENT("\"finalizers\":[\"a/z\",\"a/y\"]", "\"type\":\"Recreate\"",
               "{\"name\":\"c\"},{\"name\":\"a\",\"image\":\"2\"}"),
    DEPLOYMENT("\"finalizers\":[\"a/x\",\"a/y\",\"a/w\"]",
               "\"type\":\"RollingUpdate\",\"rollingUpdate\":{}",
               "{\"name\":\"a\",\"image\":\"1\"},{\"name\":\"o\"},{\"name\":\"b\"}")};

static gitops_document *parse(gitops_context *context, const char *text, int *failed)
{
    gitops_document *document = NULL;
    if (text && gitops_document_parse(&document, context, text, strlen(text), "t", NULL) < 0)
        *failed = 1;
    return document;
}

static void patch_all(gitops_context *context, const gitops_diff *diff, gitops_document *live)
{
    for (int32_t type = GITOPS_PATCH_JSON; type <= GITOPS_PATCH_DOCUMENT; type++) {
        gitops_buffer *text = NULL;
        gitops_document *patch = NULL, *result = NULL;
        gitops_patch_options options = {sizeof options, 1};
        int failed = 0;
        if (gitops_diff_patch(diff, type, &options, &text, NULL) < 0)
            continue;
        patch = parse(context, gitops_buffer_data(text), &failed);
        if (!failed && gitops_patch_apply(&result, context, type, patch, live, NULL) == 0)
            assert_true(gitops_value_equal(gitops_document_root(result),
                                           gitops_document_root(gitops_diff_merged(diff))));
        gitops_document_free(result);
        gitops_document_free(patch);
        gitops_buffer_free(text);
    }
}

static void body(gitops_context *context, void *data)
{
    const texts *t = data;
    int failed = 0;
    gitops_diff *diff = NULL;
    gitops_diff_options options = {.struct_size = sizeof options, .file = "file.yaml"};
    gitops_document *base = parse(context, t->base, &failed);
    gitops_document *desired = parse(context, t->desired, &failed);
    gitops_document *live = parse(context, t->live, &failed);
    gitops_document *schema = parse(context, t->schema, &failed);
    if (!failed && schema &&
        gitops_schema_parse(&options.schema, context, schema, NULL) < 0)
        failed = 1;
    if (!failed) {
        int status = gitops_diff_new(&diff, context, base, desired, live, &options, NULL);
        assert_true(status == 0 || (status == GITOPS_ENOMEM && !diff));
    }
    if (diff) {
        gops_buffer owned;
        gops_buffer_init(&owned, context, 0);
        gops_diff_owned_live(diff, &owned);
        gops_buffer_release(&owned);
        patch_all(context, diff, live);
    }
    gitops_diff_free(diff);
    gitops_schema_free(options.schema);
    gitops_document_free(schema);
    gitops_document_free(live);
    gitops_document_free(desired);
    gitops_document_free(base);
}

static void diff_everyAllocationFails_cleanErrorOrSuccess(void **state)
{
    (void)state;
    support_fail_every_allocation(body, (void *)&everything);
    support_fail_every_allocation(body, (void *)&secret);
    support_fail_every_allocation(body, (void *)&deployment);
}

static void diff_everythingAtOnce_propertiesHold(void **state)
{
    gitops_context *context = support_context_new();
    const texts *const all[] = {&everything, &secret, &deployment};
    (void)state;
    for (int i = 0; i < 3; i++) {
        triple t = triple_new(context, all[i]->schema, all[i]->base, all[i]->desired,
                              all[i]->live);
        triple_assert_properties(&t);
        triple_free(&t);
    }
    support_context_free(context);
}

static const char edits[] =
    "[{\"op\":\"add\",\"path\":\"/l/0\",\"value\":{\"a\":[1]}},{\"op\":\"copy\",\"from\":\"/l\","
    "\"path\":\"/m\"},{\"op\":\"move\",\"from\":\"/l/1\",\"path\":\"/l/0\"},"
    "{\"op\":\"replace\",\"path\":\"/l/1/a\",\"value\":\"x\"},{\"op\":\"remove\",\"path\":\"/l/2\"},"
    "{\"op\":\"test\",\"path\":\"/m/1\",\"value\":1},{\"op\":\"copy\",\"from\":\"/l/1\","
    "\"path\":\"/l/-\"}]";

static void edit_body(gitops_context *context, void *data)
{
    int failed = 0;
    gitops_document *document = parse(context, "{\"l\":[1,2,3]}", &failed), *result = NULL;
    gitops_document *patch = parse(context, edits, &failed);
    (void)data;
    if (!failed) {
        int status =
            gitops_patch_apply(&result, context, GITOPS_PATCH_JSON, patch, document, NULL);
        assert_int_equal(status, result ? 0 : GITOPS_ENOMEM);
    }
    gitops_document_free(result);
    gitops_document_free(patch);
    gitops_document_free(document);
}

static void patchApply_everyAllocationFails_cleanErrorOrSuccess(void **state)
{
    (void)state;
    support_fail_every_allocation(edit_body, NULL);
}

enum { LONG = 40000 };

/* {"l":[...]} of LONG elements; every step-th differs, and shift turns the order around. */
static char *long_list(const char *element, int step, int shift)
{
    size_t size = (size_t)LONG * 48 + 16, used = 0;
    char *text = malloc(size);
    used += (size_t)snprintf(text, size, "{\"l\":[");
    for (int i = 0; i < LONG; i++) {
        int n = (i + shift) % LONG;
        used += (size_t)snprintf(text + used, size - used, element, i ? "," : "", n,
                                 step && n % step == 0 ? 1 : 0);
    }
    snprintf(text + used, size - used, "]}");
    return text;
}

/* A scan of one list for each element of another would take minutes here, not a moment. */
static void check_long(const char *schema, const char *element, int shift)
{
    gitops_context *context = support_context_new();
    char *base = long_list(element, 0, 0), *desired = long_list(element, 1000, 0);
    char *live = long_list(element, 0, shift);
    triple t = triple_new(context, schema, base, desired, live);
    triple_assert_properties(&t);
    triple_free(&t);
    free(base);
    free(desired);
    free(live);
    support_context_free(context);
}

static void diff_longLists_areJoinedByHash(void **state)
{
    (void)state;
    check_long("{\"lists\":{\"/l\":{\"list\":\"map\",\"keys\":[\"n\"]}}}",
               "%s{\"n\":\"e%d\",\"v\":%d}", 7);
    check_long("{\"lists\":{\"/l\":{\"list\":\"map\",\"keys\":[\"v\"]}}}",
               "%s{\"n\":\"e%d\",\"v\":%d}", 0);
    check_long("{\"lists\":{\"/l\":{\"list\":\"set\"}}}", "%s\"e%d-%d\"", 7);
    check_long("{\"lists\":{\"/l\":{\"list\":\"sequence\"}}}", "%s\"e%d-%d\"", 7);
    check_long("{}", "%s\"e%d-%d\"", 20000);
}

static char *nested(const char *open, const char *middle, const char *close, int depth)
{
    char *text = malloc((size_t)depth * (strlen(open) + strlen(close)) + strlen(middle) + 1);
    char *at = text;
    for (int i = 0; i < depth; i++)
        at += sprintf(at, "%s", open);
    at += sprintf(at, "%s", middle);
    for (int i = 0; i < depth; i++)
        at += sprintf(at, "%s", close);
    return text;
}

static void check_deep(gitops_context *context, const char *open, const char *close, int depth)
{
    char *base = nested(open, "1", close, depth), *desired = nested(open, "2", close, depth);
    char *live = nested(open, "3", close, depth);
    triple t = triple_new(context, "{}", base, desired, live);
    triple_assert_properties(&t);
    gitops_document_free(t.live);
    t.live = NULL;
    triple_assert_properties(&t);
    triple_free(&t);
    free(base);
    free(desired);
    free(live);
}

/* Instrumented frames are several times larger; there the default limit has to do. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { DEPTH = 1000 };
#else
enum { DEPTH = 10000 };
#endif

static void diff_deepDocuments_stayOnTheStack(void **state)
{
    gitops_limits limits = {.struct_size = sizeof limits, .max_depth = 10000};
    gitops_context_options options = {.struct_size = sizeof options, .limits = &limits};
    gitops_context *context;
    (void)state;
    assert_int_equal(gitops_context_new(&context, &options, NULL), 0);
    check_deep(context, "{\"a\":", "}", DEPTH);
    check_deep(context, "[", "]", DEPTH);
    check_deep(context, "{\"a\":[", "]}", DEPTH / 2);
    gitops_context_free(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(diff_everyAllocationFails_cleanErrorOrSuccess),
        cmocka_unit_test(diff_everythingAtOnce_propertiesHold),
        cmocka_unit_test(patchApply_everyAllocationFails_cleanErrorOrSuccess),
        cmocka_unit_test(diff_longLists_areJoinedByHash),
        cmocka_unit_test(diff_deepDocuments_stayOnTheStack),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
