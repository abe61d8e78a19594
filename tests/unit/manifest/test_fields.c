/* fields: path elements and field sets as metadata.managedFields has them. */
#include "support.h"

#include <stdio.h>

#include "base/buffer.h"
#include "manifest/fields.h"
#include "value/document.h"

static gitops_document *document_of(gitops_context *context, const char *text)
{
    gitops_document *document = NULL;
    gitops_error err = {0};
    if (gitops_document_parse(&document, context, text, strlen(text), "t", &err) < 0)
        fail_msg("%s", err.message);
    return document;
}

static int read_element(gitops_context *context, const char *text, size_t length)
{
    gops_arena arena;
    gops_field field;
    gops_arena_init(&arena, context, 0);
    int status = gops_field_read(&field, context, &arena, text, length);
    gops_arena_free(&arena);
    return status;
}

static void assert_elements(gitops_context *context, const gitops_value *cases, const char *name,
                            int status)
{
    const gitops_value *list = gops_value_member(cases, name, strlen(name));
    assert_true(gitops_value_count(list) > 5);
    for (uint32_t i = 0; i < list->count; i++) {
        const gitops_value *text = &list->as.children[i];
        if (read_element(context, text->as.text, text->count) != status)
            fail_msg("%s: %.*s", name, (int)text->count, text->as.text);
    }
}

/* A set as FieldsV1 writes it, of a tree with one manager. */
static void write_set(const gops_field *field, char *out)
{
    strcat(out, "{");
    for (size_t i = 0; i < field->child_count; i++) {
        const gops_field *child = field->children[i];
        size_t used = strlen(out);
        out[used++] = '|';
        memcpy(out + used, child->element, child->length);
        out[used + child->length] = '\0';
        write_set(child, out);
    }
    strcat(out, field->owner_count && field->child_count ? "|.}" : "}");
}

static void write_text_of(const gitops_value *set, char *out)
{
    int self = 0;
    strcat(out, "{");
    for (uint32_t i = 0; i < set->count; i++) {
        const gitops_value *member = &set->as.children[i];
        if (member->key_length == 1 && *member->key == '.') {
            self = 1;
            continue;
        }
        sprintf(out + strlen(out), "|%.*s", (int)member->key_length, member->key);
        write_text_of(member, out);
    }
    strcat(out, self ? "|.}" : "}");
}

/* Puts a set into the managedFields of an object and reads it back. */
static void assert_set_round_trip(gitops_context *context, const gitops_value *set_text)
{
    static char found[16384], wanted[16384], live_text[16384];
    gops_fields fields;
    gops_arena arena;
    snprintf(live_text, sizeof live_text,
             "{\"metadata\":{\"managedFields\":[{\"manager\":\"m\",\"fieldsV1\":%.*s}]}}",
             (int)set_text->count, set_text->as.text);
    gitops_document *live = document_of(context, live_text);
    gops_arena_init(&arena, context, 0);
    assert_int_equal(
        gops_fields_read(&fields, context, &arena, gitops_document_root(live)), 0);
    const gitops_value *entry = gitops_value_item(
        gops_value_member(gops_value_member(gitops_document_root(live), "metadata", 8),
                          "managedFields", 13), 0);
    *found = *wanted = '\0';
    write_set(&fields.root, found);
    write_text_of(gops_value_member(entry, "fieldsV1", 8), wanted);
    assert_string_equal(found, wanted);
    gops_arena_free(&arena);
    gitops_document_free(live);
}

static void fields_corpus_isReadAsUpstreamDoes(void **state)
{
    char path[1000];
    size_t length;
    const char *corpora = support_corpora();
    (void)state;
    if (!corpora)
        skip();
    gitops_context *context = support_context_new();
    snprintf(path, sizeof path, "%s/structured-merge-diff/fieldsv1_cases.json", corpora);
    char *text = support_read_file(path, &length);
    assert_non_null(text);
    gitops_document *document = document_of(context, text);
    const gitops_value *cases = gitops_document_root(document);
    assert_elements(context, cases, "path_element_roundtrip", 0);
    assert_elements(context, cases, "path_element_valid_nonnormal", 0);
    assert_elements(context, cases, "path_element_errors", GITOPS_EPARSE);
    const gitops_value *sets = gops_value_member(cases, "fieldsv1_roundtrip", 18);
    assert_int_equal(gitops_value_count(sets), 3);
    for (uint32_t i = 0; i < sets->count; i++)
        assert_set_round_trip(context, &sets->as.children[i]);
    sets = gops_value_member(cases, "fieldsv1_normalize", 18);
    for (uint32_t i = 0; i < sets->count; i++)
        assert_set_round_trip(context, gops_value_member(&sets->as.children[i], "non_normalized", 14));
    gitops_document_free(document);
    free(text);
    support_context_free(context);
}

static void read_valuesOfElements_areTyped(void **state)
{
    gitops_context *context = support_context_new();
    gops_arena arena;
    gops_field field;
    (void)state;
    gops_arena_init(&arena, context, 0);
    assert_int_equal(gops_field_read(&field, context, &arena, "i:1234", 6), 0);
    assert_int_equal(field.index, 1234);
    assert_int_equal(gops_field_read(&field, context, &arena, "v:\"a\\u002d\"", 11), 0);
    assert_true(gops_value_text_is(&field.value, "a-"));
    assert_int_equal(gops_field_read(&field, context, &arena, "k:{\"port\":80}", 13), 0);
    assert_true(gops_value_text_is(gops_value_member(&field.value, "port", 4), "80"));
    assert_int_equal(gops_field_read(&field, context, &arena, "k:1", 3), GITOPS_EPARSE);
    assert_int_equal(gops_field_read(&field, context, &arena, "x:1", 3), GITOPS_EPARSE);
    assert_int_equal(gops_field_read(&field, context, &arena, "i:99999999999999999999", 22),
                     GITOPS_EPARSE);
    gops_arena_free(&arena);
    support_context_free(context);
}

/* Names in order, each with a star where all below is its, too. */
static void assert_owners(const gops_field *field, const char *expected)
{
    char found[100] = "";
    for (size_t i = 0; i < field->owner_count; i++)
        sprintf(found + strlen(found), "%s%.*s%s", i ? " " : "",
                (int)field->owners[i].manager->length, field->owners[i].manager->text,
                field->owners[i].is_whole ? "*" : "");
    assert_string_equal(found, expected);
}

/* Several managers in one tree; a status update and what cannot be read say nothing. */
static const char owned[] =
    "{\"metadata\":{\"managedFields\":["
    "{\"manager\":\"a\",\"fieldsV1\":{\"f:x\":{},\"f:m\":{\".\":{},\"f:p\":{}},"
    "\"f:l\":{\"k:{\\\"n\\\":1,\\\"p\\\":\\\"TCP\\\"}\":{\".\":{},\"f:v\":{}},\"i:0\":{}}}},"
    "{\"manager\":\"b\",\"fieldsV1\":{\"f:m\":{\"f:q\":{}},\"f:x\":{},\"f:l\":{},\"f:s\":{\"v:\\\"z\\\"\":{}},"
    "\"bad\":{}}},"
    "{\"manager\":\"a\",\"operation\":\"Update\",\"fieldsV1\":{\"f:y\":{}}},"
    "{\"manager\":\"c\",\"subresource\":\"status\",\"fieldsV1\":{\"f:z\":{}}},"
    "{\"manager\":1},7]}}";

static void read_severalManagers_areToldApart(void **state)
{
    gitops_context *context = support_context_new();
    gitops_document *live = document_of(context, owned);
    gitops_document *element = document_of(context, "[{\"n\":1,\"p\":\"TCP\"},{\"n\":1},\"z\"]");
    const gitops_value *elements = gitops_document_root(element);
    gops_fields fields;
    gops_arena arena;
    (void)state;
    gops_arena_init(&arena, context, 0);
    assert_int_equal(gops_fields_read(&fields, context, &arena, gitops_document_root(live)),
                     0);
    const gops_field *root = &fields.root;
    assert_int_equal(fields.manager_count, 2);
    assert_owners(gops_field_member(root, "x", 1), "a* b*");
    assert_owners(gops_field_member(root, "y", 1), "a*");
    assert_null(gops_field_member(root, "z", 1));
    const gops_field *m = gops_field_member(root, "m", 1), *l = gops_field_member(root, "l", 1);
    assert_owners(m, "a");
    assert_owners(l, "b"); /* others own parts of it */
    assert_owners(gops_field_member(m, "q", 1), "b*");
    const gops_field *by_key = gops_field_element(l, 3, gitops_value_item(elements, 0), NULL);
    assert_owners(by_key, "a");
    assert_owners(gops_field_member(by_key, "v", 1), "a*");
    assert_null(gops_field_element(l, 3, gitops_value_item(elements, 1), NULL));
    assert_owners(gops_field_element(l, 0, gitops_value_item(elements, 2), NULL), "a*");
    const gops_field *s = gops_field_member(root, "s", 1);
    assert_owners(gops_field_element(s, 9, gitops_value_item(elements, 2), NULL), "b*");
    gops_arena_free(&arena);
    gitops_document_free(element);
    gitops_document_free(live);
    support_context_free(context);
}

/* The whole of it belongs to nobody, even where a set is empty. */
static void read_emptySet_ownsNothing(void **state)
{
    gitops_context *context = support_context_new();
    gitops_document *live = document_of(context, "{\"metadata\":{\"managedFields\":["
                                                 "{\"manager\":\"a\",\"fieldsV1\":{}}]}}");
    gops_fields fields;
    gops_arena arena;
    (void)state;
    gops_arena_init(&arena, context, 0);
    assert_int_equal(gops_fields_read(&fields, context, &arena, gitops_document_root(live)),
                     0);
    assert_int_equal(fields.manager_count, 1);
    assert_int_equal(fields.root.owner_count, 0);
    assert_int_equal(fields.root.is_whole, 0);
    gops_arena_free(&arena);
    gitops_document_free(live);
    support_context_free(context);
}

enum { MANY_MANAGERS = 500, ELEMENTS_OF_EACH = 10 };

/* Each manager owns some elements of one list; the elements are those of the second document. */
static void write_many(gops_buffer *live, gops_buffer *list)
{
    char text[100];
    gops_buffer_puts(live, "{\"metadata\":{\"managedFields\":[");
    gops_buffer_puts(list, "[");
    for (int m = 0; m < MANY_MANAGERS; m++) {
        snprintf(text, sizeof text, "%s{\"manager\":\"m%d\",\"fieldsV1\":{\"f:l\":{",
                 m ? "," : "", m);
        gops_buffer_puts(live, text);
        for (int e = m; e < MANY_MANAGERS * ELEMENTS_OF_EACH; e += MANY_MANAGERS) {
            snprintf(text, sizeof text, "%s\"k:{\\\"n\\\":%d}\":{\"f:v\":{}}", e > m ? "," : "", e);
            gops_buffer_puts(live, text);
            snprintf(text, sizeof text, "%s{\"n\":%d,\"v\":1}", e ? "," : "", e);
            gops_buffer_puts(list, text);
        }
        gops_buffer_puts(live, "}}}");
    }
    gops_buffer_puts(live, "]}}");
    gops_buffer_puts(list, "]");
}

static void read_fiveHundredManagers_allOwnTheirElements(void **state)
{
    gitops_context *context = support_context_new();
    gops_buffer text[2]; /* of live, and of the list */
    gops_fields fields;
    gops_arena arena;
    (void)state;
    for (size_t i = 0; i < 2; i++)
        gops_buffer_init(&text[i], context, 0);
    write_many(&text[0], &text[1]);
    gitops_document *live = document_of(context, text[0].data);
    gitops_document *list = document_of(context, text[1].data);
    gops_arena_init(&arena, context, 0);
    assert_int_equal(gops_fields_read(&fields, context, &arena, gitops_document_root(live)),
                     0);
    assert_int_equal(fields.manager_count, MANY_MANAGERS);
    const gops_field *l = gops_field_member(&fields.root, "l", 1);
    assert_int_equal(l->child_count, MANY_MANAGERS * ELEMENTS_OF_EACH);
    for (uint32_t i = 0; i < l->child_count; i++) {
        const gitops_value *item = gitops_value_item(gitops_document_root(list), i);
        const gops_field *found = gops_field_element(l, i, item, NULL);
        char name[20];
        snprintf(name, sizeof name, "m%u*", (unsigned)(i / ELEMENTS_OF_EACH));
        assert_true(gops_value_same(&found->value.as.children[0], gops_value_member(item, "n", 1)));
        assert_owners(gops_field_member(found, "v", 1), name);
    }
    gops_arena_free(&arena);
    gitops_document_free(list);
    gitops_document_free(live);
    for (size_t i = 0; i < 2; i++)
        gops_buffer_release(&text[i]);
    support_context_free(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_corpus_isReadAsUpstreamDoes),
        cmocka_unit_test(read_valuesOfElements_areTyped),
        cmocka_unit_test(read_severalManagers_areToldApart),
        cmocka_unit_test(read_emptySet_ownsNothing),
        cmocka_unit_test(read_fiveHundredManagers_allOwnTheirElements),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
