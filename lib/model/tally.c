#include "model/tally.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/utf8.h"

enum { EXCERPT = 900, NAMED_FOLLOWERS = 100000, STORY_PLATFORMS = 31 };

/* --- sets of hashes --- */

static bool
set_add(struct u64set *s, uint64_t h)
{
	size_t i;

	if (h == 0) {
		bool added = !s->zero;

		s->zero = true;
		return added;
	}
	if ((s->n + 1) * 4 > s->cap * 3) {
		struct u64set bigger = {.cap = s->cap > 0 ? s->cap * 2 : 1024, .zero = s->zero};

		bigger.slot = xcalloc(bigger.cap, sizeof *bigger.slot);
		for (i = 0; i < s->cap; i++)
			if (s->slot[i] != 0)
				set_add(&bigger, s->slot[i]);
		free(s->slot);
		*s = bigger;
	}
	for (i = h & (s->cap - 1); s->slot[i] != 0; i = (i + 1) & (s->cap - 1))
		if (s->slot[i] == h)
			return false;
	s->slot[i] = h;
	s->n++;
	return true;
}

/* --- ids --- */

/* Whether a tells more than b; total order, so that the result does not depend on the order of posts. */
static bool
better(int64_t wa, int64_t ta, struct str a, int64_t wb, int64_t tb, struct str b)
{
	if (wa != wb)
		return wa > wb;
	if (ta != tb)
		return ta < tb;
	return str_cmp(a, b) < 0;
}

static void
ids_add(struct tally *t, struct ids *k, const struct post *p)
{
	k->total++;
	if (t->o.ids == 0)
		return;
	if (k->n < t->o.ids) {
		k->v = xgrow(k->v, &k->cap, k->n + 1, sizeof *k->v);
		k->v[k->n++] = (struct tally_id){arena_str(&t->mem, p->id), p->engagement, p->t};
	} else {
		struct tally_id *w = &k->v[k->worst];

		if (!better(p->engagement, p->t, p->id, w->weight, w->t, w->id))
			return;
		*w = (struct tally_id){arena_str(&t->mem, p->id), p->engagement, p->t};
	}
	if (k->n == t->o.ids)
		for (size_t i = k->worst = 0; i < k->n; i++)
			if (better(k->v[k->worst].weight, k->v[k->worst].t, k->v[k->worst].id, k->v[i].weight, k->v[i].t, k->v[i].id))
				k->worst = i;
}

static int
by_weight(const void *a, const void *b)
{
	const struct tally_id *x = a, *y = b;

	return better(x->weight, x->t, x->id, y->weight, y->t, y->id) ? -1 : better(y->weight, y->t, y->id, x->weight, x->t, x->id);
}

static void
ids_sort(struct ids *k)
{
	if (k->n > 1)
		qsort(k->v, k->n, sizeof *k->v, by_weight);
}

static void
count_add(struct tally *t, struct count *c, const struct post *p)
{
	c->n++;
	c->engagement += p->engagement;
	c->views += p->views > 0 ? p->views : 0;
	c->viewed += p->views >= 0;
	ids_add(t, &c->all, p);
	if (p->negative) {
		c->neg++;
		ids_add(t, &c->negs, p);
	} else if (str_is(p->label, "pos")) {
		c->pos++;
	} else if (p->label.n > 0) {
		c->neu++;
	}
}

/* --- time --- */

static size_t
hist_index(struct hist *h, int64_t quarter)
{
	uintptr_t *v;
	char key[8];

	if (h->n > 0 && h->last == quarter)
		return h->last_at;
	memcpy(key, &quarter, sizeof key);
	v = map_put(&h->at, str_n(key, sizeof key), NULL);
	if (*v == 0) {
		size_t cap = h->cap;

		h->quarter = xgrow(h->quarter, &h->cap, h->n + 1, sizeof *h->quarter);
		if (h->cap != cap) {
			h->all = xrealloc(h->all, h->cap * sizeof *h->all);
			h->neg = xrealloc(h->neg, h->cap * sizeof *h->neg);
		}
		h->quarter[h->n] = quarter;
		h->all[h->n] = h->neg[h->n] = 0;
		*v = ++h->n;
	}
	h->last = quarter;
	h->last_at = (size_t)*v - 1;
	return h->last_at;
}

static int64_t
quarter_of(int64_t t)
{
	int64_t q = t / TALLY_STEP;

	return t % TALLY_STEP < 0 ? q - 1 : q;
}

static void
hist_add(struct hist *h, int64_t t, bool neg)
{
	size_t i = hist_index(h, quarter_of(t));

	h->all[i]++;
	h->neg[i] += neg;
}

static void
hist_free(struct hist *h)
{
	map_free(&h->at);
	free(h->quarter);
	free(h->all);
	free(h->neg);
}

void
hist_buckets(const struct hist *h, int64_t from, int64_t step, size_t n, int64_t *all, int64_t *neg)
{
	for (size_t i = 0; i < n; i++)
		all[i] = neg[i] = 0;
	for (size_t i = 0; i < h->n; i++) {
		int64_t at = h->quarter[i] * TALLY_STEP - from;

		if (at >= 0 && at / step < (int64_t)n) {
			all[at / step] += h->all[i];
			neg[at / step] += h->neg[i];
		}
	}
}

/* --- groups --- */

static struct group *
group_of(struct tally *t, struct groups *g, struct str key)
{
	bool added;
	uintptr_t *v = map_put(&g->at, utf8_cut_bytes(key, 200), &added);

	if (added) {
		g->g = xgrow(g->g, &g->cap, g->n + 1, sizeof *g->g);
		g->g[g->n] = (struct group){.key = arena_str(&t->mem, utf8_cut_bytes(key, 200))};
		*v = g->n++;
	}
	return &g->g[*v];
}

static void
group_add(struct tally *t, struct groups *g, struct str key, const struct post *p)
{
	if (key.n > 0)
		count_add(t, &group_of(t, g, key)->c, p);
}

static int
by_size(const void *a, const void *b)
{
	const struct group *x = a, *y = b;

	if (x->c.n != y->c.n)
		return x->c.n > y->c.n ? -1 : 1;
	return str_cmp(x->key, y->key);
}

static void
groups_close(struct groups *g)
{
	if (g->n > 1)
		qsort(g->g, g->n, sizeof *g->g, by_size);
	for (size_t i = 0; i < g->n; i++) {
		ids_sort(&g->g[i].c.all);
		ids_sort(&g->g[i].c.negs);
	}
	map_free(&g->at); /* its numbers are those before sorting */
	g->at = (struct map){0};
}

static void
groups_free(struct groups *g)
{
	for (size_t i = 0; i < g->n; i++) {
		free(g->g[i].c.all.v);
		free(g->g[i].c.negs.v);
		hist_free(&g->g[i].h);
	}
	free(g->g);
	map_free(&g->at);
}

const struct group *
groups_find(const struct groups *g, struct str key)
{
	for (size_t i = 0; i < g->n; i++)
		if (str_eq(g->g[i].key, key))
			return &g->g[i];
	return NULL;
}

/* --- posts that are kept to be shown --- */

static struct post
keep(struct tally *t, const struct post *p)
{
	struct post k = *p;
	struct arena *a = &t->mem;

	k.id = arena_str(a, p->id);
	k.platform = arena_str(a, p->platform);
	k.voice = arena_str(a, p->voice);
	k.author = arena_str(a, p->named ? utf8_cut_bytes(p->author, 120) : STR(""));
	k.title = arena_str(a, utf8_cut_bytes(p->title, 300));
	k.text = arena_str(a, utf8_cut_bytes(p->text, EXCERPT));
	k.url = arena_str(a, p->url);
	k.type = arena_str(a, p->type);
	k.form = arena_str(a, p->form);
	k.source = arena_str(a, p->source);
	k.cluster = arena_str(a, p->cluster);
	k.label = arena_str(a, p->label);
	return k;
}

static bool
post_better(const struct post *a, const struct post *b)
{
	return better(a->weight, a->t, a->id, b->weight, b->t, b->id);
}

/* Keeps the TALLY_TOP posts of the greatest weight. */
static void
posts_add(struct tally *t, struct posts *k, const struct post *post, int64_t weight)
{
	struct post p = *post;

	k->total++;
	p.weight = weight;
	if (k->n < TALLY_TOP) {
		k->v = xgrow(k->v, &k->cap, k->n + 1, sizeof *k->v);
		k->v[k->n++] = keep(t, &p);
	} else {
		if (!post_better(&p, &k->v[k->worst]))
			return;
		k->v[k->worst] = keep(t, &p);
	}
	if (k->n == TALLY_TOP)
		for (size_t i = k->worst = 0; i < k->n; i++)
			if (post_better(&k->v[k->worst], &k->v[i]))
				k->worst = i;
}

static int
post_by_weight(const void *a, const void *b)
{
	return post_better(a, b) ? -1 : post_better(b, a);
}

static int
post_by_time(const void *a, const void *b)
{
	const struct post *x = a, *y = b;

	if (x->t != y->t)
		return x->t < y->t ? -1 : 1;
	return str_cmp(x->id, y->id);
}

static void
posts_sort(struct posts *k, int (*cmp)(const void *, const void *))
{
	if (k->n > 1)
		qsort(k->v, k->n, sizeof *k->v, cmp);
}

/* --- stories --- */

static uint32_t
platform_bit(struct tally *t, struct str platform)
{
	size_t i = platform.n > 0 ? (size_t)(group_of(t, &t->platform, platform) - t->platform.g) : STORY_PLATFORMS;

	return 1u << (i < STORY_PLATFORMS ? i : STORY_PLATFORMS);
}

static void
story_add(struct tally *t, const struct post *p, bool copy)
{
	bool added;
	struct str key = p->cluster.n > 0 ? p->cluster : p->id;
	uintptr_t *v = map_put(&t->story_at, key, &added);
	struct story *s;

	if (added) {
		t->story = xgrow(t->story, &t->story_cap, t->nstory + 1, sizeof *t->story);
		t->story[t->nstory] = (struct story){.cluster = arena_str(&t->mem, key), .first = p->t, .last = p->t};
		*v = t->nstory++;
	}
	s = &t->story[*v];
	s->n++;
	s->neg += p->negative;
	s->engagement += p->engagement;
	s->first = p->t < s->first ? p->t : s->first;
	s->last = p->t > s->last ? p->t : s->last;
	s->seen |= platform_bit(t, p->platform);
	if (!copy) /* most posts are never copied and need not be kept */
		return;
	if (s->sample == NULL) {
		s->sample = arena_alloc(&t->mem, sizeof *s->sample);
		*s->sample = keep(t, p);
	} else if (better(p->engagement, p->t, p->id, s->sample->engagement, s->sample->t, s->sample->id)) {
		*s->sample = keep(t, p);
	}
}

static int
story_cmp(const void *a, const void *b)
{
	const struct story *x = a, *y = b;

	if (x->n != y->n)
		return x->n > y->n ? -1 : 1;
	if (x->engagement != y->engagement)
		return x->engagement > y->engagement ? -1 : 1;
	if (x->first != y->first)
		return x->first < y->first ? -1 : 1;
	return str_cmp(x->cluster, y->cluster);
}

/* --- one post --- */

struct parsed {
	struct post p;
	struct json subjects, crisis, tags;
	struct str author_id, kind, region, emotion, channel, lang;
	bool drill, dated, copy;
	struct arena *a;
};

static int64_t
metric(struct json m, const char *name)
{
	int64_t v;

	return json_i64(json_get(m, name), &v) && v >= 0 ? v : -1;
}

static int64_t
sum(int64_t a, int64_t b)
{
	return b <= 0 ? a : a > INT64_MAX - b ? INT64_MAX : a + b;
}

static void
read_author(struct parsed *k, struct json v)
{
	struct json_iter it = json_iter(v);
	struct str key;
	struct json m;

	while (json_next(&it, &key, &m))
		if (str_is(key, "id"))
			k->author_id = m.type == JSON_NUM ? m.raw : json_str(m, k->a);
		else if (str_is(key, "name"))
			k->p.author = json_str(m, k->a);
		else if (str_is(key, "followers"))
			k->p.followers = json_int_or(m, -1);
		else if (str_is(key, "verified"))
			k->p.verified = m.type == JSON_TRUE || m.type == JSON_STR;
}

static void
read_metrics(struct post *p, struct json m)
{
	p->views = metric(m, "views");
	p->likes = metric(m, "likes");
	p->reposts = metric(m, "reposts");
	p->comments = metric(m, "comments");
	p->engagement = sum(sum(sum(sum(0, p->likes), p->reposts), p->comments), metric(m, "favourites"));
	if (p->engagement > INT64_MAX / 1024) /* what nobody counted must not overflow the sums */
		p->engagement = INT64_MAX / 1024;
	if (p->views > INT64_MAX / 1024)
		p->views = INT64_MAX / 1024;
}

static void
read_member(struct parsed *k, struct str key, struct json v)
{
	struct post *p = &k->p;

	if (str_is(key, "id"))
		p->id = json_str(v, k->a);
	else if (str_is(key, "platform"))
		p->platform = json_str(v, k->a);
	else if (str_is(key, "source"))
		p->source = json_str(v, k->a);
	else if (str_is(key, "channel"))
		k->channel = json_str(v, k->a);
	else if (str_is(key, "title"))
		p->title = json_str(v, k->a);
	else if (str_is(key, "text"))
		p->text = json_str(v, k->a);
	else if (str_is(key, "url"))
		p->url = json_str(v, k->a);
	else if (str_is(key, "form"))
		p->form = json_str(v, k->a);
	else if (str_is(key, "region"))
		k->region = json_str(v, k->a);
	else if (str_is(key, "published"))
		k->dated = clock_parse(json_str(v, k->a), &p->t);
	else if (str_is(key, "author"))
		read_author(k, v);
	else if (str_is(key, "metrics"))
		read_metrics(p, v);
	else if (str_is(key, "subjects"))
		k->subjects = v;
	else if (str_is(key, "tags"))
		k->tags = v;
	else if (str_is(key, "drill"))
		k->drill = v.type != JSON_FALSE && v.type != JSON_NULL;
	else if (str_is(key, "dup")) {
		p->cluster = json_str(json_get(v, "cluster"), k->a);
		k->copy = p->cluster.n > 0 && json_get(v, "of").type != JSON_NONE;
	} else if (str_is(key, "sentiment")) {
		p->label = json_str(json_get(v, "label"), k->a);
		p->score = json_num_or(json_get(v, "score"), 0);
		k->emotion = json_str(json_get(v, "emotion"), k->a);
	} else if (str_is(key, "crisis")) {
		k->crisis = v;
		p->type = json_str(json_get(v, "type"), k->a);
		k->kind = json_str(json_get(v, "kind"), k->a);
	}
}

/*
 * Whether the post is about subject (empty: any); its voice. Where all are asked for, the first that is no rival speaks; a
 * post about rivals alone is one more voice of theirs, no complaint about us.
 */
static bool
about(struct parsed *k, struct str subject)
{
	struct json_iter it = json_iter(k->subjects);
	struct str key;
	struct json s;
	bool some = false;

	while (json_next(&it, &key, &s)) {
		bool rival = subject.n == 0 && json_is(json_get(s, "side"), "rival");

		if (subject.n > 0 && !str_eq(json_str(json_get(s, "id"), k->a), subject))
			continue;
		some = true;
		k->p.voice = rival ? STR("rival") : json_str(json_get(s, "voice"), k->a);
		if (!rival)
			break;
	}
	return some;
}

static void
add_list(struct tally *t, struct groups *g, struct json list, const char *member, struct parsed *k, bool hist)
{
	struct json_iter it = json_iter(list);
	struct str key;
	struct json v;
	int n = 0;

	while (json_next(&it, &key, &v) && n++ < 32) {
		struct str name = json_str(member != NULL ? json_get(v, member) : v, k->a);

		if (name.n == 0)
			continue;
		if (hist)
			hist_add(&group_of(t, g, name)->h, k->p.t, k->p.negative);
		group_add(t, g, name, &k->p);
	}
}

/* #话题# and #word in the text. */
static void
add_hashtags(struct tally *t, struct parsed *k)
{
	struct str s = k->p.text;
	int found = 0;

	for (size_t i = 0; i < s.n && found < 8; i++) {
		size_t end;

		if (s.p[i] != '#')
			continue;
		for (end = i + 1; end < s.n && s.p[end] != '#' && !is_space(s.p[end]) && end - i < 96; end++)
			;
		if (end < s.n && s.p[end] == '#' && end > i + 1) {
			group_add(t, &t->tag, str_n(s.p + i + 1, end - i - 1), &k->p);
			found++;
			i = end;
		}
	}
}

static void
add_shown(struct tally *t, const struct post *p)
{
	bool media = str_is(p->voice, "media"), official = str_is(p->voice, "official");

	if (p->negative) {
		posts_add(t, &t->worst, p, p->engagement);
		if (t->earliest.id.n == 0 || p->t < t->earliest.t || (p->t == t->earliest.t && str_cmp(p->id, t->earliest.id) < 0))
			t->earliest = keep(t, p);
	}
	if (str_is(p->voice, "own"))
		posts_add(t, &t->own_posts, p, -p->t);
	else if (official)
		posts_add(t, &t->official_posts, p, -p->t);
	else if (media)
		posts_add(t, &t->media_posts, p, p->engagement);
	if (!str_is(p->voice, "own") && p->named && p->followers > 0)
		posts_add(t, &t->voices, p, p->followers);
}

static void
count_post(struct tally *t, struct parsed *k)
{
	struct post *p = &k->p;
	uint64_t author = 0;
	bool own = str_is(p->voice, "own"), rival = str_is(p->voice, "rival"), advert = str_is(k->kind, "ad");
	bool share = str_is(p->form, "repost") || str_is(p->form, "comment");

	p->negative = str_is(p->label, "neg") && !own && !rival && !advert && !str_is(p->voice, "staff");
	p->named = p->verified || own || str_is(p->voice, "media") || str_is(p->voice, "official") || p->followers >= NAMED_FOLLOWERS;
	if (k->author_id.n > 0)
		author = hash_bytes(k->author_id.p, k->author_id.n, hash_bytes(p->platform.p, p->platform.n, 1));
	t->authors += author != 0 && set_add(&t->seen_author, author);
	t->neg_authors += author != 0 && p->negative && set_add(&t->seen_neg_author, author);
	t->own += own;
	t->rival += rival;
	t->adverts += advert;
	t->official += str_is(p->voice, "official");
	t->media += str_is(p->voice, "media");
	t->copies += k->copy;
	t->shared += share;
	t->echoed += share || k->copy;
	if (t->all.n == 0 || p->t < t->first)
		t->first = p->t;
	if (t->all.n == 0 || p->t > t->last)
		t->last = p->t;
	story_add(t, p, k->copy); /* numbers platforms, too */
	count_add(t, &t->all, p);
	hist_add(&t->hist, p->t, p->negative);
	group_add(t, &t->platform, p->platform, p);
	group_add(t, &t->type, p->type, p);
	group_add(t, &t->region, k->region, p);
	group_add(t, &t->channel, k->channel, p);
	if (p->negative)
		group_add(t, &t->emotion, k->emotion, p);
	add_list(t, &t->subject, k->subjects, "id", k, true);
	add_list(t, &t->severity, json_get(k->crisis, "severity"), NULL, k, false);
	add_list(t, &t->tag, k->tags, NULL, k, false);
	add_hashtags(t, k);
	add_shown(t, p);
}

/* Drops what was counted before it was known that posts carry subjects. */
static void
restart(struct tally *t)
{
	struct tally fresh;
	int64_t n = t->unmatched + t->all.n;

	tally_open(&fresh, &t->o);
	fresh.o.subject = arena_str(&fresh.mem, t->o.subject);
	fresh.unmatched = n;
	fresh.outside = t->outside;
	fresh.drills = t->drills;
	fresh.again = t->again;
	fresh.undated = t->undated;
	fresh.seen = t->seen;
	t->seen = (struct u64set){0};
	tally_free(t);
	*t = fresh;
}

void
tally_post(struct tally *t, struct json post)
{
	struct arena tmp = {0};
	struct parsed k = {.a = &tmp, .p = {.views = -1, .likes = -1, .reposts = -1, .comments = -1, .followers = -1}};
	struct json_iter it = json_iter(post);
	struct str key;
	struct json v;
	bool carries;

	while (json_next(&it, &key, &v))
		read_member(&k, key, v);
	it = json_iter(k.subjects);
	carries = json_next(&it, &key, &v);
	if (!k.dated || k.p.id.n == 0)
		t->undated++;
	else if (k.drill)
		t->drills++;
	else if (k.p.t < t->o.from || k.p.t >= t->o.until)
		t->outside++;
	else if (!set_add(&t->seen, hash_bytes(k.p.id.p, k.p.id.n, 0)))
		t->again++;
	else if (!carries && (t->subjects || t->o.subject.n > 0))
		t->unmatched++;
	else {
		if (carries && !t->subjects) {
			if (t->all.n > 0)
				restart(t);
			t->subjects = true;
		}
		if (!carries || about(&k, t->o.subject))
			count_post(t, &k);
		else
			t->unmatched++;
	}
	arena_free(&tmp);
}

void
tally_open(struct tally *t, const struct tally_opts *o)
{
	*t = (struct tally){.o = *o};
	if (t->o.ids > TALLY_IDS)
		t->o.ids = TALLY_IDS;
}

/* Stories of one post have a sample when that post is among the top negative ones. */
static void
fill_samples(struct tally *t)
{
	for (size_t i = 0; i < t->worst.n; i++) {
		struct str key = t->worst.v[i].cluster.n > 0 ? t->worst.v[i].cluster : t->worst.v[i].id;
		uintptr_t *v = map_get(&t->story_at, key);

		if (v != NULL && t->story[*v].sample == NULL)
			t->story[*v].sample = &t->worst.v[i];
	}
}

void
tally_close(struct tally *t)
{
	struct groups *g[] = {&t->platform, &t->type, &t->subject, &t->region, &t->emotion, &t->tag, &t->severity, &t->channel};

	ids_sort(&t->all.all);
	ids_sort(&t->all.negs);
	posts_sort(&t->worst, post_by_weight);
	fill_samples(t);
	if (t->nstory > 1)
		qsort(t->story, t->nstory, sizeof *t->story, story_cmp);
	for (size_t i = 0; i < sizeof g / sizeof g[0]; i++)
		groups_close(g[i]);
	posts_sort(&t->voices, post_by_weight);
	posts_sort(&t->own_posts, post_by_time);
	posts_sort(&t->official_posts, post_by_time);
	posts_sort(&t->media_posts, post_by_weight);
}

void
tally_free(struct tally *t)
{
	struct groups *g[] = {&t->platform, &t->type, &t->subject, &t->region, &t->emotion, &t->tag, &t->severity, &t->channel};
	struct posts *p[] = {&t->worst, &t->voices, &t->own_posts, &t->official_posts, &t->media_posts};

	for (size_t i = 0; i < sizeof g / sizeof g[0]; i++)
		groups_free(g[i]);
	for (size_t i = 0; i < sizeof p / sizeof p[0]; i++)
		free(p[i]->v);
	free(t->all.all.v);
	free(t->all.negs.v);
	free(t->story);
	map_free(&t->story_at);
	hist_free(&t->hist);
	free(t->seen.slot);
	free(t->seen_author.slot);
	free(t->seen_neg_author.slot);
	arena_free(&t->mem);
	*t = (struct tally){0};
}
