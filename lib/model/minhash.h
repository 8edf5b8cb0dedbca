#ifndef MODEL_MINHASH_H
#define MODEL_MINHASH_H
/*
 * Near-duplicates by MinHash (A. Broder, "On the resemblance and containment of documents", 1997) with banded look-up.
 * Texts are compared as sets of 3-character shingles of folded letters and digits; resemblance J is the share of
 * shingles in common. 128 minima are taken, 4 bits of each are kept: J is estimated with a standard error of about
 * 0.045. Candidates share one of 32 bands of four minima: found with chance 1-(1-J^4)^32, 0.87 at J = 0.5 and above
 * 0.98 from 0.6 on.
 *
 * The index remembers the last DUP_WINDOW texts that were no exact copies, in constant memory and at constant cost.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "model/normalize.h"

enum {
	MINHASHES = 128,
	SKETCH_BYTES = MINHASHES / 2,
	DUP_WINDOW = 1 << 20,     /* texts */
	DUP_MIN_SHINGLES = 8      /* texts of fewer than ten letters are compared exactly only */
};

struct sketch {
	uint8_t nibble[SKETCH_BYTES];
	uint32_t band[32];    /* hashes of four minima each; only while the text is at hand */
	uint64_t exact;       /* hash of the folded letters */
	uint32_t nletters, nshingles;
};
/* Folds title and text, leaves URLs out, and fills s. tmp is scratch kept between calls. */
void sketch_text(const struct fold *f, struct str title, struct str text, struct buf *tmp, struct sketch *s);
/* Estimated resemblance, 0..1. */
double sketch_jaccard(const uint8_t *a, const uint8_t *b);

struct dup_index;
struct dup_index *dup_index_new(void);
void dup_index_free(struct dup_index *x);

enum { DUP_NONE = UINT32_MAX };
/*
 * The most alike earlier text with J >= min_j among those numbered below before (DUP_NONE: all); its number, or
 * DUP_NONE. Numbers are given by dup_index_add, wrap at DUP_WINDOW and are valid until overwritten. *jaccard: its J.
 */
uint32_t dup_index_find(struct dup_index *x, const struct sketch *s, double min_j, uint32_t before, double *jaccard);
uint32_t dup_index_add(struct dup_index *x, const struct sketch *s);
const uint8_t *dup_index_sketch(const struct dup_index *x, uint32_t number);

#endif
