/*
 * Ignore rules: a table of patterns and paths, the cost of hostile patterns, and a comparison of
 * random patterns with what git itself says.
 */
#include "helpers.h"

#include <stdio.h>
#include <time.h>

#include "source/ignore.h"
#include "source/wildmatch.h"

typedef struct example {
    const char *rules;
    const char *path; /* a final "/" makes it a directory */
    gops_verdict expected;
} example;

#define EXCLUDED GOPS_VERDICT_EXCLUDE
#define INCLUDED GOPS_VERDICT_INCLUDE
#define NOTHING GOPS_VERDICT_NONE

static const example examples[] = {
    /* names match at any depth, paths from the top */
    {"foo", "foo", EXCLUDED},
    {"foo", "a/b/foo", EXCLUDED},
    {"foo", "foo/", EXCLUDED},
    {"foo", "foobar", NOTHING},
    {"/foo", "foo", EXCLUDED},
    {"/foo", "a/foo", NOTHING},
    {"a/foo", "a/foo", EXCLUDED},
    {"a/foo", "b/a/foo", NOTHING},
    {"/a/foo", "a/foo", EXCLUDED},
    /* a final slash asks for a directory and does not anchor */
    {"foo/", "foo", NOTHING},
    {"foo/", "foo/", EXCLUDED},
    {"foo/", "a/foo/", EXCLUDED},
    {"a/foo/", "b/a/foo/", NOTHING},
    {"foo//", "foo/", NOTHING},
    /* stars and question marks stay within a component */
    {"*.tmp", "a/x.tmp", EXCLUDED},
    {"*.tmp", "x.tmp2", NOTHING},
    {"/*.tmp", "a/x.tmp", NOTHING},
    {"a/*/c", "a/b/c", EXCLUDED},
    {"a/*/c", "a/b/b/c", NOTHING},
    {"a/*", "a/b/", EXCLUDED},
    {"a/?", "a/b", EXCLUDED},
    {"a?b", "a/b", NOTHING},
    {"f*r*z", "foobarbaz", EXCLUDED},
    {"f*r*y", "foobarbaz", NOTHING},
    {"*", "anything", EXCLUDED},
    {"*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaac", NOTHING},
    /* two stars */
    {"**/foo", "foo", EXCLUDED},
    {"**/foo", "a/b/foo", EXCLUDED},
    {"**/foo", "a/bfoo", NOTHING},
    {"a/**/b", "a/b", EXCLUDED},
    {"a/**/b", "a/x/y/b", EXCLUDED},
    {"a/**/b", "a/x/yb", NOTHING},
    {"a/**", "a/x/y", EXCLUDED},
    {"a/**", "a/", NOTHING},
    {"a/**/", "a/x/", EXCLUDED},
    {"a/**/", "a/x", NOTHING},
    {"**", "a/b", EXCLUDED},
    {"x/a**b", "x/ab", EXCLUDED},
    {"x**y", "x/y", NOTHING},
    {"/**/a/**/b", "q/a/a/r/b", EXCLUDED},
    {"/**/*x/*y", "ax/bx/cy", EXCLUDED},
    {"**/*[x]/y", "a/bx/y", EXCLUDED},
    /* classes */
    {"[abc]x", "bx", EXCLUDED},
    {"[a-c]x", "dx", NOTHING},
    {"[!a-c]x", "dx", EXCLUDED},
    {"[^a-c]x", "dx", EXCLUDED},
    {"[]]x", "]x", EXCLUDED},
    {"[]-]x", "-x", EXCLUDED},
    {"[a-]x", "-x", EXCLUDED},
    {"[\\]]x", "]x", EXCLUDED},
    {"[\\a-\\c]x", "bx", EXCLUDED},
    {"[[:digit:]]x", "7x", EXCLUDED},
    {"[[:digit:]]x", "ax", NOTHING},
    {"[![:space:]]x", "ax", EXCLUDED},
    {"[[:upper:][:digit:]]", "A", EXCLUDED},
    {"[[:nothing:]]x", "nx", NOTHING},
    {"[[:]x", ":x", EXCLUDED},
    {"[[:x", "[x", NOTHING},
    {"a[b", "a[b", NOTHING},
    {"a[/]b", "a/b", NOTHING},
    {"/a[!x]b", "a/b", NOTHING},
    /* escapes and blanks */
    {"\\#a", "#a", EXCLUDED},
    {"#a", "#a", NOTHING},
    {"\\!a", "!a", EXCLUDED},
    {"a\\*b", "a*b", EXCLUDED},
    {"a\\*b", "axb", NOTHING},
    {"a\\", "a\\", NOTHING},
    {"a  ", "a", EXCLUDED},
    {"a\\ ", "a ", EXCLUDED},
    {"a\\  ", "a ", EXCLUDED},
    {"a\\\\ ", "a\\", EXCLUDED},
    {"a\t", "a", NOTHING},
    {" a", " a", EXCLUDED},
    {"a\r\nb\r\n", "a", EXCLUDED},
    {"\xEF\xBB\xBF" "a", "a", EXCLUDED},
    {"\n\n/\n!\n", "a", NOTHING},
    /* negation: the last match decides */
    {"*.y\n!a.y", "a.y", INCLUDED},
    {"!a.y\n*.y", "a.y", EXCLUDED},
    {"*.y\n!a.y\n/a.y", "a.y", EXCLUDED},
    {"!/a/b", "a/b", INCLUDED},
    {"!!a", "!a", INCLUDED},
    /* git compares the plain start as bytes and globs the rest, as if it began there */
    {"a/b**", "a/bc/d", EXCLUDED},
    {"a/b**/c", "a/bc", EXCLUDED},
};

static gops_verdict verdict_of(gitops_context *context, const char *rules, const char *path)
{
    gops_ignore *list;
    size_t length = strlen(path);
    int directory = length > 0 && path[length - 1] == '/';
    assert_int_equal(gops_ignore_parse(&list, context, rules, strlen(rules), 0, NULL, NULL), 0);
    gops_verdict verdict = gops_ignore_match(list, path, length - (size_t)directory, directory);
    gops_ignore_free(list);
    return verdict;
}

static void match_examples_decideAsGit(void **state)
{
    gitops_context *context = support_context_new();
    (void)state;
    for (size_t i = 0; i < sizeof examples / sizeof examples[0]; i++)
        if (verdict_of(context, examples[i].rules, examples[i].path) != examples[i].expected)
            fail_msg("rules \"%s\", path \"%s\": not %d", examples[i].rules, examples[i].path,
                     (int)examples[i].expected);
    support_context_free(context);
}

static void match_nestedList_isRelativeAndWins(void **state)
{
    gitops_context *context = support_context_new();
    gops_ignore *outer, *inner;
    (void)state;
    assert_int_equal(gops_ignore_parse(&outer, context, "*.y\n", 4, 0, NULL, NULL), 0);
    assert_int_equal(gops_ignore_parse(&inner, context, "!/k.y\nz\n", 8, 4, outer, NULL), 0);
    assert_int_equal(gops_ignore_match(inner, "dir/k.y", 7, 0), INCLUDED);
    assert_int_equal(gops_ignore_match(inner, "dir/x/k.y", 9, 0), EXCLUDED);
    assert_int_equal(gops_ignore_match(inner, "dir/z", 5, 0), EXCLUDED);
    assert_int_equal(gops_ignore_match(inner, "dir/q", 5, 0), NOTHING);
    gops_ignore_free(inner);
    gops_ignore_free(outer);
    support_context_free(context);
}

static void new_patterns_keepBlanksAndHashes(void **state)
{
    gitops_context *context = support_context_new();
    const char *const patterns[] = {"#a", "b ", "/c", "!/c"};
    gops_ignore *list;
    (void)state;
    assert_int_equal(gops_ignore_new(&list, context, patterns, 4, 3, NULL), 0);
    assert_int_equal(gops_ignore_match(list, "up/#a", 5, 0), EXCLUDED);
    assert_int_equal(gops_ignore_match(list, "up/b ", 5, 0), EXCLUDED);
    assert_int_equal(gops_ignore_match(list, "up/b", 4, 0), NOTHING);
    assert_int_equal(gops_ignore_match(list, "up/c", 4, 0), INCLUDED);
    gops_ignore_free(list);
    support_context_free(context);
}

static void parse_tooLong_isLimit(void **state)
{
    gitops_context *context = support_context_new();
    gops_ignore *list;
    gitops_error err = {0};
    char *text = calloc(1, GOPS_IGNORE_MAX_BYTES + 1);
    (void)state;
    memset(text, 'a', GOPS_IGNORE_MAX_BYTES + 1);
    assert_int_equal(gops_ignore_parse(&list, context, text, GOPS_IGNORE_MAX_BYTES + 1, 0, NULL,
                                       &err),
                     GITOPS_ELIMIT);
    assert_null(list);
    free(text);
    support_context_free(context);
}

/* Fills size - 1 bytes with a piece again and again. */
static void repeat(char *out, size_t size, const char *piece)
{
    for (size_t i = 0; i + 1 < size; i++)
        out[i] = piece[i % strlen(piece)];
    out[size - 1] = '\0';
}

static void assert_no_match(const char *start, const char *piece, const char *text_piece)
{
    char text[4096], pattern[2048];
    repeat(text, sizeof text, text_piece);
    strcpy(pattern, start);
    repeat(pattern + strlen(start), sizeof pattern / 2, piece);
    strcat(pattern, "b");
    assert_false(gops_wildmatch(pattern, strlen(pattern), text, strlen(text)));
}

/* Patterns that take a backtracking matcher longer than the age of the universe. */
static void wildmatch_hostilePatterns_areQuick(void **state)
{
    clock_t start = clock();
    (void)state;
    assert_no_match("", "*a", "a");
    assert_no_match("", "*?", "a");
    assert_no_match("**", "/**/a", "/a");
    assert_no_match("**", "/**/*a*a", "/aaaaaaaaaaaaaaaa");
    assert_true(clock() - start < 5 * CLOCKS_PER_SEC);
}

static void parse_body(gitops_context *context, void *data)
{
    const char *const patterns[] = {"a", "b/c", "!d"};
    gops_ignore *list;
    gitops_error err = {0};
    (void)data;
    int rc = gops_ignore_parse(&list, context, "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n", 20, 0, NULL, &err);
    assert_true(rc == 0 || (rc == GITOPS_ENOMEM && err.code == rc && !list));
    gops_ignore_free(list);
    rc = gops_ignore_new(&list, context, patterns, 3, 0, &err);
    assert_true(rc == 0 || (rc == GITOPS_ENOMEM && !list));
    gops_ignore_free(list);
}

static void parse_everyAllocationFails_cleanError(void **state)
{
    (void)state;
    support_fail_every_allocation(parse_body, NULL);
}

/* --- what git says --- */

static unsigned long random_state = 20240607;

static unsigned pick(unsigned limit)
{
    random_state = random_state * 6364136223846793005UL + 1442695040888963407UL;
    return (unsigned)(random_state >> 33) % limit;
}

static const char *const pattern_parts[] = {"a", "b", "c", "ab", "*", "**", "/", "/", "?", "[ab]",
                                            "[!a]", "[a-c]", "\\a", "\\*", "**/", "/**", "!", " ",
                                            "[[:alpha:]]", "[]a]", "[^b-", "]", "\\", "/*/", "#"};
static const char *const names[] = {"a", "b", "c", "ab", "ba", "abc", "a b", "!a", "*", "]", "#"};

static void random_rules(char *out, size_t lines)
{
    for (size_t i = 0; i < lines; i++) {
        for (unsigned n = 1 + pick(5); n; n--) {
            unsigned part = pick(sizeof pattern_parts / sizeof pattern_parts[0]);
            out += sprintf(out, "%s", pattern_parts[part]);
        }
        *out++ = '\n';
    }
    *out = '\0';
}

/* A path of one to four names; also every directory above it exists. */
static void random_path(char *out)
{
    for (unsigned n = 1 + pick(4); n; n--)
        out += sprintf(out, "%s%s", names[pick(sizeof names / sizeof names[0])],
                       n > 1 ? "/" : "");
}

/* The verdict with the rule of parents: what is below an excluded directory is excluded. */
static int is_excluded(const gops_ignore *list, const char *path)
{
    for (const char *slash = path; (slash = strchr(slash, '/')) != NULL; slash++)
        if (gops_ignore_match(list, path, (size_t)(slash - path), 1) == EXCLUDED)
            return 1;
    return gops_ignore_match(list, path, strlen(path), 0) == EXCLUDED;
}

enum { ROUNDS = 40, LINES = 4, PATHS = 100 };

static void compare_with_git(gitops_context *context, const char *directory)
{
    char rules[1024], paths[PATHS][64];
    FILE *list = NULL;
    char name[4096];
    random_rules(rules, LINES);
    helper_write(directory, ".gitignore", rules);
    snprintf(name, sizeof name, "%s/.git/paths", directory);
    assert_non_null(list = fopen(name, "wb"));
    for (int i = 0; i < PATHS; i++) {
        random_path(paths[i]);
        fprintf(list, "%s%c", paths[i], 0);
    }
    fclose(list);
    /* --no-index: only the patterns decide; the paths need not exist */
    char *said = helper_output(directory, "git check-ignore --no-index -z -v -n --stdin "
                                          "<.git/paths | tr '\\000\\n' '\\n '");
    gops_ignore *ours;
    assert_int_equal(gops_ignore_parse(&ours, context, rules, strlen(rules), 0, NULL, NULL), 0);
    char *line = said;
    for (int i = 0; i < PATHS; i++) {
        char *field[4]; /* source, line, pattern, path */
        for (int f = 0; f < 4; f++) {
            char *end = strchr(line, '\n');
            field[f] = line;
            if (end)
                *end = '\0';
            line = end ? end + 1 : line + strlen(line);
        }
        assert_string_equal(field[3], paths[i]);
        int git = field[0][0] != '\0' && field[2][0] != '!';
        if (is_excluded(ours, paths[i]) != git)
            fail_msg("path \"%s\": git says %d by \"%s\"; rules:\n%s", paths[i], git, field[2],
                     rules);
    }
    gops_ignore_free(ours);
    free(said);
}

static void match_randomRules_agreeWithGit(void **state)
{
    (void)state;
    HELPER_NEED_GIT();
    gitops_context *context = support_context_new();
    char *directory = support_directory_new();
    assert_int_equal(helper_run(directory, "git init -q ."), 0);
    for (int i = 0; i < ROUNDS; i++)
        compare_with_git(context, directory);
    support_directory_free(directory);
    support_context_free(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(match_examples_decideAsGit),
        cmocka_unit_test(match_nestedList_isRelativeAndWins),
        cmocka_unit_test(new_patterns_keepBlanksAndHashes),
        cmocka_unit_test(parse_tooLong_isLimit),
        cmocka_unit_test(wildmatch_hostilePatterns_areQuick),
        cmocka_unit_test(parse_everyAllocationFails_cleanError),
        cmocka_unit_test(match_randomRules_agreeWithGit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
