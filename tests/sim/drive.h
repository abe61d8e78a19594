/*
 * drive: the host of a play. It takes actions from the machine, carries them out when chance says so,
 * and gives them back in any order.
 */
#ifndef TESTS_SIM_DRIVE_H
#define TESTS_SIM_DRIVE_H

#include "play.h"

/* Plays a seed to its end. path: of a state file, NULL: a store in memory. p is filled in. */
void drive(play *p, uint64_t seed, const char *path, int trace);

#endif
