/* The order of API versions. */
#ifndef GOPS_MANIFEST_SCHEMA_VERSION_H
#define GOPS_MANIFEST_SCHEMA_VERSION_H

/*
 * Compares as Kubernetes prefers them: v2, v1, v1beta2, v1beta1, v1alpha1, then others by bytes.
 * Negative: a is preferred.
 */
int gops_version_compare(const char *a, const char *b);

#endif
