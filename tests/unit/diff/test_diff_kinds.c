/*
 * kinds: what is special about objects of Kubernetes. The rules decide what is equal; what is sent
 * is what Git says, with live's values where they are equal.
 */
#include "triple.h"

#include "diff/diff.h"

#define OBJECT(type, rest) "{" type ",\"metadata\":{\"name\":\"o\"}" rest "}"
#define SECRET(rest)       OBJECT("\"apiVersion\":\"v1\",\"kind\":\"Secret\"", rest)
#define POD(rest)          OBJECT("\"apiVersion\":\"v1\",\"kind\":\"Pod\"", rest)

typedef struct kind_case {
    const char *name, *base, *desired, *live, *merged;
} kind_case;

static const kind_case secrets[] = {
    {"a new Secret is sent as Git says", NULL,
     SECRET(",\"stringData\":{\"k\":\"pass\"},\"data\":{\"o\":\"YQ\"}"), NULL,
     SECRET(",\"stringData\":{\"k\":\"pass\"},\"data\":{\"o\":\"YQ\"}")},
    {"stringData is data", NULL,
     SECRET(",\"stringData\":{\"k\":\"pass\"},\"data\":{\"o\":\"YQ==\"}"),
     SECRET(",\"data\":{\"k\":\"cGFzcw==\",\"o\":\"YQ\"}"),
     SECRET(",\"data\":{\"k\":\"cGFzcw==\",\"o\":\"YQ\"}")},
    {"stringData wins over data", NULL,
     SECRET(",\"stringData\":{\"k\":\"pass\"},\"data\":{\"k\":\"YQ==\"}"),
     SECRET(",\"type\":\"Opaque\""),
     SECRET(",\"type\":\"Opaque\",\"stringData\":{\"k\":\"pass\"}")},
    {"a null in stringData wins over nothing", NULL,
     SECRET(",\"stringData\":{\"k\":null},\"data\":{\"k\":\"YQ==\"}"), SECRET(""),
     SECRET(",\"data\":{\"k\":\"YQ==\"}")},
    {"a changed text takes the key over, the others stay",
     SECRET(",\"stringData\":{\"k\":\"pass\",\"same\":\"a\"}"),
     SECRET(",\"stringData\":{\"k\":\"word\",\"same\":\"a\"}"),
     SECRET(",\"data\":{\"k\":\"cGFzcw==\",\"same\":\"YQ\",\"theirs\":\"Yg==\"}"),
     SECRET(",\"data\":{\"same\":\"YQ\",\"theirs\":\"Yg==\"},\"stringData\":{\"k\":\"word\"}")},
    {"a key that moves to data is no change", SECRET(",\"stringData\":{\"k\":\"pass\"}"),
     SECRET(",\"data\":{\"k\":\"cGFzcw==\"}"), SECRET(",\"data\":{\"k\":\"cGFzcw==\"}"),
     SECRET(",\"data\":{\"k\":\"cGFzcw==\"}")},
    {"a key that leaves stringData leaves data", SECRET(",\"stringData\":{\"a\":\"a\",\"k\":\"pass\"}"),
     SECRET(",\"stringData\":{\"a\":\"a\"}"), SECRET(",\"data\":{\"a\":\"YQ==\",\"k\":\"cGFzcw==\"}"),
     SECRET(",\"data\":{\"a\":\"YQ==\"}")},
    {"a target that keeps stringData", SECRET(",\"stringData\":{\"k\":\"pass\"}"),
     SECRET(",\"stringData\":{\"k\":\"word\"}"), SECRET(",\"stringData\":{\"k\":\"pass\"}"),
     SECRET(",\"stringData\":{\"k\":\"word\"}")},
    {"what is no base64 is compared as it is", SECRET(",\"data\":{\"k\":\"a!b\"}"),
     SECRET(",\"data\":{\"k\":\"a!b\"}"), SECRET(",\"data\":{\"k\":\"a!b=\"}"),
     SECRET(",\"data\":{\"k\":\"a!b\"}")},
    {"a null is an empty text", SECRET(",\"data\":{\"k\":null}"), SECRET(",\"data\":{\"k\":null}"),
     SECRET(",\"data\":{\"k\":\"\"}"), SECRET(",\"data\":{\"k\":\"\"}")},
};

static const kind_case empties[] = {
    {"what is empty in Git is sent with a new object", NULL,
     POD(",\"spec\":{\"tolerations\":[],\"nodeSelector\":{},\"volumes\":null}"), NULL,
     POD(",\"spec\":{\"tolerations\":[],\"nodeSelector\":{}}")},
    {"and with a new element", POD(",\"spec\":{\"containers\":[{\"name\":\"a\"}]}"),
     POD(",\"spec\":{\"containers\":[{\"name\":\"a\"},{\"name\":\"b\",\"args\":[]}]}"),
     POD(",\"spec\":{\"containers\":[{\"name\":\"a\"}]}"),
     POD(",\"spec\":{\"containers\":[{\"name\":\"a\"},{\"name\":\"b\",\"args\":[]}]}")},
    {"what the server dropped is no difference", POD(",\"spec\":{\"tolerations\":[]}"),
     POD(",\"spec\":{\"tolerations\":[]}"), POD(",\"spec\":{}"), POD(",\"spec\":{}")},
};

static void check_cases(const kind_case *cases, size_t count)
{
    gitops_context *context = support_context_new();
    for (size_t i = 0; i < count; i++) {
        const kind_case *c = &cases[i];
        print_message("%s\n", c->name);
        triple t = triple_new(context, NULL, c->base, c->desired, c->live);
        gitops_diff *diff = triple_diff(&t, 0, 0);
        triple_assert_merged(diff, c->merged);
        gitops_diff_free(diff);
        triple_assert_properties(&t);
        triple_free(&t);
    }
    support_context_free(context);
}

static void diff_secrets_giveTheirMerge(void **state)
{
    (void)state;
    check_cases(secrets, sizeof secrets / sizeof secrets[0]);
}

static void diff_emptiesOfKubernetes_giveTheirMerge(void **state)
{
    (void)state;
    check_cases(empties, sizeof empties / sizeof empties[0]);
}

/* What is remembered is what Git says, so that the next look finds it unchanged. */
static void diff_secretWithStringData_isItsOwnBase(void **state)
{
    gitops_context *context = support_context_new();
    (void)state;
    triple t = triple_new(context, NULL, SECRET(",\"stringData\":{\"k\":\"old\"}"),
                          SECRET(",\"stringData\":{\"k\":\"pass\"}"),
                          SECRET(",\"data\":{\"k\":\"b2xk\"}"));
    gitops_diff *diff = triple_diff(&t, 0, 0);
    assert_true(gitops_value_equal(gitops_document_root(gops_diff_new_base(diff)),
                                   gitops_document_root(t.desired)));
    gitops_diff_free(diff);
    triple_free(&t);
    support_context_free(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(diff_secrets_giveTheirMerge),
        cmocka_unit_test(diff_emptiesOfKubernetes_giveTheirMerge),
        cmocka_unit_test(diff_secretWithStringData_isItsOwnBase),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
