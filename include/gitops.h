/*
 * gitops.h - libgitops: an embeddable GitOps reconciliation library.
 *
 * Git holds the desired state of a system; this library keeps the real system equal to it. The host
 * supplies transport and targets, the library owns the logic: what changed, what drifted, who owns
 * which field, in which order to act, when to refuse, and what to remember.
 *
 * The ladder, each rung a thin layer over the next:
 *   gitops_reconciler_run        blocking: sources, targets and a store in, equal systems out
 *   gitops_reconciler_next ...   the machine itself: your loop, your threads, your clock
 *   gitops_manifest_read, gitops_diff_new, gitops_documents_parse   pure functions
 *
 * A whole host is examples/one_shot.c.
 */
#ifndef GITOPS_H
#define GITOPS_H

#include <gitops/error.h>
#include <gitops/context.h>
#include <gitops/value.h>
#include <gitops/schema.h>
#include <gitops/identity.h>
#include <gitops/controls.h>
#include <gitops/source.h>
#include <gitops/memo.h>
#include <gitops/manifest.h>
#include <gitops/diff.h>
#include <gitops/health.h>
#include <gitops/target.h>
#include <gitops/plan.h>
#include <gitops/saved_plan.h>
#include <gitops/config.h>
#include <gitops/store.h>
#include <gitops/window.h>
#include <gitops/reconciler.h>
#include <gitops/report.h>

#endif
