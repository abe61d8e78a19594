/* Which documents are read without libyaml, and that both ways give the same. */
#include "support.h"

#include <stdlib.h>

#include "value/emit.h"
#include "value/reader.h"

typedef struct result {
    gops_buffer text; /* a line for each document: its places, then its values with theirs */
    uint64_t windows; /* pieces that libyaml read */
    uint64_t errors;
} result;

static void write_places(gops_buffer *out, const gitops_value *value)
{
    gops_buffer_printf(out, " %u:%u", (unsigned)value->line, (unsigned)value->column);
    for (uint32_t i = 0; value->type >= GITOPS_VALUE_LIST && i < value->count; i++)
        write_places(out, &value->as.children[i]);
}

static void read_all(gitops_context *context, result *out, const char *text, int only_libyaml,
                     int borrows)
{
    gops_reader *reader = gops_reader_new(context);
    gops_read_document document;
    gitops_diagnostics problems;
    gops_arena arena;
    gops_buffer_init(&out->text, context, 0);
    gops_diagnostics_init(&problems, context);
    gops_arena_init(&arena, context, 0);
    out->windows = out->errors = 0;
    if (reader && only_libyaml)
        gops_reader_use_only_libyaml(reader);
    if (reader && borrows)
        gops_reader_borrow(reader);
    if (reader && gops_reader_open(reader, text, strlen(text), "t", 1, &problems, NULL) == 0) {
        while (gops_reader_next(reader, &arena, &document, NULL) > 0) {
            gops_buffer_printf(&out->text, "%u %u %zu+%zu", (unsigned)document.number,
                               (unsigned)document.first_line, document.offset, document.length);
            write_places(&out->text, &document.root);
            gops_buffer_putc(&out->text, ' ');
            gops_emit_json(&out->text, &document.root);
            gops_buffer_putc(&out->text, '\n');
        }
        out->windows = gops_reader_windows(reader);
    }
    out->errors = problems.errors;
    gops_reader_free(reader);
    gops_arena_free(&arena);
    gops_diagnostics_release(&problems);
}

/* Asserts that both ways agree, and how many pieces of text libyaml had to read. */
static void assert_agrees(const char *text, uint64_t windows)
{
    gitops_context *context = support_context_new();
    result direct, libyaml, borrowing;
    read_all(context, &direct, text, 0, 0);
    read_all(context, &libyaml, text, 1, 0);
    read_all(context, &borrowing, text, 0, 1);
    if (direct.windows != windows)
        print_error("libyaml read %u pieces of:\n%s\n", (unsigned)direct.windows, text);
    assert_int_equal(direct.windows, windows);
    assert_int_equal(direct.errors, libyaml.errors);
    assert_string_equal(direct.text.length ? direct.text.data : "",
                        libyaml.text.length ? libyaml.text.data : "");
    assert_string_equal(borrowing.text.length ? borrowing.text.data : "",
                        libyaml.text.length ? libyaml.text.data : "");
    gops_buffer_release(&direct.text);
    gops_buffer_release(&libyaml.text);
    gops_buffer_release(&borrowing.text);
    support_context_free(context);
}

static void assert_all_agree(const char *const *texts, size_t count, uint64_t windows)
{
    for (size_t i = 0; i < count; i++)
        assert_agrees(texts[i], windows);
}

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void direct_block_collections_areReadWithoutLibyaml(void **state)
{
    static const char *const texts[] = {
        "a: 1\nb:\n  c: d\n  e:\n    f: g\nh: i\n", "a:\n- b\n- c\nd:\n  - e\n  - f\n",
        "- a\n- b: c\n  d: e\n-\n  f: g\n- - h\n  - i\n-\n", "a:\nb:\n  c:\n\nd:\n",
        "a: # comment\n  b # comment\n# comment\n  # comment\nc: d\n", "- - - a\n    - b\n",
        "a:\n  - b:\n    - c\n    d: e\n", "  a: b\n  c: d\n", "\"a b\": c\n'd': e\n~x: f\n",
        "a b : c\n-x: y\na:b: c\n", "1: a\ntrue: b\n1.5: c\n0x10: d\n", "a: b", "- a\n-\n\n- b",
    };
    (void)state;
    assert_all_agree(texts, COUNT(texts), 0);
}

static void direct_scalars_areReadWithoutLibyaml(void **state)
{
    static const char *const texts[] = {
        "a: one two  # three\nb: x#y\nc: 'it''s'\nd: \"q\\\"\\n\\x41\\u00e9\"\n",
        "a: one\n  two\n\n\n  three\nb: one\n    two # end\n", "- one\n two\n- three\n",
        "a: 'one\n  two\n\n  three'\nb: \"one \\\n   two\\\n\n  three\n four\"\n",
        "a: |\n  one\n   two\n\n  three\n\n\nb: |-\n  x\nc: |+\n  y\n\n\nd: |2\n   z\n",
        "a: >\n  one\n  two\n\n  three\n   more\n  four\n\nb: >-\n\n  x\n  y\nc: >+ # comment\n  z\n\n",
        "a: |\n  one\n  two", "a: |\n  one\n     ", "a: >\n  x\n \n  y\n", "a: yes\nb: 1_000\nc: ~\nd: .5\n",
        "\xC3\xA9: \xE2\x82\xAC x\nb: [\xC3\xA9, \xC3\xA9]\nc: \"\xC3\xA9\" # \xC3\xA9\nd: 1\n",
        "a: -x\nb: --\nc: <\nd: =\n",
    };
    (void)state;
    assert_all_agree(texts, COUNT(texts), 0);
}

static void direct_flowCollections_areReadWithoutLibyaml(void **state)
{
    static const char *const texts[] = {
        "a: [1, two, 'three', \"four\", [], {}, [x, ], {y: z, }]\n", "{a: 1, \"b\":2, 'c' : [d]}\n",
        "- {a: b, c: {d: [e, f g]}}\n- [a,\n  'b' # comment\n  , c\n  ]\n", "a: [-x, x:y, a b]\n",
        "a: {b: c\n,d: e}\nf: g\n", "[]", "{\n  \"a\": [\n    1\n  ]\n} # end\n",
    };
    (void)state;
    assert_all_agree(texts, COUNT(texts), 0);
}

static void direct_documents_areReadWithoutLibyaml(void **state)
{
    static const char *const texts[] = {
        "", "# nothing\n", "---\n", "---\n---\n# x\n--- # y\na: 1\n---\n", "# x\n\na: 1\n---\nb: 2\n",
        "---\na: 1\n--- \n- b\n\n# c\n---\n{}\n", "a: |\n  x\n---\nb: 1\n",
    };
    (void)state;
    assert_all_agree(texts, COUNT(texts), 0);
}

static void direct_anythingElse_isLeftToLibyaml(void **state)
{
    static const char *const texts[] = {
        "a: &x 1\nb: *x\n", "a: !!str 1\n", "? a\n: b\n", "a:\tb\n", "%YAML 1.1\n---\na: 1\n",
        "<<: {a: 1}\n", "a: .inf\n", "a: 1e400\n", "a: 1\na: 2\n", "~: 1\n", "a: b: c\n", "a: 'b\n",
        "a: [b\n", "a: [b, , c]\n", "a: {b}\n", "a: [b: c]\n", "a: [b\n  c]\n", "text\n", "a: 1\n b: 2\n",
        "a: - b\n", "- a\nb: c\n", "a: |\n\tb\n", "a: |\n   \n  b\n", "a: |\nb: 1\n", "a: \"\\L\"\n",
        "a: \"\\q\"\n", "a: b\n...\n", "--- a\n", "a: 'b'c\n", "a: @b\n", "a: \"x\n--- \"\n", "a\n",
        "a:\n  b: 1\n c: 2\n", "{a: 1} x\n", "a: [1] x\n", "a: b\r\n", "a: \xC2\x85x\n", "- a\n- \tb\n",
    };
    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        gitops_context *context = support_context_new();
        result r;
        read_all(context, &r, texts[i], 0, 0);
        if (r.windows == 0)
            print_error("read without libyaml: %s\n", texts[i]);
        assert_true(r.windows > 0);
        gops_buffer_release(&r.text);
        support_context_free(context);
        assert_agrees(texts[i], r.windows);
    }
}

/* What is declined costs its neighbours nothing, and leaves nothing behind. */
static void direct_oneOfManyDeclined_libyamlReadsThatOne(void **state)
{
    (void)state;
    assert_agrees("a: 1\n---\nb: &x 2\n---\nc: 3\n---\nd: [\n---\ne: 5\n", 2);
    assert_agrees("a: 1\n---\nb: 2\n---\nc: \x01\n", 0);
    assert_agrees("a: 1\n---\x01\n", 0);
}

static void direct_keyLongerThanLibyamlLooks_isLeftToIt(void **state)
{
    char text[1200];
    (void)state;
    memset(text, 'k', sizeof text);
    strcpy(text + 1024, ": 1\n");
    assert_agrees(text, 0);
    strcpy(text + 1024, "k: 1\n");
    assert_agrees(text, 1);
}

static void read_body(gitops_context *context, void *data)
{
    result r;
    read_all(context, &r, data, 0, 0);
    assert_true(r.errors == 0);
    gops_buffer_release(&r.text);
}

static void direct_everyAllocationFails_cleanErrorOrSuccess(void **state)
{
    char text[] = "a: one\n  two\nb: \"x\\n\"\nc: |\n  y\nd: [1, {e: 0x10}]\nf:\n- g\n- - h\n"
                  "1.5: i\n---\nj: &k l\n";
    (void)state;
    support_fail_every_allocation(read_body, text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(direct_block_collections_areReadWithoutLibyaml),
        cmocka_unit_test(direct_scalars_areReadWithoutLibyaml),
        cmocka_unit_test(direct_flowCollections_areReadWithoutLibyaml),
        cmocka_unit_test(direct_documents_areReadWithoutLibyaml),
        cmocka_unit_test(direct_anythingElse_isLeftToLibyaml),
        cmocka_unit_test(direct_oneOfManyDeclined_libyamlReadsThatOne),
        cmocka_unit_test(direct_keyLongerThanLibyamlLooks_isLeftToIt),
        cmocka_unit_test(direct_everyAllocationFails_cleanErrorOrSuccess),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
