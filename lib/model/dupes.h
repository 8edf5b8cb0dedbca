#ifndef MODEL_DUPES_H
#define MODEL_DUPES_H
/* Clusters of copies over a stream, on top of minhash: exact copies, near copies, bare reposts of one root. */
#include "base/mem.h"
#include "model/minhash.h"

struct dup_post {
	struct str id;        /* may be empty: then it can be a copy but never be named */
	struct str title, text;
	struct str root;      /* id of the post it reposts, or empty */
	struct str author;
	int64_t published;    /* seconds, 0 = unknown */
	bool original;        /* written as one's own: no repost, no press article */
};

struct dup_mark {
	bool copy;            /* false: a first post; nothing below is set */
	struct str cluster;   /* id of the cluster's first post */
	struct str of;        /* nearest earlier id */
	int distance;         /* 0..100: percent of shingles not in common, estimated; 0 = same letters */
	uint32_t size;        /* of the cluster with this post */
	int64_t first;        /* published of the first post, 0 = unknown */
	bool template_spam;   /* the same text, posted as their own, by DUP_SPAM_AUTHORS accounts or more */
};
enum { DUP_SPAM_AUTHORS = 5, DUP_SPAM_DISTANCE = 15 };

struct dupes;
/* min_j: least resemblance of a copy, e.g. 0.4. fold must outlive it. with_ids: posts seen again by id get the mark they had. */
struct dupes *dupes_new(const struct fold *fold, double min_j, bool with_ids);
void dupes_free(struct dupes *d);

/* What has to be kept of a post to remember it in a later run. */
enum { DUP_TRACE_MAX = 256 };
struct dup_trace {
	struct str id, cluster;
	int64_t published;
	uint64_t exact;
	uint8_t bytes[DUP_TRACE_MAX]; /* opaque */
	size_t nbytes;
	bool fresh;           /* false: the id was known already, nothing to keep */
};
/* Judges one post and remembers it. Views in *m live until the next call. t may be NULL. */
void dupes_see(struct dupes *d, const struct dup_post *p, struct dup_mark *m, struct dup_trace *t);
/* Remembers a trace of an earlier run; in the order in which they were made. False: the bytes are not a trace. */
bool dupes_recall(struct dupes *d, const struct dup_trace *t);

#endif
