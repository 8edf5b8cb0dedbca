#ifndef DETECT_H
#define DETECT_H
/* The parts of detect. */
#include "base/err.h"
#include "base/mem.h"
#include "cli/run.h"
#include "model/incident.h"

/* rules.yaml into rules; jq conditions are compiled. Strings live in a. -1: ERR_CONFIG naming file, line and key. */
int rules_load(const char *path, struct arena *a, struct rules *r, struct err *e);
/* The message of the first jq condition that failed on a figure set, or NULL. */
const char *rules_filter_fault(const struct rules *r);
/* Gives two rule sets one table of keywords, so that posts are matched once. -1: too many groups. */
int rules_join(struct rules *x, struct rules *y, struct arena *a, struct err *e);
void rules_free(struct rules *r);

/* --compare: what both rule files would have done with the book. starts: labelled file, or NULL. Appends text to out. */
int compare(struct book *b, const struct rules *a, const char *a_name, const struct rules *c, const char *c_name,
    const char *starts, int64_t clock, struct buf *out, struct err *e);

/* Counted series. */
struct points;
struct points *points_open(struct arena *a);
/* Sets anomaly in a point record. -1: ERR_DATA. */
int points_score(struct points *p, struct rec *r, struct err *e);
/* Takes a point; an episode that is over is written. -1: ERR_DATA. */
int points_take(struct points *p, struct rec *r, struct run *run, bool english, struct err *e);
/* Writes what is open. */
void points_finish(struct points *p, struct run *run, bool english);

#endif
