/* Identities chosen by the host: pointers and callbacks. */
#include "support.h"

#include <gitops/manifest.h>

#include <stdio.h>

#include "manifest/identity.h"
#include "value/document.h"

static gitops_identity *new_identity(gitops_context *context,
                                     const gitops_identity_options *options)
{
    gitops_identity *identity;
    gitops_error err;
    if (gitops_identity_new(&identity, context, options, &err) < 0)
        fail_msg("identity: %s", err.message);
    return identity;
}

static gitops_identity_options pointer_options(void)
{
    return (gitops_identity_options){.struct_size = sizeof(gitops_identity_options),
                                     .by = GITOPS_IDENTITY_POINTERS,
                                     .name_pointer = "/host/name"};
}

/* Key of a text; "" for no object; the place and message of an error. */
static const char *key_of(gitops_context *context, const gitops_identity *identity,
                          const char *text)
{
    static char out[1200];
    gitops_document *document;
    gitops_error err;
    gops_role role;
    gops_buffer key;
    if (gitops_document_parse(&document, context, text, strlen(text), "t", &err) < 0)
        fail_msg("%s: %s", text, err.message);
    gops_buffer_init(&key, context, 0);
    int rc = gops_identify(identity, gitops_document_root(document), "dir/t.yaml", &role, &key,
                           &err);
    if (rc < 0)
        snprintf(out, sizeof out, "%u:%u %s", err.line, err.column, err.message);
    else
        snprintf(out, sizeof out, "%s", role == GOPS_ROLE_OBJECT ? key.data : "");
    gops_buffer_release(&key);
    gitops_document_free(document);
    return out;
}

static void new_wrongOptions_areInvalid(void **state)
{
    gitops_context *context = support_context_new();
    gitops_identity *identity;
    gitops_error err;
    gitops_identity_options wrong[9];
    (void)state;
    for (size_t i = 0; i < 9; i++)
        wrong[i] = pointer_options();
    wrong[0].by = 4;
    wrong[1].name_pointer = NULL;
    wrong[2].name_pointer = "name";
    wrong[3].group_pointer = "/a~2";
    wrong[4].kind = "a.b";
    wrong[5].kind = "a/b";
    wrong[6].by = GITOPS_IDENTITY_FILE;
    wrong[7].by = GITOPS_IDENTITY_CALLBACK;
    wrong[8].rule = "1";
    for (size_t i = 0; i < 9; i++) {
        assert_int_equal(gitops_identity_new(&identity, context, &wrong[i], &err), GITOPS_EINVAL);
        assert_null(identity);
        assert_true(err.message[0] != '\0');
    }
    assert_int_equal(gitops_identity_new(NULL, context, NULL, &err), GITOPS_EINVAL);
    identity = new_identity(context, NULL);
    assert_string_equal(gops_identity_text(identity), gops_identity_text(NULL));
    assert_true(gops_identity_same(identity, NULL));
    gitops_identity_free(identity);
    gitops_identity_free(NULL);
    support_context_free(context);
}

static void identify_namePointerOnly_isAnObject(void **state)
{
    gitops_context *context = support_context_new();
    gitops_identity_options options = pointer_options();
    gitops_identity *identity = new_identity(context, &options);
    (void)state;
    static const char *const cases[][2] = {
        {"{host: {name: db1}}", "_/Object/db1"},
        {"{host: {name: 17}}", "_/Object/17"},
        {"{host: {name: 0x10}}", "_/Object/16"},
        {"{host: {name: 1.5}}", "_/Object/1.5"},
        {"{host: {name: true}}", "_/Object/true"},
        {"{host: {name: caf\xc3\xa9}}", "_/Object/caf\xc3\xa9"},
        {"host:\n  name: ''\n", "2:9 the name at /host/name cannot be part of a key: 1 to 253 "
                                "characters without \"/\", blanks or a leading \".\""},
        {"host:\n  name: [a]\n", "2:9 the name at /host/name is neither text nor a number or "
                                 "boolean"},
        {"host:\n  name: a/b\n", "2:9 the name at /host/name cannot"},
        {"host:\n  name: ..\n", "2:9 the name at /host/name cannot"},
        {"host:\n  name: \"a\\x07\"\n", "2:9 the name at /host/name cannot"},
        {"host:\n  name: \"a\\x85\"\n", "2:9 the name at /host/name cannot"},
        {"host:\n  name: a b\n", "2:9 the name at /host/name cannot"},
        {"host: {name: }\n", "1:1 document has nothing at /host/name, where its name should be"},
        {"host: {nmae: a}\n", "1:1 document has nothing at /host/name, where its name should be"},
        {"[1, 2]\n", "1:1 document has nothing at /host/name, where its name should be"},
        {"text\n", "1:1 document has nothing at /host/name, where its name should be"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *got = key_of(context, identity, cases[i][0]);
        if (strncmp(got, cases[i][1], strlen(cases[i][1])) != 0)
            fail_msg("%s: got %s", cases[i][0], got);
    }
    gitops_identity_free(identity);
    support_context_free(context);
}

static void identify_longName_isAnError(void **state)
{
    gitops_context *context = support_context_new();
    gitops_identity_options options = pointer_options();
    options.name_pointer = "/name";
    gitops_identity *identity = new_identity(context, &options);
    char text[10300] = "name: ";
    (void)state;
    memset(text + 6, 'a', 10240);
    assert_non_null(strstr(key_of(context, identity, text), "1:7 the name at /name cannot"));
    text[6 + 253] = '\0';
    assert_int_equal(strlen(key_of(context, identity, text)), 253 + strlen("_/Object/"));
    gitops_identity_free(identity);
    support_context_free(context);
}

static void identify_allPointers_fillTheKey(void **state)
{
    gitops_context *context = support_context_new();
    gitops_identity_options options = pointer_options();
    options.name_pointer = "/name";
    options.namespace_pointer = "/site";
    options.kind_pointer = "/type/0";
    options.group_pointer = "/vendor";
    gitops_identity *needs_kind = new_identity(context, &options);
    options.kind = "Device";
    options.skip_others = 1;
    gitops_identity *has_kind = new_identity(context, &options);
    (void)state;
    static const char *const cases[][3] = {
        {"{name: r1, site: paris, type: [Router], vendor: acme.com}",
         "paris/Router.acme.com/r1", "paris/Router.acme.com/r1"},
        {"{name: r1, site: , type: [Router], vendor: ''}", "_/Router/r1", "_/Router/r1"},
        {"{name: r1}", "1:1 document has nothing at /type/0, where its kind should be",
         "_/Device/r1"},
        {"{site: paris}", "1:1 document has nothing at /name, where its name should be",
         "1:1 document has nothing at /name, where its name should be"},
        {"{other: 1}", "1:1 document has nothing at /name, where its name should be", ""},
        {"{name: r1, site: _}", "1:1 document has nothing at /type/0",
         "1:18 the namespace at /site is \"_\""},
        {"{name: r1, type: [a.b]}", "1:19 the kind at /type/0 holds a \".\"",
         "1:19 the kind at /type/0 holds a \".\""},
        {"{name: r1, type: [a], vendor: b/c}", "1:31 the group at /vendor cannot be part",
         "1:31 the group at /vendor cannot be part"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (size_t j = 0; j < 2; j++) {
            const char *wanted = cases[i][1 + j];
            const char *got = key_of(context, j ? has_kind : needs_kind, cases[i][0]);
            if (strncmp(got, wanted, *wanted ? strlen(wanted) : 1) != 0)
                fail_msg("%s: got %s", cases[i][0], got);
        }
    gitops_identity_free(needs_kind);
    gitops_identity_free(has_kind);
    support_context_free(context);
}

/* The document says what to answer. */
static int answer_asTold(const gitops_value *root, const char *file,
                         gitops_identity_answer *answer, void *user_data)
{
    size_t length;
    const char *text = gitops_value_text(gitops_value_find(root, "key", 3), &length);
    ++*(int *)user_data;
    assert_string_equal(file, "dir/t.yaml");
    if (text) {
        char key[2000];
        snprintf(key, sizeof key, "%.*s", (int)length, text);
        gitops_identity_answer_key(answer, key);
        assert_int_equal(gitops_identity_answer_skip(answer), GITOPS_EINVAL);
    } else if (gitops_value_find(root, "skip", 4)) {
        assert_int_equal(gitops_identity_answer_skip(answer), 0);
    } else if (gitops_value_find(root, "fail", 4)) {
        assert_int_equal(gitops_identity_answer_failed(answer, "no serial number"), 0);
    }
    return 7;
}

static void note_end(void *user_data)
{
    *(int *)user_data += 100;
}

static void identify_callback_isAskedAndChecked(void **state)
{
    gitops_context *context = support_context_new();
    int calls = 0;
    gitops_identity_options options = {.struct_size = sizeof options,
                                       .by = GITOPS_IDENTITY_CALLBACK,
                                       .identify = answer_asTold,
                                       .user_data = &calls,
                                       .destroy_user_data = note_end};
    gitops_identity *identity = new_identity(context, &options);
    (void)state;
    static const char *const cases[][2] = {
        {"{key: paris/Router.acme/r1}", "paris/Router.acme/r1"},
        {"{skip: 1}", ""},
        {"\n{fail: 1}", "2:1 no serial number"},
        {"{other: 1}", "1:1 the host gave no identity for the document"},
        {"{key: r1}", "1:1 the key that the host gives is not of the form"},
        {"{key: ../Router/r1}", "1:1 the key that the host gives is not of the form"},
        {"{key: a/Router/}", "1:1 the key that the host gives is not of the form"},
        {"{key: a/Router/r1/x}", "1:1 the key that the host gives is not of the form"},
        {"{key: \"a/Router/r\\n1\"}", "1:1 the key that the host gives is not of the form"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *got = key_of(context, identity, cases[i][0]), *wanted = cases[i][1];
        if (strncmp(got, wanted, *wanted ? strlen(wanted) : 1) != 0)
            fail_msg("%s: got %s", cases[i][0], got);
    }
    assert_int_equal(calls, 9);
    gitops_identity *second = gitops_identity_ref(identity);
    gitops_identity_free(identity);
    assert_int_equal(calls, 9);
    gitops_identity_free(second);
    assert_int_equal(calls, 109);
    support_context_free(context);
}

static int answer_notUtf8(const gitops_value *root, const char *file,
                          gitops_identity_answer *answer, void *user_data)
{
    (void)root;
    (void)file;
    (void)user_data;
    assert_int_equal(gitops_identity_answer_key(answer, "_/Router/\xff"), GITOPS_EINVAL);
    return 0;
}

static void identify_callbackKeyNotUtf8_isAnError(void **state)
{
    gitops_context *context = support_context_new();
    gitops_identity_options options = {.struct_size = sizeof options,
                                       .by = GITOPS_IDENTITY_CALLBACK,
                                       .identify = answer_notUtf8};
    gitops_identity *identity = new_identity(context, &options);
    (void)state;
    assert_non_null(strstr(key_of(context, identity, "{}"), "1:1 the key that the host gives"));
    gitops_identity_free(identity);
    support_context_free(context);
}

static void same_equalRules_areTheSame(void **state)
{
    gitops_context *context = support_context_new();
    gitops_identity_options pointers = pointer_options(), others = pointer_options();
    gitops_identity_options anonymous = {.struct_size = sizeof anonymous,
                                         .by = GITOPS_IDENTITY_CALLBACK,
                                         .identify = answer_notUtf8};
    gitops_identity_options named = anonymous;
    named.rule = "serial numbers 1";
    others.skip_others = 1;
    (void)state;
    gitops_identity *all[] = {
        new_identity(context, &pointers), new_identity(context, &pointers),
        new_identity(context, &others),   new_identity(context, &named),
        new_identity(context, &named),    new_identity(context, &anonymous),
        new_identity(context, &anonymous), NULL};
    for (size_t i = 0; i < 8; i++)
        for (size_t j = 0; j < 8; j++) {
            int wanted = i == j || (i + j == 1) || (i + j == 7 && (i == 3 || i == 4));
            assert_int_equal(gops_identity_same(all[i], all[j]), wanted);
        }
    assert_string_equal(gops_identity_text(all[2]),
                        "pointers name 10:/host/name default-kind 6:Object skip-others");
    assert_string_equal(gops_identity_text(all[3]), "callback rule 16:serial numbers 1");
    assert_true(gops_identity_lasts(all[4]));
    assert_false(gops_identity_lasts(all[5]));
    for (size_t i = 0; i < 7; i++)
        gitops_identity_free(all[i]);
    support_context_free(context);
}

static void name_pathsAndModes_areToldApartWhereTheyMatter(void **state)
{
    gitops_context *context = support_context_new();
    gitops_identity_options options = {.struct_size = sizeof options, .by = GITOPS_IDENTITY_FILE};
    gitops_identity *file = new_identity(context, &options);
    gops_blob_id id = {{1, 2, 3}};
    (void)state;
    gops_blob_id plain = gops_identity_name(NULL, &id, 0644, "a");
    assert_memory_equal(&plain, &id, sizeof id);
    gops_blob_id a = gops_identity_name(file, &id, 0644, "a");
    gops_blob_id again = gops_identity_name(file, &id, 0644, "a");
    gops_blob_id b = gops_identity_name(file, &id, 0644, "b");
    gops_blob_id program = gops_identity_name(file, &id, 0755, "a");
    assert_memory_equal(&a, &again, sizeof a);
    assert_memory_not_equal(&a, &b, sizeof a);
    assert_memory_not_equal(&a, &program, sizeof a);
    assert_memory_not_equal(&a, &id, sizeof a);
    gitops_identity_free(file);
    support_context_free(context);
}

static void new_body(gitops_context *context, void *data)
{
    gitops_identity_options options = pointer_options();
    gitops_identity *identity;
    gitops_error err;
    (void)data;
    options.namespace_pointer = "/a/b";
    options.kind = "Host";
    int rc = gitops_identity_new(&identity, context, &options, &err);
    assert_true(rc == 0 || (rc == GITOPS_ENOMEM && err.code == rc && !identity));
    gitops_identity_free(identity);
}

static void new_everyAllocationFails_cleanError(void **state)
{
    (void)state;
    support_fail_every_allocation(new_body, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(new_wrongOptions_areInvalid),
        cmocka_unit_test(identify_namePointerOnly_isAnObject),
        cmocka_unit_test(identify_longName_isAnError),
        cmocka_unit_test(identify_allPointers_fillTheKey),
        cmocka_unit_test(identify_callback_isAskedAndChecked),
        cmocka_unit_test(identify_callbackKeyNotUtf8_isAnError),
        cmocka_unit_test(same_equalRules_areTheSame),
        cmocka_unit_test(name_pathsAndModes_areToldApartWhereTheyMatter),
        cmocka_unit_test(new_everyAllocationFails_cleanError),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
