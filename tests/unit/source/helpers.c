/*
 * helpers: see helpers.h. Commands go through sh; all names in them are made by the tests.
 */
#include "helpers.h"

#include <stdio.h>
#include <sys/stat.h>

typedef struct record {
    char *text;
    size_t length;
} record;

static int note(const char *path, const gops_file_state *before, const gops_file_state *after,
                void *user_data)
{
    record *r = user_data;
    size_t length = strlen(path);
    char *grown = realloc(r->text, r->length + length + 4);
    assert_non_null(grown);
    r->text = grown;
    const char *star = after && after->mode == GOPS_MODE_EXECUTABLE ? "*" : "";
    int unread = after && after->mode == GOPS_MODE_UNREAD;
    r->length += (size_t)sprintf(grown + r->length, "%c%s%s\n",
                                 unread ? '?' : !before ? '+' : !after ? '-' : '~', path, star);
    return 0;
}

static char *walk(gitops_snapshot *before, gitops_snapshot *after, gops_walk_options *options)
{
    record r = {calloc(1, 1), 0};
    gitops_error err = {0};
    while (options->excludes && options->excludes[options->exclude_count])
        options->exclude_count++;
    int rc = gops_snapshot_walk(before, after, options, note, &r, &err);
    if (rc == 0)
        return r.text;
    assert_int_equal(err.code, rc);
    assert_true(err.message[0] != '\0');
    free(r.text);
    const char *name = gitops_code_name(rc);
    char *copy = malloc(strlen(name) + 1);
    assert_non_null(copy);
    return strcpy(copy, name);
}

char *helper_walk(gitops_snapshot *before, gitops_snapshot *after, const char *path,
                  const char *const *excludes)
{
    gops_walk_options options = {.path = path, .excludes = excludes};
    return walk(before, after, &options);
}

void helper_assert_walk_all(gitops_snapshot *s, const char *const *excludes, const char *expected)
{
    gops_walk_options options = {.path = "", .excludes = excludes, .with_unread = 1};
    char *got = walk(NULL, s, &options);
    assert_string_equal(got, expected);
    free(got);
}

void helper_assert_walk(gitops_snapshot *before, gitops_snapshot *after, const char *path,
                        const char *const *excludes, const char *expected)
{
    char *got = helper_walk(before, after, path, excludes);
    assert_string_equal(got, expected);
    free(got);
}

void helper_put(gitops_source *source, const char *path, const char *text)
{
    gitops_error err = {0};
    if (gitops_source_put(source, path, text, strlen(text), &err) < 0)
        fail_msg("put %s: %s", path, err.message);
}

gitops_snapshot *helper_fetch(gitops_source *source)
{
    gitops_snapshot *snapshot = NULL;
    gitops_error err = {0};
    if (gitops_source_fetch(source, &snapshot, &err) < 0)
        fail_msg("fetch: %s", err.message);
    return snapshot;
}

void helper_write(const char *directory, const char *path, const char *text)
{
    char full[4096];
    int length = snprintf(full, sizeof full, "%s/%s", directory, path);
    assert_true(length > 0 && (size_t)length < sizeof full);
    for (char *p = full + strlen(directory) + 1; *p; p++)
        if (*p == '/') {
            *p = '\0';
            mkdir(full, 0755);
            *p = '/';
        }
    FILE *file = fopen(full, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    assert_int_equal(fclose(file), 0);
}

static char *command_line(const char *directory, const char *format, va_list args)
{
    static char line[32768];
    int length = snprintf(line, sizeof line,
                          "cd '%s' && export GIT_CONFIG_NOSYSTEM=1 HOME='%s' "
                          "GIT_CONFIG_GLOBAL=/dev/null GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b "
                          "GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b && unset GIT_DIR && ",
                          directory, directory);
    length += vsnprintf(line + length, sizeof line - (size_t)length, format, args);
    assert_true((size_t)length < sizeof line);
    return line;
}

int helper_run(const char *directory, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *line = command_line(directory, format, args);
    va_end(args);
    return system(line);
}

char *helper_output(const char *directory, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    FILE *pipe = popen(command_line(directory, format, args), "r");
    va_end(args);
    assert_non_null(pipe);
    char *text = calloc(1, 1);
    size_t used = 0;
    char chunk[4096];
    for (size_t got; (got = fread(chunk, 1, sizeof chunk, pipe)) > 0; used += got) {
        text = realloc(text, used + got + 1);
        assert_non_null(text);
        memcpy(text + used, chunk, got);
        text[used + got] = '\0';
    }
    pclose(pipe);
    if (used && text[used - 1] == '\n')
        text[used - 1] = '\0';
    return text;
}

int helper_have_git(void)
{
    static int known = -1;
    if (known < 0)
        known = system("git --version >/dev/null 2>&1") == 0;
    if (!known)
        print_message("skipped: git is not installed\n");
    return known;
}
