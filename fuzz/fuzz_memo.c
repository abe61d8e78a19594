/*
 * Any records as what is remembered of a manifest: they must be refused, or be a manifest in order.
 * The input is the records, each behind its length in two bytes. The checksums of a state's memo
 * keep such records out; this is for who writes them.
 */
#include <gitops.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzzing.h"
#include "render/recall.h"
#include "render/remember.h"

enum { RECORDS = 64 };

/* A memo of given records, that takes no others. */
typedef struct given_memo {
    gitops_memo base;
    const char *records[RECORDS];
    size_t lengths[RECORDS];
    size_t count;
} given_memo;

static int recall(gitops_memo *memo, const gops_digest *influence, gops_memo_fn fn, void *user_data,
                  gitops_error *err)
{
    const given_memo *given = (const given_memo *)memo;
    (void)influence;
    (void)err;
    for (size_t i = 0; i < given->count; i++) {
        int rc = fn(given->records[i], given->lengths[i], user_data);
        if (rc != 0)
            return rc;
    }
    return given->count > 0;
}

static int record(gitops_memo *memo, const gops_digest *influence, uint32_t kind, const char *data,
                  size_t length, gitops_error *err)
{
    (void)memo;
    (void)influence;
    (void)kind;
    (void)data;
    (void)length;
    return gops_fail(err, GITOPS_ELOCKED, "these records stay as they are");
}

static void destroy(gitops_memo *memo)
{
    (void)memo;
}

static const gops_memo_backend backend = {recall, record, destroy};

static void take_records(given_memo *given, const uint8_t *data, size_t size)
{
    while (size >= 2 && given->count < RECORDS) {
        size_t length = (size_t)data[0] << 8 | data[1];
        data += 2;
        size -= 2;
        if (length > size)
            length = size;
        given->records[given->count] = (const char *)data;
        given->lengths[given->count++] = length;
        data += length;
        size -= length;
    }
}

/* Every key is found where it is, and each is above the one before. */
static void check_order(const gitops_manifest *manifest)
{
    size_t count = gitops_manifest_count(manifest);
    for (size_t i = 0; i < count; i++) {
        const char *key = gitops_manifest_key(manifest, i);
        if (gitops_manifest_find(manifest, key) != (int64_t)i ||
            (i && strcmp(gitops_manifest_key(manifest, i - 1), key) >= 0))
            abort();
        if (gitops_manifest_file(manifest, i)[0] == '\0')
            abort();
        gitops_controls *controls;
        if (gitops_manifest_controls(manifest, i, &controls, NULL) < 0)
            abort();
        gitops_controls_free(controls);
    }
}

/* Opening needs the file, which is not there; that is an error and nothing else. */
static void open_all(gitops_manifest *manifest)
{
    for (size_t i = 0; i < gitops_manifest_count(manifest); i++) {
        gitops_document *document;
        if (gitops_manifest_open(manifest, i, &document, NULL) == 0)
            gitops_document_free(document);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    gitops_context *context = fuzz_context();
    gitops_source *source;
    gitops_snapshot *snapshot;
    gitops_manifest *manifest;
    gitops_manifest_options options = {.struct_size = sizeof options};
    given_memo *given = gops_memo_alloc(context, sizeof *given, &backend);
    if (!given || gitops_source_new_memory(&source, context, NULL) < 0 ||
        gitops_source_fetch(source, &snapshot, NULL) < 0)
        abort();
    take_records(given, data, size);
    options.memo = &given->base;
    gops_origin *origin = gops_origin_new(context, snapshot, &options);
    gops_blob_id root;
    if (!origin || gops_recall(&manifest, origin, options.memo, &root, NULL) < 0)
        abort();
    gops_origin_free(origin);
    if (manifest)
        check_order(manifest);
    gitops_manifest_free(manifest);
    if (gitops_manifest_read(&manifest, context, snapshot, &options, NULL, NULL) == 0)
        open_all(manifest);
    gitops_manifest_free(manifest);
    gitops_memo_free(&given->base);
    gitops_snapshot_free(snapshot);
    gitops_source_free(source);
    gitops_context_free(context);
    return 0;
}
