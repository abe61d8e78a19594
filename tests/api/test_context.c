/*
 * The context through its public header: options of every age, the allocator and log hooks, limits,
 * and the error object.
 */
#include "support.h"

#include <stdio.h>

#include <gitops.h>

#include "base/context.h"

/* ---- an allocator that remembers ---- */

typedef struct ledger {
    int allocated, released, destroyed;
    int refuse; /* 1: no memory */
} ledger;

static void *ledger_allocate(size_t size, void *user_data)
{
    ledger *book = user_data;
    if (book->refuse)
        return NULL;
    book->allocated++;
    return malloc(size);
}

static void *ledger_reallocate(void *memory, size_t size, void *user_data)
{
    ledger *book = user_data;
    if (!memory)
        book->allocated++;
    return realloc(memory, size);
}

static void ledger_release(void *memory, void *user_data)
{
    ledger *book = user_data;
    if (memory)
        book->released++;
    free(memory);
}

static void ledger_destroy(void *user_data)
{
    ledger *book = user_data;
    book->destroyed++;
}

static gitops_allocator make_allocator(ledger *book)
{
    gitops_allocator allocator = {sizeof allocator, ledger_allocate, ledger_reallocate,
                                  ledger_release,   book,            ledger_destroy};
    return allocator;
}

static int new_with(gitops_context **out, const gitops_allocator *allocator,
                    const gitops_limits *limits, gitops_error *err)
{
    gitops_context_options options = {0};
    options.struct_size = sizeof options;
    options.allocator = allocator;
    options.limits = limits;
    return gitops_context_new(out, &options, err);
}

/* ---- making and freeing ---- */

static void contextNew_noOptions_worksAndFrees(void **state)
{
    (void)state;
    gitops_context *context = NULL;
    assert_int_equal(gitops_context_new(&context, NULL, NULL), 0);
    assert_non_null(context);
    gitops_context_free(context);
    gitops_context_free(NULL);
}

static void contextNew_noOut_isInvalid(void **state)
{
    (void)state;
    gitops_error err;
    assert_int_equal(gitops_context_new(NULL, NULL, &err), GITOPS_EINVAL);
    assert_int_equal(err.code, GITOPS_EINVAL);
    assert_int_equal(err.origin, GITOPS_ORIGIN_LIBRARY);
    assert_string_equal(err.message, "context: out is NULL");
}

static void contextNew_structSizeZero_isInvalidAndClearsOut(void **state)
{
    (void)state;
    gitops_context_options options = {0};
    gitops_context *context = (gitops_context *)&options;
    gitops_error err;
    assert_int_equal(gitops_context_new(&context, &options, &err), GITOPS_EINVAL);
    assert_null(context);
    assert_string_equal(err.message, "context options: struct_size is not set");
}

static void contextNew_optionsOfAnOlderHost_restIsDefault(void **state)
{
    (void)state;
    ledger book = {0};
    gitops_allocator allocator = make_allocator(&book);
    gitops_context_options options;
    gitops_context *context = NULL;
    memset(&options, 0xFF, sizeof options); /* what lies behind the old struct is not read */
    options.struct_size = offsetof(gitops_context_options, limits);
    options.allocator = &allocator;
    assert_int_equal(gitops_context_new(&context, &options, NULL), 0);
    assert_int_equal(context->log_level, 0);
    assert_int_equal(context->limits.max_depth, 1000);
    gitops_context_free(context);
    assert_int_equal(book.destroyed, 1);
}

typedef struct future_options {
    gitops_context_options known;
    uint64_t unknown;
} future_options;

static void contextNew_optionsOfANewerHost_fineWhileUnused(void **state)
{
    (void)state;
    future_options options;
    gitops_context *context = NULL;
    gitops_error err;
    memset(&options, 0, sizeof options);
    options.known.struct_size = sizeof options;
    assert_int_equal(gitops_context_new(&context, &options.known, &err), 0);
    gitops_context_free(context);

    options.unknown = 1;
    assert_int_equal(gitops_context_new(&context, &options.known, &err), GITOPS_EINVAL);
    assert_string_equal(err.message, "context options: option newer than this library");
}

/* ---- allocator ---- */

static void allocator_given_getsEveryBlockBack(void **state)
{
    (void)state;
    ledger book = {0};
    gitops_allocator allocator = make_allocator(&book);
    gitops_context *context = NULL;
    assert_int_equal(new_with(&context, &allocator, NULL, NULL), 0);
    assert_int_equal(book.allocated, 1);
    void *memory = gops_alloc(context, 10);
    gops_free(context, memory);
    assert_int_equal(book.allocated, 2);
    assert_int_equal(book.destroyed, 0);
    gitops_context_free(context);
    assert_int_equal(book.released, 2);
    assert_int_equal(book.destroyed, 1);
}

static void allocator_withoutMemory_isReportedAndNotTakenOver(void **state)
{
    (void)state;
    ledger book = {0};
    gitops_allocator allocator = make_allocator(&book);
    gitops_context *context = NULL;
    gitops_error err;
    book.refuse = 1;
    assert_int_equal(new_with(&context, &allocator, NULL, &err), GITOPS_ENOMEM);
    assert_null(context);
    assert_string_equal(err.message, "out of memory");
    assert_int_equal(book.destroyed, 0);
}

static void allocator_lacksAFunction_isInvalid(void **state)
{
    (void)state;
    for (int lacking = 0; lacking < 3; lacking++) {
        ledger book = {0};
        gitops_allocator allocator = make_allocator(&book);
        gitops_context *context = NULL;
        gitops_error err;
        if (lacking == 0)
            allocator.allocate = NULL;
        else if (lacking == 1)
            allocator.reallocate = NULL;
        else
            allocator.release = NULL;
        assert_int_equal(new_with(&context, &allocator, NULL, &err), GITOPS_EINVAL);
        assert_null(context);
        assert_string_equal(err.message, "allocator: all three functions are needed");
    }
}

static void contextRef_held_livesUntilTheLastFree(void **state)
{
    (void)state;
    ledger book = {0};
    gitops_allocator allocator = make_allocator(&book);
    gitops_context *context = NULL;
    assert_int_equal(new_with(&context, &allocator, NULL, NULL), 0);
    assert_ptr_equal(gops_context_ref(context), context);
    gitops_context_free(context);
    assert_int_equal(book.destroyed, 0);
    gitops_context_free(context);
    assert_int_equal(book.destroyed, 1);
}

/* ---- limits ---- */

static void limits_absentOrZero_areTheDocumentedDefaults(void **state)
{
    (void)state;
    gitops_limits given = {0};
    given.struct_size = sizeof given;
    given.max_depth = 7;
    gitops_context *context = NULL;
    assert_int_equal(new_with(&context, NULL, &given, NULL), 0);
    assert_int_equal(context->limits.max_depth, 7);
    assert_int_equal(context->limits.max_flow_depth, 100);
    assert_int_equal(context->limits.max_file_bytes, 64 << 20);
    assert_int_equal(context->limits.max_load_bytes, 1 << 30);
    assert_int_equal(context->limits.max_directives, 100);
    assert_int_equal(context->limits.max_directive_bytes, 1024);
    assert_int_equal(context->limits.max_nodes, 1000000);
    assert_int_equal(context->limits.max_expanded_nodes, 10000000);
    assert_int_equal(context->limits.max_merged_members, 100000);
    assert_int_equal(context->limits.max_scalar_bytes, 8 << 20);
    assert_int_equal(context->limits.max_documents, 100000);
    assert_int_equal(context->limits.max_objects, 1000000);
    assert_int_equal(context->limits.max_files, 1000000);
    assert_int_equal(context->limits.max_diagnostics, 10000);
    gitops_context_free(context);
    given.max_nodes = 20000000;
    assert_int_equal(new_with(&context, NULL, &given, NULL), 0);
    assert_int_equal(context->limits.max_expanded_nodes, 20000000);
    gitops_context_free(context);
}

static void limits_beyondWhatTheLibraryHolds_areInvalid(void **state)
{
    (void)state;
    gitops_limits base = {0};
    base.struct_size = sizeof base;
    gitops_limits cases[6] = {base, base, base, base, base, base};
    cases[0].max_depth = 10001;
    cases[1].max_flow_depth = 1001;
    cases[2].max_file_bytes = (uint64_t)UINT32_MAX + 1;
    cases[3].max_nodes = (uint64_t)UINT32_MAX + 1;
    cases[4].max_expanded_nodes = (uint64_t)UINT32_MAX + 1;
    cases[5].max_merged_members = (uint64_t)UINT32_MAX + 1;
    for (size_t i = 0; i < 6; i++) {
        gitops_context *context = NULL;
        gitops_error err;
        assert_int_equal(new_with(&context, NULL, &cases[i], &err), GITOPS_EINVAL);
        assert_null(context);
        assert_string_equal(err.message, "limits: a limit is beyond what the library can hold");
    }
    base.max_depth = 10000;
    base.max_flow_depth = 1000;
    gitops_context *context = NULL;
    assert_int_equal(new_with(&context, NULL, &base, NULL), 0);
    gitops_context_free(context);
}

/* ---- log ---- */

typedef struct log_book {
    int calls, destroyed;
    int32_t level;
    char last[2048];
} log_book;

static void log_line(int32_t level, const char *message, void *user_data)
{
    log_book *book = user_data;
    book->calls++;
    book->level = level;
    snprintf(book->last, sizeof book->last, "%s", message);
}

static void log_destroy(void *user_data)
{
    log_book *book = user_data;
    book->destroyed++;
}

static gitops_context *new_with_log(log_book *book, int32_t level)
{
    gitops_context_options options = {0};
    gitops_context *context = NULL;
    options.struct_size = sizeof options;
    options.log_level = level;
    options.log = log_line;
    options.log_user_data = book;
    options.destroy_log_user_data = log_destroy;
    assert_int_equal(gitops_context_new(&context, &options, NULL), 0);
    return context;
}

static void log_upToItsLevel_isCalled(void **state)
{
    (void)state;
    log_book book = {0};
    gitops_context *context = new_with_log(&book, GITOPS_LOG_WARNING);
    gops_log(context, GITOPS_LOG_INFO, "not asked for");
    assert_int_equal(book.calls, 0);
    gops_log(context, GITOPS_LOG_WARNING, "%d files", 3);
    assert_int_equal(book.calls, 1);
    assert_int_equal(book.level, GITOPS_LOG_WARNING);
    assert_string_equal(book.last, "3 files");
    gitops_context_free(context);
    assert_int_equal(book.destroyed, 1);
}

static void log_longLine_isCut(void **state)
{
    (void)state;
    char text[2000];
    log_book book = {0};
    gitops_context *context = new_with_log(&book, GITOPS_LOG_DEBUG);
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    gops_log(context, GITOPS_LOG_ERROR, "%s", text);
    assert_int_equal(strlen(book.last), 1023);
    gitops_context_free(context);
}

static void log_levelWithoutCallback_isQuiet(void **state)
{
    (void)state;
    gitops_context_options options = {0};
    gitops_context *context = NULL;
    options.struct_size = sizeof options;
    options.log_level = GITOPS_LOG_DEBUG;
    assert_int_equal(gitops_context_new(&context, &options, NULL), 0);
    gops_log(context, GITOPS_LOG_ERROR, "nobody hears this");
    gitops_context_free(context);
}

/* ---- version and error object ---- */

static void version_ofTheLibrary_isThatOfTheHeader(void **state)
{
    (void)state;
    char text[32];
    snprintf(text, sizeof text, "%d.%d.%d", GITOPS_VERSION_MAJOR, GITOPS_VERSION_MINOR,
             GITOPS_VERSION_PATCH);
    assert_string_equal(gitops_version(), text);
}

static void error_layout_isFixedForEver(void **state)
{
    (void)state;
    assert_int_equal(sizeof(gitops_error), 1024);
    assert_int_equal(offsetof(gitops_error, line), 12);
    assert_int_equal(offsetof(gitops_error, where), 24);
    assert_int_equal(offsetof(gitops_error, message), 280);
}

static void error_onSuccess_isLeftAlone(void **state)
{
    (void)state;
    gitops_error err, before;
    gitops_context *context = NULL;
    memset(&err, 0x5A, sizeof err);
    before = err;
    assert_int_equal(gitops_context_new(&context, NULL, &err), 0);
    assert_memory_equal(&err, &before, sizeof err);
    gitops_context_free(context);
}

static void codeName_everyCode_isItsName(void **state)
{
    (void)state;
    assert_string_equal(gitops_code_name(GITOPS_OK), "GITOPS_OK");
    assert_string_equal(gitops_code_name(GITOPS_ENOMEM), "GITOPS_ENOMEM");
    assert_string_equal(gitops_code_name(GITOPS_ECORRUPT), "GITOPS_ECORRUPT");
    assert_string_equal(gitops_code_name(GITOPS_EUNSUPPORTED), "GITOPS_EUNSUPPORTED");
    assert_string_equal(gitops_code_name(GITOPS_EREWIND), "GITOPS_EREWIND");
    assert_string_equal(gitops_code_name(GITOPS_ESCOPE), "GITOPS_ESCOPE");
    assert_string_equal(gitops_code_name(1), "GITOPS_E?");
    assert_string_equal(gitops_code_name(INT32_MIN), "GITOPS_E?");
    assert_string_equal(gitops_code_name(GITOPS_ESUSPENDED), "GITOPS_ESUSPENDED");
    for (int32_t code = GITOPS_ESCOPE; code < 0; code++)
        assert_string_not_equal(gitops_code_name(code), "GITOPS_E?");
    assert_string_equal(gitops_code_name(GITOPS_ESCOPE - 1), "GITOPS_E?");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(contextNew_noOptions_worksAndFrees),
        cmocka_unit_test(contextNew_noOut_isInvalid),
        cmocka_unit_test(contextNew_structSizeZero_isInvalidAndClearsOut),
        cmocka_unit_test(contextNew_optionsOfAnOlderHost_restIsDefault),
        cmocka_unit_test(contextNew_optionsOfANewerHost_fineWhileUnused),
        cmocka_unit_test(allocator_given_getsEveryBlockBack),
        cmocka_unit_test(allocator_withoutMemory_isReportedAndNotTakenOver),
        cmocka_unit_test(allocator_lacksAFunction_isInvalid),
        cmocka_unit_test(contextRef_held_livesUntilTheLastFree),
        cmocka_unit_test(limits_absentOrZero_areTheDocumentedDefaults),
        cmocka_unit_test(limits_beyondWhatTheLibraryHolds_areInvalid),
        cmocka_unit_test(log_upToItsLevel_isCalled),
        cmocka_unit_test(log_longLine_isCut),
        cmocka_unit_test(log_levelWithoutCallback_isQuiet),
        cmocka_unit_test(version_ofTheLibrary_isThatOfTheHeader),
        cmocka_unit_test(error_layout_isFixedForEver),
        cmocka_unit_test(error_onSuccess_isLeftAlone),
        cmocka_unit_test(codeName_everyCode_isItsName),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
