#ifndef MODEL_TALLY_H
#define MODEL_TALLY_H
/*
 * Counts over posts for a report, in one pass and bounded memory: how many, of which mood, where, when, by whom, and for
 * each number the ids that tell it best. Pure; the order of posts does not change the result, except that the first of
 * two posts with one id counts.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/str.h"
#include "rec/json.h"

enum { TALLY_IDS = 200, TALLY_TOP = 40, TALLY_STEP = 900 /* seconds of the finest bucket */ };

struct tally_opts {
	int64_t from, until; /* published in [from, until) */
	struct str subject;  /* only posts about it; empty: all */
	size_t ids;          /* how many ids to keep behind a number, at most TALLY_IDS */
};

/* The ids with the most engagement, then the earliest. */
struct tally_id {
	struct str id;
	int64_t weight, t;
};
struct ids {
	struct tally_id *v;
	size_t n, cap, worst;
	int64_t total;
};

struct count {
	int64_t n, neg, neu, pos; /* neg: see tally_post; the rest of n is not judged */
	int64_t engagement, views, viewed; /* viewed: posts whose views are known */
	struct ids all, negs;
};

/* Posts by quarter of an hour. */
struct hist {
	struct map at; /* 8 bytes of the quarter's number -> index + 1 */
	int64_t *quarter, *all, *neg;
	size_t n, cap;
	int64_t last; /* quarter found last, and where */
	size_t last_at;
};

struct group {
	struct str key;
	struct count c;
	struct hist h; /* of subjects only */
};
struct groups {
	struct map at;
	struct group *g; /* after tally_close by n, then key */
	size_t n, cap;
};

/* One post, as far as it is shown. Strings live in the tally's arena. */
struct post {
	struct str id, platform, voice, author, title, text, url, type, form, source, cluster;
	struct str label;    /* neg neu pos, or empty */
	double score;
	int64_t t, weight, engagement;
	int64_t views, likes, reposts, comments, followers; /* -1 = not known */
	bool negative;       /* counted as negative */
	bool verified, named; /* named: its author may be shown */
};
struct posts {
	struct post *v; /* after tally_close by weight, or by time where the field says so */
	size_t n, cap, worst;
	int64_t total;
};

/* Copies of one text. */
struct story {
	struct str cluster;
	int64_t n, neg, engagement, first, last;
	uint32_t seen;        /* a bit for each platform */
	struct post *sample;  /* the copy with most engagement; without copies the post if it is among the top ones, else NULL */
};

struct u64set {
	uint64_t *slot;
	size_t cap, n;
	bool zero;
};

struct tally {
	struct tally_opts o;
	struct arena mem;
	struct count all;
	int64_t first, last;             /* published; 0 = none */
	int64_t own, official, media, rival, adverts, copies, shared, echoed; /* shared: reposts and comments; echoed: copies or shared */
	int64_t authors, neg_authors;    /* different ones */
	int64_t outside, unmatched, drills, again, undated; /* not counted: not in time, without subject, of drills, id met before, without time */
	struct hist hist;
	struct groups platform, type, subject, region, emotion, tag, severity, channel;
	struct posts worst;              /* negative, by engagement */
	struct posts voices;             /* by followers: media, verified and large accounts */
	struct posts own_posts, official_posts, media_posts; /* by time */
	struct post earliest;            /* the first negative one; id empty: none */
	struct map story_at;
	struct story *story;             /* after tally_close by n, engagement, first, cluster */
	size_t nstory, story_cap;
	bool subjects;                   /* posts carry subjects, and those without do not count */
	struct u64set seen, seen_author, seen_neg_author;
};

void tally_open(struct tally *t, const struct tally_opts *o);
/* Counts a record of kind post. */
void tally_post(struct tally *t, struct json post);
void tally_close(struct tally *t); /* sorts */
void tally_free(struct tally *t);

/*
 * n buckets of step seconds (a multiple of TALLY_STEP) from from (one too) out of h into all and neg.
 */
void hist_buckets(const struct hist *h, int64_t from, int64_t step, size_t n, int64_t *all, int64_t *neg);
/* The group with this key, or NULL. */
const struct group *groups_find(const struct groups *g, struct str key);

#endif
