#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/utf8.h"
#include "model/match.h"

enum { WORD_BIT = 1u << 31, MIN_WORDS = 1 << 10, SHORT_WORD = 2, HYPHEN = '-' };

struct match_entry {
	uint32_t id[3];    /* the first ids; 0 where the term is shorter */
	uint32_t n;
	uint32_t first;    /* ids[first..first+n) */
	uint32_t key;      /* of its head */
	uint32_t value;
};
struct match_slot {
	uint32_t key;      /* 0: free */
	uint32_t entry;    /* the first with this key, longest first; or no entry's number */
	uint32_t row;      /* or 0 */
};

uint32_t
match_word_id(const char *p, size_t n)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < n; i++)
		h = (h ^ (unsigned char)p[i]) * 16777619u;
	h ^= h >> 15;
	h *= 0x2c1b3c6du;
	h ^= h >> 13;
	return h | WORD_BIT;
}

static bool
has_vowel(const char *w, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (memchr("aeiouy", w[i], 6) != NULL)
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

static void
room(struct match_text *t, size_t n)
{
	if (n <= t->cap)
		return;
	t->id = xgrow(t->id, &t->cap, n, sizeof *t->id);
	t->off = xgrow(t->off, &t->cap_off, t->cap, sizeof *t->off);
	t->len = xgrow(t->len, &t->cap_len, t->cap, sizeof *t->len);
	t->flag = xgrow(t->flag, &t->cap_flag, t->cap, sizeof *t->flag);
}

static inline void
put(struct match_text *t, uint32_t id, size_t off, size_t len, unsigned flag)
{
	t->id[t->n] = id;
	t->off[t->n] = (uint32_t)off;
	t->len[t->n] = (uint16_t)len;
	t->flag[t->n++] = (uint8_t)flag;
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

static bool
ends_sentence(uint32_t c)
{
	return c == 0x3002 || c == '!' || c == '?' || c == ';' || c == '\n' || c == '.' || c == 0x2026;
}

/* The inside of [x] or @x: Han one by one, letters and digits as words. */
static void
take_apart(const struct fold *f, struct str text, const struct unit *u, unsigned flag, bool stems,
    struct match_text *t)
{
	const char *p = text.p + u->off, *end = p + u->len, *next, *start = NULL;
	char word[256];
	size_t n = 0;

	room(t, t->n + u->len + 2);
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
			put(t, word_id(word, n, stems), (size_t)(start - text.p), (size_t)(p - start),
			    flag | MATCH_LATIN | (n <= SHORT_WORD ? MATCH_SHORT : 0));
		n = 0;
		if (p < end && c > 0x2fff)
			put(t, c, (size_t)(p - text.p), (size_t)(next - p), flag);
		else if (p < end && c != ' ' && c != HYPHEN)
			put(t, c, (size_t)(p - text.p), (size_t)(next - p), flag | MATCH_PUNCT);
	}
}

void
match_layout(const struct fold *f, const struct norm *nm, struct str text, unsigned how, struct match_text *t)
{
	const bool users = how & MATCH_USERS, stems = how & MATCH_STEMS;
	unsigned before = 0; /* the unit before was a word or number, touching this one */

	t->n = 0;
	room(t, nm->n + 1);
	for (size_t i = 0; i < nm->n; i++) {
		const struct unit *u = &nm->u[i];

		switch ((enum unit_class)u->cls) {
		case UNIT_HAN:
			put(t, u->id, u->off, u->len, 0);
			before = 0;
			break;
		case UNIT_WORD:
		case UNIT_NUM: {
			const char *w = nm->text.p + u->word;
			size_t n = u->nword, len = u->len;

			if (n > 2 && w[n - 2] == '\'' && w[n - 1] == 's') {
				n -= 2;
				len -= len > 2 ? 2 : 0;
			}
			put(t, word_id(w, n, stems), u->off, len,
			    MATCH_LATIN | (u->cls == UNIT_NUM ? MATCH_NUM : 0) | (before && !u->space ? MATCH_GLUED : 0) | (n <= SHORT_WORD ? MATCH_SHORT : 0));
			before = 1;
			break;
		}
		case UNIT_EMOTE:
			take_apart(f, text, u, 0, stems, t);
			room(t, t->n + (nm->n - i) + 1);
			before = 0;
			break;
		case UNIT_USER:
			if (users) {
				take_apart(f, text, u, MATCH_USER, stems, t);
				room(t, t->n + (nm->n - i) + 1);
			} else {
				put(t, u->id, u->off, u->len, MATCH_PUNCT);
			}
			before = 0;
			break;
		case UNIT_PUNCT:
			if (u->id == HYPHEN && i + 1 < nm->n && !u->space && !nm->u[i + 1].space)
				break; /* check-in is check in */
			put(t, u->id, u->off, u->len, MATCH_PUNCT | (ends_sentence(u->id) ? MATCH_BREAK : 0));
			before = 0;
			break;
		case UNIT_EMOJI:
		case UNIT_URL:
			put(t, u->id, u->off, u->len, MATCH_PUNCT);
			before = 0;
			break;
		}
	}
}

/* --- straight from the bytes -------------------------------------------------------------------------------------- */

enum { RUN_MAX = 3, NAME_MAX = 30 };

static inline bool
is_word(uint32_t c)
{
	return c < 0x80 ? (c >= 'a' && c <= 'z') || c == '_' :
	    c >= 0xc0 && c < 0x2000 && c != 0xd7 && c != 0xf7 && !(c >= 0x1100 && c < 0x1200);
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

/* Where match_read writes; kept apart from the match_text so that the compiler may hold it in registers. */
struct sink {
	uint32_t *id, *off;
	uint16_t *len;
	uint8_t *flag;
	size_t n;
};

static inline void
emit(struct sink *s, uint32_t id, size_t off, size_t len, unsigned flag)
{
	size_t n = s->n++;

	s->id[n] = id;
	s->off[n] = (uint32_t)off;
	s->len[n] = (uint16_t)len;
	s->flag[n] = (uint8_t)flag;
}

/*
 * The word that begins at p, folded, into w (n bytes of it, a possessive cut off); returns its end. Runs of one letter
 * are cut to three; what does not fit into w is lost.
 */
static const char *
read_word(const struct fold *f, const char *p, const char *end, char w[256], size_t *n)
{
	uint32_t prev = 0;
	int same = 0;
	size_t k = 0;

	while (p < end) {
		const char *q = p + 1;
		uint32_t c = f->bmp[(unsigned char)*p & 0x7f];

		if ((unsigned char)*p >= 0x80)
			c = fold_cp(f, utf8_step(p, end, &q));
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
		if (c < 0x80)
			w[k++] = (char)c;
		else
			k += utf8_put(w + k, c);
	}
	if (k > 2 && w[k - 2] == '\'' && w[k - 1] == 's')
		k -= 2;
	*n = k;
	return p;
}

static const char *
skip_address(const char *p, const char *end)
{
	while (p < end && (unsigned char)*p > ' ' && (unsigned char)*p < 0x7f && *p != '"' && *p != '<' && *p != '>')
		p++;
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
	const char *p = text.p, *end = p + text.n, *q;
	const bool stems = how & MATCH_STEMS, users = how & MATCH_USERS;
	struct sink s;
	uint32_t last = 0;
	int run = 0;
	bool glued = false, space = false;

	room(t, text.n + 1);
	s = (struct sink){t->id, t->off, t->len, t->flag, 0};
	for (; p < end; p = q) {
		const unsigned char b = (unsigned char)*p;
		uint32_t c;

		q = p + 1;
		if (b >= 0xe3 && b <= 0xe9 && end - p >= 3) { /* most of all: Han */
			c = f->bmp[(b & 0x0fu) << 12 | ((unsigned char)p[1] & 0x3fu) << 6 | ((unsigned char)p[2] & 0x3fu)];
			q = p + 3;
			if (c >= 0x3040) {
				run = c == last ? run + 1 : 1;
				last = c;
				if (run <= RUN_MAX)
					emit(&s, c, (size_t)(p - text.p), 3, 0);
				glued = space = false;
				continue;
			}
		} else {
			c = b < 0x80 ? f->bmp[b] : fold_cp(f, utf8_step(p, end, &q));
		}
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
			last = 0;
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
		run = c == last ? run + 1 : 1;
		last = c;
		if (run <= RUN_MAX)
			emit(&s, c, (size_t)(p - text.p), (size_t)(q - p),
			    c >= 0xac00 && c < 0xfb00 && !(c >= 0xd7b0 && c < 0xf900) ? 0 :
			    c >= 0x20000 && c < 0x40000 ? 0 : MATCH_PUNCT | (ends_sentence(c) ? MATCH_BREAK : 0));
		glued = space = false;
	}
	t->n = s.n;
}

bool
matcher_add(struct matcher *m, const struct fold *f, struct str term, uint32_t value)
{
	struct match_text t = {0};
	struct match_entry *en;

	if (m->stems) {
		match_read(f, term, MATCH_USERS | MATCH_STEMS, &t);
	} else {
		norm_text(f, term, &m->norm);
		match_layout(f, &m->norm, term, MATCH_USERS, &t);
	}
	if (t.n == 0) {
		match_text_free(&t);
		return false;
	}
	m->entry = xgrow(m->entry, &m->cap, m->n + 1, sizeof *m->entry);
	en = &m->entry[m->n++];
	*en = (struct match_entry){.first = (uint32_t)m->nids, .n = (uint32_t)t.n, .value = value};
	memcpy(en->id, t.id, (t.n < 3 ? t.n : 3) * sizeof *en->id);
	m->ids = xgrow(m->ids, &m->idcap, m->nids + t.n, sizeof *m->ids);
	memcpy(m->ids + m->nids, t.id, t.n * sizeof *t.id);
	m->nids += t.n;
	match_text_free(&t);
	return true;
}

void
matcher_add_row(struct matcher *m, uint32_t key, uint32_t row)
{
	m->row = xgrow(m->row, &m->rowcap, m->nrow + 1, sizeof *m->row);
	m->row[m->nrow++] = (struct match_row){key, row};
}

/* Two bits of one word of the bitmap, which the lower end of the key chooses. */
static inline uint64_t
two_bits(uint32_t key)
{
	return (uint64_t)1 << (key >> 26) | (uint64_t)1 << (key >> 20 & 63);
}

static inline bool
maybe(const struct matcher *m, uint32_t key)
{
	uint64_t bits = two_bits(key);

	return (m->bitmap[key & m->mask] & bits) == bits;
}

static inline const struct match_slot *
find(const struct matcher *m, uint32_t key)
{
	size_t i = (key >> 4) & (m->nslot - 1);

	while (m->slot[i].key != 0 && m->slot[i].key != key)
		i = (i + 1) & (m->nslot - 1);
	return &m->slot[i];
}

/* By head, then longest first, then in the order given. */
static int
by_head(const void *pa, const void *pb)
{
	const struct match_entry *a = pa, *b = pb;

	if (a->key != b->key)
		return a->key < b->key ? -1 : 1;
	if (a->n != b->n)
		return a->n > b->n ? -1 : 1;
	return a->first < b->first ? -1 : a->first > b->first;
}

/* Sets the bits of key; its slot. */
static struct match_slot *
enter(struct matcher *m, uint32_t key)
{
	struct match_slot *s = m->slot + (find(m, key) - m->slot);

	if (s->key == 0)
		*s = (struct match_slot){key, (uint32_t)m->n, 0};
	m->bitmap[key & m->mask] |= two_bits(key);
	return s;
}

void
matcher_build(struct matcher *m)
{
	size_t words = MIN_WORDS, heads = m->n + m->nrow;

	m->nslot = 16;
	while (m->nslot < heads * 2)
		m->nslot *= 2;
	while (words < heads / 3) /* 20 to 40 bits a head, two of them set: one miss in a hundred or less gets through */
		words *= 2;
	free(m->slot);
	free(m->bitmap);
	m->slot = xcalloc(m->nslot, sizeof *m->slot);
	m->bitmap = xcalloc(words, sizeof *m->bitmap);
	m->mask = (uint32_t)(words - 1);
	for (size_t i = 0; i < m->n; i++) {
		struct match_entry *en = &m->entry[i];

		en->key = match_key(en->id[0], en->n == 1 ? 0 : en->id[1]);
	}
	if (m->n > 0)
		qsort(m->entry, m->n, sizeof *m->entry, by_head);
	for (size_t i = 0; i < m->n; i++)
		if (i == 0 || m->entry[i].key != m->entry[i - 1].key)
			enter(m, m->entry[i].key)->entry = (uint32_t)i;
	for (size_t i = 0; i < m->nrow; i++)
		enter(m, m->row[i].key)->row = m->row[i].row;
}

uint32_t
matcher_row(const struct matcher *m, uint32_t key)
{
	return m->nrow > 0 && maybe(m, key) ? find(m, key)->row : 0;
}

void
matcher_free(struct matcher *m)
{
	free(m->entry);
	free(m->ids);
	free(m->row);
	free(m->slot);
	free(m->bitmap);
	norm_free(&m->norm);
	*m = (struct matcher){0};
}

/* Whether a Latin word at the edge of a hit is cut out of something longer, as A out of A4. */
static bool
edges(const struct match_text *t, size_t i, size_t n)
{
	size_t last = i + n - 1;

	if ((t->flag[i] & (MATCH_GLUED | MATCH_SHORT)) == (MATCH_GLUED | MATCH_SHORT))
		return false;
	return !(last + 1 < t->n && (t->flag[last + 1] & MATCH_GLUED) && (t->flag[last] & MATCH_SHORT));
}

/* The terms from entry e on that have this key and begin at unit i. */
static void
try_terms(const struct matcher *m, struct match_text *t, size_t i, uint32_t e, uint32_t key, bool pair)
{
	const struct match_entry *en = m->entry + e, *end = m->entry + m->n;
	const uint32_t *id = t->id + i;
	const size_t left = t->n - i;

	for (; en < end && en->key == key; en++) {
		struct match_hit *h;

		if ((en->n > 1) != pair || en->n > left || en->id[0] != id[0] || (pair && en->id[1] != id[1]))
			continue;
		if (en->n > 2 && (en->id[2] != id[2] ||
		    (en->n > 3 && memcmp(m->ids + en->first + 3, id + 3, (en->n - 3) * sizeof *id) != 0)))
			continue;
		if (!edges(t, i, en->n))
			continue;
		if (t->nhit == t->hitcap)
			t->hit = xgrow(t->hit, &t->hitcap, t->nhit + 1, sizeof *t->hit);
		h = &t->hit[t->nhit++];
		h->value = en->value;
		h->unit = (uint32_t)i;
		h->nunit = en->n;
		h->off = t->off[i];
		h->len = t->off[i + en->n - 1] + t->len[i + en->n - 1] - t->off[i];
	}
}

/* The terms that begin at unit i, and the row, of a key that may be known. number: the row is looked for elsewhere. */
static void
look(const struct matcher *m, struct match_text *t, size_t i, uint32_t key, bool pair, bool number)
{
	const struct match_slot *s = find(m, key);

	if (s->key == 0)
		return;
	if (s->entry < m->n)
		try_terms(m, t, i, s->entry, key, pair);
	if (s->row != 0 && !number)
		t->row[t->nrow++] = s->row;
}

/* For rows, all numbers are one. */
static void
look_number(const struct matcher *m, struct match_text *t, size_t i, bool pair)
{
	uint32_t row = matcher_row(m, match_key(match_row_id(t, i), pair ? match_row_id(t, i + 1) : 0));

	if (row != 0)
		t->row[t->nrow++] = row;
}

void
match_scan(const struct matcher *m, struct match_text *t)
{
	t->nhit = t->nrow = 0;
	if (m->n + m->nrow == 0)
		return;
	if (t->rowcap < 2 * t->n + 2)
		t->row = xgrow(t->row, &t->rowcap, 2 * t->n + 2, sizeof *t->row);
	for (size_t i = 0; i < t->n; i++) {
		const bool number = t->flag[i] & MATCH_NUM;
		uint32_t key;

		if (i + 1 < t->n) {
			const bool either = (t->flag[i] | t->flag[i + 1]) & MATCH_NUM;

			key = match_key(t->id[i], t->id[i + 1]);
			if (maybe(m, key))
				look(m, t, i, key, true, either);
			if (either)
				look_number(m, t, i, true);
		}
		key = match_key(t->id[i], 0);
		if (maybe(m, key))
			look(m, t, i, key, false, number);
		if (number)
			look_number(m, t, i, false);
	}
}

void
match_text_free(struct match_text *t)
{
	free(t->id);
	free(t->off);
	free(t->len);
	free(t->flag);
	free(t->hit);
	free(t->row);
	*t = (struct match_text){0};
}
