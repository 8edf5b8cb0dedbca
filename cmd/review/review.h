#ifndef REVIEW_H
#define REVIEW_H
/* What the parts of review share: one case looked back at, and what is written about it. */
#include "cli/msg.h"
#include "cli/opt.h"
#include "cli/run.h"
#include "ext/store.h"
#include "model/effect.h"
#include "model/layout.h"
#include "model/names.h"
#include "model/review.h"

struct conf {
	const char *db, *format, *lang, *offset_text, *colour_text, *month, *dir, *as;
	int64_t window, offset;
	int to; /* index of formats */
	bool zh, colour, playbooks, save;
};
#define W(conf, zh_text, en_text) ((conf)->zh ? (zh_text) : (en_text))

/* An action: what was done within one quarter of an hour. */
struct action {
	int64_t t;
	const struct moment *m; /* [n] of case_review.action */
	size_t n;
	struct window before, after;
	struct interval difference; /* of the negative shares */
	struct its its;
	size_t others;          /* other actions within both windows */
	bool full;              /* both windows lie in what was observed */
};

struct said { /* a released text */
	struct str id, form, lang;
	int64_t version;
	bool apologises, denies, compensates;
};

struct foretold {
	const struct forecast_seen *f;
	int64_t actual;
};

enum where { WHERE_PROCESS, WHERE_RULES, WHERE_PLAYBOOK, WHERE_TEXTS, WHERE_SYSTEM };
extern const char *const where_name[];
struct lesson {
	const char *id;        /* "clock.statement" */
	enum tone tone;
	enum where where;      /* what it would change */
	struct str what, advice;
	struct str *ids;       /* [nids] events and posts behind it */
	size_t nids;
};

enum { BLOCKS = 28 };
struct looked {
	const struct conf *conf;
	struct arena mem;
	struct store *s;       /* not owned */
	int64_t now;
	struct str id, subject_name;
	struct case_review r;
	int64_t from, until;   /* posts looked at */
	int64_t start;         /* first post of the crisis, or its discovery */
	int64_t heard;         /* end of what was observed, until or before it */
	int64_t history_h;     /* hours of history behind what is usual */
	struct curve curve;
	struct course *course;
	double rhythm[24];
	struct action *action;
	size_t naction;
	struct moment response; /* where before ends and after begins */
	struct window share_before, share_after, block[BLOCKS];
	size_t nblock;
	int64_t block_s;
	struct interval share_difference;
	enum verdict share_verdict;
	bool share_stays, share_told; /* told: enough posts */
	size_t share_back;     /* the block that is above again, when not share_stays */
	bool play_found, play_same; /* in the library; in the version of the case */
	struct str play_version, cluster, *strategy;
	size_t nstrategy;
	bool may_apologise, must_apologise, may_deny;
	struct said *said;
	size_t nsaid, said_cap;
	struct foretold *foretold;
	size_t nforetold;
	int64_t notices, notices_failed, notices_unacked;
	struct str notice_error;
	int64_t before_alert;  /* negatives of the window before the alert */
	int64_t late_collected, collected;
	struct lesson *lesson;
	size_t nlesson, lesson_cap;
};

/* --- look.c --- */
/* The full id of a case as typed; ends the program when there is none. */
struct str case_id(struct store *s, struct arena *a, const char *typed, int64_t now);
/* Reads everything about one case. 0: the case holds no events. Ends the program on a fault. */
bool look(struct looked *k, struct store *s, const struct conf *conf, struct str id);
void looked_free(struct looked *k);

/* --- lessons.c --- */
void lessons(struct looked *k);
/* Short names of a lesson by its id, and of what it would change. */
struct str lesson_label(const struct conf *conf, const char *id);
struct str where_label(const struct conf *conf, enum where w);

/* --- case.c --- */
void compose_case(struct doc *d, struct looked *k);
struct str case_name(struct looked *k);
struct str clock_label(const struct conf *conf, enum response c);
struct str span(struct looked *k, int64_t s);
struct str percent(struct looked *k, double v); /* "86.3%" */
struct str action_what(struct looked *k, const struct action *a);
int64_t limit_left(const struct response_clock *c);

/* --- record.c --- */
/* The record, one JSON object without a newline. at: whether it says when it was made. */
void put_record(struct looked *k, bool at, struct buf *out);
/* Ends the program when it is not allowed or fails. The case must not have changed since it was read. */
void save(struct looked *k);

/* --- many.c --- */
int month(const struct conf *conf, struct store *s, struct doc *d, struct buf *json);
int playbooks(const struct conf *conf, struct store *s, struct doc *d, struct buf *json);

#endif
