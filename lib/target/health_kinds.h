/* The library's rules for single kinds of Kubernetes (docs/health.md has them in words). */
#ifndef GOPS_TARGET_HEALTH_KINDS_H
#define GOPS_TARGET_HEALTH_KINDS_H

#include "target/health.h"

int gops_health_deployment(gitops_health *out, const gops_patient *p);
int gops_health_replica_set(gitops_health *out, const gops_patient *p);
int gops_health_stateful_set(gitops_health *out, const gops_patient *p);
int gops_health_daemon_set(gitops_health *out, const gops_patient *p);

int gops_health_pod(gitops_health *out, const gops_patient *p);
int gops_health_job(gitops_health *out, const gops_patient *p);
int gops_health_workflow(gitops_health *out, const gops_patient *p);

int gops_health_autoscaler(gitops_health *out, const gops_patient *p);

#endif
