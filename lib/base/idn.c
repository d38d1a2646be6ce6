/*
 * idn.c: internationalised host names to A-labels (RFC 5890), by libidn2.
 *
 * Hardly any run needs it, while loading it and its tables would cost every run about as much
 * time as a twentieth of a whole fetch.  So, where configure found the file name of the shared
 * library (LIBIDN2_SONAME), it is loaded when a name asks for it; else it is linked as usual.
 */
#include <config.h>

#include "base/idn.h"

#ifdef HAVE_LIBIDN2
#include <idn2.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct functions {
    int (*to_ascii_8z)(const char *input, char **output, int flags);
    const char *(*strerror)(int code);
    void (*release)(void *text);
    void *library;
};

#ifdef LIBIDN2_SONAME
#include <dlfcn.h>

/* Tells packaging tools of the library that is not among those linked; the format is that of
 * the "dlopen metadata for ELF files" of the UAPI group. */
#define NOTE_CONTENT                                                                     \
    "[{\"feature\":\"idn\",\"description\":\"internationalised host names\","            \
    "\"priority\":\"recommended\",\"soname\":[\"" LIBIDN2_SONAME "\"]}]"
static const struct {
    uint32_t name_size, content_size, type;
    char name[4];
    char content[(sizeof NOTE_CONTENT + 3) / 4 * 4];
} note __attribute__((used, section(".note.dlopen"), aligned(4))) = {
    4, sizeof NOTE_CONTENT, 0x407c0c0a, "FDO", NOTE_CONTENT};

/* By memcpy(): ISO C has no conversion from a pointer to an object to one to a function, POSIX
 * says that they look the same. */
static bool find(void *library, const char *name, void *function)
{
    void *symbol = dlsym(library, name);
    memcpy(function, &symbol, sizeof symbol);
    return symbol != NULL;
}

static bool begin(struct functions *idn)
{
    idn->library = dlopen(LIBIDN2_SONAME, RTLD_NOW | RTLD_LOCAL);
    if (idn->library == NULL)
        return false;
    if (find(idn->library, "idn2_to_ascii_8z", &idn->to_ascii_8z) &&
        find(idn->library, "idn2_strerror", &idn->strerror) &&
        find(idn->library, "idn2_free", &idn->release))
        return true;
    dlclose(idn->library);
    return false;
}

static void end(struct functions *idn)
{
    dlclose(idn->library);
}

#else
static bool begin(struct functions *idn)
{
    *idn = (struct functions){idn2_to_ascii_8z, idn2_strerror, idn2_free, NULL};
    return true;
}

static void end(struct functions *idn)
{
    (void)idn;
}
#endif

bool idn_to_ascii(char *to, size_t size, const char *text, char *why, size_t why_size)
{
    struct functions idn;
    char *converted = NULL;
    if (!begin(&idn)) {
        snprintf(why, why_size,
                 "libidn2, for internationalised names, is not installed; "
                 "give the name in its xn-- form");
        return false;
    }
    int result = idn.to_ascii_8z(text, &converted, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
    bool done = result == IDN2_OK && strlen(converted) < size;
    if (done)
        memcpy(to, converted, strlen(converted) + 1);
    else
        snprintf(why, why_size, "%s",
                 result != IDN2_OK ? idn.strerror(result) : IDN_TOO_LONG);
    if (result == IDN2_OK)
        idn.release(converted);
    end(&idn);
    return done;
}

#else
#include <stdio.h>

bool idn_to_ascii(char *to, size_t size, const char *text, char *why, size_t why_size)
{
    (void)to;
    (void)size;
    (void)text;
    snprintf(why, why_size,
             "this build has no libidn2 for internationalised names; "
             "give the name in its xn-- form");
    return false;
}
#endif
