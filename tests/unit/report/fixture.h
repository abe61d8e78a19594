/* A plan and a run made by hand, of every kind of operation, and somewhere to write them to. */
#ifndef REPORT_FIXTURE_H
#define REPORT_FIXTURE_H

#include "support.h"

#include <gitops/report.h>

#include "reconcile/result.h"

enum { FIXTURE_OPERATIONS = 5 };

/*
 * In running order: create _/ConfigMap/new (a.yaml:1), update shop/Deployment.apps/web (b.yaml:7,
 * four changed leaves), replace _/Service/svc (c.yaml:2), adopt _/ConfigMap/same, delete
 * _/ConfigMap/old.
 */
typedef struct fixture {
    gitops_context *context;
    gops_file *files[4];
    gops_detail detail;
    gitops_operation operations[FIXTURE_OPERATIONS];
    gitops_plan plan;
    uint8_t outcomes[FIXTURE_OPERATIONS];
    char *errors[FIXTURE_OPERATIONS];
    gitops_run run;
    char text[80000];
    size_t length;
} fixture;

int fixture_open(void **state);
int fixture_close(void **state);

/* A gitops_write_fn that appends to the fixture's text. */
int fixture_write(const char *data, size_t length, void *user_data);

#endif
