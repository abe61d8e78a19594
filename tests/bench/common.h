/* What every measurement needs: a clock, medians, counted memory, and an end on failure. */
#ifndef BENCH_COMMON_H
#define BENCH_COMMON_H

#include <gitops.h>

/* Ends the program with the error unless rc is 0. */
void must(int rc, const gitops_error *err, const char *what);

/* Ends the program unless there is memory. */
void *must_have(void *memory);

/* Seconds since some moment: of the wall clock, and of this process on a processor. */
double wall_time(void);
double processor_time(void);

/* Sorts the values. */
double median(double *values, size_t count);

/* Bytes that contexts made by counted_context hold, as the allocator rounds them. */
typedef struct memory_count {
    size_t live, peak;
    size_t allocations; /* so far */
} memory_count;

gitops_context *counted_context(memory_count *count);

/* Most physical memory that this process ever had, in bytes. */
size_t peak_resident(void);

#endif
