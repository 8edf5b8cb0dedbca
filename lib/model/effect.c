#include "model/effect.h"

#include <math.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "model/indicator.h"

enum { LATE_S = 600, HOUR = 3600 };
#define Z95 1.959964

const char *const verdict_names[] = {"unknown", "less", "same", "more"};

/* --- intervals --------------------------------------------------------------------------------------------------------- */

struct interval
effect_share(int64_t k, int64_t n)
{
	struct interval i = {0, 1};

	if (n > 0)
		share_interval((double)k, (double)n, &i.low, &i.high);
	if (k <= 0)
		i.low = 0; /* exactly, whatever rounding does */
	if (k >= n)
		i.high = 1;
	return i;
}

struct interval
effect_difference(int64_t k1, int64_t n1, int64_t k2, int64_t n2)
{
	struct interval a = effect_share(k1, n1), b = effect_share(k2, n2);
	double p1, p2;

	if (n1 <= 0 || n2 <= 0)
		return (struct interval){-1, 1};
	p1 = (double)k1 / (double)n1;
	p2 = (double)k2 / (double)n2;
	return (struct interval){p2 - p1 - sqrt((p2 - b.low) * (p2 - b.low) + (a.high - p1) * (a.high - p1)),
	    p2 - p1 + sqrt((b.high - p2) * (b.high - p2) + (p1 - a.low) * (p1 - a.low))};
}

/* Cornish and Fisher's expansion in 1/df; exact values where it is too coarse. */
double
effect_t(double df)
{
	static const double small[] = {12.7062, 4.3027, 3.1824, 2.7764, 2.5706};
	double z = Z95, z3 = z * z * z, z5 = z3 * z * z, z7 = z5 * z * z;

	if (df < 1.5)
		return small[0];
	if (df < 5.5)
		return small[(int)(df + 0.5) - 1];
	return z + (z3 + z) / (4 * df) + (5 * z5 + 16 * z3 + 3 * z) / (96 * df * df) +
	    (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / (384 * df * df * df);
}

/* --- posts ------------------------------------------------------------------------------------------------------------- */

/* A count as collected: a lie of 1e300 or below zero does no harm. */
static double
count_of(struct json metrics, const char *key)
{
	double v = json_num_or(json_get(metrics, key), 0);

	return v > 0 && v < 1e15 ? v : v >= 1e15 ? 1e15 : 0;
}

static struct str
voice_for(struct json subjects, struct str subject, bool *about, struct arena *a)
{
	struct json_iter it = json_iter(subjects);
	struct str key, voice = {0};
	struct json v;
	bool any = false;

	*about = false;
	while (json_next(&it, &key, &v)) {
		any = true;
		if (!*about && (subject.n == 0 || str_eq(json_str(json_get(v, "id"), a), subject))) {
			*about = true;
			voice = json_str(json_get(v, "voice"), a);
		}
	}
	if (!any && subject.n == 0)
		*about = true;
	return voice;
}

/* The members of a post that count here, found in one pass. */
struct members {
	struct json id, published, collected, subjects, sentiment, crisis, metrics;
};

static struct members
members_of(struct json post)
{
	struct members m = {0};
	const struct {
		const char *key;
		struct json *to;
	} wanted[] = {{"id", &m.id}, {"published", &m.published}, {"collected", &m.collected}, {"subjects", &m.subjects},
	    {"sentiment", &m.sentiment}, {"crisis", &m.crisis}, {"metrics", &m.metrics}};
	struct json_iter it = json_iter(post);
	struct str key;
	struct json v;

	while (json_next(&it, &key, &v))
		for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
			if (str_is(key, wanted[i].key)) {
				*wanted[i].to = v;
				break;
			}
	return m;
}

static void
count_post(struct curve *c, const struct members *m, struct str type, int64_t t, struct arena *a)
{
	struct json label = json_get(m->crisis, "type");
	struct seen s = {.t = t, .negative = json_is(json_get(m->sentiment, "label"), "neg")};
	int64_t collected;

	s.typed = type.n == 0 || str_eq(json_str(label, a), type) || (str_is(type, "none") && label.type == JSON_NONE);
	s.heat = (float)(1 + log1p(count_of(m->metrics, "likes") + count_of(m->metrics, "reposts") + count_of(m->metrics, "comments") +
	    count_of(m->metrics, "favourites")));
	if (clock_parse(json_str(m->collected, a), &collected)) {
		c->lag_n++;
		s.late = collected > t + LATE_S;
	}
	c->v = xgrow(c->v, &c->cap, c->n + 1, sizeof *c->v);
	c->v[c->n++] = s;
}

void
curve_add(struct curve *c, struct json post, struct str subject, struct str type, int64_t from, int64_t until)
{
	struct arena a = {0};
	struct members m = members_of(post);
	int64_t t;
	bool about, own;
	struct str voice = voice_for(m.subjects, subject, &about, &a);

	own = str_is(voice, "own");
	if (about && clock_parse(json_str(m.published, &a), &t) && t >= from && t < until) {
		if (own && t >= c->own_since && (c->own_first == 0 || t < c->own_first)) {
			c->own_first = t;
			buf_reset(&c->own_id);
			buf_str(&c->own_id, json_str(m.id, &a));
		}
		if (!own && !str_is(voice, "staff") && !str_is(voice, "rival") && !json_is(json_get(m.crisis, "kind"), "ad"))
			count_post(c, &m, type, t, &a);
	}
	arena_free(&a);
}

static int
by_time(const void *a, const void *b)
{
	const struct seen *x = a, *y = b;

	if (x->t != y->t)
		return x->t < y->t ? -1 : 1;
	if (x->heat < y->heat || x->heat > y->heat)
		return x->heat < y->heat ? -1 : 1;
	return (x->negative ? 1 : 0) - (y->negative ? 1 : 0);
}

void
curve_sort(struct curve *c)
{
	if (c->n > 1)
		qsort(c->v, c->n, sizeof *c->v, by_time);
}

void
curve_free(struct curve *c)
{
	free(c->v);
	buf_free(&c->own_id);
	*c = (struct curve){0};
}

/* The first post at or after t. */
static size_t
at_time(const struct curve *c, int64_t t)
{
	size_t low = 0, high = c->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (c->v[mid].t < t)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

struct window
curve_window(const struct curve *c, int64_t from, int64_t until)
{
	struct window w = {.from = from, .until = until};

	for (size_t i = at_time(c, from); i < c->n && c->v[i].t < until; i++) {
		w.n++;
		w.negative += c->v[i].negative;
		w.heat += (double)c->v[i].heat;
	}
	return w;
}

int64_t
curve_typed(const struct curve *c, int64_t from, int64_t until)
{
	int64_t n = 0;

	for (size_t i = at_time(c, from); i < c->n && c->v[i].t < until; i++)
		n += c->v[i].negative && c->v[i].typed;
	return n;
}

void
curve_buckets(const struct curve *c, int64_t from, int64_t step, size_t n, int64_t *all, int64_t *neg)
{
	for (size_t i = 0; i < n; i++) {
		if (all != NULL)
			all[i] = 0;
		if (neg != NULL)
			neg[i] = 0;
	}
	for (size_t i = at_time(c, from); i < c->n; i++) {
		int64_t k = (c->v[i].t - from) / step;

		if (k >= (int64_t)n)
			break;
		if (all != NULL)
			all[k]++;
		if (neg != NULL)
			neg[k] += c->v[i].negative;
	}
}

/* --- log-linear fit ---------------------------------------------------------------------------------------------------- */

enum { FIT_MAX = 1024, FIT_STEPS = 60 };

/* First-order correlation of the scaled residuals, 0..0.8: what one point tells of the next is no news. */
static double
correlation(const double *r, size_t n)
{
	double up = 0, down = 0, c;

	for (size_t i = 0; i < n; i++) {
		down += r[i] * r[i];
		if (i > 0)
			up += r[i] * r[i - 1];
	}
	c = down > 1e-6 ? up / down : 0; /* less is rounding */
	return c < 0 ? 0 : c > 0.8 ? 0.8 : c;
}

/* Inverse of a symmetric positive matrix of n rows, by Gauss and Jordan; false when it is none. */
static bool
invert(double m[FIT_TERMS][FIT_TERMS], size_t n)
{
	double inv[FIT_TERMS][FIT_TERMS] = {{0}};

	for (size_t i = 0; i < n; i++)
		inv[i][i] = 1;
	for (size_t i = 0; i < n; i++) {
		double pivot = m[i][i];

		if (!(pivot > 1e-10))
			return false;
		for (size_t k = 0; k < n; k++) {
			m[i][k] /= pivot;
			inv[i][k] /= pivot;
		}
		for (size_t r = 0; r < n; r++) {
			double f = m[r][i];

			if (r == i)
				continue;
			for (size_t k = 0; k < n; k++) {
				m[r][k] -= f * m[i][k];
				inv[r][k] -= f * inv[i][k];
			}
		}
	}
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < n; k++)
			m[i][k] = inv[i][k];
	return true;
}

static double
log_mean(const double *b, size_t terms, double x, const double *season, size_t i)
{
	double eta = b[0] + b[1] * x + (terms > 2 ? b[2] * x * x : 0) + (season != NULL ? log(season[i]) : 0);

	return eta > 50 ? 50 : eta;
}

/* Score and information at b. */
static void
moments(const double *x, const int64_t *y, const double *season, size_t n, const struct loglinear *f, double g[FIT_TERMS], double h[FIT_TERMS][FIT_TERMS])
{
	for (size_t j = 0; j < FIT_TERMS; j++) {
		g[j] = 0;
		for (size_t k = 0; k < FIT_TERMS; k++)
			h[j][k] = 0;
	}
	for (size_t i = 0; i < n; i++) {
		double p[FIT_TERMS] = {1, x[i], x[i] * x[i]}, mu = exp(log_mean(f->b, f->terms, x[i], season, i));

		for (size_t j = 0; j < f->terms; j++) {
			g[j] += ((double)y[i] - mu) * p[j];
			for (size_t k = 0; k < f->terms; k++)
				h[j][k] += mu * p[j] * p[k];
		}
	}
}

bool
loglinear_fit(const double *x, const int64_t *y, const double *season, size_t n, size_t terms, struct loglinear *out)
{
	struct loglinear f = {.terms = terms};
	double total = 0, base = 0, resid[FIT_MAX], chi = 0, r, g[FIT_TERMS];

	if (n < terms + 2 || n > FIT_MAX)
		return false;
	for (size_t i = 0; i < n; i++) {
		total += (double)y[i];
		base += season != NULL ? season[i] : 1;
	}
	if (total <= 0 || base <= 0)
		return false;
	f.b[0] = log(total / base);
	for (int step = 0; step < FIT_STEPS; step++) {
		double d[FIT_TERMS] = {0}, size = 0;

		moments(x, y, season, n, &f, g, f.cov);
		if (!invert(f.cov, terms))
			return false;
		for (size_t j = 0; j < terms; j++) {
			for (size_t k = 0; k < terms; k++)
				d[j] += f.cov[j][k] * g[k];
			size = fabs(d[j]) > size ? fabs(d[j]) : size;
		}
		for (size_t j = 0; j < terms; j++)
			f.b[j] += size > 2 ? d[j] * 2 / size : d[j]; /* far off, a Newton step overshoots */
		if (size < 1e-10)
			break;
	}
	moments(x, y, season, n, &f, g, f.cov);
	if (!isfinite(f.b[0]) || !isfinite(f.b[1]) || !isfinite(f.b[2]) || !invert(f.cov, terms))
		return false;
	for (size_t i = 0; i < n; i++) {
		double mu = exp(log_mean(f.b, terms, x[i], season, i));

		resid[i] = ((double)y[i] - mu) / sqrt(mu > 1e-9 ? mu : 1e-9);
		chi += resid[i] * resid[i];
	}
	f.df = (double)(n - terms);
	chi /= f.df;
	r = correlation(resid, n);
	f.inflate = (chi > 1 ? chi : 1) * (1 + r) / (1 - r);
	for (size_t j = 0; j < terms; j++)
		for (size_t k = 0; k < terms; k++)
			f.cov[j][k] *= f.inflate;
	*out = f;
	return true;
}

/* --- interrupted time series ------------------------------------------------------------------------------------------- */

static double
rhythm_at(const double rhythm[24], int64_t t, int64_t offset)
{
	double v = rhythm[clock_civil(t + offset).hour];

	return v > 0.01 ? v : 0.01;
}

struct ahead { /* a fit carried on */
	double expected, sd; /* sd of the logarithm of observed to expected */
};

static struct ahead
carry(const struct loglinear *f, bool flat, int64_t at, int64_t step, const double rhythm[24], int64_t offset)
{
	struct ahead a = {0};
	double g[FIT_TERMS] = {0}, var;

	for (int i = 0; i < ITS_BINS; i++) {
		int64_t mid = at + i * step + step / 2;
		double h = flat ? 0 : (double)(mid - at) / HOUR, p[FIT_TERMS] = {1, h, h * h};
		double mu = exp(log_mean(f->b, f->terms, h, NULL, 0)) * rhythm_at(rhythm, mid, offset);

		a.expected += mu;
		for (size_t j = 0; j < f->terms; j++)
			g[j] += mu * p[j];
	}
	/* what the fit does not know, and what a count scatters by itself */
	var = f->inflate / a.expected;
	for (size_t i = 0; i < f->terms; i++)
		for (size_t j = 0; j < f->terms; j++)
			var += g[i] / a.expected * g[j] / a.expected * f->cov[i][j];
	a.sd = sqrt(var);
	return a;
}

/* Whether less than the line leads to expect is less than a line that bends down beyond doubt (one-sided 95 %) does, too. */
static bool
less_than_bent(struct its *k, const double *x, const int64_t *y, const double *season, int64_t at, int64_t step, const double rhythm[24], int64_t offset)
{
	struct loglinear f;
	struct ahead a;

	if (!loglinear_fit(x, y, season, ITS_BINS, 3, &f) || f.b[2] + 1.83 * sqrt(f.cov[2][2]) >= 0) /* t of nine degrees */
		return true;
	k->bending = true;
	a = carry(&f, false, at, step, rhythm, offset);
	return isfinite(a.sd) && ((double)k->observed + 0.5) / (a.expected + 0.5) * exp(effect_t(f.df) * a.sd) < 1;
}

struct its
effect_its(const struct curve *c, int64_t at, int64_t span, int64_t since, int64_t until, const double rhythm[24], int64_t offset)
{
	struct its k = {0};
	struct loglinear f;
	struct ahead a;
	int64_t step = span / ITS_BINS, before[ITS_BINS], after[ITS_BINS], had = 0;
	double x[ITS_BINS], season[ITS_BINS], t;

	span = step * ITS_BINS;
	if (step <= 0 || at - span < since || at + span > until)
		return k;
	curve_buckets(c, at - span, step, ITS_BINS, NULL, before);
	curve_buckets(c, at, step, ITS_BINS, NULL, after);
	for (int i = 0; i < ITS_BINS; i++) {
		int64_t mid = at - span + i * step + step / 2;

		had += before[i];
		k.observed += after[i];
		x[i] = (double)(mid - at) / HOUR;
		season[i] = rhythm_at(rhythm, mid, offset);
	}
	if (had < ITS_LEAST || !loglinear_fit(x, before, season, ITS_BINS, 2, &f))
		return k;
	k.rising = f.b[1] > 0;
	a = carry(&f, k.rising, at, step, rhythm, offset);
	k.expected = a.expected;
	if (!(a.expected >= 1) || !isfinite(a.expected) || !isfinite(a.sd))
		return k;
	t = effect_t(f.df);
	k.ratio = ((double)k.observed + 0.5) / (k.expected + 0.5);
	k.low = k.ratio * exp(-t * a.sd);
	k.high = k.ratio * exp(t * a.sd);
	k.verdict = k.high < 1 ? VERDICT_LESS : k.low > 1 ? VERDICT_MORE : VERDICT_SAME;
	if (k.verdict == VERDICT_LESS && !less_than_bent(&k, x, before, season, at, step, rhythm, offset))
		k.verdict = VERDICT_SAME;
	return k;
}

size_t
effect_placebos(const struct curve *c, int64_t span, int64_t from, int64_t since, int64_t until, const double rhythm[24],
    int64_t offset, struct placebo out[PLACEBOS])
{
	int64_t step = 900;
	size_t n = 0;

	while (until > from && (until - from) / step > PLACEBOS)
		step *= 2;
	for (int64_t t = from; t + span <= until && n < PLACEBOS; t += step) {
		struct its k = effect_its(c, t, span, since, until, rhythm, offset);

		if (k.verdict != VERDICT_UNKNOWN)
			out[n++] = (struct placebo){t, k.ratio};
	}
	return n;
}

void
effect_against(struct its *k, int64_t at, int64_t span, const struct placebo *p, size_t n)
{
	if (k->verdict == VERDICT_UNKNOWN)
		return;
	for (size_t i = 0; i < n; i++)
		if (p[i].t <= at - span || p[i].t >= at + span) {
			k->placebos++;
			k->as_far += k->ratio < 1 ? p[i].ratio <= k->ratio : p[i].ratio >= k->ratio;
		}
	if (k->verdict != VERDICT_SAME && k->placebos >= PLACEBO_LEAST && (double)k->as_far > PLACEBO_SHARE * (double)k->placebos)
		k->verdict = VERDICT_SAME;
}

/* --- the course -------------------------------------------------------------------------------------------------------- */

double
course_limit(const struct course *c, size_t hour)
{
	double limit = (double)c->neg[c->peak] / 10, twice = hour < c->n ? 2 * c->usual[hour] : 0;

	if (twice > limit)
		limit = twice;
	return limit > 1 ? limit : 1;
}

/* The first of COURSE_RUN hours in a row from hour on that are (not) over their limit, or c->n. limit < 0: course_limit. */
static size_t
run_from(const struct course *c, size_t hour, bool over, double limit)
{
	size_t run = 0;

	for (size_t i = hour; i < c->n; i++) {
		bool is = (double)c->neg[i] > (limit < 0 ? course_limit(c, i) : limit);

		run = is == over ? run + 1 : 0;
		if (run == COURSE_RUN)
			return i + 1 - COURSE_RUN;
	}
	return c->n;
}

static void
decay(struct course *c, size_t until, const double rhythm[24], int64_t offset)
{
	double x[COURSE_HOURS], season[COURSE_HOURS], sd, low, high;
	size_t n = until > c->peak ? until - c->peak : 0;
	struct loglinear f;

	for (size_t i = 0; i < n; i++) {
		x[i] = (double)i;
		season[i] = rhythm_at(rhythm, c->from + (int64_t)(c->peak + i) * HOUR + HOUR / 2, offset);
	}
	if (n < 5 || !loglinear_fit(x, c->neg + c->peak, season, n, 2, &f) || f.b[1] >= 0)
		return;
	sd = effect_t(f.df) * sqrt(f.cov[1][1]);
	low = -f.b[1] + sd;
	high = -f.b[1] - sd;
	c->fitted = true;
	c->half_life_s = log(2) / -f.b[1] * HOUR;
	c->half_low = log(2) / low * HOUR;
	c->half_high = high > 0 ? log(2) / high * HOUR : -1;
}

void
course_find(struct course *c, const double rhythm[24], int64_t offset)
{
	size_t i, end = c->n;

	c->posts = c->negative = 0;
	c->peak = c->start < c->n ? c->start : 0;
	c->half_s = -1;
	c->contained = 0;
	c->nflare = 0;
	c->fitted = false;
	for (i = c->start; i < c->n; i++) {
		c->posts += c->all[i];
		c->negative += c->neg[i];
		if (c->neg[i] > c->neg[c->peak])
			c->peak = i;
	}
	c->known = c->negative >= COURSE_LEAST;
	if (!c->known)
		return;
	i = run_from(c, c->peak + 1, false, (double)c->neg[c->peak] / 2);
	if (i < c->n)
		c->half_s = (int64_t)(i - c->peak) * HOUR;
	i = run_from(c, c->peak + 1, false, -1);
	c->limit = course_limit(c, i < c->n ? i : c->n - 1);
	if (i < c->n) {
		c->contained = c->from + (int64_t)i * HOUR;
		end = i;
		while (c->nflare < FLARES && (i = run_from(c, i, true, -1)) < c->n) {
			c->flare[c->nflare++] = c->from + (int64_t)i * HOUR;
			i = run_from(c, i, false, -1);
		}
	}
	decay(c, end, rhythm, offset);
}
