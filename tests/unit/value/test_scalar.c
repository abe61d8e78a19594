/* Plain and tagged scalars, as values and as keys: cases of profile K, and exact numbers. */
#include "reading.h"

#include <stdio.h>

#include "value/scalar_tags.h"

typedef struct scalar_case {
    const char *text;
    const char *value; /* as JSON; NULL: an error */
    const char *key;   /* as text; NULL: an error */
} scalar_case;

static const scalar_case cases[] = {
    {"null", "null", NULL},
    {"~", "null", NULL},
    {"NULL", "null", NULL},
    {"nULL", "\"nULL\"", "nULL"},
    {"yes", "true", "true"},
    {"On", "true", "true"},
    {"y", "true", "true"},
    {"N", "false", "false"},
    {"oFF", "\"oFF\"", "oFF"},
    {"OFF", "false", "false"},
    {"True", "true", "true"},
    {".nan", NULL, ".nan"},
    {"+.Inf", NULL, ".inf"},
    {"-.INF", NULL, "-.inf"},
    {"-.nan", "\"-.nan\"", "-.nan"},
    {"0", "0", "0"},
    {"-0", "0", "0"},
    {"+1", "1", "1"},
    {"0755", "493", "493"},
    {"0o17", "15", "15"},
    {"-0O17", "-15", "-15"},
    {"08", "8", "8"},
    {"-08", "-8", "-8"},
    {"0x1F", "31", "31"},
    {"-0X1f", "-31", "-31"},
    {"0b101", "5", "5"},
    {"0_b1", "1", "1"},
    {"1_000", "1000", "1000"},
    {"1_", "1", "1"},
    {"+_", "\"+_\"", "+_"},
    {"0x_", "\"0x_\"", "0x_"},
    {"0b", "\"0b\"", "0b"},
    {"0o8", "\"0o8\"", "0o8"},
    {"9223372036854775807", "9223372036854775807", "9223372036854775807"},
    {"18446744073709551615", "18446744073709551615", NULL},
    {"18446744073709551616", "18446744073709551616", "1.8446744e+19"},
    {"+18446744073709551615", "18446744073709551615", "1.8446744e+19"},
    {"-9223372036854775808", "-9223372036854775808", "-9223372036854775808"},
    {"-9223372036854775809", "-9223372036854775809", "-9.223372e+18"},
    {"0xFFFFFFFFFFFFFFFF", "18446744073709551615", NULL},
    {"0x1FFFFFFFFFFFFFFFF", "\"0x1FFFFFFFFFFFFFFFF\"", "0x1FFFFFFFFFFFFFFFF"},
    {"-0x8000000000000000", "-9223372036854775808", "-9223372036854775808"},
    {"-0xFFFFFFFFFFFFFFFF", "\"-0xFFFFFFFFFFFFFFFF\"", "-0xFFFFFFFFFFFFFFFF"},
    {"0777777777777777777777", "9223372036854775807", "9223372036854775807"},
    {"07777777777777777777777", "7777777777777777777777", "7.777778e+21"},
    {"1.5", "1.5", "1.5"},
    {"1.10", "1.10", "1.1"},
    {"1.", "1", "1"},
    {".5", "0.5", "0.5"},
    {"+.5e3", "0.5e3", "500"},
    {".5_0", "0.50", "0.5"},
    {"._5", "\"._5\"", "._5"},
    {".5_", "\".5_\"", ".5_"},
    {"1_.5", "1.5", "1.5"},
    {"00.50", "0.50", "0.5"},
    {"1e3", "1e3", "1000"},
    {"1e1_0", "1e10", "1e+10"},
    {"1e", "\"1e\"", "1e"},
    {"1e-400", "1e-400", "0"},
    {"-0.0", "-0.0", "-0"},
    {"0.1111111111111111111111111111111111111111",
     "0.1111111111111111111111111111111111111111", "0.11111111"},
    {"9007199254740993.0", "9007199254740993.0", "9.007199e+15"},
    {"0.00001", "0.00001", "1e-05"},
    {"0.0001", "0.0001", "0.0001"},
    {"100000.0", "100000.0", "100000"},
    {"123456789.0", "123456789.0", "1.2345679e+08"},
    {"1e308", "1e308", ".inf"},
    {"-1e308", "-1e308", "-.inf"},
    {"12:30:45", "\"12:30:45\"", "12:30:45"},
    {"2001-12-14", "\"2001-12-14\"", "2001-12-14"},
    {"1.2.3", "\"1.2.3\"", "1.2.3"},
    {"1,000", "\"1,000\"", "1,000"},
    {"100m", "\"100m\"", "100m"},
    {"=", "\"=\"", "="},
    {"inf", "\"inf\"", "inf"},
};

/* A result as text: JSON for values. */
static void spell(const gops_scalar *scalar, char *out, size_t size)
{
    static const char *const words[] = {"false", "true"};
    if (scalar->kind == GOPS_SCALAR_NULL)
        snprintf(out, size, "null");
    else if (scalar->kind == GOPS_SCALAR_BOOL)
        snprintf(out, size, "%s", words[scalar->boolean]);
    else
        snprintf(out, size, scalar->kind == GOPS_SCALAR_STRING ? "\"%.*s\"" : "%.*s",
                 (int)scalar->length, scalar->text);
}

static void check_case(const scalar_case *c, gops_arena *arena)
{
    gops_scalar scalar;
    gitops_value value;
    const char *key;
    size_t length;
    char text[256];
    assert_int_equal(gops_scalar_resolve(&scalar, c->text, strlen(c->text), arena), 0);
    assert_int_equal(gops_scalar_store(&scalar, arena), 0);
    assert_int_equal(gops_scalar_set(&value, &scalar), c->value ? 0 : GITOPS_EPARSE);
    spell(&scalar, text, sizeof text);
    if (c->value)
        assert_string_equal(text, c->value);
    int rc = gops_scalar_key(&scalar, &key, &length, arena);
    assert_int_equal(rc, c->key ? 0 : GITOPS_EPARSE);
    if (!c->key)
        return;
    assert_int_equal(length, strlen(c->key));
    assert_memory_equal(key, c->key, length);
}

static void scalar_resolve_plain_isProfileK(void **state)
{
    gitops_context *context = support_context_new();
    gops_arena arena;
    (void)state;
    gops_arena_init(&arena, context, 0);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        check_case(&cases[i], &arena);
    gops_arena_free(&arena);
    support_context_free(context);
}

static void scalar_resolve_beyondDouble_isTextWithWarning(void **state)
{
    reading out;
    (void)state;
    read_string(&out, "a: 1e400\nb: -1.5E999\n");
    assert_string_equal(out.documents, "{\"a\":\"1e400\",\"b\":\"-1.5E999\"}\n");
    assert_string_equal(out.problems,
                        "1:4 warning number is beyond the range of a double and is read as text\n"
                        "2:4 warning number is beyond the range of a double and is read as text\n");
}

typedef struct tag_case {
    const char *tag, *text;
    int rc;
    const char *value;
} tag_case;

static const tag_case tags[] = {
    {"str", "1", 0, "\"1\""},
    {"str", "", 0, "\"\""},
    {"int", "0b11", 0, "3"},
    {"int", "1.5", GITOPS_EPARSE, NULL},
    {"int", "", GITOPS_EPARSE, NULL},
    {"float", "1", 0, "1"},
    {"float", "08", 0, "8"},
    {"float", "x", GITOPS_EPARSE, NULL},
    {"bool", "on", 0, "true"},
    {"bool", "1", GITOPS_EPARSE, NULL},
    {"null", "~", 0, "null"},
    {"null", "x", GITOPS_EPARSE, NULL},
    {"timestamp", "2001-12-14", 0, "\"2001-12-14\""},
    {"timestamp", "2001-12-14t1:2:3.25Z", 0, "\"2001-12-14t1:2:3.25Z\""},
    {"timestamp", "2001-12-14T21:59:43-05:00", 0, "\"2001-12-14T21:59:43-05:00\""},
    {"timestamp", "2001-12-14 21:59:43", 0, "\"2001-12-14 21:59:43\""},
    {"timestamp", "2001-12-14 21:59:43Z", GITOPS_EPARSE, NULL},
    {"timestamp", "2000-02-29", 0, "\"2000-02-29\""},
    {"timestamp", "1900-02-29", GITOPS_EPARSE, NULL},
    {"timestamp", "2001-12-14T24:00:00Z", GITOPS_EPARSE, NULL},
    {"timestamp", "2001-12-14T21:59:43+0500", GITOPS_EPARSE, NULL},
    {"binary", "aGVsbG8=", 0, "\"hello\""},
    {"binary", "aGVs\nbG8=\n", 0, "\"hello\""},
    {"binary", "", 0, "\"\""},
    {"binary", "aGVsbG8", GITOPS_EPARSE, NULL},
    {"binary", "aGVsbG8=x", GITOPS_EPARSE, NULL},
    {"binary", "aGVsbG8=aaaa", GITOPS_EPARSE, NULL},
    {"binary", "a===", GITOPS_EPARSE, NULL},
    {"binary", "a b=", GITOPS_EPARSE, NULL},
    {"binary", "/w==", 0, "\"\xEF\xBF\xBD\""},
    {"merge", "<<", 0, "\"<<\""},
    {"python/name", "1", 1, "\"1\""},
};

static void scalar_resolveTagged_eachTag_checksItsText(void **state)
{
    gitops_context *context = support_context_new();
    gops_arena arena;
    (void)state;
    gops_arena_init(&arena, context, 0);
    for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++) {
        gops_scalar scalar;
        char tag[64], text[128];
        snprintf(tag, sizeof tag, "tag:yaml.org,2002:%s", tags[i].tag);
        int rc = gops_scalar_resolve_tagged(&scalar, tag, tags[i].text, strlen(tags[i].text),
                                            &arena);
        if (rc != tags[i].rc)
            fail_msg("%s %s: got %d", tags[i].tag, tags[i].text, rc);
        if (!tags[i].value)
            continue;
        spell(&scalar, text, sizeof text);
        assert_string_equal(text, tags[i].value);
    }
    gops_arena_free(&arena);
    support_context_free(context);
}

static void scalar_resolve_tagsInText_warnOfWhatIsLost(void **state)
{
    reading out;
    (void)state;
    read_string(&out, "a: !x 1\nb: !!binary /w==\nc: !!set {k}\nd: ! 1\ne: ! 'q'\nf: &n ! 2\n");
    assert_string_equal(out.documents, "{\"a\":\"1\",\"b\":\"\xEF\xBF\xBD\",\"c\":{\"k\":null},"
                                       "\"d\":\"1\",\"e\":\"q\",\"f\":\"2\"}\n");
    assert_string_equal(out.problems,
                        "1:4 warning unknown tag !x is ignored and the value is text\n"
                        "2:4 warning !!binary value is not UTF-8: bytes were replaced by U+FFFD\n"
                        "3:4 warning unknown tag tag:yaml.org,2002:set is ignored\n");
}

static void scalar_set_infinite_isErrorInText(void **state)
{
    (void)state;
    assert_problems("a: [.inf]\nb: .nan\n", "1:5 EPARSE a value is infinite or not a number\n"
                                            "2:4 EPARSE a value is infinite or not a number\n");
    assert_problems("a: !!int x\n",
                    "1:4 EPARSE value does not fit its tag tag:yaml.org,2002:int\n");
}

static void resolve_body(gitops_context *context, void *data)
{
    static const char *const texts[] = {"0x1F", "1_0", ".5", "00.5", "1e1_0"};
    gops_arena arena;
    gops_scalar scalar;
    const char *key;
    size_t length;
    (void)data;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        gops_arena_init(&arena, context, 8);
        if (gops_scalar_resolve(&scalar, texts[i], strlen(texts[i]), &arena) == 0 &&
            gops_scalar_store(&scalar, &arena) == 0)
            gops_scalar_key(&scalar, &key, &length, &arena);
        gops_scalar_resolve_tagged(&scalar, "tag:yaml.org,2002:binary", "aGVsbG8=", 8, &arena);
        gops_arena_free(&arena);
    }
}

static void scalar_resolve_everyAllocationFails_losesNothing(void **state)
{
    (void)state;
    support_fail_every_allocation(resolve_body, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scalar_resolve_plain_isProfileK),
        cmocka_unit_test(scalar_resolve_beyondDouble_isTextWithWarning),
        cmocka_unit_test(scalar_resolveTagged_eachTag_checksItsText),
        cmocka_unit_test(scalar_resolve_tagsInText_warnOfWhatIsLost),
        cmocka_unit_test(scalar_set_infinite_isErrorInText),
        cmocka_unit_test(scalar_resolve_everyAllocationFails_losesNothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
