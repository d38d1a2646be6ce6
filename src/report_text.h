/* report_text.h: the parts of the report for people. */
#ifndef TLSDIAL_REPORT_TEXT_H
#define TLSDIAL_REPORT_TEXT_H

#include "columns.h"
#include "report.h"

#define TEXT_LABEL 10 /* columns that the labels at the left have */
#define TEXT_LABEL_SPACE "          "
#define TEXT_LIST 16 /* items of a list that has no end of its own */

/** A line with a label, "" for none, and its text, broken where it is too long. */
void text_row(struct columns *columns, enum columns_style style, const char *label,
              const char *text);

/** The chain as a tree, and what was sent beside it (report_chain.c). */
void text_chain(struct columns *columns, const struct report *report);

#endif
