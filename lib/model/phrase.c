#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "model/phrase.h"
#include "model/stopword.h"

/*
 * What is kept of the posts is one array of units. A unit is the character as written (below FIRST_TOKEN) or the number
 * of a spelling: a word, a number, a hashtag. canon maps either to the folded unit that is counted.
 *
 * Frequent phrases are found level by level: a phrase of n units can only be frequent when its first and its last n-1
 * units are. Each level reads the array twice, the first time into counters by hash, so that memory is taken only for
 * what may be frequent.
 */
enum {
	FIRST_TOKEN = 65536,
	GLUED = 1,               /* begins the spelling of a word that stands right behind another one; no text holds it in a word */
	TOKENS = 1 << 20,        /* spellings at most, */
	SPELLED = 64 << 20,      /* and bytes of them; those that come later break phrases */
	WORD_BYTES = 60,         /* longer ones are no words, */
	HOTLINE = 5,             /* digits of the numbers of hotlines */
	DIGITS = 6,              /* and longer numbers nobody's topic */
	DOC_UNITS = 16,          /* what a post takes beside its text */
	GRAMS = 4 << 20,         /* frequent phrases at most; when there are more, longer ones are not looked for */
	TAG_UNITS = 40,          /* of a hashtag between two # */
	TAG_BYTES = 200,
	COUNTERS = 1 << 22,
	MINE_UNITS = 8 << 20,    /* phrases are looked for in so much text, a part of all clusters, and counted in all */
	HASH_SHIFT = 20,         /* the higher bits of a polynomial are the better mixed ones */
	COUNTED_LEN = 4,         /* longer phrases are few once the shorter ones are known */
	TYPES = 256,             /* crisis types told apart */
	VARIANTS = 8             /* spellings of a result */
};
static const double cohesion = 2.08 /* ln 8 */, strict = 3.47 /* ln 32 */, freedom = 0.9, dominance = 0.7, sure_new = 6.63, sure_rise = 10.83,
    least_ratio = 1.5;

enum token_class { TOKEN_WORD, TOKEN_NUM, TOKEN_TAG, TOKEN_HAN /* beyond the BMP */ };

struct token {
	struct str s;            /* as written */
	uint32_t canon;          /* number of its folded spelling; itself when it is one */
	uint8_t cls;
};

struct doc {
	uint64_t key, text;      /* hash of its cluster; of its units, 0: too short to be a copy */
	size_t off;
	uint32_t n, cluster;     /* units; number of its cluster in the order of docs */
	struct str id;
	int64_t published;
	uint16_t type;           /* + 1; 0: none */
	int8_t sentiment;
	bool reference;
};

struct gram {
	uint64_t h;
	size_t pos;              /* one place where it stands */
	uint32_t n, occ;         /* clusters with it; places, one post of a cluster counted: of what is mined, then of all */
	uint32_t ref, last;      /* clusters of the reference with it; doc + 1 that counted last */
	float entropy[2], mass[2]; /* left and right: of the frequent neighbours; their share */
	uint32_t cover;          /* clusters in which a longer phrase explains it */
	uint32_t chosen;         /* number of the result + 1 */
	uint8_t len;
	bool good, prefix;       /* a phrase; the beginning of one, or one */
};

struct level {
	struct gram *g;
	size_t n, cap;
	uint32_t *slot;          /* index + 1, by hash */
	size_t mask;
};

struct phrases {
	const struct fold *fold;
	uint32_t *u;
	size_t n, cap, max;
	struct doc *doc;
	size_t ndoc, doc_cap;
	uint64_t drop;           /* clusters with one of these bits in their hash are not kept */
	struct token *token;
	size_t ntoken, token_cap;
	struct map spelling;     /* -> token + 1 */
	size_t spelled;
	uint32_t *canon;         /* of every unit */
	uint64_t *mixed;         /* hash of canon of every unit */
	uint8_t *edge;           /* EDGE_... of canonical units */
	struct str type[TYPES];
	size_t ntypes;
	struct norm norm;
	struct buf buf;
	struct arena mem;
	struct level level[PHRASE_MAX + 1];
	uint64_t *alive;         /* bit i: the phrase of the present length at u[i] is frequent */
	uint32_t *one;           /* level 1: index + 1, by unit */
	size_t grams;
	double total;            /* units that are mined */
	uint64_t skip;           /* clusters with one of these bits in the upper half of their hash are not mined */
	struct phrase *result;
};

struct phrases *
phrases_new(const struct fold *fold, size_t units)
{
	struct phrases *p = xcalloc(1, sizeof *p);

	p->fold = fold;
	p->max = units > 0 ? units : PHRASE_UNITS;
	return p;
}

static void
level_free(struct level *l)
{
	free(l->g);
	free(l->slot);
	*l = (struct level){0};
}

void
phrases_free(struct phrases *p)
{
	if (p == NULL)
		return;
	free(p->u);
	free(p->doc);
	free(p->token);
	map_free(&p->spelling);
	free(p->canon);
	free(p->mixed);
	free(p->edge);
	norm_free(&p->norm);
	buf_free(&p->buf);
	arena_free(&p->mem);
	for (int i = 0; i <= PHRASE_MAX; i++)
		level_free(&p->level[i]);
	free(p->alive);
	free(p->one);
	free(p->result);
	free(p);
}

/* --- taking posts in ---------------------------------------------------------------------------------------------- */

/* The unit of a spelling; 0 when there is no room for another one. */
static uint32_t
spelling(struct phrases *p, struct str s, struct str folded, enum token_class cls)
{
	uintptr_t *v = map_get(&p->spelling, s);
	uint32_t me, canon = 0;

	if (v != NULL)
		return (uint32_t)(FIRST_TOKEN + *v - 1);
	if (p->ntoken + 2 > TOKENS || p->spelled + s.n > SPELLED)
		return 0;
	if (!str_eq(s, folded)) {
		canon = spelling(p, folded, folded, cls);
		if (canon == 0)
			return 0;
	}
	p->token = xgrow(p->token, &p->token_cap, p->ntoken + 1, sizeof *p->token);
	me = (uint32_t)(FIRST_TOKEN + p->ntoken);
	p->token[p->ntoken] = (struct token){arena_str(&p->mem, s), canon != 0 ? canon : me, (uint8_t)cls};
	*map_put(&p->spelling, s, NULL) = ++p->ntoken;
	p->spelled += s.n;
	return me;
}

static inline void
put(struct phrases *p, uint32_t unit)
{
	if (unit == 0 && (p->n == 0 || p->u[p->n - 1] == 0))
		return;
	p->u[p->n++] = unit; /* add_text has made room */
}

/* glued: it stands right behind the unit before it, both in Latin letters or figures: X9. */
static uint32_t
unit_of(struct phrases *p, struct str text, const struct unit *u, bool glued)
{
	struct str src = str_sub(text, u->off, u->len), folded;
	const char *next;
	uint32_t cp;

	if (u->cls == UNIT_HAN) {
		cp = utf8_step(src.p, src.p + src.n, &next);
		if (cp < FIRST_TOKEN)
			return cp;
		return spelling(p, src, src, TOKEN_HAN);
	}
	folded = str_n(p->norm.text.p + u->word, u->nword);
	if (str_ends(folded, STR("'s")))
		folded.n -= 2;
	if (u->nword > (u->cls == UNIT_NUM ? DIGITS : WORD_BYTES) || src.n > 2 * WORD_BYTES)
		return 0;
	if (glued) {
		buf_reset(&p->buf);
		buf_putc(&p->buf, GLUED);
		buf_str(&p->buf, src);
		src = buf_view(&p->buf);
	}
	return spelling(p, src, folded, u->cls == UNIT_NUM ? TOKEN_NUM : TOKEN_WORD);
}

static bool
wordy(const struct unit *u)
{
	return u->cls == UNIT_HAN || u->cls == UNIT_WORD || u->cls == UNIT_NUM;
}

/*
 * The unit behind a hashtag that begins at unit i: "#...#" within a line, or "#word" up to white space or a mark. i when
 * there is none. *inner: the first unit behind its text.
 */
static size_t
tag_end(const struct norm *nm, size_t i, size_t *inner)
{
	size_t k = i + 1;

	for (; k < nm->n && k - i <= TAG_UNITS && nm->u[k].id != '\n'; k++)
		if (nm->u[k].cls == UNIT_PUNCT && nm->u[k].id == '#') {
			if (k == i + 1)
				return i;
			*inner = k;
			return k + 1;
		} else if (nm->u[k].cls == UNIT_URL) {
			break;
		}
	for (k = i + 1; k < nm->n && wordy(&nm->u[k]) && !nm->u[k].space; k++)
		;
	*inner = k;
	return k - i <= TAG_UNITS && k > i + 1 && nm->u[i + 1].cls != UNIT_NUM ? k : i;
}

static void
add_text(struct phrases *p, struct str text)
{
	const struct norm *nm = &p->norm;
	size_t room = PHRASE_POST, tag = 0; /* a unit brings three at most: a break, a hashtag, a break */
	ptrdiff_t quoted = str_find(text, STR("//@"));

	if (quoted >= 0)
		text = str_sub(text, 0, (size_t)quoted);
	norm_text(p->fold, text, &p->norm);
	p->u = xgrow(p->u, &p->cap, p->n + 3 * (nm->n < room ? nm->n : room) + 4, sizeof *p->u);
	for (size_t i = 0; i < nm->n && i < room; i++) {
		const struct unit *u = &nm->u[i];

		if (!wordy(u)) {
			put(p, 0);
			if (u->cls == UNIT_PUNCT && u->id == '#' && i >= tag) {
				size_t inner = 0, end = tag_end(nm, i, &inner);
				struct str src;

				if (end == i)
					continue;
				src = str_sub(text, u->off, nm->u[end - 1].off + nm->u[end - 1].len - u->off);
				buf_reset(&p->buf);
				fold_str(p->fold, src, &p->buf);
				if (src.n <= TAG_BYTES && p->buf.n > 0)
					put(p, spelling(p, src, buf_view(&p->buf), TOKEN_TAG));
				put(p, 0);
				tag = end; /* what is inside counts as text too */
			}
			continue;
		}
		if (u->space && i > 0 && u->cls == UNIT_HAN && nm->u[i - 1].cls == UNIT_HAN)
			put(p, 0);
		put(p, unit_of(p, text, u, i > 0 && !u->space && u->cls != UNIT_HAN && wordy(&nm->u[i - 1]) && nm->u[i - 1].cls != UNIT_HAN));
	}
	put(p, 0);
}

static uint16_t
type_of(struct phrases *p, struct str type)
{
	if (type.n == 0)
		return 0;
	for (size_t i = 0; i < p->ntypes; i++)
		if (str_eq(p->type[i], type))
			return (uint16_t)(i + 1);
	if (p->ntypes == TYPES)
		return 0;
	p->type[p->ntypes++] = arena_str(&p->mem, type);
	return (uint16_t)p->ntypes;
}

static size_t
weight(const struct phrases *p)
{
	return p->n + p->ndoc * DOC_UNITS;
}

/* Halves what is kept until it fits. */
static void
shrink(struct phrases *p)
{
	size_t kept = 0, n = 0;

	while (weight(p) > p->max && p->drop != UINT64_MAX) {
		p->drop = p->drop << 1 | 1;
		kept = n = 0;
		for (size_t i = 0; i < p->ndoc; i++) {
			struct doc d = p->doc[i];

			if ((d.key & p->drop) != 0)
				continue;
			memmove(p->u + n, p->u + d.off, d.n * sizeof *p->u);
			d.off = n;
			n += d.n;
			p->doc[kept++] = d;
		}
		p->ndoc = kept;
		p->n = n;
	}
}

void
phrases_add(struct phrases *p, const struct phrase_post *post)
{
	struct str cluster = post->cluster.n > 0 ? post->cluster : post->id;
	struct doc d = {.off = p->n, .published = post->published, .reference = post->reference};
	uint64_t h = 0x7465726d;

	d.key = hash_u64(hash_bytes(cluster.p, cluster.n, 0x9f1) + 1);
	if ((d.key & p->drop) != 0)
		return;
	if (post->title.n > 0)
		add_text(p, post->title);
	add_text(p, post->text);
	d.n = (uint32_t)(p->n - d.off);
	for (size_t i = d.off; i < p->n; i++)
		h = hash_u64(h ^ p->u[i]);
	d.text = d.n > PHRASE_COPY ? h | 1 : 0;
	d.id = arena_str(&p->mem, post->id);
	d.type = type_of(p, post->type);
	d.sentiment = (int8_t)(post->sentiment >= -1 && post->sentiment <= 1 ? post->sentiment : 2);
	p->doc = xgrow(p->doc, &p->doc_cap, p->ndoc + 1, sizeof *p->doc);
	p->doc[p->ndoc++] = d;
	if (weight(p) > p->max)
		shrink(p);
}

/* --- clusters ----------------------------------------------------------------------------------------------------- */

static int
by_text(const void *a, const void *b)
{
	const struct doc *x = a, *y = b;

	if (x->text != y->text)
		return x->text < y->text ? -1 : 1;
	return (x->key > y->key) - (x->key < y->key);
}

/* The stream first; copies together, the earliest of them first. */
static int
by_cluster(const void *a, const void *b)
{
	const struct doc *x = a, *y = b;

	if (x->reference != y->reference)
		return x->reference - y->reference;
	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	if (x->published != y->published)
		return x->published < y->published ? -1 : 1;
	return str_cmp(x->id, y->id);
}

static void
join_copies(struct phrases *p, struct phrase_result *out)
{
	uint32_t cluster = 0;

	if (p->ndoc == 0)
		return;
	qsort(p->doc, p->ndoc, sizeof *p->doc, by_text);
	for (size_t i = 1; i < p->ndoc; i++)
		if (p->doc[i].text != 0 && p->doc[i].text == p->doc[i - 1].text)
			p->doc[i].key = p->doc[i - 1].key;
	qsort(p->doc, p->ndoc, sizeof *p->doc, by_cluster);
	for (size_t i = 0; i < p->ndoc; i++) {
		struct doc *d = &p->doc[i];

		if (i == 0 || d->key != d[-1].key || d->reference != d[-1].reference) {
			cluster++;
			*(d->reference ? &out->ref_of : &out->of) += 1;
		}
		d->cluster = cluster;
		if (!d->reference) {
			out->posts++;
			if (d->published > out->latest)
				out->latest = d->published;
		}
	}
}

/* --- frequent phrases --------------------------------------------------------------------------------------------- */

static const uint64_t base = 0x9e3779b97f4a7c15u;

/* The hash of a sequence that grows at its end; x: mixed. */
static inline uint64_t
step(uint64_t h, uint64_t x)
{
	return h * base + x;
}

static inline uint64_t
gram_hash(const struct phrases *p, size_t pos, int len)
{
	uint64_t h = 0;

	for (int i = 0; i < len; i++)
		h = step(h, p->mixed[p->u[pos + (size_t)i]]);
	return h;
}

/* A window of len units that moves over a document. */
struct window {
	size_t pos, end;         /* of the document */
	size_t len;
	uint64_t h, top;         /* top: base to the power of len - 1 */
};

static inline bool
window_open(const struct phrases *p, const struct doc *d, int len, struct window *w)
{
	*w = (struct window){.pos = d->off, .end = d->off + d->n, .len = (size_t)len, .top = 1};
	if (d->n < w->len)
		return false;
	for (int i = 1; i < len; i++)
		w->top *= base;
	w->h = gram_hash(p, w->pos, len);
	return true;
}

static inline bool
window_move(const struct phrases *p, struct window *w)
{
	if (w->pos + w->len >= w->end)
		return false;
	w->h = step(w->h - p->mixed[p->u[w->pos]] * w->top, p->mixed[p->u[w->pos + w->len]]);
	w->pos++;
	return true;
}

static inline struct gram *
look_up(const struct level *l, uint64_t h)
{
	if (l->n == 0)
		return NULL;
	for (size_t s = h >> HASH_SHIFT & l->mask; l->slot[s] != 0; s = (s + 1) & l->mask)
		if (l->g[l->slot[s] - 1].h == h)
			return &l->g[l->slot[s] - 1];
	return NULL;
}

static void
index_level(struct level *l, size_t room)
{
	size_t cap = 64;

	while (cap < room * 2)
		cap *= 2;
	free(l->slot);
	l->slot = xcalloc(cap, sizeof *l->slot);
	l->mask = cap - 1;
	for (size_t i = 0; i < l->n; i++) {
		size_t s = l->g[i].h >> HASH_SHIFT & l->mask;

		while (l->slot[s] != 0)
			s = (s + 1) & l->mask;
		l->slot[s] = (uint32_t)(i + 1);
	}
}

/* Another sight of g in document i of the stream. */
static inline void
count(const struct phrases *p, struct gram *g, size_t i)
{
	if (g->last == 0 || p->doc[g->last - 1].cluster != p->doc[i].cluster) {
		g->n++;
		g->occ++;
		g->last = (uint32_t)(i + 1);
	} else if (g->last == i + 1) {
		g->occ++;
	}
}

static inline bool
is_alive(const struct phrases *p, size_t pos)
{
	return p->alive[pos >> 6] >> (pos & 63) & 1;
}

static inline void
set_alive(struct phrases *p, size_t pos, bool on)
{
	if (on)
		p->alive[pos >> 6] |= (uint64_t)1 << (pos & 63);
	else
		p->alive[pos >> 6] &= ~((uint64_t)1 << (pos & 63));
}

static size_t
stream_docs(const struct phrases *p)
{
	size_t lo = 0, hi = p->ndoc;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (p->doc[mid].reference)
			hi = mid;
		else
			lo = mid + 1;
	}
	return lo;
}

static void
keep_frequent(struct level *l, size_t min)
{
	size_t n = 0;

	for (size_t i = 0; i < l->n; i++)
		if (l->g[i].n >= min)
			l->g[n++] = l->g[i];
	l->n = n;
	index_level(l, n + 1);
}

/* The first document from i on that is mined, or docs. */
static inline size_t
mined(const struct phrases *p, size_t i, size_t docs)
{
	while (i < docs && (p->doc[i].key >> 32 & p->skip) != 0)
		i++;
	return i;
}

static bool
among(uint32_t c, const char *list)
{
	const char *end = list + strlen(list);

	while (list < end)
		if (utf8_step(list, end, &list) == c)
			return true;
	return false;
}

/* What a unit is at the border of a phrase. */
enum {
	EDGE_HEAD_HARD = 1, EDGE_HEAD_SOFT = 2, EDGE_TAIL_HARD = 4, EDGE_TAIL_SOFT = 8,
	EDGE_NUMERAL = 16,
	EDGE_MEASURE = 32  /* may stand behind a numeral */
};

static uint8_t
edges(const struct phrases *p, uint32_t c)
{
	enum stop_edge head, tail;

	if (c >= FIRST_TOKEN) {
		const struct token *t = &p->token[c - FIRST_TOKEN];

		return t->cls == TOKEN_WORD && stop_latin(t->s) ? EDGE_HEAD_HARD | EDGE_TAIL_HARD : 0;
	}
	head = stop_head(c);
	tail = stop_tail(c);
	return (uint8_t)((head == STOP_HARD ? EDGE_HEAD_HARD : head == STOP_SOFT ? EDGE_HEAD_SOFT : 0) |
	    (tail == STOP_HARD ? EDGE_TAIL_HARD : tail == STOP_SOFT ? EDGE_TAIL_SOFT : 0) |
	    (among(c, "零一二三四五六七八九十百千万亿两几第半") ? EDGE_NUMERAL : 0) |
	    (among(c, "个位名条句次件家人天年月日号块元点分秒层楼本张台部只头口岁斤米级种样些下遍回趟笔套周届期步番") ? EDGE_MEASURE : 0));
}

static void
first_level(struct phrases *p, size_t docs, size_t min)
{
	struct level *l = &p->level[1];
	size_t units = FIRST_TOKEN + p->ntoken, n = 0;

	p->canon = xcalloc(units, sizeof *p->canon);
	p->one = xcalloc(units, sizeof *p->one);
	p->mixed = xcalloc(units, sizeof *p->mixed);
	p->edge = xcalloc(units, sizeof *p->edge);
	for (size_t i = 1; i < units; i++) {
		uint32_t c = i < FIRST_TOKEN ? fold_cp(p->fold, (uint32_t)i) : p->token[i - FIRST_TOKEN].canon;

		p->canon[i] = c != 0 && (c < FIRST_TOKEN || i >= FIRST_TOKEN) ? c : (uint32_t)i;
		p->mixed[i] = hash_u64(p->canon[i]);
	}
	for (size_t i = mined(p, 0, docs); i < docs; i = mined(p, i + 1, docs))
		for (size_t k = p->doc[i].off; k < p->doc[i].off + p->doc[i].n; k++) {
			uint32_t c = p->canon[p->u[k]];

			if (c == 0)
				continue;
			if (p->one[c] == 0) {
				l->g = xgrow(l->g, &l->cap, l->n + 1, sizeof *l->g);
				l->g[l->n++] = (struct gram){.h = p->mixed[c], .pos = k, .len = 1};
				p->one[c] = (uint32_t)l->n;
			}
			count(p, &l->g[p->one[c] - 1], i);
		}
	for (size_t i = 0; i < l->n; i++) {
		uint32_t c = p->canon[p->u[l->g[i].pos]];

		p->total += l->g[i].occ;
		if (l->g[i].n >= min)
			p->edge[c] = edges(p, c);
	}
	memset(p->one, 0, units * sizeof *p->one);
	for (size_t i = 0; i < l->n; i++)
		if (l->g[i].n >= min) {
			p->one[p->canon[p->u[l->g[i].pos]]] = (uint32_t)++n;
			l->g[n - 1] = l->g[i];
		}
	l->n = n;
	for (size_t i = mined(p, 0, docs); i < docs; i = mined(p, i + 1, docs))
		for (size_t k = p->doc[i].off; k < p->doc[i].off + p->doc[i].n; k++)
			if (p->one[p->canon[p->u[k]]] != 0)
				set_alive(p, k, true);
	p->grams = l->n;
}

/* The entry of a phrase at pos; NULL when there is no room for another one. */
static struct gram *
enter(struct phrases *p, struct level *l, int len, size_t pos, uint64_t h)
{
	struct gram *g = look_up(l, h);
	size_t s;

	if (g != NULL)
		return g;
	if (p->grams + l->n >= GRAMS)
		return NULL;
	if (2 * l->n >= l->mask)
		index_level(l, 2 * l->n + 2);
	l->g = xgrow(l->g, &l->cap, l->n + 1, sizeof *l->g);
	g = &l->g[l->n++];
	*g = (struct gram){.h = h, .pos = pos, .len = (uint8_t)len};
	for (s = h >> HASH_SHIFT & l->mask; l->slot[s] != 0; s = (s + 1) & l->mask)
		;
	l->slot[s] = (uint32_t)l->n;
	return g;
}

/* Phrases of len units from those of len - 1; false when there are none. */
static bool
next_level(struct phrases *p, size_t docs, int len, size_t min, uint16_t *counter, size_t mask)
{
	struct level *l = &p->level[len];
	size_t least = len > COUNTED_LEN ? 0 : min < UINT16_MAX ? min : UINT16_MAX;
	struct window w;

	memset(counter, 0, (mask + 1) * sizeof *counter);
	for (size_t i = mined(p, 0, docs); i < docs && least > 0; i = mined(p, i + 1, docs))
		if (window_open(p, &p->doc[i], len, &w))
			do
				if (is_alive(p, w.pos) && is_alive(p, w.pos + 1)) {
					uint16_t *c = &counter[w.h >> HASH_SHIFT & mask];

					*c = (uint16_t)(*c + (*c < UINT16_MAX));
				}
			while (window_move(p, &w));
	index_level(l, 512);
	for (size_t i = mined(p, 0, docs); i < docs; i = mined(p, i + 1, docs))
		if (window_open(p, &p->doc[i], len, &w))
			do {
				struct gram *g;

				if (!is_alive(p, w.pos) || !is_alive(p, w.pos + 1) || counter[w.h >> HASH_SHIFT & mask] < least)
					continue;
				g = enter(p, l, len, w.pos, w.h);
				if (g == NULL) {
					level_free(l);
					return false;
				}
				count(p, g, i);
			} while (window_move(p, &w));
	keep_frequent(l, min);
	p->grams += l->n;
	if (l->n == 0)
		return false;
	for (size_t i = mined(p, 0, docs); i < docs; i = mined(p, i + 1, docs)) {
		size_t end = p->doc[i].off + p->doc[i].n;

		if (window_open(p, &p->doc[i], len, &w))
			do
				if (is_alive(p, w.pos))
					set_alive(p, w.pos, is_alive(p, w.pos + 1) && look_up(l, w.h) != NULL);
			while (window_move(p, &w));
		for (size_t k = p->doc[i].n < (size_t)len ? p->doc[i].off : end - (size_t)len + 1; k < end; k++)
			set_alive(p, k, false);
	}
	return true;
}

static size_t
mined_units(const struct phrases *p, size_t docs)
{
	size_t n = 0;

	for (size_t i = mined(p, 0, docs); i < docs; i = mined(p, i + 1, docs))
		n += p->doc[i].n;
	return n;
}

static void
mine(struct phrases *p, size_t docs, size_t min)
{
	size_t counters = 1 << 12, units;
	uint16_t *counter;

	while ((units = mined_units(p, docs)) > MINE_UNITS && p->skip < UINT32_MAX)
		p->skip = p->skip << 1 | 1;
	/* neighbours somewhat rarer than phrases must be seen; of a part nearly all are that are frequent in the whole */
	min = p->skip == 0 ? min - min / 3 : min / (2 * (p->skip + 1));
	min = min < 1 ? 1 : min < 2 && p->skip > 0 ? 2 : min;
	while (counters < units / 2 && counters < COUNTERS)
		counters *= 2;
	counter = xcalloc(counters, sizeof *counter);
	p->alive = xcalloc(p->n / 64 + 1, sizeof *p->alive);
	first_level(p, docs, min);
	index_level(&p->level[1], p->level[1].n + 1);
	for (int len = 2; len <= PHRASE_MAX && next_level(p, docs, len, min, counter, counters - 1); len++)
		;
	free(counter);
	free(p->alive);
	p->alive = NULL;
}

/* The next longer frequent phrase that stands at pos, or NULL; len and h start at 0. */
static inline struct gram *
next_at(const struct phrases *p, size_t pos, size_t end, int *len, uint64_t *h)
{
	uint32_t c;

	if (*len == PHRASE_MAX || pos + (size_t)*len >= end)
		return NULL;
	c = p->canon[p->u[pos + (size_t)*len]];
	if (c == 0)
		return NULL;
	*h = step(*len == 0 ? 0 : *h, p->mixed[c]);
	if (++*len == 1)
		return p->one[c] == 0 ? NULL : &p->level[1].g[p->one[c] - 1];
	return look_up(&p->level[*len], *h);
}

/* --- what is a phrase --------------------------------------------------------------------------------------------- */

static struct gram *
sub_gram(const struct phrases *p, const struct gram *g, int from, int len)
{
	if (len == 1)
		return &p->level[1].g[p->one[p->canon[p->u[g->pos + (size_t)from]]] - 1];
	return look_up(&p->level[len], gram_hash(p, g->pos + (size_t)from, len));
}

static uint32_t
canon_at(const struct phrases *p, const struct gram *g, int i)
{
	return p->canon[p->u[g->pos + (size_t)i]];
}

static bool
is_han_unit(const struct phrases *p, uint32_t c)
{
	return c < FIRST_TOKEN || p->token[c - FIRST_TOKEN].cls == TOKEN_HAN;
}

/* Tells every phrase what stands before and behind it. */
static void
neighbours(struct phrases *p)
{
	for (int len = 2; len <= PHRASE_MAX; len++)
		for (size_t i = 0; i < p->level[len].n; i++) {
			const struct gram *g = &p->level[len].g[i];
			struct gram *part[2] = {sub_gram(p, g, 1, len - 1), sub_gram(p, g, 0, len - 1)};

			for (int side = 0; side < 2; side++) {
				float q;
				uint8_t edge = p->edge[canon_at(p, g, side == 0 ? 0 : len - 1)];

				/* a neighbour no phrase begins or ends with leaves a border free */
				if (part[side] == NULL || part[side]->occ == 0 || (edge & (side == 0 ? EDGE_HEAD_HARD : EDGE_TAIL_HARD)))
					continue;
				q = (float)g->occ / (float)part[side]->occ;
				if (q > 1)
					q = 1;
				part[side]->entropy[side] += q < 1 ? -q * logf(q) : 0;
				part[side]->mass[side] += q;
				if (q >= (float)dominance)
					part[side]->entropy[side] = -1e6f;
			}
		}
}

/* Neighbours too rare to be counted one by one, and the ends of texts, are all different. */
static bool
free_border(const struct gram *g, int side)
{
	double rest = 1 - (double)g->mass[side];

	if (g->len == PHRASE_MAX && side == 1) /* longer ones are not looked for: this stands for them */
		return true;
	return (double)g->entropy[side] + (rest > 0 ? rest * log(g->occ) : 0) >= freedom;
}

static bool
holds_together(const struct phrases *p, const struct gram *g)
{
	/* of two characters that often stand at borders few are a word: 理由, but 人都 */
	bool doubtful = g->len == 2 && is_han_unit(p, canon_at(p, g, 0)) && is_han_unit(p, canon_at(p, g, 1)) &&
	    ((p->edge[canon_at(p, g, 0)] & (EDGE_HEAD_SOFT | EDGE_HEAD_HARD)) ||
	     (p->edge[canon_at(p, g, 1)] & (EDGE_TAIL_SOFT | EDGE_TAIL_HARD)));

	for (int cut = 1; cut < g->len; cut++) {
		const struct gram *a = sub_gram(p, g, 0, cut), *b = sub_gram(p, g, cut, g->len - cut);

		if (a == NULL || b == NULL)
			return false;
		if (10 * (uint64_t)g->occ >= 9 * (uint64_t)(a->occ > b->occ ? a->occ : b->occ))
			continue; /* neither goes without the other, however much of the text they make up */
		if (log((double)g->occ * p->total / ((double)a->occ * (double)b->occ)) < (doubtful ? strict : cohesion))
			return false;
	}
	return true;
}

/* The units as text, as written or folded; Latin words with a space between them, where they are not glued. */
static void
spell(const struct phrases *p, const uint32_t *u, int len, bool folded, struct buf *out)
{
	bool spaced = false;

	for (int i = 0; i < len; i++) {
		uint32_t c = folded ? p->canon[u[i]] : u[i];
		bool han = is_han_unit(p, c);
		struct str s = c < FIRST_TOKEN ? STR("") : p->token[c - FIRST_TOKEN].s;
		bool glued = s.n > 0 && s.p[0] == GLUED;
		char cp[4];

		if (spaced && !han && !glued)
			buf_putc(out, ' ');
		if (c < FIRST_TOKEN)
			buf_add(out, cp, utf8_put(cp, c));
		else
			buf_str(out, str_sub(s, glued, s.n));
		spaced = !han;
	}
}

/* What one unit may say by itself. */
static bool
good_unit(const struct phrases *p, uint32_t c)
{
	const struct token *t = &p->token[c - FIRST_TOKEN];

	if (c < FIRST_TOKEN)
		return false;
	switch ((enum token_class)t->cls) {
	case TOKEN_TAG:
		return true;
	case TOKEN_NUM: /* the numbers of hotlines, not years and amounts */
		return t->s.n == HOTLINE && (t->s.p[0] == '9' || t->s.p[0] == '1');
	case TOKEN_WORD:
		return utf8_count(t->s) >= 3 && !stop_word(t->s);
	default:
		return false;
	}
}

/* Whether unit i may be the first (head) or last of g. */
static bool
good_edge(const struct phrases *p, const struct gram *g, int i, bool head)
{
	uint32_t c = canon_at(p, g, i);
	uint8_t hard = head ? EDGE_HEAD_HARD : EDGE_TAIL_HARD, soft = head ? EDGE_HEAD_SOFT : EDGE_TAIL_SOFT;
	const struct gram *rest;

	if (p->edge[c] & hard)
		return false;
	if (c >= FIRST_TOKEN && p->token[c - FIRST_TOKEN].cls == TOKEN_NUM)
		return p->token[c - FIRST_TOKEN].s.n == HOTLINE || (!head && !is_han_unit(p, canon_at(p, g, i - 1)));
	if (!(p->edge[c] & soft))
		return true;
	if (g->len == 2) /* of two characters one must mean something */
		return !(p->edge[canon_at(p, g, 1 - i)] & (head ? EDGE_TAIL_HARD | EDGE_TAIL_SOFT : EDGE_HEAD_HARD | EDGE_HEAD_SOFT));
	rest = sub_gram(p, g, head ? 1 : 0, g->len - 1);
	return rest == NULL || !rest->good;
}

/* Numerals, perhaps with a measure word: 五十万, 第三, 一条. */
static bool
is_number(const struct phrases *p, const struct gram *g)
{
	for (int i = 0; i < g->len; i++) {
		uint8_t edge = p->edge[canon_at(p, g, i)];

		if (!(edge & EDGE_NUMERAL) && (i == 0 || i + 1 < g->len || !(edge & EDGE_MEASURE)))
			return false;
	}
	return true;
}

static bool
says_something(const struct phrases *p, const struct gram *g, struct buf *b)
{
	bool differ = false, words = false;

	for (int i = 0; i < g->len; i++) {
		uint32_t c = canon_at(p, g, i);

		differ |= c != canon_at(p, g, 0);
		words |= is_han_unit(p, c) || p->token[c - FIRST_TOKEN].cls != TOKEN_NUM;
	}
	if (!differ || !words || is_number(p, g))
		return false;
	buf_reset(b);
	spell(p, p->u + g->pos, g->len, true, b);
	return !stop_word(buf_view(b));
}

static void
judge(struct phrases *p)
{
	struct buf b = {0};

	neighbours(p);
	for (size_t i = 0; i < p->level[1].n; i++)
		p->level[1].g[i].good = good_unit(p, canon_at(p, &p->level[1].g[i], 0));
	for (int len = 2; len <= PHRASE_MAX; len++)
		for (size_t i = 0; i < p->level[len].n; i++) {
			struct gram *g = &p->level[len].g[i];

			g->good = free_border(g, 0) && free_border(g, 1) && good_edge(p, g, 0, true) &&
			    good_edge(p, g, len - 1, false) && holds_together(p, g) && says_something(p, g, &b);
		}
	/* a phrase that nearly always stands inside one longer one gives way to it */
	for (int len = PHRASE_MAX; len >= 1; len--)
		for (size_t i = 0; i < p->level[len].n; i++) {
			struct gram *g = &p->level[len].g[i];
			uint32_t cover;

			if (g->good && (uint64_t)g->cover * 5 >= (uint64_t)g->n * 4)
				g->good = false;
			cover = g->good ? g->n : g->cover;
			for (int from = 0; from < 2 && len > 1; from++) {
				struct gram *part = sub_gram(p, g, from, len - 1);

				if (part != NULL && part->cover < cover)
					part->cover = cover;
			}
		}
	buf_free(&b);
}

/* --- counting in all ---------------------------------------------------------------------------------------------- */

/* Leaves phrases and their beginnings, which lead to them. */
static void
leave_phrases(struct phrases *p)
{
	for (int len = 1; len <= PHRASE_MAX; len++)
		for (size_t i = 0; i < p->level[len].n; i++)
			p->level[len].g[i].prefix = false;
	for (int len = 1; len <= PHRASE_MAX; len++)
		for (size_t i = 0; i < p->level[len].n; i++) {
			struct gram *g = &p->level[len].g[i];

			for (int k = 1; k <= len && g->good; k++)
				sub_gram(p, g, 0, k)->prefix = true;
		}
	memset(p->one, 0, (FIRST_TOKEN + p->ntoken) * sizeof *p->one);
	for (int len = 1; len <= PHRASE_MAX; len++) {
		struct level *l = &p->level[len];
		size_t n = 0;

		for (size_t i = 0; i < l->n; i++)
			if (l->g[i].prefix) {
				l->g[n] = l->g[i];
				if (len == 1)
					p->one[canon_at(p, &l->g[n], 0)] = (uint32_t)(n + 1);
				n++;
			}
		l->n = n;
		index_level(l, n + 1);
	}
}

static void
count_all(struct phrases *p)
{
	for (int len = 1; len <= PHRASE_MAX; len++)
		for (size_t i = 0; i < p->level[len].n; i++)
			p->level[len].g[i].n = p->level[len].g[i].last = 0;
	for (size_t i = 0; i < p->ndoc; i++)
		for (size_t k = p->doc[i].off, end = k + p->doc[i].n; k < end; k++) {
			struct gram *g;
			uint64_t h = 0;
			int len = 0;

			while ((g = next_at(p, k, end, &len, &h)) != NULL)
				if (g->good && (g->last == 0 || p->doc[g->last - 1].cluster != p->doc[i].cluster)) {
					*(p->doc[i].reference ? &g->ref : &g->n) += 1;
					g->last = (uint32_t)(i + 1);
				}
		}
}

/* --- which are told ----------------------------------------------------------------------------------------------- */

static double
x_log(double x, double expected)
{
	return x > 0 && expected > 0 ? x * log(x / expected) : 0;
}

double
phrase_g2(double n, double of, double r, double ref_of)
{
	double all = of + ref_of, with = n + r, e, f, g;

	if (of <= 0 || ref_of <= 0 || with <= 0)
		return 0;
	e = of * with / all;
	f = ref_of * with / all;
	g = 2 * (x_log(n, e) + x_log(r, f) + x_log(of - n, of - e) + x_log(ref_of - r, ref_of - f));
	if (g < 0)
		g = 0;
	return n / of < r / ref_of ? -g : g;
}

struct pick {
	struct gram *g;          /* until details */
	size_t n, ref;
	int len;
	struct str folded;
	double g2;
	enum phrase_status status;
};

static int
by_strength(const void *a, const void *b)
{
	const struct pick *x = a, *y = b;

	if (x->g2 != y->g2)
		return x->g2 > y->g2 ? -1 : 1;
	if (x->n != y->n)
		return x->n > y->n ? -1 : 1;
	if (x->len != y->len)
		return x->len > y->len ? -1 : 1;
	return str_cmp(x->folded, y->folded);
}

static bool
is_tag(const struct pick *x)
{
	return x->folded.n > 0 && x->folded.p[0] == '#';
}

/* a ends as b begins, by two characters or more, and both are found in about the same number of posts. */
static bool
chained(const struct pick *a, const struct pick *b)
{
	size_t lo = a->n < b->n ? a->n : b->n, hi = a->n > b->n ? a->n : b->n;
	struct str s = a->folded, t = b->folded;

	if (lo * 5 < hi * 4)
		return false;
	for (size_t n = 4; n < s.n && n < t.n; n++)
		if (str_eq(str_sub(s, s.n - n, n), str_sub(t, 0, n)) && ((unsigned char)t.p[0] >= 0x80 || t.p[n] == ' '))
			return true;
	return false;
}

/* Whether y, which was picked before, leaves nothing to say for x. */
static bool
told_by(const struct pick *x, const struct pick *y)
{
	if (is_tag(y) && !is_tag(x) && str_find(y->folded, x->folded) >= 0)
		return y->n * 5 >= x->n * 4;
	return !is_tag(x) && !is_tag(y) && (chained(x, y) || chained(y, x));
}

static size_t
pick(struct phrases *p, const struct phrase_conf *conf, const struct phrase_result *r, struct pick **out)
{
	struct pick *all = NULL;
	size_t n = 0, cap = 0, m = 0;
	struct buf b = {0};

	for (int len = 1; len <= PHRASE_MAX; len++)
		for (size_t i = 0; i < p->level[len].n; i++) {
			struct gram *g = &p->level[len].g[i];
			struct pick x = {.g = g, .n = g->n, .ref = g->ref, .len = g->len};

			if (!g->good || g->n < r->min)
				continue;
			x.g2 = phrase_g2(g->n, (double)r->of, g->ref, (double)r->ref_of);
			if (r->ref_of > 0) {
				double ratio = (double)g->n * (double)r->ref_of / ((double)r->of * (g->ref > 0 ? g->ref : 1));

				x.status = g->ref == 0 && x.g2 >= sure_new ? PHRASE_NEW :
				    g->ref > 0 && x.g2 >= sure_rise && ratio >= least_ratio ? PHRASE_RISING : PHRASE_STEADY;
				if (x.status == PHRASE_STEADY && !conf->all)
					continue;
			}
			buf_reset(&b);
			spell(p, p->u + g->pos, g->len, true, &b);
			x.folded = arena_str(&p->mem, buf_view(&b));
			all = xgrow(all, &cap, n + 1, sizeof *all);
			all[n++] = x;
		}
	buf_free(&b);
	if (n > 0)
		qsort(all, n, sizeof *all, by_strength);
	for (size_t i = 0; i < n && (conf->top == 0 || m < conf->top); i++) {
		bool told = false;

		for (size_t k = 0; k < m && k < 500 && !told; k++)
			told = told_by(&all[i], &all[k]);
		if (!told)
			all[m++] = all[i];
	}
	*out = all;
	return m;
}

/* --- what is told of them ----------------------------------------------------------------------------------------- */

struct detail {
	struct {
		uint64_t h;
		size_t pos, n;
	} variant[VARIANTS];
	size_t nvariants;
	uint32_t *type;          /* [ntypes + 1] */
	const struct doc *early[PHRASE_IDS];
	uint32_t last;           /* doc + 1 */
};

static bool
earlier(const struct doc *a, const struct doc *b)
{
	bool na = a->published == INT64_MIN, nb = b->published == INT64_MIN;

	if (na != nb)
		return nb;
	if (a->published != b->published)
		return a->published < b->published;
	return str_cmp(a->id, b->id) < 0;
}

static void
note_early(struct detail *d, const struct doc *doc)
{
	for (int i = 0; i < PHRASE_IDS; i++)
		if (d->early[i] == NULL || earlier(doc, d->early[i])) {
			memmove(&d->early[i + 1], &d->early[i], (size_t)(PHRASE_IDS - 1 - i) * sizeof d->early[0]);
			d->early[i] = doc;
			return;
		}
}

static void
note_variant(const struct phrases *p, struct detail *d, size_t pos, int len)
{
	uint64_t h = 0;
	size_t i;

	for (int k = 0; k < len; k++)
		h = hash_u64(h ^ p->u[pos + (size_t)k]);
	for (i = 0; i < d->nvariants && d->variant[i].h != h; i++)
		;
	if (i == VARIANTS)
		return;
	if (i == d->nvariants) {
		d->variant[i].h = h;
		d->variant[i].pos = pos;
		d->nvariants++;
	}
	d->variant[i].n++;
}

static void
tell_types(const struct phrases *p, const struct detail *d, struct phrase *x)
{
	bool used[TYPES + 1] = {false};

	while (x->ntypes < PHRASE_TYPES) {
		size_t best = 0;

		for (size_t t = 1; t <= p->ntypes; t++)
			if (!used[t] && d->type[t] > 0 &&
			    (best == 0 || d->type[t] > d->type[best] ||
			     (d->type[t] == d->type[best] && str_cmp(p->type[t - 1], p->type[best - 1]) < 0)))
				best = t;
		if (best == 0)
			return;
		used[best] = true;
		x->type[x->ntypes].type = p->type[best - 1];
		x->type[x->ntypes++].n = d->type[best];
	}
}

static void
details(struct phrases *p, size_t docs, const struct pick *chosen, size_t n)
{
	struct detail *all = xcalloc(n + 1, sizeof *all);
	uint32_t *type = xcalloc((n + 1) * (p->ntypes + 1), sizeof *type);

	for (size_t i = 0; i < n; i++)
		all[i].type = type + i * (p->ntypes + 1);
	for (size_t i = 0; i < docs; i++) {
		const struct doc *doc = &p->doc[i];

		for (size_t k = doc->off, end = k + doc->n; k < end; k++) {
			struct gram *g;
			uint64_t h = 0;
			int len = 0;

			while ((g = next_at(p, k, end, &len, &h)) != NULL) {
				struct phrase *x;
				struct detail *d;

				if (g->chosen == 0)
					continue;
				x = &p->result[g->chosen - 1];
				d = &all[g->chosen - 1];
				note_variant(p, d, k, len);
				if (d->last == i + 1)
					continue;
				d->last = (uint32_t)(i + 1);
				x->posts++;
				if (doc->sentiment < 2)
					x->sentiment[doc->sentiment + 1]++;
				if (doc->type > 0)
					d->type[doc->type]++;
				note_early(d, doc);
			}
		}
	}
	for (size_t i = 0; i < n; i++) {
		struct phrase *x = &p->result[i];
		const struct detail *d = &all[i];
		size_t best = 0;

		for (size_t k = 1; k < d->nvariants; k++)
			if (d->variant[k].n > d->variant[best].n)
				best = k;
		buf_reset(&p->buf);
		spell(p, p->u + d->variant[best].pos, chosen[i].len, false, &p->buf);
		x->text = arena_str(&p->mem, buf_view(&p->buf));
		for (x->nids = 0; x->nids < PHRASE_IDS && d->early[x->nids] != NULL; x->nids++)
			x->id[x->nids] = d->early[x->nids]->id;
		x->first = d->early[0] != NULL ? d->early[0]->published : INT64_MIN;
		tell_types(p, d, x);
	}
	free(type);
	free(all);
}

void
phrases_find(struct phrases *p, const struct phrase_conf *conf, struct phrase_result *out)
{
	struct pick *chosen;
	size_t docs, n, least;

	*out = (struct phrase_result){.latest = INT64_MIN, .sample = 1.0 / ((double)p->drop + 1)};
	join_copies(p, out);
	docs = stream_docs(p);
	least = p->n / (4 << 20) > out->of / 10000 ? p->n / (4 << 20) : out->of / 10000;
	out->min = conf->min > 0 ? conf->min : least > 3 ? least : 3;
	mine(p, docs, out->min);
	judge(p);
	leave_phrases(p);
	count_all(p);
	n = pick(p, conf, out, &chosen);
	p->result = xcalloc(n + 1, sizeof *p->result);
	for (int len = 1; len <= PHRASE_MAX; len++)
		for (size_t i = 0; i < p->level[len].n; i++)
			p->level[len].g[i].good = false;
	for (size_t i = 0; i < n; i++) {
		chosen[i].g->chosen = (uint32_t)(i + 1);
		chosen[i].g->good = true;
	}
	leave_phrases(p);
	details(p, docs, chosen, n);
	for (size_t i = 0; i < n; i++) {
		struct phrase *x = &p->result[i];
		const struct pick *c = &chosen[i];

		x->status = c->status;
		x->n = c->n;
		x->ref = c->ref;
		x->g2 = c->g2;
		x->ratio = ((double)c->n + 0.5) / ((double)out->of + 1) / (((double)c->ref + 0.5) / ((double)out->ref_of + 1));
	}
	free(chosen);
	out->p = p->result;
	out->n = n;
}
