/* os_windows.h: what os_windows.c and new_file_windows.c share. */
#ifndef TLSDIAL_OS_WINDOWS_H
#define TLSDIAL_OS_WINDOWS_H

#include <wchar.h>

#include "os.h"

/** A UTF-8 text as the system has it, to be freed. What is no text is replaced; NULL when out of
 * memory. */
wchar_t *os_wide(const char *text);

#endif
