/*
 * new_file.h: files that appear under their name when they are complete, and not before.
 *
 * new_file_posix.c and new_file_windows.c keep this contract.
 */
#ifndef TLSDIAL_NEW_FILE_H
#define TLSDIAL_NEW_FILE_H

#include <stdbool.h>

#include "base/deadline.h"
#include "os.h"

/** A file under construction. */
struct new_file {
    int fd;
    char *path; /**< where it will appear; NULL: written in place (a device, a pipe) */
    char *temporary; /**< its name until then; NULL: none */
    unsigned mode;   /**< that it will have (POSIX) */
};

#define NEW_FILE_FOLDER_SIZE                                                             \
    256 /**< octets of a folder's name in a message, NUL included */

/** Why a file cannot be made. */
enum new_file_fault_of {
    NEW_FILE_PATH,       /**< the code says it of the path */
    NEW_FILE_FOLDER,     /**< the folder takes no new file */
    NEW_FILE_STICKY,     /**< in this folder only its owner may replace the file */
    NEW_FILE_MOUNT_POINT /**< something is mounted there: it cannot be replaced */
};

struct new_file_fault {
    int code; /**< errno value */
    enum new_file_fault_of of;
    char folder[NEW_FILE_FOLDER_SIZE]; /**< for the second and third */
};

/** Begins a file that appears under its name only when it is committed; until then what was
 * there stays. That it could not be replaced is found now, as far as the system tells. Nobody else
 * may read it before it appears; then it has the mode of what was there but for set-user-ID,
 * set-group-ID and sticky bits, or what the umask leaves. A path that is no regular file is
 * written in place; OS_LATE where opening that waits (see os_open_to_read()). */
enum os_result new_file_begin(struct new_file *file, const char *path,
                              struct deadline deadline, struct new_file_fault *fault);
bool new_file_commit(struct new_file *file, struct new_file_fault *fault);
/** Also after a failed new_file_begin() or new_file_commit(), or of an all zero file with fd -1. */
void new_file_discard(struct new_file *file);

#endif
