/* gitops diff REV..REV: what a change to the repository would send. */
#ifndef DIFF_REVISIONS_H
#define DIFF_REVISIONS_H

#include "options.h"
#include "program.h"

/* 1 when an operand asks for it. */
int names_revisions(const arguments *args);

/* Returns RESULT_SAME, RESULT_DIFFERS or RESULT_ERROR. */
int diff_revisions(program *p, const arguments *args);

#endif
