/*
 * program: messages on standard error, and files in and out, for all commands.
 */
#include "program.h"

#include <errno.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "progress.h"

enum { MAX_FILE_BYTES = 64 << 20 }; /* the library's default for one file */

int complain(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    progress_hide();
    fputs("gitops: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    return RESULT_ERROR;
}

void print_place(FILE *out, const char *file, uint32_t line, uint32_t column)
{
    progress_hide();
    if (!file || !*file)
        return;
    fputs(file, out);
    if (line)
        fprintf(out, ":%lu", (unsigned long)line);
    if (line && column)
        fprintf(out, ":%lu", (unsigned long)column);
    fputs(": ", out);
}

int complain_error(const gitops_error *err)
{
    int named = err->line == 0 && strstr(err->message, err->where) != NULL;
    progress_hide();
    fputs("gitops: ", stderr);
    if (!named)
        print_place(stderr, err->where, err->line, err->column);
    fprintf(stderr, "%s\n", *err->message ? err->message : gitops_code_name(err->code));
    return RESULT_ERROR;
}

/* " (at /spec/replicas of shop/Deployment.apps/web)", or as much of it as is known. */
static void print_subject(const char *pointer, const char *key)
{
    int has_pointer = pointer && *pointer;
    if (!has_pointer && !key)
        return;
    fputs(has_pointer ? " (at " : " (in ", stderr);
    print_shown(stderr, pointer);
    fputs(has_pointer && key ? " of " : "", stderr);
    print_shown(stderr, key);
    fputc(')', stderr);
}

void print_diagnostics(const gitops_diagnostics *list, const char *name)
{
    gitops_error problem;
    uint64_t all = gitops_diagnostics_errors(list) + gitops_diagnostics_warnings(list);
    for (size_t i = 0; i < gitops_diagnostics_count(list); i++) {
        int severity = gitops_diagnostics_get(list, i, &problem);
        print_place(stderr, *problem.where ? problem.where : name, problem.line, problem.column);
        fprintf(stderr, "%s%s", severity == GITOPS_SEVERITY_WARNING ? "warning: " : "",
                problem.message);
        const char *key = gitops_diagnostics_key(list, i);
        if (key && strstr(problem.message, key))
            key = NULL;
        print_subject(gitops_diagnostics_pointer(list, i), key);
        fputc('\n', stderr);
    }
    if (all > gitops_diagnostics_count(list))
        complain("%llu more problems are not shown",
                 (unsigned long long)(all - gitops_diagnostics_count(list)));
}

void complain_changes(const gitops_changes *changes, const char *key)
{
    for (size_t i = 0; i < gitops_changes_count(changes); i++) {
        const gitops_change *change = gitops_changes_get(changes, i);
        if (!gitops_change_conflict(change))
            continue;
        print_place(stderr, gitops_change_file(change), gitops_change_line(change),
                    gitops_change_column(change));
        fprintf(stderr, "conflict (%s) at ", gitops_change_conflict(change));
        print_shown(stderr, *gitops_change_path(change) ? gitops_change_path(change)
                                                        : "the whole document");
        fputs(key ? " of " : "", stderr);
        print_shown(stderr, key);
        fputc('\n', stderr);
    }
}

int write_to_file(const char *data, size_t length, void *file)
{
    return fwrite(data, 1, length, file) == length ? 0 : -1;
}

/* Reads until the end of the file; the buffer doubles. Returns 0 or an errno value. */
static int read_all(FILE *file, bytes *out)
{
    size_t capacity = 0;
    for (;;) {
        if (out->length + 1 >= capacity) {
            capacity = capacity ? capacity * 2 : 16384;
            char *larger = realloc(out->data, capacity);
            if (!larger)
                return ENOMEM;
            out->data = larger;
        }
        size_t got = fread(out->data + out->length, 1, capacity - out->length - 1, file);
        out->length += got;
        out->data[out->length] = '\0';
        if (got == 0)
            return ferror(file) ? (errno ? errno : EIO) : 0;
        if (out->length > MAX_FILE_BYTES)
            return EFBIG;
    }
}

int read_bytes(const char *path, bytes *out)
{
    int is_stdin = strcmp(path, "-") == 0;
    FILE *file = is_stdin ? stdin : fopen(path, "rb");
    memset(out, 0, sizeof *out);
    if (!file)
        return complain("cannot open %s: %s", path, strerror(errno));
    errno = 0;
    int problem = read_all(file, out);
    if (!is_stdin)
        fclose(file);
    if (problem) {
        free(out->data);
        memset(out, 0, sizeof *out);
        return complain("cannot read %s: %s", path, strerror(problem));
    }
    return 0;
}

int read_document_or_nothing(program *p, const char *path, gitops_document **out)
{
    bytes text;
    gitops_error err = {0};
    gitops_documents *set = NULL;
    *out = NULL;
    if (read_bytes(path, &text) != 0)
        return RESULT_ERROR;
    int rc = gitops_documents_parse(&set, p->context, text.data, text.length, path, &err);
    free(text.data);
    if (set)
        print_diagnostics(gitops_documents_diagnostics(set), path);
    else
        complain_error(&err);
    size_t count = gitops_documents_count(set);
    if (rc == 0 && count > 1)
        rc = complain("%s: %zu documents where one is expected", path, count);
    if (rc == 0 && count == 1)
        *out = gitops_document_ref(gitops_documents_get(set, 0));
    gitops_documents_free(set);
    return rc == 0 ? 0 : RESULT_ERROR;
}

int read_document(program *p, const char *path, gitops_document **out)
{
    if (read_document_or_nothing(p, path, out) != 0)
        return RESULT_ERROR;
    return *out ? 0 : complain("%s: no document where one is expected", path);
}

int print_value(program *p, FILE *out, const gitops_value *value, int32_t format)
{
    gitops_buffer *text = NULL;
    gitops_error err = {0};
    gitops_emit_options options = {sizeof options, format, 0};
    if (gitops_value_emit(&text, p->context, value, &options, &err) < 0)
        return complain_error(&err);
    write_to_file(gitops_buffer_data(text), gitops_buffer_length(text), out);
    if (format == GITOPS_FORMAT_JSON)
        fputc('\n', out);
    gitops_buffer_free(text);
    return 0;
}

void print_shown(FILE *out, const char *text)
{
    for (; text && *text; text++)
        fputc((unsigned char)*text < 0x20 || *text == 0x7F ? '?' : *text, out);
}

void print_json_string(FILE *out, const char *text)
{
    if (!text) {
        fputs("null", out);
        return;
    }
    fputc('"', out);
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\')
            fprintf(out, "\\%c", c);
        else if (c < 0x20)
            fprintf(out, "\\u%04x", c);
        else
            fputc(c, out);
    }
    fputc('"', out);
}

int64_t unix_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

const char *name_user(char user[USER_SIZE])
{
    const struct passwd *entry = getpwuid(getuid());
    if (entry && entry->pw_name && !strchr(entry->pw_name, '\n'))
        snprintf(user, USER_SIZE, "%s", entry->pw_name);
    else
        snprintf(user, USER_SIZE, "user %lu", (unsigned long)getuid());
    return user;
}
