#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/tsv.h"
#include "base/utf8.h"
#include "model/lexicon.h"

const char *const lex_emotion_name[EMO_N] = {"", "乐", "好", "怒", "哀", "惧", "恶", "惊"};
const char *const lex_aspect_name[ASP_N] = {"service", "price", "technique", "attitude", "environment", "safety",
    "quality", "system", "privacy", "management"};

enum {
	K_POL = 1, K_DEG = 2, K_NEG = 4, K_ADV = 8, K_CONC = 16, K_HYP = 32, K_RHET = 64, K_IRONY = 128, K_FACT = 256,
	K_CUE = 512, K_EMOTE = 1024, /* an emoticon or emoji */
	K_POST = 2048,               /* a degree word that stands behind what it strengthens */
	K_TURNS = K_ADV | K_CONC | K_HYP | K_RHET | K_IRONY | K_FACT /* more than polarity, degree, negation */
};
enum { GAP_MAX = 8, SCOPE_HAN = 6, SCOPE_WORD = 4 };

struct entry {
	uint16_t kind;
	uint16_t aspects;
	uint8_t emotion;
	float pol, deg, adv, rhet, fact;
};

/* Terms, marks and pattern places of one text. */
struct found {
	size_t ntok, ncand;
};

enum elem_type { EL_LIT, EL_GAP, EL_SLOT };
struct elem {
	enum elem_type type;
	uint32_t first, n; /* EL_LIT: units in lexicon.unit */
};
enum pat_op { OP_SCALE, OP_BOOST, OP_DOUBT /* as scale, of praise alone */, OP_FIX };
struct pattern {
	enum pat_op op;
	float value;
	uint32_t first, n; /* elements */
	uint32_t anchor;   /* index of the first literal among them: 0, or 1 behind a slot */
	uint32_t rank;     /* how much it says: its literal units, and two for a slot */
	uint32_t next;     /* next pattern + 1 with the same anchor node, 0: none */
};

struct node {
	uint32_t entry; /* + 1 */
	uint32_t pat;   /* + 1 */
};
/* Edges of the trie over units: an open table of fingerprints. */
struct edge {
	uint32_t mark; /* 0: free */
	uint32_t child; /* node, and whether it holds an entry or patterns */
	uint64_t next;  /* bitmap over hashes of the units that may follow: most walks end without a look into the table */
};
struct path {
	uint64_t hash; /* of the edge that leads here: to grow the table */
	uint64_t next; /* of that edge */
};
#define NODE_ENTRY 0x80000000u
#define NODE_PAT 0x40000000u
#define NODE_MASK 0x3fffffffu

/* What may stand behind a first unit, as bitmaps over hashes of units. */
enum { OPEN_BITS = 12 };
struct opening {
	uint64_t second; /* of terms of two units or more */
	uint64_t alone;  /* the first unit itself: it is a term */
};

struct lexicon {
	struct entry *entry;
	struct pattern *pat;
	struct elem *elem;
	uint32_t *unit;
	struct node *node;
	struct edge *edge;
	struct path *path; /* per node, as long as terms are added */
	size_t nentry, npat, nelem, nunit, nnode;
	size_t entry_cap, pat_cap, elem_cap, unit_cap, node_cap, path_cap, edge_cap; /* edge_cap: a power of two */
	struct opening open[1 << OPEN_BITS]; /* by hash of a first unit */
};

struct lex_tok {
	const struct entry *e;
	uint32_t beg, end; /* units */
	float v;           /* polarity left after patterns */
	uint16_t kind;     /* of the entry; K_POL when there is none */
	bool done;         /* a pattern settled v: no negation, no degree */
	bool dead;         /* inside a fixed pattern */
	bool ispat;
	uint8_t brk;       /* no term: a clause (1) or sentence (2) ends here; 3: a mark that ends nothing */
};
struct lex_cand {
	uint32_t pat, beg, end; /* where its anchor stands */
	uint32_t tok;           /* the first token that starts there or later */
};
struct lex_clause {
	uint32_t beg; /* unit */
	float pos, neg;
	float w;
	unsigned aspects;
	bool turns;  /* the adversative is a strong one: 但是 */
	bool adv, conc, hyp, quoted, question, strong;
	float rhet;
};

struct lexicon *
lex_new(void)
{
	struct lexicon *lx = xcalloc(1, sizeof *lx);

	lx->edge_cap = 1 << 12;
	lx->edge = xcalloc(lx->edge_cap, sizeof *lx->edge);
	lx->node = xgrow(NULL, &lx->node_cap, 1, sizeof *lx->node);
	lx->node[0] = (struct node){0};
	lx->path = xgrow(NULL, &lx->path_cap, 1, sizeof *lx->path);
	lx->path[0] = (struct path){0};
	lx->nnode = 1;
	return lx;
}

void
lex_free(struct lexicon *lx)
{
	if (lx == NULL)
		return;
	free(lx->entry);
	free(lx->pat);
	free(lx->elem);
	free(lx->unit);
	free(lx->node);
	free(lx->edge);
	free(lx->path);
	free(lx);
}

size_t
lex_size(const struct lexicon *lx)
{
	return lx->nentry + lx->npat;
}

static inline uint64_t
edge_hash(uint32_t node, uint32_t unit)
{
	uint64_t h = ((uint64_t)node << 32 | unit) * 0x9e3779b97f4a7c15u;

	return h ^ h >> 29;
}

/* Of a unit, for bitmaps: the upper bits choose the bit, those below the opening. */
static inline uint32_t
unit_hash(uint32_t unit)
{
	return unit * 0x9e3779b1u;
}

static inline uint64_t
next_bit(uint32_t unit)
{
	return (uint64_t)1 << (unit_hash(unit) >> 26);
}

static inline uint32_t
open_at(uint32_t hash)
{
	return hash >> (26 - OPEN_BITS) & ((1u << OPEN_BITS) - 1);
}

static inline struct edge *
find_edge(struct edge *t, size_t cap, uint64_t h)
{
	const uint32_t mark = (uint32_t)(h >> 32) | 1;

	for (size_t i = (size_t)h;; i++) {
		struct edge *e = &t[i & (cap - 1)];

		if (e->mark == mark)
			return e;
		if (e->mark == 0)
			return NULL;
	}
}

static inline uint32_t
step(const struct lexicon *lx, uint32_t node, uint32_t unit)
{
	const struct edge *e = find_edge(lx->edge, lx->edge_cap, edge_hash(node, unit));

	return e != NULL ? e->child : 0;
}

static void
edge_insert(struct edge *t, size_t cap, uint64_t h, uint32_t child)
{
	size_t i = (size_t)h & (cap - 1);

	while (t[i].mark != 0)
		i = (i + 1) & (cap - 1);
	t[i] = (struct edge){(uint32_t)(h >> 32) | 1, child, 0};
}

static void
grow_edges(struct lexicon *lx)
{
	size_t cap = lx->edge_cap * 2;
	struct edge *t = xcalloc(cap, sizeof *t);

	for (size_t i = 1; i < lx->nnode; i++)
		edge_insert(t, cap, lx->path[i].hash, (uint32_t)i);
	free(lx->edge);
	lx->edge = t;
	lx->edge_cap = cap;
}

static uint32_t
add_path(struct lexicon *lx, const uint32_t *unit, size_t n)
{
	uint32_t node = 0;

	for (size_t k = 0; k < n; k++) {
		const uint64_t h = edge_hash(node, unit[k]);
		const struct edge *e = find_edge(lx->edge, lx->edge_cap, h);
		uint32_t to;

		if (e == NULL) {
			if (lx->nnode * 2 > lx->edge_cap)
				grow_edges(lx);
			lx->node = xgrow(lx->node, &lx->node_cap, lx->nnode + 1, sizeof *lx->node);
			lx->path = xgrow(lx->path, &lx->path_cap, lx->nnode + 1, sizeof *lx->path);
			to = (uint32_t)lx->nnode++;
			lx->node[to] = (struct node){0, 0};
			lx->path[to] = (struct path){h, 0};
			lx->path[node].next |= next_bit(unit[k]);
			edge_insert(lx->edge, lx->edge_cap, h, to);
		} else {
			to = e->child & NODE_MASK;
		}
		node = to;
	}
	if (n == 1)
		lx->open[open_at(unit_hash(unit[0]))].alone |= next_bit(unit[0]);
	else
		lx->open[open_at(unit_hash(unit[0]))].second |= next_bit(unit[1]);
	return node;
}

static int
emotion_of(struct str s)
{
	for (int i = 1; s.n > 0 && i < EMO_N; i++)
		if (str_is(s, lex_emotion_name[i]))
			return i;
	if (str_is(s, "good"))
		return EMO_LIKE;
	return EMO_NONE;
}

/* Cuts a pattern at its gaps and slots; 0, or -1 when it has no literal or too many slots. */
static int
add_pattern(struct lexicon *lx, const struct fold *f, struct norm *nm, struct str term,
    enum pat_op op, float value)
{
	struct pattern p = {.op = op, .value = value, .first = (uint32_t)lx->nelem};
	size_t i = 0;
	bool have_anchor = false;
	uint32_t node = 0;

	while (i < term.n) {
		struct elem el = {EL_LIT, (uint32_t)lx->nunit, 0};
		size_t j = i;

		if (term.p[i] == '*') {
			el.type = EL_GAP;
			i++;
		} else if (term.p[i] == 'X') {
			el.type = EL_SLOT;
			i++;
		} else {
			while (j < term.n && term.p[j] != '*' && term.p[j] != 'X')
				j++;
			norm_text(f, str_n(term.p + i, j - i), nm);
			i = j;
			if (nm->n == 0)
				continue; /* spaces around a slot */
			for (size_t k = 0; k < nm->n; k++) {
				lx->unit = xgrow(lx->unit, &lx->unit_cap, lx->nunit + 1, sizeof *lx->unit);
				lx->unit[lx->nunit++] = nm->u[k].id;
			}
			el.n = (uint32_t)nm->n;
		}
		lx->elem = xgrow(lx->elem, &lx->elem_cap, lx->nelem + 1, sizeof *lx->elem);
		lx->elem[lx->nelem++] = el;
		p.rank += el.type == EL_SLOT ? 2 : el.n;
		if (el.type == EL_LIT && !have_anchor) {
			have_anchor = true;
			p.anchor = p.n;
			node = add_path(lx, lx->unit + el.first, el.n);
		}
		p.n++;
	}
	if (!have_anchor || p.anchor > 1)
		return -1;
	p.next = lx->node[node].pat;
	lx->pat = xgrow(lx->pat, &lx->pat_cap, lx->npat + 1, sizeof *lx->pat);
	lx->pat[lx->npat++] = p;
	lx->node[node].pat = (uint32_t)lx->npat;
	return 0;
}

static bool
is_post_degree(const struct norm *nm)
{
	static const char *const first[] = {"得", "极", "死", "爆", "炸", "坏", "透", "到", "毙", "惨", "疯"};
	char c[4];
	size_t n;

	if (nm->n == 0 || nm->u[0].cls != UNIT_HAN || nm->n < 2)
		return false;
	n = utf8_put(c, nm->u[0].id);
	for (size_t i = 0; i < sizeof first / sizeof *first; i++)
		if (strlen(first[i]) == n && memcmp(first[i], c, n) == 0)
			return true;
	return false;
}

/* The aspects of cue words within a term: 服务差 speaks of service. Cues stand before polar terms in a table. */
static unsigned
cues_inside(const struct lexicon *lx, const uint32_t *unit, size_t n)
{
	unsigned all = 0;

	for (size_t i = 0; i < n; i++) {
		uint32_t node = 0;

		for (size_t j = i; j < n; j++) {
			node = step(lx, node & NODE_MASK, unit[j]);
			if (node == 0)
				break;
			if (lx->node[node & NODE_MASK].entry != 0)
				all |= lx->entry[lx->node[node & NODE_MASK].entry - 1].aspects;
		}
	}
	return all;
}

static int
load_row(struct lexicon *lx, const struct fold *f, struct norm *nm, uint32_t **ids, size_t *ids_cap,
    const struct tsv *t, struct err *e)
{
	static const struct { const char *name; unsigned kind; } kinds[] = {{"pol", K_POL}, {"deg", K_DEG},
	    {"neg", K_NEG}, {"adv", K_ADV}, {"conc", K_CONC}, {"hyp", K_HYP}, {"rhet", K_RHET}, {"irony", K_IRONY},
	    {"fact", K_FACT}, {"cue", K_CUE}};
	struct str term = t->col[0], kind = t->col[1], cls = t->col[3];
	struct entry *en;
	unsigned k = 0;
	uint32_t node;
	double value;

	if (!str_f64(t->col[2], &value) || !(value >= -10 && value <= 10))
		return err_set(e, ERR_CONFIG, "%s:%zu: value '%.*s' is no number from -10 to 10", t->name, t->lineno,
		    STRF(t->col[2]));
	if (str_is(kind, "pat")) {
		enum pat_op op = str_is(cls, "scale") ? OP_SCALE : str_is(cls, "boost") ? OP_BOOST :
		    str_is(cls, "doubt") ? OP_DOUBT : OP_FIX;

		if (op == OP_FIX && !str_is(cls, "fix"))
			return err_set(e, ERR_CONFIG, "%s:%zu: class '%.*s' of a pattern is none of scale, boost, doubt, fix", t->name,
			    t->lineno, STRF(cls));
		if (add_pattern(lx, f, nm, term, op, (float)value) != 0)
			return err_set(e, ERR_CONFIG, "%s:%zu: pattern '%.*s' needs literal text first or behind one X", t->name,
			    t->lineno, STRF(term));
		return 0;
	}
	for (size_t i = 0; k == 0 && i < sizeof kinds / sizeof *kinds; i++)
		if (str_is(kind, kinds[i].name))
			k = kinds[i].kind;
	if (k == 0)
		return err_set(e, ERR_CONFIG, "%s:%zu: unknown kind '%.*s'", t->name, t->lineno, STRF(kind));
	norm_text(f, term, nm);
	if (nm->n == 0 || nm->n > 32)
		return err_set(e, ERR_CONFIG, "%s:%zu: term must have 1 to 32 units", t->name, t->lineno);
	*ids = xgrow(*ids, ids_cap, nm->n, sizeof **ids);
	for (size_t i = 0; i < nm->n; i++)
		(*ids)[i] = nm->u[i].id;
	node = add_path(lx, *ids, nm->n);
	if (lx->node[node].entry == 0) {
		lx->entry = xgrow(lx->entry, &lx->entry_cap, lx->nentry + 1, sizeof *lx->entry);
		lx->entry[lx->nentry++] = (struct entry){.deg = 1};
		lx->node[node].entry = (uint32_t)lx->nentry;
	}
	en = &lx->entry[lx->node[node].entry - 1];
	if (k == K_CUE) {
		int a;

		for (a = 0; a < ASP_N && !str_is(cls, lex_aspect_name[a]); a++)
			;
		if (a == ASP_N)
			return err_set(e, ERR_CONFIG, "%s:%zu: unknown aspect '%.*s'", t->name, t->lineno, STRF(cls));
		en->aspects = (uint16_t)(en->aspects | 1u << a);
	} else if ((en->kind & k) != 0) {
		return 0; /* the first table, the first row wins */
	}
	en->kind = (uint16_t)(en->kind | k);
	if (k == K_POL)
		en->aspects = (uint16_t)(en->aspects | cues_inside(lx, *ids, nm->n));
	switch (k) {
	case K_POL:
		en->pol = (float)value;
		en->emotion = (uint8_t)emotion_of(cls);
		if (nm->n <= 3 && (nm->u[0].cls == UNIT_EMOTE || nm->u[0].cls == UNIT_EMOJI || nm->u[0].cls == UNIT_PUNCT))
			en->kind |= K_EMOTE;
		break;
	case K_DEG:
		en->deg = (float)value;
		if (is_post_degree(nm))
			en->kind |= K_POST;
		break;
	case K_ADV:
		en->adv = (float)value;
		break;
	case K_RHET:
		en->rhet = (float)-value;
		break;
	case K_FACT:
		en->fact = (float)-value;
		break;
	default:
		break;
	}
	return 0;
}

int
lex_load(struct lexicon *lx, const struct fold *f, struct str text, const char *name, struct err *e)
{
	struct norm nm = {0};
	uint32_t *ids = NULL;
	size_t ids_cap = 0;
	struct tsv t;
	int rc;

	tsv_open(&t, text, name);
	while ((rc = tsv_next(&t, 4, e)) == 1)
		if ((rc = load_row(lx, f, &nm, &ids, &ids_cap, &t, e)) != 0)
			break;
	free(ids);
	norm_free(&nm);
	for (size_t i = 0; i < lx->edge_cap; i++)
		if (lx->edge[i].mark != 0) {
			uint32_t to = lx->edge[i].child & NODE_MASK;

			lx->edge[i].child = to | (lx->node[to].entry != 0 ? NODE_ENTRY : 0) |
			    (lx->node[to].pat != 0 ? NODE_PAT : 0);
			lx->edge[i].next = lx->path[to].next;
		}
	return rc;
}

/* --- scoring ----------------------------------------------------------------------------------------------------- */

void
lex_scratch_free(struct lex_scratch *s)
{
	free(s->start);
	free(s->tok);
	free(s->added);
	free(s->cand);
	free(s->clause);
	free(s->hit);
	*s = (struct lex_scratch){0};
}

/* 2: a sentence or reposted part ends with this unit; 1: a clause; 0: nothing. */
static int
break_at(const struct unit *u)
{
	if (u->cls == UNIT_PUNCT) {
		switch (u->id) {
		case '!': case '?': case 0x3002 /* 。 */: case '\n': case 0x2026 /* … */:
			return 2;
		case ',': case ';': case ':': case '~': case 0xff5e: case 0x2014 /* — */: case '(': case ')':
			return 1;
		case '.':
			return u[1].space || u[1].id == 0 || u[1].id == '.' ? 2 : 0;
		case '/':
			return u[1].id == '/' ? 2 : 0;
		default:
			return 0;
		}
	}
	return u->cls == UNIT_URL ? 1 : 0;
}

enum { START_TERM = 1, START_BREAK = 2, START_SHIFT = 2 };

/* The units where a term or pattern may start or a clause end: few. No jump depends on what the text says. */
static size_t
find_starts(const struct lexicon *lx, const struct norm *nm, uint32_t *start)
{
	const struct unit *u = nm->u, *last = u + nm->n;
	uint32_t h = unit_hash(u->id);
	size_t n = 0;

	for (uint32_t at = 0; u < last; u++, at += 1u << START_SHIFT) {
		const struct opening *o = &lx->open[open_at(h)];
		const uint64_t alone = o->alone >> (h >> 26);
		uint32_t may;

		h = unit_hash(u[1].id);
		may = (uint32_t)((alone | o->second >> (h >> 26)) & START_TERM);
		may |= (uint32_t)u->stop * START_BREAK;
		start[n] = at | may;
		n += may != 0;
	}
	return n;
}

/* The patterns whose anchor ends in node. Apart from the walk, which has registers for little else. */
static __attribute__((noinline)) size_t
add_candidates(const struct lexicon *lx, struct lex_scratch *s, size_t n, uint32_t node, struct lex_cand c)
{
	for (uint32_t p = lx->node[node].pat; p != 0; p = lx->pat[p - 1].next) {
		if (n == s->cand_cap)
			s->cand = xgrow(s->cand, &s->cand_cap, n + 1, sizeof *s->cand);
		c.pat = p - 1;
		s->cand[n++] = c;
	}
	return n;
}

/* Longest terms from left to right, the marks that end clauses, and every place where a pattern's anchor stands. */
static __attribute__((noinline)) struct found
find_terms(const struct lexicon *lx, const struct norm *nm, struct lex_scratch *s)
{
	const struct unit *const u = nm->u;
	struct edge *const edge = lx->edge;
	const size_t edge_cap = lx->edge_cap;
	const uint32_t *start;
	struct lex_tok *tok;
	size_t free_from = 0, nstart;
	struct found f = {0, 0};

	if (nm->n > s->start_cap)
		s->start = xgrow(s->start, &s->start_cap, nm->n, sizeof *s->start);
	nstart = find_starts(lx, nm, s->start);
	if (2 * nstart > s->tok_cap)
		s->tok = xgrow(s->tok, &s->tok_cap, 2 * nstart, sizeof *s->tok);
	start = s->start;
	tok = s->tok;
	for (size_t k = 0; k < nstart; k++) {
		const uint32_t i = start[k] >> START_SHIFT;
		uint32_t node = 0, best = 0, best_end = i;
		uint64_t next = UINT64_MAX;

		if ((start[k] & START_BREAK) != 0) {
			int brk = u[i].cls == UNIT_HAN ? 1 : break_at(&u[i]);

			if (brk != 0)
				*tok++ = (struct lex_tok){.beg = i, .end = i, .brk = (uint8_t)brk};
		}
		if ((start[k] & START_TERM) == 0)
			continue;
		for (uint32_t j = i; (next & next_bit(u[j].id)) != 0; j++) { /* no term has the zero behind the last unit */
			const struct edge *e = find_edge(edge, edge_cap, edge_hash(node, u[j].id));

			if (e == NULL)
				break;
			node = e->child & NODE_MASK;
			next = e->next;
			if ((e->child & NODE_ENTRY) != 0) {
				best = node;
				best_end = j + 1;
			}
			if ((e->child & NODE_PAT) != 0)
				f.ncand = add_candidates(lx, s, f.ncand, node, (struct lex_cand){0, i, j + 1, (uint32_t)(tok - s->tok)});
		}
		if (best != 0 && i >= free_from) {
			const struct entry *e = &lx->entry[lx->node[best].entry - 1];

			*tok++ = (struct lex_tok){.e = e, .kind = e->kind, .beg = i, .end = best_end, .v = e->pol};
			free_from = best_end;
		}
	}
	f.ntok = (size_t)(tok - s->tok);
	return f;
}

/* The first of n tokens that starts at unit from or later; it is looked for near the token guess. */
static inline size_t
first_from(const struct lex_tok *t, size_t n, uint32_t from, size_t guess)
{
	while (guess > 0 && t[guess - 1].beg >= from)
		guess--;
	while (guess < n && t[guess].beg < from)
		guess++;
	return guess;
}

/* The polar token a slot takes: it starts at unit from or a degree word or 的 later. NULL: none. */
static struct lex_tok *
slot_after(struct lex_scratch *s, size_t ntok, uint32_t from, size_t guess)
{
	size_t lo = first_from(s->tok, ntok, from, guess);

	for (; lo < ntok && s->tok[lo].beg <= from + 3; lo++) {
		if (s->tok[lo].v != 0)
			return &s->tok[lo];
		if (s->tok[lo].brk != 0 || (s->tok[lo].kind & (K_DEG | K_CUE)) == 0)
			return NULL;
	}
	return NULL;
}

/* The polar token that ends right before unit at, one particle (的, 了) allowed between. */
static struct lex_tok *
slot_before(struct lex_scratch *s, size_t ntok, uint32_t at, size_t guess)
{
	size_t lo = first_from(s->tok, ntok, at, guess);

	if (lo == 0 || s->tok[lo - 1].v == 0 || s->tok[lo - 1].end > at || s->tok[lo - 1].end + 1 < at)
		return NULL;
	return &s->tok[lo - 1];
}

/* The polar token that begins with unit at, a negator that the pattern claims: 谁会不X meets 不喜欢. */
static struct lex_tok *
slot_around(struct lex_scratch *s, size_t ntok, const struct norm *nm, uint32_t at, size_t guess)
{
	size_t k = first_from(s->tok, ntok, at, guess);
	uint32_t id = nm->u[at].id;

	if (k == ntok || s->tok[k].beg != at || s->tok[k].v == 0 || s->tok[k].end < at + 2)
		return NULL;
	return id == 0x4e0d /* 不 */ || id == 0x6ca1 /* 没 */ ? &s->tok[k] : NULL;
}

static bool
literal_at(const struct lexicon *lx, const struct elem *el, const struct norm *nm, size_t at)
{
	if (at + el->n > nm->n)
		return false;
	for (uint32_t k = 0; k < el->n; k++)
		if (nm->u[at + k].id != lx->unit[el->first + k])
			return false;
	return true;
}

/* Matches the rest of a pattern behind its anchor. *end and *slot are set on success; *inverse: the slot holds the negator. */
static bool
match_pattern(const struct lexicon *lx, const struct pattern *p, const struct lex_cand *c, const struct norm *nm,
    struct lex_scratch *s, size_t ntok, uint32_t *beg, uint32_t *end, struct lex_tok **slot, bool *inverse)
{
	uint32_t pos = c->end;
	bool gap = false;

	*beg = c->beg;
	*slot = NULL;
	*inverse = false;
	if (p->anchor == 1) {
		*slot = slot_before(s, ntok, c->beg, c->tok);
		if (*slot == NULL)
			return false;
		*beg = (*slot)->beg;
	}
	for (uint32_t k = p->anchor + 1; k < p->n; k++) {
		const struct elem *el = &lx->elem[p->first + k];

		if (el->type == EL_GAP) {
			gap = true;
			continue;
		}
		if (el->type == EL_SLOT) {
			struct lex_tok *t = NULL;

			if (!gap && *slot == NULL && pos > 0 && (t = slot_around(s, ntok, nm, pos - 1, c->tok)) != NULL)
				*inverse = true;
			for (uint32_t g = 0; t == NULL && g <= (gap ? GAP_MAX : 0) && pos + g < nm->n; g++) {
				if (nm->u[pos + g].stop && break_at(&nm->u[pos + g]) != 0)
					break;
				if ((t = slot_after(s, ntok, pos + g, c->tok)) != NULL)
					break;
			}
			if (t == NULL)
				return false;
			if (*slot == NULL)
				*slot = t;
			pos = t->end;
		} else {
			const uint32_t most = gap ? GAP_MAX : k > 0 && lx->elem[p->first + k - 1].type == EL_SLOT ? 1 : 0;
			const uint32_t id = lx->unit[el->first], left = (uint32_t)nm->n - pos;
			const struct unit *u = &nm->u[pos], *beyond = u + (left > most ? most + 1 : left);

			for (; u < beyond; u++)
				if (u->id == id && literal_at(lx, el, nm, (size_t)(u - nm->u)))
					break;
				else if (u->stop && break_at(u) == 2)
					return false;
			if (u == beyond)
				return false;
			pos = (uint32_t)(u - nm->u);
			pos += el->n;
		}
		gap = false;
	}
	*end = pos;
	return true;
}

static void
turn(struct norm *nm, uint32_t beg, uint32_t end, enum unit_turned how)
{
	for (uint32_t i = beg; i < end && i < nm->n; i++)
		if (nm->u[i].turned < how)
			nm->u[i].turned = (uint8_t)how;
}

/* Puts the tokens from sorted on among those before it: few were added, nearly in place. */
static void
merge_tokens(struct lex_tok *t, size_t sorted, size_t n, struct lex_tok *tmp)
{
	size_t i = sorted, j = n - sorted, to = n;

	for (size_t k = 1; k < j; k++) /* patterns that begin with their slot may be a little out of order */
		for (size_t q = sorted + k; q > sorted && t[q - 1].beg > t[q].beg; q--) {
			struct lex_tok x = t[q];

			t[q] = t[q - 1];
			t[q - 1] = x;
		}
	memcpy(tmp, t + sorted, j * sizeof *t);
	while (j > 0)
		t[--to] = i > 0 && t[i - 1].beg > tmp[j - 1].beg ? t[--i] : tmp[--j];
}

static __attribute__((noinline)) void
apply_patterns(const struct lexicon *lx, struct norm *nm, struct lex_scratch *s, struct found *f)
{
	size_t ntok = f->ntok;
	uint32_t fixed_to = 0;

	for (size_t i = 0; i < f->ncand;) {
		const struct pattern *p = NULL;
		struct lex_tok *slot = NULL;
		uint32_t at = s->cand[i].beg, beg = 0, end = 0;
		bool inverse = false;
		size_t k;

		for (; i < f->ncand && s->cand[i].beg == at; i++) { /* the one of those at one place that says most */
			const struct pattern *q = &lx->pat[s->cand[i].pat];
			struct lex_tok *qslot;
			uint32_t qbeg, qend;
			bool qinverse;

			if (at < fixed_to || !match_pattern(lx, q, &s->cand[i], nm, s, ntok, &qbeg, &qend, &qslot, &qinverse))
				continue;
			if (p != NULL && (q->rank != p->rank ? q->rank < p->rank : qend <= end))
				continue;
			p = q, slot = qslot, beg = qbeg, end = qend, inverse = qinverse;
		}
		if (p == NULL)
			continue;
		k = first_from(s->tok, ntok, beg, s->cand[i - 1].tok);
		if (p->op == OP_FIX) {
			if (k > 0 && s->tok[k - 1].end > beg)
				k--;
			for (; k < ntok && s->tok[k].beg < end; k++) /* what the pattern covers no longer counts by itself */
				s->tok[k].dead = true;
			s->tok = xgrow(s->tok, &s->tok_cap, f->ntok + 1, sizeof *s->tok);
			s->tok[f->ntok++] = (struct lex_tok){.beg = beg, .end = end, .v = p->value, .kind = K_POL, .done = true,
			    .ispat = true};
			fixed_to = end;
			turn(nm, beg, end, UNIT_DENIED);
			continue;
		}
		if (slot == NULL || slot->done || slot->dead || (p->op == OP_DOUBT && slot->v < 0))
			continue;
		if (inverse)
			slot->v = -slot->v;
		if (p->op == OP_SCALE)
			fixed_to = end;
		if (p->op != OP_BOOST) {
			/* a denied fault is milder praise than praise itself */
			slot->v *= p->value * (slot->v < 0 && p->value < 0 ? 0.9f : 1);
			slot->done = true;
			turn(nm, slot->beg, slot->end, UNIT_DENIED);
		} else {
			slot->v *= p->value;
		}
		slot->ispat = true;
		for (; k < ntok && s->tok[k].beg < end; k++) /* its negators and questions are spent */
			if (s->tok[k].end <= end && &s->tok[k] != slot && (p->op != OP_BOOST || s->tok[k].v == 0))
				s->tok[k].dead = true;
	}
	if (f->ntok > ntok) {
		s->added = xgrow(s->added, &s->added_cap, f->ntok - ntok, sizeof *s->added);
		merge_tokens(s->tok, ntok, f->ntok, s->added);
	}
}

static float
saturate(float x, float half)
{
	return x / (x + half);
}

static float
clip(float x, float most)
{
	return x > most ? most : x < -most ? -most : x;
}

static void
add_hit(struct lex_scratch *s, struct lex_score *out, bool want, uint32_t beg, uint32_t end, float v, const char *why)
{
	if (!want)
		return;
	s->hit = xgrow(s->hit, &s->hit_cap, out->nhit + 1, sizeof *s->hit);
	s->hit[out->nhit++] = (struct lex_hit){beg, end, v, why};
}

struct state { /* while walking one clause */
	float neg, deg;
	uint32_t neg_at, deg_at; /* unit behind the negator or degree word; 0: none */
	struct lex_tok *last;    /* polar token before */
};

void
lex_score(const struct lexicon *lx, struct norm *nm, struct lex_scratch *s, bool want, struct lex_score *out)
{
	struct found f = find_terms(lx, nm, s);
	size_t nclause = 1;
	struct lex_clause *cl;
	struct lex_tok *tok;
	struct state st = {1, 1, 0, 0, NULL};
	uint32_t scope;
	float pos = 0, neg = 0, last = 0, first = 0, emo_pos = 0, emo_neg = 0, facts = 0, rhet = 0, irony = 0;
	float excl = 0, quest = 0, hyp = 0, negated = 0, denied = 0;
	bool quoted = false, any = false, said = false;

	mem_zero(out, sizeof *out);
	out->han = nm->nhan >= nm->nword;
	scope = out->han ? SCOPE_HAN : SCOPE_WORD;
	if (f.ncand > 0)
		apply_patterns(lx, nm, s, &f);
	s->clause = xgrow(s->clause, &s->clause_cap, 2 * f.ntok + 2, sizeof *s->clause);
	cl = s->clause;
	*cl = (struct lex_clause){.w = 1};
	tok = s->tok;
	for (size_t k = 0; k < f.ntok; k++) {
		struct lex_tok *t = &tok[k];
		unsigned kind = t->kind;
		float v = t->v;
		const char *why = t->ispat ? "pattern" : "term";

		if (t->brk != 0) {
			const struct unit *u = &nm->u[t->beg];

			if (u->cls == UNIT_PUNCT && u->id == '!')
				excl += 1;
			if (u->cls == UNIT_PUNCT && u->id == '?') {
				quest += 1;
				cl->question = true;
			}
			if (u->cls == UNIT_PUNCT && u->id == '/')
				quoted = true;
			st = (struct state){1, 1, 0, 0, NULL};
			if (cl->pos + cl->neg > 0 || cl->rhet > 0 || cl->conc || cl->adv || cl->hyp || cl->aspects != 0) {
				cl->strong = t->brk == 2;
				cl++;
				nclause++;
				*cl = (struct lex_clause){.w = 1, .beg = t->beg};
			}
			cl->quoted = quoted;
			continue;
		}
		if (t->e != NULL)
			cl->aspects |= t->e->aspects;
		if (t->dead)
			continue;
		if ((kind & K_TURNS) == 0)
			goto polarity;
		if ((kind & K_ADV) != 0 && t->v > 0 && st.neg_at != 0 && t->beg - st.neg_at <= 2)
			kind &= ~(unsigned)K_ADV; /* 没恢复 ends nothing */
		if ((kind & K_ADV) != 0 && t->v > 0)
			facts *= 0.4f; /* what was wrong has been put right */
		if ((kind & K_ADV) != 0 && (cl->pos + cl->neg > 0 || nclause > 1 || (kind & K_POL) == 0)) {
			if (cl->pos + cl->neg > 0 || cl->conc) {
				cl++;
				nclause++;
				*cl = (struct lex_clause){.w = 1, .quoted = quoted, .beg = t->beg};
			}
			cl->adv = true;
			cl->turns = t->e->adv >= 1.5f;
			st = (struct state){1, 1, 0, 0, NULL};
		}
		if ((kind & K_CONC) != 0)
			cl->conc = true;
		if ((kind & K_HYP) != 0) {
			cl->hyp = true;
			hyp += 1;
		}
		if ((kind & K_RHET) != 0) {
			cl->rhet += t->e->rhet;
			rhet += 1;
			add_hit(s, out, want, t->beg, t->end, -t->e->rhet, "rhetorical");
		}
		if ((kind & K_IRONY) != 0) {
			irony += 1;
			add_hit(s, out, want, t->beg, t->end, 0, "irony");
		}
		if ((kind & K_FACT) != 0 && !(st.neg_at != 0 && st.neg < 0 && t->beg - st.neg_at <= scope)) {
			facts += t->e->fact;
			add_hit(s, out, want, t->beg, t->end, -t->e->fact, "fact");
		}
polarity:
		if ((kind & K_DEG) != 0 && k + 1 < f.ntok && tok[k + 1].beg == t->end && tok[k + 1].v != 0)
			v = 0; /* 好 in 好难过 */
		if (t->ispat && t->e == NULL && v >= 1.3f) {
			facts *= 0.5f;
			if (v >= 1.8f && cl->neg > cl->pos) { /* 被骗的钱追回来了 */
				cl++;
				nclause++;
				*cl = (struct lex_clause){.w = 1, .quoted = quoted, .beg = t->beg, .adv = true};
				st = (struct state){1, 1, 0, 0, NULL};
			} else if (v >= 1.8f && nclause > 1 && cl->pos + cl->neg <= 0 && cl[-1].neg > cl[-1].pos && !cl[-1].strong) {
				cl->adv = true;
			}
		}
		if (v != 0 && (kind & K_POL) != 0) {
			if (t->e != NULL && (kind & K_EMOTE) != 0) {
				if (v > 0)
					emo_pos += v;
				else
					emo_neg -= v;
				out->emotion[t->e->emotion] += fabsf(v);
				add_hit(s, out, want, t->beg, t->end, v, "emoticon");
				continue;
			}
			if (!t->done) {
				if (st.deg_at != 0 && t->beg - st.deg_at <= 2) {
					/* 不太好: the degree stood behind the negator and weakens the denial */
					v *= st.neg_at != 0 && st.deg_at > st.neg_at && st.deg > 1 ? 0.7f : st.deg;
				}
				if (st.neg_at != 0 && t->beg - st.neg_at <= scope && st.neg < 0) {
					v *= v > 0 ? -0.9f : -0.55f;
					why = "negated";
					turn(nm, t->beg, t->end, UNIT_DENIED);
				}
			}
			st.neg = 1;
			st.neg_at = 0;
			st.deg = 1;
			st.deg_at = 0;
			st.last = t;
			if (t->e != NULL && v * t->e->pol < 0) {
				if (v < 0)
					negated -= v;
				else
					denied += v;
			}
			t->v = v;
			if (v > 0)
				cl->pos += v;
			else
				cl->neg -= v;
			if (t->e != NULL && why[0] != 'n')
				out->emotion[t->e->emotion] += fabsf(v);
			add_hit(s, out, want, t->beg, t->end, v, why);
			continue;
		}
		if ((kind & K_POST) != 0 && st.last != NULL && t->beg - st.last->end <= 1 && t->e->deg > 1) {
			float more = st.last->v * (t->e->deg - 1) * 0.5f;

			if (more > 0)
				cl->pos += more;
			else
				cl->neg -= more;
			continue;
		}
		if ((kind & K_NEG) != 0) {
			st.neg = st.neg_at != 0 && t->beg - st.neg_at <= 1 ? -st.neg : -1;
			st.neg_at = t->end;
		}
		if ((kind & K_DEG) != 0) {
			st.deg = st.deg_at != 0 && t->beg - st.deg_at <= 1 && st.deg > t->e->deg ? st.deg : t->e->deg;
			st.deg_at = t->end;
		}
	}
	/* how much each clause counts */
	cl = s->clause;
	for (size_t i = 0; i < nclause; i++) {
		if (cl[i].adv) {
			cl[i].w *= 1.4f;
			if (i + 1 < nclause && !cl[i].strong)
				cl[i + 1].w *= 1.2f;
			for (size_t j = i, n = 0; j-- > 0 && n < 3; n++)
				cl[j].w *= 0.6f;
			if (cl[i].turns) { /* what this sentence said before */
				size_t j = i;

				while (j > 0 && !cl[j - 1].strong && i - j < 3)
					j--;
				turn(nm, cl[j].beg, cl[i].beg, UNIT_CONCEDED);
			}
		}
		if (cl[i].conc && i + 1 < nclause) {
			cl[i].w *= 0.5f;
			turn(nm, cl[i].beg, cl[i + 1].beg, UNIT_CONCEDED);
		}
		if (cl[i].hyp)
			cl[i].w *= 0.6f;
		if (cl[i].quoted)
			cl[i].w *= 0.7f;
		if (cl[i].rhet > 0) {
			cl[i].neg += cl[i].rhet + 0.6f * cl[i].pos;
			cl[i].pos = 0;
		} else if (cl[i].question) {
			cl[i].pos *= 0.7f;
		}
	}
	for (size_t i = 0; i < nclause; i++) {
		float net = cl[i].pos - cl[i].neg;

		if (cl[i].pos + cl[i].neg <= 0)
			continue;
		said = true;
		pos += cl[i].w * cl[i].pos;
		neg += cl[i].w * cl[i].neg;
		last = net;
		if (!any) {
			first = net;
			any = true;
		}
		if (net != 0 && cl[i].aspects != 0) {
			out->aspect_seen |= cl[i].aspects;
			for (unsigned a = 0, left = cl[i].aspects; left != 0; a++, left >>= 1)
				if ((left & 1) != 0)
					out->aspect[a] += cl[i].w * net;
		}
	}
	out->f[LF_POS] = 2 * saturate(pos, 3);
	out->f[LF_NEG] = 2 * saturate(neg, 3);
	out->f[LF_NET] = clip(pos - neg, 4) / 4;
	out->f[LF_LAST] = clip(last, 3) / 3;
	out->f[LF_FIRST] = clip(first, 3) / 3;
	out->f[LF_EMO_POS] = 2 * saturate(emo_pos, 2);
	out->f[LF_EMO_NEG] = 2 * saturate(emo_neg, 2);
	out->f[LF_FACT] = 2 * saturate(facts, 4);
	out->f[LF_RHET] = saturate(rhet, 1);
	out->f[LF_IRONY] = saturate(irony, 1);
	out->f[LF_EXCL] = saturate(excl, 2);
	out->f[LF_QUEST] = saturate(quest, 1);
	out->f[LF_NONE] = said || emo_pos + emo_neg > 0 ? 0 : 1;
	out->f[LF_MIXED] = pos > 0.5f && neg > 0.5f ? 1 : 0;
	out->f[LF_LEN] = logf(1 + (float)nm->n) / 8;
	out->f[LF_HYP] = saturate(hyp, 1);
	for (int m = 1; m < EMO_N; m++)
		out->f[LF_EMOTION + m - 1] = saturate(out->emotion[m], 3);
	out->f[LF_NEGATED] = saturate(negated, 2);
	out->f[LF_DENIED] = saturate(denied, 2);
	out->hit = s->hit;
}
