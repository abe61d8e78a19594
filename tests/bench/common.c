/*
 * common: time, memory and failure of the measurements.
 */
#include "common.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

void must(int rc, const gitops_error *err, const char *what)
{
    if (rc == 0)
        return;
    fprintf(stderr, "gitops_bench: %s: %s%s%s\n", what, err->where, err->where[0] ? ": " : "",
            err->message);
    exit(1);
}

void *must_have(void *memory)
{
    gitops_error err = {.message = "no memory"};
    must(memory ? 0 : GITOPS_ENOMEM, &err, "benchmark");
    return memory;
}

static double read_clock(clockid_t clock)
{
    struct timespec time;
    clock_gettime(clock, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

double wall_time(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

double processor_time(void)
{
    return read_clock(CLOCK_PROCESS_CPUTIME_ID);
}

static int compare_values(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

double median(double *values, size_t count)
{
    qsort(values, count, sizeof *values, compare_values);
    return count % 2 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

static void add(memory_count *count, void *memory)
{
    count->allocations++;
    count->live += malloc_usable_size(memory);
    if (count->live > count->peak)
        count->peak = count->live;
}

static void *allocate(size_t size, void *count)
{
    void *memory = malloc(size);
    add(count, memory);
    return memory;
}

static void *reallocate(void *memory, size_t size, void *data)
{
    memory_count *count = data;
    size_t before = malloc_usable_size(memory);
    memory = must_have(realloc(memory, size));
    count->live -= before;
    add(count, memory);
    return memory;
}

static void release(void *memory, void *data)
{
    memory_count *count = data;
    count->live -= malloc_usable_size(memory);
    free(memory);
}

gitops_context *counted_context(memory_count *count)
{
    gitops_error err;
    gitops_context *context;
    gitops_allocator allocator = {sizeof allocator, allocate, reallocate, release, count, NULL};
    gitops_context_options options = {.struct_size = sizeof options, .allocator = &allocator};
    memset(count, 0, sizeof *count);
    must(gitops_context_new(&context, &options, &err), &err, "context");
    return context;
}

size_t peak_resident(void)
{
    char line[256];
    size_t kilobytes = 0;
    FILE *status = fopen("/proc/self/status", "r");
    while (status && fgets(line, sizeof line, status))
        if (sscanf(line, "VmHWM: %zu", &kilobytes) == 1)
            break;
    if (status)
        fclose(status);
    return kilobytes << 10;
}
