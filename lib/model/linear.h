#ifndef MODEL_LINEAR_H
#define MODEL_LINEAR_H
/*
 * Linear models over hashed n-grams and a few dense numbers: K outputs, one byte per weight on a square-root scale,
 * and the file that holds them: a text header that says what the model was trained on, then the weights.
 *
 *	# comment lines: source, licence, held-out figures, command
 *	tocsin-model 1
 *	kind NAME          what the model is for
 *	bits B             2^B buckets
 *	outputs NAME...    K of them
 *	scale S...         largest weight of each output
 *	bias B...
 *	dense D            then D lines of K numbers
 *	meta KEY TEXT      any number of lines, for the program that uses it
 *	data N             then N = K * 2^B bytes, bucket by bucket
 */
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"

enum { LINEAR_OUT_MAX = 64, LINEAR_DENSE_MAX = 256 };

struct linear {
	unsigned bits, k, ndense;
	const int8_t *w;       /* w[bucket * k + output] */
	float (*lut)[256];     /* per output: what a byte stands for */
	float *unit;           /* per output: what 1 stands for, squared as bytes are */
	float *dense;          /* dense[d * k + output] */
	float *bias;
	const char **output;   /* names */
	const char *kind;
	struct str header;     /* the text before the weights */
};

/* Views file, which must outlive it; the rest goes to a. -1: ERR_CONFIG. */
int linear_load(struct linear *m, struct str file, const char *name, struct arena *a, struct err *e);
/* Appends ", trained on: …" as the head of a model file says, of types too; nothing where it does not say. */
void model_trained_on(struct str file, struct buf *out);
/* The value of a meta line, or empty. */
struct str linear_meta(const struct linear *m, const char *key);
/* out[k] = bias + dense part + (sum of the weights of the n hashes) / sqrt(n). */
void linear_score(const struct linear *m, const uint32_t *h, size_t n, const float *dense, float *out);

/* What is to be written: float weights in the same order. */
struct linear_float {
	unsigned bits, k, ndense;
	const float *w, *dense, *bias;
	const char *const *output;
	const char *kind, *comment, *meta; /* comment: lines with "# "; meta: whole "meta KEY TEXT" lines; may be "" */
};
void linear_write(const struct linear_float *m, struct buf *out);

#endif
