#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "base/utf8.h"

/* Length of the well-formed sequence at u, or 0. */
static size_t
seq_len(const unsigned char *u, size_t n)
{
	unsigned char c = u[0];

	if (c < 0x80)
		return 1;
	if (c < 0xc2 || c > 0xf4)
		return 0;
	if (c < 0xe0)
		return n >= 2 && (u[1] & 0xc0) == 0x80 ? 2 : 0;
	if (c < 0xf0) {
		if (n < 3 || (u[1] & 0xc0) != 0x80 || (u[2] & 0xc0) != 0x80)
			return 0;
		if ((c == 0xe0 && u[1] < 0xa0) || (c == 0xed && u[1] > 0x9f))
			return 0;
		return 3;
	}
	if (n < 4 || (u[1] & 0xc0) != 0x80 || (u[2] & 0xc0) != 0x80 || (u[3] & 0xc0) != 0x80)
		return 0;
	if ((c == 0xf0 && u[1] < 0x90) || (c == 0xf4 && u[1] > 0x8f))
		return 0;
	return 4;
}

static bool
valid_scalar(const char *p, size_t n)
{
	const unsigned char *u = (const unsigned char *)p, *end = u + n;

	while (u < end) {
		uint64_t w;
		size_t k;

		if (end - u >= 8) {
			memcpy(&w, u, 8);
			if ((w & 0x8080808080808080u) == 0) {
				u += 8;
				continue;
			}
		}
		k = seq_len(u, (size_t)(end - u));
		if (k == 0)
			return false;
		u += k;
	}
	return true;
}

#if defined(__x86_64__)
/*
 * Validation by three nibble look-ups per byte (J. Keiser, D. Lemire, "Validating UTF-8 in less than one
 * instruction per byte", 2021). Each bit below names a way in which a byte and its predecessor can be wrong;
 * a pair is wrong when the same bit stands in all three look-ups.
 */
enum {
	SHORT = 1,      /* lead byte followed by a non-continuation */
	LONG = 2,       /* ASCII followed by a continuation */
	OVER3 = 4,      /* e0 with too small a second byte */
	LARGE = 8,      /* f4 9x and above */
	SURR = 16,      /* ed ax, surrogates */
	OVER2 = 32,     /* c0, c1 */
	LARGE1000 = 64, /* f5.. with 8x */
	OVER4 = 64,     /* f0 8x */
	CONTS = 128,    /* two continuations in a row: wrong unless a 3- or 4-byte lead stands before */
	CARRY = SHORT | LONG | CONTS
};

__attribute__((target("avx2"))) static inline __m256i
check_block(__m256i in, __m256i prev)
{
	const __m256i t1h = _mm256_setr_epi8(LONG, LONG, LONG, LONG, LONG, LONG, LONG, LONG, (char)CONTS,
	    (char)CONTS, (char)CONTS, (char)CONTS, SHORT | OVER2, SHORT, SHORT | OVER3 | SURR,
	    SHORT | LARGE | LARGE1000 | OVER4, LONG, LONG, LONG, LONG, LONG, LONG, LONG, LONG, (char)CONTS,
	    (char)CONTS, (char)CONTS, (char)CONTS, SHORT | OVER2, SHORT, SHORT | OVER3 | SURR,
	    SHORT | LARGE | LARGE1000 | OVER4);
#define T1L \
	(char)(CARRY | OVER3 | OVER2 | OVER4), (char)(CARRY | OVER2), (char)CARRY, (char)CARRY, \
	    (char)(CARRY | LARGE), (char)(CARRY | LARGE | LARGE1000), (char)(CARRY | LARGE | LARGE1000), \
	    (char)(CARRY | LARGE | LARGE1000), (char)(CARRY | LARGE | LARGE1000), \
	    (char)(CARRY | LARGE | LARGE1000), (char)(CARRY | LARGE | LARGE1000), \
	    (char)(CARRY | LARGE | LARGE1000), (char)(CARRY | LARGE | LARGE1000), \
	    (char)(CARRY | LARGE | LARGE1000 | SURR), (char)(CARRY | LARGE | LARGE1000), \
	    (char)(CARRY | LARGE | LARGE1000)
	const __m256i t1l = _mm256_setr_epi8(T1L, T1L);
#undef T1L
#define T2H \
	SHORT, SHORT, SHORT, SHORT, SHORT, SHORT, SHORT, SHORT, \
	    (char)(LONG | OVER2 | CONTS | OVER3 | LARGE1000 | OVER4), (char)(LONG | OVER2 | CONTS | OVER3 | LARGE), \
	    (char)(LONG | OVER2 | CONTS | SURR | LARGE), (char)(LONG | OVER2 | CONTS | SURR | LARGE), SHORT, SHORT, \
	    SHORT, SHORT
	const __m256i t2h = _mm256_setr_epi8(T2H, T2H);
#undef T2H
	const __m256i low = _mm256_set1_epi8(0x0f);
	__m256i over = _mm256_permute2x128_si256(prev, in, 0x21);
	__m256i p1 = _mm256_alignr_epi8(in, over, 15);
	__m256i p2 = _mm256_alignr_epi8(in, over, 14);
	__m256i p3 = _mm256_alignr_epi8(in, over, 13);
	__m256i bad = _mm256_and_si256(
	    _mm256_and_si256(
		_mm256_shuffle_epi8(t1h, _mm256_and_si256(_mm256_srli_epi16(p1, 4), low)),
		_mm256_shuffle_epi8(t1l, _mm256_and_si256(p1, low))),
	    _mm256_shuffle_epi8(t2h, _mm256_and_si256(_mm256_srli_epi16(in, 4), low)));
	/* bytes two behind a 3-byte lead, or three behind a 4-byte lead, must be the second of CONTS */
	__m256i third = _mm256_subs_epu8(p2, _mm256_set1_epi8((char)(0xe0 - 0x80)));
	__m256i fourth = _mm256_subs_epu8(p3, _mm256_set1_epi8((char)(0xf0 - 0x80)));
	__m256i must = _mm256_and_si256(_mm256_or_si256(third, fourth), _mm256_set1_epi8((char)0x80));

	return _mm256_xor_si256(must, bad);
}

__attribute__((target("avx2"))) static bool
valid_avx2(const char *p, size_t n)
{
	__m256i prev = _mm256_setzero_si256(), bad = prev, in;
	_Alignas(32) char tail[32] = {0};
	bool ascii_before = true; /* prev ends on a character boundary */
	size_t i = 0;

	for (; i + 32 <= n; i += 32) {
		in = _mm256_loadu_si256((const __m256i *)(const void *)(p + i));
		if (ascii_before && _mm256_movemask_epi8(in) == 0) {
			prev = in;
			continue;
		}
		bad = _mm256_or_si256(bad, check_block(in, prev));
		ascii_before = _mm256_movemask_epi8(in) == 0;
		prev = in;
	}
	if (n > i)
		memcpy(tail, p + i, n - i);
	in = _mm256_load_si256((const __m256i *)(const void *)tail);
	bad = _mm256_or_si256(bad, check_block(in, prev)); /* zero padding exposes a cut sequence */
	if (n - i > 28)                                     /* the cut may sit at the very end of tail */
		bad = _mm256_or_si256(bad, check_block(_mm256_setzero_si256(), in));
	return _mm256_testz_si256(bad, bad) != 0;
}
#endif

bool
utf8_valid(const char *p, size_t n)
{
#if defined(__x86_64__)
	static int avx2 = -1;

	if (n >= 64) {
		if (avx2 < 0)
			avx2 = __builtin_cpu_supports("avx2") != 0;
		if (avx2)
			return valid_avx2(p, n);
	}
#endif
	return valid_scalar(p, n);
}

size_t
utf8_put(char out[4], uint32_t cp)
{
	if (cp < 0x80) {
		out[0] = (char)cp;
		return 1;
	}
	if (cp < 0x800) {
		out[0] = (char)(0xc0 | cp >> 6);
		out[1] = (char)(0x80 | (cp & 0x3f));
		return 2;
	}
	if (cp < 0x10000) {
		out[0] = (char)(0xe0 | cp >> 12);
		out[1] = (char)(0x80 | (cp >> 6 & 0x3f));
		out[2] = (char)(0x80 | (cp & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | cp >> 18);
	out[1] = (char)(0x80 | (cp >> 12 & 0x3f));
	out[2] = (char)(0x80 | (cp >> 6 & 0x3f));
	out[3] = (char)(0x80 | (cp & 0x3f));
	return 4;
}

size_t
utf8_count(struct str s)
{
	size_t k = 0;

	for (size_t i = 0; i < s.n; i++)
		k += ((unsigned char)s.p[i] & 0xc0) != 0x80;
	return k;
}

struct range {
	uint32_t lo, hi;
};

static bool
in_ranges(const struct range *r, size_t n, uint32_t cp)
{
	for (size_t i = 0; i < n; i++)
		if (cp >= r[i].lo && cp <= r[i].hi)
			return true;
	return false;
}

int
utf8_cp_width(uint32_t cp)
{
	static const struct range zero[] = {{0x0300, 0x036f}, {0x0483, 0x0489}, {0x0591, 0x05bd},
	    {0x064b, 0x065f}, {0x0e31, 0x0e31}, {0x0e34, 0x0e3a}, {0x200b, 0x200f}, {0x202a, 0x202e},
	    {0x2060, 0x206f}, {0x20d0, 0x20ff}, {0x302a, 0x302d}, {0x3099, 0x309a}, {0xfe00, 0xfe0f},
	    {0xfe20, 0xfe2f}, {0xfeff, 0xfeff}, {0x1f3fb, 0x1f3ff}, {0xe0000, 0xe0fff}};
	static const struct range wide[] = {{0x1100, 0x115f}, {0x231a, 0x231b}, {0x23e9, 0x23f3},
	    {0x2614, 0x2615}, {0x2648, 0x2653}, {0x26a1, 0x26a1}, {0x2705, 0x2705}, {0x274c, 0x274c},
	    {0x2753, 0x2757}, {0x2e80, 0x303e}, {0x3041, 0xa4cf}, {0xa960, 0xa97f}, {0xac00, 0xd7a3},
	    {0xf900, 0xfaff}, {0xfe30, 0xfe6f}, {0xff00, 0xff60}, {0xffe0, 0xffe6}, {0x1f004, 0x1f004},
	    {0x1f0cf, 0x1f0cf}, {0x1f18e, 0x1f19a}, {0x1f200, 0x1f64f}, {0x1f680, 0x1f6ff},
	    {0x1f7e0, 0x1f7eb}, {0x1f900, 0x1f9ff}, {0x1fa70, 0x1faff}, {0x20000, 0x3fffd}};

	if (cp < 0x20 || (cp >= 0x7f && cp < 0xa0))
		return 0;
	if (cp < 0x300)
		return 1;
	if (cp >= 0x4e00 && cp <= 0x9fff) /* most of what is not ASCII */
		return 2;
	if (in_ranges(zero, sizeof zero / sizeof *zero, cp))
		return 0;
	return in_ranges(wide, sizeof wide / sizeof *wide, cp) ? 2 : 1;
}

size_t
utf8_width(struct str s)
{
	const char *p = s.p, *end = s.p + s.n;
	size_t w = 0;

	while (p < end)
		w += (size_t)utf8_cp_width(utf8_step(p, end, &p));
	return w;
}

struct str
utf8_cut_bytes(struct str s, size_t n)
{
	if (s.n <= n)
		return s;
	while (n > 0 && ((unsigned char)s.p[n] & 0xc0) == 0x80)
		n--;
	return (struct str){s.p, n};
}

struct str
utf8_cut_cols(struct str s, size_t ncol)
{
	const char *p = s.p, *end = s.p + s.n, *next;
	size_t w = 0;

	while (p < end) {
		w += (size_t)utf8_cp_width(utf8_step(p, end, &next));
		if (w > ncol)
			break;
		p = next;
	}
	return (struct str){s.p, (size_t)(p - s.p)};
}

bool
utf8_is_han(uint32_t cp)
{
	return (cp >= 0x4e00 && cp <= 0x9fff) || (cp >= 0x3400 && cp <= 0x4dbf) ||
	    (cp >= 0xf900 && cp <= 0xfaff) || (cp >= 0x20000 && cp <= 0x3ffff) || cp == 0x3007;
}

void
utf8_clean(struct buf *out, struct str s)
{
	const char *p = s.p, *end = s.p + s.n, *from = s.p, *q;

	while (p < end) {
		uint32_t cp = utf8_step(p, end, &q);
		bool blank = cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || cp == 0x2028 || cp == 0x2029;

		/* invisible steering characters go */
		if (blank || (cp >= 0x202a && cp <= 0x202e) || (cp >= 0x2066 && cp <= 0x2069) || cp == 0x200e || cp == 0x200f ||
		    cp == 0xfeff) {
			buf_add(out, from, (size_t)(p - from));
			if (blank)
				buf_putc(out, ' ');
			from = q;
		}
		p = q;
	}
	if (p > from)
		buf_add(out, from, (size_t)(p - from));
}

size_t
utf8_repair(struct buf *out, struct str s)
{
	const unsigned char *u = (const unsigned char *)s.p, *end = u + s.n;
	size_t bad = 0;

	while (u < end) {
		size_t k = seq_len(u, (size_t)(end - u));

		if (k == 0) {
			buf_add(out, "\xef\xbf\xbd", 3);
			bad++;
			u++;
			continue;
		}
		buf_add(out, u, k);
		u += k;
	}
	return bad;
}
