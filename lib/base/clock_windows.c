/* clock_windows.c: the contract of clock.h on Windows. */
#include <config.h>

#include "base/clock.h"

#include <windows.h>

int64_t clock_now_us(void)
{
    LARGE_INTEGER frequency, now;
    QueryPerformanceFrequency(&frequency); /* neither fails on Windows XP or later */
    QueryPerformanceCounter(&now);
    int64_t seconds = now.QuadPart / frequency.QuadPart;
    int64_t rest = now.QuadPart % frequency.QuadPart;
    return seconds * 1000000 + rest * 1000000 / frequency.QuadPart;
}
