#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/utf8.h"
#include "model/match.h"

enum { WORD_BIT = 1u << 31, MIN_WORDS = 1 << 10, SHORT_WORD = 2, HYPHEN = '-' };

struct match_entry {
	uint32_t first, n; /* ids[first..first+n) */
	uint32_t value;
	uint32_t next;     /* entry + 1 with the same head, longest first; 0 = last */
};
struct match_slot {
	uint64_t key;      /* 0: free */
	uint32_t entry;    /* + 1 */
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

static inline uint64_t
pair_key(uint32_t a, uint32_t b)
{
	uint64_t k = ((uint64_t)a << 32 | b) * 0x9e3779b97f4a7c15u;

	return k ^ k >> 29;
}

static inline uint64_t
single_key(uint32_t a)
{
	return pair_key(a, 0);
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

bool
matcher_add(struct matcher *m, const struct fold *f, struct str term, uint32_t value)
{
	struct match_text t = {0};
	struct match_entry *en;

	norm_text(f, term, &m->norm);
	match_layout(f, &m->norm, term, MATCH_USERS | (m->stems ? MATCH_STEMS : 0), &t);
	if (t.n == 0) {
		match_text_free(&t);
		return false;
	}
	m->entry = xgrow(m->entry, &m->cap, m->n + 1, sizeof *m->entry);
	en = &m->entry[m->n++];
	*en = (struct match_entry){.first = (uint32_t)m->nids, .n = (uint32_t)t.n, .value = value};
	m->ids = xgrow(m->ids, &m->idcap, m->nids + t.n, sizeof *m->ids);
	memcpy(m->ids + m->nids, t.id, t.n * sizeof *t.id);
	m->nids += t.n;
	match_text_free(&t);
	return true;
}

static uint64_t
head_key(const struct matcher *m, const struct match_entry *en)
{
	const uint32_t *id = m->ids + en->first;

	return en->n == 1 ? single_key(id[0]) : pair_key(id[0], id[1]);
}

static struct match_slot *
find(const struct matcher *m, uint64_t key)
{
	size_t i = (size_t)(key >> 20) & (m->nslot - 1);

	while (m->slot[i].key != 0 && m->slot[i].key != key)
		i = (i + 1) & (m->nslot - 1);
	return &m->slot[i];
}

/* The bits of a head in its word of the bitmap. */
static inline uint64_t
two_bits(uint64_t key)
{
	return (uint64_t)1 << (key >> 32 & 63) | (uint64_t)1 << (key >> 38 & 63);
}

void
matcher_build(struct matcher *m)
{
	size_t words = MIN_WORDS;

	m->nslot = 16;
	while (m->nslot < m->n * 2)
		m->nslot *= 2;
	while (words < m->n / 2) /* 32 to 64 bits a term, two of them set: one miss in a thousand gets through */
		words *= 2;
	free(m->slot);
	free(m->bitmap);
	m->slot = xcalloc(m->nslot, sizeof *m->slot);
	m->bitmap = xcalloc(words, sizeof *m->bitmap);
	m->mask = (uint32_t)(words - 1);
	for (size_t i = 0; i < m->n; i++) {
		struct match_entry *en = &m->entry[i];
		uint64_t key = head_key(m, en);
		struct match_slot *s = find(m, key);
		uint32_t *link = &s->entry;

		s->key = key;
		while (*link != 0 && m->entry[*link - 1].n >= en->n)
			link = &m->entry[*link - 1].next;
		en->next = *link;
		*link = (uint32_t)i + 1;
		m->bitmap[(uint32_t)key & m->mask] |= two_bits(key);
	}
}

void
matcher_free(struct matcher *m)
{
	free(m->entry);
	free(m->ids);
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

static void
try_head(const struct matcher *m, struct match_text *t, size_t i, uint64_t key)
{
	const struct match_slot *s = find(m, key);

	for (uint32_t e = s->entry; e != 0; e = m->entry[e - 1].next) {
		const struct match_entry *en = &m->entry[e - 1];
		struct match_hit *h;

		if (en->n > t->n - i || memcmp(m->ids + en->first, t->id + i, en->n * sizeof *t->id) != 0)
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

void
match_scan(const struct matcher *m, struct match_text *t)
{
	t->nhit = 0;
	if (m->n == 0)
		return;
	for (size_t i = 0; i < t->n; i++) {
		uint64_t key, bits;

		if (i + 1 < t->n) {
			key = pair_key(t->id[i], t->id[i + 1]);
			bits = two_bits(key);
			if ((m->bitmap[(uint32_t)key & m->mask] & bits) == bits)
				try_head(m, t, i, key);
		}
		key = single_key(t->id[i]);
		bits = two_bits(key);
		if ((m->bitmap[(uint32_t)key & m->mask] & bits) == bits)
			try_head(m, t, i, key);
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
	*t = (struct match_text){0};
}
