/* A target that costs next to nothing: objects in an array, each with a version. */
#ifndef BENCH_SHELF_H
#define BENCH_SHELF_H

#include <gitops.h>

#include "base/table.h"

typedef struct shelf_item {
    char *key, *document;
    size_t length;
    char version[16];
} shelf_item;

typedef struct shelf {
    gitops_context *own; /* of the table, so that it is not counted */
    gops_table by_key;
    shelf_item **items;  /* in the order of a listing; a deleted one has no document */
    size_t count, capacity;
    unsigned changes;    /* makes the versions */
    shelf_item *block;   /* of the items, once they are arranged */
    char *keys;          /* the same of their keys */
} shelf;

void shelf_init(shelf *s);
void shelf_release(shelf *s);

/* A target over the shelf, which must outlive it: list gives versions, get gives documents. */
gitops_target *shelf_target(shelf *s, gitops_context *context);

/* Orders of a listing: by the bytes of the keys, or none. */
enum { SHELF_SORTED, SHELF_SHUFFLED };

/* Makes the listing an array in memory in that order. Nothing can be added after that. */
void shelf_arrange(shelf *s, int order);

#endif
