/* The reader over both formats, the ranges it gives, and the public functions on top of it. */
#include "reading.h"

#include "value/reader.h"

typedef struct opened {
    gitops_context *context;
    gitops_diagnostics problems;
    gops_reader *reader;
    gops_arena arena;
} opened;

static void open_text(opened *o, const char *text, size_t length, uint32_t first_line)
{
    o->context = support_context_new();
    gops_diagnostics_init(&o->problems, o->context);
    gops_arena_init(&o->arena, o->context, 0);
    o->reader = gops_reader_new(o->context);
    assert_non_null(o->reader);
    assert_int_equal(
        gops_reader_open(o->reader, text, length, "t.yaml", first_line, &o->problems, NULL), 0);
}

static void close_text(opened *o)
{
    gops_reader_free(o->reader);
    gops_arena_free(&o->arena);
    gops_diagnostics_release(&o->problems);
    support_context_free(o->context);
}

static void reader_next_documents_areNumberedAndLocated(void **state)
{
    static const char text[] = "# head\na: 1\n---\n---\n%YAML\n---\nx\n...\n%TAG ! !x\n--- b\n";
    opened o;
    gops_read_document read;
    (void)state;
    open_text(&o, text, sizeof text - 1, 1);
    assert_int_equal(gops_reader_next(o.reader, &o.arena, &read, NULL), 1);
    assert_int_equal(read.number, 1);
    assert_int_equal(read.line, 2);
    assert_int_equal(read.offset, 0);
    assert_int_equal(read.length, 12);
    assert_int_equal(read.first_line, 1);
    /* The third one is broken: a directive without "..." before it is content. */
    assert_int_equal(gops_reader_next(o.reader, &o.arena, &read, NULL), 1);
    assert_int_equal(read.number, 4);
    assert_int_equal(read.line, 7);
    assert_int_equal(read.first_line, 6);
    assert_int_equal(gops_reader_next(o.reader, &o.arena, &read, NULL), 1);
    assert_int_equal(read.number, 5);
    assert_int_equal(read.first_line, 9);
    assert_memory_equal(text + read.offset, "%TAG ! !x\n--- b\n", read.length);
    assert_int_equal(gops_reader_next(o.reader, &o.arena, &read, NULL), 0);
    assert_int_equal(gops_reader_next(o.reader, &o.arena, &read, NULL), 0);
    assert_int_equal(gops_reader_empty(o.reader), 1);
    assert_int_equal(o.problems.errors, 1);
    close_text(&o);
}

static void assert_same_tree(const gitops_value *a, const gitops_value *b)
{
    assert_int_equal(gops_value_same(a, b), 1);
    assert_int_equal(a->line, b->line);
    assert_int_equal(a->column, b->column);
    for (uint32_t i = 0; a->type >= GITOPS_VALUE_LIST && i < a->count; i++)
        assert_same_tree(&a->as.children[i], &b->as.children[i]);
}

static void check_range(opened *o, gops_reader *reader, const char *text,
                        const gops_read_document *read)
{
    gops_read_document again;
    assert_int_equal(gops_reader_open(reader, text + read->offset, read->length, "t.yaml",
                                      read->first_line, &o->problems, NULL),
                     0);
    assert_int_equal(gops_reader_next(reader, &o->arena, &again, NULL), 1);
    assert_same_tree(&read->root, &again.root);
    assert_int_equal(read->line, again.line);
    assert_int_equal(gops_reader_next(reader, &o->arena, &again, NULL), 0);
}

/* Every document of text, read again from its own bytes. */
static void check_ranges(const char *text, uint32_t expected, uint64_t errors)
{
    opened whole;
    gops_read_document read;
    uint32_t count = 0;
    open_text(&whole, text, strlen(text), 1);
    gops_reader *reader = gops_reader_new(whole.context);
    assert_non_null(reader);
    while (gops_reader_next(whole.reader, &whole.arena, &read, NULL) == 1) {
        check_range(&whole, reader, text, &read);
        count++;
    }
    assert_int_equal(count, expected);
    assert_int_equal(whole.problems.errors, errors);
    gops_reader_free(reader);
    close_text(&whole);
}

static void reader_next_ranges_readBackTheSame(void **state)
{
    (void)state;
    check_ranges("a: 1\n---\nb:\n  - x\n  - {y: z}\n--- # c\nd: |+\n  text\n\n---\n", 3, 0);
    check_ranges("\xEF\xBB\xBF# caf\xC3\xA9\n\xC3\xA9: \"\xF0\x9F\x98\x80\"\n---\nb: \xC3\xA9\n",
                 2, 0);
    check_ranges("{\"a\": [1,\n 2]}\n---\n{\"b\": \"\xC3\xA9\"}\n", 2, 0);
    check_ranges("{a: 1}\n--- {b: 1e400}\n", 2, 0);
    check_ranges("  - a\n  - b\n...\n%TAG !e! tag:yaml.org,2002:\n--- !e!str 1\n... # end\n", 2, 0);
    check_ranges("a: 1\r\n---\r\nb: 2\r\n", 2, 0);
    check_ranges("a: 1\r---\rb: 2\r", 2, 0);
    check_ranges("a: [\n---\nb: 1\n---\nc: \"\n---\nd: 2\n", 2, 2);
    check_ranges("x: \"\xE2\x80\xA8\xC2\x85 a\"\n---\ny: 1\n", 2, 0);
    check_ranges("{\"x\": \"\xE2\x80\xA8\xC2\x85 a\"}\n---\ny: 1\n", 2, 0);
}

static void reader_open_firstLine_shiftsPositions(void **state)
{
    opened o;
    gops_read_document read;
    (void)state;
    open_text(&o, "a: 1\nb: {c: 2}\n", 15, 100);
    assert_int_equal(gops_reader_next(o.reader, &o.arena, &read, NULL), 1);
    assert_int_equal(read.first_line, 100);
    const gitops_value *c = gitops_value_at(&read.root, "/b/c");
    assert_int_equal(c->line, 101);
    assert_int_equal(c->column, 8);
    close_text(&o);
}

static void reader_positions_countCharacters(void **state)
{
    opened o;
    gops_read_document read;
    (void)state;
    open_text(&o, "\xC3\xA9\xC3\xA9: {\xF0\x9F\x98\x80: x}\n", 16, 1);
    assert_int_equal(gops_reader_next(o.reader, &o.arena, &read, NULL), 1);
    const gitops_value *inner = gitops_value_item(gitops_value_item(&read.root, 0), 0);
    assert_int_equal(gitops_value_column(inner), 9);
    close_text(&o);
    open_text(&o, "{\"\xC3\xA9\": \"\xC3\xA9\",\n \"z\": 1}", 21, 1);
    assert_int_equal(gops_reader_next(o.reader, &o.arena, &read, NULL), 1);
    assert_int_equal(gitops_value_column(gitops_value_at(&read.root, "/\xC3\xA9")), 7);
    assert_int_equal(gitops_value_line(gitops_value_at(&read.root, "/z")), 2);
    assert_int_equal(gitops_value_column(gitops_value_at(&read.root, "/z")), 7);
    close_text(&o);
}

static void reader_open_inTheMiddleOfAText_startsAnew(void **state)
{
    opened o;
    gops_read_document read;
    (void)state;
    open_text(&o, "a: &x 1\n---\nb: 2\n", 17, 1);
    assert_int_equal(gops_reader_next(o.reader, &o.arena, &read, NULL), 1);
    assert_int_equal(gops_reader_open(o.reader, "c: *x\n", 6, "u", 1, &o.problems, NULL), 0);
    assert_int_equal(gops_reader_next(o.reader, &o.arena, &read, NULL), 0);
    assert_int_equal(o.problems.errors, 1);
    assert_int_equal(gops_reader_open(o.reader, "[3]", 3, "v", 1, &o.problems, NULL), 0);
    assert_int_equal(gops_reader_next(o.reader, &o.arena, &read, NULL), 1);
    assert_int_equal(read.number, 1);
    close_text(&o);
}

static void documents_parse_errors_areInOrderWithTheWholeOnes(void **state)
{
    gitops_context *context = support_context_new();
    gitops_documents *set;
    gitops_error err, problem;
    static const char text[] = "a: 1\nb:\n  x: 1\n  x: 2\na: 3\n---\nok: yes\n--- !t 1\n---\n- ]\n";
    (void)state;
    int rc = gitops_documents_parse(&set, context, text, sizeof text - 1, "dir/a.yaml", &err);
    assert_int_equal(rc, GITOPS_EDUPLICATE);
    assert_string_equal(err.where, "dir/a.yaml");
    assert_int_equal(err.line, 4);
    assert_int_equal(gitops_documents_count(set), 2);
    assert_null(gitops_documents_get(set, 2));
    const gitops_diagnostics *problems = gitops_documents_diagnostics(set);
    assert_int_equal(gitops_diagnostics_count(problems), 4);
    assert_int_equal(gitops_diagnostics_errors(problems), 3);
    assert_int_equal(gitops_diagnostics_warnings(problems), 1);
    static const uint32_t lines[] = {4, 5, 8, 10};
    for (size_t i = 0; i < 4; i++) {
        assert_true(gitops_diagnostics_get(problems, i, &problem) > 0);
        assert_int_equal(problem.line, lines[i]);
    }
    gitops_documents_free(set);
    support_context_free(context);
}

static void documents_parse_document_outlivesItsSet(void **state)
{
    gitops_context *context = support_context_new();
    gitops_documents *set;
    (void)state;
    assert_int_equal(gitops_documents_parse(&set, context, "a: 1", 4, NULL, NULL), 0);
    gitops_document *document = gitops_document_ref(gitops_documents_get(set, 0));
    gitops_documents_free(set);
    assert_int_equal(gitops_value_count(gitops_document_root(document)), 1);
    gitops_document_free(document);
    support_context_free(context);
}

static void document_parse_noneOrSeveral_isError(void **state)
{
    gitops_context *context = support_context_new();
    gitops_document *document;
    gitops_error err;
    (void)state;
    assert_int_equal(gitops_document_parse(&document, context, "", 0, "e", &err), GITOPS_EPARSE);
    assert_string_equal(err.message, "expected one document, found 0");
    assert_int_equal(gitops_document_parse(&document, context, "a\n--- b", 7, "e", &err),
                     GITOPS_EPARSE);
    assert_string_equal(err.message, "expected one document, found 2");
    assert_null(document);
    assert_int_equal(gitops_document_parse(&document, context, NULL, 1, "e", &err), GITOPS_EINVAL);
    assert_int_equal(gitops_document_parse(&document, NULL, "", 0, "e", &err), GITOPS_EINVAL);
    assert_int_equal(gitops_documents_parse(NULL, context, "", 0, "e", &err), GITOPS_EINVAL);
    support_context_free(context);
}

static void parse_body(gitops_context *context, void *data)
{
    gitops_documents *set = NULL;
    gitops_error err;
    const char *text = data;
    int rc = gitops_documents_parse(&set, context, text, strlen(text), "t", &err);
    if (rc < 0)
        assert_int_equal(err.code, rc);
    assert_true(rc != GITOPS_ENOMEM || !set);
    gitops_documents_free(set);
}

static void documents_parse_everyAllocationFails_cleanErrorOrSuccess(void **state)
{
    static char yaml[] = "a: &x {b: [1, 0x1F, !!binary aGk=]}\nc:\n  <<: *x\n  1.5: z\n---\n"
                         "d: 1\nd: 2\n---\ne: [\n---\nf: !t x\n";
    static char json[] = "{\"a\":[1,\"x\\n\",{\"b\":null}],\"a\":1e999}\n---\nb: 1\n";
    static char neither[] = "{\"a\":[1,\"x\"], b: *c, \"b\": 2}\n";
    (void)state;
    support_fail_every_allocation(parse_body, yaml);
    support_fail_every_allocation(parse_body, json);
    support_fail_every_allocation(parse_body, neither);
}

/* Goes on reading after a failure, as a careless caller would. */
static void careless_body(gitops_context *context, void *data)
{
    gitops_diagnostics problems;
    gops_arena arena;
    gops_read_document read;
    gops_reader *reader = gops_reader_new(context);
    if (!reader)
        return;
    gops_diagnostics_init(&problems, context);
    gops_arena_init(&arena, context, 8);
    if (gops_reader_open(reader, data, strlen(data), "t", 1, &problems, NULL) == 0) {
        int rc;
        while ((rc = gops_reader_next(reader, &arena, &read, NULL)) > 0)
            continue;
        assert_int_equal(gops_reader_next(reader, &arena, &read, NULL), rc);
    }
    gops_arena_free(&arena);
    gops_diagnostics_release(&problems);
    gops_reader_free(reader);
}

static void reader_next_afterNoMemory_saysSoAgain(void **state)
{
    (void)state;
    support_fail_every_allocation(careless_body, "a: [{b: [c]}]\n---\nd: &x {e: f}\ng: *x\n");
    support_fail_every_allocation(careless_body, "{\"a\": [{\"b\": 1}]}\n---\nc: 1\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reader_next_documents_areNumberedAndLocated),
        cmocka_unit_test(reader_next_ranges_readBackTheSame),
        cmocka_unit_test(reader_open_firstLine_shiftsPositions),
        cmocka_unit_test(reader_positions_countCharacters),
        cmocka_unit_test(reader_open_inTheMiddleOfAText_startsAnew),
        cmocka_unit_test(documents_parse_errors_areInOrderWithTheWholeOnes),
        cmocka_unit_test(documents_parse_document_outlivesItsSet),
        cmocka_unit_test(document_parse_noneOrSeveral_isError),
        cmocka_unit_test(reader_next_afterNoMemory_saysSoAgain),
        cmocka_unit_test(documents_parse_everyAllocationFails_cleanErrorOrSuccess),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
