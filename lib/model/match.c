#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "model/match.h"

enum { WORD_BIT = 1u << 31, MIN_WORDS = 1 << 10, SHORT_WORD = 2, HYPHEN = '-' };

struct match_entry {
	uint32_t id[3];    /* the first ids; 0 where the term is shorter */
	uint32_t n;
	uint32_t first;    /* ids[first..first+n) */
	uint32_t value;
	uint32_t head;
};
struct match_head {
	uint64_t third;    /* bits of the third ids of its terms */
	uint32_t first, n; /* of the entries, longest first */
	uint32_t nlong;    /* of them with a third id */
	uint32_t row;      /* or 0 */
};
struct match_slot {
	uint32_t key;      /* 0: free */
	uint32_t what;     /* a row; with HEAD set, the index of a head */
};
enum { HEAD = 1u << 30, DIRECT = 1 << 16 /* smaller ids alone, nearly all characters, are not looked up by key */ };

/* Of a bit in matcher.begins. */
static inline uint32_t
begin_of(uint32_t id)
{
	return (id ^ id >> 16) & 0xffff;
}

static inline uint64_t
id_bit(uint32_t id)
{
	return (uint64_t)1 << (id & 63);
}

enum { WORD_HASH = 0x811c9dc5u };

static inline uint32_t
word_hash(uint32_t h, unsigned char b)
{
	return (h ^ b) * 16777619u;
}

static inline uint32_t
word_hash_end(uint32_t h)
{
	h ^= h >> 15;
	h *= 0x2c1b3c6du;
	h ^= h >> 13;
	return h | WORD_BIT;
}

uint32_t
match_word_id(const char *p, size_t n)
{
	uint32_t h = WORD_HASH;

	for (size_t i = 0; i < n; i++)
		h = word_hash(h, (unsigned char)p[i]);
	return word_hash_end(h);
}

static bool
has_vowel(const char *w, size_t n)
{
	const unsigned vowels = 0x1104111; /* bits of a e i o u y */

	for (size_t i = 0; i < n; i++)
		if (w[i] >= 'a' && w[i] <= 'z' && vowels >> (w[i] - 'a') & 1)
			return true;
	return false;
}

static bool
ends(const char *w, size_t n, const char *tail, size_t k)
{
	return n > k && memcmp(w + n - k, tail, k) == 0;
}

size_t
match_stem(char *w, size_t n)
{
	if (n < 4 || (unsigned char)w[n - 1] >= 0x80 || !is_alpha(w[n - 1]))
		return n;
	switch (w[n - 1]) {
	case 's':
		if (ends(w, n, "ies", 3) && n > 4) {
			n -= 2;
			w[n - 1] = 'y';
		} else if (ends(w, n, "sses", 4) || ends(w, n, "xes", 3) || ends(w, n, "ches", 4) || ends(w, n, "shes", 4)) {
			n -= 2;
		} else if (w[n - 2] != 's' && w[n - 2] != 'u' && w[n - 2] != 'i') {
			n--;
		}
		break;
	case 'd':
		if (ends(w, n, "ied", 3) && n > 4) {
			n -= 2;
			w[n - 1] = 'y';
		} else if (ends(w, n, "ed", 2)) {
			n -= n - 2 >= 3 && has_vowel(w, n - 2) ? 2 : w[n - 3] != 'e' && has_vowel(w, n - 2) ? 1 : 0;
		}
		break;
	case 'g':
		if (ends(w, n, "ing", 3) && n - 3 >= 3 && has_vowel(w, n - 3))
			n -= 3;
		break;
	default:
		break;
	}
	if (n >= 4 && w[n - 1] == 'e')
		n--;
	if (n >= 4 && w[n - 1] == w[n - 2])
		n--;
	return n;
}

/* --- laying out --------------------------------------------------------------------------------------------------- */

enum { RUN_MAX = 3, NAME_MAX = 30, EMOTE_MAX = 10 /* characters between brackets */ };

/* Every unit stands for at least one byte of the text. */
static void
room(struct match_text *t, size_t n)
{
	n += 2;
	if (n > t->cap)
		t->id = xgrow(t->id, &t->cap, n, sizeof *t->id);
	if (n > t->unitcap)
		t->unit = xgrow(t->unit, &t->unitcap, n, sizeof *t->unit);
}

/* Where units go; kept apart from the match_text so that the compiler may hold it in registers. */
struct sink {
	uint32_t *id;
	struct match_unit *unit;
	size_t n;
	const char *text;
};

static inline void
emit(struct sink *s, uint32_t id, size_t off, size_t len, unsigned flag)
{
	size_t n = s->n++;

	s->id[n] = id;
	s->unit[n].off = (uint32_t)off;
	if (len > UINT16_MAX)
		len = utf8_cut_bytes((struct str){s->text + off, len}, UINT16_MAX).n;
	s->unit[n].len = (uint16_t)len;
	s->unit[n].flag = (uint16_t)flag;
}

static inline void
finish(struct match_text *t, const struct sink *s)
{
	t->n = s->n;
	t->id[s->n] = 0;
	t->unit[s->n] = (struct match_unit){0, 0, 0};
}

static uint32_t
word_id(const char *p, size_t n, bool stems)
{
	char w[64];

	if (!stems || n > sizeof w)
		return match_word_id(p, n);
	memcpy(w, p, n);
	return match_word_id(w, match_stem(w, n));
}

static inline bool
ends_sentence(uint32_t c)
{
	return c == 0x3002 || c == '!' || c == '?' || c == ';' || c == '\n' || c == '.' || c == 0x2026;
}

static inline bool
is_word(uint32_t c)
{
	return c < 0x80 ? (c >= 'a' && c <= 'z') || c == '_' :
	    c >= 0xc0 && c < 0x2000 && c != 0xd7 && c != 0xf7 && !(c >= 0x1100 && c < 0x1200);
}

static inline bool
is_han(uint32_t c)
{
	return (c >= 0x4e00 && c <= 0x9fff) || (c >= 0x3400 && c <= 0x4dbf) || (c >= 0x3040 && c <= 0x30ff) ||
	    (c >= 0xac00 && c <= 0xd7af) || (c >= 0x1100 && c <= 0x11ff) || (c >= 0x20000 && c <= 0x3ffff) ||
	    (c >= 0xf900 && c <= 0xfaff) || c == 0x3005 || c == 0x3007;
}

/* An ASCII letter of a word, folded; 0 for everything else. */
static inline uint32_t
ascii_letter(char b)
{
	uint32_t c = (unsigned char)b | 0x20u;

	return c - 'a' < 26 ? c : b == '_' ? '_' : 0;
}

/*
 * The ASCII letters at p, eight at most, folded into w; how many. 0 also when there are fewer than eight bytes, or three
 * of one letter stand side by side: then it takes a closer look.
 */
static inline size_t
letters(const char *p, const char *end, char *w)
{
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	const uint64_t ones = 0x0101010101010101u, high = ones << 7;
	uint64_t x, v, other, same;

	if (end - p < 8)
		return 0;
	memcpy(&x, p, sizeof x);
	x |= ones * 0x20;
	v = x & ~high;
	other = ~((v + ones * (0x80 - 'a')) & ~(v + ones * (0x7f - 'z')) & ~x) & high;
	same = x ^ x >> 8;
	same = (same - ones) & ~same & high; /* the first byte found is right, and that is enough */
	if (same & same >> 8)
		return 0;
	memcpy(w, &x, sizeof x);
	return other == 0 ? 8 : (size_t)__builtin_ctzll(other) / 8;
#else
	(void)p;
	(void)end;
	(void)w;
	return 0;
#endif
}

/* How long the run of one letter is with which w ends; at most two when letters() has read it. */
static inline int
run_at_end(const char *w, size_t n, uint32_t *letter)
{
	*letter = (unsigned char)w[n - 1];
	return n > 1 && w[n - 2] == w[n - 1] ? 2 : 1;
}

/* The next character of p..end, folded; what is dropped is passed over. 0 at the end. */
static inline uint32_t
next_cp(const struct fold *f, const char **p, const char *end)
{
	while (*p < end) {
		uint32_t c = fold_cp(f, utf8_step(*p, end, p));

		if (c != 0)
			return c;
	}
	return 0;
}

/* The character at p when it is one of three bytes that begin with e3 to e9, most of all Han, folded; else 0. */
static inline uint32_t
wide_cp(const struct fold *f, const char *p, const char *end)
{
	const unsigned char *b = (const unsigned char *)p;

	return end - p >= 3 && b[0] - 0xe3u <= 6 ? f->bmp[((b[0] << 12) + (b[1] << 6) + b[2] - 0x2080) & 0xffff] : 0;
}

/* What stands before the present character. */
struct before {
	uint32_t last; /* character; 0 behind a word */
	int run;       /* how often it stands there */
};

/* The Han and kin from p on, folded to least..most; returns their end. Runs of one character are cut to three. */
static const char *
take_han(const struct fold *f, struct str text, const char *p, uint32_t least, uint32_t most, struct sink *s, struct before *b)
{
	const char *const end = text.p + text.n;
	uint32_t *id = s->id + s->n, last = b->last, c;
	struct match_unit *u = s->unit + s->n;
	int run = b->run;

	for (; (c = wide_cp(f, p, end)) >= least && c <= most; p += 3) {
		run = c == last ? run + 1 : 1;
		last = c;
		if (run > RUN_MAX)
			continue;
		*id++ = c;
		u->off = (uint32_t)(p - text.p);
		u->len = 3;
		u++->flag = 0;
	}
	s->n = (size_t)(id - s->id);
	*b = (struct before){last, run};
	return p;
}

/* The character at p, folded. */
static inline uint32_t
cp_at(const struct fold *f, const char *p, const char *end, const char **next)
{
	*next = p + 1;
	return (unsigned char)*p < 0x80 ? f->bmp[(unsigned char)*p] : fold_cp(f, utf8_step(p, end, next));
}

/* --- as subjects are looked for --- */

/* The inside of [x] or @x at p: Han one by one, letters and digits as words. */
static void
take_apart(const struct fold *f, const char *text, const char *p, const char *end, unsigned flag, bool stems, struct sink *s)
{
	const char *next, *start = NULL;
	char word[256];
	size_t n = 0;

	for (; p <= end; p = next) {
		uint32_t c = ' ';

		next = p + 1;
		if (p < end)
			c = fold_cp(f, utf8_step(p, end, &next));
		if (c == 0)
			continue;
		if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || (c >= 0xc0 && c < 0x2000)) {
			if (n == 0)
				start = p;
			if (n + 4 < sizeof word)
				n += utf8_put(word + n, c);
			continue;
		}
		if (n > 0)
			emit(s, word_id(word, n, stems), (size_t)(start - text), (size_t)(p - start),
			    flag | MATCH_LATIN | (n <= SHORT_WORD ? MATCH_SHORT : 0));
		n = 0;
		if (p < end && c > 0x2fff)
			emit(s, c, (size_t)(p - text), (size_t)(next - p), flag);
		else if (p < end && c != ' ' && c != HYPHEN)
			emit(s, c, (size_t)(p - text), (size_t)(next - p), flag | MATCH_PUNCT);
	}
}

/* A web address at p; its end, or NULL. */
static const char *
skip_address(const char *p, const char *end)
{
	while (p < end && (unsigned char)*p > ' ' && (unsigned char)*p < 0x7f && *p != '"' && *p != '<' && *p != '>')
		p++;
	return p;
}

static const char *
address_end(const char *p, const char *end)
{
	size_t n = (size_t)(end - p);

	if ((n > 7 && (*p == 'h' || *p == 'H') && memcmp(p + 1, "ttp://", 6) == 0) ||
	    (n > 8 && (*p == 'h' || *p == 'H') && memcmp(p + 1, "ttps://", 7) == 0) || (n > 4 && memcmp(p, "www.", 4) == 0))
		return skip_address(p, end);
	return NULL;
}

/* "[...]", p behind the bracket, of up to EMOTE_MAX characters without white space or brackets inside; or NULL. */
static const char *
emote_end(const struct fold *f, const char *p, const char *end)
{
	const char *next;

	for (int n = 0; p < end && n <= EMOTE_MAX; n++, p = next) {
		uint32_t c = fold_cp(f, utf8_step(p, end, &next));

		if (c == ']')
			return n > 0 ? next : NULL;
		if (c == ' ' || c == '\n' || c == '[' || c == ',' || c == 0x3002 || c == '!' || c == '?' || c == ':')
			return NULL;
	}
	return NULL;
}

/* The id of what stands in p..end, folded. */
static uint32_t
folded_id(const struct fold *f, const char *p, const char *end)
{
	char w[8 * (EMOTE_MAX + 4)];
	size_t n = 0;

	while (p < end) {
		uint32_t c = fold_cp(f, utf8_step(p, end, &p));

		if (c != 0 && n + 4 <= sizeof w)
			n += utf8_put(w + n, c);
	}
	return match_word_id(w, n);
}

/* A folded word while it is read. */
struct word {
	char *p, small[256];
	size_t n, cap;
};

static void
word_add(struct word *w, uint32_t c)
{
	if (w->cap - w->n < 4) {
		char *bigger = xmalloc(2 * w->cap);

		memcpy(bigger, w->p, w->n);
		if (w->p != w->small)
			free(w->p);
		w->p = bigger;
		w->cap *= 2;
	}
	w->n += utf8_put(w->p + w->n, c);
}

/* The word that begins at p, folded, runs of one letter cut to three; returns its end. */
static const char *
take_word(const struct fold *f, const char *p, const char *end, struct word *w)
{
	const char *next = p;
	uint32_t c, prev = 0;
	int same = 0;

	w->p = w->small;
	w->cap = sizeof w->small;
	w->n = letters(p, end, w->small);
	p += w->n;
	if (w->n > 0)
		same = run_at_end(w->small, w->n, &prev);
	for (;;) {
		for (; p < end && w->n + 8 < sizeof w->small && (c = ascii_letter(*p)) != 0; p++) {
			same = c == prev ? same + 1 : 1;
			prev = c;
			w->small[w->n] = (char)c;
			w->n += same <= RUN_MAX;
		}
		if (p >= end || *p == ' ')
			return p;
		c = cp_at(f, p, end, &next);
		if (c == 0) { /* what is dropped does not end a word */
			p = next;
			continue;
		}
		if (!is_word(c) && !(c == '\'' && next < end && is_word(fold_cp(f, (unsigned char)*next)))) /* don't */
			return p;
		same = c == prev ? same + 1 : 1;
		prev = c;
		if (same <= RUN_MAX)
			word_add(w, c);
		p = next;
	}
}

/* p behind an @: the end of the name, or p. */
static const char *
name_end(const struct fold *f, const char *p, const char *end)
{
	const char *next;

	for (int n = 0; p < end && n < NAME_MAX; n++, p = next) {
		uint32_t c = fold_cp(f, utf8_step(p, end, &next));

		if (!(is_word(c) || is_han(c) || (c >= '0' && c <= '9') || c == '-' || c == 0xb7))
			break;
	}
	return p;
}

void
match_layout(const struct fold *f, struct str text, unsigned how, struct match_text *t)
{
	const char *p = text.p, *const end = p + text.n, *next;
	const bool users = how & MATCH_USERS, stems = how & MATCH_STEMS;
	const char *hyphen = NULL, *hyphen_end = NULL; /* one that goes when the next unit touches it: check-in is check in */
	struct sink s;
	struct before b = {0, 0};
	bool glued = false, space = false; /* the unit before was a word or number; white space stood before this one */

	room(t, text.n);
	s = (struct sink){t->id, t->unit, 0, text.p};
	for (; p < end; p = next) {
		uint32_t c;

		if (hyphen == NULL && (unsigned char)*p >= 0xe3) {
			const char *q = take_han(f, text, p, 0x4e00, 0x9fff, &s, &b);

			if (q > p)
				glued = space = false;
			p = q;
			if (p == end)
				break;
		}
		c = cp_at(f, p, end, &next);
		if (c == 0)
			continue;
		if (c == ' ') {
			space = true;
			continue;
		}
		if (is_word(c) || (c >= '0' && c <= '9')) {
			const unsigned flag = MATCH_LATIN | (glued && !space ? MATCH_GLUED : 0);
			size_t len;

			if (hyphen != NULL && space)
				emit(&s, HYPHEN, (size_t)(hyphen - text.p), (size_t)(hyphen_end - hyphen), MATCH_PUNCT);
			hyphen = NULL;
			b.last = 0;
			if ((c == 'h' || c == 'w') && (next = address_end(p, end)) != NULL) {
				len = (size_t)(next - p);
				emit(&s, UNIT_ID_URL, (size_t)(p - text.p), len > UINT16_MAX ? UINT16_MAX : len, MATCH_PUNCT);
				glued = space = false;
				continue;
			}
			if (c >= '0' && c <= '9') {
				const char *q = p;
				size_t n = 0;
				uint32_t h = WORD_HASH;

				for (next = p; q < end; next = q) {
					c = fold_cp(f, utf8_step(q, end, &q));
					if (c < '0' || c > '9')
						break;
					n++;
					h = word_hash(h, (unsigned char)c);
				}
				len = (size_t)(next - p);
				emit(&s, word_hash_end(h), (size_t)(p - text.p), len > UINT16_MAX ? UINT16_MAX : len,
				    flag | MATCH_NUM | (n <= SHORT_WORD ? MATCH_SHORT : 0));
			} else {
				struct word w;

				next = take_word(f, p, end, &w);
				len = (size_t)(next - p);
				if (len > UINT16_MAX)
					len = UINT16_MAX;
				if (w.n > 2 && w.p[w.n - 2] == '\'' && w.p[w.n - 1] == 's') { /* a possessive is the word */
					w.n -= 2;
					len -= len > 2 ? 2 : 0;
				}
				emit(&s, word_id(w.p, w.n, stems), (size_t)(p - text.p), len, flag | (w.n <= SHORT_WORD ? MATCH_SHORT : 0));
				if (w.p != w.small)
					free(w.p);
			}
			glued = true;
			space = next < end && *next == ' ';
			next += space;
			continue;
		}
		if (c == '@' || c == '[') {
			const char *q = c == '@' ? name_end(f, next, end) : emote_end(f, next, end);

			if (q != NULL && q != next) {
				bool put = true;

				if (c == '@') {
					b.last = 0;
				} else {
					uint32_t id = folded_id(f, p, q);

					b.run = id == b.last ? b.run + 1 : 1;
					b.last = id;
					put = b.run <= RUN_MAX;
				}
				if (put) {
					if (hyphen != NULL && space)
						emit(&s, HYPHEN, (size_t)(hyphen - text.p), (size_t)(hyphen_end - hyphen), MATCH_PUNCT);
					hyphen = NULL;
					if (c == '@' && !users)
						emit(&s, UNIT_ID_USER, (size_t)(p - text.p), (size_t)(q - p), MATCH_PUNCT);
					else
						take_apart(f, text.p, p, q, c == '@' ? MATCH_USER : 0, stems, &s);
				}
				next = q;
				glued = space = false;
				continue;
			}
		}
		b.run = c == b.last ? b.run + 1 : 1;
		b.last = c;
		if (b.run <= RUN_MAX) {
			if (hyphen != NULL && space)
				emit(&s, HYPHEN, (size_t)(hyphen - text.p), (size_t)(hyphen_end - hyphen), MATCH_PUNCT);
			hyphen = NULL;
			if (c == HYPHEN && !space) {
				hyphen = p;
				hyphen_end = next;
				continue; /* glued as before */
			}
			emit(&s, c, (size_t)(p - text.p), (size_t)(next - p),
			    is_han(c) ? 0 : MATCH_PUNCT | (ends_sentence(c) ? MATCH_BREAK : 0));
			glued = false;
		}
		space = false;
	}
	if (hyphen != NULL)
		emit(&s, HYPHEN, (size_t)(hyphen - text.p), (size_t)(hyphen_end - hyphen), MATCH_PUNCT);
	finish(t, &s);
}

/* --- as models read --- */

/*
 * The word that begins at p, folded, into w (n bytes of it, a possessive cut off); returns its end. Runs of one letter
 * are cut to three; what does not fit into w is lost.
 */
static const char *
read_word(const struct fold *f, const char *p, const char *end, char w[256], size_t *n)
{
	uint32_t c, prev = 0;
	int same = 0;
	size_t k = letters(p, end, w);

	p += k;
	if (k > 0)
		same = run_at_end(w, k, &prev);
	for (;;) {
		const char *q;

		for (; p < end && k + 4 < 256 && (c = ascii_letter(*p)) != 0; p++) {
			same = c == prev ? same + 1 : 1;
			prev = c;
			w[k] = (char)c;
			k += same <= RUN_MAX;
		}
		if (p == end || *p == ' ')
			break;
		c = cp_at(f, p, end, &q);
		if (!is_word(c) && c != 0) {
			const char *after = q;

			if (c != '\'' || k == 0 || !is_word(next_cp(f, &after, end)))
				break;
		}
		p = q;
		same = c == prev ? same + 1 : 1;
		prev = c;
		if (c == 0 || same > RUN_MAX || k + 4 >= 256)
			continue;
		k += utf8_put(w + k, c);
	}
	if (k > 2 && w[k - 2] == '\'' && w[k - 1] == 's')
		k -= 2;
	*n = k;
	return p;
}

static bool
address_at(const char *p, const char *end)
{
	size_t n = (size_t)(end - p);

	return (n > 7 && (memcmp(p, "http://", 7) == 0 || memcmp(p, "https:/", 7) == 0)) || (n > 4 && memcmp(p, "www.", 4) == 0);
}

/* Behind an '@': the end of the name, or p when there is none. */
static const char *
skip_name(const struct fold *f, const char *p, const char *end)
{
	for (int n = 0; p < end && n < NAME_MAX; n++) {
		const char *q = p;
		uint32_t c = next_cp(f, &q, end);

		if (!(is_word(c) || (c >= '0' && c <= '9') || c == '-' || c == 0xb7 || (c >= 0x3400 && c < 0xa000)))
			break;
		p = q;
	}
	return p;
}

void
match_read(const struct fold *f, struct str text, unsigned how, struct match_text *t)
{
	const char *p = text.p, *const end = p + text.n, *q;
	const bool stems = how & MATCH_STEMS, users = how & MATCH_USERS;
	struct sink s;
	struct before b = {0, 0};
	bool glued = false, space = false;

	room(t, text.n);
	s = (struct sink){t->id, t->unit, 0, text.p};
	for (; p < end; p = q) {
		uint32_t c;

		if ((unsigned char)*p >= 0xe3) {
			q = take_han(f, text, p, 0x3040, 0xffff, &s, &b);
			if (q > p)
				glued = space = false;
			p = q;
			if (p == end)
				break;
		}
		c = cp_at(f, p, end, &q);
		if (c == 0)
			continue;
		if (c == ' ') {
			space = true;
			glued = false;
			continue;
		}
		if (is_word(c) || (c >= '0' && c <= '9')) {
			const unsigned flag = MATCH_LATIN | (glued ? MATCH_GLUED : 0);
			char w[256];
			size_t n = 0;

			if ((*p == 'h' || *p == 'w') && address_at(p, end)) {
				q = skip_address(p, end);
				emit(&s, UNIT_ID_URL, (size_t)(p - text.p), (size_t)(q - p), MATCH_PUNCT);
				glued = space = false;
				continue;
			}
			if (c >= '0' && c <= '9') {
				for (q = p; q < end; ) {
					const char *to = q;

					c = next_cp(f, &to, end);
					if (c < '0' || c > '9')
						break;
					if (n < sizeof w)
						w[n++] = (char)c;
					q = to;
				}
				emit(&s, match_word_id(w, n), (size_t)(p - text.p), (size_t)(q - p),
				    flag | MATCH_NUM | (n <= SHORT_WORD ? MATCH_SHORT : 0));
			} else {
				bool small;

				q = read_word(f, p, end, w, &n);
				small = n <= SHORT_WORD;
				if (stems && n <= 64)
					n = match_stem(w, n);
				emit(&s, match_word_id(w, n), (size_t)(p - text.p), (size_t)(q - p), flag | (small ? MATCH_SHORT : 0));
			}
			glued = true;
			space = false;
			b.last = 0;
			if (q < end && *q == ' ') {
				q++;
				space = true;
				glued = false;
			}
			continue;
		}
		if (c == '@' && !users) {
			const char *to = skip_name(f, q, end);

			if (to != q) {
				q = to;
				emit(&s, UNIT_ID_USER, (size_t)(p - text.p), (size_t)(q - p), MATCH_PUNCT);
				glued = space = false;
				continue;
			}
		}
		if (c == HYPHEN && s.n > 0 && !space && q < end && ((unsigned char)*q >= 0x80 || f->bmp[(unsigned char)*q] != ' '))
			continue; /* check-in is check in */
		b.run = c == b.last ? b.run + 1 : 1;
		b.last = c;
		if (b.run <= RUN_MAX)
			emit(&s, c, (size_t)(p - text.p), (size_t)(q - p),
			    c >= 0xac00 && c < 0xfb00 && !(c >= 0xd7b0 && c < 0xf900) ? 0 :
			    c >= 0x20000 && c < 0x40000 ? 0 : MATCH_PUNCT | (ends_sentence(c) ? MATCH_BREAK : 0));
		glued = space = false;
	}
	finish(t, &s);
}

/* --- terms and rows ----------------------------------------------------------------------------------------------- */

bool
matcher_add(struct matcher *m, const struct fold *f, struct str term, uint32_t value)
{
	struct match_text *t = &m->scratch;
	struct match_entry *en;

	if (m->stems)
		match_read(f, term, MATCH_USERS | MATCH_STEMS, t);
	else
		match_layout(f, term, MATCH_USERS, t);
	if (t->n == 0)
		return false;
	m->entry = xgrow(m->entry, &m->cap, m->n + 1, sizeof *m->entry);
	en = &m->entry[m->n++];
	*en = (struct match_entry){.first = (uint32_t)m->nids, .n = (uint32_t)t->n, .value = value};
	memcpy(en->id, t->id, (t->n < 3 ? t->n : 3) * sizeof *en->id);
	m->ids = xgrow(m->ids, &m->idcap, m->nids + t->n, sizeof *m->ids);
	memcpy(m->ids + m->nids, t->id, t->n * sizeof *t->id);
	m->nids += t->n;
	return true;
}

void
matcher_add_row(struct matcher *m, uint32_t key, uint32_t row)
{
	m->row = xgrow(m->row, &m->rowcap, m->nrow + 1, sizeof *m->row);
	m->row[m->nrow++] = (struct match_row){key, row};
}

static inline bool
maybe(const struct matcher *m, uint32_t key)
{
	return m->bitmap[key >> 6 & m->mask] >> (key & 63) & 1;
}

static inline size_t
slot_of(const struct matcher *m, uint32_t key)
{
	return (key >> 8) & (m->nslot - 1);
}

static inline struct match_slot *
find(const struct matcher *m, uint32_t key)
{
	size_t i = slot_of(m, key);

	while (m->slot[i].key != 0 && m->slot[i].key != key)
		i = (i + 1) & (m->nslot - 1);
	return &m->slot[i];
}

/* Longest first, then in the order given. */
static int
by_length(const void *pa, const void *pb)
{
	const struct match_entry *a = pa, *b = pb;

	if (a->n != b->n)
		return a->n > b->n ? -1 : 1;
	return a->first < b->first ? -1 : a->first > b->first;
}

/* Sets the bit of key; its slot. */
static struct match_slot *
enter(struct matcher *m, uint32_t key)
{
	struct match_slot *s = find(m, key);

	s->key = key;
	m->bitmap[key >> 6 & m->mask] |= (uint64_t)1 << (key & 63);
	return s;
}

/* Gathers the entries of each head, which are in the order given. */
static void
gather(struct matcher *m, size_t nhead)
{
	struct match_entry *sorted = xcalloc(m->n, sizeof *sorted);
	uint32_t at = 0;

	for (size_t h = 0; h < nhead; h++) {
		m->head[h].first = at;
		at += m->head[h].n;
		m->head[h].n = 0;
	}
	for (size_t i = 0; i < m->n; i++) {
		struct match_head *h = &m->head[m->entry[i].head];

		sorted[h->first + h->n++] = m->entry[i];
	}
	for (size_t h = 0; h < nhead; h++)
		if (m->head[h].n > 1)
			qsort(sorted + m->head[h].first, m->head[h].n, sizeof *sorted, by_length);
	for (size_t h = 0; h < nhead; h++)
		for (struct match_entry *en = sorted + m->head[h].first; m->head[h].nlong < m->head[h].n && en->n > 2; en++) {
			m->head[h].third |= id_bit(en->id[2]);
			m->head[h].nlong++;
		}
	free(m->entry);
	m->entry = sorted;
	m->cap = m->n;
}

void
matcher_build(struct matcher *m)
{
	size_t words = MIN_WORDS, keys = m->n + m->nrow, nhead = 0;

	m->nslot = 16;
	while (m->nslot < keys + keys / 2)
		m->nslot *= 2;
	while (words < keys / 3) /* 20 to 40 bits a key: one miss in twenty or less gets through */
		words *= 2;
	free(m->slot);
	free(m->bitmap);
	free(m->head);
	free(m->begins);
	free(m->direct);
	m->slot = xcalloc(m->nslot, sizeof *m->slot);
	m->bitmap = xcalloc(words, sizeof *m->bitmap);
	m->head = xcalloc(m->n, sizeof *m->head);
	m->begins = xcalloc(65536 / 64, sizeof *m->begins);
	m->mask = (uint32_t)(words - 1);
	for (size_t i = 0; i < m->n; i++) {
		struct match_entry *en = &m->entry[i];
		struct match_slot *s = enter(m, match_key(en->id[0], en->n == 1 ? 0 : en->id[1]));

		m->begins[begin_of(en->id[0]) / 64] |= id_bit(begin_of(en->id[0]));
		if (s->what == 0)
			s->what = HEAD | (uint32_t)nhead++;
		en->head = s->what & ~(uint32_t)HEAD;
		m->head[en->head].n++;
	}
	if (m->n > 0)
		gather(m, nhead);
	for (size_t i = 0; i < m->nrow; i++) {
		struct match_slot *s = enter(m, m->row[i].key);

		if (s->what & HEAD)
			m->head[s->what & ~(uint32_t)HEAD].row = m->row[i].row;
		else
			s->what = m->row[i].row;
	}
	if (m->nrow == 0)
		return;
	m->direct = xcalloc(DIRECT, sizeof *m->direct);
	for (uint32_t id = 1; id < DIRECT; id++)
		if (maybe(m, match_key(id, 0)))
			m->direct[id] = find(m, match_key(id, 0))->what;
}

uint32_t
matcher_row(const struct matcher *m, uint32_t key)
{
	uint32_t what;

	if (m->nrow == 0 || !maybe(m, key))
		return 0;
	what = find(m, key)->what;
	return what & HEAD ? m->head[what & ~(uint32_t)HEAD].row : what;
}

void
matcher_free(struct matcher *m)
{
	free(m->entry);
	free(m->ids);
	free(m->row);
	free(m->head);
	free(m->slot);
	free(m->bitmap);
	free(m->begins);
	free(m->direct);
	match_text_free(&m->scratch);
	*m = (struct matcher){0};
}

/* --- scanning ----------------------------------------------------------------------------------------------------- */

/*
 * What may be known of a text is gathered first and looked up then, so that memory has time to answer: the unit << 3 and
 * LOOK_… in the lower half; in the upper one the key, or with LOOK_FOUND what stands in its slot.
 */
enum {
	LOOK_PAIR = 1,    /* of this unit and the next */
	LOOK_NO_ROW = 2,  /* a number is in it: the row is looked for under another key */
	LOOK_NO_TERM = 4, /* that other key */
	LOOK_FOUND = 6,
	BLOCK = 128,      /* units at a time */
	SEEN = 1024       /* rows of the text, each where its number says: repeats of one that was overwritten get past */
};

static inline uint64_t
look(uint32_t key, size_t unit, unsigned how)
{
	return (uint64_t)key << 32 | (uint64_t)unit << 3 | how;
}

/* Whether a Latin word at the edge of a hit is cut out of something longer, as A out of A4. */
static inline bool
edges(const struct match_text *t, size_t i, size_t n)
{
	const struct match_unit *first = &t->unit[i], *last = first + n - 1;

	if ((first->flag & (MATCH_GLUED | MATCH_SHORT)) == (MATCH_GLUED | MATCH_SHORT))
		return false;
	return !((last->flag & MATCH_SHORT) && (last[1].flag & MATCH_GLUED));
}

/* The terms of a head that begin at unit i. */
static void
try_terms(const struct matcher *m, struct match_text *t, const struct match_head *h, size_t i, bool pair)
{
	const struct match_entry *en = m->entry + h->first, *const end = en + h->n;
	const struct match_unit *u = &t->unit[i], *last;
	const uint32_t *id = t->id + i;
	const uint32_t a = id[0], b = pair ? id[1] : 0;

	if (h->nlong > 0 && !(h->third & id_bit(id[2]))) /* a term of one id is not long */
		en += h->nlong;
	for (; en < end; en++) {
		/* behind the last id stands a 0, which no term has */
		if (en->id[0] != a || en->id[1] != b || (en->n > 2 && (en->id[2] != id[2] ||
		    (en->n > 3 && (en->n > t->n - i || memcmp(m->ids + en->first + 3, id + 3, (en->n - 3) * sizeof *id) != 0)))))
			continue;
		if (!edges(t, i, en->n))
			continue;
		if (t->nhit == t->hitcap)
			t->hit = xgrow(t->hit, &t->hitcap, t->nhit + 1, sizeof *t->hit);
		last = u + en->n - 1;
		t->hit[t->nhit++] = (struct match_hit){en->value, (uint32_t)i, en->n, u->off, last->off + last->len - u->off};
	}
}

static void
look_up(const struct matcher *m, struct match_text *t, const uint64_t *l, size_t n)
{
	const size_t mask = m->nslot - 1;
	const struct match_slot *const slot = m->slot;
	uint32_t *row = t->row + t->nrow;
	uint64_t *const seen = t->seen;
	const uint32_t epoch = t->epoch;

	for (size_t k = 0; k < n; k++) {
		const uint32_t at = (uint32_t)l[k];
		uint32_t what = (uint32_t)(l[k] >> 32);

		if ((at & LOOK_FOUND) != LOOK_FOUND) {
			const uint32_t key = what;
			size_t i = slot_of(m, key);

			while (slot[i].key != key && slot[i].key != 0)
				i = (i + 1) & mask;
			if (slot[i].key == 0)
				continue;
			what = slot[i].what;
			if (at & LOOK_NO_ROW) {
				if (what & HEAD)
					try_terms(m, t, &m->head[what & ~(uint32_t)HEAD], at >> 3, at & LOOK_PAIR);
				continue;
			}
		}
		if (what & HEAD) {
			const struct match_head *h = &m->head[what & ~(uint32_t)HEAD];

			if ((at & LOOK_FOUND) != LOOK_NO_TERM)
				try_terms(m, t, h, at >> 3, at & LOOK_PAIR);
			what = h->row;
			if (what == 0)
				continue;
		}
		if (seen[what & (SEEN - 1)] == ((uint64_t)what << 32 | epoch))
			continue;
		seen[what & (SEEN - 1)] = (uint64_t)what << 32 | epoch;
		*row++ = what;
	}
	t->nrow = (size_t)(row - t->row);
}

/* Unit i alone, a word or one of the rarest characters. */
static inline size_t
add_look(const struct matcher *m, uint64_t *l, size_t n, uint32_t key, size_t i, unsigned how)
{
	l[n] = look(key, i, how);
	return n + maybe(m, key);
}

/* Of a matcher without rows. */
static void
scan_terms(const struct matcher *m, struct match_text *t)
{
	for (size_t i = 0; i < t->n; i++) {
		const uint32_t at = begin_of(t->id[i]);

		if (!(m->begins[at / 64] & id_bit(at)))
			continue;
		for (int pair = i + 1 < t->n; pair >= 0; pair--) {
			const uint32_t key = match_key(t->id[i], pair ? t->id[i + 1] : 0);
			const struct match_slot *s;

			if (maybe(m, key) && (s = find(m, key))->key != 0)
				try_terms(m, t, &m->head[s->what & ~(uint32_t)HEAD], i, pair);
		}
	}
}

void
match_scan(const struct matcher *m, struct match_text *t)
{
	const uint32_t *const id = t->id;
	const struct match_unit *const unit = t->unit;
	const size_t last = t->n - 1;

	t->nhit = t->nrow = 0;
	if (m->n + m->nrow == 0 || t->n == 0)
		return;
	if (m->nrow == 0) {
		scan_terms(m, t);
		return;
	}
	if (t->rowcap < 2 * t->n + 2)
		t->row = xgrow(t->row, &t->rowcap, 2 * t->n + 2, sizeof *t->row);
	if (t->seen == NULL || ++t->epoch == 0) {
		free(t->seen);
		t->seen = xcalloc(SEEN, sizeof *t->seen);
		t->epoch = 1;
	}
	for (size_t i = 0; i <= last; ) {
		const size_t stop = last - i >= BLOCK ? i + BLOCK : last + 1;
		uint64_t l[4 * BLOCK];
		size_t n = 0;

		for (; i < stop; i++) {
			const uint32_t a = id[i], b = id[i + 1];

			if ((unit[i].flag | unit[i + 1].flag) & MATCH_NUM) { /* for rows all numbers are one */
				const bool number = unit[i].flag & MATCH_NUM;

				if (i < last) {
					n = add_look(m, l, n, match_key(a, b), i, LOOK_PAIR | LOOK_NO_ROW);
					n = add_look(m, l, n, match_key(match_row_id(t, i), match_row_id(t, i + 1)), i, LOOK_PAIR | LOOK_NO_TERM);
				}
				n = add_look(m, l, n, match_key(a, 0), i, number ? LOOK_NO_ROW : 0);
				if (number)
					n = add_look(m, l, n, match_key(MATCH_ANY_NUMBER, 0), i, LOOK_NO_TERM);
				continue;
			}
			if (i < last)
				n = add_look(m, l, n, match_key(a, b), i, LOOK_PAIR);
			if (a < DIRECT) {
				l[n] = look(m->direct[a], i, LOOK_FOUND);
				n += m->direct[a] != 0;
			} else {
				n = add_look(m, l, n, match_key(a, 0), i, 0);
			}
		}
		look_up(m, t, l, n);
	}
}

void
match_text_free(struct match_text *t)
{
	free(t->id);
	free(t->unit);
	free(t->hit);
	free(t->row);
	free(t->seen);
	*t = (struct match_text){0};
}
