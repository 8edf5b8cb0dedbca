#include <stdlib.h>
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "base/hash.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "model/minhash.h"

enum {
	BANDS = 32,
	ROWS = 4,
	SLOTS = 16,          /* of a bucket: one cache line; the oldest gives way */
	FIRST_BITS = 12,     /* buckets of a band: 2^12 at first, 2^16 at most */
	LAST_BITS = 16,
	NUMBER_BITS = 20,    /* of a slot; the other 12 are a tag, whose low bits become bucket bits on growth */
	MAX_LETTERS = 4000,
	MAX_CANDIDATES = 48  /* compared for one text: where all look alike, more would find no better */
};

/* --- sketches ----------------------------------------------------------------------------------------------------- */

static uint32_t mul[MINHASHES], add[MINHASHES];

static void
init_permutations(void)
{
	if (mul[0] != 0)
		return;
	for (uint32_t i = 0; i < MINHASHES; i++) {
		uint64_t h = hash_u64(0x6d696e68617368u + i);

		mul[i] = (uint32_t)h | 1;
		add[i] = (uint32_t)(h >> 32);
	}
}

static void
minima_scalar(const uint32_t *x, size_t n, uint32_t *min)
{
	for (size_t i = 0; i < MINHASHES; i++) {
		uint32_t m = UINT32_MAX;

		for (size_t k = 0; k < n; k++) {
			uint32_t v = x[k] * mul[i] + add[i];

			m = v < m ? v : m;
		}
		min[i] = m;
	}
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static void
minima_avx2(const uint32_t *x, size_t n, uint32_t *min)
{
	for (size_t i = 0; i < MINHASHES; i += 32) { /* four vectors at a time stay in registers */
		__m256i a[4], b[4], m[4];

		for (size_t j = 0; j < 4; j++) {
			a[j] = _mm256_loadu_si256((const __m256i *)(const void *)(mul + i + 8 * j));
			b[j] = _mm256_loadu_si256((const __m256i *)(const void *)(add + i + 8 * j));
			m[j] = _mm256_set1_epi32(-1);
		}
		for (size_t k = 0; k < n; k++) {
			__m256i v = _mm256_set1_epi32((int)x[k]);

			for (size_t j = 0; j < 4; j++)
				m[j] = _mm256_min_epu32(m[j],
				    _mm256_add_epi32(_mm256_mullo_epi32(v, a[j]), b[j]));
		}
		for (size_t j = 0; j < 4; j++)
			_mm256_storeu_si256((__m256i *)(void *)(min + i + 8 * j), m[j]);
	}
}
#endif

static void
minima(const uint32_t *x, size_t n, uint32_t *min)
{
#if defined(__x86_64__)
	static int avx2 = -1;

	if (avx2 < 0)
		avx2 = __builtin_cpu_supports("avx2") != 0;
	if (avx2) {
		minima_avx2(x, n, min);
		return;
	}
#endif
	minima_scalar(x, n, min);
}

static bool
is_letter(uint32_t cp)
{
	if (cp < 0x80)
		return is_alnum((char)cp);
	if (cp < 0x2000)
		return cp >= 0xc0 && cp != 0xd7 && cp != 0xf7;
	if (cp < 0x3041)
		return (cp >= 0x2e80 && cp < 0x3000) || (cp >= 0x3005 && cp <= 0x3007);
	return !(cp >= 0xe000 && cp < 0xf900) && !(cp >= 0xfe00 && cp <= 0xfeff) && !(cp >= 0x1f000 && cp < 0x20000);
}

/* A URL at p: its length, else 0. It runs over printable ASCII. */
static size_t
url_len(const char *p, const char *end)
{
	struct str s = {p, (size_t)(end - p)};
	size_t n;

	if (!str_starts(s, STR("http://")) && !str_starts(s, STR("https://")))
		return 0;
	for (n = 7; n < s.n && p[n] > ' ' && p[n] < 0x7f; n++)
		;
	return n;
}

static void
add_letters(const struct fold *f, struct str s, struct buf *out, size_t *n)
{
	const char *p = s.p, *end = s.p + s.n;

	size_t room = s.n < MAX_LETTERS ? s.n : MAX_LETTERS;

	buf_reserve(out, room * sizeof(uint32_t));
	while (p < end && *n < MAX_LETTERS) {
		uint32_t cp;
		size_t k;

		if (*p == 'h' && (k = url_len(p, end)) > 0) {
			p += k;
			continue;
		}
		cp = utf8_step(p, end, &p);
		cp = cp <= 0xffff ? f->bmp[cp] : fold_cp(f, cp);
		if (cp != 0 && is_letter(cp)) {
			memcpy(out->p + out->n, &cp, sizeof cp);
			out->n += sizeof cp;
			++*n;
		}
	}
}

void
sketch_text(const struct fold *f, struct str title, struct str text, struct buf *tmp, struct sketch *s)
{
	uint32_t min[MINHASHES], *cp;
	size_t n = 0, k = 0;

	init_permutations();
	buf_reset(tmp);
	add_letters(f, title, tmp, &n);
	add_letters(f, text, tmp, &n);
	s->nletters = (uint32_t)n;
	s->exact = hash_bytes(tmp->p, n * sizeof *cp, 0);
	s->nshingles = n >= 3 ? (uint32_t)n - 2 : 0;
	if (s->nshingles < DUP_MIN_SHINGLES)
		return;
	cp = (uint32_t *)(void *)tmp->p; /* malloc'ed, so aligned; shingle hashes overwrite the letters from the left */
	for (k = 0; k + 2 < n; k++)
		cp[k] = (uint32_t)(hash_u64((uint64_t)cp[k] << 42 ^ (uint64_t)cp[k + 1] << 21 ^ cp[k + 2]) >> 16);
	minima(cp, k, min);
	for (size_t i = 0; i < SKETCH_BYTES; i++)
		s->nibble[i] = (uint8_t)((min[2 * i] & 15) | (min[2 * i + 1] & 15) << 4);
	for (size_t i = 0; i < BANDS; i++) {
		const uint32_t *r = min + i * ROWS;

		s->band[i] = (uint32_t)hash_u64(((uint64_t)r[0] << 32 | r[1]) ^ hash_u64((uint64_t)r[2] << 32 | r[3]));
	}
}

/* In how many of the nibbles a and b differ. */
static inline unsigned
differing(const uint8_t *a, const uint8_t *b)
{
#ifdef __SSE2__
	const __m128i ones = _mm_set1_epi8(0x11), low = _mm_set1_epi8(0x0f);
	__m128i differ = _mm_setzero_si128(); /* per nibble lane, in how many of the four vectors: no carry */

	for (size_t i = 0; i < SKETCH_BYTES; i += 16) {
		__m128i x = _mm_xor_si128(_mm_loadu_si128((const __m128i *)(const void *)(a + i)),
		    _mm_loadu_si128((const __m128i *)(const void *)(b + i)));

		x = _mm_or_si128(x, _mm_srli_epi64(x, 1));
		x = _mm_or_si128(x, _mm_srli_epi64(x, 2)); /* the low bit of a nibble is set when any of its bits differs */
		differ = _mm_add_epi8(differ, _mm_and_si128(x, ones));
	}
	differ = _mm_add_epi8(_mm_and_si128(differ, low), _mm_and_si128(_mm_srli_epi64(differ, 4), low));
	differ = _mm_sad_epu8(differ, _mm_setzero_si128());
	return (unsigned)(_mm_cvtsi128_si32(differ) + _mm_cvtsi128_si32(_mm_srli_si128(differ, 8)));
#else
	const uint64_t ones = 0x1111111111111111u, low = 0x0f0f0f0f0f0f0f0fu;
	uint64_t differ = 0; /* the same over eight words */

	for (size_t i = 0; i < SKETCH_BYTES; i += 8) {
		uint64_t x, y;

		memcpy(&x, a + i, 8);
		memcpy(&y, b + i, 8);
		x ^= y;
		x |= x >> 1;
		x |= x >> 2;
		differ += x & ones;
	}
	differ = (differ & low) + (differ >> 4 & low);
	return (unsigned)(differ * 0x0101010101010101u >> 56);
#endif
}

static double
resemblance(unsigned differ)
{
	/* unrelated nibbles agree one time in 16 */
	double j = ((double)(MINHASHES - (int)differ) / MINHASHES - 1.0 / 16) / (15.0 / 16);

	return j > 0 ? j : 0;
}

double
sketch_jaccard(const uint8_t *a, const uint8_t *b)
{
	return resemblance(differing(a, b));
}

/* --- index -------------------------------------------------------------------------------------------------------- */

struct bucket {
	uint32_t slot[SLOTS]; /* tag << 20 | number; UINT32_MAX: free */
};

struct dup_index {
	uint8_t (*sketch)[SKETCH_BYTES];
	size_t sketch_cap;
	uint64_t added;       /* texts so far; number = added % DUP_WINDOW */
	unsigned bits;        /* buckets of a band = 1 << bits */
	struct bucket *band[BANDS];
};

static struct bucket *
new_band(unsigned bits)
{
	struct bucket *b = xmalloc(sizeof *b << bits);

	memset(b, 0xff, sizeof *b << bits);
	return b;
}

struct dup_index *
dup_index_new(void)
{
	struct dup_index *x = xcalloc(1, sizeof *x);

	x->bits = FIRST_BITS;
	for (size_t i = 0; i < BANDS; i++)
		x->band[i] = new_band(x->bits);
	return x;
}

void
dup_index_free(struct dup_index *x)
{
	if (x == NULL)
		return;
	for (size_t i = 0; i < BANDS; i++)
		free(x->band[i]);
	free(x->sketch);
	free(x);
}

/*
 * A band hash gives LAST_BITS of bucket address and a tag. While the table is smaller, the address bits not yet used
 * stand in the low end of the tag, so that growing needs nothing but the slots. Tag bits: 12 at every size.
 */
static uint32_t
slot_of(const struct dup_index *x, uint32_t h, uint32_t *bucket)
{
	uint32_t tag;

	*bucket = h & ((1u << x->bits) - 1);
	tag = h >> x->bits & 0xfff;
	return tag << NUMBER_BITS;
}

/* Newest first. The copy stays in registers. */
static inline void
put(struct bucket *b, uint32_t v)
{
	uint32_t rest[SLOTS - 1];

	memcpy(rest, b->slot, sizeof rest);
	b->slot[0] = v;
	memcpy(b->slot + 1, rest, sizeof rest);
}

static void
grow(struct dup_index *x)
{
	uint32_t n = 1u << x->bits;

	for (size_t i = 0; i < BANDS; i++) {
		struct bucket *old = x->band[i], *now = new_band(x->bits + 1);

		for (uint32_t k = 0; k < n; k++)
			for (int s = SLOTS - 1; s >= 0; s--) {
				uint32_t v = old[k].slot[s], tag = v >> NUMBER_BITS;

				if (v != UINT32_MAX) /* one known bit of the tag moves into the address */
					put(&now[k | (tag & 1) << x->bits],
					    (tag >> 1) << NUMBER_BITS | (v & (DUP_WINDOW - 1)));
			}
		free(old);
		x->band[i] = now;
	}
	x->bits++;
}

uint32_t
dup_index_find(struct dup_index *x, const struct sketch *s, double min_j, uint32_t before, double *jaccard)
{
	uint32_t best = DUP_NONE, seen[MAX_CANDIDATES], nseen = 0, bucket, least = MINHASHES + 1;
	uint8_t at[256] = {0}; /* where in seen the last number of this low byte stands, + 1 */
	/* grown tables have lost tag bits: compare only those that every slot has */
	uint32_t known = 12 - (x->bits - FIRST_BITS), mask = ((1u << known) - 1) << NUMBER_BITS;

	/* The tables are far larger than any cache: ask for all lines before the first is needed. */
	for (size_t i = 0; i < BANDS; i++) {
		(void)slot_of(x, s->band[i], &bucket);
		__builtin_prefetch(&x->band[i][bucket], 1);
	}
	for (size_t i = 0; i < BANDS && nseen < MAX_CANDIDATES; i++) {
		uint32_t tag = slot_of(x, s->band[i], &bucket);
		const struct bucket *b = &x->band[i][bucket];

		for (size_t k = 0; k < SLOTS && b->slot[k] != UINT32_MAX && nseen < MAX_CANDIDATES; k++) {
			uint32_t number = b->slot[k] & (DUP_WINDOW - 1), q;

			if (((b->slot[k] ^ tag) & mask) != 0 || number >= before)
				continue;
			q = at[number & 255];
			if (q > 0 && seen[q - 1] != number) /* another of the same low byte: look at all */
				for (q = nseen; q > 0 && seen[q - 1] != number; q--)
					;
			if (q > 0)
				continue;
			seen[nseen++] = number;
			at[number & 255] = (uint8_t)nseen;
			__builtin_prefetch(x->sketch[number]);
		}
	}
	for (uint32_t i = 0; i < nseen; i++) {
		unsigned differ = differing(s->nibble, x->sketch[seen[i]]);

		if (differ < least || (differ == least && seen[i] < best)) {
			best = seen[i];
			least = differ;
		}
	}
	*jaccard = best != DUP_NONE ? resemblance(least) : 0;
	if (*jaccard >= min_j)
		return best;
	*jaccard = 0;
	return DUP_NONE;
}

uint32_t
dup_index_add(struct dup_index *x, const struct sketch *s)
{
	uint32_t number = (uint32_t)(x->added % DUP_WINDOW), bucket;

	if (number >= x->sketch_cap)
		x->sketch = xgrow(x->sketch, &x->sketch_cap, number + 1u, sizeof *x->sketch);
	memcpy(x->sketch[number], s->nibble, SKETCH_BYTES);
	if (x->bits < LAST_BITS && x->added >= (uint64_t)(SLOTS * 5 / 8) << x->bits)
		grow(x);
	for (size_t i = 0; i < BANDS; i++) {
		uint32_t tag = slot_of(x, s->band[i], &bucket);

		put(&x->band[i][bucket], tag | number);
	}
	x->added++;
	return number;
}

const uint8_t *
dup_index_sketch(const struct dup_index *x, uint32_t number)
{
	return x->sketch[number];
}
