/* clock.h: the one clock of all deadlines; clock_posix.c and clock_windows.c keep this contract. */
#ifndef TLSDIAL_BASE_CLOCK_H
#define TLSDIAL_BASE_CLOCK_H

#include <stdint.h>

/** Microseconds on a clock that never jumps. Thread-safe, and safe in a signal handler. */
int64_t clock_now_us(void);

#endif
