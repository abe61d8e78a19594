/* One line on standard error about long work: on a terminal only, and not before a moment. */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <stdint.h>

/*
 * Starts to tell what is being done, until progress_end. One at a time, in the whole program; where
 * standard error is no terminal all of this does nothing. what is a static text.
 */
void progress_begin(const char *what);

/* The work goes on with something of so many; name may come from anywhere. Any thread. */
void progress_step(uint64_t number, uint64_t all, const char *name);

/* Takes the line away, before something else is printed or asked. It comes back. Any thread. */
void progress_hide(void);

/* Takes the line away for good. Harmless without a begin. */
void progress_end(void);

#endif
