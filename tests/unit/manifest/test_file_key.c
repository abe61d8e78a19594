/* Keys of files: written, undone, and one for each path. */
#include "support.h"

#include <gitops/manifest.h>

#include "manifest/key.h"

static const char *const keys[][2] = {
    {"site.conf", "_/File/site.conf"},
    {"nginx/site.conf", "nginx/File/site.conf"},
    {"nginx/conf.d/site.conf", "nginx%2Fconf.d/File/site.conf"},
    {".env", "_/File/%2Eenv"},
    {".config/.env", "%2Econfig/File/%2Eenv"},
    {".config/my app/.env", "%2Econfig%2Fmy%20app/File/%2Eenv"},
    {"_/100%", "%5F/File/100%25"},
    {"_/a", "%5F/File/a"},
    {"_", "_/File/%5F"},
    {"_/_", "%5F/File/%5F"},
    {"__/a_b", "__/File/a_b"},
    {"100%", "_/File/100%25"},
    {"a%2Fb", "_/File/a%252Fb"},
    {"a b\tc\nd", "_/File/a%20b%09c%0Ad"},
    {"back\\slash", "_/File/back%5Cslash"},
    {"caf\xc3\xa9", "_/File/caf\xc3\xa9"},
    {"latin\xe9", "_/File/latin%E9"},
    {"c1\xc2\x85", "_/File/c1%C2%85"},
    {"File/File", "File/File/File"},
    {"a/File/b", "a%2FFile/File/b"},
    {"a:b", "_/File/a:b"},
};

static void fileKey_paths_areWrittenAndUndone(void **state)
{
    gitops_context *context = support_context_new();
    (void)state;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        gitops_buffer *key, *path;
        gops_key_parts parts;
        assert_int_equal(gitops_file_key(&key, context, keys[i][0], NULL), 0);
        assert_string_equal(gitops_buffer_data(key), keys[i][1]);
        assert_int_equal(gops_key_split(gitops_buffer_data(key), &parts), 1);
        assert_int_equal(gitops_file_key_path(&path, context, keys[i][1], NULL), 0);
        assert_string_equal(gitops_buffer_data(path), keys[i][0]);
        gitops_buffer_free(key);
        gitops_buffer_free(path);
    }
    support_context_free(context);
}

/* Every byte alone, before and behind another one, as name and as directory. */
static void fileKey_everyByte_comesBack(void **state)
{
    gitops_context *context = support_context_new();
    (void)state;
    for (int i = 0; i < 2 * 256; i++) {
        char name[] = {(char)(i < 256 ? i : 'x'), (char)(i < 256 ? 'x' : i), '/', 'n',
                       (char)(i % 256), 0};
        gitops_buffer *key, *path;
        gops_key_parts parts;
        if (i % 256 == 0 || i % 256 == '/')
            continue;
        assert_int_equal(gitops_file_key(&key, context, name, NULL), 0);
        assert_int_equal(gops_key_split(gitops_buffer_data(key), &parts), 1);
        assert_int_equal(gitops_file_key_path(&path, context, gitops_buffer_data(key), NULL), 0);
        assert_string_equal(gitops_buffer_data(path), name);
        gitops_buffer_free(key);
        gitops_buffer_free(path);
    }
    support_context_free(context);
}

static void fileKey_badPath_isInvalid(void **state)
{
    static const char *const bad[] = {"", "/a", "a/", "a//b", ".", "..", "a/../b", "./a", "a/."};
    gitops_context *context = support_context_new();
    gitops_buffer *key;
    gitops_error err;
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(gitops_file_key(&key, context, bad[i], &err), GITOPS_EINVAL);
        assert_null(key);
    }
    assert_int_equal(gitops_file_key(NULL, context, "a", &err), GITOPS_EINVAL);
    assert_int_equal(gitops_file_key(&key, context, NULL, &err), GITOPS_EINVAL);
    support_context_free(context);
}

static void fileKey_longPath_isLimit(void **state)
{
    gitops_context *context = support_context_new();
    gitops_buffer *key;
    gitops_error err;
    char path[300];
    (void)state;
    memset(path, 'a', sizeof path);
    path[253] = '\0';
    assert_int_equal(gitops_file_key(&key, context, path, &err), 0);
    gitops_buffer_free(key);
    path[100] = ' '; /* takes three */
    assert_int_equal(gitops_file_key(&key, context, path, &err), GITOPS_ELIMIT);
    assert_non_null(strstr(err.message, "too long"));
    memcpy(path + 252, "/b", 3);
    path[100] = 'a';
    assert_int_equal(gitops_file_key(&key, context, path, &err), 0);
    gitops_buffer_free(key);
    support_context_free(context);
}

/* What no path is written as is no key: each file has one key. */
static void fileKeyPath_otherKeys_areInvalid(void **state)
{
    static const char *const bad[] = {
        "",           "a",           "_/File/",     "_/ConfigMap/a", "_/File.x/a", "_/File/%2f",
        "_/File/%61", "_/File/%",    "_/File/%2",   "_/File/%00",    "_/File/a b", "./File/a",
        "_/File/%2E", "%2E/File/a",  "a%2F/File/b", "%2Fa/File/b",   "_/File/_",   "__/File/a/b",
        "_/File/a/b", "a%2F%2E%2E/File/b", "a%2F%2Fb/File/b", "_/File/\xff"};
    gitops_context *context = support_context_new();
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        gitops_buffer *path;
        if (gitops_file_key_path(&path, context, bad[i], NULL) != GITOPS_EINVAL)
            fail_msg("%s gives %s", bad[i], gitops_buffer_data(path));
        assert_null(path);
    }
    support_context_free(context);
}

static void fileKey_body(gitops_context *context, void *data)
{
    gitops_buffer *key, *path;
    gitops_error err;
    (void)data;
    int rc = gitops_file_key(&key, context, "a directory/a file", &err);
    assert_true(rc == 0 || (rc == GITOPS_ENOMEM && err.code == rc));
    gitops_buffer_free(key);
    rc = gitops_file_key_path(&path, context, "a%20directory/File/a%20file", &err);
    assert_true(rc == 0 || (rc == GITOPS_ENOMEM && err.code == rc));
    gitops_buffer_free(path);
}

static void fileKey_everyAllocationFails_cleanError(void **state)
{
    (void)state;
    support_fail_every_allocation(fileKey_body, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fileKey_paths_areWrittenAndUndone),
        cmocka_unit_test(fileKey_everyByte_comesBack),
        cmocka_unit_test(fileKey_badPath_isInvalid),
        cmocka_unit_test(fileKey_longPath_isLimit),
        cmocka_unit_test(fileKeyPath_otherKeys_areInvalid),
        cmocka_unit_test(fileKey_everyAllocationFails_cleanError),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
