/*
 * one_shot: a whole host. Makes the files of a directory equal to the objects of a Git repository,
 * once.
 *
 *     one_shot REPOSITORY STATE DIRECTORY
 */
#include <errno.h>
#include <gitops.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "shop/Deployment.apps/web" is the file "shop+Deployment.apps+web.json". */
static FILE *open_object(const gitops_request *request, const char *directory, const char *mode,
                         char path[1024])
{
    int used = snprintf(path, 1024, "%s/%s.json", directory, gitops_request_key(request));
    for (char *p = path + strlen(directory) + 1; used < 1024 && *p; p++)
        if (*p == '/')
            *p = '+';
    return used < 1024 && *mode ? fopen(path, mode) : NULL;
}

static int get(const gitops_request *request, gitops_answer *answer, void *directory)
{
    static char text[1 << 20];
    char path[1024];
    FILE *file = open_object(request, directory, "rb", path);
    if (!file)
        return errno == ENOENT ? gitops_answer_absent(answer) : gitops_answer_unknown(answer, path);
    size_t length = fread(text, 1, sizeof text, file);
    fclose(file);
    return gitops_answer_object(answer, gitops_request_key(request), text, length, NULL);
}

static int apply(const gitops_request *request, gitops_answer *answer, void *directory)
{
    char path[1024];
    size_t length;
    const char *json = gitops_request_document(request, &length);
    FILE *file = open_object(request, directory, "wb", path);
    if (!file || fwrite(json, 1, length, file) != length || fclose(file) != 0)
        return gitops_answer_failed(answer, errno, strerror(errno));
    return gitops_answer_done(answer, NULL, 0, NULL);
}

static int delete_object(const gitops_request *request, gitops_answer *answer, void *directory)
{
    char path[1024];
    open_object(request, directory, "", path);
    return remove(path) == 0 ? gitops_answer_done(answer, NULL, 0, NULL)
                             : gitops_answer_failed(answer, errno, strerror(errno));
}

static int print(const char *data, size_t length, void *user_data)
{
    (void)user_data;
    return fwrite(data, 1, length, stdout) == length ? 0 : -1;
}

int main(int argc, char **argv)
{
    gitops_error err = {0};
    gitops_context *context = NULL;
    gitops_source *source = NULL;
    gitops_target *target = NULL;
    gitops_store *store = NULL;
    gitops_unit *unit = NULL;
    gitops_reconciler *reconciler = NULL;
    gitops_run *run = NULL;
    if (argc != 4)
        return fprintf(stderr, "usage: one_shot REPOSITORY STATE DIRECTORY\n"), 2;

    gitops_source_options from = {.struct_size = sizeof from, .location = argv[1]};
    gitops_store_options state = {.struct_size = sizeof state, .path = argv[2], .create = 1};
    gitops_target_options to = {.struct_size = sizeof to, .user_data = argv[3], .get = get,
                                .apply = apply, .delete_object = delete_object};
    gitops_unit_options what = {.struct_size = sizeof what, .name = "files"};
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
        run = gitops_reconciler_result(reconciler, "files");
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
