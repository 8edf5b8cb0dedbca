#include <math.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "model/incident.h"

/* Counts in how many texts a word stands, inside the episode and before it. Words: 2..4 Han characters, Latin words. */

struct tally {
	struct map map;
	struct count {
		struct str s;
		int in, out, last;
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
	const char *at[4] = {NULL}, *end = s.p + s.n, *next, *word = NULL;
	int run = 0;

	t->text++;
	for (const char *p = s.p; p < end; p = next) {
		uint32_t cp = utf8_step(p, end, &next);

		if (utf8_is_han(cp)) {
			at[run++ % 4] = p;
			for (int n = 2; n <= 4 && n <= run; n++)
				count(t, str_n(at[(run - n) % 4], (size_t)(next - at[(run - n) % 4])), in);
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

size_t
incident_terms(const struct book *b, const struct episode *e, int64_t clock, struct arena *a, struct term out[TERMS])
{
	struct tally t = {.text = 0};
	struct term *all;
	int64_t end = e->closed != INT64_MIN ? e->closed : clock;
	size_t n = 0, m = 0;
	double in = 0, before = 0;

	for (size_t i = 0; i < b->n && b->o[i].t <= end; i++) {
		const struct obs *o = &b->o[i];
		bool inside = o->t >= e->start && o->subject == e->subject && o->type == e->type && obs_negative(o);

		if (o->text == 0 || (!inside && (o->t >= e->start || o->subject != e->subject)))
			continue;
		count_text(&t, book_text(b, o->text), inside);
		*(inside ? &in : &before) += 1;
	}
	all = xcalloc(t.n + 1, sizeof *all);
	for (size_t i = 0; i < t.n; i++) {
		const struct count *c = &t.c[i];
		double p = (c->in + 0.5) / (in + 1), q = (c->out + 0.5) / (before + 1), lift = log(p / q);

		if (c->in < 3 || lift <= 0.4)
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
