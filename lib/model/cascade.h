#ifndef MODEL_CASCADE_H
#define MODEL_CASCADE_H
/*
 * Repost and reply trees: built from given or inferred edges, measured exactly. Distances are edges, times seconds.
 * Structural virality: S. Goel et al., "The structural virality of online diffusion", 2016: the mean distance over
 * ordered pairs, 2W/(n(n-1)) with W the Wiener index. Betweenness is exact for trees: the number of pairs whose path
 * runs through a node, by the sizes of the parts its removal leaves.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/str.h"

enum { CASCADE_NONE = UINT32_MAX };

enum edge_ground {
	EDGE_ROOT,   /* no edge: the first of its tree */
	EDGE_GIVEN,  /* parent said so */
	EDGE_TO_ROOT,/* the parent is not among the posts: hung to the root that was named, inferred */
	EDGE_QUOTE,  /* //@name in the text, inferred */
	EDGE_COPY,   /* near-duplicate of an earlier post, inferred */
	EDGE_LINK,   /* a link to an earlier post, inferred */
	EDGE_GROUNDS
};
extern const char *const edge_ground_name[EDGE_GROUNDS];

enum account_kind { ACCOUNT_ORDINARY, ACCOUNT_KOL, ACCOUNT_MEDIA, ACCOUNT_OFFICIAL, ACCOUNT_OWN, ACCOUNT_KINDS };
extern const char *const account_kind_name[ACCOUNT_KINDS];

struct node {
	struct str id;
	uint32_t author;    /* index into forest.author */
	uint32_t parent;    /* CASCADE_NONE: a root */
	int64_t time;
	float score;        /* sentiment, -1..1; NAN: unknown */
	uint8_t platform;   /* index into forest.platform */
	uint8_t ground;     /* enum edge_ground */
	/* filled by forest_build */
	uint32_t child, next;    /* first child, next sibling, in order of time, then id */
	uint32_t pre, size;      /* place in preorder of its tree; posts of its subtree with itself */
	uint32_t level, nchild;
};

struct author {
	struct str id, name;
	int64_t followers;
	uint8_t kind;       /* enum account_kind */
};

struct forest {
	struct node *node;
	size_t n, cap;
	struct author *author;
	size_t nauthor, author_cap;
	struct str platform[64]; /* the last stands for all that did not fit */
	size_t nplatform;
	struct map by_id, by_author; /* -> index */
	uint32_t *root;     /* indices, in order of time, then id */
	size_t nroot, root_cap;
	uint32_t *order;    /* preorder: order[node.pre + base of its tree] */
	struct arena mem;
};

uint32_t forest_author(struct forest *f, struct str id, struct str name, int64_t followers, enum account_kind kind);
uint8_t forest_platform(struct forest *f, struct str name);
/* Adds a post; CASCADE_NONE when the id is known already. Edges come afterwards: set parent and ground. */
uint32_t forest_add(struct forest *f, struct str id, uint32_t author, int64_t time, float score, uint8_t platform);
/* Cuts cycles, orders children, finds roots, sizes, levels. Call once, when all edges are set. Returns edges cut. */
size_t forest_build(struct forest *f);
void forest_free(struct forest *f);

enum { SIZE_AT = 5, TOP = 5, HOURS_MAX = 1 << 20 };
extern const int64_t cascade_size_at[SIZE_AT]; /* 600 3600 21600 86400 604800 */

struct top_author {
	uint32_t author;
	uint64_t sum; /* descendants, summed over its posts */
};
struct branch {
	uint32_t node; /* child of the root that leads it */
	uint32_t n;
};
struct jump {
	uint8_t from, to; /* platforms */
	uint32_t n;
};

/* Facts of one tree. Arrays live in the arena given. */
struct cascade {
	uint32_t root, n, authors, direct, leaves, depth, max_breadth, max_breadth_level;
	uint32_t *breadth;           /* depth + 1 */
	uint64_t wiener;
	double virality;
	int64_t t50, t90;            /* seconds from the root until half, nine tenths were there */
	uint32_t size_at[SIZE_AT];
	int64_t peak_hour;           /* seconds from the root to the start of the fullest hour */
	uint32_t peak_n;
	int64_t last;                /* seconds from the root to the last post */
	uint32_t spreader[TOP], nspreader;
	struct top_author top[TOP];
	uint32_t ntop;
	uint32_t inferred, ground[EDGE_GROUNDS];
	uint32_t *platform_n;        /* forest.nplatform */
	struct jump *jump;           /* most frequent first */
	size_t njump;
	struct branch *branch;       /* at least a twentieth of the tree and three posts, largest first */
	size_t nbranch;
	int64_t followers;           /* sum over different authors */
	uint32_t by_kind[ACCOUNT_KINDS]; /* different authors */
	double mood;                 /* mean score, NAN when unknown */
	double neg_share;            /* posts with score < -0.1 among those with a score */
	float *level_mood;           /* depth + 1, NAN where unknown */
	uint32_t bridge[TOP];        /* by betweenness */
	uint64_t between[TOP];
	uint32_t nbridge;
	uint32_t turn;               /* whose subtree differs most in mood from the rest, or CASCADE_NONE */
	double turn_shift;           /* its mean minus the rest's */
};
void cascade_measure(const struct forest *f, uint32_t root, struct arena *a, struct cascade *c);
/* Posts of v's subtree, v aside, dated later than delay seconds behind v: what an answer there might have cut off. */
uint32_t cascade_cut(const struct forest *f, const struct cascade *c, uint32_t v, int64_t delay);
/* 潜伏 latent, 形成 forming, 爆发 outbreak, 持续 sustained, 消退 fading, as of now (a time): by the last hours against the peak. */
const char *cascade_stage(const struct forest *f, const struct cascade *c, int64_t now);

#endif
