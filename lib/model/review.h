#ifndef MODEL_REVIEW_H
#define MODEL_REVIEW_H
/*
 * What the audit trail of one case says about the response: the moments that clocks run between, tasks in time and late,
 * the path of levels; and what reviews of many cases say about a playbook. Pure: no store, no posts, no clock.
 */
#include "base/err.h"
#include "model/casefile.h"

/* Something that happened, with where it is written down. */
struct moment {
	int64_t t;          /* 0 = did not happen */
	int64_t seq;        /* number of the event, 0: none */
	struct str what;    /* kind of the event, or "incident", "post", "curve" */
	struct str id;      /* task, text, post, level, or empty */
	struct str by;
};

enum response { RESPONSE_HANDLING, RESPONSE_STATEMENT, RESPONSE_ACTION, RESPONSE_CONTAIN, RESPONSES };
extern const char *const response_name[RESPONSES + 1];
enum kept { KEPT_UNKNOWN, KEPT_RUNNING, KEPT_YES, KEPT_NO };
extern const char *const kept_name[]; /* "unknown" "running" "kept" "missed" */

struct response_clock {
	struct moment at;
	int64_t limit_s, default_s;
	struct str limit_from; /* id of the task of the plan, empty: the default */
	int64_t took_s;        /* KEPT_YES, and KEPT_NO when it did happen */
	enum kept state;
};

enum timing { TIMING_OPEN, TIMING_OVERDUE, TIMING_IN_TIME, TIMING_LATE, TIMING_SKIPPED, TIMING_DONE /* had no deadline */, TIMINGS };
extern const char *const timing_name[TIMINGS];
struct department {
	struct str name;
	int64_t n[TIMINGS];
	int64_t late_s;        /* median lateness of what was late or overdue, 0: none */
};

struct forecast_seen { /* what an incident foretold */
	int64_t seq, made;
	int64_t hours;         /* 1, 6, 24 */
	int64_t expected, low, high;
};

struct text_path { /* of one text */
	struct str id, form, lang;
	struct moment made, submitted, released;
	int64_t rejections;
};

struct case_review {
	struct casefile c;
	int64_t now, end;      /* end: now, or when the case was closed or merged */
	struct moment opened, alert, first_post, found; /* found: the discovery */
	struct response_clock clock[RESPONSES];
	enum case_level peak;
	struct moment *action; /* released texts, changes of level, tasks done, in order of events */
	size_t naction, action_cap;
	struct moment *level;  /* openings, changes of level, ends; id: the level, or "closed" */
	size_t nlevel, level_cap;
	struct text_path *text;
	size_t ntext, text_cap;
	struct forecast_seen *forecast;
	size_t nforecast, forecast_cap;
	struct department *dept;
	size_t ndept, dept_cap;
	int64_t ntask;         /* without the rhythm of updates */
	int64_t timing[TIMINGS];
	int64_t late_s;        /* median over all tasks */
	enum timing *task;     /* [c.ntask] */
	int64_t *task_late_s;  /* [c.ntask] */
	int64_t legal, legal_kept; /* statutory and self-set clocks that are over or past */
	int64_t raises, lowers, escalations;
	int64_t nwords;        /* releases, and tasks done that stand for one */
	int64_t update_gap_s;  /* longest silence after the first of them; -1: there is none */
	struct moment update_after; /* where it began */
	bool public_plan;      /* the plan's release grade is public */
	bool disorder;         /* an event stands before the one before it */
	struct moment start[RESPONSES]; /* what decides while events come */
	bool planned;          /* a plan was taken */
	int64_t plan_limit[RESPONSES]; /* of the first plan, from the discovery */
	int64_t plan_due[RESPONSES];   /* earliest of later ones, a time */
	struct str plan_task[RESPONSES];
	struct moment publish_done, contain_done, other_done;
	int64_t last;          /* time of the event before */
};

void case_review_init(struct case_review *r, struct str id, int64_t now);
void case_review_free(struct case_review *r);
/* Events in order. -1 as casefile_apply. Events of reviews themselves do not count. */
int case_review_event(struct case_review *r, const struct case_event *ev, struct err *e);
/*
 * After the last event. own_post: first post of the organisation after the discovery, or t 0. Everything but containment
 * is known then.
 */
void case_review_close(struct case_review *r);
void case_review_own(struct case_review *r, int64_t t, struct str id);
/* contained: 0 = not yet; known: whether the curve could tell; until: end of what was observed. */
void case_review_contain(struct case_review *r, bool known, int64_t contained, int64_t until);
/* Of the time for containment what was left, -1..1; false: cannot be told yet. */
bool case_review_effect(const struct case_review *r, double *effect);

/* --- playbooks ---------------------------------------------------------------------------------------------------------- */

/* The record of one playbook over saved reviews. */
struct past_record {
	struct str id, version;
	int64_t reviewed;      /* cases */
	int64_t told;          /* of them those that can be told effective or not */
	int64_t effective;
	int64_t kept, missed;  /* clocks */
	int64_t *half;         /* [nhalf] seconds from peak to half */
	size_t nhalf, half_cap;
	double rank;           /* past_rank(effective, told) */
};
/*
 * The order among equals, -1..1: the lower end of Wilson's interval; where nothing was effective, less the more cases
 * say so: nothing known is 0.
 */
double past_rank(int64_t effective, int64_t told);
int64_t median(int64_t *v, size_t n); /* sorts v; 0 for none; of an even number the mean of the two */
/* Nearest rank; sorts v. */
int64_t percentile(int64_t *v, size_t n, int p);

#endif
