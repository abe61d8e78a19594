/* Findings in an order by kind and key, and what ordering them further has to know of each. */
#ifndef GOPS_PLAN_ORDER_H
#define GOPS_PLAN_ORDER_H

#include "manifest/control.h"
#include "manifest/key.h"
#include "plan/plan.h"

/* What an operation is about, read once: keys and controls are spread over all of memory. */
typedef struct gops_subject {
    const char *key;       /* borrowed from the operation, as the record */
    const char *record;    /* its controls: as Git states them, of what is not there as last sent */
    uint32_t key_length, record_length;
    uint32_t namespace_length, kind_length, group_length; /* of its parts, when it has some */
    int32_t wave;          /* of the controls, as the next two */
    uint32_t hooks, options;
    uint32_t rank;         /* of its kind */
    uint8_t stage;         /* 0: applied; 1: deleted or forgotten; 2: nothing is done in it */
    uint8_t has_parts;     /* its key is that of a Kubernetes object */
    uint8_t depends, groups; /* its controls have dependencies; groups or rules */
} gops_subject;

/* The parts of a key that has some. */
static inline gops_key_parts gops_subject_parts(const gops_subject *s)
{
    const char *kind = s->key + s->namespace_length + 1;
    const char *group = kind + s->kind_length + (s->group_length ? 1 : 0);
    const char *name = group + s->group_length + 1;
    return (gops_key_parts){s->key, s->namespace_length, kind, s->kind_length,
                            group,  s->group_length,     name,
                            s->key_length - (size_t)(name - s->key)};
}

/*
 * Puts findings into an order without regard to each other: quiet ones last, deletes before them,
 * in reverse, what is applied first; by the rank of its kind, then group, kind, namespace and name.
 * Kinds mean something for Kubernetes fields only; other objects go by key. *subjects (NULL: not
 * asked for) gets an array in the new order, which the caller frees. Returns 0 or GITOPS_ENOMEM.
 */
int gops_findings_sort(gops_findings *findings, const gitops_unit *unit, gops_subject **subjects);

#endif
