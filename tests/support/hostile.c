/*
 * hostile: most classes are a head, a piece over and over, and a tail; in a piece every "%u" is the
 * number of the piece. The others have makers of their own.
 */
#include "hostile.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void put(hostile_text *out, const char *data, size_t length)
{
    if (out->capacity - out->length <= length) {
        out->capacity = 2 * out->capacity + length + 64;
        out->data = realloc(out->data, out->capacity);
        if (!out->data)
            abort();
    }
    memcpy(out->data + out->length, data, length);
    out->length += length;
    out->data[out->length] = '\0';
}

static void puts_to(hostile_text *out, const char *text)
{
    put(out, text, strlen(text));
}

__attribute__((format(printf, 2, 3))) static void put_line(hostile_text *out, const char *format,
                                                           ...)
{
    char line[256];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    puts_to(out, line);
}

static void put_numbered(hostile_text *out, const char *piece, size_t number)
{
    const char *found;
    while ((found = strstr(piece, "%u")) != NULL) {
        put(out, piece, (size_t)(found - piece));
        put_line(out, "%zu", number);
        piece = found + 2;
    }
    puts_to(out, piece);
}

static void repeat(hostile_text *out, const hostile_class *self, size_t size)
{
    puts_to(out, self->head);
    for (size_t i = 0; out->length + strlen(self->tail) < size; i++)
        put_numbered(out, self->repeated, i);
    puts_to(out, self->tail);
}

/*
 * Collections open up to just below the default limit, then what is repeated. An anchor gives the
 * text to libyaml.
 */
static void at_flow_limit(hostile_text *out, const hostile_class *self, size_t size)
{
    puts_to(out, self->head);
    for (int i = 0; i < 95; i++)
        puts_to(out, "[");
    while (out->length + 96 < size)
        puts_to(out, self->repeated);
    puts_to(out, self->tail);
    for (int i = 0; i < 95; i++)
        puts_to(out, "]");
    puts_to(out, "\n");
}

/* Block maps within each other, to a depth of 900, again and again. */
static void deep_blocks(hostile_text *out, const hostile_class *self, size_t size)
{
    for (size_t i = 0; out->length < size; i++) {
        put_numbered(out, "m%u:\n", i);
        for (int depth = 1; depth < 900 && out->length < size; depth++)
            put_line(out, "%*s%s\n", depth, "", self->repeated);
        put_line(out, "%*s\n", 901, "x");
    }
}

/* Lists of nine aliases of the list before. */
static void laughs(hostile_text *out, const hostile_class *self, size_t size)
{
    puts_to(out, "- &a0 [x,x,x,x,x,x,x,x,x]\n");
    for (size_t i = 1; out->length < size; i++) {
        put_numbered(out, self->repeated, i);
        for (int j = 0; j < 9; j++)
            put_line(out, "%s*a%zu", j ? "," : "", i - 1);
        puts_to(out, "]\n");
    }
}

/* Half of the text is one map, the other half merges it. */
static void merge_large(hostile_text *out, const hostile_class *self, size_t size)
{
    puts_to(out, "base: &b\n");
    for (size_t i = 0; out->length < size / 2; i++)
        put_line(out, "  key%zu: v\n", i);
    for (size_t i = 0; out->length < size; i++)
        put_numbered(out, self->repeated, i);
}

/* Every map merges the one before it and adds a key. */
static void merge_chain(hostile_text *out, const hostile_class *self, size_t size)
{
    puts_to(out, "m0: &m0 {k0: v}\n");
    for (size_t i = 1; out->length < size; i++) {
        put_line(out, "m%zu: &m%zu {<<: *m%zu, k%zu: v}\n", i, i, i - 1, i);
        (void)self;
    }
}

/* Every list holds the one before it by an alias. */
static void alias_chain(hostile_text *out, const hostile_class *self, size_t size)
{
    puts_to(out, "- &a0 [x]\n");
    for (size_t i = 1; out->length < size; i++) {
        put_line(out, "- &a%zu [*a%zu]\n", i, i - 1);
        (void)self;
    }
}

/* A directive with the longest prefix that is allowed, and many uses of it. */
static void long_prefix(hostile_text *out, const hostile_class *self, size_t size)
{
    puts_to(out, "%TAG !e! tag:");
    for (int i = 0; i < 1000; i++)
        puts_to(out, "x");
    puts_to(out, "\n---\n");
    while (out->length < size)
        puts_to(out, self->repeated);
}

const hostile_class hostile_classes[] = {
    {"open lists", repeat, "", "[", ""},
    {"open maps", repeat, "", "{", ""},
    {"open lists, not JSON", repeat, "a: ", "[", ""},
    {"open maps, not JSON", repeat, "a: ", "{", ""},
    {"open maps with keys", repeat, "a: ", "{a: ", ""},
    {"open pairs", repeat, "a: ", "[a: ", ""},
    {"open JSON maps", repeat, "", "{\"a\":", ""},
    {"nested entries", repeat, "", "- ", "\n"},
    {"nested explicit keys", repeat, "", "? ", "\n"},
    {"nested entries and keys", repeat, "", "- ? ", "\n"},
    {"nested block maps", deep_blocks, "", "a:", ""},
    {"nested block lists", deep_blocks, "", "-", ""},
    {"closed lists", repeat, "a: [", "[],", "]\n"},
    {"flow list", repeat, "a: [", "1,", "]\n"},
    {"flow list of pairs", repeat, "a: [", "a: b,", "]\n"},
    {"flow list at the limit", at_flow_limit, "a: &a ", "1,", ""},
    {"flow maps at the limit", at_flow_limit, "a: &a ", "{a: 1},", ""},
    {"flow quotes at the limit", at_flow_limit, "a: &a ", "\"a\",", ""},
    {"flow list of other letters", repeat, "a: [", "\xC3\xA9,", "]\n"},
    {"flow map of other letters", repeat, "a: {", "\xC3\xA9%u: \xC3\xA9,", "}\n"},
    {"flow quotes of other letters", repeat, "a: [", "\"\xC3\xA9\",", "]\n"},
    {"flow map of nulls", repeat, "a: {", "k%u,", "}\n"},
    {"flow map", repeat, "a: {", "k%u: v,", "}\n"},
    {"block list", repeat, "", "- 1\n", ""},
    {"block map", repeat, "", "k%u: v\n", ""},
    {"block map backwards", repeat, "", "%u: v\n", ""},
    {"explicit keys", repeat, "", "? k%u\n: v\n", ""},
    {"explicit empty keys", repeat, "", "?\n", ""},
    {"duplicate keys", repeat, "", "a: 1\n", ""},
    {"pairs of duplicate keys", repeat, "", "k%u: 1\nk%u: 2\n", ""},
    {"duplicate keys once they are text", repeat, "", "1: a\n0x1: b\n\"1\": c\n", ""},
    {"null keys", repeat, "", "~: 1\n", ""},
    {"list keys", repeat, "", "? [a]\n: 1\n---\n", ""},
    {"many anchors", repeat, "", "- &a%u x\n", ""},
    {"one anchor redefined", repeat, "", "- &a x\n", ""},
    {"many aliases", repeat, "- &a x\n", "- *a\n", ""},
    {"many aliases of a list", repeat, "- &a [x,x,x,x,x,x,x,x]\n", "- *a\n", ""},
    {"aliases as keys", repeat, "- &a x\n", "- {*a : 1}\n", ""},
    {"unknown aliases", repeat, "", "- *a\n", ""},
    {"aliases in themselves", repeat, "- &a [", "*a,", "]\n"},
    {"laughs", laughs, "", "- &a%u [", ""},
    {"chain of aliases", alias_chain, "", "", ""},
    {"merges of a large map", merge_large, "", "m%u: {<<: *b}\n", ""},
    {"merges of a large map with a key", merge_large, "", "m%u: {key%u: w, <<: *b}\n", ""},
    {"list of merges", repeat, "a: &a {x: 1}\nb:\n  <<: [", "*a,", "]\n"},
    {"many merge keys", repeat, "a: &a {x: 1}\nb:\n", "  <<: *a\n", ""},
    {"merges of scalars", repeat, "", "- {<<: 1}\n", ""},
    {"chain of merges", merge_chain, "", "", ""},
    {"long plain scalar", repeat, "a: ", "a", "\n"},
    {"long plain scalar of words", repeat, "a: ", "a b ", "c\n"},
    {"plain scalar of many lines", repeat, "a:", "\n b", "\n"},
    {"long double quotes", repeat, "a: \"", "a", "\"\n"},
    {"double quotes of escapes", repeat, "a: \"", "\\x41", "\"\n"},
    {"double quotes of line ends", repeat, "a: \"", "\n b", "\"\n"},
    {"double quotes not closed", repeat, "a: \"", "a\n ", ""},
    {"single quotes of quotes", repeat, "a: '", "''", "'\n"},
    {"literal lines", repeat, "a: |\n", "  b\n", ""},
    {"literal empty lines", repeat, "a: |\n  b\n", "\n", "  c\n"},
    {"folded lines", repeat, "a: >\n", "  b\n", ""},
    {"long key", repeat, "", "a", ": 1\n"},
    {"long explicit key", repeat, "? ", "a", "\n: 1\n"},
    {"long anchor", repeat, "a: &", "a", " 1\n"},
    {"long tag", repeat, "a: !", "a", " 1\n"},
    {"long digits", repeat, "a: 1", "1", "\n"},
    {"long fraction", repeat, "a: 1.", "1", "\n"},
    {"long fraction as key", repeat, "? 1.", "1", "\n: 1\n"},
    {"long underscores", repeat, "a: 1", "_1", "\n"},
    {"numbers out of range", repeat, "", "- 1e400\n", ""},
    {"long hexadecimal", repeat, "a: 0x", "f", "\n"},
    {"base64", repeat, "a: !!binary ", "AAAA", "\n"},
    {"base64 of no text", repeat, "a: !!binary ", "////", "\n"},
    {"comments", repeat, "", "# c\n", "a: 1\n"},
    {"comments between", repeat, "", "- 1\n# c\n", ""},
    {"long comment", repeat, "# ", "c", "\na: 1\n"},
    {"blank lines", repeat, "a:\n", "\n", "  b\n"},
    {"lines of blanks", repeat, "a:\n", "   \n", "  b\n"},
    {"carriage returns", repeat, "", "- 1\r", ""},
    {"line separators", repeat, "", "- 1\xE2\x80\xA8", ""},
    {"tabs as indentation", repeat, "", "a:\n\tb: 1\n---\n", ""},
    {"empty documents", repeat, "", "---\n", ""},
    {"ended documents", repeat, "", "--- a\n...\n", ""},
    {"small documents", repeat, "", "--- a\n", ""},
    {"small maps as documents", repeat, "", "---\na: 1\n", ""},
    {"documents of other letters", repeat, "", "---\n\xC3\xA9: \xC3\xA9\n", ""},
    {"documents with marks", repeat, "", "---\n\xEF\xBB\xBF" "a: 1\n", ""},
    {"broken documents", repeat, "", "--- [\n", ""},
    {"broken closing documents", repeat, "", "--- ]\n", ""},
    {"broken documents with \"...\"", repeat, "", "[\n...\n", ""},
    {"broken large documents", repeat, "", "---\na:\n- b: [1, 2, 3]\n  c: \"\n", ""},
    {"control characters", repeat, "", "--- \x01\n", ""},
    {"control characters everywhere", repeat, "", "\x01\n", ""},
    {"bytes that are no text", repeat, "", "--- \xFF\n", ""},
    {"bytes at ends of documents", repeat, "", "--- a\n---\n\xFF\n", ""},
    {"directives", repeat, "", "%TAG !e%u! tag:x,2002:\n", "---\na: 1\n"},
    {"unknown directives", repeat, "", "%FOO bar\n", "---\na: 1\n"},
    {"directives and comments", repeat, "", "%FOO bar\n# c\n", "---\na: 1\n"},
    {"long directive", repeat, "%TAG !e! tag:", "x", "\n---\na: 1\n"},
    {"documents with directives", repeat, "", "%YAML 1.1\n---\na: 1\n...\n", ""},
    {"lines of percent signs", repeat, "a: \"\n", "% b\n\n", "\"\n"},
    {"uses of a long prefix", long_prefix, "", "- !e!x 1\n", ""},
    {"unknown tags", repeat, "", "- !x 1\n", ""},
    {"infinite values", repeat, "", "- .inf\n", ""},
    {"JSON list", repeat, "[1", ",1", "]"},
    {"JSON list of lists", repeat, "[1", ",[]", "]"},
    {"JSON map", repeat, "{\"a\":1", ",\"k%u\":1", "}"},
    {"JSON duplicate keys", repeat, "{\"a\":1", ",\"a\":1", "}"},
    {"JSON long string", repeat, "[\"", "a", "\"]"},
    {"JSON escapes", repeat, "[\"", "\\u00e9", "\"]"},
    {"JSON strings of quotes", repeat, "[1", ",\"\\\"\"", "]"},
    {"JSON string not closed", repeat, "[\"", "\\\"", ""},
    {"JSON long number", repeat, "[1", "1", "]"},
    {"JSON numbers out of range", repeat, "[1", ",1e400", "]"},
    {"JSON that is not", repeat, "[1", ",1", ",x: y]"},
    {"JSON not closed", repeat, "[1", ",1", ""},
    {"JSON values in a row", repeat, "", "{}", ""},
    {"JSON maps in a row", repeat, "", "{\"k%u\":[1]}\n", ""},
    {"JSON values in a row, not the last", repeat, "", "{}", "{a}"},
    {"JSON blanks", repeat, "[1", "\n ", "]"},
    {"UTF-16 surrogates", repeat, "\xFF\xFE", "\x3D\xD8\x3D\xD8", ""},
};

const size_t hostile_class_count = sizeof hostile_classes / sizeof hostile_classes[0];

hostile_text hostile_make(const hostile_class *self, size_t size)
{
    hostile_text out = {0};
    self->make(&out, self, size);
    return out;
}

const hostile_class *hostile_find(const char *name)
{
    for (size_t i = 0; i < hostile_class_count; i++)
        if (strcmp(hostile_classes[i].name, name) == 0)
            return &hostile_classes[i];
    return NULL;
}
