/*
 * thread.h: what the library asks of the platform's threads.
 *
 * thread_posix.c and thread_windows.c keep this contract; nothing here calls OpenSSL.
 */
#ifndef TLSDIAL_NET_THREAD_H
#define TLSDIAL_NET_THREAD_H

#include <stdbool.h>

/** Runs work(argument) in a thread that nobody waits for, with all signals blocked: the program's
 * handlers run in its own threads. The library stays loaded from then on, since such a thread may
 * outlive the last call of it. False, with the system's code, if there is no thread to be had. */
bool thread_start(void (*work)(void *argument), void *argument, int *code);

/** The library's one lock, for what all lookups of a process share. Held for moments only, never
 * across anything that waits. A fork() in another thread leaves it usable in the child. */
void thread_lock(void);
void thread_unlock(void);

/** How often the process was forked since its program began, as a child sees it: the threads of
 * its parent are not there. To be called with the lock held. */
unsigned thread_generation(void);

#endif
