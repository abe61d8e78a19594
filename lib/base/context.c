/*
 * context: the allocator hook, the log hook and the limits that every handle shares.
 */
#include "base/context.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/options.h"

#define STRINGIFY_1(x) #x
#define STRINGIFY(x) STRINGIFY_1(x)

static void *default_allocate(size_t size, void *user_data)
{
    (void)user_data;
    return malloc(size); /* the one place: the default of the hook itself */
}

static void *default_reallocate(void *memory, size_t size, void *user_data)
{
    (void)user_data;
    return realloc(memory, size);
}

static void default_release(void *memory, void *user_data)
{
    (void)user_data;
    free(memory);
}

static int import_allocator(gitops_allocator *out, const gitops_allocator *given,
                            gitops_error *err)
{
    int rc = gops_options_import(out, sizeof *out, given, "allocator", err);
    if (rc < 0)
        return rc;
    if (!given) {
        out->allocate = default_allocate;
        out->reallocate = default_reallocate;
        out->release = default_release;
    }
    if (!out->allocate || !out->reallocate || !out->release)
        return gops_fail(err, GITOPS_EINVAL, "allocator: all three functions are needed");
    return 0;
}

static void default_u64(uint64_t *limit, uint64_t value)
{
    if (*limit == 0)
        *limit = value;
}

static void default_u32(uint32_t *limit, uint32_t value)
{
    if (*limit == 0)
        *limit = value;
}

static int import_limits(gitops_limits *out, const gitops_limits *given, gitops_error *err)
{
    int rc = gops_options_import(out, sizeof *out, given, "limits", err);
    if (rc < 0)
        return rc;
    default_u64(&out->max_load_bytes, UINT64_C(1) << 30);
    default_u64(&out->max_file_bytes, UINT64_C(64) << 20);
    default_u64(&out->max_documents, 100000);
    default_u32(&out->max_directives, 100);
    default_u32(&out->max_directive_bytes, 1024);
    default_u64(&out->max_nodes, 1000000);
    default_u64(&out->max_expanded_nodes, out->max_nodes > 10000000 ? out->max_nodes : 10000000);
    default_u64(&out->max_merged_members, 100000);
    default_u64(&out->max_scalar_bytes, UINT64_C(8) << 20);
    default_u32(&out->max_depth, 1000);
    default_u32(&out->max_flow_depth, 100);
    default_u64(&out->max_objects, 1000000);
    default_u64(&out->max_files, 1000000);
    default_u64(&out->max_diagnostics, 10000);
    if (out->max_depth > 10000 || out->max_flow_depth > 1000 ||
        out->max_file_bytes > UINT32_MAX || out->max_nodes > UINT32_MAX ||
        out->max_expanded_nodes > UINT32_MAX || out->max_merged_members > UINT32_MAX)
        return gops_fail(err, GITOPS_EINVAL, "limits: a limit is beyond what the library can hold");
    return 0;
}

int gitops_context_new(gitops_context **out, const gitops_context_options *options,
                       gitops_error *err)
{
    gitops_context_options given;
    gitops_allocator allocator;
    gitops_limits limits;

    if (!out)
        return gops_fail(err, GITOPS_EINVAL, "context: out is NULL");
    *out = NULL;
    int rc = gops_options_import(&given, sizeof given, options, "context options", err);
    if (rc == 0)
        rc = import_allocator(&allocator, given.allocator, err);
    if (rc == 0)
        rc = import_limits(&limits, given.limits, err);
    if (rc < 0)
        return rc;
    gitops_context *context = allocator.allocate(sizeof *context, allocator.user_data);
    if (!context)
        return gops_fail_memory(err);
    memset(context, 0, sizeof *context);
    gops_refcount_init(&context->references);
    context->allocator = allocator;
    context->limits = limits;
    context->log_level = given.log ? given.log_level : 0;
    context->log = given.log;
    context->log_user_data = given.log_user_data;
    context->destroy_log_user_data = given.destroy_log_user_data;
    *out = context;
    return 0;
}

gitops_context *gops_context_ref(gitops_context *context)
{
    gops_refcount_take(&context->references);
    return context;
}

void gitops_context_free(gitops_context *context)
{
    if (!context || !gops_refcount_drop(&context->references))
        return;
    gitops_allocator allocator = context->allocator;
    if (context->destroy_log_user_data)
        context->destroy_log_user_data(context->log_user_data);
    allocator.release(context, allocator.user_data);
    if (allocator.destroy_user_data)
        allocator.destroy_user_data(allocator.user_data);
}

const char *gitops_version(void)
{
    return STRINGIFY(GITOPS_VERSION_MAJOR) "." STRINGIFY(GITOPS_VERSION_MINOR) "." STRINGIFY(
        GITOPS_VERSION_PATCH);
}

void *gops_alloc(gitops_context *context, size_t size)
{
    return context->allocator.allocate(size ? size : 1, context->allocator.user_data);
}

void *gops_calloc(gitops_context *context, size_t count, size_t size)
{
    if (size && count > SIZE_MAX / size)
        return NULL;
    void *memory = gops_alloc(context, count * size);
    if (memory)
        memset(memory, 0, count * size);
    return memory;
}

void *gops_realloc(gitops_context *context, void *memory, size_t size)
{
    return context->allocator.reallocate(memory, size ? size : 1, context->allocator.user_data);
}

void gops_free(gitops_context *context, void *memory)
{
    if (memory)
        context->allocator.release(memory, context->allocator.user_data);
}

char *gops_strdup(gitops_context *context, const char *text)
{
    return gops_strndup(context, text, strlen(text));
}

char *gops_strndup(gitops_context *context, const char *text, size_t length)
{
    char *copy = length < SIZE_MAX ? gops_alloc(context, length + 1) : NULL;
    if (copy) {
        memcpy(copy, text, length);
        copy[length] = '\0';
    }
    return copy;
}

int gops_grow_now(gitops_context *context, void *array, size_t *capacity, size_t need, size_t size)
{
    size_t wanted = *capacity + *capacity / 2 + 8;
    if (wanted < need)
        wanted = need;
    if (wanted > SIZE_MAX / size)
        return GITOPS_ENOMEM;
    void *memory;
    memcpy(&memory, array, sizeof memory);
    memory = gops_realloc(context, memory, wanted * size);
    if (!memory)
        return GITOPS_ENOMEM;
    memcpy(array, &memory, sizeof memory);
    *capacity = wanted;
    return 0;
}

void gops_log(gitops_context *context, int32_t level, const char *format, ...)
{
    if (level > context->log_level)
        return;
    char line[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    context->log(level, line, context->log_user_data);
}
