/* The parts of a page (html.c puts them together). All escape what they are given. */
#ifndef GOPS_REPORT_HTML_H
#define GOPS_REPORT_HTML_H

#include "report/forms.h"

/* From the first byte to the start of <style>, its text, and the script that ends the page. */
void gops_html_begin(gops_writer *out, const char *what, const char *unit);
void gops_html_end(gops_writer *out);

/* The changed leaves of an object, side by side; nothing where there is none. */
void gops_html_fields(gops_writer *out, const gitops_changes *changes,
                      const gitops_report_options *options);

/* Two texts of several lines as rows of such a table. */
void gops_html_lines(gops_writer *out, const gitops_value *before, const gitops_value *after,
                     const gitops_report_options *options);

/* The order of a plan as a picture: a box for each set of operations that may run side by side. */
void gops_html_picture(gops_writer *out, const gitops_plan *plan);

/* A key with its parts marked, so that the name stands out. */
void gops_html_key(gops_writer *out, const char *key);

#endif
