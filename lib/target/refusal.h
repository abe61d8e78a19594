/* What a target means by the text with which it refuses. */
#ifndef GOPS_TARGET_REFUSAL_H
#define GOPS_TARGET_REFUSAL_H

#include "target/target.h"

#define GOPS_REFUSAL_ADVICE "; a plan replaces the object where its schema calls the path immutable"

/*
 * What to say behind the refusal of an apply: how an object that cannot be changed in place gets to
 * be replaced; "" for any other answer. Static.
 */
const char *gops_refusal_advice(const gitops_request *request, const gitops_answer *answer);

#endif
