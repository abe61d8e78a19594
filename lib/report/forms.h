/* The two forms of a report. report.c checks options and picks one. */
#ifndef GOPS_REPORT_FORMS_H
#define GOPS_REPORT_FORMS_H

#include <gitops/report.h>

#include "report/writer.h"

/* run is NULL for a plan that was only made. */
void gops_text_plan(gops_writer *out, const gitops_plan *plan, const gitops_run *run,
                    const gitops_report_options *options);
void gops_json_plan(gops_writer *out, const gitops_plan *plan, const gitops_run *run,
                    const gitops_report_options *options);

void gops_text_changes(gops_writer *out, const gitops_changes *changes, const char *indent,
                       const gitops_report_options *options);
void gops_json_changes(gops_writer *out, const gitops_changes *changes);

/* 1 when both are strings and one has several lines: what changed is then best shown as lines. */
int gops_text_has_lines(const gitops_value *before, const gitops_value *after);
void gops_text_lines(gops_writer *out, const gitops_value *before, const gitops_value *after,
                     const char *indent, const gitops_report_options *options);

void gops_json_event(gops_writer *out, const gitops_event *event);

/* 1 when a change is worth a line for people: it is written, or was left alone on purpose. */
int gops_change_shows(const gitops_change *change);

/* What became of operation i: an operation of a run that was never tried counts as skipped. */
int32_t gops_run_outcome(const gitops_run *run, size_t i);

#endif
