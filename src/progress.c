/* progress.c: see progress.h. CR is all that it asks of a terminal. */
#include <config.h>

#include "progress.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "os.h"

#define DELAY_US 1000000 /* shorter transfers show nothing */
#define REDRAW_US 250000

void progress_begin(struct progress *progress, bool wanted, struct deadline deadline)
{
    *progress = (struct progress){
        .wanted = wanted, .begin_us = clock_now_us(), .deadline = deadline};
    progress->since_us = progress->begin_us;
    progress->next_us = progress->begin_us + DELAY_US;
}

/* Draws over the line that is there, which may have been longer. */
static void draw(struct progress *progress, const char *text)
{
    char line[2 * PROGRESS_WIDTH + 3];
    size_t length = strlen(text);
    int blanks = progress->width > length ? (int)(progress->width - length) : 0;
    int code;
    snprintf(line, sizeof line, "\r%s%*s%s", text, blanks, "", length == 0 ? "\r" : "");
    /* A terminal that does not take it is not asked again. */
    progress->wanted = os_write(OS_STANDARD_ERROR, line, strlen(line), progress->deadline,
                                &code) == OS_DONE;
    progress->width = length;
}

static void amount_text(char *to, size_t size, double bytes)
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
    size_t unit = 0;
    while (bytes >= 1024 && unit + 1 < sizeof units / sizeof *units) {
        bytes /= 1024;
        unit++;
    }
    snprintf(to, size, "%.*f %s", unit > 0, bytes, units[unit]);
}

void progress_tell(struct progress *progress, enum progress_direction direction,
                   uint64_t bytes)
{
    static const char *const words[] = {
        [PROGRESS_SENT] = "sent", [PROGRESS_RECEIVED] = "received"};
    char text[PROGRESS_WIDTH + 1], amount[20], rate[20];
    if (!progress->wanted)
        return;
    int64_t now = clock_now_us();
    if (direction != progress->direction) {
        progress->direction = direction;
        progress->since_us = now;
    }
    if (now < progress->next_us || now == progress->since_us)
        return;
    int64_t seconds = (now - progress->begin_us) / 1000000;
    double elapsed = (double)(now - progress->since_us) / 1000000;
    amount_text(amount, sizeof amount, (double)bytes);
    amount_text(rate, sizeof rate, (double)bytes / elapsed);
    snprintf(text, sizeof text, "%s %s, %s/s, %lld:%02d", words[direction], amount, rate,
             (long long)(seconds / 60), (int)(seconds % 60));
    draw(progress, text);
    progress->next_us = now + REDRAW_US;
}

void progress_end(struct progress *progress)
{
    if (progress->width > 0)
        draw(progress, "");
    progress->wanted = false;
}
