#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/ngram.h"

enum { T_HAN = 1, T_WORD, T_PAIR, T_CHARS, T_MARK, T_EMOTE, T_NUM, T_NEG };
enum { WORD_MAX = 40 /* bytes of a word whose 4-grams count */ };

/* Where features go. Kept in locals while a text is walked. */
struct sink {
	uint32_t *to;
	uint64_t *recent, epoch; /* epoch: of the text, in the upper half */
	struct ngram_span *span; /* when spans are wanted, and repeats kept */
};

static inline uint32_t
mix(uint64_t h)
{
	return (uint32_t)((h ^ h >> 31) * 0x9e3779b97f4a7c15u >> 32);
}

static inline __attribute__((always_inline)) void
put(struct sink *s, uint32_t h, size_t beg, size_t end, bool spans)
{
	if (!spans) {
		uint64_t *slot = &s->recent[h & (NGRAM_RECENT - 1)];
		const uint64_t mark = s->epoch | h;

		*s->to = h;
		s->to += *slot != mark; /* no jump: which repeat cannot be foreseen */
		*slot = mark;
	} else {
		*s->span++ = (struct ngram_span){(uint32_t)beg, (uint32_t)end};
		*s->to++ = h;
	}
}

/* 4-grams of the bytes of one word, its ends marked. */
static inline __attribute__((always_inline)) void
chars(struct sink *s, const char *w, size_t n, size_t at, uint64_t turned, bool spans)
{
	const uint64_t base = (uint64_t)T_CHARS << 48 ^ turned;
	char cut[WORD_MAX + 2];

	w--; /* the marks stand in the text */
	if (n > WORD_MAX) {
		n = WORD_MAX;
		memcpy(cut, w, n + 1);
		cut[n + 1] = NORM_WORD_END;
		w = cut;
	}
	for (const char *end = w + n + 2; end - w >= 4; w++) {
		uint32_t v;

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
		memcpy(&v, w, 4);
#else
		v = 0;
		for (int k = 3; k >= 0; k--) /* the same on every machine */
			v = v << 8 | (unsigned char)w[k];
#endif
		put(s, mix(base ^ v), at, at + 1, spans);
	}
}

static bool
is_negator(const struct norm *nm, const struct unit *u)
{
	const char *w = nm->text.p + u->word;
	size_t n = u->nword;

	if (n < 2 || n > 9 || (w[n - 1] != 't' && w[0] != 'n')) /* couldn't, shouldn't; no, never */
		return false;
	return (n > 2 && memcmp(w + n - 3, "n't", 3) == 0) || (n == 3 && memcmp(w, "not", 3) == 0) ||
	    (n == 2 && memcmp(w, "no", 2) == 0) || (n == 5 && memcmp(w, "never", 5) == 0) ||
	    (n == 6 && memcmp(w, "cannot", 6) == 0) || (n == 4 && memcmp(w, "cant", 4) == 0) ||
	    (n == 4 && memcmp(w, "dont", 4) == 0) || (n == 7 && memcmp(w, "without", 7) == 0);
}

static inline __attribute__((always_inline)) uint32_t *
features(const struct norm *nm, struct sink to, bool spans)
{
	struct sink *s = &to;
	const struct unit *u = nm->u;
	size_t neg_until = 0;

	for (size_t i = 0; i < nm->n; i++) {
		switch (u[i].cls) {
		case UNIT_HAN: {
			uint64_t h = (uint64_t)T_HAN << 60 ^ u[i].id ^ (uint64_t)u[i].turned << 58;

			put(s, mix(h), i, i + 1, spans);
			if (!u[i + 1].glued) {
				if (u[i + 1].cls == UNIT_PUNCT && !u[i + 1].space && (u[i + 1].id == '!' || u[i + 1].id == '?'))
					put(s, mix(h ^ (uint64_t)u[i + 1].id << 21), i, i + 2, spans);
				break;
			}
			h |= (uint64_t)u[i + 1].id << 20;
			put(s, mix(h), i, i + 2, spans);
			if (!u[i + 2].glued)
				break;
			h ^= (uint64_t)u[i + 2].id << 40;
			put(s, mix(h), i, i + 3, spans);
			break;
		}
		case UNIT_WORD: {
			const uint64_t turned = (uint64_t)u[i].turned << 58;

			put(s, mix((uint64_t)T_WORD << 60 ^ u[i].id ^ turned), i, i + 1, spans);
			if (i > 0 && u[i - 1].cls == UNIT_WORD)
				put(s, mix(((uint64_t)T_PAIR << 60) ^ (uint64_t)u[i - 1].id << 26 ^ u[i].id ^
				    (uint64_t)u[i - 1].turned << 58), i - 1, i + 1, spans);
			if (i < neg_until)
				put(s, mix((uint64_t)T_NEG << 60 | u[i].id), i, i + 1, spans);
			chars(s, nm->text.p + u[i].word, u[i].nword, i, turned, spans);
			if (is_negator(nm, &u[i]))
				neg_until = i + 4;
			break;
		}
		case UNIT_NUM:
			put(s, mix((uint64_t)T_NUM << 60), i, i + 1, spans);
			break;
		case UNIT_EMOTE:
			put(s, mix((uint64_t)T_EMOTE << 60 | u[i].id), i, i + 1, spans);
			break;
		default:
			put(s, mix((uint64_t)T_MARK << 60 | u[i].id), i, i + 1, spans);
			if (u[i].cls == UNIT_PUNCT && u[i].id != ',' && u[i].id == u[i + 1].id) /* !! ?? …… */
				put(s, mix((uint64_t)T_MARK << 60 | 1u << 24 | u[i].id), i, i + 2, spans);
			neg_until = 0;
			break;
		}
	}
	return s->to;
}

static size_t
room(const struct norm *nm)
{
	return nm->n * 4 + nm->text.n * 3 + nm->n * 6 + 16;
}

void
ngram_features(const struct norm *nm, struct ngrams *g)
{
	const size_t want = room(nm);

	if (want > g->cap)
		g->h = xgrow(g->h, &g->cap, want, sizeof *g->h);
	if (++g->epoch == 0) {
		memset(g->recent, 0, sizeof g->recent);
		g->epoch = 1;
	}
	g->n = (size_t)(features(nm, (struct sink){g->h, g->recent, (uint64_t)g->epoch << 32, NULL}, false) - g->h);
}

void
ngram_spans(const struct norm *nm, struct ngrams *g, struct ngram_span **span, size_t *cap)
{
	g->h = xgrow(g->h, &g->cap, room(nm), sizeof *g->h);
	*span = xgrow(*span, cap, room(nm), sizeof **span);
	g->n = (size_t)(features(nm, (struct sink){g->h, NULL, 0, *span}, true) - g->h);
}

void
ngram_free(struct ngrams *g)
{
	free(g->h);
	g->h = NULL;
	g->n = g->cap = 0;
}
