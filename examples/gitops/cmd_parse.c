/*
 * gitops parse: what documents say once they are read, as JSON, YAML, keys or digests. The output
 * of a file is collected first, so that a broken file prints nothing.
 */
#include <stdlib.h>
#include <string.h>

#include "commands.h"

enum { AS_JSON, AS_YAML, AS_KEYS, AS_DIGEST };

static const char *const formats[] = {"json", "yaml", "keys", "digest", NULL};
static const char *const algorithms[] = {"xxh3", "sha256", NULL};

typedef struct parse_job {
    program *p;
    int format;
    int32_t algorithm;  /* GITOPS_DIGEST_... */
    const char *file;   /* being read */
    FILE *out;          /* collects what is printed for it */
    uint64_t documents; /* printed by all files, for the separators of YAML */
} parse_job;

static int text_is(const gitops_value *value, const char *suffix)
{
    size_t length, suffix_length = strlen(suffix);
    const char *text = gitops_value_text(value, &length);
    return gitops_value_type(value) == GITOPS_VALUE_STRING && length >= suffix_length &&
           memcmp(text + length - suffix_length, suffix, suffix_length) == 0;
}

/* Kinds that end in List stand for the objects in their items, here as in a manifest. */
static const gitops_value *items_of(const gitops_value *root)
{
    const gitops_value *items = gitops_value_find(root, "items", 5);
    int is_list = text_is(gitops_value_find(root, "kind", 4), "List") &&
                  gitops_value_type(items) == GITOPS_VALUE_LIST;
    return is_list ? items : NULL;
}

static int print_key(parse_job *job, const gitops_document *document, const gitops_value *place);

/* A key is asked of a document, so an item becomes one by way of its text. */
static int print_item_key(parse_job *job, const gitops_value *item)
{
    gitops_buffer *text = NULL;
    gitops_document *document = NULL;
    gitops_error err = {0};
    int rc = gitops_value_emit(&text, job->p->context, item, NULL, &err);
    if (rc == 0)
        rc = gitops_document_parse(&document, job->p->context, gitops_buffer_data(text),
                                   gitops_buffer_length(text), job->file, &err);
    gitops_buffer_free(text);
    if (rc < 0)
        return complain_error(&err);
    rc = print_key(job, document, item);
    gitops_document_free(document);
    return rc;
}

/* The digits alone; it is known which algorithm was asked for. */
static int print_digest(parse_job *job, const gitops_value *root)
{
    char digest[GITOPS_DIGEST_SIZE];
    gitops_error err = {0};
    if (gitops_value_digest(job->p->context, root, job->algorithm, digest, &err) < 0)
        return complain_error(&err);
    fprintf(job->out, "%s  ", strchr(digest, ':') + 1);
    return 0;
}

/* place is where the object stands in the file. */
static int print_key(parse_job *job, const gitops_document *document, const gitops_value *place)
{
    const gitops_value *root = gitops_document_root(document), *items = items_of(root);
    gitops_buffer *key = NULL;
    gitops_error err = {0};
    int result = 0;
    if (items) {
        for (size_t i = 0; i < gitops_value_count(items); i++)
            if (print_item_key(job, gitops_value_item(items, i)) != 0)
                result = RESULT_ERROR;
        return result;
    }
    if (gitops_document_key(document, &key, &err) < 0) {
        int inside = place != root;
        print_place(stderr, job->file, inside || !err.line ? gitops_value_line(place) : err.line,
                    inside || !err.line ? gitops_value_column(place) : err.column);
        fprintf(stderr, "%s\n", err.message);
        return RESULT_ERROR;
    }
    if (job->format == AS_DIGEST)
        result = print_digest(job, root);
    fprintf(job->out, "%s\n", gitops_buffer_data(key));
    gitops_buffer_free(key);
    return result;
}

static int print_document(parse_job *job, const gitops_document *document)
{
    const gitops_value *root = gitops_document_root(document);
    if (job->format == AS_JSON)
        return print_value(job->p, job->out, root, GITOPS_FORMAT_JSON);
    if (job->format != AS_YAML)
        return print_key(job, document, root);
    if (job->documents++ > 0)
        fputs("---\n", job->out);
    return print_value(job->p, job->out, root, GITOPS_FORMAT_YAML);
}

static int print_set(parse_job *job, const gitops_documents *set)
{
    int result = 0;
    for (size_t i = 0; i < gitops_documents_count(set); i++)
        if (print_document(job, gitops_documents_get(set, i)) != 0)
            result = RESULT_ERROR;
    return result;
}

/* Reads one file into job->out. Returns 0 or RESULT_ERROR. */
static int parse_file(parse_job *job)
{
    bytes text;
    gitops_documents *set = NULL;
    gitops_error err = {0};
    if (read_bytes(job->file, &text) != 0)
        return RESULT_ERROR;
    int rc = gitops_documents_parse(&set, job->p->context, text.data, text.length, job->file, &err);
    free(text.data);
    if (!set)
        return complain_error(&err);
    print_diagnostics(gitops_documents_diagnostics(set), job->file);
    if (rc == 0)
        rc = print_set(job, set);
    gitops_documents_free(set);
    return rc == 0 ? 0 : RESULT_ERROR;
}

static int run(program *p, const arguments *args)
{
    int algorithm = arguments_choice(args, "algorithm", algorithms, 0), result = 0;
    parse_job job = {.p = p, .format = arguments_choice(args, "format", formats, AS_JSON)};
    job.algorithm = algorithm == 0 ? GITOPS_DIGEST_XXH3 : GITOPS_DIGEST_SHA256;
    if (job.format < 0 || algorithm < 0 ||
        arguments_expect(args, 1, SIZE_MAX, "a file, or - for standard input"))
        return RESULT_ERROR;
    for (size_t i = 0; i < args->operand_count; i++) {
        bytes collected = {NULL, 0};
        uint64_t before = job.documents;
        job.file = args->operands[i];
        job.out = open_memstream(&collected.data, &collected.length);
        if (!job.out)
            return complain("out of memory");
        int rc = parse_file(&job);
        if (fclose(job.out) != 0)
            rc = complain("out of memory");
        if (rc == 0)
            fwrite(collected.data, 1, collected.length, stdout);
        else
            job.documents = before;
        free(collected.data);
        result = rc ? rc : result;
    }
    return result;
}

static const option_spec options[] = {
    {"format", "json|yaml|keys|digest", "what to print; default json", 0},
    {"algorithm", "xxh3|sha256", "of digests; default xxh3", 0},
    {NULL, NULL, NULL, 0},
};

const command parse_command = {
    .name = "parse",
    .operands = "FILE|-...",
    .summary = "print what documents say, once they are read",
    .details = "json prints one value a line with sorted keys, yaml a stream of documents,\n"
               "keys the key of each object (such as shop/Deployment.apps/web), digest its\n"
               "digest and its key. A file with an error prints nothing; its errors go to\n"
               "standard error as FILE:LINE:COLUMN: message.\n",
    .options = options,
    .run = run,
};
