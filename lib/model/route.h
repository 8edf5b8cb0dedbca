#ifndef MODEL_ROUTE_H
#define MODEL_ROUTE_H
/* Who is told, when, how often: routes, quiet hours, keys, rates, waits. Pure: the present comes in as an argument. */
#include "model/message.h"

struct quiet {
	bool on;
	int from_min, to_min;  /* minutes of the local day; from > to: over midnight */
};

struct route_step { /* of the ladder for what nobody acknowledges */
	int64_t after_s;
	struct str *to;
	size_t nto;
};

enum { GROUP_SUBJECT = 1, GROUP_TYPE = 2, GROUP_LEVEL = 4, GROUP_KIND = 8, GROUP_ALL = 16 };

struct route {
	struct str name;
	unsigned kinds;        /* bit msg_kind; 0 = all */
	unsigned levels;       /* bit case_level; 0 = all */
	struct str *subject, *type, *change; /* lists; none = all. A type ending in '.' stands for all that start so. */
	size_t nsubject, ntype, nchange;
	int when;              /* number of its condition, -1 = none */
	struct str *to;        /* names of channels */
	size_t nto;
	bool go_on;            /* `continue`: later routes are asked too */
	struct quiet quiet;
	unsigned group;        /* GROUP_ bits; 0 = every message on its own */
	int64_t wait_s;        /* how long a message waits for others of its group */
	struct route_step *step;
	size_t nstep;
};

/* Sets hit[i] for the routes that take the message; first: the first that does, and what its `continue` lets follow. when: answers of the conditions. */
size_t route_pick(const struct route *r, size_t n, bool first, const struct message *m, const bool *when, bool *hit);

/* Names joined so that different ones cannot give the same key. part 0 = the only one; step 0 = not from a ladder. */
struct str route_key(struct arena *a, struct str channel, struct str target, const struct message *m, size_t step,
    size_t part);
/* Empty when the route does not group. */
struct str route_group(struct arena *a, const struct route *r, const struct message *m);

/* t, or the end of the quiet hours t falls into. */
int64_t quiet_until(const struct quiet *q, int64_t zone_s, int64_t t);

struct retry {
	int64_t first_s, most_s;
	int64_t max;           /* attempts altogether */
};
/* Wait after attempt 1, 2, …: first · 2^(attempt-1), at most most, plus up to a quarter that depends on key and attempt. */
int64_t retry_wait(const struct retry *r, int64_t attempt, struct str key);

/* At most n messages in any per_s seconds. n 0 = no limit. */
struct rate {
	int64_t n, per_s;
};
enum { RATE_MAX = 1000 };
/* A log of send times, oldest first. */
struct rate_log {
	int64_t t[RATE_MAX];
	size_t n;
};
void rate_log_read(struct rate_log *l, struct str text);   /* "17,18,18"; anything odd is passed over */
void rate_log_write(const struct rate_log *l, struct buf *out);
/* Forgets what is over, returns how many may go now (SIZE_MAX without a limit). */
size_t rate_room(struct rate_log *l, const struct rate *r, int64_t now);
void rate_add(struct rate_log *l, const struct rate *r, int64_t now);
/* When the next may go, if none may now. */
int64_t rate_next(const struct rate_log *l, const struct rate *r, int64_t now);

#endif
