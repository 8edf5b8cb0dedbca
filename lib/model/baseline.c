#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "model/baseline.h"

enum { LOOK_BACK = 28 /* days */ };

void
coverage_open(struct coverage *c)
{
	c->first = INT64_MAX;
	for (int i = 0; i < BASE_HOURS; i++)
		c->heard[i] = INT64_MIN;
}

static size_t
slot(int64_t hour)
{
	return (size_t)(((hour % BASE_HOURS) + BASE_HOURS) % BASE_HOURS);
}

void
coverage_add(struct coverage *c, int64_t hour)
{
	if (hour < c->first)
		c->first = hour;
	c->heard[slot(hour)] = hour;
}

void
baseline_open(struct baseline *b)
{
	memset(b, 0, sizeof *b);
	b->cached = INT64_MIN;
}

struct base_hour *
baseline_hour(struct baseline *b, int64_t hour)
{
	struct base_hour *h = &b->ring[slot(hour)];

	if (!h->set || h->hour != hour)
		*h = (struct base_hour){.hour = hour, .set = true};
	return h;
}

/* Whether hour counts as evidence of habit, and its value. */
static bool
seen(const struct baseline *b, const struct coverage *c, int64_t hour, int m, double *v)
{
	const struct base_hour *h = &b->ring[slot(hour)];

	if (c->heard[slot(hour)] != hour)
		return false;
	*v = 0;
	if (h->set && h->hour == hour) {
		*v = (double)h->v[m];
	}
	return true;
}

double
baseline_rhythm(int hour)
{
	/* percent of the mean, from the common shape of posting over a day; mean 100 */
	static const int percent[24] = {48, 28, 16, 10, 9, 13, 33, 66, 104, 128, 139, 142, 148, 137, 128, 126, 130, 134, 145,
	    160, 173, 176, 146, 91};

	return percent[((hour % 24) + 24) % 24] / 100.0;
}

static int
rising(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static int
local_hour(int64_t hour, int64_t offset)
{
	return clock_civil(hour * 3600 + offset).hour;
}

/* Expected value of one clock hour. */
static double
usual_of_hour(const struct baseline *b, const struct coverage *c, int m, int64_t hour, int64_t offset, double *days)
{
	double v[LOOK_BACK], w[LOOK_BACK], sorted[LOOK_BACK], same[LOOK_BACK / 7], sum = 0, weight = 0, total = 0, shape = 0;
	double cap, own_cap, prior, x;
	bool own[LOOK_BACK];
	int weekday = clock_civil(hour * 3600 + offset).weekday, n = 0, nsame = 0;
	bool rest = weekday == 0 || weekday == 6;

	for (int d = 1; d <= LOOK_BACK; d++) {
		int64_t h = hour - (int64_t)d * 24;
		int wd = (weekday - d % 7 + 7) % 7;
		double near[3];
		bool ok0, ok1, ok2;

		if (h < c->first)
			break;
		ok1 = seen(b, c, h, m, &near[1]);
		if (!ok1)
			continue;
		ok0 = seen(b, c, h - 1, m, &near[0]);
		ok2 = seen(b, c, h + 1, m, &near[2]);
		/* the hours beside it steady small counts */
		x = near[1] * 6;
		cap = 6;
		if (ok0)
			x += near[0] * 2, cap += 2;
		if (ok2)
			x += near[2] * 2, cap += 2;
		v[n] = x / cap;
		w[n] = pow(0.94, d) * (wd == weekday ? 2 : rest == (wd == 0 || wd == 6) ? 1 : 0.4);
		sorted[n] = v[n];
		own[n] = wd == weekday;
		if (own[n] && nsame < LOOK_BACK / 7)
			same[nsame++] = v[n];
		n++;
	}
	if (n > 0)
		qsort(sorted, (size_t)n, sizeof *sorted, rising);
	/* one wild day must not set the habit */
	cap = n > 0 ? sorted[n / 2] : 0;
	cap += 3 * sqrt(cap + 1) + 1;
	/* but two Wednesdays that agree are a habit of Wednesdays */
	own_cap = cap;
	if (nsame >= 2) {
		qsort(same, (size_t)nsame, sizeof *same, rising);
		x = same[(nsame - 1) / 2];
		x += 3 * sqrt(x + 1) + 1;
		own_cap = x > cap ? x : cap;
	}
	for (int i = 0; i < n; i++) {
		double most = own[i] ? own_cap : cap, wi = own[i] && nsame >= 2 ? w[i] * 2 : w[i];

		sum += wi * (v[i] > most ? most : v[i]);
		weight += wi;
	}
	/* the level of the last days through the common rhythm: all there is on the first day, little later */
	for (int64_t h = hour - 1; h >= hour - 72 && h >= c->first; h--)
		if (seen(b, c, h, m, &x)) {
			total += x;
			shape += baseline_rhythm(local_hour(h, offset));
		}
	*days = n;
	if (shape <= 0)
		return n > 0 ? sum / weight : -1;
	prior = total / shape * baseline_rhythm(local_hour(hour, offset));
	return (sum + 0.5 * prior) / (weight + 0.5);
}

double
baseline_usual(struct baseline *b, const struct coverage *c, int m, int64_t t, int64_t offset)
{
	int64_t hour = t >= 0 ? t / 3600 : -((-t + 3599) / 3600);
	double part = (double)(t - hour * 3600) / 3600.0, before;
	if (b->cached != hour) {
		double days;

		for (int i = 0; i < BASE_MEASURES; i++) {
			b->before[i] = b->cached == hour - 1 ? b->usual[i] : usual_of_hour(b, c, i, hour - 1, offset, &days);
			b->usual[i] = usual_of_hour(b, c, i, hour, offset, &b->days);
		}
		b->cached = hour;
	}
	before = b->before[m];
	if (b->usual[m] < 0)
		return -1;
	if (before < 0)
		before = b->usual[m];
	return part * b->usual[m] + (1 - part) * before;
}

double
baseline_tail(double n, double mean, double spread)
{
	double r, p, term, below = 0, above = 0;

	if (n <= 0)
		return 1;
	if (mean < 0.05)
		mean = 0.05;
	r = 1 / spread;
	p = mean / (mean + r); /* chance of success */
	/* log P(X = n), then sum upwards while terms matter */
	term = lgamma(n + r) - lgamma(r) - lgamma(n + 1) + r * log1p(-p) + n * log(p);
	if (n < mean + 3 * sqrt(mean * (1 + spread * mean)) && n < 4000) { /* near the middle: sum what lies below */
		double t = r * log1p(-p), x = exp(t);

		for (double k = 0; k < n && t > -650; k++) {
			below += x;
			x *= (k + r) / (k + 1) * p;
		}
		for (double k = 0; k < n && t <= -650; k++) { /* the first terms are too small for a double */
			below += exp(t + lgamma(k + r) - lgamma(r) - lgamma(k + 1) + k * log(p));
		}
		return below >= 1 ? 1e-12 : 1 - below;
	}
	above = 1;
	for (double k = n, f = 1; k < n + 2000; k++) {
		f *= (k + r) / (k + 1) * p;
		above += f;
		if (f < 1e-9 * above)
			break;
	}
	term += log(above);
	return term < -690 ? 1e-300 : term > 0 ? 1 : exp(term);
}
