/* Reading manifests for the reconciler: what is found is remembered later, under the lease. */
#ifndef GOPS_RENDER_RENDER_H
#define GOPS_RENDER_RENDER_H

#include <gitops/manifest.h>

/* What becomes of what a read found. Without a memo nothing does. */
typedef enum gops_news_use {
    GOPS_NEWS_REMEMBER, /* it is remembered at once */
    GOPS_NEWS_KEEP,     /* the manifest keeps it until gops_remember is called */
    GOPS_NEWS_DROP
} gops_news_use;

/* As gitops_manifest_read. */
int gops_manifest_read(gitops_manifest **out, gitops_context *context, gitops_snapshot *snapshot,
                       const gitops_manifest_options *options, gitops_manifest *previous,
                       gops_news_use use, gitops_error *err);

#endif
