#ifndef MODEL_SENTFIT_H
#define MODEL_SENTFIT_H
/*
 * Fits the two outputs of a sentiment model: polarity (from posts labelled pos or neg) and neutral (from sets that have
 * neutral posts at all). The lexicon's numbers start from hand-set weights, so that little data is enough.
 */
#include "model/fit.h"
#include "model/sentiment.h"

struct sentfit_doc {
	struct fit_doc x;
	enum sent_label label;
	float weight;
	uint16_t set;  /* which file it came from, below SENTFIT_SETS */
	uint16_t fold; /* for cross-validation */
	bool han;
};
enum { SENTFIT_SETS = 256 };

struct sentfit_conf {
	struct fit_conf fit;
	unsigned bits;
	double prior;   /* how much the hand-set weights of the lexicon count at the start; 0: not at all */
	int apart;      /* a set of another kind of text, for which the model gets a part of its own; -1: none */
	double apart_weight; /* what posts of that set count in the part for all others */
	bool balance;   /* pos and neg weigh alike within each set and language */
};
struct sentfit_conf sentfit_defaults(void);

struct sentfit {
	struct fit_result polarity, neutral, apart, domain; /* the last two only when conf.apart >= 0 */
	bool has_apart;
	float platt_pol[2], platt_neu[2];
	struct sent_trust trust; /* all zero until sentfit_trust */
	bool has_neutral; /* false: no neutral post was seen, nothing is called neutral */
};
/* Leaves out the posts of fold skip (-1: none). Calibration: identity until sentfit_calibrate. */
void sentfit_run(const struct sentfit_doc *d, size_t n, const struct sentfit_conf *c, int skip, struct sentfit *out);
void sentfit_free(struct sentfit *f);
/* Polarity and neutral of one post, mixed (sent_mix), before calibration. */
void sentfit_values(const struct sentfit *f, const struct sentfit_conf *c, const struct sentfit_doc *d, float out[2]);
/* Calibrates from values of posts that were not fitted on: value[2 * i + output]. */
void sentfit_calibrate(struct sentfit *f, const struct sentfit_conf *c, const struct sentfit_doc *d, const float *value,
    size_t n);
/*
 * Learns what else makes a label sure, once calibrated. value: rounds of arrays as above, each from fits that had not
 * seen the posts they tell of. share: how much of what is learnt of the label neu is believed, 0..1.
 */
void sentfit_trust(struct sentfit *f, const struct sentfit_conf *c, const struct sentfit_doc *d, size_t n,
    const float *const *value, size_t rounds, double share);
/* Label of one post's values and, when not NULL, its confidence. */
enum sent_label sentfit_label(const struct sentfit *f, const struct sentfit_doc *d, const float value[2],
    float *confidence);
/* What the lexicon says of it: LF_N numbers. */
static inline const float *
sentfit_lexicon(const struct sentfit_doc *d)
{
	return d->x.dense + (d->han ? 0 : LF_N);
}
/* Appends the model file. comment: whole lines starting with "# ". */
void sentfit_write(const struct sentfit *f, const struct sentfit_conf *c, const char *comment, struct buf *out);

#endif
