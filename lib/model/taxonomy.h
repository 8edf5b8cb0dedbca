#ifndef MODEL_TAXONOMY_H
#define MODEL_TAXONOMY_H
/*
 * The taxonomy (tocsin-taxonomy(5)): crisis types with their evidence terms, cues and rules, kinds, severity,
 * industries, rumour signals, guards against homographs. Found in a text in one scan.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/str.h"
#include "model/match.h"
#include "model/normalize.h"

enum {
	TAX_TYPES = 64,      /* at most, "none" included */
	TAX_CUES = 256,
	TAX_NAMES = 32,      /* industries; kinds; severities; rumour signals: at most, each */
	TAX_STEPS = 16,
	TAX_HITS = 512,      /* evidence and cue hits kept of one text */
	TAX_GAP = 8          /* characters or words ".." may stand for */
};

struct tax_type {
	struct str id;       /* "care.accident"; NUL-terminated, as all strings here */
	struct str label_en, label_zh;
	struct str group;    /* id of the group above, or empty */
	struct str cluster;  /* victim, accidental, preventable, or empty */
	struct str origin;   /* internal, external, or empty */
	int industry;        /* index, or -1 */
	size_t nterms;
};

struct tax_name {
	struct str id, label_en, label_zh;
};

struct tax_rule {
	uint16_t type;
	uint16_t cue[4];
	uint8_t ncue;
	uint8_t near;        /* 0: anywhere in the text */
	float weight;
};

struct tax_use;
struct tax_pattern;
struct tax_listing;
struct tax_term;
struct tax_gap;

/* What a sure term of a file that extends another weighs more: no text has that many others, an exclusion still outweighs it. */
enum { TAX_OWN = 50 };

/* Zeroed = empty. type[0] is "none". Read-only once tax_finish was called. */
struct tax {
	bool extended;            /* by a second file: scores of TAX_OWN and more hold a sure term of it */
	struct tax_type type[TAX_TYPES];
	size_t ntypes;
	struct str cue[TAX_CUES];
	size_t ncues;
	struct tax_name industry[TAX_NAMES], kind[TAX_NAMES], severity[TAX_NAMES], rumour[TAX_NAMES], entity[TAX_NAMES];
	size_t nindustries, nkinds, nseverities, nrumours, nentities;
	struct tax_rule *rule;    /* in order of the first cue */
	size_t nrules, rule_cap;
	uint16_t rule_of[TAX_CUES + 1]; /* rules that begin with a cue: rule[rule_of[c]..rule_of[c + 1]) */
	uint8_t *guard_span;
	size_t nguards, guard_cap;
	size_t nterms;            /* every listing, also of one term twice */
	struct map patterns;      /* ids of a term -> index + 1 */
	struct tax_gap *gap;      /* terms of two parts, "a..b" */
	size_t ngaps, gap_cap;
	uint32_t *tail;
	size_t ntail, tail_cap;
	struct tax_term *term;
	size_t npatterns, term_cap;
	struct tax_listing *listing;
	size_t nlistings, listing_cap;
	struct tax_pattern *pattern; /* npatterns, once finished */
	struct tax_use *use;
	struct matcher matcher;
	struct matcher entity_matcher; /* reports the index of an entity */
	struct arena mem;
	struct buf scratch;       /* while loading */
	struct match_text layout;
};

/* Where in the tree of the file an error lies: the index of a child at each level. */
struct tax_fault {
	size_t step[TAX_STEPS];
	unsigned depth;
};

/*
 * Adds a taxonomy given as JSON (a file's tree by yaml_json). May be called again: later files add types, cues and
 * terms to earlier ones, and labels win. -1: ERR_CONFIG, *f says where.
 */
int tax_load(struct tax *t, const struct fold *fold, struct str json, struct tax_fault *f, struct err *e);
/* Builds the matcher. -1: ERR_CONFIG, e.g. no type at all. */
int tax_finish(struct tax *t, const struct fold *fold, struct err *e);
void tax_free(struct tax *t);
/* Index of a type, or -1. */
int tax_find_type(const struct tax *t, struct str id);

/* A term found. */
struct tax_hit {
	uint32_t off, len;   /* bytes of the text */
	uint32_t unit;       /* of match_text */
	uint32_t pattern;
	uint16_t index;      /* type or cue */
	float weight;
};

/* What a scan found; zeroed = empty, reuse it. About 20 KiB. */
struct tax_scan {
	struct match_text mt;
	float score[TAX_TYPES];
	float industry[TAX_NAMES], kind[TAX_NAMES];
	uint32_t severity, rumour;                /* bit sets */
	uint64_t cues[TAX_CUES / 64];
	uint16_t cue_list[TAX_CUES];              /* those seen, in order of index */
	size_t ncues;
	struct tax_hit ev[TAX_HITS], cue_hit[TAX_HITS];
	size_t nev, ncue_hit;
	uint32_t last[TAX_TYPES];                 /* scratch: where the evidence of a type ends so far */
	uint32_t *seen;                           /* scratch: by pattern, the text it was seen in last */
	uint32_t texts;
};
/* Normalises and scans text (valid UTF-8, outliving the use of s). */
void tax_scan(const struct tax *t, const struct fold *fold, struct str text, struct tax_scan *s);
void tax_scan_free(struct tax_scan *s);

#endif
