/*
 * What the headers promise to threads: one context for all of them, counted handles that may be
 * held and let go anywhere, immutable results read by everybody at once. The thread sanitizer runs
 * this.
 */
#include "support.h"

#include <pthread.h>

#include <gitops.h>

enum { THREADS = 4, ROUNDS = 200 };

typedef struct shared {
    gitops_context *context;
    gitops_document *document;
    char digest[GITOPS_DIGEST_SIZE];
} shared;

typedef struct worker {
    pthread_t thread;
    shared *all;
    const char *failure;
} worker;

static const char text[] = "kind: ConfigMap\nmetadata: {name: app}\ndata: {a: x, b: y}\n";

/* Returns what went wrong, or NULL. */
static const char *read_shared(const shared *all)
{
    char digest[GITOPS_DIGEST_SIZE];
    const gitops_value *root = gitops_document_root(all->document);
    if (gitops_value_at(root, "/metadata/name") == NULL)
        return "a member of the shared document is gone";
    gitops_value_digest(all->context, root, GITOPS_DIGEST_SHA256, digest, NULL);
    return strcmp(digest, all->digest) ? "the digest of the shared document changed" : NULL;
}

static const char *parse_own(const shared *all)
{
    gitops_document *own = NULL;
    gitops_buffer *json = NULL;
    const char *failure = NULL;
    if (gitops_document_parse(&own, all->context, text, strlen(text), "own", NULL) < 0)
        return "a text could not be parsed";
    if (!gitops_value_equal(gitops_document_root(own), gitops_document_root(all->document)))
        failure = "the same text gave another value";
    if (gitops_value_emit(&json, all->context, gitops_document_root(own), NULL, NULL) < 0)
        failure = "a value could not be written";
    gitops_buffer_free(json);
    gitops_document_free(own);
    return failure;
}

static void *work(void *data)
{
    worker *self = data;
    for (int i = 0; i < ROUNDS && !self->failure; i++) {
        gitops_document *held = gitops_document_ref(self->all->document);
        self->failure = read_shared(self->all);
        if (!self->failure)
            self->failure = parse_own(self->all);
        gitops_document_free(held);
    }
    return NULL;
}

static void context_manyThreads_shareItAndItsResults(void **state)
{
    (void)state;
    shared all;
    worker workers[THREADS];
    memset(&all, 0, sizeof all);
    memset(workers, 0, sizeof workers);
    all.context = support_context_new();
    assert_int_equal(gitops_document_parse(&all.document, all.context, text, strlen(text), "shared",
                                           NULL), 0);
    gitops_value_digest(all.context, gitops_document_root(all.document), GITOPS_DIGEST_SHA256,
                        all.digest, NULL);
    for (int i = 0; i < THREADS; i++) {
        workers[i].all = &all;
        assert_int_equal(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
    }
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(workers[i].thread, NULL), 0);
    for (int i = 0; i < THREADS; i++)
        if (workers[i].failure)
            fail_msg("thread %d: %s", i, workers[i].failure);
    gitops_document_free(all.document);
    support_context_free(all.context);
}

static void *drop_document(void *document)
{
    gitops_document_free(document);
    return NULL;
}

static void document_lastHoldInAnotherThread_isFreedThere(void **state)
{
    (void)state;
    gitops_context *context = support_context_new();
    gitops_document *document = NULL;
    pthread_t thread;
    assert_int_equal(gitops_document_parse(&document, context, text, strlen(text), "text", NULL),
                     0);
    gitops_context_free(context); /* the document keeps it alive */
    assert_int_equal(pthread_create(&thread, NULL, drop_document, document), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    support_context_free(NULL); /* asserts that all memory came back */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(context_manyThreads_shareItAndItsResults),
        cmocka_unit_test(document_lastHoldInAnotherThread_isFreedThere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
