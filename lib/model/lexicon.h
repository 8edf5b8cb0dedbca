#ifndef MODEL_LEXICON_H
#define MODEL_LEXICON_H
/*
 * Sentiment lexicons (tocsin-lexicon(5)): terms with polarity, degree adverbs, negators, adversatives, patterns with
 * gaps, crisis facts, aspect cues. Scores one normalised text by clauses: negation scope, degree, concession,
 * rhetorical questions, quoted reposts.
 */
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "model/normalize.h"

enum lex_emotion { EMO_NONE, EMO_JOY, EMO_LIKE, EMO_ANGER, EMO_SAD, EMO_FEAR, EMO_DISGUST, EMO_SURPRISE, EMO_N };
extern const char *const lex_emotion_name[EMO_N]; /* "", "乐", "好", "怒", "哀", "惧", "恶", "惊" */

enum lex_aspect {
	ASP_SERVICE, ASP_PRICE, ASP_TECHNIQUE, ASP_ATTITUDE, ASP_ENVIRONMENT, ASP_SAFETY, ASP_QUALITY, ASP_SYSTEM,
	ASP_PRIVACY, ASP_MANAGEMENT, ASP_N
};
extern const char *const lex_aspect_name[ASP_N];

struct lexicon; /* read-only once loaded */
struct lexicon *lex_new(void);
/* Adds a table with the columns term, kind, value, class; terms are folded by f. -1: ERR_CONFIG naming file and line. */
int lex_load(struct lexicon *lx, const struct fold *f, struct str tsv, const char *name, struct err *e);
void lex_free(struct lexicon *lx);
size_t lex_size(const struct lexicon *lx);

/* Numbers a model weighs; one block of them per language. */
enum {
	LF_POS,     /* clause-weighted sum of positive evidence, saturating, 0..2 */
	LF_NEG,
	LF_NET,     /* clipped difference, -1..1 */
	LF_LAST,    /* the same over the last clause that says anything */
	LF_FIRST,
	LF_EMO_POS, /* emoticons and emoji, saturating */
	LF_EMO_NEG,
	LF_FACT,    /* crisis facts */
	LF_RHET,    /* rhetorical questions */
	LF_IRONY,
	LF_EXCL,    /* ! marks, saturating */
	LF_QUEST,
	LF_NONE,    /* 1: no polar term at all */
	LF_MIXED,   /* 1: both kinds */
	LF_LEN,     /* log of the number of units, 0..1 */
	LF_HYP,     /* conditional or question cues */
	LF_EMOTION, /* evidence for each emotion but none, saturating */
	LF_NEGATED = LF_EMOTION + EMO_N - 1, /* praise denied */
	LF_DENIED,  /* a fault denied */
	LF_N
};

/* One reason: a term or pattern found, as a span of units, and what it counted for after negation, degree and clause weight. */
struct lex_hit {
	uint32_t beg, end;   /* units */
	float value;
	const char *why;     /* static: "term", "negated", "pattern", "emoticon", "fact", "rhetorical", "irony" */
};

struct lex_score {
	float f[LF_N];
	float emotion[EMO_N];
	float aspect[ASP_N];      /* net polarity near its cue words */
	unsigned aspect_seen;     /* bit set: a cue stood in a clause that says something */
	bool han;                 /* which block of features: Chinese or English */
	struct lex_hit *hit;      /* filled when asked for; lives with the scratch */
	size_t nhit;
};

/* Working memory, one per thread; zeroed = empty. */
struct lex_scratch {
	uint32_t *start;
	struct lex_tok *tok, *added;
	struct lex_cand *cand;
	struct lex_clause *clause;
	struct lex_hit *hit;
	size_t start_cap, tok_cap, added_cap, cand_cap, clause_cap, hit_cap;
};
void lex_scratch_free(struct lex_scratch *s);

/* Also marks the units of nm that are conceded or denied. */
void lex_score(const struct lexicon *lx, struct norm *nm, struct lex_scratch *s, bool want_hits, struct lex_score *out);

#endif
