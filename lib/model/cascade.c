#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/cascade.h"

const char *const edge_ground_name[EDGE_GROUNDS] = {"root", "given", "to_root", "quote", "copy", "link"};
const char *const account_kind_name[ACCOUNT_KINDS] = {"ordinary", "kol", "media", "official", "own"};
const int64_t cascade_size_at[SIZE_AT] = {600, 3600, 21600, 86400, 604800};

uint32_t
forest_author(struct forest *f, struct str id, struct str name, int64_t followers, enum account_kind kind)
{
	bool added;
	uintptr_t *i = map_put(&f->by_author, id, &added);
	struct author *a;

	if (added) {
		f->author = xgrow(f->author, &f->author_cap, f->nauthor + 1, sizeof *f->author);
		*i = f->nauthor;
		f->author[f->nauthor++] = (struct author){arena_str(&f->mem, id), arena_str(&f->mem, name), 0, 0};
	}
	a = &f->author[*i];
	if (followers > a->followers)
		a->followers = followers;
	if (kind > a->kind)
		a->kind = (uint8_t)kind;
	return (uint32_t)*i;
}

uint8_t
forest_platform(struct forest *f, struct str name)
{
	size_t max = sizeof f->platform / sizeof *f->platform;

	for (size_t i = 0; i < f->nplatform; i++)
		if (str_eq(f->platform[i], name))
			return (uint8_t)i;
	if (f->nplatform == max)
		return (uint8_t)(max - 1);
	f->platform[f->nplatform] = f->nplatform == max - 1 ? STR("other") : arena_str(&f->mem, name);
	return (uint8_t)f->nplatform++;
}

uint32_t
forest_add(struct forest *f, struct str id, uint32_t author, int64_t time, float score, uint8_t platform)
{
	bool added;
	uintptr_t *i = map_put(&f->by_id, id, &added);
	struct node *v;

	if (!added)
		return CASCADE_NONE;
	f->node = xgrow(f->node, &f->cap, f->n + 1, sizeof *f->node);
	v = &f->node[f->n];
	*v = (struct node){.id = arena_str(&f->mem, id), .author = author, .parent = CASCADE_NONE, .time = time, .score = score,
	    .platform = platform, .ground = EDGE_ROOT, .child = CASCADE_NONE, .next = CASCADE_NONE, .size = 1};
	*i = f->n;
	return (uint32_t)f->n++;
}

void
forest_free(struct forest *f)
{
	free(f->node);
	free(f->author);
	free(f->root);
	free(f->order);
	map_free(&f->by_id);
	map_free(&f->by_author);
	arena_free(&f->mem);
	*f = (struct forest){0};
}

/* Walks up from every node once; an edge that leads back into the walk is cut. */
static size_t
cut_cycles(struct forest *f)
{
	uint32_t *mark = xcalloc(f->n + 1, sizeof *mark);
	size_t cut = 0;

	for (uint32_t i = 0; i < f->n; i++) {
		uint32_t v = i;

		while (mark[v] == 0) {
			uint32_t up = f->node[v].parent;

			mark[v] = i + 1;
			if (up == CASCADE_NONE)
				break;
			if (mark[up] == i + 1) {
				f->node[v].parent = CASCADE_NONE;
				f->node[v].ground = EDGE_ROOT;
				cut++;
				break;
			}
			v = up;
		}
	}
	free(mark);
	return cut;
}

static const struct forest *sorting; /* qsort has no argument for it */

static int
by_time(const void *a, const void *b)
{
	const struct node *x = &sorting->node[*(const uint32_t *)a], *y = &sorting->node[*(const uint32_t *)b];

	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	return str_cmp(x->id, y->id);
}

size_t
forest_build(struct forest *f)
{
	size_t cut = cut_cycles(f), k = 0;
	uint32_t *all = xmalloc((f->n + 1) * sizeof *all), *stack;

	for (uint32_t i = 0; i < f->n; i++)
		all[i] = i;
	sorting = f;
	qsort(all, f->n, sizeof *all, by_time);
	for (size_t i = f->n; i-- > 0;) { /* backwards, so that each list comes out in order */
		struct node *v = &f->node[all[i]];

		if (v->parent == CASCADE_NONE)
			continue;
		v->next = f->node[v->parent].child;
		f->node[v->parent].child = all[i];
		f->node[v->parent].nchild++;
	}
	f->order = xmalloc((f->n + 1) * sizeof *f->order);
	stack = xmalloc((f->n + 1) * sizeof *stack);
	for (size_t i = 0; i < f->n; i++) {
		uint32_t r = all[i];
		size_t sp = 0, base = k;

		if (f->node[r].parent != CASCADE_NONE)
			continue;
		f->root = xgrow(f->root, &f->root_cap, f->nroot + 1, sizeof *f->root);
		f->root[f->nroot++] = r;
		stack[sp++] = r;
		while (sp > 0) {
			uint32_t v = stack[--sp], n = 0;

			f->node[v].pre = (uint32_t)k;
			f->order[k++] = v;
			for (uint32_t c = f->node[v].child; c != CASCADE_NONE; c = f->node[c].next) {
				f->node[c].level = f->node[v].level + 1;
				stack[sp + n++] = c;
			}
			for (uint32_t j = 0; j < n / 2; j++) { /* first child on top */
				uint32_t t = stack[sp + j];

				stack[sp + j] = stack[sp + n - 1 - j];
				stack[sp + n - 1 - j] = t;
			}
			sp += n;
		}
		for (size_t j = k; j-- > base + 1;)
			f->node[f->node[f->order[j]].parent].size += f->node[f->order[j]].size;
	}
	free(stack);
	free(all);
	return cut;
}

static int
cmp_i64(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

static int
cmp_jump(const void *a, const void *b)
{
	const struct jump *x = a, *y = b;

	if (x->n != y->n)
		return x->n > y->n ? -1 : 1;
	return x->from != y->from ? x->from - y->from : x->to - y->to;
}

/* Whether x goes before y among spreaders: descendants, children, time, id. */
static bool
spreads_more(const struct forest *f, uint32_t x, uint32_t y)
{
	const struct node *a = &f->node[x], *b = &f->node[y];

	if (a->size != b->size)
		return a->size > b->size;
	if (a->nchild != b->nchild)
		return a->nchild > b->nchild;
	if (a->time != b->time)
		return a->time < b->time;
	return str_cmp(a->id, b->id) < 0;
}

static void
times(const struct forest *f, const uint32_t *order, struct cascade *c)
{
	int64_t *dt = xmalloc(c->n * sizeof *dt), t0 = f->node[c->root].time, h0 = -1;
	uint32_t run = 0;

	for (uint32_t i = 0; i < c->n; i++) {
		dt[i] = f->node[order[i]].time - t0;
		if (dt[i] < 0)
			dt[i] = 0; /* dated before the root: counts from its start */
	}
	qsort(dt, c->n, sizeof *dt, cmp_i64);
	c->t50 = dt[(c->n + 1) / 2 - 1];
	c->t90 = dt[((uint64_t)c->n * 9 + 9) / 10 - 1];
	c->last = dt[c->n - 1];
	for (size_t k = 0; k < SIZE_AT; k++)
		for (uint32_t i = 0; i < c->n && dt[i] <= cascade_size_at[k]; i++)
			c->size_at[k] = i + 1;
	/* the root itself is one of the zeros: it is left out of the hours */
	for (uint32_t i = 1; i < c->n; i++) {
		int64_t h = dt[i] / 3600;

		run = h == h0 ? run + 1 : 1;
		h0 = h;
		if (run > c->peak_n) {
			c->peak_n = run;
			c->peak_hour = h * 3600;
		}
	}
	free(dt);
}

/* Different authors, their followers and kinds, and what is below their posts. */
static void
authors(const struct forest *f, const uint32_t *order, struct cascade *c)
{
	static uint64_t *sum;
	static uint32_t *seen;
	static size_t cap, seen_cap;
	uint32_t me = f->node[c->root].author;

	if (cap < f->nauthor) { /* kept over all trees; only what a tree touches is reset */
		size_t old = cap;

		sum = xgrow(sum, &cap, f->nauthor, sizeof *sum);
		memset(sum + old, 0xff, (cap - old) * sizeof *sum);
	}
	seen = xgrow(seen, &seen_cap, c->n, sizeof *seen);
	c->authors = 0;
	for (uint32_t i = 0; i < c->n; i++) {
		const struct node *v = &f->node[order[i]];

		if (sum[v->author] == UINT64_MAX) {
			const struct author *a = &f->author[v->author];

			sum[v->author] = 0;
			seen[c->authors++] = v->author;
			c->followers = a->followers > INT64_MAX - c->followers ? INT64_MAX : c->followers + a->followers;
			c->by_kind[a->kind]++;
		}
		sum[v->author] += v->size - 1;
	}
	for (uint32_t i = 0; i < c->authors; i++) {
		uint32_t k = c->ntop < TOP ? c->ntop : TOP;
		struct top_author x = {seen[i], sum[seen[i]]};

		if (x.author == me || x.sum == 0)
			continue;
		while (k > 0 && (c->top[k - 1].sum < x.sum ||
				    (c->top[k - 1].sum == x.sum &&
					str_cmp(f->author[c->top[k - 1].author].id, f->author[x.author].id) > 0))) {
			if (k < TOP)
				c->top[k] = c->top[k - 1];
			k--;
		}
		if (k < TOP)
			c->top[k] = x;
		if (c->ntop < TOP)
			c->ntop++;
	}
	for (uint32_t i = 0; i < c->authors; i++)
		sum[seen[i]] = UINT64_MAX;
}

static void
insert_top(uint32_t *top, uint64_t *key, uint32_t *n, uint32_t v, uint64_t x)
{
	uint32_t k = *n;

	while (k > 0 && key[k - 1] < x) {
		if (k < TOP) {
			top[k] = top[k - 1];
			key[k] = key[k - 1];
		}
		k--;
	}
	if (k < TOP) {
		top[k] = v;
		key[k] = x;
	}
	if (*n < TOP)
		++*n;
}

/* Mood by level, over all, and the node whose subtree differs most from the rest, weighed by its size. */
static void
mood(const struct forest *f, const uint32_t *order, struct arena *a, struct cascade *c)
{
	double *sub = xcalloc(c->n, sizeof *sub), *lsum = xcalloc(c->depth + 1, sizeof *lsum), best = 0, all = 0;
	uint32_t *cnt = xcalloc(c->n, sizeof *cnt), *lcnt = xcalloc(c->depth + 1, sizeof *lcnt), n = 0, neg = 0,
		 base = f->node[c->root].pre, least = c->n / 50 > 5 ? c->n / 50 : 5;

	c->level_mood = arena_alloc(a, (c->depth + 1) * sizeof *c->level_mood);
	c->turn = CASCADE_NONE;
	for (uint32_t i = c->n; i-- > 0;) {
		const struct node *v = &f->node[order[i]];

		if (!isnan(v->score)) {
			sub[i] += (double)v->score;
			cnt[i]++;
			lsum[v->level] += (double)v->score;
			lcnt[v->level]++;
			neg += v->score < -0.1f;
		}
		if (i > 0) {
			uint32_t up = f->node[v->parent].pre - base;

			sub[up] += sub[i];
			cnt[up] += cnt[i];
		}
	}
	n = cnt[0];
	all = sub[0];
	c->mood = n > 0 ? all / n : (double)NAN;
	c->neg_share = n > 0 ? (double)neg / n : 0;
	for (uint32_t l = 0; l <= c->depth; l++)
		c->level_mood[l] = lcnt[l] > 0 ? (float)(lsum[l] / lcnt[l]) : NAN;
	for (uint32_t i = 1; i < c->n; i++) {
		double shift, weight;

		if (cnt[i] < least || n - cnt[i] < least)
			continue;
		shift = sub[i] / cnt[i] - (all - sub[i]) / (n - cnt[i]);
		weight = fabs(shift) * sqrt((double)cnt[i]);
		if (fabs(shift) > 0.25 && weight > best) {
			best = weight;
			c->turn = order[i];
			c->turn_shift = shift;
		}
	}
	free(sub);
	free(cnt);
	free(lsum);
	free(lcnt);
}

static void
platforms(const struct forest *f, const uint32_t *order, struct arena *a, struct cascade *c)
{
	uint32_t *m = xcalloc(f->nplatform * f->nplatform + 1, sizeof *m);

	c->platform_n = arena_zalloc(a, (f->nplatform + 1) * sizeof *c->platform_n);
	for (uint32_t i = 0; i < c->n; i++) {
		const struct node *v = &f->node[order[i]];

		c->platform_n[v->platform]++;
		if (i > 0 && f->node[v->parent].platform != v->platform)
			c->njump += m[f->node[v->parent].platform * f->nplatform + v->platform]++ == 0;
	}
	c->jump = arena_alloc(a, (c->njump + 1) * sizeof *c->jump);
	c->njump = 0;
	for (size_t x = 0; x < f->nplatform; x++)
		for (size_t y = 0; y < f->nplatform; y++)
			if (m[x * f->nplatform + y] > 0)
				c->jump[c->njump++] =
				    (struct jump){(uint8_t)x, (uint8_t)y, m[x * f->nplatform + y]};
	qsort(c->jump, c->njump, sizeof *c->jump, cmp_jump);
	free(m);
}

static void
branches(const struct forest *f, struct arena *a, struct cascade *c)
{
	uint32_t least = c->n / 20 > 3 ? c->n / 20 : 3;

	c->branch = arena_alloc(a, 22 * sizeof *c->branch);
	for (uint32_t v = f->node[c->root].child; v != CASCADE_NONE; v = f->node[v].next) {
		size_t k = c->nbranch;

		if (f->node[v].size < least || k == 21) /* at most twenty have a twentieth each */
			continue;
		while (k > 0 && c->branch[k - 1].n < f->node[v].size) {
			c->branch[k] = c->branch[k - 1];
			k--;
		}
		c->branch[k] = (struct branch){v, f->node[v].size};
		c->nbranch++;
	}
}

void
cascade_measure(const struct forest *f, uint32_t root, struct arena *a, struct cascade *c)
{
	const uint32_t *order = f->order + f->node[root].pre;

	*c = (struct cascade){.root = root, .n = f->node[root].size, .direct = f->node[root].nchild};
	for (uint32_t i = 0; i < c->n; i++)
		if (f->node[order[i]].level > c->depth)
			c->depth = f->node[order[i]].level;
	c->breadth = arena_zalloc(a, (c->depth + 1) * sizeof *c->breadth);
	for (uint32_t i = 0; i < c->n; i++) {
		const struct node *v = &f->node[order[i]];
		uint64_t rest = c->n - v->size, between = (uint64_t)(c->n - 1) * (c->n - 1) - rest * rest;
		uint32_t k;

		c->breadth[v->level]++;
		c->leaves += v->nchild == 0;
		c->ground[v->ground]++;
		for (uint32_t x = v->child; x != CASCADE_NONE; x = f->node[x].next)
			between -= (uint64_t)f->node[x].size * f->node[x].size;
		if (between > 0)
			insert_top(c->bridge, c->between, &c->nbridge, order[i], between / 2);
		if (i == 0)
			continue;
		c->inferred += v->ground > EDGE_GIVEN;
		c->wiener += (uint64_t)v->size * (c->n - v->size);
		for (k = c->nspreader; k > 0 && spreads_more(f, order[i], c->spreader[k - 1]); k--)
			if (k < TOP)
				c->spreader[k] = c->spreader[k - 1];
		if (k < TOP)
			c->spreader[k] = order[i];
		if (c->nspreader < TOP)
			c->nspreader++;
	}
	for (uint32_t l = 0; l <= c->depth; l++)
		if (c->breadth[l] > c->max_breadth) {
			c->max_breadth = c->breadth[l];
			c->max_breadth_level = l;
		}
	c->virality = c->n > 1 ? 2.0 * (double)c->wiener / ((double)c->n * (c->n - 1)) : 0;
	times(f, order, c);
	authors(f, order, c);
	platforms(f, order, a, c);
	branches(f, a, c);
	mood(f, order, a, c);
}

uint32_t
cascade_cut(const struct forest *f, const struct cascade *c, uint32_t v, int64_t delay)
{
	const uint32_t *order = f->order + f->node[v].pre;
	uint32_t n = 0;

	(void)c;
	for (uint32_t i = 1; i < f->node[v].size; i++)
		n += f->node[order[i]].time > f->node[v].time + delay;
	return n;
}

const char *
cascade_stage(const struct forest *f, const struct cascade *c, int64_t now)
{
	int64_t age = now - f->node[c->root].time, t0 = f->node[c->root].time;
	const uint32_t *order = f->order + f->node[c->root].pre;
	uint32_t last3 = 0, before3 = 0;
	double rate;

	for (uint32_t i = 0; i < c->n; i++) {
		int64_t ago = now - f->node[order[i]].time;

		last3 += ago >= 0 && ago < 3 * 3600;
		before3 += ago >= 3 * 3600 && ago < 6 * 3600;
	}
	(void)t0;
	rate = last3 / 3.0;
	if (age < 6 * 3600 && c->n < 20)
		return "latent";
	if (rate >= 0.5 * c->peak_n && c->peak_n >= 20)
		return "outbreak";
	if (last3 > before3 && age < 48 * 3600)
		return "forming";
	return rate >= 0.1 * c->peak_n && last3 > 0 ? "sustained" : "fading";
}
