#ifndef EXT_STORE_H
#define EXT_STORE_H
/*
 * The store: posts, their time series, what was fetched, cases and their audit trail, texts and approvals, notices.
 * SQLite (WAL) is behind it; callers know the verbs below and nothing of SQL. tocsin-store(5) describes the tables.
 *
 * Rules that hold for every function:
 * - 0 is done, -1 failed with e filled: ERR_AGAIN another process holds the store too long (exit 75), ERR_CONFIG no
 *   store, a damaged or a newer one (78), ERR_IO the disk (74). Functions that look something up: 1 found, 0 not, -1.
 * - Writes run in the caller's transaction (store_begin … store_commit) or, without one, in one of their own. After
 *   -1 inside a transaction call store_rollback. Never wait for the network between begin and commit.
 * - Views handed to a callback die when it returns; a struct filled with an arena argument lives in that arena.
 * - An empty struct str means "absent". Times are seconds since 1970 UTC; 0 means "absent".
 * - A callback returns 0 to go on, 1 to stop quietly, -1 with e filled to stop with that error. It must not write to
 *   the store while it is called.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "rec/rec.h"

struct store;

enum store_mode {
	STORE_READ,  /* must exist; nothing is changed */
	STORE_WRITE, /* must exist; an older one is brought up to date */
	STORE_CREATE /* as STORE_WRITE, made (mode 0600) when absent */
};
/* path: see path_store() in cli. */
int store_open(const char *path, enum store_mode mode, struct store **s, struct err *e);
void store_close(struct store *s); /* rolls back what is not committed; NULL is allowed */
int store_begin(struct store *s, struct err *e); /* waits up to 10 s for other writers, then ERR_AGAIN */
int store_commit(struct store *s, struct err *e);
void store_rollback(struct store *s);
bool store_in_tx(const struct store *s);

/* --- posts (store_post.c) ------------------------------------------------------------------------------------------ */

/*
 * Stores one record of kind post (members read: id published collected source platform form subjects crisis sentiment
 * dup metrics title text drill). Known id: nothing happens when all but `collected` is the same; otherwise the newer
 * bytes replace the older, and counts that changed are added as a reading at `now`. -1 ERR_DATA: required member absent.
 */
enum store_how { STORE_NEW, STORE_CHANGED, STORE_SAME };
int store_post_add(struct store *s, struct rec *r, int64_t now, enum store_how *how, struct err *e);

struct store_query {
	int64_t since, until;   /* published in [since, until); until 0 = no end */
	struct str id;          /* exactly this post */
	struct str subject, type, platform, source, cluster;
	struct str sentiment;   /* neg neu pos */
	struct str text;        /* words, all of which must occur; Chinese of any length, "quoted phrase" */
	int64_t limit;          /* 0 = all */
	bool newest;            /* newest first instead of oldest first; ties by id either way */
	bool drills;            /* posts of drills only; they are left out otherwise */
};
/* Every post's bytes as they were stored, in order of published, id. */
typedef int store_post_fn(void *ctx, struct str json, struct err *e);
int store_posts(struct store *s, const struct store_query *q, store_post_fn *fn, void *ctx, struct err *e);
int store_posts_count(struct store *s, const struct store_query *q, int64_t *n, struct err *e);
int store_post_get(struct store *s, struct str id, struct arena *a, struct str *json, struct err *e); /* 1 0 -1 */

enum { METRIC_VIEWS, METRIC_LIKES, METRIC_REPOSTS, METRIC_COMMENTS, METRIC_FAVOURITES, METRIC_PLAYS, METRIC_DWELL, METRICS };
extern const char *const store_metric_names[METRICS]; /* "views" "likes" … "dwell_s" */
struct store_reading {
	int64_t ts;
	int64_t v[METRICS]; /* -1 = not known */
};
typedef int store_reading_fn(void *ctx, const struct store_reading *r, struct err *e);
int store_readings(struct store *s, struct str post_id, store_reading_fn *fn, void *ctx, struct err *e); /* by time */

/* Sums over hours, kept while posts are added; drills are not in them. */
struct store_point {
	int64_t ts;        /* start of the bucket */
	int64_t step;      /* seconds: 3600, 86400, … */
	struct str subject, type, platform; /* empty where the series sums over it */
	int64_t n;         /* posts */
	int64_t uniq;      /* of them not copies of another */
	int64_t neg, neu, pos;
	double sum, sum2;  /* of sentiment scores and of their squares */
	int64_t engagement; /* likes + reposts + comments + favourites, by the latest reading */
	int64_t views;
};
struct store_series_query {
	int64_t since, until;   /* buckets in [since, until) */
	int64_t step;           /* multiple of 3600; 0 = 3600 */
	int64_t offset;         /* seconds east of UTC for buckets of days, e.g. 28800 */
	struct str subject;     /* empty: all posts, each counted once, whatever its subjects */
	struct str type, platform; /* empty: all */
	bool by_subject, by_type, by_platform; /* one series for each instead of one sum */
};
typedef int store_point_fn(void *ctx, const struct store_point *p, struct err *e);
/* In order of series, then time. Buckets without posts are not called. */
int store_series(struct store *s, const struct store_series_query *q, store_point_fn *fn, void *ctx, struct err *e);

/*
 * Feedback of a person on one post ("type" should be fee.dispute): appended to the chain, latest per field wins.
 * -1 ERR_NO: no such post.
 */
struct store_label {
	struct str post_id, field, value; /* field: sentiment, type, subject, severity, … */
	struct str actor, reason;
	int64_t ts;
};
int store_label_add(struct store *s, const struct store_label *l, struct err *e);
typedef int store_label_fn(void *ctx, const struct store_label *l, struct str post_json, struct err *e);
int store_labels(struct store *s, int64_t since, store_label_fn *fn, void *ctx, struct err *e);

/* Retention: posts published before t go, with readings and search index; sums stay. *n: how many. Adds an event. */
int store_purge(struct store *s, int64_t before, struct str actor, int64_t now, int64_t *n, struct err *e);
/* One person's right to be forgotten: posts with this id, author id or customer go, fingerprints too. Adds an event. */
enum store_forget { FORGET_POST, FORGET_AUTHOR, FORGET_CUSTOMER };
int store_forget(struct store *s, enum store_forget what, struct str id, struct str actor, int64_t now, int64_t *n,
    struct err *e);

/* --- what was fetched (store_fetch.c) ------------------------------------------------------------------------------- */

/* One URL (or path, or command) of one source. */
struct store_fetch {
	struct str key;             /* primary: the caller's choice, e.g. "name url" */
	struct str name, url;       /* of the source, for --status */
	struct str etag, last_modified, body_sha; /* validators of the last good answer */
	struct str cursor;          /* opaque to the store: paging position, JSON */
	int64_t last_try, last_ok, last_new;      /* last_new: when it last gave an unseen post */
	int64_t next_try;           /* not before */
	int64_t failures;           /* in a row; 0 after a success */
	int64_t status;             /* last HTTP status, 0 = none */
	struct str error;           /* of the last failure, empty after a success */
	int64_t items;              /* posts given so far */
};
int store_fetch_get(struct store *s, struct str key, struct arena *a, struct store_fetch *f, struct err *e); /* 1 0 -1 */
int store_fetch_put(struct store *s, const struct store_fetch *f, struct err *e);
typedef int store_fetch_fn(void *ctx, const struct store_fetch *f, struct err *e);
int store_fetches(struct store *s, store_fetch_fn *fn, void *ctx, struct err *e); /* by name, url */

struct store_host {
	struct str host;            /* "example.com" or "example.com:8080" */
	int64_t retry_after;        /* nothing before this time */
	int64_t last_request;
	struct str robots;          /* text of robots.txt, may be empty */
	int64_t robots_status;      /* HTTP status it came with, 0 = never asked */
	int64_t robots_until;       /* ask again after */
};
int store_host_get(struct store *s, struct str host, struct arena *a, struct store_host *h, struct err *e); /* 1 0 -1 */
int store_host_put(struct store *s, const struct store_host *h, struct err *e);

/*
 * Ids a source gave before, with a hash of the content, so that only new and changed posts are passed on. Look up
 * before writing the post out, mark after it has left the program, so that a crash repeats rather than loses.
 */
enum store_seen { SEEN_NEW, SEEN_CHANGED, SEEN_SAME };
int store_seen_get(struct store *s, struct str key, struct str id, uint64_t content, enum store_seen *how, struct err *e);
int store_seen_put(struct store *s, struct str key, struct str id, uint64_t content, int64_t now, struct err *e);
int store_seen_expire(struct store *s, int64_t before, struct err *e); /* not met since */

/*
 * Opens a run of the collector: what earlier runs gave out and nobody settled is forgotten, validators included, so that
 * it is given again (*again: so many posts). With run not NULL what this connection marks from now on stays open until
 * *run is settled. A run is settled where its posts are stored.
 */
int store_fetch_run(struct store *s, int64_t *run, int64_t *again, struct err *e);
int store_fetch_settle(struct store *s, int64_t run, struct err *e); /* ERR_NO: no such run of this store */

/* --- fingerprints for dedupe across runs (store_dup.c) ----------------------------------------------------------------- */

struct store_dup {
	struct str id;       /* of the post */
	struct str cluster;  /* id of its cluster's first post; equal to id for a first post */
	int64_t published;
	uint64_t exact;      /* hash of the folded text */
	struct str sketch;   /* opaque bytes, at most 256 */
};
/* Inserts, or replaces the one with the same id. */
int store_dup_put(struct store *s, const struct store_dup *d, struct err *e);
typedef int store_dup_fn(void *ctx, const struct store_dup *d, struct err *e);
int store_dups(struct store *s, int64_t since, store_dup_fn *fn, void *ctx, struct err *e); /* in order of insertion */
int store_dup_expire(struct store *s, int64_t before, struct err *e); /* published before */

/* --- the audit trail and cases (store_case.c) -------------------------------------------------------------------------- */

/* One fact. Appended, never changed; each carries the hash of the one before. */
struct store_event {
	int64_t seq;            /* 1, 2, 3 … over the whole store; set by store_event_add */
	int64_t ts;
	struct str actor;       /* who: a person's login, or a program such as "casefile" */
	struct str case_id;     /* empty: about no case */
	struct str kind;        /* "case.open" "task.done" "draft.approve" "store.purge" … */
	struct str data;        /* JSON object, "{}" when there is nothing to say */
	char prev[65], hash[65]; /* hex SHA-256, filled when read */
};
/* Of the event's content and of ev->prev: what ev->hash must be. */
void store_event_hash(const struct store_event *ev, char out[65]);
/* Call inside the transaction that changes the state the event tells of. -1 ERR_NO: case.open for a case that has events. */
int store_event_add(struct store *s, struct store_event *ev, struct err *e);
typedef int store_event_fn(void *ctx, const struct store_event *ev, struct err *e);
struct store_event_query {
	struct str case_id;     /* empty: all */
	struct str kind;        /* empty: all; a trailing '.' matches every kind with that beginning, as "draft." */
	int64_t after_seq;      /* only later ones */
	int64_t since, until;   /* ts in [since, until); until 0 = no end */
};
int store_events(struct store *s, const struct store_event_query *q, store_event_fn *fn, void *ctx, struct err *e);
/* The last event's number and hash; seq 0 and 64 zeros in an empty store. Kept elsewhere it proves a later cut. */
int store_head(struct store *s, int64_t *seq, char hash[65], struct err *e);

/*
 * Everything that can be told apart from an untouched store: SQLite's own integrity, gaps and order of the chain,
 * every hash, texts against the hashes their approvals name, evidence against its hash, posts against their sums'
 * totals. Each finding is one sentence. *bad: how many. expect: a hash of store_head kept elsewhere, or NULL.
 */
typedef void store_finding_fn(void *ctx, const char *text);
int store_check(struct store *s, const char *expect, store_finding_fn *fn, void *ctx, int64_t *bad, struct err *e);
/* The chain, texts and evidence only. */
int store_verify(struct store *s, const char *expect, store_finding_fn *fn, void *ctx, int64_t *bad, struct err *e);

/* Current state of a case: a row derived from its events (casefile rebuild makes it anew). json is its `case` record. */
struct store_case {
	struct str id;          /* "c-2026-0001" */
	struct str incident;    /* id of the incident that opened it, may be empty */
	struct str subject, type, level, state; /* state: open closed merged */
	struct str title, owner;
	struct str playbook, playbook_version;
	int64_t opened, updated, closed;
	int64_t due;            /* earliest deadline that is still open, 0 = none */
	int64_t tasks, open_tasks;
	struct str incident_level; /* of the incident as last recorded, with the hash of its record and the time */
	uint64_t incident_hash;
	int64_t incident_ts;
	struct str merged_into; /* id of the case that took this one in */
	int64_t seq;            /* last event folded in */
	bool drill;
	struct str json;        /* empty when a query was brief */
};
int store_case_put(struct store *s, const struct store_case *c, struct err *e);
int store_case_get(struct store *s, struct str id, struct arena *a, struct store_case *c, struct err *e); /* 1 0 -1 */
/* The case opened from this incident, rather one that is not merged away; the newest when there are several. 1 0 -1 */
int store_case_by_incident(struct store *s, struct str incident, struct arena *a, struct store_case *c, struct err *e);
/* Ids starting with prefix; 1 = exactly one (in *id), 0 = none, 2 = several. For short forms typed by people. */
int store_case_find(struct store *s, struct str prefix, struct arena *a, struct str *id, struct err *e);
struct store_case_query {
	struct str state, level, subject, type, owner; /* empty: any */
	bool open_only;         /* neither closed nor merged */
	int64_t opened_since, opened_until;
	bool drills;            /* drills too; they are left out otherwise */
	bool brief;             /* without json, which is most of a row: for lists */
	int64_t due_before;     /* with an open deadline before this; 0 = any */
};
typedef int store_case_fn(void *ctx, const struct store_case *c, struct err *e);
int store_cases(struct store *s, const struct store_case_query *q, store_case_fn *fn, void *ctx, struct err *e); /* by opened, id */
/*
 * A free number of the year (0 to 9999) for a case id, from 1 to STORE_CASE_NUMBER: the one behind the highest, or the
 * lowest free one when that is used up. Ids that do not end in a number do not count. Inside a transaction.
 */
#define STORE_CASE_NUMBER INT64_C(999999999)
int store_case_number(struct store *s, int year, int64_t *n, struct err *e);

struct store_task {
	struct str case_id, id;
	struct str department, assignee, state; /* open started done skipped */
	struct str duty;        /* for listing, one language */
	int64_t due;            /* 0 = none */
	int64_t done;           /* when it was done or skipped */
	struct str json;        /* its `task` record */
};
/* Replaces all tasks of the case. */
int store_tasks_put(struct store *s, struct str case_id, const struct store_task *t, size_t n, struct err *e);
struct store_task_query {
	struct str case_id, department, assignee, state;
	bool open_only;         /* neither done nor skipped, in cases neither closed nor merged */
	int64_t due_before;     /* 0 = any */
	bool drills;
	bool brief;             /* without json, which is most of a row: for lists */
};
typedef int store_task_fn(void *ctx, const struct store_task *t, struct err *e);
int store_tasks(struct store *s, const struct store_task_query *q, store_task_fn *fn, void *ctx, struct err *e); /* by due, case, order */
/* Drops every derived row of cases and tasks; the events stay. For rebuild, inside its transaction. */
int store_cases_clear(struct store *s, struct err *e);

/* Evidence by content: the same bytes are kept once. sha (65 bytes with NUL) is filled. */
int store_blob_put(struct store *s, struct str bytes, char sha[65], struct err *e);
int store_blob_get(struct store *s, struct str sha, struct arena *a, struct str *bytes, struct err *e); /* 1 0 -1 */

/* --- texts and approvals (store_draft.c) ------------------------------------------------------------------------------- */

struct store_draft {
	struct str id;          /* "d-…" by the caller; all versions of one text share it */
	int64_t version;        /* 1, 2 …; set by store_draft_add */
	struct str case_id;
	struct str kind, lang, audience, stage; /* statement, zh, customers, outbreak */
	struct str state;       /* draft submitted approved rejected released withdrawn */
	struct str author;
	int64_t created, updated;
	struct str text;        /* the bytes that are approved */
	char sha256[65];        /* of text; set by store_draft_add */
	struct str json;        /* open questions, findings, facts used */
};
/*
 * A new version of the text; its state is "draft". -1 ERR_NO: the id is that of a text of another case.
 * Same text as the latest version: no new one, *added false.
 */
int store_draft_add(struct store *s, struct store_draft *d, bool *added, struct err *e);
/* version 0 = the latest. 1 0 -1. The text is checked against its hash: ERR_CONFIG when it was changed by other means. */
int store_draft_get(struct store *s, struct str id, int64_t version, struct arena *a, struct store_draft *d, struct err *e);
int store_draft_state(struct store *s, struct str id, int64_t version, struct str state, int64_t now, struct err *e);
typedef int store_draft_fn(void *ctx, const struct store_draft *d, struct err *e);
/* Latest versions, or all; case_id empty = of every case. By case, id, version. */
int store_drafts(struct store *s, struct str case_id, bool all_versions, store_draft_fn *fn, void *ctx, struct err *e);

struct store_approval {
	struct str draft_id;
	int64_t version;
	struct str sha256;      /* of the text that was looked at */
	struct str role, actor;
	bool approve;           /* false: rejected */
	struct str reason;
	int64_t ts;
};
/* Also appends the event draft.approve or draft.reject with the same fields to the chain. */
int store_approval_add(struct store *s, const struct store_approval *a, struct str case_id, struct err *e);
typedef int store_approval_fn(void *ctx, const struct store_approval *a, struct err *e);
int store_approvals(struct store *s, struct str draft_id, int64_t version, store_approval_fn *fn, void *ctx, struct err *e);

/* One post and the text that answers it. */
struct store_reply {
	struct str post;        /* id; a post has one answer, whatever the case */
	struct str draft_id, case_id;
	uint64_t author;        /* hash of platform and author, 0 = not known */
	int64_t version;        /* of the text that left, 0 = it waits */
	int64_t added, sent;    /* sent 0 = it waits */
	struct str json;        /* how to reach the author; empty once the post was forgotten */
};
/* One that waits may move to another text; one that has left stays: ERR_NO. Inside a transaction. */
int store_reply_put(struct store *s, const struct store_reply *r, struct err *e);
int store_reply_get(struct store *s, struct str post, struct arena *a, struct store_reply *r, struct err *e); /* 1 0 -1 */
/* Answers to an author that wait, or left at or after since. */
int store_reply_count(struct store *s, uint64_t author, int64_t since, int64_t *n, struct err *e);
typedef int store_reply_fn(void *ctx, const struct store_reply *r, struct err *e);
/* Of one text, in order of adding; waiting: only those that have not left. */
int store_replies(struct store *s, struct str draft_id, bool waiting, store_reply_fn *fn, void *ctx, struct err *e);
/* All that wait for the text leave with this version. */
int store_replies_sent(struct store *s, struct str draft_id, int64_t version, int64_t now, struct err *e);
/* One that waits is taken back. 1 0 (there is none that waits) -1 */
int store_reply_drop(struct store *s, struct str draft_id, struct str post, struct err *e);

/* --- the ledger of notices (store_notice.c) ---------------------------------------------------------------------------- */

struct store_notice {
	int64_t n;              /* number in the ledger, for people; set by the store */
	struct str key;         /* idempotency key: the same key is never queued twice */
	struct str channel, target;
	struct str ref;         /* case or incident it is about */
	struct str level;
	struct str title, body; /* body: what is sent, rendered; may be a whole JSON payload */
	struct str body_sha;
	struct str group;       /* grouping key, may be empty */
	struct str state;       /* queued sending accepted delivered failed dead unknown */
	int64_t attempts;
	int64_t next_try;       /* not before; of a sending one: when its lease ends */
	struct str error;       /* of the last attempt */
	struct str remote;      /* id the receiver gave */
	struct str acked_by;
	int64_t acked;
	int64_t created, updated;
	struct str json;        /* further members the caller wants back */
};
/* Queues n; *added false when the key is known, then nothing changes. */
int store_notice_add(struct store *s, const struct store_notice *n, bool *added, struct err *e);
/*
 * Takes the next notice that is due (queued, next_try <= now) of this channel (empty = any), sets it to sending with a
 * lease, counts the attempt. One of several senders gets it. 1 0 -1.
 */
int store_notice_claim(struct store *s, struct str channel, int64_t now, int64_t lease_s, struct arena *a,
    struct store_notice *n, struct err *e);
/* Result of an attempt: state, error, remote, next_try as in n; others unchanged. By n->key. */
int store_notice_done(struct store *s, const struct store_notice *n, int64_t now, struct err *e);
/* Those left in sending whose lease ended (their sender died): to unknown. *count: how many. */
int store_notice_orphans(struct store *s, int64_t now, int64_t *count, struct err *e);
/* By key or, all digits, by number. 1 0 -1. */
int store_notice_get(struct store *s, struct str key, struct arena *a, struct store_notice *n, struct err *e);
int store_notice_ack(struct store *s, struct str key, struct str who, int64_t now, struct err *e); /* ERR_NO: unknown */
struct store_notice_query {
	struct str state, channel, ref, group; /* empty: any */
	int64_t since;          /* created */
	bool unacked;           /* not acknowledged yet */
	bool newest;
	int64_t limit;
};
typedef int store_notice_fn(void *ctx, const struct store_notice *n, struct err *e);
int store_notices(struct store *s, const struct store_notice_query *q, store_notice_fn *fn, void *ctx, struct err *e);
/* Small named values of a program (rate-limit windows, last digest sent …). 1 0 -1 */
int store_value_get(struct store *s, struct str name, struct arena *a, struct str *value, struct err *e);
int store_value_put(struct store *s, struct str name, struct str value, struct err *e);

/* --- reviews (store_review.c) ------------------------------------------------------------------------------------------ */

/*
 * What counts is the latest review of each case. It is an event of the chain (review.save, its data the record); the
 * rows follow from those events and from nothing else.
 */
struct store_review {
	struct str case_id;
	struct str actor;       /* who saves it; empty when read */
	struct str playbook, playbook_version; /* from the record */
	int64_t ts;
	double effect;          /* from the record: -1 worse … 1 better, as review defines it; 0 when it cannot be told */
	struct str json;        /* the review record */
};
int store_review_put(struct store *s, const struct store_review *r, struct err *e); /* case_id actor ts json */
int store_review_get(struct store *s, struct str case_id, struct arena *a, struct store_review *r, struct err *e); /* 1 0 -1 */
typedef int store_review_fn(void *ctx, const struct store_review *r, struct err *e);
/* Of every case, or of those of one playbook; drills and merged cases are left out. By time, case. */
int store_reviews(struct store *s, struct str playbook, store_review_fn *fn, void *ctx, struct err *e);
/* How a playbook did so far: cases that can be told effective or not, and how many were. As store_reviews. */
int store_playbook_past(struct store *s, struct str playbook, int64_t *cases, int64_t *effective, struct err *e);
/* Makes the rows anew from the events. */
int store_reviews_rebuild(struct store *s, struct err *e);

/* --- the store as a whole (store.c) ------------------------------------------------------------------------------------ */

/* A consistent copy while others write; path must not exist. */
int store_backup(struct store *s, const char *path, struct err *e);
struct store_stats {
	int64_t posts, drills, readings, hours, fetches, seen, dups, events, cases, open_cases, tasks, drafts, notices, labels;
	int64_t first, last;    /* published, 0 when empty */
	int64_t bytes;          /* of the file */
	int64_t schema;
};
int store_stats(struct store *s, struct store_stats *st, struct err *e);

#endif
