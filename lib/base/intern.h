/*
 * Numbers of things by content: a hash table of numbers from 1, so that what is equal gets one
 * number. The things themselves, and what makes two of them the same, are the owner's.
 */
#ifndef GOPS_BASE_INTERN_H
#define GOPS_BASE_INTERN_H

#include "base/context.h"

typedef struct gops_intern_slot {
    uint32_t hash, number; /* number 0 = a free slot */
} gops_intern_slot;

typedef struct gops_intern {
    gitops_context *context; /* borrowed */
    gops_intern_slot *slots;
    size_t capacity; /* a power of two, or 0 */
    size_t count;
} gops_intern;

/* 1 when the owner's thing of that number is the wanted one. */
typedef int (*gops_intern_same)(const void *owner, uint32_t number, const void *wanted);

void gops_intern_init(gops_intern *intern, gitops_context *context);
void gops_intern_release(gops_intern *intern);

/* The number of the wanted thing, or 0. */
uint32_t gops_intern_find(const gops_intern *intern, uint64_t hash, gops_intern_same same,
                          const void *owner, const void *wanted);

/* Adds a number that is not there yet. Returns 0 or GITOPS_ENOMEM. */
int gops_intern_add(gops_intern *intern, uint64_t hash, uint32_t number);

#endif
