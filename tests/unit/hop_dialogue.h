/*
 * hop_dialogue.h: dialogues with a hop, written down, and what plays them.
 *
 * A dialogue is a list of turns.  C() is what we have to send, the others are what the peer sends:
 * S() where each octet counts, I() where its case does not, F() free text.  Turns of the peer in a
 * row arrive together.
 */
#ifndef HOP_DIALOGUE_H
#define HOP_DIALOGUE_H

#include <stddef.h>

#include "net/hop.h"

#define TURNS_MAX 40

struct turn {
    char who; /* 'C', 'S', 'I', 'F'; 'E': the peer closes; NUL: no more turns */
    const char *data;
    size_t length;
};

#define C(text)                                                                          \
    {                                                                                    \
        'C', text, sizeof(text) - 1                                                      \
    }
#define S(text)                                                                          \
    {                                                                                    \
        'S', text, sizeof(text) - 1                                                      \
    }
#define I(text)                                                                          \
    {                                                                                    \
        'I', text, sizeof(text) - 1                                                      \
    }
#define F(text)                                                                          \
    {                                                                                    \
        'F', text, sizeof(text) - 1                                                      \
    }
#define END                                                                              \
    {                                                                                    \
        'E', NULL, 0                                                                     \
    }

/* A target and a name, as most dialogues have it. */
extern const struct hop_parameters usual;

struct dialogue {
    const char *name, *kind;
    const struct hop_parameters *parameters; /* NULL: usual */
    struct turn turns[TURNS_MAX];
};

extern const struct dialogue good_dialogues[]; /* the last one's kind is NULL */

struct misbehaviour {
    const char *name, *kind;
    const struct hop_parameters *parameters; /* NULL: usual */
    struct turn turns[TURNS_MAX];
    enum hop_fault fault;
    enum tlsdial_cause cause;
    int code;
    const char *words; /* "": none; NULL: any */
    const char *protocol, *meaning;
    const char *step; /* NULL: any */
};

struct hop *new_hop(const char *kind, const struct hop_parameters *parameters);
/* Gives the peer's data in pieces of `cut` octets, 0: all at once. */
enum hop_status give(struct hop *hop, const char *data, size_t length, size_t cut);
/* Whether the output is exactly this; it is then sent. */
bool says(struct hop *hop, const char *data, size_t length);
/* Plays it in several cuts; each time it must end in the same failure, and not before its last
 * turn. */
void must_misbehave(const struct misbehaviour *misbehaviour, size_t count);
/* The hop has failed like this. */
void must_have_failed(const struct hop *hop, const struct misbehaviour *expected);

#endif
