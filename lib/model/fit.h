#ifndef MODEL_FIT_H
#define MODEL_FIT_H
/*
 * Fitting of linear models: L2-regularised squared-hinge loss by dual coordinate descent (Hsieh et al. 2008), features
 * weighted by their class log ratio (Wang and Manning 2012), sigmoid calibration (Platt 1999). Deterministic.
 */
#include <stddef.h>
#include <stdint.h>

struct fit_doc {
	const uint32_t *h;  /* n hashes of 32 bits, as from ngram_features */
	size_t n;
	const float *dense; /* ndense numbers */
};

struct fit_data {
	const struct fit_doc *doc;
	size_t ndoc;
	unsigned bits, ndense;
};

/* The targets of one two-way problem. */
struct fit_target {
	const int8_t *y;     /* 1, -1, or 0: this document takes no part */
	const float *weight; /* cost of an error on each document, or NULL: 1 */
	const float *offset; /* added to each document's value, or NULL */
};

struct fit_conf {
	double c;            /* cost of errors against size of weights */
	double dense_scale;  /* > 1: dense numbers are regularised less than n-grams */
	unsigned min_docs;   /* buckets seen in fewer documents are dropped */
	double idf;          /* how much rarity counts beside the class log ratio */
	unsigned max_pass;   /* passes over the data, at most */
	uint64_t seed;
	int use_ngrams, use_dense; /* 0: leave that part out */
};
struct fit_conf fit_defaults(void);

struct fit_result {
	float *w;     /* 2^bits, xmalloc'd: to be used as sum(w)/sqrt(n) */
	float *dense; /* ndense */
	float bias;
};
void fit_solve(const struct fit_data *d, const struct fit_target *t, const struct fit_conf *c, struct fit_result *out);
void fit_result_free(struct fit_result *r);
float fit_value(const struct fit_data *d, const struct fit_result *r, size_t i);

/* a, b so that P(y = 1) = 1 / (1 + exp(-(a x + b))) fits best; y and weight as in fit_target. */
void fit_platt(const float *x, const int8_t *y, const float *weight, size_t n, float out[2]);

/* A shuffled order of 0..n-1, the same for the same seed. */
void fit_shuffle(uint32_t *order, size_t n, uint64_t seed);

#endif
