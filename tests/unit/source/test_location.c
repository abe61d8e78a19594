/*
 * Locations: what is a path, a directory or a URL, what is refused, and that user info never shows.
 */
#include "helpers.h"

#include "source/location.h"

typedef struct example {
    const char *location;
    int code;
    gops_location_kind kind;
    const char *name; /* NULL: the location itself */
} example;

static const example examples[] = {
    {"/srv/git/x.git", 0, GOPS_LOCATION_PATH, NULL},
    {"relative/repo", 0, GOPS_LOCATION_PATH, NULL},
    {"./with:colon", 0, GOPS_LOCATION_PATH, NULL},
    {"/with:colon", 0, GOPS_LOCATION_PATH, NULL},
    {"file:///srv/x", 0, GOPS_LOCATION_PATH, "/srv/x"},
    {"file://localhost/srv/x", 0, GOPS_LOCATION_PATH, "/srv/x"},
    {"dir:some/where", 0, GOPS_LOCATION_DIRECTORY, "some/where"},
    {"dir:/abs", 0, GOPS_LOCATION_DIRECTORY, "/abs"},
    {"https://host/x.git", 0, GOPS_LOCATION_URL, NULL},
    {"https://u:p@host:8443/x.git", 0, GOPS_LOCATION_URL, NULL},
    {"ssh://git@host:22/x.git", 0, GOPS_LOCATION_URL, NULL},
    {"git@host:team/x.git", 0, GOPS_LOCATION_URL, NULL},
    {"host:x", 0, GOPS_LOCATION_URL, NULL},
    {"http://host/x", GITOPS_EUNSUPPORTED, 0, NULL},
    {"git://host/x", GITOPS_EUNSUPPORTED, 0, NULL},
    {"HTTPS://host/x", GITOPS_EUNSUPPORTED, 0, NULL},
    {"ftp://host/x", GITOPS_EUNSUPPORTED, 0, NULL},
    {"git+ssh://host/x", GITOPS_EUNSUPPORTED, 0, NULL},
    {"ext::sh -c id", GITOPS_EUNSUPPORTED, 0, NULL},
    {"fd::3", GITOPS_EUNSUPPORTED, 0, NULL},
    {"-oProxyCommand=x", GITOPS_EINVAL, 0, NULL},
    {"--upload-pack=x", GITOPS_EINVAL, 0, NULL},
    {"", GITOPS_EINVAL, 0, NULL},
    {NULL, GITOPS_EINVAL, 0, NULL},
    {"dir:", GITOPS_EINVAL, 0, NULL},
    {"file://other/srv/x", GITOPS_EINVAL, 0, NULL},
    {"https://host/x\r\nHost: y", GITOPS_EINVAL, 0, NULL},
    {"https://host/a b", GITOPS_EINVAL, 0, NULL},
    {"https:///x", GITOPS_EINVAL, 0, NULL},
    {"https://-host/x", GITOPS_EINVAL, 0, NULL},
    {"https://user:p/word@host/x", GITOPS_EINVAL, 0, NULL},
    {"ssh://-oX=y@host/x", GITOPS_EINVAL, 0, NULL},
    {"ssh://-host/x", GITOPS_EINVAL, 0, NULL},
    {"ssh://host/a'b", GITOPS_EINVAL, 0, NULL},
    {"ssh://host/a!b", GITOPS_EINVAL, 0, NULL},
    {"host:$(id)", GITOPS_EINVAL, 0, NULL},
};

static void parse_examples_areToldApart(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof examples / sizeof examples[0]; i++) {
        const example *e = &examples[i];
        gops_location_kind kind = GOPS_LOCATION_PATH;
        const char *name = NULL;
        gitops_error err = {0};
        int rc = gops_location_parse(e->location, &kind, &name, &err);
        if (rc != e->code)
            fail_msg("%s: %d (%s)", e->location, rc, err.message);
        if (rc < 0)
            continue;
        if (kind != e->kind)
            fail_msg("%s: kind %d", e->location, (int)kind);
        assert_string_equal(name, e->name ? e->name : e->location);
    }
}

static void public_url_hasNoUserInfo(void **state)
{
    char shown[64];
    (void)state;
    gops_url_public("https://user:secret@host:1/x", shown, sizeof shown);
    assert_string_equal(shown, "https://host:1/x");
    gops_url_public("https://token@host/x@y", shown, sizeof shown);
    assert_string_equal(shown, "https://host/x@y");
    gops_url_public("https://a@b:c@host/x", shown, sizeof shown);
    assert_string_equal(shown, "https://host/x");
    gops_url_public("git@host:x", shown, sizeof shown);
    assert_string_equal(shown, "host:x");
    gops_url_public("https://host/x", shown, 9);
    assert_string_equal(shown, "https://");
}

static void redact_message_hidesPassword(void **state)
{
    char message[] = "cannot reach https://user:secret@host/secret";
    char token[] = "bad ghp_x and ghp_x";
    char plain[] = "nothing to hide";
    (void)state;
    gops_url_redact("https://user:secret@host/x", message);
    assert_string_equal(message, "cannot reach https://user:******@host/******");
    gops_url_redact("https://ghp_x@host/x", token);
    assert_string_equal(token, "bad ***** and *****");
    gops_url_redact("https://host/x", plain);
    assert_string_equal(plain, "nothing to hide");
}

static int open_code(gitops_context *context, gitops_source_options *options, gitops_error *err)
{
    gitops_source *source = (gitops_source *)options;
    int rc = gitops_source_open(&source, context, options, err);
    assert_true(rc == 0 || !source);
    gitops_source_free(source);
    return rc;
}

static void open_url_needsConsentAndMirror(void **state)
{
    gitops_context *context = support_context_new();
    gitops_source_options options = {.struct_size = sizeof options};
    gitops_error err = {0};
    (void)state;
    options.location = "https://user:secret@host/x";
    options.mirror = "/tmp/never-made";
    assert_int_equal(open_code(context, &options, &err), GITOPS_EUNSUPPORTED);
    assert_non_null(strstr(err.message, "allow_blocking_fetch"));
    options.mirror = NULL;
    options.allow_blocking_fetch = 1;
    assert_int_equal(open_code(context, &options, &err), GITOPS_EINVAL);
    assert_non_null(strstr(err.message, "mirror"));
    options.mirror = "/tmp/never-made";
    assert_int_equal(open_code(context, &options, &err), 0);
    support_context_free(context);
}

static void open_badArguments_areInvalid(void **state)
{
    static const char *const refs[] = {"",      "a..b",  "a b",   "-x",        "a~1",   "a^",
                                       "HEAD@{1}", ":/x", "a:b",  "refs/heads/../../x", "x.lock",
                                       "/a",    "a/",    "a//b",  ".a",        "a.",    "@", "a\\b",
                                       "a\nb",  "a*"};
    gitops_context *context = support_context_new();
    gitops_source_options options = {.struct_size = sizeof options, .location = "/"};
    gitops_source *source;
    gitops_error err = {0};
    (void)state;
    for (size_t i = 0; i < sizeof refs / sizeof refs[0]; i++) {
        options.ref = refs[i];
        assert_int_equal(open_code(context, &options, &err), GITOPS_EINVAL);
    }
    options.ref = "main";
    options.location = "dir:/";
    assert_int_equal(open_code(context, &options, &err), GITOPS_EINVAL);
    options.ref = NULL;
    options.location = "/nothing/here";
    assert_int_equal(open_code(context, &options, &err), GITOPS_ESOURCE);
    options.location = "dir:/nothing/here";
    assert_int_equal(open_code(context, &options, &err), GITOPS_ESOURCE);
    assert_int_equal(err.origin, GITOPS_ORIGIN_OS);
    options.location = "dir:/dev/null";
    assert_int_equal(open_code(context, &options, &err), GITOPS_ESOURCE);
    assert_int_equal(gitops_source_open(NULL, context, &options, &err), GITOPS_EINVAL);
    assert_int_equal(gitops_source_open(&source, NULL, &options, &err), GITOPS_EINVAL);
    assert_int_equal(gitops_source_open(&source, context, NULL, &err), GITOPS_EINVAL);
    gitops_source_free(NULL);
    gitops_snapshot_free(NULL);
    support_context_free(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parse_examples_areToldApart),
        cmocka_unit_test(public_url_hasNoUserInfo),
        cmocka_unit_test(redact_message_hidesPassword),
        cmocka_unit_test(open_url_needsConsentAndMirror),
        cmocka_unit_test(open_badArguments_areInvalid),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
