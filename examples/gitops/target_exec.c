/*
 * target_exec: a target in any language (docs/exec-target.md). A command is started once and asked
 * one question at a time, each a line of JSON; it answers with lines of JSON.
 *
 * A command that dies, hangs or talks nonsense is stopped, and the call it was in is unknown. Only
 * reads start it again, and only when it then says that it speaks for the same system: what was
 * staged in a dead process is gone, and no write may slip into a new one unnoticed.
 */
#include "targets.h"

#include <stdlib.h>
#include <string.h>

#include "exec_process.h"

enum { PROTOCOL = 1 };

enum {
    CAN_LIST = 1,
    CAN_GET = 2,
    CAN_CHECK = 4,
    CAN_COMMIT = 8,
    CAN_CHANGE_ALL = 16,
    CAN_ASSESS = 32,
    CAN_HEALTH = 64
};

typedef struct exec_target {
    program *p;
    char *words; /* the command, cut at its blanks */
    char **argv;
    int writable;
    exec_process *process; /* NULL: not running */
    uint64_t last_id;
    unsigned abilities; /* CAN_...; as first said */
    char fingerprint[256];
    int greeted;        /* abilities and fingerprint are set */
    char why[EXEC_WHY]; /* what went wrong last */
} exec_target;

/* A received line, as a document; free it. */
typedef struct reply {
    gitops_document *document;
    const gitops_value *root;
    char kind[16]; /* its member "answer" */
} reply;

static void stop(exec_target *target)
{
    exec_process_stop(target->process);
    target->process = NULL;
}

static int nonsense(exec_target *target, const char *what)
{
    snprintf(target->why, sizeof target->why, "the target command broke the protocol: %.200s",
             what);
    return -1;
}

/* Copies a text member. Returns its length, or -1 when there is none or it does not fit. */
static int text_member(const gitops_value *root, const char *name, char *out, size_t size)
{
    size_t length = 0;
    const gitops_value *member = gitops_value_find(root, name, strlen(name));
    const char *text = gitops_value_text(member, &length);
    out[0] = '\0';
    if (gitops_value_type(member) != GITOPS_VALUE_STRING || length >= size ||
        memchr(text, '\0', length))
        return -1;
    memcpy(out, text, length);
    out[length] = '\0';
    return (int)length;
}

static int64_t number_member(const gitops_value *root, const char *name)
{
    int64_t number = 0;
    const gitops_value *member = gitops_value_find(root, name, strlen(name));
    return gitops_value_int64(member, &number) == 0 ? number : 0;
}

/* Writes and sends a question. Members that are NULL are left out. Returns 0 or -1. */
static int ask(exec_target *target, const char *call, const gitops_request *request)
{
    bytes line = {NULL, 0};
    FILE *out = open_memstream(&line.data, &line.length);
    if (!out)
        return nonsense(target, "out of memory");
    fprintf(out, "{\"id\":%llu,\"call\":", (unsigned long long)++target->last_id);
    print_json_string(out, call);
    if (!request)
        fprintf(out, ",\"protocol\":%d,\"writable\":%s", PROTOCOL,
                target->writable ? "true" : "false");
    if (request && *gitops_request_key(request)) {
        fputs(",\"key\":", out);
        print_json_string(out, gitops_request_key(request));
    }
    if (request && *gitops_request_action(request)) {
        fputs(",\"action\":", out);
        print_json_string(out, gitops_request_action(request));
        fprintf(out, ",\"operation\":%llu", (unsigned long long)gitops_request_id(request));
    }
    if (request && gitops_request_version(request)) {
        fputs(",\"version\":", out);
        print_json_string(out, gitops_request_version(request));
    }
    if (request && gitops_request_page(request)) {
        fputs(",\"page\":", out);
        print_json_string(out, gitops_request_page(request));
    }
    if (request && gitops_request_document(request, NULL))
        fprintf(out, ",\"document\":%s", gitops_request_document(request, NULL));
    fputs("}\n", out);
    int rc = fclose(out) != 0
                 ? -1
                 : exec_process_send(target->process, line.data, line.length, target->why);
    free(line.data);
    return rc;
}

static int hear(exec_target *target, reply *out)
{
    const char *line;
    size_t length;
    gitops_error err = {0};
    memset(out, 0, sizeof *out);
    if (exec_process_receive(target->process, &line, &length, target->why) < 0)
        return -1;
    if (length == 0 || line[0] != '{' ||
        gitops_document_parse(&out->document, target->p->context, line, length, "answer", &err) < 0)
        return nonsense(target,
                        length && line[0] == '{' ? err.message : "a line is no JSON object");
    out->root = gitops_document_root(out->document);
    if (number_member(out->root, "id") != (int64_t)target->last_id)
        return nonsense(target, "an answer has another id than the question");
    if (text_member(out->root, "answer", out->kind, sizeof out->kind) < 0)
        return nonsense(target, "a line has no member \"answer\"");
    return 0;
}

static void forget(reply *r)
{
    gitops_document_free(r->document);
    r->document = NULL;
}

static unsigned read_abilities(const gitops_value *list)
{
    static const char *const names[] = {"list",       "get",    "check", "commit",
                                        "change-all", "assess", "health"};
    unsigned abilities = 0;
    for (size_t i = 0; i < gitops_value_count(list); i++) {
        size_t length = 0;
        const char *text = gitops_value_text(gitops_value_item(list, i), &length);
        for (unsigned n = 0; n < sizeof names / sizeof names[0]; n++)
            if (text && strlen(names[n]) == length && memcmp(names[n], text, length) == 0)
                abilities |= 1u << n;
    }
    return abilities;
}

/* Reads who answered. A target that is started again must be the one it was. */
static int greet(exec_target *target)
{
    char fingerprint[256];
    reply r;
    int rc = ask(target, "hello", NULL) < 0 ? -1 : hear(target, &r);
    if (rc < 0)
        return -1;
    unsigned abilities = read_abilities(gitops_value_find(r.root, "abilities", 9));
    if (strcmp(r.kind, "hello") != 0)
        rc = nonsense(target, "it did not answer hello with hello");
    else if (number_member(r.root, "protocol") != PROTOCOL)
        rc = nonsense(target, "it does not speak protocol 1");
    else if (!(abilities & (CAN_LIST | CAN_GET)))
        rc = nonsense(target, "it can neither list nor get");
    else if (text_member(r.root, "fingerprint", fingerprint, sizeof fingerprint) < 0)
        rc = nonsense(target, "hello has no fingerprint of up to 255 bytes");
    else if (target->greeted &&
             (strcmp(fingerprint, target->fingerprint) != 0 || abilities != target->abilities))
        rc = nonsense(target, "started again, it speaks for another system");
    forget(&r);
    if (rc < 0 || target->greeted)
        return rc;
    target->greeted = 1;
    target->abilities = abilities;
    memcpy(target->fingerprint, fingerprint, sizeof fingerprint);
    return 0;
}

/* Starts the command if it does not run. Returns 0 or -1. */
static int ensure_running(exec_target *target)
{
    if (target->process)
        return 0;
    if (exec_process_start(&target->process, target->argv, target->why) < 0)
        return -1;
    if (greet(target) == 0)
        return 0;
    stop(target);
    return -1;
}

static int give_up(exec_target *target, gitops_answer *answer)
{
    stop(target);
    return gitops_answer_unknown(answer, target->why);
}

/* Hands an object of a listing or a get on. Returns 0 or -1. */
static int take_object(exec_target *target, const reply *r, const char *key, gitops_answer *answer)
{
    char own_key[1024], version[1024];
    const gitops_value *document = gitops_value_find(r->root, "document", 8);
    gitops_buffer *text = NULL;
    int versioned = text_member(r->root, "version", version, sizeof version) >= 0;
    if (!key && text_member(r->root, "key", own_key, sizeof own_key) < 0)
        return nonsense(target, "an object without a key");
    if (document &&
        gitops_value_emit(&text, target->p->context, document, NULL, NULL) < 0)
        return nonsense(target, "out of memory");
    int rc =
        gitops_answer_object(answer, key ? key : own_key, text ? gitops_buffer_data(text) : NULL,
                             text ? gitops_buffer_length(text) : 0, versioned ? version : NULL);
    gitops_buffer_free(text);
    return rc < 0 ? nonsense(target, "an object with a key or a document that is none") : 0;
}

static int take_done(exec_target *target, const reply *r, gitops_answer *answer)
{
    char version[1024];
    const gitops_value *document = gitops_value_find(r->root, "document", 8);
    gitops_buffer *text = NULL;
    int versioned = text_member(r->root, "version", version, sizeof version) >= 0;
    if (document)
        gitops_value_emit(&text, target->p->context, document, NULL, NULL);
    int rc = gitops_answer_done(answer, text ? gitops_buffer_data(text) : NULL,
                                text ? gitops_buffer_length(text) : 0, versioned ? version : NULL);
    gitops_buffer_free(text);
    return rc;
}

/* The answer of assess: a health by its name. */
static int take_health(const reply *r, gitops_answer *answer)
{
    char health[16], message[1024];
    int has_message = text_member(r->root, "message", message, sizeof message) >= 0;
    text_member(r->root, "health", health, sizeof health);
    return gitops_answer_health(answer, gitops_health_of_name(health),
                                has_message ? message : NULL);
}

/* Answers that end a call. An answer that does not fit the question leaves it unknown. */
static int settle(exec_target *target, const reply *r, gitops_answer *answer)
{
    char message[1024], page[1024];
    int has_message = text_member(r->root, "message", message, sizeof message) >= 0;
    const char *said = has_message ? message : NULL;
    int rc = GITOPS_EINVAL;
    if (strcmp(r->kind, "done") == 0)
        rc = take_done(target, r, answer);
    else if (strcmp(r->kind, "listed") == 0)
        rc = gitops_answer_listed(
            answer, text_member(r->root, "next", page, sizeof page) >= 0 ? page : NULL);
    else if (strcmp(r->kind, "absent") == 0)
        rc = gitops_answer_absent(answer);
    else if (strcmp(r->kind, "health") == 0)
        rc = take_health(r, answer);
    else if (strcmp(r->kind, "retry") == 0)
        rc = gitops_answer_retry(answer, number_member(r->root, "after_ms"), said);
    else if (strcmp(r->kind, "conflict") == 0)
        rc = gitops_answer_conflict(answer, said);
    else if (strcmp(r->kind, "failed") == 0)
        rc = gitops_answer_failed(answer, (int32_t)number_member(r->root, "code"), said);
    else if (strcmp(r->kind, "unknown") == 0)
        rc = gitops_answer_unknown(answer, said);
    if (rc == GITOPS_EINVAL)
        nonsense(target, "an answer that does not fit the question");
    return rc;
}

/* Hears lines until one ends the call. key: of the object asked for; NULL in a listing. */
static int hear_all(exec_target *target, const char *call, const char *key, gitops_answer *answer)
{
    int is_list = strcmp(call, "list") == 0, is_get = strcmp(call, "get") == 0;
    for (;;) {
        reply r;
        int rc = hear(target, &r), more = 0;
        if (rc == 0 && strcmp(r.kind, "object") == 0 && (is_list || is_get)) {
            rc = take_object(target, &r, key, answer);
            more = is_list;
        } else if (rc == 0) {
            rc = settle(target, &r, answer);
        }
        forget(&r);
        if (rc < 0)
            return give_up(target, answer);
        if (!more)
            return 0;
    }
}

static int read_call(exec_target *target, const char *call, const gitops_request *request,
                     gitops_answer *answer)
{
    const char *key = *gitops_request_key(request) ? gitops_request_key(request) : NULL;
    if (ensure_running(target) < 0)
        return gitops_answer_failed(answer, 0, target->why);
    if (ask(target, call, request) < 0)
        return give_up(target, answer);
    return hear_all(target, call, key, answer);
}

static int write_call(exec_target *target, const char *call, const gitops_request *request,
                      gitops_answer *answer)
{
    if (!target->process)
        return gitops_answer_failed(
            answer, 0, *target->why ? target->why : "the target command is not running");
    if (ask(target, call, request) < 0)
        return give_up(target, answer);
    return hear_all(target, call, NULL, answer);
}

static int answer_list(const gitops_request *request, gitops_answer *answer, void *user_data)
{
    return read_call(user_data, "list", request, answer);
}

static int answer_get(const gitops_request *request, gitops_answer *answer, void *user_data)
{
    return read_call(user_data, "get", request, answer);
}

static int answer_assess(const gitops_request *request, gitops_answer *answer, void *user_data)
{
    return read_call(user_data, "assess", request, answer);
}

static int answer_check(const gitops_request *request, gitops_answer *answer, void *user_data)
{
    return write_call(user_data, "check", request, answer);
}

static int answer_apply(const gitops_request *request, gitops_answer *answer, void *user_data)
{
    return write_call(user_data, "apply", request, answer);
}

static int answer_delete(const gitops_request *request, gitops_answer *answer, void *user_data)
{
    return write_call(user_data, "delete", request, answer);
}

static int answer_commit(const gitops_request *request, gitops_answer *answer, void *user_data)
{
    return write_call(user_data, "commit", request, answer);
}

static int answer_abort(const gitops_request *request, gitops_answer *answer, void *user_data)
{
    return write_call(user_data, "abort", request, answer);
}

static int answer_fingerprint(const gitops_request *request, gitops_answer *answer, void *user_data)
{
    exec_target *target = user_data;
    (void)request;
    if (ensure_running(target) < 0)
        return gitops_answer_failed(answer, 0, target->why);
    return gitops_answer_fingerprint(answer, target->fingerprint);
}

static void destroy(void *user_data)
{
    exec_target *target = user_data;
    stop(target);
    free(target->words);
    free(target->argv);
    free(target);
}

/* Cuts the command at its blanks into argv. Returns 0 or -1. */
static int split_command(exec_target *target, const char *command)
{
    size_t count = 0;
    char *rest = NULL;
    target->words = strdup(command);
    target->argv = calloc(strlen(command) / 2 + 2, sizeof *target->argv);
    if (!target->words || !target->argv)
        return complain("out of memory");
    for (char *word = strtok_r(target->words, " \t", &rest); word;
         word = strtok_r(NULL, " \t", &rest))
        target->argv[count++] = word;
    return count > 0 ? 0 : complain("--target exec: names no command");
}

int open_exec_target(program *p, const char *command, int use, program_target *out)
{
    gitops_target_options options;
    gitops_error err = {0};
    exec_target *target = calloc(1, sizeof *target);
    if (!target)
        return complain("out of memory");
    target->p = p;
    target->writable = (use & TARGET_WRITABLE) != 0;
    if (split_command(target, command) != 0 || ensure_running(target) < 0) {
        if (*target->why)
            complain("%s: %s", command, target->why);
        destroy(target);
        return RESULT_ERROR;
    }
    memset(&options, 0, sizeof options);
    options.struct_size = sizeof options;
    options.user_data = target;
    options.destroy_user_data = destroy;
    options.fingerprint = answer_fingerprint;
    options.list = target->abilities & CAN_LIST ? answer_list : NULL;
    options.get = target->abilities & CAN_GET ? answer_get : NULL;
    options.check = target->abilities & CAN_CHECK ? answer_check : NULL;
    options.commit = target->abilities & CAN_COMMIT ? answer_commit : NULL;
    options.abort_staged = target->abilities & CAN_COMMIT ? answer_abort : NULL;
    options.changes_all = (target->abilities & CAN_CHANGE_ALL) != 0;
    options.assess = target->abilities & CAN_ASSESS ? answer_assess : NULL;
    options.reports_health = (target->abilities & CAN_HEALTH) != 0;
    options.apply = answer_apply;
    options.delete_object = answer_delete;
    if (gitops_target_new(&out->target, p->context, &options, &err) < 0) {
        destroy(target);
        return complain_error(&err);
    }
    return 0;
}
