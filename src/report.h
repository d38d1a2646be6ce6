/* report.h: what check found out, and the reports of it, which read this and nothing else. */
#ifndef TLSDIAL_REPORT_H
#define TLSDIAL_REPORT_H

#include "options.h"
#include "tlsdial.h"

/** A missing issuer that was asked for where a certificate says that it is to be had. */
struct report_fetch {
    char *url;
    bool fetched;
    struct tlsdial_error error; /**< why not */
};

#define REPORT_FETCHES 4 /**< at most; a chain that needs more has another fault */

/** What --fetch-missing came to. */
struct report_diagnosis {
    struct report_fetch fetches[REPORT_FETCHES];
    size_t count; /**< 0: there is no address to fetch from */
    bool dialled_again;
    struct tlsdial_error error; /**< of the last dial; TLSDIAL_OK: it verified */
};

struct report {
    const struct options *options;
    const tlsdial_evidence *evidence;
    struct tlsdial_error verdict; /**< without a message where it is TLSDIAL_OK */
    int64_t time;                 /**< of the check, seconds since 1970 */
    int64_t verify_time;          /**< that certificates are judged for */
    struct report_diagnosis diagnosis;
    bool diagnosed; /**< the diagnosis was asked for, and the failure calls for it */
};

/** The report, ended by a line break and to be freed with free(). NULL when out of memory. */
char *report_text(const struct report *report, bool colour);
char *report_json(const struct report *report);

/** TLSDIAL_USAGE where this program was built without JSON. */
enum tlsdial_cause report_json_usable(struct tlsdial_error *error);

/* ---- what both need ---- */

#define REPORT_DAY 86400 /**< seconds */

/** Whole days from one time to another, rounded down. */
int64_t report_days(int64_t from, int64_t to);

/** "3 days", "1 day" or "less than a day". */
void report_days_text(char *to, size_t size, int64_t days);

/** "HOST:PORT [ADDRESS]", as far as it came. Escaped. */
void report_subject(const struct report *report, char *to, size_t size);

/** The finding that the verdict is about; NULL: it is about none. */
const struct tlsdial_finding *report_main_finding(const struct report *report);

/** Whether the chain verifies with what was fetched. */
bool report_is_proven(const struct report *report);

/** Whether the server sent this certificate. */
bool report_was_sent(const struct report *report,
                     const struct tlsdial_certificate *certificate);

/** Whether the chain as built ends at a trust anchor. */
bool report_is_anchored(const struct report *report);

/** How many certificates a chain has. */
size_t report_chain_length(const struct report *report, enum tlsdial_chain chain);

/** The certificate of the chain as built that expires first; NULL where there is none. */
const struct tlsdial_certificate *report_first_to_expire(const struct report *report);

/** The certificate in PEM form, to be freed with free(). NULL when out of memory. */
char *report_pem(const struct tlsdial_certificate *certificate);

#endif
