/*
 * target_dir: a cluster in a directory. The object with key K is the file DIR/K.yaml; live state is
 * those files and nothing else.
 *
 * The directory is known by a random id in DIR/.gitops-target, so that a state file is never used
 * with another directory, and never with an empty mount point where the directory used to be. The
 * id of a new one is thought of when it is first asked for and written by prepare, just before the
 * first change; from then on a directory without it is no target of ours.
 */
#include "targets.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dir_files.h"

/* Waiting for the disk is most of the work, and the disk serves several who wait at once. */
enum { MAX_IN_FLIGHT = 8 };

enum { SPACES_PER_PAGE = 256, ID_BYTES = 16, ID_DIGITS = 2 * ID_BYTES };

typedef struct dir_target {
    program *p;
    char *path;
    int writable;           /* 0: for a plan, which clears nothing away */
    int may_be_new;         /* until an id was seen or written: a missing one is made up */
    int has_id;             /* the id file was there when last looked */
    char id[ID_DIGITS + 1]; /* as seen or made up; "" for none */
} dir_target;

static int open_root(const dir_target *target, dir_problem *problem)
{
    int root = open(target->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    dir_within(problem, NULL, NULL, NULL);
    if (root < 0)
        dir_fail(problem, "open", target->path);
    return root;
}

/* Reads the id file into id ("" when there is none). Returns 0 or -1. */
static int read_id(const dir_target *target, int root, char id[ID_DIGITS + 1], dir_problem *problem)
{
    bytes text;
    id[0] = '\0';
    dir_within(problem, target->path, NULL, NULL);
    if (dir_read(root, DIR_ID_FILE, &text, problem) < 0)
        return problem->code == ENOENT ? 0 : -1;
    size_t length = strspn(text.data, "0123456789abcdef");
    int good = length == ID_DIGITS && text.length <= ID_DIGITS + 1;
    if (good)
        snprintf(id, ID_DIGITS + 1, "%s", text.data);
    free(text.data);
    if (good)
        return 0;
    problem->code = EINVAL;
    snprintf(problem->text, sizeof problem->text,
             "%s" DIR_ID_FILE " does not hold the id of a target", problem->within);
    return -1;
}

/* Opens the directory and makes sure it is the one of the beginning. Returns a descriptor or -1. */
static int open_known_root(const dir_target *target, dir_problem *problem)
{
    char id[ID_DIGITS + 1];
    int root = open_root(target, problem);
    if (!target->has_id)
        return root;
    if (root >= 0 && read_id(target, root, id, problem) == 0 && strcmp(id, target->id) == 0)
        return root;
    if (root >= 0)
        close(root);
    problem->code = ESTALE;
    snprintf(problem->text, sizeof problem->text,
             "%.400s is not the directory it was a moment ago (see its " DIR_ID_FILE ")",
             target->path);
    return -1;
}

static int think_of_id(dir_target *target, dir_problem *problem)
{
    unsigned char random[ID_BYTES];
    FILE *file = fopen("/dev/urandom", "rb");
    int good = file && fread(random, sizeof random, 1, file) == 1;
    if (!good)
        dir_fail(problem, "read", "/dev/urandom");
    if (file)
        fclose(file);
    for (size_t i = 0; good && i < sizeof random; i++)
        snprintf(target->id + 2 * i, 3, "%02x", random[i]);
    return good ? 0 : -1;
}

static int answer_fingerprint(const gitops_request *request, gitops_answer *answer, void *user_data)
{
    dir_target *target = user_data;
    dir_problem problem = {0};
    char id[ID_DIGITS + 1] = "";
    (void)request;
    int root = open_root(target, &problem);
    if (root < 0 && problem.code != ENOENT)
        return gitops_answer_failed(answer, problem.code, problem.text);
    int rc = root < 0 ? 0 : read_id(target, root, id, &problem);
    if (root >= 0)
        close(root);
    target->has_id = *id != '\0';
    if (target->has_id)
        target->may_be_new = 0;
    if (target->has_id || !target->may_be_new)
        memcpy(target->id, id, sizeof id);
    else if (rc == 0 && !*target->id)
        rc = think_of_id(target, &problem);
    if (rc < 0)
        return gitops_answer_failed(answer, problem.code, problem.text);
    return gitops_answer_fingerprint(answer, target->id);
}

/* Makes a directory and the ones above it. */
static int make_path(const char *path, dir_problem *problem)
{
    char *copy = strdup(path);
    int rc = copy ? 0 : dir_fail(problem, "make", path);
    for (char *p = copy; rc == 0 && p; p = strchr(p + 1, '/')) {
        if (p == copy)
            continue;
        *p = '\0';
        if (mkdir(copy, 0777) < 0 && errno != EEXIST)
            rc = dir_fail(problem, "make", copy);
        *p = '/';
    }
    if (rc == 0 && mkdir(path, 0777) < 0 && errno != EEXIST)
        rc = dir_fail(problem, "make", path);
    free(copy);
    return rc;
}

static void clear_temporaries(int directory, const dir_names *names)
{
    for (size_t i = 0; i < names->count; i++)
        if (dir_is_temporary(names->names[i]))
            unlinkat(directory, names->names[i], 0);
}

/* Before the first change: the directory with its id, without the leftovers of a crash. */
static int prepare(void *data)
{
    dir_target *target = data;
    dir_problem problem = {0};
    dir_names names = {NULL, 0, 0};
    char line[ID_DIGITS + 2];
    if (!target->may_be_new)
        return 0;
    int rc = make_path(target->path, &problem);
    int root = rc == 0 ? open_root(target, &problem) : -1;
    if (root >= 0) {
        if (dir_names_read(root, target->path, &names, &problem) == 0)
            clear_temporaries(root, &names);
        dir_names_free(&names);
        snprintf(line, sizeof line, "%s\n", target->id);
        rc = dir_write(root, DIR_ID_FILE, line, strlen(line), &problem);
        close(root);
    }
    target->has_id = root >= 0 && rc == 0;
    target->may_be_new &= !target->has_id;
    return target->has_id ? 0 : complain("%s: %s", target->path, problem.text);
}

/* The state of one listing, on its way through the directories. */
typedef struct listing {
    dir_target *target;
    gitops_answer *answer;
    dir_problem *problem;
    const char *space, *kind;
} listing;

static int list_file(const listing *list, int directory, const char *name)
{
    char key[1024], version[40];
    bytes text;
    size_t stem = strlen(name) > 5 ? strlen(name) - 5 : 0;
    if (!stem || strcmp(name + stem, ".yaml") != 0 || !dir_is_segment(name, stem))
        return 0;
    if (dir_read(directory, name, &text, list->problem) < 0)
        return list->problem->code == ENOENT ? 0 : -1;
    dir_version(text.data, text.length, version);
    snprintf(key, sizeof key, "%s/%s/%.*s", list->space, list->kind, (int)stem, name);
    int rc = gitops_answer_object(list->answer, key, text.data, text.length, version);
    free(text.data);
    if (rc < 0)
        snprintf(list->problem->text, sizeof list->problem->text, "%s%s is no object",
                 list->problem->within, name);
    return rc < 0 ? -1 : 0;
}

static int list_kind(listing *list, int directory)
{
    dir_names names;
    int rc = dir_names_read(directory, list->kind, &names, list->problem);
    if (rc == 0 && list->target->writable)
        clear_temporaries(directory, &names);
    dir_within(list->problem, list->target->path, list->space, list->kind);
    for (size_t i = 0; rc == 0 && i < names.count; i++)
        rc = list_file(list, directory, names.names[i]);
    dir_names_free(&names);
    return rc;
}

/*
 * Opens a directory of a listing. Returns a descriptor, -1 for a failure of the listing, or -2 when
 * there is nothing to list: it is gone meanwhile, or a plain file that no key can name.
 */
static int open_listed(const listing *list, int parent, const char *name)
{
    if (!dir_is_segment(name, strlen(name)))
        return -2;
    int directory = dir_open(parent, name, list->problem);
    return directory == -1 && list->problem->code == ENOENT ? -2 : directory;
}

static int list_space(listing *list, int directory)
{
    dir_names names;
    int rc = dir_names_read(directory, list->space, &names, list->problem);
    for (size_t i = 0; rc == 0 && i < names.count; i++) {
        list->kind = names.names[i];
        dir_within(list->problem, list->target->path, list->space, NULL);
        int kind = open_listed(list, directory, list->kind);
        if (kind >= 0) {
            rc = list_kind(list, kind);
            close(kind);
        } else if (kind == -1) {
            rc = -1;
        }
    }
    dir_names_free(&names);
    return rc;
}

/* Lists the namespaces from *page on, up to SPACES_PER_PAGE; *next is the first that is left. */
static int list_page(listing *list, int root, const char *page, char *next, size_t next_size)
{
    dir_names names;
    size_t listed = 0;
    dir_within(list->problem, NULL, NULL, NULL);
    int rc = dir_names_read(root, list->target->path, &names, list->problem);
    next[0] = '\0';
    for (size_t i = 0; rc == 0 && i < names.count; i++) {
        if (page && strcmp(names.names[i], page) < 0)
            continue;
        if (listed++ == SPACES_PER_PAGE) {
            snprintf(next, next_size, "%s", names.names[i]);
            break;
        }
        list->space = names.names[i];
        dir_within(list->problem, list->target->path, NULL, NULL);
        int space = open_listed(list, root, list->space);
        if (space >= 0) {
            rc = list_space(list, space);
            close(space);
        } else if (space == -1) {
            rc = -1;
        }
    }
    dir_names_free(&names);
    return rc;
}

static int answer_list(const gitops_request *request, gitops_answer *answer, void *user_data)
{
    dir_target *target = user_data;
    dir_problem problem = {0};
    listing list = {target, answer, &problem, "", ""};
    char next[256];
    int root = open_known_root(target, &problem);
    if (root < 0 && problem.code == ENOENT && !target->has_id)
        return gitops_answer_listed(answer, NULL);
    if (root < 0)
        return gitops_answer_failed(answer, problem.code, problem.text);
    int rc = list_page(&list, root, gitops_request_page(request), next, sizeof next);
    close(root);
    if (rc < 0)
        return gitops_answer_failed(answer, problem.code, problem.text);
    return gitops_answer_listed(answer, *next ? next : NULL);
}

/* Opens the directory that holds the object of a key. Returns as dir_open. */
static int open_holder(const dir_target *target, const dir_key *key, int make, dir_problem *problem)
{
    int root = open_known_root(target, problem);
    if (root < 0)
        return -1;
    dir_within(problem, target->path, NULL, NULL);
    int space = (make ? dir_make : dir_open)(root, key->space, problem);
    if (space >= 0)
        dir_within(problem, target->path, key->space, NULL);
    int kind = space < 0 ? -1 : (make ? dir_make : dir_open)(space, key->kind, problem);
    if (kind >= 0)
        dir_within(problem, target->path, key->space, key->kind);
    if (space >= 0)
        close(space);
    close(root);
    return kind;
}

static int is_absence(const dir_problem *problem)
{
    return problem->code == ENOENT || problem->code == ENOTDIR;
}

static int answer_get(const gitops_request *request, gitops_answer *answer, void *user_data)
{
    dir_target *target = user_data;
    dir_problem problem = {0};
    const char *name = gitops_request_key(request);
    char version[40];
    dir_key key;
    bytes text = {NULL, 0};
    int rc = dir_split(name, &key, &problem);
    int holder = rc == 0 ? open_holder(target, &key, 0, &problem) : -1;
    if (holder >= 0) {
        rc = dir_read(holder, key.file, &text, &problem);
        close(holder);
    }
    if (holder < 0 || rc < 0)
        return is_absence(&problem) ? gitops_answer_absent(answer)
                                    : gitops_answer_failed(answer, problem.code, problem.text);
    dir_version(text.data, text.length, version);
    rc = gitops_answer_object(answer, name, text.data, text.length, version);
    free(text.data);
    return rc;
}

/*
 * Compares the file with what the plan was made for. Returns 0 when it is that, 1 when there is no
 * file, -1 for a failure, -2 when it is another one. Between this look and the write another
 * process could still change the file; no file system offers more.
 */
static int check_version(int holder, const dir_key *key, const gitops_request *request,
                         dir_problem *problem)
{
    const char *expected = gitops_request_version(request);
    char version[40];
    bytes text;
    if (dir_read(holder, key->file, &text, problem) < 0)
        return problem->code == ENOENT ? 1 : -1;
    dir_version(text.data, text.length, version);
    free(text.data);
    if (expected)
        return strcmp(version, expected) == 0 ? 0 : -2;
    return strcmp(gitops_request_action(request), "create") == 0 ? -2 : 0;
}

static int answer_conflict(gitops_answer *answer, const dir_key *key, const dir_problem *problem)
{
    char text[1100];
    snprintf(text, sizeof text, "%s%s changed since it was read", problem->within, key->file);
    return gitops_answer_conflict(answer, text);
}

/* The document to write, as YAML; NULL after an answer. */
static gitops_buffer *document_text(const dir_target *target, const gitops_request *request,
                                    gitops_answer *answer)
{
    size_t length = 0;
    const char *json = gitops_request_document(request, &length);
    gitops_document *document = NULL;
    gitops_buffer *text = NULL;
    gitops_error err = {0};
    gitops_emit_options yaml = {sizeof yaml, GITOPS_FORMAT_YAML, 0};
    int rc = gitops_document_parse(&document, target->p->context, json, length, "document", &err);
    if (rc == 0)
        rc = gitops_value_emit(&text, target->p->context, gitops_document_root(document), &yaml,
                               &err);
    gitops_document_free(document);
    if (rc < 0)
        gitops_answer_failed(answer, rc, err.message);
    return text;
}

static int write_object(int holder, const dir_key *key, const gitops_buffer *text,
                        gitops_answer *answer, dir_problem *problem)
{
    char version[40];
    const char *data = gitops_buffer_data(text);
    size_t length = gitops_buffer_length(text);
    int rc = dir_write(holder, key->file, data, length, problem);
    if (rc == -1 && problem->code == ENOENT) /* somebody cleared the file or its directory away */
        return gitops_answer_retry(answer, 100, problem->text);
    if (rc == -1)
        return gitops_answer_failed(answer, problem->code, problem->text);
    if (rc == -2)
        return gitops_answer_unknown(answer, problem->text);
    dir_version(data, length, version);
    return gitops_answer_done(answer, NULL, 0, version);
}

static int answer_apply(const gitops_request *request, gitops_answer *answer, void *user_data)
{
    dir_target *target = user_data;
    dir_problem problem = {0};
    dir_key key;
    int holder = dir_split(gitops_request_key(request), &key, &problem) == 0
                     ? open_holder(target, &key, 1, &problem)
                     : -1;
    if (holder < 0 && problem.code == ENOENT && target->has_id)
        return gitops_answer_retry(answer, 100, problem.text);
    if (holder < 0)
        return gitops_answer_failed(answer, problem.code, problem.text);
    gitops_buffer *text = NULL;
    int state = check_version(holder, &key, request, &problem), rc;
    if (state == -1)
        rc = gitops_answer_failed(answer, problem.code, problem.text);
    else if (state == -2 || (state == 1 && gitops_request_version(request)))
        rc = answer_conflict(answer, &key, &problem);
    else if ((text = document_text(target, request, answer)) == NULL)
        rc = -1;
    else
        rc = write_object(holder, &key, text, answer, &problem);
    gitops_buffer_free(text);
    close(holder);
    return rc;
}

/* Removes the directories of a key where they are empty now. */
static void remove_empty(const dir_target *target, const dir_key *key)
{
    dir_problem problem = {0};
    int root = open_root(target, &problem);
    int space = root >= 0 ? dir_open(root, key->space, &problem) : -1;
    if (space >= 0) {
        if (unlinkat(space, key->kind, AT_REMOVEDIR) == 0)
            unlinkat(root, key->space, AT_REMOVEDIR);
        close(space);
    }
    if (root >= 0)
        close(root);
}

static int answer_delete(const gitops_request *request, gitops_answer *answer, void *user_data)
{
    dir_target *target = user_data;
    dir_problem problem = {0};
    dir_key key;
    int holder = dir_split(gitops_request_key(request), &key, &problem) == 0
                     ? open_holder(target, &key, 0, &problem)
                     : -1;
    if (holder < 0)
        return problem.code == ENOENT && target->has_id
                   ? gitops_answer_done(answer, NULL, 0, NULL)
                   : gitops_answer_failed(answer, problem.code, problem.text);
    int state = check_version(holder, &key, request, &problem), synced = 0, rc;
    if (state == 0 && unlinkat(holder, key.file, 0) < 0)
        state = errno == ENOENT ? 1 : dir_fail(&problem, "remove", key.file);
    else if (state == 0)
        synced = fsync(holder);
    close(holder);
    if (state == -2)
        return answer_conflict(answer, &key, &problem);
    if (state < 0)
        return gitops_answer_failed(answer, problem.code, problem.text);
    rc = synced < 0 ? gitops_answer_unknown(answer, "the removal may not survive a crash")
                    : gitops_answer_done(answer, NULL, 0, NULL);
    remove_empty(target, &key);
    return rc;
}

static void destroy(void *user_data)
{
    dir_target *target = user_data;
    free(target->path);
    free(target);
}

int open_dir_target(program *p, const char *path, int use, program_target *out)
{
    gitops_target_options options;
    gitops_error err = {0};
    dir_target *target = calloc(1, sizeof *target);
    if (!target || !(target->path = strdup(path))) {
        free(target);
        return complain("out of memory");
    }
    target->p = p;
    target->writable = (use & TARGET_WRITABLE) != 0;
    target->may_be_new = use == (TARGET_WRITABLE | TARGET_MAY_BE_NEW);
    memset(&options, 0, sizeof options);
    options.struct_size = sizeof options;
    options.user_data = target;
    options.destroy_user_data = destroy;
    options.fingerprint = answer_fingerprint;
    options.list = answer_list;
    options.get = answer_get;
    options.apply = answer_apply;
    options.delete_object = answer_delete;
    options.max_in_flight = MAX_IN_FLIGHT;
    options.changes_all = 1;
    if (gitops_target_new(&out->target, p->context, &options, &err) < 0) {
        destroy(target);
        return complain_error(&err);
    }
    out->prepare = prepare;
    out->data = target;
    return 0;
}
