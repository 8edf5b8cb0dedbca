#ifndef MODEL_SIM_H
#define MODEL_SIM_H
/*
 * Seeded, lifelike streams of posts with known truth: a bank's day with an outage for demonstrations and drills, and
 * the short kinds that tell whether detection is right. The same settings give the same bytes. All organisations,
 * people, accounts and numbers are invented; identity numbers and cards have valid check digits and belong to nobody.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

enum sim_kind {
	SIM_DAY,         /* 24 h of a bank, its rivals and ordinary chatter; an outage grows from morning on */
	SIM_QUIET,       /* habit and noise only */
	SIM_SEASONAL,    /* strong, regular peaks by hour and weekday */
	SIM_SLOW,        /* a crisis that grows over one to three days */
	SIM_FLASH,       /* a crisis within minutes */
	SIM_SHIFT,       /* the everyday level moves up for good: no crisis */
	SIM_REPLAY,      /* an old story is copied again by many: no crisis */
	SIM_PLANTED,     /* a few hands post the same things hundreds of times: no crisis */
	SIM_HOLIDAY,     /* everybody posts more, greetings and promotions: no crisis */
	SIM_SOURCE,      /* a source falls silent, then delivers the hours it owes out of order: no crisis */
	SIM_KINDS
};
extern const char *const sim_kind_name[SIM_KINDS + 1]; /* "day" … "source-outage", then NULL */

struct sim_conf {
	enum sim_kind kind;
	uint64_t seed;
	int64_t start;   /* first second; local midnight of UTC+8 makes the day look right */
	int64_t posts;   /* SIM_DAY: how many in all; 0 = 22000. Others: 0, or about how many a day in quiet times */
	int days;        /* the other kinds; 0 = 10 */
	bool members;    /* subjects, sentiment, crisis and dup stand in the posts, as the pipe would set them */
	bool truth;      /* a last record {"kind":"truth",…}: stream, subject, crisis, type, orange (the moment), until */
};

/* Called with every record in the order of delivery; the text dies after the call. */
typedef void sim_fn(void *ctx, struct str json);
/* -1: ERR_USAGE when the settings make no sense. */
int sim_run(const struct sim_conf *conf, sim_fn *fn, void *ctx, struct err *e);

#endif
