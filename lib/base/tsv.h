#ifndef BASE_TSV_H
#define BASE_TSV_H
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"

enum { TSV_COLS = 16 };

/* A tab-separated table in memory: lines starting with '#' and empty lines are passed over, CR before LF is cut. */
struct tsv {
	struct str rest;
	const char *name; /* for messages, not owned */
	size_t lineno;    /* of the row last returned, from 1 */
	size_t n;         /* its columns */
	struct str col[TSV_COLS];
};
void tsv_open(struct tsv *t, struct str text, const char *name);
/* 1 = a row in t->col, 0 = end, -1 = more than TSV_COLS columns or fewer than min (ERR_CONFIG, names file and line). */
int tsv_next(struct tsv *t, size_t min, struct err *e);

#endif
