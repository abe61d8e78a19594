/* The order of joined elements in the merged list. */
#ifndef GOPS_DIFF_ORDER_H
#define GOPS_DIFF_ORDER_H

#include <stdint.h>

#include "base/context.h"

/*
 * Interleaves live's order with desired's as server-side apply does: desired's elements come in
 * desired's order, the others stay near their neighbours. live and desired hold item numbers below
 * item_count; out has room for both. Returns the length of out, or GITOPS_ENOMEM.
 */
int64_t gops_order_interleave(gitops_context *context, uint32_t item_count, const uint32_t *live,
                              uint32_t live_count, const uint32_t *desired, uint32_t desired_count,
                              uint32_t *out);

#endif
