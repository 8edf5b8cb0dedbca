#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "model/incident.h"

/* --- authors of a window -------------------------------------------------------------------------------------- */

struct face {
	uint16_t hour, day, grave;
	int32_t last_hour;      /* clock hour of the last public negative */
};

/* Faces are never moved apart from growth of the array: their numbers stay. */
struct crowd {
	struct face *f;
	size_t n, cap;
	struct seat {
		uint32_t author, face; /* author 0: free */
	} *slot;                /* open addressing */
	size_t nslot;
	int64_t hour, day, grave; /* different authors */
};

static uint32_t
crowd_find(struct crowd *c, uint32_t author)
{
	size_t i;

	if ((c->n + 1) * 2 > c->nslot) {
		struct seat *old = c->slot;
		size_t n = c->nslot;

		c->nslot = n > 0 ? n * 4 : 64;
		c->slot = xcalloc(c->nslot, sizeof *c->slot);
		for (size_t k = 0; k < n; k++) {
			if (old[k].author == 0)
				continue;
			for (i = (size_t)hash_u64(old[k].author) & (c->nslot - 1); c->slot[i].author != 0;
			     i = (i + 1) & (c->nslot - 1))
				;
			c->slot[i] = old[k];
		}
		free(old);
	}
	for (i = (size_t)hash_u64(author) & (c->nslot - 1); c->slot[i].author != 0; i = (i + 1) & (c->nslot - 1))
		if (c->slot[i].author == author)
			return c->slot[i].face;
	if (c->n == c->cap)
		c->f = xgrow(c->f, &c->cap, c->n + 1, sizeof *c->f);
	c->f[c->n] = (struct face){.last_hour = INT32_MIN};
	c->slot[i] = (struct seat){author, (uint32_t)c->n};
	return (uint32_t)c->n++;
}

static void
crowd_free(struct crowd *c)
{
	if (c != NULL) {
		free(c->f);
		free(c->slot);
		free(c);
	}
}

/* --- stories that are copied ---------------------------------------------------------------------------------- */

struct story {
	uint32_t cluster;  /* 0: free */
	uint32_t n, hollow, alike; /* posts; by hollow accounts; word for word, not as reposts */
	int64_t last;
	bool seen, replay;
};

struct stories {
	struct story *s;
	size_t cap, n;
};

static struct story *
story_find(struct stories *x, uint32_t cluster, bool make)
{
	size_t i;

	if (x->cap == 0 || (make && (x->n + 1) * 4 > x->cap * 3)) {
		struct story *old = x->s;
		size_t n = x->cap;

		x->cap = n > 0 ? n * 2 : 256;
		x->s = xcalloc(x->cap, sizeof *x->s);
		x->n = 0;
		for (i = 0; i < n; i++)
			if (old[i].cluster != 0)
				*story_find(x, old[i].cluster, true) = old[i];
		free(old);
	}
	for (i = (size_t)hash_u64(cluster) & (x->cap - 1); x->s[i].cluster != 0; i = (i + 1) & (x->cap - 1))
		if (x->s[i].cluster == cluster)
			return &x->s[i];
	if (!make)
		return NULL;
	x->n++;
	x->s[i] = (struct story){.cluster = cluster};
	return &x->s[i];
}

/*
 * Whether a copy whose story was not seen before in this stream is of old news. Early in the stream it may be a story
 * that never stopped, begun before the first post we have.
 */
static bool
is_old(const struct obs *o, int64_t start, int64_t replay)
{
	if ((o->flags & OBS_COPY) == 0 || (o->flags & OBS_LOOSE) != 0)
		return false;
	if (o->first == 0)
		return o->t - start >= replay;
	return o->t - o->first >= 14 * 86400 || (o->t - o->first >= replay && o->t - start >= replay / 2);
}

/* Hollow accounts on one story; word-for-word posts of one story beyond which nobody is counted as a further person. */
enum { FEW = 10, MANY = 50 };

/* Marks copies of old stories and of stories that hired hands push. In order of time; sees only the past. */
static void
mark_stories(struct book *b, const struct rules *r)
{
	struct stories x = {0};

	for (size_t i = 0; i < b->n; i++)
		if (b->o[i].flags & OBS_COPY)
			(void)story_find(&x, b->o[i].cluster, true);
	for (size_t i = 0; x.n > 0 && i < b->n; i++) {
		struct obs *o = &b->o[i];
		struct story *s = story_find(&x, o->cluster, false);
		bool own_words = false;

		o->flags &= (uint16_t)~(OBS_REPLAY | OBS_PLANTED);
		if (s == NULL)
			continue;
		if (!s->seen) {
			s->replay = is_old(o, b->o[0].t, r->replay);
		} else if (o->t - s->last >= r->replay) {
			s->replay = (o->flags & OBS_LOOSE) == 0;
		}
		s->seen = true;
		s->last = o->t;
		s->n++;
		s->hollow += (o->flags & OBS_HOLLOW) != 0;
		if (s->replay) {
			o->flags |= OBS_REPLAY;
			continue;
		}
		if ((o->flags & (OBS_COPY | OBS_VARIED | OBS_REPOST | OBS_COMMENT | OBS_KOL | OBS_VERIFIED)) == OBS_COPY)
			s->alike++;
		else if (s->n > 1)
			own_words = true;
		if (s->n > FEW && s->hollow * 10 >= s->n * 7)
			o->flags |= OBS_PLANTED;
		if (s->alike > MANY && !own_words)
			o->flags |= OBS_PLANTED;
	}
	free(x.s);
}

/* --- one series ----------------------------------------------------------------------------------------------- */

struct series {
	uint16_t subject, type;
	bool whole;
	bool known;               /* the store told of hours before the posts */
	struct place {
		uint32_t i, face;     /* number of the observation, of its author when it is a public negative */
	} *at;                    /* in order */
	size_t n, cap;
	size_t hour0, day0, m20;  /* first one within 60 min, 24 h, 20 min */
	struct sums hour, day;
	int64_t neg20;            /* public negatives in the last 20 min */
	struct crowd *crowd;
	struct baseline base;
	struct bins bins;
	int64_t clock_hour;       /* the hour being counted */
	int32_t hour_authors, hour_neg, hour_all;
	int shift;                /* hours in a row above twice the usual */
	int64_t evaluated;
	double share_neg, share_all; /* negatives and mentions of the last days, fading */
	struct episode *open;
	struct series *all;       /* the whole it is part of; itself when it is one */
	struct series *carrier;   /* of a whole: the type that bears what the whole met */
};

struct engine {
	struct book *b;
	const struct rules *r;
	const struct detect_opts *opts;
	struct detection *d;
	struct coverage *cover;
	struct series **s;
	size_t n, cap;
	struct map index;         /* (subject, type) -> number */
	struct buf json;
	uint16_t none;            /* type "none" */
	bool foresee;             /* a rule asks for a forecast: they cost more than all else */
	struct err *err;
	bool failed;
};

#define SHARE_KEPT 0.994 /* an hour; half-life about five days */
enum { WHOLE = UINT16_MAX, HOUR_S = 3600, DAY_S = 86400, EVERY_S = 15 };

static struct series *
series_of(struct engine *g, uint16_t subject, uint16_t type)
{
	uint32_t key = (uint32_t)subject << 16 | type;
	bool added;
	uintptr_t *v = map_put(&g->index, str_n((const char *)&key, sizeof key), &added);
	struct series *s;

	if (!added)
		return g->s[*v];
	*v = g->n; /* before anything else is looked up */
	if (g->n == g->cap)
		g->s = xgrow(g->s, &g->cap, g->n + 1, sizeof(struct series *));
	s = g->s[g->n++] = xcalloc(1, sizeof *s);
	s->subject = subject;
	s->type = type;
	s->whole = type == WHOLE;
	s->crowd = xcalloc(1, sizeof *s->crowd);
	s->clock_hour = INT64_MIN;
	s->evaluated = INT64_MIN;
	s->all = s->whole ? s : series_of(g, subject, WHOLE);
	baseline_open(&s->base);
	bins_open(&s->bins);
	return s;
}

static double
usual(struct engine *g, struct series *s, int m, int64_t t)
{
	return baseline_usual(&s->base, g->cover, m, t, g->r->offset);
}

/* The hour that is over becomes habit, unless something was going on. */
static void
finish_hour(struct engine *g, struct series *s, int64_t hour)
{
	if (s->clock_hour != INT64_MIN && s->clock_hour < hour) {
		struct base_hour *h = baseline_hour(&s->base, s->clock_hour);
		double u = usual(g, s, BASE_AUTHORS, s->clock_hour * HOUR_S + HOUR_S - 1);
		const struct episode *e = s->open;

		h->v[BASE_AUTHORS] = (float)s->hour_authors;
		h->v[BASE_NEGATIVE] = (float)s->hour_neg;
		h->v[BASE_MENTIONS] = (float)s->hour_all;
		/* an incident must not become the habit it is compared with, but what lasts for good must in time */
		if (e != NULL && u >= 0)
			for (int m = 0; m < BASE_MEASURES; m++) {
				float most = (float)(1.5 * usual(g, s, m, s->clock_hour * HOUR_S + HOUR_S - 1)) + 1;

				if (h->v[m] > most)
					h->v[m] = most;
			}
		if (u >= 0 && s->hour_authors >= 3 && s->hour_authors >= 2 * u)
			s->shift++;
		else if (u < 0 || s->hour_authors < 1.3 * u || hour - s->clock_hour > 2)
			s->shift = 0;
		s->share_neg = s->share_neg * SHARE_KEPT + (double)h->v[BASE_NEGATIVE];
		s->share_all = s->share_all * SHARE_KEPT + (double)h->v[BASE_MENTIONS];
		s->hour_authors = s->hour_neg = s->hour_all = 0;
	}
	s->clock_hour = hour;
}

static void
drop_old(struct engine *g, struct series *s, int64_t t)
{
	const struct obs *o = g->b->o;

	for (; s->m20 < s->n && o[s->at[s->m20].i].t <= t - 1200; s->m20++)
		s->neg20 -= obs_negative(&o[s->at[s->m20].i]);
	for (; s->hour0 < s->n && o[s->at[s->hour0].i].t <= t - HOUR_S; s->hour0++) {
		const struct obs *x = &o[s->at[s->hour0].i];

		sums_add(&s->hour, x, -1);
		if (obs_negative(x) && --s->crowd->f[s->at[s->hour0].face].hour == 0)
			s->crowd->hour--;
	}
	for (; s->day0 < s->n && o[s->at[s->day0].i].t <= t - DAY_S; s->day0++) {
		const struct obs *x = &o[s->at[s->day0].i];
		struct face *f;

		sums_add(&s->day, x, -1);
		if (!obs_negative(x))
			continue;
		f = &s->crowd->f[s->at[s->day0].face];
		if ((x->cues & CUE_GRAVE) && --f->grave == 0)
			s->crowd->grave--;
		if (--f->day == 0)
			s->crowd->day--;
	}
}

static void
take(struct engine *g, struct series *s, uint32_t i)
{
	const struct obs *x = &g->b->o[i];
	int64_t hour = x->t / HOUR_S;
	bool neg = obs_negative(x);

	drop_old(g, s, x->t);
	finish_hour(g, s, hour);
	if (s->n == s->cap)
		s->at = xgrow(s->at, &s->cap, s->n + 1, sizeof *s->at);
	s->at[s->n].i = i;
	s->at[s->n].face = neg ? crowd_find(s->crowd, x->author) : 0;
	sums_add(&s->hour, x, 1);
	sums_add(&s->day, x, 1);
	s->neg20 += neg;
	s->hour_all++;
	bins_add(&s->bins, x->t, neg);
	if (neg) {
		struct face *f = &s->crowd->f[s->at[s->n].face];

		s->crowd->hour += f->hour++ == 0;
		s->crowd->day += f->day++ == 0;
		if (x->cues & CUE_GRAVE)
			s->crowd->grave += f->grave++ == 0;
		s->hour_neg++;
		if (f->last_hour != (int32_t)hour)
			s->hour_authors++;
		f->last_hour = (int32_t)hour;
	}
	s->n++;
}

static double
swing(const struct sums *hour, const struct sums *day)
{
	double d = 0;

	if (hour->negative < 10 || day->negative <= hour->negative)
		return 0;
	for (int i = 0; i <= EMOTIONS; i++)
		d += fabs((double)hour->emotion[i] / (double)hour->negative -
		    (double)(day->emotion[i] - hour->emotion[i]) / (double)(day->negative - hour->negative));
	return d / 2;
}

static void
gather(struct engine *g, struct series *s, int64_t t, struct figures *f)
{
	const struct sums *h = &s->hour, *d = &s->day;
	double part[HEAT_PARTS], high, u, before, share_low;
	struct forecast fc;
	struct str name;

	*f = (struct figures){.whole = s->whole};
	for (int i = 0; i < INDICATORS; i++)
		f->usual[i] = -1;
	f->type = s->whole ? STR("none") : g->b->type.s[s->type];
	f->weight = type_weight(g->r, f->type) * period_weight(g->r, t, &name);
	f->v[IND_NEG_AUTHORS_1H] = (double)s->crowd->hour;
	f->v[IND_NEG_1H] = (double)h->negative;
	f->v[IND_MENTIONS_1H] = (double)h->mentions;
	f->v[IND_NEG_AUTHORS_24H] = (double)s->crowd->day;
	f->v[IND_NEG_24H] = (double)d->negative;
	f->v[IND_MENTIONS_24H] = (double)d->mentions;
	f->v[IND_GRAVE_24H] = (double)s->crowd->grave;
	f->v[IND_SHARE_1H] = h->pub > 0 ? (double)h->negative / (double)h->pub : 0;
	share_interval((double)h->negative, (double)h->pub, &f->v[IND_SHARE_LOW_1H], &high);
	before = (double)(h->negative - s->neg20) / 40;
	f->v[IND_ACCELERATION] = ((double)s->neg20 / 20 + 0.05) / (before + 0.05);
	f->v[IND_COMMENTS_NEG_24H] = (double)d->comments_neg;
	f->v[IND_REPOSTS_1H] = (double)h->reposts;
	f->v[IND_REACH_1H] = (double)h->reach;
	f->v[IND_MEDIA_24H] = (double)d->media;
	f->v[IND_OFFICIAL_24H] = (double)d->official;
	f->v[IND_KOL_24H] = (double)d->kol;
	f->v[IND_PLATFORMS_24H] = sums_platforms(d);
	f->v[IND_POLICE_24H] = (double)d->cue[4];
	f->v[IND_MONEY_24H] = (double)d->cue[3];
	f->v[IND_REPLAY_1H] = (double)h->replay;
	f->v[IND_PLANTED_1H] = (double)h->planted;
	f->v[IND_EVENTS_1H] = (double)h->events;
	f->v[IND_HEAT_1H] = heat_index(h, (double)s->crowd->hour, g->r->heat, part);
	f->v[IND_SHIFT_H] = s->shift;
	f->v[IND_SWING] = swing(h, d);
	for (int i = 0; i < WORDS; i++)
		f->v[IND_WORD + i] = (double)h->word[i];
	if (h->liked >= 50 && d->liked - h->liked >= 50)
		f->v[IND_COMMENT_RATIO] = (double)h->answered / (double)h->liked /
		    (((double)(d->answered - h->answered) + 1) / (double)(d->liked - h->liked));
	u = usual(g, s, BASE_AUTHORS, t);
	share_interval((double)s->all->hour.negative, (double)s->all->hour.pub, &share_low, &high);
	/* too early to know a habit: unless most of what is said is negative, what is seen counts as usual */
	if (!s->all->known && t / HOUR_S - g->b->o[s->all->at[0].i].t / HOUR_S < 6 && share_low < 0.5 && u < (double)s->crowd->hour)
		u = (double)s->crowd->hour;
	/*
	 * Where people talk more of everything, negatives come along: payday, a holiday, a cat that everybody shares. While the
	 * subject's negative share is near its usual, what is usual grows with what is said that is not negative.
	 */
	if (s->base.days >= 1) {
		const struct sums *all = &s->all->hour;
		double share = s->all->share_neg / (s->all->share_all + 1), rest = (double)(all->pub - all->negative);
		double more = rest / (usual(g, s->all, BASE_MENTIONS, t) * (1 - share) + 0.5);

		if (rest >= 10 && more > 1 && (double)all->negative / (double)all->pub < 1.7 * share + 0.05)
			u *= more;
	}
	f->usual[IND_NEG_AUTHORS_1H] = u;
	f->usual[IND_EVENTS_1H] = f->usual[IND_NEG_1H] = usual(g, s, BASE_NEGATIVE, t);
	f->usual[IND_MENTIONS_1H] = usual(g, s, BASE_MENTIONS, t);
	if (s->base.days > 0) {
		double neg = 0, all = 0, x;

		/* a day at the usual pace: by the present hour's share of the rhythm */
		x = baseline_rhythm(clock_civil(t + g->r->offset).hour);
		neg = f->usual[IND_NEG_1H] / x * 24;
		all = f->usual[IND_MENTIONS_1H] / x * 24;
		f->usual[IND_COMMENTS_NEG_24H] = f->usual[IND_NEG_24H] = neg;
		f->usual[IND_NEG_AUTHORS_24H] = neg;
		f->usual[IND_MENTIONS_24H] = all;
	}
	if ((double)s->crowd->hour > 1.2 * u + 1) /* else it is no surprise */
		f->v[IND_SURPRISE] = -log10(baseline_tail((double)s->crowd->hour, u < 0 ? 1 : u, g->r->spread));
	if (g->foresee) {
		forecast_make(&s->bins, t, NULL, &fc);
		f->v[IND_FORECAST_6H] = forecast_highest(&fc, 6 * HOUR_S);
	}
}

/* --- episodes ------------------------------------------------------------------------------------------------- */

static bool
louder(const struct obs *a, const struct obs *b)
{
	double x = (double)a->shared * 2 + a->answered + a->liked * 0.2, y = (double)b->shared * 2 + b->answered + b->liked * 0.2;

	return x > y;
}

static void
keep_first(uint32_t *slot, uint32_t i)
{
	if (*slot == UINT32_MAX)
		*slot = i;
}

/* Counts observation i for the episode and remembers the ones that carry it. */
static void
feed(struct engine *g, struct episode *e, uint32_t i)
{
	const struct obs *o = g->b->o, *x = &o[i];
	uint32_t p = x->platform % EVIDENCE_PLATFORMS;

	e->last = x->t;
	sums_add(&e->sums, x, 1);
	if (x->voice <= VOICE_STAFF || x->voice == VOICE_MEDIA) {
		uint32_t face = crowd_find(e->crowd, x->author); /* may move the array: look it up first */
		struct face *f = &e->crowd->f[face];

		e->authors += f->day == 0;
		f->day = 1;
		if (obs_negative(x)) {
			e->neg_authors += f->hour == 0;
			f->hour = 1;
		}
	}
	if (x->id == NO_ID)
		return;
	if (x->voice == VOICE_MEDIA)
		keep_first(&e->media, i);
	if (x->voice == VOICE_OFFICIAL)
		keep_first(&e->official, i);
	if (x->voice == VOICE_OWN)
		keep_first(&e->own, i);
	if (x->voice != VOICE_OWN && x->voice != VOICE_RIVAL && (x->flags & (OBS_KOL | OBS_VERIFIED)) != 0 &&
	    (x->label == LABEL_NEG || x->voice >= VOICE_OFFICIAL)) {
		int j = NODES;

		for (int k = 0; k < NODES; k++) /* an account stands once */
			if (e->node[k] != UINT32_MAX && o[e->node[k]].author == x->author)
				j = -1;
		while (j > 0 && (e->node[j - 1] == UINT32_MAX || o[e->node[j - 1]].reach < x->reach))
			j--;
		if (j >= 0 && j < NODES) {
			memmove(&e->node[j + 1], &e->node[j], (size_t)(NODES - 1 - j) * sizeof *e->node);
			e->node[j] = i;
		}
	}
	if (!obs_negative(x))
		return;
	keep_first(&e->first, i);
	if ((x->flags & OBS_COPY) == 0) {
		int j = TOPS;

		while (j > 0 && (e->top[j - 1] == UINT32_MAX || louder(x, &o[e->top[j - 1]])))
			j--;
		if (j < TOPS) {
			memmove(&e->top[j + 1], &e->top[j], (size_t)(TOPS - 1 - j) * sizeof *e->top);
			e->top[j] = i;
		}
		if (e->by_platform[p] == UINT32_MAX || louder(x, &o[e->by_platform[p]]))
			e->by_platform[p] = i;
	}
}

/*
 * Where an episode begins among the posts of the series' day: an hour back, but where the rule that opens it counts people
 * of a whole day, at the first of them.
 */
static size_t
first_counted(const struct engine *g, const struct series *s, const struct rule *r)
{
	bool all = false, grave = false;

	for (size_t i = 0; i < r->n; i++) {
		grave = grave || r->c[i].ind == IND_GRAVE_24H;
		all = all || r->c[i].ind == IND_NEG_AUTHORS_24H || r->c[i].ind == IND_NEG_24H || r->c[i].ind == IND_COMMENTS_NEG_24H;
	}
	for (size_t i = s->day0; (all || grave) && i < s->hour0; i++) {
		const struct obs *o = &g->b->o[s->at[i].i];

		if (obs_negative(o) && (all || (o->cues & CUE_GRAVE) != 0))
			return i;
	}
	return s->hour0;
}

static struct episode *
open_episode(struct engine *g, struct series *s, int64_t t, const struct rule *r)
{
	struct episode *e = arena_zalloc(&g->d->arena, sizeof *e);

	e->subject = s->subject;
	e->type = s->type;
	e->series = s;
	e->opened = e->start = t;
	e->closed = INT64_MIN;
	e->first = e->media = e->official = e->own = UINT32_MAX;
	memset(e->top, 0xff, sizeof e->top);
	memset(e->node, 0xff, sizeof e->node);
	memset(e->by_platform, 0xff, sizeof e->by_platform);
	e->crowd = xcalloc(1, sizeof *e->crowd);
	for (size_t i = first_counted(g, s, r); i < s->n; i++) {
		if (e->first == UINT32_MAX && obs_negative(&g->b->o[s->at[i].i]))
			e->start = g->b->o[s->at[i].i].t;
		feed(g, e, s->at[i].i);
	}
	s->open = e;
	if (g->d->n == g->d->cap)
		g->d->e = xgrow(g->d->e, &g->d->cap, g->d->n + 1, sizeof(struct episode *));
	g->d->e[g->d->n++] = e;
	return e;
}

static void
add_change(struct engine *g, struct episode *e, struct change c)
{
	struct change *grown;

	if (e->npath == e->path_cap) { /* the arena owns the path: a longer one replaces it */
		e->path_cap = e->path_cap > 0 ? e->path_cap * 2 : 8;
		grown = arena_alloc(&g->d->arena, e->path_cap * sizeof *grown);
		if (e->npath > 0)
			memcpy(grown, e->path, e->npath * sizeof *grown);
		e->path = grown;
	}
	e->path[e->npath++] = c;
	if (c.to > e->peak)
		e->peak = (enum level)c.to;
	if (g->opts->changed != NULL)
		g->opts->changed(g->opts->ctx, e);
}

/* What is due by t because it has been quiet. */
static void
settle(struct engine *g, struct series *s, int64_t t)
{
	struct episode *e = s->open;

	while (e != NULL && s->open != NULL) {
		int64_t at;
		enum level was = e->ladder.level, to = ladder_fall(&e->ladder, t, g->r->quiet, &at);

		if (at == INT64_MIN)
			return;
		add_change(g, e, (struct change){.t = at, .from = (uint8_t)was, .to = (uint8_t)to, .rule = -1, .period = 1});
		if (to == LEVEL_NONE) {
			e->closed = at;
			crowd_free(e->crowd);
			e->crowd = NULL;
			s->open = NULL;
		}
	}
}

static void
raise_to(struct engine *g, struct series *s, int64_t t, const struct figures *f, enum level now, enum level hold, int rule)
{
	struct episode *e = s->open;
	enum level was;

	if (e == NULL) {
		if (now == LEVEL_NONE)
			return;
		e = open_episode(g, s, t, &g->r->r[rule]);
	}
	was = e->ladder.level;
	if (ladder_rise(&e->ladder, t, now, hold) > was) {
		struct change c = {.t = t, .from = (uint8_t)was, .to = (uint8_t)now, .rule = rule, .whole = f->whole};
		const struct rule *r = &g->r->r[rule];
		struct str name;

		c.period = period_weight(g->r, t, &name);
		for (size_t i = 0; i < r->n; i++) {
			c.v[i] = f->v[r->c[i].ind];
			c.limit[i] = cond_limit(&r->c[i], r, f, 1);
			c.usual[i] = f->usual[r->c[i].ind];
		}
		add_change(g, e, c);
	}
	e->now = *f;
	if (f->v[IND_NEG_AUTHORS_1H] > e->top_1h) {
		e->top_1h = f->v[IND_NEG_AUTHORS_1H];
		e->top_at = t;
		e->usual_1h = f->usual[IND_NEG_AUTHORS_1H];
		e->surprise = f->v[IND_SURPRISE];
		e->baseline_days = s->base.days;
	}
	if (f->v[IND_MENTIONS_1H] > e->speed_top)
		e->speed_top = f->v[IND_MENTIONS_1H];
}

/*
 * The type of a subject that bears what only the whole has met: the one that stands out most above its habit, or for
 * graver matters the one most people told of them in. It stays the same unless another has clearly overtaken it.
 */
static struct series *
bearer(struct engine *g, struct series *whole, int64_t t, enum level now, bool grave)
{
	struct series *best = NULL, *highest = NULL;
	double most = 0, kept = -1;

	for (size_t i = 0; i < g->n; i++) {
		struct series *s = g->s[i];
		double excess, u;

		if (s->subject != whole->subject || s->whole)
			continue;
		drop_old(g, s, t);
		u = usual(g, s, BASE_AUTHORS, t);
		excess = grave ? (double)s->crowd->grave : (double)s->crowd->hour - (u > 0 ? u : 0);
		if (best == NULL || excess > most) {
			best = s;
			most = excess;
		}
		if (s == whole->carrier && s->open != NULL)
			kept = excess;
		if (s->open != NULL && s->open->ladder.level >= now &&
		    (highest == NULL || s->open->ladder.level > highest->open->ladder.level))
			highest = s;
	}
	if (highest != NULL)
		return highest; /* one of them says it already */
	if (kept < 0 || kept * 1.5 < most)
		whole->carrier = best;
	return whole->carrier;
}

static void
figures_json(const struct engine *g, const struct series *s, const struct figures *f, struct buf *out)
{
	struct jw w;

	buf_reset(out);
	w = jw_open(out);
	jw_obj(&w);
	jw_kstr(&w, "subject", g->b->subject.s[s->subject]);
	jw_kstr(&w, "type", f->type);
	jw_key(&w, "indicators");
	jw_obj(&w);
	for (int i = 0; i < IND_FIXED; i++)
		jw_knum(&w, indicator_name[i], f->v[i], 4);
	for (size_t i = 0; i < g->r->nword; i++) {
		struct str key = arena_printf(&g->b->tmp, "word.%.*s_1h", STRF(g->r->word[i].name));

		jw_keyn(&w, key);
		jw_num(&w, f->v[IND_WORD + i], 0);
	}
	arena_reset(&g->b->tmp);
	jw_end(&w);
	jw_key(&w, "usual");
	jw_obj(&w);
	for (int i = 0; i < IND_FIXED; i++)
		if (f->usual[i] >= 0)
			jw_knum(&w, indicator_name[i], f->usual[i], 4);
	jw_end(&w);
	jw_end(&w);
}

enum { FILTERS = 64 };

static void
evaluate(struct engine *g, struct series *s, int64_t t)
{
	struct figures f;
	enum level now, hold;
	bool filters[FILTERS] = {false};
	int rule = -1, held = -1;
	struct series *target = s;

	if (t < s->evaluated + EVERY_S || s->type == g->none)
		return; /* negatives of no type are judged with their subject as a whole */
	/* nothing a rule could ask for: keep the common case cheap */
	if (s->open == NULL && s->crowd->hour < 2 && s->crowd->grave == 0 && s->crowd->day < 10 && s->hour.planted == 0 &&
	    s->hour.replay == 0 && s->hour.mentions < 20)
		return;
	s->evaluated = t;
	settle(g, s, t);
	gather(g, s, t, &f);
	if (g->r->when != NULL) {
		figures_json(g, s, &f, &g->json);
		for (size_t i = 0; i < g->r->n; i++)
			if (g->r->r[i].filter >= 0 && g->r->r[i].filter < FILTERS)
				filters[g->r->r[i].filter] = g->r->when(g->r->ctx, g->r->r[i].filter, buf_view(&g->json));
	}
	now = level_of(g->r, &f, 1, filters, &rule);
	hold = level_of(g->r, &f, g->r->hold, filters, &held);
	if (s->whole) {
		if (hold == LEVEL_NONE)
			return;
		target = bearer(g, s, t, now, rule >= 0 && g->r->r[rule].n > 0 && g->r->r[rule].c[0].ind == IND_GRAVE_24H);
		if (target == NULL)
			return;
		settle(g, target, t);
		if (target->open == NULL && now == LEVEL_NONE)
			return;
		/* the bearer speaks with its own figures; only what lifts it higher is the whole's */
		if (target->open != NULL && now <= target->open->ladder.level) {
			(void)ladder_rise(&target->open->ladder, t, LEVEL_NONE, hold < target->open->ladder.level ? hold :
			    target->open->ladder.level);
			return;
		}
	}
	raise_to(g, target, t, &f, now, hold, rule);
}

/* --- forecasts against what came ------------------------------------------------------------------------------ */

static double
count_ahead(const struct engine *g, const struct series *s, size_t from, int64_t t, int64_t span)
{
	double n = 0;

	for (size_t i = from; i < s->n && g->b->o[s->at[i].i].t < t + span; i++)
		n += obs_negative(&g->b->o[s->at[i].i]);
	return n;
}

/* Every hour of every whole subject: forecast, the same as the hours before (naive), and what came. */
static void
score_forecasts(struct engine *g, const struct series *s)
{
	struct bins *b = xcalloc(1, sizeof *b);
	int64_t end = s->n > 0 ? g->b->o[s->at[s->n - 1].i].t : 0, t;
	size_t i = 0;

	bins_open(b);
	if (s->n > 0)
		for (t = (g->b->o[s->at[0].i].t / HOUR_S + 6) * HOUR_S; t < end; t += HOUR_S) {
			struct forecast f;
			double rhythm[25], recent = 0;

			for (; i < s->n && g->b->o[s->at[i].i].t < t; i++)
				bins_add(b, g->b->o[s->at[i].i].t, obs_negative(&g->b->o[s->at[i].i]));
			for (int h = 0; h < 25; h++)
				rhythm[h] = baseline_rhythm(clock_civil(t + h * HOUR_S + g->r->offset).hour);
			forecast_make(b, t, rhythm, &f);
			for (int q = 1; q <= 24; q++)
				recent += bins_neg(b, t / BIN_S - q);
			for (int h = 0; h < HORIZONS; h++) {
				double came, naive = 0;

				if (t + horizon_s[h] > end)
					continue;
				came = count_ahead(g, s, i, t, horizon_s[h]);
				for (int q = 1; q <= 4; q++)
					naive += bins_neg(b, t / BIN_S - q);
				naive *= (double)horizon_s[h] / HOUR_S;
				if (recent < 10)
					continue; /* what has not begun cannot be forecast */
				g->d->score[h].n++;
				g->d->score[h].actual += came;
				g->d->score[h].abs_model += fabs(came - f.neg[h].mean);
				g->d->score[h].abs_naive += fabs(came - naive);
				g->d->score[h].inside += came >= f.neg[h].low && came <= f.neg[h].high;
			}
		}
	free(b);
}

/* --- the run -------------------------------------------------------------------------------------------------- */

/* What the store knows of hours before the first post becomes habit. */
static void
learn_past(struct engine *g)
{
	int64_t first = g->b->o[0].t / HOUR_S;

	for (size_t i = 0; i < g->b->npast; i++) {
		const struct past *p = &g->b->past[i];
		struct series *s[2] = {series_of(g, p->subject, WHOLE), series_of(g, p->subject, p->type)};

		if (p->hour >= first || p->hour < first - BASE_HOURS)
			continue;
		coverage_add(g->cover, p->hour);
		for (int k = 0; k < 2; k++) {
			struct base_hour *h = baseline_hour(&s[k]->base, p->hour);

			h->v[BASE_AUTHORS] += p->neg;
			h->v[BASE_NEGATIVE] += p->neg;
			h->v[BASE_MENTIONS] += p->n;
			s[k]->known = true;
		}
	}
}

/* Own, official and media words about the subject in general belong to what is going on with it. */
static void
feed_related(struct engine *g, const struct series *whole, const struct series *typed, uint32_t i)
{
	const struct obs *x = &g->b->o[i];

	if (x->voice <= VOICE_STAFF || x->voice == VOICE_RIVAL)
		return;
	for (size_t k = 0; k < g->n; k++)
		if (g->s[k]->subject == whole->subject && g->s[k]->open != NULL && g->s[k] != typed)
			feed(g, g->s[k]->open, i);
}

static void
finish_episode(struct engine *g, struct episode *e)
{
	struct series *s = e->series;
	double rhythm[25];
	int64_t clock = g->d->clock;
	const struct rule *next = NULL;

	for (int h = 0; h < 25; h++)
		rhythm[h] = baseline_rhythm(clock_civil(clock + h * HOUR_S + g->r->offset).hour);
	forecast_make(&s->bins, clock, rhythm, &e->forecast);
	e->speed_1h = (double)s->hour.mentions;
	for (size_t i = 0; i < g->r->n; i++) {
		const struct rule *r = &g->r->r[i];

		if (r->level == e->ladder.level + 1 && r->n > 0 && r->c[0].ind == IND_NEG_AUTHORS_1H && next == NULL)
			next = r;
	}
	if (next != NULL) {
		struct figures f = e->now;

		f.usual[IND_NEG_AUTHORS_1H] = usual(g, s, BASE_AUTHORS, clock);
		e->chance_next = forecast_chance(&e->forecast, cond_limit(&next->c[0], next, &f, 1), 6 * HOUR_S);
	} else {
		e->chance_next = -1;
	}
}

static int
by_opening(const void *a, const void *b)
{
	const struct episode *x = *(struct episode *const *)a, *y = *(struct episode *const *)b;

	if (x->opened != y->opened)
		return x->opened < y->opened ? -1 : 1;
	if (x->subject != y->subject)
		return x->subject < y->subject ? -1 : 1;
	return x->type < y->type ? -1 : x->type > y->type;
}

/* A lesser type beside a greater incident of the same subject is told by that one. */
static void
mark_sides(struct detection *d)
{
	for (size_t i = 0; i < d->n; i++)
		for (size_t j = 0; j < d->n; j++) {
			struct episode *e = d->e[i];
			const struct episode *m = d->e[j];

			if (i == j || e->subject != m->subject)
				continue;
			if (e->opened < m->start - DAY_S || (m->closed != INT64_MIN && e->opened > m->closed))
				continue;
			if (m->neg_authors > e->neg_authors)
				e->beside = true;
			if (m->peak <= e->peak)
				continue;
			if (e->sums.cue[0] + e->sums.cue[1] + e->sums.cue[2] > e->sums.negative / 4)
				continue; /* about death, injury or minors: stands for itself */
			if (e->peak < LEVEL_YELLOW || e->neg_authors * 4 < m->neg_authors)
				e->side = true;
		}
}

static int64_t
the_clock(const struct book *b, const struct detect_opts *o)
{
	return o->clock != INT64_MIN ? o->clock : book_clock(b);
}

int
detect_run(struct book *b, const struct rules *r, const struct detect_opts *o, struct detection *d, struct err *e)
{
	struct engine g = {.b = b, .r = r, .opts = o, .d = d, .err = e};

	*d = (struct detection){0};
	book_sort(b);
	d->clock = the_clock(b, o);
	d->from = b->n > 0 ? b->o[0].t : d->clock;
	if (b->n == 0)
		return 0;
	g.cover = xmalloc(sizeof *g.cover);
	coverage_open(g.cover);
	mark_stories(b, r);
	g.foresee = r->when != NULL;
	for (size_t i = 0; i < r->n; i++)
		for (size_t k = 0; k < r->r[i].n; k++)
			g.foresee = g.foresee || r->r[i].c[k].ind == IND_FORECAST_6H;
	g.none = name_id(&b->type, STR("none"));
	learn_past(&g);
	for (size_t i = 0; i < b->n && b->o[i].t <= d->clock; i++) {
		const struct obs *x = &b->o[i];
		struct series *whole = series_of(&g, x->subject, WHOLE), *s = series_of(&g, x->subject, x->type);

		coverage_add(g.cover, x->t / HOUR_S);
		settle(&g, s, x->t);
		take(&g, whole, (uint32_t)i);
		take(&g, s, (uint32_t)i);
		if (s->open != NULL)
			feed(&g, s->open, (uint32_t)i);
		feed_related(&g, whole, s, (uint32_t)i);
		if (x->label == LABEL_NEG || x->voice >= VOICE_OFFICIAL || (x->flags & OBS_COPY) != 0) {
			evaluate(&g, s, x->t);
			evaluate(&g, whole, x->t);
		}
	}
	for (size_t i = 0; i < g.n; i++) {
		if (g.s[i]->n == 0)
			continue;
		drop_old(&g, g.s[i], d->clock);
		settle(&g, g.s[i], d->clock);
		if (o->score_forecasts && g.s[i]->whole)
			score_forecasts(&g, g.s[i]);
	}
	if (d->n > 0)
		qsort(d->e, d->n, sizeof(struct episode *), by_opening);
	for (size_t i = 0; i < d->n; i++)
		finish_episode(&g, d->e[i]);
	mark_sides(d);
	for (size_t i = 0; i < d->n; i++) {
		crowd_free(d->e[i]->crowd);
		d->e[i]->crowd = NULL;
		d->e[i]->series = NULL;
	}
	for (size_t i = 0; i < g.n; i++) {
		free(g.s[i]->at);
		crowd_free(g.s[i]->crowd);
		free(g.s[i]);
	}
	free(g.s);
	free(g.cover);
	map_free(&g.index);
	buf_free(&g.json);
	return g.failed ? -1 : 0;
}

void
detect_free(struct detection *d)
{
	free(d->e);
	arena_free(&d->arena);
	*d = (struct detection){0};
}
