#ifndef MODEL_MATCH_H
#define MODEL_MATCH_H
/*
 * Many terms in one text at once. Terms and texts are compared folded (model/normalize): width, case, traditional
 * and simplified alike, invisible characters, white space between Han characters and hyphens ignored. Han terms match
 * anywhere; Latin terms match whole words, a possessive 's aside. The cost of a scan depends on the text and the number
 * of hits, not on the number of terms: two neighbouring characters or words must be in a bitmap first.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "base/str.h"
#include "model/normalize.h"

struct match_entry;
struct match_head;
struct match_slot;

/* A normalised text laid out for scanning; zeroed = empty, reuse it. */
struct match_text {
	uint32_t *id;       /* one per character, word, number or mark; never 0, but for one 0 behind the last */
	struct match_unit {
		uint32_t off;   /* byte offset in the source */
		uint16_t len;   /* its bytes */
		uint16_t flag;  /* MATCH_… */
	} *unit;
	size_t n, cap, unitcap;
	struct match_hit {
		uint32_t value;     /* as given to matcher_add */
		uint32_t unit;      /* position of the first character or word in match_text.id */
		uint32_t nunit;
		uint32_t off, len;  /* bytes of the source text, inner white space included */
	} *hit;
	size_t nhit, hitcap;
	uint32_t *row;      /* each once, but for a few repeats, always the same ones */
	size_t nrow, rowcap;
	uint64_t *seen;     /* scratch: row and epoch */
	uint32_t epoch;
};
enum {
	MATCH_LATIN = 1,    /* a letter word or number */
	MATCH_GLUED = 2,    /* stands right behind another such, as 4 in A4 */
	MATCH_SHORT = 4,    /* at most two bytes long */
	MATCH_PUNCT = 8,
	MATCH_USER = 16,    /* inside an @name */
	MATCH_NUM = 64,     /* digits; MATCH_LATIN too */
	MATCH_BREAK = 32    /* ends a sentence: . ! ? ; line break and their wide forms */
};
enum {
	MATCH_USERS = 1,    /* look inside @names too */
	MATCH_STEMS = 2     /* English words are cut to stems */
};
/*
 * Lays text (valid UTF-8, under 4 GiB) out into t, in the units of norm_text. What stands in [brackets] and, when asked
 * for, in @names is taken apart into its characters, so that names of subjects are found there too.
 */
void match_layout(const struct fold *f, struct str text, unsigned how, struct match_text *t);
/*
 * Another layout: what stands in [brackets] is laid out as it stands, numbers with invisible characters in them are one.
 * Models are trained on it.
 */
void match_read(const struct fold *f, struct str text, unsigned how, struct match_text *t);

/* Zeroed = empty: add terms, build once, then scan any number of texts. */
struct matcher {
	struct match_entry *entry;
	size_t n, cap;         /* terms */
	uint32_t *ids;         /* their characters and words */
	size_t nids, idcap;
	struct match_row {
		uint32_t key, row;
	} *row;                /* neighbours and single ids that are reported by number, see matcher_add_row */
	size_t nrow, rowcap;
	struct match_head *head; /* terms with the same first two ids, or the same only one */
	struct match_slot *slot; /* heads and rows by key */
	size_t nslot;
	uint64_t *begins;      /* a bit for each id that begins a term */
	uint32_t *direct;      /* of small ids alone: what their slot holds */
	uint64_t *bitmap;      /* a bit for each key that is known */
	uint32_t mask;         /* of words in the bitmap, less one */
	bool stems;            /* set before the first term: its words are cut to stems; read texts with MATCH_STEMS */
	struct match_text scratch; /* of matcher_add */
};

/* Adds a term that reports value. False when nothing is left of it once folded (only spaces or hyphens). */
bool matcher_add(struct matcher *m, const struct fold *f, struct str term, uint32_t value);
/* Has match_scan report row (1 to 2^30) wherever this key occurs: rows of a table of weights, found on the way. */
void matcher_add_row(struct matcher *m, uint32_t key, uint32_t row);
void matcher_build(struct matcher *m);
/* Once built: the row of a key, or 0. */
uint32_t matcher_row(const struct matcher *m, uint32_t key);
void matcher_free(struct matcher *m);

/* Lists every occurrence of every term in t->hit, in order of position, longest first; and of rows in t->row. */
void match_scan(const struct matcher *m, struct match_text *t);
void match_text_free(struct match_text *t);

/* The key of an id (b 0) or of two that stand side by side. Keys of rows see every number as MATCH_ANY_NUMBER. */
static inline uint32_t
match_key(uint32_t a, uint32_t b)
{
	uint64_t k = ((uint64_t)a << 32 | b) * 0x9e3779b97f4a7c15u;

	return (uint32_t)((k ^ k >> 32) * 0xbf58476d1ce4e5b9u >> 32);
}
enum { MATCH_ANY_NUMBER = 7 };
static inline uint32_t
match_row_id(const struct match_text *t, size_t i)
{
	return t->unit[i].flag & MATCH_NUM ? MATCH_ANY_NUMBER : t->id[i];
}

/* The id a folded word has in a match_text; never 0. */
uint32_t match_word_id(const char *p, size_t n);
/*
 * Cuts the inflection off a folded English word in place: charge charges charged charging are one. Not a word of the
 * language: only good for comparing. Returns the new length; words of other scripts and short words stay.
 */
size_t match_stem(char *w, size_t n);

#endif
