/*
 * Says what a schema says: a helper for test_real_definitions.py and test_openapi.py.
 *
 *     schema_places FILE...    documents that define kinds; others in the files are passed over
 *     schema_places            the built-in kinds of Kubernetes
 *
 * Standard input: a line for each place, with tabs between apiVersion, kind and segments; a segment
 * is "e" for an element, or "m" with the name of a member after it. Standard output: a line for
 * each: kinds of list, map and scalar, flags, and the tuples of keys with their defaults.
 */
#include "support.h"

#include <stdio.h>

#include "manifest/schema.h"
#include "manifest/schema_define.h"

enum { LONGEST_LINE = 16384 };

static int add_file(gitops_schema_builder *builder, gitops_context *context, const char *path)
{
    size_t length = 0;
    gitops_error err = {0};
    gitops_documents *set = NULL;
    char *text = support_read_file(path, &length);
    int status = gitops_documents_parse(&set, context, text, length, path, &err);
    for (size_t i = 0; status == 0 && i < gitops_documents_count(set); i++) {
        gitops_document *document = gitops_documents_get(set, i);
        if (gops_defines_kinds(gitops_document_root(document)))
            status = gitops_schema_builder_add(builder, document, &err);
    }
    if (status < 0)
        fprintf(stderr, "%s:%u:%u: %s\n", path, err.line, err.column, err.message);
    gitops_documents_free(set);
    free(text);
    return status;
}

static void print_keys(const gops_list_keys *keys)
{
    for (size_t i = 0; i < keys->count; i++) {
        size_t length;
        const char *text = gitops_value_text(keys->keys[i].default_value, &length);
        printf("%s%s", i ? "," : " ", keys->keys[i].name);
        if (text)
            printf("=%.*s", (int)length, text);
    }
}

static void print_place(const gops_schema_place *place)
{
    static const char *const lists[] = {"atomic", "map", "set", "sequence"};
    static const char *const maps[] = {"free", "struct", "atomic", "retain-keys"};
    static const char *const scalars[] = {"plain", "quantity", "int-or-string", "time", "duration",
                                          "resource"};
    printf("%s %s %s %d%d%d%d%d", lists[place->list], maps[place->map], scalars[place->scalar],
           place->omit_empty, place->defaulted, place->ignored != 0, place->sensitive,
           place->immutable);
    for (size_t i = 0; i < place->tuple_count; i++)
        print_keys(&place->tuples[i]);
    putchar('\n');
}

/* The root of an object that says of which kind it is; the line is cut up. */
static char *root_place(const gitops_schema *schema, gitops_context *context, char *line,
                        gops_schema_place *out)
{
    char text[LONGEST_LINE + 64];
    gitops_document *document = NULL;
    char *kind = strchr(line, '\t');
    assert_non_null(kind);
    *kind++ = '\0';
    char *rest = strchr(kind, '\t');
    if (rest)
        *rest++ = '\0';
    snprintf(text, sizeof text, "{\"apiVersion\":\"%s\",\"kind\":\"%s\"}", line, kind);
    assert_int_equal(gitops_document_parse(&document, context, text, strlen(text), "line", NULL),
                     0);
    gops_schema_root(schema, gitops_document_root(document), out);
    gitops_document_free(document);
    return rest;
}

static void answer(const gitops_schema *schema, gitops_context *context, char *line)
{
    gops_schema_place place;
    char *segment = root_place(schema, context, line, &place);
    while (segment) {
        char *next = strchr(segment, '\t');
        if (next)
            *next++ = '\0';
        if (*segment == 'e')
            gops_schema_element(&place, 0, NULL, &place);
        else
            gops_schema_member(&place, segment + 1, strlen(segment + 1), NULL, &place);
        segment = next;
    }
    print_place(&place);
}

/* The schema that the files define. */
static int define(gitops_schema **out, gitops_context *context, int count, char **files)
{
    gitops_schema_builder *builder = NULL;
    if (count == 0)
        return gitops_schema_new(out, context, GITOPS_SCHEMA_KUBERNETES, NULL);
    int status = gitops_schema_builder_new(&builder, context, NULL);
    for (int i = 0; i < count && status == 0; i++)
        status = add_file(builder, context, files[i]);
    if (status == 0)
        status = gitops_schema_builder_finish(out, builder, NULL);
    gitops_schema_builder_free(builder);
    return status;
}

int main(int count, char **arguments)
{
    static char line[LONGEST_LINE];
    gitops_context *context = NULL;
    gitops_schema *schema = NULL;
    int status = gitops_context_new(&context, NULL, NULL);
    if (status == 0)
        status = define(&schema, context, count - 1, arguments + 1);
    while (status == 0 && fgets(line, sizeof line, stdin)) {
        line[strcspn(line, "\n")] = '\0';
        answer(schema, context, line);
    }
    gitops_schema_free(schema);
    gitops_context_free(context);
    return status == 0 ? 0 : 2;
}
