/* The measurements; each prints its lines and ends the program when something fails. */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

/* Arguments as gitops_bench takes them after the name of the measurement. */
void measure_read(char **arguments);
void measure_parse(char **arguments);
void measure_load(char **arguments);
void measure_restart(char **arguments);
void measure_plan(char **arguments);
void measure_machine(char **arguments);
void measure_idle(char **arguments);
void measure_commit(char **arguments);
void measure_order(char **arguments);
void measure_diff(char **arguments);
void measure_against(char **arguments);
void measure_hostile(char **arguments);

#endif
