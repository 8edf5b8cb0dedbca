#ifndef MODEL_LEVEL_H
#define MODEL_LEVEL_H
/* Rules, the four levels, and how a level rises and falls. */
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "model/indicator.h"

enum level { LEVEL_NONE, LEVEL_BLUE, LEVEL_YELLOW, LEVEL_ORANGE, LEVEL_RED, LEVELS };
extern const char *const level_name[LEVELS + 1]; /* "none" blue yellow orange red NULL */
extern const char *const level_zh[LEVELS];
extern const char *const level_grade[LEVELS];    /* 一般 … 特别重大 */
extern const char *const level_three[LEVELS];    /* low mid mid high */

/* indicator >= max(min, times · usual) and, when set, <= most. */
struct cond {
	uint8_t ind;
	double min, times, most; /* most: INFINITY when not set */
};
enum { RULE_CONDS = 8 };

struct rule {
	struct str id;
	uint8_t level;
	bool weigh;              /* the type's weight and sensitive periods move its thresholds */
	bool whole;              /* asked of the subject as a whole, too */
	struct cond c[RULE_CONDS];
	size_t n;
	int filter;              /* number of its jq condition, -1: none */
	struct str *type;        /* only these types; none: all */
	size_t ntype;
	struct str zh, en;       /* what to say beside the figures; may be empty */
};

struct type_weight {
	struct str type;
	double weight;           /* below 1: thresholds come down */
};

struct period {              /* a sensitive time */
	int64_t from, to;
	double weight;
	struct str name;
};

struct rules {
	struct rule *r;
	size_t n;
	double hold;             /* a level is held while its rules are met with thresholds times this */
	int64_t quiet;           /* seconds below that before it falls */
	int64_t offset;          /* local time ahead of UTC, seconds */
	int64_t replay;          /* a story silent for so long that comes back is a replay */
	double spread;           /* of the negative binomial */
	struct type_weight *tw;
	size_t ntw;
	struct period *period;
	size_t nperiod;
	double heat[HEAT_PARTS];
	struct keywords *word;   /* [WORDS] */
	size_t nword;
	/* the jq condition number i over the indicators as JSON; NULL: there are none */
	bool (*when)(void *ctx, int i, struct str json);
	void *ctx;
};

/* The highest level whose rule is met; *which gets the rule's number (untouched for LEVEL_NONE). */
struct figures {
	double v[INDICATORS], usual[INDICATORS]; /* usual < 0: unknown */
	struct str type;
	double weight;           /* of the type and the moment */
	bool whole;
};
enum level level_of(const struct rules *r, const struct figures *f, double factor, const bool *filters, int *which);
double type_weight(const struct rules *r, struct str type);
double period_weight(const struct rules *r, int64_t t, struct str *name);
/* The threshold of a condition for these figures. */
double cond_limit(const struct cond *c, const struct rule *r, const struct figures *f, double factor);

/* The ladder of one episode. */
struct ladder {
	enum level level;
	int64_t held[LEVELS];    /* last moment the level, or a higher one, was held */
};
/*
 * Advances to time t: falls that were due before t come first: *fell_at is when, and the new level is returned (LEVEL_NONE
 * ends the episode). When nothing falls, *fell_at is INT64_MIN and the level is returned.
 */
enum level ladder_fall(struct ladder *l, int64_t t, int64_t quiet, int64_t *fell_at);
/* At t the rules say now, and with held-down thresholds hold (>= now). Returns the level, which may have risen. */
enum level ladder_rise(struct ladder *l, int64_t t, enum level now, enum level hold);

#endif
