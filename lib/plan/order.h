/* Findings in an order by kind and key, and what ordering them further has to know of each. */
#ifndef GOPS_PLAN_ORDER_H
#define GOPS_PLAN_ORDER_H

#include "manifest/control.h"
#include "manifest/key.h"
#include "plan/plan.h"

/* What an operation is about, read once: keys and controls are spread over all of memory. */
typedef struct gops_subject {
    const char *key;       /* borrowed from the operation, as the parts and the record */
    size_t key_length;
    gops_key_parts parts;  /* when it has some */
    const char *record;    /* its controls: as Git states them, of what is not there as last sent */
    size_t record_length;
    int32_t wave;          /* of the controls, as the next two */
    uint32_t hooks, options;
    uint32_t rank;         /* of its kind */
    uint8_t stage;         /* 0: applied; 1: deleted or forgotten; 2: nothing is done in it */
    uint8_t has_parts;     /* its key is that of a Kubernetes object */
    uint8_t depends, groups; /* its controls have dependencies; groups or rules */
} gops_subject;

/*
 * Puts findings into an order without regard to each other: quiet ones last, deletes before them,
 * in reverse, what is applied first; by the rank of its kind, then group, kind, namespace and name.
 * Kinds mean something for Kubernetes fields only; other objects go by key. *subjects (NULL: not
 * asked for) gets an array in the new order, which the caller frees. Returns 0 or GITOPS_ENOMEM.
 */
int gops_findings_sort(gops_findings *findings, const gitops_unit *unit, gops_subject **subjects);

#endif
