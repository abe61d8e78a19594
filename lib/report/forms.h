/* The forms of a report, and what they share. report.c checks options and picks one. */
#ifndef GOPS_REPORT_FORMS_H
#define GOPS_REPORT_FORMS_H

#include <gitops/report.h>

#include "report/writer.h"

/* run is NULL for a plan that was only made. */
void gops_text_plan(gops_writer *out, const gitops_plan *plan, const gitops_run *run,
                    const gitops_report_options *options);
void gops_json_plan(gops_writer *out, const gitops_plan *plan, const gitops_run *run,
                    const gitops_report_options *options);
void gops_html_plan(gops_writer *out, const gitops_plan *plan, const gitops_run *run,
                    const gitops_report_options *options);

/* What a change from one revision to another would send: plans without what is about a target. */
void gops_text_review(gops_writer *out, gitops_plan *const *plans, size_t count,
                      const gitops_report_options *options);
void gops_json_review(gops_writer *out, gitops_plan *const *plans, size_t count, const char *from,
                      const char *to, const gitops_report_options *options);
void gops_markdown_review(gops_writer *out, gitops_plan *const *plans, size_t count,
                          const char *from, const char *to, const gitops_report_options *options);

/* Each action in a line, in a total that is to come, and in a total that is done. */
typedef struct gops_words {
    int32_t action;
    int always; /* part of the totals also when 0 */
    const char *mark;
    const char *color; /* of a terminal */
    const char *ahead;
    const char *done;
} gops_words;

enum { GOPS_WORDS = 7 };
const gops_words *gops_words_get(size_t i);
const gops_words *gops_words_of(int32_t action);

/* 1 when an action takes away what the target holds. */
int gops_action_destroys(int32_t action);

/* 1 when operation i is done and there is no more to say, such as that it is not healthy. */
int gops_went_well(const gitops_run *run, size_t i);

/* The mark of a change, its colour, and what the reader should know about how it came. */
typedef struct gops_verdict {
    const char *mark;  /* "+", "-", "~", or "!" for what is left alone */
    const char *color; /* of a terminal */
    const char *note;  /* NULL: nothing */
} gops_verdict;

gops_verdict gops_judge(const gitops_change *change);

void gops_text_changes(gops_writer *out, const gitops_changes *changes, const char *indent,
                       const gitops_report_options *options);
void gops_json_changes(gops_writer *out, const gitops_changes *changes);

/* 1 when both are strings and one has several lines: what changed is then best shown as lines. */
int gops_text_has_lines(const gitops_value *before, const gitops_value *after);

/* Whole lines of a text; the last one may lack its newline. */
typedef struct gops_lines {
    const char *start, *end;
} gops_lines;

/* Two texts: what both start with, what differs on each side, what both end with. */
typedef struct gops_hunk {
    gops_lines above, before, after, below;
} gops_hunk;

gops_hunk gops_hunk_of(const gitops_value *before, const gitops_value *after);

/*
 * Takes the first line, without its newline, from the start of others. Returns 1; 2 when it had no
 * newline; 0 when there is no line.
 */
int gops_lines_take(gops_lines *rest, gops_lines *line);
size_t gops_lines_count(gops_lines lines);

/*
 * 1 when two values are best compared row by row: the lines of texts, the elements of lists, the
 * members of maps; and those rows, what differs between rows that stayed.
 */
int gops_text_has_rows(const gitops_value *before, const gitops_value *after);
void gops_text_rows(gops_writer *out, const gitops_value *before, const gitops_value *after,
                    const char *indent, const gitops_report_options *options);

void gops_json_event(gops_writer *out, const gitops_event *event);

/* 1 when a change is worth a line for people: it is written, or was left alone on purpose. */
int gops_change_shows(const gitops_change *change);

/* What became of operation i: an operation of a run that was never tried counts as skipped. */
int32_t gops_run_outcome(const gitops_run *run, size_t i);

#endif
