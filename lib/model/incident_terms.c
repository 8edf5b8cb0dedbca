#include <math.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "model/incident.h"

/* Counts in how many texts a word stands, inside the episode and before it. Words: 2..6 Han characters, Latin words. */

enum { LONGEST = 6 };

struct tally {
	struct map map;
	struct count {
		struct str s;
		int in, out, last;
		bool piece; /* nearly always within one longer word */
	} *c;
	size_t n, cap;
	int text;
};

static void
count(struct tally *t, struct str s, bool in)
{
	bool added;
	uintptr_t *v = map_put(&t->map, s, &added);
	struct count *c;

	if (added) {
		*v = t->n;
		t->c = xgrow(t->c, &t->cap, t->n + 1, sizeof *t->c);
		t->c[t->n++] = (struct count){.s = arena_str(&t->map.keys, s), .last = -1};
	}
	c = &t->c[*v];
	if (c->last == t->text)
		return;
	c->last = t->text;
	*(in ? &c->in : &c->out) += 1;
}

static void
count_text(struct tally *t, struct str s, bool in)
{
	const char *at[LONGEST] = {NULL}, *end = s.p + s.n, *next, *word = NULL;
	int run = 0;

	t->text++;
	for (const char *p = s.p; p < end; p = next) {
		uint32_t cp = utf8_step(p, end, &next);

		if (utf8_is_han(cp)) {
			at[run++ % LONGEST] = p;
			for (int n = 2; n <= LONGEST && n <= run; n++)
				count(t, str_n(at[(run - n) % LONGEST], (size_t)(next - at[(run - n) % LONGEST])), in);
		} else {
			run = 0;
		}
		if (cp < 0x80 && is_alpha((char)cp)) {
			if (word == NULL)
				word = p;
		} else if (word != NULL) {
			if (p - word >= 4)
				count(t, str_n(word, (size_t)(p - word)), in);
			word = NULL;
		}
	}
	if (word != NULL && end - word >= 4)
		count(t, str_n(word, (size_t)(end - word)), in);
}

static int
by_score(const void *a, const void *b)
{
	const struct term *x = a, *y = b;

	if (x->score != y->score)
		return x->score > y->score ? -1 : 1;
	return str_cmp(x->s, y->s);
}

static bool
within(struct str a, struct str b)
{
	return str_find(a, b) >= 0 || str_find(b, a) >= 0;
}

/* Whether a ends as b begins or the other way round, by at least one Han character: pieces of one phrase. */
static bool
chained(struct str a, struct str b)
{
	for (size_t n = 3; n < a.n && n < b.n; n += 3)
		if (str_eq(str_sub(a, a.n - n, n), str_sub(b, 0, n)) || str_eq(str_sub(b, b.n - n, n), str_sub(a, 0, n)))
			return true;
	return false;
}

/* A word that stands inside one longer word four times of five is a piece of that one. */
static void
mark_pieces(struct tally *t)
{
	for (size_t i = 0; i < t->n; i++) {
		const struct count *c = &t->c[i];
		size_t len = c->s.n;
		uintptr_t *v;

		if (c->in < 3 || len < 9 || (unsigned char)c->s.p[0] < 0x80)
			continue;
		for (int left = 0; left < 2; left++) {
			v = map_get(&t->map, str_sub(c->s, left ? 3 : 0, len - 3));
			if (v != NULL && t->c[*v].in * 4 <= c->in * 5)
				t->c[*v].piece = true;
		}
	}
}

/* Words that say nothing about what happened. */
static bool
is_empty_word(struct str s)
{
	static const char *const word[] = {"没有", "不了", "出来", "什么", "一个", "怎么", "现在", "今天", "就是", "这个", "你们", "我们", "他们", "自己", "还是", "已经",
	    "可以", "因为", "所以", "知道", "时候", "不是", "这么", "那么", "真的", "有人", "这边", "这样", "一样", "是不是", "有没有", "这次", "一下", "大家", "不能", "不到", "起来",
	    "不会", "只是", "但是", "如果", "以后", "之后", "那个", "为什么", "一直", "到现在", "this", "that", "with", "have", "from", "they", "been",
	    "again", "just", "when", "what", "will", "your", "there"};

	for (size_t i = 0; i < sizeof word / sizeof *word; i++)
		if (str_is(s, word[i]))
			return true;
	return false;
}

enum { SAMPLE = 1500 };

/* 1: a text of the episode; 0: of its subject before; -1: neither. */
static int
side_of(const struct episode *e, const struct obs *o)
{
	if (o->text == 0 || o->subject != e->subject)
		return -1;
	if (o->t < e->start)
		return 0;
	return o->type == e->type && obs_negative(o) ? 1 : -1;
}

size_t
incident_terms(const struct book *b, const struct episode *e, int64_t clock, struct arena *a, struct term out[TERMS])
{
	struct tally t = {.text = 0};
	struct term *all;
	int64_t end = e->closed != INT64_MIN ? e->closed : clock;
	size_t n = 0, m = 0, there[2] = {0, 0};
	double in = 0, before = 0;
	int side;

	for (size_t i = 0; i < b->n && b->o[i].t <= end; i++) {
		side = side_of(e, &b->o[i]);
		if (side >= 0)
			there[side]++;
	}
	for (size_t i = 0; i < b->n && b->o[i].t <= end; i++) {
		const struct obs *o = &b->o[i];
		bool inside;

		side = side_of(e, o);
		/* a sample by the hash of the id: the same posts whatever their order */
		if (side < 0 || (double)o->idh / 4294967296.0 * (double)there[side] > SAMPLE)
			continue;
		inside = side == 1;
		count_text(&t, book_text(b, o->text), inside);
		*(inside ? &in : &before) += 1;
	}
	mark_pieces(&t);
	all = xcalloc(t.n + 1, sizeof *all);
	for (size_t i = 0; i < t.n; i++) {
		const struct count *c = &t.c[i];
		double p = (c->in + 0.5) / (in + 1), q = (c->out + 0.5) / (before + 1), lift = log(p / q);

		if (c->in < 3 || lift <= 0.4 || c->piece || is_empty_word(c->s))
			continue;
		/* longer words say more; rare ones say little */
		all[n++] = (struct term){c->s, (double)c->in * lift * sqrt((double)utf8_count(c->s)), c->in};
	}
	qsort(all, n, sizeof *all, by_score);
	for (size_t i = 0; i < n && m < TERMS; i++) {
		bool part = false;

		for (size_t k = 0; k < m && !part; k++) /* a piece of a word already told, or its continuation */
			part = within(all[i].s, out[k].s) || chained(all[i].s, out[k].s);
		if (!part) {
			out[m] = all[i];
			out[m++].s = arena_str(a, all[i].s);
		}
	}
	free(all);
	map_free(&t.map);
	free(t.c);
	return m;
}
