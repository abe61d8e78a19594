/* Decisions about terminals: colours, questions, progress. */
#ifndef TERMINAL_H
#define TERMINAL_H

/* 1 when a descriptor is a terminal and NO_COLOR is not set. */
int wants_color(int descriptor);

/* 1 when a descriptor is a terminal on which a line can be taken back. */
int is_movable(int descriptor);

/* 1 when standard input and output are both terminals. */
int is_conversation(void);

#endif
