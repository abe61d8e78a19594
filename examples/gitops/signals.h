/* SIGINT and SIGTERM: the first stops the work in good order, the second at once. */
#ifndef SIGNALS_H
#define SIGNALS_H

#include <gitops.h>

/* Starts listening; call it before other threads start. Returns 0 or RESULT_ERROR. */
int signals_start(void);

/* The reconciler to cancel when a signal comes; NULL for none. */
void signals_watch(gitops_reconciler *reconciler);

/* The signal that came; 0 for none. */
int signals_received(void);

/* Waits until standard input has something to read or a signal came. Returns 1 for input. */
int signals_wait_for_input(void);

#endif
