/*
 * custom_target: a target that is not Kubernetes. The system to manage is one ini file, as so many
 * daemons have; each object of kind Section is a section, each member of its spec a line:
 *
 *     apiVersion: ini/v1               [mail]
 *     kind: Section                    port = 25
 *     metadata: {name: mail}           relay = mx.example.org
 *     spec: {port: "25", relay: mx.example.org}
 *
 * Changes are staged in memory; commit writes the whole file at once, so that the daemon never
 * reads a half-made one, and abort forgets them. Sections that we did not write stay.
 *
 *     custom_target SOURCE-DIRECTORY FILE.ini STATE
 */
#include <gitops.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SECTIONS = 256, TEXT = 4096 };

typedef struct ini {
    const char *path;
    struct {
        char name[256];
        char json[TEXT]; /* the object of this section */
    } sections[SECTIONS];
    size_t count;
} ini;

/* Appends formatted text; returns 0 when it did not fit. */
static int append(char *text, const char *format, const char *a, const char *b)
{
    size_t used = strlen(text);
    return snprintf(text + used, TEXT - used, format, a, b) < (int)(TEXT - used);
}

static void close_section(ini *file)
{
    if (file->count)
        append(file->sections[file->count - 1].json, "}}", "", "");
}

/* Reads the file into objects: a section becomes the JSON of a Section object. */
static int load(ini *file)
{
    char line[1024], name[256], value[768];
    const char *comma = "";
    FILE *in = fopen(file->path, "r");
    file->count = 0;
    while (in && fgets(line, sizeof line, in)) {
        if (sscanf(line, " [%255[^]]]", name) == 1 && file->count < SECTIONS) {
            close_section(file);
            snprintf(file->sections[file->count].name, sizeof name, "%s", name);
            char *json = file->sections[file->count++].json;
            json[0] = '\0';
            append(json,
                   "{\"apiVersion\":\"ini/v1\",\"kind\":\"Section\",\"metadata\":"
                   "{\"name\":\"%s\"},\"spec\":{",
                   name, "");
            comma = "";
        } else if (file->count && sscanf(line, " %255[^= ] = %767[^\n]", name, value) == 2) {
            char *json = file->sections[file->count - 1].json;
            append(json, "%s\"%s\":", comma, name);
            append(json, "\"%s\"%s", value, "");
            comma = ",";
        }
    }
    close_section(file);
    int bad = in && ferror(in);
    if (in)
        fclose(in);
    return bad ? -1 : 0;
}

static int list(const gitops_request *request, gitops_answer *answer, void *user_data)
{
    ini *file = user_data;
    char key[300];
    (void)request;
    if (load(file) < 0)
        return gitops_answer_failed(answer, 0, "the ini file cannot be read");
    for (size_t i = 0; i < file->count; i++) {
        snprintf(key, sizeof key, "_/Section.ini/%s", file->sections[i].name);
        gitops_answer_object(answer, key, file->sections[i].json, strlen(file->sections[i].json),
                             NULL);
    }
    return gitops_answer_listed(answer, NULL);
}

/* Place of a section; count when there is none. */
static size_t find(const ini *file, const char *key)
{
    size_t i = 0;
    while (i < file->count && strcmp(file->sections[i].name, strrchr(key, '/') + 1) != 0)
        i++;
    return i;
}

static int apply(const gitops_request *request, gitops_answer *answer, void *user_data)
{
    ini *file = user_data;
    size_t length, i = find(file, gitops_request_key(request));
    const char *json = gitops_request_document(request, &length);
    if (i == SECTIONS || length >= TEXT)
        return gitops_answer_failed(answer, 0, "the section is too large");
    if (i == file->count)
        snprintf(file->sections[file->count++].name, sizeof file->sections[0].name, "%s",
                 strrchr(gitops_request_key(request), '/') + 1);
    memcpy(file->sections[i].json, json, length + 1);
    return gitops_answer_done(answer, NULL, 0, NULL);
}

static int delete_object(const gitops_request *request, gitops_answer *answer, void *user_data)
{
    ini *file = user_data;
    size_t i = find(file, gitops_request_key(request));
    if (i < file->count)
        file->sections[i] = file->sections[--file->count];
    return gitops_answer_done(answer, NULL, 0, NULL);
}

/* Writes one section from its object, with the library's own reader. */
static void write_section(FILE *out, gitops_context *context, const char *name, const char *json)
{
    gitops_document *document;
    size_t key_length, length;
    if (gitops_document_parse(&document, context, json, strlen(json), name, NULL) < 0)
        return;
    const gitops_value *spec = gitops_value_at(gitops_document_root(document), "/spec");
    fprintf(out, "[%s]\n", name);
    for (size_t i = 0; i < gitops_value_count(spec); i++) {
        const char *key = gitops_value_key(spec, i, &key_length);
        const char *text = gitops_value_text(gitops_value_item(spec, i), &length);
        fprintf(out, "%.*s = %.*s\n", (int)key_length, key, (int)length, text ? text : "");
    }
    gitops_document_free(document);
}

static int commit(const gitops_request *request, gitops_answer *answer, void *user_data)
{
    ini *file = user_data;
    char staged[4096];
    gitops_context *context = NULL;
    (void)request;
    snprintf(staged, sizeof staged, "%s.new", file->path);
    FILE *out = fopen(staged, "w");
    if (!out || gitops_context_new(&context, NULL, NULL) < 0)
        return gitops_answer_failed(answer, 0, "the new ini file cannot be written");
    for (size_t i = 0; i < file->count; i++)
        write_section(out, context, file->sections[i].name, file->sections[i].json);
    gitops_context_free(context);
    if (fclose(out) != 0 || rename(staged, file->path) != 0)
        return gitops_answer_failed(answer, 0, "the new ini file cannot be put in place");
    return gitops_answer_done(answer, NULL, 0, NULL);
}

static int abort_staged(const gitops_request *request, gitops_answer *answer, void *user_data)
{
    (void)request;
    (void)user_data; /* the next list reads the file again */
    return gitops_answer_done(answer, NULL, 0, NULL);
}

static int print(const char *data, size_t length, void *user_data)
{
    (void)user_data;
    return fwrite(data, 1, length, stdout) == length ? 0 : -1;
}

int main(int argc, char **argv)
{
    static ini file;
    gitops_error err = {0};
    gitops_context *context = NULL;
    gitops_source *source = NULL;
    gitops_target *target = NULL;
    gitops_store *store = NULL;
    gitops_unit *unit = NULL;
    gitops_reconciler *reconciler = NULL;
    gitops_run *run = NULL;
    char location[4096];
    if (argc != 4)
        return fprintf(stderr, "usage: custom_target SOURCE-DIRECTORY FILE.ini STATE\n"), 2;
    file.path = argv[2];
    snprintf(location, sizeof location, "dir:%s", argv[1]);

    gitops_source_options from = {.struct_size = sizeof from, .location = location};
    gitops_store_options state = {.struct_size = sizeof state, .path = argv[3], .create = 1};
    gitops_target_options to = {.struct_size = sizeof to, .user_data = &file, .list = list,
                                .apply = apply, .delete_object = delete_object, .commit = commit,
                                .abort_staged = abort_staged};
    gitops_unit_options what = {.struct_size = sizeof what, .name = "ini"};
    int rc = gitops_context_new(&context, NULL, &err);
    if (rc == 0 && (rc = gitops_source_open(&source, context, &from, &err)) == 0 &&
        (rc = gitops_target_new(&target, context, &to, &err)) == 0 &&
        (rc = gitops_store_open(&store, context, &state, &err)) == 0) {
        what.source = source;
        what.target = target;
        rc = gitops_unit_new(&unit, context, &what, &err);
    }
    if (rc == 0 && (rc = gitops_reconciler_new(&reconciler, context, store, NULL, &err)) == 0 &&
        (rc = gitops_reconciler_add(reconciler, unit, &err)) == 0) {
        rc = gitops_reconciler_run(reconciler, NULL, &err);
        run = gitops_reconciler_result(reconciler, "ini");
    }
    if (run && gitops_run_plan(run))
        gitops_report_run(run, NULL, print, NULL, NULL);
    if (rc < 0)
        fprintf(stderr, "%s\n", err.message);

    gitops_run_free(run);
    gitops_reconciler_free(reconciler);
    gitops_unit_free(unit);
    gitops_store_free(store);
    gitops_target_free(target);
    gitops_source_free(source);
    gitops_context_free(context);
    return rc < 0;
}
