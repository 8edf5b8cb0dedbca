#ifndef MODEL_INCIDENT_H
#define MODEL_INCIDENT_H
/*
 * From observations to incidents: every subject × type, and every subject as a whole, is followed through time; where
 * rules are met an episode opens, rises and falls. Nothing after a moment is used to judge that moment, so a longer
 * stream only adds to what a shorter one said.
 */
#include "base/err.h"
#include "model/baseline.h"
#include "model/forecast.h"
#include "model/indicator.h"
#include "model/level.h"
#include "model/series.h"

/* A change of level and the arithmetic behind it. */
struct change {
	int64_t t;
	uint8_t from, to;
	bool whole;               /* the subject as a whole met the rule */
	int rule;                 /* -1: fell after quiet */
	double v[RULE_CONDS], limit[RULE_CONDS], usual[RULE_CONDS];
	double period;            /* weight of the sensitive period, 1 = none */
};

enum { EVIDENCE_PLATFORMS = 12, NODES = 6, TOPS = 4 };

struct crowd;  /* authors of a window */
struct series; /* one subject × type, or a subject as a whole */

struct episode {
	uint16_t subject, type;
	int64_t opened, closed;   /* closed: INT64_MIN while open */
	int64_t start;            /* first public negative it counts */
	int64_t last;             /* last observation */
	enum level peak;
	struct ladder ladder;
	struct change *path;
	size_t npath, path_cap;
	struct sums sums;         /* from start to the end */
	int64_t authors, neg_authors;
	double usual_1h, top_1h, surprise;  /* of negative authors; at the highest hour */
	double baseline_days;
	int64_t top_at;
	/* observations by number in the book, UINT32_MAX: none */
	uint32_t first, top[TOPS], node[NODES], by_platform[EVIDENCE_PLATFORMS], media, official, own;
	struct figures now;       /* at the last evaluation */
	struct forecast forecast; /* at the clock */
	double speed_1h, speed_top; /* mentions in the hour before the clock; in the fullest hour */
	double chance_next;       /* of reaching the next level within 6 h */
	bool side;                /* a lesser type beside a greater incident of the same subject */
	bool beside;              /* more people speak of another incident of the subject at the time: the other types are that one's */
	struct crowd *crowd;      /* while it is built */
	struct series *series;
};

struct detection {
	struct episode **e;
	size_t n, cap;
	int64_t from, clock;
	struct arena arena;       /* owns the episodes */
	/* forecast scoring: errors gathered while running, see score_forecasts */
	struct { double n, abs_model, abs_naive, inside, actual; } score[HORIZONS];
};

struct detect_opts {
	int64_t clock;            /* the present; INT64_MIN: book_clock */
	bool score_forecasts;
	/* called at every change of level as it happens in event time; may be NULL */
	void (*changed)(void *ctx, const struct episode *e);
	void *ctx;
};

/* Sorts the book and follows it. Marks replays and planted posts in it. -1: a jq condition failed. */
int detect_run(struct book *b, const struct rules *r, const struct detect_opts *o, struct detection *d, struct err *e);
void detect_free(struct detection *d);

struct incident_opts {
	bool english;             /* why and notes; Chinese otherwise */
};
/* One incident as JSON. */
void incident_put(const struct detection *d, const struct book *b, const struct rules *r, const struct episode *e,
    const struct incident_opts *o, struct buf *out);
/* The same for people: every number with the arithmetic that led to it. */
void incident_explain(const struct detection *d, const struct book *b, const struct rules *r, const struct episode *e,
    const struct incident_opts *o, struct buf *out);
/* "inc-" and 16 hexadecimal digits of subject, type and the UTC day it opened. */
void incident_id(const struct book *b, const struct episode *e, struct buf *out);
/* One sentence for a change. */
void change_why(const struct rules *r, const struct change *c, bool english, struct buf *out);

struct term {
	struct str s;
	double score;
	int n;                    /* texts it stands in */
};
enum { TERMS = 10 };
/* Words that stand in the texts of the episode far more often than before it. Returns how many; strings live in a. */
size_t incident_terms(const struct book *b, const struct episode *e, int64_t clock, struct arena *a, struct term out[TERMS]);

#endif
