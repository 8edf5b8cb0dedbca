#ifndef MODEL_PHRASE_H
#define MODEL_PHRASE_H
/*
 * Words and phrases of many posts, without a dictionary, and which of them are new or rising against a reference.
 *
 * A phrase is a sequence of up to PHRASE_MAX units (one Han character, one Latin word, one number) that keep together
 * (pointwise mutual information at every cut) and whose borders are free (entropy of the neighbours); a hashtag is one
 * phrase. Phrases are told apart folded: width, case, simplified and traditional alike.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "model/normalize.h"

enum {
	PHRASE_MAX = 16,         /* units of one phrase */
	PHRASE_IDS = 3,
	PHRASE_TYPES = 3,
	PHRASE_UNITS = 128 << 20, /* kept at most, unless told otherwise, a post counting 16 beside its text: 512 MiB */
	PHRASE_POST = 20000,     /* units read of one post */
	PHRASE_COPY = 20         /* from that many units on the same text is a copy */
};

struct phrases;

/* units: kept at most (0: PHRASE_UNITS). fold outlives the result. Free it with phrases_free. */
struct phrases *phrases_new(const struct fold *fold, size_t units);
void phrases_free(struct phrases *p);

struct phrase_post {
	struct str id, cluster;  /* posts of one cluster are copies; empty: the post alone */
	struct str title, text;  /* valid UTF-8 */
	struct str type;         /* crisis type, or empty */
	int64_t published;       /* INT64_MIN: not known */
	int sentiment;           /* -1, 0, 1; anything else: not judged */
	bool reference;          /* of the earlier time */
};
/* Takes a post in; nothing of it is needed afterwards. */
void phrases_add(struct phrases *p, const struct phrase_post *post);

enum phrase_status { PHRASE_STEADY, PHRASE_RISING, PHRASE_NEW };

struct phrase {
	struct str text;         /* its most frequent spelling */
	enum phrase_status status;
	size_t n, posts;         /* posts with it, copies counted once; all */
	size_t ref;              /* posts of the reference with it, copies counted once */
	double g2, ratio;        /* signed log-likelihood ratio; ratio of the shares, smoothed */
	int64_t first;           /* earliest published; INT64_MIN: not known */
	size_t sentiment[3];     /* neg, neu, pos of posts */
	struct {
		struct str type;
		size_t n;
	} type[PHRASE_TYPES];
	size_t ntypes;
	struct str id[PHRASE_IDS]; /* of the earliest posts */
	size_t nids;
};

struct phrase_result {
	struct phrase *p;        /* n of them, strongest first; owned by struct phrases, as are their strings */
	size_t n;
	size_t of, ref_of;       /* posts of the stream and of the reference, copies counted once */
	size_t posts;            /* of the stream, all */
	size_t min;              /* the least number of posts that was asked for */
	int64_t latest;          /* published, of the stream; INT64_MIN: not known */
	double sample;           /* share of clusters kept; 1: all */
};

struct phrase_conf {
	/*
	 * Least posts. 0: 3, or more with much text: a post in 10,000, one in 4 million units. Below 3 only single words and
	 * hashtags are found, for a phrase must be seen in three contexts.
	 */
	size_t min;
	size_t top;              /* at most so many; 0: all */
	bool all;                /* steady ones too; without reference that is always so */
};
/* Call once, after the last post. */
void phrases_find(struct phrases *p, const struct phrase_conf *conf, struct phrase_result *out);

/*
 * Dunning's log-likelihood ratio of n of N against r of R; negative when the share is smaller in the first. 0 when
 * either is empty.
 */
double phrase_g2(double n, double of, double r, double ref_of);

#endif
