/*
 * One object on its three sides, as a look compares them: what was sent, what Git states and what the
 * target has.
 */
#ifndef GOPS_RECONCILE_TRIPLE_H
#define GOPS_RECONCILE_TRIPLE_H

#include "reconcile/look.h"

/* One object on its three sides, with what came of the comparison. */
typedef struct gops_triple {
    const char *key, *version;
    gops_digest text;      /* of the target's document, when there is one */
    gops_digest state;     /* of its version; of the text when it has none */
    gops_known *known;     /* may be NULL */
    const char *owner;     /* the unit that has owned it so far, when that is another one */
    int owner_adopted;     /* ... and its mark */
    const gops_item *item; /* NULL: not in Git */
    gitops_document *base, *desired, *live;
    gitops_document *normal; /* what the target made of base; NULL: it kept it as it was */
    gitops_diff *diff;
    int puts;                /* it is written as Git states it, without what others added */
} gops_triple;

static inline int gops_known_is_ours(const gops_known *known)
{
    return known && (known->owned || known->intent);
}

void gops_triple_release(gops_triple *t);

/* Reads what was last sent, and what the target made of it, from the store. */
int gops_triple_open_base(gops_look *look, gops_triple *t, gitops_error *err);

/*
 * Compares by the policies of the unit. A claim from an intent that never ended decides nothing.
 * Returns 0, GITOPS_ECONFLICT with the diff set (err is left alone), or a failure.
 */
int gops_triple_compare(gops_look *look, gops_triple *t, gitops_error *err);

/* What a plan keeps of a comparison; with writes also what is sent. Returns 0 or GITOPS_ENOMEM. */
int gops_triple_detail(gops_look *look, const gops_triple *t, int writes, gops_detail *detail);

/* Pieces of that: a document as JSON, and what the target made of a base. 0 or GITOPS_ENOMEM. */
int gops_triple_keep_json(gops_look *look, const gitops_document *document, char **out,
                          size_t *length);
int gops_triple_keep_normal(gops_look *look, const gitops_document *base,
                            const gitops_document *normal, gops_detail *detail);

#endif
