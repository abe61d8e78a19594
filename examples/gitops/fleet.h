/* The units of a configuration, in one reconciler: plan and apply of many. */
#ifndef FLEET_H
#define FLEET_H

#include "runner.h"

/* 1 when no unit is described by flags and there is a host's file. */
int is_configured(const arguments *args);

/*
 * Plans or applies the units that the operands select; none: all. Returns the exit code. Of the
 * options only output, full, asks and plan_only count.
 */
int fleet_run(program *p, const arguments *args, const runner_options *options);

#endif
