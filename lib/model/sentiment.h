#ifndef MODEL_SENTIMENT_H
#define MODEL_SENTIMENT_H
/* Polarity, confidence, emotion and aspects of one text: a linear model over n-grams plus what the lexicons say. */
#include "model/lexicon.h"
#include "model/linear.h"
#include "model/ngram.h"
#include "model/normalize.h"

enum sent_label { SENT_NEG, SENT_NEU, SENT_POS };
extern const char *const sent_label_name[3];

enum { SENT_DENSE = 2 * LF_N }; /* the lexicon's numbers: a block for Chinese, one for English */

/* What the program loads; texts are whole files and must outlive it. */
struct sent_files {
	struct str t2s, lexicon_zh, lexicon_en, model;
	const char *t2s_name, *lexicon_zh_name, *lexicon_en_name, *model_name;
};

/*
 * What makes a label surer or less sure than its two values say: added to the log odds of the confidence. Learnt by
 * train; zeroed: nothing.
 */
struct sent_trust {
	float agree;   /* for each unit by which the lexicon alone says the same, LF_NET turned to the label's side: -1..1 */
	float length;  /* for LF_LEN */
	float none;    /* for LF_NONE */
	float level;   /* to every pos and neg, so that these three leave their average as it was */
	float neutral; /* to every neu; none of the others count there */
};

/* Large; allocate it, one per thread. Zeroed before sent_open. */
struct sentiment {
	struct fold *fold;
	struct lexicon *lex;
	struct linear model;       /* outputs: polarity, neutral; perhaps apart, domain: see sent_mix */
	float mix;                 /* share of the part apart in the text last scored */
	float platt_pol[2], platt_neu[2]; /* probability = 1 / (1 + exp(-(a x + b))) */
	struct sent_trust trust;
	float unsure;              /* confidence below which a label is marked unsure */
	struct norm norm;
	struct ngrams grams;
	struct lex_scratch scratch;
	struct arena keep;
};
/* -1: ERR_CONFIG naming the file. A model without text (n == 0) loads the tables only, for training. */
int sent_open(struct sentiment *s, const struct sent_files *f, struct err *e);
void sent_close(struct sentiment *s);

struct sent_result {
	enum sent_label label;
	float score;              /* -1..1: P(pos) - P(neg) */
	float confidence;         /* probability that the label is right */
	bool unsure;
	enum lex_emotion emotion; /* EMO_NONE: none shows */
	float prob[3];
	float ngram, lexicon;     /* what either part put into the polarity logit; only with want_hits */
	struct lex_score lex;
};
/* text must be valid UTF-8. s->norm and s->grams hold the text's units and features afterwards. */
void sent_score(struct sentiment *s, struct str text, bool want_hits, struct sent_result *out);

/* The inputs of the model alone: fills s->norm, s->grams and dense. */
void sent_inputs(struct sentiment *s, struct str text, bool want_hits, struct lex_score *lex, float dense[SENT_DENSE]);

/*
 * A model may have a part of its own for texts of another kind (reviews): outputs polarity, neutral, the polarity for
 * those texts, and whether a text is one. value gets polarity and neutral; returns the share of the part apart.
 */
float sent_mix(unsigned outputs, const float *out, float value[2]);
/* Label of a post's two values and, when not NULL, prob[3] and the label's probability. */
enum sent_label sent_decide(const float value[2], const float platt_pol[2], const float platt_neu[2], float *prob,
    float *confidence);
/* The confidence of a label when f, the lexicon's numbers of the text, is known too. */
float sent_confidence(const struct sent_trust *t, enum sent_label label, const float f[LF_N], float confidence);
/* What the model's header says of it; all zero in a model that says nothing. -1: ERR_CONFIG naming the file. */
int sent_trust_load(struct sent_trust *t, const struct linear *m, const char *name, struct err *e);

/* One n-gram with its share of the polarity logit, for explanations. */
struct sent_gram {
	uint32_t beg, end; /* bytes of the text */
	float weight;
};
/* The max strongest n-grams of the text last scored, strongest first; returns how many. */
size_t sent_top_grams(struct sentiment *s, struct sent_gram *out, size_t max);

#endif
