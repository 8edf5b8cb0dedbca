#ifndef MODEL_NGRAM_H
#define MODEL_NGRAM_H
/*
 * Features of a text for linear models: hashes of Han 1- to 3-grams, Latin words, word pairs and 4-grams of
 * letters inside words, emoticons, emoji, marks. Every feature once per text.
 */
#include "model/normalize.h"

enum { NGRAM_RECENT = 1024 };

struct ngrams {
	uint32_t *h; /* n hashes of 32 bits; the top bits choose a model's bucket */
	size_t n, cap;
	/* to tell repeats: nearly all are dropped, always the same ones; epoch above the hash */
	uint64_t recent[NGRAM_RECENT];
	uint32_t epoch; /* of the text */
};
/* Zeroed = empty; about 8 KiB. */
void ngram_features(const struct norm *nm, struct ngrams *out);
void ngram_free(struct ngrams *g);
/* For explanations: as ngram_features, without dropping repeats; span[i] = first and last unit of h[i]. */
struct ngram_span {
	uint32_t beg, end;
};
void ngram_spans(const struct norm *nm, struct ngrams *out, struct ngram_span **span, size_t *cap);

#endif
