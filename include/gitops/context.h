/*
 * gitops/context.h - allocator, log, limits: what every other handle is made from.
 *
 *     gitops_context *context;
 *     gitops_context_new(&context, NULL, NULL);     // malloc, no log, default limits
 *     ...
 *     gitops_context_free(context);                 // any order: handles keep it alive
 *
 * Caveats: the allocator serves the library's own memory; libgit2, libyaml and SQLite use their
 * own. The log callback may be called from whichever thread calls the library.
 */
#ifndef GITOPS_CONTEXT_H
#define GITOPS_CONTEXT_H

#include <gitops/error.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GITOPS_VERSION_MAJOR 0
#define GITOPS_VERSION_MINOR 1
#define GITOPS_VERSION_PATCH 0

typedef struct gitops_context gitops_context;

/* An allocator. All three functions are needed and must be callable from any thread. */
typedef struct gitops_allocator {
    size_t struct_size;
    void *(*allocate)(size_t size, void *user_data);            /* size > 0; NULL = no memory */
    void *(*reallocate)(void *memory, size_t size, void *user_data); /* memory may be NULL */
    void (*release)(void *memory, void *user_data);             /* memory may be NULL */
    void *user_data;
    void (*destroy_user_data)(void *user_data);                 /* when the context is gone */
} gitops_allocator;

enum { GITOPS_LOG_ERROR = 1, GITOPS_LOG_WARNING = 2, GITOPS_LOG_INFO = 3, GITOPS_LOG_DEBUG = 4 };

/* Limits on input. 0 means the default given here. Crossing one is GITOPS_ELIMIT, never a crash. */
typedef struct gitops_limits {
    size_t struct_size;
    uint64_t max_load_bytes;      /* memory for one text or one manifest being read: index, trees
                                     and text together; 1 GiB */
    uint64_t max_file_bytes;      /* one text, also once it is UTF-8, and its text with aliases
                                     expanded; 64 MiB */
    uint64_t max_documents;       /* documents of one file; 100,000 */
    uint32_t max_directives;      /* lines with % before one document; 100 */
    uint32_t max_directive_bytes; /* one of them; 1,024 */
    uint64_t max_nodes;           /* values and keys of one document as written; 1,000,000 */
    uint64_t max_expanded_nodes;  /* the same with aliases expanded; 10,000,000 or max_nodes */
    uint64_t max_merged_members;  /* members that merge keys (<<) put into the maps of one document;
                                     100,000 */
    uint64_t max_scalar_bytes;    /* one string, number or key; 8 MiB */
    uint32_t max_depth;           /* nesting of one document; 1,000; at most 10,000 */
    uint32_t max_flow_depth;      /* nesting of YAML flow collections; 100; at most 1,000 */
    uint64_t max_objects;         /* objects of one manifest; 1,000,000 */
    uint64_t max_files;           /* files looked at for one manifest; 1,000,000 */
    uint64_t max_diagnostics;     /* errors kept per read, and warnings; further ones are counted;
                                     10,000 */
} gitops_limits;

typedef struct gitops_context_options {
    size_t struct_size;
    const gitops_allocator *allocator;  /* NULL: malloc and friends; copied */
    const gitops_limits *limits;        /* NULL: the defaults; copied */
    int32_t log_level;                  /* 0: nothing; else up to this GITOPS_LOG_... */
    int32_t reserved_0;
    void (*log)(int32_t level, const char *message, void *user_data);
    void *log_user_data;
    void (*destroy_log_user_data)(void *user_data);
} gitops_context_options;

/*
 * Makes a context. options may be NULL.
 * Returns 0, GITOPS_ENOMEM or GITOPS_EINVAL. Ownership: the caller frees *out; handles made from
 * it keep it alive after that. Threads: a context may be used by any number of threads.
 */
GITOPS_API int gitops_context_new(gitops_context **out, const gitops_context_options *options,
                                  gitops_error *err);

/* Gives up the caller's hold on a context. NULL is fine. Threads: any. */
GITOPS_API void gitops_context_free(gitops_context *context);

/*
 * Sets the process-wide options of libgit2 that suit this library: no strict hash check on read
 * (object ids are still compared when written), no host configuration, a bounded window of mapped
 * pack data and no object cache. A program that uses libgit2 itself decides whether it wants them.
 * Returns 0 or GITOPS_ESOURCE. Threads: call it once, before other threads use libgit2.
 */
GITOPS_API int gitops_process_defaults(gitops_error *err);

/* Version of the library at run time, such as "0.1.0". Returns a static string. Threads: any. */
GITOPS_API const char *gitops_version(void);

/* An owned, immutable run of bytes: what functions that produce text give out. */
typedef struct gitops_buffer gitops_buffer;

/* The bytes; never NULL, followed by a NUL that is not counted. Borrowed. Threads: any. */
GITOPS_API const char *gitops_buffer_data(const gitops_buffer *buffer);

/* How many bytes. Threads: any. */
GITOPS_API size_t gitops_buffer_length(const gitops_buffer *buffer);

/* Frees a buffer. NULL is fine. Threads: any, once. */
GITOPS_API void gitops_buffer_free(gitops_buffer *buffer);

/* Takes text as it is produced. A return other than 0 stops the producer with GITOPS_EIO. */
typedef int (*gitops_write_fn)(const char *data, size_t length, void *user_data);

#ifdef __cplusplus
}
#endif
#endif
