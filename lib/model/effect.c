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

void
curve_add(struct curve *c, struct json post, struct str subject, struct str type, int64_t from, int64_t until)
{
	struct arena a = {0};
	struct json crisis = json_get(post, "crisis"), metrics = json_get(post, "metrics");
	int64_t t, collected;
	bool about, own;
	struct str voice = voice_for(json_get(post, "subjects"), subject, &about, &a);

	own = str_is(voice, "own");
	if (about && clock_parse(json_str(json_get(post, "published"), &a), &t) && t >= from && t < until) {
		if (own && t >= c->own_since && (c->own_first == 0 || t < c->own_first)) {
			c->own_first = t;
			buf_reset(&c->own_id);
			buf_str(&c->own_id, json_str(json_get(post, "id"), &a));
		}
		if (!own && !str_is(voice, "staff") && !str_is(voice, "rival") && !json_is(json_get(crisis, "kind"), "ad")) {
			struct seen s = {.t = t};

			s.negative = json_is(json_path(post, "sentiment.label"), "neg");
			s.typed = type.n == 0 || str_eq(json_str(json_get(crisis, "type"), &a), type) ||
			    (str_is(type, "none") && json_get(crisis, "type").type == JSON_NONE);
			s.heat = (float)(1 + log1p(count_of(metrics, "likes") + count_of(metrics, "reposts") +
			    count_of(metrics, "comments") + count_of(metrics, "favourites")));
			if (clock_parse(json_str(json_get(post, "collected"), &a), &collected)) {
				c->lag_n++;
				s.late = collected > t + LATE_S;
			}
			c->v = xgrow(c->v, &c->cap, c->n + 1, sizeof *c->v);
			c->v[c->n++] = s;
		}
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

bool
loglinear_fit(const double *x, const int64_t *y, const double *season, size_t n, struct loglinear *out)
{
	double b0, b1 = 0, total = 0, base = 0, resid[FIT_MAX], s00 = 0, s01 = 0, s11 = 0, det, chi = 0, r;

	if (n < 4 || n > FIT_MAX)
		return false;
	for (size_t i = 0; i < n; i++) {
		total += (double)y[i];
		base += season != NULL ? season[i] : 1;
	}
	if (total <= 0 || base <= 0)
		return false;
	b0 = log(total / base);
	for (int step = 0; step < FIT_STEPS; step++) {
		double g0 = 0, g1 = 0, d0, d1, size;

		s00 = s01 = s11 = 0;
		for (size_t i = 0; i < n; i++) {
			double eta = b0 + b1 * x[i] + (season != NULL ? log(season[i]) : 0), mu = exp(eta > 50 ? 50 : eta);

			g0 += (double)y[i] - mu;
			g1 += ((double)y[i] - mu) * x[i];
			s00 += mu;
			s01 += mu * x[i];
			s11 += mu * x[i] * x[i];
		}
		det = s00 * s11 - s01 * s01;
		if (!(det > 1e-12 * s00 * s11))
			return false;
		d0 = (s11 * g0 - s01 * g1) / det;
		d1 = (s00 * g1 - s01 * g0) / det;
		size = fabs(d0) > fabs(d1) ? fabs(d0) : fabs(d1);
		if (size > 2) { /* far off: a Newton step overshoots */
			d0 *= 2 / size;
			d1 *= 2 / size;
		}
		b0 += d0;
		b1 += d1;
		if (size < 1e-10)
			break;
	}
	if (!isfinite(b0) || !isfinite(b1))
		return false;
	s00 = s01 = s11 = 0;
	for (size_t i = 0; i < n; i++) {
		double mu = exp(b0 + b1 * x[i] + (season != NULL ? log(season[i]) : 0));

		resid[i] = ((double)y[i] - mu) / sqrt(mu > 1e-9 ? mu : 1e-9);
		chi += resid[i] * resid[i];
		s00 += mu;
		s01 += mu * x[i];
		s11 += mu * x[i] * x[i];
	}
	det = s00 * s11 - s01 * s01;
	if (!(det > 0))
		return false;
	out->df = (double)n - 2;
	chi /= out->df;
	r = correlation(resid, n);
	out->inflate = (chi > 1 ? chi : 1) * (1 + r) / (1 - r);
	out->level = b0;
	out->slope = b1;
	out->var_level = out->inflate * s11 / det;
	out->var_slope = out->inflate * s00 / det;
	out->cov = -out->inflate * s01 / det;
	return true;
}

/* --- interrupted time series ------------------------------------------------------------------------------------------- */

static double
rhythm_at(const double rhythm[24], int64_t t, int64_t offset)
{
	double v = rhythm[clock_civil(t + offset).hour];

	return v > 0.01 ? v : 0.01;
}

struct its
effect_its(const struct curve *c, int64_t at, int64_t span, int64_t since, int64_t until, const double rhythm[24], int64_t offset)
{
	struct its k = {0};
	struct loglinear f;
	int64_t step = span / ITS_BINS, before[ITS_BINS], after[ITS_BINS], had = 0;
	double x[ITS_BINS], season[ITS_BINS], g0 = 0, g1 = 0, sd, t;

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
	if (had < ITS_LEAST || !loglinear_fit(x, before, season, ITS_BINS, &f))
		return k;
	k.rising = f.slope > 0;
	for (int i = 0; i < ITS_BINS; i++) {
		int64_t mid = at + i * step + step / 2;
		double h = k.rising ? 0 : (double)(mid - at) / HOUR, mu = exp(f.level + f.slope * h) * rhythm_at(rhythm, mid, offset);

		k.expected += mu;
		g0 += mu;
		g1 += mu * h;
	}
	if (!(k.expected >= 1) || !isfinite(k.expected))
		return k;
	g0 /= k.expected;
	g1 /= k.expected;
	/* what the fit does not know, and what a count scatters by itself */
	sd = sqrt(g0 * g0 * f.var_level + 2 * g0 * g1 * f.cov + g1 * g1 * f.var_slope + f.inflate / k.expected);
	t = effect_t(f.df);
	k.ratio = ((double)k.observed + 0.5) / (k.expected + 0.5);
	k.low = k.ratio * exp(-t * sd);
	k.high = k.ratio * exp(t * sd);
	k.verdict = k.high < 1 ? VERDICT_LESS : k.low > 1 ? VERDICT_MORE : VERDICT_SAME;
	return k;
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
	if (n < 5 || !loglinear_fit(x, c->neg + c->peak, season, n, &f) || f.slope >= 0)
		return;
	sd = effect_t(f.df) * sqrt(f.var_slope);
	low = -f.slope + sd;
	high = -f.slope - sd;
	c->fitted = true;
	c->half_life_s = log(2) / -f.slope * HOUR;
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
