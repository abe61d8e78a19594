/*
 * Names and forms of the notes about a unit that more than one floor reads or writes, in one place:
 * what a person says (suspend, pin) and what became of its objects.
 */
#ifndef GOPS_STORE_SAID_H
#define GOPS_STORE_SAID_H

#include "store/store.h"

#define GOPS_NOTE_SUSPEND "suspend"   /* UNTIL (Unix ms, 0: until it is resumed), see below */
#define GOPS_NOTE_PIN "pin"           /* REVISION, see below */
#define GOPS_NOTE_APPROVAL "approval/" /* + DIGEST: who, newline, reason */
#define GOPS_NOTE_FAILURE "failure/"  /* + KEY: digest of what failed, newline, error */

enum { GOPS_SAYING_SIZE = 1400 };

/*
 * The value of a note: what is said, where known a blank and who says it, newline, reason. who and
 * reason may be NULL. Returns 0, GITOPS_EINVAL or GITOPS_ELIMIT.
 */
int gops_say_suspend(char text[GOPS_SAYING_SIZE], int64_t until_unix_ms, const char *who,
                     const char *reason, gitops_error *err);
int gops_say_pin(char text[GOPS_SAYING_SIZE], const char *revision, const char *who,
                 const char *reason, gitops_error *err);

/* Takes such a value apart where it stands: its blank and newline become NUL. */
typedef struct gops_saying {
    const char *what, *who, *reason; /* "" where nothing is said */
} gops_saying;

gops_saying gops_saying_split(char *value);

#endif
